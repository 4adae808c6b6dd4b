/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What streams carry beyond a first hello: messages one after another, tunnels, bodies that must not be read, beginnings that lie; DTLS and datagrams in
 * fragments. Each stream is shown whole, octet by octet, cut once everywhere, and backwards: the names are the same.
 */
#include "bench.h"
#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <stdio.h>
#include <stdlib.h>

#define SECOND UINT64_C(1000000000)
#define END "0d0a 0d0a"
#define NL " 0d0a "
#define TLS RECORD(HELLO(SNI("'www.evil.example'") VERSIONS))
#define REQUEST(host) "'GET / HTTP/1.1'" NL "'Host: " host "'" END " "
#define POST(length, body) "'POST / HTTP/1.1'" NL "'Host: a.example'" NL "'Content-Length: " length "'" END " " body " "
#define CHUNKED "'POST / HTTP/1.1'" NL "'Host: a.example'" NL "'Transfer-Encoding: chunked'" END " "
#define QUERY(name) "<2 " DNS_QUERY("0001") "{" name "} 0001 0001 > "

struct stream_row {
	const char *name;
	uint16_t dport;
	const char *octets;
	const char *want;
};

#define H2 H2_PREFACE H2_SETTINGS H2_FRAME("000014", "01", "05", "00000001", "828684 41 0f 'www.example.com'")
#define H2_CONNECT H2_PREFACE H2_SETTINGS H2_FRAME("00001a", "01", "04", "00000001", "02 07 'CONNECT' 41 0f 'www.example.com'")

static const struct stream_row streams[] = {
	/* DNS over TCP */
	{"DNS", 53, QUERY("a.example"), "dns a.example"},
	{"DNS, three messages", 53, QUERY("a.example") QUERY("evil.example") QUERY("c.example"),
		"dns a.example; dns evil.example hit; dns c.example"},
	{"DNS behind an empty message", 53, "0000 " QUERY("evil.example"), "dns evil.example hit"},
	{"DNS behind a message that is none", 53, "<2 ff*20 > " QUERY("evil.example"), "dns evil.example hit"},
	{"TLS on DNS' port", 53, TLS, "tls www.evil.example hit"},
	{"an update's names are nobody's question", 53,
		"<2 3039 2800 0001 0000 0001 0000 {example} 0006 0001 " RR("{evil.example}", "0001", "c0000201") ">",
		"dns example; addr evil.example aside"},
	/* HTTP */
	{"a request", 80, REQUEST("evil.example"), "http evil.example hit"},
	{"three requests", 80, REQUEST("a.example") REQUEST("evil.example") REQUEST("c.example"),
		"http a.example; http evil.example hit; http c.example"},
	{"the same host again is another sighting", 80, REQUEST("evil.example") REQUEST("evil.example"),
		"http evil.example hit; http evil.example hit"},
	{"target and host differ", 80, "'GET http://evil.example/ HTTP/1.1'" NL "'Host: a.example'" END, "http evil.example hit; http a.example"},
	{"two hosts", 80, "'GET / HTTP/1.1'" NL "'Host: a.example'" NL "'Host: evil.example'" END REQUEST("c.example"),
		"http a.example; http evil.example hit; http c.example"},
	{"target and host are one", 80, "'GET http://a.example/ HTTP/1.1'" NL "'Host: a.example'" END, "http a.example"},
	{"a request in a body", 80, POST("49", REQUEST("evil.example") "41*12") REQUEST("c.example"), "http a.example; http c.example"},
	{"a hello in a body", 80,
		"'POST / HTTP/1.1'" NL "'Host: a.example'" NL "'Content-Length: 16'" END "16 0301 0200 0100 01fc 0303 00*5 " REQUEST("c.example"),
		"http a.example; http c.example"},
	{"a request in a chunk", 80, CHUNKED "'26'" NL REQUEST("evil.example") NL "'0'" END REQUEST("c.example"), "http a.example; http c.example"},
	{"chunks with extensions and trailers", 80,
		CHUNKED "'3;x=y'" NL "'abc'" NL "'000002'" NL "'de'" NL "'0'" NL "'T: u'" END REQUEST("c.example"), "http a.example; http c.example"},
	{"HTTP/2", 80, H2, "http www.example.com"},
	{"HTTP/2 to a proxy", 8080, H2_CONNECT, "connect www.example.com"},
	{"HTTP/2, another request later: it is read with what is gone", 80, H2 H2_FRAME("000004", "01", "05", "00000003", "828684be"),
		"http www.example.com"},
	{"HTTP/2 behind an upgrade", 80, "'GET / HTTP/1.1'" NL "'Host: a.example'" NL "'Upgrade: h2c'" END H2,
		"http a.example; http www.example.com"},
	{"HTTP/2 in CONNECT", 8080, "'CONNECT a.example:80 HTTP/1.1'" END H2, "connect a.example; http www.example.com"},
	{"CONNECT, then TLS", 8080, "'CONNECT www.evil.example:443 HTTP/1.1'" END TLS, "connect www.evil.example hit; tls www.evil.example hit"},
	{"CONNECT with a host, then a request", 8080, "'CONNECT a.example:80 HTTP/1.1'" NL "'Host: a.example'" END REQUEST("evil.example"),
		"connect a.example; http a.example; http evil.example hit"},
	{"CONNECT in CONNECT", 8080, "'CONNECT a.example:1 HTTP/1.1'" END "'CONNECT b.example:2 HTTP/1.1'" END TLS,
		"connect a.example; connect b.example; tls www.evil.example hit"},
	{"a PROXY header, then TLS", 443, "'PROXY TCP4 192.0.2.1 192.0.2.2 5000 443'" NL TLS, "tls www.evil.example hit"},
	{"a binary PROXY header, then a request", 80, "0d0a0d0a 00 0d0a 'QUIT' 0a 21 11 <2 c0000201 c0000202 1388 0050 > " REQUEST("a.example"),
		"http a.example"},
	{"SOCKS 5, then TLS", 1080,
		"05 01 00 "
		"05 01 00 03 <1 'www.evil.example' > 01bb " TLS,
		"socks www.evil.example hit; tls www.evil.example hit"},
	{"SOCKS 5 with a login, then TLS", 1080, "05 01 02 01 <1 'u' > <1 'p' > 05 01 00 01 c0000201 01bb " TLS, "tls www.evil.example hit"},
	{"SOCKS 4a, then a request", 1080, "04 01 0050 00000001 00 'a.example' 00 " REQUEST("evil.example"),
		"socks a.example; http evil.example hit"},
};

