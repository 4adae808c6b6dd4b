/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/2 in the clear: HPACK with the examples of RFC 7541 appendix C, and what the first request of a connection says of where it goes. RFC 9113. */
#include "wire/hpack.h"

#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <c2watch/http.h>

#include <stdio.h>
#include <stdlib.h>

#define BLOCKS_MAX 3

/* Blocks of one connection, and the fields in them: a name where it matters, and the value. */
struct hpack_row {
	const char *name;
	const char *octets[BLOCKS_MAX];
	const char *want[BLOCKS_MAX];
};

#define DATE1 "Mon, 21 Oct 2013 20:13:21 GMT"
#define DATE2 "Mon, 21 Oct 2013 20:13:22 GMT"
#define COOKIE "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"
#define REQUEST1 "method=GET other= other= authority=www.example.com end"
#define REQUEST2 "method=GET other= other= authority=www.example.com other=no-cache end"
#define REQUEST3 "method=GET other= other= authority=www.example.com other=custom-value end"
#define RESPONSE1 "other=302 other=private other=" DATE1 " other=https://www.example.com end"
#define RESPONSE2 "other=307 other=private other=" DATE1 " other=https://www.example.com end"
#define RESPONSE3 "other= other=private other=" DATE2 " other=https://www.example.com other=gzip other=" COOKIE " end"

static const struct hpack_row hpacks[] = {
	/* RFC 7541 appendix C */
	{"C.1.2, an integer of three octets", {"3f 9a0a 82"}, {"method=GET end"}},
	{"C.2.1, with indexing", {"40 0a 'custom-key' 0d 'custom-header' be"}, {"other=custom-header other=custom-header end"}},
	{"C.2.2, without indexing", {"04 0c '/sample/path' be"}, {"other=/sample/path bad"}},
	{"C.2.3, never indexed", {"10 08 'password' 06 'secret' be"}, {"other=secret bad"}},
	{"C.2.4, indexed", {"82"}, {"method=GET end"}},
	{"C.3, requests", {"828684 41 0f 'www.example.com'", "828684be 58 08 'no-cache'", "828785bf 40 0a 'custom-key' 0c 'custom-value'"},
		{REQUEST1, REQUEST2, REQUEST3}},
	{"C.4, requests in Huffman's code",
		{"828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"},
		{REQUEST1, REQUEST2, REQUEST3}},
	{"C.5, responses, entries making room",
		{"48 03 '302' 58 07 'private' 61 1d '" DATE1 "' 6e 17 'https://www.example.com'", "48 03 '307' c1c0bf",
			"88c1 61 1d '" DATE2 "' c0 5a 04 'gzip' 77 38 '" COOKIE "'"},
		{RESPONSE1, RESPONSE2, RESPONSE3}},
	{"C.6, responses in Huffman's code",
		{"488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3", "4883640effc1c0bf",
			"88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5"
			"2"
			"91f9587316065c003ed4ee5b1063d5007"},
		{RESPONSE1, RESPONSE2, RESPONSE3}},
	/* names */
	{"names in full", {"00 0a ':authority' 01 'a' 00 04 'host' 01 'b' 00 07 ':method' 03 'PUT' 00 09 ':protocol' 01 'w'"},
		{"authority=a host=b method=PUT protocol=w end"}},
	{"a name in Huffman's code, kept", {"40 88 b83b5339ec327d7f 87 1ae5f23a6ba0bf be"}, {"authority=a.example authority=a.example end"}},
	{"host by its index", {"66 01 'b' be"}, {"host=b host=b end"}},
	{"a static field without a value", {"81 83 a6"}, {"authority= method=POST host= end"}},
	{"names that are longer, shorter, or in capitals", {"00 0b ':authorityx' 00 00 03 'hos' 00 00 04 'Host' 00 00 00 00"},
		{"other= other= other= other= end"}},
	/* lies */
	{"nothing", {""}, {"end"}},
	{"index 0", {"80"}, {"bad"}},
	{"an index behind the static table", {"be"}, {"bad"}},
	{"a name's index behind the static table", {"7f 00 01 'a'"}, {"bad"}},
	{"an integer without end", {"ff ff ff ff ff ff 0f"}, {"bad"}},
	{"an integer cut", {"ff ff"}, {"bad"}},
	{"a string longer than the block", {"41 0f 'www'"}, {"bad"}},
	{"a string of 2^28 octets", {"41 7f 81 ff ff 7f"}, {"bad"}},
	{"a value missing", {"41"}, {"bad"}},
	{"the end's mark in a string", {"41 84 ffffffff 82"}, {"authority=(bad) method=GET end"}},
	{"filled up with zeros", {"41 81 18"}, {"authority=(bad) end"}},
	{"filled up with an octet too many", {"41 82 1fff"}, {"authority=(bad) end"}},
	{"an empty string in Huffman's code", {"41 80"}, {"authority= end"}},
	{"a string longer than is read", {"41 7f 82 07 61*1025"}, {"authority=(long) end"}},
};

