/* SPDX-License-Identifier: Apache-2.0 */
/* From the head of a stream to a ClientHello's name: records first, then the hello. RFC 8446 §4.1.2 and §5.1, RFC 6066 §3. */
#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <c2watch/tls.h>

#include <stdio.h>
#include <stdlib.h>

static uint8_t *scratch; /* of exactly the promised size, so that a sanitizer sees one octet too many */

/* Both steps, as the inspector takes them. */
static enum c2_rc read_stream(const uint8_t *octets, size_t len, struct c2_tls_hello *hello)
{
	struct c2_rd message;
	scratch = malloc(C2_TLS_HELLO_MAX + 4);
	enum c2_rc rc = c2_tls_handshake(c2_rd_open(octets, len), C2_TLS_CLIENT_HELLO, scratch, &message);
	if (rc == C2_OK)
		rc = c2_tls_hello_read(message, hello);
	free(scratch);
	return rc;
}

/* What a hello says as one line: name, `bad`, `cut`, `ech`, version, protocols. */
static const char *hello_text(const struct c2_tls_hello *hello)
{
	static char text[C2_NAME_TEXT_MAX + 128];
	char name[C2_NAME_TEXT_MAX] = "-";
	if (hello->name.len > 0)
		c2_name_to_text(&hello->name, name);
	int n = snprintf(text, sizeof text, "%s%s%s%s %04x", name, hello->has_bad_name ? " bad" : "", hello->is_whole ? "" : " cut",
		hello->has_ech ? " ech" : "", hello->version);
	for (unsigned i = 0; i < hello->alpns; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, " %s", hello->alpn[i]);
	return text;
}

struct hello_row {
	const char *name;
	const char *octets; /* of a stream */
	enum c2_rc rc;
	const char *want; /* with C2_OK */
};

#define WWW "'www.example.com'"
#define HELLO_WITH(version, session, compression, rest) RECORD("01 <3 " version " " RANDOM32 " " session " " SUITES " " compression " " rest " >")

/* A hello in two records, and what a stack steps over. */
#define HALF RECORD("01 000047 0303 5a*20")
#define REST RECORD("5a*12 <1 > " SUITES " <1 00 > <2 " SNI(WWW) " >")
#define ALERT "15 0301 <2 0170 >"
#define CHANGE "14 0301 <2 01 >"
#define EMPTY "16 0301 0000"
#define EMPTY_8 EMPTY EMPTY EMPTY EMPTY EMPTY EMPTY EMPTY EMPTY

