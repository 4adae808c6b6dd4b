/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What QUIC carries: the ClientHello in a client's Initials, on any port. RFC 9000, RFC 9001 §5.
 *
 * A connection is admitted once an Initial opens with the keys of its own connection id, so nothing but a valid one takes memory. The keys stay with its
 * head: later Initials go to an id of the server's, under the keys of the first one. After a Retry the keys change, which is a connection of its own here.
 * The place of the 5-tuple belongs to one connection; one that comes while it is undecided has its place under its id, so that neither disturbs the other.
 *
 * Cost is bounded by the datagram: one connection id (RFC 9000 §12.2), so at most one set of keys made, or three for a version that is not known.
 */
#include "flow/inspect_parts.h"

#include <string.h>

#define DATAGRAM_PACKETS_MAX 64 /* 1500 octets hold no more Initials than 40 */
#define DATAGRAM_LEN_MIN 1200   /* of a client's first flight, RFC 9000 §14.1: asked for where the version does not speak for itself */
#define REPEAT_S 2 /* so long after its verdict, a connection id stands for the same connection: the rest of the flight and its repetition */

/* One datagram on its way. */
struct quic_look {
	struct inspection *in;
	uint32_t now_s;
	struct c2_quic_packet first; /* the datagram's */
	uint64_t place;              /* where its connection belongs in the table, if it is a new one */
	uint32_t connection;         /* what flow->base is for it */
	struct flow *flow;           /* the connection, once known */
	bool is_sought;              /* flow and place have been looked for */
	bool is_settled;             /* nothing more to learn from the datagram */
	bool is_later;               /* the 5-tuple's connection is decided: what does not open belongs to it */
	bool has_keys;
	struct c2_quic_keys keys;
	uint32_t had; /* octets of the head before the datagram */
};

static void look_count(struct quic_look *look, enum counter which)
{
	counter_add(look->in->inspector->options.counters, which, 1);
}

static uint64_t cid_hash(const struct quic_look *look, uint64_t of, uint32_t version, const uint8_t *cid, uint8_t len)
{
	uint8_t key[12 + C2_QUIC_CID_MAX];
	memcpy(key, &of, 8);
	memcpy(key + 8, &version, 4);
	memcpy(key + 12, cid, len);
	return siphash13(&look->in->inspector->options.key, key, 12u + len);
}

/* Is the datagram a server's? Its client has been seen, and it is addressed to the id which that one goes by. */
static bool look_is_servers(struct quic_look *look, uint64_t hash)
{
	struct flow_table *flows = &look->in->inspector->flows;
	uint64_t back = flow_hash_back(flows, look->in->packet);
	const struct flow *client = back == hash ? NULL : flow_find(flows, back);
	return client != NULL && client->state != FLOW_WAITING &&
	       client->end == (uint32_t)cid_hash(look, back, 0, look->first.dcid, look->first.dcid_len);
}

/* Finds the connection that the datagram belongs to, as far as that can be told without opening it. */
static void look_seek(struct quic_look *look)
{
	struct flow_table *flows = &look->in->inspector->flows;
	uint64_t hash = flow_hash(flows, look->in->packet);
	uint64_t own = cid_hash(look, hash, look->first.version, look->first.dcid, look->first.dcid_len);
	struct flow *tuple = flow_find(flows, hash);
	look->is_sought = true;
	look->connection = (uint32_t)own;
	look->place = hash;
	look->flow = tuple;
	if (tuple == NULL) {
		look->is_settled = look_is_servers(look, hash);
		return;
	}
	if (tuple->base != look->connection && (look->flow = flow_find(flows, own)) == NULL)
		look->flow = tuple;
	if (tuple->base != look->connection && tuple->state == FLOW_HEAD)
		look->place = own;
	look->is_later = tuple->state == FLOW_DECIDED;
	if (look->flow->state == FLOW_DECIDED) {
		look->is_settled = look->flow->base == look->connection && look->now_s - look->flow->seen_s <= REPEAT_S;
	} else if (look->flow->state == FLOW_HEAD) {
		look->has_keys = true;
		look->keys = *flow_keys(flows, look->flow);
		look->had = flow_head(flows, look->flow)->have;
	}
}

