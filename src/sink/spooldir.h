/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_SPOOLDIR_H
#define SINK_SPOOLDIR_H

#include "sink/shelf.h"

#include <sys/types.h>

/* A spool's folder: DIR/lock, and for each sensor DIR/SENSOR/NNN.seg and DIR/SENSOR/NAME.ack. */
struct spooldir {
	int lock_fd; /* holds the lock on DIR */
	int dir_fd;  /* DIR/SENSOR */
};

/*
 * Makes what is missing of `dir` (parents too) and its folder for `sensor`, mode 0700, and locks `dir`. A symbolic link, a folder that is not ours or that
 * others may write to is refused. 0, or -errno with the reason in `why`.
 */
int spooldir_open(struct spooldir *spooldir, const char *dir, const char *sensor, char why[static SINK_WHY_CAP]);
void spooldir_close(struct spooldir *spooldir);

/* The numbers of the segments in folder `dir_fd`, in order, in `*seqs`, which the caller frees. Returns how many, or -errno. */
ssize_t spooldir_segments(int dir_fd, uint64_t **seqs);

/* What recovery found out. */
struct spooldir_past {
	uint64_t last_seq; /* the newest record's number */
	uint64_t rotten;   /* numbers after it whose records cannot be read */
	struct sink_id last_id;
	uint64_t damaged;
};

/*
 * Puts all segments on `shelf` and finds the last number and id: from heads, acknowledgements and the newest segment. Other segments are read by the cursors only. 0, or -errno with
 * the reason in `why`.
 */
int spooldir_recover(
	const struct spooldir *spooldir, const char *sensor, struct shelf *shelf, struct spooldir_past *past, char why[static SINK_WHY_CAP]);

/* Makes the segment that `head` describes: beside, synced, then renamed. Returns its descriptor, or -errno. */
int spooldir_create(const struct spooldir *spooldir, uint64_t first_seq, struct sink_id base, const char *sensor);

#endif
