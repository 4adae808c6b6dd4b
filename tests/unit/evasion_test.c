/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evasion: a name is found however its stream is cut. Each variant cuts, splits, reorders, repeats and overlaps at random, beside another stream on the
 * same wire: TLS records, and what a server steps over between them, within TCP segments, HTTP requests, DNS messages over TCP, ClientHellos of DTLS in
 * fragments, datagrams in fragments of IP. A second copy that contradicts the first is counted, and the first is what is reported.
 * `evasion_test N [SEED]` tries N variants of each; QUIC has its own in inspect_quic_test.
 */
#include "bench.h"
#include "fixtures.h"
#include "octets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VARIANTS (BENCH_IS_SLOW ? 10000 : 100000)
#define PIECES_MAX 64
#define STREAM_MAX 32768

static struct bench bench;
static uint64_t random_state;

/* xorshift64*, Marsaglia: the same variants everywhere. */
static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)((random_state * UINT64_C(2685821657736338717)) >> 33) % n;
}

/* A piece of a stream: where it is from, and whether it tells lies, or only the truth. */
struct piece {
	size_t at, len;
	bool is_lie;
};

struct stream {
	uint8_t octets[STREAM_MAX];
	size_t len;
	struct frame_ends ends;
	uint32_t isn;
	bool has_syn;
	struct piece piece[PIECES_MAX];
	size_t pieces;
};

static void stream_add(struct stream *stream, const void *octets, size_t len)
{
	memcpy(stream->octets + stream->len, octets, len);
	stream->len += len;
}

/* Cuts [from, to) of the stream at random, coarse or fine. */
static void stream_cut(struct stream *stream, size_t from, size_t to, size_t unit)
{
	size_t most = 1 + random_below(24);
	size_t longest = (to - from) / most / unit * unit + unit;
	while (from < to && stream->pieces < PIECES_MAX / 2) {
		size_t len = unit * (1 + random_below((uint32_t)(2 * longest / unit)));
		if (len > to - from || stream->pieces == PIECES_MAX / 2 - 1)
			len = to - from;
		stream->piece[stream->pieces++] = (struct piece){.at = from, .len = len};
		from += len;
	}
}

/* Repeats some octets, whole pieces or pieces that lie across their borders. */
static void stream_repeat(struct stream *stream, size_t unit)
{
	for (uint32_t n = random_below(8); n > 0; n--) {
		size_t at = random_below((uint32_t)(stream->len / unit)) * unit;
		size_t len = unit * (1 + random_below((uint32_t)(stream->len / unit)));
		if (len > stream->len - at)
			len = stream->len - at;
		if (len > 0)
			stream->piece[stream->pieces++] = (struct piece){.at = at, .len = len};
	}
}

/* In any order; but without a SYN the first octets come first, or nobody could tell that there is a beginning. */
static void stream_shuffle(struct stream *stream)
{
	for (size_t i = stream->pieces; i-- > 1;) {
		size_t other = random_below((uint32_t)i + 1);
		struct piece kept = stream->piece[i];
		stream->piece[i] = stream->piece[other];
		stream->piece[other] = kept;
	}
	if (stream->has_syn)
		return;
	for (size_t i = 0; i < stream->pieces; i++)
		if (stream->piece[i].at == 0) {
			struct piece first = stream->piece[i];
			stream->piece[i] = stream->piece[0];
			stream->piece[0] = first;
			return;
		}
}

static void stream_show(const struct stream *stream, const struct piece *piece)
{
	uint8_t octets[STREAM_MAX];
	memcpy(octets, stream->octets + piece->at, piece->len);
	for (size_t i = 0; piece->is_lie && i < piece->len; i++)
		octets[i] ^= 0x15;
	bench_tcp(&bench, &stream->ends, stream->isn + 1 + (uint32_t)piece->at, C2_TCP_ACK, octets, piece->len);
}

/* Shows two streams, piece by piece in turns at random. */
static void streams_show(const struct stream *a, const struct stream *b)
{
	const struct stream *streams[2] = {a, b};
	size_t shown[2] = {0, 0};
	for (unsigned i = 0; i < 2; i++)
		if (streams[i]->has_syn)
			bench_tcp(&bench, &streams[i]->ends, streams[i]->isn, C2_TCP_SYN, "", 0);
	while (shown[0] < a->pieces || shown[1] < b->pieces) {
		unsigned which = random_below(2);
		if (shown[which] == streams[which]->pieces)
			which ^= 1;
		stream_show(streams[which], &streams[which]->piece[shown[which]++]);
	}
}

