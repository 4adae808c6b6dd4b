/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments of TCP that lie to whoever looks on: resets, SYNs and decoys that the server never takes, oddities that it does. The name is found through all
 * of them, and what contradicts what was there before is counted.
 */
#include "bench.h"
#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <stdlib.h>

#define ISN 99
#define LEN 700 /* of the client's hello, more or less: cut at HALF */
#define HALF 300
#define FAR 500000000

/* What a segment carries. */
enum carries {
	NOTHING,
	TRUTH, /* the client's octets there */
	JUNK,
	DECOY,        /* those of a hello with another name */
	BEHIND_ALERT, /* the client's, an alert in front */
	SERVERS_12,   /* a server's hello, which a certificate may follow */
	SERVERS_13,
	CARRIES,
};

/* A segment: `at` octets behind the ISN's successor, [from, to) of what it carries; to 0: to the end. */
struct segment {
	uint32_t at;
	uint8_t flags;
	enum carries what;
	uint16_t from, to;
	struct {
		uint8_t at; /* in the frame; 0: nothing */
		uint8_t value;
	} patch[2];
	uint16_t wait_s;
	bool is_servers;
};

#define SYN                                             \
	{                                               \
		.flags = C2_TCP_SYN, .at = (uint32_t)-1 \
	}
#define WHOLE                                      \
	{                                          \
		.flags = C2_TCP_ACK, .what = TRUTH \
	}
#define FIRST_HALF                                             \
	{                                                      \
		.flags = C2_TCP_ACK, .what = TRUTH, .to = HALF \
	}
#define OTHER_HALF                                                           \
	{                                                                    \
		.at = HALF, .flags = C2_TCP_ACK, .what = TRUTH, .from = HALF \
	}

#define PATCH_TTL             \
	{                     \
		{             \
			22, 1 \
		}             \
	}
#define PATCH_CHECKSUM           \
	{                        \
		{50, 0xde},      \
		{                \
			51, 0xad \
		}                \
	}
#define PATCH_URGENT                     \
	{                                \
		{47, C2_TCP_ACK | 0x20}, \
		{                        \
			53, 10           \
		}                        \
	}
#define PATCH_WINDOW_0        \
	{                     \
		{48, 0},      \
		{             \
			49, 0 \
		}             \
	}
#define PATCH_OLD_ACK            \
	{                        \
		{                \
			42, 0x80 \
		}                \
	}
#define PATCH_FIN                                   \
	{                                           \
		{                                   \
			47, C2_TCP_ACK | C2_TCP_FIN \
		}                                   \
	}

struct row {
	const char *name;
	const char *notes;
	unsigned contradictions;
	uint32_t isn; /* 0: ISN */
	struct segment segment[8];
};

#define FOUND "tls www.evil.example hit"

#define TRUE_HELLO RECORD(HELLO(KEY_SHARE(600) SNI("'www.evil.example'") VERSIONS))

static const char *const texts[CARRIES] = {
	[NOTHING] = "",
	[TRUTH] = TRUE_HELLO,
	[JUNK] = "58*732",
	[DECOY] = RECORD(HELLO(KEY_SHARE(600) SNI("'www.fine.example'") VERSIONS)),
	[BEHIND_ALERT] = "15 0301 <2 0170 >" TRUE_HELLO,
	[SERVERS_12] = RECORD(SERVER_HELLO),
	[SERVERS_13] = RECORD(SERVER_HELLO_13) "14 0303 <2 01 >",
};

