/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Invariant: `segments` is in order of first_seq, and all but the last never grow any more. The appending thread adds and grows; any thread that holds
 * `unlinking` takes the first one away; a reader looks things up and copies them. A reader's acknowledgement is on the disk before what it covers is
 * unlinked: else a power cut would make stored records look lost.
 */
#include "sink/shelf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

void shelf_name(uint64_t first_seq, char name[static SHELF_NAME_CAP])
{
	snprintf(name, SHELF_NAME_CAP, "%020" PRIu64 ".seg", first_seq);
}

int shelf_open(struct shelf *shelf, int dir_fd)
{
	*shelf = (struct shelf){.dir_fd = dir_fd};
	int rc = pthread_mutex_init(&shelf->unlinking, NULL);
	if (rc == 0)
		rc = pthread_mutex_init(&shelf->lock, NULL);
	return -rc;
}

void shelf_close(struct shelf *shelf)
{
	pthread_mutex_destroy(&shelf->lock);
	pthread_mutex_destroy(&shelf->unlinking);
	free(shelf->segments);
}

uint64_t shelf_octets(struct shelf *shelf)
{
	pthread_mutex_lock(&shelf->lock);
	uint64_t octets = shelf->octets;
	pthread_mutex_unlock(&shelf->lock);
	return octets;
}

int shelf_add(struct shelf *shelf, const struct shelf_segment *segment)
{
	int rc = 0;
	pthread_mutex_lock(&shelf->lock);
	if (shelf->n == shelf->cap) {
		size_t cap = shelf->cap == 0 ? 64 : 2 * shelf->cap;
		struct shelf_segment *grown = reallocarray(shelf->segments, cap, sizeof *grown);
		if (grown == NULL) {
			rc = -ENOMEM;
		} else {
			shelf->segments = grown;
			shelf->cap = cap;
		}
	}
	if (rc == 0) {
		shelf->segments[shelf->n++] = *segment;
		shelf->octets += segment->len;
	}
	pthread_mutex_unlock(&shelf->lock);
	return rc;
}

void shelf_grow(struct shelf *shelf, uint64_t len, uint64_t seq, uint64_t made_ms, uint64_t now_ns)
{
	pthread_mutex_lock(&shelf->lock);
	struct shelf_segment *last = &shelf->segments[shelf->n - 1];
	last->len += len;
	last->at_ns = now_ns;
	shelf->octets += len;
	for (size_t i = 0; i < SPOOL_CURSORS_MAX; i++) {
		struct shelf_reader *reader = &shelf->readers[i];
		if (reader->acked >= shelf->last_seq)
			reader->since_ms = made_ms;
		if (reader->is_open && reader->is_waiting) {
			reader->is_waiting = false;
			eventfd_write(reader->event_fd, 1);
		}
	}
	shelf->last_seq = seq;
	pthread_mutex_unlock(&shelf->lock);
}

bool shelf_find(struct shelf *shelf, uint64_t seq, struct shelf_segment *segment)
{
	pthread_mutex_lock(&shelf->lock);
	bool has_any = shelf->n > 0;
	for (size_t i = shelf->n; i-- > 0;) {
		*segment = shelf->segments[i];
		if (segment->first_seq <= seq)
			break;
	}
	pthread_mutex_unlock(&shelf->lock);
	return has_any;
}

bool shelf_find_id(struct shelf *shelf, struct sink_id id, struct shelf_segment *segment)
{
	pthread_mutex_lock(&shelf->lock);
	bool has_any = shelf->n > 0;
	for (size_t i = shelf->n; i-- > 0;) {
		*segment = shelf->segments[i];
		if (sink_id_compare(segment->base, id) <= 0)
			break;
	}
	pthread_mutex_unlock(&shelf->lock);
	return has_any;
}

bool shelf_look(struct shelf *shelf, uint64_t first_seq, struct shelf_segment *segment, bool *has_next, struct shelf_segment *next)
{
	bool is_there = false;
	pthread_mutex_lock(&shelf->lock);
	for (size_t i = shelf->n; i-- > 0;) {
		if (shelf->segments[i].first_seq != first_seq)
			continue;
		is_there = true;
		*segment = shelf->segments[i];
		*has_next = i + 1 < shelf->n;
		if (*has_next)
			*next = shelf->segments[i + 1];
		break;
	}
	pthread_mutex_unlock(&shelf->lock);
	return is_there;
}

