/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames in, notes out: how streams are cut, what is seen from the middle, what is repeated, what the ring cannot take.
 * Linked with its allocator wrapped, so that a worker that allocates while it runs is found.
 */
#include "flow/inspect.h"

#include "allocations.h"
#include "fixtures.h"
#include "frames.h"
#include "octets.h"
#include "table.h"

#include <stdio.h>
#include <stdlib.h>

#define SECOND UINT64_C(1000000000)
#define RING 1024

/* An inspector and what it is given and gives. */
struct bench {
	struct inspector *inspector;
	struct spsc ring;
	struct note_outlet outlet;
	struct counters counters;
	struct c2_domset *domset;
	uint64_t at_ns;
	char notes[16384]; /* the notes so far as text */
};

/* Which of what is listed has that number in the domset. */
static uint32_t listed_of[3];

static struct bench *bench_new(bool notes_all, size_t slots)
{
	static const char *const listed[] = {"evil.example", "bad.example", "c2.example.net"};
	struct bench *bench = calloc(1, sizeof *bench);
	struct c2_domset_builder *builder = c2_domset_builder_new(1);
	uint32_t numbers[3];
	for (uint32_t i = 0; i < sizeof listed / sizeof listed[0]; i++) {
		struct c2_name name;
		assert_int_equal(c2_name_from_text(listed[i], strlen(listed[i]), &name), C2_OK);
		assert_int_equal(c2_domset_builder_add(builder, &name, C2_SCOPE_TREE), 0);
	}
	assert_int_equal(c2_domset_build(builder, numbers, &bench->domset), 0);
	for (uint32_t i = 0; i < 3; i++)
		listed_of[numbers[i]] = i;
	c2_domset_builder_free(builder);
	assert_int_equal(spsc_open(&bench->ring, slots, sizeof(struct note)), 0);
	bench->outlet = (struct note_outlet){.ring = &bench->ring, .counters = &bench->counters};
	struct inspector_options options = {
		.budget = 4u << 20, .key = {3, 4}, .outlet = &bench->outlet, .counters = &bench->counters, .notes_all = notes_all};
	assert_int_equal(inspector_open(&bench->inspector, &options), 0);
	inspector_use(bench->inspector, &(struct inspector_feeds){.domset = bench->domset, .generation = 7});
	bench->at_ns = 1700000000 * SECOND;
	return bench;
}

static int bench_up(void **state)
{
	*state = bench_new(true, RING);
	return 0;
}

static int bench_up_hits(void **state)
{
	*state = bench_new(false, RING);
	return 0;
}

static int bench_up_small(void **state)
{
	*state = bench_new(true, 4);
	return 0;
}

static int bench_down(void **state)
{
	struct bench *bench = *state;
	inspector_close(bench->inspector);
	spsc_close(&bench->ring);
	c2_domset_free(bench->domset);
	free(bench);
	return 0;
}

static void see(struct bench *bench, const uint8_t *frame, size_t len)
{
	uint8_t *copy = malloc(len);
	memcpy(copy, frame, len);
	unsigned before = allocations;
	inspector_see(bench->inspector, C2_LINK_ETHERNET, copy, len, bench->at_ns, 0);
	assert_int_equal(allocations, before);
	free(copy);
	bench->at_ns += 1000;
}

static void note_text(const struct note *note, char *text)
{
	static const char *const kinds[] = {"dns", "dns_r", "cname", "addr", "rr", "mdns", "mdns_r", "llmnr", "llmnr_r", "nbns", "nbns_r", "tls",
		"tls_nosni", "quic", "quic_nosni", "dtls", "dtls_nosni", "http", "connect", "socks", "dhcp", "dhcp_fqdn", "dhcp6", "cert", "host",
		"lease", "announcement", "context", "tick", "lost", "answered_tls", "answered_quic", "answered_dtls"};
	char name[C2_NAME_TEXT_MAX] = "";
	text += sprintf(text, "%s", kinds[note->kind]);
	if (note->kind == NOTE_LOST)
		sprintf(text, "=%u", (unsigned)note->lost.n);
	if (note->kind == NOTE_LEASE)
		sprintf(text, " 10.x.x.%u for %us", note->lease.addr.octets[3], note->lease.seconds);
	if (note->kind == NOTE_ANNOUNCEMENT) {
		c2_name_to_text(&note->announcement.name, name);
		sprintf(text, " %s in %s", name, kinds[note->announcement.said]);
	}
	if (note->kind >= NOTE_SIGHTINGS && !note_is_answered(note->kind))
		return;
	const struct note_sighting *sighting = &note->sighting;
	if (sighting->name.len > 0)
		c2_name_to_text(&sighting->name, name);
	text += sprintf(text, " %s", name);
	if (sighting->is_hit)
		text += sprintf(text, "%s#%u", sighting->is_aside ? " aside" : " hit", listed_of[sighting->verdict.indicator]);
	if (sighting->answers > 0)
		text += sprintf(text, " answers=%u,%u", sighting->answers, sighting->first_answer.octets[3]);
	if (sighting->addr.family != 0)
		text += sprintf(text, " addr=%u", sighting->addr.octets[3]);
	if (sighting->owner.len > 0 && c2_name_to_text(&sighting->owner, name) > 0 && strcmp(name, "fine.example") != 0)
		text += sprintf(text, " owner=%s", name);
	if (sighting->subnet.family != 0)
		sprintf(text, " ecs=%u/%u", sighting->subnet.octets[0], sighting->subnet_bits);
}

/* The notes since the last call, one after another; hosts and ticks are left out unless `all`. */
static const char *notes_of(struct bench *bench, bool all)
{
	const struct note *note;
	size_t len = 0;
	bench->notes[0] = '\0';
	while ((note = spsc_peek(&bench->ring)) != NULL) {
		char text[C2_NAME_TEXT_MAX + 128];
		note_text(note, text);
		if (all || (note->kind != NOTE_HOST && note->kind != NOTE_TICK))
			len += (size_t)snprintf(bench->notes + len, sizeof bench->notes - len, "%s%s", len > 0 ? "; " : "", text);
		spsc_release(&bench->ring);
	}
	return bench->notes;
}

static const char *notes(struct bench *bench)
{
	return notes_of(bench, false);
}

static uint64_t count(const struct bench *bench, enum counter which)
{
	return counter_get(&bench->counters, which);
}

static const struct frame_ends client = {.src = 0x0a000007, .dst = 0xc0000201, .sport = 40000, .dport = 443};
static const struct frame_ends asks = {.src = 0x0a000007, .dst = 0x0a000001, .sport = 40000, .dport = 53};
static const struct frame_ends answers = {.src = 0x0a000001, .dst = 0x0a000007, .sport = 53, .dport = 40000};

static void tcp(struct bench *bench, uint32_t seq, uint8_t flags, const void *payload, size_t len)
{
	uint8_t frame[FRAME_LEN_MAX];
	see(bench, frame, frame_tcp(frame, &client, seq, flags, payload, len));
}

static void udp(struct bench *bench, const struct frame_ends *ends, const char *text)
{
	uint8_t frame[FRAME_LEN_MAX];
	struct octets octets = octets_from(text);
	see(bench, frame, frame_udp(frame, ends, octets.at, octets.len));
	octets_free(&octets);
}

/* Hellos for a listed name: one that fits a segment, one of two segments with the name at its end, one of six thousand octets. */
#define SMALL RECORD(HELLO(SNI("'www.evil.example'") VERSIONS))
#define LONG RECORD(HELLO(VERSIONS KEY_SHARE(1216) SNI("'www.evil.example'")))
#define HUGE RECORD(HELLO(PADDING(6000) SNI("'www.evil.example'")))
#define HIT "tls www.evil.example hit#0"

