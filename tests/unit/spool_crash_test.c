/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a power cut may leave. The spool works for thousands of calls to its disk, and each is written down. Then, for the moment before every one of them, the
 * folders are made that a disk may hold at that moment, and the spool is opened there:
 *
 *   killed   all calls were made, the next one, a write, in part (512 octets at a time): the end of the process, no power cut;
 *   lost     nothing is there of what was not synced: octets, and entries of the folder;
 *   others   the folder's changes up to any one of them, in order; of the octets that were not synced each block of 512 is there, or zeros are.
 *
 * Each time: it opens; nothing comes out that was not put in, nothing twice, all in order; what was synced, or should have been, and was not acknowledged comes out; and it goes on.
 */
#include "disk.h"
#include "spool_ground.h"

#include <time.h>

#define OPS 2400
#define BLOCK 512
#define SYNC_RECORDS 8
#define RECORDS_MAX 4000
#define FILES_MAX 2000
#define FILE_CAP 8192 /* of a segment, or an acknowledgement's file */
#define ENTRIES_MAX 64
#define SENSOR_DIR (-2)

enum op_kind { OP_CREATE, OP_WRITE, OP_LENGTH, OP_SYNC, OP_SYNC_DIR, OP_RENAME, OP_UNLINK };

struct op {
	enum op_kind kind;
	size_t file; /* for RENAME and UNLINK what `name` was */
	uint64_t offset;
	size_t len;
	uint8_t *octets;
	char name[SHELF_NAME_CAP], to[SHELF_NAME_CAP];
	uint64_t taken, acked; /* records appended, and acknowledged, when it was made */
};

/* What the trace says of record i. */
struct fact {
	size_t written, synced, dropped; /* by which operation; SIZE_MAX: by none */
	size_t file;
};

static struct {
	struct op ops[OPS + 256];
	size_t n, files;
	int fd_files[1024]; /* a descriptor's file, SENSOR_DIR, or -1 */
	uint64_t taken, acked;
	bool is_dropping;
	struct fact facts[RECORDS_MAX];
} trace;

/* Names of files. */
struct folder {
	size_t n;
	struct {
		char name[SHELF_NAME_CAP];
		size_t file;
	} entries[ENTRIES_MAX];
};

static size_t folder_find(const struct folder *folder, const char *name)
{
	size_t i = 0;
	while (i < folder->n && strcmp(folder->entries[i].name, name) != 0)
		i++;
	return i;
}

static void folder_remove(struct folder *folder, const char *name)
{
	size_t i = folder_find(folder, name);
	assert_true(i < folder->n);
	folder->entries[i] = folder->entries[--folder->n];
}

static void folder_add(struct folder *folder, const char *name, size_t file)
{
	size_t i = folder_find(folder, name);
	if (i == folder->n)
		assert_true(folder->n++ < ENTRIES_MAX);
	strcpy(folder->entries[i].name, name);
	folder->entries[i].file = file;
}

static void folder_apply(struct folder *folder, const struct op *op)
{
	if (op->kind == OP_CREATE)
		folder_add(folder, op->name, op->file);
	if (op->kind == OP_UNLINK || op->kind == OP_RENAME)
		folder_remove(folder, op->name);
	if (op->kind == OP_RENAME)
		folder_add(folder, op->to, op->file);
}

/* The trace is taken */

static struct folder names; /* at the present moment */

static struct op *write_down(enum op_kind kind, size_t file)
{
	assert_true(trace.n < sizeof trace.ops / sizeof *trace.ops);
	struct op *op = &trace.ops[trace.n++];
	*op = (struct op){.kind = kind, .file = file, .taken = trace.taken, .acked = trace.acked};
	return op;
}

static void see_open(const struct disk_event *event, int fd)
{
	assert_true(fd < 1024);
	size_t i = folder_find(&names, event->name);
	trace.fd_files[fd] = (event->flags & O_DIRECTORY) != 0 ? SENSOR_DIR : -1;
	if ((event->flags & O_DIRECTORY) != 0 || strcmp(event->name, "lock") == 0)
		return;
	if (i < names.n) {
		trace.fd_files[fd] = (int)names.entries[i].file;
		return;
	}
	struct op *op = write_down(OP_CREATE, trace.files++);
	snprintf(op->name, sizeof op->name, "%s", event->name);
	folder_apply(&names, op);
	trace.fd_files[fd] = (int)op->file;
}

