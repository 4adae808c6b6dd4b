/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include "base/pool.h"
#include "base/siphash.h"
#include "flow/prefix.h"
#include "note/counters.h"

#include <c2watch/packet.h>
#include <c2watch/quic.h>

/* The heads' two sizes: nearly all hellos fit the first. Octets. */
#define HEAD_SMALL 4096
#define HEAD_LARGE 65536

enum flow_state {
	FLOW_FREE = 0,
	FLOW_WAITING, /* nothing of the head seen yet */
	FLOW_HEAD,    /* part of it is buffered */
	FLOW_DECIDED, /* what lies before `end` has been looked at */
};

/* What a flow's next octets are expected to be. */
enum flow_talk {
	TALK_ANY, /* whatever they say */
	TALK_DNS,
	TALK_HTTP,
	TALK_HTTP_CHUNKS, /* inside a body of chunks */
	TALK_SOCKS,       /* a version 5 client has greeted */
};

#define NAMED_TARGET 1
#define NAMED_HOST 2
#define NAMED_HELLO 4 /* a client's hello was found */
#define NAMED_OTHER 8
#define NAMED_SERVER 16 /* a server's hello was found */
#define NAMED_BEGUN 32  /* a hello has begun */
#define NAMED_HELD 64   /* a hello whose name is known waits for its end */

/* One direction of a flow, known by the keyed hash of its protocol, addresses, ports and VLANs: 64 bits that no stranger can steer. */
struct flow {
	uint64_t hash;
	/* TCP: sequence number of the head's first octet, what lies before is done with. QUIC: hash of the version and the first connection id. DTLS: the message's number. */
	uint32_t base;
	/* TCP, FLOW_DECIDED: sequence number behind what was looked at. QUIC: hash of the client's own connection id. DTLS: length of the message. */
	uint32_t end;
	uint32_t seen_s;  /* packet time of the last use, seconds */
	uint32_t head;    /* FLOW_HEAD: slot of the pool */
	uint8_t state;    /* enum flow_state */
	uint8_t talk;     /* enum flow_talk */
	uint8_t named;    /* NAMED_ bits: the names of the request at the head that have been noted, though its end is not there yet */
	uint8_t strikes;  /* DNS messages in a row that were none; TLS records stepped over before a hello */
	uint16_t said;    /* NAMED_HELLO: what is kept of its name, to know a repetition that says another */
	bool is_doubtful; /* two SYNs told two beginnings: one of them is a lie */
	bool is_large;    /* FLOW_HEAD: the slot is of the large pool */
};

struct flow_head {
	struct prefix prefix;
	uint32_t awaits;          /* TCP: octets of it that another look is worth, 0 for any more */
	struct c2_quic_keys keys; /* QUIC: what opened the connection's first Initial */
				  /* its memory follows */
};

/* The flows of a worker: bounded, all memory at birth. */
struct flow_table {
	uint16_t *tags; /* 8 a bucket, 0 for a free place */
	struct flow *flows;
	uint32_t buckets; /* a power of two */
	struct pool small, large;
	unsigned turn; /* of the ways of a bucket */
	struct siphash_key key;
	struct counters *counters;
};

/* Makes a table that takes at most `budget` octets. 0, -EINVAL (less than 15/16 of a megabyte), -ENOMEM. */
int flow_table_open(struct flow_table *table, size_t budget, const struct siphash_key *key, struct counters *counters);
void flow_table_close(struct flow_table *table);

/* The keyed hash of the packet's direction, and of the one against it. */
uint64_t flow_hash(const struct flow_table *table, const struct c2_packet *packet);
uint64_t flow_hash_back(const struct flow_table *table, const struct c2_packet *packet);

/* The flow with this hash, or null. */
struct flow *flow_find(const struct flow_table *table, uint64_t hash);

/*
 * Admits a flow, or starts the one that is there anew; FLOW_WAITING at `base`. In a full bucket the decided flow that was used longest ago
 * makes room, or else the undecided one.
 */
struct flow *flow_admit(struct flow_table *table, uint64_t hash, uint32_t base, uint32_t now_s);

/* Octets of the flow's head that are at hand without a gap; 0 when none is buffered. */
uint32_t flow_have(const struct flow_table *table, const struct flow *flow);

/* Marks the flow decided up to `end`; its buffer goes back. */
void flow_decide(struct flow_table *table, struct flow *flow, uint32_t end);

/* The head of a flow in FLOW_HEAD. */
struct prefix *flow_head(const struct flow_table *table, const struct flow *flow);

/* The keys that stay with it. */
struct c2_quic_keys *flow_keys(const struct flow_table *table, const struct flow *flow);

/* How many octets of a flow's head, in FLOW_HEAD, another look is worth: set, and asked. A head that begins anew awaits nothing. */
void flow_await(const struct flow_table *table, const struct flow *flow, uint32_t octets);
uint32_t flow_awaits(const struct flow_table *table, const struct flow *flow);

/*
 * The flow's head begins `taken` octets later: what is buffered before that is dropped, and the buffer goes back when nothing is left in it. True when
 * something is.
 */
bool flow_advance(struct flow_table *table, struct flow *flow, uint32_t taken);

/*
 * Adds a segment at `offset` of the head, in a buffer that is found for it. Returns the head, or null when the segment
 * lies beyond what is buffered (HEAD_LARGE).
 */
struct prefix *flow_buffer(struct flow_table *table, struct flow *flow, int64_t offset, const uint8_t *octets, size_t len);

#endif