/* What ends our knowledge of the stream: what follows is read when a segment begins with it, and only then. */
static const struct stream_row given_up[] = {
	{"DNS behind four of them: given up", 53, "<2 ff*20 > <2 ff*20 > <2 ff*20 > <2 ff*20 > " QUERY("evil.example"), ""},
	{"a length that is none ends what is known", 80, POST("-1", "") REQUEST("c.example"), "http a.example"},
	{"two lengths", 80, "'POST / HTTP/1.1'" NL "'Host: a.example'" NL "'Content-Length: 5'" NL "'Content-Length: 6'" END REQUEST("c.example"),
		"http a.example"},
	{"SSH", 22, "'SSH-2.0-OpenSSH_9.2'" NL REQUEST("evil.example"), ""},
};

static struct bench bench;

static int up(void **state)
{
	(void)state; /* a row stays what it is */
	bench_open(&bench);
	return 0;
}

static int down(void **state)
{
	(void)state;
	bench_close(&bench);
	return 0;
}

/* Shows the stream cut at `n` offsets, in order or backwards, as a connection of its own. */
static void play(const struct stream_row *row, const struct octets *octets, const size_t *cuts, size_t n, bool is_turned)
{
	static uint32_t host = 0x0a000000;
	struct frame_ends ends = {.src = ++host, .dst = 0xc0000201, .sport = 40000, .dport = row->dport};
	bench_tcp(&bench, &ends, 999, C2_TCP_SYN, "", 0);
	for (size_t i = 0; i + 1 < n; i++) {
		size_t which = is_turned ? n - 2 - i : i;
		bench_tcp(&bench, &ends, 1000 + (uint32_t)cuts[which], C2_TCP_ACK, octets->at + cuts[which], cuts[which + 1] - cuts[which]);
	}
	assert_string_equal(bench_notes(&bench), row->want);
}

static void test_whole(void **state)
{
	const struct stream_row *row = *state;
	struct octets octets = octets_from(row->octets);
	play(row, &octets, (size_t[]){0, octets.len}, 2, false);
	octets_free(&octets);
}