#define EVIL_CERTIFICATE DER_CERTIFICATE("", DER_ALT_NAMES(DER_DNS("'evil.example'") DER_DNS("'*.evil.example'") DER_DNS("'www.example.com'")))
#define CERT_FLIGHT RECORD(SERVER_HELLO) RECORD(CERTIFICATES(EVIL_CERTIFICATE)) RECORD(SERVER_DONE)
#define CERT_NOTES "cert evil.example hit#0; cert *.evil.example aside#0; cert www.example.com"

/* What a stack steps over on its way to a hello, and a hello that has no room for a name. */
#define ALERT "15 0301 <2 0170 >"
#define CHANGE "14 0301 <2 01 >"
#define EMPTY "16 0301 0000"
#define EMPTY_8 EMPTY EMPTY EMPTY EMPTY EMPTY EMPTY EMPTY EMPTY
#define HELLO_V2 "802e 01 0301 0015 0000 0010 00*21 5a*16"

/* Streams: the octets, where they are cut and in which order the pieces come. */
struct stream_row {
	const char *name;
	const char *octets;
	bool syn; /* is the SYN seen? */
	uint32_t isn;
	struct {
		size_t from, to; /* offsets in the stream; to 0: its end */
	} piece[12];
	const char *want;
};

#define ALL                  \
	{                    \
		{            \
			0, 0 \
		}            \
	}
#define HALVES                 \
	{                      \
		{0, 700},      \
		{              \
			700, 0 \
		}              \
	}
#define HALVES_TURNED          \
	{                      \
		{700, 0},      \
		{              \
			0, 700 \
		}              \
	}

static const struct stream_row streams[] = {
	{"one segment", SMALL, true, 100, ALL, HIT},
	{"one segment, no SYN", SMALL, false, 100, ALL, HIT},
	{"two segments", LONG, true, 100, HALVES, HIT},
	{"two segments, turned", LONG, true, 100, HALVES_TURNED, HIT},
	{"two segments, no SYN", LONG, false, 100, HALVES, HIT},
	{"two segments, turned, no SYN: the second cannot be told", LONG, false, 100, HALVES_TURNED, ""},
	{"two segments, the sequence number wraps", LONG, true, UINT32_MAX - 300, HALVES, HIT},
	{"two segments, turned, the sequence number wraps", LONG, true, UINT32_MAX - 300, HALVES_TURNED, HIT},
	{"the first sequence number is the last", LONG, true, UINT32_MAX, HALVES_TURNED, HIT},
	{"three segments, the middle last", LONG, true, 100, {{0, 400}, {900, 0}, {400, 900}}, HIT},
	{"overlapping segments", LONG, true, 100, {{0, 700}, {300, 1000}, {650, 0}}, HIT},
	{"the first segment twice", LONG, true, 100, {{0, 700}, {0, 700}, {700, 0}}, HIT},
	{"everything twice", LONG, true, 100, {{0, 0}, {0, 0}}, HIT},
	{"everything twice in halves", LONG, true, 100, {{0, 700}, {700, 0}, {0, 700}, {700, 0}}, HIT},
	{"first octet alone", SMALL, true, 100, {{0, 1}, {1, 0}}, HIT},
	{"first octet alone, no SYN", SMALL, false, 100, {{0, 1}, {1, 0}}, HIT},
	{"first octet last", SMALL, true, 100, {{1, 0}, {0, 1}}, HIT},
	{"the rest is lost", LONG, true, 100, {{0, 700}}, ""},
	{"the name waits for the end", RECORD(HELLO(SNI("'www.evil.example'") KEY_SHARE(1216))), true, 100, {{0, 700}}, ""},
	{"the name is out once", RECORD(HELLO(SNI("'www.evil.example'") KEY_SHARE(1216))), true, 100, HALVES, HIT},
	{"a hello longer than a small buffer", HUGE, true, 100, {{0, 1460}, {1460, 2920}, {2920, 4380}, {4380, 5840}, {5840, 0}}, HIT},
	{"a hello longer than a small buffer, cut at its size", HUGE, true, 100, {{0, 1024}, {1024, 2048}, {2048, 4096}, {4096, 5000}, {5000, 0}},
		HIT},
	{"a hello longer than a small buffer, backwards", HUGE, true, 100, {{5000, 0}, {4096, 5000}, {2048, 4096}, {1024, 2048}, {0, 1024}}, HIT},
	{"a hello longer than a small buffer at once", HUGE, true, 100, ALL, HIT},
	{"no hello", "'GET / HTTP/1.1' 0d0a0d0a", true, 100, ALL, ""},
	{"a hello behind other octets, as after STARTTLS", "'STARTTLS' 0d0a " SMALL, true, 100, {{0, 10}, {10, 0}}, HIT},
	{"hello of one-octet records, no SYN",
		"16 0301 0001 01"
		"16 0301 0001 00" RECORD("00 3d 0303 5a*32 00 0002 1301 01 00 0012 0000 000e 000c 00 0009 'bad.exa' 'mp'"),
		false, 100, ALL, "tls bad.examp"},
	{"no name", RECORD(HELLO(VERSIONS)), true, 100, ALL, "tls_nosni "},
	{"bad name", RECORD(HELLO(SNI("'a..b'") VERSIONS)), true, 100, ALL, "tls_nosni "},
	{"name that is not listed", RECORD(HELLO(SNI("'notevil.example'"))), true, 100, ALL, "tls notevil.example"},
	/* records that a stack steps over, before the hello and within it, and the hello of SSL 2.0 */
	{"an alert before the hello", ALERT SMALL, true, 100, ALL, HIT},
	{"an alert before the hello, cut everywhere", ALERT SMALL, true, 100, {{0, 1}, {1, 3}, {3, 6}, {6, 9}, {9, 13}, {13, 0}}, HIT},
	{"an alert before the hello, turned", ALERT SMALL, true, 100, {{5, 0}, {0, 5}}, HIT},
	{"an alert before the hello, no SYN", ALERT SMALL, false, 100, ALL, HIT},
	{"a change of ciphers before the hello", CHANGE SMALL, true, 100, ALL, HIT},
	{"a change of ciphers before the hello, no SYN", CHANGE SMALL, false, 100, ALL, HIT},
	{"an empty record before the hello", EMPTY SMALL, true, 100, ALL, HIT},
	{"all of them before the hello", EMPTY ALERT CHANGE EMPTY SMALL, true, 100, ALL, HIT},
	{"32 records before the hello", EMPTY_8 EMPTY_8 EMPTY_8 EMPTY_8 SMALL, true, 100, ALL, HIT},
	{"33 records before the hello", EMPTY_8 EMPTY_8 EMPTY_8 EMPTY_8 EMPTY SMALL, true, 100, ALL, ""},
	{"records within the hello",
		RECORD("01 0000") ALERT RECORD("44 0303 5a*20") EMPTY CHANGE RECORD("5a*12 <1 > " SUITES " <1 00 > <2 " SNI("'evil.example'") " >"),
		true, 100, {{0, 12}, {12, 30}, {30, 0}}, "tls evil.example hit#0"},
	{"the end of a handshake is no hello", CHANGE RECORD("00*40"), false, 100, ALL, ""},
	{"an encrypted alert before the hello", "15 0303 <2 aa*32 >" SMALL, true, 100, ALL, ""},
	{"hello in the form of SSL 2.0", HELLO_V2, true, 100, ALL, "tls_nosni "},
	{"hello in the form of SSL 2.0, no SYN", HELLO_V2, false, 100, ALL, "tls_nosni "},
	{"hello in the form of SSL 2.0, octet by octet at first", HELLO_V2, true, 100, {{0, 1}, {1, 2}, {2, 3}, {3, 20}, {20, 0}}, "tls_nosni "},
	/* a server's direction: its certificate, if it is in the clear */
	{"certificate", CERT_FLIGHT, false, 100, ALL, CERT_NOTES},
	{"certificate in three segments", CERT_FLIGHT, false, 100, {{0, 80}, {80, 150}, {150, 0}}, CERT_NOTES},
	{"certificate, its segments turned behind the first", CERT_FLIGHT, false, 100, {{0, 80}, {150, 0}, {80, 150}}, CERT_NOTES},
	{"certificate said twice", CERT_FLIGHT, false, 100, {{0, 80}, {80, 0}, {0, 80}, {80, 0}}, CERT_NOTES},
	{"certificate behind other octets, as after STARTTLS", "'220 go on' 0d0a " CERT_FLIGHT, false, 100, {{0, 11}, {11, 0}}, CERT_NOTES},
	{"certificate cut by an alert", RECORD(SERVER_HELLO) RECORD("0b 0001") "15 0303 <2 0228 >", false, 100, ALL, ""},
	{"session resumed", RECORD(SERVER_HELLO) "14 0303 <2 01 >" RECORD("aa*40"), false, 100, ALL, ""},
	{"name in upper case with a dot", RECORD(HELLO(SNI("'C2.Example.NET.'"))), true, 100, ALL, "tls c2.example.net hit#2"},
};

