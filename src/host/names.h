/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_NAMES_H
#define HOST_NAMES_H

#include "host/table.h"
#include "note/note.h"

/* What a MAC's host called itself at what time, from the DHCP messages of clients; of those that are silent, from their servers'. */
struct names {
	struct table table;
};

/* What a host called itself from `from_ns` on. */
struct host_names {
	uint64_t from_ns;
	uint64_t host_said_ns, fqdn_said_ns; /* when it said so last; 0: never */
	struct c2_name host;                 /* option 12, or DHCPv6's 39 without a domain; len 0: none */
	struct c2_name fqdn;                 /* option 81, or DHCPv6's 39; likewise */
	bool is_servers;                     /* only its server has said it: the host's own word goes before */
	char vendor[32];                     /* option 60, or DHCPv6's 16; may be empty */
};

/* As table_open(). */
int names_open(struct names *names, const struct siphash_key *key, size_t budget);
void names_close(struct names *names);

/* Learns from a NOTE_DHCP, NOTE_DHCP_FQDN or NOTE_DHCP6. */
void names_learn(struct names *names, const struct note *note);

/* What the host of `mac` called itself at `at_ns`, or null. */
const struct host_names *names_find(const struct names *names, const uint8_t *mac, uint64_t at_ns);

#endif
