/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_WINDOW_H
#define SINK_WINDOW_H

#include "sink/segment.h"

/* A window that slides over a segment's file and yields its records. Zero-initialised with fd -1 it is closed. */
struct window {
	int fd;
	uint64_t offset; /* of octets[0] in the file */
	size_t pos, len; /* next octet to read, and octets at hand */
	bool is_cut;     /* the file is shorter than it was said to be */
	uint8_t *octets;
};

/* Room for the largest record twice, so that one read brings many small ones. */
#define WINDOW_CAP (2 * SEGMENT_RECORD_MAX)

/* Opens the segment `name` in folder `dir_fd` and reads its head: `*rc` is C2_OK, or C2_BAD when it is damaged. 0 or -errno. */
int window_open(struct window *window, int dir_fd, const char *name, struct segment_head *head, enum c2_rc *rc);
void window_close(struct window *window);

/* The next record before offset `end`, which lies on a record's border or at the end of the file. 1 found, 0 none, -errno. */
int window_next(struct window *window, uint64_t end, struct segment_item *item);

#endif
