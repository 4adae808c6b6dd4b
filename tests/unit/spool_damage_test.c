/* SPDX-License-Identifier: Apache-2.0 */
/* The spool after what disks and kills do to files. */
#include "spool_ground.h"

#include <signal.h>

/* Whatever happens to the octets: each record that is whole comes out, nothing else does, and what is missing is told to the record. */

static size_t check_recovery(const struct ground *ground, uint64_t n, uint64_t *missing)
{
	struct spool *spool = open_plain(ground);
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, n + 1, n + 1); /* makes a loss at the end show */
	struct spool_item item;
	size_t found = 0;
	uint64_t last_ms = 0;
	*missing = 0;
	while (spool_cursor_next(cursor, &item) == 1) {
		if (item.is_gap) {
			*missing += item.gap.to - item.gap.from + 1;
			continue;
		}
		char json[64];
		int len = snprintf(json, sizeof json, "{\"i\":%" PRIu64 "}", item.record.id.ms);
		assert_int_equal(item.record.json_len, len);
		assert_memory_equal(item.record.json, json, (size_t)len);
		assert_true(item.record.id.ms > last_ms);
		last_ms = item.record.id.ms;
		found++;
	}
	assert_int_equal(last_ms, n + 1);
	spool_cursor_close(cursor);
	spool_close(spool);
	return found - 1;
}

static uint8_t *record_segment(const struct ground *ground, uint64_t n, size_t *len)
{
	char path[192];
	struct spool *spool = open_plain(ground);
	append_all(spool, 1, n);
	spool_close(spool);
	segment_path(ground, 1, path);
	uint8_t *octets = read_file(path, len);
	unlink(path);
	return octets;
}

static void every_prefix_of_a_segment_recovers(void **state)
{
	const struct ground *ground = *state;
	char path[192], sensor_dir[160];
	size_t len;
	uint64_t missing;
	uint8_t *octets = record_segment(ground, 5, &len);
	size_t record_len = (len - SEGMENT_HEAD_LEN) / 5;
	snprintf(sensor_dir, sizeof sensor_dir, "%s/s1", ground->dir);
	segment_path(ground, 1, path);
	for (size_t cut = 0; cut <= len; cut++) {
		clear(sensor_dir);
		mkdir(sensor_dir, 0700);
		write_file(path, octets, cut);
		size_t whole = cut < SEGMENT_HEAD_LEN ? 0 : (cut - SEGMENT_HEAD_LEN) / record_len;
		assert_int_equal(check_recovery(ground, 5, &missing), whole);
		assert_int_equal(missing, 0); /* a record that was never written whole was never taken */
	}
	free(octets);
}

static void every_flipped_bit_costs_its_record_alone(void **state)
{
	const struct ground *ground = *state;
	char path[192], sensor_dir[160];
	size_t len;
	uint64_t missing;
	uint8_t *octets = record_segment(ground, 3, &len);
	size_t record_len = (len - SEGMENT_HEAD_LEN) / 3;
	snprintf(sensor_dir, sizeof sensor_dir, "%s/s1", ground->dir);
	segment_path(ground, 1, path);
	for (size_t bit = 0; bit < 8 * len; bit++) {
		clear(sensor_dir);
		mkdir(sensor_dir, 0700);
		octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
		write_file(path, octets, len);
		octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
		size_t at = bit / 8, last = len - record_len;
		size_t found = check_recovery(ground, 3, &missing);
		assert_int_equal(found, at < SEGMENT_HEAD_LEN ? 3 : 2);
		/* The magic number and the length of the last record are all that tells of it. */
		bool is_silent = at < SEGMENT_HEAD_LEN || (at >= last && at < last + 8);
		/* The first record of all, unseen by a sink that has never been here, is no gap to it either. */
		bool is_first = at >= SEGMENT_HEAD_LEN && at < SEGMENT_HEAD_LEN + record_len;
		if (!is_silent && !is_first)
			assert_int_equal(missing, 1);
	}
	free(octets);
}

/* In a full segment of 64 KiB, read through while it stays where it is: 524,288 bits. A slow build, or one in a hurry, takes a sample of them. */
static unsigned bit_stride;

#define SEGMENT_LEN 65536

