/* SPDX-License-Identifier: Apache-2.0 */
/* From replies to fates. An entry is believed to be stored on two answers only: its own id, or the refusal of an id that an earlier transmission may have put there. */
#include "sink/batch.h"

#include "sink/crc32c.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void batch_stream(struct batch_stream *stream, const char *sensor, uint64_t maxlen)
{
	snprintf(stream->sensor, sizeof stream->sensor, "%s", sensor);
	snprintf(stream->key, sizeof stream->key, "c2watch:{%s}:hits", sensor);
	snprintf(stream->maxlen, sizeof stream->maxlen, "%" PRIu64, maxlen);
}

int batch_put(struct batch *batch, struct redis_text *text, const struct batch_stream *stream, const struct sink_record *record, uint64_t seq)
{
	char id[SINK_ID_TEXT_CAP], event_id[SINK_SENSOR_MAX + 1 + SINK_ID_TEXT_CAP];
	sink_id_text(record->id, id);
	snprintf(event_id, sizeof event_id, "%s-%s", stream->sensor, id);
	/* clang-format off */
	const struct redis_arg args[] = {
		redis_arg("XADD"), redis_arg(stream->key), redis_arg("MAXLEN"), redis_arg("~"), redis_arg(stream->maxlen), redis_arg(id),
		redis_arg("json"), {record->json, record->json_len},
		redis_arg("id"), redis_arg(event_id),
		redis_arg("ts"), redis_arg(record->ts),
		redis_arg("host"), redis_arg(record->host),
		redis_arg("indicator"), redis_arg(record->indicator),
		redis_arg("action"), redis_arg(record->action),
		redis_arg("outcome"), redis_arg(record->outcome),
	};
	/* clang-format on */
	int rc = redis_put(text, args, sizeof args / sizeof *args);
	if (rc == 0)
		batch->entries[batch->n++] = (struct batch_entry){.seq = seq, .id = record->id, .digest = crc32c(0, record->json, record->json_len)};
	return rc;
}

void batch_error(struct batch *batch, const struct redis_reply *reply)
{
	if (batch->has_error)
		return;
	batch->has_error = true;
	batch->verdict = redis_verdict(reply->text);
	snprintf(batch->error, sizeof batch->error, "%s", reply->text);
}

int batch_added(struct batch *batch, size_t i, const struct redis_reply *reply, uint64_t unsure_to)
{
	struct batch_entry *entry = &batch->entries[i];
	char id[SINK_ID_TEXT_CAP];
	sink_id_text(entry->id, id);
	if (redis_reply_is(reply, REDIS_STRING, id)) {
		entry->fate = BATCH_STORED;
		return 0;
	}
	if (reply->kind != REDIS_ERROR)
		return -EPROTO;
	if (redis_verdict(reply->text) != REDIS_REPEAT) {
		entry->fate = BATCH_FAILED;
		batch_error(batch, reply);
		return 0;
	}
	entry->fate = entry->seq <= unsure_to ? BATCH_REPEAT : BATCH_DOUBT;
	batch->has_doubt |= entry->fate == BATCH_DOUBT;
	return 0;
}

int batch_queued(struct batch *batch, size_t i, const struct redis_reply *reply, uint64_t unsure_to)
{
	if (redis_reply_is(reply, REDIS_STATUS, "QUEUED"))
		return 0;
	if (reply->kind == REDIS_ERROR) {
		batch->entries[i].fate = BATCH_FAILED;
		batch_error(batch, reply);
		return 0;
	}
	/* MULTI was refused, and this one was added all the same. */
	return batch_added(batch, i, reply, unsure_to);
}

int batch_executed(struct batch *batch, const struct redis_reply *reply, uint64_t unsure_to)
{
	if (reply->kind == REDIS_ARRAY) {
		if (reply->n != batch->n)
			return -EPROTO;
		for (size_t i = 0; i < batch->n; i++) {
			int rc = batch_added(batch, i, reply->items[i], unsure_to);
			if (rc != 0)
				return rc;
		}
		return 0;
	}
	if (reply->kind != REDIS_ERROR)
		return -EPROTO;
	batch_error(batch, reply);
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

int batch_found(struct batch *batch, size_t i, const struct redis_reply *reply)
{
	struct batch_entry *entry = &batch->entries[i];
	if (reply->kind == REDIS_ARRAY) {
		entry->fate = is_entry(entry, reply) ? BATCH_REPEAT : BATCH_REFUSED;
		return 0;
	}
	if (reply->kind != REDIS_ERROR)
		return -EPROTO;
	enum redis_verdict verdict = redis_verdict(reply->text);
	bool is_passing = verdict == REDIS_AGAIN || verdict == REDIS_ELSEWHERE;
	entry->fate = is_passing ? BATCH_FAILED : BATCH_REFUSED;
	if (is_passing)
		batch_error(batch, reply);
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
