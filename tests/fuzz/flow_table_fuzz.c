/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script of what the inspector does with flows, in a table of the least size: few large heads, and hashes of one bucket, so that flows make room and heads
 * are robbed. Each step: what, which flow, two octets for how much. An octet in a head tells the place in its stream, so what is there proves itself.
 */
#include "flow/table.h"

#include "fuzz.h"

#include <errno.h>
#include <string.h>

#define BUDGET (15u << 16)
#define FLOWS 64
#define STEPS_MAX 256

enum what { ADMIT, BUFFER, BUFFER_FAR, ADVANCE, DECIDE, WAIT, WHATS };

static uint8_t octet_of(uint32_t seq)
{
	return (uint8_t)(seq ^ seq >> 8);
}

/* Flows 0 to 15 share a bucket; each of the others has one. */
static uint64_t hash_of(uint8_t number)
{
	uint64_t flow = number % FLOWS;
	return flow << 52 | (flow < 16 ? 0x100u : flow);
}

static void check_flow(const struct flow_table *table, const struct flow *flow)
{
	if (flow->state != FLOW_HEAD)
		return;
	const struct pool *pool = flow->is_large ? &table->large : &table->small;
	MUST(flow->head < pool->cap && pool->owner[flow->head] == (uint32_t)(flow - table->flows));
	const struct prefix *head = flow_head(table, flow);
	MUST(head->cap == (flow->is_large ? HEAD_LARGE : HEAD_SMALL) && head->have <= head->reach && head->reach <= head->cap);
	MUST(flow_have(table, flow) == head->have);
	for (uint32_t i = 0; i < head->have; i++)
		MUST(head->octets[i] == octet_of(flow->base + i));
}

static void check_table(const struct flow_table *table)
{
	unsigned smalls = 0, larges = 0;
	for (unsigned i = 0; i < FLOWS; i++) {
		const struct flow *flow = flow_find(table, hash_of((uint8_t)i));
		if (flow == NULL)
			continue;
		MUST(flow->hash == hash_of((uint8_t)i) && flow->state != FLOW_FREE && table->tags[flow - table->flows] != 0);
		smalls += flow->state == FLOW_HEAD && !flow->is_large;
		larges += flow->state == FLOW_HEAD && flow->is_large;
	}
	MUST(smalls == table->small.lent && larges == table->large.lent);
}

static void buffer(struct flow_table *table, struct flow *flow, uint32_t offset, size_t len)
{
	static uint8_t octets[HEAD_LARGE];
	for (size_t i = 0; i < len; i++)
		octets[i] = octet_of(flow->base + offset + (uint32_t)i);
	struct prefix *head = flow_buffer(table, flow, offset, octets, len);
	MUST((head == NULL) == (offset >= HEAD_LARGE));
	if (head != NULL)
		MUST(flow->state == FLOW_HEAD && head == flow_head(table, flow));
}

static void take(struct flow_table *table, const uint8_t *step, uint32_t *now_s)
{
	uint64_t hash = hash_of(step[1]);
	uint32_t much = (uint32_t)(step[2] << 8 | step[3]);
	struct flow *flow = flow_find(table, hash);
	enum what what = (enum what)(step[0] % WHATS);
	if (flow == NULL && what != ADMIT && what != WAIT)
		return;
	switch (what) {
	case ADMIT:
		flow = flow_admit(table, hash, much << 16, *now_s);
		MUST(flow == flow_find(table, hash) && flow->state == FLOW_WAITING && flow->seen_s == *now_s);
		break;
	case BUFFER:
		buffer(table, flow, much & 0xfff, much >> 8 & 0x7f0);
		break;
	case BUFFER_FAR:
		buffer(table, flow, much * 2, (much & 0x1f) * 64);
		break;
	case ADVANCE:
		if (flow->state == FLOW_HEAD)
			flow_advance(table, flow, much % (flow_have(table, flow) + 1));
		break;
	case DECIDE:
		flow_decide(table, flow, much);
		MUST(flow->state == FLOW_DECIDED && flow_have(table, flow) == 0);
		break;
	default:
		*now_s += much;
	}
	if (flow != NULL)
		check_flow(table, flow);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct counters counters = {.value = {0}};
	struct siphash_key key = {5, 6};
	struct flow_table table;
	uint32_t now_s = 1;
	MUST(flow_table_open(&table, BUDGET - 1, &key, &counters) == -EINVAL);
	MUST(flow_table_open(&table, BUDGET, &key, &counters) == 0);
	for (size_t at = 0; at + 4 <= len && at < 4 * STEPS_MAX; at += 4) {
		take(&table, octets + at, &now_s);
		check_table(&table);
	}
	uint64_t evicted = counter_get(&counters, COUNTER_flows_evicted_decided) + counter_get(&counters, COUNTER_flows_evicted_open);
	MUST(evicted <= counter_get(&counters, COUNTER_flows_opened));
	flow_table_close(&table);
	return 0;
}
