/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_LINES_H
#define FEED_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINES_MAX 4096 /* octets of a line, its end not counted */

/* A packed file that unpacks to more than this, and to more than so many times its size, is a bomb: text packs ten to fifty times, gzip at best a thousand. */
#define LINES_BOMB_OCTETS (UINT64_C(64) << 20)
#define LINES_BOMB_TIMES 200

struct gzFile_s;

/* A file read as a stream, gzip'd (RFC 1952) or not: lines of text, or blocks of octets. */
struct lines {
	struct gzFile_s *gz;
	uint32_t number; /* of the line last given, from 1 */
	bool is_at_end, is_bomb;
	uint64_t read;     /* octets so far, unpacked */
	size_t begin, end; /* octets at hand that are not yet given */
	char octets[65536];
};

/* Starts at the descriptor's beginning; the caller goes on owning it. 0 or -ENOMEM. */
int lines_open(struct lines *lines, int fd);
void lines_close(struct lines *lines);

/* Starts again at the beginning. False on failure. */
bool lines_rewind(struct lines *lines);

enum lines_rc {
	LINES_LINE,  /* `*line` is `*len` octets, NUL-ended, without its LF or CR LF, valid until the next call */
	LINES_LONG,  /* a line over LINES_MAX; it has been passed over */
	LINES_NUL,   /* a line with a NUL octet in it */
	LINES_UTF16, /* the file is UTF-16; there are no lines to have */
	LINES_END,
	LINES_FAILED, /* lines_error() says how */
};

/* Gives the next line. A byte order mark of UTF-8 is passed over; the caller may write into the line. */
enum lines_rc lines_next(struct lines *lines, char **line, size_t *len);

/* Takes a line of a file; `line` is NULL for one that is no text, LINES_LONG or LINES_NUL. What is not 0 ends the reading. */
typedef int lines_take(void *arg, char *line, uint32_t number);

/* Gives every line of the file to `take`. 0, what `take` ended it with, -errno of open(2), -ENOMEM, -EIO when reading fails, -EINVAL when it is UTF-16. */
int lines_each(const char *path, lines_take *take, void *arg);

/* Shows what comes next without taking it: at least LINES_MAX octets unless the file ends before. False on failure. */
bool lines_peek(struct lines *lines, const char **octets, size_t *len);

/* Takes a block of what comes next, valid until the next call; of no octets at the end. False on failure. */
bool lines_block(struct lines *lines, const char **octets, size_t *len);

/* Why reading failed. */
const char *lines_error(const struct lines *lines);

/* Octets of the file that have been read: as they lie, packed or not. */
uint64_t lines_at(const struct lines *lines);

#endif