static void hpack_text(struct hpack *hpack, char *text)
{
	static const char *const names[] = {"other", "authority", "host", "method", "protocol"};
	static const char *const ends[C2_RC_COUNT] = {"ok", "end", "more", "bad"};
	struct hpack_field field;
	enum c2_rc rc;
	while ((rc = hpack_next(hpack, &field)) == C2_OK) {
		uint8_t value[1024];
		size_t len;
		enum c2_rc read = hpack_text_read(&field.value, value, sizeof value, &len);
		if (read == C2_OK)
			text += sprintf(text, "%s=%.*s ", names[field.name], (int)len, (const char *)value);
		else
			text += sprintf(text, "%s=(%s) ", names[field.name], read == C2_NONE ? "long" : "bad");
	}
	strcpy(text, ends[rc]);
	assert_int_equal(hpack_next(hpack, &field), rc);
}

static void test_hpack(void **state)
{
	const struct hpack_row *row = *state;
	struct hpack hpack = {.added = 0};
	struct octets octets[BLOCKS_MAX] = {{0}}; /* the table leads back into them */
	for (int i = 0; i < BLOCKS_MAX && row->octets[i] != NULL; i++) {
		char text[4096];
		octets[i] = octets_from(row->octets[i]);
		hpack.rd = c2_rd_closed(octets[i].at, octets[i].len);
		hpack_text(&hpack, text);
		assert_string_equal(text, row->want[i]);
	}
	for (int i = 0; i < BLOCKS_MAX; i++)
		octets_free(&octets[i]);
}

/* Every octet once, in Huffman's code. */
static void test_every_octet(void **state)
{
	(void)state;
	struct octets octets =
		octets_from("41 ffc803 "
			    "ffc7fffd8fffffe2fffffe3fffffe4fffffe5fffffe6fffffe7fffffe8ffffeafffffff3fffffa7fffffabffffffdfffffebfffffecfffffedfffffe"
			    "efffffefffffff0ffffff1ffffff2fffffffbfffffcffffffd3fffffd7fffffdbfffffdffffffe3fffffe7fffffebfffffed4fe3f9ffaffcabf1febf"
			    "afefe7fdfd2cbb00089969b71d79fb9f7fff20ffbff3ff50ddbd7f061c58f265cd9f469d5af66dddbf871e5f9cff7ff7fffc3ff9ffe45fff4719242c"
			    "b34e6e9d68a6a3d7dac426defe3cfaf7fffbfe7ffbffdffffffcfffe6ffff4bfff9ffffa3fffd3ffff53fffd5ffffb3fffeb7fffdaffffb7ffff73ff"
			    "feeffffdeffffebffffbfffffd9ffffdbfffebffffe0ffffeeffffc3ffff8bffff1ffffe4fffee7fffb1ffff97fffd9ffffcdffff9fffffbffffdaff"
			    "feeffff4ffffb7fffee7fffe8ffffd3fffdeffffd5fffeeffffbdffffe1fffdfffff7fffff5ffffecffff07fff87fffe0ffff17fffedffff87ffff77"
			    "fffeffffeaffff8bfffe3ffff93ffff87fffcbffff37ffff1fffff83ffffe1fffebfffe3ffff3fffff2ffffa3ffffd9fffff17ffffc7fffff27ffffd"
			    "efffffbffffff2fffff8fffffb7fff97fff8fffffe6fffffc1fffff87ffffe7fffffc5ffffe5fffe4ffff2fffffd1fffff4ffffffefffffe3fffffc9"
			    "fffff97fffb3ffffcffffb7fffcdffff4ffff9ffffd1ffffcffffeaffffafffffddffffeffffff4fffff5fffffabffffa7ffffd7fffff9bffffecfff"
			    "ffb7fffff3fffffe8fffffd3fffffabfffff5fffffff7ffffecfffffdbfffffbbfffff7ffffff0fffffbbf");
	struct hpack hpack = {.rd = c2_rd_closed(octets.at, octets.len)};
	struct hpack_field field;
	uint8_t value[256];
	size_t len;
	assert_int_equal(hpack_next(&hpack, &field), C2_OK);
	assert_int_equal(hpack_text_read(&field.value, value, sizeof value, &len), C2_OK);
	assert_int_equal(len, 256);
	for (unsigned i = 0; i < 256; i++)
		assert_int_equal(value[i], i);
	assert_int_equal(hpack_text_read(&field.value, value, 255, &len), C2_NONE);
	octets_free(&octets);
}