static void name_make(char *name, uint32_t number)
{
	sprintf(name, "h%u.evil.example", number);
}

/* Records that a server steps over, a few at most: in front of a hello, where its stream is known to begin, and between its own. */
static void stream_add_strays(struct stream *stream, unsigned *left)
{
	static const struct {
		size_t len;
		uint8_t octets[7];
	} strays[] = {{7, {21, 3, 1, 0, 2, 1, 112}}, {7, {21, 3, 3, 0, 2, 2, 40}}, {6, {20, 3, 3, 0, 1, 1}}, {5, {22, 3, 1, 0, 0}}};
	while (*left > 0 && random_below(3) == 0) {
		uint32_t which = random_below(4);
		stream_add(stream, strays[which].octets, strays[which].len);
		--*left;
	}
}

/* A hello of a name in records at random, the name anywhere in it. */
static void make_hello(struct stream *stream, const char *name)
{
	char text[512];
	snprintf(text, sizeof text,
		random_below(2) == 0 ? HELLO(VERSIONS "0033 <2 <2 11ec <2 77*%u > > > " SNI("'%s'") ALPN)
				     : HELLO(VERSIONS "0033 <2 <2 11ec <2 77*%u > > > " ALPN SNI("'%s'")),
		1 + random_below(1800), name);
	struct octets hello = octets_from(text);
	size_t longest = 1 + random_below((uint32_t)(random_below(4) == 0 ? 60 : hello.len));
	unsigned strays = random_below(3) == 0 ? 32 : 0;
	for (size_t at = 0; at < hello.len;) {
		if (at > 0 || stream->has_syn)
			stream_add_strays(stream, &strays);
		size_t len = 1 + random_below((uint32_t)longest);
		if (len > hello.len - at)
			len = hello.len - at;
		stream_add(stream, (uint8_t[]){22, 3, 1, (uint8_t)(len >> 8), (uint8_t)len}, 5);
		stream_add(stream, hello.at + at, len);
		at += len;
	}
	octets_free(&hello);
}

static void make_request(struct stream *stream, const char *name)
{
	char text[2048];
	unsigned body = random_below(3) == 0 ? random_below(400) : 0;
	int n = snprintf(text, sizeof text, "%s /%0*d HTTP/1.1\r\nAccept: */*\r\n%sHost:%*s%s\r\nX: %0*d\r\nContent-Length: %u\r\n\r\n%.*s",
		body > 0 ? "POST" : "GET", (int)random_below(200), 1, random_below(2) == 0 ? "User-Agent: x\r\n" : "", (int)random_below(3), "", name,
		(int)random_below(300), 1, body, 0, "");
	stream_add(stream, text, (size_t)n);
	for (unsigned i = 0; i < body; i++) /* a body full of requests */
		stream_add(stream, &"GET / HTTP/1.1\r\nHost: no.evil.example\r\n\r\n"[i % 41], 1);
}

static void make_dns(struct stream *stream, const char *name)
{
	char text[256];
	snprintf(text, sizeof text, "<2 " DNS_QUERY("0001") "{%s} 0001 0001 >", name);
	struct octets message = octets_from(text);
	stream_add(stream, message.at, message.len);
	octets_free(&message);
}

struct protocol {
	const char *name;
	const char *kind;
	uint16_t port;
	unsigned messages; /* one after another, at most */
	void (*make)(struct stream *stream, const char *name);
};

static const struct protocol protocols[] = {
	{"TLS", "tls", 443, 1, make_hello},
	{"HTTP", "http", 80, 4, make_request},
	{"DNS over TCP", "dns", 53, 6, make_dns},
};

/* A stream of messages; what must be noted of them goes to `want`. */
static void stream_make(struct stream *stream, const struct protocol *protocol, uint32_t number, uint32_t side, char *want)
{
	memset(stream, 0, offsetof(struct stream, piece));
	stream->pieces = 0;
	stream->ends = (struct frame_ends){.src = 0x0a000000 + number, .dst = 0xc0000201 + side, .sport = 40000, .dport = protocol->port};
	stream->isn = random_below(3) == 0 ? UINT32_MAX - random_below(2000) : random_below(UINT32_MAX / 2);
	/* Without a SYN the stream is known by how it begins; DNS has no more to begin with than a length. */
	stream->has_syn = protocol->port == 53 || random_below(4) != 0;
	*want = '\0';
	for (unsigned n = 1 + random_below(protocol->messages), i = 0; i < n; i++) {
		char name[64];
		name_make(name, number * 16 + side * 8 + i);
		protocol->make(stream, name);
		want += sprintf(want, "%s%s %s hit", i > 0 ? "; " : "", protocol->kind, name);
	}
}

