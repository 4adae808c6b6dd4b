/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flow table: 8-way buckets under a keyed hash, two cache lines a probe that misses. A flow is here only while there is a question about it,
 * and a while after, so that a repeated segment is known for what it is.
 *
 * Invariant: tags[i] != 0 exactly when flows[i].state != FLOW_FREE; a pool slot is lent exactly to the flow in FLOW_HEAD that names it.
 */
#include "flow/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WAYS 8u
#define BUDGET_MIN (15u << 16) /* a megabyte but for the fragments' share */

/* How a budget is shared: a half for the flows, the rest for heads, three small ones to a large one's memory. */
static uint32_t table_buckets(size_t budget)
{
	uint32_t buckets = 1024;
	while (buckets < (1u << 24) && (size_t)buckets * 2 * WAYS * (sizeof(struct flow) + sizeof(uint16_t)) <= budget / 2)
		buckets *= 2;
	return buckets;
}

static size_t head_memory(uint32_t cap)
{
	return sizeof(struct flow_head) + prefix_memory(cap);
}

int flow_table_open(struct flow_table *table, size_t budget, const struct siphash_key *key, struct counters *counters)
{
	if (budget < BUDGET_MIN)
		return -EINVAL;
	*table = (struct flow_table){.buckets = table_buckets(budget), .key = *key, .counters = counters};
	size_t flows = (size_t)table->buckets * WAYS;
	table->tags = aligned_alloc(64, flows * sizeof *table->tags);
	table->flows = calloc(flows, sizeof *table->flows);
	uint32_t smalls = (uint32_t)(budget / 8 * 3 / head_memory(HEAD_SMALL));
	uint32_t larges = (uint32_t)(budget / 8 / head_memory(HEAD_LARGE));
	if (table->tags == NULL || table->flows == NULL || pool_open(&table->small, smalls, head_memory(HEAD_SMALL)) < 0 ||
		pool_open(&table->large, larges, head_memory(HEAD_LARGE)) < 0) {
		flow_table_close(table);
		return -ENOMEM;
	}
	memset(table->tags, 0, flows * sizeof *table->tags);
	return 0;
}

void flow_table_close(struct flow_table *table)
{
	free(table->tags);
	free(table->flows);
	pool_close(&table->small);
	pool_close(&table->large);
	table->tags = NULL;
	table->flows = NULL;
}

static uint64_t hash_ends(const struct flow_table *table, const struct c2_packet *packet, bool is_back)
{
	const struct c2_addr *from = is_back ? &packet->dst : &packet->src;
	const struct c2_addr *to = is_back ? &packet->src : &packet->dst;
	uint8_t key[40];
	size_t n = from->family == 4 ? 4 : 16;
	memcpy(key, from->octets, n);
	memcpy(key + n, to->octets, n);
	uint16_t rest[4] = {is_back ? packet->dport : packet->sport, is_back ? packet->sport : packet->dport,
		packet->vlans > 0 ? packet->vlan[0] : 0xffff, packet->vlans > 1 ? packet->vlan[1] : 0xffff};
	if (packet->proto == C2_PROTO_UDP)
		rest[3] ^= 0x8000; /* a VLAN id has 12 bits */
	memcpy(key + 2 * n, rest, sizeof rest);
	return siphash13(&table->key, key, 2 * n + sizeof rest);
}

uint64_t flow_hash(const struct flow_table *table, const struct c2_packet *packet)
{
	return hash_ends(table, packet, false);
}

uint64_t flow_hash_back(const struct flow_table *table, const struct c2_packet *packet)
{
	return hash_ends(table, packet, true);
}

static uint16_t hash_tag(uint64_t hash)
{
	return (uint16_t)(hash >> 48) | 1;
}

struct flow *flow_find(const struct flow_table *table, uint64_t hash)
{
	size_t first = (size_t)(hash & (table->buckets - 1)) * WAYS;
	uint16_t tag = hash_tag(hash);
	for (size_t i = first; i < first + WAYS; i++)
		if (table->tags[i] == tag && table->flows[i].hash == hash)
			return &table->flows[i];
	return NULL;
}

static struct flow_head *flow_slot(const struct flow_table *table, const struct flow *flow)
{
	return pool_at(flow->is_large ? &table->large : &table->small, flow->head);
}

struct prefix *flow_head(const struct flow_table *table, const struct flow *flow)
{
	return &flow_slot(table, flow)->prefix;
}

struct c2_quic_keys *flow_keys(const struct flow_table *table, const struct flow *flow)
{
	return &flow_slot(table, flow)->keys;
}

uint32_t flow_have(const struct flow_table *table, const struct flow *flow)
{
	return flow->state == FLOW_HEAD ? flow_head(table, flow)->have : 0;
}

static void flow_drop_head(struct flow_table *table, struct flow *flow)
{
	if (flow->state == FLOW_HEAD)
		pool_give(flow->is_large ? &table->large : &table->small, flow->head);
	flow->state = FLOW_WAITING;
}