/* The table holds the newest 128 entries, whatever came before. */
static void test_table(void **state)
{
	(void)state;
	uint8_t block[300 * 3 + 4];
	size_t len = 0;
	for (unsigned i = 0; i < 300; i++, len += 3)
		memcpy(block + len, (const uint8_t[]){0x41, 1, (uint8_t)('A' + i % 26)}, 3);
	const struct {
		uint8_t octets[2];
		int value;
	} rows[] = {{{0xbe, 0x82}, 'A' + 299 % 26}, {{0xff, 62}, 'A' + 172 % 26}, {{0xff, 63}, -1}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hpack hpack = {.added = 0};
		struct hpack_field field;
		memcpy(block + len, rows[i].octets, 2);
		hpack.rd = c2_rd_closed(block, len + 2);
		for (unsigned n = 0; n < 300; n++)
			assert_int_equal(hpack_next(&hpack, &field), C2_OK);
		assert_int_equal(hpack_next(&hpack, &field), rows[i].value < 0 ? C2_BAD : C2_OK);
		if (rows[i].value >= 0)
			assert_int_equal(field.value.octets[0], rows[i].value);
	}
}

struct request_row {
	const char *name;
	const char *octets;
	const char *want;
};

#define GET_EXAMPLE "828684 41 0f 'www.example.com'"
#define HEAD(len, block) H2_PREFACE H2_SETTINGS H2_FRAME(len, "01", "05", "00000001", block)

