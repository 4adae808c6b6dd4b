/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The publisher: drains the workers' rings, asks hosts, incidents and places, and writes records. Its clock is the notes' time; the wall clock only numbers
 * records and says when they were made.
 */
#include "app/publisher_parts.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define IDLE_NS 2000000
#define BATCH_NOTES 1024
#define WHY_CAP 320

static uint64_t wall_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

/* The side that asked, or said hello: whose host the note is about. */
struct note_client {
	const struct c2_addr *client, *server;
	const uint8_t *mac; /* null: none seen */
};

static struct note_client note_client(const struct note *note)
{
	bool is_answer = note_is_servers(note->kind);
	const struct note_where *where = &note->where;
	return (struct note_client){
		.client = is_answer ? &where->dst : &where->src,
		.server = is_answer ? &where->src : &where->dst,
		.mac = !where->has_mac ? NULL
		       : is_answer     ? where->mac_dst
				       : where->mac_src,
	};
}

static void publisher_identify(const struct publisher *publisher, const struct note *note, struct host_identity *host)
{
	struct note_client side = note_client(note);
	hosts_find(publisher->hosts, side.client, note->where.vlan, note->where.vlans, side.mac, note->where.at_ns, host);
}

static const struct feedset *publisher_feedset(const struct publisher *publisher, const struct note *note)
{
	const struct feedset *next = atomic_load(&publisher->next);
	return next != NULL && note->sighting.feeds == publisher->next_generation ? next : atomic_load(&publisher->now);
}

static const char *publisher_iface(const struct publisher *publisher, const struct note *note)
{
	unsigned i = note->where.iface;
	return i < publisher->options.iface_count ? publisher->options.ifaces[i] : NULL;
}

static void publisher_write(struct publisher *publisher, const struct sink_record *record)
{
	if (outputs_write(publisher->outputs, record, wall_ns()) == -EPIPE)
		atomic_store(&publisher->is_deaf, true);
}

/* What feeds say of the note's indicator at the packet's time. False: nothing any more; the set was damaged under our feet. */
static bool publisher_claims(const struct feedset *feeds, const struct note *note, struct record_claims *claims)
{
	uint32_t entry = note->sighting.verdict.indicator;
	uint64_t at_ns = note->where.at_ns;
	claims->n = 0;
	while (claims->n < RECORD_CLAIMS_MAX && feedset_describe(feeds, entry, at_ns, claims->n, &claims->at[claims->n]))
		claims->n++;
	claims->total = feedset_claims(feeds, entry, at_ns);
	return claims->n > 0;
}

/* One record of a hit: at once, or as the summary of repeats. */
static void publisher_hit(
	struct publisher *publisher, const struct note *note, const struct host_identity *host, const struct incident *incident, bool is_summary)
{
	const struct feedset *feeds = publisher_feedset(publisher, note);
	struct record_claims claims;
	struct place_facts place;
	struct note_client side = note_client(note);
	uint64_t created_ns = wall_ns();
	struct sink_id id = outputs_next_id(publisher->outputs, created_ns / 1000000);
	if (!publisher_claims(feeds, note, &claims))
		return;
	place_find(publisher->place, side.server, &place);
	const struct record_hit hit = {
		.sensor = &publisher->sensor,
		.id = {.ms = id.ms, .seq = id.seq, .created_ns = created_ns},
		.note = note,
		.is_summary = is_summary,
		.claims = &claims,
		.feeds = feedset_hash(feeds),
		.iface = publisher_iface(publisher, note),
		.home = &publisher->home,
		.host = host,
		.place = &place,
		.incident = incident,
	};
	if (record_hit(&publisher->line, &hit) < 0)
		return;
	char ts[RECORD_TIME_CAP];
	char addr[RECORD_ADDR_CAP];
	record_time_text(note->where.at_ns, ts);
	record_addr_text(side.client, addr);
	const struct sink_record record = {
		.id = id,
		.ts = ts,
		.host = host->name[0] != '\0' ? host->name : addr,
		.indicator = claims.at[0].name,
		.action = record_action(note, is_summary),
		.outcome = incident_outcome_text(incident->outcome),
		.json = publisher->line.text,
		.json_len = publisher->line.len,
	};
	publisher_write(publisher, &record);
}

/* incidents' callback: repeats that are due. */
static void publisher_summary(void *arg, const struct incident *incident, const struct note *last)
{
	struct publisher *publisher = arg;
	struct host_identity host;
	publisher_identify(publisher, last, &host);
	publisher_hit(publisher, last, &host, incident, true);
}