static const struct hello_row hello_rows[] = {
	/* the name, in each form that has been seen or can be made up */
	{"name", RECORD(HELLO(SNI(WWW))), C2_OK, "www.example.com 0303"},
	{"name in upper case", RECORD(HELLO(SNI("'WWW.Example.COM'"))), C2_OK, "www.example.com 0303"},
	{"name with a dot at its end", RECORD(HELLO(SNI("'www.example.com.'"))), C2_OK, "www.example.com 0303"},
	{"name of a single label", RECORD(HELLO(SNI("'localhost'"))), C2_OK, "localhost 0303"},
	{"name is an address", RECORD(HELLO(SNI("'192.0.2.1'"))), C2_OK, "192.0.2.1 0303"},
	{"name with an underscore", RECORD(HELLO(SNI("'a_b.example'"))), C2_OK, "a_b.example 0303"},
	{"name with a NUL at its end", RECORD(HELLO(SNI("'www.example.com' 00"))), C2_OK, "www.example.com\\000 0303"},
	{"name with UTF-8", RECORD(HELLO(SNI("'b' c3bc 'cher.example'"))), C2_OK, "b\\195\\188cher.example 0303"},
	{"name with a newline and a quote", RECORD(HELLO(SNI("'a' 0a22 'b'"))), C2_OK, "a\\010\"b 0303"},
	{"no name", RECORD(HELLO(VERSIONS)), C2_OK, "- 0304"},
	{"empty name", RECORD(HELLO(SNI(""))), C2_OK, "- 0303"},
	{"empty list", RECORD(HELLO("0000 <2 <2 > >")), C2_OK, "- 0303"},
	{"empty extension, as servers send it", RECORD(HELLO("0000 <2 >")), C2_OK, "- 0303"},
	{"name of two dots is bad", RECORD(HELLO(SNI("'a..b'"))), C2_OK, "- bad 0303"},
	{"name with a label of 64 is bad", RECORD(HELLO(SNI("61*64"))), C2_OK, "- bad 0303"},
	{"name of 300 octets is bad", RECORD(HELLO(SNI("61*63 '.' 61*63 '.' 61*63 '.' 61*63 '.' 61*44"))), C2_OK, "- bad 0303"},
	{"name of 9000 octets is bad", RECORD(HELLO(SNI("61*9000"))), C2_OK, "- bad 0303"},
	/* lists and repetitions: the first host_name stands */
	{"list of two names", RECORD(HELLO("0000 <2 <2 00 <2 'first.example' > 00 <2 'second.example' > > >")), C2_OK, "first.example 0303"},
	{"unknown name type first", RECORD(HELLO("0000 <2 <2 01 <2 'other' > 00 <2 " WWW " > > >")), C2_OK, "www.example.com 0303"},
	{"unknown name type only", RECORD(HELLO("0000 <2 <2 07 <2 'other' > > >")), C2_OK, "- 0303"},
	{"two extensions", RECORD(HELLO(SNI("'first.example'") SNI("'second.example'"))), C2_OK, "first.example 0303"},
	{"an empty extension, then one with a name", RECORD(HELLO("0000 <2 >" SNI(WWW))), C2_OK, "www.example.com 0303"},
	{"a bad name, then a good one: servers read the first", RECORD(HELLO(SNI("'a..b'") SNI(WWW))), C2_OK, "- bad 0303"},
	/* lengths inside the extension that contradict each other */
	{"list longer than its extension", RECORD(HELLO("0000 <2 0014 00 <2 " WWW " > >")), C2_BAD, NULL},
	{"name longer than its list", RECORD(HELLO("0000 <2 <2 00 0010 " WWW " > >")), C2_BAD, NULL},
	{"name of 65535", RECORD(HELLO("0000 <2 <2 00 ffff " WWW " > >")), C2_BAD, NULL},
	{"name length cut", RECORD(HELLO("0000 <2 <2 00 00 > >")), C2_BAD, NULL},
	{"extension longer than the extensions", RECORD(HELLO("0000 0100 <2 00 <2 " WWW " > >")), C2_BAD, NULL},
	{"extension header cut", RECORD(HELLO("0000 00")), C2_BAD, NULL},
	{"a name, then an extension too long", RECORD(HELLO(SNI(WWW) "ffff ffff")), C2_BAD, NULL},
	{"extensions longer than the hello", HELLO_WITH("0303", "<1 >", "<1 00 >", "00ff " SNI(WWW)), C2_BAD, NULL},
	{"octets behind the extensions", HELLO_WITH("0303", "<1 >", "<1 00 >", "<2 " SNI(WWW) " > dead"), C2_OK, "www.example.com 0303"},
	{"octets behind the list", RECORD(HELLO("0000 <2 <2 00 <2 " WWW " > > dead >")), C2_OK, "www.example.com 0303"},
	/* the other extensions */
	{"versions", RECORD(HELLO(VERSIONS SNI(WWW))), C2_OK, "www.example.com 0304"},
	{"versions with grease", RECORD(HELLO("002b <2 <1 fafa 0304 0303 > >")), C2_OK, "- 0304"},
	{"versions of DTLS and of drafts do not count", RECORD(HELLO("002b <2 <1 fefd 7f1c 0303 > >")), C2_OK, "- 0303"},
	{"versions, odd length", RECORD(HELLO("002b <2 <1 0304 03 > >")), C2_BAD, NULL},
	{"versions, longer than the extension", RECORD(HELLO("002b <2 06 0304 >")), C2_BAD, NULL},
	{"versions, none", RECORD(HELLO("002b <2 <1 > >")), C2_OK, "- 0303"},
	{"protocols", RECORD(HELLO(ALPN)), C2_OK, "- 0303 h2 http/1.1"},
	{"protocols, grease among them", RECORD(HELLO("0010 <2 <2 <1 1a1a > <1 'h2' > > >")), C2_OK, "- 0303 h2"},
	{"protocols, an empty one", RECORD(HELLO("0010 <2 <2 <1 > <1 'h2' > > >")), C2_OK, "- 0303 h2"},
	{"protocols, one too long", RECORD(HELLO("0010 <2 <2 <1 61*16 > <1 61*15 > > >")), C2_OK, "- 0303 aaaaaaaaaaaaaaa"},
	{"protocols, with a space", RECORD(HELLO("0010 <2 <2 <1 'h 2' > > >")), C2_OK, "- 0303"},
	{"protocols, five", RECORD(HELLO("0010 <2 <2 <1 'a' > <1 'b' > <1 'c' > <1 'd' > <1 'e' > > >")), C2_OK, "- 0303 a b c d"},
	{"protocols, one longer than the list", RECORD(HELLO("0010 <2 <2 09 'h2' > >")), C2_BAD, NULL},
	{"encrypted hello", RECORD(HELLO(ECH SNI("'public.example.com'"))), C2_OK, "public.example.com ech 0303"},
	{"grease", RECORD(HELLO(GREASE SNI(WWW) "eaea <2 00 >")), C2_OK, "www.example.com 0303"},
	/* the fields before the extensions */
	{"no extensions", HELLO_WITH("0301", "<1 >", "<1 00 >", ""), C2_OK, "- 0301"},
	{"extensions, none", HELLO_WITH("0303", "<1 >", "<1 00 >", "<2 >"), C2_OK, "- 0303"},
	{"SSL 3.0", HELLO_WITH("0300", "<1 >", "<1 00 >", ""), C2_OK, "- 0300"},
	{"version 4", HELLO_WITH("0400", "<1 >", "<1 00 >", ""), C2_BAD, NULL},
	{"DTLS version", HELLO_WITH("fefd", "<1 >", "<1 00 >", ""), C2_BAD, NULL},
	{"session id of 32", HELLO_WITH("0303", "<1 33*32 >", "<1 00 >", "<2 " SNI(WWW) " >"), C2_OK, "www.example.com 0303"},
	{"session id of 33", HELLO_WITH("0303", "<1 33*33 >", "<1 00 >", "<2 " SNI(WWW) " >"), C2_BAD, NULL},
	{"no compression methods", HELLO_WITH("0303", "<1 >", "<1 >", "<2 " SNI(WWW) " >"), C2_OK, "www.example.com 0303"},
	{"hello ends in its random", RECORD("01 <3 0303 5a*31 >"), C2_BAD, NULL},
	{"empty hello", RECORD("01 <3 >"), C2_BAD, NULL},
	{"suites longer than the hello", RECORD("01 <3 0303 " RANDOM32 " 00 ffff 1301 >"), C2_BAD, NULL},
	/* records */
	{"nothing yet", "", C2_MORE, NULL},
	{"record header cut", "16 0301 00", C2_MORE, NULL},
	{"record header only", "16 0301 0100", C2_MORE, NULL},
	{"record of length 0", "16 0301 0000" RECORD(HELLO(SNI(WWW))), C2_BAD, NULL},
	{"record of 2^14+2048", "16 0301 4800 01", C2_MORE, NULL},
	{"record of 2^14+2049", "16 0301 4801 01", C2_BAD, NULL},
	{"record of another major version", "16 0201 <2 " HELLO(SNI(WWW)) " >", C2_NONE, NULL},
	{"any minor version", "16 03ff <2 " HELLO(SNI(WWW)) " >", C2_OK, "www.example.com 0303"},
	{"alert", "15 0301 <2 0228 >", C2_NONE, NULL},
	{"application data", "17 0303 <2 00*64 >", C2_NONE, NULL},
	{"ServerHello", RECORD("02 <3 0303 " RANDOM32 " >"), C2_NONE, NULL},
	{"HTTP", "'GET / HTTP/1.1'", C2_NONE, NULL},
	{"SSLv2 hello", "80 2e 01 0301 0015 0000 0010 00*21 5a*16", C2_NONE, NULL},
	{"three records, cut inside the header", RECORD("01 0000") RECORD("2f 0303 " RANDOM32 " 00" SUITES) RECORD("<1 00 > 0000"), C2_OK, "- 0303"},
	{"another message in the same record", RECORD(HELLO(SNI(WWW)) "0b <3 aabb >"), C2_OK, "www.example.com 0303"},
	{"handshake of 65535", "16 0301 4000 01 00ffff 0303", C2_MORE, NULL},
	{"handshake of 65536", "16 0301 4000 01 010000 0303", C2_BAD, NULL},
	{"handshake of 0xffffff", "16 0301 4000 01 ffffff 0303", C2_BAD, NULL},
	{"handshake of 0xffffff, its length in two records", RECORD("01 ff") RECORD("ffff"), C2_BAD, NULL},
	{"alert inside a hello", HALF ALERT REST, C2_OK, "www.example.com 0303"},
	{"fatal alert inside a hello: not every server heeds it", HALF "15 0301 <2 0228 >" REST, C2_OK, "www.example.com 0303"},
	{"change cipher spec inside a hello", HALF CHANGE REST, C2_OK, "www.example.com 0303"},
	{"empty record inside a hello", HALF EMPTY REST, C2_OK, "www.example.com 0303"},
	{"all of them inside a hello", HALF EMPTY CHANGE ALERT EMPTY REST, C2_OK, "www.example.com 0303"},
	{"32 of them inside a hello", HALF EMPTY_8 EMPTY_8 EMPTY_8 EMPTY_8 REST, C2_OK, "www.example.com 0303"},
	{"33 of them inside a hello", HALF EMPTY_8 EMPTY_8 EMPTY_8 EMPTY_8 ALERT REST, C2_BAD, NULL},
	{"an alert inside a hello, cut", HALF "15 0301 0002 01", C2_MORE, NULL},
	{"an encrypted alert inside a hello", HALF "15 0301 <2 aa*32 >" REST, C2_BAD, NULL},
	{"an alert of level 3 inside a hello", HALF "15 0301 <2 0328 >" REST, C2_BAD, NULL},
	{"a change cipher spec of 2 inside a hello", HALF "14 0301 <2 02 >" REST, C2_BAD, NULL},
	{"application data inside a hello", HALF "17 0301 <2 01 >" REST, C2_BAD, NULL},
	{"alert in front of a hello: the stream goes on behind it", ALERT RECORD(HELLO(SNI(WWW))), C2_NONE, NULL},
	{"waits for the end that its length tells, though no extension is left", RECORD("01 000050 0303 " RANDOM32 " <1 > " SUITES " <1 00 > 0000"),
		C2_MORE, NULL},
	{"waits for the second record", RECORD("01 000030 0303 5a*20"), C2_MORE, NULL},
	{"waits for the second record's header", RECORD("01 000030 0303 5a*20") "16 03", C2_MORE, NULL},
};

