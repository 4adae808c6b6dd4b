/* SPDX-License-Identifier: Apache-2.0 */
/* The policy against a model of a server, a source that is an array, and a clock that is a number: whatever happens, each record once and in order. */
#include "outbox_bench.h"

/* Nothing goes wrong. */

static void stores_any_number_in_order(void **state)
{
	static const uint64_t table[] = {1, 2, 255, 256, 257, 1000};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		bench_open(bench, table[i], (struct outbox_options){0});
		run_for(bench, 1000);
		expect_all_once(bench);
		assert_string_equal(outbox_trouble(bench->outbox), "");
		assert_int_equal(stats_of(bench).stored, table[i]);
		assert_int_equal(stats_of(bench).repeats, 0);
		assert_int_equal(bench->model.multis, 1 + (table[i] + 254) / 256); /* one is the greeting's */
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

static void octets_may_come_and_go_one_by_one(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 40, (struct outbox_options){0});
	bench->step = 1;
	run_for(bench, 1000);
	expect_all_once(bench);
	assert_int_equal(bench->connects, 1);
}

static void goes_on_when_more_records_come(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 3, (struct outbox_options){0});
	run_for(bench, 100);
	assert_true(outbox_is_idle(bench->outbox));
	assert_int_equal(outbox_deadline(bench->outbox), UINT64_MAX);
	bench->array.n = 7;
	run_for(bench, 100);
	expect_all_once(bench);
}

/* Error replies. */

static const struct error_case {
	const char *error;
	bool is_reconnect; /* the connection is given up */
	bool is_operator;  /* and not made anew at once */
} errors[] = {
	{"OOM command not allowed when used memory > 'maxmemory'.", false, false}, {"LOADING Redis is loading the dataset in memory", false, false},
	{"BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", false, false},
	{"MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.", false, false},
	{"NOREPLICAS Not enough good replicas to write.", false, false}, {"TRYAGAIN Multiple keys request during rehashing of slot", false, false},
	{"READONLY You can't write against a read only replica.", true, false},
	{"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", true, false},
	{"CLUSTERDOWN Hash slot not served", true, false}, {"NOAUTH Authentication required.", true, true},
	{"NOPERM this user has no permissions to access one of the keys used as arguments", true, true},
	{"WRONGTYPE Operation against a key holding the wrong kind of value", true, true},
	{"ERR unknown command 'XADD', with args beginning with: ", true, true}, {"MOVED 15224 ?:7103", true, true},
	{"ASK 15224 127.0.0.1", true, true}, {"GIBBERISH nobody has heard of", true, true},
	{"ERR whatever nobody has heard of", false, false}, /* may be about the record */
};

/* Each error, for each record of a batch, once: nothing is lost, nothing comes twice, the order stays, though all that follows would have been taken. */
static void an_error_at_any_record_costs_nothing(void **state)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		for (size_t n = 1; n <= 4; n += 3) {
			for (size_t at = 0; at < n; at++) {
				struct bench *bench = *state;
				memset(bench, 0, sizeof *bench);
				bench_open(bench, n, (struct outbox_options){0});
				bench->model.add_error = errors[i].error;
				bench->model.error_at = at;
				turn(bench);
				turn(bench);
				assert_int_equal(bench->array.acked, 0);
				assert_int_equal(bench->model.n, 0);
				assert_string_equal(outbox_trouble(bench->outbox), errors[i].error);
				assert_int_equal(outbox_state(bench->outbox), errors[i].is_reconnect ? OUTBOX_DOWN : OUTBOX_PAUSED);
				if (errors[i].is_operator)
					assert_int_equal(outbox_deadline(bench->outbox) - bench->now_ns, OUTBOX_RETRY_MAX_NS);
				run_for(bench, 6000);
				expect_all_once(bench);
				assert_int_equal(bench->connects, errors[i].is_reconnect ? 2 : 1);
				assert_string_equal(outbox_trouble(bench->outbox), "");
				assert_int_equal(stats_of(bench).retries, 1);
				outbox_close(bench->outbox);
				bench->outbox = NULL;
			}
		}
	}
}

