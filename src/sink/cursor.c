/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cursor: one sink's way through the segments.
 *
 * Invariant: `next_seq` is the number that the caller has to see next, as a record or within a gap. A record with a lower number is stepped over, one with a
 * higher number is held back until the gap before it is reported. So what the caller got, and was told is missing, is every number exactly once.
 */
#include "sink/spool.h"

#include "sink/shelf.h"
#include "sink/window.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct spool_cursor {
	struct shelf *shelf;
	struct shelf_reader *reader;
	struct ackfile ack;
	struct window window;
	uint64_t open_seq;        /* the name of the segment in `window` */
	uint64_t next_seq;        /* 0 while seeking: whatever comes first */
	uint64_t told_to;         /* what is missing or damaged up to this number has been counted */
	uint64_t told_end;        /* and so has the damaged end of this segment and those before it */
	uint64_t lost, damaged;   /* so counted */
	bool has_held;            /* `held` comes next */
	struct segment_item held; /* its text is in the window */
};

static struct shelf_reader *free_reader(struct shelf *shelf)
{
	for (size_t i = 0; i < SPOOL_CURSORS_MAX; i++) {
		if (!shelf->readers[i].is_open)
			return &shelf->readers[i];
	}
	return NULL;
}

/* A sink that was never here begins at the oldest segment; where there is none, at the next record. Under the shelf's lock. */
static uint64_t first_seq(const struct shelf *shelf)
{
	return shelf->n > 0 ? shelf->segments[0].first_seq : shelf->last_seq + 1;
}

/* Puts the cursor among the readers. */
static int enter(struct spool_cursor *cursor, int event_fd)
{
	struct shelf *shelf = cursor->shelf;
	pthread_mutex_lock(&shelf->unlinking);
	pthread_mutex_lock(&shelf->lock);
	cursor->reader = free_reader(shelf);
	if (cursor->ack.generation == 0)
		cursor->ack.seq = first_seq(shelf) - 1;
	if (cursor->reader != NULL)
		*cursor->reader = (struct shelf_reader){.is_open = true, .event_fd = event_fd, .ack_fd = cursor->ack.fd, .acked = cursor->ack.seq};
	pthread_mutex_unlock(&shelf->lock);
	pthread_mutex_unlock(&shelf->unlinking);
	return cursor->reader != NULL ? 0 : -EMFILE;
}

int spool_cursor_open(struct spool_cursor **cursor, struct spool *spool, const char *name)
{
	char ack_name[SINK_SENSOR_MAX + 8];
	if (!sink_sensor_is_good(name))
		return -EINVAL;
	snprintf(ack_name, sizeof ack_name, "%s.ack", name);
	struct spool_cursor *made = calloc(1, sizeof *made);
	if (made == NULL)
		return -ENOMEM;
	made->shelf = spool_shelf(spool);
	made->window.fd = -1;
	int rc = ackfile_open(&made->ack, made->shelf->dir_fd, ack_name);
	int event_fd = rc == 0 ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) : -1;
	if (rc == 0 && event_fd < 0)
		rc = -errno;
	if (rc == 0)
		rc = enter(made, event_fd);
	if (rc != 0) {
		if (event_fd >= 0)
			close(event_fd);
		ackfile_close(&made->ack);
		free(made);
		return rc;
	}
	/* Where it began is written down, so that what is missing from there on is missing for it. Failing that, it is found out anew the next time. */
	if (made->ack.generation == 0)
		spool_cursor_ack(made, made->ack.seq, made->ack.id);
	made->told_to = made->ack.seq;
	spool_cursor_rewind(made);
	/* The oldest record, for its time. What cannot be read now is told when it is asked for. */
	struct spool_item oldest;
	rc = spool_cursor_next(made, &oldest);
	if (rc == -ENOMEM) {
		spool_cursor_close(made);
		return rc;
	}
	spool_cursor_rewind(made);
	*cursor = made;
	return 0;
}

