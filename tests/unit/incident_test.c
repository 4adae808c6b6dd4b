/* SPDX-License-Identifier: Apache-2.0 */
/* One incident per host and indicator: the ladder, what is written when, and sums that are exact. */
#include "incident/incident.h"

#include "table.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define S UINT64_C(1000000000)
#define START_S UINT64_C(1700000000)

static uint64_t at(uint64_t s)
{
	return (START_S + s) * S;
}

static struct c2_addr addr(const char *text)
{
	struct c2_addr out = {0};
	out.family = inet_pton(AF_INET, text, out.octets) == 1 ? 4 : 6;
	if (out.family == 6)
		assert_int_equal(inet_pton(AF_INET6, text, out.octets), 1);
	return out;
}

/* What the room has written. */
struct written {
	struct incidents *incidents;
	uint64_t summaries;
	uint64_t sum; /* of the counts of all records */
	struct incident last;
	struct note last_note;
};

static void summary(void *arg, const struct incident *incident, const struct note *last)
{
	struct written *written = arg;
	assert_true(incident->count > 0);
	written->summaries++;
	written->sum += incident->count;
	written->last = *incident;
	written->last_note = *last;
}

static int incidents_setup_with(struct written *written, size_t budget)
{
	memset(written, 0, sizeof *written);
	struct incidents_options options = {.key = {3, 4}, .budget = budget, .sensor = "s1", .summary = summary, .arg = written};
	return incidents_open(&written->incidents, &options);
}

static int incidents_setup(void **state)
{
	static struct written written;
	*state = &written;
	return incidents_setup_with(&written, 1 << 20);
}

static int incidents_teardown(void **state)
{
	struct written *written = *state;
	incidents_close(written->incidents);
	return 0;
}

/* A hit of `name` on the indicator that is its last `labels` labels. Client 192.0.2.10, the same exchange for queries and responses. */
static struct note hit(uint64_t s, enum note_kind kind, const char *name, uint8_t labels)
{
	struct note note = {.kind = kind, .where = {.at_ns = at(s), .ip_proto = 17}};
	struct c2_addr client = addr("192.0.2.10"), server = addr("192.0.2.53");
	bool is_answer = note_is_servers(kind) && kind != NOTE_CERT;
	note.where.src = is_answer ? server : client;
	note.where.dst = is_answer ? client : server;
	note.where.sport = is_answer ? 53 : 5000;
	note.where.dport = is_answer ? 5000 : 53;
	assert_int_equal(c2_name_from_text(name, strlen(name), &note.sighting.name), C2_OK);
	note.sighting.is_hit = true;
	note.sighting.verdict.labels = labels;
	note.sighting.dns_id = 0x1234;
	note.sighting.dns_flags = is_answer ? 0x8180 : 0x0100;
	note.sighting.qtype = 1;
	return note;
}

/* A response with an address. */
static struct note answer(uint64_t s, const char *name, const char *address)
{
	struct note note = hit(s, NOTE_DNS_R, name, 2);
	note.sighting.answers = 1;
	note.sighting.first_answer = addr(address);
	return note;
}

static enum incident_step see(struct written *written, const struct note *note, struct incident *out)
{
	enum incident_step step = incident_see(written->incidents, note, NULL, out);
	if (step != INCIDENT_REPEAT)
		written->sum += out->count;
	return step;
}

/* ---- the ladder, one note at a time */

struct ladder_row {
	const char *name;
	enum note_kind kind;
	uint16_t flags, qtype;
	uint8_t answers;
	const char *address; /* the note's and the first answer; null: none */
	enum incident_outcome outcome;
};

