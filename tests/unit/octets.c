/* SPDX-License-Identifier: Apache-2.0 */
#include "octets.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEN_MAX (1u << 21)
#define DEPTH_MAX 16

/* A text on its way to octets. */
struct writer {
	uint8_t *at;
	size_t len;
	size_t blocks[DEPTH_MAX]; /* where the lengths of the open blocks stand */
	unsigned widths[DEPTH_MAX];
	unsigned depth;
};

static _Noreturn void text_wrong(const char *text, const char *at)
{
	fprintf(stderr, "octets: broken at '%.20s' in '%s'\n", at, text);
	abort();
}

static void put(struct writer *writer, uint8_t octet)
{
	if (writer->len == LEN_MAX)
		abort();
	writer->at[writer->len++] = octet;
}

static const char *put_name(struct writer *writer, const char *p)
{
	while (*p != '}' && *p != '\0') {
		size_t n = strcspn(p, ".}");
		put(writer, (uint8_t)n);
		for (size_t i = 0; i < n; i++)
			put(writer, (uint8_t)p[i]);
		p += n + (p[n] == '.');
	}
	put(writer, 0);
	return *p == '}' ? p + 1 : p;
}

static void block_begin(struct writer *writer, unsigned width)
{
	if (writer->depth == DEPTH_MAX || width < 1 || width > 3)
		abort();
	writer->blocks[writer->depth] = writer->len;
	writer->widths[writer->depth++] = width;
	while (width-- > 0)
		put(writer, 0);
}

static void block_end(struct writer *writer)
{
	if (writer->depth == 0)
		abort();
	unsigned width = writer->widths[--writer->depth];
	size_t at = writer->blocks[writer->depth];
	size_t len = writer->len - at - width;
	for (unsigned i = width; i-- > 0; len >>= 8)
		writer->at[at + i] = (uint8_t)len;
}

static unsigned hex(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(tolower(c) - 'a' + 10);
}

/* One element of `text` at `p`. Returns what follows it. */
static const char *put_element(struct writer *writer, const char *text, const char *p)
{
	char *end;
	if (isxdigit((unsigned char)p[0]) && isxdigit((unsigned char)p[1])) {
		put(writer, (uint8_t)(hex(p[0]) << 4 | hex(p[1])));
		return p + 2;
	}
	switch (*p) {
	case ' ':
		return p + 1;
	case '\'':
		for (p++; *p != '\'' && *p != '\0'; p++)
			put(writer, (uint8_t)*p);
		return *p == '\'' ? p + 1 : p;
	case '{':
		return put_name(writer, p + 1);
	case '<':
		block_begin(writer, (unsigned)(p[1] - '0'));
		return p + 2;
	case '>':
		block_end(writer);
		return p + 1;
	case '*':
		for (unsigned long n = strtoul(p + 1, &end, 10); n > 1; n--)
			put(writer, writer->at[writer->len - 1]);
		return end;
	default:
		text_wrong(text, p);
	}
}

struct octets octets_from(const char *text)
{
	struct writer writer = {.at = malloc(LEN_MAX)};
	if (writer.at == NULL)
		abort();
	for (const char *p = text; *p != '\0';)
		p = put_element(&writer, text, p);
	if (writer.depth != 0)
		text_wrong(text, "a block without its end");
	struct octets made = {.at = malloc(writer.len + (writer.len == 0)), .len = writer.len};
	if (made.at == NULL)
		abort();
	memcpy(made.at, writer.at, writer.len);
	free(writer.at);
	return made;
}

void octets_free(struct octets *octets)
{
	free(octets->at);
	*octets = (struct octets){.at = NULL};
}
