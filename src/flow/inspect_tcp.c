/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What TCP carries: the ClientHello, on any port. Only the client's direction is needed, so a one-sided mirror port will do.
 *
 * A SYN admits a flow, so that a head out of order is known to have an earlier part; a segment that begins like a hello admits one wherever it
 * stands, so flows seen from the middle, hellos after STARTTLS and inside tunnels are read as well. The first copy of an octet stands.
 */
#include "flow/inspect_parts.h"

#include <string.h>

_Static_assert(NOTE_ALPN_MAX == C2_TLS_ALPN_MAX && NOTE_ALPN_LEN_MAX == C2_TLS_ALPN_LEN_MAX, "a note carries what the decoder reads");

static void sight_hello(struct inspection *in, const struct c2_tls_hello *hello)
{
	struct counters *counters = in->inspector->options.counters;
	if (hello->has_ech)
		counter_add(counters, COUNTER_hello_ech, 1);
	if (hello->has_bad_name)
		counter_add(counters, COUNTER_hello_badname, 1);
	else if (hello->name.len == 0)
		counter_add(counters, COUNTER_hello_nosni, 1);
	struct note_sighting *sighting = inspection_sight(in, hello->name.len > 0 ? NOTE_TLS : NOTE_TLS_NOSNI, &hello->name);
	if (sighting == NULL)
		return;
	sighting->tls_version = hello->version;
	sighting->ech = hello->has_ech;
	sighting->alpns = hello->alpns;
	memcpy(sighting->alpn, hello->alpn, sizeof sighting->alpn[0] * hello->alpns);
	inspection_publish(in);
}

/* Looks at the head of a stream for a hello. */
static enum c2_rc look_for_hello(struct inspection *in, const uint8_t *head, size_t len)
{
	struct c2_rd message;
	struct c2_tls_hello hello;
	enum c2_rc rc = c2_tls_handshake(c2_rd_open(head, len), in->inspector->scratch, &message);
	if (rc == C2_OK)
		rc = c2_tls_hello_read(message, &hello);
	counter_add(in->inspector->options.counters, (enum counter)(COUNTER_hello_ok + rc), 1);
	if (rc == C2_OK)
		sight_hello(in, &hello);
	return rc;
}

/* A segment of a flow whose head is not decided: `offset` octets behind the head's first. */
static void inspect_head(struct inspection *in, struct flow *flow, int64_t offset)
{
	struct flow_table *flows = &in->inspector->flows;
	size_t len = in->packet->payload_len;
	if (flow->state == FLOW_WAITING && offset == 0) {
		if (look_for_hello(in, in->payload, len) != C2_MORE)
			flow_decide(flows, flow, flow->base + (uint32_t)len);
		else
			flow_buffer(flows, flow, 0, in->payload, len);
		return;
	}
	uint32_t had = flow_have(flows, flow);
	struct prefix *head = flow_buffer(flows, flow, offset, in->payload, len);
	if (head == NULL || head->have == had)
		return;
	if (look_for_hello(in, head->octets, head->have) != C2_MORE || head->have == HEAD_LARGE)
		flow_decide(flows, flow, flow->base + head->have);
}

/* A segment that no waiting head expects: the beginning of a hello all the same? */
static void inspect_stray(struct inspection *in, uint64_t hash, uint32_t seq, uint32_t now_s)
{
	if (!c2_tls_hello_begins(in->payload, in->packet->payload_len))
		return;
	struct flow *flow = flow_admit(&in->inspector->flows, hash, seq, now_s);
	inspect_head(in, flow, 0);
}

void inspect_tcp(struct inspection *in)
{
	const struct c2_packet *packet = in->packet;
	struct flow_table *flows = &in->inspector->flows;
	uint64_t hash = flow_hash(flows, packet);
	uint32_t now_s = (uint32_t)(in->at_ns / 1000000000u);
	uint32_t seq = packet->seq;
	if ((packet->tcp_flags & (C2_TCP_SYN | C2_TCP_ACK)) == C2_TCP_SYN) {
		inspection_meet_source(in);
		seq++;
		struct flow *known = flow_find(flows, hash);
		if (known == NULL || known->state == FLOW_DECIDED || known->base != seq)
			flow_admit(flows, hash, seq, now_s);
	}
	if (packet->payload_len == 0)
		return;
	struct flow *flow = flow_find(flows, hash);
	if (flow == NULL) {
		inspect_stray(in, hash, seq, now_s);
		return;
	}
	flow->seen_s = now_s;
	if (flow->state == FLOW_DECIDED) {
		if ((int32_t)(seq - flow->end) >= 0) /* not a repetition of what was looked at */
			inspect_stray(in, hash, seq, now_s);
		return;
	}
	int32_t offset = (int32_t)(seq - flow->base);
	if (offset < HEAD_LARGE && offset + (int64_t)packet->payload_len > 0)
		inspect_head(in, flow, offset);
	else
		inspect_stray(in, hash, seq, now_s);
}
