/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did the server answer? Asked of listed hellos alone: they are remembered under the hash of the other direction, each for as long as a handshake may
 * take, and a server's hello that finds itself there becomes a note. While none is remembered, an answer costs a comparison.
 *
 * What is no answer: an alert, a HelloVerifyRequest, a Retry; a QUIC server's Initial, which may as well close the connection, and whose keys nobody
 * keeps here: its Handshake packets come behind a ServerHello and nothing else (RFC 9001 §4.1.4). An answer that was captured before its hello is not found.
 */
#include "flow/inspect_parts.h"

#include <string.h>

#define ANSWER_NS (30 * UINT64_C(1000000000)) /* a server that takes longer has lost its client */
#define DATAGRAM_PACKETS_MAX 64

_Static_assert((ANSWERS_AWAITED & (ANSWERS_AWAITED - 1)) == 0, "a power of two");

static struct awaited *awaited_at(struct inspector *inspector, uint64_t hash)
{
	return &inspector->awaited[hash & (ANSWERS_AWAITED - 1)];
}

/*
 * The server's stream goes on where the client's segment acknowledges it: so its head is put together from there, however it is cut. A client may lie about
 * that, as about its beginning, and then the flow begins where a segment looks like it.
 */
static void answer_admit(struct inspection *in, uint64_t hash)
{
	struct flow_table *flows = &in->inspector->flows;
	const struct c2_packet *packet = in->packet;
	if (packet->proto != C2_PROTO_TCP || (packet->tcp_flags & C2_TCP_ACK) == 0 || flow_find(flows, hash) != NULL)
		return;
	flow_admit(flows, hash, packet->ack, (uint32_t)(in->at_ns / 1000000000u))->is_doubtful = true;
}

void answer_await(struct inspection *in, enum note_kind answer, const struct note_sighting *sighting)
{
	struct inspector *inspector = in->inspector;
	uint64_t hash = flow_hash_back(&inspector->flows, in->packet);
	struct awaited *awaited = awaited_at(inspector, hash);
	awaited->hash = hash;
	awaited->until_ns = inspector->awaited_until_ns = in->at_ns + ANSWER_NS;
	awaited->answer = answer;
	awaited->sighting = *sighting;
	answer_admit(in, hash);
}

void inspect_answer(struct inspection *in, const struct c2_tls_server_hello *hello)
{
	struct inspector *inspector = in->inspector;
	if (inspector->helds > 0) /* the server has all of the hello, so what we lack will not come */
		held_give_up(inspector, flow_hash_back(&inspector->flows, in->packet));
	if (in->at_ns > inspector->awaited_until_ns)
		return;
	uint64_t hash = flow_hash(&inspector->flows, in->packet);
	struct awaited *awaited = awaited_at(inspector, hash);
	/* A verdict of another feed set would be another indicator's. */
	if (awaited->hash != hash || in->at_ns > awaited->until_ns || awaited->sighting.feeds != inspector->feeds.generation)
		return;
	awaited->hash = 0;
	struct note *note = inspection_note(in, awaited->answer);
	if (note == NULL)
		return;
	note->sighting = awaited->sighting;
	note->sighting.alpns = 0; /* what the client offered is not what the server chose */
	if (hello != NULL) {
		note->sighting.tls_version = hello->version;
		note->sighting.alpns = hello->alpn[0] != '\0';
		memcpy(note->sighting.alpn[0], hello->alpn, sizeof note->sighting.alpn[0]);
	} else if (awaited->answer == NOTE_ANSWERED_DTLS) {
		note->sighting.tls_version = 0;
	}
	inspection_publish(in);
}

void inspect_answer_quic(struct inspection *in, struct c2_rd datagram)
{
	struct c2_quic_packet packet;
	if (in->at_ns > in->inspector->awaited_until_ns && in->inspector->helds == 0)
		return;
	for (unsigned n = 0; n < DATAGRAM_PACKETS_MAX && c2_rd_left(&datagram) > 0 && c2_quic_packet_read(datagram, &packet) == C2_OK; n++) {
		if (packet.type == C2_QUIC_HANDSHAKE) {
			inspect_answer(in, NULL);
			return;
		}
		c2_rd_skip(&datagram, packet.len);
	}
}
