/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head of an HTTP/1 request: where it goes, and where it ends. RFC 9112 §3 (request line), §5 (fields), §6 (body length); RFC 9110 §7.2 (Host).
 * Bodies are stepped over, so that nothing in them is mistaken for a head.
 */
#include "wire/http_authority.h"

#include <c2watch/http.h>

#define METHOD_LEN_MAX 24
#define CHUNK_LINE_MAX 1024

/* One line without its end; `rd` is behind it. False when its end is not at hand. */
static bool read_line(struct c2_rd *rd, struct c2_rd *line)
{
	const uint8_t *feed = memchr(rd->p, '\n', c2_rd_left(rd));
	if (feed == NULL) {
		c2_rd_need(rd, c2_rd_left(rd) + 1);
		return false;
	}
	size_t n = (size_t)(feed - rd->p);
	*line = c2_rd_closed(rd->p, n > 0 && rd->p[n - 1] == '\r' ? n - 1 : n);
	rd->p = feed + 1;
	return true;
}

/* RFC 9110 §5.6.2 */
static bool is_token(uint8_t c)
{
	uint8_t letter = c2_lower(c);
	return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static bool is_space(uint8_t c)
{
	return is_blank(c) || c == '\r' || c == '\n';
}

/* Takes off the blanks at both ends, and the line ends of a folded line. */
static void trim(struct c2_rd *text)
{
	while (text->p < text->end && is_space(*text->p))
		text->p++;
	while (text->p < text->end && is_space(text->end[-1]))
		text->end--;
}

/* Do the octets begin with `word`, in any case? */
static bool begins_with(const struct c2_rd *text, const char *word)
{
	size_t n = strlen(word);
	if (c2_rd_left(text) < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (c2_lower(text->p[i]) != (uint8_t)word[i])
			return false;
	return true;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

bool c2_http_begins(const uint8_t *octets, size_t len)
{
	const uint8_t *end = octets + len;
	while (octets < end && (*octets == '\r' || *octets == '\n'))
		octets++;
	const uint8_t *method = octets;
	while (octets < end && is_token(*octets))
		octets++;
	size_t n = (size_t)(octets - method);
	if (octets == end)
		return n <= METHOD_LEN_MAX;
	return n > 0 && n <= METHOD_LEN_MAX && *octets == ' ';
}

void http_authority(struct c2_rd text, struct c2_name *out, bool *is_bad)
{
	const uint8_t *at;
	while ((at = memchr(text.p, '@', c2_rd_left(&text))) != NULL)
		text.p = at + 1;
	trim(&text);
	if (c2_rd_left(&text) == 0)
		return;
	const uint8_t *end;
	if (*text.p == '[') {
		text.p++;
		end = memchr(text.p, ']', c2_rd_left(&text));
	} else {
		end = memchr(text.p, ':', c2_rd_left(&text));
	}
	if (end == NULL)
		end = text.end;
	enum c2_rc rc = c2_name_from_host(text.p, (size_t)(end - text.p), out);
	if (rc != C2_OK)
		out->len = 0;
	*is_bad = *is_bad || rc == C2_BAD;
}

/* The target: absolute form has a scheme, CONNECT's authority form has nothing else. RFC 9112 §3.2. */
static void read_target(struct c2_rd target, struct c2_http_request *out)
{
	static const char mark[] = "://";
	if (out->is_connect) {
		http_authority(target, &out->target, &out->has_bad_name);
		return;
	}
	const uint8_t *colon = memchr(target.p, ':', c2_rd_left(&target));
	if (colon == NULL || (size_t)(target.end - colon) < sizeof mark - 1 || memcmp(colon, mark, sizeof mark - 1) != 0 || *target.p == '/')
		return;
	struct c2_rd authority = c2_rd_closed(colon + 3, (size_t)(target.end - colon) - 3);
	for (const uint8_t *p = authority.p; p < authority.end; p++)
		if (*p == '/' || *p == '?' || *p == '#') {
			authority.end = p;
			break;
		}
	http_authority(authority, &out->target, &out->has_bad_name);
}

/* METHOD SP target SP HTTP/x.y: whoever writes another version in it speaks HTTP/1 all the same. */
static enum c2_rc read_request_line(struct c2_rd line, struct c2_http_request *out)
{
	static const char version[] = " http/1.1";
	size_t n = 0;
	while (n < c2_rd_left(&line) && is_token(line.p[n]))
		n++;
	if (n == 0 || n > METHOD_LEN_MAX || n == c2_rd_left(&line) || line.p[n] != ' ')
		return C2_NONE;
	struct c2_rd method = c2_rd_block(&line, n);
	if (n == 3 && begins_with(&method, "pri")) /* HTTP/2's, RFC 9113 §3.4 */
		return C2_NONE;
	out->is_connect = n == 7 && begins_with(&method, "connect");
	trim(&line);
	struct c2_rd tail = line;
	if (c2_rd_left(&line) < sizeof version - 1)
		return C2_NONE;
	tail.p = tail.end - (sizeof version - 1);
	if (!begins_with(&tail, " http/") || !is_digit(tail.p[6]) || tail.p[7] != '.' || !is_digit(tail.p[8]))
		return C2_NONE;
	line.end = tail.p;
	trim(&line);
	read_target(line, out);
	return C2_OK;
}

bool c2_http_request_begins(const uint8_t *octets, size_t len)
{
	static const char *const methods[] = {
		"GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ", "PATCH ", "TRACE ", "PROPFIND ", "REPORT "};
	if (len == 0 || octets[0] < 'A' || octets[0] > 'Z') /* nearly everything */
		return false;
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		size_t n = strlen(methods[i]);
		if (len <= n || memcmp(octets, methods[i], n) != 0)
			continue;
		struct c2_rd rd = c2_rd_closed(octets, len);
		struct c2_rd line;
		struct c2_http_request request = {.is_whole = false};
		return read_line(&rd, &line) && read_request_line(line, &request) == C2_OK;
	}
	return false;
}

/* Content-Length: digits. What is none, or another than the one before, leaves the end unknown: RFC 9112 §6.3. */
static void read_length(struct c2_rd value, struct c2_http_request *out)
{
	uint64_t len = 0;
	bool is_length = c2_rd_left(&value) > 0;
	for (; value.p < value.end && is_length; value.p++) {
		is_length = is_digit(*value.p) && len <= UINT64_MAX / 10 - 9;
		len = len * 10 + (uint64_t)(*value.p - '0');
	}
	out->is_endless = out->is_endless || !is_length || (out->has_length && out->body_len != len);
	out->has_length = true;
	out->body_len = len;
}

/* Transfer-Encoding: the last coding must be chunked, or nobody knows the end. */
static void read_coding(struct c2_rd value, struct c2_http_request *out)
{
	static const char chunked[] = "chunked";
	size_t n = sizeof chunked - 1;
	struct c2_rd last = value;
	if (c2_rd_left(&value) >= n)
		last.p = last.end - n;
	out->is_chunked = begins_with(&last, chunked);
	out->is_endless = out->is_endless || !out->is_chunked;
}

/* RFC 9112 §3.2 wants one Host. Of more, the first stands, and the first that says something else beside it. */
static void read_host(struct c2_rd value, struct c2_http_request *out)
{
	if (out->host.len == 0) {
		http_authority(value, &out->host, &out->has_bad_name);
	} else if (out->other.len == 0) {
		http_authority(value, &out->other, &out->has_bad_name);
		if (out->other.len > 0 && c2_name_equal(&out->other, &out->host))
			out->other.len = 0;
	}
}

static void read_field(struct c2_rd line, struct c2_http_request *out)
{
	const uint8_t *colon = memchr(line.p, ':', c2_rd_left(&line));
	if (colon == NULL)
		return;
	struct c2_rd name = c2_rd_closed(line.p, (size_t)(colon - line.p));
	struct c2_rd value = c2_rd_closed(colon + 1, (size_t)(line.end - colon) - 1);
	trim(&name);
	trim(&value);
	size_t n = c2_rd_left(&name);
	if (n == 4 && begins_with(&name, "host"))
		read_host(value, out);
	else if (n == 14 && begins_with(&name, "content-length"))
		read_length(value, out);
	else if (n == 17 && begins_with(&name, "transfer-encoding"))
		read_coding(value, out);
}

/* A line and those that are folded behind it: they begin with a blank, RFC 9112 §5.2. So the octet behind a line must be at hand. */
static bool read_folded_line(struct c2_rd *rd, struct c2_rd *line)
{
	struct c2_rd more;
	if (!read_line(rd, line))
		return false;
	while (c2_rd_left(line) > 0 && c2_rd_need(rd, 1) && is_blank(*rd->p)) {
		if (!read_line(rd, &more))
			return false;
		line->end = more.end;
	}
	return rd->rc == C2_OK;
}

enum c2_rc c2_http_request_read(struct c2_rd in, struct c2_http_request *out)
{
	const uint8_t *begin = in.p;
	const uint8_t *end = in.end;
	struct c2_rd line;
	*out = (struct c2_http_request){.is_whole = false};
	do {
		if (!read_line(&in, &line))
			return c2_http_begins(begin, (size_t)(end - begin)) ? (enum c2_rc)in.rc : C2_NONE;
	} while (c2_rd_left(&line) == 0);
	enum c2_rc rc = read_request_line(line, out);
	if (rc != C2_OK)
		return rc;
	while (read_folded_line(&in, &line)) {
		if (c2_rd_left(&line) == 0) {
			out->is_whole = true;
			out->head_len = (size_t)(in.p - begin);
			return C2_OK;
		}
		read_field(line, out);
	}
	return in.rc == C2_MORE && (out->host.len > 0 || out->target.len > 0) ? C2_OK : (enum c2_rc)in.rc;
}

static int hex_digit(uint8_t c)
{
	uint8_t letter = c2_lower(c);
	if (is_digit(c))
		return c - '0';
	return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

enum c2_rc c2_http_chunk_read(struct c2_rd in, uint64_t *len, size_t *line_len)
{
	const uint8_t *begin = in.p;
	size_t at_hand = c2_rd_left(&in);
	struct c2_rd line;
	bool has_line = read_line(&in, &line);
	if (has_line && c2_rd_left(&line) == 0)
		has_line = read_line(&in, &line);
	if (!has_line)
		return at_hand > CHUNK_LINE_MAX ? C2_BAD : (enum c2_rc)in.rc;
	uint64_t value = 0;
	const uint8_t *p = line.p;
	for (; p < line.end && hex_digit(*p) >= 0; p++) {
		if (value >> 60 != 0)
			return C2_BAD;
		value = value << 4 | (uint64_t)hex_digit(*p);
	}
	if (p == line.p)
		return C2_BAD;
	*len = value;
	*line_len = (size_t)(in.p - begin);
	return C2_OK;
}

enum c2_rc c2_http_trailers_read(struct c2_rd in, size_t *len)
{
	const uint8_t *begin = in.p;
	struct c2_rd line;
	while (read_line(&in, &line))
		if (c2_rd_left(&line) == 0) {
			*len = (size_t)(in.p - begin);
			return C2_OK;
		}
	return (enum c2_rc)in.rc;
}