static void test_hello(void **state)
{
	const struct hello_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_tls_hello hello;
	assert_int_equal(read_stream(octets.at, octets.len, &hello), row->rc);
	if (row->rc == C2_OK)
		assert_string_equal(hello_text(&hello), row->want);
	octets_free(&octets);
}

/* The handshake octets of `hello` in records of `size` octets each; the caller frees them. */
static uint8_t *cut_into_records(const struct octets *hello, size_t size, size_t *len)
{
	uint8_t *stream = malloc(hello->len * 6 + 16);
	*len = 0;
	for (size_t at = 0; at < hello->len;) {
		size_t n = hello->len - at < size ? hello->len - at : size;
		uint8_t header[5] = {22, 3, 1, (uint8_t)(n >> 8), (uint8_t)n};
		memcpy(stream + *len, header, 5);
		memcpy(stream + *len + 5, hello->at + at, n);
		*len += 5 + n;
		at += n;
	}
	return stream;
}

/* Records of every size up to the hello's: the same answer, and no answer but MORE or the name before the end. */
static void test_record_sizes(void **state)
{
	(void)state;
	struct octets hello = octets_from(HELLO(ALPN VERSIONS SNI(WWW) PADDING(64)));
	for (size_t size = 1; size <= hello.len; size++) {
		size_t len;
		uint8_t *stream = cut_into_records(&hello, size, &len);
		struct c2_tls_hello out;
		assert_int_equal(read_stream(stream, len, &out), C2_OK);
		assert_string_equal(hello_text(&out), "www.example.com 0304 h2 http/1.1");
		for (size_t have = 0; have < len; have++) {
			enum c2_rc rc = read_stream(stream, have, &out);
			assert_true(rc == C2_MORE || rc == C2_OK);
			if (rc == C2_OK && out.name.len > 0)
				assert_string_equal(hello_text(&out), "www.example.com cut 0304 h2 http/1.1");
		}
		free(stream);
	}
	octets_free(&hello);
}

