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
 *    stream's newest *and* has the record: an earlier transmission of it got no answer.
 * 4. Refused so, the record is asked for by its id: somebody else may have moved the stream ahead (two sensors with one name, a spool that was wiped). If it is
 *    not there, it cannot be any more: it is refused, and goes among the dead letters. Only where the stream has been trimmed beyond it, or the user may
 *    not ask, is it believed to have been there, if an earlier transmission may have brought it.
 * 5. Every other error reply means: not stored. Nothing behind it is acknowledged, and everything from it on is sent again.
 * 6. At each connect the stream is asked for its newest id. Is that below what was acknowledged, the server has lost something, and what it lost is sent
 *    again from what the source still keeps.
 * 7. A record that the server does not take for what it is (suspect.c finds it) goes among the dead letters, and what tells of its absence takes its id. Before
 *    a record is given up, it is on disk there.
 * 8. A batch that lost its connection is tried again as half of it, so that a link which carries little at a time, or slowly, carries something; one that
 *    arrives doubles the next.
 *
 * A list refuses nothing, so what is in it has to be known beforehand. Each batch is a transaction that also writes the id of its last record (target.c); at
 * each connect that is asked for, and if it is one of ours, the records up to it that may be there are stepped over. No refusal means that order is no reason to give up a record:
 * one with an id below the list's newest that was never sent is pushed. The rest holds for lists, too.
 *
 * A channel keeps nothing: rules 1 and 2 hold, and a batch that was on its way when the connection was lost is not said again.
 */
#include "sink/outbox_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	made->unsure_before = options->known_seq;
	made->batch_max = BATCH_MAX;
	made->batch_now = BATCH_MAX;
	snprintf(made->user, sizeof made->user, "%s", options->user);
	made->greeting.wants_master = options->wants_master;
	target_open(&made->target, options->mode, options->sensor, options->maxlen);
	made->batch.target = &made->target;
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

void outbox_set_trouble(struct outbox *outbox, const char *why, bool is_batch_trouble)
{
	snprintf(outbox->trouble, sizeof outbox->trouble, "%s", why);
	outbox->is_batch_trouble = is_batch_trouble;
}

/* Commands */

int outbox_expect(struct outbox *outbox, enum expect_kind kind, size_t index)
{
	if (outbox->expect_n == OUTBOX_EXPECT_MAX)
		return -ENOBUFS;
	outbox->expects[(outbox->expect_first + outbox->expect_n++) % OUTBOX_EXPECT_MAX] = (struct expect){kind, index};
	return 0;
}

static int put(struct outbox *outbox, enum expect_kind kind, size_t index, const struct redis_arg *args, size_t n)
{
	int rc = redis_put(&outbox->output, args, n);
	return rc != 0 ? rc : outbox_expect(outbox, kind, index);
}

/* In front of what concerns the stream, when a server has sent us here by ASK: without it this one would send us back. */
static int put_asking(struct outbox *outbox)
{
	const struct redis_arg asking = redis_arg("ASKING");
	return outbox->greeting.has_asking ? put(outbox, EXPECT_ASKING, 0, &asking, 1) : 0;
}

static void clear_output(struct outbox *outbox)
{
	redis_text_clear(&outbox->output, outbox->has_secret_output);
	outbox->has_secret_output = false;
	outbox->output_from = 0;
}

/* Takes records until there are none, or enough. 0 or -errno. */
static int take_records(struct outbox *outbox, uint64_t now_ns)
{
	const struct outbox_source *source = &outbox->options.source;
	struct batch *batch = &outbox->batch;
	while (batch->n < outbox->batch_max && batch->n < outbox->batch_now && outbox->output.len < OUTBOX_BATCH_LEN) {
		struct sink_record record;
		uint64_t seq;
		if (batch->n > 0 && suspect_is_alone(&outbox->suspect, batch->entries[0].seq))
			return 0;
		int rc = source->next(source->arg, &record, &seq);
		if (rc <= 0)
			return rc;
		if (suspect_is_poison(&outbox->suspect, seq) && outbox_stand_in(outbox, &record, seq, now_ns) != 0)
			return 0;
		rc = batch_put(batch, &outbox->output, &record, seq);
		if (rc != 0)
			return rc;
	}
	return 0;
}

