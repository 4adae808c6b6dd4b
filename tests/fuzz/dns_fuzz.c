/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over a DNS message: bounded, its names sound, and the same as far as it goes in an open view and at every prefix. */
#include "checks.h"

#include <c2watch/dns.h>

#define PREFIXES_MAX 512

/* Walks all of it. Returns how many names were read; the last result in `*rc`. */
static unsigned walk(struct c2_rd in, enum c2_rc *rc)
{
	struct c2_dns dns;
	struct c2_dns_question question;
	struct c2_dns_record answer;
	unsigned names = 0;
	*rc = c2_dns_open(in, &dns);
	if (*rc != C2_OK)
		return 0;
	while ((*rc = c2_dns_question(&dns, &question)) == C2_OK) {
		check_name(&question.name);
		names++;
	}
	MUST(c2_dns_question(&dns, &question) == *rc);
	while ((*rc = c2_dns_record(&dns, &answer)) == C2_OK) {
		check_name(&answer.owner);
		names++;
		if (answer.target.len > 0)
			check_name(&answer.target);
		MUST(answer.addr.family == 0 || answer.addr.family == 4 || answer.addr.family == 6);
	}
	MUST(c2_dns_record(&dns, &answer) == *rc);
	return names;
}

/* The same walk with every name known as soon as it is read: what is left out is what the whole walk reads. */
static void walk_knowing(struct c2_rd in)
{
	struct c2_dns dns, plain;
	struct c2_dns_question question;
	struct c2_dns_record answer, whole;
	if (c2_dns_open(in, &dns) != C2_OK)
		return;
	while (c2_dns_question(&dns, &question) == C2_OK)
		c2_dns_know(&dns, question.name_at);
	c2_dns_open(in, &plain);
	while (c2_dns_question(&plain, &question) == C2_OK)
		;
	while (c2_dns_record(&plain, &whole) == C2_OK) {
		MUST(c2_dns_record(&dns, &answer) == C2_OK && answer.owner_at == whole.owner_at && answer.type == whole.type);
		if (answer.owner.len == 0)
			MUST(c2_dns_name(&dns, answer.owner_at, &answer.owner) == C2_OK);
		MUST(c2_name_equal(&answer.owner, &whole.owner) && answer.target.len == whole.target.len);
		c2_dns_know(&dns, answer.owner_at);
		if (answer.target.len > 0)
			c2_dns_know(&dns, answer.target_at);
	}
}

static void read_subnet(struct c2_rd in)
{
	struct c2_dns dns;
	struct c2_dns_subnet subnet;
	if (c2_dns_open(in, &dns) == C2_OK && c2_dns_client_subnet(dns, &subnet) == C2_OK)
		MUST(subnet.bits > 0 && ((subnet.addr.family == 4 && subnet.bits <= 32) || (subnet.addr.family == 6 && subnet.bits <= 128)));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	enum c2_rc closed;
	enum c2_rc open;
	unsigned names = walk(c2_rd_closed(octets, len), &closed);
	MUST(walk(c2_rd_open(octets, len), &open) == names);
	MUST(closed != C2_MORE && closed != C2_OK);
	MUST(open == closed || (open == C2_MORE && closed == C2_BAD));
	for (size_t have = 0; have < len && have < PREFIXES_MAX; have++) {
		enum c2_rc cut;
		MUST(walk(c2_rd_open(octets, have), &cut) <= names);
		MUST(cut == C2_MORE || cut == open);
	}
	walk_knowing(c2_rd_open(octets, len));
	read_subnet(c2_rd_closed(octets, len));
	MUST(names <= len); /* no octet is a name twice over: the walk is bounded by its input */
	return 0;
}
