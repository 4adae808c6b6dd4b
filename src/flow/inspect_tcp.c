/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What TCP carries, on any port: a flow is what its first octets say. Only the client's direction is needed, so a one-sided mirror port will do.
 *
 * A SYN admits a flow, so that a head out of order is known to have an earlier part; a segment that begins like a hello or a request admits one wherever
 * it stands, so flows seen from the middle, hellos after STARTTLS and inside tunnels are read as well. The first copy of an octet stands.
 *
 * The head moves on: what a look has taken is dropped and the flow's base moves behind it, over bodies too, which are never looked at. So a flow
 * holds what is not understood yet and nothing else.
 */
#include "flow/inspect_parts.h"

#include <c2watch/http.h>

#define PORT_DNS 53
#define DNS_STRIKES 4
#define GAP_S 3 /* what has not been sent again for so long was lost to us, not to its receiver */

/* What looking at a head came to. */
struct look {
	enum {
		LOOK_WAIT,
		LOOK_ON,
		LOOK_OVER
	} what; /* more octets are needed; `taken` are done with, look again behind them; nothing more to look for */
	uint64_t taken;
	uint32_t need; /* LOOK_WAIT: octets of the head that another look is worth; 0: any more */
};

static const struct look look_wait = {.what = LOOK_WAIT};
static const struct look look_over = {.what = LOOK_OVER};

static struct look look_on(uint64_t taken)
{
	return (struct look){.what = LOOK_ON, .taken = taken};
}

static void inspection_count(const struct inspection *in, enum counter first, enum c2_rc rc)
{
	counter_add(in->inspector->options.counters, (enum counter)(first + rc), 1);
}

/*
 * How many octets must be there for another look at a hello of which `have` are: each look joins and reads it anew, so a stranger who sends one octet at a
 * time must not get a look for each. Another eighth, or what the message lacks at least: its end is never waited for in vain.
 */
static struct look look_wait_for_hello(size_t have, struct c2_rd message)
{
	size_t got = c2_rd_left(&message);
	c2_rd_skip(&message, 1);
	size_t len = c2_rd_u24(&message);
	size_t lacks = message.rc == C2_OK ? len + 4 - got : 1;
	return (struct look){.what = LOOK_WAIT, .need = (uint32_t)(have + (lacks < have / 8 ? lacks : have / 8))};
}

static struct look look_for_hello(struct inspection *in, struct flow *flow, struct c2_rd head)
{
	struct c2_rd message;
	struct c2_tls_hello hello;
	enum c2_rc joined = c2_tls_handshake(head, C2_TLS_CLIENT_HELLO, in->inspector->scratch, &message);
	enum c2_rc rc = joined == C2_OK ? c2_tls_hello_read(message, &hello) : joined;
	if ((flow->named & NAMED_HELD) == 0)
		inspection_count(in, COUNTER_hello_ok, rc);
	if ((rc == C2_OK || rc == C2_MORE) && (flow->named & NAMED_BEGUN) == 0) {
		flow->named |= NAMED_BEGUN;
		counter_add(in->inspector->options.counters, COUNTER_hello_begun, 1);
	}
	if (rc == C2_OK && (flow->named & NAMED_HELD) == 0) {
		flow->named |= NAMED_HELLO;
		if ((in->packet->tcp_flags & C2_TCP_SYN) == 0) /* with the SYN it comes before any answer */
			ends_speak(&in->inspector->ends, in->packet);
		flow->said = name_mark(in, &hello.name);
	}
	const struct hello_from from = {.message = message, .have = c2_rd_left(&head), .named = NOTE_TLS, .nameless = NOTE_TLS_NOSNI};
	if (inspect_hello(in, flow, rc, &hello, &from) != C2_MORE)
		return look_over;
	return joined == C2_OK ? look_wait_for_hello(c2_rd_left(&head), message) : look_wait;
}

