/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder and what an earlier process left in it. Nothing found here is written to again: appending goes on in a new segment, so that a tail torn by the
 * end of a process or by a power cut is stepped over, never built upon.
 */
#include "sink/spooldir.h"

#include "sink/why.h"
#include "sink/window.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPOOLDIR_NEW "new.tmp"

/* Makes a folder; what is there already is somebody else's to judge. Its name is on the disk before anything in it is relied upon. */
static void make_folder(const char *path)
{
	char above[PATH_MAX + 4];
	if (mkdir(path, 0700) < 0)
		return;
	snprintf(above, sizeof above, "%s/..", path);
	int fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

/* The same with all above it. `path` is written to and restored. */
static void make_path(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		make_folder(path);
		*slash = '/';
	}
	make_folder(path);
}

/* Opens `name` in `at_fd` as a folder that is ours alone to write to. */
static int open_ours(int at_fd, const char *name, const char *shown, char *why)
{
	int fd = openat(at_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		int rc = -errno;
		struct stat st;
		if (rc == -ENOTDIR && fstatat(at_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
			rc = -ELOOP;
		if (rc == -ELOOP)
			return why_refused(why, rc, "spool %s: is a symbolic link", shown);
		return why_refused(why, rc, "spool %s: %s", shown, strerror(-rc));
	}
	struct stat st;
	int rc = 0;
	if (fstat(fd, &st) < 0)
		rc = why_refused(why, -errno, "spool %s: %s", shown, strerror(errno));
	else if (st.st_uid != geteuid())
		rc = why_refused(why, -EPERM, "spool %s: belongs to user %u, not to us (%u)", shown, (unsigned)st.st_uid, (unsigned)geteuid());
	else if ((st.st_mode & 0022) != 0)
		rc = why_refused(why, -EPERM, "spool %s: others may write to it (mode %04o): chmod 700", shown, (unsigned)(st.st_mode & 07777));
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

static int lock_dir(int dir_fd, const char *dir, char *why)
{
	int fd = openat(dir_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return why_refused(why, -errno, "spool %s: cannot make its lock: %s", dir, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	int rc = -errno;
	close(fd);
	if (rc == -EWOULDBLOCK)
		return why_refused(why, rc, "spool %s: another process uses it; give this one its own with --spool", dir);
	return why_refused(why, rc, "spool %s: cannot lock it: %s", dir, strerror(-rc));
}

int spooldir_open(struct spooldir *spooldir, const char *dir, const char *sensor, char why[static SINK_WHY_CAP])
{
	char path[PATH_MAX];
	size_t len = strlen(dir);
	if (!sink_sensor_is_good(sensor))
		return why_refused(why, -EINVAL, "sensor name `%s`: want 1 to %d of A-Z a-z 0-9 . _ -, no dot in front", sensor, SINK_SENSOR_MAX);
	while (len > 1 && dir[len - 1] == '/')
		len--; /* a slash at the end would have a link followed */
	if (len == 0 || len >= sizeof path)
		return why_refused(why, -ENAMETOOLONG, "spool: want the path of a folder");
	memcpy(path, dir, len);
	path[len] = '\0';
	make_path(path);
	int above_fd = open_ours(AT_FDCWD, path, path, why);
	if (above_fd < 0)
		return above_fd;
	spooldir->lock_fd = lock_dir(above_fd, path, why);
	spooldir->dir_fd = spooldir->lock_fd;
	if (spooldir->lock_fd >= 0) {
		if (mkdirat(above_fd, sensor, 0700) == 0)
			fsync(above_fd);
		spooldir->dir_fd = open_ours(above_fd, sensor, sensor, why);
		if (spooldir->dir_fd < 0)
			close(spooldir->lock_fd);
	}
	close(above_fd);
	return spooldir->dir_fd < 0 ? spooldir->dir_fd : 0;
}

void spooldir_close(struct spooldir *spooldir)
{
	close(spooldir->dir_fd);
	close(spooldir->lock_fd);
}

/* Is it a segment's name? */
static bool name_seq(const char *name, uint64_t *first_seq)
{
	char canonical[SHELF_NAME_CAP];
	*first_seq = strtoull(name, NULL, 10);
	shelf_name(*first_seq, canonical);
	return *first_seq > 0 && strcmp(name, canonical) == 0;
}

static int compare_seq(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;
	return *left < *right ? -1 : *left > *right;
}

ssize_t spooldir_segments(int dir_fd, uint64_t **seqs)
{
	*seqs = NULL;
	int copy = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = copy < 0 ? NULL : fdopendir(copy);
	if (folder == NULL)
		return -errno;
	ssize_t n = 0;
	size_t cap = 0;
	struct dirent *entry;
	while ((entry = readdir(folder)) != NULL) {
		uint64_t first_seq;
		if (!name_seq(entry->d_name, &first_seq))
			continue;
		if ((size_t)n == cap) {
			cap = cap == 0 ? 64 : 2 * cap;
			uint64_t *grown = reallocarray(*seqs, cap, sizeof **seqs);
			if (grown == NULL) {
				closedir(folder);
				free(*seqs);
				*seqs = NULL;
				return -ENOMEM;
			}
			*seqs = grown;
		}
		(*seqs)[n++] = first_seq;
	}
	closedir(folder);
	if (n > 0)
		qsort(*seqs, (size_t)n, sizeof **seqs, compare_seq);
	return n;
}

/* Reads the newest segment through. */
static int recover_newest(struct window *window, struct shelf_segment *segment, struct spooldir_past *past)
{
	struct segment_item item;
	int rc;
	past->last_seq = segment->first_seq - 1;
	while ((rc = window_next(window, segment->len, &item)) > 0) {
		past->damaged += item.is_damaged;
		if (item.seq <= past->last_seq || item.seq == UINT64_MAX)
			continue;
		past->last_seq = item.seq;
		if (sink_id_compare(item.record.id, past->last_id) > 0)
			past->last_id = item.record.id;
	}
	if (rc < 0)
		return rc;
	/* What looks like a whole record behind the last good one was one: its number is taken, and a cursor will find it missing. */
	past->damaged += item.is_damaged;
	past->rotten = item.rotten;
	return 0;
}

static int recover_segment(
	struct window *window, int dir_fd, struct shelf_segment *segment, const char *sensor, struct spooldir_past *past, char *why)
{
	char name[SHELF_NAME_CAP];
	struct segment_head head;
	struct stat st;
	enum c2_rc head_rc;
	shelf_name(segment->first_seq, name);
	int rc = window_open(window, dir_fd, name, &head, &head_rc);
	if (rc == 0 && fstat(window->fd, &st) < 0)
		rc = -errno;
	if (rc != 0)
		return why_refused(why, rc, "spool: %s/%s: %s", sensor, name, strerror(-rc));
	if (!S_ISREG(st.st_mode))
		return why_refused(why, -EINVAL, "spool: %s/%s: not a regular file", sensor, name);
	if (head_rc == C2_OK && head.version != SEGMENT_VERSION)
		return why_refused(why, -EINVAL, "spool: %s/%s: version %u, want %d", sensor, name, head.version, SEGMENT_VERSION);
	if (head_rc == C2_OK && strcmp(head.sensor, sensor) != 0)
		return why_refused(why, -EINVAL, "spool: %s/%s: belongs to sensor %.64s", sensor, name, head.sensor);
	/* A damaged head costs its base only, for which the one before it stands in: a search by id then begins earlier. */
	if (head_rc == C2_OK && sink_id_compare(head.base, past->last_id) > 0)
		past->last_id = head.base;
	past->damaged += head_rc != C2_OK;
	segment->base = past->last_id;
	segment->len = (uint64_t)st.st_size;
	segment->at_ns = (uint64_t)st.st_mtim.tv_sec * 1000000000 + (uint64_t)st.st_mtim.tv_nsec;
	return 0;
}

/* Acknowledgements outlive the segments that they cover. */
static int recover_acks(int dir_fd, struct spooldir_past *past)
{
	int copy = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = copy < 0 ? NULL : fdopendir(copy);
	if (folder == NULL)
		return -errno;
	struct dirent *entry;
	while ((entry = readdir(folder)) != NULL) {
		size_t len = strlen(entry->d_name);
		struct ackfile ack;
		if (len <= 4 || strcmp(entry->d_name + len - 4, ".ack") != 0 || ackfile_look(&ack, dir_fd, entry->d_name) != 0)
			continue;
		if (ack.seq > past->last_seq && ack.seq < UINT64_MAX) {
			past->last_seq = ack.seq;
			past->rotten = 0;
		}
		if (sink_id_compare(ack.id, past->last_id) > 0)
			past->last_id = ack.id;
	}
	closedir(folder);
	return 0;
}

int spooldir_recover(
	const struct spooldir *spooldir, const char *sensor, struct shelf *shelf, struct spooldir_past *past, char why[static SINK_WHY_CAP])
{
	*past = (struct spooldir_past){0};
	uint64_t *seqs;
	ssize_t n = spooldir_segments(spooldir->dir_fd, &seqs);
	if (n < 0)
		return why_refused(why, (int)n, "spool: %s: %s", sensor, strerror((int)-n));
	struct window window = {.fd = -1};
	int rc = 0;
	for (ssize_t i = 0; i < n && rc == 0; i++) {
		struct shelf_segment segment = {.first_seq = seqs[i]};
		rc = recover_segment(&window, spooldir->dir_fd, &segment, sensor, past, why);
		if (rc == 0 && i == n - 1 && (rc = recover_newest(&window, &segment, past)) != 0)
			why_refused(why, rc, "spool: %s: %s", sensor, strerror(-rc));
		/* Without a record it has the name of the next one that is begun, and will be replaced: a cursor must not look into it. */
		bool is_empty = i == n - 1 && past->last_seq + past->rotten < segment.first_seq;
		if (rc == 0 && !is_empty && (rc = shelf_add(shelf, &segment)) != 0)
			why_refused(why, rc, "spool: %s: %s", sensor, strerror(-rc));
	}
	window_close(&window);
	free(seqs);
	if (rc == 0 && (rc = recover_acks(spooldir->dir_fd, past)) != 0)
		why_refused(why, rc, "spool: %s: %s", sensor, strerror(-rc));
	return rc;
}

static int write_head(int fd, uint64_t first_seq, struct sink_id base, const char *sensor)
{
	struct segment_head head = {.first_seq = first_seq, .base = base};
	snprintf(head.sensor, sizeof head.sensor, "%s", sensor);
	uint8_t octets[SEGMENT_HEAD_LEN];
	segment_put_head(&head, octets);
	ssize_t n = pwrite(fd, octets, sizeof octets, 0);
	if (n != (ssize_t)sizeof octets)
		return n < 0 ? -errno : -ENOSPC;
	return fsync(fd) == 0 ? 0 : -errno;
}

int spooldir_create(const struct spooldir *spooldir, uint64_t first_seq, struct sink_id base, const char *sensor)
{
	char name[SHELF_NAME_CAP];
	shelf_name(first_seq, name);
	unlinkat(spooldir->dir_fd, SPOOLDIR_NEW, 0); /* what an earlier attempt could not take away, or the end of a process left */
	int fd = openat(spooldir->dir_fd, SPOOLDIR_NEW, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	int rc = write_head(fd, first_seq, base, sensor);
	if (rc == 0 && (renameat(spooldir->dir_fd, SPOOLDIR_NEW, spooldir->dir_fd, name) < 0 || fsync(spooldir->dir_fd) < 0))
		rc = -errno;
	if (rc == 0)
		return fd;
	unlinkat(spooldir->dir_fd, SPOOLDIR_NEW, 0);
	close(fd);
	return rc;
}
