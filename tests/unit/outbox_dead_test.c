/* SPDX-License-Identifier: Apache-2.0 */
/* Records that a server does not take: each is buried, something stands in its place, and nothing waits behind it. */
#include "outbox_bench.h"

static const char odd[] = "ERR Protocol error: invalid bulk length";

static bool is_poison(const struct bench *bench, uint64_t i)
{
	for (size_t k = 0; k < 4; k++)
		if (bench->model.poison[k] == i)
			return true;
	return false;
}

/* All are there, in order; the poison ones by their stand-ins. Those, and no others, were buried, once each. */
static void expect_stand_ins(const struct bench *bench)
{
	size_t buried = 0;
	assert_int_equal(bench->array.acked, bench->array.n);
	assert_int_equal(bench->model.n, bench->array.n);
	for (size_t i = 0; i < bench->model.n; i++) {
		assert_int_equal(bench->model.ids[i], i + 1);
		assert_int_equal(bench->model.is_gap[i], is_poison(bench, i + 1));
		if (is_poison(bench, i + 1))
			assert_int_equal(bench->array.buried[buried++], i + 1);
	}
	assert_int_equal(bench->array.buried_n, buried);
	assert_int_equal(stats_of(bench).dead, buried);
	assert_int_equal(stats_of(bench).refused, 0);
	assert_string_equal(outbox_trouble(bench->outbox), "");
}

/* How a server refuses a record. */
static const struct way {
	enum dest_mode mode;
	bool is_closing, is_single;
} ways[] = {
	{DEST_STREAM, false, false},
	{DEST_STREAM, true, false},
	{DEST_STREAM, false, true},
	{DEST_STREAM, true, true},
	{DEST_LIST, false, false},
	{DEST_LIST, true, false},
	{DEST_CHANNEL, false, false},
	{DEST_CHANNEL, true, false},
	{DEST_CHANNEL, false, true},
};

#define WAYS (sizeof ways / sizeof *ways)

static struct bench *open_way(void **state, const struct way *way, uint64_t n)
{
	struct bench *bench = bench_again(state);
	bench_open(bench, n, (struct outbox_options){.mode = way->mode});
	bench->model.poison_error = odd;
	bench->model.is_closing = way->is_closing;
	if (way->is_single) {
		bench->model.forbidden[0] = "MULTI";
		bench->model.forbidden[1] = "EXEC";
	}
	return bench;
}

static void poison_anywhere_is_passed(void **state)
{
	static const struct {
		uint64_t n, poison[4];
	} table[] = {{1, {1}}, {2, {1}}, {2, {2}}, {300, {1}}, {300, {150}}, {300, {300}}, {300, {256}}, {300, {257}}, {300, {7, 8}},
		{300, {1, 2, 3, 4}}, {300, {256, 257}}, {300, {1, 100, 299, 300}}};
	for (size_t w = 0; w < WAYS; w++) {
		for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
			struct bench *bench = open_way(state, &ways[w], table[i].n);
			memcpy(bench->model.poison, table[i].poison, sizeof table[i].poison);
			run_for(bench, 30000);
			expect_stand_ins(bench);
			assert_string_equal(stats_of(bench).dead_why, odd);
			assert_true(is_poison(bench, stats_of(bench).dead_id.ms));
		}
	}
}

/* Three tries and the stand-in, and back to whole batches. */
static void poison_takes_a_few_tries(void **state)
{
	struct bench *bench = open_way(state, &ways[0], 1000);
	bench->model.poison[0] = 600;
	uint64_t before_ns = bench->now_ns;
	run_for(bench, 30000);
	expect_stand_ins(bench);
	assert_true(bench->now_ns - before_ns < 1500 * MS);
	/* 256 with it, 88 of them alone, it three times more, its stand-in, and the rest. */
	assert_in_range(bench->model.adds, 1000 + 256 + 2, 1000 + 256 + 4);
	assert_int_equal(stats_of(bench).retries, 4);
	assert_int_equal(bench->connects, 1);
	/* Nothing of it is left when all is to be sent again. */
	bench->model.poison[0] = 0;
	bench->model.n = bench->model.multis = 0;
	bench->model.top = (struct sink_id){0, 0};
	lose(bench, "the connection was closed");
	bench->array.n = 1001;
	run_for(bench, 30000);
	assert_int_equal(bench->model.n, 1001);
	assert_int_equal(bench->model.multis, 5);
}