static void test_cut_once(void **state)
{
	const struct stream_row *row = *state;
	struct octets octets = octets_from(row->octets);
	for (size_t cut = 1; cut < octets.len; cut++) {
		play(row, &octets, (size_t[]){0, cut, octets.len}, 3, false);
		play(row, &octets, (size_t[]){0, cut, octets.len}, 3, true);
	}
	octets_free(&octets);
}

static void test_octet_by_octet(void **state)
{
	const struct stream_row *row = *state;
	struct octets octets = octets_from(row->octets);
	size_t *cuts = malloc((octets.len + 1) * sizeof *cuts);
	for (size_t i = 0; i <= octets.len; i++)
		cuts[i] = i;
	play(row, &octets, cuts, octets.len + 1, false);
	play(row, &octets, cuts, octets.len + 1, true);
	free(cuts);
	octets_free(&octets);
}

static const struct frame_ends client = {.src = 0x0a000007, .dst = 0xc0000201, .sport = 40000, .dport = 80};

static void segment(uint32_t seq, const char *text)
{
	struct octets octets = octets_from(text);
	bench_tcp(&bench, &client, seq, C2_TCP_ACK, octets.at, octets.len);
	octets_free(&octets);
}

/* The beginning has not been seen: what begins like a request, a hello, a PROXY header or a DNS message is one. */
static void test_from_the_middle(void **state)
{
	(void)state;
	segment(5000, REQUEST("a.example"));
	bench.at_ns += 5 * SECOND;
	segment(9000, "'middle of a body'");
	segment(20000, TLS); /* what came before is lost: nobody has sent it again for seconds */
	segment(40000, "'PROXY TCP4 192.0.2.1 192.0.2.2 5000 443'" NL TLS);
	assert_string_equal(bench_notes(&bench), "http a.example; tls www.evil.example hit; tls www.evil.example hit");
}

static void test_starttls(void **state)
{
	(void)state;
	bench_tcp(&bench, &client, 99, C2_TCP_SYN, "", 0);
	segment(100, "'EHLO client.example'" NL);
	segment(121, "'STARTTLS'" NL);
	segment(131, TLS);
	assert_string_equal(bench_notes(&bench), "tls www.evil.example hit");
}

/* What follows a decided flow follows it beyond sequence number 0 too. */
static void test_behind_the_wrap(void **state)
{
	(void)state;
	bench_tcp(&bench, &client, 0xffffff00, C2_TCP_SYN, "", 0);
	segment(0xffffff01, TLS);
	segment(0x00000100, TLS);
	assert_string_equal(bench_notes(&bench), "tls www.evil.example hit; tls www.evil.example hit");
}

/* A thousand questions in one stream, in segments that begin and end anywhere. */
static void test_a_thousand_questions(void **state)
{
	(void)state;
	static uint8_t stream[1000 * 64];
	size_t len = 0;
	struct octets question = octets_from("<2 " DNS_QUERY("0001") "{a.example} 0001 0001 >");
	for (unsigned i = 0; i < 1000; i++, len += question.len)
		memcpy(stream + len, question.at, question.len);
	struct frame_ends ends = {.src = 0x0a000007, .dst = 0x0a000001, .sport = 40000, .dport = 53};
	bench_tcp(&bench, &ends, 99, C2_TCP_SYN, "", 0);
	for (size_t at = 0; at < len; at += 1447)
		bench_tcp(&bench, &ends, 100 + (uint32_t)at, C2_TCP_ACK, stream + at, len - at < 1447 ? len - at : 1447);
	assert_int_equal(bench_count(&bench, COUNTER_sightings), 1000);
	octets_free(&question);
}

/* A SYN that nobody answers, with another number, does not hide the hello; nor does a repeated one forget what is there. */
static void test_second_syn(void **state)
{
	(void)state;
	bench_tcp(&bench, &client, 99, C2_TCP_SYN, "", 0);
	bench_tcp(&bench, &client, 49, C2_TCP_SYN, "", 0);
	segment(100, TLS);
	bench_tcp(&bench, &client, 5000, C2_TCP_SYN, "", 0);
	bench_tcp(&bench, &client, 9000, C2_TCP_SYN, "", 0);
	segment(5001, REQUEST("a.example"));
	assert_string_equal(bench_notes(&bench), "tls www.evil.example hit; http a.example");
}

