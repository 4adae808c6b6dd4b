/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The spool: what leaves the program by way of a server is on disk first, and stays there until the server has it, and a while longer.
 *
 *   DIR/lock                             held by flock(2): one process at a time
 *   DIR/SENSOR/00000000000000000001.seg  segments: a head, then records; named after the number of their first record
 *   DIR/SENSOR/NAME.ack                  how far the sink NAME has come
 *
 * Every record has a number, counting from 1 over the whole life of the spool, and a stream id; both only ever rise. From this follows all else:
 *
 * 1. Append only. Octets once written are never written again. A segment is made beside, synced and renamed, so that one that has a name has a head. After
 *    a restart appending goes on in a new segment, after the highest number and id that any file tells of: of records, of segment heads, of
 *    acknowledgements. So an id is never given twice, not even when every record was acknowledged and unlinked.
 * 2. A record that spool_append() took is in the page cache: the end of this process, however sudden, does not touch it. fdatasync(2) follows within 200 ms
 *    or 64 records, which is what a power cut can take.
 * 3. A record proves itself: magic number, length, number, CRC. A reader believes nothing else, and after damage looks for the next magic number. So what is
 *    torn or rotten costs itself alone.
 * 4. What is missing shows as a jump of numbers, and only so. A record that found no room takes its number with it; a segment that was dropped takes all of
 *    its own; a rotten record cannot show its. The reader that meets the jump reports it, once for each sink and to the record exactly: no counter
 *    has to be kept in step with the disk, and none can disagree with it.
 * 5. An acknowledgement is on disk before what it covers is unlinked: after a power cut a sink may send again what its server has (which the server refuses,
 *    the id being known), but never finds a hole where there was none.
 * 6. The files never take more than the cap. When they would, the oldest segment goes, sent or not: a sensor whose server is gone for a week keeps the newest
 *    hits. When the disk itself is full, what is acknowledged goes; then new records are lost until there is room, since room that others
 *    took is not won back by giving up what is safe.
 *
 * One thread appends. Each cursor belongs to one thread. They meet in the shelf, under a lock that nobody holds while waiting for a disk.
 */
#include "sink/spool.h"

#include "base/log.h"
#include "sink/segment.h"
#include "sink/spooldir.h"
#include "sink/why.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct spool {
	struct shelf shelf;
	struct spooldir dir;
	struct spool_options options;
	char sensor[SINK_SENSOR_MAX + 1];
	char *path;
	uint64_t next_seq;
	struct sink_id last_id;
	int fd;             /* the segment that grows, or -1: the next record begins one */
	uint64_t begun_seq; /* the name of the segment that was begun last */
	uint64_t end;
	uint32_t unsynced;
	uint64_t unsynced_ns;    /* when the first of them came */
	uint64_t lost_before;    /* records that had failed when the trouble began */
	int trouble;             /* -errno that was told, 0 when all is well */
	int sync_trouble;        /* the same of fdatasync(2) */
	bool is_dropping;        /* the cap costs records; told */
	uint64_t dropped_before; /* files that had been dropped unsent before it did */
	uint8_t octets[SEGMENT_RECORD_MAX];
};

static void set_options(struct spool_options *options, const struct spool_options *wanted)
{
	*options = *wanted;
	options->segment_len = wanted->segment_len != 0 ? wanted->segment_len : 8 << 20;
	options->cap_len = wanted->cap_len != 0 ? wanted->cap_len : 1 << 30;
	options->keep_len = wanted->keep_len != 0 ? wanted->keep_len : 256 << 20;
	options->keep_ns = wanted->keep_ns != 0 ? wanted->keep_ns : UINT64_C(86400) * 1000000000;
	options->sync_ns = wanted->sync_ns != 0 ? wanted->sync_ns : 200000000;
	options->sync_records = wanted->sync_records != 0 ? wanted->sync_records : 64;
	if (options->segment_len > options->cap_len / 2)
		options->segment_len = options->cap_len / 2; /* so that there is something to drop */
}

static int recover(struct spool *spool, char *why)
{
	struct spooldir_past past;
	int rc = spooldir_recover(&spool->dir, spool->sensor, &spool->shelf, &past, why);
	if (rc != 0)
		return rc;
	spool->next_seq = past.last_seq + past.rotten + 1;
	spool->last_id = past.last_id;
	spool->shelf.last_seq = past.last_seq;
	if (past.damaged > 0)
		log_warning("spool %s: %" PRIu64 " damaged places in the newest files, torn by a sudden end perhaps", spool->path, past.damaged);
	return 0;
}

