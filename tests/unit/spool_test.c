/* SPDX-License-Identifier: Apache-2.0 */
/* The spool as its two sides use it, over restarts, at its limits of size. No server is needed for any of it. */
#include "spool_ground.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

/* What goes in comes out. */

static void reads_back_what_was_appended(void **state)
{
	struct spool *spool = open_plain(*state);
	struct spool_cursor *cursor = open_cursor(spool);
	expect_end(cursor);
	append_all(spool, 1, 3);
	expect_records(cursor, 1, 3);
	expect_end(cursor);
	append_all(spool, 4, 5);
	expect_records(cursor, 4, 5);
	expect_end(cursor);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void takes_the_largest_record_and_refuses_larger(void **state)
{
	static char json[SINK_JSON_MAX + 1], field[SINK_FIELD_MAX + 2];
	memset(json, 'j', sizeof json);
	memset(field, 'f', SINK_FIELD_MAX);
	struct spool *spool = open_plain(*state);
	struct spool_cursor *cursor = open_cursor(spool);
	struct sink_record record = {.id = {1, 0},
		.ts = field,
		.host = field,
		.indicator = field,
		.action = field,
		.outcome = field,
		.json = json,
		.json_len = SINK_JSON_MAX};
	struct spool_item item;
	assert_int_equal(spool_append(spool, &record, NOW_NS), 0);
	for (uint64_t i = 2; i < 20; i++) {
		record.id.ms = i;
		assert_int_equal(spool_append(spool, &record, NOW_NS), 0);
	}
	for (uint64_t i = 1; i < 20; i++) {
		assert_int_equal(spool_cursor_next(cursor, &item), 1);
		assert_int_equal(item.seq, i);
		assert_int_equal(item.record.json_len, SINK_JSON_MAX);
		assert_string_equal(item.record.outcome, field);
	}
	record.id.ms = 20;
	record.json_len = SINK_JSON_MAX + 1;
	assert_int_equal(spool_append(spool, &record, NOW_NS), -EMSGSIZE);
	record.json_len = 1;
	field[SINK_FIELD_MAX] = 'f';
	assert_int_equal(spool_append(spool, &record, NOW_NS), -EMSGSIZE);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void refuses_an_id_that_does_not_rise(void **state)
{
	struct spool *spool = open_plain(*state);
	assert_int_equal(append(spool, 7), 0);
	assert_int_equal(append(spool, 7), -ERANGE);
	assert_int_equal(append(spool, 6), -ERANGE);
	assert_int_equal(append(spool, 8), 0);
	spool_close(spool);
}

static void goes_over_many_segments(void **state)
{
	struct spool *spool = open_with(*state, (struct spool_options){.segment_len = 1000});
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 1, 500);
	assert_true(stats_of(spool).segments > 50);
	expect_records(cursor, 1, 500);
	expect_end(cursor);
	spool_cursor_close(cursor);
	spool_close(spool);
}

/* Over the end of the process. */

static void waits_over_a_restart(void **state)
{
	for (int times = 0; times < 2; times++) {
		struct spool *spool = open_plain(*state);
		append_all(spool, (uint64_t)times * 10 + 1, (uint64_t)times * 10 + 10);
		spool_close(spool);
	}
	struct spool *spool = open_plain(*state);
	struct spool_cursor *cursor = open_cursor(spool);
	assert_int_equal(stats_of(spool).waiting, 20);
	assert_int_equal(spool_last_id(spool).ms, 20);
	expect_records(cursor, 1, 20);
	expect_end(cursor);
	assert_int_equal(append(spool, 20), -ERANGE);
	append_all(spool, 21, 21);
	expect_records(cursor, 21, 21);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void begins_behind_what_was_acknowledged(void **state)
{
	struct spool *spool = open_plain(*state);
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 1, 10);
	expect_records(cursor, 1, 10);
	assert_int_equal(spool_cursor_ack(cursor, 6, (struct sink_id){6, 0}), 0);
	assert_int_equal(stats_of(spool).waiting, 4);
	spool_cursor_rewind(cursor);
	expect_records(cursor, 7, 10);
	spool_cursor_close(cursor);
	spool_close(spool);
	spool = open_plain(*state);
	cursor = open_cursor(spool);
	expect_records(cursor, 7, 10);
	expect_end(cursor);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void ids_rise_when_only_the_acknowledgement_is_left(void **state)
{
	char path[192];
	struct spool *spool = open_plain(*state);
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 1, 5);
	expect_records(cursor, 1, 5);
	spool_cursor_ack(cursor, 5, (struct sink_id){5, 0});
	spool_cursor_close(cursor);
	spool_close(spool);
	segment_path(*state, 1, path);
	assert_int_equal(unlink(path), 0);
	spool = open_plain(*state);
	cursor = open_cursor(spool);
	assert_int_equal(spool_last_id(spool).ms, 5);
	assert_int_equal(append(spool, 5), -ERANGE);
	append_all(spool, 6, 6);
	expect_records(cursor, 6, 6);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void a_torn_acknowledgement_leaves_the_one_before(void **state)
{
	const struct ground *ground = *state;
	char path[192];
	snprintf(path, sizeof path, "%s/s1/redis.ack", ground->dir);
	for (off_t slot = 0; slot < 2; slot++) {
		struct spool *spool = open_plain(ground);
		struct spool_cursor *cursor = open_cursor(spool);
		append_all(spool, 1, 3);
		spool_cursor_ack(cursor, 1, (struct sink_id){1, 0}); /* slot 0: slot 1 says where the sink began */
		spool_cursor_ack(cursor, 2, (struct sink_id){2, 0}); /* slot 1 */
		spool_cursor_close(cursor);
		spool_close(spool);
		int fd = open(path, O_RDWR);
		assert_int_equal(pwrite(fd, "torn", 4, slot * 4096 + 20), 4);
		close(fd);
		spool = open_plain(ground);
		cursor = open_cursor(spool);
		expect_records(cursor, slot == 1 ? 2 : 3, 3);
		spool_cursor_close(cursor);
		spool_close(spool);
		clear(ground->dir);
	}
}

/* Size. */

static void the_cap_drops_the_oldest_and_tells_exactly(void **state)
{
	struct spool *spool = open_with(*state, (struct spool_options){.segment_len = 1000, .cap_len = 5000});
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 1, 3);
	expect_records(cursor, 1, 3);
	assert_int_equal(spool_cursor_ack(cursor, 3, (struct sink_id){3, 0}), 0);
	append_all(spool, 4, 200);
	struct spool_stats stats = stats_of(spool);
	assert_true(stats.octets <= 5000);
	assert_true(stats.dropped > 0);
	struct spool_item item;
	assert_int_equal(spool_cursor_next(cursor, &item), 1);
	assert_true(item.is_gap);
	assert_int_equal(item.gap.from, 4);
	uint64_t lost = item.gap.to - item.gap.from + 1;
	expect_records(cursor, item.gap.to + 1, 200);
	expect_end(cursor);
	assert_int_equal(stats_of(spool).lost, lost);
	/* Told again, it is the same gap and counted once. */
	spool_cursor_rewind(cursor);
	expect_gap(cursor, 4, item.gap.to);
	assert_int_equal(stats_of(spool).lost, lost);
	spool_cursor_close(cursor);
	spool_close(spool);
}

/* Lines on standard error that contain `text`. */
static unsigned said(const char *path, const char *text)
{
	size_t len;
	char *all = (char *)read_file(path, &len);
	unsigned n = 0;
	all[len] = '\0';
	for (const char *at = all; (at = strstr(at, text)) != NULL; at++)
		n++;
	free(all);
	return n;
}

static void the_cap_is_told_when_it_begins_to_cost_records_and_when_it_ends(void **state)
{
	const struct ground *ground = *state;
	char path[96];
	snprintf(path, sizeof path, "%s/said", ground->top);
	int file = open(path, O_RDWR | O_CREAT, 0600), kept = dup(STDERR_FILENO);
	dup2(file, STDERR_FILENO);
	log_open("spool", LOG_NOTICE);
	struct spool *spool = open_with(ground, (struct spool_options){.segment_len = 1000, .cap_len = 5000});
	struct spool_cursor *cursor = open_cursor(spool);
	for (uint64_t times = 1; times <= 2; times++) {
		append_all(spool, times * 1000, times * 1000 + 199);
		assert_int_equal(said(path, "the oldest hits are dropped unsent"), times);
		assert_int_equal(said(path, "no longer dropped"), times - 1);
		spool_cursor_ack(cursor, times * 230, (struct sink_id){times * 1000 + 199, 0});
		append_all(spool, times * 1000 + 200, times * 1000 + 229);
		assert_int_equal(said(path, "no longer dropped"), times);
	}
	log_open("spool", LOG_QUIET);
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(file);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void acknowledged_segments_are_kept_by_size(void **state)
{
	struct spool *spool = open_with(*state, (struct spool_options){.segment_len = 1000, .keep_len = 3000});
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 1, 100);
	spool_cursor_tidy(cursor, NOW_NS);
	uint64_t before = stats_of(spool).octets;
	assert_true(before > 10000);
	spool_cursor_ack(cursor, 50, (struct sink_id){50, 0});
	spool_cursor_tidy(cursor, NOW_NS);
	uint64_t half = stats_of(spool).octets;
	assert_true(half < before && half > before / 2);
	spool_cursor_ack(cursor, 100, (struct sink_id){100, 0});
	spool_cursor_tidy(cursor, NOW_NS);
	assert_true(stats_of(spool).octets <= 4000);
	assert_int_equal(stats_of(spool).dropped, 0);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void acknowledged_segments_are_kept_by_age(void **state)
{
	struct spool *spool = open_with(*state, (struct spool_options){.segment_len = 1000, .keep_ns = 10 * SECOND});
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 1, 50);
	spool_cursor_ack(cursor, 50, (struct sink_id){50, 0});
	spool_cursor_tidy(cursor, NOW_NS + 9 * SECOND);
	assert_true(stats_of(spool).segments > 5);
	spool_cursor_tidy(cursor, NOW_NS + 11 * SECOND);
	assert_int_equal(stats_of(spool).segments, 1); /* the newest always stays */
	spool_cursor_close(cursor);
	spool_close(spool);
}

/* No room: nothing crashes, what fails is a gap to the record, and room is used as soon as it is there. */

/* Appends 30 records below a limit to the size of files. */
static int append_below(struct ground *ground, rlim_t limit_len, uint64_t wanted_failed)
{
	signal(SIGXFSZ, SIG_IGN);
	struct spool *spool = open_plain(ground);
	struct spool_cursor *cursor = open_cursor(spool);
	struct rlimit limit = {limit_len, RLIM_INFINITY};
	setrlimit(RLIMIT_FSIZE, &limit);
	uint64_t failed = 0;
	for (uint64_t i = 1; i <= 30; i++)
		failed += append(spool, i) != 0;
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &limit);
	append_all(spool, 31, 31);
	struct spool_item item;
	uint64_t records = 0, missing = 0;
	while (spool_cursor_next(cursor, &item) == 1) {
		records += !item.is_gap;
		missing += item.is_gap ? item.gap.to - item.gap.from + 1 : 0;
	}
	return failed == wanted_failed && records == 31 - failed && missing == failed && stats_of(spool).failed == failed ? 0 : 1;
}