/* The body came before its request's head did; behind it another request waits that no later segment will ask for. */
static void test_body_before_head(void **state)
{
	(void)state;
	bench_tcp(&bench, &client, 99, C2_TCP_SYN, "", 0);
	struct octets head = octets_from("'POST / HTTP/1.1'" NL "'Host: a.example'" NL "'Content-Length: 10'" END);
	segment(100 + (uint32_t)head.len + 10, REQUEST("c.example"));
	segment(100, "'POST / HTTP/1.1'" NL "'Host: a.example'" NL "'Content-Length: 10'" END);
	assert_string_equal(bench_notes(&bench), "http a.example; http c.example");
	octets_free(&head);
}

#define BODY "fefd " RANDOM32 " <1 > <1 > " SUITES " <1 00 > <2 " SNI("'www.evil.example'") " > "
#define DTLS_RECORD(octets) "16 fefd 0000 000000000000 <2 " octets " > "

/* A hello in DTLS: whole, twice, and in fragments of every size in either order, each in its own datagram. */
static void test_dtls(void **state)
{
	(void)state;
	struct octets whole = octets_from(DTLS_RECORD("01 000049 0000 000000 <3 " BODY ">"));
	struct octets body = octets_from(BODY);
	assert_int_equal(body.len, 0x49);
	bench_udp(&bench, &client, whole.at, whole.len);
	bench_udp(&bench, &client, whole.at, whole.len);
	assert_string_equal(bench_notes(&bench), "dtls www.evil.example hit; dtls www.evil.example hit");
	for (size_t size = 1; size < body.len; size++)
		for (int is_turned = 0; is_turned < 2; is_turned++) {
			size_t n = (body.len + size - 1) / size;
			struct frame_ends ends = client;
			ends.sport = (uint16_t)(size * 2 + (size_t)is_turned);
			for (size_t i = 0; i < n; i++) {
				size_t at = (is_turned ? n - 1 - i : i) * size;
				size_t len = body.len - at < size ? body.len - at : size;
				uint8_t datagram[256] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, (uint8_t)(12 + len), 1, 0, 0, 0x49, 0, 0, 0, 0,
					(uint8_t)at, 0, 0, (uint8_t)len};
				memcpy(datagram + 25, body.at + at, len);
				bench_udp(&bench, &ends, datagram, 25 + len);
			}
			assert_string_equal(bench_notes(&bench), "dtls www.evil.example hit");
		}
	octets_free(&whole);
	octets_free(&body);
}

/* A query in fragments of IP: put together in either order; and its head alone, once the rest has not come. */
static void test_fragments(void **state)
{
	(void)state;
	struct octets query = octets_from(DNS_QUERY("0001") "{www.evil.example} 0001 0001");
	struct frame_ends ends = {.src = 0x0a000007, .dst = 0x0a000001, .sport = 40000, .dport = 53};
	uint8_t frame[FRAME_LEN_MAX];
	size_t len = frame_udp(frame, &ends, query.at, query.len);
	size_t data = len - 34;
	for (unsigned round = 0; round < 3; round++) {
		uint8_t first[FRAME_LEN_MAX];
		uint8_t last[FRAME_LEN_MAX];
		memcpy(first, frame, len);
		memcpy(last, frame, len);
		first[19] = last[19] = (uint8_t)round; /* id */
		first[20] = 0x20;
		last[20] = 0;
		last[21] = 5;
		first[17] = 20 + 40;
		last[17] = (uint8_t)(20 + data - 40);
		memmove(last + 34, last + 34 + 40, data - 40);
		if (round == 1)
			bench_see(&bench, last, len - 40);
		bench_see(&bench, first, 34 + 40);
		if (round == 0)
			bench_see(&bench, last, len - 40);
		assert_string_equal(bench_notes(&bench), round < 2 ? "dns www.evil.example hit" : "");
	}
	assert_int_equal(bench_count(&bench, COUNTER_datagrams_whole), 2);
	bench.at_ns += UINT64_C(40000000000);
	bench_see(&bench, (const uint8_t *)"arp", 3);
	assert_int_equal(bench_count(&bench, COUNTER_datagrams_given_up), 1);
	octets_free(&query);
}

