/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What DTLS carries: the ClientHello, on any port. A datagram that holds all of one is looked at once and forgotten; fragments, in any order and over
 * several datagrams, make a flow whose head is the message's body. RFC 6347 §4.2.3, RFC 9147 §5.5.
 */
#include "flow/inspect_parts.h"

#include <c2watch/dtls.h>

static enum c2_rc look_at_body(struct inspection *in, struct c2_rd body, struct c2_tls_hello *hello)
{
	enum c2_rc rc = c2_dtls_hello_read(body, hello);
	counter_add(in->inspector->options.counters, (enum counter)(COUNTER_dtls_ok + rc), 1);
	return rc;
}

/* The flow of the message that the fragment is of; one whose message is decided, or that waits for another, begins anew. */
static struct flow *message_flow(struct inspection *in, const struct c2_dtls_fragment *fragment)
{
	struct flow_table *flows = &in->inspector->flows;
	uint64_t hash = flow_hash(flows, in->packet);
	uint32_t now_s = (uint32_t)(in->at_ns / 1000000000u);
	struct flow *flow = flow_find(flows, hash);
	if (flow == NULL || flow->state == FLOW_DECIDED || flow->base != fragment->sequence) {
		flow = flow_admit(flows, hash, fragment->sequence, now_s);
		flow->end = fragment->message_len;
	}
	flow->seen_s = now_s;
	return flow;
}

/* A part of a message. What tells another length than the first part did contradicts it, and is left out. */
static void inspect_part(struct inspection *in, const struct c2_dtls_fragment *fragment)
{
	struct flow_table *flows = &in->inspector->flows;
	struct flow *flow = message_flow(in, fragment);
	if (flow->end != fragment->message_len) {
		counter_add(in->inspector->options.counters, COUNTER_head_contradictions, 1);
		return;
	}
	uint32_t had = flow_have(flows, flow);
	struct prefix *head = flow_buffer(flows, flow, fragment->offset, fragment->octets.p, c2_rd_left(&fragment->octets));
	if (head == NULL || head->have == had)
		return;
	bool is_whole = head->have >= flow->end;
	struct c2_rd body = is_whole ? c2_rd_closed(head->octets, flow->end) : c2_rd_open(head->octets, head->have);
	struct c2_tls_hello hello;
	enum c2_rc rc = look_at_body(in, body, &hello);
	rc = inspect_hello(in, flow, rc, &hello, &(struct hello_from){.message = body, .named = NOTE_DTLS, .nameless = NOTE_DTLS_NOSNI});
	if (rc != C2_MORE || head->have == HEAD_LARGE)
		flow_decide(flows, flow, flow->end);
}

void inspect_dtls(struct inspection *in, struct c2_rd datagram)
{
	struct c2_dtls_fragment fragment;
	struct c2_tls_hello hello;
	struct c2_rd record = c2_rd_closed(datagram.p, 0);
	inspection_meet_source(in);
	while (c2_dtls_fragment_read(&datagram, &record, &fragment) == C2_OK) {
		if (fragment.offset != 0 || c2_rd_left(&fragment.octets) != fragment.message_len)
			inspect_part(in, &fragment);
		else if (look_at_body(in, fragment.octets, &hello) == C2_OK)
			inspection_sight_hello(in, &hello, fragment.octets, NOTE_DTLS, NOTE_DTLS_NOSNI);
	}
}