/* What it is about is said, not what came of it. */
static void the_trouble_is_the_servers_word(void **state)
{
	for (size_t w = 0; w < WAYS; w++) {
		struct bench *bench = open_way(state, &ways[w], 1);
		bench->model.poison[0] = 1;
		for (int t = 0; t < 1000; t++, bench->now_ns += 10 * MS) {
			turn(bench);
			if (outbox_trouble(bench->outbox)[0] != '\0')
				assert_string_equal(outbox_trouble(bench->outbox), odd);
		}
		expect_stand_ins(bench);
	}
}

static void a_reset_at_any_octet_buries_once(void **state)
{
	for (size_t w = 0; w < WAYS; w++) {
		if (ways[w].mode == DEST_CHANNEL)
			continue; /* what was on its way is not said again */
		for (size_t cut = 0; cut < 6000; cut += 11) {
			struct bench *bench = open_way(state, &ways[w], 6);
			bench->model.poison[0] = 2;
			bench->model.poison[1] = 3;
			*(cut % 2 == 0 ? &bench->to_server : &bench->to_client) = cut / 2;
			run_for(bench, 800);
			bench->to_server = bench->to_client = SIZE_MAX;
			run_for(bench, 30000);
			expect_stand_ins(bench);
		}
	}
}

/* The process ends at any time: a record may be buried twice then, and never none. */
static void an_end_at_any_time_buries_all_the_same(void **state)
{
	for (size_t w = 0; w < WAYS; w++) {
		if (ways[w].mode == DEST_CHANNEL)
			continue;
		for (uint64_t end_ms = 10; end_ms < 1000; end_ms += 10) {
			struct bench *bench = open_way(state, &ways[w], 6);
			bench->model.poison[0] = 2;
			run_for(bench, end_ms);
			bench_restart(bench, (struct outbox_options){.mode = ways[w].mode});
			run_for(bench, 30000);
			assert_int_equal(bench->array.acked, 6);
			assert_int_equal(bench->model.n, 6);
			for (size_t i = 0; i < 6; i++)
				assert_int_equal(bench->model.ids[i], i + 1);
			assert_true(bench->model.is_gap[1]);
			assert_in_range(bench->array.buried_n, 1, 2);
		}
	}
}

/* Words that nobody knows, and that the stand-in gets as well: it is not the record. */
static void a_server_in_trouble_kills_nobody(void **state)
{
	for (size_t w = 0; w < WAYS; w++) {
		struct bench *bench = open_way(state, &ways[w], 300);
		bench->model.add_error = "ERR out of order, come back later";
		bench->model.is_lasting = true;
		for (int t = 0; t < 12000; t++, bench->now_ns += 10 * MS) {
			turn(bench);
			if (outbox_trouble(bench->outbox)[0] != '\0')
				assert_string_equal(outbox_trouble(bench->outbox), bench->model.add_error);
			if (outbox_state(bench->outbox) == OUTBOX_DOWN)
				assert_int_equal(bench->array.buried_n, 0);
		}
		assert_true(bench->array.unburied_n > 3);
		assert_int_equal(bench->array.acked, 0);
		assert_true(bench->model.adds < 1000);
		bench->model.add_error = NULL;
		run_for(bench, 10000);
		expect_stand_ins(bench);
	}
}

/* A condition that is known is the server's, also when it meets the stand-in. */
static void a_stand_in_waits_like_any_other(void **state)
{
	for (size_t w = 0; w < WAYS; w++) {
		struct bench *bench = open_way(state, &ways[w], 1);
		bench->model.is_closing = false;
		bench->model.poison[0] = 1;
		bench->model.add_error = "OOM command not allowed when used memory > 'maxmemory'.";
		bench->model.error_at = 3;
		run_for(bench, 30000);
		expect_stand_ins(bench);
		assert_null(bench->model.add_error);
		assert_int_equal(bench->array.unburied_n, 0);
	}
}

