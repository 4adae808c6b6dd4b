/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_SINK_H
#define SINK_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A record as sinks see it: an id, five flat fields for those who filter, and one line of JSON. Sinks know nothing else about it.
 */

#define SINK_JSON_MAX 131072 /* octets of one record's JSON */
#define SINK_FIELD_MAX 1024  /* octets of one flat field */
#define SINK_ID_TEXT_CAP 42  /* two 64-bit numbers, a dash, a NUL */
#define SINK_SENSOR_MAX 64   /* octets of a sensor's name */
#define SINK_WHY_CAP 320     /* room for one line that says what is wrong with a user's input or machine */

/* A stream id, `<ms>-<seq>`: strictly increasing over the whole life of a sensor, restarts included. */
struct sink_id {
	uint64_t ms;
	uint64_t seq;
};

/* One record as it leaves the program. All text is the caller's and is copied by whoever keeps it. */
struct sink_record {
	struct sink_id id;
	const char *ts, *host, *indicator, *action, *outcome; /* flat fields; NUL-ended, empty when not applicable */
	const char *json;                                     /* one line without its newline */
	size_t json_len;
};

/* Less than, equal to or greater than zero, as `a` is before, the same as or after `b`. */
int sink_id_compare(struct sink_id a, struct sink_id b);

/* The id for a record made at `now_ms` (ms since 1970) after one that had `last`: never at or below `last`, whatever the clock does. */
struct sink_id sink_id_next(struct sink_id last, uint64_t now_ms);

/* The id right before `id`; {0,0} stays. */
struct sink_id sink_id_before(struct sink_id id);

/* Writes `<ms>-<seq>` to `text`; returns its length. */
size_t sink_id_text(struct sink_id id, char text[static SINK_ID_TEXT_CAP]);

/* Reads `len` octets of `<ms>-<seq>` (both decimal, nothing around). False, `id` untouched, when they are anything else. */
bool sink_id_parse(const char *text, size_t len, struct sink_id *id);

/* May this be a sensor's name? 1 to 64 of A-Z a-z 0-9 . _ -, not beginning with a dot: it becomes part of a path and of Redis keys. */
bool sink_sensor_is_good(const char *name);

#endif
