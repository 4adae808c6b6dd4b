/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NDJSON to a file or to standard output.
 *
 * Invariant: what has reached the file is a run of whole lines, and then at most the beginning of one, whose rest waits in `rest` and is written before
 * anything else. So a full disk costs the lines that come while it is full, and never leaves half a line in the middle.
 */
#include "sink/file.h"

#include "base/log.h"
#include "sink/why.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct file_sink {
	int fd;
	bool is_stdout;
	char *path;
	uint64_t lost;
	uint64_t lost_before; /* `lost` when the trouble began */
	int trouble;          /* -errno that was told, 0 when all is well */
	size_t rest_len;
	char rest[SINK_JSON_MAX + 1];
};

static int open_path(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
	if (fd < 0)
		return -errno;
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0) {
		int rc = -errno;
		close(fd);
		return rc;
	}
	return fd;
}

int file_sink_open(struct file_sink **sink, const char *path, char why[static SINK_WHY_CAP])
{
	struct file_sink *made = calloc(1, sizeof *made);
	if (made == NULL || (made->path = strdup(path)) == NULL) {
		free(made);
		return why_failed(why, -ENOMEM, path);
	}
	made->is_stdout = strcmp(path, "-") == 0;
	made->fd = made->is_stdout ? STDOUT_FILENO : open_path(path);
	if (made->fd < 0) {
		int rc = why_failed(why, made->fd, path);
		free(made->path);
		free(made);
		return rc;
	}
	*sink = made;
	return 0;
}

/* Writes all of it, or says how far it came in `*done`. A descriptor that somebody made non-blocking is waited for. */
static int write_all(int fd, const char *octets, size_t len, size_t *done)
{
	*done = 0;
	while (*done < len) {
		ssize_t n = write(fd, octets + *done, len - *done);
		if (n > 0) {
			*done += (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			struct pollfd ready = {.fd = fd, .events = POLLOUT};
			poll(&ready, 1, -1);
		} else if (n == 0 || errno != EINTR) {
			return n == 0 ? -EIO : -errno;
		}
	}
	return 0;
}

static int write_rest(struct file_sink *sink)
{
	size_t done;
	int rc = write_all(sink->fd, sink->rest, sink->rest_len, &done);
	sink->rest_len -= done;
	memmove(sink->rest, sink->rest + done, sink->rest_len);
	return rc;
}

/* Logs the change from good to bad and back, once each. */
static void tell(struct file_sink *sink, int rc)
{
	const char *name = sink->is_stdout ? "standard output" : sink->path;
	if (rc != 0 && sink->trouble == 0)
		sink->lost_before = sink->lost;
	if (rc != 0 && rc != sink->trouble)
		log_error("%s: cannot write: %s; records that find no room are counted", name, strerror(-rc));
	if (rc == 0 && sink->trouble != 0)
		log_notice("%s: written again; lost here: %" PRIu64, name, sink->lost - sink->lost_before);
	sink->trouble = rc;
}

int file_sink_write(struct file_sink *sink, const char *json, size_t json_len)
{
	if (json_len > SINK_JSON_MAX)
		return -EMSGSIZE;
	int rc = write_rest(sink);
	bool is_begun = false;
	if (rc == 0) {
		memcpy(sink->rest, json, json_len);
		sink->rest[json_len] = '\n';
		sink->rest_len = json_len + 1;
		rc = write_rest(sink);
		is_begun = sink->rest_len <= json_len;
		if (!is_begun)
			sink->rest_len = 0; /* not an octet got out: nothing binds us to this line, and the next may find room */
	}
	tell(sink, rc);
	if (is_begun && rc != -EPIPE)
		return 0;
	sink->lost++;
	return rc;
}

int file_sink_reopen(struct file_sink *sink)
{
	if (sink->is_stdout)
		return 0;
	int fd = open_path(sink->path);
	if (fd < 0) {
		log_error("%s: cannot reopen: %s; the old file stays in use", sink->path, strerror(-fd));
		return fd;
	}
	if (write_rest(sink) != 0) {
		/* The old file keeps a cut line at its end; the new one must not begin with the rest of it. */
		sink->lost++;
		sink->rest_len = 0;
	}
	close(sink->fd);
	sink->fd = fd;
	return 0;
}

uint64_t file_sink_lost(const struct file_sink *sink)
{
	return sink->lost;
}

void file_sink_close(struct file_sink *sink)
{
	if (sink == NULL)
		return;
	write_rest(sink);
	if (!sink->is_stdout)
		close(sink->fd);
	free(sink->path);
	free(sink);
}