void spool_cursor_close(struct spool_cursor *cursor)
{
	if (cursor == NULL)
		return;
	struct shelf *shelf = cursor->shelf;
	pthread_mutex_lock(&shelf->unlinking);
	pthread_mutex_lock(&shelf->lock);
	int event_fd = cursor->reader->event_fd;
	cursor->reader->is_open = false;
	pthread_mutex_unlock(&shelf->lock);
	pthread_mutex_unlock(&shelf->unlinking);
	close(event_fd);
	window_close(&cursor->window);
	ackfile_close(&cursor->ack);
	free(cursor);
}

void spool_cursor_rewind(struct spool_cursor *cursor)
{
	window_close(&cursor->window);
	cursor->has_held = false;
	cursor->next_seq = cursor->ack.seq + 1;
}

static int enter_segment(struct spool_cursor *cursor, const struct shelf_segment *segment)
{
	char name[SHELF_NAME_CAP];
	struct segment_head head;
	enum c2_rc head_rc;
	shelf_name(segment->first_seq, name);
	int rc = window_open(&cursor->window, cursor->shelf->dir_fd, name, &head, &head_rc);
	if (rc == 0)
		cursor->open_seq = segment->first_seq;
	return rc;
}

/* Opens `segment`, or when it vanished the one after it: what was in it will show as a gap. 1 open, 0 there is none, -errno. */
static int enter_from(struct spool_cursor *cursor, struct shelf_segment segment)
{
	for (;;) {
		int rc = enter_segment(cursor, &segment);
		if (rc != -ENOENT)
			return rc == 0 ? 1 : rc;
		struct shelf_segment next;
		bool has_next;
		if (shelf_look(cursor->shelf, segment.first_seq, &segment, &has_next, &next)) {
			if (!has_next)
				return -ENOENT;
			segment = next;
		} else if (!shelf_find(cursor->shelf, cursor->next_seq, &segment)) {
			return 0;
		}
	}
}

/* Damage in front of record `before_seq`, or with 0 at the end of the segment, that was not seen on an earlier way through. */
static void count_damage(struct spool_cursor *cursor, uint64_t before_seq)
{
	if (before_seq > 0 ? before_seq <= cursor->told_to : cursor->open_seq <= cursor->told_end)
		return;
	if (before_seq == 0)
		cursor->told_end = cursor->open_seq;
	pthread_mutex_lock(&cursor->shelf->lock);
	if (++cursor->damaged > cursor->shelf->damaged)
		cursor->shelf->damaged = cursor->damaged;
	pthread_mutex_unlock(&cursor->shelf->lock);
}

/* The next record in any segment, whatever its number. 1, 0 or -errno. */
static int next_item(struct spool_cursor *cursor, struct segment_item *item)
{
	struct shelf *shelf = cursor->shelf;
	for (;;) {
		struct shelf_segment segment, next;
		bool has_next = false;
		int rc;
		if (cursor->window.fd < 0 || !shelf_look(shelf, cursor->open_seq, &segment, &has_next, &next)) {
			/* At the start, or this segment was dropped from under us. */
			rc = shelf_find(shelf, cursor->next_seq, &segment) ? enter_from(cursor, segment) : 0;
			if (rc <= 0)
				return rc;
			continue;
		}
		rc = window_next(&cursor->window, segment.len, item);
		if (rc >= 0 && item->is_damaged)
			count_damage(cursor, rc > 0 ? item->seq : 0);
		if (rc != 0 || !has_next)
			return rc;
		rc = enter_from(cursor, next);
		if (rc <= 0)
			return rc;
	}
}

/* Tells of the numbers from next_seq up to the held record's. */
static void report_gap(struct spool_cursor *cursor, struct spool_item *item)
{
	struct spool_gap gap = {.from = cursor->next_seq, .to = cursor->held.seq - 1, .id = sink_id_before(cursor->held.record.id), .where = "spool"};
	*item = (struct spool_item){.is_gap = true, .seq = gap.to, .gap = gap};
	cursor->next_seq = cursor->held.seq;
	if (gap.to <= cursor->told_to)
		return;
	uint64_t known = cursor->told_to >= gap.from ? cursor->told_to : gap.from - 1;
	pthread_mutex_lock(&cursor->shelf->lock);
	cursor->lost += gap.to - known;
	if (cursor->lost > cursor->shelf->lost)
		cursor->shelf->lost = cursor->lost;
	pthread_mutex_unlock(&cursor->shelf->lock);
	cursor->told_to = gap.to;
}

