/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_FRAG_H
#define FLOW_FRAG_H

#include "base/pool.h"
#include "base/siphash.h"
#include "flow/prefix.h"
#include "note/counters.h"

#include <c2watch/packet.h>

#define FRAG_SMALL 9216                       /* two buffer sizes, octets: a jumbo frame's datagram, */
#define FRAG_LARGE 65536                      /* and the longest there is */
#define FRAG_SOURCE_MAX 64                    /* datagrams that one source may have in the making */
#define FRAG_TIMEOUT_NS UINT64_C(30000000000) /* RFC 791 §3.2 has 15, RFC 8200 §4.5 has 60; Linux waits 30 */
#define FRAG_SOURCES 1024                     /* counters of sources, a power of two */

/* A datagram in the making. */
struct frag {
	uint64_t hash; /* of addresses, id and tags; 0 for a free place */
	struct prefix octets;
	struct c2_packet packet; /* its first fragment, or whichever came before that */
	uint32_t slot;
	uint32_t total;    /* octets of the whole, 0 while its last fragment is missing */
	uint32_t source;   /* index of the source's counter */
	uint64_t begun_ns; /* packet time of the fragment that began it */
	uint16_t iface;    /* for the caller: the input it came from */
	bool is_large;     /* the slot is of the large pool */
	bool has_first;    /* the fragment at offset 0 is there */
};

/* The reassembler: datagrams in the making, bounded; all memory at birth. */
struct frag_table {
	struct frag *frags; /* buckets of 8 ways */
	uint32_t buckets;   /* a power of two */
	struct pool small, large;
	uint8_t sources[FRAG_SOURCES]; /* datagrams in the making by the keyed hash of their source; two that share a counter share its quota */
	struct siphash_key key;
	struct counters *counters;
};

/* Makes a table that takes about `budget` octets. 0 or -ENOMEM. */
int frag_table_open(struct frag_table *table, size_t budget, const struct siphash_key *key, struct counters *counters);
void frag_table_close(struct frag_table *table);

/*
 * Adds the fragment that `packet` is, whose payload is at `octets`. The first copy of an octet stands; so do the end that is told first and the
 * first fragment at offset 0. Returns its datagram, which the caller drops once it is whole; or null when the fragment is refused: its source has too
 * many in the making, or it reaches beyond 65535 octets.
 */
struct frag *frag_add(struct frag_table *table, const struct c2_packet *packet, const uint8_t *octets, uint64_t at_ns);

/* Is all of it at hand, from its first octet to its last? */
bool frag_is_whole(const struct frag *frag);

/*
 * The next datagram to give up before another fragment is added: one that has waited too long by `at_ns`, or the oldest of a full pool. Null for none.
 * What is at its head can be read before it is dropped.
 */
struct frag *frag_oldest(const struct frag_table *table, uint64_t at_ns);

/* Any datagram in the making, the oldest first; null when there is none. */
struct frag *frag_any(const struct frag_table *table);

void frag_drop(struct frag_table *table, struct frag *frag);

#endif
