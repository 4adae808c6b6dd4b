/* SPDX-License-Identifier: Apache-2.0 */
/* The flow table: who is admitted, who makes room, whose head is taken; and that every flow is accounted for. */
#include "flow/table.h"

#include "table.h"

#include <errno.h>
#include <stdlib.h>

#define BUDGET (1u << 20)

struct bench {
	struct flow_table table;
	struct counters counters;
};

static int bench_up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	struct siphash_key key = {1, 2};
	*state = bench;
	return flow_table_open(&bench->table, BUDGET, &key, &bench->counters);
}

static int bench_down(void **state)
{
	struct bench *bench = *state;
	flow_table_close(&bench->table);
	free(bench);
	return 0;
}

static uint64_t count(const struct bench *bench, enum counter which)
{
	return counter_get(&bench->counters, which);
}

/* The `i`th hash of the bucket `bucket`. */
static uint64_t hash_in(uint64_t bucket, uint64_t i)
{
	return (i + 1) << 50 | bucket;
}

static void test_budget(void **state)
{
	(void)state;
	struct flow_table table;
	struct counters counters;
	struct siphash_key key = {0, 0};
	assert_int_equal(flow_table_open(&table, (15u << 16) - 1, &key, &counters), -EINVAL);
	assert_int_equal(flow_table_open(&table, 64u << 20, &key, &counters), 0);
	size_t octets = (size_t)table.buckets * 8 * (sizeof *table.flows + sizeof *table.tags) + table.small.cap * table.small.slot_len +
			table.large.cap * table.large.slot_len;
	assert_true(octets <= 64u << 20);
	assert_true(octets > 48u << 20);
	flow_table_close(&table);
}

static void test_admit_and_find(void **state)
{
	struct bench *bench = *state;
	assert_null(flow_find(&bench->table, hash_in(5, 0)));
	struct flow *flow = flow_admit(&bench->table, hash_in(5, 0), 1000, 7);
	assert_ptr_equal(flow_find(&bench->table, hash_in(5, 0)), flow);
	assert_null(flow_find(&bench->table, hash_in(5, 1)));
	assert_int_equal(flow->base, 1000);
	assert_int_equal(flow->seen_s, 7);
	assert_int_equal(flow->state, FLOW_WAITING);
}

static void test_admit_again_starts_anew(void **state)
{
	struct bench *bench = *state;
	struct flow *flow = flow_admit(&bench->table, hash_in(5, 0), 1000, 7);
	flow_buffer(&bench->table, flow, 0, (const uint8_t *)"abc", 3);
	assert_int_equal(bench->table.small.lent, 1);
	assert_ptr_equal(flow_admit(&bench->table, hash_in(5, 0), 2000, 8), flow);
	assert_int_equal(flow->base, 2000);
	assert_int_equal(bench->table.small.lent, 0);
	assert_int_equal(count(bench, COUNTER_flows_opened), 1);
}

/* Two hashes that differ only where neither bucket nor tag is taken from: the whole hash tells them apart. */
static void test_same_tag(void **state)
{
	struct bench *bench = *state;
	flow_admit(&bench->table, hash_in(5, 0), 1, 0);
	assert_null(flow_find(&bench->table, hash_in(5, 0) | 1u << 30));
}

/* A full bucket: the decided flow that was used longest ago goes first, an undecided one only among its like. */
static void test_decided_makes_room(void **state)
{
	struct bench *bench = *state;
	for (uint64_t i = 0; i < 8; i++)
		flow_admit(&bench->table, hash_in(3, i), 0, 100 + (uint32_t)i);
	flow_decide(&bench->table, flow_find(&bench->table, hash_in(3, 6)), 0);
	flow_decide(&bench->table, flow_find(&bench->table, hash_in(3, 5)), 0);
	flow_admit(&bench->table, hash_in(3, 8), 0, 200);
	assert_null(flow_find(&bench->table, hash_in(3, 5)));
	assert_non_null(flow_find(&bench->table, hash_in(3, 6)));
	flow_admit(&bench->table, hash_in(3, 9), 0, 200);
	assert_null(flow_find(&bench->table, hash_in(3, 6)));
	assert_int_equal(count(bench, COUNTER_flows_evicted_decided), 2);
	assert_int_equal(count(bench, COUNTER_flows_evicted_open), 0);
	flow_admit(&bench->table, hash_in(3, 10), 0, 200);
	assert_null(flow_find(&bench->table, hash_in(3, 0)));
	assert_int_equal(count(bench, COUNTER_flows_evicted_open), 1);
}