int spool_open(struct spool **spool, const struct spool_options *options, char why[static SINK_WHY_CAP])
{
	struct spool *made = calloc(1, sizeof *made);
	if (made == NULL)
		return why_failed(why, -ENOMEM, "spool");
	int rc = spooldir_open(&made->dir, options->dir, options->sensor, why);
	if (rc != 0) {
		free(made);
		return rc;
	}
	set_options(&made->options, options);
	made->fd = -1;
	snprintf(made->sensor, sizeof made->sensor, "%s", options->sensor);
	rc = shelf_open(&made->shelf, made->dir.dir_fd);
	made->shelf.keep_len = made->options.keep_len;
	made->shelf.keep_ns = made->options.keep_ns;
	if (rc == 0 && asprintf(&made->path, "%s/%s", options->dir, options->sensor) < 0)
		rc = -ENOMEM;
	if (rc != 0)
		why_failed(why, rc, "spool");
	else
		rc = recover(made, why);
	if (rc != 0) {
		spool_close(made);
		return rc;
	}
	*spool = made;
	return 0;
}

/* Brings the growing segment to the disk; when the disk refuses, its state is unknown and the next record begins another. */
static int sync_now(struct spool *spool)
{
	if (spool->fd < 0 || spool->unsynced == 0)
		return 0;
	spool->unsynced = 0;
	int rc = fdatasync(spool->fd) == 0 ? 0 : -errno;
	if (rc != 0 && rc != spool->sync_trouble)
		log_error("spool %s: cannot sync: %s", spool->path, strerror(-rc));
	if (rc == 0 && spool->sync_trouble != 0)
		log_notice("spool %s: synced again", spool->path);
	spool->sync_trouble = rc;
	if (rc == 0)
		return 0;
	close(spool->fd);
	spool->fd = -1;
	return rc;
}

static void seal(struct spool *spool)
{
	sync_now(spool);
	if (spool->fd >= 0)
		close(spool->fd);
	spool->fd = -1;
}

/* Records that were lost at the very end have taken their numbers: a segment without records keeps them taken, so that the next process's first tells of them. */
static void mark_lost_end(struct spool *spool)
{
	if (spool->path == NULL || spool->next_seq <= spool->shelf.last_seq + 1)
		return;
	int fd = spooldir_create(&spool->dir, spool->next_seq, spool->last_id, spool->sensor);
	if (fd >= 0)
		close(fd);
}

void spool_close(struct spool *spool)
{
	if (spool == NULL)
		return;
	seal(spool);
	mark_lost_end(spool);
	shelf_close(&spool->shelf);
	spooldir_close(&spool->dir);
	free(spool->path);
	free(spool);
}

/* Logs when the cap begins to cost records, and when it no longer does. */
static void tell_dropping(struct spool *spool, uint64_t dropped_before)
{
	struct spool_stats stats;
	spool_stats(spool, &stats);
	bool is_dropping = stats.dropped > dropped_before;
	if (is_dropping == spool->is_dropping)
		return;
	spool->is_dropping = is_dropping;
	if (is_dropping) {
		spool->dropped_before = dropped_before;
		log_error("spool %s: has reached its %" PRIu64 " MB: the oldest hits are dropped unsent, and counted", spool->path,
			spool->options.cap_len >> 20);
	} else {
		log_notice("spool %s: hits are no longer dropped; files dropped: %" PRIu64, spool->path, stats.dropped - spool->dropped_before);
	}
}

/* Makes room below the cap for a whole segment, at the cost of the oldest. */
static void make_room(struct spool *spool)
{
	struct spool_stats before;
	spool_stats(spool, &before);
	while (shelf_octets(&spool->shelf) + spool->options.segment_len > spool->options.cap_len && shelf_drop_oldest(&spool->shelf))
		;
	tell_dropping(spool, before.dropped);
}

/* Begins the segment whose first record is `seq`. */
static int begin_segment(struct spool *spool, uint64_t seq, uint64_t now_ns)
{
	seal(spool);
	make_room(spool);
	int fd = spooldir_create(&spool->dir, seq, spool->last_id, spool->sensor);
	if (fd < 0)
		return fd;
	struct shelf_segment segment = {.first_seq = seq, .base = spool->last_id, .len = SEGMENT_HEAD_LEN, .at_ns = now_ns};
	int rc = shelf_add(&spool->shelf, &segment);
	if (rc != 0) {
		close(fd);
		return rc;
	}
	spool->fd = fd;
	spool->begun_seq = seq;
	spool->end = SEGMENT_HEAD_LEN;
	return 0;
}

/* Writes the octets behind the last whole record. */
static int write_record(struct spool *spool, size_t len)
{
	size_t done = 0;
	while (done < len) {
		ssize_t n = pwrite(spool->fd, spool->octets + done, len - done, (off_t)(spool->end + done));
		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			return n == 0 ? -EIO : -errno;
	}
	return 0;
}

static bool is_full(int rc)
{
	return rc == -ENOSPC || rc == -EDQUOT;
}

