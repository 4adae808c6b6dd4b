/* SPDX-License-Identifier: Apache-2.0 */
/* Lists, which refuse nothing, and channels, which keep nothing: a list has each record once, a channel has it once at most. */
#include "sink/batch.h"

#include "outbox_bench.h"

static const struct outbox_options list = {.mode = DEST_LIST}, channel = {.mode = DEST_CHANNEL};
static const uint64_t numbers[] = {1, 2, 255, 256, 257, 1000};

#define NUMBERS (sizeof numbers / sizeof *numbers)

static void expect_list(const struct bench *bench)
{
	expect_all_once(bench);
	assert_int_equal(bench->model.top.ms, bench->array.n);
	assert_int_equal(bench->model.stolen, 0);
	assert_int_equal(bench->model.ranges, 0);
}

/* Lists */

static void a_list_takes_any_number_in_order(void **state)
{
	for (size_t i = 0; i < NUMBERS; i++) {
		struct bench *bench = bench_again(state);
		bench_open(bench, numbers[i], list);
		run_for(bench, 1000);
		expect_list(bench);
		assert_int_equal(bench->model.multis, 1 + (numbers[i] + 255) / 256); /* one is the greeting's */
		assert_int_equal(bench->model.trims, (numbers[i] + 255) / 256);
		assert_int_equal(stats_of(bench).stored, numbers[i]);
		assert_int_equal(stats_of(bench).repeats, 0);
		assert_false(stats_of(bench).is_single);
	}
}

static void a_list_is_kept_at_its_length(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 1000, (struct outbox_options){.mode = DEST_LIST, .maxlen = 100});
	run_for(bench, 1000);
	assert_int_equal(bench->array.acked, 1000);
	assert_int_equal(bench->model.n, 100);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(bench->model.ids[i], 901 + i);
}

/* What waited when the process ended may never have been sent, and the list's newest id is another sensor's. */
static void what_an_earlier_process_never_sent_is_pushed(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 20, (struct outbox_options){.mode = DEST_LIST, .known_seq = 20});
	bench->model.top = (struct sink_id){15, 7};
	run_for(bench, 1000);
	expect_list(bench);
	assert_int_equal(stats_of(bench).repeats, 0);
}

/* Whatever was in the list before: nothing, or a higher id than ours that another sensor left. */
static void a_reset_at_any_octet_leaves_each_once(void **state)
{
	static const uint64_t tops[] = {0, 100, 3};
	for (int round = 0; round < 6; round++) {
		bool is_through = false;
		for (size_t cut = 0; !is_through; cut++) {
			struct bench *bench = bench_again(state);
			bench_open(bench, 5, list);
			bench->model.top.ms = tops[round / 2];
			*(round % 2 == 0 ? &bench->to_server : &bench->to_client) = cut;
			turn(bench);
			turn(bench);
			is_through = bench->array.acked == 5;
			bench->to_server = bench->to_client = SIZE_MAX;
			run_for(bench, 6000);
			expect_list(bench);
		}
	}
}

static void resets_in_a_row_leave_each_once(void **state)
{
	for (unsigned seed = 1; seed <= 50; seed++) {
		struct bench *bench = bench_again(state);
		bench_open(bench, 700, (struct outbox_options){.mode = DEST_LIST, .seed = seed});
		bench->model.top.ms = seed % 2 * 1000;
		srandom(seed);
		for (int t = 0; t < 60; t++) {
			bench->to_server = (size_t)random() % 30000;
			bench->to_client = (size_t)random() % 9000;
			bench->step = 1 + (size_t)random() % 5000;
			run_for(bench, 200);
		}
		bench->to_server = bench->to_client = SIZE_MAX;
		run_for(bench, 20000);
		expect_list(bench);
	}
}

/* kill -9 at any octet: what is there is known by the list's top alone. */
static void an_end_at_any_octet_leaves_each_once(void **state)
{
	for (int way = 0; way < 2; way++) {
		bool is_through = false;
		for (size_t cut = 0; !is_through; cut++) {
			struct bench *bench = bench_again(state);
			bench_open(bench, 300, list);
			*(way == 0 ? &bench->to_server : &bench->to_client) = cut * 7;
			for (int t = 0; t < 4; t++)
				turn(bench);
			is_through = bench->array.acked == 300;
			bench->to_server = bench->to_client = SIZE_MAX;
			bench_restart(bench, list);
			run_for(bench, 6000);
			expect_list(bench);
		}
	}
}

