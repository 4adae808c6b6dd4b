/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a spool from outside, while it is in use and when it is not. */
#include "spool_ground.h"

#include "sink/spoolstatus.h"

#include <stdbool.h>

static int look(const char *dir, char text[static 4096])
{
	char why[SINK_WHY_CAP] = "";
	FILE *to = fmemopen(text, 4096, "w");
	assert_non_null(to);
	memset(text, 0, 4096);
	int rc = spoolstatus_write(dir, to, why);
	assert_int_equal(rc == 0, why[0] == '\0');
	fclose(to);
	return rc;
}

static void expect_status(const struct ground *ground, const char *wanted)
{
	char text[4096];
	assert_int_equal(look(ground->dir, text), 0);
	/* The octets depend on the records' form; they are looked at where they are the matter. */
	char *octets = strstr(text, " octets=");
	if (octets != NULL)
		*octets = '\0';
	assert_string_equal(text, wanted);
}

static void a_sensor_without_a_sink(void **state)
{
	struct spool *spool = open_plain(*state);
	expect_status(*state, "sensor=s1 sink=- waiting=0 since=- acked=- lost=0 damaged=0 dead=0");
	append_all(spool, 1, 3);
	expect_status(*state, "sensor=s1 sink=- waiting=3 since=1970-01-01T00:00:00.001Z acked=- lost=0 damaged=0 dead=0");
	spool_close(spool);
}

static void what_waits_and_since_when(void **state)
{
	struct spool *spool = open_with(*state, (struct spool_options){.segment_len = 1000});
	struct spool_cursor *cursor = open_cursor(spool);
	expect_status(*state, "sensor=s1 sink=redis waiting=0 since=- acked=- lost=0 damaged=0 dead=0");
	append_all(spool, 1, 50);
	expect_status(*state, "sensor=s1 sink=redis waiting=50 since=1970-01-01T00:00:00.001Z acked=- lost=0 damaged=0 dead=0");
	spool_cursor_ack(cursor, 30, (struct sink_id){30, 0});
	expect_status(*state, "sensor=s1 sink=redis waiting=20 since=1970-01-01T00:00:00.031Z acked=30-0 lost=0 damaged=0 dead=0");
	spool_cursor_ack(cursor, 50, (struct sink_id){50, 0});
	expect_status(*state, "sensor=s1 sink=redis waiting=0 since=- acked=50-0 lost=0 damaged=0 dead=0");
	spool_cursor_close(cursor);
	spool_close(spool);
	expect_status(*state, "sensor=s1 sink=redis waiting=0 since=- acked=50-0 lost=0 damaged=0 dead=0");
}

static void the_same_in_the_spools_own_figures(void **state)
{
	struct spool *spool = open_plain(*state);
	struct spool_cursor *cursor = open_cursor(spool);
	assert_int_equal(stats_of(spool).since_ms, 0);
	append_all(spool, 7, 9);
	assert_int_equal(stats_of(spool).since_ms, 7);
	struct spool_item item;
	assert_int_equal(spool_cursor_next(cursor, &item), 1);
	spool_cursor_ack(cursor, item.seq, item.record.id);
	assert_int_equal(spool_cursor_next(cursor, &item), 1);
	assert_int_equal(stats_of(spool).since_ms, 8);
	spool_cursor_close(cursor);
	spool_close(spool);
	spool = open_plain(*state);
	cursor = open_cursor(spool); /* before anybody reads */
	assert_int_equal(stats_of(spool).since_ms, 8);
	spool_cursor_ack(cursor, 3, (struct sink_id){9, 0});
	assert_int_equal(stats_of(spool).since_ms, 0);
	append_all(spool, 10, 11);
	assert_int_equal(stats_of(spool).since_ms, 10);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void what_is_lost_and_damaged(void **state)
{
	const struct ground *ground = *state;
	char path[192];
	size_t len;
	struct spool *spool = open_with(ground, (struct spool_options){.segment_len = 300});
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 1, 9); /* one to a segment */
	spool_cursor_ack(cursor, 2, (struct sink_id){2, 0});
	spool_cursor_close(cursor);
	spool_close(spool);
	for (uint64_t gone = 4; gone <= 5; gone++) {
		segment_path(ground, gone, path);
		assert_int_equal(unlink(path), 0);
	}
	expect_status(ground, "sensor=s1 sink=redis waiting=5 since=1970-01-01T00:00:00.003Z acked=2-0 lost=2 damaged=0 dead=0");
	segment_path(ground, 7, path);
	uint8_t *octets = read_file(path, &len);
	octets[len - 1] ^= 1;
	write_file(path, octets, len);
	free(octets);
	expect_status(ground, "sensor=s1 sink=redis waiting=4 since=1970-01-01T00:00:00.003Z acked=2-0 lost=3 damaged=1 dead=0");
}

static void what_was_dropped_before_a_sink_had_it_is_lost(void **state)
{
	char text[4096];
	struct spool *spool = open_with(*state, (struct spool_options){.segment_len = 1000, .cap_len = 5000});
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 1, 200);
	const struct ground *ground = *state;
	assert_int_equal(look(ground->dir, text), 0);
	unsigned long long waiting = strtoull(strstr(text, " waiting=") + 9, NULL, 10), lost = strtoull(strstr(text, " lost=") + 6, NULL, 10);
	unsigned long long octets = strtoull(strstr(text, " octets=") + 8, NULL, 10), files = strtoull(strstr(text, " files=") + 7, NULL, 10);
	assert_true(lost > 0);
	assert_int_equal(waiting + lost, 200);
	assert_int_equal(octets, stats_of(spool).octets);
	assert_int_equal(files, stats_of(spool).segments);
	spool_cursor_close(cursor);
	spool_close(spool);
}

