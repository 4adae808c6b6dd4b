/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_BEAT_H
#define SINK_BEAT_H

#include "sink/errand.h"
#include "sink/sender.h"

/* What a server is told of the sensor: c2watch:{SENSOR}:status, and the sensor's field of c2watch:sensors, the list of all sensors. */
struct beat {
	struct redis_text text; /* BEAT_COMMANDS of them; empty: nothing yet */
	size_t listing_at;      /* where in it the last one begins, that of c2watch:sensors */
};

#define BEAT_COMMANDS 3

/* Makes the commands, as sender_heartbeat() says. 0, -ENOMEM, or -EINVAL: too many fields. */
int beat_put(struct beat *beat, const char *sensor, const struct sender_field *fields, size_t n, const char *about);

/* The last of the commands alone. Points into `beat`. */
struct redis_text beat_listing(const struct beat *beat);

/*
 * A cluster keeps c2watch:sensors in a slot of its own, so mostly at another server than the stream: there it is told by errand, once in BEAT_LIST_NS at most.
 */
struct beat_errand {
	struct errand errand;
	uint64_t due_ns; /* not before */
	char error[128]; /* the reply to the latest, when it was an error */
};

#define BEAT_LIST_NS UINT64_C(60000000000)

/* Carries `listing` to where `moved`, a MOVED of the server `here`, says. When it cannot be reached, it is tried again some day. */
void beat_carry(struct beat_errand *carrier, const char *moved, const struct dest_peer *here, const struct errand_account *account,
	const struct redis_text *listing, uint64_t now_ns);

/* Moves on, when one is under way. */
void beat_advance(struct beat_errand *carrier, uint64_t now_ns);

#endif