static void a_list_that_holds_something_else_is_not_said_to_have_anything(void **state)
{
	for (int is_restart = 0; is_restart < 2; is_restart++) {
		struct bench *bench = bench_again(state);
		bench_open(bench, 20, list);
		bench->array.n = 10;
		run_for(bench, 1000);
		bench->array.n = 20;
		bench->model.is_wrong_type = true;
		run_for(bench, 20000);
		assert_int_equal(bench->array.acked, 10);
		assert_int_equal(strncmp(outbox_trouble(bench->outbox), "WRONGTYPE", 9), 0);
		bench->model.is_wrong_type = false;
		if (is_restart)
			bench_restart(bench, list);
		run_for(bench, 6000);
		expect_list(bench);
	}
}

static void what_a_list_lost_is_sent_again(void **state)
{
	static const uint64_t left[] = {99, 50, 0};
	for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
		struct bench *bench = bench_again(state);
		bench_open(bench, 100, list);
		run_for(bench, 1000);
		bench->model.n = left[i];
		bench->model.top = (struct sink_id){left[i], 0};
		lose(bench, "the connection was closed");
		bench->array.n = 101;
		run_for(bench, 6000);
		expect_list(bench);
		assert_int_equal(stats_of(bench).resends, 1);
		assert_int_equal(stats_of(bench).resent, 100 - left[i]);
	}
}

/* What consumers have taken out is not missing. */
static void an_empty_list_lacks_nothing(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 100, list);
	run_for(bench, 1000);
	bench->model.n = 0;
	lose(bench, "the connection was closed");
	bench->array.n = 101;
	run_for(bench, 6000);
	assert_int_equal(bench->array.acked, 101);
	assert_int_equal(bench->model.n, 1);
	assert_int_equal(stats_of(bench).resends, 0);
}

/* Neither is what was never sent there already, though a higher id is. */
static void an_id_below_the_top_is_pushed_all_the_same(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 20, list);
	bench->model.top = (struct sink_id){1500, 0};
	run_for(bench, 1000);
	expect_list(bench);
	assert_int_equal(stats_of(bench).repeats, 0);
}

static void a_repeat_of_an_earlier_process_is_stepped_over(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 20, (struct outbox_options){.mode = DEST_LIST, .known_seq = 15});
	for (uint64_t i = 1; i <= 10; i++)
		bench->model.ids[bench->model.n++] = i;
	bench->model.top = (struct sink_id){10, 0};
	run_for(bench, 1000);
	expect_list(bench);
	assert_int_equal(stats_of(bench).repeats, 10);
	assert_int_equal(stats_of(bench).stored, 20);
}

/* Without transactions, or without its top, a list would have records twice: it waits for the right. */
static void a_list_waits_for_the_rights_that_it_needs(void **state)
{
	static const char *const table[] = {"MULTI", "EXEC", "LINDEX", "RPUSH", "LMOVE", "LTRIM"};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = bench_again(state);
		bench_open(bench, 300, list);
		bench->model.forbidden[0] = table[i];
		run_for(bench, 11000);
		assert_int_equal(bench->array.acked, 0);
		assert_int_equal(bench->model.n, 0);
		assert_int_equal(strncmp(outbox_trouble(bench->outbox), "NOPERM", 6), 0);
		assert_in_range(bench->connects, 5, 7);
		bench->model.forbidden[0] = NULL;
		run_for(bench, 6000);
		expect_list(bench);
	}
}

