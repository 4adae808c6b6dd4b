/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_DEADLETTER_H
#define SINK_DEADLETTER_H

#include "sink/sink.h"

#include <sys/types.h>

/* A file of records that a server would not take: NAME.dead in the spool's folder, one line of JSON each. It is opened for each anew, so it may be moved away. */
struct deadletter {
	int dir_fd; /* the folder; the caller's */
	char name[SINK_SENSOR_MAX + 8];
	off_t before, after; /* the file's length before and after the latest line; the same: there is none to take back */
};

/* A file longer than this is not written to any more. */
#define DEADLETTER_LEN_MAX 67108864

void deadletter_open(struct deadletter *dead, int dir_fd, const char *name);

/* Appends one line of `len` octets. 0: it is on disk. -EOVERFLOW: the file is full; else -errno, and the file is as it was. */
int deadletter_append(struct deadletter *dead, const char *json, size_t len);

/* Takes the line that was appended last away again, if it is still the last one. 0 or -errno. */
int deadletter_take_back(struct deadletter *dead);

#endif
