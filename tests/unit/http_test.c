/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1 requests: where they go, where they end, and what is none. RFC 9112, RFC 9110 §7.2. */
#include "octets.h"
#include "table.h"

#include <c2watch/http.h>

#include <stdio.h>
#include <stdlib.h>

#define END "0d0a 0d0a"
#define NL " 0d0a "
#define GET "'GET / HTTP/1.1'" NL

struct request_row {
	const char *name;
	const char *octets;
	const char *want;
};

static const struct request_row requests[] = {
	/* forms of the target, RFC 9112 §3.2 */
	{"origin form", GET "'Host: www.example.com'" END, "ok host=www.example.com head"},
	{"absolute form", "'GET http://www.example.com/x HTTP/1.1'" NL "'Host: www.example.com'" END,
		"ok target=www.example.com host=www.example.com head"},
	{"absolute form, another host", "'GET http://a.example:8080/ HTTP/1.1'" NL "'Host: b.example'" END,
		"ok target=a.example host=b.example head"},
	{"absolute form without a path", "'GET http://a.example HTTP/1.1'" END, "ok target=a.example head"},
	{"absolute form with a query right away", "'GET http://a.example?x=http://b.example HTTP/1.1'" END, "ok target=a.example head"},
	{"absolute form of another scheme", "'GET ftp://a.example/f HTTP/1.1'" END, "ok target=a.example head"},
	{"absolute form with userinfo", "'GET http://user:pass@a.example/ HTTP/1.1'" END, "ok target=a.example head"},
	{"absolute form with userinfo that looks like a host", "'GET http://good.example@x@a.example/ HTTP/1.1'" END, "ok target=a.example head"},
	{"a URL in the query is no target", "'GET /?u=http://a.example/ HTTP/1.1'" NL "'Host: b.example'" END, "ok host=b.example head"},
	{"asterisk form", "'OPTIONS * HTTP/1.1'" NL "'Host: a.example'" END, "ok host=a.example head"},
	{"CONNECT", "'CONNECT a.example:443 HTTP/1.1'" END, "ok connect target=a.example head"},
	{"CONNECT with a host field", "'CONNECT a.example:443 HTTP/1.1'" NL "'Host: b.example'" END,
		"ok connect target=a.example host=b.example head"},
	{"CONNECT to an address of IPv6", "'CONNECT [2001:db8::1]:443 HTTP/1.1'" END, "ok connect target=2001:db8::1 head"},
	{"a lower-case method is a method", "'get / http/1.1'" NL "'host: a.example'" END, "ok host=a.example head"},
	{"any token is a method", "'M-SEARCH!#$ * HTTP/1.1'" NL "'Host: a.example'" END, "ok host=a.example head"},
	{"HTTP/1.0 without a host", "'GET / HTTP/1.0'" END, "ok head"},
	{"blanks in a target", "'GET /a b c HTTP/1.1'" NL "'Host: a.example'" END, "ok host=a.example head"},
	/* forms of the host */
	{"host with a port", GET "'Host: a.example:8080'" END, "ok host=a.example head"},
	{"host with a dot at its end", GET "'Host: A.Example.'" END, "ok host=a.example head"},
	{"host between blanks", GET "'Host:' 09 20 'a.example' 20 09" END, "ok host=a.example head"},
	{"host without a blank", GET "'Host:a.example'" END, "ok host=a.example head"},
	{"host, a blank before the colon", GET "'Host : a.example'" END, "ok host=a.example head"},
	{"host, last of the fields", GET "'Accept: */*'" NL "'hOsT: a.example'" END, "ok host=a.example head"},
	{"two hosts", GET "'Host: a.example'" NL "'Host: b.example'" END, "ok host=a.example other=b.example head"},
	{"the same host twice", GET "'Host: a.example'" NL "'Host: A.example:80'" END, "ok host=a.example head"},
	{"three hosts: two", GET "'Host: a.example'" NL "'Host: A.example'" NL "'Host: b.example'" NL "'Host: c.example'" END,
		"ok host=a.example other=b.example head"},
	{"two hosts, the second none", GET "'Host: a.example'" NL "'Host: b..c'" END, "ok host=a.example bad head"},
	{"another version", "'GET / HTTP/2.0'" NL "'Host: a.example'" END, "ok host=a.example head"},
	{"a version that is none", "'GET / HTTP/x.0'" NL "'Host: a.example'" END, "none"},
	{"an empty host", GET "'Host:'" END, "ok head"},
	{"a host that is none", GET "'Host: a..b'" END, "ok bad head"},
	{"an address of IPv6 as host", GET "'Host: [::1]:80'" END, "ok host=::1 head"},
	{"a field that ends like host", GET "'X-Host: a.example'" END, "ok head"},
	{"a host folded to the next line", GET "'Host:'" NL "20 'a.example'" END, "ok host=a.example head"},
	{"another field's fold that looks like a host", GET "'X: y'" NL "20 'Host: a.example'" NL "'Host: b.example'" END, "ok host=b.example head"},
	{"a line without a colon", GET "'nonsense'" NL "'Host: a.example'" END, "ok host=a.example head"},
	{"bare line feeds", "'GET / HTTP/1.1' 0a 'Host: a.example' 0a0a", "ok host=a.example head"},
	{"empty lines in front", "0d0a 0d0a 0a" GET "'Host: a.example'" END, "ok host=a.example head"},
	/* where it ends, RFC 9112 §6 */
	{"a body", GET "'Content-Length: 17'" END "'GET / HTTP/1.1'", "ok head body=17"},
	{"a body, the same length twice", GET "'Content-Length: 17'" NL "'Content-Length: 17'" END, "ok head body=17"},
	{"a body, two lengths", GET "'Host: a.example'" NL "'Content-Length: 17'" NL "'Content-Length: 18'" END, "ok host=a.example head endless"},
	{"a negative length", GET "'Content-Length: -1'" NL "'Host: a.example'" END, "ok host=a.example head endless"},
	{"an empty length", GET "'Content-Length:'" END, "ok head endless"},
	{"a length beyond all", GET "'Content-Length: 99999999999999999999999'" END, "ok head endless"},
	{"the longest length", GET "'Content-Length: 1844674407370955160'" END, "ok head body=1844674407370955160"},
	{"chunks", GET "'Transfer-Encoding: gzip, Chunked'" END, "ok head chunks"},
	{"chunks and a length: chunks", GET "'Content-Length: 17'" NL "'Transfer-Encoding: chunked'" END, "ok head chunks"},
	{"a coding without an end", GET "'Transfer-Encoding: gzip'" END, "ok head endless"},
	/* not at hand, or no request */
	{"nothing", "", "more"},
	{"half a method", "'GE'", "more"},
	{"half a line", "'GET / HT'", "more"},
	{"a line", GET, "more"},
	{"a host without its line's end", GET "'Host: a.exam'", "more"},
	{"a host, the next octet missing", GET "'Host: a.example'" NL, "more"},
	{"a host, the head not whole", GET "'Host: a.example'" NL "'X'", "ok host=a.example"},
	{"a target, the head not whole", "'GET http://a.example/ HTTP/1.1'" NL, "ok target=a.example"},
	{"SSH", "'SSH-2.0-OpenSSH_9.2'" NL, "none"},
	{"SMTP", "'EHLO client.example'" NL, "none"},
	{"SIP", "'INVITE sip:bob@example.com SIP/2.0'" NL, "none"},
	{"RTSP", "'OPTIONS rtsp://a.example/s RTSP/1.0'" NL, "none"},
	{"a response", "'HTTP/1.1 200 OK'" NL, "none"},
	{"HTTP/2 with prior knowledge", "'PRI * HTTP/2.0'" END "'SM'" END, "none"},
	{"HTTP/0.9", "'GET /'" NL, "none"},
	{"TLS", "16 0301 0200 01", "none"},
	{"a method of a thousand letters", "41*1000", "none"},
};

