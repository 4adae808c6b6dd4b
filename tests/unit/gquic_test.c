/* SPDX-License-Identifier: Apache-2.0 */
/* Google's QUIC: from a datagram in the clear to the name in its hello, and the frames that its later versions seal. "QUIC Wire Layout", "QUIC Crypto". */
#include "octets.h"
#include "table.h"

#include <c2watch/gquic.h>

#include <stdio.h>
#include <stdlib.h>

/* A map of tags: each with the end of its value behind the first, in little-endian order. */
#define CHLO "'CHLO' 0200 0000 'PAD' 00 04000000 'SNI' 00 13000000 2d*4 'www.example.com' "
#define CHLO_LEN "002b "
#define CHLO_LEN_LITTLE "2b00 "
#define CID8 "c1*8 "
#define HASH "ee*12 "

/* A client's public header: flags, connection id, version, one octet of packet number, hash. */
#define PUBLIC(version) "09 " CID8 "'" version "' 01 " HASH
#define LONG(version) "c3 '" version "' 50 " CID8 "00000001 " HASH
#define STREAM "a0 01 " CHLO_LEN CHLO
#define STREAM_LITTLE "a0 01 " CHLO_LEN_LITTLE CHLO

struct datagram_row {
	const char *name;
	const char *octets;
	const char *want; /* the name; or what there is instead */
};