/* Seconds wrap: a flow used after the wrap is younger than one used before it. */
static void test_age_wraps(void **state)
{
	struct bench *bench = *state;
	for (uint64_t i = 0; i < 8; i++)
		flow_admit(&bench->table, hash_in(3, i), 0, UINT32_MAX - 3 + (uint32_t)i);
	flow_admit(&bench->table, hash_in(3, 8), 0, 10);
	assert_null(flow_find(&bench->table, hash_in(3, 0)));
	assert_non_null(flow_find(&bench->table, hash_in(3, 4)));
}

/* An evicted flow gives its head back. */
static void test_evicted_head_goes_back(void **state)
{
	struct bench *bench = *state;
	for (uint64_t i = 0; i < 8; i++) {
		struct flow *flow = flow_admit(&bench->table, hash_in(3, i), 0, (uint32_t)i);
		flow_buffer(&bench->table, flow, 0, (const uint8_t *)"abc", 3);
	}
	assert_int_equal(bench->table.small.lent, 8);
	flow_admit(&bench->table, hash_in(3, 8), 0, 9);
	assert_int_equal(bench->table.small.lent, 7);
}

/* Heads: small first, moved to a large one when the stream goes on, given back with the verdict. */
static void test_head_grows(void **state)
{
	struct bench *bench = *state;
	static uint8_t octets[HEAD_LARGE];
	for (size_t i = 0; i < sizeof octets; i++)
		octets[i] = (uint8_t)(i * 7 + i / 256);
	struct flow *flow = flow_admit(&bench->table, hash_in(3, 0), 0, 0);
	struct prefix *head = flow_buffer(&bench->table, flow, 0, octets, HEAD_SMALL);
	assert_int_equal(head->have, HEAD_SMALL);
	assert_false(flow->is_large);
	head = flow_buffer(&bench->table, flow, HEAD_SMALL, octets + HEAD_SMALL, 1000);
	assert_true(flow->is_large);
	assert_int_equal(head->have, HEAD_SMALL + 1000);
	assert_memory_equal(head->octets, octets, head->have);
	assert_int_equal(bench->table.small.lent, 0);
	assert_int_equal(bench->table.large.lent, 1);
	head = flow_buffer(&bench->table, flow, 5000, octets + 5000, HEAD_LARGE - 5000);
	assert_int_equal(head->have, HEAD_LARGE);
	assert_memory_equal(head->octets, octets, head->have);
	assert_null(flow_buffer(&bench->table, flow, HEAD_LARGE, octets, 1));
	flow_decide(&bench->table, flow, 77);
	assert_int_equal(bench->table.large.lent, 0);
	assert_int_equal(flow->end, 77);
	assert_int_equal(count(bench, COUNTER_heads_opened), 1);
}

static void test_first_segment_may_be_large(void **state)
{
	struct bench *bench = *state;
	static uint8_t octets[HEAD_SMALL + 1];
	struct flow *flow = flow_admit(&bench->table, hash_in(3, 0), 0, 0);
	assert_int_equal(flow_buffer(&bench->table, flow, 0, octets, sizeof octets)->have, sizeof octets);
	assert_true(flow->is_large);
}

/* No head is left: the oldest is taken, and its flow waits for its head anew. */
static void test_robbed(void **state)
{
	struct bench *bench = *state;
	uint32_t cap = bench->table.small.cap;
	for (uint32_t i = 0; i < cap; i++) {
		struct flow *flow = flow_admit(&bench->table, hash_in(i, 0), 0, i);
		flow_buffer(&bench->table, flow, 0, (const uint8_t *)"abc", 3);
	}
	assert_int_equal(count(bench, COUNTER_heads_robbed), 0);
	struct flow *late = flow_admit(&bench->table, hash_in(cap, 0), 0, cap);
	assert_int_equal(flow_buffer(&bench->table, late, 0, (const uint8_t *)"xyz", 3)->have, 3);
	assert_int_equal(count(bench, COUNTER_heads_robbed), 1);
	struct flow *first = flow_find(&bench->table, hash_in(0, 0));
	assert_int_equal(first->state, FLOW_WAITING);
	assert_int_equal(flow_find(&bench->table, hash_in(1, 0))->state, FLOW_HEAD);
	flow_decide(&bench->table, first, 0); /* must not give back a head that is another's */
	assert_int_equal(bench->table.small.lent, cap);
	assert_int_equal(late->state, FLOW_HEAD);
}

