/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the worst packet costs: messages made to be expensive, through the whole inspector. No packet takes more than 200 µs of processor time in an
 * optimised build, and none takes memory. The assertion on time is left out under sanitizers and without optimisation, where it would say nothing.
 */
#include "flow/inspect.h"

#include "fixtures.h"
#include "frames.h"
#include "octets.h"
#include "table.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define WORST_NS 200000u
#define SLOWER 2  /* a machine may be so much slower than the one that the bound was set on, and have others at work on it */
#define ROUNDS 10 /* the best of so many: the rest is what else the machine did */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
#define TIME_COUNTS false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define TIME_COUNTS false
#endif
#endif
#ifndef TIME_COUNTS
#define TIME_COUNTS true
#endif

/* An inspector and where its notes go: a ring with room for those of any message, and nobody reads them. */
struct bench {
	struct inspector *inspector;
	struct spsc ring;
	struct note_outlet outlet;
	struct counters counters;
	struct c2_domset *domset;
	uint64_t at_ns;
	uint64_t worst_ns; /* of the frames so far */
};

/* Listed: x0.example to x199.example. */
static int bench_up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	struct c2_domset_builder *builder = c2_domset_builder_new(1);
	for (uint32_t i = 0; i < 200; i++) {
		char text[32];
		struct c2_name name;
		snprintf(text, sizeof text, "x%u.example", i);
		c2_name_from_text(text, strlen(text), &name);
		c2_domset_builder_add(builder, &name, C2_SCOPE_TREE);
	}
	c2_domset_build(builder, NULL, &bench->domset);
	c2_domset_builder_free(builder);
	assert_int_equal(spsc_open(&bench->ring, 2048, sizeof(struct note)), 0);
	bench->outlet = (struct note_outlet){.ring = &bench->ring, .counters = &bench->counters};
	struct inspector_options options = {.budget = 8u << 20, .key = {3, 4}, .outlet = &bench->outlet, .counters = &bench->counters};
	assert_int_equal(inspector_open(&bench->inspector, &options), 0);
	inspector_use(bench->inspector, &(struct inspector_feeds){.domset = bench->domset, .generation = 1});
	*state = bench;
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

static uint64_t cpu_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void see(struct bench *bench, const uint8_t *frame, size_t len)
{
	uint64_t before = cpu_ns();
	inspector_see(bench->inspector, C2_LINK_ETHERNET, frame, len, bench->at_ns += 1000, 0);
	uint64_t took = cpu_ns() - before;
	bench->worst_ns = took > bench->worst_ns ? took : bench->worst_ns;
	while (spsc_peek(&bench->ring) != NULL)
		spsc_release(&bench->ring);
}

/* Plays a script ROUNDS times and judges the best round's worst frame, and that no memory was taken. */
static void judge(struct bench *bench, void (*play)(struct bench *bench, unsigned round))
{
	uint64_t best = UINT64_MAX;
	play(bench, 0); /* the pages of the tables are touched */
	size_t before = mallinfo2().uordblks;
	for (unsigned round = 1; round <= ROUNDS; round++) {
		bench->worst_ns = 0;
		play(bench, round);
		best = bench->worst_ns < best ? bench->worst_ns : best;
	}
	size_t after = mallinfo2().uordblks;
	print_message("# worst frame: %llu ns\n", (unsigned long long)best);
	assert_true(after <= before);
	if (TIME_COUNTS)
		assert_true(best < WORST_NS * SLOWER);
}

static const struct frame_ends asks = {.src = 0x0a000007, .dst = 0x0a000001, .sport = 40000, .dport = 53};
static const struct frame_ends answers = {.src = 0x0a000001, .dst = 0x0a000007, .sport = 53, .dport = 40000};
static struct frame_ends client = {.src = 0x0a000007, .dst = 0xc0000201, .sport = 40000, .dport = 443};
static uint8_t frame[FRAME_LEN_MAX];
static uint8_t message[65500];

static void datagram(struct bench *bench, const struct frame_ends *ends, const char *text, unsigned times)
{
	struct octets octets = octets_from(text);
	size_t len = frame_udp(frame, ends, octets.at, octets.len);
	octets_free(&octets);
	while (times-- > 0)
		see(bench, frame, len);
}