static void a_lasting_error_is_one_trouble(void **state)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		bench_open(bench, 10, (struct outbox_options){0});
		bench->model.add_error = errors[i].error;
		bench->model.is_lasting = true;
		turn(bench);
		turn(bench);
		/* Over any number of reconnects whose greeting goes well. */
		for (int t = 0; t < 3000; t++) {
			bench->now_ns += 10 * MS;
			turn(bench);
			assert_string_equal(outbox_trouble(bench->outbox), errors[i].error);
		}
		assert_true(bench->model.adds < 700);
		bench->model.add_error = NULL;
		run_for(bench, 6000);
		expect_all_once(bench);
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

static void exec_may_be_refused_as_a_whole(void **state)
{
	static const struct error_case table[] = {
		{"EXECABORT Transaction discarded because of: OOM command not allowed when used memory > 'maxmemory'.", false, false},
		{"EXECABORT Transaction discarded because of: READONLY You can't write against a read only replica.", true, false},
		{"MISCONF Errors writing to the AOF file: No space left on device", false, false},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		bench_open(bench, 10, (struct outbox_options){0});
		bench->model.exec_error = table[i].error;
		run_for(bench, 6000);
		expect_all_once(bench);
		assert_int_equal(bench->connects, table[i].is_reconnect ? 2 : 1);
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

static void an_error_to_the_greeting_waits(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 5, (struct outbox_options){0});
	bench->model.greet_error = "LOADING Redis is loading the dataset in memory";
	run_for(bench, 3000);
	assert_int_equal(bench->model.adds, 0);
	assert_string_equal(outbox_trouble(bench->outbox), bench->model.greet_error);
	bench->model.greet_error = NULL;
	run_for(bench, 6000);
	expect_all_once(bench);
}

/* The connection. */

static void a_reset_at_any_octet_costs_nothing(void **state)
{
	for (int way = 0; way < 2; way++) {
		bool is_through = false;
		for (size_t cut = 0; !is_through; cut++) {
			struct bench *bench = *state;
			memset(bench, 0, sizeof *bench);
			bench_open(bench, 5, (struct outbox_options){0});
			*(way == 0 ? &bench->to_server : &bench->to_client) = cut;
			turn(bench);
			turn(bench);
			is_through = bench->array.acked == 5;
			bench->to_server = bench->to_client = SIZE_MAX;
			run_for(bench, 6000);
			expect_all_once(bench);
			outbox_close(bench->outbox);
			bench->outbox = NULL;
		}
	}
}

static void resets_in_a_row_cost_nothing(void **state)
{
	for (unsigned seed = 1; seed <= 50; seed++) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		bench_open(bench, 700, (struct outbox_options){.seed = seed});
		srandom(seed);
		for (int t = 0; t < 60; t++) {
			bench->to_server = (size_t)random() % 60000;
			bench->to_client = (size_t)random() % 9000;
			bench->step = 1 + (size_t)random() % 5000;
			run_for(bench, 200);
		}
		bench->to_server = bench->to_client = SIZE_MAX;
		run_for(bench, 20000);
		expect_all_once(bench);
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

/* No connection carries more than a few of them, or for longer than a deadline: all arrive all the same. */
static void a_link_that_carries_little_at_a_time_carries_all(void **state)
{
	static const size_t table[] = {1500, 4000, 20000};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		bench_open(bench, 300, (struct outbox_options){0});
		for (int t = 0; t < 30000 && bench->array.acked < bench->array.n; t++) {
			if (!bench->is_linked)
				bench->to_server = table[i];
			turn(bench);
			bench->now_ns += 10 * MS;
		}
		expect_all_once(bench);
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

static void silence_ends_at_its_deadline(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 5, (struct outbox_options){0});
	/* No connection within a second. */
	assert_int_equal(outbox_tick(bench->outbox, bench->now_ns), 0);
	assert_int_equal(outbox_state(bench->outbox), OUTBOX_CONNECTING);
	assert_int_equal(outbox_deadline(bench->outbox), bench->now_ns + OUTBOX_CONNECT_NS);
	assert_int_equal(outbox_tick(bench->outbox, bench->now_ns + OUTBOX_CONNECT_NS - 1), 0);
	assert_int_equal(outbox_tick(bench->outbox, bench->now_ns + OUTBOX_CONNECT_NS), -ETIMEDOUT);
	/* No greeting within two. */
	assert_int_equal(outbox_connected(bench->outbox, bench->now_ns), 0);
	assert_int_equal(outbox_deadline(bench->outbox), bench->now_ns + OUTBOX_REPLY_NS);
	assert_int_equal(outbox_tick(bench->outbox, bench->now_ns + OUTBOX_REPLY_NS - 1), 0);
	assert_int_equal(outbox_tick(bench->outbox, bench->now_ns + OUTBOX_REPLY_NS), -ETIMEDOUT);
	/* An octet is a sign of life, but not for ever. */
	for (uint64_t s = 1; s < 30; s++)
		assert_int_equal(outbox_feed(bench->outbox, s == 1 ? "*" : "9", s < 5, bench->now_ns + s * 1000 * MS), 0);
	assert_int_equal(outbox_tick(bench->outbox, bench->now_ns + OUTBOX_BATCH_NS - 1), 0);
	assert_int_equal(outbox_tick(bench->outbox, bench->now_ns + OUTBOX_BATCH_NS), -ETIMEDOUT);
}

static void comes_back_between_100_ms_and_2_s_and_not_in_step(void **state)
{
	uint64_t sums[3] = {0};
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		bench_open(bench, 1, (struct outbox_options){.seed = seed * 7919});
		bench->has_server = false;
		uint64_t longest = 0;
		for (int i = 0; i < 200; i++) {
			turn(bench);
			uint64_t pause_ns = outbox_deadline(bench->outbox) - bench->now_ns;
			assert_in_range(pause_ns, OUTBOX_RETRY_MIN_NS, OUTBOX_RETRY_MAX_NS);
			if (i < 3)
				assert_true(pause_ns <= OUTBOX_RETRY_MIN_NS << i);
			longest = pause_ns > longest ? pause_ns : longest;
			sums[seed - 1] += pause_ns;
			bench->now_ns += pause_ns;
		}
		assert_true(longest > 4 * OUTBOX_RETRY_MAX_NS / 5);
		assert_string_equal(outbox_trouble(bench->outbox), "cannot connect: Connection refused");
		bench->has_server = true;
		run_for(bench, 1000);
		expect_all_once(bench);
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
	assert_true(sums[0] != sums[1] && sums[1] != sums[2]);
}

/* What the server still has. */

static void what_a_server_lost_is_sent_again(void **state)
{
	/* How many of 100 acknowledged records are left, and from which on ours are still kept. */
	static const struct {
		uint64_t left, kept_from, resent;
	} table[] = {{99, 0, 1}, {50, 0, 50}, {0, 0, 100}, {0, 41, 60}, {30, 41, 60}};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		bench_open(bench, 100, (struct outbox_options){0});
		bench->array.kept_from = table[i].kept_from;
		run_for(bench, 1000);
		bench->model.n = table[i].left;
		bench->model.top = (struct sink_id){table[i].left, 0};
		lose(bench, "the connection was closed");
		bench->array.n = 101;
		run_for(bench, 6000);
		assert_int_equal(bench->model.n, table[i].left + table[i].resent + 1);
		assert_int_equal(stats_of(bench).resends, 1);
		assert_int_equal(stats_of(bench).resent, table[i].resent);
		assert_int_equal(stats_of(bench).lacks.ms, 100);
		assert_int_equal(stats_of(bench).refused, 0);
		/* And then there is nothing more to be found out. */
		lose(bench, "the connection was closed");
		bench->array.n = 102;
		run_for(bench, 6000);
		assert_int_equal(stats_of(bench).resends, 1);
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

static void another_server_that_may_not_be_asked_gets_all_again(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 100, (struct outbox_options){0});
	bench->model.forbidden[0] = "XINFO";
	run_for(bench, 1000);
	lose(bench, "the connection was closed");
	bench->array.n = 101;
	run_for(bench, 6000);
	assert_int_equal(stats_of(bench).resends, 0); /* the same server */
	bench->model.run_id = "bbbb";
	bench->model.n = 60;
	bench->model.top = (struct sink_id){60, 0};
	lose(bench, "the connection was closed");
	bench->array.n = 102;
	run_for(bench, 6000);
	expect_all_once(bench);
	assert_int_equal(stats_of(bench).resends, 1);
	assert_int_equal(stats_of(bench).repeats, 60);
	assert_false(stats_of(bench).has_top);
}

static void the_streams_top_is_told(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 0, (struct outbox_options){0});
	bench->model.top = (struct sink_id){77, 0};
	run_for(bench, 10);
	turn(bench);
	turn(bench);
	assert_true(stats_of(bench).has_top);
	assert_int_equal(stats_of(bench).top.ms, 77);
}

/* "Equal or smaller". */

static void a_repeat_of_an_earlier_process_is_stored(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 20, (struct outbox_options){.known_seq = 10});
	for (uint64_t i = 1; i <= 10; i++)
		bench->model.ids[bench->model.n++] = i;
	bench->model.top = (struct sink_id){10, 0};
	run_for(bench, 1000);
	expect_all_once(bench);
	assert_int_equal(stats_of(bench).repeats, 10);
	assert_int_equal(stats_of(bench).stored, 20);
	assert_int_equal(bench->model.ranges, 10);
}

