/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON (RFC 8259) on one line, by hand: an observation line through a tree of values costs four times as much, and one writer is better than two.
 *
 * Invariant: what is in the text so far is printable ASCII, keys are literals of this room, and every value from outside goes through line_char() or
 * is a number. Besides what JSON asks for, `<`, `>` and `&` are escaped, so that a record may be put into a page.
 */
#include "record/line.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char hex_lower[] = "0123456789abcdef";

void line_free(struct line *line)
{
	free(line->text);
	*line = (struct line){0};
}

/* Makes room for `n` more octets and a NUL, and says where; null when there is no memory. */
static char *line_room(struct line *line, size_t n)
{
	if (line->has_failed)
		return NULL;
	if (line->cap - line->len <= n) {
		size_t cap = 2 * (line->cap + n) + 512;
		char *text = realloc(line->text, cap);
		if (text == NULL) {
			line->has_failed = true;
			return NULL;
		}
		line->text = text;
		line->cap = cap;
	}
	return line->text + line->len;
}

static void line_put(struct line *line, const char *octets, size_t n)
{
	char *to = line_room(line, n);
	if (to == NULL)
		return;
	memcpy(to, octets, n);
	line->len += n;
}

static void line_puts(struct line *line, const char *text)
{
	line_put(line, text, strlen(text));
}

/* The comma where one is due, and the key. */
static void line_key(struct line *line, const char *key)
{
	if (line->has_failed)
		return;
	char last = line->text[line->len - 1];
	if (last != '{' && last != '[')
		line_put(line, ",", 1);
	if (key != NULL) {
		line_put(line, "\"", 1);
		line_puts(line, key);
		line_put(line, "\":", 2);
	}
}

void line_begin(struct line *line)
{
	line->has_failed = false;
	line->len = 0;
	line->depth = 0;
	line_put(line, "{", 1);
}

int line_end(struct line *line)
{
	assert(line->depth == 0);
	line_put(line, "}", 2); /* and the NUL */
	if (line->has_failed)
		return -ENOMEM;
	line->len--;
	return 0;
}

static void line_open_with(struct line *line, const char *key, const char *bracket)
{
	assert(line->depth < LINE_DEPTH_MAX);
	line->opened[line->depth++] = line->len;
	line_key(line, key);
	line_put(line, bracket, 1);
}

/* Closes what was opened last, or takes it back when there is nothing in it. */
static void line_close_with(struct line *line, const char *open, const char *close)
{
	size_t opened = line->opened[--line->depth];
	if (line->has_failed)
		return;
	if (line->text[line->len - 1] == *open)
		line->len = opened;
	else
		line_put(line, close, 1);
}

void line_open(struct line *line, const char *key)
{
	line_open_with(line, key, "{");
}

void line_close(struct line *line)
{
	line_close_with(line, "{", "}");
}

void line_open_array(struct line *line, const char *key)
{
	line_open_with(line, key, "[");
}

void line_close_array(struct line *line)
{
	line_close_with(line, "[", "]");
}

/*
 * Decodes one character of UTF-8 (RFC 3629 §4) from the `left` octets at `p`. Returns its octets, or 0 for what is none: overlong, a surrogate, too
 * large, cut.
 */
static unsigned utf8_char(const uint8_t *p, size_t left, uint32_t *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned n = *p < 0x80 ? 1 : *p >> 5 == 6 ? 2 : *p >> 4 == 14 ? 3 : *p >> 3 == 30 ? 4 : 0;
	if (n == 0 || n > left)
		return 0;
	if (n == 1) {
		*c = *p;
		return 1;
	}
	*c = *p & (0x7fU >> n);
	for (unsigned i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3fU);
	}
	return *c >= least[n] && *c <= 0x10ffff && (*c < 0xd800 || *c > 0xdfff) ? n : 0;
}

static char *unit_escape(char *to, uint32_t unit)
{
	*to++ = '\\';
	*to++ = 'u';
	for (int shift = 12; shift >= 0; shift -= 4)
		*to++ = hex_lower[unit >> shift & 15];
	return to;
}

/* Writes the character, escaped as it needs. At most 12 octets. */
static char *char_escape(char *to, uint32_t c)
{
	if (c == '"' || c == '\\') {
		*to++ = '\\';
		*to++ = (char)c;
	} else if (c >= 0x10000) { /* RFC 8259 §7: a pair of surrogates */
		to = unit_escape(to, 0xd800 + ((c - 0x10000) >> 10));
		to = unit_escape(to, 0xdc00 + ((c - 0x10000) & 0x3ff));
	} else if (c >= 0x7f || c == '<' || c == '>' || c == '&') {
		to = unit_escape(to, c);
	} else {
		*to++ = (char)c;
	}
	return to;
}

/* Writes the next character of the `left` octets at `p` to `*to`, at most 12 octets. Returns the octets read. */
static unsigned line_char(char **to, const uint8_t *p, size_t left, bool is_name)
{
	uint32_t c;
	unsigned n = utf8_char(p, left, &c);
	bool looks_escaped = !is_name && left > 1 && p[0] == '\\' && p[1] == 'x';
	if (n != 0 && c >= 0x20 && (c < 0x7f || c > 0x9f) && !looks_escaped) {
		*to = char_escape(*to, c);
		return n;
	}
	n = n != 0 ? n : 1;
	for (unsigned i = 0; i < n; i++) { /* of a C1 character, two octets */
		char escaped[] = {'\\', '\\', 'x', hex_lower[p[i] >> 4], hex_lower[p[i] & 15]};
		memcpy(*to, escaped, sizeof escaped);
		*to += sizeof escaped;
	}
	return n;
}