static const struct ladder_row ladder_rows[] = {
	{"query_asks", NOTE_DNS, 0x0100, 1, 0, NULL, INCIDENT_ASKED},
	{"hello_is_a_hello", NOTE_TLS, 0, 0, 0, NULL, INCIDENT_HELLO},
	{"certificate_is_a_hello", NOTE_CERT, 0, 0, 0, NULL, INCIDENT_HELLO},
	{"nxdomain_refuses", NOTE_DNS_R, 0x8183, 1, 0, NULL, INCIDENT_REFUSED},
	{"refused_refuses", NOTE_DNS_R, 0x8185, 1, 0, NULL, INCIDENT_REFUSED},
	{"nxdomain_of_another_type_refuses", NOTE_DNS_R, 0x8183, 16, 0, NULL, INCIDENT_REFUSED},
	/* a server that fails has not answered */
	{"servfail_asks", NOTE_DNS_R, 0x8182, 1, 0, NULL, INCIDENT_ASKED},
	{"formerr_asks", NOTE_DNS_R, 0x8181, 1, 0, NULL, INCIDENT_ASKED},
	{"notimp_asks", NOTE_DNS_R, 0x8184, 1, 0, NULL, INCIDENT_ASKED},
	/* an empty answer: of a resolver, or with authority; not a referral, not one that was cut, not one of other types */
	{"empty_a_refuses", NOTE_DNS_R, 0x8180, 1, 0, NULL, INCIDENT_REFUSED},
	{"empty_aaaa_refuses", NOTE_DNS_R, 0x8180, 28, 0, NULL, INCIDENT_REFUSED},
	{"empty_authoritative_refuses", NOTE_DNS_R, 0x8400, 1, 0, NULL, INCIDENT_REFUSED},
	{"referral_asks", NOTE_DNS_R, 0x8000, 1, 0, NULL, INCIDENT_ASKED},
	{"truncated_asks", NOTE_DNS_R, 0x8380, 1, 0, NULL, INCIDENT_ASKED},
	{"txt_asks", NOTE_DNS_R, 0x8180, 16, 0, NULL, INCIDENT_ASKED},
	{"https_asks", NOTE_DNS_R, 0x8180, 65, 0, NULL, INCIDENT_ASKED},
	/* sinkholes */
	{"zero_sinkholes", NOTE_DNS_R, 0x8180, 1, 1, "0.0.0.0", INCIDENT_SINKHOLED},
	{"loopback_sinkholes", NOTE_DNS_R, 0x8180, 1, 1, "127.0.0.1", INCIDENT_SINKHOLED},
	{"loopback_last_sinkholes", NOTE_DNS_R, 0x8180, 1, 1, "127.255.255.255", INCIDENT_SINKHOLED},
	{"zero_v6_sinkholes", NOTE_DNS_R, 0x8180, 28, 1, "::", INCIDENT_SINKHOLED},
	{"loopback_v6_sinkholes", NOTE_DNS_R, 0x8180, 28, 1, "::1", INCIDENT_SINKHOLED},
	{"addr_record_sinkholes", NOTE_ADDR, 0x8180, 1, 1, "0.0.0.0", INCIDENT_SINKHOLED},
	/* what is like one and is none */
	{"address_resolves", NOTE_DNS_R, 0x8180, 1, 1, "203.0.113.9", INCIDENT_RESOLVED},
	{"address_0_0_0_1_resolves", NOTE_DNS_R, 0x8180, 1, 1, "0.0.0.1", INCIDENT_RESOLVED},
	{"address_126_resolves", NOTE_DNS_R, 0x8180, 1, 1, "126.255.255.255", INCIDENT_RESOLVED},
	{"address_128_resolves", NOTE_DNS_R, 0x8180, 1, 1, "128.0.0.0", INCIDENT_RESOLVED},
	{"address_v6_two_resolves", NOTE_DNS_R, 0x8180, 28, 1, "::2", INCIDENT_RESOLVED},
	{"address_v6_resolves", NOTE_DNS_R, 0x8180, 28, 1, "2001:db8::1", INCIDENT_RESOLVED},
	{"addr_record_resolves", NOTE_ADDR, 0x8180, 1, 1, "203.0.113.9", INCIDENT_RESOLVED},
	{"cname_with_address_resolves", NOTE_CNAME, 0x8180, 1, 1, "203.0.113.9", INCIDENT_RESOLVED},
	{"cname_without_address_refuses", NOTE_CNAME, 0x8180, 1, 0, NULL, INCIDENT_REFUSED},
	{"cname_nxdomain_refuses", NOTE_CNAME, 0x8183, 1, 0, NULL, INCIDENT_REFUSED},
	{"nxdomain_with_an_address_refuses", NOTE_DNS_R, 0x8183, 1, 1, "203.0.113.9", INCIDENT_REFUSED},
};

static void one_note_shows_its_outcome(void **state)
{
	const struct ladder_row *row = *state;
	struct written written;
	assert_int_equal(incidents_setup_with(&written, 1 << 20), 0);
	struct note note = hit(0, row->kind, "bad.example", 2);
	note.sighting.dns_flags = row->flags;
	note.sighting.qtype = row->qtype;
	note.sighting.answers = row->answers;
	if (row->address != NULL)
		note.sighting.addr = note.sighting.first_answer = addr(row->address);
	struct incident out;
	enum incident_step step = see(&written, &note, &out);
	incidents_close(written.incidents);
	assert_int_equal(step, INCIDENT_NEW);
	assert_int_equal(out.outcome, row->outcome);
	assert_int_equal(out.count, 1); /* a response without its query is a sighting */
	assert_int_equal(out.total, 1);
}