static void request_text(enum c2_rc rc, const struct c2_http_request *request, size_t len, char *text)
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
	if (request->other.len > 0 && c2_name_to_text(&request->other, name) > 0)
		text += sprintf(text, " other=%s", name);
	text += sprintf(text, "%s", request->has_bad_name ? " bad" : "");
	if (!request->is_whole)
		return;
	assert_true(request->head_len <= len);
	text += sprintf(text, " head");
	if (request->is_endless)
		sprintf(text, " endless");
	else if (request->is_chunked)
		sprintf(text, " chunks");
	else if (request->body_len > 0)
		sprintf(text, " body=%llu", (unsigned long long)request->body_len);
}

static void test_request(void **state)
{
	const struct request_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_http_request request;
	char text[2048];
	enum c2_rc rc = c2_http_request_read(c2_rd_open(octets.at, octets.len), &request);
	request_text(rc, &request, octets.len, text);
	assert_string_equal(text, row->want);
	octets_free(&octets);
}

/* Any prefix of a request waits, or says what all of it says: no name before its end is known. And it begins like a request all along. */
static void test_request_cut(void **state)
{
	const struct request_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_http_request whole;
	enum c2_rc want = c2_http_request_read(c2_rd_open(octets.at, octets.len), &whole);
	for (size_t len = 0; len < octets.len; len++) {
		uint8_t *copy = malloc(len + 1);
		struct c2_http_request request;
		memcpy(copy, octets.at, len);
		enum c2_rc rc = c2_http_request_read(c2_rd_open(copy, len), &request);
		if (want == C2_OK || want == C2_MORE) {
			assert_true(rc == C2_MORE || rc == C2_OK);
			assert_true(c2_http_begins(copy, len));
		}
		if (rc == C2_OK && want == C2_OK) {
			assert_true(request.target.len == 0 || c2_name_equal(&request.target, &whole.target));
			assert_true(request.host.len == 0 || c2_name_equal(&request.host, &whole.host));
			assert_true(!request.is_whole || request.head_len == whole.head_len);
		}
		free(copy);
	}
	octets_free(&octets);
}

