/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QUIC datagrams in, notes out: each way a client's first flight reaches its server, and what else comes with a long header. Then random variants of it,
 * as many thousand as the first argument says.
 */
#include "flow/inspect.h"

#include "frames.h"
#include "quic_sealer.h"
#include "table.h"

#include <c2watch/quic.h>

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <stdio.h>
#include <stdlib.h>

#define SECOND UINT64_C(1000000000)
#define HELLO_MAX 9000
#define VARIANTS 10000

static unsigned allocations; /* libcrypto's */

static void *counted_malloc(size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	allocations++;
	return malloc(len);
}

static void *counted_realloc(void *at, size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	allocations++;
	return realloc(at, len);
}

static void counted_free(void *at, const char *file, int line)
{
	(void)file;
	(void)line;
	free(at);
}

static unsigned compressions; /* of SHA-256, of which a set of keys takes 14 */

void __real_SHA256_Transform(SHA256_CTX *hash, const unsigned char *block);
void __wrap_SHA256_Transform(SHA256_CTX *hash, const unsigned char *block);

void __wrap_SHA256_Transform(SHA256_CTX *hash, const unsigned char *block)
{
	compressions++;
	__real_SHA256_Transform(hash, block);
}

struct bench {
	struct inspector *inspector;
	struct spsc ring;
	struct note_outlet outlet;
	struct counters counters;
	struct c2_domset *domset;
	uint64_t at_ns;
	char notes[4096];
};

static int bench_up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	struct c2_domset_builder *builder = c2_domset_builder_new(1);
	struct c2_name name;
	assert_int_equal(c2_name_from_text("evil.example", 12, &name), C2_OK);
	assert_int_equal(c2_domset_builder_add(builder, &name, C2_SCOPE_TREE), 0);
	assert_int_equal(c2_domset_build(builder, NULL, &bench->domset), 0);
	c2_domset_builder_free(builder);
	assert_int_equal(spsc_open(&bench->ring, 1024, sizeof(struct note)), 0);
	bench->outlet = (struct note_outlet){.ring = &bench->ring, .counters = &bench->counters};
	struct inspector_options options = {
		.budget = 4u << 20, .key = {3, 4}, .outlet = &bench->outlet, .counters = &bench->counters, .notes_all = true};
	assert_int_equal(inspector_open(&bench->inspector, &options), 0);
	inspector_use(bench->inspector, &(struct inspector_feeds){.domset = bench->domset, .generation = 1});
	bench->at_ns = 1700000000 * SECOND;
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

static uint64_t count(const struct bench *bench, enum counter which)
{
	return counter_get(&bench->counters, which);
}

static const struct frame_ends client = {.src = 0x0a000007, .dst = 0xc0000201, .sport = 40000, .dport = 443};
static const struct frame_ends server = {.src = 0xc0000201, .dst = 0x0a000007, .sport = 443, .dport = 40000};

/* A datagram of `len` octets, of which `cut` were captured. */
static void see_cut(struct bench *bench, const struct frame_ends *ends, const uint8_t *datagram, size_t len, size_t cut)
{
	static uint8_t frame[FRAME_LEN_MAX];
	size_t n = frame_udp(frame, ends, datagram, len) - (len - cut);
	uint8_t *copy = malloc(n);
	memcpy(copy, frame, n);
	unsigned before = allocations;
	inspector_see(bench->inspector, C2_LINK_ETHERNET, copy, n, bench->at_ns, 0);
	assert_int_equal(allocations, before);
	free(copy);
	bench->at_ns += 1000;
}

static void see(struct bench *bench, const struct frame_ends *ends, const uint8_t *datagram, size_t len)
{
	see_cut(bench, ends, datagram, len, len);
}

/* The sightings since the last call. */
static const char *notes(struct bench *bench)
{
	const struct note *note;
	size_t n = 0;
	bench->notes[0] = '\0';
	while ((note = spsc_peek(&bench->ring)) != NULL) {
		if (note->kind < NOTE_SIGHTINGS || note_is_answered(note->kind)) {
			char name[C2_NAME_TEXT_MAX] = "-";
			if (note->sighting.name.len > 0)
				c2_name_to_text(&note->sighting.name, name);
			n += (size_t)snprintf(bench->notes + n, sizeof bench->notes - n, "%s%s%s%s", n > 0 ? "; " : "",
				note->kind == NOTE_QUIC            ? ""
				: note->kind == NOTE_QUIC_NOSNI    ? "nosni "
				: note->kind == NOTE_ANSWERED_QUIC ? "answered "
								   : "? ",
				name, note->sighting.is_hit ? " hit" : "");
		}
		spsc_release(&bench->ring);
	}
	return bench->notes;
}

static const uint8_t cid[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24};
static const uint8_t scid[8] = {0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58};

/* Q050, T050, T051 */
static bool is_googles(uint32_t version)
{
	return (version >> 16 == 0x5130 || version >> 16 == 0x5430) && (version >> 8 & 0xff) == '5';
}

/* A hello as that version says it, and a CRYPTO frame as it numbers it. */
static size_t hello_make(uint32_t version, uint8_t *out, const char *host, size_t fill)
{
	return version >> 24 == 'Q' ? sealer_chlo(out, host, fill) : sealer_hello(out, host, fill);
}

static size_t crypto_make(uint32_t version, uint8_t *out, uint64_t offset, const uint8_t *octets, size_t len)
{
	size_t n = sealer_crypto(out, offset, octets, len);
	if (is_googles(version))
		out[0] = 8;
	return n;
}

static uint32_t salt_of(uint32_t version)
{
	return version == 0x12345678 || version == 0x1a2a3a4a ? 1 : version;
}

/* An Initial of `version`, under the connection id that begins at cid[id], with octets [from, to) of a hello, padded to 1200; to `out`. */
static size_t initial_make(uint8_t *out, uint32_t version, unsigned id, const char *host, size_t fill, size_t from, size_t to)
{
	uint8_t hello[HELLO_MAX], frames[HELLO_MAX + 2000] = {0};
	size_t len = hello_make(version, hello, host, fill);
	if (to > len)
		to = len;
	size_t n = crypto_make(version, frames, from, hello + from, to - from);
	struct sealer_packet packet = {.version = version,
		.salted_as = salt_of(version),
		.dcid = cid + id,
		.dcid_len = 8,
		.scid = scid,
		.scid_len = 8,
		.frames = frames,
		.frames_len = n < 1162 ? 1162 : n};
	return sealer_seal(&packet, NULL, out);
}