static void play(struct bench *bench, const struct stream_row *row)
{
	struct octets octets = octets_from(row->octets);
	if (row->syn)
		tcp(bench, row->isn, C2_TCP_SYN, "", 0);
	for (size_t i = 0; i < sizeof row->piece / sizeof row->piece[0] && (i == 0 || row->piece[i].from + row->piece[i].to > 0); i++) {
		size_t from = row->piece[i].from;
		size_t to = row->piece[i].to > 0 ? row->piece[i].to : octets.len;
		tcp(bench, row->isn + 1 + (uint32_t)from, C2_TCP_ACK, octets.at + from, to - from);
	}
	octets_free(&octets);
}

static void test_stream(void **state)
{
	const struct stream_row *row = *state;
	struct bench *bench = bench_new(true, RING);
	play(bench, row);
	assert_string_equal(notes(bench), row->want);
	void *down = bench;
	bench_down(&down);
}

/* A hello octet by octet, forwards and backwards. */
static void test_octet_by_octet(void **state)
{
	struct bench *bench = *state;
	struct octets octets = octets_from(LONG);
	tcp(bench, 0, C2_TCP_SYN, "", 0);
	for (size_t i = 0; i < octets.len; i++)
		tcp(bench, 1 + (uint32_t)i, C2_TCP_ACK, octets.at + i, 1);
	assert_string_equal(notes(bench), HIT);
	tcp(bench, 5000, C2_TCP_SYN, "", 0);
	for (size_t i = octets.len; i-- > 0;)
		tcp(bench, 5001 + (uint32_t)i, C2_TCP_ACK, octets.at + i, 1);
	assert_string_equal(notes(bench), HIT);
	octets_free(&octets);
}

/* Ten thousand records of an octet each, octet by octet: a look costs as much as the head is long, so there is one each time it has grown by an eighth. */
static void test_looks_are_few(void **state)
{
	struct bench *bench = *state;
	struct octets hello = octets_from(HELLO(PADDING(10000) SNI("'www.evil.example'")));
	uint32_t seq = 100;
	tcp(bench, seq++, C2_TCP_SYN, "", 0);
	for (size_t i = 0; i < hello.len; i++) {
		const uint8_t record[6] = {22, 3, 1, 0, 1, hello.at[i]};
		assert_string_equal(notes(bench), "");
		for (size_t at = 0; at < sizeof record; at++)
			tcp(bench, seq++, C2_TCP_ACK, record + at, 1);
	}
	assert_string_equal(notes(bench), HIT);
	assert_true(count(bench, COUNTER_hello_more) < 150);
	octets_free(&hello);
}

/* A server's stream in segments of `size` octets, 0 for one. */
static void serve(struct bench *bench, uint32_t seq, const char *text, size_t size)
{
	static const struct frame_ends server = {.src = 0xc0000201, .dst = 0x0a000007, .sport = 443, .dport = 40000};
	uint8_t frame[FRAME_LEN_MAX];
	struct octets octets = octets_from(text);
	size = size > 0 ? size : octets.len;
	for (size_t at = 0; at < octets.len; at += size)
		see(bench, frame,
			frame_tcp(frame, &server, seq + (uint32_t)at, C2_TCP_ACK, octets.at + at, octets.len - at < size ? octets.len - at : size));
	octets_free(&octets);
}

/* A client's segment that acknowledges the server's up to `ack`. */
static void ask(struct bench *bench, uint32_t ack, const char *text)
{
	uint8_t frame[FRAME_LEN_MAX];
	struct octets octets = octets_from(text);
	size_t len = frame_tcp(frame, &client, 100, C2_TCP_ACK, octets.at, octets.len);
	const uint8_t number[4] = {(uint8_t)(ack >> 24), (uint8_t)(ack >> 16), (uint8_t)(ack >> 8), (uint8_t)ack};
	memcpy(frame + 14 + 20 + 8, number, sizeof number);
	see(bench, frame, len);
	octets_free(&octets);
}

/* What a server answers a hello, and how it is cut. */
struct answer_row {
	const char *name;
	const char *hello, *answer;
	uint32_t seq; /* of the answer; the client has acknowledged up to 5000 */
	size_t size;
	const char *want;
};

#define ANSWERED HIT "; answered_tls www.evil.example hit#0"

static const struct answer_row answer_rows[] = {
	{"answer: TLS 1.3", SMALL, RECORD(SERVER_HELLO_13), 5000, 0, ANSWERED},
	{"answer: TLS 1.2, with its certificate", SMALL, CERT_FLIGHT, 5000, 0, ANSWERED "; " CERT_NOTES},
	{"answer: TLS 1.2, with its certificate, cut", SMALL, CERT_FLIGHT, 5000, 50, ANSWERED "; " CERT_NOTES},
	{"answer: octet by octet", SMALL, RECORD(SERVER_HELLO_13), 5000, 1, ANSWERED},
	{"answer: in records of few octets", SMALL, RECORD("02") RECORD("000026 0303 5a*16") ALERT RECORD("5a*16 00 1301 00"), 5000, 7, ANSWERED},
	{"answer: another hello is asked for", SMALL, RECORD(SERVER_RETRY), 5000, 0, ANSWERED},
	{"answer: behind a warning", SMALL, ALERT RECORD(SERVER_HELLO), 5000, 0, ANSWERED},
	{"answer: behind what another protocol says", SMALL, "'220 go on' 0d0a" RECORD(SERVER_HELLO_13), 5000, 11, ANSWERED},
	{"answer: not where the client acknowledged", SMALL, RECORD(SERVER_HELLO_13), 6000, 0, ANSWERED},
	{"answer: far from where the client acknowledged", SMALL, RECORD(SERVER_HELLO_13), 4000000000, 0, ANSWERED},
	{"answer: an alert", SMALL, "15 0303 <2 0228 >", 5000, 0, HIT},
	{"answer: a warning", SMALL, ALERT, 5000, 0, HIT},
	{"answer: a hello cut short", SMALL, "16 0303 0050 02 00004c 0303 5a*20", 5000, 0, HIT},
	{"answer: a hello that is none", SMALL, RECORD("02 <3 0403 " RANDOM32 " <1 > 1301 00 >"), 5000, 0, HIT},
	{"answer: a page", SMALL, "'HTTP/1.1 400 Bad Request' 0d0a0d0a", 5000, 0, HIT},
	{"answer: to a name that is not listed", RECORD(HELLO(SNI("'fine.example'"))), RECORD(SERVER_HELLO_13), 5000, 0, "tls fine.example"},
	{"answer: to no name", RECORD(HELLO(VERSIONS)), RECORD(SERVER_HELLO_13), 5000, 0, "tls_nosni "},
};