/* Also when they are taken away in the middle: what was carried out without a transaction is there, and no more comes. */
static void a_right_that_goes_is_missed_at_once(void **state)
{
	static const char *const table[] = {"MULTI", "EXEC", "LMOVE", "LTRIM"};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		for (int mode = 0; mode < 3; mode++) {
			struct bench *bench = bench_again(state);
			bench_open(bench, 1000, mode == 0 ? list : mode == 1 ? channel : (struct outbox_options){0});
			bench->array.n = 10;
			run_for(bench, 1000);
			bench->array.n = 1000;
			bench->model.forbidden[0] = table[i];
			run_for(bench, 20000);
			if (mode == 0) {
				assert_in_range(bench->array.acked, 10, 10 + BATCH_MAX);
				assert_int_equal(strncmp(outbox_trouble(bench->outbox), "NOPERM", 6), 0);
			}
			bench->model.forbidden[0] = NULL;
			run_for(bench, 20000);
			expect_all_once(bench);
		}
	}
}

static void a_list_whose_top_moves_away_is_asked_for_it(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 20, list);
	bench->array.n = 10;
	run_for(bench, 1000);
	bench->array.n = 20;
	bench->model.is_wrong_top = true;
	run_for(bench, 20000);
	assert_int_equal(strncmp(outbox_trouble(bench->outbox), "WRONGTYPE", 9), 0);
	assert_int_equal(bench->array.acked, 20);
	bench->array.n = 30;
	run_for(bench, 20000);
	assert_int_equal(bench->array.acked, 20);
	assert_int_equal(bench->model.leaked, 1); /* into consumers' sight */
	bench->model.is_wrong_top = false;
	bench->model.top = (struct sink_id){20, 0};
	run_for(bench, 20000);
	expect_list(bench);
}

static void a_list_whose_top_is_none_waits(void **state)
{
	static const char *const table[] = {"hello", "", "1", "1-", "18446744073709551615-0", "18446744073709551616-0"};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = bench_again(state);
		bench_open(bench, 3, list);
		bench->model.bad_top = table[i];
		run_for(bench, 6000);
		assert_int_equal(bench->array.acked, 0);
		assert_non_null(strstr(outbox_trouble(bench->outbox), "delete it"));
		assert_false(stats_of(bench).has_top);
		bench->model.bad_top = NULL;
		run_for(bench, 6000);
		expect_list(bench);
	}
}

/* Channels */

static void a_channel_hears_any_number_in_order(void **state)
{
	for (size_t i = 0; i < NUMBERS; i++) {
		struct bench *bench = bench_again(state);
		bench_open(bench, numbers[i], channel);
		run_for(bench, 1000);
		expect_all_once(bench);
		assert_int_equal(bench->model.multis, 1 + (numbers[i] + 254) / 256);
		assert_int_equal(bench->model.infos, 0);
	}
}

/* In order, none twice, and only those are missing that were on their way. */
static void a_reset_at_any_octet_repeats_nothing(void **state)
{
	for (int way = 0; way < 2; way++) {
		bool is_through = false;
		for (size_t cut = 0; !is_through; cut++) {
			struct bench *bench = bench_again(state);
			bench_open(bench, 5, channel);
			*(way == 0 ? &bench->to_server : &bench->to_client) = cut;
			turn(bench);
			turn(bench);
			is_through = bench->array.acked == 5 && bench->is_linked;
			bool has_begun = bench->model.multis > 1 || bench->model.in_len > 0;
			bench->to_server = bench->to_client = SIZE_MAX;
			bench->array.n = 8;
			run_for(bench, 6000);
			assert_int_equal(bench->array.acked, 8);
			assert_true(bench->model.n == 8 || (has_begun && bench->model.n == 3));
			for (size_t i = 0; i < bench->model.n; i++)
				assert_int_equal(bench->model.ids[i], 8 - bench->model.n + i + 1);
		}
	}
}

static void a_channel_hears_what_waited_for_the_server(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 500, channel);
	bench->has_server = false;
	run_for(bench, 3000);
	assert_int_equal(bench->array.acked, 0);
	bench->has_server = true;
	bench->model.greet_error = "LOADING Redis is loading the dataset in memory";
	run_for(bench, 6000);
	assert_int_equal(bench->array.acked, 0);
	assert_string_equal(outbox_trouble(bench->outbox), bench->model.greet_error);
	bench->model.greet_error = NULL;
	run_for(bench, 6000);
	expect_all_once(bench);
}