static void send_part(struct bench *bench, unsigned id, const char *host, size_t fill, size_t from, size_t to)
{
	static uint8_t datagram[SEALED_MAX];
	see(bench, &client, datagram, initial_make(datagram, 1, id, host, fill, from, to));
}

static void send_hello(struct bench *bench, unsigned id, const char *host)
{
	send_part(bench, id, host, 32, 0, HELLO_MAX);
}

/* An Initial with any frames under any keys. */
static void send_frames(
	struct bench *bench, const struct frame_ends *ends, unsigned id, const struct sealer_keys *keys, const uint8_t *frames, size_t len)
{
	static uint8_t datagram[SEALED_MAX];
	struct sealer_packet packet = {
		.version = 1, .dcid = cid + id, .dcid_len = 8, .scid = scid, .scid_len = 8, .frames = frames, .frames_len = len, .pn = 3};
	see(bench, ends, datagram, sealer_seal(&packet, keys, datagram));
}

static void test_name(void **state)
{
	struct bench *bench = *state;
	send_hello(bench, 0, "www.example.com");
	assert_string_equal(notes(bench), "www.example.com");
	assert_int_equal(count(bench, COUNTER_quic_ok), 1);
	assert_int_equal(count(bench, COUNTER_heads_opened), 0); /* all in one piece: nothing is kept */
}

static void test_hit(void **state)
{
	struct bench *bench = *state;
	send_hello(bench, 0, "www.evil.example");
	assert_string_equal(notes(bench), "www.evil.example hit");
}

static void test_no_name(void **state)
{
	struct bench *bench = *state;
	send_hello(bench, 0, "");
	assert_string_equal(notes(bench), "nosni -");
	assert_int_equal(count(bench, COUNTER_hello_nosni), 1);
}

/* A server answers with a Handshake packet, behind its Initial or alone. An Initial may close the connection as well, and the client's own tell nothing. */
static void test_answer(void **state)
{
	static const uint8_t ping[] = {1};
	static uint8_t datagram[2 * SEALED_MAX];
	struct bench *bench = *state;
	struct sealer_keys keys;
	struct sealer_packet initial = {
		.version = 1, .dcid = scid, .dcid_len = 8, .scid = cid, .scid_len = 8, .frames = ping, .frames_len = sizeof ping};
	struct sealer_packet handshake = initial;
	handshake.type = 2;
	sealer_keys(1, cid, 8, true, &keys);
	send_hello(bench, 0, "www.evil.example");
	see(bench, &client, datagram, sealer_seal(&handshake, &keys, datagram));
	see(bench, &server, datagram, sealer_seal(&initial, &keys, datagram));
	assert_string_equal(notes(bench), "www.evil.example hit");
	size_t len = sealer_seal(&initial, &keys, datagram);
	see(bench, &server, datagram, len + sealer_seal(&handshake, &keys, datagram + len));
	see(bench, &server, datagram, len);
	assert_string_equal(notes(bench), "answered www.evil.example hit");
	send_hello(bench, 1, "www.example.com");
	see(bench, &server, datagram, sealer_seal(&handshake, &keys, datagram));
	assert_string_equal(notes(bench), "www.example.com");
}

/* The rest of the flight and its repetition cost no second look, and no second sighting. */
static void test_rest_of_flight(void **state)
{
	struct bench *bench = *state;
	send_hello(bench, 0, "www.example.com");
	send_hello(bench, 0, "www.example.com");
	send_part(bench, 0, "www.example.com", 2000, 1200, HELLO_MAX);
	assert_string_equal(notes(bench), "www.example.com");
	assert_int_equal(count(bench, COUNTER_quic_none), 2);
	bench->at_ns += 10 * SECOND; /* no flight lasts as long */
	send_hello(bench, 0, "other.example.com");
	assert_string_equal(notes(bench), "other.example.com");
}

static void test_two_datagrams(void **state)
{
	struct bench *bench = *state;
	send_part(bench, 0, "www.example.com", 1400, 0, 900);
	assert_string_equal(notes(bench), "");
	assert_int_equal(count(bench, COUNTER_quic_more), 1);
	send_part(bench, 0, "www.example.com", 1400, 900, HELLO_MAX);
	assert_string_equal(notes(bench), "www.example.com");
}

static void test_two_datagrams_swapped(void **state)
{
	struct bench *bench = *state;
	send_part(bench, 0, "www.example.com", 1400, 900, HELLO_MAX);
	send_part(bench, 0, "www.example.com", 1400, 0, 900);
	assert_string_equal(notes(bench), "www.example.com");
}

/* A hello that outgrows the small buffer takes its keys along. */
static void test_large_hello(void **state)
{
	struct bench *bench = *state;
	for (size_t at = 0; at < 8000; at += 1000)
		send_part(bench, 0, "www.example.com", 7500, at, at + 1000);
	assert_string_equal(notes(bench), "www.example.com");
}

static void test_gap(void **state)
{
	struct bench *bench = *state;
	send_part(bench, 0, "www.example.com", 1400, 0, 500);
	send_part(bench, 0, "www.example.com", 1400, 501, HELLO_MAX);
	assert_string_equal(notes(bench), "");
	assert_int_equal(count(bench, COUNTER_quic_more), 2);
}

/* The server has answered the first half: the second goes to the id that it chose, under the keys of the first. */
static void test_id_of_the_server(void **state)
{
	struct bench *bench = *state;
	struct sealer_keys keys;
	uint8_t hello[HELLO_MAX], frames[HELLO_MAX];
	sealer_keys(1, cid, 8, false, &keys);
	size_t len = sealer_hello(hello, "www.example.com", 1400);
	size_t n = sealer_crypto(frames, 900, hello + 900, len - 900);
	send_part(bench, 0, "www.example.com", 1400, 0, 900);
	send_frames(bench, &client, 9, &keys, frames, n);
	assert_string_equal(notes(bench), "www.example.com");
	send_frames(bench, &client, 9, &keys, (const uint8_t *)"\x02\0\0\0", 5); /* and an acknowledgement at last */
	assert_string_equal(notes(bench), "");
	assert_int_equal(count(bench, COUNTER_quic_unopened), 0);
}

