/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_HOSTS_H
#define HOST_HOSTS_H

#include "base/siphash.h"
#include "note/note.h"

#include <c2watch/name.h>

/*
 * Who had this address at that time: learned from the DHCP that passes by, from what hosts tell their neighbours, and
 * from the MACs that addresses come from; and what context feeds say of it. For one thread.
 */
struct hosts;

/* Memory for 65,000 addresses, 10,000 named MACs, 8,000 hosts that tell their names, 34,000 MACs watched for routers and 8,000 tagged hosts. */
#define HOSTS_BUDGET_DEFAULT ((size_t)32 << 20)

struct hosts_options {
	struct siphash_key key; /* of every table: addresses and MACs are a stranger's to choose */
	size_t budget;          /* octets, all taken at birth; 0: HOSTS_BUDGET_DEFAULT */
};

/* How a host was found, the surest first. */
enum host_method {
	HOST_BY_NOTHING,
	HOST_BY_LEASE,        /* a DHCP lease of the address that was valid then */
	HOST_BY_MAC,          /* the frame came from a MAC that DHCP has named, and that is no router's */
	HOST_BY_ANNOUNCEMENT, /* the host itself has told its neighbours, from this address or MAC */
};

enum host_confidence {
	HOST_UNSURE, /* nothing is said */
	HOST_LOW, /* the name was told from this address or MAC, but not from both; the lease is another MAC's than the frame's, which may be a router not yet known as one */
	HOST_MEDIUM, /* a lease seen from behind a router, or a MAC without a lease; or a name that the host told from this address and MAC */
	HOST_HIGH,   /* the lease and the frame name the same MAC */
};

#define HOST_TAGS_MAX 4
#define HOST_TAG_CAP 48 /* octets of a tag, its NUL included; longer ones are cut */

/* The answer to "who was it". Texts are NUL-ended and in presentation form; an empty one is not known. */
struct host_identity {
	enum host_method method;
	enum host_confidence confidence;
	char name[C2_NAME_TEXT_MAX]; /* option 12, or the first label of option 81; without either what the host tells its neighbours */
	char fqdn[C2_NAME_TEXT_MAX]; /* option 81 */
	char vendor[32];             /* option 60 */
	bool has_mac;                /* `mac` is the host's own, as far as is known: the lease's, or the frame's when that is no router's */
	uint8_t mac[6];
	bool is_routed;  /* the frame's MAC fronts many addresses: a router's */
	uint64_t age_ns; /* since the name was said, or the lease when there is none; 0 with HOST_BY_NOTHING */
	unsigned tags;   /* what context feeds say of it: as many, the one said first before */
	char tag[HOST_TAGS_MAX][HOST_TAG_CAP];
	const char *source; /* who said the name: "dhcp", or the host in "mdns", "llmnr", "nbns"; null with HOST_BY_NOTHING */
};

/* What the tables hold and have lost. */
struct hosts_counts {
	uint64_t addresses, addresses_evicted; /* with a lease */
	uint64_t names, names_evicted;         /* MACs with a name */
	uint64_t announced, announced_evicted; /* addresses and MACs that names were told from */
	uint64_t macs, macs_evicted;           /* MACs watched for routers */
	uint64_t tagged, tagged_evicted;       /* hosts with a tag */
};

/* 0 and `*hosts`; -ENOMEM; -EINVAL: a budget too small for one bucket of each table. */
int hosts_open(struct hosts **hosts, const struct hosts_options *options);
/* Null is fine. */
void hosts_close(struct hosts *hosts);

/* Learns what `note` tells of a host; a note of another kind tells nothing. The notes' time need not be in order. */
void hosts_learn(struct hosts *hosts, const struct note *note);

/* Says of the host that hosts_find() gave for `addr` that it is `tag` at `at_ns`, and for a day on. A fifth tag takes the place of that said the longest ago. */
void hosts_tag(struct hosts *hosts, const struct host_identity *host, const struct c2_addr *addr, uint64_t at_ns, const char *tag);

/*
 * Who had `addr` at `at_ns`.
 *
 * `vlan`, `vlans` the VLAN ids that the packet carried, as in struct note_where
 * `mac`           the six octets of the MAC on that host's side of the frame (the source of a query, the destination of an answer); null: none
 * `out`           filled in every case
 */
void hosts_find(const struct hosts *hosts, const struct c2_addr *addr, const uint16_t *vlan, uint8_t vlans, const uint8_t *mac, uint64_t at_ns,
	struct host_identity *out);

/*
 * The MAC that may stand for the host whatever address it has, or null. Only a MAC that DHCP has spoken of: a router's looks like a host's until it
 * has fronted many addresses, and to take two hosts for one is worse than to take one for two.
 */
static inline const uint8_t *host_identity_mac(const struct host_identity *host)
{
	return host->has_mac && (host->method == HOST_BY_LEASE || host->method == HOST_BY_MAC) ? host->mac : NULL;
}

void hosts_count(const struct hosts *hosts, struct hosts_counts *out);

#endif
