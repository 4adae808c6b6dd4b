/* SPDX-License-Identifier: Apache-2.0 */
/* DTLS: from a datagram to the fragments of a ClientHello, and what its body says. RFC 6347, RFC 9147. */
#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <c2watch/dtls.h>
#include <c2watch/tls.h>

#include <stdio.h>
#include <stdlib.h>

#define BODY(version, extensions) version " " RANDOM32 " <1 > <1 cc*20 > " SUITES " <1 00 > <2 " extensions " > "
#define DTLS_RECORD(octets) "16 fefd 0000 000000000000 <2 " octets " > "
#define PART(len, sequence, offset, octets) "01 " len " " sequence " " offset " <3 " octets " > "

struct fragment_row {
	const char *name;
	const char *octets;
	const char *want; /* sequence, offset, length and message's length of each fragment, then how it ends */
};

static const struct fragment_row fragments[] = {
	{"a fragment", DTLS_RECORD(PART("000010", "0000", "000000", "aa*8")), "0@0+8/16 end"},
	{"a second hello", DTLS_RECORD(PART("000010", "0001", "000008", "aa*8")), "1@8+8/16 end"},
	{"two in a record", DTLS_RECORD(PART("000010", "0000", "000000", "aa*8") PART("000010", "0000", "000008", "bb*8")), "0@0+8/16 0@8+8/16 end"},
	{"two records", DTLS_RECORD(PART("000010", "0000", "000008", "aa*8")) DTLS_RECORD(PART("000010", "0000", "000000", "bb*8")),
		"0@8+8/16 0@0+8/16 end"},
	{"an empty fragment", DTLS_RECORD(PART("000010", "0000", "000000", "")), "0@0+0/16 end"},
	{"an empty record", "16 fefd 0000 000000000000 0000 " DTLS_RECORD(PART("000004", "0000", "000000", "aa*4")), "0@0+4/4 end"},
	{"another message", DTLS_RECORD("02 000004 0000 000000 <3 aa*4 >"), "end"},
	{"another record behind", DTLS_RECORD(PART("000004", "0000", "000000", "aa*4")) "14 fefd 0000 000000000001 0001 01", "0@0+4/4 end"},
	{"a record of the next epoch", "16 fefd 0001 000000000000 <2 " PART("000004", "0000", "000000", "aa*4") ">", "end"},
	{"TLS", "16 0301 0000 000000000000 <2 " PART("000004", "0000", "000000", "aa*4") ">", "end"},
	{"a fragment beyond its message", DTLS_RECORD(PART("000004", "0000", "000001", "aa*4")), "bad"},
	{"a fragment that begins beyond its message", DTLS_RECORD(PART("000004", "0000", "000005", "")), "bad"},
	{"a fragment longer than its record", DTLS_RECORD("01 000010 0000 000000 000010 aa*8"), "bad"},
	{"a record longer than its datagram", "16 fefd 0000 000000000000 0020 01 000004 0000 000000 000004 aa*4", "bad"},
	{"a record too long for any", "16 fefd 0000 000000000000 ffff 01", "bad"},
	{"nothing", "", "end"},
};

static void test_fragments(void **state)
{
	static const char *const ends[C2_RC_COUNT] = {"ok", "end", "more", "bad"};
	const struct fragment_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_rd in = c2_rd_closed(octets.at, octets.len);
	struct c2_rd record = c2_rd_closed(octets.at, 0);
	struct c2_dtls_fragment fragment;
	char text[256];
	size_t n = 0;
	enum c2_rc rc;
	while ((rc = c2_dtls_fragment_read(&in, &record, &fragment)) == C2_OK)
		n += (size_t)snprintf(text + n, sizeof text - n, "%u@%u+%zu/%u ", fragment.sequence, fragment.offset, c2_rd_left(&fragment.octets),
			fragment.message_len);
	snprintf(text + n, sizeof text - n, "%s", ends[rc]);
	assert_string_equal(text, row->want);
	octets_free(&octets);
}

