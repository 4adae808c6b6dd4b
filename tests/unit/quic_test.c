/* SPDX-License-Identifier: Apache-2.0 */
/* QUIC's long headers, what seals an Initial, and the frames inside. RFC 8999, 9000, 9001, 9369. */
#include "octets.h"
#include "quic_sealer.h"
#include "quic_vectors.h"
#include "table.h"

#include <c2watch/quic.h>

#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>

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

static struct c2_quic_opener *opener;

static const char *const rc_words[] = {"ok", "none", "more", "bad"};
static const char *const type_words[] = {"initial", "0-rtt", "handshake", "retry", "negotiation", "other"};

struct header_row {
	const char *name;
	const char *octets;
	const char *want; /* type, version, connection ids' lengths, token's, where the packet number is, length; or what it is instead */
	bool is_cut;      /* more may follow */
};

#define CID8 "8394c8f03e515708"
#define SEALED20 "aa*20"

static const struct header_row headers[] = {
	/* each type, in version 1's and in version 2's numbers */
	{"initial", "c0 00000001 <1 " CID8 " > 00 00 14 " SEALED20, "initial 00000001 8 0 0 17 37", false},
	{"0-rtt", "d0 00000001 <1 " CID8 " > 00 14 " SEALED20, "0-rtt 00000001 8 0 0 16 36", false},
	{"handshake", "e0 00000001 <1 " CID8 " > 00 14 " SEALED20, "handshake 00000001 8 0 0 16 36", false},
	{"retry", "f0 00000001 00 <1 " CID8 " > aa*30", "retry 00000001 0 8 - - 45", false},
	{"initial of version 2", "d0 6b3343cf <1 " CID8 " > 00 00 14 " SEALED20, "initial 6b3343cf 8 0 0 17 37", false},
	{"0-rtt of version 2", "e0 6b3343cf <1 " CID8 " > 00 14 " SEALED20, "0-rtt 6b3343cf 8 0 0 16 36", false},
	{"handshake of version 2", "f0 6b3343cf <1 " CID8 " > 00 14 " SEALED20, "handshake 6b3343cf 8 0 0 16 36", false},
	{"retry of version 2", "c0 6b3343cf 00 <1 " CID8 " > aa*30", "retry 6b3343cf 0 8 - - 45", false},
	{"negotiation", "80 00000000 00 <1 " CID8 " > 00000001 6b3343cf", "negotiation 00000000 0 8 - - 23", false},
	{"negotiation with a long id", "80 00000000 <1 cc*255 > 00 00000001", "negotiation 00000000 255 0 - - 266", false},
	/* versions that are known */
	{"draft 22", "c0 ff000016 00 00 00 14 " SEALED20, "initial ff000016 0 0 0 9 29", false},
	{"draft 27", "c0 ff00001b 00 00 00 14 " SEALED20, "initial ff00001b 0 0 0 9 29", false},
	{"draft 29", "c0 ff00001d 00 00 00 14 " SEALED20, "initial ff00001d 0 0 0 9 29", false},
	{"draft 34", "c0 ff000022 00 00 00 14 " SEALED20, "initial ff000022 0 0 0 9 29", false},
	{"mvfst", "c0 faceb00e 00 00 00 14 " SEALED20, "initial faceb00e 0 0 0 9 29", false},
	{"Q050", "c0 51303530 00 00 00 14 " SEALED20, "initial 51303530 0 0 0 9 29", false},
	{"T051", "c0 54303531 00 00 00 14 " SEALED20, "initial 54303531 0 0 0 9 29", false},
	/* versions that are not */
	{"greased version", "c0 1a2a3a4a <1 " CID8 " > 00 00 14 " SEALED20, "initial 1a2a3a4a 8 0 0 17 37 unknown", false},
	{"greased version, other layout", "c0 1a2a3a4a <1 " CID8 " > 00 00 45", "other 1a2a3a4a", false},
	{"greased version, other type", "d0 1a2a3a4a <1 " CID8 " > 00 00 14 " SEALED20, "other 1a2a3a4a", false},
	{"greased version, long id", "c0 1a2a3a4a <1 cc*21 > 00 00 14 " SEALED20, "other 1a2a3a4a", false},
	{"greased version, cut", "c0 1a2a3a4a <1 " CID8 " > 00 00 15 " SEALED20, "more", true},
	{"draft 21 put its ids elsewhere", "c0 ff000015 50 " CID8 " 00 14 " SEALED20, "other ff000015", false},
	{"Google's Q046", "c3 51303436 50 " CID8 " 00000001 aa*16", "other 51303436", false},
	{"anybody's version, version 1's layout", "c0 12345678 <1 " CID8 " > 00 00 14 " SEALED20, "initial 12345678 8 0 0 17 37 unknown", false},
	{"anybody's version, without the fixed bit", "80 12345678 <1 " CID8 " > 00 00 14 " SEALED20, "none", false},
	{"anybody's version, other layout", "c0 12345678 <1 cc*30 > 00 00 14 " SEALED20, "none", false},
	/* the fixed bit may be greased, RFC 9287 */
	{"without the fixed bit", "80 00000001 <1 " CID8 " > 00 00 14 " SEALED20, "initial 00000001 8 0 0 17 37", false},
	/* connection ids of 0, 20, 21 octets */
	{"empty ids", "c0 00000001 00 00 00 14 " SEALED20, "initial 00000001 0 0 0 9 29", false},
	{"ids of 20", "c0 00000001 <1 cc*20 > <1 dd*20 > 00 14 " SEALED20, "initial 00000001 20 20 0 49 69", false},
	{"destination id of 21", "c0 00000001 <1 cc*21 > 00 00 14 " SEALED20, "bad", false},
	{"source id of 21", "c0 00000001 00 <1 cc*21 > 00 14 " SEALED20, "bad", false},
	{"destination id beyond the datagram", "c0 00000001 14 cc*19", "bad", false},
	{"destination id beyond the cut", "c0 00000001 14 cc*19", "more", true},
	/* tokens */
	{"token", "c0 00000001 00 00 05 74*5 14 " SEALED20, "initial 00000001 0 0 5 14 34", false},
	{"token's length in 8 octets", "c0 00000001 00 00 c000000000000005 74*5 14 " SEALED20, "initial 00000001 0 0 5 21 41", false},
	{"token of 2^62-1", "c0 00000001 00 00 ffffffffffffffff 14 " SEALED20, "bad", false},
	{"token of 2^62-1, cut", "c0 00000001 00 00 ffffffffffffffff 14 " SEALED20, "more", true},
	{"token's length cut", "c0 00000001 00 00 ff", "bad", false},
	/* lengths */
	{"length of 19 has no sample", "c0 00000001 00 00 00 13 aa*19", "bad", false},
	{"length of 0", "c0 00000001 00 00 00 00", "bad", false},
	{"length beyond the datagram", "c0 00000001 00 00 00 15 " SEALED20, "bad", false},
	{"length beyond the cut", "c0 00000001 00 00 00 15 " SEALED20, "more", true},
	{"length of 2^62-1", "c0 00000001 00 00 00 ffffffffffffffff " SEALED20, "bad", false},
	{"another packet follows", "c0 00000001 00 00 00 14 " SEALED20 " e0 00000001", "initial 00000001 0 0 0 9 29", false},
	{"length before the end in 2 octets", "c0 00000001 00 00 00 4014 " SEALED20 " 00", "initial 00000001 0 0 0 10 30", false},
	/* what is none of it */
	{"short header", "40 00000001 00 00 00 14 " SEALED20, "none", false},
	{"empty", "", "none", false},
	{"empty, cut", "", "more", true},
	{"three octets", "c00000", "none", false},
	{"negotiation without versions", "80 00000000 00 00", "none", false},
	{"negotiation with half a version", "80 00000000 00 00 00000001 0000", "none", false},
	{"RTP", "80 60 1234 00000000 11111111 aa*160", "none", false},
};

