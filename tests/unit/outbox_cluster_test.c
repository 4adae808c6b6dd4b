/* SPDX-License-Identifier: Apache-2.0 */
/* Servers that send elsewhere, and servers that are no masters: what is followed, what is told, and that nothing is lost on the way. */
#include "outbox_bench.h"

/* A cluster. */

#define MOVED "MOVED 15224 127.0.0.1:7103"
#define ASK "ASK 15224 127.0.0.1:7103"

static void a_redirect_at_any_record_is_followed_at_once(void **state)
{
	static const char *const table[] = {MOVED, ASK, "MOVED 1 :7103", "ASK 16383 2001:db8::1:6379", "MOVED 1 redis-2.example:6379"};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		for (size_t n = 1; n <= 4; n += 3) {
			for (size_t at = 0; at < n; at++) {
				struct bench *bench = *state;
				memset(bench, 0, sizeof *bench);
				bench_open(bench, n, (struct outbox_options){0});
				bench->model.add_error = table[i];
				bench->model.error_at = at;
				turn(bench);
				turn(bench);
				assert_string_equal(bench->redirect, table[i]);
				assert_int_equal(outbox_state(bench->outbox), OUTBOX_DOWN);
				assert_int_equal(outbox_deadline(bench->outbox), bench->now_ns);
				assert_string_equal(outbox_trouble(bench->outbox), "");
				assert_string_equal(outbox_redirect(bench->outbox), "");
				bool is_ask = table[i][0] == 'A';
				bench->model.asking = is_ask ? MOVED : NULL;
				run_for(bench, 100);
				expect_all_once(bench);
				assert_int_equal(bench->redirects, 1);
				assert_int_equal(bench->connects, 2);
				assert_int_equal(bench->model.askings, is_ask ? 2 : 0);
				outbox_close(bench->outbox);
				bench->outbox = NULL;
			}
		}
	}
}