/* The end of the newest file may be a record that is being written. */
static void a_record_that_is_being_written_is_no_damage(void **state)
{
	const struct ground *ground = *state;
	char path[192];
	size_t len;
	struct spool *spool = open_plain(ground);
	append_all(spool, 1, 2);
	spool_close(spool);
	segment_path(ground, 1, path);
	uint8_t *octets = read_file(path, &len);
	write_file(path, octets, len - 5);
	free(octets);
	expect_status(ground, "sensor=s1 sink=- waiting=1 since=1970-01-01T00:00:00.001Z acked=- lost=0 damaged=0 dead=0");
}

static void several_sensors_and_sinks_in_order(void **state)
{
	struct ground *ground = *state;
	char path[192], text[4096], why[SINK_WHY_CAP];
	struct spool *spool;
	assert_int_equal(spool_open(&spool, &(struct spool_options){.dir = ground->dir, .sensor = "a"}, why), 0);
	spool_close(spool);
	spool = open_plain(ground);
	struct spool_cursor *one, *two;
	assert_int_equal(spool_cursor_open(&one, spool, "y"), 0);
	assert_int_equal(spool_cursor_open(&two, spool, "x"), 0);
	snprintf(path, sizeof path, "%s/s1/y.dead", ground->dir);
	write_file(path, (const uint8_t *)"{}\n{}\n", 6);
	snprintf(path, sizeof path, "%s/link", ground->dir);
	assert_int_equal(symlink("s1", path), 0); /* is passed over */
	assert_int_equal(look(ground->dir, text), 0);
	assert_string_equal(text, "sensor=a sink=- waiting=0 since=- acked=- lost=0 damaged=0 dead=0 octets=0 files=0\n"
				  "sensor=s1 sink=x waiting=0 since=- acked=- lost=0 damaged=0 dead=0 octets=0 files=0\n"
				  "sensor=s1 sink=y waiting=0 since=- acked=- lost=0 damaged=0 dead=2 octets=0 files=0\n");
	spool_cursor_close(one);
	spool_cursor_close(two);
	spool_close(spool);
}

/* A line has one meaning, whatever somebody put into the folder. */
static void a_file_without_a_sinks_name_is_no_sink(void **state)
{
	static const char *const names[] = {"x dead=7", "x\nsensor=s1 sink=z", ".x", "\x1b[2J"};
	const struct ground *ground = *state;
	char path[192];
	size_t len;
	struct spool *spool = open_plain(ground);
	struct spool_cursor *cursor = open_cursor(spool);
	snprintf(path, sizeof path, "%s/s1/redis.ack", ground->dir);
	uint8_t *octets = read_file(path, &len);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/s1/%s.ack", ground->dir, names[i]);
		write_file(path, octets, len);
	}
	free(octets);
	char text[4096];
	assert_int_equal(look(ground->dir, text), 0);
	assert_string_equal(text, "sensor=s1 sink=redis waiting=0 since=- acked=- lost=0 damaged=0 dead=0 octets=0 files=0\n");
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void what_is_no_spool_is_refused(void **state)
{
	const struct ground *ground = *state;
	char text[4096], path[192];
	assert_int_equal(look("/nonexistent", text), -ENOENT);
	assert_int_equal(look("/dev/null", text), -ENOTDIR);
	assert_int_equal(look(ground->top, text), -ENOENT); /* no lock in it */
	spool_close(open_plain(ground));
	snprintf(path, sizeof path, "%s/link/", ground->top);
	path[strlen(path) - 1] = '\0';
	assert_int_equal(symlink(ground->dir, path), 0);
	assert_int_equal(look(path, text), -ENOTDIR);
	strcat(path, "/");
	assert_int_equal(look(path, text), -ENOTDIR);
}

static uint64_t changes;

static int sum_up(const char *path, const struct stat *st, int kind, struct FTW *place)
{
	(void)path, (void)kind, (void)place;
	changes = changes * 31 + (uint64_t)st->st_mtim.tv_nsec + (uint64_t)st->st_ctim.tv_nsec + (uint64_t)st->st_size + st->st_ino;
	return 0;
}

static uint64_t state_of(const char *path)
{
	changes = 0;
	assert_int_equal(nftw(path, sum_up, 16, FTW_PHYS), 0);
	return changes;
}

static void nothing_is_changed(void **state)
{
	const struct ground *ground = *state;
	char text[4096];
	struct spool *spool = open_plain(ground);
	append_all(spool, 1, 3);
	spool_close(spool);
	uint64_t before = state_of(ground->dir);
	assert_int_equal(look(ground->dir, text), 0);
	assert_true(state_of(ground->dir) == before);
}

int main(void)
{
	log_open("spoolstatus", LOG_QUIET);
	const struct CMUnitTest tests[] = {
		CASE(a_sensor_without_a_sink),
		CASE(what_waits_and_since_when),
		CASE(the_same_in_the_spools_own_figures),
		CASE(what_is_lost_and_damaged),
		CASE(what_was_dropped_before_a_sink_had_it_is_lost),
		CASE(a_record_that_is_being_written_is_no_damage),
		CASE(several_sensors_and_sinks_in_order),
		CASE(a_file_without_a_sinks_name_is_no_sink),
		CASE(what_is_no_spool_is_refused),
		CASE(nothing_is_changed),
	};
	return cmocka_run_group_tests_name("spoolstatus", tests, NULL, NULL);
}