/* A hello in SSL 2.0's form is one without a name. */
static struct look sight_hello_v2(struct inspection *in, struct flow *flow, const struct c2_tls_hello *hello)
{
	flow->named |= NAMED_HELLO;
	flow->said = name_mark(in, &hello->name);
	counter_add(in->inspector->options.counters, COUNTER_hello_v2, 1);
	inspection_sight_hello(in, hello, c2_rd_closed(in->payload, 0), NOTE_TLS, NOTE_TLS_NOSNI);
	return look_over;
}

/* A record that a stack steps over before a hello. */
static struct look look_past_stray(struct flow *flow, size_t len)
{
	return flow->strikes++ < C2_TLS_STRAYS_MAX ? look_on(len) : look_over;
}

static void sight_host(struct inspection *in, enum note_kind kind, const struct c2_name *name)
{
	if (name->len > 0 && inspection_sight(in, kind, name) != NULL)
		inspection_publish(in);
}

/*
 * The names of a request, each once though its head may be looked at as it grows. One that names two hosts has two: the target's is where a proxy
 * would go, the field's is what a server reads.
 */
static void sight_request(struct inspection *in, struct flow *flow, const struct c2_http_request *request)
{
	bool has_target = request->target.len > 0 && (flow->named & NAMED_TARGET) == 0;
	bool has_host = request->host.len > 0 && (flow->named & NAMED_HOST) == 0;
	bool has_other = request->other.len > 0 && (flow->named & NAMED_OTHER) == 0;
	bool are_one = !request->is_connect && request->target.len > 0 && request->host.len > 0 && c2_name_equal(&request->host, &request->target);
	if (has_target)
		sight_host(in, request->is_connect ? NOTE_CONNECT : NOTE_HTTP, &request->target);
	if (has_host && !are_one)
		sight_host(in, NOTE_HTTP, &request->host);
	if (has_other)
		sight_host(in, NOTE_HTTP, &request->other);
	flow->named |= (uint8_t)((has_target ? NAMED_TARGET : 0) | (has_host ? NAMED_HOST : 0) | (has_other ? NAMED_OTHER : 0));
}

static struct look look_for_request(struct inspection *in, struct flow *flow, struct c2_rd head)
{
	struct c2_http_request request;
	enum c2_rc rc = c2_http_request_read(head, &request);
	if (flow->named == 0)
		inspection_count(in, COUNTER_http_ok, rc);
	if (rc == C2_NONE || rc == C2_BAD)
		return look_over;
	if (rc == C2_OK)
		sight_request(in, flow, &request);
	if (rc == C2_MORE || !request.is_whole)
		return look_wait;
	flow->named = 0;
	flow->talk = TALK_HTTP;
	if (request.is_connect)
		flow->talk = TALK_ANY;
	else if (request.is_endless)
		return look_over;
	else if (request.is_chunked)
		flow->talk = TALK_HTTP_CHUNKS;
	return look_on(flow->talk == TALK_HTTP ? request.head_len + request.body_len : request.head_len);
}

/* Of an HTTP/2 connection the first request is read. */
static struct look look_for_http2(struct inspection *in, struct flow *flow, struct c2_rd head)
{
	struct c2_http_request request;
	enum c2_rc rc = c2_http2_request_read(head, in->inspector->scratch, &request);
	inspection_count(in, COUNTER_http2_ok, rc);
	if (rc == C2_OK)
		sight_request(in, flow, &request);
	return rc == C2_MORE ? look_wait : look_over;
}

static struct look look_for_chunk(struct flow *flow, struct c2_rd head)
{
	uint64_t len;
	size_t n;
	enum c2_rc rc = c2_http_chunk_read(head, &len, &n);
	if (rc == C2_OK && len == 0) {
		c2_rd_skip(&head, n);
		size_t trailers;
		rc = c2_http_trailers_read(head, &trailers);
		if (rc == C2_OK) {
			flow->talk = TALK_HTTP;
			return look_on(n + trailers);
		}
	}
	if (rc != C2_OK)
		return rc == C2_MORE ? look_wait : look_over;
	return look_on(n + len);
}