/* Writes the line as a record that is about no host and no indicator. */
static void publisher_write_bare(struct publisher *publisher, struct sink_id id, uint64_t at_ns)
{
	char ts[RECORD_TIME_CAP];
	record_time_text(at_ns, ts);
	const struct sink_record record = {.id = id,
		.ts = ts,
		.host = "",
		.indicator = "",
		.action = "",
		.outcome = "",
		.json = publisher->line.text,
		.json_len = publisher->line.len};
	publisher_write(publisher, &record);
}

static void publisher_gap(struct publisher *publisher, const struct note *note)
{
	uint64_t created_ns = wall_ns();
	struct sink_id id = outputs_next_id(publisher->outputs, created_ns / 1000000);
	const struct record_id record_id = {.ms = id.ms, .seq = id.seq, .created_ns = created_ns};
	const struct record_gap gap = {.from_ns = note->lost.from_ns, .to_ns = note->where.at_ns, .lost = note->lost.n, .where = "ring"};
	if (record_gap(&publisher->line, &publisher->sensor, &record_id, &gap) == 0)
		publisher_write_bare(publisher, id, note->where.at_ns);
}

static void publisher_coverage(struct publisher *publisher)
{
	const struct publisher_options *options = &publisher->options;
	uint64_t created_ns = wall_ns();
	struct sink_id id = outputs_next_id(publisher->outputs, created_ns / 1000000);
	const struct record_id record_id = {.ms = id.ms, .seq = id.seq, .created_ns = created_ns};
	if (coverage_write(&publisher->coverage, options->workers, options->worker_count, &publisher->sensor, &record_id, &publisher->line) == 0)
		publisher_write_bare(publisher, id, publisher->coverage.last_ns);
}

/* The sender's callback: records that the spool has lost, or that a server did not take. */
static size_t publisher_spool_gap(void *arg, const struct spool_gap *gap, struct sink_record *record, char *json, size_t cap)
{
	const struct publisher *publisher = arg;
	struct line line = {.text = NULL};
	const struct record_id id = {.ms = gap->id.ms, .seq = gap->id.seq, .created_ns = wall_ns()};
	uint64_t at_ns = gap->id.ms * 1000000; /* ids tell when their records were made */
	const struct record_gap lost = {.from_ns = at_ns, .to_ns = at_ns, .lost = gap->to - gap->from + 1, .where = gap->where};
	size_t len = 0;
	(void)record;
	if (record_gap(&line, &publisher->sensor, &id, &lost) == 0 && line.len <= cap) {
		memcpy(json, line.text, line.len);
		len = line.len;
	}
	line_free(&line);
	return len;
}

/*
 * The sighting with the verdict that holds at the packet's time. Workers do not ask for an indicator's last day: past it, the next one that covers the
 * name speaks, or none. `judged` has room for a note that is not what the worker wrote.
 */
static const struct note *publisher_judge(const struct publisher *publisher, const struct note *note, struct note *judged)
{
	if (!note->sighting.is_hit)
		return note;
	const struct feedset *feeds = publisher_feedset(publisher, note);
	struct indicator indicator;
	if (feedset_describe(feeds, note->sighting.verdict.indicator, note->where.at_ns, 0, &indicator))
		return note;
	*judged = *note;
	judged->sighting.is_hit = feedset_find(feeds, &note->sighting.name, note->where.at_ns, &judged->sighting.verdict) == C2_OK;
	return judged;
}

static void publisher_take_hit(struct publisher *publisher, const struct note *note, const struct host_identity *host)
{
	struct incident incident;
	atomic_fetch_add_explicit(&publisher->hits, 1, memory_order_relaxed);
	if (incident_see(publisher->incidents, note, host_identity_mac(host), &incident) != INCIDENT_REPEAT)
		publisher_hit(publisher, note, host, &incident, false);
}

/* A server's answer to a listed hello: a step up the ladder, and no sighting. */
static void publisher_take_answered(struct publisher *publisher, const struct note *note)
{
	struct host_identity host;
	struct incident incident;
	struct note room;
	note = publisher_judge(publisher, note, &room);
	if (!note->sighting.is_hit)
		return;
	publisher_identify(publisher, note, &host);
	if (incident_see(publisher->incidents, note, host_identity_mac(&host), &incident) != INCIDENT_REPEAT)
		publisher_hit(publisher, note, &host, &incident, false);
}

