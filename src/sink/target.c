/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list has no ids that the server could refuse. So that it is known all the same what is in it, the id of the last record goes with a batch, in the same
 * transaction, and by the same way: it is pushed to the list and moved on from there to a key of its own. Where the list cannot be pushed to (the key holds
 * something else), there is nothing to move, and nothing is said to be there that is not. A plain SET would be carried out all the same.
 */
#include "sink/target.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void target_open(struct target *target, enum dest_mode mode, const char *sensor, uint64_t maxlen)
{
	static const char *const names[] = {[DEST_STREAM] = "hits", [DEST_LIST] = "queue", [DEST_CHANNEL] = "live"};
	*target = (struct target){.mode = mode};
	snprintf(target->sensor, sizeof target->sensor, "%s", sensor);
	snprintf(target->key, sizeof target->key, "c2watch:{%s}:%s", sensor, names[mode]);
	snprintf(target->top_key, sizeof target->top_key, "c2watch:{%s}:queue:top", sensor);
	/* LTRIM counts from the end. */
	snprintf(target->maxlen, sizeof target->maxlen, "%s%" PRIu64, mode == DEST_LIST ? "-" : "", maxlen);
}

static int put_entry(const struct target *target, struct redis_text *text, const struct sink_record *record)
{
	char id[SINK_ID_TEXT_CAP], event_id[SINK_SENSOR_MAX + 1 + SINK_ID_TEXT_CAP];
	sink_id_text(record->id, id);
	snprintf(event_id, sizeof event_id, "%s-%s", target->sensor, id);
	/* clang-format off */
	const struct redis_arg args[] = {
		redis_arg("XADD"), redis_arg(target->key), redis_arg("MAXLEN"), redis_arg("~"), redis_arg(target->maxlen), redis_arg(id),
		redis_arg("json"), {record->json, record->json_len},
		redis_arg("id"), redis_arg(event_id),
		redis_arg("ts"), redis_arg(record->ts),
		redis_arg("host"), redis_arg(record->host),
		redis_arg("indicator"), redis_arg(record->indicator),
		redis_arg("action"), redis_arg(record->action),
		redis_arg("outcome"), redis_arg(record->outcome),
	};
	/* clang-format on */
	return redis_put(text, args, sizeof args / sizeof *args);
}

int target_put(const struct target *target, struct redis_text *text, const struct sink_record *record)
{
	if (target->mode == DEST_STREAM)
		return put_entry(target, text, record);
	const char *command = target->mode == DEST_LIST ? "RPUSH" : "PUBLISH";
	return redis_put(text, (struct redis_arg[]){redis_arg(command), redis_arg(target->key), {record->json, record->json_len}}, 3);
}

int target_put_end(const struct target *target, struct redis_text *text, struct sink_id last)
{
	if (target->mode != DEST_LIST)
		return 0;
	char id[SINK_ID_TEXT_CAP];
	sink_id_text(last, id);
	const struct redis_arg key = redis_arg(target->key), top = redis_arg(target->top_key), right = redis_arg("RIGHT"), minus_1 = redis_arg("-1");
	int rc = redis_put(text, (struct redis_arg[]){redis_arg("RPUSH"), key, redis_arg(id)}, 3);
	if (rc == 0)
		rc = redis_put(text, (struct redis_arg[]){redis_arg("LMOVE"), key, top, right, right}, 5);
	if (rc == 0)
		rc = redis_put(text, (struct redis_arg[]){redis_arg("LTRIM"), top, minus_1, minus_1}, 4);
	if (rc == 0)
		rc = redis_put(text, (struct redis_arg[]){redis_arg("LTRIM"), key, redis_arg(target->maxlen), minus_1}, 4);
	return rc == 0 ? 4 : rc;
}

bool target_has_taken(const struct target *target, const struct redis_reply *reply, struct sink_id id)
{
	char text[SINK_ID_TEXT_CAP];
	if (target->mode != DEST_STREAM)
		return reply->kind == REDIS_INTEGER;
	sink_id_text(id, text);
	return redis_reply_is(reply, REDIS_STRING, text);
}