/* Are the names of `want` noted, in their order, among those of both streams? */
static bool notes_have(const char *notes, const char *want)
{
	char one[128];
	while (*want != '\0') {
		size_t n = strcspn(want, ";");
		snprintf(one, sizeof one, "%.*s", (int)n, want);
		notes = strstr(notes, one);
		if (notes == NULL)
			return false;
		notes += n;
		want += want[n] == ';' ? n + 2 : n;
	}
	return true;
}

static size_t notes_count(const char *notes)
{
	size_t n = *notes != '\0';
	for (; *notes != '\0'; notes++)
		n += *notes == ';';
	return n;
}

/* The first segment of a stream without a SYN tells what it is: a whole line of HTTP, five octets of TLS. */
static size_t beginning_of(const struct stream *stream, const struct protocol *protocol)
{
	if (stream->has_syn)
		return 0;
	const uint8_t *feed = memchr(stream->octets, '\n', stream->len);
	return protocol->port == 80 ? (size_t)(feed - stream->octets) + 1 : 1;
}

static void stream_scatter(struct stream *stream, const struct protocol *protocol)
{
	size_t first = beginning_of(stream, protocol);
	if (first > 0)
		stream->piece[stream->pieces++] = (struct piece){.at = 0, .len = first};
	stream_cut(stream, first, stream->len, 1);
	stream_repeat(stream, 1);
	stream_shuffle(stream);
	/* Of those that begin at 0 the whole beginning comes first. */
	if (first > 0)
		stream->piece[0] = (struct piece){.at = 0, .len = first > stream->piece[0].len ? first : stream->piece[0].len};
}

static unsigned try_streams(const struct protocol *protocol, uint32_t variants)
{
	static struct stream a;
	static struct stream b;
	char want_a[1024];
	char want_b[1024];
	unsigned missed = 0;
	for (uint32_t number = 1; number <= variants; number++) {
		stream_make(&a, protocol, number, 0, want_a);
		stream_make(&b, protocol, number, 1, want_b);
		stream_scatter(&a, protocol);
		stream_scatter(&b, protocol);
		streams_show(&a, &b);
		const char *notes = bench_notes(&bench);
		bool is_found =
			notes_have(notes, want_a) && notes_have(notes, want_b) && notes_count(notes) == notes_count(want_a) + notes_count(want_b);
		if (!is_found && missed++ == 0)
			fprintf(stderr, "%s %u: '%s' and '%s' wanted, '%s' noted\n", protocol->name, number, want_a, want_b, notes);
	}
	return missed;
}

/* All but the first octet, then a lie about all of that, then the first octet: what came first is reported, and the lie is counted. */
static unsigned try_lies(const struct protocol *protocol, uint32_t variants)
{
	static struct stream stream;
	char want[1024];
	unsigned missed = 0;
	for (uint32_t number = 1; number <= variants; number++) {
		uint64_t before = bench_count(&bench, COUNTER_head_contradictions);
		stream_make(&stream, protocol, number, 2, want);
		stream.has_syn = true;
		bench_tcp(&bench, &stream.ends, stream.isn, C2_TCP_SYN, "", 0);
		stream_cut(&stream, 1, stream.len, 1);
		stream_shuffle(&stream);
		for (size_t i = 0; i < stream.pieces; i++)
			stream_show(&stream, &stream.piece[i]);
		size_t at = 1 + random_below((uint32_t)stream.len - 1);
		stream_show(&stream, &(struct piece){.at = at, .len = 1 + random_below((uint32_t)(stream.len - at)), .is_lie = true});
		bool is_counted = bench_count(&bench, COUNTER_head_contradictions) == before + 1;
		stream_show(&stream, &(struct piece){.at = 0, .len = 1});
		const char *notes = bench_notes(&bench);
		if ((!is_counted || strcmp(notes, want) != 0) && missed++ == 0)
			fprintf(stderr, "%s %u, a lie: '%s' wanted, '%s' noted\n", protocol->name, number, want, notes);
	}
	return missed;
}

