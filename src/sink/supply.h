/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_SUPPLY_H
#define SINK_SUPPLY_H

#include "sink/deadletter.h"
#include "sink/outbox.h"
#include "sink/spool.h"

/* Writes the JSON line that tells of a gap, as in struct sender_options. */
struct supply_gap {
	size_t (*json)(void *arg, const struct spool_gap *gap, struct sink_record *record, char *json, size_t cap);
	void *arg;
};

/* Where a sender's records come from: a spool's cursor, whose gaps become records here, and the file of those that no server took. One thread's. */
struct supply {
	struct spool *spool;
	struct spool_cursor *cursor;
	struct supply_gap gap;
	struct deadletter dead;
	uint64_t unkept;    /* dead letters that found their file full */
	bool is_unkept;     /* the latest did */
	uint64_t now_ns;    /* set before the outbox is called */
	uint64_t reread_ns; /* after the spool could not be read: when next; else 0 */
	char gap_text[SINK_JSON_MAX];
};

/* Opens the cursor `name`. 0 or -errno. */
int supply_open(struct supply *supply, struct spool *spool, const char *name, const struct supply_gap *gap);
void supply_close(struct supply *supply);

/* One whose server has never had anything begins with the next record. Before the spool is appended to. */
void supply_begin_now(struct supply *supply);

/* The same as the outbox wants it. */
struct outbox_source supply_source(struct supply *supply);

#endif
