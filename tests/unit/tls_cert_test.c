/* SPDX-License-Identifier: Apache-2.0 */
/* From the head of a server's stream to the names of its certificate. RFC 5246 §7.4.2, RFC 5280 §4. */
#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <c2watch/tls.h>

#include <stdio.h>
#include <stdlib.h>

/* Both steps, as the inspector takes them. The scratch is of exactly the promised size, so that a sanitizer sees one octet too many. */
static enum c2_rc read_stream(const uint8_t *octets, size_t len, struct c2_tls_certificate *certificate)
{
	struct c2_rd flight;
	uint8_t *scratch = malloc(C2_TLS_FLIGHT_MAX);
	enum c2_rc rc = c2_tls_flight(c2_rd_open(octets, len), scratch, &flight);
	if (rc == C2_OK)
		rc = c2_tls_certificate_read(flight, certificate);
	free(scratch);
	return rc;
}

/* What a certificate says as one line: version, `subject`, names. */
static const char *certificate_text(const struct c2_tls_certificate *certificate)
{
	static char text[C2_TLS_CERTIFICATE_NAMES_MAX * C2_NAME_TEXT_MAX];
	char name[C2_NAME_TEXT_MAX];
	int n = snprintf(text, sizeof text, "%04x%s", certificate->version, certificate->is_subject ? " subject" : "");
	for (unsigned i = 0; i < certificate->names; i++) {
		c2_name_to_text(&certificate->name[i], name);
		n += snprintf(text + n, sizeof text - (size_t)n, " %s", name);
	}
	return text;
}

struct cert_row {
	const char *name;
	const char *octets; /* of a stream */
	enum c2_rc rc;
	const char *want; /* with C2_OK */
};

#define SHOWN(certificate) RECORD(SERVER_HELLO) RECORD(CERTIFICATES(certificate))
#define ALT(names) SHOWN(DER_CERTIFICATE("", DER_ALT_NAMES(names)))
#define SUBJECT(subject) SHOWN(DER_CERTIFICATE(subject, ""))
#define SUBJECT_NAMED(name) SUBJECT(DER_CN("'" name "'"))
#define WWW "'www.example.com'"
#define DNS4 DER_DNS("'a.b'") DER_DNS("'a.b'") DER_DNS("'a.b'") DER_DNS("'a.b'")
#define HELLO_13(version) "02 <3 0303 " RANDOM32 " <1 33*32 > 1301 00 <2 0033 <2 001d <2 77*32 > > 002b <2 " version " > > > "
#define ENTER "30 82 <2 "

