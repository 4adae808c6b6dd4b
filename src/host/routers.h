/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_ROUTERS_H
#define HOST_ROUTERS_H

#include "host/table.h"

#include <c2watch/addr.h>

#include <stdbool.h>

/* Which MACs front many addresses, and so are a router's and nobody's identity. */
struct routers {
	struct table table;
	struct siphash_key key;
};

/*
 * More addresses than these at a time make a MAC a router's. A host with aliases, or one that moves between networks, has a few of IPv4; of IPv6 it
 * has a link-local one and, for each prefix, a stable and up to seven temporary ones that are still valid (RFC 8981 §3.8: valid two days, a new one
 * every day; older systems keep them for seven).
 */
#define ROUTER_ADDRESSES_V4 4
#define ROUTER_ADDRESSES_V6 16

/* "At a time": seen within an hour of each other. */
#define ROUTER_WINDOW_S 3600
/* Once a router, for a day: one that goes quiet overnight is one in the morning. */
#define ROUTER_STAYS_S (24 * 3600)

/* As table_open(). */
int routers_open(struct routers *routers, const struct siphash_key *key, size_t budget);
void routers_close(struct routers *routers);

/* A frame from `mac` carried a packet from `addr`. */
void routers_learn(struct routers *routers, const uint8_t *mac, const struct c2_addr *addr, uint64_t at_ns);

/* Is `mac` a router's, as far as is known? */
bool routers_has(const struct routers *routers, const uint8_t *mac, uint64_t at_ns);

#endif