static void test_answer(void **state)
{
	const struct answer_row *row = *state;
	struct bench *bench = bench_new(true, RING);
	ask(bench, 5000, row->hello);
	serve(bench, row->seq, row->answer, row->size);
	assert_string_equal(notes(bench), row->want);
	void *down = bench;
	bench_down(&down);
}

/* Whose packet it is, and what it says beside: the answer is the server's, the name the client's. */
static void test_answer_says(void **state)
{
	struct bench *bench = *state;
	const struct note *note;
	ask(bench, 5000, SMALL);
	serve(bench, 5000, RECORD("02 <3 0303 " RANDOM32 " <1 > c02f 00 <2 0010 <2 <2 <1 'h2' > > > > >"), 0);
	while ((note = spsc_peek(&bench->ring)) != NULL && note->kind != NOTE_ANSWERED_TLS)
		spsc_release(&bench->ring);
	assert_non_null(note);
	assert_int_equal(note->where.sport, 443);
	assert_int_equal(note->where.dst.octets[3], 7);
	assert_int_equal(note->where.at_ns, bench->at_ns - 1000);
	assert_int_equal(note->sighting.tls_version, 0x0303);
	assert_int_equal(note->sighting.alpns, 1);
	assert_string_equal(note->sighting.alpn[0], "h2");
	assert_int_equal(note->sighting.feeds, 7);
}

/* One answer a hello, in time, behind it, and under the feed set that listed it. */
static void test_answer_is_one(void **state)
{
	struct bench *bench = *state;
	serve(bench, 5000, RECORD(SERVER_HELLO_13), 0);
	ask(bench, 5500, SMALL);
	assert_string_equal(notes(bench), HIT); /* captured the wrong way round: what was before the hello is no answer */
	serve(bench, 5500, RECORD(SERVER_HELLO_13), 0);
	serve(bench, 5500, RECORD(SERVER_HELLO_13), 0);
	serve(bench, 9000, RECORD(SERVER_HELLO_13), 0);
	assert_string_equal(notes(bench), "answered_tls www.evil.example hit#0");
}

static void test_answer_comes_late(void **state)
{
	struct bench *bench = *state;
	ask(bench, 5000, SMALL);
	bench->at_ns += 31 * SECOND;
	serve(bench, 5000, RECORD(SERVER_HELLO_13), 0);
	assert_string_equal(notes(bench), HIT);
}

static void test_answer_after_a_reload(void **state)
{
	struct bench *bench = *state;
	ask(bench, 5000, SMALL);
	inspector_use(bench->inspector, &(struct inspector_feeds){.domset = bench->domset, .generation = 8});
	serve(bench, 5000, RECORD(SERVER_HELLO_13), 0);
	assert_string_equal(notes(bench), HIT);
}

/* A hello of DTLS: a ServerHello is an answer, the request for a cookie is none. */
static void test_answer_of_dtls(void **state)
{
	static const struct frame_ends there = {.src = 0x0a000007, .dst = 0xc0000201, .sport = 40000, .dport = 5684};
	static const struct frame_ends back = {.src = 0xc0000201, .dst = 0x0a000007, .sport = 5684, .dport = 40000};
	struct bench *bench = *state;
	udp(bench, &there,
		"16 fefd 0000 000000000000 <2 01 00004f 0000 000000 <3 fefd " RANDOM32 " <1 > <1 > " SUITES " <1 00 > <2 " SNI("'www.evil.example'")
			PADDING(2) " > > >");
	udp(bench, &back, "16 fefd 0000 000000000000 <2 03 000007 0000 000000 <3 feff <1 aabbccdd > > >");
	assert_string_equal(notes(bench), "dtls www.evil.example hit#0");
	udp(bench, &back, "16 fefd 0000 000000000001 <2 02 000026 0001 000000 <3 fefd " RANDOM32 " <1 > c02b 00 > >");
	assert_string_equal(notes(bench), "answered_dtls www.evil.example hit#0");
}

/* Each hello is counted once, and so is what it comes to. */
static void test_server_hellos_are_counted(void **state)
{
	struct bench *bench = *state;
	serve(bench, 5000, RECORD(SERVER_HELLO_13), 0);
	serve(bench, 6000, CERT_FLIGHT, 0);
	serve(bench, 7000, CERT_FLIGHT, 100);
	serve(bench, 8000, RECORD("02 <3 0303 5a*31 >"), 0);
	assert_int_equal(count(bench, COUNTER_server_hello_ok), 3);
	assert_int_equal(count(bench, COUNTER_server_hello_bad), 1);
	assert_int_equal(count(bench, COUNTER_certificate_ok), 2);
	struct octets v2 = octets_from(HELLO_V2);
	tcp(bench, 100, C2_TCP_ACK, v2.at, v2.len);
	assert_int_equal(count(bench, COUNTER_hello_v2), 1);
	assert_int_equal(count(bench, COUNTER_hello_nosni), 1);
	octets_free(&v2);
}

/* What is encrypted takes no place in the table; a certificate that is to come does. */
static void test_server_flows(void **state)
{
	struct bench *bench = *state;
	struct octets sealed = octets_from(RECORD("02 <3 0303 " RANDOM32 " <1 > 1301 00 <2 002b <2 0304 > > >") "14 0303 <2 01 > 17 0303 <2 aa*99 >");
	struct octets clear = octets_from(CERT_FLIGHT);
	tcp(bench, 100, C2_TCP_ACK, sealed.at, sealed.len);
	assert_int_equal(count(bench, COUNTER_flows_opened), 0);
	assert_int_equal(count(bench, COUNTER_server_hello_ok), 1);
	tcp(bench, 9000, C2_TCP_ACK, clear.at, 100);
	assert_int_equal(count(bench, COUNTER_flows_opened), 1);
	assert_int_equal(count(bench, COUNTER_certificate_more), 1);
	octets_free(&sealed);
	octets_free(&clear);
}

static void test_syn_with_data(void **state)
{
	struct bench *bench = *state;
	struct octets octets = octets_from(LONG);
	tcp(bench, 99, C2_TCP_SYN, octets.at, 500);
	tcp(bench, 600, C2_TCP_ACK, octets.at + 500, octets.len - 500);
	assert_string_equal(notes(bench), HIT);
	octets_free(&octets);
}

static void test_syn_again(void **state)
{
	struct bench *bench = *state;
	struct octets octets = octets_from(LONG);
	tcp(bench, 99, C2_TCP_SYN, "", 0);
	tcp(bench, 800, C2_TCP_ACK, octets.at + 700, octets.len - 700);
	tcp(bench, 99, C2_TCP_SYN, "", 0); /* must not forget what is buffered */
	tcp(bench, 100, C2_TCP_ACK, octets.at, 700);
	assert_string_equal(notes(bench), HIT);
	octets_free(&octets);
}

static void test_port_reuse(void **state)
{
	struct bench *bench = *state;
	struct octets first = octets_from(SMALL);
	struct octets second = octets_from(RECORD(HELLO(SNI("'bad.example'"))));
	tcp(bench, 99, C2_TCP_SYN, "", 0);
	tcp(bench, 100, C2_TCP_ACK, first.at, first.len);
	tcp(bench, 5, C2_TCP_SYN, "", 0); /* lower than before: not a repetition */
	tcp(bench, 6, C2_TCP_ACK, second.at, second.len);
	assert_string_equal(notes(bench), HIT "; tls bad.example hit#1");
	octets_free(&first);
	octets_free(&second);
}

