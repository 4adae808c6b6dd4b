/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_BATCH_H
#define SINK_BATCH_H

#include "sink/redis.h"
#include "sink/target.h"

/* The records that are under way to a server together, and what its replies made of each. */

#define BATCH_MAX 256
#define BATCH_ERROR_CAP REDIS_REDIRECT_CAP

enum batch_fate {
	BATCH_OPEN,    /* no reply yet */
	BATCH_STORED,  /* the server answered with its id */
	BATCH_REPEAT,  /* the server had it already */
	BATCH_REFUSED, /* a higher id is there and it is not: it cannot be stored any more */
	BATCH_FAILED,  /* not stored: again */
	BATCH_DOUBT,   /* a higher id is there: is it there, too? */
};

struct batch_entry {
	uint64_t seq; /* the source's number */
	struct sink_id id;
	uint32_t digest; /* of the JSON, CRC-32C: another writer's record may have the same id */
	enum batch_fate fate;
	bool is_unsure; /* an earlier transmission may have brought it */
};

struct batch {
	const struct target *target; /* set once */
	size_t n;
	size_t end_n; /* commands behind those of the entries */
	bool has_error;
	bool has_doubt;
	enum redis_verdict verdict;  /* on the first error, when there was one */
	size_t error_at;             /* the entry that it is about; `n`: about all */
	char error[BATCH_ERROR_CAP]; /* its text */
	struct batch_entry entries[BATCH_MAX];
};

/* Empties it. */
void batch_clear(struct batch *batch);

/* Adds `record`, number `seq` of its source, to a batch of less than BATCH_MAX, and its command to `text`. 0 or -ENOMEM. */
int batch_put(struct batch *batch, struct redis_text *text, const struct sink_record *record, uint64_t seq);

/* No more entries: adds the commands behind theirs, if the target has any. 0 or -ENOMEM. */
int batch_put_end(struct batch *batch, struct redis_text *text);

/* Takes the reply to the command of entry `i`. Entries numbered up to `unsure_to` may be there from an earlier transmission. 0, or -EPROTO: no such reply. */
int batch_added(struct batch *batch, size_t i, const struct redis_reply *reply, uint64_t unsure_to);

/* Takes the reply to it within a transaction, or to a command behind, `i` counting on: QUEUED, mostly. 0 or -EPROTO. */
int batch_queued(struct batch *batch, size_t i, const struct redis_reply *reply, uint64_t unsure_to);

/* Takes the reply to EXEC. 0 or -EPROTO. */
int batch_executed(struct batch *batch, const struct redis_reply *reply, uint64_t unsure_to);

/*
 * Takes the reply to the question whether entry `i`, in doubt, is there. What is not there and below `trimmed_to` may have been there: a repeat, if it is
 * unsure. So is what may not be asked for. 0 or -EPROTO.
 */
int batch_found(struct batch *batch, size_t i, const struct redis_reply *reply, struct sink_id trimmed_to);

/* Notes an error reply about entry `i`, or the number of entries: about all. The first one stays. */
void batch_error(struct batch *batch, size_t i, const struct redis_reply *reply);

/* How many entries, from the first on, need nothing more: stored, repeated or refused. */
size_t batch_settled(const struct batch *batch);

#endif