/* The longest hello there may be, in records of one octet and in full ones: it fits the scratch to its last octet. */
static void test_longest_hello(void **state)
{
	(void)state;
	struct octets hello = octets_from(HELLO(PADDING(65428) SNI(WWW)));
	assert_int_equal(hello.len, C2_TLS_HELLO_MAX + 4);
	for (size_t size = 1; size <= 16384; size *= 4) {
		size_t len;
		uint8_t *stream = cut_into_records(&hello, size, &len);
		struct c2_tls_hello out;
		assert_int_equal(read_stream(stream, len, &out), C2_OK);
		assert_string_equal(hello_text(&out), "www.example.com 0303");
		assert_int_equal(read_stream(stream, len - 1, &out), C2_MORE);
		free(stream);
	}
	octets_free(&hello);
}

/* A hello of two segments: the name is out as soon as the half that holds it is there. */
static void test_two_segments(void **state)
{
	(void)state;
	struct octets first = octets_from(RECORD(HELLO(SNI(WWW) KEY_SHARE(1216) VERSIONS)));
	struct octets last = octets_from(RECORD(HELLO(VERSIONS KEY_SHARE(1216) SNI(WWW))));
	struct c2_tls_hello hello;
	assert_int_equal(read_stream(first.at, 700, &hello), C2_OK);
	assert_string_equal(hello_text(&hello), "www.example.com cut 0000");
	assert_int_equal(read_stream(last.at, 700, &hello), C2_MORE);
	assert_int_equal(read_stream(last.at, last.len, &hello), C2_OK);
	assert_string_equal(hello_text(&hello), "www.example.com 0304");
	octets_free(&first);
	octets_free(&last);
}

