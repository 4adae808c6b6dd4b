/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our walk over DNS messages against ldns, on messages made up here: random names, compression, CNAME chains, addresses, and mutations of them.
 * `dns_ldns_test [COUNT [SEED]]`; 20,000 by default. One TAP line a class of messages.
 *
 * What is compared: whenever both read a message, every question and every record of the answer section, its owner, type and target, octet by octet.
 * A well-formed message must be read by both. Where only one reads a mutated one, the difference must be one of these:
 *  - ldns reads the authority and additional sections too, and refuses the message for what is wrong there; ours never looks.
 *  - ldns refuses data that is wrong in types that ours steps over (SOA, MX, TXT ...).
 *  - ldns follows pointers forward and into the header, and more of them than ours; RFC 1035 §4.1.4 has them lead to a prior occurrence.
 *  - ldns takes a record without data for sound whatever its type (RFC 2136 has them), and does not hold data to the length that is told: a name may be
 *    shorter or longer, and what follows is then read from where the name ended. Ours reads class IN strictly, and goes on where the length says.
 * So for a message that only ours reads nothing can be said but that its walk ended; one that only ldns reads must hold a pointer that does not lead back or
 * data that its length does not fit, and one that both read must say the same but for such data.
 */
#include <c2watch/dns.h>

#include <ldns/ldns.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_MAX 4096
#define NAMES_MAX 64

/* xorshift64*: the same messages for the same seed, everywhere. */
static uint64_t random_state = 1;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)((random_state * 2685821657736338717u >> 32) % n);
}

/* A message being written, and where in it names begin that a pointer may lead to. */
struct message {
	uint8_t at[MESSAGE_MAX];
	size_t len;
	uint16_t names[NAMES_MAX];
	unsigned name_count;
};

static void put8(struct message *message, unsigned value)
{
	if (message->len < MESSAGE_MAX)
		message->at[message->len++] = (uint8_t)value;
}

static void put16(struct message *message, unsigned value)
{
	put8(message, value >> 8);
	put8(message, value & 0xff);
}

/* A name: up to four labels, then the root or a pointer to a name before. At most `budget` octets of it are its own. */
static void put_name(struct message *message)
{
	unsigned labels = random_below(4);
	if (message->name_count < NAMES_MAX && message->len < 0x3000)
		message->names[message->name_count++] = (uint16_t)message->len;
	unsigned known = message->name_count - 1;
	for (unsigned i = 0; i < labels; i++) {
		unsigned n = random_below(20) == 0 ? 1 + random_below(20) : 1 + random_below(6);
		put8(message, n);
		for (unsigned j = 0; j < n; j++)
			put8(message, random_below(16) == 0 ? random_below(256) : (random_below(2) ? 'A' : 'a') + random_below(26));
	}
	if (known > 0 && random_below(3) > 0)
		put16(message, 0xc000u | message->names[random_below(known)]);
	else
		put8(message, 0);
}

static void put_record(struct message *message)
{
	static const unsigned types[] = {1, 5, 28, 39, 16, 1, 5, 28};
	unsigned type = types[random_below(8)];
	put_name(message);
	put16(message, type);
	put16(message, 1);
	put16(message, 0);
	put16(message, 60);
	size_t length_at = message->len;
	put16(message, 0);
	if (type == 5 || type == 39)
		put_name(message);
	for (unsigned i = type == 1 ? 4 : type == 28 ? 16 : 0; i > 0; i--)
		put8(message, random_below(256));
	if (type == 16) {
		put8(message, 3);
		put16(message, 0x6162);
		put8(message, 'c');
	}
	size_t len = message->len - length_at - 2;
	message->at[length_at] = (uint8_t)(len >> 8);
	message->at[length_at + 1] = (uint8_t)len;
}

static void make_message(struct message *message)
{
	unsigned answers = random_below(6);
	message->len = 0;
	message->name_count = 0;
	put16(message, random_below(65536));
	put16(message, answers > 0 ? 0x8180 : 0x0100);
	put16(message, 1);
	put16(message, answers);
	put16(message, 0);
	put16(message, 0);
	put_name(message);
	put16(message, 1);
	put16(message, 1);
	while (answers-- > 0)
		put_record(message);
}

