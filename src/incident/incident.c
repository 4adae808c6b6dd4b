/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One incident per host and indicator.
 *
 * The host is the client: by (VLANs, MAC) when the caller knows a MAC that stands for it, else by (VLANs, address). The indicator is the listed name,
 * not its number, which the next feed set may give to another. So an incident lives through a reload.
 *
 * What is a sighting: every query and every ClientHello with a listed name; and a response whose question was not counted for this incident, which is
 * all that a one-sided mirror shows. A response to a question that was counted is its outcome and no other sighting, and so is a server's answer to a
 * hello, which nobody hands over without its hello. An echo, a further name of a
 * message that hit the same indicator, is nothing at all: workers hand echoes over only when everything is observed.
 *
 * What is written: the first sighting at once (NEW); whatever shows a step up the ladder at once (GROWN), with a count of 1 if it is a sighting and of
 * 0 if it is an outcome; every other sighting is counted, and the counted ones are written as one summary when a minute has passed since the first
 * of them. So there is at most one summary an incident and minute, and the counts of all records add up to the sightings exactly.
 *
 * An incident that was idle for a day has ended; the next sighting begins another, with another id.
 *
 * When the table is full, the incident that was idle the longest goes, after its summary is written. Its next sighting begins another.
 * All memory is taken at birth. Entries are chained, not in buckets of fixed ways, since which entry goes is a question to the whole table; the
 * keyed hash keeps the chains short.
 */
#include "incident/incident.h"

#include "incident/outcome.h"
#include "incident/questions.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

/* The client, without padding: MAC or address in `octets`. */
struct host_key {
	uint16_t vlan[NOTE_VLANS_MAX];
	uint8_t vlans;
	uint8_t family; /* of the address; 0: a MAC */
	uint8_t octets[16];
};
_Static_assert(sizeof(struct host_key) == 2 * NOTE_VLANS_MAX + 18, "a key without padding");

/* The listed name, as a part of a note's name. */
struct indicator_name {
	const uint8_t *wire;
	size_t len;
};

/* What tells an incident from another. */
struct incident_key {
	struct host_key host;
	struct indicator_name name;
	uint64_t hash;
};

/* The two lists that an entry may be in: all, the longest idle first; those with something counted, the first due first. */
enum list { LIST_IDLE, LIST_DUE, LISTS };

struct entry {
	struct note last; /* its latest sighting */
	struct host_key host;
	uint64_t hash;
	uint64_t id;
	enum incident_outcome outcome;
	uint64_t first_seen_ns, last_seen_ns;
	uint64_t total;
	uint64_t counted; /* not yet written; 0: not in LIST_DUE */
	uint64_t counted_since_ns, due_ns;
	uint32_t chain;
	struct {
		uint32_t prev, next;
	} link[LISTS];
};

struct incidents {
	struct incidents_options options;
	uint64_t sensor_hash;
	uint64_t now_ns; /* the latest packet time there was since the clock was set back */
	struct questions questions;
	struct entry *entries;
	uint32_t *chains; /* first entry of each */
	uint32_t cap;     /* entries, and chains */
	struct {
		uint32_t first, last;
	} lists[LISTS];
	struct incidents_counts counts;
};

static void list_append(struct incidents *in, enum list list, uint32_t i)
{
	uint32_t last = in->lists[list].last;
	in->entries[i].link[list].prev = last;
	in->entries[i].link[list].next = NONE;
	if (last != NONE)
		in->entries[last].link[list].next = i;
	else
		in->lists[list].first = i;
	in->lists[list].last = i;
}

static void list_remove(struct incidents *in, enum list list, uint32_t i)
{
	uint32_t prev = in->entries[i].link[list].prev, next = in->entries[i].link[list].next;
	if (prev != NONE)
		in->entries[prev].link[list].next = next;
	else
		in->lists[list].first = next;
	if (next != NONE)
		in->entries[next].link[list].prev = prev;
	else
		in->lists[list].last = prev;
}

int incidents_open(struct incidents **incidents, const struct incidents_options *options)
{
	static const struct siphash_key open_key;
	size_t budget = options->budget != 0 ? options->budget : INCIDENTS_BUDGET_DEFAULT;
	size_t questions = budget / 16;
	size_t cap = (budget - questions) / (sizeof(struct entry) + sizeof(uint32_t));
	if (cap == 0)
		return -EINVAL;
	struct incidents *made = calloc(1, sizeof *made);
	if (made == NULL)
		return -ENOMEM;
	made->options = *options;
	made->sensor_hash = siphash13(&open_key, options->sensor, strlen(options->sensor));
	made->cap = cap < NONE ? (uint32_t)cap : NONE - 1;
	made->entries = calloc(made->cap, sizeof *made->entries);
	made->chains = malloc(made->cap * sizeof *made->chains);
	int rc = made->entries != NULL && made->chains != NULL ? questions_open(&made->questions, &options->key, questions) : -ENOMEM;
	if (rc != 0) {
		incidents_close(made);
		return rc;
	}
	memset(made->chains, 0xff, made->cap * sizeof *made->chains);
	for (int list = 0; list < LISTS; list++)
		made->lists[list].first = made->lists[list].last = NONE;
	*incidents = made;
	return 0;
}

