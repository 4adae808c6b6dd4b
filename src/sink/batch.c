/* SPDX-License-Identifier: Apache-2.0 */
/* From replies to fates. An entry is believed to be stored on two answers only: that it was taken, or the refusal of an id that an earlier transmission may have put there. */
#include "sink/batch.h"

#include "sink/crc32c.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void batch_clear(struct batch *batch)
{
	batch->n = 0;
	batch->end_n = 0;
	batch->has_error = false;
	batch->has_doubt = false;
}

int batch_put(struct batch *batch, struct redis_text *text, const struct sink_record *record, uint64_t seq)
{
	int rc = target_put(batch->target, text, record);
	if (rc == 0)
		batch->entries[batch->n++] = (struct batch_entry){.seq = seq, .id = record->id, .digest = crc32c(0, record->json, record->json_len)};
	return rc;
}

int batch_put_end(struct batch *batch, struct redis_text *text)
{
	int n = target_put_end(batch->target, text, batch->entries[batch->n - 1].id);
	if (n < 0)
		return n;
	batch->end_n = (size_t)n;
	return 0;
}

void batch_error(struct batch *batch, size_t i, const struct redis_reply *reply)
{
	if (batch->has_error)
		return;
	batch->has_error = true;
	batch->error_at = i;
	batch->verdict = redis_verdict(reply->text);
	snprintf(batch->error, sizeof batch->error, "%s", reply->text);
}

int batch_added(struct batch *batch, size_t i, const struct redis_reply *reply, uint64_t unsure_to)
{
	struct batch_entry *entry = &batch->entries[i];
	if (target_has_taken(batch->target, reply, entry->id)) {
		entry->fate = BATCH_STORED;
		return 0;
	}
	if (reply->kind != REDIS_ERROR)
		return -EPROTO;
	if (redis_verdict(reply->text) != REDIS_REPEAT) {
		entry->fate = BATCH_FAILED;
		batch_error(batch, i, reply);
		return 0;
	}
	entry->is_unsure = entry->seq <= unsure_to;
	entry->fate = BATCH_DOUBT;
	batch->has_doubt = true;
	return 0;
}

/* Takes the reply to a command behind those of the entries. */
static int end_added(struct batch *batch, const struct redis_reply *reply)
{
	if (reply->kind == REDIS_ARRAY)
		return -EPROTO;
	if (reply->kind == REDIS_ERROR)
		batch_error(batch, batch->n, reply);
	return 0;
}

int batch_queued(struct batch *batch, size_t i, const struct redis_reply *reply, uint64_t unsure_to)
{
	if (redis_reply_is(reply, REDIS_STATUS, "QUEUED"))
		return 0;
	if (i >= batch->n)
		return end_added(batch, reply);
	if (reply->kind == REDIS_ERROR) {
		batch->entries[i].fate = BATCH_FAILED;
		batch_error(batch, i, reply);
		return 0;
	}
	/* MULTI was refused, and this one was added all the same. */
	return batch_added(batch, i, reply, unsure_to);
}

/* An entry that failed while a later one was taken can only come behind that now, or not at all: it has lost its place. */
static void refuse_outrun(struct batch *batch)
{
	bool is_outrun = false;
	for (size_t i = batch->n; i-- > 0;) {
		if (batch->entries[i].fate == BATCH_FAILED && is_outrun)
			batch->entries[i].fate = BATCH_REFUSED;
		is_outrun |= batch->entries[i].fate == BATCH_STORED;
	}
}

static int transaction_done(struct batch *batch, const struct redis_reply *reply, uint64_t unsure_to)
{
	int rc = reply->n == batch->n + batch->end_n ? 0 : -EPROTO;
	for (size_t i = 0; i < batch->n && rc == 0; i++)
		rc = batch_added(batch, i, reply->items[i], unsure_to);
	for (size_t i = batch->n; i < batch->n + batch->end_n && rc == 0; i++)
		rc = end_added(batch, reply->items[i]);
	if (rc == 0)
		refuse_outrun(batch);
	return rc;
}

int batch_executed(struct batch *batch, const struct redis_reply *reply, uint64_t unsure_to)
{
	if (reply->kind == REDIS_ARRAY)
		return transaction_done(batch, reply, unsure_to);
	if (reply->kind != REDIS_ERROR)
		return -EPROTO;
	batch_error(batch, batch->n, reply);
	for (size_t i = 0; i < batch->n; i++) {
		if (batch->entries[i].fate == BATCH_OPEN)
			batch->entries[i].fate = BATCH_FAILED;
	}
	return 0;
}

/* Is what XRANGE found, `[[id, [field, value, ...]]]`, the entry itself? Two sensors of one name may have made the same id in the same millisecond. */
static bool is_entry(const struct batch_entry *entry, const struct redis_reply *reply)
{
	if (reply->n != 1 || reply->items[0]->kind != REDIS_ARRAY || reply->items[0]->n != 2 || reply->items[0]->items[1]->kind != REDIS_ARRAY)
		return false;
	const struct redis_reply *fields = reply->items[0]->items[1];
	for (size_t i = 0; i + 1 < fields->n; i += 2)
		if (redis_reply_is(fields->items[i], REDIS_STRING, "json"))
			return fields->items[i + 1]->kind == REDIS_STRING &&
			       crc32c(0, fields->items[i + 1]->text, fields->items[i + 1]->len) == entry->digest;
	return false;
}

int batch_found(struct batch *batch, size_t i, const struct redis_reply *reply, struct sink_id trimmed_to)
{
	struct batch_entry *entry = &batch->entries[i];
	if (reply->kind == REDIS_ARRAY) {
		bool was_trimmed = reply->n == 0 && entry->is_unsure && sink_id_compare(entry->id, trimmed_to) < 0;
		entry->fate = was_trimmed || is_entry(entry, reply) ? BATCH_REPEAT : BATCH_REFUSED;
		return 0;
	}
	if (reply->kind != REDIS_ERROR)
		return -EPROTO;
	enum redis_verdict verdict = redis_verdict(reply->text);
	bool is_passing = verdict == REDIS_AGAIN || verdict == REDIS_ELSEWHERE || verdict == REDIS_MOVED || verdict == REDIS_ASK;
	entry->fate = is_passing ? BATCH_FAILED : verdict == REDIS_FORBIDDEN && entry->is_unsure ? BATCH_REPEAT : BATCH_REFUSED;
	if (is_passing)
		batch_error(batch, i, reply);
	return 0;
}

size_t batch_settled(const struct batch *batch)
{
	size_t i = 0;
	while (i < batch->n &&
		(batch->entries[i].fate == BATCH_STORED || batch->entries[i].fate == BATCH_REPEAT || batch->entries[i].fate == BATCH_REFUSED))
		i++;
	return i;
}
