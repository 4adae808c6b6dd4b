/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_FILE_H
#define SINK_FILE_H

#include "sink/sink.h"

/* Records as NDJSON, appended to a file or written to standard output. One thread. */
struct file_sink;

/*
 * Opens `path` for appending (made with mode 0640), or standard output for `-`. Symbolic links are followed: the path is the user's word, and logs
 * often live behind one. A FIFO without a reader is an error, not a wait. 0, or -errno with the reason in `why`.
 */
int file_sink_open(struct file_sink **sink, const char *path, char why[static SINK_WHY_CAP]);

/*
 * Writes `json_len` octets and a newline, whole or not at all as far as a reader can see: what a full disk cuts off is kept and comes before the next
 * line. 0; -EPIPE when nobody reads standard output any more; else -errno, and the line is lost and counted. Trouble and its end are logged once each.
 */
int file_sink_write(struct file_sink *sink, const char *json, size_t json_len);

/* Opens the path anew (a rotated log). Standard output stays. 0 or -errno, and then the old file stays in use. */
int file_sink_reopen(struct file_sink *sink);

/* Lines that were lost. */
uint64_t file_sink_lost(const struct file_sink *sink);

void file_sink_close(struct file_sink *sink);

#endif