struct chunk_row {
	const char *name;
	const char *octets;
	enum c2_rc rc;
	unsigned long long len;
	size_t line_len;
};

static const struct chunk_row chunks[] = {
	{"a chunk", "'1a' 0d0a", C2_OK, 26, 4},
	{"a chunk in upper case", "'1A' 0d0a", C2_OK, 26, 4},
	{"a chunk with an extension", "'5;a=b' 0d0a", C2_OK, 5, 7},
	{"a chunk, bare line feed", "'5' 0a", C2_OK, 5, 2},
	{"behind another's data", "0d0a '5' 0d0a", C2_OK, 5, 5},
	{"behind another's data, bare line feeds", "0a '5' 0a", C2_OK, 5, 3},
	{"the last chunk", "'0' 0d0a", C2_OK, 0, 3},
	{"leading zeros", "'00000000000000000000005' 0d0a", C2_OK, 5, 25},
	{"sixteen digits", "'ffffffffffffffff' 0d0a", C2_OK, 0xffffffffffffffff, 18},
	{"seventeen digits", "'10000000000000000' 0d0a", C2_BAD, 0, 0},
	{"no digit", "';a' 0d0a", C2_BAD, 0, 0},
	{"two empty lines", "0d0a 0d0a", C2_BAD, 0, 0},
	{"no line yet", "'5'", C2_MORE, 0, 0},
	{"nothing", "", C2_MORE, 0, 0},
	{"a line without an end", "35*2000", C2_BAD, 0, 0},
};

static void test_chunk(void **state)
{
	const struct chunk_row *row = *state;
	struct octets octets = octets_from(row->octets);
	uint64_t len = 0;
	size_t line_len = 0;
	assert_int_equal(c2_http_chunk_read(c2_rd_open(octets.at, octets.len), &len, &line_len), row->rc);
	assert_int_equal(len, row->len);
	assert_int_equal(line_len, row->line_len);
	octets_free(&octets);
}

static const struct chunk_row trailers[] = {
	{"no trailers", "0d0a", C2_OK, 0, 2},
	{"trailers", "'A: b' 0d0a 'C: d' 0d0a 0d0a", C2_OK, 0, 14},
	{"trailers cut", "'A: b' 0d0a", C2_MORE, 0, 0},
};

static void test_trailers(void **state)
{
	const struct chunk_row *row = *state;
	struct octets octets = octets_from(row->octets);
	size_t len = 0;
	assert_int_equal(c2_http_trailers_read(c2_rd_open(octets.at, octets.len), &len), row->rc);
	assert_int_equal(len, row->line_len);
	octets_free(&octets);
}

/* From the middle of a stream only a whole request line of a known method will do. */
static void test_middle(void **state)
{
	(void)state;
	static const struct {
		const char *octets;
		bool begins;
	} rows[] = {{GET, true}, {"'CONNECT a.example:443 HTTP/1.0' 0a", true}, {"'GET / HTTP/1.1'", false}, {"'GET the milk' 0a", false},
		{"'FOO / HTTP/1.1' 0d0a", false}, {"'get / HTTP/1.1' 0d0a", false}, {"", false}, {"'GET '", false}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct octets octets = octets_from(rows[i].octets);
		assert_int_equal(c2_http_request_begins(octets.at, octets.len), rows[i].begins);
		octets_free(&octets);
	}
}

int main(void)
{
	static struct tests tests;
	static char names[sizeof requests / sizeof requests[0]][96];
	TESTS_ROWS(&tests, requests, test_request);
	for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		snprintf(names[i], sizeof names[i], "cut at each octet: %s", requests[i].name);
		tests_add(&tests, names[i], test_request_cut, &requests[i]);
	}
	TESTS_ROWS(&tests, chunks, test_chunk);
	TESTS_ROWS(&tests, trailers, test_trailers);
	tests_add(&tests, "from the middle of a stream", test_middle, NULL);
	return tests_run(&tests, "http");
}