/* What every reader has acknowledged; nothing when nobody reads. Under `lock`. */
static uint64_t acked_by_all(const struct shelf *shelf)
{
	uint64_t acked = UINT64_MAX;
	bool has_any = false;
	for (size_t i = 0; i < SPOOL_CURSORS_MAX; i++) {
		if (!shelf->readers[i].is_open)
			continue;
		has_any = true;
		if (shelf->readers[i].acked < acked)
			acked = shelf->readers[i].acked;
	}
	return has_any ? acked : 0;
}

/* Brings every reader's acknowledgement to the disk. Under `unlinking`, which keeps the descriptors open. */
static int sync_acks(struct shelf *shelf)
{
	for (size_t i = 0; i < SPOOL_CURSORS_MAX; i++) {
		if (shelf->readers[i].is_open && fdatasync(shelf->readers[i].ack_fd) < 0)
			return -errno;
	}
	return 0;
}

/* Takes the oldest segment off the list and unlinks it. Under `unlinking`. */
static void unlink_oldest(struct shelf *shelf, bool is_unsent)
{
	char name[SHELF_NAME_CAP];
	pthread_mutex_lock(&shelf->lock);
	shelf_name(shelf->segments[0].first_seq, name);
	shelf->octets -= shelf->segments[0].len;
	shelf->dropped += is_unsent;
	memmove(shelf->segments, shelf->segments + 1, --shelf->n * sizeof *shelf->segments);
	pthread_mutex_unlock(&shelf->lock);
	unlinkat(shelf->dir_fd, name, 0); /* one that somebody else unlinked is gone as well */
}

bool shelf_drop_acked(struct shelf *shelf, uint64_t keep_len, uint64_t keep_ns, uint64_t now_ns)
{
	pthread_mutex_lock(&shelf->unlinking);
	pthread_mutex_lock(&shelf->lock);
	uint64_t acked = acked_by_all(shelf);
	uint64_t kept = 0;
	for (size_t i = 0; i + 1 < shelf->n && shelf->segments[i + 1].first_seq - 1 <= acked; i++)
		kept += shelf->segments[i].len;
	bool is_old = kept > 0 && now_ns > shelf->segments[0].at_ns && now_ns - shelf->segments[0].at_ns > keep_ns;
	pthread_mutex_unlock(&shelf->lock);
	bool is_due = kept > keep_len || is_old;
	if (is_due && sync_acks(shelf) != 0)
		is_due = false;
	if (is_due)
		unlink_oldest(shelf, false);
	pthread_mutex_unlock(&shelf->unlinking);
	return is_due;
}

bool shelf_drop_only(struct shelf *shelf)
{
	pthread_mutex_lock(&shelf->unlinking);
	pthread_mutex_lock(&shelf->lock);
	bool is_due = shelf->n == 1 && acked_by_all(shelf) >= shelf->last_seq;
	pthread_mutex_unlock(&shelf->lock);
	if (is_due && sync_acks(shelf) != 0)
		is_due = false;
	if (is_due)
		unlink_oldest(shelf, false);
	pthread_mutex_unlock(&shelf->unlinking);
	return is_due;
}

bool shelf_drop_oldest(struct shelf *shelf)
{
	pthread_mutex_lock(&shelf->unlinking);
	pthread_mutex_lock(&shelf->lock);
	bool has_spare = shelf->n > 1;
	bool is_unsent = has_spare && shelf->segments[1].first_seq - 1 > acked_by_all(shelf);
	pthread_mutex_unlock(&shelf->lock);
	if (has_spare) {
		sync_acks(shelf); /* a disk that refuses this must not keep the spool from staying below its cap */
		unlink_oldest(shelf, is_unsent);
	}
	pthread_mutex_unlock(&shelf->unlinking);
	return has_spare;
}
