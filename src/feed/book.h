/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_BOOK_H
#define FEED_BOOK_H

#include "feed/facts.h"

/*
 * The book: entries, their facts and all texts, in three arrays without a pointer among them, so that they stand in a compiled set as they are.
 */

struct book_entry {
	uint32_t name; /* presentation form, among the strings */
	uint32_t line;
	uint32_t facts;
	uint8_t scope; /* enum c2_scope */
	uint8_t kind;  /* enum indicator_kind */
	uint8_t is_on;
	uint8_t zero;
};

/* A book as it is read. */
struct book_view {
	const struct book_entry *entries;
	const struct facts *facts;
	const char *strings; /* the first is empty: place 0 is no text */
	uint32_t entries_n, facts_n, strings_len;
};

#define BOOK_RECENT 4096

/* A book as it is written. */
struct book {
	struct book_entry *entries;
	struct facts *facts;
	char *strings;
	uint32_t entries_n, facts_n, strings_len;
	uint32_t entries_cap, facts_cap, strings_cap;
	uint32_t recent[BOOK_RECENT]; /* texts lately written, by hash, so that what repeats stands once */
};

/* An empty book, or null without memory. */
struct book *book_new(void);
void book_free(struct book *book);

/* Writes down a text; `*at` is its place. 0, -ENOMEM, or -EFBIG past 4 GiB. */
int book_text(struct book *book, const char *text, size_t len, uint32_t *at);

/* Writes down an entry and its facts (shared with the entry before when they are the same); the entry's `facts` need not be set. 0 or -ENOMEM. */
int book_add(struct book *book, const struct book_entry *entry, const struct facts *facts);

/* Writes down all that another book holds. 0, -ENOMEM or -EFBIG. */
int book_append(struct book *book, const struct book_view *from);

struct book_view book_view(const struct book *book);

#endif