/* Shows a fragment of a datagram of `len` octets behind a header of IP. One that lies says something else in each octet. */
static void fragment_show(const uint8_t *frame, size_t len, const struct piece *piece, uint16_t id)
{
	uint8_t part[FRAME_LEN_MAX];
	memcpy(part, frame, 34);
	memcpy(part + 34, frame + 34 + piece->at, piece->len);
	for (size_t i = 0; piece->is_lie && i < piece->len; i++)
		part[34 + i] ^= 0x15;
	part[16] = (uint8_t)((20 + piece->len) >> 8);
	part[17] = (uint8_t)(20 + piece->len);
	part[18] = (uint8_t)(id >> 8);
	part[19] = (uint8_t)id;
	part[20] = (uint8_t)((piece->at + piece->len < len ? 0x20 : 0) | piece->at >> 11);
	part[21] = (uint8_t)(piece->at >> 3);
	bench_see(&bench, part, 34 + piece->len);
}

/* A datagram of DNS in fragments of IP, in any order and with repetitions; with lies, each says something else of what is there already. */
static unsigned try_fragments(uint32_t variants, bool has_lies)
{
	static struct stream stream;
	unsigned missed = 0;
	for (uint32_t number = 1; number <= variants; number++) {
		char name[64];
		char want[128];
		uint8_t frame[FRAME_LEN_MAX];
		uint64_t before = bench_count(&bench, COUNTER_fragments_contradicted);
		uint64_t lies = 0;
		name_make(name, number);
		snprintf(want, sizeof want, "dns %s hit", name);
		memset(&stream, 0, sizeof stream);
		make_dns(&stream, name);
		struct frame_ends ends = {.src = 0x0a000000 + number, .dst = 0x0a800001, .sport = 40000, .dport = 53};
		size_t len = frame_udp(frame, &ends, stream.octets + 2, stream.len - 2) - 34;
		stream.len = len;
		stream.has_syn = true;
		stream_cut(&stream, 0, len, 8);
		size_t cuts = stream.pieces;
		stream_shuffle(&stream);
		for (size_t i = 0; i < cuts; i++) { /* a repetition comes before the last piece, or it would be another datagram's */
			fragment_show(frame, len, &stream.piece[i], (uint16_t)number);
			if (i + 1 == cuts || random_below(4) != 0)
				continue;
			struct piece again = stream.piece[i];
			again.is_lie = has_lies;
			lies += has_lies;
			fragment_show(frame, len, &again, (uint16_t)number);
		}
		const char *notes = bench_notes(&bench);
		bool is_counted = bench_count(&bench, COUNTER_fragments_contradicted) == before + lies;
		if ((!is_counted || strcmp(notes, want) != 0) && missed++ == 0)
			fprintf(stderr, "fragments %u: '%s' wanted, '%s' noted\n", number, want, notes);
	}
	return missed;
}

/* The body of a DTLS hello. */
static void make_dtls(struct stream *stream, const char *name)
{
	char text[512];
	snprintf(text, sizeof text, "fefd " RANDOM32 " <1 > <1 cc*20 > " SUITES " <1 00 > <2 0033 <2 <2 11ec <2 77*%u > > > " SNI("'%s'") " > ",
		1 + random_below(1300), name);
	struct octets body = octets_from(text);
	stream_add(stream, body.at, body.len);
	octets_free(&body);
}

/* A piece of the body as a fragment in a datagram of its own. */
static void dtls_show(const struct stream *stream, const struct piece *piece)
{
	static uint8_t count;
	uint8_t datagram[STREAM_MAX] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, count++, (uint8_t)((12 + piece->len) >> 8), (uint8_t)(12 + piece->len),
		1, 0, (uint8_t)(stream->len >> 8), (uint8_t)stream->len, 0, 0, 0, (uint8_t)(piece->at >> 8), (uint8_t)piece->at, 0,
		(uint8_t)(piece->len >> 8), (uint8_t)piece->len};
	memcpy(datagram + 25, stream->octets + piece->at, piece->len);
	for (size_t i = 0; piece->is_lie && i < piece->len; i++)
		datagram[25 + i] ^= 0x15;
	bench_udp(&bench, &stream->ends, datagram, 25 + piece->len);
}

