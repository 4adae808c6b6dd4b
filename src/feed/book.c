/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays that double. Invariant: strings[0] is an empty text, and every text ends within the strings. */
#include "feed/book.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int book_reserve(void **array, uint32_t *cap, uint64_t wanted, size_t size)
{
	if (wanted <= *cap)
		return 0;
	if (wanted > UINT32_MAX)
		return -EFBIG;
	uint64_t grown = (uint64_t)*cap * 2 < wanted ? wanted : (uint64_t)*cap * 2;
	grown = grown < 64 ? 64 : grown > UINT32_MAX ? UINT32_MAX : grown;
	void *larger = realloc(*array, grown * size);
	if (larger == NULL)
		return -ENOMEM;
	*array = larger;
	*cap = (uint32_t)grown;
	return 0;
}

struct book *book_new(void)
{
	struct book *book = calloc(1, sizeof *book);
	if (book == NULL)
		return NULL;
	if (book_reserve((void **)&book->strings, &book->strings_cap, 1, 1) != 0) {
		free(book);
		return NULL;
	}
	book->strings[0] = '\0';
	book->strings_len = 1;
	return book;
}

void book_free(struct book *book)
{
	if (book == NULL)
		return;
	free(book->entries);
	free(book->facts);
	free(book->strings);
	free(book);
}

int book_text(struct book *book, const char *text, size_t len, uint32_t *at)
{
	if (len == 0) {
		*at = 0;
		return 0;
	}
	/* FNV-1a: a collision costs a second copy, no more. */
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)text[i]) * 16777619u;
	uint32_t *recent = &book->recent[(hash ^ hash >> 16) % BOOK_RECENT];
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

int book_add(struct book *book, const struct book_entry *entry, const struct facts *facts)
{
	int rc = book_reserve((void **)&book->entries, &book->entries_cap, (uint64_t)book->entries_n + 1, sizeof *book->entries);
	if (rc != 0)
		return rc;
	if (book->facts_n == 0 || memcmp(&book->facts[book->facts_n - 1], facts, sizeof *facts) != 0) {
		rc = book_reserve((void **)&book->facts, &book->facts_cap, (uint64_t)book->facts_n + 1, sizeof *book->facts);
		if (rc != 0)
			return rc;
		book->facts[book->facts_n++] = *facts;
	}
	struct book_entry *added = &book->entries[book->entries_n++];
	*added = *entry;
	added->facts = book->facts_n - 1;
	return 0;
}

int book_append(struct book *book, const struct book_view *from)
{
	struct facts facts = {0};
	for (uint32_t i = 0; i < from->entries_n; i++) {
		struct book_entry entry = from->entries[i];
		const struct facts *theirs = &from->facts[entry.facts];
		int rc = 0;
		if (i == 0 || entry.facts != from->entries[i - 1].facts) {
			facts = *theirs;
			for (unsigned fact = 0; fact < FACT_COUNT && rc == 0; fact++) {
				const char *text = from->strings + theirs->text[fact];
				rc = book_text(book, text, strlen(text), &facts.text[fact]);
			}
		}
		const char *name = from->strings + entry.name;
		if (rc == 0)
			rc = book_text(book, name, strlen(name), &entry.name);
		if (rc == 0)
			rc = book_add(book, &entry, &facts);
		if (rc != 0)
			return rc;
	}
	return 0;
}

struct book_view book_view(const struct book *book)
{
	return (struct book_view){
		.entries = book->entries,
		.facts = book->facts,
		.strings = book->strings,
		.entries_n = book->entries_n,
		.facts_n = book->facts_n,
		.strings_len = book->strings_len,
	};
}