static void a_file_size_limit_costs_nothing_unless_no_record_fits(void **state)
{
	static const struct {
		rlim_t limit_len;
		uint64_t failed;
	} table[] = {{600, 0}, {200, 30}, {100, 30}};
	const struct ground *ground = *state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		int status;
		pid_t child = fork();
		if (child == 0)
			_exit(append_below(*state, table[i].limit_len, table[i].failed));
		waitpid(child, &status, 0);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		clear(ground->dir);
	}
}

static int fill_and_recover(struct ground *ground, uint64_t segment_len, uint64_t acked)
{
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("none", ground->top, "tmpfs", 0, "size=256k") != 0)
		return 77;
	struct spool *spool = open_with(ground, (struct spool_options){.segment_len = segment_len});
	struct spool_cursor *cursor = open_cursor(spool);
	uint64_t i = 1, failed = 0;
	while (append(spool, i) == 0)
		i++;
	for (uint64_t more = 0; more < 20; more++)
		failed += append(spool, ++i) == -ENOSPC;
	failed++;
	/* What is acknowledged makes room by itself. */
	struct spool_item item;
	uint64_t records = 0, missing = 0;
	while (records < acked && spool_cursor_next(cursor, &item) == 1 && !item.is_gap)
		records++;
	if (records == 0)
		return 1;
	spool_cursor_ack(cursor, records, item.record.id);
	if (append(spool, ++i) != 0)
		return 2;
	while (spool_cursor_next(cursor, &item) == 1) {
		records += !item.is_gap;
		missing += item.is_gap ? item.gap.to - item.gap.from + 1 : 0;
	}
	if (missing != failed || records + missing != i)
		return 3;
	spool_cursor_close(cursor);
	spool_close(spool);
	return 0;
}