/* What waited when the process ended may never have been sent; another writer has brought the stream ahead since. It is not taken for stored. */
static void what_an_earlier_process_never_sent_is_not_believed_stored(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 20, (struct outbox_options){.known_seq = 20});
	bench->model.ids[0] = 3;
	bench->model.n = 1;
	bench->model.top = (struct sink_id){10, 0};
	bench->model.trimmed_to_ms = 2;
	run_for(bench, 1000);
	assert_int_equal(bench->array.acked, 20);
	assert_int_equal(stats_of(bench).repeats, 2); /* 1, which may have been trimmed, and 3 */
	assert_int_equal(stats_of(bench).refused, 8);
	assert_int_equal(bench->array.buried_n, 8);
	assert_int_equal(stats_of(bench).stored, 12);
}

/* A user without XRANGE: there it has to be believed. */
static void a_repeat_that_may_not_be_looked_for_is_stored(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 20, (struct outbox_options){.known_seq = 10});
	for (uint64_t i = 1; i <= 10; i++)
		bench->model.ids[bench->model.n++] = i;
	bench->model.top = (struct sink_id){10, 0};
	bench->model.forbidden[0] = "XRANGE";
	run_for(bench, 1000);
	expect_all_once(bench);
	assert_int_equal(stats_of(bench).repeats, 10);
	assert_int_equal(stats_of(bench).refused, 0);
}