/* The first datagram holds no octet of the hello, yet the server answers it. */
static void test_ping_first(void **state)
{
	struct bench *bench = *state;
	struct sealer_keys keys;
	uint8_t hello[HELLO_MAX], frames[HELLO_MAX];
	sealer_keys(1, cid, 8, false, &keys);
	size_t n = sealer_crypto(frames, 0, hello, sealer_hello(hello, "www.example.com", 100));
	send_frames(bench, &client, 0, NULL, (const uint8_t *)"\1\0\0\0", 4);
	send_frames(bench, &client, 9, &keys, frames, n);
	assert_string_equal(notes(bench), "www.example.com");
}

static void test_retry(void **state)
{
	struct bench *bench = *state;
	static const uint8_t retry[] = {0xf0, 0, 0, 0, 1, 0, 8, 6, 7, 8, 9, 10, 11, 12, 13, 't', 'o', 'k', 'e', 'n'};
	uint8_t datagram[80] = {0};
	memcpy(datagram, retry, sizeof retry);
	send_hello(bench, 0, "www.example.com");
	see(bench, &server, datagram, sizeof retry + 16);
	send_hello(bench, 5, "www.example.com");
	assert_string_equal(notes(bench), "www.example.com; www.example.com");
}

/* The hello had not come to its end when the server asked for another beginning. */
static void test_retry_of_a_half(void **state)
{
	struct bench *bench = *state;
	send_part(bench, 0, "www.example.com", 1400, 0, 900);
	send_part(bench, 5, "www.example.com", 1400, 0, 900);
	send_part(bench, 5, "www.example.com", 1400, 900, HELLO_MAX);
	assert_string_equal(notes(bench), "www.example.com");
}

static void test_two_connections_at_once(void **state)
{
	struct bench *bench = *state;
	send_part(bench, 0, "a.example.com", 1400, 0, 900);
	send_part(bench, 9, "b.example.com", 1400, 0, 900);
	send_part(bench, 0, "a.example.com", 1400, 900, HELLO_MAX);
	send_part(bench, 9, "b.example.com", 1400, 900, HELLO_MAX);
	assert_string_equal(notes(bench), "a.example.com; b.example.com");
}

static void test_port_reuse(void **state)
{
	struct bench *bench = *state;
	send_hello(bench, 0, "a.example.com");
	send_hello(bench, 9, "b.example.com");
	assert_string_equal(notes(bench), "a.example.com; b.example.com");
}

static void test_id_on_another_tuple(void **state)
{
	struct bench *bench = *state;
	uint8_t datagram[SEALED_MAX];
	struct frame_ends other = client;
	other.sport++;
	send_part(bench, 0, "a.example.com", 1400, 0, 900);
	see(bench, &other, datagram, initial_make(datagram, 1, 0, "b.example.com", 1400, 900, HELLO_MAX));
	assert_string_equal(notes(bench), "");
	see(bench, &other, datagram, initial_make(datagram, 1, 0, "b.example.com", 1400, 0, 900));
	assert_string_equal(notes(bench), "b.example.com");
}

static void test_server(void **state)
{
	struct bench *bench = *state;
	struct sealer_keys keys;
	static const uint8_t frames[1100] = {6, 0, 2, 2, 0};
	uint8_t datagram[SEALED_MAX];
	struct sealer_packet packet = {
		.version = 1, .dcid = scid, .dcid_len = 8, .scid = cid + 9, .scid_len = 8, .frames = frames, .frames_len = sizeof frames};
	sealer_keys(1, cid, 8, true, &keys);
	size_t len = sealer_seal(&packet, &keys, datagram);
	send_hello(bench, 0, "www.example.com");
	see(bench, &server, datagram, len);
	assert_string_equal(notes(bench), "www.example.com");
	assert_int_equal(count(bench, COUNTER_quic_unopened), 0); /* not tried */
	/* not a server's of that client: addressed to another id */
	packet.dcid = cid + 3;
	len = sealer_seal(&packet, &keys, datagram);
	see(bench, &server, datagram, len);
	assert_int_equal(count(bench, COUNTER_quic_unopened), 1);
	assert_int_equal(count(bench, COUNTER_flows_opened), 1);
}

/* A hello that comes from where a server would be is still one. */
static void test_hello_from_the_server(void **state)
{
	struct bench *bench = *state;
	uint8_t datagram[SEALED_MAX];
	send_hello(bench, 0, "a.example.com");
	see(bench, &server, datagram, initial_make(datagram, 1, 9, "b.example.com", 32, 0, HELLO_MAX));
	assert_string_equal(notes(bench), "a.example.com; b.example.com");
}

struct port_row {
	const char *name;
	uint16_t sport, dport;
	uint32_t version;
};

static const struct port_row ports[] = {
	{"to port 443", 40000, 443, 1},
	{"to port 53", 40000, 53, 1},
	{"from port 53", 53, 443, 1},
	{"to port 67", 68, 67, 1},
	{"to port 5353", 5353, 5353, 1},
	{"to port 8443", 40000, 8443, 1},
	{"to port 4790, of tunnels", 40000, 4790, 1},
	{"to port 6635, of labels", 40000, 6635, 1},
	{"to port 1", 1, 1, 1},
	{"to port 65535", 65535, 65535, 1},
	/* versions that are not known */
	{"greased to port 53", 40000, 53, 0x1a2a3a4a},
	{"greased to port 67", 68, 67, 0x1a2a3a4a},
	{"greased to port 5353", 5353, 5353, 0x1a2a3a4a},
	{"greased to port 6635", 40000, 6635, 0x1a2a3a4a},
	{"unknown version to port 53", 40000, 53, 0x12345678},
	{"unknown version from port 53", 53, 443, 0x12345678},
	{"unknown version to port 5353", 5353, 5353, 0x12345678},
	{"unknown version to port 5355", 40000, 5355, 0x12345678},
	{"unknown version to port 137", 137, 137, 0x12345678},
	{"unknown version to port 6635", 40000, 6635, 0x12345678},
	{"Q050 to port 53", 40000, 53, 0x51303530},
};

static void test_port(void **state)
{
	const struct port_row *row = *state;
	void *up;
	bench_up(&up);
	struct bench *bench = up;
	uint8_t datagram[SEALED_MAX];
	struct frame_ends ends = {.src = 0x0a000007, .dst = 0xc0000201, .sport = row->sport, .dport = row->dport};
	see(bench, &ends, datagram, initial_make(datagram, row->version, 0, "www.example.com", 32, 0, HELLO_MAX));
	assert_string_equal(notes(bench), "www.example.com");
	bench_down(&up);
}