void outbox_clear_batch(struct outbox *outbox)
{
	clear_output(outbox);
	batch_clear(&outbox->batch);
	outbox->has_sent = false;
	outbox->is_asking = false;
}

/* What is to be answered: one record's command, or a transaction. */
static int expect_batch(struct outbox *outbox, bool is_lone)
{
	const struct redis_arg exec = redis_arg("EXEC");
	const struct batch *batch = &outbox->batch;
	if (is_lone)
		return outbox_expect(outbox, EXPECT_ADDED, 0);
	int rc = outbox_expect(outbox, EXPECT_MULTI, 0);
	for (size_t i = 0; i < batch->n + batch->end_n && rc == 0; i++)
		rc = outbox_expect(outbox, EXPECT_QUEUED, i);
	return rc != 0 ? rc : put(outbox, EXPECT_EXEC, 0, &exec, 1);
}

int outbox_begin_batch(struct outbox *outbox, uint64_t now_ns)
{
	struct batch *batch = &outbox->batch;
	const struct redis_arg multi = redis_arg("MULTI");
	outbox_clear_batch(outbox);
	int rc = put_asking(outbox);
	size_t asking_len = outbox->output.len;
	if (rc == 0 && outbox->batch_max > 1)
		rc = redis_put(&outbox->output, &multi, 1);
	size_t multi_len = outbox->output.len - asking_len;
	if (rc == 0)
		rc = take_records(outbox, now_ns);
	if (rc == 0 && batch->n > 0)
		rc = batch_put_end(batch, &outbox->output);
	if (rc != 0 || batch->n == 0) {
		outbox_clear_batch(outbox);
		outbox->expect_n = 0;
		return rc;
	}
	outbox->begun_ns = now_ns;
	outbox->progress_ns = now_ns;
	outbox->stats.sent += batch->n;
	/* What is left out is at the front: behind ASKING even one record is a transaction, where there may be any. */
	bool is_lone = batch->n + batch->end_n == 1 && (asking_len == 0 || multi_len == 0);
	if (is_lone)
		outbox->output_from = multi_len;
	return expect_batch(outbox, is_lone);
}

/* Replies */