static void outcomes_have_their_words(void **state)
{
	(void)state;
	assert_string_equal(incident_outcome_text(INCIDENT_ASKED), "asked");
	assert_string_equal(incident_outcome_text(INCIDENT_REFUSED), "refused");
	assert_string_equal(incident_outcome_text(INCIDENT_SINKHOLED), "sinkholed");
	assert_string_equal(incident_outcome_text(INCIDENT_RESOLVED), "resolved");
	assert_string_equal(incident_outcome_text(INCIDENT_HELLO), "hello");
	assert_string_equal(incident_outcome_text(INCIDENT_TALKED), "talked");
}

/* ---- what is written when */

static void first_sighting_is_new(void **state)
{
	struct incident out;
	struct note query = hit(0, NOTE_DNS, "www.bad.example", 2);
	assert_int_equal(see(*state, &query, &out), INCIDENT_NEW);
	assert_int_equal(strlen(out.id), 16);
	assert_true(out.first_seen_ns == at(0));
	assert_true(out.last_seen_ns == at(0));
	assert_true(out.since_ns == at(0));
	assert_int_equal(out.outcome, INCIDENT_ASKED);
	assert_int_equal(out.count, 1);
	assert_int_equal(out.total, 1);
}

/* Every step is written at once; the response counts for nothing. */
static void whole_ladder_is_written(void **state)
{
	struct incident out;
	struct note query = hit(0, NOTE_DNS, "bad.example", 2);
	assert_int_equal(see(*state, &query, &out), INCIDENT_NEW);
	struct note note = hit(1, NOTE_DNS_R, "bad.example", 2);
	note.sighting.dns_flags = 0x8183;
	assert_int_equal(see(*state, &note, &out), INCIDENT_GROWN);
	assert_int_equal(out.outcome, INCIDENT_REFUSED);
	assert_int_equal(out.count, 0);
	note = answer(2, "bad.example", "0.0.0.0");
	assert_int_equal(see(*state, &note, &out), INCIDENT_GROWN);
	assert_int_equal(out.outcome, INCIDENT_SINKHOLED);
	note = answer(3, "bad.example", "203.0.113.9");
	assert_int_equal(see(*state, &note, &out), INCIDENT_GROWN);
	assert_int_equal(out.outcome, INCIDENT_RESOLVED);
	assert_int_equal(out.count, 0);
	note = hit(4, NOTE_TLS, "bad.example", 2);
	assert_int_equal(see(*state, &note, &out), INCIDENT_GROWN);
	assert_int_equal(out.outcome, INCIDENT_HELLO);
	assert_int_equal(out.count, 1);
	assert_int_equal(out.total, 2);
	note = hit(5, NOTE_ANSWERED_TLS, "bad.example", 2);
	assert_int_equal(see(*state, &note, &out), INCIDENT_GROWN);
	assert_int_equal(out.outcome, INCIDENT_TALKED);
	assert_int_equal(out.count, 0);
	assert_int_equal(out.total, 2);
	assert_true(out.first_seen_ns == at(0));
	assert_true(out.last_seen_ns == at(5));
}

/* An answer is told once, and is no sighting: neither another, nor the first one of an incident, nor the latest, which a summary repeats. */
static void answer_to_a_hello_is_no_sighting(void **state)
{
	static const enum note_kind kinds[] = {NOTE_ANSWERED_TLS, NOTE_ANSWERED_QUIC, NOTE_ANSWERED_DTLS};
	struct written *written = *state;
	struct incident out;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct note note = hit(0, kinds[i], i == 0 ? "one.example" : i == 1 ? "two.example" : "three.example", 2);
		assert_int_equal(see(written, &note, &out), INCIDENT_REPEAT);
		note.kind = NOTE_QUIC;
		note.where.src = addr("192.0.2.10");
		note.where.dst = addr("192.0.2.53");
		assert_int_equal(see(written, &note, &out), INCIDENT_NEW);
		assert_int_equal(see(written, &note, &out), INCIDENT_REPEAT);
		note.kind = kinds[i];
		note.where.src = addr("192.0.2.53");
		note.where.dst = addr("192.0.2.10");
		assert_int_equal(see(written, &note, &out), INCIDENT_GROWN);
		assert_int_equal(out.outcome, INCIDENT_TALKED);
		assert_int_equal(see(written, &note, &out), INCIDENT_REPEAT);
	}
	incident_flush(written->incidents);
	assert_int_equal(written->summaries, COUNT(kinds));
	assert_int_equal(written->last_note.kind, NOTE_QUIC);
	assert_int_equal(written->last.outcome, INCIDENT_TALKED);
	assert_int_equal(written->sum, 2 * COUNT(kinds));
}