static void fill_a_disk(struct ground *ground, uint64_t segment_len, uint64_t acked)
{
	pid_t child = fork();
	if (child == 0)
		_exit(fill_and_recover(ground, segment_len, acked));
	int status;
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		return print_message("# skipped: only root may mount a disk of 256 kB\n");
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_full_disk_costs_the_records_that_do_not_fit(void **state)
{
	fill_a_disk(*state, 16384, 300);
}

static void so_does_one_that_a_single_segment_fills(void **state)
{
	fill_a_disk(*state, 8 << 20, UINT64_MAX);
}

/* Cursors. */

static void two_cursors_go_their_own_ways(void **state)
{
	struct spool *spool = open_with(*state, (struct spool_options){.segment_len = 1000, .keep_len = 1});
	struct spool_cursor *a, *b;
	assert_int_equal(spool_cursor_open(&a, spool, "a"), 0);
	assert_int_equal(spool_cursor_open(&b, spool, "b"), 0);
	append_all(spool, 1, 50);
	expect_records(a, 1, 50);
	spool_cursor_ack(a, 50, (struct sink_id){50, 0});
	spool_cursor_tidy(a, NOW_NS);
	expect_records(b, 1, 20);
	assert_int_equal(stats_of(spool).waiting, 50);
	spool_cursor_ack(b, 20, (struct sink_id){20, 0});
	assert_int_equal(stats_of(spool).waiting, 30);
	spool_cursor_tidy(b, NOW_NS);
	spool_cursor_rewind(b);
	expect_records(b, 21, 50);
	assert_int_equal(stats_of(spool).lost, 0);
	spool_cursor_close(a);
	spool_cursor_close(b);
	spool_close(spool);
}

static void seeks_by_id(void **state)
{
	/* Where to, and what comes first then; 0: nothing, because all above it is unacknowledged or was never there. */
	static const struct {
		struct sink_id after;
		uint64_t first;
	} table[] = {{{0, 0}, 1}, {{1, 0}, 2}, {{1, 5}, 2}, {{25, 0}, 26}, {{49, UINT64_MAX}, 50}};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct ground *ground = *state;
		struct spool *spool = open_with(ground, (struct spool_options){.segment_len = 1000});
		struct spool_cursor *cursor = open_cursor(spool);
		append_all(spool, 1, 60);
		spool_cursor_ack(cursor, 50, (struct sink_id){50, 0});
		assert_int_equal(spool_cursor_seek(cursor, table[i].after), 0);
		expect_records(cursor, table[i].first, 60);
		expect_end(cursor);
		spool_cursor_rewind(cursor);
		expect_records(cursor, table[i].first, 60);
		spool_cursor_close(cursor);
		spool_close(spool);
		clear(ground->dir);
	}
}

