/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_ANNOUNCED_H
#define HOST_ANNOUNCED_H

#include "host/table.h"
#include "note/note.h"

/* What hosts tell their neighbours of themselves at what time: a name, by the address and by the MAC that it came from. */
struct announced {
	struct table table;
};

/* One name, told in [from_ns, said_ns]. */
struct announced_name {
	uint64_t from_ns, said_ns; /* said_ns 0: none */
	enum note_kind said;       /* in what: NOTE_MDNS_R, NOTE_LLMNR_R, NOTE_NBNS */
	bool has_mac;
	uint8_t mac[6];   /* the host's own */
	uint8_t wire[65]; /* its one label, in wire form */
};

/* As table_open(). */
int announced_open(struct announced *announced, const struct siphash_key *key, size_t budget);
void announced_close(struct announced *announced);

/* Learns from a NOTE_ANNOUNCEMENT of where.src; `mac` is the host's own, or null when the frame's may be a router's. */
void announced_learn(struct announced *announced, const struct note *note, const uint8_t *mac);

/* What the host of `addr` in the VLAN, or of `mac`, had said at `at_ns` or within the day before; null: nothing. */
const struct announced_name *announced_of_addr(
	const struct announced *announced, const struct c2_addr *addr, const uint16_t *vlan, uint8_t vlans, uint64_t at_ns);
const struct announced_name *announced_of_mac(const struct announced *announced, const uint8_t *mac, uint64_t at_ns);

#endif