static void test_versions(void **state)
{
	static const uint32_t versions[] = {1, 0x6b3343cf, 0xff000016, 0xff000017, 0xff00001d, 0xff000022, 0xfaceb001, 0xfaceb002, 0xfaceb00e,
		0x51303530, 0x54303530, 0x54303531};
	struct bench *bench = *state;
	for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
		uint8_t datagram[SEALED_MAX];
		see(bench, &client, datagram, initial_make(datagram, versions[i], (unsigned)i, "www.example.com", 32, 0, HELLO_MAX));
		assert_string_equal(notes(bench), "www.example.com");
	}
	assert_int_equal(count(bench, COUNTER_quic_unknown_version), 0);
}

/* A client forces a version negotiation, then begins anew. */
static void test_negotiation(void **state)
{
	struct bench *bench = *state;
	static const uint8_t negotiation[] = {0xca, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 0x1d, 0, 0, 0, 1};
	uint8_t hello[HELLO_MAX], frames[1300] = {0}, datagram[SEALED_MAX];
	size_t n = sealer_crypto(frames, 0, hello, sealer_hello(hello, "www.example.com", 32));
	struct sealer_packet packet = {.version = 0x1a2a3a4a, .salted_as = 1, .dcid = cid, .dcid_len = 8, .frames = frames, .frames_len = 1170};
	assert_true(n < 1170);
	see(bench, &client, datagram, sealer_seal(&packet, NULL, datagram));
	see(bench, &server, negotiation, sizeof negotiation);
	packet.version = packet.salted_as = 0xff00001d;
	see(bench, &client, datagram, sealer_seal(&packet, NULL, datagram));
	assert_string_equal(notes(bench), "www.example.com; www.example.com");
	assert_int_equal(count(bench, COUNTER_quic_unknown_version), 1);
	assert_int_equal(count(bench, COUNTER_quic_negotiations), 1);
	packet.version = 0x5a5a5a5a;
	packet.salted_as = 0x54303530;
	see(bench, &client, datagram, sealer_seal(&packet, NULL, datagram));
	assert_string_equal(notes(bench), "");
	assert_int_equal(count(bench, COUNTER_quic_unknown_version), 2);
	packet.version = 0x12345678; /* nobody's, and too short for a first flight: nobody's protocol */
	packet.frames_len = 900;
	see(bench, &client, datagram, sealer_seal(&packet, NULL, datagram));
	assert_int_equal(count(bench, COUNTER_quic_unknown_version), 2);
}

/* In front of the Initial, in its datagram: what a server discards, and goes on behind. RFC 9000 §12.2. */
static void test_coalesced(void **state)
{
	struct bench *bench = *state;
	static uint8_t datagram[2 * SEALED_MAX];
	static const uint8_t ping[16] = {1};
	struct frame_ends other = client;
	other.sport++;
	struct sealer_packet first = {
		.version = 1, .type = 1, .dcid = cid, .dcid_len = 8, .scid = scid, .scid_len = 8, .frames = ping, .frames_len = 16};
	size_t n = sealer_seal(&first, NULL, datagram); /* 0-RTT */
	n += initial_make(datagram + n, 1, 0, "a.example.com", 32, 0, HELLO_MAX);
	see(bench, &client, datagram, n);
	assert_string_equal(notes(bench), "a.example.com");
	first.type = 0;
	first.dcid = cid + 1;
	n = 0;
	for (int i = 0; i < 20; i++) { /* with tags that are wrong */
		n += sealer_seal(&first, NULL, datagram + n);
		datagram[n - 1] ^= 1;
	}
	n += initial_make(datagram + n, 1, 1, "b.example.com", 32, 0, HELLO_MAX);
	see(bench, &other, datagram, n);
	assert_string_equal(notes(bench), "b.example.com");
	assert_int_equal(count(bench, COUNTER_quic_unopened), 20);
	first.dcid = cid + 2; /* of another connection */
	n = sealer_seal(&first, NULL, datagram);
	n += initial_make(datagram + n, 1, 3, "c.example.com", 32, 0, HELLO_MAX);
	see(bench, &client, datagram, n);
	assert_string_equal(notes(bench), "");
}

/* The hello over two Initials of one datagram, and a Handshake packet and zeros behind. */
static void test_two_initials(void **state)
{
	struct bench *bench = *state;
	uint8_t hello[HELLO_MAX], frames[HELLO_MAX], datagram[SEALED_MAX];
	size_t len = sealer_hello(hello, "www.example.com", 300), n = 0;
	struct sealer_packet packet = {.version = 1, .dcid = cid, .dcid_len = 8, .frames = frames};
	packet.frames_len = sealer_crypto(frames, 200, hello + 200, len - 200);
	n += sealer_seal(&packet, NULL, datagram + n);
	packet.pn = 1;
	packet.frames_len = sealer_crypto(frames, 0, hello, 200);
	n += sealer_seal(&packet, NULL, datagram + n);
	packet.type = 2;
	n += sealer_seal(&packet, NULL, datagram + n);
	memset(datagram + n, 0, 100);
	see(bench, &client, datagram, n + 100);
	assert_string_equal(notes(bench), "www.example.com");
}

/* The first copy of an octet stands; one that contradicts it is counted. */
static void test_contradiction(void **state)
{
	struct bench *bench = *state;
	send_part(bench, 0, "aaa.example.com", 1400, 1000, HELLO_MAX);
	send_part(bench, 0, "bbb.example.com", 1400, 1000, HELLO_MAX);
	send_part(bench, 0, "bbb.example.com", 1400, 0, 1000);
	assert_string_equal(notes(bench), "aaa.example.com");
	assert_int_equal(count(bench, COUNTER_head_contradictions), 1);
}

/* The fixed bit may be greased, RFC 9287. */
static void test_greased_fixed_bit(void **state)
{
	struct bench *bench = *state;
	uint8_t hello[HELLO_MAX], frames[HELLO_MAX], datagram[SEALED_MAX];
	struct sealer_packet packet = {.version = 1, .first_xor = 0x40, .dcid = cid, .dcid_len = 8, .frames = frames};
	packet.frames_len = sealer_crypto(frames, 0, hello, sealer_hello(hello, "www.example.com", 1000));
	see(bench, &client, datagram, sealer_seal(&packet, NULL, datagram));
	assert_string_equal(notes(bench), "www.example.com");
}