static void test_header(void **state)
{
	const struct header_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_quic_packet packet;
	char text[128];
	enum c2_rc rc = c2_quic_packet_read(row->is_cut ? c2_rd_open(octets.at, octets.len) : c2_rd_closed(octets.at, octets.len), &packet);
	if (rc != C2_OK)
		snprintf(text, sizeof text, "%s", rc_words[rc]);
	else if (packet.type == C2_QUIC_OTHER)
		snprintf(text, sizeof text, "other %08x", packet.version);
	else if (packet.type == C2_QUIC_RETRY || packet.type == C2_QUIC_NEGOTIATION)
		snprintf(text, sizeof text, "%s %08x %u %u - - %u", type_words[packet.type], packet.version, packet.dcid_len, packet.scid_len,
			packet.len);
	else
		snprintf(text, sizeof text, "%s %08x %u %u %u %u %u%s", type_words[packet.type], packet.version, packet.dcid_len, packet.scid_len,
			packet.token_len, packet.pn_at, packet.len, packet.is_known ? "" : " unknown");
	assert_string_equal(text, row->want);
	octets_free(&octets);
}

/* Every prefix of a header: MORE where it may go on, never OK where the packet does not end. */
static void test_header_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		struct octets octets = octets_from(headers[i].octets);
		struct c2_quic_packet whole, packet;
		if (!headers[i].is_cut && c2_quic_packet_read(c2_rd_closed(octets.at, octets.len), &whole) == C2_OK && whole.is_known &&
			whole.type != C2_QUIC_RETRY)
			for (size_t n = 0; n < whole.len; n++) {
				uint8_t *copy = malloc(n + 1);
				memcpy(copy + 1, octets.at, n);
				assert_int_equal(c2_quic_packet_read(c2_rd_open(copy + 1, n), &packet), C2_MORE);
				assert_int_equal(c2_quic_packet_read(c2_rd_closed(copy + 1, n), &packet), n < 5 ? C2_NONE : C2_BAD);
				free(copy);
			}
		octets_free(&octets);
	}
}

