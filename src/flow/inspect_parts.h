/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_INSPECT_PARTS_H
#define FLOW_INSPECT_PARTS_H

#include "flow/frag.h"
#include "flow/inspect.h"
#include "flow/table.h"

#include <c2watch/gquic.h>
#include <c2watch/quic.h>
#include <c2watch/tls.h>

#define ADDRESSES_KNOWN 8192 /* a power of two */
#define MESSAGE_HITS_MAX 8

/* What the parts of the inspector share. */
struct inspector {
	struct inspector_options options;
	struct inspector_feeds feeds;
	struct flow_table flows;
	struct frag_table frags;
	struct c2_quic_opener *opener;
	uint64_t tick_ns; /* the last tick note's time */
	/* Hashes of (MAC, address, VLANs, hour) that a note has been written for; a newcomer takes the place of whoever stood there. */
	uint64_t known[ADDRESSES_KNOWN];
	uint8_t scratch[C2_TLS_HELLO_MAX + 4]; /* no less than C2_TLS_FLIGHT_MAX */
};

/* One packet on its way through the inspector. */
struct inspection {
	struct inspector *inspector;
	const struct c2_packet *packet;
	const uint8_t *payload;
	uint64_t at_ns;
	uint16_t iface;
	/* The indicators this message has hit already: the same one in another record is no sighting of its own. */
	uint32_t hits[MESSAGE_HITS_MAX];
	unsigned hit_count;
	bool is_beside; /* the name stands in a record that answers nobody */
};

/* The packet's payload: open when the frame was cut. */
static inline struct c2_rd inspection_payload(const struct inspection *in)
{
	const struct c2_packet *packet = in->packet;
	return packet->is_cut ? c2_rd_open(in->payload, packet->payload_len) : c2_rd_closed(in->payload, packet->payload_len);
}

/* Reserves a note of `kind` about the packet, where filled in: null when the ring is full. */
struct note *inspection_note(struct inspection *in, enum note_kind kind);
void inspection_publish(struct inspection *in);

/* Looks a name up, counts it, and reserves its note when one is wanted: null when none is, or the ring is full. The caller fills in the rest and publishes. */
struct note_sighting *inspection_sight(struct inspection *in, enum note_kind kind, const struct c2_name *name);

/* Counts what a ClientHello says, and sights its name as `named`, or its want of one as `nameless`. `message` is what it was read from. */
void inspection_sight_hello(
	struct inspection *in, const struct c2_tls_hello *hello, struct c2_rd message, enum note_kind named, enum note_kind nameless);

/* Tells the publisher of the packet's source address and MAC, once an hour. */
void inspection_meet_source(struct inspection *in);

/* Protocols with DNS' message format: they differ in who is asked. */
enum dns_tongue { TONGUE_DNS, TONGUE_MDNS, TONGUE_LLMNR, TONGUE_NBNS };

/* Reads a message and notes its names. As the decoder says. */
enum c2_rc inspect_dns(struct inspection *in, struct c2_rd message, enum dns_tongue tongue);

/* Notes what a message says of the host that sent it. */
void inspect_announcement(struct inspection *in, struct c2_rd message, enum dns_tongue tongue);

/* Is this a DNS message from its first octet to its last? */
bool dns_is_whole(struct c2_rd message);

/* Is this a whole DNS message beyond reasonable doubt, whatever its port? */
bool dns_proves_itself(struct c2_rd message);

/* Reads a server's certificate from the head of its stream, and notes its names. As the decoder says. */
enum c2_rc inspect_certificate(struct inspection *in, struct c2_rd head);

/* Does the payload begin a server's hello that a certificate in the clear may follow? */
bool certificate_may_come(struct inspection *in);

void inspect_dtls(struct inspection *in, struct c2_rd datagram);
void inspect_udp(struct inspection *in);
void inspect_tcp(struct inspection *in);
void inspect_quic(struct inspection *in);
void inspect_gquic(struct inspection *in);

#endif
