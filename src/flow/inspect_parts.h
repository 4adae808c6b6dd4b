/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_INSPECT_PARTS_H
#define FLOW_INSPECT_PARTS_H

#include "flow/inspect.h"
#include "flow/table.h"

#include <c2watch/tls.h>

#define ADDRESSES_KNOWN 8192 /* a power of two */
#define MESSAGE_HITS_MAX 8

/* What the parts of the inspector share. */
struct inspector {
	struct inspector_options options;
	struct inspector_feeds feeds;
	struct flow_table flows;
	uint64_t tick_ns; /* the last tick note's time */
	/* Hashes of (MAC, address, VLANs, hour) that a note has been written for; a newcomer takes the place of whoever stood there. */
	uint64_t known[ADDRESSES_KNOWN];
	uint8_t scratch[C2_TLS_HELLO_MAX + 4];
};

/* One packet on its way through the inspector. */
struct inspection {
	struct inspector *inspector;
	const struct c2_packet *packet;
	const uint8_t *payload;
	uint64_t at_ns;
	uint8_t iface;
	/* The indicators this message has hit already: the same one in another record is an echo. */
	uint32_t hits[MESSAGE_HITS_MAX];
	unsigned hit_count;
	/* The address records among the message's answers, once a hit has asked for them. */
	bool has_answers;
	uint8_t answers; /* at most 255 */
	struct c2_addr first_answer;
};

/* Reserves a note of `kind` about the packet, where filled in: null when the ring is full. */
struct note *inspection_note(struct inspection *in, enum note_kind kind);
void inspection_publish(struct inspection *in);

/* Looks a name up, counts it, and reserves its note when one is wanted: null when none is, or the ring is full. The caller fills in the rest and publishes. */
struct note_sighting *inspection_sight(struct inspection *in, enum note_kind kind, const struct c2_name *name);

/* Tells the publisher of the packet's source address and MAC, once an hour. */
void inspection_meet_source(struct inspection *in);

void inspect_dns(struct inspection *in);
void inspect_dhcp4(struct inspection *in);
void inspect_tcp(struct inspection *in);

#endif