static void a_channel_needs_no_right_but_to_publish(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 300, channel);
	bench->model.forbidden[0] = "MULTI";
	bench->model.forbidden[1] = "EXEC";
	bench->model.forbidden[2] = "PING";
	run_for(bench, 6000);
	expect_all_once(bench);
	assert_true(stats_of(bench).is_single);
}

static void a_channel_that_may_not_be_published_to_waits(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 300, channel);
	bench->model.forbidden[0] = "PUBLISH";
	run_for(bench, 6000);
	assert_int_equal(bench->array.acked, 0);
	bench->model.forbidden[0] = NULL;
	run_for(bench, 6000);
	expect_all_once(bench);
}

static void another_server_does_not_hear_it_all_again(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 100, channel);
	run_for(bench, 1000);
	bench->model.run_id = "bbbb";
	lose(bench, "the connection was closed");
	bench->array.n = 101;
	run_for(bench, 6000);
	expect_all_once(bench);
	assert_int_equal(stats_of(bench).resends, 0);
}

/* All of them */

static void an_error_at_any_record_costs_no_mode_anything(void **state)
{
	static const char *const table[] = {
		"OOM command not allowed when used memory > 'maxmemory'.",
		"READONLY You can't write against a read only replica.",
		"WRONGTYPE Operation against a key holding the wrong kind of value",
		"ERR whatever nobody has heard of",
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		for (size_t at = 0; at < 8; at++) {
			struct bench *bench = bench_again(state);
			bench_open(bench, 4, at < 4 ? list : channel);
			bench->model.add_error = table[i];
			bench->model.error_at = at % 4;
			turn(bench);
			turn(bench);
			assert_int_equal(bench->array.acked, 0);
			assert_string_equal(outbox_trouble(bench->outbox), table[i]);
			run_for(bench, 6000);
			expect_all_once(bench);
			assert_string_equal(outbox_trouble(bench->outbox), "");
		}
	}
}

/* There is no id above a stream's last one: nothing can be added, and nobody else may take it for the time. */
static void a_stream_at_the_end_of_all_ids_waits(void **state)
{
	static const struct sink_id table[] = {{UINT64_MAX, UINT64_MAX}, {UINT64_MAX, 0}};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = bench_again(state);
		bench_open(bench, 5, (struct outbox_options){0});
		bench->model.top = table[i];
		run_for(bench, 11000);
		assert_int_equal(bench->model.adds, 0);
		assert_false(stats_of(bench).has_top);
		assert_non_null(strstr(outbox_trouble(bench->outbox), "end of all ids"));
		assert_in_range(bench->connects, 5, 7);
		bench->model.top = (struct sink_id){0, 0};
		run_for(bench, 6000);
		expect_all_once(bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_list_takes_any_number_in_order),
		CASE(a_list_is_kept_at_its_length),
		CASE(what_an_earlier_process_never_sent_is_pushed),
		CASE(a_reset_at_any_octet_leaves_each_once),
		CASE(resets_in_a_row_leave_each_once),
		CASE(an_end_at_any_octet_leaves_each_once),
		CASE(a_list_that_holds_something_else_is_not_said_to_have_anything),
		CASE(what_a_list_lost_is_sent_again),
		CASE(an_empty_list_lacks_nothing),
		CASE(an_id_below_the_top_is_pushed_all_the_same),
		CASE(a_repeat_of_an_earlier_process_is_stepped_over),
		CASE(a_list_waits_for_the_rights_that_it_needs),
		CASE(a_right_that_goes_is_missed_at_once),
		CASE(a_list_whose_top_moves_away_is_asked_for_it),
		CASE(a_list_whose_top_is_none_waits),
		CASE(a_channel_hears_any_number_in_order),
		CASE(a_reset_at_any_octet_repeats_nothing),
		CASE(a_channel_hears_what_waited_for_the_server),
		CASE(a_channel_needs_no_right_but_to_publish),
		CASE(a_channel_that_may_not_be_published_to_waits),
		CASE(another_server_does_not_hear_it_all_again),
		CASE(an_error_at_any_record_costs_no_mode_anything),
		CASE(a_stream_at_the_end_of_all_ids_waits),
	};
	return cmocka_run_group_tests_name("outbox_modes", tests, NULL, NULL);
}
