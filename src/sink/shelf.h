/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_SHELF_H
#define SINK_SHELF_H

#include "sink/ackfile.h"
#include "sink/spool.h"

#include <pthread.h>

/* The segments that there are and who reads them: what the appending thread and the cursors share. */

#define SHELF_NAME_CAP 32

struct shelf_segment {
	uint64_t first_seq;  /* its name */
	struct sink_id base; /* at or below every id in it, at or above every id before it */
	uint64_t len;        /* octets that are whole records, from the beginning */
	uint64_t at_ns;      /* when it last grew, wall clock */
};

struct shelf_reader {
	bool is_open;
	bool is_waiting; /* wants event_fd written when something is appended */
	int event_fd;
	int ack_fd;
	uint64_t acked;
	uint64_t since_ms; /* when the oldest record that is not acknowledged was made; 0 when there is none, or it was not looked at yet */
};

struct shelf {
	int dir_fd;
	uint64_t keep_len, keep_ns; /* as in struct spool_options; set once */
	pthread_mutex_t unlinking;  /* held while a segment is unlinked or a reader comes or goes; taken before `lock` */
	pthread_mutex_t lock;       /* guards all below; never held over a wait for the disk */
	struct shelf_segment *segments;
	size_t n, cap;
	uint64_t octets;
	uint64_t last_seq;
	uint64_t failed, damaged, dropped, lost; /* as in struct spool_stats */
	struct shelf_reader readers[SPOOL_CURSORS_MAX];
};

/* How a segment is called. */
void shelf_name(uint64_t first_seq, char name[static SHELF_NAME_CAP]);

/* An empty shelf over the folder `dir_fd`, which stays the caller's. 0 or -errno. */
int shelf_open(struct shelf *shelf, int dir_fd);
void shelf_close(struct shelf *shelf);

/* The shelf of a spool. */
struct shelf *spool_shelf(struct spool *spool);

/* Octets of all segments. */
uint64_t shelf_octets(struct shelf *shelf);

/* Adds a segment, newer than all before it. 0 or -ENOMEM. */
int shelf_add(struct shelf *shelf, const struct shelf_segment *segment);

/* The newest segment has grown by a record of `len` octets, numbered `seq`, made at `made_ms`: readers may have it, and those that wait are told. */
void shelf_grow(struct shelf *shelf, uint64_t len, uint64_t seq, uint64_t made_ms, uint64_t now_ns);

/* The segment in which `seq` is or would be; the oldest when it is before all. False when there is none. */
bool shelf_find(struct shelf *shelf, uint64_t seq, struct shelf_segment *segment);

/* The newest segment whose base is at or below `id`; the oldest when there is none such. False when there is no segment. */
bool shelf_find_id(struct shelf *shelf, struct sink_id id, struct shelf_segment *segment);

/* The present state of segment `first_seq`, and of the one after it if `*has_next`. False when it is gone. */
bool shelf_look(struct shelf *shelf, uint64_t first_seq, struct shelf_segment *segment, bool *has_next, struct shelf_segment *next);

/*
 * Unlinks the oldest segment, but never the newest, if every reader has acknowledged it and such segments are more than `keep_len` octets or it is older
 * than `keep_ns`. True when it did: ask again.
 */
bool shelf_drop_acked(struct shelf *shelf, uint64_t keep_len, uint64_t keep_ns, uint64_t now_ns);

/* Unlinks the only segment there is, if every reader has acknowledged all of it: for a disk that has no room for more. */
bool shelf_drop_only(struct shelf *shelf);

/* Unlinks the oldest segment, but never the newest, sent or not. */
bool shelf_drop_oldest(struct shelf *shelf);

#endif