/* 0-RTT overtakes its Initial, and so does a Handshake packet, in datagrams of their own. */
static void test_initial_overtaken(void **state)
{
	struct bench *bench = *state;
	static const uint8_t ping[1100] = {1};
	uint8_t datagram[SEALED_MAX];
	struct sealer_packet packet = {.version = 1, .dcid = cid, .dcid_len = 8, .frames = ping, .frames_len = sizeof ping};
	for (packet.type = 1; packet.type <= 2; packet.type++)
		see(bench, &client, datagram, sealer_seal(&packet, NULL, datagram));
	assert_int_equal(count(bench, COUNTER_flows_opened), 0);
	send_hello(bench, 0, "www.example.com");
	assert_string_equal(notes(bench), "www.example.com");
}

/* Connection ids of no octet and of 20; one of 21 is no Initial's of version 1 (RFC 9000 §17.2), and of no other's that we could open. */
static void test_id_lengths(void **state)
{
	static const struct {
		size_t len;
		uint32_t version;
		const char *want;
	} rows[] = {{0, 1, "www.example.com"}, {20, 1, "www.example.com"}, {21, 1, ""}, {21, 0x1a2a3a4a, ""}, {20, 0x1a2a3a4a, "www.example.com"}};
	struct bench *bench = *state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint8_t hello[HELLO_MAX], frames[HELLO_MAX] = {0}, datagram[SEALED_MAX];
		struct frame_ends ends = client;
		ends.sport = (uint16_t)(ends.sport + i);
		sealer_crypto(frames, 0, hello, sealer_hello(hello, "www.example.com", 100));
		struct sealer_packet packet = {
			.version = rows[i].version, .salted_as = 1, .dcid = cid, .dcid_len = rows[i].len, .frames = frames, .frames_len = 1200};
		see(bench, &ends, datagram, sealer_seal(&packet, NULL, datagram));
		assert_string_equal(notes(bench), rows[i].want);
	}
	assert_int_equal(count(bench, COUNTER_quic_bad), 1);
}

/* A frame for each octet, the last one first; then the odd ones first, over two datagrams. */
static void test_frames_of_one_octet(void **state)
{
	struct bench *bench = *state;
	static uint8_t frames[8 * HELLO_MAX];
	uint8_t hello[HELLO_MAX];
	size_t len = sealer_hello(hello, "www.example.com", 200), n = 0;
	for (size_t at = len; at-- > 0;)
		n += sealer_crypto(frames + n, at, hello + at, 1);
	send_frames(bench, &client, 0, NULL, frames, n);
	assert_string_equal(notes(bench), "www.example.com");
	for (size_t odd = 2; odd-- > 0;) {
		n = 0;
		for (size_t at = odd; at < len; at += 2)
			n += sealer_crypto(frames + n, at, hello + at, 1);
		send_frames(bench, &client, 9, NULL, frames, n);
	}
	assert_string_equal(notes(bench), "www.example.com");
}

/* A hello that does not end within what is kept of one: given up, and its memory is free again. */
static void test_hello_beyond_the_head(void **state)
{
	struct bench *bench = *state;
	static uint8_t hello[70000], frames[2000];
	sealer_hello(hello, "www.example.com", 1000);
	memcpy(hello + 1, "\x01\x10\x00", 3); /* 69632 octets, it says */
	memcpy(hello + 45, "\xff\xff", 2);    /* as many of extensions as may be */
	memcpy(hello + 49, "\xff\xf0", 2);    /* all of them in the first */
	for (size_t at = 0; at < sizeof hello; at += 1000) {
		size_t n = sealer_crypto(frames, at, hello + at, 1000);
		send_frames(bench, &client, 0, NULL, frames, n);
	}
	assert_string_equal(notes(bench), "");
	send_hello(bench, 9, "www.example.com");
	assert_string_equal(notes(bench), "www.example.com");
	assert_int_equal(count(bench, COUNTER_heads_robbed), 0);
}

/* However many Initials with wrong tags a datagram holds: one set of keys, or three for a version that is not known; none for a connection that is known. */
static void test_cost_of_wrong_tags(void **state)
{
	struct bench *bench = *state;
	static uint8_t datagram[SEALED_MAX];
	static const uint8_t ping[1200] = {1};
	uint8_t other[SEALED_MAX];
	size_t other_len = initial_make(other, 1, 9, "other.example.com", 32, 0, HELLO_MAX);
	struct sealer_packet packet = {.version = 1, .dcid = cid, .dcid_len = 8, .scid = scid, .scid_len = 8, .frames = ping, .frames_len = 40};
	size_t n = 0;
	for (int i = 0; i < 20; i++) {
		n += sealer_seal(&packet, NULL, datagram + n);
		datagram[n - 1] ^= 1;
	}
	compressions = 0;
	see(bench, &client, datagram, n);
	assert_int_equal(count(bench, COUNTER_quic_unopened), 20);
	assert_int_equal(compressions, 14);
	compressions = 0;
	packet.version = 0x12345678;
	packet.salted_as = 0x54303531;
	packet.frames_len = sizeof ping;
	packet.dcid = cid + 1;
	see(bench, &client, datagram, sealer_seal(&packet, NULL, datagram));
	assert_true(compressions >= 30 && compressions <= 42);
	send_part(bench, 2, "www.example.com", 1400, 0, 900);
	n = initial_make(datagram, 1, 2, "www.example.com", 1400, 900, HELLO_MAX);
	datagram[n - 1] ^= 1;
	see(bench, &server, other, other_len); /* the keys made last are others */
	compressions = 0;
	see(bench, &client, datagram, n);
	assert_int_equal(compressions, 0);
	assert_int_equal(count(bench, COUNTER_flows_opened), 2);
}

/* Google's first versions, in the clear: a datagram is all that it takes. */
static void test_google(void **state)
{
	struct bench *bench = *state;
	uint8_t chlo[HELLO_MAX], datagram[1500] = {0x09};
	size_t len = sealer_chlo(chlo, "www.evil.example", 1100);
	memcpy(datagram + 9, "Q043\1", 5);
	memcpy(datagram + 26, "\xa0\x01", 2);
	datagram[28] = (uint8_t)(len >> 8);
	datagram[29] = (uint8_t)len;
	memcpy(datagram + 30, chlo, len);
	see(bench, &client, datagram, 1350);
	assert_string_equal(notes(bench), "www.evil.example hit");
	see_cut(bench, &client, datagram, 1350, 1000);
	memset(datagram + 26, 0x77, 1300); /* what follows is encrypted */
	see(bench, &client, datagram, 1350);
	memcpy(datagram + 26,
		"\xa0\x01\0\x14"
		"CHLO\1\0\0\0SNI\0\x05\0\0\0a.bc",
		24);
	see(bench, &client, datagram, 1350);
	assert_string_equal(notes(bench), "");
	assert_int_equal(count(bench, COUNTER_quic_ok), 1);
	assert_int_equal(count(bench, COUNTER_quic_more), 1);
	assert_int_equal(count(bench, COUNTER_quic_none), 1);
	assert_int_equal(count(bench, COUNTER_quic_bad), 1);
	assert_int_equal(count(bench, COUNTER_quic_unknown_version), 0);
	assert_int_equal(count(bench, COUNTER_flows_opened), 0);
}