static void seeks_never_forward(void **state)
{
	struct spool *spool = open_plain(*state);
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 1, 10);
	spool_cursor_ack(cursor, 5, (struct sink_id){5, 0});
	assert_int_equal(spool_cursor_seek(cursor, (struct sink_id){8, 0}), 0);
	expect_records(cursor, 6, 10);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void seeks_to_what_is_still_kept(void **state)
{
	struct spool *spool = open_with(*state, (struct spool_options){.segment_len = 1000, .keep_len = 2000});
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 1, 100);
	spool_cursor_ack(cursor, 100, (struct sink_id){100, 0});
	spool_cursor_tidy(cursor, NOW_NS);
	assert_int_equal(spool_cursor_seek(cursor, (struct sink_id){0, 0}), 0);
	struct spool_item item;
	assert_int_equal(spool_cursor_next(cursor, &item), 1);
	assert_false(item.is_gap);
	assert_true(item.seq > 1 && item.seq < 100);
	assert_int_equal(stats_of(spool).waiting, 101 - item.seq);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void the_descriptor_tells_of_the_next_record(void **state)
{
	struct spool *spool = open_plain(*state);
	struct spool_cursor *cursor = open_cursor(spool);
	struct pollfd ready = {.fd = spool_cursor_fd(cursor), .events = POLLIN};
	assert_false(spool_cursor_arm(cursor));
	assert_int_equal(poll(&ready, 1, 0), 0);
	append_all(spool, 1, 1);
	assert_int_equal(poll(&ready, 1, 0), 1);
	assert_true(spool_cursor_arm(cursor));
	assert_int_equal(poll(&ready, 1, 0), 0);
	expect_records(cursor, 1, 1);
	expect_end(cursor);
	assert_false(spool_cursor_arm(cursor));
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void a_new_sink_begins_at_the_oldest_record_without_a_gap(void **state)
{
	struct spool *spool = open_with(*state, (struct spool_options){.segment_len = 1000, .cap_len = 5000});
	append_all(spool, 1, 200);
	struct spool_cursor *cursor = open_cursor(spool);
	struct spool_item item;
	assert_int_equal(spool_cursor_next(cursor, &item), 1);
	assert_false(item.is_gap);
	expect_records(cursor, item.seq + 1, 200);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void a_cursor_needs_a_good_name_and_a_free_place(void **state)
{
	struct spool *spool = open_plain(*state);
	struct spool_cursor *cursors[SPOOL_CURSORS_MAX + 1];
	assert_int_equal(spool_cursor_open(&cursors[0], spool, "../x"), -EINVAL);
	for (int i = 0; i < SPOOL_CURSORS_MAX; i++) {
		char name[2] = {(char)('a' + i), '\0'};
		assert_int_equal(spool_cursor_open(&cursors[i], spool, name), 0);
	}
	assert_int_equal(spool_cursor_open(&cursors[SPOOL_CURSORS_MAX], spool, "more"), -EMFILE);
	for (int i = 0; i < SPOOL_CURSORS_MAX; i++)
		spool_cursor_close(cursors[i]);
	spool_close(spool);
}

/* fdatasync: what is due, and when. */
static void syncs_by_count_and_by_time(void **state)
{
	struct spool *spool = open_with(*state, (struct spool_options){.sync_records = 4});
	append_all(spool, 1, 3);
	assert_int_equal(spool_sync(spool, NOW_NS + SECOND / 10), 0);
	assert_int_equal(spool_sync(spool, NOW_NS + SECOND / 2), 0);
	assert_int_equal(spool_sync(spool, 0), 0); /* a clock that was set back */
	append_all(spool, 4, 9);
	spool_close(spool);
}

int main(void)
{
	log_open("spool", LOG_QUIET);
	const struct CMUnitTest tests[] = {
		CASE(reads_back_what_was_appended),
		CASE(takes_the_largest_record_and_refuses_larger),
		CASE(refuses_an_id_that_does_not_rise),
		CASE(goes_over_many_segments),
		CASE(waits_over_a_restart),
		CASE(begins_behind_what_was_acknowledged),
		CASE(ids_rise_when_only_the_acknowledgement_is_left),
		CASE(a_torn_acknowledgement_leaves_the_one_before),
		CASE(the_cap_drops_the_oldest_and_tells_exactly),
		CASE(the_cap_is_told_when_it_begins_to_cost_records_and_when_it_ends),
		CASE(acknowledged_segments_are_kept_by_size),
		CASE(acknowledged_segments_are_kept_by_age),
		CASE(a_file_size_limit_costs_nothing_unless_no_record_fits),
		CASE(a_full_disk_costs_the_records_that_do_not_fit),
		CASE(so_does_one_that_a_single_segment_fills),
		CASE(two_cursors_go_their_own_ways),
		CASE(seeks_by_id),
		CASE(seeks_never_forward),
		CASE(seeks_to_what_is_still_kept),
		CASE(the_descriptor_tells_of_the_next_record),
		CASE(a_new_sink_begins_at_the_oldest_record_without_a_gap),
		CASE(a_cursor_needs_a_good_name_and_a_free_place),
		CASE(syncs_by_count_and_by_time),
	};
	return cmocka_run_group_tests_name("spool", tests, NULL, NULL);
}
