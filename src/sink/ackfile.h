/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_ACKFILE_H
#define SINK_ACKFILE_H

#include "sink/sink.h"

/* What a sink's server has acknowledged, kept over the end of the process. One slot of 64 octets is written at a time, the older of two. */
struct ackfile {
	int fd;
	uint64_t generation; /* of the newest slot; it lives in slot generation % 2 */
	uint64_t seq;        /* everything up to this number is acknowledged; 0 for nothing */
	struct sink_id id;   /* the id of that number */
};

/* Opens or makes `name` in folder `dir_fd` and reads the newer slot that is whole; none: zeroes. 0 or -errno. */
int ackfile_open(struct ackfile *ack, int dir_fd, const char *name);

/* The same without making it, writing to it or keeping it open: `ack->fd` is -1. 0; -ENOENT there is none; -errno. */
int ackfile_look(struct ackfile *ack, int dir_fd, const char *name);

/* Writes `seq` and `id` to the older slot. 0 or -errno, and then the old slot holds. */
int ackfile_write(struct ackfile *ack, uint64_t seq, struct sink_id id);

void ackfile_close(struct ackfile *ack);

#endif
