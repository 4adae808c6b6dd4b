/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that refuses. The spool's work is done over and over; each time another of its calls to the disk, and perhaps the ones after it, fails. Whatever
 * fails: no crash; once the disk is well the next record is taken, without a restart; and of all records each is either delivered, once and in order, or
 * told as missing, which is what spool_append() said of it.
 */
#include "disk.h"
#include "spool_ground.h"

#define RECORDS 48
#define WELL_AGAIN 36 /* the disk is, at this record at the latest */

static const struct fault {
	const char *name;
	int answer; /* -errno, or the octets that go */
	bool is_writing_alone;
} faults[] = {
	{"EIO", -EIO, false},
	{"ENOSPC", -ENOSPC, true},
	{"EDQUOT", -EDQUOT, true},
	{"EFBIG", -EFBIG, true},
	{"EROFS", -EROFS, true},
	{"EMFILE", -EMFILE, false},
	{"a call that does a part", 7, true},
};
#define FAULTS (sizeof faults / sizeof *faults)

static struct {
	const struct fault *fault;
	unsigned calls, from, n; /* calls so far; the first that fails, and how many do */
} plan;

static int refuse(const struct disk_event *event)
{
	bool is_reading = event->call == DISK_READ || (event->call == DISK_OPEN && (event->flags & O_CREAT) == 0);
	if (plan.fault == NULL || (is_reading && plan.fault->is_writing_alone))
		return 0;
	plan.calls++;
	if (plan.calls < plan.from || plan.calls - plan.from >= plan.n)
		return 0;
	return plan.fault->answer;
}

/* What came of record i. */
static struct {
	bool is_taken, is_delivered, is_missing;
} facts[RECORDS + 1];

static void take_item(const struct spool_item *item, uint64_t *last_seq)
{
	assert_true(item->seq > *last_seq && item->seq <= RECORDS);
	if (!item->is_gap) {
		assert_int_equal(item->record.id.ms, item->seq);
		facts[item->seq].is_delivered = true;
	}
	for (uint64_t i = item->gap.from; item->is_gap && i <= item->gap.to; i++)
		facts[i].is_missing = true;
	*last_seq = item->seq;
}

/* Reads what there is; a disk that cannot be read is asked again another time. */
static void read_on(struct spool_cursor *cursor, uint64_t *last_seq, unsigned most)
{
	struct spool_item item;
	for (; most > 0 && spool_cursor_next(cursor, &item) == 1; most--)
		take_item(&item, last_seq);
}

static void settle(struct spool *spool, struct spool_cursor *cursor)
{
	uint64_t failed = 0;
	for (uint64_t i = 1; i <= RECORDS; i++) {
		failed += !facts[i].is_taken;
		assert_int_equal(facts[i].is_delivered, facts[i].is_taken);
		assert_int_equal(facts[i].is_missing, !facts[i].is_taken);
	}
	struct spool_stats stats = stats_of(spool);
	assert_int_equal(stats.failed, failed);
	assert_int_equal(stats.lost, failed);
	spool_cursor_close(cursor);
	spool_close(spool);
}

/* Returns whether the plan came to bear. */
static bool work(const struct ground *ground, const struct fault *fault, unsigned from, unsigned n)
{
	struct spool *spool = open_with(ground, (struct spool_options){.segment_len = 1000, .keep_len = 1500, .sync_records = 5});
	struct spool_cursor *cursor = open_cursor(spool);
	uint64_t last_seq = 0;
	memset(facts, 0, sizeof facts);
	plan.fault = fault;
	plan.calls = 0;
	plan.from = from;
	plan.n = n;
	for (uint64_t i = 1; i <= RECORDS; i++) {
		if (i == WELL_AGAIN)
			plan.fault = NULL;
		facts[i].is_taken = append(spool, i) == 0;
		assert_true(facts[i].is_taken || i < WELL_AGAIN);
		if (i % 3 == 0)
			read_on(cursor, &last_seq, 4);
		if (i % 6 == 0 && last_seq > 0)
			spool_cursor_ack(cursor, last_seq, (struct sink_id){last_seq, 0});
		if (i % 12 == 0)
			spool_cursor_tidy(cursor, NOW_NS);
	}
	bool is_borne = plan.calls >= from;
	read_on(cursor, &last_seq, RECORDS);
	assert_int_equal(last_seq, RECORDS);
	settle(spool, cursor);
	clear(ground->dir);
	return is_borne;
}

static void whatever_fails_costs_what_was_said(void **state)
{
	static const unsigned lengths[] = {1, 2, 5, UINT32_MAX};
	disk_before = refuse;
	for (size_t i = 0; i < FAULTS; i++) {
		unsigned runs = 0;
		for (size_t n = 0; n < sizeof lengths / sizeof *lengths; n++) {
			unsigned from = 1;
			while (work(*state, &faults[i], from, lengths[n]))
				from++;
			runs += from - 1;
		}
		print_message("# %s: %u runs\n", faults[i].name, runs);
		assert_true(runs > 200);
	}
	disk_before = NULL;
}

static bool is_rotating;

/* The first record of a segment cannot be written, once. */
static int refuse_after_rotation(const struct disk_event *event)
{
	if (event->call == DISK_RENAME)
		is_rotating = true;
	if (event->call != DISK_WRITE || event->offset != SEGMENT_HEAD_LEN || !is_rotating)
		return 0;
	is_rotating = false;
	disk_before = NULL;
	return -EIO;
}