static void a_refused_id_that_never_was_sent_is_looked_for(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 20, (struct outbox_options){0});
	/* Somebody else has moved the stream ahead, and of ours only 3 and 4 are there. */
	bench->model.ids[0] = 3;
	bench->model.ids[1] = 4;
	bench->model.n = 2;
	bench->model.top = (struct sink_id){15, 0};
	run_for(bench, 1000);
	assert_int_equal(bench->array.acked, 20);
	assert_int_equal(stats_of(bench).refused, 13);
	assert_int_equal(stats_of(bench).repeats, 2);
	assert_int_equal(stats_of(bench).stored, 7);
	assert_int_equal(stats_of(bench).refused_id.ms, 15);
	assert_int_equal(bench->model.ranges, 15);
}

/* Two sensors of one name: the id is there, and the record is not. */
static void an_id_with_another_record_is_refused(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 20, (struct outbox_options){0});
	bench->model.ids[0] = 3;
	bench->model.ids[1] = 4;
	bench->model.n = 2;
	bench->model.top = (struct sink_id){15, 0};
	bench->model.is_foreign = true;
	run_for(bench, 1000);
	assert_int_equal(stats_of(bench).refused, 15);
	assert_int_equal(stats_of(bench).repeats, 0);
	assert_int_equal(stats_of(bench).stored, 5);
}

static void a_refused_id_that_may_not_be_looked_for_is_refused(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 20, (struct outbox_options){0});
	bench->model.forbidden[0] = "XRANGE";
	bench->model.top = (struct sink_id){15, 0};
	run_for(bench, 1000);
	assert_int_equal(bench->array.acked, 20);
	assert_int_equal(stats_of(bench).refused, 15);
	assert_int_equal(stats_of(bench).stored, 5);
}

/* A connection lost while it is asked does not turn doubt into belief. */
static void doubt_outlives_the_connection(void **state)
{
	for (size_t cut = 0; cut < 700; cut += 7) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		bench_open(bench, 3, (struct outbox_options){0});
		bench->model.top = (struct sink_id){15, 0};
		turn(bench);
		bench->to_client = cut;
		turn(bench);
		turn(bench);
		bool is_asking = bench->model.ranges > 0;
		bench->to_client = SIZE_MAX;
		run_for(bench, 6000);
		assert_int_equal(bench->array.acked, 3);
		if (is_asking)
			assert_int_equal(stats_of(bench).refused, 3);
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

/* Nor does a consumer who deletes what it has read make a stored record look lost. */
static void a_repeat_whose_entry_was_deleted_is_stored(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 200, (struct outbox_options){0});
	turn(bench);
	bench->to_client = 300; /* all but the beginning of the replies is lost */
	turn(bench);
	assert_int_equal(bench->model.n, 200);
	bench->model.n = 0;
	bench->model.trimmed_to_ms = 1000;
	bench->to_client = SIZE_MAX;
	run_for(bench, 6000);
	assert_int_equal(bench->array.acked, 200);
	assert_int_equal(stats_of(bench).refused, 0);
	assert_int_equal(stats_of(bench).repeats, 200);
}

