/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_BOOK_H
#define FEED_BOOK_H

#include "feed/facts.h"
#include "feed/feedset.h"

/*
 * The book: what feeds say, while they are read. Names go into a domset's builder as they come; beside them stands who said so, a claim an entry.
 * setfile.h makes a set of it.
 */

/* What an entry is for. Each part has names of its own, so that workers look only into what they need. */
enum book_part {
	BOOK_MATCHED, /* indicators and exceptions */
	BOOK_CONTEXT, /* names that tell of a host, and are no hit */
	BOOK_OFF,     /* what is listed but never matched (`enabled = no`) */
	BOOK_PARTS,
};

/* Who said so: a place among the facts, and the line of the file. */
struct book_claim {
	uint32_t facts, line;
};

/* How many claims came from a feed. */
struct book_source {
	uint32_t feed; /* its name, among the strings */
	uint32_t claims;
};

#define BOOK_RECENT 4096

struct book {
	struct c2_domset_builder *names[BOOK_PARTS];
	struct book_claim *claims[BOOK_PARTS]; /* [i] belongs to the builder's i-th */
	uint32_t claims_cap[BOOK_PARTS];
	uint8_t *facts; /* see book_facts() */
	char *strings;  /* the first is empty: place 0 is no text */
	struct book_source *sources;
	uint32_t facts_len, facts_cap, strings_len, strings_cap, sources_n, sources_cap;
	uint64_t content;             /* sum over hashes of what each claim says: the same in whatever order they come */
	uint32_t recent[BOOK_RECENT]; /* texts lately written, by hash, so that what repeats stands once */
	struct facts last;            /* what was lately written, and where */
	uint32_t last_base, last_at;
};

/* An empty book, or null without memory. `key` as in c2_domset_builder_new(). */
struct book *book_new(uint64_t key);
void book_free(struct book *book);

/* Writes down a text; `*at` is its place. 0, -ENOMEM, or -EFBIG past 4 GiB. */
int book_text(struct book *book, const char *text, size_t len, uint32_t *at);

/*
 * Writes down facts; `*at` is their place. They stand as the place of others that they complete (4 octets; 0: none), how many they add (1), and for each
 * that which (1) and its text's place (4).
 *
 * `base` the place of facts that most of these repeat, or 0
 *
 * 0, -ENOMEM, -EFBIG.
 */
int book_facts(struct book *book, uint32_t base, const struct facts *facts, uint32_t *at);

/* Writes down that `name` is listed with that scope, and whose claim it is. 0, -ENOMEM, -EFBIG; -EINVAL for the root. */
int book_add(struct book *book, enum book_part part, const struct c2_name *name, enum c2_scope scope, const struct book_claim *claim);

/* Counts claims as the feed's whose name is at `feed`. 0 or -ENOMEM. */
int book_count(struct book *book, uint32_t feed, uint32_t claims);

/* Reads the facts at `at` of the `len` octets at `octets`; what is damaged is left out, also when it changes meanwhile. */
void book_facts_read(const uint8_t *octets, uint32_t len, uint32_t at, struct facts *facts);

#endif