/* Opens an Initial with the keys of its connection, or as the first of a new one. */
static enum c2_rc look_open(struct quic_look *look, const uint8_t *octets, const struct c2_quic_packet *packet, struct c2_rd *frames)
{
	struct inspector *inspector = look->in->inspector;
	if (look->has_keys && c2_quic_open_again(inspector->opener, octets, packet, &look->keys, frames) == C2_OK)
		return C2_OK;
	if (look->has_keys && look->flow->base == look->connection)
		return C2_NONE; /* its id gives the same keys again */
	struct c2_quic_keys keys;
	enum c2_rc rc = c2_quic_open(inspector->opener, octets, packet, &keys, frames);
	if (rc != C2_OK)
		return rc;
	inspection_meet_source(look->in);
	inspect_connection(look->in);
	look->has_keys = true;
	look->keys = keys;
	look->had = 0;
	look->is_later = false;
	look->flow = flow_admit(&inspector->flows, look->place, look->connection, look->now_s);
	look->flow->end = (uint32_t)cid_hash(look, look->place, 0, packet->scid, packet->scid_len);
	return C2_OK;
}

/* Looks for a hello among the CRYPTO octets from offset 0. The flow is decided unless it says MORE. */
static enum c2_rc look_for_hello(struct quic_look *look, const uint8_t *octets, size_t len, bool is_full)
{
	struct c2_tls_hello hello;
	struct c2_rd message = c2_rd_open(octets, len);
	enum c2_rc rc = c2_gquic_greets_in(look->first.version) ? c2_gquic_hello_read(message, &hello) : c2_tls_hello_read(message, &hello);
	rc = inspect_hello(
		look->in, look->flow, rc, &hello, &(struct hello_from){.message = message, .named = NOTE_QUIC, .nameless = NOTE_QUIC_NOSNI});
	if (rc != C2_MORE || is_full) {
		flow_decide(&look->in->inspector->flows, look->flow, look->flow->end);
		look->is_settled = true;
	}
	return rc;
}

static enum c2_rc look_next_piece(const struct quic_look *look, struct c2_rd *frames, uint64_t *offset, struct c2_rd *piece)
{
	return c2_gquic_frames_in(look->first.version) ? c2_gquic_crypto_next(frames, offset, piece) : c2_quic_crypto_next(frames, offset, piece);
}

/* An Initial's frames: the hello when it begins here and is all in one piece; if not, the pieces go to the head. */
static enum c2_rc look_read_frames(struct quic_look *look, struct c2_rd frames)
{
	struct flow_table *flows = &look->in->inspector->flows;
	uint64_t offset;
	struct c2_rd piece;
	enum c2_rc rc, result = C2_NONE;
	while ((rc = look_next_piece(look, &frames, &offset, &piece)) == C2_OK) {
		size_t len = c2_rd_left(&piece);
		if (len == 0)
			continue;
		result = C2_MORE;
		if (look->flow->state == FLOW_WAITING && offset == 0 && (result = look_for_hello(look, piece.p, len, false)) != C2_MORE)
			return result;
		if (offset < HEAD_LARGE)
			flow_buffer(flows, look->flow, (int64_t)offset, piece.p, len);
	}
	return rc == C2_NONE ? result : rc;
}

static enum c2_rc look_at_initial(struct quic_look *look, const uint8_t *octets, const struct c2_quic_packet *packet)
{
	if (!look->is_sought)
		look_seek(look);
	if (look->is_settled)
		return C2_NONE;
	struct c2_rd frames;
	if (look_open(look, octets, packet, &frames) == C2_OK)
		return look_read_frames(look, frames);
	if (!look->is_later)
		look_count(look, COUNTER_quic_unopened);
	look->is_settled = !packet->is_known;
	return C2_NONE;
}