/* Changes, cuts or repeats a few octets. */
static void mutate(struct message *message)
{
	for (unsigned i = 1 + random_below(4); i > 0; i--) {
		size_t at = random_below((uint32_t)message->len);
		switch (random_below(5)) {
		case 0:
			message->at[at] = (uint8_t)random_below(256);
			break;
		case 1:
			message->at[at] ^= (uint8_t)(1u << random_below(8));
			break;
		case 2:
			message->at[at] = 0xc0;
			break;
		case 3:
			message->len = at > 12 ? at : 12;
			break;
		default:
			message->at[random_below(12)] = (uint8_t)random_below(8);
		}
	}
}

static bool same_name(const struct c2_name *name, const ldns_rdf *rdf)
{
	const uint8_t *octets = rdf != NULL ? ldns_rdf_data(rdf) : NULL;
	if (octets == NULL || ldns_rdf_size(rdf) != name->len)
		return false;
	for (size_t i = 0; i < name->len; i++)
		if (c2_lower(octets[i]) != name->wire[i])
			return false;
	return true;
}

/* Where ldns keeps what a record points at. */
static size_t target_at(uint16_t type)
{
	return type == C2_DNS_SRV ? 3 : type == C2_DNS_MX || type == C2_DNS_SVCB || type == C2_DNS_HTTPS ? 1 : 0;
}

static bool same_record(const struct c2_dns_record *answer, const ldns_rr *rr)
{
	if (!same_name(&answer->owner, ldns_rr_owner(rr)) || answer->type != ldns_rr_get_type(rr) || answer->rrclass != ldns_rr_get_class(rr))
		return false;
	if (answer->target.len > 0 && !same_name(&answer->target, ldns_rr_rdf(rr, target_at(answer->type))))
		return false;
	size_t len = answer->addr.family == 4 ? 4 : answer->addr.family == 6 ? 16 : 0;
	return len == 0 || (ldns_rdf_size(ldns_rr_rdf(rr, 0)) == len && memcmp(ldns_rdf_data(ldns_rr_rdf(rr, 0)), answer->addr.octets, len) == 0);
}

/* Compares all that ours reads with what ldns read; false at the first difference. `*rc`: how our walk ended. */
static bool compare(struct c2_rd in, const ldns_pkt *packet, enum c2_rc *rc)
{
	struct c2_dns dns;
	struct c2_dns_question question;
	struct c2_dns_record answer;
	size_t at = 0;
	*rc = c2_dns_open(in, &dns);
	if (*rc != C2_OK)
		return true;
	while ((*rc = c2_dns_question(&dns, &question)) == C2_OK) {
		if (packet == NULL)
			continue;
		const ldns_rr *rr = ldns_rr_list_rr(ldns_pkt_question(packet), at++);
		if (rr == NULL || !same_name(&question.name, ldns_rr_owner(rr)) || question.type != ldns_rr_get_type(rr))
			return false;
	}
	if (packet != NULL && *rc == C2_NONE && at != ldns_rr_list_rr_count(ldns_pkt_question(packet)))
		return false;
	at = 0;
	while (*rc == C2_NONE && dns.records[C2_DNS_ANSWER] > 0 && (*rc = c2_dns_record(&dns, &answer)) == C2_OK) {
		const ldns_rr *rr = packet != NULL ? ldns_rr_list_rr(ldns_pkt_answer(packet), at++) : NULL;
		if (packet != NULL && (rr == NULL || !same_record(&answer, rr)))
			return false;
		*rc = C2_NONE;
	}
	return packet == NULL || *rc != C2_NONE || at == ldns_rr_list_rr_count(ldns_pkt_answer(packet));
}

/* Two octets anywhere that as a pointer would not lead strictly back, or behind the header: what ldns follows and ours refuses. */
static bool has_odd_pointer(const struct message *message)
{
	unsigned pointers = 0;
	for (size_t at = 12; at + 1 < message->len; at++) {
		if (message->at[at] < 0xc0)
			continue;
		size_t to = (size_t)(message->at[at] & 0x3f) << 8 | message->at[at + 1];
		if (to < 12 || to >= at || ++pointers > C2_NAME_POINTERS_MAX)
			return true;
		/* Back, but into its own run of labels: ldns goes round until the name is full, or out through another reading of the octets. */
		for (size_t from = 12; from <= at; from++)
			if (to >= from && message->at[from] < 64 && from + message->at[from] + 1u > to)
				return true;
	}
	return false;
}