struct frame_row {
	const char *name;
	const char *octets;
	const char *want; /* offset+length of each CRYPTO frame, then how it ends */
};

static const struct frame_row frames[] = {
	{"none", "", "none"},
	{"padding", "00*100", "none"},
	{"padding of every length to a word", "00 01 00*2 01 00*3 01 00*7 01 00*9 06 00 01 aa", "0+1 none"},
	{"ping", "01", "none"},
	{"crypto", "06 00 03 aabbcc", "0+3 none"},
	{"crypto with long integers", "06 c000000000000005 80000002 aabb", "5+2 none"},
	{"empty crypto", "06 07 00", "7+0 none"},
	{"crypto among others", "01 00*5 06 05 01 aa 01 06 00 02 bbcc 00*9", "5+1 0+2 none"},
	{"type in two octets", "4006 00 01 aa", "0+1 none"},
	{"ack", "02 05 00 00 05 06 00 01 aa", "0+1 none"},
	{"ack with ranges", "02 4040 00 02 01 02 03 04 05 06 00 01 aa", "0+1 none"},
	{"ack with ECN counts", "03 05 00 00 05 01 02 03 06 00 01 aa", "0+1 none"},
	{"ack with 2^62-1 ranges", "02 05 00 ffffffffffffffff 05 01 02", "bad"},
	{"close", "1c 4101 06 03 'bye' 06 00 01 aa", "0+1 none"},
	{"close with a reason beyond the end", "1c 00 06 05 'bye'", "bad"},
	{"crypto beyond the end", "06 00 04 aabbcc", "bad"},
	{"crypto at 2^62-1", "06 ffffffffffffffff 00", "4611686018427387903+0 none"},
	{"crypto beyond 2^62-1", "06 ffffffffffffffff 01 aa", "bad"},
	{"crypto cut in its offset", "06 ff", "bad"},
	{"crypto without a length", "06 00", "bad"},
	{"stream frame", "06 00 01 aa 08 00", "0+1 bad"},
	{"application close", "1d 00 00", "bad"},
	{"handshake done", "1e", "bad"},
	{"unknown frame", "21", "bad"},
	{"new connection id", "18 01", "bad"},
};

static void test_frames(void **state)
{
	const struct frame_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_rd view = c2_rd_closed(octets.at, octets.len);
	struct c2_rd piece;
	uint64_t offset;
	char text[256] = "";
	size_t n = 0;
	enum c2_rc rc;
	while ((rc = c2_quic_crypto_next(&view, &offset, &piece)) == C2_OK)
		n += (size_t)snprintf(text + n, sizeof text - n, "%llu+%zu ", (unsigned long long)offset, c2_rd_left(&piece));
	snprintf(text + n, sizeof text - n, "%s", rc_words[rc]);
	assert_string_equal(text, row->want);
	octets_free(&octets);
}

static void test_varints(void **state)
{
	(void)state;
	/* RFC 9000 appendix A.1 */
	static const struct {
		const char *octets;
		uint64_t value;
	} rows[] = {{"c2197c5eff14e88c", 151288809941952652}, {"9d7f3e7d", 494878333}, {"7bbd", 15293}, {"25", 37}, {"4025", 37},
		{"c000000000000000", 0}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct octets octets = octets_from(rows[i].octets);
		struct c2_rd rd = c2_rd_closed(octets.at, octets.len);
		assert_int_equal(c2_quic_varint(&rd), rows[i].value);
		assert_true(c2_rd_done(&rd) && rd.rc == C2_OK);
		rd = c2_rd_open(octets.at, octets.len - 1);
		assert_int_equal(c2_quic_varint(&rd), 0);
		assert_int_equal(rd.rc, C2_MORE);
		octets_free(&octets);
	}
}

