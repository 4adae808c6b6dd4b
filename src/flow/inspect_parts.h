/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_INSPECT_PARTS_H
#define FLOW_INSPECT_PARTS_H

#include "flow/ends.h"
#include "flow/frag.h"
#include "flow/inspect.h"
#include "flow/table.h"

#include <c2watch/gquic.h>
#include <c2watch/quic.h>
#include <c2watch/tls.h>

#define ADDRESSES_KNOWN 8192 /* a power of two */
#define MESSAGE_HITS_MAX 8
#define ANSWERS_AWAITED 256 /* a power of two */
#define HELLOS_HELD 256     /* a power of two */

/* A listed hello that no server has answered yet. */
struct awaited {
	uint64_t hash; /* of the server's direction; 0: none */
	uint64_t until_ns;
	enum note_kind answer;         /* what to note when it comes */
	struct note_sighting sighting; /* the hello's */
};

/* A hello that waits for its end: what is known of it, and the packet that showed its name. */
struct held {
	uint64_t hash; /* of its flow */
	uint64_t at_ns;
	uint32_t base; /* the flow's when it was put here */
	uint32_t have; /* TCP: octets of its stream that were at hand then */
	uint16_t iface;
	bool is_taken;
	enum note_kind kind;
	struct c2_packet packet;
	struct c2_tls_hello hello;
};

/* What a hello was read from, and the notes it makes. */
struct hello_from {
	struct c2_rd message;
	size_t have; /* TCP: octets of its stream, from its first record on */
	enum note_kind named, nameless;
};

/* What the parts of the inspector share. */
struct inspector {
	struct inspector_options options;
	struct inspector_feeds feeds;
	struct flow_table flows;
	struct frag_table frags;
	struct ends ends;
	struct c2_quic_opener *opener;
	uint64_t tick_ns; /* the last tick note's time */
	/* Hashes of (MAC, address, VLANs, hour) that a note has been written for; a newcomer takes the place of whoever stood there. */
	uint64_t known[ADDRESSES_KNOWN];
	uint64_t awaited_until_ns;               /* later than this no answer is awaited */
	struct awaited awaited[ANSWERS_AWAITED]; /* each in the place of its hash: a newcomer takes it */
	unsigned helds;                          /* places taken */
	struct held held[HELLOS_HELD];           /* as above */
	uint8_t scratch[C2_TLS_HELLO_MAX + 4];   /* no less than C2_TLS_FLIGHT_MAX */
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
	bool is_unlisted; /* the name has been looked up already: no */
	bool is_beside;   /* the name stands in a record that answers nobody */
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

/*
 * A look at a hello has come to `rc`: OK when its name is known. Makes its sighting, or holds it where a note is wanted and the hello is not whole, or goes
 * on holding it: MORE then, and the flow is to be read on. Otherwise `rc`.
 */
enum c2_rc inspect_hello(struct inspection *in, struct flow *flow, enum c2_rc rc, const struct c2_tls_hello *hello, const struct hello_from *from);

/* What stands for a name once the hello is gone. */
uint16_t name_mark(const struct inspection *in, const struct c2_name *name);

/* Reads the hello `at` a segment of a flow that has had one. Does it say another name? */
bool hello_says_other(const struct inspection *in, const struct flow *flow, struct c2_rd at, struct c2_rd *message, struct c2_tls_hello *hello);

/* Makes the sighting of what the flow with this hash holds, if it does, from what is known; the flow is decided. */
void held_give_up(struct inspector *inspector, uint64_t hash);

/* The same for all that have been held for a second at `at_ns`, the oldest first. UINT64_MAX: for all. */
void held_tell_overdue(struct inspector *inspector, uint64_t at_ns);

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

/* Reads a server's hello from the head of its stream, and the names of its certificate when it is in the clear. As the decoders say. */
enum c2_rc inspect_server(struct inspection *in, struct flow *flow, struct c2_rd head);

/* Does the payload begin a server's hello that is not whole, or that a certificate in the clear may follow? `named` gets NAMED_SERVER if it is whole. */
bool server_begins(struct inspection *in, uint8_t *named);

/* Awaits the server's answer to a listed hello: a note of kind `answer`, with the hello's sighting. */
void answer_await(struct inspection *in, enum note_kind answer, const struct note_sighting *sighting);

/* The packet is a server's hello: notes it when it is awaited. `hello` is null where it is not read: of QUIC, which is TLS 1.3 always, and of DTLS. */
void inspect_answer(struct inspection *in, const struct c2_tls_server_hello *hello);

/* The same for a datagram of QUIC. */
void inspect_answer_quic(struct inspection *in, struct c2_rd datagram);

/* Counts a packet that is not read by what the decode stopped at. */
void count_unread(struct counters *counters, const struct c2_packet *packet);

/* Counts a datagram that belongs to an encrypted tunnel. */
void inspect_sealed(struct inspection *in);

/* Counts a hello to a resolver. */
void inspect_resolver(struct inspection *in, const struct c2_tls_hello *hello, bool is_quic);

/* Counts a connection that the packet's source begins. */
void inspect_connection(struct inspection *in);

void inspect_dtls(struct inspection *in, struct c2_rd datagram);
void inspect_udp(struct inspection *in);
void inspect_tcp(struct inspection *in);
void inspect_quic(struct inspection *in);
void inspect_gquic(struct inspection *in);

#endif