/* A key with a text of any length, which may be empty. A name's presentation form has escapes of its own. */
static void line_string(struct line *line, const char *key, const char *text, bool is_name)
{
	line_key(line, key);
	size_t len = strnlen(text, LINE_TEXT_MAX + 1);
	bool is_cut = len > LINE_TEXT_MAX;
	const uint8_t *p = (const uint8_t *)text, *end = p + (is_cut ? LINE_TEXT_MAX : len);
	while (is_cut && end > p && (*end & 0xc0) == 0x80)
		end--; /* not within a character */
	char *to = line_room(line, 2 + LINE_WRITTEN_MAX + 12 + 6);
	if (to == NULL)
		return;
	*to++ = '"';
	for (const char *first = to; p < end && to - first < LINE_WRITTEN_MAX;)
		p += line_char(&to, p, (size_t)(end - p), is_name);
	is_cut |= p < end;
	if (is_cut)
		to = unit_escape(to, 0x2026);
	*to++ = '"';
	line->len = (size_t)(to - line->text);
}

void line_text(struct line *line, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		line_string(line, key, text, false);
}

void line_name_text(struct line *line, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		line_string(line, key, text, true);
}

void line_texts(struct line *line, const char *key, const char *const *texts)
{
	line_open_array(line, key);
	for (; *texts != NULL; texts++)
		line_text(line, NULL, *texts);
	line_close_array(line);
}

void line_name(struct line *line, const char *key, const struct c2_name *name)
{
	char text[C2_NAME_TEXT_MAX] = "";
	if (name->len != 0)
		c2_name_to_text(name, text);
	line_string(line, key, text, true);
}

void line_number(struct line *line, const char *key, uint64_t number)
{
	char digits[20], *at = digits + sizeof digits;
	do
		*--at = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	line_key(line, key);
	line_put(line, at, (size_t)(digits + sizeof digits - at));
}

void line_true(struct line *line, const char *key, bool is_true)
{
	if (!is_true)
		return;
	line_key(line, key);
	line_put(line, "true", 4);
}

/* `width` decimal digits of `number`. */
static char *digits_put(char *to, unsigned width, uint64_t number)
{
	for (unsigned i = width; i-- > 0; number /= 10)
		to[i] = (char)('0' + number % 10);
	return to + width;
}

void record_time_text(uint64_t at_ns, char text[static RECORD_TIME_CAP])
{
	time_t s = (time_t)(at_ns / 1000000000);
	struct tm tm;
	char *to = text;
	gmtime_r(&s, &tm); /* 64 bits of nanoseconds do not reach a year it cannot give */
	memcpy(text, "YYYY-MM-DDTHH:MM:SS.uuuuuuZ", RECORD_TIME_CAP);
	to = digits_put(to, 4, (uint64_t)tm.tm_year + 1900) + 1;
	to = digits_put(to, 2, (uint64_t)tm.tm_mon + 1) + 1;
	to = digits_put(to, 2, (uint64_t)tm.tm_mday) + 1;
	to = digits_put(to, 2, (uint64_t)tm.tm_hour) + 1;
	to = digits_put(to, 2, (uint64_t)tm.tm_min) + 1;
	to = digits_put(to, 2, (uint64_t)tm.tm_sec) + 1;
	digits_put(to, 6, at_ns / 1000 % 1000000);
}

void line_time(struct line *line, const char *key, uint64_t at_ns)
{
	char text[RECORD_TIME_CAP];
	record_time_text(at_ns, text);
	line_string(line, key, text, false);
}

/* IPv4 by hand: inet_ntop() goes through sprintf(), and two addresses are in every line. */
static void addr4_text(const uint8_t *octets, char *to)
{
	for (int i = 0; i < 4; i++) {
		uint8_t octet = octets[i];
		to = digits_put(to, octet < 10 ? 1 : octet < 100 ? 2 : 3, octet);
		*to++ = i < 3 ? '.' : '\0';
	}
}

void record_addr_text(const struct c2_addr *addr, char text[RECORD_ADDR_CAP])
{
	text[0] = '\0';
	if (addr->family == 4)
		addr4_text(addr->octets, text);
	else if (addr->family == 6)
		inet_ntop(AF_INET6, addr->octets, text, RECORD_ADDR_CAP);
}

void line_addr(struct line *line, const char *key, const struct c2_addr *addr)
{
	char text[RECORD_ADDR_CAP];
	record_addr_text(addr, text);
	line_text(line, key, text);
}

void line_subnet(struct line *line, const char *key, const struct c2_addr *addr, unsigned bits)
{
	char text[RECORD_ADDR_CAP + sizeof "/128"];
	record_addr_text(addr, text);
	if (text[0] != '\0')
		snprintf(text + strlen(text), sizeof "/128", "/%u", bits & 0xff);
	line_text(line, key, text);
}

void mac_text(const uint8_t *mac, const char *digits, char between, char text[MAC_TEXT_MAX])
{
	for (int i = 0; i < 6; i++) {
		*text++ = digits[mac[i] >> 4];
		*text++ = digits[mac[i] & 15];
		*text++ = i < 5 ? between : '\0';
	}
}