/* The place for a new flow in a bucket: a free one, or the one whose flow matters least; of equals each in its turn, or in a flood the newest would go. */
static size_t table_place(struct flow_table *table, size_t first)
{
	size_t best = first + table->turn++ % WAYS;
	for (size_t i = first; i < first + WAYS; i++) {
		if (table->tags[i] == 0)
			return i;
		const struct flow *flow = &table->flows[i];
		const struct flow *chosen = &table->flows[best];
		bool decided = flow->state == FLOW_DECIDED;
		bool chosen_decided = chosen->state == FLOW_DECIDED;
		if (decided != chosen_decided ? decided : (int32_t)(flow->seen_s - chosen->seen_s) < 0)
			best = i;
	}
	counter_add(table->counters, table->flows[best].state == FLOW_DECIDED ? COUNTER_flows_evicted_decided : COUNTER_flows_evicted_open, 1);
	return best;
}

struct flow *flow_admit(struct flow_table *table, uint64_t hash, uint32_t base, uint32_t now_s)
{
	struct flow *flow = flow_find(table, hash);
	if (flow == NULL) {
		size_t place = table_place(table, (size_t)(hash & (table->buckets - 1)) * WAYS);
		flow = &table->flows[place];
		if (table->tags[place] != 0) /* a free place is written before it is read: its page is then made once, not twice */
			flow_drop_head(table, flow);
		table->tags[place] = hash_tag(hash);
		counter_add(table->counters, COUNTER_flows_opened, 1);
	} else {
		flow_drop_head(table, flow);
	}
	*flow = (struct flow){.hash = hash, .base = base, .seen_s = now_s, .state = FLOW_WAITING};
	return flow;
}

void flow_decide(struct flow_table *table, struct flow *flow, uint32_t end)
{
	flow_drop_head(table, flow);
	flow->state = FLOW_DECIDED;
	flow->end = end;
}

/* Lends the flow a head of `pool`; the flow it was taken from, if any, waits for its head anew. */
static struct prefix *flow_take_head(struct flow_table *table, struct flow *flow, bool large)
{
	struct pool *pool = large ? &table->large : &table->small;
	uint32_t robbed;
	uint32_t slot = pool_take(pool, (uint32_t)(flow - table->flows), &robbed);
	if (robbed != POOL_NONE) {
		table->flows[robbed].state = FLOW_WAITING;
		counter_add(table->counters, COUNTER_heads_robbed, 1);
	}
	struct flow_head *head = pool_at(pool, slot);
	prefix_start(&head->prefix, head + 1, large ? HEAD_LARGE : HEAD_SMALL);
	head->awaits = 0;
	flow->head = slot;
	flow->is_large = large;
	flow->state = FLOW_HEAD;
	return &head->prefix;
}

/* Moves the flow's head into a large buffer. */
static struct prefix *flow_grow_head(struct flow_table *table, struct flow *flow)
{
	uint32_t small = flow->head;
	struct flow_head *from = pool_at(&table->small, small);
	struct prefix *to = flow_take_head(table, flow, true);
	prefix_move(to, &from->prefix);
	flow_slot(table, flow)->awaits = from->awaits;
	*flow_keys(table, flow) = from->keys;
	pool_give(&table->small, small);
	return to;
}

void flow_await(const struct flow_table *table, const struct flow *flow, uint32_t octets)
{
	flow_slot(table, flow)->awaits = octets < HEAD_LARGE ? octets : HEAD_LARGE;
}

uint32_t flow_awaits(const struct flow_table *table, const struct flow *flow)
{
	return flow_slot(table, flow)->awaits;
}

bool flow_advance(struct flow_table *table, struct flow *flow, uint32_t taken)
{
	struct prefix *head = flow_head(table, flow);
	flow->base += taken;
	if (taken >= head->reach)
		flow_drop_head(table, flow);
	else
		prefix_drop(head, taken);
	return flow->state == FLOW_HEAD;
}

struct prefix *flow_buffer(struct flow_table *table, struct flow *flow, int64_t offset, const uint8_t *octets, size_t len)
{
	if (offset >= HEAD_LARGE)
		return NULL;
	bool large = offset + (int64_t)len > HEAD_SMALL;
	struct prefix *prefix;
	if (flow->state != FLOW_HEAD) {
		counter_add(table->counters, COUNTER_heads_opened, 1);
		prefix = flow_take_head(table, flow, large);
	} else if (large && !flow->is_large) {
		prefix = flow_grow_head(table, flow);
	} else {
		prefix = flow_head(table, flow);
	}
	enum prefix_met met = prefix_add(prefix, offset, octets, len);
	if (met == PREFIX_REPEATED)
		counter_add(table->counters, COUNTER_head_overlaps, 1);
	if (met == PREFIX_CONTRADICTED)
		counter_add(table->counters, COUNTER_head_contradictions, 1);
	return prefix;
}
