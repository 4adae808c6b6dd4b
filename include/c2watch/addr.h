/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_ADDR_H
#define C2WATCH_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* An IP address in network order. IPv4 stands in the first four octets, the rest is zero, so that two addresses compare as octets. */
struct c2_addr {
	uint8_t octets[16];
	uint8_t family; /* 4, 6, or 0 for none */
};

static inline bool c2_addr_equal(const struct c2_addr *a, const struct c2_addr *b)
{
	return a->family == b->family && memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

#endif