static void assert_hex(const uint8_t *octets, const char *hex)
{
	struct octets want = octets_from(hex);
	assert_memory_equal(octets, want.at, want.len);
	octets_free(&want);
}

static enum c2_rc open_own(const uint8_t *octets, size_t len, struct c2_quic_keys *keys, struct c2_rd *plain)
{
	struct c2_quic_packet packet;
	assert_int_equal(c2_quic_packet_read(c2_rd_closed(octets, len), &packet), C2_OK);
	assert_int_equal(packet.type, C2_QUIC_INITIAL);
	return c2_quic_open(opener, octets, &packet, keys, plain);
}

static void test_client_vector(void **state)
{
	const struct quic_vector *vector = *state;
	struct octets octets = octets_from(vector->client_initial);
	struct c2_quic_keys keys;
	struct c2_rd plain;
	assert_int_equal(octets.len, 1200);
	assert_int_equal(open_own(octets.at, octets.len, &keys, &plain), C2_OK);
	assert_hex(keys.key, vector->client_key);
	assert_hex(keys.iv, vector->client_iv);
	assert_hex(keys.hp, vector->client_hp);
	assert_int_equal(keys.pn_next, 3);
	assert_int_equal(c2_rd_left(&plain), 1162);
	assert_hex(plain.p, quic_vector_frames);
	octets_free(&octets);
}

static void test_server_vector(void **state)
{
	const struct quic_vector *vector = *state;
	struct octets octets = octets_from(vector->server_initial);
	struct octets key = octets_from(vector->server_key), iv = octets_from(vector->server_iv), hp = octets_from(vector->server_hp);
	struct c2_quic_keys keys = {.pn_next = 0};
	struct c2_quic_packet packet;
	struct c2_rd plain;
	memcpy(keys.key, key.at, sizeof keys.key);
	memcpy(keys.iv, iv.at, sizeof keys.iv);
	memcpy(keys.hp, hp.at, sizeof keys.hp);
	assert_int_equal(c2_quic_packet_read(c2_rd_closed(octets.at, octets.len), &packet), C2_OK);
	assert_int_equal(c2_quic_open_again(opener, octets.at, &packet, &keys, &plain), C2_OK);
	assert_int_equal(keys.pn_next, 2);
	assert_hex(plain.p, quic_vector_server_frames);
	/* a server's Initial is not one of a client */
	assert_int_equal(c2_quic_open(opener, octets.at, &packet, &keys, &plain), C2_NONE);
	octets_free(&octets);
	octets_free(&key);
	octets_free(&iv);
	octets_free(&hp);
}

static const uint8_t cid[20] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
static const uint8_t ping[] = {1, 0, 0, 0, 6, 0, 1, 0xaa};

struct version_row {
	const char *name;
	uint32_t version, salted_as;
	enum c2_rc rc;
};

static const struct version_row versions[] = {
	{"opens version 1", 1, 0, C2_OK},
	{"opens version 2", 0x6b3343cf, 0, C2_OK},
	{"opens draft 22", 0xff000016, 0, C2_OK},
	{"opens draft 23", 0xff000017, 0, C2_OK},
	{"opens draft 24", 0xff000018, 0, C2_OK},
	{"opens draft 25", 0xff000019, 0, C2_OK},
	{"opens draft 26", 0xff00001a, 0, C2_OK},
	{"opens draft 27", 0xff00001b, 0, C2_OK},
	{"opens draft 28", 0xff00001c, 0, C2_OK},
	{"opens draft 29", 0xff00001d, 0, C2_OK},
	{"opens draft 30", 0xff00001e, 0, C2_OK},
	{"opens draft 31", 0xff00001f, 0, C2_OK},
	{"opens draft 32", 0xff000020, 0, C2_OK},
	{"opens draft 33", 0xff000021, 0, C2_OK},
	{"opens draft 34", 0xff000022, 0, C2_OK},
	{"opens mvfst 1", 0xfaceb001, 0, C2_OK},
	{"opens mvfst 2", 0xfaceb002, 0, C2_OK},
	{"opens mvfst 14", 0xfaceb00e, 0, C2_OK},
	{"opens Q050", 0x51303530, 0, C2_OK},
	{"opens T050", 0x54303530, 0, C2_OK},
	{"opens T051", 0x54303531, 0, C2_OK},
	{"opens a greased version with version 1's salt", 0x1a2a3a4a, 1, C2_OK},
	{"opens a greased version with draft 29's salt", 0x0a0a0a0a, 0xff00001d, C2_OK},
	{"opens a greased version with draft 27's salt", 0xfafafafa, 0xff00001b, C2_OK},
	{"opens an unknown version with version 1's salt", 0x12345678, 1, C2_OK},
	{"leaves a greased version with another salt", 0x1a2a3a4a, 0x54303531, C2_NONE},
	{"leaves version 1 with draft 29's salt", 1, 0xff00001d, C2_NONE},
	{"leaves draft 29 with version 1's salt", 0xff00001d, 1, C2_NONE},
};