/* Records that are stepped over, whole and at every prefix. */
struct stray_row {
	const char *name;
	const char *octets;
	enum c2_rc rc;
	size_t len;
};

static const struct stray_row stray_rows[] = {
	{"stray: warning", ALERT, C2_OK, 7},
	{"stray: fatal alert", "15 0303 <2 0228 >", C2_OK, 7},
	{"stray: change cipher spec", CHANGE, C2_OK, 6},
	{"stray: empty record", EMPTY, C2_OK, 5},
	{"stray: something behind it", ALERT "aa", C2_OK, 7},
	{"stray: any minor version", "14 03ff <2 01 >", C2_OK, 6},
	{"stray: a message", RECORD("01"), C2_NONE, 0},
	{"stray: encrypted alert", "15 0303 <2 aa*32 >", C2_NONE, 0},
	{"stray: level 0", "15 0303 <2 0028 >", C2_NONE, 0},
	{"stray: level 3", "15 0303 <2 0328 >", C2_NONE, 0},
	{"stray: two changes", "14 0303 <2 0101 >", C2_NONE, 0},
	{"stray: a change of 0", "14 0303 <2 00 >", C2_NONE, 0},
	{"stray: empty application data", "17 0303 0000", C2_NONE, 0},
	{"stray: another major version", "15 0203 <2 0170 >", C2_NONE, 0},
	{"stray: nothing", "", C2_MORE, 0},
};