static void publisher_observe(struct publisher *publisher, const struct note *note, const struct host_identity *host)
{
	struct indicator indicator;
	bool is_listed = note->sighting.is_hit &&
			 feedset_describe(publisher_feedset(publisher, note), note->sighting.verdict.indicator, note->where.at_ns, 0, &indicator);
	if (record_observation(&publisher->line, note, is_listed ? indicator.name : NULL, host->name) < 0)
		return;
	int error = outputs_observe(publisher->outputs, publisher->line.text, publisher->line.len);
	if (error == 0)
		atomic_fetch_add_explicit(&publisher->lines, 1, memory_order_relaxed);
	if (error == -EPIPE)
		atomic_store(&publisher->is_deaf, true);
}

static void publisher_take_sighting(struct publisher *publisher, const struct note *note)
{
	struct host_identity host;
	struct note room;
	note = publisher_judge(publisher, note, &room);
	publisher_identify(publisher, note, &host);
	if (publisher->options.config->is_observe && (note->kind != NOTE_CERT || publisher->options.config->has_certificates))
		publisher_observe(publisher, note, &host);
	if (note->sighting.is_hit && !note->sighting.is_aside)
		publisher_take_hit(publisher, note, &host);
}

/* The host is from now on what the feed says of those that speak its names: its tag, or else its name. */
static void publisher_take_context(struct publisher *publisher, const struct note *note)
{
	const struct feedset *feeds = publisher_feedset(publisher, note);
	struct host_identity host;
	struct indicator entry;
	uint32_t number = feedset_context_at(feeds) + note->sighting.verdict.indicator;
	if (!feedset_describe(feeds, number, note->where.at_ns, 0, &entry))
		return;
	publisher_identify(publisher, note, &host);
	hosts_tag(publisher->hosts, &host, &note->where.src, note->where.at_ns, entry.tag != NULL ? entry.tag : entry.feed);
}

static void publisher_take(struct publisher *publisher, const struct note *note)
{
	switch (note->kind) {
	case NOTE_DHCP:
	case NOTE_DHCP_FQDN:
	case NOTE_DHCP6:
		hosts_learn(publisher->hosts, note);
		if (publisher->options.config->is_observe)
			publisher_take_sighting(publisher, note);
		break;
	case NOTE_HOST:
	case NOTE_LEASE:
	case NOTE_ANNOUNCEMENT:
		hosts_learn(publisher->hosts, note);
		break;
	case NOTE_CONTEXT:
		publisher_take_context(publisher, note);
		break;
	case NOTE_TICK:
		incident_tick(publisher->incidents, note->where.at_ns);
		if (coverage_is_due(&publisher->coverage, note->where.at_ns))
			publisher_coverage(publisher);
		break;
	case NOTE_ANSWERED_TLS:
	case NOTE_ANSWERED_QUIC:
	case NOTE_ANSWERED_DTLS:
		publisher_take_answered(publisher, note);
		break;
	case NOTE_LOST:
		publisher_gap(publisher, note);
		break;
	default:
		publisher_take_sighting(publisher, note);
		break;
	}
}

/* Takes what is in the rings, from each in turn and at most `most`. Returns how many notes. */
static unsigned publisher_take_all(struct publisher *publisher, size_t most)
{
	unsigned taken = 0;
	for (unsigned i = 0; i < publisher->options.worker_count; i++) {
		struct spsc *ring = &publisher->options.workers[i].ring;
		const struct note *note;
		for (size_t n = 0; n < most && (note = spsc_peek(ring)) != NULL; n++) {
			publisher_take(publisher, note);
			spsc_release(ring);
			taken++;
		}
	}
	return taken;
}

/*
 * No note of the old feed set can come any more, and a ring's length of notes holds those that came: its summaries are written while it is still there,
 * and the new one takes its place.
 */
static void publisher_turn(struct publisher *publisher)
{
	publisher_take_all(publisher, publisher->options.workers[0].ring.mask + 1);
	incident_flush(publisher->incidents);
	atomic_store(&publisher->now, atomic_load(&publisher->next));
	atomic_store(&publisher->next, NULL);
	atomic_store(&publisher->is_retiring, false);
}

static void publisher_count(struct publisher *publisher)
{
	struct hosts_counts hosts;
	struct incidents_counts incidents;
	hosts_count(publisher->hosts, &hosts);
	incidents_count(publisher->incidents, &incidents);
	atomic_store_explicit(&publisher->addresses, hosts.addresses, memory_order_relaxed);
	atomic_store_explicit(&publisher->addresses_evicted, hosts.addresses_evicted, memory_order_relaxed);
	atomic_store_explicit(&publisher->incidents_open, incidents.open, memory_order_relaxed);
	atomic_store_explicit(&publisher->incidents_evicted, incidents.evicted, memory_order_relaxed);
}