static struct look look_for_socks(struct inspection *in, struct flow *flow, struct c2_rd head)
{
	struct c2_socks socks;
	enum c2_rc rc = c2_socks_read(head, flow->talk == TALK_SOCKS, &socks);
	if (rc != C2_OK)
		return rc == C2_MORE ? look_wait : look_over;
	flow->talk = TALK_SOCKS;
	if (socks.step == C2_SOCKS_REQUEST) {
		flow->talk = TALK_ANY;
		sight_host(in, NOTE_SOCKS, &socks.name);
	}
	return look_on(socks.len);
}

/* DNS over TCP: a length before each message, RFC 1035 §4.2.2. One that is none ends nothing, as it does not for a server; a few in a row do. */
static struct look look_for_dns(struct inspection *in, struct flow *flow, struct c2_rd head)
{
	const uint8_t *begin = head.p;
	struct c2_rd message = c2_rd_block16(&head);
	if (head.rc != C2_OK)
		return look_wait;
	flow->strikes = inspect_dns(in, message, TONGUE_DNS) == C2_OK ? 0 : (uint8_t)(flow->strikes + 1);
	flow->talk = TALK_DNS;
	return flow->strikes < DNS_STRIKES ? look_on((uint64_t)(head.p - begin)) : look_over;
}

static bool is_dns(const struct c2_packet *packet)
{
	return packet->dport == PORT_DNS || packet->sport == PORT_DNS;
}

static struct look look_at_first(struct inspection *in, struct flow *flow, struct c2_rd head)
{
	size_t len = c2_rd_left(&head);
	size_t header;
	enum c2_rc stray = c2_tls_stray_read(head, &header);
	if (stray == C2_OK)
		return look_past_stray(flow, header);
	if (c2_tls_hello_begins(head.p, len))
		return look_for_hello(in, flow, head);
	if (c2_tls_server_begins(head.p, len))
		return inspect_server(in, flow, head) == C2_MORE ? look_wait : look_over;
	if (c2_http2_begins(head.p, len))
		return look_for_http2(in, flow, head);
	if (is_dns(in->packet))
		return c2_http_request_begins(head.p, len) ? look_for_request(in, flow, head) : look_for_dns(in, flow, head);
	if (*head.p == 4 || *head.p == 5)
		return look_for_socks(in, flow, head);
	struct c2_tls_hello hello;
	enum c2_rc v2 = c2_tls_hello_v2_read(head, &hello);
	if (v2 == C2_OK)
		return sight_hello_v2(in, flow, &hello);
	enum c2_rc rc = c2_proxy_header_read(head, &header);
	if (rc == C2_OK)
		return look_on(header);
	if (rc == C2_MORE || v2 == C2_MORE || stray == C2_MORE)
		return look_wait;
	return c2_http_begins(head.p, len) ? look_for_request(in, flow, head) : look_over;
}

static struct look look_at(struct inspection *in, struct flow *flow, struct c2_rd head)
{
	in->hit_count = 0;
	switch ((enum flow_talk)flow->talk) {
	case TALK_ANY:
		return look_at_first(in, flow, head);
	case TALK_DNS:
		return look_for_dns(in, flow, head);
	case TALK_HTTP: /* or what it was upgraded to, RFC 7540 §3.2 */
		return c2_http2_begins(head.p, c2_rd_left(&head)) ? look_for_http2(in, flow, head) : look_for_request(in, flow, head);
	case TALK_HTTP_CHUNKS:
		return look_for_chunk(flow, head);
	case TALK_SOCKS:
		return look_for_socks(in, flow, head);
	}
	return look_over;
}

#define BODY_MAX (UINT64_C(1) << 30) /* sequence numbers are compared within half their circle */

