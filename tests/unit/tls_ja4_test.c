/* SPDX-License-Identifier: Apache-2.0 */
/* JA4: the published examples, then each part of the fingerprint by itself. What is not published was computed with sha256sum from its plain form. */
#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <c2watch/tls.h>

struct ja4_row {
	const char *name;
	const char *octets; /* of the message */
	char transport;
	enum c2_rc rc;
	const char *want; /* with C2_OK */
};

/* A browser's hello, in the order that it sent it in. */
#define BROWSER(suites, extensions) "01 <3 0303 " RANDOM32 " <1 33*32 > <2 " suites " > <1 00 > <2 " extensions " > >"
#define BROWSER_SUITES "2a2a 1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035"
#define ALGORITHMS "000d <2 <2 0403 0804 0401 0503 0805 0501 0806 0601 > > "
#define EMPTY(type) type " <2 > "
#define ALWAYS                                                                                     \
	EMPTY("001b")                                                                              \
	SNI("'www.example.com'")                                                                   \
	EMPTY("0033")                                                                              \
	ALPN " 4469 <2 <2 > > " EMPTY("0017") EMPTY("002d") ALGORITHMS EMPTY("0005") EMPTY("0023") \
		EMPTY("0012") " 002b <2 <1 3a3a 0304 0303 > > " EMPTY("ff01") EMPTY("000b") EMPTY("000a")

#define BARE(version, suites, rest) "01 <3 " version " " RANDOM32 " <1 > <2 " suites " > <1 00 > " rest " >"
#define NOTHING "_000000000000_000000000000"

/* The body of a hello of DTLS. */
#define DTLS(version, suites, rest) version " " RANDOM32 " <1 > <1 cc*20 > <2 " suites " > <1 00 > " rest