static const struct request_row requests[] = {
	{"a request", HEAD("000014", GET_EXAMPLE), "ok target=www.example.com head"},
	{"with a port", HEAD("000009", "41 07 'a.b:443'"), "ok target=a.b head"},
	{"with userinfo", HEAD("000008", "41 06 'u:p@ab'"), "ok target=ab head"},
	{"in capitals", HEAD("000005", "41 03 'A.B'"), "ok target=a.b head"},
	{"to an address", HEAD("00000b", "41 09 '192.0.2.1'"), "ok target=192.0.2.1 head"},
	{"to no name", HEAD("000006", "41 04 'a..b'"), "ok bad head"},
	{"by its host field alone", HEAD("000004", "82 66 01 'h'"), "ok host=h head"},
	{"by its host field, the authority being empty", HEAD("000005", "82 81 66 01 'h'"), "ok host=h head"},
	{"the authority goes before the host field", HEAD("000006", "41 01 'a' 66 01 'h'"), "ok target=a head"},
	{"of two authorities the first", HEAD("000006", "41 01 'a' 41 01 'b'"), "ok target=a head"},
	{"nowhere", HEAD("000001", "82"), "ok head"},
	{"CONNECT", HEAD("00000c", "02 07 'CONNECT' 41 01 'a'"), "ok connect target=a head"},
	{"CONNECT for a WebSocket", HEAD("000019", "02 07 'CONNECT' 41 01 'a' 00 09 ':protocol' 01 'w'"), "ok target=a head"},
	{"an authority longer than is read", HEAD("000406", "41 7f 8207 61*1025 82"), "ok bad head"},
	/* frames */
	{"frames before it",
		H2_PREFACE H2_SETTINGS H2_FRAME("000004", "08", "00", "00000000", "00010000") H2_FRAME("000005", "02", "00", "00000003",
			"00000000 0f") H2_FRAME("000002", "ff", "ff", "00000000", "abcd") H2_FRAME("000003", "01", "04", "00000001", "41 01 'a'"),
		"ok target=a head"},
	{"padded, with a priority", H2_PREFACE H2_SETTINGS H2_FRAME("00000b", "01", "2c", "00000001", "02 00000000 0f 41 01 'a' 0000"),
		"ok target=a head"},
	{"continued twice, once with nothing",
		H2_PREFACE H2_SETTINGS H2_FRAME("000002", "01", "00", "00000001", "41 02") H2_FRAME("000000", "09", "00", "00000001", "")
			H2_FRAME("000002", "09", "04", "00000001", "'ab'"),
		"ok target=ab head"},
	{"a block that is longer than is read", HEAD("004400", "41 01 'a' 82*17405"), "ok target=a head"},
	{"the last field cut off by that", HEAD("004400", "41 01 'a' 82*16380 66 01 'h' 82*1022"), "ok target=a head"},
	{"no SETTINGS first", H2_PREFACE H2_FRAME("000003", "01", "04", "00000001", "41 01 'a'"), "bad"},
	{"SETTINGS of a stream", H2_PREFACE H2_FRAME("000000", "04", "00", "00000001", ""), "bad"},
	{"a request on stream 0", H2_PREFACE H2_SETTINGS H2_FRAME("000003", "01", "04", "00000000", "41 01 'a'"), "bad"},
	{"data before it", H2_PREFACE H2_SETTINGS H2_FRAME("000001", "00", "00", "00000001", "00"), "bad"},
	{"a continuation of nothing", H2_PREFACE H2_SETTINGS H2_FRAME("000001", "09", "04", "00000001", "82"), "bad"},
	{"continued on another stream",
		H2_PREFACE H2_SETTINGS H2_FRAME("000002", "01", "00", "00000001", "41 02") H2_FRAME("000002", "09", "04", "00000003", "'ab'"), "bad"},
	{"continued by another frame",
		H2_PREFACE H2_SETTINGS H2_FRAME("000002", "01", "00", "00000001", "41 02") H2_FRAME("000000", "04", "00", "00000000", ""), "bad"},
	{"more padding than frame", H2_PREFACE H2_SETTINGS H2_FRAME("000002", "01", "0c", "00000001", "02 82"), "bad"},
	{"a priority cut", H2_PREFACE H2_SETTINGS H2_FRAME("000004", "01", "24", "00000001", "00000000"), "bad"},
	{"a block that is none", HEAD("000004", "41 01 'a' 80"), "bad"},
	/* its end */
	{"not all at hand", H2_PREFACE H2_SETTINGS "000014 01 05 00000001 828684 41 0f 'www.example.co'", "more"},
	{"a frame of 16 MB", H2_PREFACE H2_SETTINGS "ffffff 01 05 00000001 41 01 'a'", "more"},
	{"continuation to come", H2_PREFACE H2_SETTINGS H2_FRAME("000003", "01", "00", "00000001", "41 01 'a'"), "more"},
	{"the preface", H2_PREFACE, "more"},
	{"nothing", "", "more"},
	{"HTTP/1", "'POST / HTTP/1.1' 0d0a", "none"},
	{"nearly the preface", "'PRI * HTTP/2.0' 0d0a0d0a 'SN'", "none"},
};

static void request_text(enum c2_rc rc, const struct c2_http_request *request, char *text)
{
	static const char *const results[C2_RC_COUNT] = {"ok", "none", "more", "bad"};
	char name[C2_NAME_TEXT_MAX];
	text += sprintf(text, "%s", results[rc]);
	if (rc != C2_OK)
		return;
	text += sprintf(text, "%s", request->is_connect ? " connect" : "");
	if (request->target.len > 0 && c2_name_to_text(&request->target, name) > 0)
		text += sprintf(text, " target=%s", name);
	if (request->host.len > 0 && c2_name_to_text(&request->host, name) > 0)
		text += sprintf(text, " host=%s", name);
	sprintf(text, "%s%s", request->has_bad_name ? " bad" : "", request->is_whole ? " head" : "");
}

static void test_request(void **state)
{
	static uint8_t scratch[C2_HTTP2_BLOCK_MAX];
	const struct request_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_http_request request;
	char text[2048];
	request_text(c2_http2_request_read(c2_rd_open(octets.at, octets.len), scratch, &request), &request, text);
	assert_string_equal(text, row->want);
	octets_free(&octets);
}

int main(void)
{
	static struct tests tests;
	TESTS_ROWS(&tests, hpacks, test_hpack);
	tests_add(&tests, "every octet", test_every_octet, NULL);
	tests_add(&tests, "the newest entries", test_table, NULL);
	TESTS_ROWS(&tests, requests, test_request);
	return tests_run(&tests, "http2");
}
