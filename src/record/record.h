/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "feed/feedset.h"
#include "host/home.h"
#include "host/hosts.h"
#include "host/place.h"
#include "incident/incident.h"
#include "note/counters.h"
#include "note/note.h"

/*
 * Records: the JSON that leaves the program, one line each, ASCII only. The only room that knows a field's name. Hit, gap and coverage records are
 * Elastic Common Schema 8.11; observation lines are flat. Pure but for memory; time is the caller's.
 */

/* Objects and arrays within each other in one record, at most. */
#define LINE_DEPTH_MAX 8

/* A line being written, and then the line: kept by the caller and used again and again, since it keeps its memory. Zero it first. */
struct line {
	char *text; /* NUL-ended, no newline; null before first use */
	size_t len, cap;
	/* the writer's own, record/line.h */
	bool has_failed;
	unsigned depth;
	size_t opened[LINE_DEPTH_MAX];
};

void line_free(struct line *line);

/* Who writes: the same in every record. Texts are the caller's and live as long as the records are made; null: not known. */
struct record_sensor {
	const char *name;     /* observer.name, and the first part of event.id */
	const char *hostname; /* observer.hostname */
	const char *version;  /* of the program */
};

/* A record's own identity. `ms` and `seq` are those of its stream id. */
struct record_id {
	uint64_t ms;
	uint64_t seq;
	uint64_t created_ns; /* when it is made: event.created; 0: not said */
};

/* Claims that a hit lists, at most. */
#define RECORD_CLAIMS_MAX 8

/* What feeds say of the entry that matched. */
struct record_claims {
	struct indicator at[RECORD_CLAIMS_MAX]; /* the one that leads, then the rest */
	unsigned n;                             /* in `at`, at least 1 */
	unsigned total;                         /* how many there are */
};

/* A hit, with all that is known about it. Pointers are the caller's for the length of the call. */
struct record_hit {
	const struct record_sensor *sensor;
	struct record_id id;
	const struct note *note; /* a sighting with a verdict */
	bool is_summary;         /* `c2-summary`, over incident->count repeats of which `note` is the last */
	const struct record_claims *claims;
	const char *feeds; /* the feed set's hash; null: not said */
	const char *iface; /* interface or file; null: not said */
	const struct home *home;
	const struct host_identity *host; /* of the client's side */
	const struct place_facts *place;  /* of the other end */
	const struct incident *incident;
};

/* Writes the hit to `line`. 0 or -ENOMEM. */
int record_hit(struct line *line, const struct record_hit *hit);

/* What a hit is to Redis' flat fields: the same words as in the record. Static texts. */
const char *record_action(const struct note *note, bool is_summary);

/*
 * Writes the observation line of a sighting.
 *
 * `c2`       the indicator that matched, presentation form; null: none
 * `hostname` of the client, presentation form; null or empty: not known
 * 0 or -ENOMEM.
 */
int record_observation(struct line *line, const struct note *note, const char *c2, const char *hostname);

/* Records that were lost. */
struct record_gap {
	uint64_t from_ns, to_ns; /* packets' time of what was lost */
	uint64_t lost;           /* how many */
	const char *where;       /* a word: where they got lost */
};

/* Writes the gap to `line`; its time is `to_ns`. 0 or -ENOMEM. */
int record_gap(struct line *line, const struct record_sensor *sensor, const struct record_id *id, const struct record_gap *gap);

/* What could be read and what could not. Pointers are the caller's for the length of the call. */
struct record_coverage {
	uint64_t from_ns, to_ns;         /* packets' time of what the counters have counted */
	const struct counters *counters; /* sums over the workers */
	uint64_t dropped, missed;        /* packets that the kernel and the interface lost; a replay loses none */
};

/* Writes the coverage to `line`: every counter under its name. Its time is `to_ns`. 0 or -ENOMEM. */
int record_coverage(struct line *line, const struct record_sensor *sensor, const struct record_id *id, const struct record_coverage *coverage);

/* A buffer for a time. */
#define RECORD_TIME_CAP 28
/* Writes `at_ns` (since 1970) as RFC 3339, UTC, microseconds. */
void record_time_text(uint64_t at_ns, char text[static RECORD_TIME_CAP]);

/* A buffer for an address: INET6_ADDRSTRLEN. */
#define RECORD_ADDR_CAP 46
/* Writes the address as RFC 5952 has it; empty for family 0. */
void record_addr_text(const struct c2_addr *addr, char text[static RECORD_ADDR_CAP]);

/*
 * Writes what a consumer wants to know of a sensor before it reads its stream: version, interfaces, feed set, since when.
 * 0 or -ENOMEM.
 */
int record_about(struct line *line, const struct record_sensor *sensor, const char *const *ifaces, size_t n, const char *feeds, const char *since);

#endif
