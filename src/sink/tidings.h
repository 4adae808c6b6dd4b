/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_TIDINGS_H
#define SINK_TIDINGS_H

#include "sink/dest.h"
#include "sink/outbox.h"

/* More in one outage than these, and the oldest may be told again. */
#define TIDINGS_TROUBLES_MAX 8

/* What the log is told of a server: each change of its state in one line, never a record. */
struct tidings {
	/* The owner's, and outlive it. */
	const char *name;             /* of the server */
	const char *sensor, *spool;   /* its name, and the folder where records wait */
	const char *dead;             /* the file in it for those that no server took */
	const struct dest_peer *home; /* the server that the user named */

	/* What has been told. */
	unsigned troubles_n; /* of troubles since it was well, a different one each time */
	char troubles[TIDINGS_TROUBLES_MAX][OUTBOX_WHY_CAP];
	struct dest_peer peer; /* where it was well */
	char beat_error[OUTBOX_WHY_CAP];
	struct outbox_stats stats;
	uint64_t dead_ns;
};

/*
 * `trouble`: outbox_trouble(), with `peer`, and told once an outage, however many servers take turns with it. Without one: is the connection to `peer` of use,
 * `is_ready`? `peer` without a host: none.
 */
void tidings_state(struct tidings *tidings, const char *trouble, bool is_ready, const struct dest_peer *peer);

/* Why there is no heartbeat; empty when there is. */
void tidings_beat(struct tidings *tidings, const char *error);

/* What has happened to records; `unkept` dead letters found their file full. */
void tidings_events(struct tidings *tidings, const struct outbox_stats *stats, uint64_t unkept, uint64_t now_ns);

#endif
