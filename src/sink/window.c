/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Invariant: octets[0..len) are the file's octets from `offset` on. What the view over them lacks is either not yet read (open) or not there (closed);
 * the bounded reader makes the difference.
 */
#include "sink/window.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads on until the window is full or reaches `end`. */
static int window_fill(struct window *window, uint64_t end)
{
	memmove(window->octets, window->octets + window->pos, window->len - window->pos);
	window->offset += window->pos;
	window->len -= window->pos;
	window->pos = 0;
	while (window->len < WINDOW_CAP && window->offset + window->len < end) {
		uint64_t at = window->offset + window->len;
		size_t want = WINDOW_CAP - window->len;
		if (want > end - at)
			want = (size_t)(end - at);
		ssize_t n = pread(window->fd, window->octets + window->len, want, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0) {
			window->is_cut = true;
			return 0;
		}
		window->len += (size_t)n;
	}
	return 0;
}

int window_open(struct window *window, int dir_fd, const char *name, struct segment_head *head, enum c2_rc *rc)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	uint8_t *octets = window->octets != NULL ? window->octets : malloc(WINDOW_CAP);
	if (octets == NULL) {
		close(fd);
		return -ENOMEM;
	}
	window_close(&(struct window){.fd = window->fd});
	*window = (struct window){.fd = fd, .octets = octets};
	int failed = window_fill(window, SEGMENT_HEAD_LEN);
	if (failed != 0) {
		window_close(window);
		return failed;
	}
	*rc = segment_head(c2_rd_closed(window->octets, window->len), head);
	window->pos = window->len;
	window->is_cut = false;
	return 0;
}

void window_close(struct window *window)
{
	if (window->fd >= 0)
		close(window->fd);
	free(window->octets);
	*window = (struct window){.fd = -1};
}

int window_next(struct window *window, uint64_t end, struct segment_item *item)
{
	bool is_damaged = false;
	uint32_t rotten = 0;
	for (;;) {
		bool is_end = window->is_cut || window->offset + window->len >= end;
		const uint8_t *at = window->octets + window->pos;
		size_t left = window->len - window->pos;
		struct c2_rd in = is_end ? c2_rd_closed(at, left) : c2_rd_open(at, left);
		enum c2_rc rc = segment_next(&in, item);
		window->pos = (size_t)(in.p - window->octets);
		item->is_damaged = is_damaged |= item->is_damaged;
		item->rotten = rotten += item->rotten;
		if (rc != C2_MORE)
			return rc == C2_OK;
		int failed = window_fill(window, end);
		if (failed != 0)
			return failed;
	}
}