/* A write to a segment behind its head is the next record. */
static void see_write(const struct disk_event *event, size_t file)
{
	struct op *op = write_down(OP_WRITE, file);
	op->offset = event->offset;
	op->len = event->len;
	op->octets = malloc(op->len);
	memcpy(op->octets, event->octets, op->len);
	bool is_ack = op->len == 64;
	if (!is_ack && event->offset >= SEGMENT_HEAD_LEN)
		trace.facts[trace.taken + 1] = (struct fact){.written = trace.n - 1, .synced = SIZE_MAX, .dropped = SIZE_MAX, .file = file};
}

static void see_sync(int file)
{
	write_down(file == SENSOR_DIR ? OP_SYNC_DIR : OP_SYNC, file == SENSOR_DIR ? 0 : (size_t)file);
	for (uint64_t i = 1; i <= trace.taken + 1 && file >= 0; i++) {
		struct fact *fact = &trace.facts[i];
		if (fact->file == (size_t)file && fact->synced == SIZE_MAX && fact->written < trace.n)
			fact->synced = trace.n - 1;
	}
}

static void see_unlink(const struct disk_event *event)
{
	size_t at = folder_find(&names, event->name);
	struct op *op = write_down(OP_UNLINK, names.entries[at].file);
	snprintf(op->name, sizeof op->name, "%s", event->name);
	folder_apply(&names, op);
	for (uint64_t i = trace.acked + 1; i <= trace.taken && trace.is_dropping; i++)
		if (trace.facts[i].file == op->file)
			trace.facts[i].dropped = trace.n - 1;
}

static void see(const struct disk_event *event, ssize_t result)
{
	if (result < 0 || event->call == DISK_READ)
		return;
	int file = event->call == DISK_OPEN ? -1 : trace.fd_files[event->fd];
	struct op *op;
	switch (event->call) {
	case DISK_OPEN:
		see_open(event, (int)result);
		break;
	case DISK_WRITE:
		assert_int_equal(result, event->len);
		see_write(event, (size_t)file);
		break;
	case DISK_TRUNCATE:
	case DISK_ALLOCATE:
		write_down(OP_LENGTH, (size_t)file)->len = event->len;
		break;
	case DISK_SYNC:
		see_sync(file);
		break;
	case DISK_RENAME:
		op = write_down(OP_RENAME, names.entries[folder_find(&names, event->name)].file);
		snprintf(op->name, sizeof op->name, "%s", event->name);
		snprintf(op->to, sizeof op->to, "%s", event->to);
		folder_apply(&names, op);
		break;
	case DISK_UNLINK:
		see_unlink(event);
		break;
	case DISK_READ:
		break;
	}
}

/* Record i is told from all others by its length and its octets. */
static size_t put_json(uint64_t i, char json[static 1600])
{
	size_t len = 40 + (size_t)(i * 2654435761u % 1500);
	memset(json, 'a' + (int)(i % 26), len);
	int n = snprintf(json, 32, "{\"i\":%" PRIu64 "}", i);
	json[n] = '-';
	return len;
}

static int append_long(struct spool *spool, uint64_t i, uint64_t now_ns)
{
	char json[1600];
	struct sink_record record = {.id = {i, 0}, .ts = "", .host = "h", .indicator = "bad.example", .action = "", .outcome = "", .json = json};
	record.json_len = put_json(i, json);
	return spool_append(spool, &record, now_ns);
}

/* Works for `ops` operations: appends, reads, acknowledges, tidies, ends and comes back. */
static void take_trace(const struct ground *ground, struct spool_options options, size_t ops)
{
	for (size_t i = 0; i < trace.n; i++)
		free(trace.ops[i].octets);
	memset(&trace, 0, sizeof trace);
	names.n = 0;
	trace.is_dropping = options.cap_len != 0;
	disk_after = see;
	struct spool *spool = open_with(ground, options);
	struct spool_cursor *cursor = open_cursor(spool);
	struct spool_item item;
	char dir[160];
	uint64_t now_ns = NOW_NS, seq = 0;
	struct sink_id id = {0, 0};
	while (trace.n < ops) {
		long dice = random() % 100;
		now_ns += SECOND / 50;
		if (dice < 60) {
			assert_int_equal(append_long(spool, trace.taken + 1, now_ns), 0);
			trace.taken++;
			assert_true(trace.facts[trace.taken].written > 0);
		} else if (dice < 80) {
			for (long n = random() % 8; n > 0 && spool_cursor_next(cursor, &item) == 1; n--) {
				seq = item.seq;
				id = item.is_gap ? item.gap.id : item.record.id;
			}
		} else if (dice < 90 && seq > trace.acked) {
			trace.acked = seq;
			assert_int_equal(spool_cursor_ack(cursor, seq, id), 0);
		} else if (dice < 94) {
			spool_cursor_tidy(cursor, now_ns);
		} else if (dice < 98) {
			spool_sync(spool, now_ns);
		} else {
			spool_cursor_close(cursor);
			spool_close(spool);
			spool = open_with(ground, options);
			cursor = open_cursor(spool);
		}
	}
	disk_after = NULL;
	spool_cursor_close(cursor);
	spool_close(spool);
	snprintf(dir, sizeof dir, "%s/s1", ground->dir);
	clear(dir);
}