static void test_second_hello_of_a_connection(void **state)
{
	struct bench *bench = *state;
	struct octets first = octets_from(SMALL);
	struct octets second = octets_from(RECORD(HELLO(SNI("'bad.example'"))));
	tcp(bench, 99, C2_TCP_SYN, "", 0);
	tcp(bench, 100, C2_TCP_ACK, first.at, first.len);
	tcp(bench, 100 + (uint32_t)first.len, C2_TCP_ACK, second.at, second.len);
	assert_string_equal(notes(bench), HIT "; tls bad.example hit#1");
	octets_free(&first);
	octets_free(&second);
}

/* A decoy that the server never got stands where the hello begins: it was no hello, so the repetition is looked at. */
static void test_decoy_before_the_hello(void **state)
{
	static const size_t lens[] = {1, 3, 600};
	struct bench *bench = *state;
	struct octets good = octets_from(SMALL);
	uint8_t decoy[600];
	memset(decoy, 'X', sizeof decoy);
	for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
		uint32_t seq = 10000 * (uint32_t)(i + 1);
		tcp(bench, seq - 1, C2_TCP_SYN, "", 0);
		tcp(bench, seq, C2_TCP_ACK, decoy, lens[i]);
		tcp(bench, seq, C2_TCP_ACK, good.at, good.len);
		assert_string_equal(notes(bench), HIT);
		tcp(bench, seq, C2_TCP_ACK, good.at, good.len); /* and only once */
		assert_string_equal(notes(bench), "");
	}
	assert_int_equal(count(bench, COUNTER_head_contradictions), 5); /* the two that were buffered contradict in the buffer as well */
	octets_free(&good);
}

/* A repetition that says something else: the first copy stands, in the head and behind the verdict. */
static void test_retransmission_with_another_name(void **state)
{
	struct bench *bench = *state;
	struct octets good = octets_from(SMALL);
	struct octets other = octets_from(RECORD(HELLO(SNI("'www.fine.example'") VERSIONS)));
	assert_int_equal(good.len, other.len);
	tcp(bench, 99, C2_TCP_SYN, "", 0);
	tcp(bench, 100, C2_TCP_ACK, good.at, good.len);
	tcp(bench, 100, C2_TCP_ACK, other.at, other.len);
	assert_string_equal(notes(bench), HIT);
	tcp(bench, 4099, C2_TCP_SYN, "", 0);
	tcp(bench, 4101, C2_TCP_ACK, good.at + 1, good.len - 1);
	tcp(bench, 4101, C2_TCP_ACK, other.at + 1, other.len - 1);
	tcp(bench, 4100, C2_TCP_ACK, good.at, 1);
	assert_string_equal(notes(bench), HIT);
	assert_int_equal(count(bench, COUNTER_head_contradictions), 2);
	octets_free(&good);
	octets_free(&other);
}

static void test_padded_frame_adds_nothing(void **state)
{
	struct bench *bench = *state;
	struct octets octets = octets_from(LONG);
	uint8_t frame[FRAME_LEN_MAX];
	tcp(bench, 99, C2_TCP_SYN, "", 0);
	tcp(bench, 100, C2_TCP_ACK, octets.at, 700);
	size_t len = frame_tcp(frame, &client, 800, C2_TCP_ACK, "", 0);
	memset(frame + len, 0xff, 6);
	see(bench, frame, len + 6);
	tcp(bench, 800, C2_TCP_ACK, octets.at + 700, octets.len - 700);
	assert_string_equal(notes(bench), HIT);
	octets_free(&octets);
}

/* DNS and DHCP: what a message gives, and what of it is given out when only listed names are asked for. */
struct datagram_row {
	const char *name;
	const struct frame_ends *ends;
	const char *octets;
	const char *all;  /* the notes of --observe */
	const char *hits; /* the notes of a sensor */
};

static const struct frame_ends dhcp_client = {.src = 0, .dst = 0xffffffff, .sport = 68, .dport = 67};
static const struct frame_ends dhcp_server = {.src = 0x0a000001, .dst = 0x0a000007, .sport = 67, .dport = 68};
static const struct frame_ends other_port = {.src = 0x0a000007, .dst = 0x0a000001, .sport = 40000, .dport = 5353};

static const struct frame_ends mdns_tells = {.src = 0x0a000007, .dst = 0xe00000fb, .sport = 5353, .dport = 5353};
static const struct frame_ends llmnr_tells = {.src = 0x0a000007, .dst = 0x0a000001, .sport = 5355, .dport = 40000};
static const struct frame_ends nbns_tells = {.src = 0x0a000007, .dst = 0x0a0000ff, .sport = 137, .dport = 137};

static const struct frame_ends nbns_other = {.src = 0x0a000008, .dst = 0x0a0000ff, .sport = 137, .dport = 137};

#define OWN_A(owner, addr) RR(owner, "0001", addr)
#define MDNS_TELLS(answers, records) "0000 8400 0000 " answers " 0000 0000 " records