static const struct row rows[] = {
	{"reset between the halves", FOUND, 0, 0, {SYN, FIRST_HALF, {.at = HALF, .flags = C2_TCP_RST}, OTHER_HALF}},
	{"reset before the hello", FOUND, 0, 0, {SYN, {.flags = C2_TCP_RST | C2_TCP_ACK}, WHOLE}},
	{"reset from the server's side", FOUND, 0, 0, {SYN, FIRST_HALF, {.at = 0, .flags = C2_TCP_RST, .is_servers = true}, OTHER_HALF}},
	{"reset that carries octets", FOUND, 0, 0,
		{SYN, FIRST_HALF, {.at = HALF, .flags = C2_TCP_RST | C2_TCP_ACK, .what = JUNK, .from = HALF}, OTHER_HALF}},
	{"end between the halves", FOUND, 0, 0, {SYN, FIRST_HALF, {.at = HALF, .flags = C2_TCP_FIN | C2_TCP_ACK}, OTHER_HALF}},
	{"end with the last octets", FOUND, 0, 0,
		{SYN, FIRST_HALF, {.at = HALF, .flags = C2_TCP_ACK, .what = TRUTH, .from = HALF, .patch = PATCH_FIN}}},
	{"octets that acknowledge nothing", FOUND, 0, 0, {SYN, FIRST_HALF, {.at = HALF, .flags = 0, .what = JUNK, .from = HALF}, OTHER_HALF}},
	{"SYN again, another number", FOUND, 0, 0, {SYN, {.at = FAR, .flags = C2_TCP_SYN}, WHOLE}},
	{"SYN again, another number, the halves turned", FOUND, 0, 0, {SYN, {.at = FAR, .flags = C2_TCP_SYN}, OTHER_HALF, FIRST_HALF}},
	{"SYN with another number first, the halves turned", FOUND, 0, 0, {{.at = FAR, .flags = C2_TCP_SYN}, SYN, OTHER_HALF, FIRST_HALF}},
	{"SYN between the halves", FOUND, 0, 0, {SYN, FIRST_HALF, {.at = FAR, .flags = C2_TCP_SYN}, OTHER_HALF}},
	{"SYN between the halves, below them", FOUND, 0, 0, {SYN, FIRST_HALF, {.at = (uint32_t)-FAR, .flags = C2_TCP_SYN}, OTHER_HALF}},
	{"two SYNs between the halves", FOUND, 0, 0,
		{SYN, FIRST_HALF, {.at = FAR, .flags = C2_TCP_SYN}, {.at = 2 * FAR, .flags = C2_TCP_SYN}, OTHER_HALF}},
	{"SYN between the halves, and junk at its number", FOUND, 0, 0,
		{SYN, FIRST_HALF, {.at = FAR, .flags = C2_TCP_SYN}, {.at = FAR + 1, .flags = C2_TCP_ACK, .what = JUNK}, OTHER_HALF}},
	{"SYN behind junk, before the hello", FOUND, 0, 0,
		{SYN, {.flags = C2_TCP_ACK, .what = JUNK, .to = 20}, {.at = FAR, .flags = C2_TCP_SYN},
			{.at = 20, .flags = C2_TCP_ACK, .what = TRUTH}}},
	{"SYN with the hello", FOUND, 0, 0, {{.at = (uint32_t)-1, .flags = C2_TCP_SYN, .what = TRUTH}}},
	{"SYN with half the hello, that is sent again", FOUND, 0, 0,
		{{.at = (uint32_t)-1, .flags = C2_TCP_SYN, .what = TRUTH, .to = HALF}, FIRST_HALF, OTHER_HALF}},
	{"SYN answered with another acknowledgement", FOUND, 0, 0,
		{SYN, {.at = 0, .flags = C2_TCP_SYN | C2_TCP_ACK, .is_servers = true, .patch = PATCH_OLD_ACK}, WHOLE}},
	{"both open at once", FOUND, 0, 0,
		{SYN, {.at = (uint32_t)-1, .flags = C2_TCP_SYN, .is_servers = true}, {.at = (uint32_t)-1, .flags = C2_TCP_SYN | C2_TCP_ACK},
			FIRST_HALF, OTHER_HALF}},
	{"urgent octets are in their place", FOUND, 0, 0, {SYN, {.flags = C2_TCP_ACK, .what = TRUTH, .to = HALF, .patch = PATCH_URGENT}, OTHER_HALF}},
	{"keepalive octet before the hello", FOUND, 0, 0, {SYN, {.at = (uint32_t)-1, .flags = C2_TCP_ACK, .what = JUNK, .to = 1}, WHOLE}},
	{"keepalive octet between the halves", FOUND, 0, 0,
		{SYN, FIRST_HALF, {.at = HALF - 1, .flags = C2_TCP_ACK, .what = TRUTH, .from = HALF - 1, .to = HALF}, OTHER_HALF}},
	{"keepalive octet that is another", FOUND, 1, 0, {SYN, FIRST_HALF, {.at = HALF - 1, .flags = C2_TCP_ACK, .what = JUNK, .to = 1}, OTHER_HALF}},
	{"window of none", FOUND, 0, 0, {SYN, {.flags = C2_TCP_ACK, .what = TRUTH, .to = HALF, .patch = PATCH_WINDOW_0}, OTHER_HALF}},
	{"probe of a window of none, an octet at a time", FOUND, 0, 0,
		{SYN, {.flags = C2_TCP_ACK, .what = TRUTH, .to = 1, .patch = PATCH_WINDOW_0},
			{.at = 1, .flags = C2_TCP_ACK, .what = TRUTH, .from = 1, .to = 2, .patch = PATCH_WINDOW_0},
			{.at = 2, .flags = C2_TCP_ACK, .what = TRUTH, .from = 2}}},
	{"numbers that wrap between the halves", FOUND, 0, UINT32_MAX - HALF, {SYN, FIRST_HALF, OTHER_HALF}},
	{"numbers that wrap in a half, turned", FOUND, 0, UINT32_MAX - 50, {SYN, OTHER_HALF, FIRST_HALF}},
	{"from the middle", FOUND, 0, 0, {{.at = 70000, .flags = C2_TCP_ACK, .what = JUNK}, {.at = 90000, .flags = C2_TCP_ACK, .what = TRUTH}}},
	{"the client's direction alone", FOUND, 0, 0, {FIRST_HALF, OTHER_HALF}},
	{"the server's direction alone", "", 0, 0,
		{{.at = 0, .flags = C2_TCP_SYN | C2_TCP_ACK, .is_servers = true}, {.flags = C2_TCP_ACK, .what = JUNK, .is_servers = true}}},
	{"an old half a minute late", FOUND, 0, 0, {SYN, FIRST_HALF, OTHER_HALF, {.flags = C2_TCP_ACK, .what = TRUTH, .to = HALF, .wait_s = 60}}},
	{"a minute between the halves", FOUND, 0, 0, {SYN, FIRST_HALF, {.at = HALF, .flags = C2_TCP_ACK, .what = TRUTH, .from = HALF, .wait_s = 60}}},
	{"decoy that dies on its way", FOUND, 1, 0, {SYN, {.flags = C2_TCP_ACK, .what = JUNK, .patch = PATCH_TTL}, WHOLE}},
	{"decoy of a bad checksum", FOUND, 1, 0, {SYN, {.flags = C2_TCP_ACK, .what = JUNK, .patch = PATCH_CHECKSUM}, WHOLE}},
	{"decoy of an old acknowledgement", FOUND, 1, 0, {SYN, {.flags = C2_TCP_ACK, .what = JUNK, .patch = PATCH_OLD_ACK}, WHOLE}},
	{"decoy, the hello in halves behind it", FOUND, 1, 0, {SYN, {.flags = C2_TCP_ACK, .what = JUNK}, FIRST_HALF, OTHER_HALF}},
	{"decoy behind the hello", FOUND, 0, 0, {SYN, WHOLE, {.flags = C2_TCP_ACK, .what = JUNK}}},
	{"hello as a decoy", "tls www.fine.example; " FOUND, 1, 0, {SYN, {.flags = C2_TCP_ACK, .what = DECOY, .patch = PATCH_TTL}, WHOLE}},
	{"hello as a decoy, the truth twice", "tls www.fine.example; " FOUND, 1, 0, {SYN, {.flags = C2_TCP_ACK, .what = DECOY}, WHOLE, WHOLE}},
	{"hello as a decoy behind the truth", FOUND, 1, 0, {SYN, WHOLE, {.flags = C2_TCP_ACK, .what = DECOY}}},
	{"hello as a decoy, an alert before the truth", "tls www.fine.example; " FOUND, 1, 0,
		{SYN, {.flags = C2_TCP_ACK, .what = DECOY}, {.flags = C2_TCP_ACK, .what = BEHIND_ALERT}}},
	{"decoy, an alert before the truth", FOUND, 1, 0, {SYN, {.flags = C2_TCP_ACK, .what = JUNK}, {.flags = C2_TCP_ACK, .what = BEHIND_ALERT}}},
	{"server's hello as a decoy", FOUND, 1, 0, {SYN, {.flags = C2_TCP_ACK, .what = SERVERS_13}, WHOLE}},
	{"server's hello as a decoy, the hello in halves behind it", FOUND, 1, 0,
		{SYN, {.flags = C2_TCP_ACK, .what = SERVERS_13}, FIRST_HALF, OTHER_HALF}},
	{"server's hello as a decoy, a certificate awaited", FOUND, 2, 0, {SYN, {.flags = C2_TCP_ACK, .what = SERVERS_12}, WHOLE}},
	{"server's hello as a decoy, a certificate awaited, the hello in halves behind it", FOUND, 2, 0,
		{SYN, {.flags = C2_TCP_ACK, .what = SERVERS_12}, FIRST_HALF, OTHER_HALF}},
	{"half a decoy behind the truth's half", FOUND, 1, 0,
		{SYN, OTHER_HALF, {.at = HALF, .flags = C2_TCP_ACK, .what = DECOY, .from = HALF}, FIRST_HALF}},
	{"the same twice is no contradiction", FOUND, 0, 0, {SYN, WHOLE, WHOLE}},
};