/* The states that it may leave */

struct content {
	size_t len;
	uint8_t octets[FILE_CAP];
};

static struct {
	struct content now[FILES_MAX], safe[FILES_MAX]; /* as written, and as synced */
	struct folder folder_safe;
	const struct op *changes[ENTRIES_MAX * 4]; /* of the folder since it was synced */
	size_t change_count;
} disk;

static void content_write(struct content *content, uint64_t offset, const uint8_t *octets, size_t len)
{
	assert_true(offset + len <= FILE_CAP);
	if (content->len < offset)
		memset(content->octets + content->len, 0, offset - content->len);
	memcpy(content->octets + offset, octets, len);
	if (content->len < offset + len)
		content->len = offset + len;
}

static void disk_apply(const struct op *op)
{
	struct content *now = &disk.now[op->file];
	switch (op->kind) {
	case OP_WRITE:
		content_write(now, op->offset, op->octets, op->len);
		break;
	case OP_LENGTH:
		if (now->len < op->len)
			memset(now->octets + now->len, 0, op->len - now->len);
		now->len = op->len;
		break;
	case OP_SYNC:
		disk.safe[op->file] = *now;
		break;
	case OP_SYNC_DIR:
		for (size_t i = 0; i < disk.change_count; i++)
			folder_apply(&disk.folder_safe, disk.changes[i]);
		disk.change_count = 0;
		break;
	case OP_CREATE:
	case OP_RENAME:
	case OP_UNLINK:
		assert_true(disk.change_count < sizeof disk.changes / sizeof *disk.changes);
		disk.changes[disk.change_count++] = op;
		break;
	}
}

enum left { LEFT_ALL, LEFT_SAFE, LEFT_ZEROS, LEFT_BLOCKS };

static void content_left(size_t file, enum left left, struct content *content)
{
	const struct content *now = &disk.now[file], *safe = &disk.safe[file];
	*content = left == LEFT_ALL ? *now : *safe;
	if (left == LEFT_ALL || left == LEFT_SAFE)
		return;
	if (content->len < now->len)
		memset(content->octets + content->len, 0, now->len - content->len);
	content->len = now->len;
	for (size_t at = 0; at < now->len && left == LEFT_BLOCKS; at += BLOCK)
		if (random() % 2 == 0)
			memcpy(content->octets + at, now->octets + at, now->len - at < BLOCK ? now->len - at : BLOCK);
}

/* Makes the folder: the first `changes` of those that are not synced have happened; of write `torn` so many octets. */
static void lay_state(const char *dir, size_t changes, enum left left, const struct op *torn, size_t torn_len)
{
	struct folder folder = disk.folder_safe;
	struct content content;
	char path[192];
	for (size_t i = 0; i < changes; i++)
		folder_apply(&folder, disk.changes[i]);
	mkdir(dir, 0700);
	for (size_t i = 0; i < folder.n; i++) {
		content_left(folder.entries[i].file, left, &content);
		if (torn != NULL && torn->file == folder.entries[i].file)
			content_write(&content, torn->offset, torn->octets, torn_len);
		snprintf(path, sizeof path, "%s/%s", dir, folder.entries[i].name);
		write_file(path, content.octets, content.len);
	}
}

/* Is record i to be expected in a state before operation `k`? */
static bool must_be_there(uint64_t i, size_t k, bool is_killed)
{
	const struct fact *fact = &trace.facts[i];
	if (fact->dropped < k)
		return false;
	uint64_t taken = trace.ops[k].taken;
	return is_killed ? i <= taken : fact->synced < k || i + SYNC_RECORDS <= taken;
}

static void check_item(const struct spool_item *item, uint64_t *last_seq)
{
	char json[1600];
	assert_true(item->seq > *last_seq);
	*last_seq = item->seq;
	if (item->is_gap)
		return;
	assert_int_equal(item->record.id.ms, item->seq);
	assert_int_equal(item->record.json_len, put_json(item->seq, json));
	assert_memory_equal(item->record.json, json, item->record.json_len);
}

