/* SPDX-License-Identifier: Apache-2.0 */
/* From the head of a server's stream to what its hello chose. RFC 8446 §4.1.3, RFC 5246 §7.4.1.3. */
#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <c2watch/tls.h>

#include <stdio.h>
#include <stdlib.h>

/* Both steps, as the inspector takes them. */
static enum c2_rc read_stream(const uint8_t *octets, size_t len, struct c2_tls_server_hello *hello)
{
	struct c2_rd message;
	uint8_t *scratch = malloc(C2_TLS_HELLO_MAX + 4);
	enum c2_rc rc = c2_tls_handshake(c2_rd_open(octets, len), C2_TLS_SERVER_HELLO, scratch, &message);
	if (rc == C2_OK)
		rc = c2_tls_server_hello_read(message, hello);
	free(scratch);
	return rc;
}

/* What a hello says as one line: version, cipher, `retry`, protocol. */
static const char *hello_text(const struct c2_tls_server_hello *hello)
{
	static char text[64];
	snprintf(text, sizeof text, "%04x %04x%s%s%s", hello->version, hello->cipher, hello->is_retry ? " retry" : "",
		hello->alpn[0] != '\0' ? " " : "", hello->alpn);
	return text;
}

struct server_row {
	const char *name;
	const char *octets; /* of a stream */
	enum c2_rc rc;
	const char *want; /* with C2_OK */
};

#define BODY(version, session, rest) RECORD("02 <3 " version " " RANDOM32 " " session " c02f 00 " rest " >")
#define WITH(extensions) BODY("0303", "<1 >", "<2 " extensions " >")
#define CHOSEN(protocol) WITH("0010 <2 <2 <1 " protocol " > > >")

static const struct server_row rows[] = {
	{"TLS 1.3", RECORD(SERVER_HELLO_13), C2_OK, "0304 1301"},
	{"a draft of it", WITH("002b <2 7f1c >"), C2_OK, "7f1c c02f"},
	{"another hello is asked for", RECORD(SERVER_RETRY), C2_OK, "0304 1301 retry"},
	{"a random that begins like that", RECORD("02 <3 0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339d <1 > 1301 00 >"),
		C2_OK, "0303 1301"},
	{"TLS 1.2", RECORD(SERVER_HELLO), C2_OK, "0303 c02f"},
	{"TLS 1.2, said twice", WITH("002b <2 0303 >"), C2_OK, "0303 c02f"},
	{"no extensions", BODY("0301", "<1 >", ""), C2_OK, "0301 c02f"},
	{"extensions, none", WITH(""), C2_OK, "0303 c02f"},
	{"SSL 3.0", BODY("0300", "<1 33*32 >", ""), C2_OK, "0300 c02f"},
	{"a protocol", CHOSEN("'h2'"), C2_OK, "0303 c02f h2"},
	{"a protocol of 15 octets", CHOSEN("61*15"), C2_OK, "0303 c02f aaaaaaaaaaaaaaa"},
	{"a protocol of 16 octets", CHOSEN("61*16"), C2_OK, "0303 c02f"},
	{"a protocol with a space", CHOSEN("'h 2'"), C2_OK, "0303 c02f"},
	{"an empty protocol", CHOSEN(""), C2_OK, "0303 c02f"},
	{"no protocol", WITH("0010 <2 <2 > >"), C2_OK, "0303 c02f"},
	{"a protocol longer than its list", WITH("0010 <2 0003 05 'h2' >"), C2_OK, "0303 c02f"},
	{"octets behind the extensions", BODY("0303", "<1 >", "<2 0017 <2 > > dead"), C2_OK, "0303 c02f"},
	{"other messages behind it", RECORD(SERVER_HELLO SERVER_DONE), C2_OK, "0303 c02f"},
	{"three records", RECORD("02 0000") RECORD("26 0303 " RANDOM32) RECORD("00 c02f 00"), C2_OK, "0303 c02f"},
	{"an alert between its records", RECORD("02 0000") "15 0303 <2 0170 >" RECORD("26 0303 " RANDOM32 " 00 c02f 00"), C2_OK, "0303 c02f"},
	{"a version of one octet", WITH("002b <2 03 >"), C2_BAD, NULL},
	{"session id of 33", BODY("0303", "<1 33*33 >", ""), C2_BAD, NULL},
	{"version 4", BODY("0400", "<1 >", ""), C2_BAD, NULL},
	{"extensions longer than the hello", BODY("0303", "<1 >", "0100 0017 <2 >"), C2_BAD, NULL},
	{"an extension longer than the extensions", WITH("0017 0001"), C2_BAD, NULL},
	{"an extension's header cut", WITH("0017 00"), C2_BAD, NULL},
	{"ends in its random", RECORD("02 <3 0303 5a*31 >"), C2_BAD, NULL},
	{"ends behind the cipher", RECORD("02 <3 0303 " RANDOM32 " <1 > c02f >"), C2_BAD, NULL},
	{"empty", RECORD("02 <3 >"), C2_BAD, NULL},
	{"ClientHello", RECORD(HELLO(SNI("'www.example.com'"))), C2_NONE, NULL},
	{"alert", "15 0303 <2 0228 >", C2_NONE, NULL},
	{"application data", "17 0303 <2 00*64 >", C2_NONE, NULL},
	{"nothing yet", "", C2_MORE, NULL},
	{"a version, and then it is cut", "16 0303 0040 02 00003c 0303 " RANDOM32 " 00 1301 00 0030 002b <2 0304 >", C2_MORE, NULL},
};

static void test_hello(void **state)
{
	const struct server_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_tls_server_hello hello;
	assert_int_equal(read_stream(octets.at, octets.len, &hello), row->rc);
	if (row->rc == C2_OK)
		assert_string_equal(hello_text(&hello), row->want);
	octets_free(&octets);
}

int main(void)
{
	static struct tests tests;
	TESTS_ROWS(&tests, rows, test_hello);
	return tests_run(&tests, "tls_server");
}