static void test_stray(void **state)
{
	const struct stray_row *row = *state;
	struct octets octets = octets_from(row->octets);
	size_t len;
	assert_int_equal(c2_tls_stray_read(c2_rd_open(octets.at, octets.len), &len), row->rc);
	for (size_t have = 0; row->rc == C2_OK && have < row->len; have++)
		assert_int_equal(c2_tls_stray_read(c2_rd_open(octets.at, have), &len), C2_MORE);
	if (row->rc == C2_OK) {
		c2_tls_stray_read(c2_rd_open(octets.at, octets.len), &len);
		assert_int_equal(len, row->len);
	}
	octets_free(&octets);
}

/* Hellos in SSL 2.0's form, whole and at every prefix. */
struct v2_row {
	const char *name;
	const char *octets;
	enum c2_rc rc;
	uint16_t version;
};

static const struct v2_row v2_rows[] = {
	{"v2: of TLS 1.0", "802e 01 0301 0015 0000 0010 00*21 5a*16", C2_OK, 0x0301},
	{"v2: of SSL 2.0 itself", "801c 01 0002 0003 0000 0010 010080 5a*16", C2_OK, 0x0002},
	{"v2: with a session", "802c 01 0300 0003 0010 0010 010080 33*16 5a*16", C2_OK, 0x0300},
	{"v2: a challenge of 32", "802c 01 0303 0003 0000 0020 010080 5a*32", C2_OK, 0x0303},
	{"v2: something behind it", "801c 01 0301 0003 0000 0010 010080 5a*16 1603", C2_OK, 0x0301},
	{"v2: the length of three octets", "002e00 01 0301 0015 0000 0010 00*21 5a*16", C2_NONE, 0},
	{"v2: a server's", "801c 04 0301 0003 0000 0010 010080 5a*16", C2_NONE, 0},
	{"v2: of version 4", "801c 01 0401 0003 0000 0010 010080 5a*16", C2_NONE, 0},
	{"v2: no suites", "8019 01 0301 0000 0000 0010 5a*16", C2_NONE, 0},
	{"v2: suites of two octets", "801b 01 0301 0002 0000 0010 0100 5a*16", C2_NONE, 0},
	{"v2: a session of 8", "8024 01 0301 0003 0008 0010 010080 33*8 5a*16", C2_NONE, 0},
	{"v2: a challenge of 15", "801b 01 0301 0003 0000 000f 010080 5a*15", C2_NONE, 0},
	{"v2: a challenge of 33", "802d 01 0301 0003 0000 0021 010080 5a*33", C2_NONE, 0},
	{"v2: a length that does not add up", "801d 01 0301 0003 0000 0010 010080 5a*17", C2_NONE, 0},
	{"v2: a record of TLS", RECORD(HELLO(SNI(WWW))), C2_NONE, 0},
};

