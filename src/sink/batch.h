/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_BATCH_H
#define SINK_BATCH_H

#include "sink/redis.h"
#include "sink/sink.h"

/* The records that are under way to a server together, and what its replies made of each. */

#define BATCH_MAX 256
#define BATCH_ERROR_CAP 256

enum batch_fate {
	BATCH_OPEN,    /* no reply yet */
	BATCH_STORED,  /* the server answered with its id */
	BATCH_REPEAT,  /* the server had it already */
	BATCH_REFUSED, /* a higher id is there and it is not: it cannot be stored any more */
	BATCH_FAILED,  /* not stored: again */
	BATCH_DOUBT,   /* a higher id is there, and it never was sent before: is it there? */
};

struct batch_entry {
	uint64_t seq; /* the source's number */
	struct sink_id id;
	uint32_t digest; /* of the JSON, CRC-32C: another writer's record may have the same id */
	enum batch_fate fate;
};

struct batch {
	size_t n;
	bool has_error;
	bool has_doubt;
	enum redis_verdict verdict;  /* on the first error, when there was one */
	char error[BATCH_ERROR_CAP]; /* its text */
	struct batch_entry entries[BATCH_MAX];
};

/* Where records go. */
struct batch_stream {
	char sensor[SINK_SENSOR_MAX + 1];
	char key[SINK_SENSOR_MAX + 32];
	char maxlen[24];
};

/* The stream of `sensor`, kept at about `maxlen` entries. */
void batch_stream(struct batch_stream *stream, const char *sensor, uint64_t maxlen);

/* Adds `record`, number `seq` of its source, to a batch of less than BATCH_MAX, and its XADD to `text`. 0 or -ENOMEM. */
int batch_put(struct batch *batch, struct redis_text *text, const struct batch_stream *stream, const struct sink_record *record, uint64_t seq);

/* Takes the reply to the XADD of entry `i`. Entries numbered up to `unsure_to` may be there from an earlier transmission. 0, or -EPROTO: no such reply. */
int batch_added(struct batch *batch, size_t i, const struct redis_reply *reply, uint64_t unsure_to);

/* Takes the reply to it within a transaction: QUEUED, mostly. 0 or -EPROTO. */
int batch_queued(struct batch *batch, size_t i, const struct redis_reply *reply, uint64_t unsure_to);

/* Takes the reply to EXEC. 0 or -EPROTO. */
int batch_executed(struct batch *batch, const struct redis_reply *reply, uint64_t unsure_to);

/* Takes the reply to the question whether entry `i`, in doubt, is there. 0 or -EPROTO. */
int batch_found(struct batch *batch, size_t i, const struct redis_reply *reply);

/* Notes an error reply that concerns all entries. The first one stays. */
void batch_error(struct batch *batch, const struct redis_reply *reply);

/* How many entries, from the first on, need nothing more: stored, repeated or refused. */
size_t batch_settled(const struct batch *batch);

#endif