/* Its last ones, sealed: the hello is in pieces if it has to be, and T051 says TLS'. */
static void test_google_sealed(void **state)
{
	static const uint32_t versions[] = {0x51303530, 0x54303530, 0x54303531};
	struct bench *bench = *state;
	for (unsigned i = 0; i < 3; i++) {
		uint8_t datagram[SEALED_MAX];
		see(bench, &client, datagram, initial_make(datagram, versions[i], i, "www.example.com", 1400, 900, HELLO_MAX));
		assert_string_equal(notes(bench), "");
		see(bench, &client, datagram, initial_make(datagram, versions[i], i, "www.example.com", 1400, 0, 900));
		assert_string_equal(notes(bench), "www.example.com");
	}
	assert_int_equal(count(bench, COUNTER_quic_ok), 3);
}

struct frames_row {
	const char *name;
	const char *frames;
	size_t len;
	enum counter counted;
};

#define FRAMES(text) text, sizeof(text) - 1

static const struct frames_row odd[] = {
	{"another message", FRAMES("\x06\x00\x04\x02\x00\x00\x00"), COUNTER_quic_none},
	{"a hello that contradicts itself", FRAMES("\x06\x00\x08\x01\x00\x00\x02\x03\x03\x00\x00"), COUNTER_quic_bad},
	{"a stream frame", FRAMES("\x08\x00\x00\x00"), COUNTER_quic_bad},
	{"crypto beyond its end", FRAMES("\x06\x00\x3f\x01"), COUNTER_quic_bad},
	{"crypto at 2^62-1", FRAMES("\x06\xff\xff\xff\xff\xff\xff\xff\xfe\x01\xaa"), COUNTER_quic_more},
	{"crypto at 70000", FRAMES("\x06\x80\x01\x11\x70\x01\xaa"), COUNTER_quic_more},
	{"no crypto", FRAMES("\x01\x01\x01\x01"), COUNTER_quic_none},
	{"an empty piece", FRAMES("\x06\x00\x00\x01"), COUNTER_quic_none},
	{"one octet", FRAMES("\x06\x00\x01\x01"), COUNTER_quic_more},
};

static void test_odd(void **state)
{
	const struct frames_row *row = *state;
	void *up;
	bench_up(&up);
	struct bench *bench = up;
	send_frames(bench, &client, 0, NULL, (const uint8_t *)row->frames, row->len);
	assert_string_equal(notes(bench), "");
	assert_int_equal(count(bench, row->counted), 1);
	assert_int_equal(count(bench, COUNTER_quic_unopened), 0);
	bench_down(&up);
}

/* A frame that was not captured to its end holds no tag, so it says nothing. */
static void test_cut(void **state)
{
	struct bench *bench = *state;
	uint8_t datagram[SEALED_MAX];
	size_t len = initial_make(datagram, 1, 0, "www.example.com", 32, 0, HELLO_MAX);
	see_cut(bench, &client, datagram, len, len - 1);
	see_cut(bench, &client, datagram, len, 4);
	assert_string_equal(notes(bench), "");
	assert_int_equal(count(bench, COUNTER_quic_more), 2);
	see(bench, &client, datagram, len);
	assert_string_equal(notes(bench), "www.example.com");
}

/* Nothing but an Initial that opens takes memory. */
static void test_damage(void **state)
{
	struct bench *bench = *state;
	uint8_t datagram[SEALED_MAX];
	size_t len = initial_make(datagram, 1, 0, "www.example.com", 32, 0, HELLO_MAX);
	for (size_t i = 0; i < len; i += 3) {
		datagram[i] ^= 0x10;
		see(bench, &client, datagram, len);
		datagram[i] ^= 0x10;
	}
	assert_string_equal(notes(bench), "");
	assert_int_equal(count(bench, COUNTER_flows_opened), 0);
}

/* TCP between the same ends has a flow of its own. */
static void test_tcp_beside(void **state)
{
	struct bench *bench = *state;
	uint8_t frame[FRAME_LEN_MAX];
	send_part(bench, 0, "www.example.com", 1400, 0, 900);
	inspector_see(bench->inspector, C2_LINK_ETHERNET, frame, frame_tcp(frame, &client, 7, C2_TCP_SYN, "", 0), bench->at_ns, 0);
	inspector_see(bench->inspector, C2_LINK_ETHERNET, frame, frame_tcp(frame, &client, 8, C2_TCP_ACK, "GARBAGE", 7), bench->at_ns, 0);
	send_part(bench, 0, "www.example.com", 1400, 900, HELLO_MAX);
	assert_string_equal(notes(bench), "www.example.com");
}

/* ---- random variants ---- */

static uint64_t dice_state;

static uint32_t dice(uint32_t sides)
{
	dice_state ^= dice_state << 13;
	dice_state ^= dice_state >> 7;
	dice_state ^= dice_state << 17;
	return (uint32_t)(dice_state >> 20) % sides;
}

#define PIECES_MAX 64
#define DATAGRAMS_MAX 4

struct piece {
	size_t from, to;
	bool is_lie; /* contradicts an earlier copy */
};

/* A connection's first flight, as some client could send it. */
struct flight {
	uint32_t version, salted_as;
	uint8_t dcid[20], scid[20], other[20];
	size_t dcid_len, scid_len;
	uint8_t hello[HELLO_MAX];
	size_t hello_len;
	struct piece pieces[PIECES_MAX];
	unsigned piece_count;
	uint8_t datagrams[DATAGRAMS_MAX][32768];
	size_t lens[DATAGRAMS_MAX];
	unsigned datagram_count;
	uint64_t pn;
	bool has_lies;
};

static void random_octets(uint8_t *to, size_t n)
{
	while (n-- > 0)
		*to++ = (uint8_t)dice(256);
}

