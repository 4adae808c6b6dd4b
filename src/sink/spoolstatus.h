/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_SPOOLSTATUS_H
#define SINK_SPOOLSTATUS_H

#include "sink/sink.h"

#include <stdio.h>

/*
 * Writes what the spool in folder `dir` holds to `to`, a line for each sensor and sink:
 *
 *   sensor=NAME sink=NAME waiting=N since=TIME acked=ID lost=N damaged=N dead=N octets=N files=N
 *
 * `since` is when the oldest record that waits was made (RFC 3339, UTC), `acked` the newest id that the sink's server has; `-` for none, and as the sink
 * of a sensor that has none yet. `lost`: numbers missing among the records that are kept, and before them what was dropped before this sink had it.
 * `damaged`: places that are no records; a record that is just being written is none. `dead`: lines of the dead-letter file.
 *
 * Whoever uses the spool is not disturbed: no lock, nothing written, no link followed. Reads all of it once. 0, or with the reason in `why` -ENOTDIR, -ENOENT,
 * -ELOOP: `dir` is no spool; else -errno.
 */
int spoolstatus_write(const char *dir, FILE *to, char why[static SINK_WHY_CAP]);

#endif
