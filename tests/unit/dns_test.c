/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over a DNS message: what it reads, and everything in a message that may be a lie. RFC 1035 §4, RFC 9267. */
#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <c2watch/dns.h>

#include <stdio.h>
#include <stdlib.h>

#define LINE_CAP 4096

/* A line of text that grows. */
struct line {
	char text[LINE_CAP];
	size_t len;
};

static void __attribute__((format(printf, 2, 3))) line_add(struct line *line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(line->text + line->len, LINE_CAP - line->len, format, args);
	va_end(args);
	line->len += n > 0 ? (size_t)n : 0;
	assert_true(line->len < LINE_CAP);
}

static const char *name_text(const struct c2_name *name)
{
	static char text[C2_NAME_TEXT_MAX];
	c2_name_to_text(name, text);
	return text;
}

static void line_add_answer(struct line *line, const struct c2_dns_record *answer)
{
	line_add(line, " %s %u", name_text(&answer->owner), answer->type);
	if (answer->target.len > 0)
		line_add(line, "->%s", name_text(&answer->target));
	if (answer->addr.family == 4)
		line_add(line, "=%u.%u.%u.%u", answer->addr.octets[0], answer->addr.octets[1], answer->addr.octets[2], answer->addr.octets[3]);
	if (answer->addr.family == 6)
		line_add(line, "=%02x%02x..%02x", answer->addr.octets[0], answer->addr.octets[1], answer->addr.octets[15]);
}

/* Walks the whole message: `Q name type` for a question, `A owner type…` for an answer, `N` in the authority section, `X` in the additional one, how each walk ended in between. */
static void walk(struct c2_rd in, struct line *line)
{
	static const char *const ends[C2_RC_COUNT] = {"ok", "end", "more", "bad"};
	struct c2_dns dns;
	struct c2_dns_question question;
	struct c2_dns_record answer;
	enum c2_rc rc = c2_dns_open(in, &dns);
	line->len = 0;
	line_add(line, "%s", rc == C2_OK ? "" : ends[rc]);
	if (rc != C2_OK)
		return;
	while ((rc = c2_dns_question(&dns, &question)) == C2_OK)
		line_add(line, "Q %s %u ", name_text(&question.name), question.type);
	line_add(line, "%s", ends[rc]);
	enum c2_rc again = c2_dns_question(&dns, &question);
	assert_int_equal(again, rc);
	while ((rc = c2_dns_record(&dns, &answer)) == C2_OK) {
		line_add(line, " %c", "ANX"[answer.section]);
		line_add_answer(line, &answer);
	}
	line_add(line, " %s", ends[rc]);
	again = c2_dns_record(&dns, &answer);
	assert_int_equal(again, rc);
}

struct walk_row {
	const char *name;
	const char *octets;
	const char *want;
};

#define Q "{www.example.com} 0001 0001 "
#define QTEXT "Q www.example.com 1 "