static void *publisher_run(void *arg)
{
	struct publisher *publisher = arg;
	for (;;) {
		bool is_ending = atomic_load(&publisher->is_ending); /* read before the rings: what was in them then is still written */
		bool is_idle = publisher_take_all(publisher, BATCH_NOTES) == 0;
		/* Whoever asks for these waits for them: also when notes never cease to come. */
		if (atomic_load(&publisher->is_retiring))
			publisher_turn(publisher);
		if (atomic_exchange(&publisher->is_reopening, false))
			outputs_reopen(publisher->outputs);
		if (!is_idle)
			continue;
		if (is_ending)
			break;
		outputs_idle(publisher->outputs, wall_ns());
		publisher_count(publisher);
		nanosleep(&(struct timespec){.tv_nsec = IDLE_NS}, NULL);
	}
	incident_flush(publisher->incidents);
	if (publisher->coverage.period_ns > 0 && publisher->coverage.last_ns > 0)
		publisher_coverage(publisher);
	publisher_count(publisher);
	return NULL;
}

static int publisher_fail(const char *what, const char *why, int error)
{
	log_error("%s%s%s", what, *what != '\0' ? ": " : "", why);
	return error;
}

static int publisher_open_tables(struct publisher *publisher)
{
	const struct config *config = publisher->options.config;
	char why[WHY_CAP];
	struct siphash_key key;
	int error = siphash_key_random(&key);
	if (error < 0)
		return publisher_fail("getrandom", strerror(-error), error);
	error = home_parse(&publisher->home, config->home_nets.items, config->home_nets.n, why, sizeof why);
	if (error < 0)
		return publisher_fail("--home-net", why, error);
	error = place_open(&publisher->place, config->geoip.items, config->geoip.n, why, sizeof why);
	if (error < 0)
		return publisher_fail("--geoip", why, -EINVAL);
	const struct hosts_options hosts = {.key = key};
	const struct incidents_options incidents = {.key = key, .sensor = config->sensor, .summary = publisher_summary, .arg = publisher};
	error = hosts_open(&publisher->hosts, &hosts);
	if (error == 0)
		error = incidents_open(&publisher->incidents, &incidents);
	return error == 0 ? 0 : publisher_fail("tables", strerror(-error), error);
}

int publisher_open(struct publisher **out, const struct publisher_options *options)
{
	struct publisher *publisher = calloc(1, sizeof *publisher);
	if (publisher == NULL)
		return -ENOMEM;
	publisher->options = *options;
	publisher->coverage.period_ns = options->config->coverage_s * SECOND_NS;
	atomic_init(&publisher->now, options->feeds);
	gethostname(publisher->hostname, sizeof publisher->hostname - 1);
	publisher->sensor = (struct record_sensor){.name = options->config->sensor, .hostname = publisher->hostname, .version = options->version};
	publisher->started_s = time(NULL);
	int error = publisher_open_tables(publisher);
	if (error == 0)
		error = outputs_open(&publisher->outputs, options->config, publisher_spool_gap, publisher);
	if (error < 0) {
		publisher_close(publisher);
		return error;
	}
	*out = publisher;
	return 0;
}

int publisher_start(struct publisher *publisher)
{
	int error = pthread_create(&publisher->thread, NULL, publisher_run, publisher);
	if (error == 0)
		pthread_setname_np(publisher->thread, "publisher");
	return -error;
}

void publisher_offer(struct publisher *publisher, const struct feedset *feeds, uint32_t generation)
{
	publisher->next_generation = generation;
	atomic_store(&publisher->next, feeds);
}

void publisher_retire(struct publisher *publisher)
{
	atomic_store(&publisher->is_retiring, true);
}

bool publisher_has_retired(const struct publisher *publisher)
{
	return !atomic_load(&publisher->is_retiring);
}

void publisher_reopen(struct publisher *publisher)
{
	atomic_store(&publisher->is_reopening, true);
}

void publisher_join(struct publisher *publisher)
{
	atomic_store(&publisher->is_ending, true);
	pthread_join(publisher->thread, NULL);
}

bool publisher_is_deaf(const struct publisher *publisher)
{
	return atomic_load(&publisher->is_deaf);
}

void publisher_drain(struct publisher *publisher, uint64_t drain_ms)
{
	outputs_drain(publisher->outputs, drain_ms);
}

void publisher_close(struct publisher *publisher)
{
	if (publisher->outputs != NULL)
		outputs_close(publisher->outputs);
	incidents_close(publisher->incidents);
	hosts_close(publisher->hosts);
	place_close(publisher->place);
	line_free(&publisher->line);
	line_free(&publisher->about);
	free(publisher);
}
