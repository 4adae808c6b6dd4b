/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_LEASES_H
#define HOST_LEASES_H

#include "host/table.h"
#include "note/note.h"

/* Which MAC had an address at what time, from the DHCP leases that were granted. */
struct leases {
	struct table table;
};

/* One lease: valid in [from_ns, until_ns). */
struct lease {
	uint64_t from_ns, until_ns;
	uint64_t said_ns; /* its last DHCPACK */
	uint8_t mac[6];   /* the client's */
};

/* As table_open(). */
int leases_open(struct leases *leases, const struct siphash_key *key, size_t budget);
void leases_close(struct leases *leases);

/* Learns a lease, which was granted in the packet at `where`. Leases need not come in the order of time. */
void leases_learn(struct leases *leases, const struct note_where *where, const struct note_lease *granted);

/* The lease of `addr` in the VLAN that was valid at `at_ns`, or null. */
const struct lease *leases_find(const struct leases *leases, const struct c2_addr *addr, const uint16_t *vlan, uint8_t vlans, uint64_t at_ns);

#endif
