/* SPDX-License-Identifier: Apache-2.0 */
/* Text, line by line, through one buffer. Invariant: begin <= end < sizeof octets, so that a NUL always fits behind the last octet. */
#include "feed/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void lines_open(struct lines *lines, int fd)
{
	lines->fd = fd;
	lines->number = 0;
	lines->is_at_end = false;
	lines->begin = lines->end = 0;
}

/* Reads more behind what is at hand. False on failure. */
static bool lines_fill(struct lines *lines)
{
	memmove(lines->octets, lines->octets + lines->begin, lines->end - lines->begin);
	lines->end -= lines->begin;
	lines->begin = 0;
	while (!lines->is_at_end && lines->end < LINES_MAX + 2) {
		ssize_t n = read(lines->fd, lines->octets + lines->end, sizeof lines->octets - 1 - lines->end);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		lines->is_at_end = n == 0;
		lines->end += (size_t)n;
	}
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