/* Two segments of one name would have the first look acknowledged, and its unlinking take the second's records. */
static void a_segment_whose_first_record_failed_is_there_once(void **state)
{
	struct spool *spool = open_with(*state, (struct spool_options){.segment_len = 300, .keep_len = 1});
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 1, 1);
	is_rotating = false;
	disk_before = refuse_after_rotation;
	bool is_taken = append(spool, 2) == 0;
	assert_null(disk_before);
	append_all(spool, 3, 4);
	assert_int_equal(stats_of(spool).segments, 4);
	expect_records(cursor, 1, 1);
	spool_cursor_ack(cursor, 1, (struct sink_id){1, 0});
	spool_cursor_rewind(cursor);
	spool_cursor_tidy(cursor, NOW_NS);
	if (is_taken)
		expect_records(cursor, 2, 2);
	else
		expect_gap(cursor, 2, 2);
	expect_records(cursor, 3, 4);
	expect_end(cursor);
	assert_int_equal(stats_of(spool).lost, stats_of(spool).failed);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static bool is_unsynced;

/* Heads are synced, records are not. */
static int refuse_sync_of_records(const struct disk_event *event)
{
	if (event->call == DISK_WRITE)
		is_unsynced = event->offset >= SEGMENT_HEAD_LEN;
	return event->call == DISK_SYNC && is_unsynced ? -EIO : 0;
}

static void a_disk_that_does_not_sync_is_told_of_once(void **state)
{
	char lines[4096] = "";
	int ends[2], stderr_before = dup(STDERR_FILENO);
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	struct spool *spool = open_with(*state, (struct spool_options){.sync_records = 1});
	dup2(ends[1], STDERR_FILENO);
	log_open("spool_fault", LOG_NOTICE);
	for (uint64_t times = 0; times < 2; times++) {
		disk_before = refuse_sync_of_records;
		append_all(spool, 20 * times + 1, 20 * times + 10);
		disk_before = NULL;
		append_all(spool, 20 * times + 11, 20 * times + 20);
	}
	log_open("spool_fault", LOG_QUIET);
	dup2(stderr_before, STDERR_FILENO);
	assert_true(read(ends[0], lines, sizeof lines - 1) > 0);
	const char *at = lines;
	for (unsigned n = 0; n < 4; n++) {
		const char *end = strchr(at, '\n');
		assert_non_null(end);
		const char *said = strstr(at, n % 2 == 0 ? "cannot sync" : "synced again");
		assert_true(said != NULL && said < end);
		at = end + 1;
	}
	assert_string_equal(at, "");
	close(ends[0]);
	close(ends[1]);
	close(stderr_before);
	spool_close(spool);
}

/* Nothing came after them to show the jump of numbers; the first record after a restart does. */
static void what_was_lost_at_the_end_is_told_after_a_restart(void **state)
{
	disk_before = refuse;
	struct spool *spool = open_plain(*state);
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 1, 5);
	expect_records(cursor, 1, 5);
	spool_cursor_ack(cursor, 5, (struct sink_id){5, 0});
	plan.fault = &faults[1];
	plan.calls = 0;
	plan.from = 1;
	plan.n = UINT32_MAX;
	for (uint64_t i = 6; i <= 8; i++)
		assert_int_equal(append(spool, i), -ENOSPC);
	plan.fault = NULL;
	for (int times = 0; times < 2; times++) {
		spool_cursor_close(cursor);
		spool_close(spool);
		spool = open_plain(*state);
		cursor = open_cursor(spool);
		expect_end(cursor);
		assert_int_equal(spool_last_id(spool).ms, 8);
	}
	append_all(spool, 9, 9);
	expect_gap(cursor, 6, 8);
	expect_records(cursor, 9, 9);
	expect_end(cursor);
	spool_cursor_close(cursor);
	spool_close(spool);
	disk_before = NULL;
}

/* Opening fails, with a reason, or does without; the next time all is there. */
static void a_spool_that_cannot_be_opened_is_opened_later(void **state)
{
	struct ground *ground = *state;
	bool is_borne = true;
	disk_before = refuse;
	for (unsigned from = 1; is_borne; from++) {
		char why[SINK_WHY_CAP] = "";
		struct spool *spool = open_with(ground, (struct spool_options){.segment_len = 1000});
		append_all(spool, 1, 20);
		spool_close(spool);
		plan.fault = &faults[0];
		plan.calls = 0;
		plan.from = from;
		plan.n = 1;
		int rc = spool_open(&spool, &(struct spool_options){.dir = ground->dir, .sensor = "s1"}, why);
		is_borne = plan.calls >= from;
		plan.fault = NULL;
		if (rc == 0)
			spool_close(spool);
		else
			assert_true(rc == -EIO && why[0] != '\0');
		spool = open_plain(ground);
		struct spool_cursor *cursor = open_cursor(spool);
		expect_records(cursor, 1, 20);
		expect_end(cursor);
		spool_cursor_close(cursor);
		spool_close(spool);
		clear(ground->dir);
	}
	disk_before = NULL;
}

int main(void)
{
	log_open("spool_fault", LOG_QUIET);
	const struct CMUnitTest tests[] = {
		IN_MEMORY(whatever_fails_costs_what_was_said),
		IN_MEMORY(a_segment_whose_first_record_failed_is_there_once),
		IN_MEMORY(a_disk_that_does_not_sync_is_told_of_once),
		IN_MEMORY(what_was_lost_at_the_end_is_told_after_a_restart),
		IN_MEMORY(a_spool_that_cannot_be_opened_is_opened_later),
	};
	return cmocka_run_group_tests_name("spool_fault", tests, NULL, NULL);
}
