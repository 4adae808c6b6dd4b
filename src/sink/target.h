/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_TARGET_H
#define SINK_TARGET_H

#include "sink/dest.h"
#include "sink/redis.h"

/* What a record becomes on a server, and how that is asked what it has: the only place that speaks of a mode's commands. */
struct target {
	enum dest_mode mode;
	char sensor[SINK_SENSOR_MAX + 1];
	char key[SINK_SENSOR_MAX + 32];     /* of the stream, the list or the channel */
	char top_key[SINK_SENSOR_MAX + 32]; /* DEST_LIST: a list of one item, the id of the last record that was pushed */
	char maxlen[24];
};

/* Keys are `sensor`'s. A stream is kept at about `maxlen` entries, a list at `maxlen` items. */
void target_open(struct target *target, enum dest_mode mode, const char *sensor, uint64_t maxlen);

/* Adds the command that brings `record`. 0 or -ENOMEM. */
int target_put(const struct target *target, struct redis_text *text, const struct sink_record *record);

/*
 * Adds what else belongs into the transaction of a batch whose last id is `last`: TARGET_ENDS_MAX commands at most, whose replies are statuses, numbers or
 * texts. Returns how many, or -ENOMEM.
 */
#define TARGET_ENDS_MAX 4
int target_put_end(const struct target *target, struct redis_text *text, struct sink_id last);

/* Does `reply` say that the record `id` was taken? */
bool target_has_taken(const struct target *target, const struct redis_reply *reply, struct sink_id id);

#endif
