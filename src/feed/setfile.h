/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_SETFILE_H
#define FEED_SETFILE_H

#include "feed/book.h"
#include "feed/feedset.h"

#define SETFILE_MAGIC "c2set\r\n\x1a"
#define FEEDSET_HASH_LEN 16

/* A set: a book, the names of it that are matched, and where the memory of both is. */
struct feedset {
	struct book_view book;
	struct c2_domset *domset;
	uint32_t listed; /* entries that are matched */
	char hash[FEEDSET_HASH_LEN + 1];
	struct book *own; /* the book, or */
	void *map;        /* the file's octets */
	size_t map_len;
};

/* Does a file that begins with these octets say that it is a compiled set? */
bool setfile_is(const void *octets, size_t len);

/*
 * Takes a compiled set back: `octets`, aligned to 64, which must outlive the set. Everything is checked, so that nothing in it leads outside.
 * 0 with `set`'s book, domset, listed and hash; -EINVAL, and `*why` says what is wrong; -ENOMEM.
 */
int setfile_open(const void *octets, size_t len, struct feedset *set, const char **why);

/* Writes a set to a new file beside `path`, which it then becomes. 0 or -errno; -EEXIST: `path` is there and no regular file. */
int setfile_write(const struct feedset *set, const char *path);

/* The checksum that the header of the `len` octets of a compiled set should hold. 0 or -ENOMEM. */
int setfile_checksum(const void *octets, size_t len, uint8_t checksum[32]);

#endif
