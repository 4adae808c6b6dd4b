/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_LINES_H
#define FEED_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINES_MAX 4096 /* octets of a line, its end not counted */

/* Lines of a text file, read as a stream. */
struct lines {
	int fd;
	uint32_t number; /* of the line last given, from 1 */
	bool is_at_end;
	size_t begin, end; /* octets at hand that are not yet given */
	char octets[65536];
};

/* Starts at the descriptor's beginning; the caller goes on owning it. */
void lines_open(struct lines *lines, int fd);

enum lines_rc {
	LINES_LINE,  /* `*line` is `*len` octets, NUL-ended, without its LF or CR LF, valid until the next call */
	LINES_LONG,  /* a line over LINES_MAX; it has been passed over */
	LINES_NUL,   /* a line with a NUL octet in it */
	LINES_UTF16, /* the file is UTF-16; there are no lines to have */
	LINES_END,
	LINES_FAILED, /* read(2) failed, errno says how */
};

/* Gives the next line. A byte order mark of UTF-8 is passed over; the caller may write into the line. */
enum lines_rc lines_next(struct lines *lines, char **line, size_t *len);

#endif