static void what_cannot_be_buried_waits(void **state)
{
	for (size_t w = 0; w < WAYS; w++) {
		struct bench *bench = open_way(state, &ways[w], 5);
		bench->model.poison[0] = 3;
		bench->array.bury_error = -ENOSPC;
		run_for(bench, 20000);
		assert_int_equal(bench->array.acked, 2);
		assert_string_equal(outbox_trouble(bench->outbox), "a dead letter cannot be written: No space left on device");
		bench->array.bury_error = 0;
		run_for(bench, 10000);
		expect_stand_ins(bench);
	}
}

/* Refused although all is well with it: somebody else's higher ids are there. */

static void what_is_refused_is_buried(void **state)
{
	static const struct {
		uint64_t n, top;
	} table[] = {{20, 15}, {20, 20}, {600, 300}, {1, 1}};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = bench_again(state);
		bench_open(bench, table[i].n, (struct outbox_options){0});
		bench->model.top = (struct sink_id){table[i].top, 0};
		bench->array.bury_error = -EIO;
		run_for(bench, 11000);
		assert_int_equal(bench->array.acked, 0);
		assert_string_equal(outbox_trouble(bench->outbox), "a dead letter cannot be written: Input/output error");
		bench->array.bury_error = 0;
		run_for(bench, 11000);
		assert_int_equal(bench->array.acked, table[i].n);
		assert_int_equal(bench->model.n, table[i].n - table[i].top);
		assert_int_equal(bench->array.buried_n, table[i].top);
		for (size_t k = 0; k < table[i].top; k++)
			assert_int_equal(bench->array.buried[k], k + 1);
		assert_int_equal(stats_of(bench).refused, table[i].top);
		assert_int_equal(stats_of(bench).dead, table[i].top);
	}
}

/* Those between that are there after all are not. */
static void only_what_is_refused_is_buried(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 20, (struct outbox_options){0});
	bench->model.ids[0] = 3;
	bench->model.ids[1] = 4;
	bench->model.n = 2;
	bench->model.top = (struct sink_id){6, 0};
	run_for(bench, 1000);
	for (int t = 0; t < 5; t++)
		turn(bench); /* and nothing more */
	static const uint64_t buried[] = {1, 2, 5, 6};
	assert_int_equal(bench->array.buried_n, 4);
	assert_memory_equal(bench->array.buried, buried, sizeof buried);
	assert_int_equal(bench->array.acked, 20);
	assert_int_equal(stats_of(bench).stored, 16);
	assert_int_equal(stats_of(bench).repeats, 2);
	assert_int_equal(bench->model.adds, 20);
}

/* One that fails within EXEC has lost its place to those behind it. */
static void what_fails_within_a_transaction_is_buried(void **state)
{
	for (size_t w = 0; w < WAYS; w++) {
		if (ways[w].is_single || ways[w].is_closing)
			continue;
		for (uint64_t bad = 1; bad < 10; bad++) {
			struct bench *bench = open_way(state, &ways[w], 10);
			bench->model.exec_poison = bad;
			run_for(bench, 5000);
			assert_int_equal(bench->array.acked, 10);
			assert_int_equal(bench->array.buried_n, 1);
			assert_int_equal(bench->array.buried[0], bad);
			assert_int_equal(bench->model.n, 9);
			for (uint64_t i = 0; i < 9; i++)
				assert_int_equal(bench->model.ids[i], i + 1 + (i + 1 >= bad));
			assert_int_equal(stats_of(bench).refused, 1);
		}
		/* The last one has not: it is as any other. */
		struct bench *bench = open_way(state, &ways[w], 10);
		bench->model.exec_poison = 10;
		run_for(bench, 10000);
		bench->model.poison[0] = 10;
		expect_stand_ins(bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(poison_anywhere_is_passed),
		CASE(poison_takes_a_few_tries),
		CASE(the_trouble_is_the_servers_word),
		CASE(a_reset_at_any_octet_buries_once),
		CASE(an_end_at_any_time_buries_all_the_same),
		CASE(a_server_in_trouble_kills_nobody),
		CASE(a_stand_in_waits_like_any_other),
		CASE(what_cannot_be_buried_waits),
		CASE(what_is_refused_is_buried),
		CASE(only_what_is_refused_is_buried),
		CASE(what_fails_within_a_transaction_is_buried),
	};
	return cmocka_run_group_tests_name("outbox_dead", tests, NULL, NULL);
}
