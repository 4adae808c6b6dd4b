/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hellos whose name is known and whose end is not. Where a note will be written, the note waits a second for the rest, so that it says all the hello does;
 * where none will be, nothing waits. A hello is told from what was known when its time is over, another needs its place, the rest contradicts it, the
 * server answers, or the input ends: contrib/decisions/015.
 *
 * Invariant: a flow with NAMED_HELD has its hash in a place. The converse does not hold: a flow may be evicted or begin anew, and its hello is told all the same.
 */
#include "flow/inspect_parts.h"

#define HELD_NS UINT64_C(1000000000)

_Static_assert((HELLOS_HELD & (HELLOS_HELD - 1)) == 0, "a power of two");

static struct held *held_at(struct inspector *inspector, uint64_t hash)
{
	return &inspector->held[hash & (HELLOS_HELD - 1)];
}

static struct flow *held_flow(struct inspector *inspector, const struct held *held)
{
	struct flow *flow = flow_find(&inspector->flows, held->hash);
	return flow != NULL && (flow->named & NAMED_HELD) != 0 ? flow : NULL;
}

/* Makes the sighting, of the packet that showed the name; the place is free behind it. */
static void held_tell(struct inspector *inspector, struct held *held, const struct c2_tls_hello *hello, struct c2_rd message)
{
	struct inspection in = {.inspector = inspector, .packet = &held->packet, .at_ns = held->at_ns, .iface = held->iface};
	struct flow *flow = held_flow(inspector, held);
	if (flow != NULL)
		flow->named &= (uint8_t)~NAMED_HELD;
	held->is_taken = false;
	inspector->helds--;
	inspection_sight_hello(&in, hello, message, held->kind, held->kind);
}

/* The rest is not waited for any longer: its flow is where it would be had nothing been held. */
static void held_settle(struct inspector *inspector, struct held *held)
{
	struct flow *flow = held_flow(inspector, held);
	if (flow != NULL)
		flow_decide(&inspector->flows, flow, held->packet.proto == C2_PROTO_TCP ? flow->base + held->have : flow->end);
	held_tell(inspector, held, &held->hello, c2_rd_closed(inspector->scratch, 0));
}

static bool is_wanted(const struct inspector *inspector, const struct c2_tls_hello *hello)
{
	struct c2_verdict verdict;
	return inspector->options.notes_all || c2_domset_find(inspector->feeds.domset, &hello->name, &verdict) == C2_OK;
}

/* The same hello again, its flow having lost its place in the table meanwhile, takes its own place; any other that stands there is told. */
static void held_put(struct inspection *in, struct flow *flow, const struct c2_tls_hello *hello, size_t have, enum note_kind kind)
{
	struct inspector *inspector = in->inspector;
	const uint64_t hash = flow->hash;
	const uint32_t base = flow->base;
	struct held *held = held_at(inspector, hash);
	bool is_same = held->is_taken && held->hash == hash && held->base == base && c2_name_equal(&held->hello.name, &hello->name);
	if (held->is_taken && !is_same)
		held_settle(inspector, held);
	if (flow->hash == hash) /* not what awaiting an answer has put into its place */
		flow->named |= NAMED_HELD;
	if (is_same)
		return;
	held->is_taken = true;
	held->hash = hash;
	held->base = base;
	held->have = (uint32_t)have;
	held->at_ns = in->at_ns;
	held->iface = in->iface;
	held->kind = kind;
	held->packet = *in->packet;
	held->hello = *hello;
	inspector->helds++;
}

enum c2_rc inspect_hello(struct inspection *in, struct flow *flow, enum c2_rc rc, const struct c2_tls_hello *hello, const struct hello_from *from)
{
	struct held *held = held_at(in->inspector, flow->hash);
	if ((flow->named & NAMED_HELD) != 0 && held->is_taken && held->hash == flow->hash) {
		if (rc == C2_MORE || (rc == C2_OK && !hello->is_whole))
			return C2_MORE;
		if (rc == C2_OK)
			held_tell(in->inspector, held, hello, from->message);
		else
			held_tell(in->inspector, held, &held->hello, c2_rd_closed(in->inspector->scratch, 0));
		return rc;
	}
	if (rc != C2_OK)
		return rc;
	if (!hello->is_whole)
		in->is_unlisted = !is_wanted(in->inspector, hello);
	if (hello->is_whole || in->is_unlisted) {
		inspection_sight_hello(in, hello, from->message, from->named, from->nameless);
		in->is_unlisted = false;
		return C2_OK;
	}
	held_put(in, flow, hello, from->have, from->named);
	return C2_MORE;
}

void held_give_up(struct inspector *inspector, uint64_t hash)
{
	struct held *held = held_at(inspector, hash);
	if (held->is_taken && held->hash == hash)
		held_settle(inspector, held);
}

void held_tell_overdue(struct inspector *inspector, uint64_t at_ns)
{
	while (inspector->helds > 0) {
		struct held *oldest = NULL;
		for (unsigned i = 0; i < HELLOS_HELD; i++) {
			struct held *held = &inspector->held[i];
			if (held->is_taken && (oldest == NULL || held->at_ns < oldest->at_ns))
				oldest = held;
		}
		if (at_ns - oldest->at_ns < HELD_NS) /* one of a time to come is overdue too: the clock was set back */
			return;
		held_settle(inspector, oldest);
	}
}

uint16_t name_mark(const struct inspection *in, const struct c2_name *name)
{
	return (uint16_t)siphash13(&in->inspector->options.key, name->wire, name->len);
}

bool hello_says_other(const struct inspection *in, const struct flow *flow, struct c2_rd at, struct c2_rd *message, struct c2_tls_hello *hello)
{
	return c2_tls_handshake(at, C2_TLS_CLIENT_HELLO, in->inspector->scratch, message) == C2_OK && c2_tls_hello_read(*message, hello) == C2_OK &&
	       name_mark(in, &hello->name) != flow->said;
}