/* A day later it is another incident's, and that one has not begun. */
static void answer_without_its_incident_is_nothing(void **state)
{
	struct incident out;
	struct note note = hit(0, NOTE_TLS, "bad.example", 2);
	see(*state, &note, &out);
	note = hit(24 * 3600 + 1, NOTE_ANSWERED_TLS, "bad.example", 2);
	assert_int_equal(see(*state, &note, &out), INCIDENT_REPEAT);
}

static void nothing_leads_down_the_ladder(void **state)
{
	struct incident out;
	struct note note = hit(0, NOTE_TLS, "bad.example", 2);
	assert_int_equal(see(*state, &note, &out), INCIDENT_NEW);
	note = hit(1, NOTE_DNS, "bad.example", 2);
	assert_int_equal(see(*state, &note, &out), INCIDENT_REPEAT);
	note = answer(2, "bad.example", "203.0.113.9");
	assert_int_equal(see(*state, &note, &out), INCIDENT_REPEAT);
	incident_flush(((struct written *)*state)->incidents);
	assert_int_equal(((struct written *)*state)->last.outcome, INCIDENT_HELLO);
	assert_int_equal(((struct written *)*state)->sum, 2);
}

static void id_stays_through_the_ladder(void **state)
{
	struct incident first, out;
	struct note note = hit(0, NOTE_DNS, "bad.example", 2);
	see(*state, &note, &first);
	note = hit(1, NOTE_TLS, "cdn.bad.example", 2); /* another name, the same indicator */
	assert_int_equal(see(*state, &note, &out), INCIDENT_GROWN);
	assert_string_equal(out.id, first.id);
}

/* What makes another incident. */
static void other_host_or_indicator_is_another_incident(void **state)
{
	struct incident first, out;
	struct note note = hit(0, NOTE_DNS, "bad.example", 2);
	see(*state, &note, &first);
	note = hit(0, NOTE_DNS, "worse.example", 2);
	assert_int_equal(see(*state, &note, &out), INCIDENT_NEW);
	assert_string_not_equal(out.id, first.id);
	note = hit(0, NOTE_DNS, "bad.example", 1); /* the listed name is `example` */
	assert_int_equal(see(*state, &note, &out), INCIDENT_NEW);
	note = hit(0, NOTE_DNS, "bad.example", 2);
	note.where.src = addr("192.0.2.11");
	assert_int_equal(see(*state, &note, &out), INCIDENT_NEW);
	note = hit(0, NOTE_DNS, "bad.example", 2);
	note.where.vlans = 1;
	note.where.vlan[0] = 100;
	assert_int_equal(see(*state, &note, &out), INCIDENT_NEW);
	note.where.vlan[0] = 101;
	assert_int_equal(see(*state, &note, &out), INCIDENT_NEW);
	note.where.src = addr("2001:db8::10");
	assert_int_equal(see(*state, &note, &out), INCIDENT_NEW);
}

/* A MAC that stands for the host joins its addresses. */
static void mac_joins_the_addresses_of_a_host(void **state)
{
	struct written *written = *state;
	static const uint8_t one[6] = {2, 0, 0, 0, 0, 1}, two[6] = {2, 0, 0, 0, 0, 2};
	struct incident first, out;
	struct note note = hit(0, NOTE_DNS, "bad.example", 2);
	assert_int_equal(incident_see(written->incidents, &note, one, &first), INCIDENT_NEW);
	note = hit(1, NOTE_TLS, "bad.example", 2);
	note.where.src = addr("2001:db8::10");
	assert_int_equal(incident_see(written->incidents, &note, one, &out), INCIDENT_GROWN);
	assert_string_equal(out.id, first.id);
	assert_int_equal(incident_see(written->incidents, &note, two, &out), INCIDENT_NEW);
	note.where.vlans = 1;
	assert_int_equal(incident_see(written->incidents, &note, one, &out), INCIDENT_NEW);
}

/* The same packets give the same ids, whatever the key of the tables; another sensor gives others. */
static void id_is_the_same_in_every_run(void **state)
{
	(void)state;
	struct incident out[3];
	for (int run = 0; run < 3; run++) {
		struct incidents *incidents;
		struct incidents_options options = {
			.key = {(uint64_t)run, 77}, .budget = 1 << 20, .sensor = run < 2 ? "s1" : "s2", .summary = summary, .arg = NULL};
		assert_int_equal(incidents_open(&incidents, &options), 0);
		struct note note = hit(0, NOTE_DNS, "bad.example", 2);
		assert_int_equal(incident_see(incidents, &note, NULL, &out[run]), INCIDENT_NEW);
		incidents_close(incidents);
	}
	assert_string_equal(out[0].id, out[1].id);
	assert_string_not_equal(out[0].id, out[2].id);
}

/* ---- summaries */