void incidents_close(struct incidents *incidents)
{
	if (incidents == NULL)
		return;
	questions_close(&incidents->questions);
	free(incidents->entries);
	free(incidents->chains);
	free(incidents);
}

/* The labels of the note's name that matched: the last ones. */
static struct indicator_name indicator_name(const struct note_sighting *sighting)
{
	const uint8_t *wire = sighting->name.wire;
	for (unsigned labels = sighting->name.labels; labels > sighting->verdict.labels; labels--)
		wire += 1 + *wire;
	return (struct indicator_name){.wire = wire, .len = sighting->name.len - (size_t)(wire - sighting->name.wire)};
}

/* `host` and `name` in one run of octets. Returns its length. */
static size_t key_octets(const struct incident_key *key, uint8_t octets[sizeof(struct host_key) + C2_NAME_WIRE_MAX])
{
	memcpy(octets, &key->host, sizeof key->host);
	memcpy(octets + sizeof key->host, key->name.wire, key->name.len);
	return sizeof key->host + key->name.len;
}

static struct incident_key incident_key(const struct incidents *in, const struct note *hit, const uint8_t *mac)
{
	const struct note_where *where = &hit->where;
	const struct c2_addr *client = note_is_servers(hit->kind) ? &where->dst : &where->src;
	struct incident_key key = {.host.vlans = where->vlans, .name = indicator_name(&hit->sighting)};
	for (int i = 0; i < where->vlans && i < NOTE_VLANS_MAX; i++)
		key.host.vlan[i] = where->vlan[i];
	if (mac != NULL) {
		memcpy(key.host.octets, mac, 6);
	} else {
		key.host.family = client->family;
		memcpy(key.host.octets, client->octets, sizeof client->octets);
	}
	uint8_t octets[sizeof(struct host_key) + C2_NAME_WIRE_MAX];
	size_t len = key_octets(&key, octets);
	key.hash = siphash13(&in->options.key, octets, len);
	return key;
}

/* The id: a hash that anybody can compute, so that it is the same in every run over the same packets. */
static uint64_t incident_id(const struct incidents *in, const struct incident_key *key, uint64_t first_seen_ns)
{
	static const struct siphash_key open_key;
	struct {
		uint64_t sensor, first_seen_ns;
		uint8_t octets[sizeof(struct host_key) + C2_NAME_WIRE_MAX];
	} input = {.sensor = in->sensor_hash, .first_seen_ns = first_seen_ns};
	size_t len = key_octets(key, input.octets);
	return siphash13(&open_key, &input, 2 * sizeof(uint64_t) + len);
}

static uint32_t *incident_chain(struct incidents *in, uint64_t hash)
{
	return &in->chains[(hash >> 32) * in->cap >> 32];
}

static uint32_t incident_find(struct incidents *in, const struct incident_key *key)
{
	for (uint32_t i = *incident_chain(in, key->hash); i != NONE; i = in->entries[i].chain) {
		const struct entry *entry = &in->entries[i];
		struct indicator_name name = indicator_name(&entry->last.sighting);
		if (entry->hash == key->hash && memcmp(&entry->host, &key->host, sizeof key->host) == 0 && name.len == key->name.len &&
			memcmp(name.wire, key->name.wire, name.len) == 0)
			return i;
	}
	return NONE;
}

static void incident_tell(const struct entry *entry, uint64_t since_ns, uint64_t count, struct incident *out)
{
	*out = (struct incident){
		.outcome = entry->outcome,
		.first_seen_ns = entry->first_seen_ns,
		.last_seen_ns = entry->last_seen_ns,
		.since_ns = since_ns,
		.count = count,
		.total = entry->total,
	};
	snprintf(out->id, sizeof out->id, "%016" PRIx64, entry->id);
}

/* Writes what is counted, if anything is. */
static void incident_summarise(struct incidents *in, uint32_t i)
{
	struct entry *entry = &in->entries[i];
	if (entry->counted == 0)
		return;
	struct incident told;
	incident_tell(entry, entry->counted_since_ns, entry->counted, &told);
	entry->counted = 0;
	list_remove(in, LIST_DUE, i);
	in->options.summary(in->options.arg, &told, &entry->last);
}

/* An entry to fill: one that was never used, or that of the longest idle incident, whose summary is still to be written. */
static uint32_t incident_free_entry(struct incidents *in)
{
	if (in->counts.open < in->cap)
		return (uint32_t)in->counts.open++;
	uint32_t i = in->lists[LIST_IDLE].first;
	struct entry *entry = &in->entries[i];
	if (in->now_ns < entry->last_seen_ns + INCIDENT_IDLE_NS)
		in->counts.evicted++;
	uint32_t *at = incident_chain(in, entry->hash);
	while (*at != i)
		at = &in->entries[*at].chain;
	*at = entry->chain;
	list_remove(in, LIST_IDLE, i);
	return i;
}

