/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exactly once, in order, through whatever the server and the network do.
 *
 * The stream's ids are ours and rise, so a server refuses what it already has. That makes sending again safe, and it makes one thing dangerous: a record that
 * is refused for a moment while a later one of the same pipeline is taken can never be stored any more. Servers do that whenever a condition ends in the
 * middle of a pipeline (a script that blocked, memory that became free, a replica that was promoted). Hence:
 *
 * 1. A batch of several records is one transaction, MULTI .. EXEC: all of it is refused or none. One record alone needs none.
 * 2. One batch is under way at a time. The next one begins when every reply of this one is here.
 * 3. Replies are matched one to one, in order. A record is acknowledged when the server answered with its id, or when it refused the id as not above the
 *    stream's newest *and* the record may be there: an earlier transmission of it got no answer.
 * 4. Refused so although it certainly was never stored, the record is asked for by its id: somebody else may have moved the stream ahead (two sensors with
 *    one name, a spool that was wiped). If it is not there, it is lost, and counted as refused.
 * 5. Every other error reply means: not stored. Nothing behind it is acknowledged, and everything from it on is sent again.
 * 6. At each connect the stream is asked for its newest id. Is that below what was acknowledged, the server has lost something, and what it lost is sent
 *    again from what the source still keeps.
 */
#include "sink/outbox.h"

#include "sink/batch.h"
#include "sink/greeting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUTBOX_BATCH_LEN 1048576 /* no more records are taken beyond so many octets */
#define OUTBOX_BEAT_MAX 8
#define OUTBOX_EXPECT_MAX (BATCH_MAX + 2)
#define OUTBOX_TROUBLE_CAP 256

/* What an outstanding reply answers. */
enum expect_kind { EXPECT_GREETING, EXPECT_MULTI, EXPECT_QUEUED, EXPECT_EXEC, EXPECT_ADDED, EXPECT_FOUND, EXPECT_BEAT };

struct expect {
	enum expect_kind kind;
	size_t index; /* of the step of the greeting, or of the entry of the batch */
};

struct outbox {
	struct outbox_options options;
	char user[128];
	struct sink_secret secret;
	struct batch_stream stream;

	enum outbox_state state;
	uint64_t resume_ns;   /* DOWN, PAUSED: when it goes on */
	uint64_t begun_ns;    /* of the connect, the greeting, the batch */
	uint64_t progress_ns; /* when the latest octet went either way */
	unsigned attempts;    /* in vain, one after the other */
	uint64_t random;

	struct redis_text output;
	size_t output_from;
	bool has_secret_output;
	struct redis_reader *reader;
	struct expect expects[OUTBOX_EXPECT_MAX];
	size_t expect_first, expect_n;

	struct batch batch;
	bool is_asking;     /* its replies are here, and entries in doubt are asked for */
	size_t batch_max;   /* 1 when the user may not use MULTI */
	uint64_t unsure_to; /* records up to this number may be there although no reply said so */

	bool is_batch_trouble; /* the trouble is with records: a greeting does not end it */
	bool needs_operator;   /* and somebody has to do something about it: no hurry to try again */
	char trouble[OUTBOX_TROUBLE_CAP];
	char beat_error[OUTBOX_TROUBLE_CAP];
	struct greeting greeting;
	struct outbox_stats stats;
};

int outbox_open(struct outbox **outbox, const struct outbox_options *options)
{
	struct outbox *made = calloc(1, sizeof *made);
	if (made == NULL || (made->reader = redis_reader_open()) == NULL) {
		free(made);
		return -ENOMEM;
	}
	made->options = *options;
	made->random = options->seed | 1;
	made->unsure_to = options->known_seq;
	made->batch_max = BATCH_MAX;
	snprintf(made->user, sizeof made->user, "%s", options->user);
	batch_stream(&made->stream, options->sensor, options->maxlen);
	if (options->secret != NULL)
		made->secret = *options->secret;
	*outbox = made;
	return 0;
}

void outbox_close(struct outbox *outbox)
{
	if (outbox == NULL)
		return;
	redis_reader_close(outbox->reader);
	redis_text_free(&outbox->output);
	secret_wipe(&outbox->secret);
	free(outbox);
}

enum outbox_state outbox_state(const struct outbox *outbox)
{
	return outbox->state;
}

/* 100 ms to 5 s: each vain attempt doubles the time from which one is drawn, so that sensors do not come back all at once. */
static uint64_t backoff_ns(struct outbox *outbox)
{
	uint64_t most = OUTBOX_RETRY_MIN_NS << (outbox->attempts < 6 ? outbox->attempts : 6);
	if (most > OUTBOX_RETRY_MAX_NS)
		most = OUTBOX_RETRY_MAX_NS;
	outbox->attempts++;
	/* xorshift64 (Marsaglia 2003): jitter needs no better. */
	outbox->random ^= outbox->random << 13;
	outbox->random ^= outbox->random >> 7;
	outbox->random ^= outbox->random << 17;
	return OUTBOX_RETRY_MIN_NS + outbox->random % (most - OUTBOX_RETRY_MIN_NS + 1);
}

