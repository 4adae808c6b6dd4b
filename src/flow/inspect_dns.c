/* SPDX-License-Identifier: Apache-2.0 */
/* Messages in DNS' format, from whatever carried them: DNS itself, and its relatives on the local network, which are kept apart. */
#include "flow/inspect_parts.h"

#include <c2watch/dns.h>

/* One message, and what the notes about its names have in common. */
struct hearing {
	struct inspection *in;
	enum dns_tongue tongue;
	struct c2_dns dns;
	uint16_t qtype;              /* of the last question */
	bool has_subnet;             /* it has been looked for */
	struct c2_dns_subnet subnet; /* family 0: none */
	bool has_outcome;
	uint8_t answers;             /* address records, at most 255 */
	struct c2_addr first_answer; /* family 0: none */
};

static const enum note_kind question_kinds[][2] = {
	[TONGUE_DNS] = {NOTE_DNS, NOTE_DNS_R},
	[TONGUE_MDNS] = {NOTE_MDNS, NOTE_MDNS_R},
	[TONGUE_LLMNR] = {NOTE_LLMNR, NOTE_LLMNR_R},
	[TONGUE_NBNS] = {NOTE_NBNS, NOTE_NBNS_R},
};

static bool is_response(const struct c2_dns *dns)
{
	return (dns->flags & C2_DNS_QR) != 0;
}

/*
 * The address records among the answers: how many, and the first. A walk of its own, so that a listed question's note can tell its outcome; and one
 * for the message, however many listed names are in it.
 */
static void hear_outcome(struct hearing *hearing, struct c2_dns dns)
{
	struct c2_dns_record record;
	if (hearing->has_outcome)
		return;
	hearing->has_outcome = true;
	while (c2_dns_record(&dns, &record) == C2_OK && record.section == C2_DNS_ANSWER) {
		if (record.addr.family == 0)
			continue;
		if (hearing->answers == 0)
			hearing->first_answer = record.addr;
		if (hearing->answers < UINT8_MAX)
			hearing->answers++;
	}
}

/* Whose question it is, when a resolver tells another: a walk of its own, for a message that has a note. */
static void hear_subnet(struct hearing *hearing, struct c2_dns rest)
{
	if (hearing->has_subnet)
		return;
	hearing->has_subnet = true;
	if (c2_dns_client_subnet(rest, &hearing->subnet) != C2_OK)
		hearing->subnet.addr.family = 0;
}

/* The owner of a record: read now when the walk knew it already. */
static void hear_owner(const struct hearing *hearing, const struct c2_dns_record *record, struct c2_name *out)
{
	if (record->owner.len > 0)
		*out = record->owner;
	else if (c2_dns_name(&hearing->dns, record->owner_at, out) != C2_OK)
		out->len = 0;
}

/* Notes a name of the message; `record` is the one it stands in, null for a question. `answers` is the walk from the first record on. */
static void hear_name(
	struct hearing *hearing, enum note_kind kind, const struct c2_name *name, const struct c2_dns_record *record, const struct c2_dns *answers)
{
	struct note_sighting *sighting = inspection_sight(hearing->in, kind, name);
	if (sighting == NULL)
		return;
	sighting->dns_id = hearing->dns.id;
	sighting->dns_flags = hearing->dns.flags;
	sighting->qtype = hearing->qtype;
	if (record != NULL) {
		sighting->rrtype = record->type;
		sighting->addr = record->addr;
		if (kind == NOTE_CNAME)
			hear_owner(hearing, record, &sighting->owner);
	}
	if (hearing->tongue == TONGUE_DNS) {
		hear_subnet(hearing, *answers);
		sighting->subnet = hearing->subnet.addr;
		sighting->subnet_bits = hearing->subnet.bits;
	}
	if (is_response(&hearing->dns) && sighting->is_hit) {
		hear_outcome(hearing, *answers);
		sighting->answers = hearing->answers;
		sighting->first_answer = hearing->first_answer;
	}
	inspection_publish(hearing->in);
}

/*
 * A name has been looked up: where it stands again as an owner it is no news, and need not be read. Where every name has a note it is.
 */
static void hear_no_more(struct hearing *hearing, uint32_t at)
{
	if (!hearing->in->inspector->options.notes_all)
		c2_dns_know(&hearing->dns, at);
}