/* Looks at a head, and again behind what each look takes. Returns how the last one ended, and the octets taken in all. */
static struct look look_along(struct inspection *in, struct flow *flow, const uint8_t *octets, size_t len)
{
	uint64_t taken = 0;
	while (taken < len) {
		struct look look = look_at(in, flow, c2_rd_open(octets + taken, len - (size_t)taken));
		if (look.what != LOOK_ON)
			return (struct look){.what = look.what, .taken = taken, .need = look.need};
		if (look.taken == 0 || look.taken > BODY_MAX)
			return look_over;
		taken += look.taken;
	}
	return (struct look){.what = LOOK_WAIT, .taken = taken};
}

/* A segment that stands right at the flow's base, nothing being buffered: it is looked at where it is, and only a rest is kept. */
static void inspect_direct(struct inspection *in, struct flow *flow)
{
	struct flow_table *flows = &in->inspector->flows;
	size_t len = in->packet->payload_len;
	struct look look = look_along(in, flow, in->payload, len);
	if (look.what == LOOK_OVER) {
		flow_decide(flows, flow, flow->base + (uint32_t)len);
		return;
	}
	flow->base += (uint32_t)look.taken;
	if (look.taken < len) {
		flow_buffer(flows, flow, 0, in->payload + look.taken, len - (size_t)look.taken);
		flow_await(flows, flow, look.need);
	}
}

/* A segment of a flow whose head is not decided: `offset` octets behind the flow's base. False when it lies beyond what can be buffered. */
static bool inspect_head(struct inspection *in, struct flow *flow, int64_t offset)
{
	struct flow_table *flows = &in->inspector->flows;
	if (flow->state == FLOW_WAITING && offset == 0) {
		inspect_direct(in, flow);
		return true;
	}
	uint32_t had = flow_have(flows, flow);
	struct prefix *head = flow_buffer(flows, flow, offset, in->payload, in->packet->payload_len);
	if (head == NULL)
		return false;
	bool is_grown = head->have > had && head->have >= flow_awaits(flows, flow);
	while (is_grown && flow->state == FLOW_HEAD) {
		uint32_t have = head->have;
		struct look look = look_along(in, flow, head->octets, have);
		if (look.what == LOOK_OVER || (look.taken == 0 && have == HEAD_LARGE))
			flow_decide(flows, flow, flow->base + have);
		else if (flow_advance(flows, flow, (uint32_t)look.taken))
			flow_await(flows, flow, look.need);
		is_grown = look.taken > have; /* a body was stepped over: what came before its end may be the head now */
	}
	return true;
}

/* A message behind its length, and nothing else. */
static bool is_dns_message(const uint8_t *octets, size_t len)
{
	return len > 2 && (size_t)(octets[0] << 8 | octets[1]) == len - 2 && dns_is_whole(c2_rd_closed(octets + 2, len - 2));
}

/* Does the segment begin a hello, behind records that a stack steps over before it? `at` is where, when it does. */
static bool hello_find(const struct inspection *in, struct c2_rd *at)
{
	struct c2_rd rd = c2_rd_open(in->payload, in->packet->payload_len);
	struct c2_tls_hello hello;
	unsigned strays = 0;
	if (*rd.p < 20 || (*rd.p > 22 && *rd.p < 0x80)) /* no record of TLS, no length of SSL 2.0: nearly every segment */
		return false;
	for (size_t len; strays < C2_TLS_STRAYS_MAX && c2_tls_stray_read(rd, &len) == C2_OK; strays++)
		c2_rd_skip(&rd, len);
	if (strays > 0 && c2_rd_left(&rd) <= 5) /* they end a handshake as well: it takes more to tell */
		return false;
	*at = rd;
	return c2_tls_hello_begins(rd.p, c2_rd_left(&rd)) || c2_tls_hello_v2_read(rd, &hello) == C2_OK;
}

