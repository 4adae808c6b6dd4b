/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the spool stand on: a folder of their own, and records that say which ones they are. */
#ifndef TESTS_SPOOL_GROUND_H
#define TESTS_SPOOL_GROUND_H

#include "base/log.h"
#include "sink/crc32c.h"
#include "sink/segment.h"
#include "sink/shelf.h"
#include "sink/spool.h"

#include "slow.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)
#define NOW_NS (UINT64_C(1790000000) * SECOND)
#define CASE(name) cmocka_unit_test_setup_teardown(name, lay, clean)
#define IN_MEMORY(name) cmocka_unit_test_setup_teardown(name, lay_in_memory, clean)

/* Of a long row of cases one in so many is taken where builds are slow or time is short; each one elsewhere. */
static inline unsigned one_in(unsigned many)
{
	const char *fast = getenv("C2WATCH_FAST");
	return BENCH_IS_SLOW || (fast != NULL && *fast != '\0') ? many : 1;
}

struct ground {
	char top[64]; /* a folder of the test's own */
	char dir[96]; /* where the spool is, not yet made */
};

static inline int lay(void **state)
{
	struct ground *ground = calloc(1, sizeof *ground);
	strcpy(ground->top, "/tmp/c2w-spool-XXXXXX");
	if (mkdtemp(ground->top) == NULL)
		return -1;
	snprintf(ground->dir, sizeof ground->dir, "%s/spool", ground->top);
	*state = ground;
	return 0;
}

/* The same where a disk's waiting is not: many spools are made there, none is kept. */
static inline int lay_in_memory(void **state)
{
	struct ground *ground = calloc(1, sizeof *ground);
	strcpy(ground->top, "/dev/shm/c2w-spool-XXXXXX");
	if (mkdtemp(ground->top) == NULL) {
		strcpy(ground->top, "/tmp/c2w-spool-XXXXXX");
		if (mkdtemp(ground->top) == NULL)
			return -1;
	}
	snprintf(ground->dir, sizeof ground->dir, "%s/spool", ground->top);
	*state = ground;
	return 0;
}

static inline int clear_one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
	(void)st, (void)kind, (void)place;
	return remove(path);
}

static inline void clear(const char *path)
{
	assert_int_equal(nftw(path, clear_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static inline int clean(void **state)
{
	struct ground *ground = *state;
	clear(ground->top);
	free(ground);
	return 0;
}

static inline struct spool *open_with(const struct ground *ground, struct spool_options options)
{
	char why[SINK_WHY_CAP] = "";
	struct spool *spool = NULL;
	options.dir = ground->dir;
	options.sensor = "s1";
	if (spool_open(&spool, &options, why) != 0)
		fail_msg("%s", why);
	return spool;
}

static inline struct spool *open_plain(const struct ground *ground)
{
	return open_with(ground, (struct spool_options){0});
}

static inline struct spool_cursor *open_cursor(struct spool *spool)
{
	struct spool_cursor *cursor;
	assert_int_equal(spool_cursor_open(&cursor, spool, "redis"), 0);
	return cursor;
}

/* Record i has the id i-0 and says so in its JSON. */
static inline int append(struct spool *spool, uint64_t i)
{
	char json[64];
	int len = snprintf(json, sizeof json, "{\"i\":%" PRIu64 "}", i);
	struct sink_record record = {.id = {i, 0},
		.ts = "2026-11-20T00:00:00Z",
		.host = "host-a",
		.indicator = "bad.example",
		.action = "c2-dns-query",
		.outcome = "",
		.json = json,
		.json_len = (size_t)len};
	return spool_append(spool, &record, NOW_NS);
}

static inline void append_all(struct spool *spool, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i <= to; i++)
		assert_int_equal(append(spool, i), 0);
}

static inline void expect_record(struct spool_cursor *cursor, uint64_t seq, uint64_t i)
{
	struct spool_item item;
	char json[64];
	assert_int_equal(spool_cursor_next(cursor, &item), 1);
	assert_false(item.is_gap);
	assert_int_equal(item.seq, seq);
	assert_int_equal(item.record.id.ms, i);
	int len = snprintf(json, sizeof json, "{\"i\":%" PRIu64 "}", i);
	assert_int_equal(item.record.json_len, len);
	assert_memory_equal(item.record.json, json, (size_t)len);
	assert_string_equal(item.record.indicator, "bad.example");
	assert_string_equal(item.record.outcome, "");
}

static inline void expect_records(struct spool_cursor *cursor, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i <= to; i++)
		expect_record(cursor, i, i);
}

static inline void expect_gap(struct spool_cursor *cursor, uint64_t from, uint64_t to)
{
	struct spool_item item;
	assert_int_equal(spool_cursor_next(cursor, &item), 1);
	assert_true(item.is_gap);
	assert_int_equal(item.gap.from, from);
	assert_int_equal(item.gap.to, to);
	assert_int_equal(item.seq, to);
}

static inline void expect_end(struct spool_cursor *cursor)
{
	struct spool_item item;
	assert_int_equal(spool_cursor_next(cursor, &item), 0);
}

static inline struct spool_stats stats_of(struct spool *spool)
{
	struct spool_stats stats;
	spool_stats(spool, &stats);
	return stats;
}

static inline void segment_path(const struct ground *ground, uint64_t first_seq, char path[static 192])
{
	char name[SHELF_NAME_CAP];
	shelf_name(first_seq, name);
	snprintf(path, 192, "%s/s1/%s", ground->dir, name);
}

static inline uint8_t *read_file(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	struct stat st;
	assert_int_equal(fstat(fd, &st), 0);
	*len = (size_t)st.st_size;
	uint8_t *octets = malloc(*len + 1);
	assert_int_equal(read(fd, octets, *len), *len);
	close(fd);
	return octets;
}

static inline void write_file(const char *path, const uint8_t *octets, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, octets, len), len);
	close(fd);
}

#endif