static int try_append(struct spool *spool, uint64_t seq, size_t len, uint64_t now_ns)
{
	if (spool->fd < 0 || spool->end + len > spool->options.segment_len) {
		int rc = begin_segment(spool, seq, now_ns);
		if (rc != 0)
			return rc;
	}
	int rc = write_record(spool, len);
	if (rc == 0)
		return 0;
	/* Nothing of it may stay behind; and where even that fails, or it was no lack of room, another file is tried. */
	if (ftruncate(spool->fd, (off_t)spool->end) < 0 || !is_full(rc))
		seal(spool);
	return rc;
}

/* Has record `seq` had a segment that was given up? Another would have the same name, and a cursor may be in the first. */
static bool is_spent(const struct spool *spool, uint64_t seq)
{
	return spool->fd < 0 && spool->begun_seq == seq;
}

/* Logs the change from good to bad and back, once each. */
static void tell(struct spool *spool, int rc)
{
	if (rc != 0 && rc != spool->trouble)
		log_error("spool %s: cannot write: %s; hits are lost until it can, and counted", spool->path, strerror(-rc));
	if (rc == 0 && spool->trouble != 0)
		log_notice("spool %s: written again; lost: %" PRIu64, spool->path, spool->shelf.failed - spool->lost_before);
	if (rc == 0)
		spool->lost_before = spool->shelf.failed;
	spool->trouble = rc;
}

int spool_append(struct spool *spool, const struct sink_record *record, uint64_t now_ns)
{
	if (sink_id_compare(record->id, spool->last_id) <= 0)
		return -ERANGE;
	size_t len = segment_record_len(record);
	if (len == 0)
		return -EMSGSIZE;
	uint64_t seq = spool->next_seq++;
	segment_put_record(record, seq, spool->octets);
	bool has_begun = spool->fd >= 0;
	int rc = try_append(spool, seq, len, now_ns);
	if (rc != 0 && !is_full(rc) && has_begun && !is_spent(spool, seq))
		rc = try_append(spool, seq, len, now_ns); /* it may be that file's trouble alone: its limit, a bad place */
	while (is_full(rc) && !is_spent(spool, seq) && shelf_drop_acked(&spool->shelf, 0, 0, now_ns))
		rc = try_append(spool, seq, len, now_ns);
	if (is_full(rc) && spool->begun_seq != seq && shelf_drop_only(&spool->shelf)) {
		if (spool->fd >= 0 && ftruncate(spool->fd, 0) == 0) /* a cursor may have it open still; its room is wanted now */
			spool->unsynced = 0;
		seal(spool);
		rc = try_append(spool, seq, len, now_ns);
	}
	spool->last_id = record->id; /* also of a record that was lost: ids only rise */
	tell(spool, rc);
	if (rc != 0) {
		pthread_mutex_lock(&spool->shelf.lock);
		spool->shelf.failed++;
		pthread_mutex_unlock(&spool->shelf.lock);
		return rc;
	}
	spool->end += len;
	shelf_grow(&spool->shelf, len, seq, record->id.ms, now_ns);
	if (spool->unsynced++ == 0)
		spool->unsynced_ns = now_ns;
	spool_sync(spool, now_ns);
	return 0;
}

int spool_sync(struct spool *spool, uint64_t now_ns)
{
	if (spool->unsynced == 0)
		return 0;
	/* A clock that was set back makes the difference huge, and that is right. */
	if (spool->unsynced < spool->options.sync_records && now_ns - spool->unsynced_ns < spool->options.sync_ns)
		return 0;
	return sync_now(spool);
}

struct shelf *spool_shelf(struct spool *spool)
{
	return &spool->shelf;
}

struct sink_id spool_last_id(const struct spool *spool)
{
	return spool->last_id;
}

const char *spool_path(const struct spool *spool)
{
	return spool->path;
}

void spool_stats(struct spool *spool, struct spool_stats *stats)
{
	struct shelf *shelf = &spool->shelf;
	pthread_mutex_lock(&shelf->lock);
	*stats = (struct spool_stats){.last_seq = shelf->last_seq,
		.octets = shelf->octets,
		.segments = shelf->n,
		.failed = shelf->failed,
		.damaged = shelf->damaged,
		.dropped = shelf->dropped,
		.lost = shelf->lost};
	for (size_t i = 0; i < SPOOL_CURSORS_MAX; i++) {
		const struct shelf_reader *reader = &shelf->readers[i];
		if (!reader->is_open || reader->acked >= shelf->last_seq)
			continue;
		if (shelf->last_seq - reader->acked > stats->waiting)
			stats->waiting = shelf->last_seq - reader->acked;
		if (stats->since_ms == 0 || reader->since_ms < stats->since_ms)
			stats->since_ms = reader->since_ms;
	}
	pthread_mutex_unlock(&shelf->lock);
}