/* Is the data exactly what the type has? Of types that are not made up here nobody can tell. */
static bool is_exact(uint16_t type, struct c2_rd data, const uint8_t *msg)
{
	unsigned pointers = 0;
	switch (type) {
	case C2_DNS_A:
		return c2_rd_left(&data) == 4;
	case C2_DNS_AAAA:
		return c2_rd_left(&data) == 16;
	case C2_DNS_CNAME:
	case C2_DNS_DNAME:
		return c2_name_read(&data, msg, &pointers, NULL) == C2_OK && c2_rd_done(&data);
	case LDNS_RR_TYPE_TXT:
		while (!c2_rd_done(&data))
			c2_rd_block8(&data);
		return data.rc == C2_OK;
	default:
		return false;
	}
}

/* Is there a record whose data is not of its length, stepping as the lengths say? */
static bool has_loose_data(const struct message *message)
{
	struct c2_dns dns;
	struct c2_dns_question question;
	if (c2_dns_open(c2_rd_closed(message->at, message->len), &dns) != C2_OK)
		return false;
	while (c2_dns_question(&dns, &question) == C2_OK)
		;
	while (dns.rd.rc == C2_OK && dns.records[C2_DNS_ANSWER]-- > 0) {
		c2_name_read(&dns.rd, message->at, &dns.pointers, NULL);
		uint16_t type = c2_rd_u16(&dns.rd);
		c2_rd_skip(&dns.rd, 6);
		struct c2_rd data = c2_rd_block16(&dns.rd);
		if (dns.rd.rc == C2_OK && !is_exact(type, data, message->at))
			return true;
	}
	return false;
}

/* Counts of what came out. */
struct tally {
	unsigned messages, both, neither, ours_only, ldns_only;
	unsigned wrong; /* differences that nothing explains */
};

static void tally_message(struct tally *tally, const struct message *message, bool is_sound)
{
	ldns_pkt *packet = NULL;
	enum c2_rc rc;
	uint8_t *copy = malloc(message->len);
	memcpy(copy, message->at, message->len);
	bool ldns_reads = ldns_wire2pkt(&packet, copy, message->len) == LDNS_STATUS_OK;
	bool is_same = compare(c2_rd_closed(copy, message->len), ldns_reads ? packet : NULL, &rc);
	bool ours_reads = rc == C2_NONE;
	bool is_right = is_same && (ours_reads || !ldns_reads);
	if (is_sound)
		is_right = is_right && ours_reads && ldns_reads;
	else
		is_right = is_right || has_loose_data(message) || (is_same && has_odd_pointer(message));
	tally->messages++;
	tally->both += ours_reads && ldns_reads;
	tally->neither += !ours_reads && !ldns_reads;
	tally->ours_only += ours_reads && !ldns_reads;
	tally->ldns_only += !ours_reads && ldns_reads;
	if (!is_right && tally->wrong++ < 5) {
		printf("# %s%s:", is_same ? "read by one alone" : "read differently", ours_reads ? ", ours" : "");
		for (size_t i = 0; i < message->len; i++)
			printf(" %02x", message->at[i]);
		printf("\n");
	}
	ldns_pkt_free(packet);
	free(copy);
}

static bool tally_report(const struct tally *tally, unsigned number, const char *what)
{
	bool is_good = tally->wrong == 0 && tally->both > 0;
	printf("%s %u - %s: %u messages, %u read by both, %u by neither, %u by ours alone, %u by ldns alone\n", is_good ? "ok" : "not ok", number,
		what, tally->messages, tally->both, tally->neither, tally->ours_only, tally->ldns_only);
	return is_good;
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;
	struct tally sound = {.messages = 0};
	struct tally mutated = {.messages = 0};
	if (argc > 2)
		random_state = strtoull(argv[2], NULL, 10) | 1;
	for (unsigned long i = 0; i < count; i++) {
		static struct message message;
		make_message(&message);
		if (i % 2 != 0)
			mutate(&message);
		tally_message(i % 2 != 0 ? &mutated : &sound, &message, i % 2 == 0);
	}
	bool is_good = tally_report(&sound, 1, "sound messages");
	is_good &= tally_report(&mutated, 2, "mutated messages");
	printf("1..2\n");
	return is_good ? 0 : 1;
}