/* Does the segment begin like something that is worth a flow, though none expects it? */
static bool is_beginning(struct inspection *in)
{
	size_t len = in->packet->payload_len;
	size_t header;
	struct c2_rd at;
	if (is_dns(in->packet) && is_dns_message(in->payload, len))
		return true;
	return hello_find(in, &at) || c2_http_request_begins(in->payload, len) ||
	       (len >= C2_HTTP2_PREFACE_LEN && c2_http2_begins(in->payload, len)) ||
	       c2_proxy_header_read(c2_rd_open(in->payload, len), &header) == C2_OK;
}

static void inspect_stray(struct inspection *in, uint64_t hash, uint32_t seq, uint32_t now_s)
{
	uint8_t named = 0;
	if (!server_begins(in, &named) && !is_beginning(in))
		return;
	struct flow *flow = flow_admit(&in->inspector->flows, hash, seq, now_s);
	flow->named = named;
	inspect_head(in, flow, 0);
}

/* A connection begins, in either direction of which only the client's is of interest; but both sides speak DNS. */
static bool is_opening(const struct c2_packet *packet)
{
	return (packet->tcp_flags & C2_TCP_SYN) != 0 && ((packet->tcp_flags & C2_TCP_ACK) == 0 || packet->sport == PORT_DNS);
}

/*
 * A SYN admits a flow, or begins it anew; one that is sent again does neither, also behind a hello that came with it. Of two that begin it at two places
 * before anything was decided one is a lie, and which is not known: the later one's is a flow of its own beside the first, under the hash turned round.
 */
static void inspect_opening(struct inspection *in, uint64_t hash, uint32_t seq, uint32_t now_s)
{
	struct flow_table *flows = &in->inspector->flows;
	struct flow *known = flow_find(flows, hash);
	if (known != NULL && known->base == seq)
		return;
	if (known != NULL && (known->named & NAMED_HELD) != 0)
		held_give_up(in->inspector, hash);
	bool is_doubtful = known != NULL && (known->state != FLOW_DECIDED || now_s - known->seen_s < GAP_S);
	if (known != NULL && known->state != FLOW_DECIDED) {
		known->is_doubtful = true;
		hash = ~hash;
	}
	flow_admit(flows, hash, seq, now_s)->is_doubtful = is_doubtful;
	if ((in->packet->tcp_flags & C2_TCP_ACK) == 0) {
		ends_begin(&in->inspector->ends, in->packet);
		inspect_connection(in);
	}
}

/* The flow a segment belongs to, and its hash: of two beginnings that which it lies behind. */
static struct flow *flow_of(const struct flow_table *flows, uint64_t *hash, uint32_t seq)
{
	struct flow *flow = flow_find(flows, *hash);
	if (flow == NULL || !flow->is_doubtful || seq - flow->base < HEAD_LARGE)
		return flow;
	struct flow *beside = flow_find(flows, ~*hash);
	if (beside == NULL || seq - beside->base >= HEAD_LARGE)
		return flow;
	*hash = ~*hash;
	return beside;
}

/* A hello again where one was found. One with another name contradicts it, and one of the two is a decoy: the first is reported, the second if it is listed. */
static void inspect_second_hello(struct inspection *in, struct flow *flow, struct c2_rd at)
{
	struct c2_rd message;
	struct c2_tls_hello hello;
	struct c2_verdict verdict;
	if (!hello_says_other(in, flow, at, &message, &hello))
		return;
	counter_add(in->inspector->options.counters, COUNTER_head_contradictions, 1);
	flow->said = name_mark(in, &hello.name);
	if (hello.name.len > 0 && c2_domset_find(in->inspector->feeds.domset, &hello.name, &verdict) == C2_OK)
		inspection_sight_hello(in, &hello, message, NOTE_TLS, NOTE_TLS_NOSNI);
}

/*
 * A segment of a flow that is decided: behind what was looked at it may begin anew. A repetition is nothing new, but one that begins like a hello may be
 * the truth behind a decoy, sent so that we see it and the server does not.
 */