static void piece_add(struct flight *flight, size_t from, size_t to, bool is_lie)
{
	if (from < to && flight->piece_count < PIECES_MAX)
		flight->pieces[flight->piece_count++] = (struct piece){.from = from, .to = to, .is_lie = is_lie};
}

static void flight_shuffle(struct flight *flight)
{
	for (unsigned i = flight->piece_count; i > 1; i--) {
		unsigned j = dice(i);
		struct piece piece = flight->pieces[i - 1];
		flight->pieces[i - 1] = flight->pieces[j];
		flight->pieces[j] = piece;
	}
}

/* Cuts the hello, repeats and overlaps some of it, shuffles the lot; lies come behind the truth. */
static void flight_cut(struct flight *flight)
{
	unsigned cuts = dice(30);
	size_t at = 0, len = flight->hello_len;
	for (unsigned i = 0; i < cuts && at < len; i++) {
		size_t to = at + 1 + dice(dice(4) == 0 ? 4 : (uint32_t)(2 * len / (cuts + 1)) + 1);
		to = to < len ? to : len;
		size_t early = dice(3) == 0 ? dice((uint32_t)at + 1) : 0;
		piece_add(flight, at - (early < 40 ? early : 0), to, false);
		at = to;
	}
	piece_add(flight, at, len, false);
	for (unsigned i = dice(4); i > 0; i--) {
		size_t from = dice((uint32_t)len);
		piece_add(flight, from, from + 1 + dice((uint32_t)(len - from)), false);
	}
	flight_shuffle(flight);
	if (dice(4) == 0) {
		unsigned truth = dice(flight->piece_count), place = truth + 1 + dice(flight->piece_count - truth);
		if (flight->piece_count < PIECES_MAX) {
			memmove(flight->pieces + place + 1, flight->pieces + place, (flight->piece_count - place) * sizeof flight->pieces[0]);
			flight->pieces[place] = flight->pieces[truth];
			flight->pieces[place].is_lie = flight->has_lies = true;
			flight->piece_count++;
		}
	}
}

static size_t filler(const struct flight *flight, uint8_t *out)
{
	bool is_google = is_googles(flight->version);
	switch (dice(6)) {
	case 0:
		out[0] = is_google ? 7 : 1; /* PING */
		return 1;
	case 1:
		memset(out, 0, 20);
		return 1 + dice(20);
	case 2:
		memcpy(out, is_google ? "\x40\x05\x00\x01\x03\x00" : "\x02\x05\x01\x00\x03\x00", 6); /* ACK; the other one and a PADDING */
		return 6;
	default:
		return 0;
	}
}

static size_t piece_write(const struct flight *flight, const struct piece *piece, uint8_t *out)
{
	uint8_t lie[HELLO_MAX];
	const uint8_t *octets = flight->hello + piece->from;
	if (piece->is_lie) {
		for (size_t i = 0; i < piece->to - piece->from; i++)
			lie[i] = octets[i] ^ 0x01;
		octets = lie;
	}
	size_t n = filler(flight, out);
	return n + crypto_make(flight->version, out + n, piece->from, octets, piece->to - piece->from);
}

/* Seals pieces [from, to) as one Initial at the end of a datagram. `to_other`: to an id of the server's, under the same keys. */
static void initial_add(struct flight *flight, unsigned datagram, unsigned from, unsigned to, bool to_other)
{
	static uint8_t frames[32768];
	struct sealer_keys keys;
	size_t n = 0;
	for (unsigned i = from; i < to; i++)
		n += piece_write(flight, &flight->pieces[i], frames + n);
	n += filler(flight, frames + n);
	if (flight->version != flight->salted_as && n < 1200) { /* the version does not speak for itself */
		memset(frames + n, 0, 1200 - n);
		n = 1200;
	}
	sealer_keys(flight->salted_as, flight->dcid, flight->dcid_len, false, &keys);
	struct sealer_packet packet = {.version = flight->version,
		.dcid = to_other ? flight->other : flight->dcid,
		.dcid_len = to_other ? 8 : flight->dcid_len,
		.scid = flight->scid,
		.scid_len = flight->scid_len,
		.frames = frames,
		.frames_len = n,
		.pn = flight->pn,
		.pn_len = 1 + dice(4)};
	if (packet.pn > 100)
		packet.pn_len = 4;
	flight->pn += 1 + dice(3);
	flight->lens[datagram] += sealer_seal(&packet, &keys, flight->datagrams[datagram] + flight->lens[datagram]);
}

/* Something else in front of the Initial or behind it. */
static void stranger_add(struct flight *flight, unsigned datagram, uint8_t type)
{
	static const uint8_t ping[20] = {1};
	struct sealer_packet packet = {.version = flight->version,
		.salted_as = 1,
		.type = type,
		.dcid = flight->dcid,
		.dcid_len = flight->dcid_len,
		.scid = flight->scid,
		.scid_len = flight->scid_len,
		.frames = ping,
		.frames_len = 4 + dice(16)};
	flight->lens[datagram] += sealer_seal(&packet, NULL, flight->datagrams[datagram] + flight->lens[datagram]);
}

static void flight_pack(struct flight *flight)
{
	unsigned done = 0;
	bool is_known = flight->version == flight->salted_as;
	flight->datagram_count = 1 + dice(DATAGRAMS_MAX);
	for (unsigned d = 0; d < flight->datagram_count; d++) {
		unsigned to = d + 1 == flight->datagram_count ? flight->piece_count : done + dice(flight->piece_count - done + 1);
		bool to_other = d > 0 && dice(4) == 0;
		flight->lens[d] = 0;
		if (is_known && !to_other && dice(5) == 0)
			stranger_add(flight, d, 1);
		if (dice(3) == 0) {
			unsigned middle = done + dice(to - done + 1);
			initial_add(flight, d, done, middle, to_other);
			done = middle;
		}
		initial_add(flight, d, done, to, to_other);
		done = to;
		if (is_known && !to_other && dice(5) == 0)
			stranger_add(flight, d, 2);
	}
}