/* A header, then the same octets again and again to the end of the largest datagram. */
static void datagram_of(struct bench *bench, const char *header, const char *repeated)
{
	struct octets first = octets_from(header);
	struct octets rest = octets_from(repeated);
	size_t len = first.len;
	memcpy(message, first.at, first.len);
	for (; len + rest.len <= sizeof message; len += rest.len)
		memcpy(message + len, rest.at, rest.len);
	see(bench, frame, frame_udp(frame, &answers, message, len));
	octets_free(&first);
	octets_free(&rest);
}

static void play_self_pointer(struct bench *bench, unsigned round)
{
	(void)round;
	datagram(bench, &asks, DNS_QUERY("0001") "c00c 0001 0001", 1000);
}

static void play_two_tsig(struct bench *bench, unsigned round)
{
	(void)round;
	datagram(bench, &asks, "3039 0100 0001 0000 0000 0002 {a.example} 0001 0001 00 00fa 00ff 00000000 0000 00 00fa 00ff 00000000 0000", 40000);
}

/* Records whose owners lead through as many pointers as a name may follow. */
static void play_pointer_chain(struct bench *bench, unsigned round)
{
	(void)round;
	datagram_of(bench, DNS_RESPONSE("0001", "ffff") "{x} 0001 0001" RR("c00c", "0005", "c00c") "c01f 0005 0001 00000000 <2 c01f >",
		"c02b 0010 0001 00000000 0000");
}

static void play_many_pointers(struct bench *bench, unsigned round)
{
	(void)round;
	datagram_of(bench, DNS_RESPONSE("0001", "ffff") "{x} 0001 0001", RR("c00c", "0001", "c0000201"));
}

static void play_long_names(struct bench *bench, unsigned round)
{
	(void)round;
	datagram_of(bench, DNS_RESPONSE("0000", "ffff"), RR("3f 41*63 3f 41*63 3f 41*63 3d 41*61 00", "0001", "c0000201"));
}

static void play_many_labels(struct bench *bench, unsigned round)
{
	(void)round;
	datagram_of(bench, DNS_RESPONSE("0000", "ffff"),
		RR("01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 "
		   "'a' 00",
			"0001", "c0000201"));
}

/* More listed names than a message's indicators are remembered for, each again and again: every one a hit, none a walk of its own. */
static void play_listed_names(struct bench *bench, unsigned round)
{
	(void)round;
	struct octets head = octets_from(DNS_RESPONSE("0000", "ffff"));
	size_t len = head.len;
	memcpy(message, head.at, head.len);
	for (unsigned i = 0; len + 64 < sizeof message; i++) {
		char text[128];
		snprintf(text, sizeof text, RR("{x%u.example}", "0001", "c0000201"), i % 200);
		struct octets record = octets_from(text);
		memcpy(message + len, record.at, record.len);
		len += record.len;
		octets_free(&record);
	}
	see(bench, frame, frame_udp(frame, &answers, message, len));
	octets_free(&head);
}

/* Questions without end. */
static void play_many_questions(struct bench *bench, unsigned round)
{
	(void)round;
	datagram_of(bench, DNS_QUERY("ffff"), "{a} 0001 0001");
}

static void play_root_questions(struct bench *bench, unsigned round)
{
	(void)round;
	datagram_of(bench, DNS_QUERY("ffff"), "00 0001 0001");
}

#define TEN_LABELS "01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' "
#define MOST_LABELS                                                                                                                         \
	TEN_LABELS TEN_LABELS TEN_LABELS TEN_LABELS TEN_LABELS TEN_LABELS TEN_LABELS TEN_LABELS TEN_LABELS TEN_LABELS TEN_LABELS TEN_LABELS \
		"01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 01 'a' 00 "

/* As many labels as a name can have, again and again by pointers of two octets. */
static void play_pointed_labels(struct bench *bench, unsigned round)
{
	(void)round;
	datagram_of(bench, DNS_RESPONSE("0001", "ffff") MOST_LABELS "0001 0001", RR("c00c", "0005", "c00c"));
}

/* A hello of 64 kB in records of one octet: the head fills up, and is joined anew as it grows. */
static void play_small_records(struct bench *bench, unsigned round)
{
	struct octets hello = octets_from(HELLO(PADDING(60000)));
	size_t len = 0;
	for (size_t i = 0; len + 6 <= sizeof message; i++, len += 6) {
		const uint8_t record[6] = {22, 3, 1, 0, 1, hello.at[i]};
		memcpy(message + len, record, 6);
	}
	client.sport = (uint16_t)(1000 + round);
	see(bench, frame, frame_tcp(frame, &client, 0, C2_TCP_SYN, "", 0));
	for (size_t at = 0; at < len; at += 200)
		see(bench, frame, frame_tcp(frame, &client, 1 + (uint32_t)at, C2_TCP_ACK, message + at, len - at < 200 ? len - at : 200));
	octets_free(&hello);
}