static void repeats_are_summed_up_after_a_minute(void **state)
{
	struct written *written = *state;
	struct incident out;
	struct note note = hit(0, NOTE_DNS, "bad.example", 2);
	see(written, &note, &out);
	for (uint64_t s = 10; s < 20; s++) {
		note = hit(s, NOTE_DNS, "bad.example", 2);
		assert_int_equal(see(written, &note, &out), INCIDENT_REPEAT);
	}
	incident_tick(written->incidents, at(69));
	assert_int_equal(written->summaries, 0);
	incident_tick(written->incidents, at(70));
	assert_int_equal(written->summaries, 1);
	assert_int_equal(written->last.count, 10);
	assert_int_equal(written->last.total, 11);
	assert_true(written->last.since_ns == at(10));
	assert_true(written->last.last_seen_ns == at(19));
	assert_true(written->last_note.where.at_ns == at(19));
	incident_tick(written->incidents, at(1000));
	assert_int_equal(written->summaries, 1); /* nothing more to count */
}

/* An hour back: what is counted is told at once, and what comes is told a minute later by the new time. */
static void clock_set_back_holds_up_no_summary(void **state)
{
	struct written *written = *state;
	struct incident out;
	for (uint64_t s = 7200; s < 7203; s++) {
		struct note note = hit(s, NOTE_DNS, "bad.example", 2);
		see(written, &note, &out);
	}
	incident_tick(written->incidents, at(7203 - 60)); /* packets of two workers are not that far apart */
	assert_int_equal(written->summaries, 0);
	incident_tick(written->incidents, at(3600));
	assert_int_equal(written->summaries, 1);
	assert_int_equal(written->last.count, 2);
	struct note note = hit(3601, NOTE_DNS, "bad.example", 2);
	assert_int_equal(see(written, &note, &out), INCIDENT_REPEAT);
	incident_tick(written->incidents, at(3659));
	assert_int_equal(written->summaries, 1);
	incident_tick(written->incidents, at(3661));
	assert_int_equal(written->summaries, 2);
	assert_int_equal(written->last.total, 4);
}

static void summaries_are_a_minute_apart(void **state)
{
	struct written *written = *state;
	struct incident out;
	uint64_t last_s = 0;
	for (uint64_t s = 0; s < 1000; s++) {
		struct note note = hit(s, NOTE_DNS, "bad.example", 2);
		see(written, &note, &out);
		uint64_t before = written->summaries;
		incident_tick(written->incidents, at(s));
		if (written->summaries == before)
			continue;
		assert_int_equal(written->summaries, before + 1);
		assert_true(s >= last_s + 60);
		last_s = s;
	}
	assert_in_range(written->summaries, 15, 16);
}

/* A step does not take what was counted before it along. */
static void growth_leaves_the_counted_to_the_summary(void **state)
{
	struct written *written = *state;
	struct incident out;
	struct note note = hit(0, NOTE_DNS, "bad.example", 2);
	see(written, &note, &out);
	see(written, &note, &out);
	note = hit(1, NOTE_TLS, "bad.example", 2);
	assert_int_equal(see(written, &note, &out), INCIDENT_GROWN);
	assert_int_equal(out.count, 1);
	assert_int_equal(out.total, 3);
	incident_flush(written->incidents);
	assert_int_equal(written->last.count, 1);
	assert_int_equal(written->sum, 3);
}

static void flush_writes_every_incident(void **state)
{
	struct written *written = *state;
	struct incident out;
	static const char *const names[] = {"a.example", "b.example", "c.example"};
	for (size_t i = 0; i < 2 * COUNT(names); i++) {
		struct note note = hit(i, NOTE_DNS, names[i % COUNT(names)], 2);
		see(written, &note, &out);
	}
	incident_flush(written->incidents);
	assert_int_equal(written->summaries, 3);
	assert_int_equal(written->sum, 6);
	incident_flush(written->incidents);
	assert_int_equal(written->summaries, 3);
}

/* ---- responses */

static void response_to_a_counted_question_is_no_sighting(void **state)
{
	struct written *written = *state;
	struct incident out;
	struct incidents_counts counts;
	struct note note = hit(0, NOTE_DNS, "bad.example", 2);
	see(written, &note, &out);
	note = answer(1, "bad.example", "203.0.113.9");
	assert_int_equal(see(written, &note, &out), INCIDENT_GROWN);
	assert_int_equal(out.count, 0);
	assert_int_equal(see(written, &note, &out), INCIDENT_REPEAT); /* the same once more */
	incident_flush(written->incidents);
	incidents_count(written->incidents, &counts);
	assert_int_equal(counts.sightings, 1);
	assert_int_equal(written->summaries, 0);
}