static const struct walk_row walk_rows[] = {
	/* what a message says */
	{"query", DNS_QUERY("0001") Q, QTEXT "end end"},
	{"query for the root", DNS_QUERY("0001") "00 0002 0001", "Q . 2 end end"},
	{"query in 0x20 case", DNS_QUERY("0001") "{wWw.eXample.COM} 0001 0001", QTEXT "end end"},
	{"address", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0001", "c0000201"), QTEXT "end A www.example.com 1=192.0.2.1 end"},
	{"IPv6 address", DNS_RESPONSE("0001", "0001") Q RR("c00c", "001c", "20010db8 00*11 01"), QTEXT "end A www.example.com 28=2001..01 end"},
	{"CNAME", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0005", "04 'edge' c010"), QTEXT "end A www.example.com 5->edge.example.com end"},
	{"DNAME", DNS_RESPONSE("0001", "0001") Q RR("c010", "0027", "{example.org}"), QTEXT "end A example.com 39->example.org end"},
	{"CNAME to the root", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0005", "00"), QTEXT "end A www.example.com 5->. end"},
	{"CNAME to its own owner", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0005", "c00c"), QTEXT "end A www.example.com 5->www.example.com end"},
	{"unknown type", DNS_RESPONSE("0001", "0001") Q RR("c00c", "ff00", "c0ffc0ff"), QTEXT "end A www.example.com 65280 end"},
	{"empty data of an unknown type", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0010", ""), QTEXT "end A www.example.com 16 end"},
	{"answers without a question", DNS_RESPONSE("0000", "0001") RR("{a.example}", "0001", "c0000201"), "end A a.example 1=192.0.2.1 end"},
	{"two questions", DNS_QUERY("0002") Q "{b.example} 001c 0001", QTEXT "Q b.example 28 end end"},
	{"no question", DNS_QUERY("0000"), "end end"},
	{"an address record of another class has no address", DNS_RESPONSE("0001", "0001") Q "c00c 0001 0003 00000000 <2 {a} 1234 >",
		QTEXT "end A www.example.com 1 end"},
	{"an address record without data, as RFC 2136 has them", DNS_RESPONSE("0001", "0001") Q "c00c 0001 00ff 00000000 0000",
		QTEXT "end A www.example.com 1 end"},
	{"an address of mDNS, cache flush bit set", DNS_RESPONSE("0001", "0001") Q "c00c 0001 8001 00000000 <2 c0000201 >",
		QTEXT "end A www.example.com 1=192.0.2.1 end"},
	/* where other types point; RFC 1035 §3.3, RFC 2782, RFC 9460 §2.2 */
	{"name server", DNS_RESPONSE("0001", "0001") Q RR("c010", "0002", "02 'ns' c010"), QTEXT "end A example.com 2->ns.example.com end"},
	{"pointer", DNS_RESPONSE("0001", "0001") Q RR("c00c", "000c", "{host.example.net}"), QTEXT "end A www.example.com 12->host.example.net end"},
	{"mail exchange", DNS_RESPONSE("0001", "0001") Q RR("c010", "000f", "000a 04 'mail' c010"),
		QTEXT "end A example.com 15->mail.example.com end"},
	{"mail exchange without a host, RFC 7505", DNS_RESPONSE("0001", "0001") Q RR("c010", "000f", "0000 00"), QTEXT "end A example.com 15->. end"},
	{"service", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0021", "0001 0002 01bb {sip.example.net}"),
		QTEXT "end A www.example.com 33->sip.example.net end"},
	{"SVCB in alias form", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0040", "0000 {svc.example.net}"),
		QTEXT "end A www.example.com 64->svc.example.net end"},
	{"HTTPS with parameters", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0041", "0001 {svc.example.net} 0001 <2 <1 'h2' > >"),
		QTEXT "end A www.example.com 65->svc.example.net end"},
	{"HTTPS for its own owner", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0041", "0001 00 0001 <2 <1 'h2' > >"),
		QTEXT "end A www.example.com 65->. end"},
	{"mail exchange of three octets", DNS_RESPONSE("0001", "0001") Q RR("c010", "000f", "000a c0"), QTEXT "end bad"},
	{"mail exchange with octets behind", DNS_RESPONSE("0001", "0001") Q RR("c010", "000f", "000a {a} 00"), QTEXT "end bad"},
	{"service without a target", DNS_RESPONSE("0001", "0001") Q RR("c010", "0021", "0001 0002 01bb"), QTEXT "end bad"},
	/* the other sections */
	{"authority", "3039 8180 0001 0000 0001 0000" Q RR("c010", "0002", "02 'ns' c010"), QTEXT "end N example.com 2->ns.example.com end"},
	{"one of each section",
		"3039 8180 0001 0001 0001 0001" Q RR("c00c", "0001", "c0000201") RR("c010", "0002", "02 'ns' c010")
			RR("{ns.example.com}", "0001", "c0000235"),
		QTEXT "end A www.example.com 1=192.0.2.1 N example.com 2->ns.example.com X ns.example.com 1=192.0.2.53 end"},
	{"EDNS in the additional section", "3039 0100 0001 0000 0000 0001" Q "00 0029 1000 00000000 0000", QTEXT "end X . 41 end"},
	{"EDNS with a client subnet and a cookie",
		"3039 0100 0001 0000 0000 0001" Q "00 0029 1000 00008000 <2 0008 <2 0001 18 00 c00002 > 000a <2 0102030405060708 > >",
		QTEXT "end X . 41 end"},
	{"two TSIG records", "3039 0100 0001 0000 0000 0002" Q "00 00fa 00ff 00000000 0000 00 00fa 00ff 00000000 0000",
		QTEXT "end X . 250 X . 250 end"},
	{"garbage behind the message", DNS_QUERY("0001") Q "deadbeef", QTEXT "end end"},
	{"authority records that do not parse", "3039 8183 0001 0000 ffff ffff" Q "c0ff", QTEXT "end bad"},
	/* any opcode, any flag: the octets say the same */
	{"opcode 4, notify", "3039 2000 0001 0000 0000 0000" Q, QTEXT "end end"},
	{"opcode 15", "3039 7800 0001 0000 0000 0000" Q, QTEXT "end end"},
	{"Z bit", "3039 0140 0001 0000 0000 0000" Q, QTEXT "end end"},
	{"truncated bit", "3039 8380 0001 0000 0000 0000" Q, QTEXT "end end"},
	/* headers */
	{"nothing", "", "bad"},
	{"eleven octets", "3039 0100 0001 0000 0000 00", "bad"},
	/* counts that lie */
	{"a question promised, none there", DNS_QUERY("0001"), "bad bad"},
	{"two questions promised, one there", DNS_QUERY("0002") Q, QTEXT "bad bad"},
	{"65535 questions promised", DNS_QUERY("ffff") Q, QTEXT "bad bad"},
	{"65535 answers promised", DNS_RESPONSE("0001", "ffff") Q RR("c00c", "0001", "c0000201"), QTEXT "end A www.example.com 1=192.0.2.1 bad"},
	{"no question promised, one there", DNS_RESPONSE("0000", "0001") Q, "end bad"},
	/* data that lies */
	{"data longer than the message", DNS_RESPONSE("0001", "0001") Q "c00c 0001 0001 0000003c 0005 c0000201", QTEXT "end bad"},
	{"data of 65535 octets", DNS_RESPONSE("0001", "0001") Q "c00c 0010 0001 0000003c ffff c0000201", QTEXT "end bad"},
	{"address of three octets", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0001", "c00002"), QTEXT "end bad"},
	{"address of five octets", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0001", "c000020101"), QTEXT "end bad"},
	{"IPv6 address of four octets", DNS_RESPONSE("0001", "0001") Q RR("c00c", "001c", "c0000201"), QTEXT "end bad"},
	{"CNAME shorter than its data", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0005", "{a} 00"), QTEXT "end bad"},
	{"CNAME longer than its data", DNS_RESPONSE("0001", "0001") Q "c00c 0005 0001 0000003c 0002 {a}", QTEXT "end bad"},
	{"CNAME without data", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0005", ""), QTEXT "end bad"},
	{"CNAME that points at itself", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0005", "c02d"), QTEXT "end bad"},
	{"CNAME that points at its record's owner pointer", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0005", "c021"),
		QTEXT "end A www.example.com 5->www.example.com end"},
	{"CNAME that points forward", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0005", "c030 {a}"), QTEXT "end bad"},
	/* names that lie; one is enough to end the walk */
	{"question that points at itself", DNS_QUERY("0001") "c00c 0001 0001", "bad bad"},
	{"question that points into the header", DNS_QUERY("0001") "c004 0001 0001", "bad bad"},
	{"question with a label of 64", DNS_QUERY("0001") "40 61*64 00 0001 0001", "bad bad"},
	{"question cut before its class", DNS_QUERY("0001") "{www.example.com} 0001", "bad bad"},
	{"a good answer before a bad one is kept", DNS_RESPONSE("0001", "0002") Q RR("c00c", "0001", "c0000201") "c0ff",
		QTEXT "end A www.example.com 1=192.0.2.1 bad"},
};

static void test_walk(void **state)
{
	const struct walk_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct line line;
	walk(c2_rd_closed(octets.at, octets.len), &line);
	assert_string_equal(line.text, row->want);
	octets_free(&octets);
}

/* Cut anywhere, closed: what was read before the cut is what the whole message says, then BAD. Open: the same, then MORE. */
static void test_cut(void **state)
{
	const struct fixture *fixture = *state;
	struct octets octets = octets_from(fixture->octets);
	struct line whole;
	walk(c2_rd_closed(octets.at, octets.len), &whole);
	for (size_t len = 0; len < octets.len; len++) {
		uint8_t *copy = malloc(len + 1);
		memcpy(copy, octets.at, len);
		struct c2_rd views[2] = {c2_rd_closed(copy, len), c2_rd_open(copy, len)};
		for (int open = 0; open < 2; open++) {
			struct line line;
			walk(views[open], &line);
			char *first = strstr(line.text, open ? "more" : "bad");
			if (first != NULL)
				assert_memory_equal(line.text, whole.text, (size_t)(first - line.text));
			else
				assert_string_equal(line.text, whole.text);
			assert_null(strstr(line.text, open ? "bad" : "more"));
		}
		free(copy);
	}
	octets_free(&octets);
}

/* The header's fields come out as they stand. */
static void test_header(void **state)
{
	(void)state;
	struct octets octets = octets_from("abcd 8583 0001 0002 0003 0004");
	struct c2_dns dns;
	assert_int_equal(c2_dns_open(c2_rd_closed(octets.at, octets.len), &dns), C2_OK);
	assert_int_equal(dns.id, 0xabcd);
	assert_int_equal(dns.flags, 0x8583);
	assert_int_equal(dns.questions, 1);
	assert_int_equal(dns.records[C2_DNS_ANSWER], 2);
	assert_int_equal(dns.records[C2_DNS_AUTHORITY], 3);
	assert_int_equal(dns.records[C2_DNS_ADDITIONAL], 4);
	assert_int_equal(C2_DNS_RCODE(dns.flags), 3);
	assert_int_equal(C2_DNS_OPCODE(dns.flags), 0);
	assert_true(dns.flags & C2_DNS_QR);
	octets_free(&octets);
}

/* Answers may be asked for without the questions having been read. */
static void test_answers_first(void **state)
{
	(void)state;
	struct octets octets = octets_from(DNS_RESPONSE("0002", "0001") Q "c00c 0001 0001" RR("c00c", "0001", "c0000201"));
	struct c2_dns dns;
	struct c2_dns_record answer;
	assert_int_equal(c2_dns_open(c2_rd_closed(octets.at, octets.len), &dns), C2_OK);
	assert_int_equal(c2_dns_record(&dns, &answer), C2_OK);
	assert_string_equal(name_text(&answer.owner), "www.example.com");
	assert_int_equal(answer.ttl, 60);
	assert_int_equal(answer.rrclass, 1);
	assert_int_equal(c2_dns_record(&dns, &answer), C2_NONE);
	octets_free(&octets);
}

int main(void)
{
	static struct tests tests;
	TESTS_ROWS(&tests, walk_rows, test_walk);
	static char names[sizeof dns_messages / sizeof dns_messages[0]][80];
	for (size_t i = 0; i < sizeof dns_messages / sizeof dns_messages[0]; i++) {
		snprintf(names[i], sizeof names[i], "cut everywhere: %s", dns_messages[i].name);
		tests_add(&tests, names[i], test_cut, &dns_messages[i]);
	}
	tests_add(&tests, "header", test_header, NULL);
	tests_add(&tests, "answers before questions", test_answers_first, NULL);
	return tests_run(&tests, "dns");
}
