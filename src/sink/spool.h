/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_SPOOL_H
#define SINK_SPOOL_H

#include "sink/sink.h"

/*
 * The spool: where records wait, on disk, until a server has them, and a while longer. One thread appends; each sink reads through a cursor of its own.
 * The essay on its invariants is at the top of spool.c.
 */
struct spool;
struct spool_cursor;

/* Zero means the default. */
struct spool_options {
	const char *dir;       /* made, 0700, when missing, parents too */
	const char *sensor;    /* sink_sensor_is_good(); records of another sensor live in another folder below `dir` */
	uint64_t segment_len;  /* octets of one file; 8 MiB */
	uint64_t cap_len;      /* octets of all files: beyond it the oldest go, sent or not; 1 GiB */
	uint64_t keep_len;     /* octets of acknowledged files that are kept for a server that comes back with less; 256 MiB */
	uint64_t keep_ns;      /* how long they are kept; 24 h */
	uint64_t sync_ns;      /* fdatasync(2) comes at most this long after a record; 200 ms */
	uint32_t sync_records; /* or at most this many records after it; 64 */
};

struct spool_stats {
	uint64_t last_seq; /* the newest record's number; numbers begin at 1 */
	uint64_t waiting;  /* records that some cursor has not acknowledged */
	uint64_t since_ms; /* when the oldest of these was made, ms since 1970; 0 when none waits */
	uint64_t octets;   /* on disk */
	uint64_t segments; /* files */
	uint64_t failed;   /* records that could not be written (full disk); each leaves a gap */
	uint64_t damaged;  /* places in files that were no records, torn or rotten: as many as the cursor that met most of them did */
	uint64_t dropped;  /* files dropped unsent because of cap_len */
	uint64_t lost;     /* records missing: the gaps of the cursor that missed most, each counted once however often it is read */
};

/* Records that are lost: numbers `from` to `to`, and the id at which their absence is to be told. */
struct spool_gap {
	uint64_t from, to;
	struct sink_id id; /* above everything before the gap, below everything after it; the same each time */
	const char *where; /* a word: where they got lost */
};

/* What a cursor finds. */
struct spool_item {
	bool is_gap;
	uint64_t seq;              /* acknowledge with it: the record's number, or a gap's `to` */
	struct sink_record record; /* when not a gap; its text is the cursor's, until the next call on the cursor */
	struct spool_gap gap;      /* when a gap */
};

/*
 * Opens the spool of `options->sensor` in `options->dir` and recovers it. 0, or -errno with the reason in `why`: -EWOULDBLOCK another process has it,
 * -ELOOP a symbolic link, -EPERM somebody else's or open to others' writing, -EINVAL a bad sensor name or a file of another sensor or version.
 */
int spool_open(struct spool **spool, const struct spool_options *options, char why[static SINK_WHY_CAP]);

/* Writes what is not yet on disk there, and gives the lock back. Its cursors are closed before. */
void spool_close(struct spool *spool);

/*
 * Appends `record`, whose id is above spool_last_id(). `now_ns` is the wall clock, ns since 1970. After 0 the record survives the end of this process;
 * a power cut may take the last `sync_ns` or `sync_records`. -ERANGE: the id is not above the last; -EMSGSIZE: over SINK_JSON_MAX or SINK_FIELD_MAX;
 * else -errno: the record is lost, counted, and will be a gap. The next append tries afresh.
 */
int spool_append(struct spool *spool, const struct sink_record *record, uint64_t now_ns);

/* fdatasync(2) if it is due at `now_ns`; the appending thread calls it when it is idle. 0 or -errno. */
int spool_sync(struct spool *spool, uint64_t now_ns);

/* The newest id that this spool ever held, {0,0} for none. The appending thread's. */
struct sink_id spool_last_id(const struct spool *spool);

/* The folder that holds this sensor's files. */
const char *spool_path(const struct spool *spool);

/* Figures; any thread. */
void spool_stats(struct spool *spool, struct spool_stats *stats);

/*
 * A cursor for the sink `name` (a file name: its acknowledgements are kept in NAME.ack), at what it has not acknowledged; a new name begins at the oldest
 * record there is. At most SPOOL_CURSORS_MAX. 0 or -errno. Its calls are one thread's, which need not be the appending one.
 */
#define SPOOL_CURSORS_MAX 8
int spool_cursor_open(struct spool_cursor **cursor, struct spool *spool, const char *name);
void spool_cursor_close(struct spool_cursor *cursor);

/* The next record or gap. 1 found, 0 none yet, -errno. */
int spool_cursor_next(struct spool_cursor *cursor, struct spool_item *item);

/* Goes back to the first record that is not acknowledged. */
void spool_cursor_rewind(struct spool_cursor *cursor);

/* Goes to the first record with an id above `after` that is still kept, and takes back the acknowledgement of it and what follows. 0 or -errno. */
int spool_cursor_seek(struct spool_cursor *cursor, struct sink_id after);

/* Everything up to number `seq`, whose id is `id`, is stored at the sink's server. 0 or -errno: then it will be sent again some day. */
int spool_cursor_ack(struct spool_cursor *cursor, uint64_t seq, struct sink_id id);

/* The newest acknowledged number and id; zeroes for none. */
uint64_t spool_cursor_acked(const struct spool_cursor *cursor, struct sink_id *id);

/* Unlinks what every cursor has acknowledged and is kept long enough at `now_ns` (wall clock). */
void spool_cursor_tidy(struct spool_cursor *cursor, uint64_t now_ns);

/* A descriptor that becomes readable when a record is appended after spool_cursor_arm() said false. */
int spool_cursor_fd(const struct spool_cursor *cursor);

/* Is there something to read? If not, the next append makes the descriptor readable. Empties the descriptor. */
bool spool_cursor_arm(struct spool_cursor *cursor);

#endif