static const struct datagram_row datagrams[] = {
	{"DNS: query", &asks, DNS_QUERY("0001") "{fine.example} 0001 0001", "dns fine.example", ""},
	{"DNS: query for a listed name", &asks, DNS_QUERY("0001") "{WWW.evil.example} 0001 0001", "dns www.evil.example hit#0",
		"dns www.evil.example hit#0"},
	{"DNS: query with a client subnet", &asks,
		"3039 0100 0002 0000 0000 0001 {evil.example} 0001 0001 {fine.example} 0001 0001 00 0029 1000 00000000 <2 0008 <2 0001 18 00 c00002 "
		"> >",
		"dns evil.example hit#0 ecs=192/24; dns fine.example ecs=192/24", "dns evil.example hit#0 ecs=192/24"},
	{"DNS: response with a client subnet", &answers,
		"3039 8180 0001 0001 0000 0001 {evil.example} 0001 0001" RR(
			"c00c", "0001", "c0000209") "00 0029 1000 00000000 <2 0008 <2 0001 18 10 c00002 > >",
		"dns_r evil.example hit#0 answers=1,9 ecs=192/24; addr evil.example aside#0 answers=1,9 addr=9 ecs=192/24",
		"dns_r evil.example hit#0 answers=1,9 ecs=192/24"},
	{"DNS: client subnet in an OPT record that lies", &asks,
		"3039 0100 0001 0000 0000 0001 {evil.example} 0001 0001 00 0029 1000 00000000 <2 0008 <2 0001 19 00 c00002 > >",
		"dns evil.example hit#0", "dns evil.example hit#0"},
	{"DNS: a CNAME's owner that is known is told all the same", &answers,
		DNS_RESPONSE("0001", "0003") "{fine.example} 0001 0001" RR("c00c", "0005", "{good.example}") RR("c02a", "0005", "{evil.example}")
			RR("c044", "0001", "c0000209"),
		"dns_r fine.example; cname good.example; cname evil.example hit#0 answers=1,9 owner=good.example; "
		"addr evil.example aside#0 answers=1,9 addr=9",
		"cname evil.example hit#0 answers=1,9 owner=good.example"},
	{"DNS: query for the root", &asks, DNS_QUERY("0001") "00 0002 0001", "", ""},
	{"mDNS: a question", &other_port, DNS_QUERY("0001") "{evil.example} 0001 0001", "mdns evil.example hit#0", "mdns evil.example hit#0"},
	{"DNS: response", &answers, DNS_RESPONSE("0001", "0001") "{fine.example} 0001 0001" RR("c00c", "0001", "c0000209"),
		"dns_r fine.example; addr fine.example addr=9", ""},
	{"DNS: response for a listed name, its answers counted", &answers,
		DNS_RESPONSE("0001", "0002") "{evil.example} 0001 0001" RR("c00c", "0001", "c0000209") RR("c00c", "0001", "c0000208"),
		"dns_r evil.example hit#0 answers=2,9; addr evil.example aside#0 answers=2,9 addr=9; addr evil.example aside#0 answers=2,9 addr=8",
		"dns_r evil.example hit#0 answers=2,9"},
	{"DNS: CNAME to a listed name", &answers,
		DNS_RESPONSE("0001", "0002") "{fine.example} 0001 0001" RR("c00c", "0005", "{evil.example}") RR("c02a", "0001", "c0000209"),
		"dns_r fine.example; cname evil.example hit#0 answers=1,9; addr evil.example aside#0 answers=1,9 addr=9",
		"cname evil.example hit#0 answers=1,9"},
	{"DNS: two indicators in one message", &answers,
		DNS_RESPONSE("0001", "0002") "{bad.example} 0001 0001" RR("c00c", "0005", "{evil.example}") RR("c029", "0001", "c0000209"),
		"dns_r bad.example hit#1 answers=1,9; cname evil.example hit#0 answers=1,9 owner=bad.example; addr evil.example aside#0 answers=1,9 "
		"addr=9",
		"dns_r bad.example hit#1 answers=1,9; cname evil.example hit#0 answers=1,9 owner=bad.example"},
	{"DNS: answers of a query are none", &asks, "3039 0100 0001 0001 0000 0000 {fine.example} 0001 0001" RR("{evil.example}", "0001", "c0000209"),
		"dns fine.example; addr evil.example aside#0 addr=9", ""},
	{"DNS: two questions", &asks, DNS_QUERY("0002") "{evil.example} 0001 0001 {bad.example} 0001 0001",
		"dns evil.example hit#0; dns bad.example hit#1", "dns evil.example hit#0; dns bad.example hit#1"},
	{"DNS: a question, then garbage", &asks, DNS_QUERY("0002") "{evil.example} 0001 0001 c0ff", "dns evil.example hit#0",
		"dns evil.example hit#0"},
	{"DNS: garbage", &asks, "ff*40", "", ""},
	{"DNS: nothing", &asks, "", "", ""},
	{"DHCP: names", &dhcp_client, DHCP("01", "00000000", "00000000", "35 <1 03 > 0c <1 'laptop-7' > 51 <1 04 0000 {laptop-7.evil.example} > ff"),
		"dhcp laptop-7; dhcp_fqdn laptop-7.evil.example", "dhcp laptop-7; dhcp_fqdn laptop-7.evil.example"},
	{"DHCP: lease", &dhcp_server, DHCP("02", "00000000", "0a000007", "35 <1 05 > 33 <1 00000e10 > ff"), "lease 10.x.x.7 for 3600s",
		"lease 10.x.x.7 for 3600s"},
	{"DHCP: lease of an inform", &dhcp_server, DHCP("02", "0a000008", "00000000", "35 <1 05 > ff"), "lease 10.x.x.8 for 0s",
		"lease 10.x.x.8 for 0s"},
	{"DHCP: a name in a lease", &dhcp_server, DHCP("02", "00000000", "0a000007", "0c <1 'nas1' 00 > 35 <1 05 > ff"),
		"dhcp nas1; lease 10.x.x.7 for 0s", "dhcp nas1; lease 10.x.x.7 for 0s"},
	{"DHCP: a name in an offer is not given yet", &dhcp_server, DHCP("02", "00000000", "0a000007", "0c <1 'nas1' > 35 <1 02 > ff"), "", ""},
	{"DHCP: an offer is no lease", &dhcp_server, DHCP("02", "00000000", "0a000007", "35 <1 02 > ff"), "", ""},
	{"DHCP: a server's names are no host's", &dhcp_server, DHCP("02", "00000000", "0a000007", "35 <1 02 > 0c <1 'laptop-7' > ff"), "", ""},
	{"mDNS: a host's own name", &mdns_tells, MDNS_TELLS("0001", OWN_A("{Laptop-7.local}", "0a000007")), "announcement laptop-7 in mdns_r",
		"announcement laptop-7 in mdns_r"},
	{"mDNS: with the bit that flushes caches", &mdns_tells, MDNS_TELLS("0001", "{Laptop-7.local} 0001 8001 00000078 <2 0a000007 >"),
		"announcement laptop-7 in mdns_r", "announcement laptop-7 in mdns_r"},
	{"mDNS: among others, once", &mdns_tells,
		MDNS_TELLS("0003", OWN_A("{tv.local}", "0a000008") OWN_A("{laptop-7.local}", "0a000007") OWN_A("{laptop-7.local}", "0a000007")),
		"announcement laptop-7 in mdns_r", "announcement laptop-7 in mdns_r"},
	{"mDNS: another's name", &mdns_tells, MDNS_TELLS("0001", OWN_A("{tv.local}", "0a000008")), "", ""},
	{"mDNS: goodbye", &mdns_tells, MDNS_TELLS("0001", "{laptop-7.local} 0001 8001 00000000 <2 0a000007 >"), "", ""},
	{"mDNS: a name that is no host's", &mdns_tells,
		MDNS_TELLS("0002", OWN_A("{a.laptop-7.local}", "0a000007") OWN_A("{evil.example}", "0a000007")), "", ""},
	{"mDNS: a probe is no answer", &mdns_tells, "0000 0000 0000 0000 0001 0000 " OWN_A("{laptop-7.local}", "0a000007"), "", ""},
	{"mDNS: not from its port", &other_port, MDNS_TELLS("0001", OWN_A("{laptop-7.local}", "0a000007")), "", ""},
	{"LLMNR: a host's own name", &llmnr_tells,
		"3039 8000 0001 0001 0000 0000 "
		"{laptop-7} 0001 0001" OWN_A("c00c", "0a000007"),
		"announcement laptop-7 in llmnr_r; llmnr_r laptop-7", "announcement laptop-7 in llmnr_r"},
	{"LLMNR: tentative", &llmnr_tells,
		"3039 8100 0001 0001 0000 0000 "
		"{laptop-7} 0001 0001" OWN_A("c00c", "0a000007"),
		"llmnr_r laptop-7", ""},
	{"LLMNR: no such name", &llmnr_tells,
		"3039 8003 0001 0001 0000 0000 "
		"{laptop-7} 0001 0001" OWN_A("c00c", "0a000007"),
		"llmnr_r laptop-7", ""},
	{"LLMNR: another's address", &llmnr_tells, "3039 8000 0001 0001 0000 0000 {laptop-7} 0001 0001" OWN_A("c00c", "0a000008"), "llmnr_r laptop-7",
		""},
	{"NBNS: a host's own name", &nbns_tells, NETBIOS_CLAIM("2910", NETBIOS_WS, "0000"), "announcement ws-0142 in nbns; nbns ws-0142",
		"announcement ws-0142 in nbns"},
	{"NBNS: a server's", &nbns_tells, NETBIOS_CLAIM("4010", "20 'FHFDCNDADBDEDCCACACACACACACACACA' 00", "0000"),
		"announcement ws-0142 in nbns; nbns ws-0142", "announcement ws-0142 in nbns"},
	{"NBNS: a user's", &nbns_tells, NETBIOS_CLAIM("2910", "20 'FHFDCNDADBDEDCCACACACACACACACAAD' 00", "0000"), "nbns ws-0142", ""},
	{"NBNS: a group's", &nbns_tells, NETBIOS_CLAIM("2910", NETBIOS_WS, "8000"), "nbns ws-0142", ""},
	{"NBNS: for another's address", &nbns_other, NETBIOS_CLAIM("2910", NETBIOS_WS, "0000"), "nbns ws-0142", ""},
	{"DHCP: garbage", &dhcp_server, "ff*300", "", ""},
};