/* Returns the number that is missing, 0 for none; whatever else comes is as it was appended. */
static uint64_t read_through(struct spool_cursor *cursor, uint64_t last)
{
	struct spool_item item;
	uint64_t missing = 0, next = 1;
	spool_cursor_rewind(cursor);
	while (spool_cursor_next(cursor, &item) == 1) {
		if (item.is_gap) {
			assert_true(missing == 0 && item.gap.from == next && item.gap.to == next);
			missing = next;
		} else {
			assert_true(item.seq == next && item.record.id.ms == next);
		}
		next = item.seq + 1;
	}
	assert_int_equal(next, last + 1);
	return missing;
}

static void every_flipped_bit_of_64_kib_costs_its_record_alone(void **state)
{
	const struct ground *ground = *state;
	struct spool *spool = open_with(ground, (struct spool_options){.segment_len = SEGMENT_LEN, .cap_len = 1 << 20});
	struct spool_cursor *cursor = open_cursor(spool);
	uint64_t owners[SEGMENT_LEN] = {0}, last = 0; /* whose record an octet belongs to */
	char path[192];
	size_t end = SEGMENT_HEAD_LEN, len;
	while (stats_of(spool).segments < 2) {
		uint64_t before = stats_of(spool).octets;
		append_all(spool, last + 1, last + 1);
		last++;
		for (uint64_t grown = stats_of(spool).octets - before - (last == 1 ? SEGMENT_HEAD_LEN : 0); grown > 0 && end < SEGMENT_LEN; grown--)
			owners[end++] = last;
	}
	segment_path(ground, 1, path);
	uint8_t *octets = read_file(path, &len);
	int fd = open(path, O_WRONLY);
	assert_true(fd >= 0 && len > SEGMENT_LEN - 300);
	for (size_t bit = 0; bit < 8 * len; bit += bit_stride) {
		uint8_t flipped = octets[bit / 8] ^ (uint8_t)(1 << bit % 8);
		assert_int_equal(pwrite(fd, &flipped, 1, (off_t)(bit / 8)), 1);
		uint64_t missing = read_through(cursor, last);
		if (missing != owners[bit / 8])
			fail_msg("bit %zu: %" PRIu64 " is missing, not %" PRIu64, bit, missing, owners[bit / 8]);
		assert_int_equal(pwrite(fd, &octets[bit / 8], 1, (off_t)(bit / 8)), 1);
	}
	print_message("# %zu bits of %zu octets, %" PRIu64 " records\n", 8 * len / bit_stride, len, last - 1);
	close(fd);
	free(octets);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void damage_in_the_middle_is_a_gap_and_counted(void **state)
{
	char path[192];
	size_t len;
	struct spool *spool = open_plain(*state);
	append_all(spool, 1, 9);
	spool_close(spool);
	segment_path(*state, 1, path);
	uint8_t *octets = read_file(path, &len);
	size_t record_len = (len - SEGMENT_HEAD_LEN) / 9;
	memset(octets + SEGMENT_HEAD_LEN + 3 * record_len, 0, 2 * record_len); /* 4 and 5 */
	write_file(path, octets, len);
	free(octets);
	spool = open_plain(*state);
	struct spool_cursor *cursor = open_cursor(spool);
	for (int times = 0; times < 2; times++) {
		expect_records(cursor, 1, 3);
		expect_gap(cursor, 4, 5);
		expect_records(cursor, 6, 9);
		spool_cursor_rewind(cursor);
	}
	assert_int_equal(stats_of(spool).damaged, 1);
	assert_int_equal(stats_of(spool).lost, 2);
	spool_cursor_close(cursor);
	spool_close(spool);
}

/* Whoever meets it, and however often. */
static void what_is_lost_and_damaged_counts_once(void **state)
{
	char path[192];
	size_t len;
	struct spool *spool = open_plain(*state);
	struct spool_cursor *cursors[3];
	append_all(spool, 1, 9);
	spool_close(spool);
	segment_path(*state, 1, path);
	uint8_t *octets = read_file(path, &len);
	size_t record_len = (len - SEGMENT_HEAD_LEN) / 9;
	memset(octets + SEGMENT_HEAD_LEN + 3 * record_len, 0, 2 * record_len); /* 4 and 5 */
	write_file(path, octets, len);
	free(octets);
	spool = open_plain(*state);
	for (unsigned i = 0; i < 3; i++) {
		const char *names[] = {"a", "b", "c"};
		assert_int_equal(spool_cursor_open(&cursors[i], spool, names[i]), 0);
		for (int times = 0; times < 2; times++) {
			expect_records(cursors[i], times == 0 ? 1 : 2, 3);
			expect_gap(cursors[i], 4, 5);
			expect_records(cursors[i], 6, 9);
			spool_cursor_ack(cursors[i], 9, (struct sink_id){9, 0});
			assert_int_equal(spool_cursor_seek(cursors[i], (struct sink_id){1, 0}), 0);
		}
		assert_int_equal(stats_of(spool).lost, 2);
		assert_int_equal(stats_of(spool).damaged, 1);
	}
	for (unsigned i = 0; i < 3; i++)
		spool_cursor_close(cursors[i]);
	spool_close(spool);
}

static void a_gaps_id_lies_between_its_neighbours(void **state)
{
	struct spool *spool = open_with(*state, (struct spool_options){.segment_len = 300});
	append_all(spool, 1, 20);
	spool_close(spool);
	char path[192];
	segment_path(*state, 3, path);
	assert_int_equal(unlink(path), 0);
	spool = open_plain(*state);
	struct spool_cursor *cursor = open_cursor(spool);
	struct spool_item item;
	struct sink_id before = {0, 0};
	bool has_gap = false;
	while (spool_cursor_next(cursor, &item) == 1) {
		struct sink_id id = item.is_gap ? item.gap.id : item.record.id;
		assert_true(sink_id_compare(before, id) < 0);
		before = id;
		has_gap |= item.is_gap;
	}
	assert_true(has_gap);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static void a_segment_that_vanished_is_a_gap(void **state)
{
	char path[192];
	struct spool *spool = open_with(*state, (struct spool_options){.segment_len = 300});
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 1, 6);
	segment_path(*state, 2, path);
	assert_int_equal(unlink(path), 0);
	expect_records(cursor, 1, 1);
	expect_gap(cursor, 2, 2);
	expect_records(cursor, 3, 6);
	expect_end(cursor);
	spool_cursor_close(cursor);
	spool_close(spool);
}

/* A process that is killed at any moment has lost none of the records whose append had returned. */
static void a_kill_loses_no_appended_record(void **state)
{
	struct ground *ground = *state;
	srandom(1);
	for (int times = 0; times < 40; times++) {
		int ends[2];
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0) {
			struct spool *spool = open_with(ground, (struct spool_options){.segment_len = 20000});
			for (uint64_t i = 1;; i++) {
				if (append(spool, i) != 0 || write(ends[1], &i, sizeof i) != sizeof i)
					_exit(1);
			}
		}
		close(ends[1]);
		uint64_t told = 0, i;
		/* Waits until it runs, then for a random while. */
		assert_int_equal(read(ends[0], &told, sizeof told), sizeof told);
		usleep((useconds_t)(random() % 4000));
		kill(child, SIGKILL);
		while (read(ends[0], &i, sizeof i) == sizeof i)
			told = i;
		close(ends[0]);
		waitpid(child, NULL, 0);
		struct spool *spool = open_plain(ground);
		struct spool_cursor *cursor = open_cursor(spool);
		expect_records(cursor, 1, told);
		assert_true(spool_last_id(spool).ms >= told);
		spool_cursor_close(cursor);
		spool_close(spool);
		clear(ground->dir);
	}
}

/* usage: spool_damage_test [STRIDE]: every so many bits of 64 KiB. */
int main(int argc, char **argv)
{
	bit_stride = argc > 1 ? (unsigned)atoi(argv[1]) : one_in(64);
	log_open("spool_damage", LOG_QUIET);
	const struct CMUnitTest tests[] = {
		CASE(every_prefix_of_a_segment_recovers),
		CASE(every_flipped_bit_costs_its_record_alone),
		IN_MEMORY(every_flipped_bit_of_64_kib_costs_its_record_alone),
		CASE(damage_in_the_middle_is_a_gap_and_counted),
		CASE(what_is_lost_and_damaged_counts_once),
		CASE(a_gaps_id_lies_between_its_neighbours),
		CASE(a_segment_that_vanished_is_a_gap),
		CASE(a_kill_loses_no_appended_record),
	};
	return cmocka_run_group_tests_name("spool_damage", tests, NULL, NULL);
}