/* Rights. */

static void without_transactions_it_goes_one_by_one(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 300, (struct outbox_options){0});
	bench->model.forbidden[0] = "MULTI";
	bench->model.forbidden[1] = "EXEC";
	bench->model.forbidden[2] = "XINFO";
	bench->model.forbidden[3] = "INFO";
	run_for(bench, 6000);
	expect_all_once(bench);
	assert_true(stats_of(bench).is_single);
	bench->array.n = 310;
	bench->model.add_error = errors[0].error;
	bench->model.error_at = bench->model.adds + 3;
	run_for(bench, 6000);
	expect_all_once(bench);
}

static void the_password_comes_first(void **state)
{
	static const struct {
		const char *user, *password;
		bool is_good;
	} table[] = {{"", "secret", true}, {"sensor", "secret", true}, {"", "wrong", false}, {"", NULL, false}};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = *state;
		struct sink_secret secret = {0};
		memset(bench, 0, sizeof *bench);
		if (table[i].password != NULL)
			memcpy(secret.octets, table[i].password, secret.len = strlen(table[i].password));
		bench_open(bench, 5, (struct outbox_options){.user = table[i].user, .secret = &secret, .db = 3});
		bench->model.password = "secret";
		run_for(bench, 1000);
		if (table[i].is_good) {
			expect_all_once(bench);
			assert_string_equal(bench->model.auth_user, table[i].user);
		} else {
			assert_int_equal(bench->array.acked, 0);
			assert_int_equal(strncmp(outbox_trouble(bench->outbox), table[i].password != NULL ? "WRONGPASS" : "NOAUTH", 6), 0);
			assert_int_equal(bench->connects, 1);
			bench->model.password = table[i].password;
			run_for(bench, 6000);
			expect_all_once(bench);
		}
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

/* Whatever the look-up and the addresses before took. */
static void each_address_has_its_time(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 1, (struct outbox_options){0});
	assert_int_equal(outbox_tick(bench->outbox, bench->now_ns), 0);
	assert_int_equal(outbox_state(bench->outbox), OUTBOX_CONNECTING);
	for (int i = 0; i < 3; i++) {
		bench->now_ns += 5000 * MS;
		outbox_connecting(bench->outbox, bench->now_ns);
		assert_int_equal(outbox_deadline(bench->outbox), bench->now_ns + OUTBOX_CONNECT_NS);
		assert_int_equal(outbox_tick(bench->outbox, bench->now_ns + OUTBOX_CONNECT_NS - 1), 0);
		assert_int_equal(outbox_tick(bench->outbox, bench->now_ns + OUTBOX_CONNECT_NS), -ETIMEDOUT);
	}
}

/* The heartbeat goes between batches, and nothing that is said to it touches records. */
static void a_heartbeat_disturbs_nothing(void **state)
{
	struct bench *bench = *state;
	struct redis_text beat = {0};
	bench_open(bench, 5, (struct outbox_options){0});
	run_for(bench, 100);
	assert_int_equal(redis_put(&beat, (struct redis_arg[]){redis_arg("HSET"), redis_arg("k"), redis_arg("f"), redis_arg("v")}, 4), 0);
	assert_true(outbox_is_idle(bench->outbox));
	assert_int_equal(outbox_put_beat(bench->outbox, &beat, 1, bench->now_ns), 0);
	assert_false(outbox_is_idle(bench->outbox));
	bench->array.n = 10;
	run_for(bench, 100);
	expect_all_once(bench);
	assert_int_equal(bench->model.beats, 1);
	assert_string_equal(outbox_beat_error(bench->outbox), "");
	bench->model.forbidden[0] = "HSET";
	assert_int_equal(outbox_put_beat(bench->outbox, &beat, 1, bench->now_ns), 0);
	bench->array.n = 15;
	run_for(bench, 100);
	expect_all_once(bench);
	assert_int_equal(strncmp(outbox_beat_error(bench->outbox), "NOPERM", 6), 0);
	assert_string_equal(outbox_trouble(bench->outbox), "");
	redis_text_free(&beat);
}