static void dtls_make(struct stream *stream, uint32_t number, uint32_t side, char *want)
{
	char name[64];
	name_make(name, number * 16 + side);
	sprintf(want, "dtls %s hit", name);
	memset(stream, 0, sizeof *stream);
	stream->ends = (struct frame_ends){.src = 0x0a000000 + number, .dst = 0xc0000201 + side, .sport = 40000, .dport = 5684};
	stream->has_syn = true;
	make_dtls(stream, name);
}

/* A hello of DTLS in fragments of the handshake, in datagrams of their own, in any order, repeated and overlapping. */
static unsigned try_dtls(uint32_t variants)
{
	static struct stream stream;
	unsigned missed = 0;
	for (uint32_t number = 1; number <= variants; number++) {
		char want[128];
		uint64_t before = bench_count(&bench, COUNTER_sightings);
		dtls_make(&stream, number, 0, want);
		size_t half = 1 + random_below((uint32_t)stream.len - 1);
		stream_cut(&stream, 0, half, 1);
		stream_shuffle(&stream);
		struct piece last = {.at = half, .len = stream.len - half};
		stream_repeat(&stream, 1);
		for (size_t i = 0; i <= stream.pieces && bench_count(&bench, COUNTER_sightings) == before; i++)
			dtls_show(&stream, i < stream.pieces ? &stream.piece[i] : &last);
		const char *notes = bench_notes(&bench);
		if (strcmp(notes, want) != 0 && missed++ == 0)
			fprintf(stderr, "DTLS %u: '%s' wanted, '%s' noted\n", number, want, notes);
	}
	return missed;
}

/* As try_lies(), of DTLS' fragments. */
static unsigned try_dtls_lies(uint32_t variants)
{
	static struct stream stream;
	unsigned missed = 0;
	for (uint32_t number = 1; number <= variants; number++) {
		char want[128];
		uint64_t before = bench_count(&bench, COUNTER_head_contradictions);
		dtls_make(&stream, number, 1, want);
		stream_cut(&stream, 1, stream.len, 1);
		stream_shuffle(&stream);
		for (size_t i = 0; i < stream.pieces; i++)
			dtls_show(&stream, &stream.piece[i]);
		size_t at = 1 + random_below((uint32_t)stream.len - 1);
		dtls_show(&stream, &(struct piece){.at = at, .len = 1 + random_below((uint32_t)(stream.len - at)), .is_lie = true});
		bool is_counted = bench_count(&bench, COUNTER_head_contradictions) == before + 1;
		dtls_show(&stream, &(struct piece){.at = 0, .len = 1});
		const char *notes = bench_notes(&bench);
		if ((!is_counted || strcmp(notes, want) != 0) && missed++ == 0)
			fprintf(stderr, "DTLS %u, a lie: '%s' wanted, '%s' noted\n", number, want, notes);
	}
	return missed;
}

static unsigned report(unsigned number, const char *what, const char *name, uint32_t variants, unsigned missed)
{
	printf("%sok %u - %s: %s, %u of %u\n", missed > 0 ? "not " : "", number, name, what, variants - missed, variants);
	fflush(stdout);
	return missed > 0;
}

int main(int argc, char **argv)
{
	uint32_t variants = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : VARIANTS;
	unsigned failed = 0;
	unsigned number = 0;
	random_state = argc > 2 ? strtoull(argv[2], NULL, 10) | 1 : 20231;
	printf("1..%zu\n", 2 * sizeof protocols / sizeof protocols[0] + 4);
	for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
		bench_open(&bench);
		failed +=
			report(++number, "cut, reordered, repeated, interleaved", protocols[i].name, variants, try_streams(&protocols[i], variants));
		failed += report(++number, "contradicted", protocols[i].name, variants, try_lies(&protocols[i], variants));
		bench_close(&bench);
	}
	bench_open(&bench);
	failed += report(++number, "cut, reordered, repeated", "DNS in fragments of IP", variants, try_fragments(variants, false));
	failed += report(++number, "contradicted", "DNS in fragments of IP", variants, try_fragments(variants, true));
	bench_close(&bench);
	bench_open(&bench);
	failed += report(++number, "cut, reordered, repeated", "DTLS", variants, try_dtls(variants));
	failed += report(++number, "contradicted", "DTLS", variants, try_dtls_lies(variants));
	bench_close(&bench);
	return failed > 0;
}
