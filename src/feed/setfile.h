/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_SETFILE_H
#define FEED_SETFILE_H

#include "base/mapping.h"
#include "feed/book.h"

/*
 * A compiled set: one run of octets, in a file or in memory, that is used as it lies. What a set can be asked for, feedset.c reads from it.
 */

#define SETFILE_MAGIC "c2set\r\n\x1a"
#define FEEDSET_HASH_LEN 16

/* One claim of an entry beside the one that leads. */
struct setfile_more {
	uint32_t entry;
	struct book_claim claim;
};

/* Numbers of one width, an octet to four each, the lowest octet first. */
struct setfile_column {
	const uint8_t *octets;
	uint8_t width;
};

/* A part of a set: names, the claim that leads for each, and the rest by entry and in their order. */
struct setfile_part {
	struct c2_domset *domset;
	struct setfile_column facts, lines;
	const struct setfile_more *more;
	uint32_t entries, more_n;
};

struct feedset {
	struct setfile_part parts[BOOK_PARTS];
	const uint8_t *facts;
	const char *strings;
	const struct book_source *sources;
	uint32_t facts_len, strings_len, sources_n;
	char hash[FEEDSET_HASH_LEN + 1];
	void *octets; /* the set's own memory; null when it lies in `file` */
	size_t len;
	struct mapping file;
};

/* Does a file that begins with these octets say that it is a compiled set? */
bool setfile_is(const void *octets, size_t len);

/* Makes a compiled set of a book, in a mapping of its own. 0 with `*octets` and `*len`, -ENOMEM, -EFBIG. */
int setfile_make(const struct book *book, void **octets, size_t *len);

/*
 * Reads a compiled set: `octets`, aligned to 64, which must outlive it. That it is whole is checked here, once, by its checksum; all that could lead out of it is checked
 * where it is used.
 * 0 with all of `set` but octets and len; -EINVAL, and `*why` says what is wrong; -ENOMEM.
 */
int setfile_open(const void *octets, size_t len, struct feedset *set, const char **why);

/* Frees what setfile_open() made. */
void setfile_close(struct feedset *set);

/* Writes the octets of a set to a new file beside `path`, which it then becomes. 0 or -errno; -EEXIST: `path` is there and no regular file. */
int setfile_write(const void *octets, size_t len, const char *path);

/* The checksum that the header of the `len` octets of a compiled set should hold. */
uint64_t setfile_checksum(const void *octets, size_t len);

/* Where the header holds it. */
#define SETFILE_CHECKSUM_AT 16

static inline uint32_t setfile_column_get(const struct setfile_column *column, uint32_t i)
{
	const uint8_t *at = column->octets + (size_t)i * column->width;
	uint32_t value = 0;
	for (unsigned octet = column->width; octet-- > 0;)
		value = value << 8 | at[octet];
	return value;
}

/* What facts say of a confidence, as a rank: 0 for nothing. */
uint32_t setfile_rank(const struct facts *facts, const char *strings);

#endif