static const struct ja4_row rows[] = {
	/* published with the method: the one of its description, with padding, and of a later version of the same browser, with ECH */
	{"example with padding", BROWSER(BROWSER_SUITES, GREASE ALWAYS PADDING(9) "fafa <2 00 >"), 't', C2_OK,
		"t13d1516h2_8daaf6152771_e5627efa2ab1"},
	{"example with ECH", BROWSER(BROWSER_SUITES, GREASE ALWAYS ECH "fafa <2 00 >"), 't', C2_OK, "t13d1516h2_8daaf6152771_02713d6af862"},
	{"shuffled, it is the same", BROWSER("0035 002f 1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d", ECH ALWAYS), 't', C2_OK,
		"t13d1516h2_8daaf6152771_02713d6af862"},
	{"over QUIC", BROWSER(BROWSER_SUITES, ALWAYS ECH), 'q', C2_OK, "q13d1516h2_8daaf6152771_02713d6af862"},
	/* versions */
	{"TLS 1.2", BARE("0303", "", ""), 't', C2_OK, "t12i000000" NOTHING},
	{"TLS 1.1", BARE("0302", "", ""), 't', C2_OK, "t11i000000" NOTHING},
	{"TLS 1.0", BARE("0301", "", ""), 't', C2_OK, "t10i000000" NOTHING},
	{"SSL 3.0", BARE("0300", "", ""), 't', C2_OK, "ts3i000000" NOTHING},
	{"a version that nobody knows", BARE("0399", "", ""), 't', C2_OK, "t00i000000" NOTHING},
	{"the versions offered count, not the header's", BARE("0303", "", "<2 002b <2 <1 0302 0301 > > >"), 't', C2_OK,
		"t11i000100_000000000000_b9a491fefe05"},
	/* the first protocol's ends */
	{"protocol of one letter", BARE("0303", "", "<2 0010 <2 <2 <1 'x' > > > >"), 't', C2_OK, "t12i0001xx" NOTHING},
	{"protocol http/1.1", BARE("0303", "", "<2 0010 <2 <2 <1 'http/1.1' > <1 'h2' > > > >"), 't', C2_OK, "t12i0001h1" NOTHING},
	{"protocol of no letter", BARE("0303", "", "<2 0010 <2 <2 <1 ab > > > >"), 't', C2_OK, "t12i0001ab" NOTHING},
	{"protocol that ends with no letter", BARE("0303", "", "<2 0010 <2 <2 <1 30 31 ab cd > > > >"), 't', C2_OK, "t12i00013d" NOTHING},
	{"protocol with no letter inside", BARE("0303", "", "<2 0010 <2 <2 <1 30 ab cd 31 > > > >"), 't', C2_OK, "t12i000101" NOTHING},
	{"empty protocol", BARE("0303", "", "<2 0010 <2 <2 <1 > > > >"), 't', C2_OK, "t12i000100" NOTHING},
	{"no protocol", BARE("0303", "", "<2 0010 <2 <2 > > >"), 't', C2_OK, "t12i000100" NOTHING},
	/* names and counts */
	{"a server name that is none is there all the same", BARE("0303", "", "<2 " SNI("'a..b'") " >"), 't', C2_OK, "t12d000100" NOTHING},
	{"256 suites count as 99", BARE("0303", "00*512", ""), 't', C2_OK, "t12i990000_81ea2045ee4d_000000000000"},
	{"GREASE among the suites", BARE("0303", "0a0a 1a1a 002f fafa", ""), 't', C2_OK, "t12i010000_ba72b8082249_000000000000"},
	{"not quite GREASE", BARE("0303", "0a1a", ""), 't', C2_OK, "t12i010000_88e6b19cedce_000000000000"},
	{"GREASE among the algorithms", BARE("0303", "", "<2 000d <2 <2 1a1a 0403 > > >"), 't', C2_OK, "t12i000100_000000000000_79c50902419d"},
	/* DTLS: its versions count downwards, and a cookie stands before the suites */
	{"DTLS 1.0", DTLS("feff", "", ""), 'd', C2_OK, "dd1i000000" NOTHING},
	{"DTLS 1.2", DTLS("fefd", "", ""), 'd', C2_OK, "dd2i000000" NOTHING},
	{"DTLS 1.3", DTLS("fefd", "", "<2 002b <2 <1 fefc fefd > > >"), 'd', C2_OK, "dd3i000100_000000000000_b9a491fefe05"},
	{"DTLS 1.3, the oldest first", DTLS("fefd", "", "<2 002b <2 <1 feff 3a3a fefd fefc > > >"), 'd', C2_OK,
		"dd3i000100_000000000000_b9a491fefe05"},
	{"DTLS 1.2 among the versions offered", DTLS("fefd", "", "<2 002b <2 <1 feff fefd > > >"), 'd', C2_OK,
		"dd2i000100_000000000000_b9a491fefe05"},
	{"DTLS 1.1, which there is none of", DTLS("fefe", "", ""), 'd', C2_OK, "d00i000000" NOTHING},
	{"DTLS of OpenSSL before 0.9.8f", DTLS("0100", "", ""), 'd', C2_OK, "d00i000000" NOTHING},
	{"DTLS 1.3 with name, algorithms and protocol",
		DTLS("fefd", "c02f 0a0a 1301 1302",
			"<2 002b <2 <1 fefc fefd > > " SNI("'www.example.com'") " 000d <2 <2 0403 0804 > > 0010 <2 <2 <1 'webrtc' > > > >"),
		'd', C2_OK, "dd3d0304wc_40b44b994229_ef5f37ab036a"},
	{"DTLS without a cookie", "fefd " RANDOM32 " <1 > <1 > <2 c02f 1301 1302 > <1 00 >", 'd', C2_OK, "dd2i030000_40b44b994229_000000000000"},
	{"DTLS, but no room for a cookie", "fefd " RANDOM32 " <1 > <2 1301 1302 > <1 00 >", 'd', C2_BAD, NULL},
	{"DTLS, cut", "fefd " RANDOM32 " <1 > 09 cc*8", 'd', C2_BAD, NULL},
	/* what has none */
	{"257 suites", BARE("0303", "00*514", ""), 't', C2_NONE, NULL},
	{"257 algorithms", BARE("0303", "", "<2 000d <2 <2 00*514 > > >"), 't', C2_NONE, NULL},
	{"another message", SERVER_HELLO, 't', C2_NONE, NULL},
	{"not whole", "01 000100 0303", 't', C2_MORE, NULL},
	{"nothing yet", "", 't', C2_MORE, NULL},
	{"odd suites", BARE("0303", "00*3", ""), 't', C2_BAD, NULL},
	{"algorithms longer than their extension", BARE("0303", "", "<2 000d <2 0004 0403 > >"), 't', C2_BAD, NULL},
	{"protocol longer than its list", BARE("0303", "", "<2 0010 <2 <2 09 'h2' > > >"), 't', C2_BAD, NULL},
	{"extension longer than the extensions", BARE("0303", "", "<2 0005 0009 00 >"), 't', C2_BAD, NULL},
};

static void test_ja4(void **state)
{
	const struct ja4_row *row = *state;
	struct octets octets = octets_from(row->octets);
	char text[C2_TLS_JA4_CAP] = "untouched";
	if (row->transport == 'd') {
		for (size_t len = 0; len <= octets.len; len++)
			assert_int_equal(c2_dtls_ja4(c2_rd_open(octets.at, len), text), C2_MORE);
		assert_int_equal(c2_dtls_ja4(c2_rd_closed(octets.at, octets.len), text), row->rc);
	} else {
		assert_int_equal(c2_tls_ja4(c2_rd_open(octets.at, octets.len), row->transport, text), row->rc);
	}
	assert_string_equal(text, row->rc == C2_OK ? row->want : "untouched");
	octets_free(&octets);
}

int main(void)
{
	static struct tests tests;
	TESTS_ROWS(&tests, rows, test_ja4);
	return tests_run(&tests, "ja4");
}