int outbox_give_up(struct outbox *outbox, const char *error, enum redis_verdict verdict, bool is_batch)
{
	char loop[OUTBOX_WHY_CAP];
	/* An ASK is about one key, and a list has two, of which one may still be here. */
	if (verdict == REDIS_ASK && outbox->target.mode == DEST_LIST) {
		verdict = REDIS_ELSEWHERE;
		error = "the list is on its way to another server of the cluster";
	}
	if (verdict == REDIS_MOVED || verdict == REDIS_ASK) {
		snprintf(outbox->redirect, sizeof outbox->redirect, "%s", error);
		if (++outbox->redirects <= OUTBOX_REDIRECTS_MAX)
			return -ECONNABORTED;
		snprintf(loop, sizeof loop, "more than %d redirects in a row, the latest: %.192s", OUTBOX_REDIRECTS_MAX, error);
		outbox_set_trouble(outbox, loop, is_batch);
		return -ECONNABORTED;
	}
	outbox_set_trouble(outbox, error, is_batch);
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
	if (sink_id_compare(acked_id, (struct sink_id){0, 0}) == 0 || !has_less)
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

static void count(struct outbox *outbox, uint64_t seq, struct sink_id id, enum batch_fate fate)
{
	struct outbox_stats *stats = &outbox->stats;
	bool is_refused = fate == BATCH_REFUSED;
	bool is_stand_in = suspect_pass(&outbox->suspect, seq);
	stats->stored += !is_refused;
	stats->repeats += fate == BATCH_REPEAT;
	stats->refused += is_refused;
	stats->dead += is_refused || is_stand_in;
	if (is_refused) {
		stats->refused_id = id;
	} else if (is_stand_in) {
		stats->dead_id = id;
		snprintf(stats->dead_why, sizeof stats->dead_why, "%s", outbox->suspect.why);
	}
}

/*
 * A list takes everything, so what it has is not offered again: records that an earlier transmission may have brought, up to its top if that is one of ours.
 * Is it what it was at the greeting before, then a batch whose replies are missing since was never carried out.
 */
static int step_over(struct outbox *outbox)
{
	const struct outbox_source *source = &outbox->options.source;
	struct sink_id top = outbox->greeting.top;
	struct sink_record record;
	uint64_t seq;
	int rc;
	if (outbox->stats.has_top && sink_id_compare(outbox->stats.top, top) == 0)
		outbox->unsure_to = outbox->unsure_before;
	outbox->unsure_before = outbox->unsure_to;
	while ((rc = source->next(source->arg, &record, &seq)) > 0 && seq <= outbox->unsure_to && sink_id_compare(record.id, top) < 0)
		;
	bool is_ours = rc > 0 && seq <= outbox->unsure_to && sink_id_compare(record.id, top) == 0;
	source->rewind(source->arg);
	for (uint64_t last = is_ours ? seq : 0, at = 0; rc > 0 && at < last && (rc = source->next(source->arg, &record, &at)) > 0;)
		count(outbox, at, record.id, BATCH_REPEAT);
	if (is_ours && rc > 0)
		source->ack(source->arg, seq, top);
	source->rewind(source->arg);
	return rc < 0 ? rc : 0;
}

static int end_greeting(struct outbox *outbox)
{
	int rc = outbox->target.mode != DEST_CHANNEL ? reconcile(outbox) : 0;
	if (rc == 0 && outbox->target.mode == DEST_LIST)
		rc = step_over(outbox);
	if (rc != 0)
		return rc;
	outbox->state = OUTBOX_READY;
	outbox->batch_max = outbox->greeting.has_transactions ? BATCH_MAX : 1;
	outbox->stats.is_single = !outbox->greeting.has_transactions;
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
		const struct redis_arg range[] = {redis_arg("XRANGE"), redis_arg(outbox->target.key), redis_arg(id), redis_arg(id)};
		int rc = put_asking(outbox);
		if (rc == 0)
			rc = put(outbox, EXPECT_FOUND, i, range, 4);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Some of the batch have failed. */
static int end_failed(struct outbox *outbox, uint64_t now_ns)
{
	const struct batch *batch = &outbox->batch;
	uint64_t seq = batch->entries[0].seq;
	outbox->stats.retries++;
	outbox_blame(outbox);
	bool is_elsewhere = batch->verdict == REDIS_ELSEWHERE || batch->verdict == REDIS_MOVED || batch->verdict == REDIS_ASK;
	if (outbox->needs_operator || is_elsewhere) {
		int rc = outbox_give_up(outbox, batch->error, batch->verdict, true);
		outbox_clear_batch(outbox);
		return rc;
	}
	bool is_poison = suspect_is_poison(&outbox->suspect, seq);
	outbox_put_off(outbox, batch->error, is_poison ? 0 : outbox_backoff(outbox), now_ns);
	return 0;
}

/* Entries `from` to `to` of the batch are where they can be. */
static void settle(struct outbox *outbox, size_t from, size_t to)
{
	const struct outbox_source *source = &outbox->options.source;
	const struct batch_entry *entries = outbox->batch.entries;
	if (from == to)
		return;
	for (size_t i = from; i < to; i++)
		count(outbox, entries[i].seq, entries[i].id, entries[i].fate);
	outbox->redirects = 0;
	source->ack(source->arg, entries[to - 1].seq, entries[to - 1].id);
}

/* Every reply of the batch is here: acknowledges what is settled, and decides about the rest. */
static int end_batch(struct outbox *outbox, uint64_t now_ns)
{
	const struct outbox_source *source = &outbox->options.source;
	struct batch *batch = &outbox->batch;
	if (batch->has_doubt)
		return put_questions(outbox);
	size_t settled = batch_settled(batch);
	size_t stored = outbox_first_refused(outbox, settled);
	settle(outbox, 0, stored);
	if (outbox_bury_refused(outbox, settled, now_ns) != 0)
		return 0;
	settle(outbox, stored, settled);
	if (settled < batch->n || (batch->has_error && batch->error_at == batch->n))
		return end_failed(outbox, now_ns);
	if (stored < settled)
		source->rewind(source->arg); /* it was read again */
	outbox_clear_batch(outbox);
	outbox->batch_now = outbox->batch_now < BATCH_MAX / 2 ? 2 * outbox->batch_now : BATCH_MAX;
	outbox->trouble[0] = '\0';
	outbox->is_batch_trouble = false;
	outbox->attempts = 0;
	return 0;
}

static int take_reply(struct outbox *outbox, const struct redis_reply *reply, struct expect expected)
{
	struct batch *batch = &outbox->batch;
	int rc;
	switch (expected.kind) {
	case EXPECT_GREETING:
		rc = greeting_take(&outbox->greeting, expected.index, reply);
		if (rc == -ESTALE)
			return outbox_give_up(
				outbox, "a replica, and the sentinels say that it is the master", REDIS_ELSEWHERE, outbox->is_batch_trouble);
		return rc == -ECONNABORTED
			       ? outbox_give_up(outbox, outbox->greeting.why, redis_verdict(outbox->greeting.why), outbox->is_batch_trouble)
			       : rc;
	case EXPECT_ASKING:
		if (reply->kind == REDIS_ERROR)
			batch_error(batch, batch->n, reply);
		return reply->kind == REDIS_ERROR || reply->kind == REDIS_STATUS ? 0 : -EPROTO;
	case EXPECT_MULTI:
		/* The greeting's was taken: something has changed, and the next one finds out what. */
		if (reply->kind == REDIS_ERROR)
			batch_error(batch, batch->n, reply);
		return reply->kind == REDIS_ERROR || reply->kind == REDIS_STATUS ? 0 : -EPROTO;
	case EXPECT_QUEUED:
		return batch_queued(batch, expected.index, reply, outbox->unsure_to);
	case EXPECT_EXEC:
		return batch_executed(batch, reply, outbox->unsure_to);
	case EXPECT_ADDED:
		return batch_added(batch, expected.index, reply, outbox->unsure_to);
	case EXPECT_FOUND:
		return batch_found(batch, expected.index, reply, outbox->greeting.trimmed_to);
	case EXPECT_BEAT:
		return outbox_take_beat(outbox, reply);
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

int outbox_connected(struct outbox *outbox, uint64_t now_ns)
{
	outbox->state = OUTBOX_GREETING;
	outbox->begun_ns = now_ns;
	outbox->progress_ns = now_ns;
	outbox->has_secret_output = outbox->secret.len > 0;
	int rc = redis_reader_reset(outbox->reader);
	if (rc == 0)
		rc = greeting_put(&outbox->greeting, &outbox->output, outbox->user, &outbox->secret, outbox->options.db, &outbox->target);
	for (size_t i = 0; i < outbox->greeting.n && rc == 0; i++)
		rc = outbox_expect(outbox, EXPECT_GREETING, i);
	return rc;
}

const char *outbox_output(const struct outbox *outbox, size_t *len)
{
	*len = outbox->output.len - outbox->output_from;
	return *len == 0 ? "" : outbox->output.octets + outbox->output_from;
}

void outbox_sent(struct outbox *outbox, size_t n, uint64_t now_ns)
{
	outbox->output_from += n;
	outbox->has_sent |= n > 0;
	outbox->progress_ns = now_ns;
}

bool outbox_is_idle(const struct outbox *outbox)
{
	return outbox->state == OUTBOX_READY && outbox->expect_n == 0;
}

const char *outbox_redirect(const struct outbox *outbox)
{
	return outbox->redirect;
}

const char *outbox_trouble(const struct outbox *outbox)
{
	return outbox->trouble;
}

void outbox_stats(const struct outbox *outbox, struct outbox_stats *stats)
{
	*stats = outbox->stats;
}