/* A connection and its hello, not cut yet. */
static void flight_begin(struct flight *flight, const char *host)
{
	static const uint32_t versions[][2] = {{1, 1}, {1, 1}, {0x6b3343cf, 0x6b3343cf}, {0xff000016, 0xff000016}, {0xff00001b, 0xff00001b},
		{0xff00001d, 0xff00001d}, {0xfaceb002, 0xfaceb002}, {0x51303530, 0x51303530}, {0x54303531, 0x54303531}, {0x1a2a3a4a, 1},
		{0xdadadada, 0xff00001d}};
	const uint32_t *version = versions[dice(sizeof versions / sizeof versions[0])];
	memset(flight, 0, offsetof(struct flight, hello));
	flight->version = version[0];
	flight->salted_as = version[1];
	flight->dcid_len = 8 + dice(13);
	flight->scid_len = dice(21);
	random_octets(flight->dcid, 20);
	random_octets(flight->scid, 20);
	random_octets(flight->other, 20);
	flight->hello_len = hello_make(flight->version, flight->hello, host, dice(4) == 0 ? dice(6000) : dice(1600));
	flight->piece_count = 0;
	flight->has_lies = false;
	flight->pn = dice(5);
}

static void flight_make(struct flight *flight, const char *host)
{
	flight_begin(flight, host);
	flight_cut(flight);
	flight_pack(flight);
}

static unsigned variants = VARIANTS;

/* The ends of a variant; its ports are no tunnel's, nor DNS': a version that is not known would be left to them. */
static struct frame_ends variant_ends(unsigned i)
{
	return (struct frame_ends){
		.src = 0x0a000000 + i, .dst = 0xc0000201, .sport = (uint16_t)(50000 + i % 10000), .dport = (uint16_t)(50000 + dice(10000))};
}

static void test_variants(void **state)
{
	struct bench *bench = *state;
	struct flight *flight = calloc(1, sizeof *flight);
	for (unsigned i = 0; i < variants; i++) {
		char host[64];
		dice_state = 0x9e3779b97f4a7c15 * (i + 1);
		struct frame_ends ends = variant_ends(i);
		snprintf(host, sizeof host, "v%u.example.com", i);
		flight_make(flight, host);
		for (unsigned d = 0; d < flight->datagram_count; d++) {
			see(bench, &ends, flight->datagrams[d], flight->lens[d]);
			while (dice(8) == 0)
				see(bench, &ends, flight->datagrams[dice(d + 1)], flight->lens[0]); /* again, or with an end that is not its own */
		}
		const char *found = notes(bench);
		if (strcmp(found, host) != 0)
			fail_msg("variant %u: '%s' in %u datagrams of %u pieces%s", i, found, flight->datagram_count, flight->piece_count,
				flight->has_lies ? ", one a lie" : "");
	}
	assert_true(count(bench, COUNTER_head_contradictions) > variants / 20);
	assert_int_equal(count(bench, COUNTER_notes_lost), 0);
	free(flight);
}

/* Pieces [from, to) in a datagram of their own. */
static void see_pieces(struct bench *bench, struct flight *flight, const struct frame_ends *ends, unsigned from, unsigned to)
{
	flight->lens[0] = 0;
	initial_add(flight, 0, from, to, false);
	see(bench, ends, flight->datagrams[0], flight->lens[0]);
}

/* All but the first octet, then a lie about some of that, then the first octet: what came first is reported, and the lie is counted, each time. */
static void test_variants_contradicted(void **state)
{
	struct bench *bench = *state;
	struct flight *flight = calloc(1, sizeof *flight);
	for (unsigned i = 0; i < variants; i++) {
		char host[64];
		dice_state = 0xd1342543de82ef95 * (i + 1);
		snprintf(host, sizeof host, "w%u.example.com", i);
		flight_begin(flight, host);
		struct frame_ends ends = variant_ends(i);
		for (size_t at = 1, to; at < flight->hello_len && flight->piece_count < PIECES_MAX / 2; at = to) {
			to = at + 1 + dice((uint32_t)flight->hello_len);
			piece_add(flight, at, to < flight->hello_len && flight->piece_count + 1 < PIECES_MAX / 2 ? to : flight->hello_len, false);
		}
		flight_shuffle(flight);
		unsigned truths = flight->piece_count, half = dice(truths + 1);
		size_t from = 1 + dice((uint32_t)flight->hello_len - 1);
		piece_add(flight, from, from + 1 + dice((uint32_t)(flight->hello_len - from)), true);
		piece_add(flight, 0, 1, false);
		see_pieces(bench, flight, &ends, 0, half);
		see_pieces(bench, flight, &ends, half, truths);
		uint64_t before = count(bench, COUNTER_head_contradictions);
		see_pieces(bench, flight, &ends, truths, truths + 1);
		if (count(bench, COUNTER_head_contradictions) != before + 1)
			fail_msg("variant %u: a lie about %zu to %zu of %zu is not counted", i, from, flight->pieces[truths].to, flight->hello_len);
		assert_string_equal(notes(bench), "");
		see_pieces(bench, flight, &ends, truths + 1, truths + 2);
		assert_string_equal(notes(bench), host);
	}
	assert_int_equal(count(bench, COUNTER_head_contradictions), variants);
	free(flight);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_up, bench_down)

int main(int argc, char **argv)
{
	static struct tests tests;
	const struct CMUnitTest alone[] = {
		TEST(test_name),
		TEST(test_hit),
		TEST(test_answer),
		TEST(test_no_name),
		TEST(test_rest_of_flight),
		TEST(test_two_datagrams),
		TEST(test_two_datagrams_swapped),
		TEST(test_large_hello),
		TEST(test_gap),
		TEST(test_id_of_the_server),
		TEST(test_ping_first),
		TEST(test_retry),
		TEST(test_retry_of_a_half),
		TEST(test_two_connections_at_once),
		TEST(test_port_reuse),
		TEST(test_id_on_another_tuple),
		TEST(test_server),
		TEST(test_hello_from_the_server),
		TEST(test_versions),
		TEST(test_negotiation),
		TEST(test_coalesced),
		TEST(test_two_initials),
		TEST(test_contradiction),
		TEST(test_greased_fixed_bit),
		TEST(test_initial_overtaken),
		TEST(test_id_lengths),
		TEST(test_frames_of_one_octet),
		TEST(test_hello_beyond_the_head),
		TEST(test_cost_of_wrong_tags),
		TEST(test_google),
		TEST(test_google_sealed),
		TEST(test_cut),
		TEST(test_damage),
		TEST(test_tcp_beside),
		TEST(test_variants),
		TEST(test_variants_contradicted),
	};
	CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free);
	if (argc > 1)
		variants = (unsigned)strtoul(argv[1], NULL, 10);
	TESTS_ROWS(&tests, ports, test_port);
	TESTS_ROWS(&tests, odd, test_odd);
	for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++)
		tests.at[tests.count++] = alone[i];
	return tests_run(&tests, "inspect_quic");
}
