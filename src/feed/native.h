/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_NATIVE_H
#define FEED_NATIVE_H

#include "feed/book.h"
#include "feed/lint.h"

/* A feed in the native format while it is read: what its header has said so far. */
struct native {
	struct book *book; /* takes the entries */
	const struct lint *lint;
	struct facts header;
	enum indicator_kind kind;
	bool is_on;
	char why[512]; /* what was wrong with the line, after -EINVAL or -ENOTSUP */
};

/* Starts on the feed at `path`; its name is the file's, without a suffix, until the header gives one. 0, -ENOMEM or -EFBIG. */
int native_open(struct native *native, struct book *book, const struct lint *lint, const char *path);

/*
 * Reads one line, NUL-ended, and writes into it. Its entry, if it holds one, goes to the book as from line `number`.
 * 0; -EINVAL: the line is refused; -ENOTSUP: the feed is of a kind that cannot be used; -ENOMEM; -EFBIG.
 */
int native_line(struct native *native, char *line, uint32_t number);

#endif