/* What makes a response another question's. */
static void response_to_an_unseen_question_is_a_sighting(void **state)
{
	struct written *written = *state;
	struct incident out;
	struct incidents_counts counts;
	struct note note = hit(0, NOTE_DNS, "bad.example", 2);
	see(written, &note, &out);
	note = answer(1, "bad.example", "203.0.113.9");
	note.sighting.dns_id++;
	assert_int_equal(see(written, &note, &out), INCIDENT_GROWN);
	assert_int_equal(out.count, 1);
	note = answer(1, "bad.example", "203.0.113.9");
	note.where.dport++;
	assert_int_equal(see(written, &note, &out), INCIDENT_REPEAT);
	note = answer(1, "bad.example", "203.0.113.9");
	note.where.src = addr("192.0.2.54");
	assert_int_equal(see(written, &note, &out), INCIDENT_REPEAT);
	note = answer(31, "bad.example", "203.0.113.9"); /* too late to be that question's */
	assert_int_equal(see(written, &note, &out), INCIDENT_REPEAT);
	incident_flush(written->incidents);
	incidents_count(written->incidents, &counts);
	assert_int_equal(counts.sightings, 5);
	assert_int_equal(written->sum, 5);
}

static void response_at_the_last_moment_is_the_questions(void **state)
{
	struct written *written = *state;
	struct incident out;
	struct note note = hit(0, NOTE_DNS, "bad.example", 2);
	see(written, &note, &out);
	note = answer(30, "bad.example", "203.0.113.9");
	see(written, &note, &out);
	assert_int_equal(out.count, 0);
	assert_int_equal(written->sum, 1);
}

/* A mirror of one direction: the response counts, once. */
static void repeated_response_without_a_question_is_one_sighting(void **state)
{
	struct written *written = *state;
	struct incident out;
	struct note note = answer(0, "bad.example", "203.0.113.9");
	assert_int_equal(see(written, &note, &out), INCIDENT_NEW);
	assert_int_equal(see(written, &note, &out), INCIDENT_REPEAT);
	incident_flush(written->incidents);
	assert_int_equal(written->sum, 1);
}

/* The question was for a name that is not listed; the CNAME in its response is. */
static void listed_cname_is_its_own_sighting(void **state)
{
	struct written *written = *state;
	struct incident out;
	struct note note = hit(0, NOTE_CNAME, "bad.example", 2);
	note.sighting.answers = 1;
	note.sighting.first_answer = addr("203.0.113.9");
	assert_int_equal(see(written, &note, &out), INCIDENT_NEW);
	assert_int_equal(out.outcome, INCIDENT_RESOLVED);
	note = hit(0, NOTE_ADDR, "bad.example", 2);
	note.sighting.addr = addr("203.0.113.9");
	assert_int_equal(see(written, &note, &out), INCIDENT_REPEAT);
	incident_flush(written->incidents);
	assert_int_equal(written->sum, 1);
}

/* Echoes are handed over only when everything is observed, so they must change nothing. */
static void echo_is_nothing(void **state)
{
	struct written *written = *state;
	struct incident out;
	struct incidents_counts counts;
	struct note note = answer(0, "bad.example", "203.0.113.9");
	note.sighting.is_aside = true;
	assert_int_equal(see(written, &note, &out), INCIDENT_REPEAT);
	incidents_count(written->incidents, &counts);
	assert_int_equal(counts.begun + counts.sightings, 0);
}

static void retransmitted_query_is_a_sighting(void **state)
{
	struct written *written = *state;
	struct incident out;
	struct note note = hit(0, NOTE_DNS, "bad.example", 2);
	see(written, &note, &out);
	note.where.at_ns = at(5);
	assert_int_equal(see(written, &note, &out), INCIDENT_REPEAT);
	incident_flush(written->incidents);
	assert_int_equal(written->sum, 2);
}

/* ---- time */

static void idle_for_a_day_continues(void **state)
{
	struct incident first, out;
	struct note note = hit(0, NOTE_DNS, "bad.example", 2);
	see(*state, &note, &first);
	note = hit(24 * 3600, NOTE_DNS, "bad.example", 2);
	assert_int_equal(see(*state, &note, &out), INCIDENT_REPEAT);
}

static void idle_for_longer_begins_another(void **state)
{
	struct written *written = *state;
	struct incident first, out;
	struct note note = hit(0, NOTE_TLS, "bad.example", 2);
	see(written, &note, &first);
	see(written, &note, &out);
	note = hit(24 * 3600 + 1, NOTE_DNS, "bad.example", 2);
	assert_int_equal(see(written, &note, &out), INCIDENT_NEW);
	assert_int_equal(written->summaries, 1); /* of the one that ended */
	assert_string_equal(written->last.id, first.id);
	assert_string_not_equal(out.id, first.id);
	assert_int_equal(out.outcome, INCIDENT_ASKED); /* the ladder begins anew */
	assert_int_equal(out.total, 1);
	assert_true(out.first_seen_ns == at(24 * 3600 + 1));
}