static void set_trouble(struct outbox *outbox, const char *why, bool is_batch_trouble)
{
	snprintf(outbox->trouble, sizeof outbox->trouble, "%s", why);
	outbox->is_batch_trouble = is_batch_trouble;
}

/* Commands */

static int expect(struct outbox *outbox, enum expect_kind kind, size_t index)
{
	if (outbox->expect_n == OUTBOX_EXPECT_MAX)
		return -ENOBUFS;
	outbox->expects[(outbox->expect_first + outbox->expect_n++) % OUTBOX_EXPECT_MAX] = (struct expect){kind, index};
	return 0;
}

static int put(struct outbox *outbox, enum expect_kind kind, size_t index, const struct redis_arg *args, size_t n)
{
	int rc = redis_put(&outbox->output, args, n);
	return rc != 0 ? rc : expect(outbox, kind, index);
}

static void clear_output(struct outbox *outbox)
{
	redis_text_clear(&outbox->output, outbox->has_secret_output);
	outbox->has_secret_output = false;
	outbox->output_from = 0;
}

/* Takes records until there are none, or enough. 0 or -errno. */
static int take_records(struct outbox *outbox)
{
	const struct outbox_source *source = &outbox->options.source;
	struct batch *batch = &outbox->batch;
	while (batch->n < outbox->batch_max && outbox->output.len < OUTBOX_BATCH_LEN) {
		struct sink_record record;
		uint64_t seq;
		int rc = source->next(source->arg, &record, &seq);
		if (rc <= 0)
			return rc;
		rc = batch_put(batch, &outbox->output, &outbox->stream, &record, seq);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static void clear_batch(struct outbox *outbox)
{
	clear_output(outbox);
	outbox->batch.n = 0;
	outbox->batch.has_error = false;
	outbox->batch.has_doubt = false;
	outbox->is_asking = false;
}

/* READY and idle: begins a batch if there are records. */
static int begin_batch(struct outbox *outbox, uint64_t now_ns)
{
	struct batch *batch = &outbox->batch;
	const struct redis_arg multi = redis_arg("MULTI"), exec = redis_arg("EXEC");
	clear_batch(outbox);
	int rc = redis_put(&outbox->output, &multi, 1);
	size_t multi_len = outbox->output.len;
	if (rc == 0)
		rc = take_records(outbox);
	if (rc != 0 || batch->n == 0) {
		clear_batch(outbox);
		return rc;
	}
	outbox->begun_ns = now_ns;
	outbox->progress_ns = now_ns;
	outbox->stats.sent += batch->n;
	if (batch->n == 1) {
		outbox->output_from = multi_len;
		return expect(outbox, EXPECT_ADDED, 0);
	}
	rc = expect(outbox, EXPECT_MULTI, 0);
	for (size_t i = 0; i < batch->n && rc == 0; i++)
		rc = expect(outbox, EXPECT_QUEUED, i);
	return rc != 0 ? rc : put(outbox, EXPECT_EXEC, 0, &exec, 1);
}

/* Replies */

/* An error reply that ends the connection. */
static int give_up(struct outbox *outbox, const char *error, enum redis_verdict verdict, bool is_batch)
{
	set_trouble(outbox, error, is_batch);
	outbox->needs_operator = verdict != REDIS_AGAIN && verdict != REDIS_ELSEWHERE;
	return -ECONNABORTED;
}

/* Compares what the server has with what it had acknowledged, and goes back to what it lacks. */
static int reconcile(struct outbox *outbox)
{
	const struct outbox_source *source = &outbox->options.source;
	struct sink_id acked_id, ignored;
	uint64_t acked = source->acked(source->arg, &acked_id);
	struct sink_id has = outbox->greeting.top;
	bool has_less = outbox->greeting.has_top ? sink_id_compare(has, acked_id) < 0 : outbox->greeting.is_other_server;
	source->rewind(source->arg);
	if (acked == 0 || !has_less)
		return 0;
	if (acked > outbox->unsure_to)
		outbox->unsure_to = acked;
	int rc = source->seek(source->arg, has);
	if (rc != 0)
		return rc;
	outbox->stats.resends++;
	outbox->stats.had = has;
	outbox->stats.lacks = acked_id;
	outbox->stats.resent = acked - source->acked(source->arg, &ignored);
	return 0;
}

static int end_greeting(struct outbox *outbox)
{
	int rc = reconcile(outbox);
	if (rc != 0)
		return rc;
	outbox->state = OUTBOX_READY;
	outbox->stats.has_top = outbox->greeting.has_top;
	outbox->stats.top = outbox->greeting.top;
	clear_output(outbox);
	if (!outbox->is_batch_trouble) {
		outbox->trouble[0] = '\0';
		outbox->attempts = 0;
	}
	return 0;
}

/* Asks for the entries that are in doubt. */
static int put_questions(struct outbox *outbox)
{
	struct batch *batch = &outbox->batch;
	clear_output(outbox);
	batch->has_doubt = false;
	outbox->is_asking = true;
	for (size_t i = 0; i < batch->n; i++) {
		char id[SINK_ID_TEXT_CAP];
		if (batch->entries[i].fate != BATCH_DOUBT)
			continue;
		sink_id_text(batch->entries[i].id, id);
		const struct redis_arg range[] = {redis_arg("XRANGE"), redis_arg(outbox->stream.key), redis_arg(id), redis_arg(id)};
		int rc = put(outbox, EXPECT_FOUND, i, range, 4);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Every reply of the batch is here: acknowledges what is settled, and decides about the rest. */
static int end_batch(struct outbox *outbox, uint64_t now_ns)
{
	const struct outbox_source *source = &outbox->options.source;
	struct batch *batch = &outbox->batch;
	if (batch->has_doubt)
		return put_questions(outbox);
	size_t settled = batch_settled(batch);
	for (size_t i = 0; i < settled; i++) {
		const struct batch_entry *entry = &batch->entries[i];
		outbox->stats.stored += entry->fate != BATCH_REFUSED;
		outbox->stats.repeats += entry->fate == BATCH_REPEAT;
		outbox->stats.refused += entry->fate == BATCH_REFUSED;
		if (entry->fate == BATCH_REFUSED)
			outbox->stats.refused_id = entry->id;
	}
	if (settled > 0)
		source->ack(source->arg, batch->entries[settled - 1].seq, batch->entries[settled - 1].id);
	bool is_whole = settled == batch->n;
	clear_batch(outbox);
	if (is_whole) {
		outbox->trouble[0] = '\0';
		outbox->is_batch_trouble = false;
		outbox->attempts = 0;
		return 0;
	}
	outbox->stats.retries++;
	if (batch->verdict != REDIS_AGAIN)
		return give_up(outbox, batch->error, batch->verdict, true);
	set_trouble(outbox, batch->error, true);
	source->rewind(source->arg);
	outbox->state = OUTBOX_PAUSED;
	outbox->resume_ns = now_ns + backoff_ns(outbox);
	return 0;
}

static int take_reply(struct outbox *outbox, const struct redis_reply *reply, struct expect expected)
{
	struct batch *batch = &outbox->batch;
	int rc;
	switch (expected.kind) {
	case EXPECT_GREETING:
		rc = greeting_take(&outbox->greeting, expected.index, reply);
		return rc == -ECONNABORTED ? give_up(outbox, reply->text, redis_verdict(reply->text), outbox->is_batch_trouble) : rc;
	case EXPECT_MULTI:
		if (reply->kind != REDIS_ERROR)
			return reply->kind == REDIS_STATUS ? 0 : -EPROTO;
		batch_error(batch, reply);
		if (batch->verdict != REDIS_AGAIN && batch->verdict != REDIS_ELSEWHERE) {
			/* No transactions here: one record at a time is as safe, and slower. */
			outbox->batch_max = 1;
			outbox->stats.is_single = true;
		}
		return 0;
	case EXPECT_QUEUED:
		return batch_queued(batch, expected.index, reply, outbox->unsure_to);
	case EXPECT_EXEC:
		return batch_executed(batch, reply, outbox->unsure_to);
	case EXPECT_ADDED:
		return batch_added(batch, expected.index, reply, outbox->unsure_to);
	case EXPECT_FOUND:
		return batch_found(batch, expected.index, reply);
	case EXPECT_BEAT:
		snprintf(outbox->beat_error, sizeof outbox->beat_error, "%s", reply->kind == REDIS_ERROR ? reply->text : "");
		return 0;
	}
	return -EPROTO;
}

int outbox_feed(struct outbox *outbox, const char *octets, size_t len, uint64_t now_ns)
{
	outbox->progress_ns = now_ns;
	int rc = redis_reader_feed(outbox->reader, octets, len);
	const struct redis_reply *reply;
	while (rc == 0 && (rc = redis_reader_next(outbox->reader, &reply)) > 0) {
		if (outbox->expect_n == 0)
			return -EPROTO;
		struct expect expected = outbox->expects[outbox->expect_first];
		outbox->expect_first = (outbox->expect_first + 1) % OUTBOX_EXPECT_MAX;
		outbox->expect_n--;
		rc = take_reply(outbox, reply, expected);
		if (rc != 0 || outbox->expect_n > 0)
			continue;
		if (outbox->state == OUTBOX_GREETING)
			rc = end_greeting(outbox);
		else if (outbox->batch.n > 0)
			rc = end_batch(outbox, now_ns);
	}
	return rc;
}

/* States */

int outbox_connected(struct outbox *outbox, uint64_t now_ns)
{
	outbox->state = OUTBOX_GREETING;
	outbox->begun_ns = now_ns;
	outbox->progress_ns = now_ns;
	outbox->has_secret_output = outbox->secret.len > 0;
	int rc = redis_reader_reset(outbox->reader);
	if (rc == 0)
		rc = greeting_put(&outbox->greeting, &outbox->output, outbox->user, &outbox->secret, outbox->options.db, outbox->stream.key);
	for (size_t i = 0; i < outbox->greeting.n && rc == 0; i++)
		rc = expect(outbox, EXPECT_GREETING, i);
	return rc;
}

void outbox_lost(struct outbox *outbox, const char *why, uint64_t now_ns)
{
	struct batch *batch = &outbox->batch;
	bool is_batch = batch->n > 0;
	if (is_batch && !outbox->is_asking && batch->entries[batch->n - 1].seq > outbox->unsure_to)
		outbox->unsure_to = batch->entries[batch->n - 1].seq;
	outbox->stats.retries += is_batch;
	/* What was wrong with records is not well again because a connection to say so is made anew. */
	if (why != NULL)
		set_trouble(outbox, why, outbox->is_batch_trouble || is_batch);
	clear_batch(outbox);
	outbox->expect_n = 0;
	outbox->options.source.rewind(outbox->options.source.arg);
	outbox->state = OUTBOX_DOWN;
	outbox->resume_ns = now_ns + (outbox->needs_operator ? OUTBOX_RETRY_MAX_NS : backoff_ns(outbox));
	outbox->needs_operator = false;
}

int outbox_tick(struct outbox *outbox, uint64_t now_ns)
{
	switch (outbox->state) {
	case OUTBOX_DOWN:
		if (now_ns < outbox->resume_ns)
			return 0;
		outbox->state = OUTBOX_CONNECTING;
		outbox->begun_ns = now_ns;
		return 0;
	case OUTBOX_CONNECTING:
		return now_ns - outbox->begun_ns < OUTBOX_CONNECT_NS ? 0 : -ETIMEDOUT;
	case OUTBOX_PAUSED:
		if (now_ns < outbox->resume_ns)
			return 0;
		outbox->state = OUTBOX_READY;
		break;
	case OUTBOX_GREETING:
	case OUTBOX_READY:
		break;
	}
	if (outbox->expect_n > 0)
		return now_ns < outbox_deadline(outbox) ? 0 : -ETIMEDOUT;
	return begin_batch(outbox, now_ns);
}

uint64_t outbox_deadline(const struct outbox *outbox)
{
	switch (outbox->state) {
	case OUTBOX_DOWN:
	case OUTBOX_PAUSED:
		return outbox->resume_ns;
	case OUTBOX_CONNECTING:
		return outbox->begun_ns + OUTBOX_CONNECT_NS;
	case OUTBOX_GREETING:
	case OUTBOX_READY:
		break;
	}
	if (outbox->expect_n == 0)
		return UINT64_MAX;
	uint64_t silence_ns = outbox->progress_ns + OUTBOX_REPLY_NS, end_ns = outbox->begun_ns + OUTBOX_BATCH_NS;
	return silence_ns < end_ns ? silence_ns : end_ns;
}

const char *outbox_output(const struct outbox *outbox, size_t *len)
{
	*len = outbox->output.len - outbox->output_from;
	return *len == 0 ? "" : outbox->output.octets + outbox->output_from;
}

void outbox_sent(struct outbox *outbox, size_t n, uint64_t now_ns)
{
	outbox->output_from += n;
	outbox->progress_ns = now_ns;
}

bool outbox_is_idle(const struct outbox *outbox)
{
	return outbox->state == OUTBOX_READY && outbox->expect_n == 0;
}

int outbox_put_beat(struct outbox *outbox, const struct redis_text *commands, size_t n, uint64_t now_ns)
{
	clear_batch(outbox);
	if (n > OUTBOX_BEAT_MAX)
		return -EINVAL;
	int rc = redis_text_append(&outbox->output, commands);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = expect(outbox, EXPECT_BEAT, i);
	outbox->begun_ns = now_ns;
	outbox->progress_ns = now_ns;
	return rc;
}

const char *outbox_beat_error(const struct outbox *outbox)
{
	return outbox->beat_error;
}

const char *outbox_trouble(const struct outbox *outbox)
{
	return outbox->trouble;
}

void outbox_stats(const struct outbox *outbox, struct outbox_stats *stats)
{
	*stats = outbox->stats;
}