static void test_v2(void **state)
{
	const struct v2_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_tls_hello hello;
	assert_int_equal(c2_tls_hello_v2_read(c2_rd_open(octets.at, octets.len), &hello), row->rc);
	if (row->rc == C2_OK) {
		size_t whole = 2 + (size_t)octets.at[1];
		assert_int_equal(hello.version, row->version);
		assert_true(hello.is_whole && hello.name.len == 0 && hello.alpns == 0 && !hello.has_ech && !hello.has_bad_name);
		for (size_t have = 0; have < whole; have++)
			assert_int_equal(c2_tls_hello_v2_read(c2_rd_open(octets.at, have), &hello), C2_MORE);
	}
	octets_free(&octets);
}

/* What may begin a ClientHello, octet by octet. */
struct begins_row {
	const char *name;
	const char *octets;
	bool begins;
};

static const struct begins_row begins_rows[] = {
	{"begins: nothing", "", false},
	{"begins: one octet", "16", true},
	{"begins: another record type", "17", false},
	{"begins: major version", "16 03", true},
	{"begins: another major version", "16 02", false},
	{"begins: TLS 1.0", "16 0301", true},
	{"begins: version 3.5", "16 0305", false},
	{"begins: length", "16 0301 02", true},
	{"begins: length too long", "16 0301 49", false},
	{"begins: ClientHello", "16 0301 0200 01", true},
	{"begins: ServerHello", "16 0301 0200 02", false},
	{"begins: handshake length", "16 0301 0200 01 00", true},
	{"begins: handshake length too long", "16 0301 0200 01 01", false},
	{"begins: a first record of one octet", "16 0301 0001 01 16 0301 0001 00", true},
};

static void test_begins(void **state)
{
	const struct begins_row *row = *state;
	struct octets octets = octets_from(row->octets);
	assert_int_equal(c2_tls_hello_begins(octets.at, octets.len), row->begins);
	octets_free(&octets);
}

/* Whatever the reader takes for a hello, or for the beginning of one, begins like one. */
static void test_begins_agrees(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof hello_rows / sizeof hello_rows[0]; i++) {
		const struct hello_row *row = &hello_rows[i];
		struct octets octets = octets_from(row->octets);
		if (row->rc == C2_OK && octets.at[2] <= 4)
			for (size_t len = 1; len <= octets.len; len++)
				assert_true(c2_tls_hello_begins(octets.at, len));
		octets_free(&octets);
	}
}

/* The reader of the message alone, which QUIC's CRYPTO frames will feed as well. */
static void test_message_alone(void **state)
{
	(void)state;
	struct octets octets = octets_from(HELLO(SNI(WWW)));
	struct c2_tls_hello hello;
	assert_int_equal(c2_tls_hello_read(c2_rd_closed(octets.at, octets.len), &hello), C2_OK);
	assert_true(hello.is_whole);
	assert_int_equal(c2_tls_hello_read(c2_rd_closed(octets.at, octets.len - 1), &hello), C2_BAD);
	octets.at[0] = 2;
	assert_int_equal(c2_tls_hello_read(c2_rd_closed(octets.at, octets.len), &hello), C2_NONE);
	octets_free(&octets);
}

int main(void)
{
	static struct tests tests;
	TESTS_ROWS(&tests, hello_rows, test_hello);
	tests_add(&tests, "records of every size", test_record_sizes, NULL);
	tests_add(&tests, "the longest hello", test_longest_hello, NULL);
	tests_add(&tests, "two segments, the name in either", test_two_segments, NULL);
	TESTS_ROWS(&tests, stray_rows, test_stray);
	TESTS_ROWS(&tests, v2_rows, test_v2);
	TESTS_ROWS(&tests, begins_rows, test_begins);
	tests_add(&tests, "begins: agrees with the reader", test_begins_agrees, NULL);
	tests_add(&tests, "a message without records", test_message_alone, NULL);
	return tests_run(&tests, "tls");
}