/* The datagram is read: has the head grown? */
static enum c2_rc look_finish(struct quic_look *look, enum c2_rc result)
{
	struct flow_table *flows = &look->in->inspector->flows;
	if (!look->has_keys || look->flow->state == FLOW_DECIDED)
		return result;
	if (look->flow->state == FLOW_WAITING) /* no CRYPTO yet, but its keys are to be kept: the hello may go to the server's id already */
		flow_buffer(flows, look->flow, 0, look->in->payload, 0);
	const struct prefix *head = flow_head(flows, look->flow);
	*flow_keys(flows, look->flow) = look->keys;
	look->flow->seen_s = look->now_s;
	if (head->have == look->had)
		return result;
	return look_for_hello(look, head->octets, head->have, head->have == HEAD_LARGE);
}

/* Is the packet of the datagram's first one's connection? Others are to be ignored, RFC 9000 §12.2. */
static bool look_is_of_first(const struct quic_look *look, const struct c2_quic_packet *packet)
{
	const struct c2_quic_packet *first = &look->first;
	return packet->version == first->version && packet->dcid_len == first->dcid_len && memcmp(packet->dcid, first->dcid, first->dcid_len) == 0;
}

static enum c2_rc look_at_packet(struct quic_look *look, const uint8_t *octets, const struct c2_quic_packet *packet)
{
	switch (packet->type) {
	case C2_QUIC_INITIAL:
		return look_is_of_first(look, packet) ? look_at_initial(look, octets, packet) : C2_NONE;
	case C2_QUIC_NEGOTIATION:
		look_count(look, COUNTER_quic_negotiations);
		return C2_NONE;
	default:
		return C2_NONE;
	}
}

/* Reads the packets of a datagram that has begun with look->first. */
static enum c2_rc look_at_datagram(struct quic_look *look, struct c2_rd datagram)
{
	struct c2_quic_packet packet = look->first;
	enum c2_rc rc = C2_OK, result = C2_NONE;
	for (unsigned n = 0; n < DATAGRAM_PACKETS_MAX && rc == C2_OK; n++) {
		enum c2_rc found = look_at_packet(look, datagram.p, &packet);
		if (found != C2_NONE && result != C2_OK)
			result = found;
		c2_rd_skip(&datagram, packet.len);
		if (look->is_settled || c2_rd_left(&datagram) == 0)
			break;
		rc = c2_quic_packet_read(datagram, &packet);
	}
	if (result == C2_NONE && rc != C2_OK)
		result = rc;
	return look_finish(look, result);
}

void inspect_quic(struct inspection *in)
{
	struct counters *counters = in->inspector->options.counters;
	struct c2_rd datagram = inspection_payload(in);
	struct quic_look look;
	enum c2_rc rc = c2_quic_packet_read(datagram, &look.first);
	if (rc == C2_NONE ||
		(rc == C2_OK && !look.first.is_known && look.first.type == C2_QUIC_INITIAL && in->packet->payload_len < DATAGRAM_LEN_MIN))
		return; /* somebody else's protocol */
	if (rc == C2_OK) {
		inspect_answer_quic(in, datagram);
		if (!look.first.is_known && look.first.type != C2_QUIC_NEGOTIATION)
			counter_add(counters, COUNTER_quic_unknown_version, 1);
		look.in = in;
		look.now_s = (uint32_t)(in->at_ns / 1000000000u);
		look.flow = NULL;
		look.is_sought = look.is_settled = look.is_later = look.has_keys = false;
		look.had = 0;
		rc = look_at_datagram(&look, datagram);
	}
	counter_add(counters, (enum counter)(COUNTER_quic_ok + rc), 1);
}

/* Google's first versions: the hello is in the clear, and in one datagram ("QUIC Crypto"), so that it is looked at once and forgotten. */
void inspect_gquic(struct inspection *in)
{
	struct c2_rd message;
	struct c2_tls_hello hello;
	enum c2_rc rc = c2_gquic_message_find(inspection_payload(in), &message);
	if (rc == C2_OK)
		rc = c2_gquic_hello_read(message, &hello);
	if (rc == C2_OK) {
		inspection_meet_source(in);
		inspection_sight_hello(in, &hello, message, NOTE_QUIC, NOTE_QUIC_NOSNI);
	}
	counter_add(in->inspector->options.counters, (enum counter)(COUNTER_quic_ok + rc), 1);
}