/* The same octet by octet: no segment may cost what all of them do. */
static void play_octets_of_records(struct bench *bench, unsigned round)
{
	struct octets hello = octets_from(HELLO(PADDING(10600)));
	uint32_t seq = 1;
	client.sport = (uint16_t)(1500 + round);
	see(bench, frame, frame_tcp(frame, &client, 0, C2_TCP_SYN, "", 0));
	for (size_t i = 0; i < hello.len; i++) {
		const uint8_t record[6] = {22, 3, 1, 0, 1, hello.at[i]};
		for (size_t at = 0; at < sizeof record; at++)
			see(bench, frame, frame_tcp(frame, &client, seq++, C2_TCP_ACK, record + at, 1));
	}
	octets_free(&hello);
}

/* As many records as a packet holds that are stepped over before a hello. */
static void play_strays(struct bench *bench, unsigned round)
{
	(void)round;
	for (size_t at = 0; at + 7 <= sizeof message; at += 7)
		memcpy(message + at, "\x15\3\1\0\2\1\x70", 7);
	client.sport = (uint16_t)(1800 + round);
	see(bench, frame, frame_tcp(frame, &client, 0, C2_TCP_SYN, "", 0));
	see(bench, frame, frame_tcp(frame, &client, 1, C2_TCP_ACK, message, 65000));
	see(bench, frame, frame_tcp(frame, &client, 65001, C2_TCP_ACK, message, 65000));
}

/* HTTP/2 frames that say nothing, as small as they come, before a request that never does: each segment has them looked through from the first. */
static void play_small_frames(struct bench *bench, unsigned round)
{
	struct octets begin = octets_from(H2_PREFACE H2_SETTINGS);
	size_t len = begin.len;
	memcpy(message, begin.at, begin.len);
	for (; len + 9 <= sizeof message; len += 9)
		memcpy(message + len, "\0\0\0\x0b\0\0\0\0\0", 9);
	client.sport = (uint16_t)(4000 + round);
	see(bench, frame, frame_tcp(frame, &client, 0, C2_TCP_SYN, "", 0));
	for (size_t at = 0; at < len; at += 200)
		see(bench, frame, frame_tcp(frame, &client, 1 + (uint32_t)at, C2_TCP_ACK, message + at, len - at < 200 ? len - at : 200));
	octets_free(&begin);
}

/* A header block as long as is read, of one field again and again. */
static void play_block_of(struct bench *bench, uint16_t sport, const char *first, const char *again)
{
	struct octets begin = octets_from(H2_PREFACE H2_SETTINGS "00f000 01 04 00000001");
	struct octets head = octets_from(first);
	struct octets field = octets_from(again);
	size_t len = begin.len + head.len;
	memcpy(message, begin.at, begin.len);
	memcpy(message + begin.len, head.at, head.len);
	for (; len + field.len <= begin.len + 0xf000; len += field.len)
		memcpy(message + len, field.at, field.len);
	memset(message + len, 0x82, begin.len + 0xf000 - len);
	client.sport = sport;
	for (size_t at = 0; at < begin.len + 0xf000; at += 1000)
		see(bench, frame,
			frame_tcp(frame, &client, 1 + (uint32_t)at, C2_TCP_ACK, message + at,
				begin.len + 0xf000 - at < 1000 ? begin.len + 0xf000 - at : 1000));
	octets_free(&begin);
	octets_free(&head);
	octets_free(&field);
}

/* An index of one octet, which leads to an authority of a thousand. */
static void play_indexed_fields(struct bench *bench, unsigned round)
{
	play_block_of(bench, (uint16_t)(5000 + round), "41 ff 81 07 1c*1024", "be");
}

/* Names in Huffman's code: ":authorita", which is not one of those that matter until its last octet. */
static void play_named_fields(struct bench *bench, unsigned round)
{
	play_block_of(bench, (uint16_t)(6000 + round), "", "00 87 b83b5339ec3247 00");
}