static void earlier_note_moves_the_first_sighting(void **state)
{
	struct incident first, out;
	struct note note = hit(100, NOTE_DNS, "bad.example", 2);
	see(*state, &note, &first);
	note = hit(90, NOTE_TLS, "bad.example", 2);
	assert_int_equal(see(*state, &note, &out), INCIDENT_GROWN);
	assert_string_equal(out.id, first.id);
	assert_true(out.first_seen_ns == at(90));
	assert_true(out.last_seen_ns == at(100));
}

/* ---- bounds */

static void budget_without_room_is_refused(void **state)
{
	(void)state;
	struct written written;
	assert_int_equal(incidents_setup_with(&written, 512), -EINVAL);
}

/* Names told apart by a number. */
static struct note numbered(uint64_t s, enum note_kind kind, unsigned number)
{
	char name[32];
	snprintf(name, sizeof name, "n%u.example", number);
	return hit(s, kind, name, 2);
}

static void full_table_evicts_the_longest_idle_after_its_summary(void **state)
{
	(void)state;
	struct written written;
	struct incident out;
	struct incidents_counts counts;
	assert_int_equal(incidents_setup_with(&written, 64 << 10), 0);
	unsigned n = 0;
	do { /* two sightings each, until one has had to go */
		for (int twice = 0; twice < 2; twice++) {
			struct note note = numbered(n, NOTE_DNS, n);
			see(&written, &note, &out);
		}
		struct note keep = numbered(n, NOTE_DNS, 0); /* the first is never idle */
		see(&written, &keep, &out);
		n++;
		incidents_count(written.incidents, &counts);
		assert_true(n < 1000);
	} while (counts.evicted == 0);
	assert_int_equal(counts.open, n - 1);
	assert_int_equal(written.summaries, 1);
	assert_string_equal((const char *)written.last_note.sighting.name.wire, "\2n1\7example");
	struct note note = numbered(n, NOTE_DNS, 1);
	assert_int_equal(see(&written, &note, &out), INCIDENT_NEW); /* it begins anew */
	note = numbered(n, NOTE_DNS, 0);
	assert_int_equal(see(&written, &note, &out), INCIDENT_REPEAT);
	incident_flush(written.incidents);
	incidents_count(written.incidents, &counts);
	assert_int_equal(written.sum, counts.sightings);
	incidents_close(written.incidents);
}

/* Ended incidents that make room are not counted as lost. */
static void ended_incident_makes_room_unsung(void **state)
{
	(void)state;
	struct written written;
	struct incident out;
	struct incidents_counts counts;
	assert_int_equal(incidents_setup_with(&written, 64 << 10), 0);
	for (unsigned i = 0; i < 200; i++) {
		struct note note = numbered((uint64_t)i * 100000, NOTE_DNS, i);
		see(&written, &note, &out);
	}
	incidents_count(written.incidents, &counts);
	incidents_close(written.incidents);
	assert_int_equal(counts.begun, 200);
	assert_int_equal(counts.evicted, 0);
}

/* ---- exact sums, against a naive count */

enum { EVENTS = 100000, HOSTS = 20, NAMES = 20 };

/* A question that the model has counted: what a response is compared with. */
struct asked {
	uint64_t at_ns;
	unsigned host, name;
	uint16_t id;
};

static struct note random_note(uint64_t at_ns, unsigned host, unsigned name, unsigned kind, uint16_t id)
{
	static const enum note_kind kinds[] = {NOTE_DNS, NOTE_DNS_R, NOTE_TLS, NOTE_ADDR};
	struct note note = numbered(0, kinds[kind], name);
	note.where.at_ns = at_ns;
	struct c2_addr *client = note_is_answer(note.kind) ? &note.where.dst : &note.where.src;
	client->octets[3] = (uint8_t)host;
	note.sighting.dns_id = id;
	if (note.kind == NOTE_DNS_R && rand() % 2 == 0) {
		note.sighting.answers = 1;
		note.sighting.first_answer = addr(rand() % 2 == 0 ? "0.0.0.0" : "203.0.113.9");
	}
	if (note.kind == NOTE_ADDR)
		note.sighting.addr = addr("203.0.113.9");
	return note;
}