static uint32_t incident_add(struct incidents *in, const struct incident_key *key)
{
	uint32_t i = incident_free_entry(in);
	uint32_t *chain = incident_chain(in, key->hash);
	struct entry *entry = &in->entries[i];
	entry->host = key->host;
	entry->hash = key->hash;
	entry->chain = *chain;
	*chain = i;
	list_append(in, LIST_IDLE, i);
	return i;
}

static void incident_begin(struct incidents *in, struct entry *entry, const struct incident_key *key, uint64_t at_ns)
{
	entry->id = incident_id(in, key, at_ns);
	entry->outcome = INCIDENT_ASKED;
	entry->first_seen_ns = entry->last_seen_ns = at_ns;
	entry->total = entry->counted = 0;
	in->counts.begun++;
}

/* Moves the incident's time on, and it to the end of the idle list. */
static void incident_touch(struct incidents *in, uint32_t i, uint64_t at_ns)
{
	struct entry *entry = &in->entries[i];
	if (at_ns > entry->last_seen_ns)
		entry->last_seen_ns = at_ns;
	if (at_ns < entry->first_seen_ns)
		entry->first_seen_ns = at_ns;
	list_remove(in, LIST_IDLE, i);
	list_append(in, LIST_IDLE, i);
}

/* Counts a sighting for the next summary. */
static void incident_count(struct incidents *in, uint32_t i, uint64_t at_ns)
{
	struct entry *entry = &in->entries[i];
	if (entry->counted++ > 0)
		return;
	entry->counted_since_ns = at_ns;
	entry->due_ns = in->now_ns + INCIDENT_SUMMARY_NS;
	list_append(in, LIST_DUE, i);
}

static bool has_climbed(struct entry *entry, enum incident_outcome outcome)
{
	if (outcome <= entry->outcome)
		return false;
	entry->outcome = outcome;
	return true;
}

enum incident_step incident_see(struct incidents *in, const struct note *hit, const uint8_t *mac, struct incident *out)
{
	if (hit->sighting.is_aside)
		return INCIDENT_REPEAT;
	uint64_t at_ns = hit->where.at_ns;
	if (at_ns > in->now_ns)
		in->now_ns = at_ns;
	enum incident_outcome outcome = outcome_of(hit);
	struct incident_key key = incident_key(in, hit, mac);
	uint32_t i = incident_find(in, &key);
	bool is_new = i == NONE || at_ns > in->entries[i].last_seen_ns + INCIDENT_IDLE_NS;
	if (is_new && note_is_answered(hit->kind))
		return INCIDENT_REPEAT; /* its incident had to make room, or is another day's */
	if (i == NONE)
		i = incident_add(in, &key);
	struct entry *entry = &in->entries[i];
	if (is_new) {
		incident_summarise(in, i); /* of the incident that ended in this entry, or had to go from it */
		incident_begin(in, entry, &key, at_ns);
	}
	incident_touch(in, i, at_ns);

	if (note_is_answered(hit->kind) || (!is_new && note_is_answer(hit->kind) && questions_has(&in->questions, entry->id, hit))) {
		if (!has_climbed(entry, outcome))
			return INCIDENT_REPEAT;
		incident_tell(entry, at_ns, 0, out);
		return INCIDENT_GROWN;
	}
	entry->last = *hit;
	entry->total++;
	in->counts.sightings++;
	if (note_is_dns(hit->kind))
		questions_add(&in->questions, entry->id, hit);
	bool is_higher = has_climbed(entry, outcome);
	if (!is_new && !is_higher) {
		incident_count(in, i, at_ns);
		return INCIDENT_REPEAT;
	}
	incident_tell(entry, at_ns, 1, out);
	return is_new ? INCIDENT_NEW : INCIDENT_GROWN;
}

void incident_tick(struct incidents *in, uint64_t at_ns)
{
	if (at_ns + INCIDENT_SUMMARY_NS < in->now_ns) {
		/* The clock was set back, or an older capture began: by the old time what is counted would wait until the new one has caught up. */
		incident_flush(in);
		in->now_ns = at_ns;
	}
	if (at_ns > in->now_ns)
		in->now_ns = at_ns;
	uint32_t i;
	while ((i = in->lists[LIST_DUE].first) != NONE && in->entries[i].due_ns <= in->now_ns)
		incident_summarise(in, i);
}

void incident_flush(struct incidents *in)
{
	while (in->lists[LIST_DUE].first != NONE)
		incident_summarise(in, in->lists[LIST_DUE].first);
}

void incidents_count(const struct incidents *in, struct incidents_counts *out)
{
	*out = in->counts;
}
