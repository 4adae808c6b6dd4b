/* SPDX-License-Identifier: Apache-2.0 */
/* A stream through one buffer. Invariant: begin <= end < sizeof octets, so that a NUL always fits behind the last octet. */
#include "feed/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

int lines_open(struct lines *lines, int fd)
{
	lines->number = 0;
	lines->is_at_end = lines->is_bomb = false;
	lines->read = 0;
	lines->begin = lines->end = 0;
	int own = dup(fd);
	lines->gz = own >= 0 ? gzdopen(own, "rb") : NULL;
	if (lines->gz == NULL && own >= 0)
		close(own);
	return lines->gz != NULL ? 0 : -ENOMEM;
}

void lines_close(struct lines *lines)
{
	gzclose(lines->gz);
}

bool lines_rewind(struct lines *lines)
{
	lines->number = 0;
	lines->is_at_end = false;
	lines->begin = lines->end = 0;
	return gzrewind(lines->gz) == 0;
}

const char *lines_error(const struct lines *lines)
{
	if (lines->is_bomb)
		return "unpacks to far more than text does: a gzip bomb";
	int error;
	const char *why = gzerror(lines->gz, &error);
	const char *path = strncmp(why, "<fd:", 4) == 0 ? strstr(why, ">: ") : NULL; /* zlib names files as it sees them */
	return error == Z_ERRNO ? strerror(errno) : path != NULL ? path + 3 : why;
}

uint64_t lines_at(const struct lines *lines)
{
	z_off_t at = gzoffset(lines->gz);
	return at > 0 ? (uint64_t)at : 0;
}

/* Reads more behind what is at hand. False on failure. */
static bool lines_fill(struct lines *lines)
{
	memmove(lines->octets, lines->octets + lines->begin, lines->end - lines->begin);
	lines->end -= lines->begin;
	lines->begin = 0;
	while (!lines->is_at_end && lines->end < LINES_MAX + 2) {
		int n = gzread(lines->gz, lines->octets + lines->end, (unsigned)(sizeof lines->octets - 1 - lines->end));
		int error = Z_OK;
		if (n == 0)
			gzerror(lines->gz, &error); /* Z_BUF_ERROR: the file is cut within a stream */
		if (n < 0 || error != Z_OK)
			return false;
		lines->is_at_end = n == 0;
		lines->end += (size_t)n;
		lines->read += (uint64_t)n;
		lines->is_bomb = lines->read > LINES_BOMB_OCTETS && lines->read / LINES_BOMB_TIMES > lines_at(lines);
		if (lines->is_bomb)
			return false;
	}
	return true;
}

bool lines_peek(struct lines *lines, const char **octets, size_t *len)
{
	if (lines->end - lines->begin < LINES_MAX + 2 && !lines_fill(lines))
		return false;
	*octets = lines->octets + lines->begin;
	*len = lines->end - lines->begin;
	return true;
}

bool lines_block(struct lines *lines, const char **octets, size_t *len)
{
	if (!lines_peek(lines, octets, len))
		return false;
	lines->begin = lines->end;
	return true;
}

/* Passes over the rest of a line that is too long. */
static enum lines_rc lines_pass_over(struct lines *lines)
{
	for (;;) {
		char *at = lines->octets + lines->begin;
		char *lf = memchr(at, '\n', lines->end - lines->begin);
		if (lf != NULL) {
			lines->begin += (size_t)(lf - at) + 1;
			return LINES_LONG;
		}
		lines->begin = lines->end;
		if (lines->is_at_end)
			return LINES_LONG;
		if (!lines_fill(lines))
			return LINES_FAILED;
	}
}

enum lines_rc lines_next(struct lines *lines, char **line, size_t *len)
{
	char *lf = memchr(lines->octets + lines->begin, '\n', lines->end - lines->begin);
	if (lf == NULL) {
		if (!lines_fill(lines))
			return LINES_FAILED;
		lf = memchr(lines->octets, '\n', lines->end);
	}
	char *at = lines->octets + lines->begin;
	size_t left = lines->end - lines->begin;
	if (lines->number == 0) {
		if (left >= 2 && (memcmp(at, "\xff\xfe", 2) == 0 || memcmp(at, "\xfe\xff", 2) == 0))
			return LINES_UTF16;
		if (left >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) {
			lines->begin += 3;
			at += 3;
			left -= 3;
		}
	}
	if (left == 0)
		return LINES_END;
	lines->number++;
	size_t n = lf != NULL ? (size_t)(lf - at) : left;
	if (lf == NULL && !lines->is_at_end)
		return lines_pass_over(lines);
	lines->begin += n + (lf != NULL);
	if (n > 0 && at[n - 1] == '\r')
		n--;
	if (n > LINES_MAX)
		return LINES_LONG;
	at[n] = '\0';
	*line = at;
	*len = n;
	return memchr(at, '\0', n) != NULL ? LINES_NUL : LINES_LINE;
}

static int lines_each_of(struct lines *lines, lines_take *take, void *arg)
{
	char *line;
	size_t len;
	int rc = 0;
	while (rc == 0)
		switch (lines_next(lines, &line, &len)) {
		case LINES_LINE:
			rc = take(arg, line, lines->number);
			break;
		case LINES_LONG:
		case LINES_NUL:
			rc = take(arg, NULL, lines->number);
			break;
		case LINES_UTF16:
			return -EINVAL;
		case LINES_FAILED:
			return -EIO;
		case LINES_END:
			return 0;
		}
	return rc;
}

int lines_each(const char *path, lines_take *take, void *arg)
{
	struct lines *lines = malloc(sizeof *lines);
	if (lines == NULL)
		return -ENOMEM;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int rc = fd < 0 ? -errno : lines_open(lines, fd);
	if (rc == 0) {
		rc = lines_each_of(lines, take, arg);
		lines_close(lines);
	}
	if (fd >= 0)
		close(fd);
	free(lines);
	return rc;
}