static void inspect_decided(struct inspection *in, struct flow *flow, uint64_t hash, uint32_t seq, uint32_t now_s)
{
	const struct c2_packet *packet = in->packet;
	struct c2_rd at;
	flow->seen_s = now_s;
	if ((int32_t)(seq - flow->end) >= 0) {
		inspect_stray(in, hash, seq, now_s);
		return;
	}
	if (packet->payload_len <= 5 || !hello_find(in, &at))
		return;
	if ((flow->named & NAMED_HELLO) != 0) {
		inspect_second_hello(in, flow, at);
	} else {
		counter_add(in->inspector->options.counters, COUNTER_head_contradictions, 1);
		inspect_stray(in, hash, seq, now_s);
	}
}

/* Is the segment no rest of the hello that the flow holds: does it repeat that with another name, or begin something behind it? */
static bool is_against_held(struct inspection *in, const struct flow *flow, uint32_t seq)
{
	struct c2_rd at, message;
	struct c2_tls_hello hello;
	if ((int32_t)(seq - flow->base) >= (int64_t)flow_have(&in->inspector->flows, flow))
		return is_beginning(in) || c2_tls_server_begins(in->payload, in->packet->payload_len);
	return in->packet->payload_len > 5 && hello_find(in, &at) && hello_says_other(in, flow, at, &message, &hello);
}

/* In a connection no receiver takes octets from a reset, or from a segment that acknowledges nothing, RFC 9293 §3.10.7.4: they are for whoever looks on. */
static bool is_ignored(const struct c2_packet *packet)
{
	return (packet->tcp_flags & C2_TCP_RST) != 0 || (packet->tcp_flags & (C2_TCP_SYN | C2_TCP_ACK)) == 0;
}

void inspect_tcp(struct inspection *in)
{
	const struct c2_packet *packet = in->packet;
	struct flow_table *flows = &in->inspector->flows;
	uint64_t hash = flow_hash(flows, packet);
	uint32_t now_s = (uint32_t)(in->at_ns / 1000000000u);
	uint32_t seq = packet->seq;
	if ((packet->tcp_flags & (C2_TCP_SYN | C2_TCP_ACK)) == (C2_TCP_SYN | C2_TCP_ACK))
		ends_answer(&in->inspector->ends, packet);
	if (is_opening(packet)) {
		if ((packet->tcp_flags & C2_TCP_ACK) == 0)
			inspection_meet_source(in);
		seq++;
		inspect_opening(in, hash, seq, now_s);
	}
	if (packet->payload_len == 0)
		return;
	struct flow *flow = flow_of(flows, &hash, seq);
	if (flow == NULL) {
		inspect_stray(in, hash, seq, now_s);
		return;
	}
	if (is_ignored(packet))
		return;
	if ((flow->named & NAMED_HELD) != 0 && is_against_held(in, flow, seq))
		held_give_up(in->inspector, hash);
	if (flow->state == FLOW_DECIDED) {
		inspect_decided(in, flow, hash, seq, now_s);
		return;
	}
	int32_t offset = (int32_t)(seq - flow->base);
	bool is_stuck = flow->is_doubtful || (offset > 0 && now_s - flow->seen_s >= GAP_S);
	bool is_elsewhere = is_stuck && offset != 0 && (is_beginning(in) || c2_tls_server_begins(in->payload, packet->payload_len));
	if (offset + (int64_t)packet->payload_len <= 0 && !is_elsewhere) /* repeated, or of a body */
		return;
	if (offset <= 0)
		flow->seen_s = now_s;
	bool was_buffered = flow->state == FLOW_HEAD;
	if (is_elsewhere || !inspect_head(in, flow, offset))
		inspect_stray(in, hash, seq, now_s);
	else if (was_buffered && flow->state == FLOW_DECIDED) /* by what was there before this segment, perhaps */
		inspect_decided(in, flow, hash, seq, now_s);
}