/* Is a response with that exchange another's outcome? Scans what was asked in the last 30 s. */
static bool model_has(const struct asked *asked, size_t n, const struct asked *response)
{
	for (size_t i = n; i-- > 0 && asked[i].at_ns + INCIDENT_ANSWER_NS >= response->at_ns;)
		if (asked[i].host == response->host && asked[i].name == response->name && asked[i].id == response->id)
			return true;
	return false;
}

static void counts_of_all_records_are_the_sightings(size_t budget, bool evicts)
{
	static struct asked asked[EVENTS];
	size_t n = 0;
	uint64_t expected = 0, records = 0, now_ns = at(0);
	struct written written;
	struct incident out;
	struct incidents_counts counts;
	assert_int_equal(incidents_setup_with(&written, budget), 0);
	srand(11);
	for (unsigned i = 0; i < EVENTS; i++) {
		now_ns += (uint64_t)(rand() % 200) * 1000000;
		struct asked now = {now_ns, (unsigned)rand() % HOSTS, (unsigned)rand() % NAMES, (uint16_t)(rand() % 4)};
		struct note note = random_note(now_ns, now.host, now.name, (unsigned)rand() % 4, now.id);
		if (!note_is_answer(note.kind) || !model_has(asked, n, &now)) {
			expected++;
			if (note.kind != NOTE_TLS)
				asked[n++] = now;
		}
		records += see(&written, &note, &out) != INCIDENT_REPEAT;
		if (i % 10 == 0)
			incident_tick(written.incidents, now_ns);
	}
	incident_flush(written.incidents);
	incidents_count(written.incidents, &counts);
	incidents_close(written.incidents);
	assert_int_equal(written.sum, counts.sightings);
	assert_int_equal(counts.evicted != 0, evicts);
	if (evicts) {
		assert_true(written.sum >= expected); /* an evicted incident's responses count again */
	} else {
		assert_int_equal(written.sum, expected);
		assert_true(written.summaries + records < EVENTS / 2); /* so summaries do sum up */
	}
}

static void random_events_sum_up_exactly(void **state)
{
	(void)state;
	counts_of_all_records_are_the_sightings(4 << 20, false);
}

static void random_events_sum_up_exactly_under_eviction(void **state)
{
	(void)state;
	counts_of_all_records_are_the_sightings(256 << 10, true);
}

#define WITH_INCIDENTS(test) cmocka_unit_test_setup_teardown(test, incidents_setup, incidents_teardown)

int main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(outcomes_have_their_words),
		WITH_INCIDENTS(first_sighting_is_new),
		WITH_INCIDENTS(whole_ladder_is_written),
		WITH_INCIDENTS(answer_to_a_hello_is_no_sighting),
		WITH_INCIDENTS(answer_without_its_incident_is_nothing),
		WITH_INCIDENTS(nothing_leads_down_the_ladder),
		WITH_INCIDENTS(id_stays_through_the_ladder),
		WITH_INCIDENTS(other_host_or_indicator_is_another_incident),
		WITH_INCIDENTS(mac_joins_the_addresses_of_a_host),
		cmocka_unit_test(id_is_the_same_in_every_run),
		WITH_INCIDENTS(repeats_are_summed_up_after_a_minute),
		WITH_INCIDENTS(clock_set_back_holds_up_no_summary),
		WITH_INCIDENTS(summaries_are_a_minute_apart),
		WITH_INCIDENTS(growth_leaves_the_counted_to_the_summary),
		WITH_INCIDENTS(flush_writes_every_incident),
		WITH_INCIDENTS(response_to_a_counted_question_is_no_sighting),
		WITH_INCIDENTS(response_to_an_unseen_question_is_a_sighting),
		WITH_INCIDENTS(response_at_the_last_moment_is_the_questions),
		WITH_INCIDENTS(repeated_response_without_a_question_is_one_sighting),
		WITH_INCIDENTS(listed_cname_is_its_own_sighting),
		WITH_INCIDENTS(echo_is_nothing),
		WITH_INCIDENTS(retransmitted_query_is_a_sighting),
		WITH_INCIDENTS(idle_for_a_day_continues),
		WITH_INCIDENTS(idle_for_longer_begins_another),
		WITH_INCIDENTS(earlier_note_moves_the_first_sighting),
		cmocka_unit_test(budget_without_room_is_refused),
		cmocka_unit_test(full_table_evicts_the_longest_idle_after_its_summary),
		cmocka_unit_test(ended_incident_makes_room_unsung),
		cmocka_unit_test(random_events_sum_up_exactly),
		cmocka_unit_test(random_events_sum_up_exactly_under_eviction),
	};
	static struct tests tests;
	memcpy(tests.at, single, sizeof single);
	tests.count = COUNT(single);
	TESTS_ROWS(&tests, ladder_rows, one_note_shows_its_outcome);
	return tests_run(&tests, "incident");
}