/* The first fragment holds the question, and the rest never comes: read at the end of the input at the latest. */
static void test_head_of_fragments(void **state)
{
	(void)state;
	struct octets answer = octets_from(DNS_RESPONSE("0001", "0001") "{www.evil.example} 0010 0001" RR("c00c", "0010", "<1 61*255 >"));
	struct frame_ends ends = {.src = 0x0a000001, .dst = 0x0a000007, .sport = 53, .dport = 40000};
	uint8_t frame[FRAME_LEN_MAX];
	frame_udp(frame, &ends, answer.at, answer.len);
	frame[20] = 0x20;
	frame[16] = 0;
	frame[17] = 20 + 80;
	bench_see(&bench, frame, 34 + 80);
	assert_string_equal(bench_notes(&bench), "");
	inspector_finish(bench.inspector);
	assert_string_equal(bench_notes(&bench), "dns_r www.evil.example hit");
	inspector_finish(bench.inspector);
	assert_string_equal(bench_notes(&bench), "");
	octets_free(&answer);
}

#define HELD RECORD(HELLO(SNI("'www.evil.example'") KEY_SHARE(1216) ALPN VERSIONS ECH))
#define OTHER RECORD(HELLO(SNI("'www.bad.example'") KEY_SHARE(1216) ALPN VERSIONS))
#define HELD_NOTE "tls www.evil.example hit"

/* Octets [from, to) of a stream that begins at sequence number 100; to 0: to its end. */
static void part(const struct frame_ends *ends, const char *text, size_t from, size_t to)
{
	struct octets octets = octets_from(text);
	bench_tcp(&bench, ends, 100 + (uint32_t)from, C2_TCP_ACK, octets.at + from, (to > 0 ? to : octets.len) - from);
	octets_free(&octets);
}

static void assert_notes(const char *want)
{
	assert_string_equal(bench_notes(&bench), want);
}

/* Cut anywhere behind its name, and in three pieces in any order: one sighting, which says all that the hello does, at the time of its name. */
static void test_held_is_whole(void **state)
{
	(void)state;
	static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {2, 0, 1}, {2, 1, 0}};
	static const size_t cuts[] = {0, 700, 1200, 0};
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		struct frame_ends ends = client;
		ends.sport = (uint16_t)(50000 + i);
		bench_tcp(&bench, &ends, 99, C2_TCP_SYN, "", 0);
		for (size_t k = 0; k < 3; k++)
			part(&ends, HELD, cuts[orders[i][k]], cuts[orders[i][k] + 1]);
		const struct note *note;
		while ((note = spsc_peek(&bench.ring)) != NULL && note->kind >= NOTE_SIGHTINGS)
			spsc_release(&bench.ring);
		assert_non_null(note);
		assert_true(note->kind == NOTE_TLS && note->sighting.is_hit && note->sighting.ech);
		assert_int_equal(note->sighting.tls_version, 0x0304);
		assert_int_equal(note->sighting.alpns, 2);
		assert_string_equal(note->sighting.alpn[0], "h2");
		assert_int_equal(strlen(note->sighting.ja4), 36);
		assert_int_equal(note->where.sport, ends.sport);
		spsc_release(&bench.ring);
		assert_notes("");
	}
	assert_int_equal(bench_count(&bench, COUNTER_hello_ok), bench_count(&bench, COUNTER_hello_begun));
	inspector_finish(bench.inspector);
	assert_notes("");
	assert_int_equal(bench_count(&bench, COUNTER_hits), 5);
}

/* The second segment is lost: told after a second, once; what comes then is no news, and neither is a repetition. */
static void test_held_is_overdue(void **state)
{
	(void)state;
	bench_tcp(&bench, &client, 99, C2_TCP_SYN, "", 0);
	part(&client, HELD, 0, 700);
	uint64_t at_ns = bench.at_ns - 1000;
	inspector_tick(bench.inspector, at_ns + SECOND - 1);
	assert_notes("");
	bench.at_ns = at_ns + 2 * SECOND;
	inspector_tick(bench.inspector, bench.at_ns);
	assert_notes(HELD_NOTE);
	part(&client, HELD, 700, 0);
	part(&client, HELD, 0, 700);
	inspector_finish(bench.inspector);
	assert_notes("");
}

static void test_held_at_the_end(void **state)
{
	(void)state;
	bench_tcp(&bench, &client, 99, C2_TCP_SYN, "", 0);
	part(&client, HELD, 0, 700);
	part(&client, HELD, 0, 700);
	assert_notes("");
	inspector_finish(bench.inspector);
	assert_notes(HELD_NOTE);
	inspector_finish(bench.inspector);
	assert_notes("");
}