/* A hello octet by octet, first to last and last to first. */
static void play_octets(struct bench *bench, unsigned round)
{
	struct octets hello = octets_from(RECORD(HELLO(KEY_SHARE(1216) PADDING(2600))));
	for (unsigned backwards = 0; backwards < 2; backwards++) {
		client.sport = (uint16_t)(2000 + round * 2 + backwards);
		see(bench, frame, frame_tcp(frame, &client, 0, C2_TCP_SYN, "", 0));
		for (size_t i = 0; i + 1 < hello.len; i++) {
			size_t at = backwards ? hello.len - 1 - i : i;
			see(bench, frame, frame_tcp(frame, &client, 1 + (uint32_t)at, C2_TCP_ACK, hello.at + at, 1));
		}
	}
	octets_free(&hello);
}

/* A hello of a thousand extensions, and its name in none. */
static void play_extensions(struct bench *bench, unsigned round)
{
	struct octets octets = octets_from("16 0301 3ffc 01 003ff8 0303 5a*32 00 0002 1301 01 00 3fcd");
	memcpy(message, octets.at, octets.len);
	memset(message + octets.len, 0x1a, 16384);
	for (size_t at = octets.len; at < 16384; at += 4)
		memcpy(message + at, "\x1a\x1a\0\0", 4);
	client.sport = (uint16_t)(3000 + round);
	for (size_t at = 0; at < 16000; at += 1000)
		see(bench, frame, frame_tcp(frame, &client, 1 + (uint32_t)at, C2_TCP_ACK, message + at, 1000));
	octets_free(&octets);
}

/* Flows without end: half a hello each. */
static void play_flood(struct bench *bench, unsigned round)
{
	struct octets hello = octets_from(RECORD(HELLO(KEY_SHARE(1216))));
	for (uint32_t i = 0; i < 20000; i++) {
		struct frame_ends ends = {.src = 0x0a000000 + i, .dst = 0xc0000201, .sport = (uint16_t)(1024 + round), .dport = 443};
		see(bench, frame, frame_tcp(frame, &ends, 1, C2_TCP_ACK, hello.at, 600));
	}
	octets_free(&hello);
}

/* Tunnels within tunnels, to the budget's end. */
static void play_tunnels(struct bench *bench, unsigned round)
{
	(void)round;
	datagram_of(bench, "", "45 00 0000 0000 0000 40 04 0000 c0000201 c0000202");
	for (size_t at = 0; at + 50 <= 1400; at += 50)
		memcpy(message + at,
			"\x08\0\0\0\0\0\0\0\2\0\0\0\0\1\2\0\0\0\0\2\x08\0\x45\0\0\0\0\0\0\0\x40\x11\0\0\xc0\0\2\1\xc0\0\2\2\x30\x39\x12\xb5\0\0\0\0",
			50);
	struct frame_ends ends = client;
	ends.dport = 4789;
	see(bench, frame, frame_udp(frame, &ends, message, 1400));
}

struct play_row {
	const char *name;
	void (*play)(struct bench *bench, unsigned round);
};

static const struct play_row plays[] = {
	{"a name that points at itself", play_self_pointer},
	{"two TSIG records, 200,000 times", play_two_tsig},
	{"a chain of pointers at the end of thousands of records", play_pointer_chain},
	{"thousands of pointers", play_many_pointers},
	{"names of 255 octets", play_long_names},
	{"names of many labels", play_many_labels},
	{"thousands of listed names", play_listed_names},
	{"65535 questions", play_many_questions},
	{"65535 questions for the root", play_root_questions},
	{"thousands of pointers to 127 labels", play_pointed_labels},
	{"records of one octet up to 64 kB", play_small_records},
	{"records of one octet, octet by octet", play_octets_of_records},
	{"records before a hello", play_strays},
	{"HTTP/2 frames of nothing", play_small_frames},
	{"HTTP/2 fields of one octet", play_indexed_fields},
	{"HTTP/2 fields with names in Huffman's code", play_named_fields},
	{"a head octet by octet", play_octets},
	{"a thousand extensions", play_extensions},
	{"twenty thousand half hellos", play_flood},
	{"tunnels in tunnels", play_tunnels},
};

static void test_play(void **state)
{
	/* cmocka's state is the row; the bench is this test's own. */
	const struct play_row *row = *state;
	void *bench;
	bench_up(&bench);
	judge(bench, row->play);
	bench_down(&bench);
}

int main(void)
{
	static struct tests tests;
	TESTS_ROWS(&tests, plays, test_play);
	return tests_run(&tests, "hostile");
}