static void test_version(void **state)
{
	const struct version_row *row = *state;
	uint8_t octets[SEALED_MAX];
	struct c2_quic_keys keys;
	struct c2_rd plain;
	struct sealer_packet packet = {
		.version = row->version, .salted_as = row->salted_as, .dcid = cid, .dcid_len = 8, .frames = ping, .frames_len = sizeof ping};
	size_t len = sealer_seal(&packet, NULL, octets);
	assert_int_equal(open_own(octets, len, &keys, &plain), row->rc);
	if (row->rc == C2_OK) {
		assert_int_equal(c2_rd_left(&plain), sizeof ping);
		assert_memory_equal(plain.p, ping, sizeof ping);
	}
	struct c2_quic_packet read;
	assert_int_equal(c2_quic_packet_read(c2_rd_closed(octets, len), &read), C2_OK);
	assert_int_equal(c2_quic_begins(octets, len), row->version != 0x12345678);
}

/* Connection ids and packet numbers of each length; tokens; coalesced with what is not ours. */
static void test_shapes(void **state)
{
	(void)state;
	static uint8_t token[3000];
	uint8_t octets[SEALED_MAX];
	for (size_t dcid_len = 0; dcid_len <= 20; dcid_len++)
		for (unsigned pn_len = 1; pn_len <= 4; pn_len++)
			for (size_t token_len = 0; token_len <= sizeof token; token_len += 1500) {
				struct sealer_packet packet = {.version = 1,
					.dcid = cid,
					.dcid_len = dcid_len,
					.scid = cid,
					.scid_len = 20 - dcid_len,
					.token = token,
					.token_len = token_len,
					.frames = ping,
					.frames_len = sizeof ping,
					.pn = 77,
					.pn_len = pn_len};
				struct c2_quic_keys keys;
				struct c2_rd plain;
				size_t len = sealer_seal(&packet, NULL, octets);
				memset(octets + len, 0xee, 30);
				assert_int_equal(open_own(octets, len + 30, &keys, &plain), C2_OK);
				assert_int_equal(keys.pn_next, 78);
				assert_memory_equal(plain.p, ping, sizeof ping);
			}
}

/* Packet numbers far apart: RFC 9000 appendix A.3 restores what their encoding leaves out. */
static void test_packet_numbers(void **state)
{
	(void)state;
	static const struct {
		uint64_t pn;
		unsigned len;
	} rows[] = {{0, 1}, {1, 1}, {100, 1}, {200, 1}, {300, 1}, {260, 1}, {40000, 2}, {70000, 2}, {69000, 2}, {90000, 2}, {0xa82f9b32, 4},
		{0xa82f9b35, 1}, {0xa82fffff, 2}, {0xa8300000, 1}};
	uint8_t octets[SEALED_MAX];
	struct c2_quic_keys keys = {.pn_next = 0};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct sealer_packet packet = {
			.version = 1, .dcid = cid, .dcid_len = 8, .frames = ping, .frames_len = sizeof ping, .pn = rows[i].pn, .pn_len = rows[i].len};
		struct c2_quic_packet read;
		struct c2_rd plain;
		size_t len = sealer_seal(&packet, NULL, octets);
		assert_int_equal(c2_quic_packet_read(c2_rd_closed(octets, len), &read), C2_OK);
		enum c2_rc rc =
			i == 0 ? c2_quic_open(opener, octets, &read, &keys, &plain) : c2_quic_open_again(opener, octets, &read, &keys, &plain);
		assert_int_equal(rc, C2_OK);
	}
	assert_int_equal(keys.pn_next, 0xa8300001);
}