static void test_datagram(void **state)
{
	const struct datagram_row *row = *state;
	for (int observe = 0; observe < 2; observe++) {
		struct bench *bench = bench_new(observe, RING);
		udp(bench, row->ends, row->octets);
		assert_string_equal(notes(bench), observe ? row->all : row->hits);
		void *down = bench;
		bench_down(&down);
	}
}

/* DHCPv6: names and leases with the MAC that stands for the client. */
struct dhcp6_row {
	const char *name;
	const char *macs; /* destination's and source's */
	const char *ends; /* source and destination address, ports */
	const char *octets;
	const char *want; /* notes, and of the last the client's MAC */
};

#define ALL_SERVERS "3333 00010002 02aa00000001 "
#define TO_CLIENT "02aa00000001 02aa000000fd "
#define CLIENT_ASKS "fe80 00*13 01 ff02 00*10 0001 0002 0222 0223 "
#define SERVER_TELLS "fe80 00*13 fd fe80 00*13 01 0223 0222 "
#define ROUTED_REPLY "20010db8 00*11 fd 20010db8 00*11 07 0223 0222 "
#define RELAY_ASKS "20010db8 00*11 fe 20010db8 00*11 fd 0223 0223 "
#define LEASE6(valid) IA_NA(IA_ADDR("20010db8 00*11 07", valid))
#define NAME6 "0027 <2 00 {laptop-7.evil.example} > "

static const struct dhcp6_row dhcp6_rows[] = {
	{"DHCPv6: a name, on the client's link", ALL_SERVERS, CLIENT_ASKS, "01 0a0b0c " DUID_LINK NAME6, "dhcp6 laptop-7.evil.example 02aa00000001"},
	{"DHCPv6: a name behind a relay", TO_CLIENT, RELAY_ASKS, RELAY("0c", "00", "01 0a0b0c " DUID_LINK NAME6, ""),
		"dhcp6 laptop-7.evil.example 025e00000001"},
	{"DHCPv6: a name of a client that nothing tells", TO_CLIENT, RELAY_ASKS, RELAY("0c", "00", "01 0a0b0c " NAME6, ""),
		"dhcp6 laptop-7.evil.example 000000000000"},
	{"DHCPv6: a lease, on the client's link", TO_CLIENT, SERVER_TELLS, "07 0a0b0c " DUID_LINK LEASE6("00000e10"), "lease 3600s 02aa00000001"},
	{"DHCPv6: a lease through a router", TO_CLIENT, ROUTED_REPLY, "07 0a0b0c " DUID_LINK LEASE6("00000e10"), "lease 3600s 025e00000001"},
	{"DHCPv6: a lease behind a relay", TO_CLIENT, RELAY_ASKS, RELAY("0d", "00", "07 0a0b0c " DUID_TIME LEASE6("00000e10"), ""),
		"lease 3600s 025e00000001"},
	{"DHCPv6: a lease of a client that nothing tells", TO_CLIENT, ROUTED_REPLY, "07 0a0b0c " LEASE6("00000e10"), ""},
	{"DHCPv6: a lease withdrawn", TO_CLIENT, SERVER_TELLS, "07 0a0b0c " DUID_LINK LEASE6("00000000"), ""},
	{"DHCPv6: an offer is no lease", TO_CLIENT, SERVER_TELLS, "02 0a0b0c " DUID_LINK LEASE6("00000e10"), ""},
	{"DHCPv6: a server's name for a host is not its own", TO_CLIENT, SERVER_TELLS, "07 0a0b0c " DUID_LINK NAME6, ""},
	{"DHCPv6: garbage", ALL_SERVERS, CLIENT_ASKS, "01 ff*30", ""},
};