/* The oldest record that waits is at hand: since when, says its time. */
static void note_since(struct spool_cursor *cursor, uint64_t made_ms)
{
	pthread_mutex_lock(&cursor->shelf->lock);
	cursor->reader->since_ms = made_ms;
	pthread_mutex_unlock(&cursor->shelf->lock);
}

int spool_cursor_next(struct spool_cursor *cursor, struct spool_item *item)
{
	while (!cursor->has_held) {
		int rc = next_item(cursor, &cursor->held);
		if (rc <= 0)
			return rc;
		cursor->has_held = cursor->held.seq >= cursor->next_seq;
	}
	if (cursor->next_seq <= cursor->ack.seq + 1)
		note_since(cursor, cursor->held.record.id.ms);
	if (cursor->held.seq > cursor->next_seq) {
		report_gap(cursor, item);
		return 1;
	}
	*item = (struct spool_item){.seq = cursor->held.seq, .record = cursor->held.record};
	cursor->has_held = false;
	cursor->next_seq = cursor->held.seq + 1;
	if (cursor->told_to < cursor->held.seq)
		cursor->told_to = cursor->held.seq;
	return 1;
}

int spool_cursor_ack(struct spool_cursor *cursor, uint64_t seq, struct sink_id id)
{
	int rc = ackfile_write(&cursor->ack, seq, id);
	cursor->ack.seq = seq;
	cursor->ack.id = id;
	if (rc != 0)
		return rc; /* what is not written down does not let a segment go */
	pthread_mutex_lock(&cursor->shelf->lock);
	cursor->reader->acked = seq;
	pthread_mutex_unlock(&cursor->shelf->lock);
	return 0;
}

int spool_cursor_seek(struct spool_cursor *cursor, struct sink_id after)
{
	struct shelf_segment segment;
	if (!shelf_find_id(cursor->shelf, after, &segment))
		return 0;
	window_close(&cursor->window);
	cursor->next_seq = 0;
	int rc = enter_from(cursor, segment);
	while (rc > 0 && (rc = next_item(cursor, &cursor->held)) > 0 && sink_id_compare(cursor->held.record.id, after) <= 0)
		;
	if (rc <= 0 || cursor->held.seq > cursor->ack.seq) {
		/* What was acknowledged above `after`, if anything, is not kept any more. */
		if (rc >= 0 && sink_id_compare(after, cursor->ack.id) < 0)
			rc = spool_cursor_ack(cursor, cursor->ack.seq, after);
		spool_cursor_rewind(cursor);
		return rc < 0 ? rc : 0;
	}
	cursor->has_held = true;
	cursor->next_seq = cursor->held.seq;
	return spool_cursor_ack(cursor, cursor->held.seq - 1, after);
}

uint64_t spool_cursor_acked(const struct spool_cursor *cursor, struct sink_id *id)
{
	*id = cursor->ack.id;
	return cursor->ack.seq;
}

void spool_cursor_tidy(struct spool_cursor *cursor, uint64_t now_ns)
{
	while (shelf_drop_acked(cursor->shelf, cursor->shelf->keep_len, cursor->shelf->keep_ns, now_ns))
		;
}

int spool_cursor_fd(const struct spool_cursor *cursor)
{
	return cursor->reader->event_fd;
}

bool spool_cursor_arm(struct spool_cursor *cursor)
{
	struct shelf *shelf = cursor->shelf;
	eventfd_t told;
	eventfd_read(cursor->reader->event_fd, &told);
	pthread_mutex_lock(&shelf->lock);
	/* By octets, not by numbers: a number may have nothing to read behind it. */
	const struct shelf_segment *newest = shelf->n > 0 ? &shelf->segments[shelf->n - 1] : NULL;
	bool has_more = cursor->has_held;
	if (newest != NULL && (cursor->window.fd < 0 || newest->first_seq != cursor->open_seq))
		has_more = true;
	else if (newest != NULL)
		has_more |= !cursor->window.is_cut && cursor->window.offset + cursor->window.pos < newest->len;
	cursor->reader->is_waiting = !has_more;
	pthread_mutex_unlock(&shelf->lock);
	return has_more;
}
