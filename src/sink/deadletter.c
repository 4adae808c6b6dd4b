/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line is on disk before its record is given up anywhere else. So a process that ends in between leaves a line too many, never one too few; and a line
 * without its end was being written when a process ended, its record was not given up, and it goes before the next one comes.
 */
#include "sink/deadletter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void deadletter_open(struct deadletter *dead, int dir_fd, const char *name)
{
	*dead = (struct deadletter){.dir_fd = dir_fd};
	snprintf(dead->name, sizeof dead->name, "%s.dead", name);
}

/* Opens the file, made when it is missing, and tells its length. Returns the descriptor or -errno. */
static int open_file(const struct deadletter *dead, off_t *len)
{
	struct stat st;
	int fd = openat(dead->dir_fd, dead->name, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	int rc = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -EINVAL;
	/* A new file's name has to survive as well. */
	if (rc == 0 && st.st_size == 0 && fsync(dead->dir_fd) < 0)
		rc = -errno;
	if (rc != 0) {
		close(fd);
		return rc;
	}
	*len = st.st_size;
	return fd;
}

/* Takes away what is behind the last newline. */
static int cut_torn(int fd, off_t *len)
{
	char octets[4096];
	off_t end = *len;
	while (end > 0) {
		off_t from = end > (off_t)sizeof octets ? end - (off_t)sizeof octets : 0;
		ssize_t n = pread(fd, octets, (size_t)(end - from), from);
		if (n != end - from)
			return n < 0 ? -errno : -EIO;
		while (n > 0 && octets[n - 1] != '\n')
			n--;
		end = from + n;
		if (n > 0)
			break;
	}
	if (end == *len)
		return 0;
	*len = end;
	return ftruncate(fd, end) < 0 ? -errno : 0;
}

static int write_line(int fd, const char *json, size_t len)
{
	ssize_t n = write(fd, json, len);
	if (n == (ssize_t)len && write(fd, "\n", 1) == 1)
		return fdatasync(fd) < 0 ? -errno : 0;
	return n >= 0 ? -ENOSPC : -errno;
}

int deadletter_append(struct deadletter *dead, const char *json, size_t len)
{
	off_t before;
	int fd = open_file(dead, &before);
	if (fd < 0)
		return fd;
	int rc = before > DEADLETTER_LEN_MAX ? -EOVERFLOW : cut_torn(fd, &before);
	if (rc == 0) {
		rc = write_line(fd, json, len);
		if (rc != 0)
			(void)!ftruncate(fd, before); /* if that fails as well, it is a torn line, or one too many */
	}
	dead->before = before;
	dead->after = rc == 0 ? before + (off_t)len + 1 : before;
	close(fd);
	return rc;
}

int deadletter_take_back(struct deadletter *dead)
{
	off_t len;
	int rc = 0;
	if (dead->after == dead->before)
		return 0;
	int fd = open_file(dead, &len);
	if (fd < 0)
		return fd;
	if (len == dead->after && (ftruncate(fd, dead->before) < 0 || fdatasync(fd) < 0))
		rc = -errno;
	dead->after = dead->before;
	close(fd);
	return rc;
}