static void test_dhcp6(void **state)
{
	const struct dhcp6_row *row = *state;
	struct bench *bench = bench_new(false, RING);
	char text[2048], got[256] = "", name[C2_NAME_TEXT_MAX];
	struct octets message = octets_from(row->octets);
	snprintf(text, sizeof text, "%s 86dd 60000000 %04zx 11 40 %s %04zx 0000 %s", row->macs, message.len + 8, row->ends, message.len + 8,
		row->octets);
	struct octets frame = octets_from(text);
	see(bench, frame.at, frame.len);
	for (const struct note *note; (note = spsc_peek(&bench->ring)) != NULL; spsc_release(&bench->ring)) {
		const uint8_t *mac = note->kind == NOTE_LEASE ? note->lease.mac : note->chaddr;
		char *end = got + strlen(got);
		if (note->kind == NOTE_LEASE)
			end += sprintf(end, "lease %us", note->lease.seconds);
		else if (note->kind == NOTE_DHCP6 && c2_name_to_text(&note->sighting.name, name) > 0)
			end += sprintf(end, "dhcp6 %.100s", name);
		else
			continue;
		sprintf(end, " %02x%02x%02x%02x%02x%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	}
	assert_string_equal(got, row->want);
	octets_free(&message);
	octets_free(&frame);
	void *down = bench;
	bench_down(&down);
}

/* A listed name five hundred times in one message is one hit, and the sightings are counted. */
static void test_many_hits_in_a_message(void **state)
{
	struct bench *bench = *state;
	uint8_t frame[FRAME_LEN_MAX];
	uint8_t message[60000];
	struct octets head = octets_from("3039 8180 0000 0200 0000 0000");
	struct octets record = octets_from(RR("{evil.example}", "0001", "c0000209"));
	memcpy(message, head.at, head.len);
	size_t len = head.len;
	for (unsigned i = 0; i < 0x200; i++, len += record.len)
		memcpy(message + len, record.at, record.len);
	see(bench, frame, frame_udp(frame, &answers, message, len < 60000 ? len : 60000));
	assert_string_equal(notes(bench), "addr evil.example hit#0 answers=255,9 addr=9");
	assert_int_equal(count(bench, COUNTER_hits), 1);
	assert_int_equal(count(bench, COUNTER_sightings), 0x200);
	octets_free(&head);
	octets_free(&record);
}

/* The ring is full: notes are counted, and told once there is room. */
static void test_full_ring(void **state)
{
	struct bench *bench = *state;
	notes_of(bench, true);
	for (unsigned i = 0; i < 10; i++)
		udp(bench, &answers, DNS_RESPONSE("0001", "0000") "{fine.example} 0001 0001");
	assert_int_equal(count(bench, COUNTER_notes_lost), 7); /* a tick came first */
	assert_string_equal(notes(bench), "dns_r fine.example; dns_r fine.example; dns_r fine.example");
	udp(bench, &answers, DNS_RESPONSE("0001", "0000") "{other.example} 0001 0001");
	assert_string_equal(notes(bench), "lost=7; dns_r other.example");
	udp(bench, &answers, DNS_RESPONSE("0001", "0000") "{third.example} 0001 0001");
	assert_string_equal(notes(bench), "dns_r third.example");
}

/* A host is told of once, from a SYN or a query; another MAC or address is another host. */
static void test_hosts(void **state)
{
	struct bench *bench = *state;
	uint8_t frame[FRAME_LEN_MAX];
	inspector_tick(bench->inspector, bench->at_ns);
	notes_of(bench, true);
	tcp(bench, 1, C2_TCP_SYN, "", 0);
	assert_string_equal(notes_of(bench, true), "host");
	tcp(bench, 1, C2_TCP_SYN, "", 0);
	udp(bench, &asks, DNS_QUERY("0000"));
	assert_string_equal(notes_of(bench, true), "");
	struct frame_ends tagged = client;
	tagged.vlan = 5;
	see(bench, frame, frame_tcp(frame, &tagged, 1, C2_TCP_SYN, "", 0));
	assert_string_equal(notes_of(bench, true), "host");
	frame[7] ^= 1; /* the MAC */
	see(bench, frame, frame_tcp(frame, &tagged, 1, C2_TCP_SYN, "", 0));
	assert_string_equal(notes_of(bench, true), "");
	udp(bench, &answers, DNS_RESPONSE("0000", "0000"));
	assert_string_equal(notes_of(bench, true), "");
}

static void test_ticks(void **state)
{
	struct bench *bench = *state;
	uint64_t at = bench->at_ns;
	inspector_tick(bench->inspector, at);
	inspector_tick(bench->inspector, at + SECOND - 1);
	assert_string_equal(notes_of(bench, true), "tick");
	inspector_tick(bench->inspector, at + SECOND);
	inspector_tick(bench->inspector, at); /* time that goes back is no tick */
	assert_string_equal(notes_of(bench, true), "tick");
	inspector_tick(bench->inspector, at + 100 * SECOND);
	assert_string_equal(notes_of(bench, true), "tick");
}

/* Two flows with the same ports on two VLANs are two flows. */
static void test_vlans_are_apart(void **state)
{
	struct bench *bench = *state;
	struct octets octets = octets_from(LONG);
	uint8_t frame[FRAME_LEN_MAX];
	for (uint16_t vlan = 1; vlan <= 2; vlan++) {
		struct frame_ends ends = client;
		ends.vlan = vlan;
		see(bench, frame, frame_tcp(frame, &ends, 99, C2_TCP_SYN, "", 0));
		see(bench, frame, frame_tcp(frame, &ends, 100, C2_TCP_ACK, octets.at, 700));
	}
	assert_string_equal(notes(bench), "");
	for (uint16_t vlan = 1; vlan <= 2; vlan++) {
		struct frame_ends ends = client;
		ends.vlan = vlan;
		see(bench, frame, frame_tcp(frame, &ends, 800, C2_TCP_ACK, octets.at + 700, octets.len - 700));
	}
	assert_string_equal(notes(bench), HIT "; " HIT);
	octets_free(&octets);
}

static void test_counters(void **state)
{
	struct bench *bench = *state;
	struct octets octets = octets_from(SMALL);
	tcp(bench, 99, C2_TCP_SYN, "", 0);
	tcp(bench, 100, C2_TCP_ACK, octets.at, octets.len);
	udp(bench, &asks, DNS_QUERY("0001") "{evil.example} 0001 0001");
	udp(bench, &asks, "ff*40");
	see(bench, (const uint8_t *)"arp", 3);
	assert_int_equal(count(bench, COUNTER_packets), 5);
	assert_int_equal(count(bench, COUNTER_link_ok), 4);
	assert_int_equal(count(bench, COUNTER_link_more), 1);
	assert_int_equal(count(bench, COUNTER_transport_ok), 4);
	assert_int_equal(count(bench, COUNTER_hello_ok), 1);
	assert_int_equal(count(bench, COUNTER_dns_ok), 1);
	assert_int_equal(count(bench, COUNTER_dns_bad), 1);
	assert_int_equal(count(bench, COUNTER_sightings), 2);
	assert_int_equal(count(bench, COUNTER_hits), 2);
	octets_free(&octets);
}

/* Another feed set from the next frame on. */
static void test_feeds_are_swapped(void **state)
{
	struct bench *bench = *state;
	struct c2_domset_builder *builder = c2_domset_builder_new(1);
	struct c2_domset *none;
	assert_int_equal(c2_domset_build(builder, NULL, &none), 0);
	udp(bench, &asks, DNS_QUERY("0001") "{evil.example} 0001 0001");
	inspector_use(bench->inspector, &(struct inspector_feeds){.domset = none, .generation = 8});
	udp(bench, &asks, DNS_QUERY("0001") "{evil.example} 0001 0001");
	assert_string_equal(notes(bench), "dns evil.example hit#0; dns evil.example");
	c2_domset_free(none);
	c2_domset_builder_free(builder);
}

/* Who speaks a name of a context feed is told once an hour, whatever carries it; what servers say of it tells nothing, and it is no hit. */
static void test_context(void **state)
{
	struct bench *bench = *state;
	struct c2_domset_builder *builder = c2_domset_builder_new(2);
	struct c2_domset *context;
	struct c2_name name;
	assert_int_equal(c2_name_from_text("vendor.example", 14, &name), C2_OK);
	assert_int_equal(c2_domset_builder_add(builder, &name, C2_SCOPE_TREE), 0);
	assert_int_equal(c2_domset_build(builder, NULL, &context), 0);
	inspector_use(bench->inspector, &(struct inspector_feeds){.domset = bench->domset, .context = context, .generation = 8});
	udp(bench, &answers, "0001 8180 0001 0001 0000 0000 {www.vendor.example} 0001 0001 c00c 0001 0001 0000003c <2 c0000201 >");
	assert_string_equal(notes(bench), "");
	udp(bench, &asks, DNS_QUERY("0001") "{www.vendor.example} 0001 0001");
	udp(bench, &asks, DNS_QUERY("0002") "{vendor.example} 0001 0001");
	udp(bench, &asks, DNS_QUERY("0003") "{evil.example} 0001 0001");
	assert_string_equal(notes(bench), "context; dns evil.example hit#0");
	bench->at_ns += 3600 * SECOND;
	udp(bench, &asks, DNS_QUERY("0004") "{vendor.example} 0001 0001");
	assert_non_null(strstr(notes(bench), "context"));
	assert_int_equal(counter_get(&bench->counters, COUNTER_hits), 1);
	c2_domset_free(context);
	c2_domset_builder_free(builder);
}

#define TEST(name, up) cmocka_unit_test_setup_teardown(name, up, bench_down)

int main(void)
{
	static struct tests tests;
	const struct CMUnitTest alone[] = {
		TEST(test_octet_by_octet, bench_up),
		TEST(test_looks_are_few, bench_up),
		TEST(test_answer_says, bench_up_hits),
		TEST(test_answer_is_one, bench_up),
		TEST(test_answer_comes_late, bench_up),
		TEST(test_answer_after_a_reload, bench_up),
		TEST(test_answer_of_dtls, bench_up),
		TEST(test_server_hellos_are_counted, bench_up),
		TEST(test_server_flows, bench_up),
		TEST(test_syn_with_data, bench_up),
		TEST(test_syn_again, bench_up),
		TEST(test_port_reuse, bench_up),
		TEST(test_second_hello_of_a_connection, bench_up),
		TEST(test_decoy_before_the_hello, bench_up),
		TEST(test_retransmission_with_another_name, bench_up),
		TEST(test_padded_frame_adds_nothing, bench_up),
		TEST(test_many_hits_in_a_message, bench_up_hits),
		TEST(test_context, bench_up_hits),
		TEST(test_full_ring, bench_up_small),
		TEST(test_hosts, bench_up),
		TEST(test_ticks, bench_up),
		TEST(test_vlans_are_apart, bench_up),
		TEST(test_counters, bench_up),
		TEST(test_feeds_are_swapped, bench_up),
	};
	TESTS_ROWS(&tests, streams, test_stream);
	TESTS_ROWS(&tests, answer_rows, test_answer);
	TESTS_ROWS(&tests, datagrams, test_datagram);
	TESTS_ROWS(&tests, dhcp6_rows, test_dhcp6);
	for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++)
		tests.at[tests.count++] = alone[i];
	return tests_run(&tests, "inspect");
}