static struct bench bench;
static struct octets carried[CARRIES];

static const struct frame_ends client = {.src = 0x0a000007, .dst = 0xc0000201, .sport = 40000, .dport = 443};
static const struct frame_ends server = {.src = 0xc0000201, .dst = 0x0a000007, .sport = 443, .dport = 40000};

static int up(void **state)
{
	(void)state;
	for (size_t i = 0; i < CARRIES; i++)
		carried[i] = octets_from(texts[i]);
	assert_true(carried[TRUTH].len == carried[DECOY].len && carried[TRUTH].len == carried[JUNK].len && carried[TRUTH].len > LEN);
	bench_open(&bench);
	return 0;
}

static int down(void **state)
{
	(void)state;
	bench_close(&bench);
	for (size_t i = 0; i < CARRIES; i++)
		octets_free(&carried[i]);
	return 0;
}

static void show(const struct segment *segment, uint32_t isn)
{
	const struct octets *octets = &carried[segment->what];
	size_t to = segment->to != 0 ? segment->to : octets->len;
	size_t len = to - segment->from;
	uint8_t frame[FRAME_LEN_MAX];
	size_t n = frame_tcp(frame, segment->is_servers ? &server : &client, isn + 1 + segment->at, segment->flags, octets->at + segment->from, len);
	for (size_t i = 0; i < 2 && segment->patch[i].at != 0; i++)
		frame[segment->patch[i].at] = segment->patch[i].value;
	bench.at_ns += segment->wait_s * UINT64_C(1000000000);
	bench_see(&bench, frame, n);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	up(NULL);
	for (size_t i = 0; i < sizeof row->segment / sizeof row->segment[0]; i++)
		if (row->segment[i].flags != 0 || row->segment[i].what != NOTHING)
			show(&row->segment[i], row->isn != 0 ? row->isn : ISN);
	assert_string_equal(bench_notes(&bench), row->notes);
	assert_int_equal(bench_count(&bench, COUNTER_head_contradictions), row->contradictions);
	down(NULL);
}

int main(void)
{
	static struct tests tests;
	TESTS_ROWS(&tests, rows, test_row);
	return tests_run(&tests, "segments");
}