static const struct cert_row rows[] = {
	/* alternative names */
	{"one", ALT(DER_DNS(WWW)), C2_OK, "0303 www.example.com"},
	{"a wildcard keeps its label", ALT(DER_DNS("'*.Example.COM'")), C2_OK, "0303 *.example.com"},
	{"other forms are left out", ALT("81 <1 'a@b.example' > " DER_DNS(WWW) "87 <1 c0000201 > 86 <1 'http://x.example/' >"), C2_OK,
		"0303 www.example.com"},
	{"with a NUL inside", ALT(DER_DNS("'www.example.com' 00 '.evil.example'")), C2_OK, "0303 www.example.com\\000.evil.example"},
	{"what is no name is left out", ALT(DER_DNS("'a..b'") DER_DNS("") DER_DNS("61*64") DER_DNS(WWW)), C2_OK, "0303 www.example.com"},
	{"sixteen and one", ALT(DNS4 DNS4 DNS4 DER_DNS("'a.b'") DER_DNS("'a.b'") DER_DNS("'a.b'") DER_DNS("'last.b'") DER_DNS("'late.b'")), C2_OK,
		"0303 a.b a.b a.b a.b a.b a.b a.b a.b a.b a.b a.b a.b a.b a.b a.b last.b"},
	{"a critical extension, behind others",
		SHOWN(DER_CERTIFICATE("", "a3 82 <2 " ENTER ENTER "06 <1 551d0f > 04 <1 03 > > " ENTER
					  "06 <1 551d11 > 01 <1 ff > 04 <1 30 <1 " DER_DNS(WWW) "> > > > >")),
		C2_OK, "0303 www.example.com"},
	{"behind the unique identifiers", SHOWN(DER_CERTIFICATE("", "81 <1 00 > 82 <1 00 > " DER_ALT_NAMES(DER_DNS(WWW)))), C2_OK,
		"0303 www.example.com"},
	{"they stand before the subject's", SHOWN(DER_CERTIFICATE(DER_CN("'cn.example'"), DER_ALT_NAMES(DER_DNS(WWW)))), C2_OK,
		"0303 www.example.com"},
	{"a version 1 certificate", SHOWN(ENTER ENTER "02 <1 01 > 30 <1 > 30 <1 > 30 <1 > " ENTER DER_CN(WWW) "> 30 <1 > > >"), C2_OK,
		"0303 subject www.example.com"},
	/* the subject's */
	{"common name", SUBJECT_NAMED("www.example.com"), C2_OK, "0303 subject www.example.com"},
	{"common name with a wildcard", SUBJECT_NAMED("*.example.com"), C2_OK, "0303 subject *.example.com"},
	{"common name for want of a DNS name", SHOWN(DER_CERTIFICATE(DER_CN(WWW), DER_ALT_NAMES("87 <1 c0000201 >"))), C2_OK,
		"0303 subject www.example.com"},
	{"the last common name of two", SUBJECT(DER_CN("'one.example'") DER_CN("'two.example'")), C2_OK, "0303 subject two.example"},
	{"among other attributes", SUBJECT("31 <1 30 <1 06 <1 550406 > 13 <1 'NL' > > > " DER_CN(WWW)), C2_OK, "0303 subject www.example.com"},
	{"two in a set", SUBJECT("31 <1 30 <1 06 <1 550406 > 13 <1 'NL' > > 30 <1 06 <1 550403 > 0c <1 'b.example' > > >"), C2_OK,
		"0303 subject b.example"},
	{"a person's", SUBJECT_NAMED("Jan Jansen"), C2_NONE, NULL},
	{"a label alone", SUBJECT_NAMED("localhost"), C2_NONE, NULL},
	{"an address", SUBJECT_NAMED("192.0.2.1"), C2_NONE, NULL},
	{"a wildcard inside", SUBJECT_NAMED("a.*.example"), C2_NONE, NULL},
	{"a mail address", SUBJECT_NAMED("a@b.example"), C2_NONE, NULL},
	{"an empty one", SUBJECT_NAMED(""), C2_NONE, NULL},
	{"two dots", SUBJECT_NAMED("a..b"), C2_NONE, NULL},
	{"no subject", SUBJECT(""), C2_NONE, NULL},
	/* DER that is none */
	{"indefinite length", SHOWN("30 80 30 80 0000 0000"), C2_BAD, NULL},
	{"length of four octets", SHOWN("30 84 00000000"), C2_BAD, NULL},
	{"length beyond the certificate", SHOWN("30 82 1000 30 00"), C2_BAD, NULL},
	{"tag of two octets", SHOWN(ENTER "3f 21 00 >"), C2_BAD, NULL},
	{"no sequence", SHOWN("31 <1 >"), C2_BAD, NULL},
	{"cut behind a tag", SHOWN("30"), C2_BAD, NULL},
	{"no certificate", SHOWN(""), C2_BAD, NULL},
	{"ends before the subject", SHOWN(ENTER ENTER "02 <1 01 > 30 <1 > > >"), C2_BAD, NULL},
	{"subject is no sequence", SHOWN(ENTER ENTER "02 <1 01 > 30 <1 > 30 <1 > 30 <1 > 31 <1 > 30 <1 > > >"), C2_BAD, NULL},
	{"empty set", SUBJECT("31 <1 >"), C2_BAD, NULL},
	{"attribute without a value", SUBJECT("31 <1 30 <1 06 <1 550403 > > >"), C2_BAD, NULL},
	{"extension's value is no octet string", SHOWN(DER_CERTIFICATE("", "a3 <1 30 <1 30 <1 06 <1 551d11 > 05 <1 > > > >")), C2_BAD, NULL},
	{"extension without an identifier", SHOWN(DER_CERTIFICATE("", "a3 <1 30 <1 30 <1 > > >")), C2_BAD, NULL},
	{"name longer than the names", ALT("82 09 'www'"), C2_BAD, NULL},
	/* TLS around it */
	{"one record", RECORD(SERVER_HELLO CERTIFICATES(ALT_CERTIFICATE)), C2_OK, "0303 www.example.com *.example.net"},
	{"the certificate is whole, its issuer's is not", RECORD(SERVER_HELLO "0b 000400 0003fd <3 " ALT_CERTIFICATE " > 000300 30"), C2_OK,
		"0303 www.example.com *.example.net"},
	{"TLS 1.3", RECORD(HELLO_13("0304")), C2_NONE, NULL},
	{"a draft of it", RECORD(HELLO_13("7f1c")), C2_NONE, NULL},
	{"TLS 1.2, said twice", RECORD(HELLO_13("0303") CERTIFICATES(ALT_CERTIFICATE)), C2_OK, "0303 www.example.com *.example.net"},
	{"SSL 3.0", RECORD("02 <3 0300 " RANDOM32 " <1 > 0035 00 >" CERTIFICATES(ALT_CERTIFICATE)), C2_OK, "0300 www.example.com *.example.net"},
	{"resumed", RECORD(SERVER_HELLO) "14 0303 <2 01 >", C2_NONE, NULL},
	{"without a certificate", RECORD(SERVER_HELLO "0c <3 00 >"), C2_NONE, NULL},
	{"an empty list", RECORD(SERVER_HELLO "0b <3 <3 > >"), C2_NONE, NULL},
	{"cut by an alert", RECORD(SERVER_HELLO) RECORD("0b 0001") "15 0303 <2 0228 >", C2_BAD, NULL},
	{"list longer than its message", RECORD(SERVER_HELLO "0b <3 000100 <3 3000 > >"), C2_BAD, NULL},
	{"certificate longer than its list", RECORD(SERVER_HELLO "0b <3 <3 000100 3000 > >"), C2_BAD, NULL},
	{"certificate of 0xffffff", RECORD(SERVER_HELLO "0b ffffff fffffc fffff9 30"), C2_MORE, NULL},
	{"version 4", RECORD("02 <3 0400 " RANDOM32 " <1 > 0035 00 >"), C2_BAD, NULL},
	{"session id of 33", RECORD("02 <3 0303 " RANDOM32 " <1 33*33 > 0035 00 >"), C2_BAD, NULL},
	{"hello ends in its random", RECORD("02 <3 0303 5a*31 >"), C2_BAD, NULL},
	{"extension longer than the extensions", RECORD("02 <3 0303 " RANDOM32 " <1 > 0035 00 <2 0000 0100 > >"), C2_BAD, NULL},
	{"ClientHello", RECORD(HELLO(SNI(WWW))), C2_NONE, NULL},
	{"application data", "17 0303 <2 00*64 >", C2_NONE, NULL},
	{"empty record", "16 0303 0000", C2_BAD, NULL},
	{"empty record behind the hello", RECORD(SERVER_HELLO) "16 0303 0000", C2_NONE, NULL},
	{"nothing yet", "", C2_MORE, NULL},
	{"the hello alone", RECORD(SERVER_HELLO), C2_MORE, NULL},
};