static void test_overlaps_are_counted(void **state)
{
	struct bench *bench = *state;
	struct flow *flow = flow_admit(&bench->table, hash_in(3, 0), 0, 0);
	flow_buffer(&bench->table, flow, 0, (const uint8_t *)"abc", 3);
	flow_buffer(&bench->table, flow, 0, (const uint8_t *)"abcd", 4);
	flow_buffer(&bench->table, flow, 0, (const uint8_t *)"aXcd", 4);
	assert_int_equal(count(bench, COUNTER_head_overlaps), 1);
	assert_int_equal(count(bench, COUNTER_head_contradictions), 1);
}

/* The hash: of the direction and the VLANs, and of nothing else. */
static void test_hash(void **state)
{
	struct bench *bench = *state;
	struct c2_packet packet;
	memset(&packet, 0, sizeof packet);
	packet.src = (struct c2_addr){.octets = {192, 0, 2, 1}, .family = 4};
	packet.dst = (struct c2_addr){.octets = {192, 0, 2, 2}, .family = 4};
	packet.sport = 1000;
	packet.dport = 443;
	uint64_t hash = flow_hash(&bench->table, &packet);
	packet.seq = 99;
	packet.vlan[0] = 5; /* not in use while vlans is 0 */
	assert_true(flow_hash(&bench->table, &packet) == hash);
	packet.vlans = 1;
	assert_false(flow_hash(&bench->table, &packet) == hash);
	packet.vlans = 0;
	packet.sport = 443;
	packet.dport = 1000;
	assert_false(flow_hash(&bench->table, &packet) == hash);
}

/* A million flows: what was opened is there or was evicted, and what is lent belongs to a flow that names it. */
static void test_accounts(void **state)
{
	struct bench *bench = *state;
	struct flow_table *table = &bench->table;
	uint64_t seed = 1;
	for (uint32_t i = 0; i < 200000; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		uint64_t hash = seed ^ seed >> 29;
		struct flow *flow = flow_find(table, hash);
		if (flow == NULL)
			flow = flow_admit(table, hash, 0, i / 100);
		if (i % 3 == 0)
			flow_buffer(table, flow, i % 2 ? 5000 : 10, (const uint8_t *)"abc", 3);
		if (i % 5 == 0)
			flow_decide(table, flow, 0);
	}
	uint64_t live = 0;
	uint32_t small = 0;
	uint32_t large = 0;
	for (size_t i = 0; i < (size_t)table->buckets * 8; i++) {
		const struct flow *flow = &table->flows[i];
		assert_int_equal(table->tags[i] != 0, flow->state != FLOW_FREE);
		live += flow->state != FLOW_FREE;
		if (flow->state != FLOW_HEAD)
			continue;
		assert_int_equal((flow->is_large ? table->large : table->small).owner[flow->head], i);
		if (flow->is_large)
			large++;
		else
			small++;
	}
	assert_int_equal(
		live + count(bench, COUNTER_flows_evicted_decided) + count(bench, COUNTER_flows_evicted_open), count(bench, COUNTER_flows_opened));
	assert_int_equal(small, table->small.lent);
	assert_int_equal(large, table->large.lent);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_up, bench_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budget),
		TEST(test_admit_and_find),
		TEST(test_admit_again_starts_anew),
		TEST(test_same_tag),
		TEST(test_decided_makes_room),
		TEST(test_age_wraps),
		TEST(test_evicted_head_goes_back),
		TEST(test_head_grows),
		TEST(test_first_segment_may_be_large),
		TEST(test_robbed),
		TEST(test_overlaps_are_counted),
		TEST(test_hash),
		TEST(test_accounts),
	};
	return cmocka_run_group_tests_name("flow table", tests, NULL, NULL);
}