static const struct datagram_row datagrams[] = {
	/* one of each layout */
	{"Q001", PUBLIC("Q001") "00 " STREAM_LITTLE, "www.example.com"},
	{"Q024, ids of two bits", "0d " CID8 "'Q024' 01 " HASH "01 " STREAM_LITTLE, "www.example.com"},
	{"Q033, in a group", PUBLIC("Q033") "02 07 " STREAM_LITTLE, "www.example.com"},
	{"Q034, without private flags", PUBLIC("Q034") STREAM_LITTLE, "www.example.com"},
	{"Q038", PUBLIC("Q038") STREAM_LITTLE, "www.example.com"},
	{"Q039, big-endian", PUBLIC("Q039") STREAM, "www.example.com"},
	{"Q043", PUBLIC("Q043") STREAM, "www.example.com"},
	{"Q044", "ff 'Q044' 50 " CID8 "00000001 " HASH STREAM, "www.example.com"},
	{"Q046", LONG("Q046") STREAM, "www.example.com"},
	{"Q046, ids of 18 and 4", "c3 'Q046' f1 c1*18 c2*4 00000001 " HASH STREAM, "www.example.com"},
	{"Q046, no ids", "c0 'Q046' 00 01 " HASH STREAM, "www.example.com"},
	{"Q048, in a CRYPTO frame", LONG("Q048") "08 00 2b " CHLO, "www.example.com"},
	{"packet number of 6 octets", "39 " CID8 "'Q043' 000000000001 " HASH STREAM, "www.example.com"},
	/* STREAM frames */
	{"second hello, behind the first", PUBLIC("Q043") "a4 01 0400 " CHLO_LEN CHLO, "www.example.com"},
	{"offset of 8 octets", PUBLIC("Q043") "bc 01 0000000000000400 " CHLO_LEN CHLO, "www.example.com"},
	{"stream's number in 4 octets", PUBLIC("Q043") "a3 00000001 " CHLO_LEN CHLO, "www.example.com"},
	{"stream's number in 4 octets, little-endian", PUBLIC("Q035") "a3 01000000 " CHLO_LEN_LITTLE CHLO, "www.example.com"},
	{"to the datagram's end", PUBLIC("Q043") "80 01 " CHLO, "www.example.com"},
	{"with a FIN, zeros behind", PUBLIC("Q043") "e0 01 " CHLO_LEN CHLO "00*50", "www.example.com"},
	{"another stream before", PUBLIC("Q043") "a0 03 0004 aa*4 " STREAM, "www.example.com"},
	/* other frames before */
	{"padding", PUBLIC("Q043") "00*9 " STREAM, "www.example.com"},
	{"ping", PUBLIC("Q043") "07 " STREAM, "www.example.com"},
	{"stream reset", PUBLIC("Q043") "01 aa*16 " STREAM, "www.example.com"},
	{"close", PUBLIC("Q043") "02 00000001 0003 'bye' " STREAM, "www.example.com"},
	{"close, little-endian", PUBLIC("Q035") "02 01000000 0300 'bye' " STREAM_LITTLE, "www.example.com"},
	{"going away", PUBLIC("Q043") "03 00000001 00000005 0003 'bye' " STREAM, "www.example.com"},
	{"window", PUBLIC("Q043") "04 aa*12 " STREAM, "www.example.com"},
	{"blocked", PUBLIC("Q043") "05 aa*4 " STREAM, "www.example.com"},
	{"stop waiting", PUBLIC("Q043") "06 01 " STREAM, "www.example.com"},
	{"stop waiting, with entropy", PUBLIC("Q033") "00 06 01 01 " STREAM_LITTLE, "www.example.com"},
	{"acknowledgement", LONG("Q046") "40 05 0001 05 00 " STREAM, "www.example.com"},
	{"acknowledgement of large numbers", LONG("Q046") "4f aa*6 0001 bb*6 00 " STREAM, "www.example.com"},
	{"acknowledgement with gaps and times", LONG("Q046") "65 0005 0001 02 0001 01 0002 01 0003 03 01 00000001 01 0001 01 0002 " STREAM,
		"www.example.com"},
	/* hellos */
	{"no name", PUBLIC("Q043") "a0 01 0014 'CHLO' 0100 0000 'PAD' 00 04000000 2d*4", "-"},
	{"no tags", PUBLIC("Q043") "a0 01 0008 'CHLO' 0000 0000", "-"},
	{"empty name", PUBLIC("Q043") "a0 01 0010 'CHLO' 0100 0000 'SNI' 00 00000000", "-"},
	{"address for a name", PUBLIC("Q043") "a0 01 0019 'CHLO' 0100 0000 'SNI' 00 09000000 '192.0.2.1'", "192.0.2.1"},
	{"bad name", PUBLIC("Q043") "a0 01 0014 'CHLO' 0100 0000 'SNI' 00 04000000 'a..b'", "bad name"},
	{"upper case", PUBLIC("Q043") "a0 01 0019 'CHLO' 0100 0000 'SNI' 00 09000000 'A.Example'", "a.example"},
	{"two names, the first counts", PUBLIC("Q043") "a0 01 001e 'CHLO' 0200 0000 'SNI' 00 03000000 'SNI' 00 06000000 'a.b' 'c.d'", "a.b"},
	{"value beyond the message", PUBLIC("Q043") "a0 01 0014 'CHLO' 0100 0000 'SNI' 00 05000000 'a..b'", "bad"},
	{"value of 2^32-1", PUBLIC("Q043") "a0 01 0014 'CHLO' 0100 0000 'SNI' 00 ffffffff 'a..b'", "bad"},
	{"values backwards", PUBLIC("Q043") "a0 01 001c 'CHLO' 0200 0000 'PAD' 00 04000000 'SNI' 00 03000000 2d*4", "bad"},
	{"more tags than the message holds", PUBLIC("Q043") "a0 01 0014 'CHLO' 0200 0000 'SNI' 00 04000000 'a.bc'", "bad"},
	{"129 tags", PUBLIC("Q043") "a0 01 0008 'CHLO' 8100 0000", "bad"},
	{"hello cut in its count", PUBLIC("Q043") "a0 01 0005 'CHLO' 01", "bad"},
	{"another message", PUBLIC("Q043") "a0 01 0008 'SHLO' 0000 0000", "none"},
	/* what is none of it */
	{"encrypted", PUBLIC("Q043") "5d*40", "none"},
	{"a frame that nobody knows", PUBLIC("Q043") "20 " STREAM, "none"},
	{"acknowledgement of old", PUBLIC("Q033") "00 40 01 05 0001 00 " STREAM_LITTLE, "none"},
	{"nobody waits any more", LONG("Q046") "06 00000001 " STREAM, "none"},
	{"CRYPTO before its time", LONG("Q046") "08 00 2b " CHLO, "none"},
	{"stream longer than the datagram", PUBLIC("Q043") "a0 01 00ff " CHLO, "none"},
	{"nothing behind the header", PUBLIC("Q043"), "none"},
	{"header ends early", "09 " CID8 "'Q043' 01 ee*11", "none"},
	{"public reset", "0b " CID8 "'Q043' 01 " HASH STREAM, "none"},
	{"no version", "08 " CID8 "01 " HASH STREAM, "none"},
	{"a short id", "01 c1 'Q043' 01 " HASH STREAM, "none"},
	{"long header of old", "c3 'Q043' 50 " CID8 "00000001 " HASH STREAM, "none"},
	{"public header of later", PUBLIC("Q046") STREAM, "none"},
	{"Q049", LONG("Q049") STREAM, "none"},
	{"Q000", PUBLIC("Q000") STREAM, "none"},
	{"no number", PUBLIC("Q0:0") STREAM, "none"},
	{"TLS in it", PUBLIC("T043") STREAM, "none"},
	{"nothing", "", "none"},
};

static enum c2_rc read_name(struct c2_rd in, struct c2_tls_hello *hello)
{
	struct c2_rd message;
	enum c2_rc rc = c2_gquic_message_find(in, &message);
	return rc == C2_OK ? c2_gquic_hello_read(message, hello) : rc;
}

static void hello_to_text(const struct c2_tls_hello *hello, char *text)
{
	if (hello->name.len > 0)
		c2_name_to_text(&hello->name, text);
	else
		strcpy(text, hello->has_bad_name ? "bad name" : "-");
}