static void test_certificate(void **state)
{
	const struct cert_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_tls_certificate certificate;
	assert_int_equal(read_stream(octets.at, octets.len, &certificate), row->rc);
	if (row->rc == C2_OK)
		assert_string_equal(certificate_text(&certificate), row->want);
	octets_free(&octets);
}

/* Records of every size, so that each border falls everywhere. */
static void test_record_sizes(void **state)
{
	(void)state;
	struct octets messages = octets_from(SERVER_HELLO CERTIFICATES(ALT_CERTIFICATE));
	uint8_t *stream = malloc(messages.len * 6);
	for (size_t size = 1; size <= messages.len; size++) {
		size_t len = 0;
		for (size_t at = 0; at < messages.len; at += size) {
			size_t n = messages.len - at < size ? messages.len - at : size;
			const uint8_t header[5] = {22, 3, 3, (uint8_t)(n >> 8), (uint8_t)n};
			memcpy(stream + len, header, 5);
			memcpy(stream + len + 5, messages.at + at, n);
			len += 5 + n;
		}
		struct c2_tls_certificate certificate;
		assert_true(c2_tls_server_begins(stream, len));
		assert_int_equal(read_stream(stream, len, &certificate), C2_OK);
		assert_string_equal(certificate_text(&certificate), "0303 www.example.com *.example.net");
	}
	free(stream);
	octets_free(&messages);
}

/* More than there is room for: what is beyond is not there. */
static void test_longest_flight(void **state)
{
	(void)state;
	struct octets hello = octets_from(RECORD(SERVER_HELLO "0b 020000 01fffd 01fffa"));
	const size_t len = hello.len + 5 * (5 + 16384);
	uint8_t *stream = calloc(len, 1);
	memcpy(stream, hello.at, hello.len);
	for (size_t at = hello.len; at < len; at += 5 + 16384)
		memcpy(stream + at, (const uint8_t[]){22, 3, 3, 0x40, 0}, 5);
	struct c2_tls_certificate certificate;
	assert_int_equal(read_stream(stream, hello.len + 3 * (5 + 16384), &certificate), C2_MORE);
	assert_int_equal(read_stream(stream, len, &certificate), C2_BAD);
	free(stream);
	octets_free(&hello);
}

struct begins_row {
	const char *name;
	const char *octets;
	bool begins;
};

static const struct begins_row begins_rows[] = {
	{"begins: nothing", "", false},
	{"begins: too short to tell", "16 0303 0040", false},
	{"begins: ServerHello", "16 0303 0040 02", true},
	{"begins: ServerHello's length", "16 0303 0040 02 00", true},
	{"begins: ServerHello's length too long", "16 0303 0040 02 01", false},
	{"begins: ClientHello", "16 0301 0040 01", false},
	{"begins: application data", "17 0303 0040 02", false},
	{"begins: another major version", "16 0203 0040 02", false},
	{"begins: version 3.5", "16 0305 0040 02", false},
	{"begins: record too long", "16 0303 4900 02", false},
	{"begins: a first record of one octet", "16 0303 0001 02 16", true},
};

static void test_begins(void **state)
{
	const struct begins_row *row = *state;
	struct octets octets = octets_from(row->octets);
	assert_int_equal(c2_tls_server_begins(octets.at, octets.len), row->begins);
	octets_free(&octets);
}

int main(void)
{
	static struct tests tests;
	TESTS_ROWS(&tests, rows, test_certificate);
	TESTS_ROWS(&tests, begins_rows, test_begins);
	tests_add(&tests, "records of every size", test_record_sizes, NULL);
	tests_add(&tests, "the longest flight", test_longest_flight, NULL);
	return tests_run(&tests, "certificate");
}