static void a_redirect_is_followed_from_the_greeting_and_from_exec(void **state)
{
	for (int where = 0; where < 2; where++) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		bench_open(bench, 5, (struct outbox_options){0});
		*(where == 0 ? &bench->model.greet_error : &bench->model.exec_error) = MOVED;
		turn(bench);
		turn(bench);
		assert_int_equal(bench->redirects, where == 0 ? 2 : 1);
		bench->model.greet_error = NULL;
		run_for(bench, 100);
		expect_all_once(bench);
		assert_string_equal(outbox_trouble(bench->outbox), "");
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

/* Sent there by ASK, a server takes nothing of the stream without ASKING. */
static void follow_ask(struct bench *bench, uint64_t n)
{
	bench_open(bench, n, (struct outbox_options){0});
	bench->model.greet_error = ASK;
	turn(bench);
	assert_string_equal(bench->redirect, ASK);
	bench->model.greet_error = NULL;
	bench->model.asking = MOVED;
}

static void asking_stands_in_front_of_all_that_concerns_the_stream(void **state)
{
	static const struct {
		uint64_t n;
		size_t askings;
	} table[] = {{1, 2}, {2, 2}, {256, 2}, {257, 3}};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		follow_ask(bench, table[i].n);
		run_for(bench, 2000);
		expect_all_once(bench);
		assert_int_equal(bench->redirects, 1);
		assert_int_equal(bench->model.askings, table[i].askings);
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

static void asking_stands_in_front_of_each_record_without_transactions(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 2, (struct outbox_options){0});
	bench->model.forbidden[0] = "MULTI";
	bench->model.forbidden[1] = "EXEC";
	run_for(bench, 6000);
	expect_all_once(bench);
	bench->model.add_error = ASK;
	bench->model.error_at = bench->model.adds;
	bench->array.n = 8;
	turn(bench);
	assert_string_equal(bench->redirect, ASK);
	bench->model.asking = MOVED;
	run_for(bench, 2000);
	expect_all_once(bench);
	assert_int_equal(bench->model.askings, 1 + 6);
}

static void doubt_is_asked_about_behind_asking(void **state)
{
	struct bench *bench = *state;
	follow_ask(bench, 256);
	bench->model.top = (struct sink_id){200, 0};
	bench->model.ids[0] = 3;
	bench->model.n = 1;
	run_for(bench, 100);
	assert_int_equal(bench->array.acked, 256);
	assert_int_equal(stats_of(bench).refused, 199);
	assert_int_equal(bench->model.askings, 2 + 200);
	assert_int_equal(bench->redirects, 1);
}

/* A redirect of the question is no answer to it. */
static void doubt_outlives_a_redirect(void **state)
{
	static const char *const table[] = {MOVED, ASK};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		bench_open(bench, 3, (struct outbox_options){0});
		bench->model.range_error = table[i];
		bench->model.top = (struct sink_id){15, 0};
		bench->model.ids[0] = 2;
		bench->model.n = 1;
		run_for(bench, 100);
		assert_int_equal(bench->redirects, 1);
		assert_int_equal(bench->array.acked, 3);
		assert_int_equal(stats_of(bench).refused, 2);
		assert_int_equal(stats_of(bench).repeats, 1);
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

static void asking_that_is_forbidden_is_told(void **state)
{
	struct bench *bench = *state;
	follow_ask(bench, 5);
	bench->model.forbidden[0] = "ASKING";
	turn(bench);
	assert_int_equal(strncmp(outbox_trouble(bench->outbox), "NOPERM", 6), 0);
	assert_int_equal(outbox_deadline(bench->outbox) - bench->now_ns, OUTBOX_RETRY_MAX_NS);
}

static void asking_ends_with_the_connection(void **state)
{
	for (size_t cut = 0; cut < 900; cut += 3) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		follow_ask(bench, 5);
		bench->to_server = cut;
		turn(bench);
		turn(bench);
		bench->to_server = SIZE_MAX;
		if (bench->array.acked == 5) {
			lose(bench, "the connection was closed");
			bench->array.n = 6;
		}
		size_t askings = bench->model.askings;
		bench->model.asking = NULL;
		run_for(bench, 6000);
		expect_all_once(bench);
		assert_int_equal(bench->model.askings, askings);
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

static void redirects_without_end_are_told_and_slow_down(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 5, (struct outbox_options){0});
	bench->model.greet_error = MOVED;
	for (int t = 1; t <= OUTBOX_REDIRECTS_MAX; t++) {
		turn(bench);
		assert_int_equal(bench->redirects, t);
		assert_int_equal(outbox_deadline(bench->outbox), bench->now_ns);
		assert_string_equal(outbox_trouble(bench->outbox), "");
	}
	turn(bench);
	assert_string_equal(outbox_trouble(bench->outbox), "more than 16 redirects in a row, the latest: " MOVED);
	assert_true(outbox_deadline(bench->outbox) > bench->now_ns);
	bench->redirects = 0;
	run_for(bench, 60000);
	assert_in_range(bench->redirects, 30, 80);
	/* One that fails ends the row. */
	bench->has_server = false;
	run_for(bench, 10000);
	assert_string_equal(outbox_trouble(bench->outbox), "cannot connect: Connection refused");
	bench->has_server = true;
	bench->model.greet_error = NULL;
	run_for(bench, 6000);
	expect_all_once(bench);
	assert_string_equal(outbox_trouble(bench->outbox), "");
}

static void records_that_arrive_end_a_row_of_redirects(void **state)
{
	struct bench *bench = *state;
	bench_open(bench, 0, (struct outbox_options){0});
	for (unsigned i = 1; i <= 3 * OUTBOX_REDIRECTS_MAX; i++) {
		bench->array.n = i;
		bench->model.add_error = MOVED;
		bench->model.error_at = bench->model.adds;
		run_for(bench, 100);
		assert_int_equal(bench->array.acked, i);
		assert_int_equal(bench->redirects, i);
		assert_string_equal(outbox_trouble(bench->outbox), "");
	}
	expect_all_once(bench);
}

/* Of a list's two keys one may be on its way and one not yet. */
static void a_list_waits_until_its_slot_has_arrived(void **state)
{
	static const char waits[] = "the list is on its way to another server of the cluster";
	struct bench *bench = *state;
	bench_open(bench, 5, (struct outbox_options){.mode = DEST_LIST});
	bench->model.add_error = ASK;
	bench->model.is_lasting = true;
	run_for(bench, 3000);
	assert_int_equal(bench->array.acked, 0);
	assert_int_equal(bench->redirects, 0);
	assert_string_equal(outbox_trouble(bench->outbox), waits);
	bench->model.add_error = MOVED;
	bench->model.is_lasting = false;
	bench->model.error_at = bench->model.adds;
	run_for(bench, 6000);
	assert_int_equal(bench->redirects, 1);
	expect_all_once(bench);
	assert_int_equal(bench->model.askings, 0);
	assert_string_equal(outbox_trouble(bench->outbox), "");
}

/* The heartbeat of three commands: two on the sensor's keys, one on a key that may be elsewhere. */
static void beat(struct bench *bench)
{
	struct redis_text text = {0};
	for (int i = 0; i < 3; i++)
		assert_int_equal(redis_put(&text, (struct redis_arg[]){redis_arg("HSET"), redis_arg("k"), redis_arg("f"), redis_arg("v")}, 4), 0);
	bench->model.beats = 0;
	assert_true(outbox_is_idle(bench->outbox));
	assert_int_equal(outbox_put_beat(bench->outbox, &text, 3, bench->now_ns), 0);
	turn(bench);
	redis_text_free(&text);
}

static void a_heartbeat_may_be_sent_elsewhere(void **state)
{
	static const struct {
		const char *errors[3];
		bool is_followed, is_lost;
		const char *moved, *error;
	} table[] = {
		{{NULL, NULL, NULL}, false, false, "", ""},
		{{NULL, NULL, MOVED}, false, false, MOVED, ""},
		{{NULL, NULL, ASK}, false, false, "", ""},
		{{MOVED, MOVED, NULL}, true, true, "", ""},
		{{NULL, MOVED, NULL}, true, true, "", ""},
		{{ASK, ASK, NULL}, false, false, "", ""},
		{{NULL, ASK, MOVED}, false, false, MOVED, ""},
		{{"READONLY You can't write", "READONLY You can't write", NULL}, false, true, "", ""},
		{{"OOM no", NULL, "NOPERM no"}, false, false, "", "OOM no"},
		{{"WRONGTYPE no", NULL, NULL}, false, false, "", "WRONGTYPE no"},
		{{NULL, "NOPERM no", MOVED}, false, false, MOVED, "NOPERM no"},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		bench_open(bench, 5, (struct outbox_options){0});
		run_for(bench, 100);
		memcpy(bench->model.beat_errors, table[i].errors, sizeof table[i].errors);
		beat(bench);
		assert_int_equal(bench->redirects, table[i].is_followed);
		assert_int_equal(outbox_state(bench->outbox), table[i].is_lost ? OUTBOX_DOWN : OUTBOX_READY);
		assert_string_equal(outbox_beat_moved(bench->outbox), table[i].moved);
		assert_string_equal(outbox_beat_error(bench->outbox), table[i].error);
		bench->array.n = 10;
		run_for(bench, 6000);
		expect_all_once(bench);
		assert_string_equal(outbox_trouble(bench->outbox), "");
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

/* Its replies may come apart: an error is there from the last reply to one heartbeat to the last reply to the next. */
static void a_heartbeat_s_error_is_told_when_it_is_over(void **state)
{
	struct bench *bench = *state;
	static const char *const replies[] = {"-NOPERM no\r\n", ":1\r\n", ":1\r\n"};
	struct redis_text text = {0};
	size_t len;
	for (int i = 0; i < 3; i++)
		assert_int_equal(redis_put(&text, (struct redis_arg[]){redis_arg("PING")}, 1), 0);
	bench_open(bench, 5, (struct outbox_options){0});
	run_for(bench, 100);
	for (int times = 0; times < 3; times++) {
		assert_int_equal(outbox_put_beat(bench->outbox, &text, 3, bench->now_ns), 0);
		outbox_output(bench->outbox, &len);
		outbox_sent(bench->outbox, len, bench->now_ns);
		for (int i = 0; i < 3; i++) {
			const char *reply = times < 2 ? replies[i] : ":1\r\n";
			assert_string_equal(outbox_beat_error(bench->outbox), times == 0 ? "" : "NOPERM no");
			assert_int_equal(outbox_feed(bench->outbox, reply, strlen(reply), bench->now_ns), 0);
		}
	}
	assert_string_equal(outbox_beat_error(bench->outbox), "");
	redis_text_free(&text);
}

/* On a connection that ASK has led to, the heartbeat is said without ASKING: that it is taken tells that the slot has arrived. */
static void a_heartbeat_tells_that_the_slot_has_arrived(void **state)
{
	struct bench *bench = *state;
	follow_ask(bench, 5);
	run_for(bench, 100);
	assert_int_equal(bench->model.askings, 2);
	bench->model.beat_errors[0] = bench->model.beat_errors[1] = bench->model.beat_errors[2] = MOVED;
	beat(bench);
	assert_int_equal(outbox_state(bench->outbox), OUTBOX_READY);
	assert_string_equal(outbox_beat_error(bench->outbox), "");
	assert_int_equal(bench->model.askings, 2);
	bench->array.n = 6;
	run_for(bench, 100);
	assert_int_equal(bench->model.askings, 3);
	bench->model.beat_errors[0] = bench->model.beat_errors[1] = NULL;
	beat(bench);
	bench->model.asking = NULL;
	bench->array.n = 7;
	run_for(bench, 100);
	expect_all_once(bench);
	assert_int_equal(bench->model.askings, 3);
	assert_int_equal(bench->connects, 2);
}

/* Sentinels. */

static void a_replica_is_given_up(void **state)
{
	static const struct {
		const char *role, *forbidden;
		bool is_good;
	} table[] = {{"master", NULL, true}, {"slave", NULL, false}, {"sentinel", NULL, false}, {"slave", "ROLE", true}};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *bench = *state;
		memset(bench, 0, sizeof *bench);
		bench_open(bench, 5, (struct outbox_options){.wants_master = true});
		bench->model.role = table[i].role;
		bench->model.forbidden[0] = table[i].forbidden;
		run_for(bench, 50);
		assert_int_equal(bench->model.adds, table[i].is_good ? 5 : 0);
		assert_string_equal(outbox_trouble(bench->outbox), table[i].is_good ? "" : "a replica, and the sentinels say that it is the master");
		bench->model.role = "master";
		run_for(bench, 6000);
		expect_all_once(bench);
		outbox_close(bench->outbox);
		bench->outbox = NULL;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_redirect_at_any_record_is_followed_at_once),
		CASE(a_redirect_is_followed_from_the_greeting_and_from_exec),
		CASE(asking_stands_in_front_of_all_that_concerns_the_stream),
		CASE(asking_stands_in_front_of_each_record_without_transactions),
		CASE(doubt_is_asked_about_behind_asking),
		CASE(doubt_outlives_a_redirect),
		CASE(asking_that_is_forbidden_is_told),
		CASE(asking_ends_with_the_connection),
		CASE(redirects_without_end_are_told_and_slow_down),
		CASE(records_that_arrive_end_a_row_of_redirects),
		CASE(a_list_waits_until_its_slot_has_arrived),
		CASE(a_heartbeat_may_be_sent_elsewhere),
		CASE(a_heartbeat_s_error_is_told_when_it_is_over),
		CASE(a_heartbeat_tells_that_the_slot_has_arrived),
		CASE(a_replica_is_given_up),
	};
	return cmocka_run_group_tests_name("outbox_cluster", tests, NULL, NULL);
}