static void test_datagram(void **state)
{
	static const char *const words[C2_RC_COUNT] = {"ok", "none", "more", "bad"};
	const struct datagram_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_tls_hello hello;
	char text[C2_NAME_TEXT_MAX];
	enum c2_rc rc = read_name(c2_rd_closed(octets.at, octets.len), &hello);
	strcpy(text, words[rc]);
	if (rc == C2_OK) {
		assert_true(hello.is_whole && hello.version == 0 && hello.alpns == 0 && !hello.has_ech);
		hello_to_text(&hello, text);
	}
	assert_string_equal(text, row->want);
	if (rc != C2_NONE)
		assert_true(c2_gquic_begins(octets.at, octets.len));
	octets_free(&octets);
}

/* Every prefix that may go on waits, until the name is there; one that may not is nothing, or a contradiction. */
static void test_datagram_prefixes(void **state)
{
	const struct datagram_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_tls_hello whole, hello;
	enum c2_rc last = C2_MORE;
	if (read_name(c2_rd_closed(octets.at, octets.len), &whole) == C2_OK)
		for (size_t len = 0; len < octets.len; len++) {
			uint8_t *copy = malloc(len + (len == 0));
			memcpy(copy, octets.at, len);
			enum c2_rc rc = read_name(c2_rd_open(copy, len), &hello);
			assert_true(rc == C2_OK || (rc == C2_MORE && last == C2_MORE));
			if (rc == C2_OK)
				assert_true(hello.name.len == whole.name.len && hello.has_bad_name == whole.has_bad_name);
			if (rc == C2_OK && hello.name.len > 0)
				assert_true(c2_name_equal(&hello.name, &whole.name));
			last = rc;
			rc = read_name(c2_rd_closed(copy, len), &hello);
			assert_true(rc != C2_MORE);
			free(copy);
		}
	octets_free(&octets);
}

/* A hello in pieces, as the sealed versions bring it: the name is out before the hello is whole. */
static void test_name_before_the_end(void **state)
{
	(void)state;
	struct octets octets = octets_from("'CHLO' 0200 0000 'SNI' 00 09000000 'VER' 00 0d000000 'a.example' 'Q050'");
	for (size_t len = 0; len <= octets.len; len++) {
		struct c2_tls_hello hello;
		enum c2_rc rc = c2_gquic_hello_read(c2_rd_open(octets.at, len), &hello);
		assert_int_equal(rc, len < octets.len - 4 ? C2_MORE : C2_OK);
		if (rc == C2_OK)
			assert_int_equal(hello.is_whole, len == octets.len);
	}
	octets_free(&octets);
}

struct frame_row {
	const char *name;
	const char *octets;
	const char *want; /* offset+length of each CRYPTO frame, then how it ends */
};

static const struct frame_row frames[] = {
	{"no frames", "", "none"},
	{"crypto", "08 00 03 aabbcc 00*9", "0+3 none"},
	{"crypto twice", "00*3 08 4003 02 aabb 07 08 00 03 aabbcc", "3+2 0+3 none"},
	{"crypto behind an acknowledgement", "40 05 0001 05 00 08 00 01 aa", "0+1 none"},
	{"crypto beyond the frames", "08 00 04 aabbcc", "bad"},
	{"crypto without a length", "08 00", "bad"},
	{"the standard's crypto", "06 00 03 aabbcc", "bad"},
	{"stream", "a0 01 0001 aa", "bad"},
	{"message", "21", "bad"},
	{"acknowledgement cut", "40 05", "bad"},
};

static void test_frames(void **state)
{
	static const char *const words[C2_RC_COUNT] = {"ok", "none", "more", "bad"};
	const struct frame_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_rd view = c2_rd_closed(octets.at, octets.len);
	struct c2_rd piece;
	uint64_t offset;
	char text[256] = "";
	size_t n = 0;
	enum c2_rc rc;
	while ((rc = c2_gquic_crypto_next(&view, &offset, &piece)) == C2_OK)
		n += (size_t)snprintf(text + n, sizeof text - n, "%llu+%zu ", (unsigned long long)offset, c2_rd_left(&piece));
	snprintf(text + n, sizeof text - n, "%s", words[rc]);
	assert_string_equal(text, row->want);
	octets_free(&octets);
}

int main(void)
{
	static struct tests tests;
	static char names[sizeof datagrams / sizeof datagrams[0]][96];
	TESTS_ROWS(&tests, datagrams, test_datagram);
	for (size_t i = 0; i < sizeof datagrams / sizeof datagrams[0]; i++) {
		snprintf(names[i], sizeof names[i], "cut at each octet: %s", datagrams[i].name);
		tests_add(&tests, names[i], test_datagram_prefixes, &datagrams[i]);
	}
	TESTS_ROWS(&tests, frames, test_frames);
	tests_add(&tests, "name before the end", test_name_before_the_end, NULL);
	return tests_run(&tests, "gquic");
}
