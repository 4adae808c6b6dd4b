/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_CSV_H
#define FEED_CSV_H

#include "feed/fields.h"
#include "feed/intake.h"

/*
 * CSV as abuse.ch writes it (RFC 4180 with blanks around cells; a row is a line): the columns are named by a row that may stand behind a #, other lines
 * with # are comments.
 */
struct csv_reader {
	/* A row: its cells by their columns. 0; -EINVAL: it was refused, and told; anything else ends the reading. */
	int (*row)(void *arg, const struct fields *row, uint32_t line);
	void *arg;
	const char *column; /* a column that names the format: the row that holds it names the columns */
};

/* Reads the file. 0; -ENOTSUP: told; what `row` returned; -ENOMEM. */
int csv_read(struct intake *intake, struct lines *lines, const struct csv_reader *reader);

/* Does a row with that column come before any other? */
bool csv_begins(const char *octets, size_t len, const char *column);

#endif