/* A server that is none. */
static void answers_that_are_none_end_the_connection(void **state)
{
	static const char *const table[] = {
		"HTTP/1.1 400 Bad Request\r\n\r\n",
		"+OK\r\n",
		":5\r\n",
		"$-1\r\n",
		"*2\r\n+a\r\n+b\r\n*0\r\n+OK\r\n*0\r\n:1\r\n",        /* the greeting is answered, and then MULTI by a number */
		"*0\r\n+x\r\n+OK\r\n*0\r\n+OK\r\n+QUEUED\r\n+OK\r\n", /* QUEUED, then something else */
		"*0\r\n+x\r\n+OK\r\n*0\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*1\r\n$3\r\n1-0\r\n",
		"*0\r\n+x\r\n+OK\r\n*0\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n$3\r\n1-0\r\n$3\r\n3-0\r\n", /* another id */
		"*0\r\n+x\r\n+OK\r\n*0\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*-1\r\n",
		"*2147483647\r\n",
		"$2147483647\r\n",
		"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		bench_open(bench, 2, (struct outbox_options){0});
		bench->model.forbidden[0] = "";
		outbox_tick(bench->outbox, bench->now_ns);
		assert_int_equal(outbox_connected(bench->outbox, bench->now_ns), 0);
		int rc = 0;
		const char *at = table[i];
		/* A line at a time, so that the batch begins in between. */
		while (rc == 0 && *at != '\0') {
			size_t len = strcspn(at, "\n") + 1;
			rc = outbox_feed(bench->outbox, at, len, bench->now_ns);
			if (rc == 0)
				rc = outbox_tick(bench->outbox, bench->now_ns);
			at += len;
		}
		if (strcmp(table[i], "$2147483647\r\n") == 0) {
			static char much[65536];
			for (int k = 0; k < 20 && rc == 0; k++)
				rc = outbox_feed(bench->outbox, much, sizeof much, bench->now_ns);
		}
		if (rc != -EPROTO)
			print_error("case %zu: %d\n", i, rc);
		assert_int_equal(rc, -EPROTO);
		assert_int_equal(bench->array.acked, 0);
		lose(bench, "no");
		run_for(bench, 6000);
		expect_all_once(bench);
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

static void an_answer_that_nobody_asked_for_ends_the_connection(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 1, (struct outbox_options){0});
	run_for(bench, 100);
	assert_true(outbox_is_idle(bench->outbox));
	assert_int_equal(outbox_feed(bench->outbox, "+OK\r\n", 5, bench->now_ns), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(stores_any_number_in_order),
		CASE(octets_may_come_and_go_one_by_one),
		CASE(goes_on_when_more_records_come),
		CASE(an_error_at_any_record_costs_nothing),
		CASE(a_lasting_error_is_one_trouble),
		CASE(exec_may_be_refused_as_a_whole),
		CASE(an_error_to_the_greeting_waits),
		CASE(a_reset_at_any_octet_costs_nothing),
		CASE(resets_in_a_row_cost_nothing),
		CASE(a_link_that_carries_little_at_a_time_carries_all),
		CASE(silence_ends_at_its_deadline),
		CASE(comes_back_between_100_ms_and_2_s_and_not_in_step),
		CASE(what_a_server_lost_is_sent_again),
		CASE(another_server_that_may_not_be_asked_gets_all_again),
		CASE(the_streams_top_is_told),
		CASE(a_repeat_of_an_earlier_process_is_stored),
		CASE(what_an_earlier_process_never_sent_is_not_believed_stored),
		CASE(a_repeat_that_may_not_be_looked_for_is_stored),
		CASE(a_refused_id_that_never_was_sent_is_looked_for),
		CASE(an_id_with_another_record_is_refused),
		CASE(a_refused_id_that_may_not_be_looked_for_is_refused),
		CASE(doubt_outlives_the_connection),
		CASE(a_repeat_whose_entry_was_deleted_is_stored),
		CASE(without_transactions_it_goes_one_by_one),
		CASE(the_password_comes_first),
		CASE(each_address_has_its_time),
		CASE(a_heartbeat_disturbs_nothing),
		CASE(answers_that_are_none_end_the_connection),
		CASE(an_answer_that_nobody_asked_for_ends_the_connection),
	};
	return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
