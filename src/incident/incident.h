/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INCIDENT_INCIDENT_H
#define INCIDENT_INCIDENT_H

#include "base/siphash.h"
#include "note/note.h"

/*
 * Incidents: one host and one indicator over time, with how far it got. Says which sightings are worth a record at once, and counts the others
 * for a summary. For one thread. The rules stand at the top of incident.c.
 */
struct incidents;

/* How far it got: the rungs that a name and what follows it can show, in their order. */
enum incident_outcome {
	INCIDENT_ASKED,
	INCIDENT_REFUSED,   /* NXDOMAIN, REFUSED, or an empty answer */
	INCIDENT_SINKHOLED, /* the answer is 0.0.0.0, ::, 127.0.0.0/8 or ::1 */
	INCIDENT_RESOLVED,
	INCIDENT_HELLO,  /* a ClientHello with the name */
	INCIDENT_TALKED, /* the server answered it with its own */
};

/* What a record says of its incident. */
struct incident {
	char id[17]; /* 16 hex digits; the same for the same sensor, host, indicator and first sighting */
	enum incident_outcome outcome;
	uint64_t first_seen_ns, last_seen_ns;
	uint64_t since_ns; /* first of the sightings this record stands for; of a record that stands for none, the packet's time */
	uint64_t count;    /* sightings this record stands for: over all records they add up to all sightings */
	uint64_t total;    /* sightings since it began, this record's included */
};

/* An idle incident ends after a day: a machine switched off overnight continues its incident, one that has been away for longer is news again. */
#define INCIDENT_IDLE_NS (24 * 3600 * UINT64_C(1000000000))
/* At most one summary an incident in this time. */
#define INCIDENT_SUMMARY_NS (60 * UINT64_C(1000000000))
/* A response is its question's for so long: resolvers give up after at most 30 s. */
#define INCIDENT_ANSWER_NS (30 * UINT64_C(1000000000))

/* Memory for 30,000 incidents and 120,000 open questions. */
#define INCIDENTS_BUDGET_DEFAULT ((size_t)32 << 20)

struct incidents_options {
	struct siphash_key key; /* of the tables */
	size_t budget;          /* octets, all taken at birth; 0: INCIDENTS_BUDGET_DEFAULT */
	const char *sensor;     /* goes into the ids */
	/* Writes a summary down: `last` is the incident's latest sighting. Called from within incident_see(), _tick() and _flush(), and must not call back. */
	void (*summary)(void *arg, const struct incident *incident, const struct note *last);
	void *arg;
};

/* What to do about a hit. */
enum incident_step {
	INCIDENT_REPEAT, /* nothing now: it is counted, or is the known outcome of what was */
	INCIDENT_NEW,    /* write a record: the incident begins */
	INCIDENT_GROWN,  /* write a record: it got further than before */
};

struct incidents_counts {
	uint64_t open; /* incidents in the table, ended ones that nobody asked for again among them */
	uint64_t begun;
	uint64_t evicted;   /* thrown out before their day was over */
	uint64_t sightings; /* what the records' counts add up to, after a flush */
};

/* 0 and `*incidents`; -ENOMEM; -EINVAL: a budget too small for one incident. */
int incidents_open(struct incidents **incidents, const struct incidents_options *options);
/* What is still counted is lost: incident_flush() comes first. Null is fine. */
void incidents_close(struct incidents *incidents);

/*
 * Takes note of a hit, which is a name's sighting with a verdict; or of a server's answer to one, which begins no incident and counts as no sighting.
 *
 * `mac` six octets that stand for the host whatever its address (host_identity_mac()); null: the address stands for it
 * `out` filled for INCIDENT_NEW and INCIDENT_GROWN
 */
enum incident_step incident_see(struct incidents *incidents, const struct note *hit, const uint8_t *mac, struct incident *out);

/* Packet time is now `at_ns`: writes the summaries that are due; all of them when that is more than a minute back. */
void incident_tick(struct incidents *incidents, uint64_t at_ns);

/* Writes every summary there is something to count in. Also before a new feed set speaks, since summaries repeat the old one's verdicts. */
void incident_flush(struct incidents *incidents);

void incidents_count(const struct incidents *incidents, struct incidents_counts *out);

/* The outcome's word in records. */
const char *incident_outcome_text(enum incident_outcome outcome);

#endif
