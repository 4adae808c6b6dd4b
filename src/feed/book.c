/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays that double. Invariant: strings[0] is an empty text, and every text ends within the strings. */
#include "feed/book.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define BOOK_FACTS_HEAD 5
#define BOOK_FACT_LEN 5
#define BOOK_FACTS_DEPTH 4

static int book_reserve(void **array, uint32_t *cap, uint64_t wanted, size_t size)
{
	if (wanted <= *cap)
		return 0;
	if (wanted > UINT32_MAX)
		return -EFBIG;
	uint64_t grown = *cap < 64 ? 64 : *cap + (uint64_t)*cap / 2;
	grown = grown < wanted ? wanted : grown > UINT32_MAX ? UINT32_MAX : grown;
	void *larger = realloc(*array, grown * size);
	if (larger == NULL)
		return -ENOMEM;
	*array = larger;
	*cap = (uint32_t)grown;
	return 0;
}

struct book *book_new(uint64_t key)
{
	struct book *book = calloc(1, sizeof *book);
	if (book == NULL)
		return NULL;
	bool is_whole = book_reserve((void **)&book->strings, &book->strings_cap, 1, 1) == 0 &&
			book_reserve((void **)&book->facts, &book->facts_cap, 1, 1) == 0;
	for (unsigned part = 0; part < BOOK_PARTS; part++)
		is_whole = (book->names[part] = c2_domset_builder_new(key)) != NULL && is_whole;
	if (!is_whole) {
		book_free(book);
		return NULL;
	}
	book->strings[0] = '\0';
	book->facts[0] = 0;
	book->strings_len = book->facts_len = 1;
	return book;
}

void book_free(struct book *book)
{
	if (book == NULL)
		return;
	for (unsigned part = 0; part < BOOK_PARTS; part++) {
		c2_domset_builder_free(book->names[part]);
		free(book->claims[part]);
	}
	free(book->facts);
	free(book->strings);
	free(book->sources);
	free(book);
}

int book_text(struct book *book, const char *text, size_t len, uint32_t *at)
{
	*at = 0;
	if (len == 0)
		return 0;
	uint32_t *recent = &book->recent[XXH3_64bits(text, len) % BOOK_RECENT];
	const char *last = book->strings + *recent;
	if (strncmp(last, text, len) == 0 && last[len] == '\0') {
		*at = *recent;
		return 0;
	}
	int rc = book_reserve((void **)&book->strings, &book->strings_cap, (uint64_t)book->strings_len + len + 1, 1);
	if (rc != 0)
		return rc;
	*at = *recent = book->strings_len;
	memcpy(book->strings + *at, text, len);
	book->strings[*at + len] = '\0';
	book->strings_len += (uint32_t)len + 1;
	return 0;
}

int book_facts(struct book *book, uint32_t base, const struct facts *facts, uint32_t *at)
{
	if (book->last_at != 0 && base == book->last_base && memcmp(&book->last, facts, sizeof *facts) == 0) {
		*at = book->last_at;
		return 0;
	}
	struct facts below;
	book_facts_read(book->facts, book->facts_len, base, &below);
	int rc = book_reserve((void **)&book->facts, &book->facts_cap, (uint64_t)book->facts_len + BOOK_FACTS_HEAD + BOOK_FACT_LEN * FACT_COUNT, 1);
	if (rc != 0)
		return rc;
	uint8_t *head = book->facts + book->facts_len, *to = head + BOOK_FACTS_HEAD;
	memcpy(head, &base, 4);
	head[4] = 0;
	for (unsigned fact = 0; fact < FACT_COUNT; fact++) {
		if (facts->text[fact] == below.text[fact])
			continue;
		to[0] = (uint8_t)fact;
		memcpy(to + 1, &facts->text[fact], 4);
		to += BOOK_FACT_LEN;
		head[4]++;
	}
	book->last = *facts;
	book->last_base = base;
	*at = book->last_at = book->facts_len;
	book->facts_len += (uint32_t)(to - head);
	return 0;
}

/* Facts that complete others, which complete others still: no reader of a format goes deeper than this. */
static void book_facts_fill(const uint8_t *octets, uint32_t len, uint32_t at, unsigned depth, struct facts *facts)
{
	uint32_t base = 0;
	if (at == 0 || at >= len || len - at < BOOK_FACTS_HEAD)
		return;
	memcpy(&base, octets + at, 4);
	if (base < at && depth < BOOK_FACTS_DEPTH)
		book_facts_fill(octets, len, base, depth + 1, facts);
	const uint8_t *from = octets + at + BOOK_FACTS_HEAD;
	for (unsigned n = octets[at + 4]; n > 0 && octets + len - from >= BOOK_FACT_LEN; n--, from += BOOK_FACT_LEN)
		if (from[0] < FACT_COUNT)
			memcpy(&facts->text[from[0]], from + 1, 4);
}

void book_facts_read(const uint8_t *octets, uint32_t len, uint32_t at, struct facts *facts)
{
	*facts = (struct facts){0};
	book_facts_fill(octets, len, at, 0, facts);
}

/* A number for what a claim says. */
static uint64_t book_content_of(const struct book *book, enum book_part part, const struct c2_name *name, enum c2_scope scope, uint32_t at)
{
	struct facts facts;
	book_facts_read(book->facts, book->facts_len, at, &facts);
	uint64_t hash = XXH3_64bits_withSeed(name->wire, name->len, (XXH64_hash_t)part << 8 | (XXH64_hash_t)scope);
	for (unsigned fact = 0; fact < FACT_COUNT; fact++) {
		const char *text = book->strings + facts.text[fact];
		if (fact != FACT_FILE && facts.text[fact] != 0)
			hash = XXH3_64bits_withSeed(text, strlen(text), hash + fact);
	}
	return hash;
}

int book_add(struct book *book, enum book_part part, const struct c2_name *name, enum c2_scope scope, const struct book_claim *claim)
{
	uint32_t n = c2_domset_builder_count(book->names[part]);
	int rc = book_reserve((void **)&book->claims[part], &book->claims_cap[part], (uint64_t)n + 1, sizeof *claim);
	if (rc == 0)
		rc = c2_domset_builder_add(book->names[part], name, scope);
	if (rc != 0)
		return rc;
	book->claims[part][n] = *claim;
	book->content += book_content_of(book, part, name, scope, claim->facts);
	return 0;
}

int book_count(struct book *book, uint32_t feed, uint32_t claims)
{
	for (uint32_t i = 0; i < book->sources_n; i++)
		if (strcmp(book->strings + book->sources[i].feed, book->strings + feed) == 0) {
			book->sources[i].claims += claims;
			return 0;
		}
	int rc = book_reserve((void **)&book->sources, &book->sources_cap, (uint64_t)book->sources_n + 1, sizeof *book->sources);
	if (rc == 0)
		book->sources[book->sources_n++] = (struct book_source){.feed = feed, .claims = claims};
	return rc;
}