static void check_state(const struct ground *ground, size_t k, bool is_killed)
{
	struct spool *spool = open_plain(ground);
	struct spool_cursor *cursor = open_cursor(spool);
	struct spool_item item;
	struct sink_id id;
	uint64_t acked = spool_cursor_acked(cursor, &id), last_seq = acked, next = acked + 1;
	assert_true(acked <= trace.ops[k].acked);
	while (spool_cursor_next(cursor, &item) == 1) {
		check_item(&item, &last_seq);
		for (; next < item.seq + item.is_gap; next++)
			if (must_be_there(next, k, is_killed))
				fail_msg("before operation %zu: record %" PRIu64 " is lost", k, next);
		next = item.seq + 1;
	}
	for (; next <= trace.taken; next++)
		if (must_be_there(next, k, is_killed))
			fail_msg("before operation %zu: record %" PRIu64 " is lost at the end", k, next);
	/* It goes on, with numbers and ids that were never given. */
	uint64_t fresh = spool_last_id(spool).ms + 1;
	assert_true(fresh > last_seq);
	assert_int_equal(append_long(spool, fresh, NOW_NS), 0);
	do {
		assert_int_equal(spool_cursor_next(cursor, &item), 1);
	} while (item.is_gap);
	assert_int_equal(item.record.id.ms, fresh);
	assert_true(item.seq > last_seq);
	expect_end(cursor);
	spool_cursor_close(cursor);
	spool_close(spool);
}

static size_t check_one(const struct ground *ground, size_t k, size_t changes, enum left left, const struct op *torn, size_t torn_len)
{
	char dir[160];
	snprintf(dir, sizeof dir, "%s/s1", ground->dir);
	lay_state(dir, changes, left, torn, torn_len);
	check_state(ground, k, left == LEFT_ALL);
	clear(dir);
	return 1;
}

static size_t check_moment(const struct ground *ground, size_t k)
{
	const struct op *next = &trace.ops[k];
	size_t all = disk.change_count, any = (size_t)random() % (all + 1), states = 0;
	size_t len = next->kind == OP_WRITE ? next->len : 1;
	for (size_t torn = 0; torn < len; torn += BLOCK)
		states += check_one(ground, k, all, LEFT_ALL, next->kind == OP_WRITE ? next : NULL, torn);
	states += check_one(ground, k, 0, LEFT_SAFE, NULL, 0);
	states += check_one(ground, k, all, LEFT_SAFE, NULL, 0);
	states += check_one(ground, k, all, LEFT_ZEROS, NULL, 0);
	states += check_one(ground, k, any, LEFT_BLOCKS, NULL, 0);
	return states;
}

/* A slow build looks at every `stride`-th moment. */
static size_t check_trace(const struct ground *ground, size_t stride)
{
	struct timespec begun, ended;
	size_t n = 0;
	memset(&disk, 0, sizeof disk);
	clock_gettime(CLOCK_MONOTONIC, &begun);
	for (size_t k = 0; k < trace.n; k++) {
		if (k % stride == 0)
			n += check_moment(ground, k);
		disk_apply(&trace.ops[k]);
	}
	clock_gettime(CLOCK_MONOTONIC, &ended);
	print_message("# %zu operations, %" PRIu64 " records: %zu states in %ld s\n", trace.n, trace.taken, n, (long)(ended.tv_sec - begun.tv_sec));
	return n;
}

static void no_power_cut_loses_what_was_synced(void **state)
{
	srandom(1);
	take_trace(*state, (struct spool_options){.segment_len = 4000, .keep_len = 6000, .sync_records = SYNC_RECORDS}, 2000);
	size_t n = check_trace(*state, one_in(10));
	assert_true(n * one_in(10) > 9000);
}

static void nor_where_the_cap_drops_the_oldest(void **state)
{
	srandom(2);
	take_trace(*state, (struct spool_options){.segment_len = 4000, .cap_len = 14000, .sync_records = SYNC_RECORDS}, 400);
	check_trace(*state, one_in(10));
}

int main(void)
{
	log_open("spool_crash", LOG_QUIET);
	const struct CMUnitTest tests[] = {
		IN_MEMORY(no_power_cut_loses_what_was_synced),
		IN_MEMORY(nor_where_the_cap_drops_the_oldest),
	};
	return cmocka_run_group_tests_name("spool_crash", tests, NULL, NULL);
}
