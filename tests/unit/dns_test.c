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
	{"two OPT records", "3039 0100 0001 0000 0000 0002" Q "00 0029 1000 00000000 0000 00 0029 1000 00000000 0000", QTEXT "end X . 41 X . 41 end"},
	{"an OPT record among the answers", "3039 8180 0001 0001 0000 0000" Q "00 0029 1000 00000000 0000", QTEXT "end A . 41 end"},
	{"an OPT record longer than the message", "3039 0100 0001 0000 0000 0001" Q "00 0029 1000 00000000 0004 0008", QTEXT "end bad"},
	{"HTTPS, parameters not in order, twice, and too long: they are not read",
		DNS_RESPONSE("0001", "0001") Q RR("c00c", "0041", "0001 {svc.example.net} 0005 <2 ff*8 > 0001 <2 <1 'h2' > > 0001 <2 > 0003 ffff"),
		QTEXT "end A www.example.com 65->svc.example.net end"},
	{"SVCB cut in its target", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0040", "0001 03 'sv'"), QTEXT "end bad"},
	{"an empty string of TXT", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0010", "00"), QTEXT "end A www.example.com 16 end"},
	{"a query with an answer", "3039 0100 0001 0001 0000 0000" Q RR("c00c", "0001", "c0000201"), QTEXT "end A www.example.com 1=192.0.2.1 end"},
	{"a response without an answer", DNS_RESPONSE("0001", "0000") Q, QTEXT "end end"},
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
	{"65535 authority records promised", "3039 8180 0001 0000 ffff 0000" Q RR("c010", "0002", "02 'ns' c010"),
		QTEXT "end N example.com 2->ns.example.com bad"},
	{"65535 additional records promised", "3039 8180 0001 0000 0000 ffff" Q "00 0029 1000 00000000 0000", QTEXT "end X . 41 bad"},
	{"one answer promised, two there", DNS_RESPONSE("0001", "0001") Q RR("c00c", "0001", "c0000201") RR("c00c", "0001", "c0000202"),
		QTEXT "end A www.example.com 1=192.0.2.1 end"},
	{"an answer promised where an authority record is: the counts tell", "3039 8180 0001 0001 0001 0000" Q RR("c010", "0002", "02 'ns' c010"),
		QTEXT "end A example.com 2->ns.example.com bad"},
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

/* Whose question it is. RFC 6891 §6.1, RFC 7871 §6. */
struct subnet_row {
	const char *name;
	const char *octets;
	const char *want;
};

#define OPT(options) "00 0029 1000 00000000 <2 " options " > "
#define ASKED(records) "3039 0100 0001 0000 0000 " records Q
#define SUBNET(octets) "0008 <2 " octets " > "
#define COOKIE_OPTION "000a <2 0102030405060708 > "

static const struct subnet_row subnet_rows[] = {
	{"no OPT record", DNS_QUERY("0001") Q, "none"},
	{"no option", ASKED("0001") OPT(""), "none"},
	{"a cookie alone", ASKED("0001") OPT(COOKIE_OPTION), "none"},
	{"IPv4", ASKED("0001") OPT(SUBNET("0001 18 00 c00002")), "4 192 0 2 0/24"},
	{"IPv4, all of it", ASKED("0001") OPT(SUBNET("0001 20 00 c0000207")), "4 192 0 2 7/32"},
	{"IPv4, not on an octet's border", ASKED("0001") OPT(SUBNET("0001 15 00 c000f8")), "4 192 0 248 0/21"},
	{"IPv6", ASKED("0001") OPT(SUBNET("0002 38 00 20010db8000001")), "6 32 1 13 184/56"},
	{"behind a cookie, and before padding", ASKED("0001") OPT(COOKIE_OPTION SUBNET("0001 18 00 c00002") "000c <2 00*8 > "), "4 192 0 2 0/24"},
	{"behind another record", ASKED("0002") "{a} 0001 0001 00000000 <2 c0000201 >" OPT(SUBNET("0001 18 00 c00002")), "4 192 0 2 0/24"},
	{"in a response, with a scope", "3039 8180 0001 0001 0000 0001" Q RR("c00c", "0001", "c0000201") OPT(SUBNET("0001 18 10 c00002")),
		"4 192 0 2 0/24"},
	{"a client that does not want to be told of", ASKED("0001") OPT(SUBNET("0001 00 00")), "none"},
	{"the same without a family", ASKED("0001") OPT(SUBNET("0000 00 00")), "none"},
	{"a subnet of a family that is not known", ASKED("0001") OPT(SUBNET("0003 08 00 01")), "bad"},
	{"an address too short", ASKED("0001") OPT(SUBNET("0001 18 00 c000")), "bad"},
	{"an address too long", ASKED("0001") OPT(SUBNET("0001 18 00 c0000207")), "bad"},
	{"bits behind the prefix", ASKED("0001") OPT(SUBNET("0001 15 00 c000ff")), "bad"},
	{"33 bits of IPv4", ASKED("0001") OPT(SUBNET("0001 21 00 c000020700")), "bad"},
	{"129 bits of IPv6", ASKED("0001") OPT(SUBNET("0002 81 00 20010db8 00*13 80")), "bad"},
	{"an option of three octets", ASKED("0001") OPT(SUBNET("0001 18")), "bad"},
	{"an option longer than its record", ASKED("0001") OPT("0008 00ff 0001 18 00 c00002"), "bad"},
	{"half an option's head", ASKED("0001") OPT(SUBNET("0001 18 00 c00002") "0008"), "bad"},
	{"two subnets", ASKED("0001") OPT(SUBNET("0001 18 00 c00002") SUBNET("0001 18 00 c00003")), "bad"},
	{"two OPT records", ASKED("0002") OPT(SUBNET("0001 18 00 c00002")) OPT(""), "bad"},
	{"an OPT record among the answers", "3039 8180 0001 0001 0000 0000" Q OPT(SUBNET("0001 18 00 c00002")), "bad"},
	{"an OPT record with a name", ASKED("0001") "{a} 0029 1000 00000000 <2 " SUBNET("0001 18 00 c00002") " >", "bad"},
	{"a record cut behind it", ASKED("0002") OPT(SUBNET("0001 18 00 c00002")) "00 0029", "bad"},
};

static void test_subnet(void **state)
{
	static const char *const results[C2_RC_COUNT] = {"ok", "none", "more", "bad"};
	const struct subnet_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_dns dns;
	struct c2_dns_subnet subnet;
	struct line line = {.len = 0};
	assert_int_equal(c2_dns_open(c2_rd_closed(octets.at, octets.len), &dns), C2_OK);
	enum c2_rc rc = c2_dns_client_subnet(dns, &subnet);
	const uint8_t *octet = subnet.addr.octets;
	if (rc == C2_OK)
		line_add(&line, "%u %u %u %u %u/%u", subnet.addr.family, octet[0], octet[1], octet[2], octet[3], subnet.bits);
	else
		line_add(&line, "%s", results[rc]);
	assert_string_equal(line.text, row->want);
	struct c2_dns_question question;
	assert_int_equal(c2_dns_question(&dns, &question), C2_OK); /* the walk has not moved */
	octets_free(&octets);
}

/* Every prefix of a message waits in an open view, up to the last record's end. */
static void test_subnet_cut(void **state)
{
	(void)state;
	struct octets octets = octets_from(ASKED("0001") OPT(COOKIE_OPTION SUBNET("0001 18 00 c00002")));
	for (size_t len = 12; len <= octets.len; len++) {
		uint8_t *copy = malloc(len);
		struct c2_dns dns;
		struct c2_dns_subnet subnet;
		memcpy(copy, octets.at, len);
		assert_int_equal(c2_dns_open(c2_rd_open(copy, len), &dns), C2_OK);
		assert_int_equal(c2_dns_client_subnet(dns, &subnet), len < octets.len ? C2_MORE : C2_OK);
		free(copy);
	}
	octets_free(&octets);
}

/* What is known is not read again, and can be; all else is read as ever. */
static void test_known(void **state)
{
	(void)state;
	struct octets octets = octets_from(DNS_RESPONSE("0001", "0004") Q RR("c00c", "0005", "04 'edge' c010") RR("c02d", "0001", "c0000201")
			RR("c010", "0001", "c0000202") RR("{www.example.com}", "0001", "c0000203"));
	static const struct {
		const char *owner;
		uint32_t at;
		bool is_known;
	} want[] = {{"www.example.com", 12, true}, {"edge.example.com", 45, true}, {"example.com", 16, false}, {"www.example.com", 84, false}};
	struct c2_dns dns;
	struct c2_dns_question question;
	struct c2_dns_record record;
	struct c2_name name;
	assert_int_equal(c2_dns_open(c2_rd_closed(octets.at, octets.len), &dns), C2_OK);
	assert_int_equal(c2_dns_question(&dns, &question), C2_OK);
	c2_dns_know(&dns, question.name_at);
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		assert_int_equal(c2_dns_record(&dns, &record), C2_OK);
		assert_int_equal(record.owner_at, want[i].at);
		assert_int_equal(record.owner.len == 0, want[i].is_known);
		assert_int_equal(c2_dns_name(&dns, record.owner_at, &name), C2_OK);
		assert_string_equal(name_text(&name), want[i].owner);
		if (!want[i].is_known)
			assert_true(c2_name_equal(&name, &record.owner));
		if (record.target.len > 0)
			c2_dns_know(&dns, record.target_at);
	}
	assert_int_equal(c2_dns_record(&dns, &record), C2_NONE);
	octets_free(&octets);
}

/* Pointers to what is known count like any others: as many records are read as without. */
static void test_known_pointers(void **state)
{
	(void)state;
	static const uint8_t record_octets[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1};
	struct octets head = octets_from(DNS_RESPONSE("0001", "ffff") Q);
	static uint8_t message[8192];
	size_t len = head.len;
	memcpy(message, head.at, head.len);
	for (; len + sizeof record_octets <= sizeof message; len += sizeof record_octets)
		memcpy(message + len, record_octets, sizeof record_octets);
	for (int knows = 0; knows < 2; knows++) {
		struct c2_dns dns;
		struct c2_dns_record record;
		unsigned n = 0;
		assert_int_equal(c2_dns_open(c2_rd_closed(message, len), &dns), C2_OK);
		if (knows)
			c2_dns_know(&dns, 12);
		while (c2_dns_record(&dns, &record) == C2_OK)
			n++;
		assert_int_equal(n, C2_MESSAGE_POINTERS_MAX);
		assert_int_equal(c2_dns_record(&dns, &record), C2_BAD);
	}
	octets_free(&head);
}

/* As many labels are read as a message may have, each name's root among them. */
static void test_labels(void **state)
{
	(void)state;
	static uint8_t message[12 + 5 * (C2_DNS_LABELS_MAX + 1)];
	memcpy(message, (const uint8_t[]){0, 1, 1, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0}, 12);
	for (size_t at = 12; at < sizeof message; at += 5)
		memcpy(message + at, (const uint8_t[]){0, 0, 1, 0, 1}, 5);
	struct c2_dns dns;
	struct c2_dns_question question;
	struct c2_dns_record record;
	assert_int_equal(c2_dns_open(c2_rd_closed(message, sizeof message), &dns), C2_OK);
	for (unsigned i = 0; i < C2_DNS_LABELS_MAX; i++)
		assert_int_equal(c2_dns_question(&dns, &question), C2_OK);
	assert_int_equal(c2_dns_question(&dns, &question), C2_BAD);
	assert_int_equal(c2_dns_open(c2_rd_closed(message, sizeof message), &dns), C2_OK);
	assert_int_equal(c2_dns_record(&dns, &record), C2_BAD); /* stepped over, they count as well */
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
	TESTS_ROWS(&tests, subnet_rows, test_subnet);
	tests_add(&tests, "a client subnet cut anywhere", test_subnet_cut, NULL);
	tests_add(&tests, "known names", test_known, NULL);
	tests_add(&tests, "known names by many pointers", test_known_pointers, NULL);
	tests_add(&tests, "labels without end", test_labels, NULL);
	tests_add(&tests, "header", test_header, NULL);
	tests_add(&tests, "answers before questions", test_answers_first, NULL);
	return tests_run(&tests, "dns");
}