/* Cut anywhere, open or closed: it ends, and no fragment has octets that are not there. */
static void test_fragments_cut(void **state)
{
	const struct fragment_row *row = *state;
	struct octets octets = octets_from(row->octets);
	for (size_t len = 0; len < octets.len; len++)
		for (int open = 0; open < 2; open++) {
			uint8_t *copy = malloc(len + (len == 0));
			memcpy(copy, octets.at, len);
			struct c2_rd in = open ? c2_rd_open(copy, len) : c2_rd_closed(copy, len);
			struct c2_rd record = c2_rd_closed(copy, 0);
			struct c2_dtls_fragment fragment;
			unsigned count = 0;
			while (c2_dtls_fragment_read(&in, &record, &fragment) == C2_OK) {
				assert_true(
					fragment.octets.end <= copy + len && fragment.offset + c2_rd_left(&fragment.octets) <= fragment.message_len);
				count++;
			}
			assert_true(count <= 2);
			free(copy);
		}
	octets_free(&octets);
}

struct hello_row {
	const char *name;
	const char *octets;
	enum c2_rc rc;
	const char *host;
	unsigned version;
};

static const struct hello_row hellos_of[] = {
	{"1.2", BODY("fefd", SNI("'www.example.com'")), C2_OK, "www.example.com", 0xfefd},
	{"1.0", BODY("feff", SNI("'www.example.com'")), C2_OK, "www.example.com", 0xfeff},
	{"1.3", BODY("fefd", "002b <2 <1 fefc fefd > > " SNI("'www.example.com'")), C2_OK, "www.example.com", 0xfefc},
	{"versions of TLS are none of its own", BODY("fefd", "002b <2 <1 0304 > > " SNI("'a.example'")), C2_OK, "a.example", 0xfefd},
	{"no name", BODY("fefd", ALPN), C2_OK, "", 0xfefd},
	{"no extensions", "fefd " RANDOM32 " <1 > <1 > " SUITES " <1 00 >", C2_OK, "", 0xfefd},
	{"TLS", BODY("0303", SNI("'a.example'")), C2_BAD, "", 0},
	{"without a cookie", "fefd " RANDOM32 " <1 > " SUITES " <1 00 >", C2_BAD, "", 0},
};

static void test_hello(void **state)
{
	const struct hello_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_tls_hello hello;
	char text[C2_NAME_TEXT_MAX] = "";
	enum c2_rc rc = c2_dtls_hello_read(c2_rd_closed(octets.at, octets.len), &hello);
	assert_int_equal(rc, row->rc);
	if (rc == C2_OK) {
		if (hello.name.len > 0)
			c2_name_to_text(&hello.name, text);
		assert_string_equal(text, row->host);
		assert_int_equal(hello.version, row->version);
		for (size_t len = 0; len < octets.len; len++) {
			rc = c2_dtls_hello_read(c2_rd_open(octets.at, len), &hello);
			assert_true(rc == C2_MORE || (rc == C2_OK && hello.name.len > 0));
		}
	}
	octets_free(&octets);
}

static void test_begins(void **state)
{
	(void)state;
	static const struct {
		const char *octets;
		bool begins;
	} rows[] = {{DTLS_RECORD(PART("000004", "0000", "000000", "aa*4")), true}, {DTLS_RECORD("02 000004 0000 000000 <3 aa*4 >"), false},
		{"16 fefd 0000", false}, {"16 0303 0000 000000000000 0010 01", false}, {"16 fefd 0001 000000000000 0010 01", false},
		{"17 fefd 0000 000000000000 0010 01", false}, {"", false}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct octets octets = octets_from(rows[i].octets);
		assert_int_equal(c2_dtls_begins(octets.at, octets.len), rows[i].begins);
		octets_free(&octets);
	}
}

int main(void)
{
	static struct tests tests;
	static char names[sizeof fragments / sizeof fragments[0]][96];
	TESTS_ROWS(&tests, fragments, test_fragments);
	for (size_t i = 0; i < sizeof fragments / sizeof fragments[0]; i++) {
		snprintf(names[i], sizeof names[i], "cut at each octet: %s", fragments[i].name);
		tests_add(&tests, names[i], test_fragments_cut, &fragments[i]);
	}
	TESTS_ROWS(&tests, hellos_of, test_hello);
	tests_add(&tests, "begins", test_begins, NULL);
	return tests_run(&tests, "dtls");
}