/* More than there is room for: none is lost, none is told twice. */
static void test_held_beyond_room(void **state)
{
	(void)state;
	for (uint16_t i = 0; i < 1000; i++) {
		struct frame_ends ends = client;
		ends.sport = (uint16_t)(1000 + i);
		part(&ends, HELD, 0, 700);
	}
	uint64_t early = bench_count(&bench, COUNTER_hits);
	assert_in_range(early, 744, 999);
	for (uint16_t i = 0; i < 1000; i++) {
		struct frame_ends ends = client;
		ends.sport = (uint16_t)(1000 + i);
		part(&ends, HELD, 700, 0);
	}
	assert_int_equal(bench_count(&bench, COUNTER_hits), 1000);
	inspector_finish(bench.inspector);
	assert_int_equal(bench_count(&bench, COUNTER_hits), 1000);
}

/* What ends the waiting: each time the name is told from what was known. */
static void test_held_is_told(void **state)
{
	(void)state;
	struct octets rest = octets_from("ff*900");
	struct octets answer = octets_from(RECORD(SERVER_HELLO_13));
	struct frame_ends ends = client;
	part(&ends, RECORD(HELLO(SNI("'www.evil.example'") PADDING(800) VERSIONS)), 0, 700);
	bench_tcp(&bench, &ends, 800, C2_TCP_ACK, rest.at, rest.len); /* contradicts the grammar */
	assert_notes(HELD_NOTE);
	ends.sport++;
	part(&ends, HELD, 0, 700);
	bench_tcp(&bench, &ends, 5000, C2_TCP_SYN, "", 0); /* a connection of its own */
	assert_notes(HELD_NOTE);
	ends.sport++;
	part(&ends, HELD, 0, 700);
	const struct frame_ends back = {.src = ends.dst, .dst = ends.src, .sport = ends.dport, .dport = ends.sport};
	bench_tcp(&bench, &back, 5000, C2_TCP_ACK, answer.at, answer.len); /* the server has all of it */
	assert_notes(HELD_NOTE);
	assert_int_equal(bench_count(&bench, COUNTER_server_hello_ok), 1);
	octets_free(&answer);
	octets_free(&rest);
}

/* A decoy in halves does not hide the truth behind it, in the same place or behind it. */
static void test_held_decoy(void **state)
{
	(void)state;
	bench_tcp(&bench, &client, 99, C2_TCP_SYN, "", 0);
	part(&client, HELD, 0, 700);
	part(&client, OTHER, 0, 700);
	assert_notes(HELD_NOTE "; tls www.bad.example hit");
	struct frame_ends ends = client;
	ends.sport++;
	part(&ends, HELD, 0, 700);
	struct octets other = octets_from(OTHER);
	bench_tcp(&bench, &ends, 800, C2_TCP_ACK, other.at, 60); /* without its name yet */
	bench_tcp(&bench, &ends, 860, C2_TCP_ACK, other.at + 60, other.len - 60);
	assert_notes(HELD_NOTE "; tls www.bad.example hit");
	octets_free(&other);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
	static struct tests tests;
	enum { ROWS = sizeof streams / sizeof streams[0] };
	static char names[2][ROWS][96];
	const struct CMUnitTest alone[] = {TEST(test_from_the_middle), TEST(test_starttls), TEST(test_behind_the_wrap),
		TEST(test_a_thousand_questions), TEST(test_second_syn), TEST(test_body_before_head), TEST(test_dtls), TEST(test_fragments),
		TEST(test_head_of_fragments), TEST(test_held_is_whole), TEST(test_held_is_overdue), TEST(test_held_at_the_end),
		TEST(test_held_beyond_room), TEST(test_held_is_told), TEST(test_held_decoy)};
	TESTS_ROWS(&tests, streams, test_whole);
	TESTS_ROWS(&tests, given_up, test_whole);
	for (size_t i = 0; i < ROWS; i++) {
		snprintf(names[0][i], sizeof names[0][i], "cut once: %s", streams[i].name);
		snprintf(names[1][i], sizeof names[1][i], "octet by octet: %s", streams[i].name);
		tests_add(&tests, names[0][i], test_cut_once, &streams[i]);
		tests_add(&tests, names[1][i], test_octet_by_octet, &streams[i]);
	}
	for (size_t i = 0; i < tests.count; i++) {
		tests.at[i].setup_func = up;
		tests.at[i].teardown_func = down;
	}
	for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++)
		tests.at[tests.count++] = alone[i];
	return tests_run(&tests, "streams");
}