/* Any octet turned over, and the Initial does not open; nor does one with reserved bits set, which no peer accepts. */
static void test_damage(void **state)
{
	(void)state;
	uint8_t octets[SEALED_MAX];
	struct sealer_packet packet = {.version = 1, .dcid = cid, .dcid_len = 8, .frames = ping, .frames_len = sizeof ping};
	struct c2_quic_packet read;
	struct c2_quic_keys keys;
	struct c2_rd plain;
	size_t len = sealer_seal(&packet, NULL, octets);
	for (size_t i = 0; i < len; i++) {
		octets[i] ^= 1;
		if (c2_quic_packet_read(c2_rd_closed(octets, len), &read) == C2_OK && read.type == C2_QUIC_INITIAL)
			assert_int_equal(c2_quic_open(opener, octets, &read, &keys, &plain), C2_NONE);
		octets[i] ^= 1;
	}
	assert_int_equal(open_own(octets, len, &keys, &plain), C2_OK);
	packet.first_xor = 0x04;
	len = sealer_seal(&packet, NULL, octets);
	assert_int_equal(open_own(octets, len, &keys, &plain), C2_NONE);
	packet.first_xor = 0x40; /* the fixed bit */
	len = sealer_seal(&packet, NULL, octets);
	assert_int_equal(open_own(octets, len, &keys, &plain), C2_OK);
}

/* Every prefix of a sealed datagram: nothing is guessed before the tag. */
static void test_sealed_prefixes(void **state)
{
	(void)state;
	struct octets octets = octets_from(quic_vectors[0].client_initial);
	struct c2_quic_packet packet;
	for (size_t n = 0; n < octets.len; n++) {
		enum c2_rc rc = c2_quic_packet_read(c2_rd_open(octets.at, n), &packet);
		assert_int_equal(rc, C2_MORE);
	}
	octets_free(&octets);
}

/* Once it is there, an opener asks for no memory, whatever it is given. */
static void test_no_allocation(void **state)
{
	(void)state;
	uint8_t octets[SEALED_MAX];
	unsigned before = allocations;
	assert_true(before > 0); /* the count works */
	for (unsigned i = 0; i < 200; i++) {
		uint8_t id[8] = {(uint8_t)i, 1};
		struct sealer_packet packet = {
			.version = i % 3 == 0 ? 0x6b3343cf : 1, .dcid = id, .dcid_len = 8, .frames = ping, .frames_len = sizeof ping};
		size_t len = sealer_seal(&packet, NULL, octets);
		octets[len - 1] ^= i % 2;
		struct c2_quic_packet read;
		struct c2_quic_keys keys;
		struct c2_rd plain;
		before = allocations;
		c2_quic_packet_read(c2_rd_closed(octets, len), &read);
		enum c2_rc rc = c2_quic_open(opener, octets, &read, &keys, &plain);
		assert_int_equal(rc, i % 2 == 0 ? C2_OK : C2_NONE);
		if (rc == C2_OK)
			assert_int_equal(c2_quic_open_again(opener, octets, &read, &keys, &plain), C2_OK);
		assert_int_equal(allocations, before);
	}
}

int main(void)
{
	static struct tests tests;
	CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free);
	opener = c2_quic_opener_new();
	if (opener == NULL)
		return 1;
	TESTS_ROWS(&tests, headers, test_header);
	TESTS_ROWS(&tests, frames, test_frames);
	tests_add(&tests, "client's Initial, RFC 9001 A.2", test_client_vector, &quic_vectors[0]);
	tests_add(&tests, "client's Initial, RFC 9369 A.2", test_client_vector, &quic_vectors[1]);
	tests_add(&tests, "server's Initial, RFC 9001 A.3", test_server_vector, &quic_vectors[0]);
	tests_add(&tests, "server's Initial, RFC 9369 A.3", test_server_vector, &quic_vectors[1]);
	TESTS_ROWS(&tests, versions, test_version);
	tests_add(&tests, "header prefixes", test_header_prefixes, NULL);
	tests_add(&tests, "varints", test_varints, NULL);
	tests_add(&tests, "shapes", test_shapes, NULL);
	tests_add(&tests, "packet numbers", test_packet_numbers, NULL);
	tests_add(&tests, "damage", test_damage, NULL);
	tests_add(&tests, "sealed prefixes", test_sealed_prefixes, NULL);
	tests_add(&tests, "no allocation", test_no_allocation, NULL);
	int failed = tests_run(&tests, "quic");
	c2_quic_opener_free(opener);
	return failed;
}