/* An address, and the name that it is the address of: whoever connects to it now does so by name, perhaps. */
static void hear_address(struct hearing *hearing, const struct c2_dns_record *record, const struct c2_dns *answers)
{
	struct named *named = hearing->in->inspector->options.named;
	if (named != NULL && is_response(&hearing->dns))
		named_learn(named, &record->addr, (uint32_t)(hearing->in->at_ns / 1000000000u));
	if (record->owner.len > 0) {
		hear_name(hearing, NOTE_ADDR, &record->owner, record, answers);
		hear_no_more(hearing, record->owner_at);
	} else {
		counter_add(hearing->in->inspector->options.counters, COUNTER_sightings, 1);
	}
}

static void hear_question(struct hearing *hearing, const struct c2_dns_question *question)
{
	enum note_kind kind = question_kinds[hearing->tongue][is_response(&hearing->dns)];
	struct c2_name netbios;
	hearing->qtype = question->type;
	if (hearing->tongue != TONGUE_NBNS) {
		if (question->name.labels > 0)
			hear_name(hearing, kind, &question->name, NULL, &hearing->dns);
		hear_no_more(hearing, question->name_at);
	} else if (c2_netbios_name(&question->name, &netbios) == C2_OK) {
		hear_name(hearing, kind, &netbios, NULL, &hearing->dns);
	}
}

static enum c2_rc hear_records(struct hearing *hearing)
{
	const struct c2_dns answers = hearing->dns;
	struct c2_dns_record record;
	enum c2_rc rc;
	while ((rc = c2_dns_record(&hearing->dns, &record)) == C2_OK) {
		/* A server's own words, or an update's: nobody was told this name on asking for one. */
		hearing->in->is_beside = record.section != C2_DNS_ANSWER || !is_response(&hearing->dns);
		bool is_alias = record.type == C2_DNS_CNAME || record.type == C2_DNS_DNAME;
		if (record.addr.family != 0)
			hear_address(hearing, &record, &answers);
		else if (record.target.len > 0 && record.target.labels > 0) {
			hear_name(hearing, is_alias ? NOTE_CNAME : NOTE_RR, &record.target, &record, &answers);
			hear_no_more(hearing, record.target_at);
		}
	}
	hearing->in->is_beside = false;
	return rc == C2_NONE ? C2_OK : rc;
}

static enum c2_rc hear_message(struct hearing *hearing, struct c2_rd message)
{
	enum c2_rc rc = c2_dns_open(message, &hearing->dns);
	if (rc != C2_OK)
		return rc;
	struct c2_dns_question question;
	while ((rc = c2_dns_question(&hearing->dns, &question)) == C2_OK)
		hear_question(hearing, &question);
	if (rc != C2_NONE)
		return rc;
	return hearing->tongue == TONGUE_DNS ? hear_records(hearing) : C2_OK;
}

enum c2_rc inspect_dns(struct inspection *in, struct c2_rd message, enum dns_tongue tongue)
{
	struct hearing hearing = {.in = in, .tongue = tongue};
	in->hit_count = 0;
	enum c2_rc rc = hear_message(&hearing, message);
	counter_add(in->inspector->options.counters, (enum counter)(COUNTER_dns_ok + rc), 1);
	return rc;
}

/* A name that people use: two labels or more, of printable octets. */
static bool is_plain_name(const struct c2_name *name)
{
	for (unsigned i = 0; i + 1 < name->len; i++)
		if (name->wire[i] >= 0x7f)
			return false;
	return name->labels >= 2;
}

bool dns_is_whole(struct c2_rd message)
{
	struct c2_dns dns;
	struct c2_dns_record record;
	enum c2_rc rc = c2_dns_open(message, &dns);
	while (rc == C2_OK)
		rc = c2_dns_record(&dns, &record);
	return rc == C2_NONE && c2_rd_done(&dns.rd);
}

bool dns_proves_itself(struct c2_rd message)
{
	struct c2_dns dns;
	struct c2_dns_question question;
	/* One question, opcode 0, no reserved bit, few records: what nearly every other datagram fails at its first octets. */
	if (c2_rd_left(&message) < 17 || (message.p[2] & 0x78) != 0 || (message.p[3] & 0x40) != 0 || message.p[4] != 0 || message.p[5] != 1 ||
		message.p[6] != 0 || message.p[8] != 0 || message.p[10] != 0)
		return false;
	if (c2_dns_open(message, &dns) != C2_OK || c2_dns_question(&dns, &question) != C2_OK || question.rrclass != 1 ||
		!is_plain_name(&question.name))
		return false;
	return dns_is_whole(message);
}
