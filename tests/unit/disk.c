/* SPDX-License-Identifier: Apache-2.0 */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>

int (*disk_before)(const struct disk_event *event);
void (*disk_after)(const struct disk_event *event, ssize_t result);

int __real_openat(int fd, const char *name, int flags, ...);
ssize_t __real_pread(int fd, void *to, size_t len, off_t offset);
ssize_t __real_pwrite(int fd, const void *octets, size_t len, off_t offset);
int __real_fdatasync(int fd);
int __real_fsync(int fd);
int __real_ftruncate(int fd, off_t len);
int __real_posix_fallocate(int fd, off_t offset, off_t len);
int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __real_unlinkat(int fd, const char *name, int flags);
int __wrap_openat(int fd, const char *name, int flags, ...);
ssize_t __wrap_pread(int fd, void *to, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *octets, size_t len, off_t offset);
int __wrap_fdatasync(int fd);
int __wrap_fsync(int fd);
int __wrap_ftruncate(int fd, off_t len);
int __wrap_posix_fallocate(int fd, off_t offset, off_t len);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_unlinkat(int fd, const char *name, int flags);

/* What is compiled with _FILE_OFFSET_BITS calls them so. */
int __wrap_openat64(int fd, const char *name, int flags, ...) __attribute__((alias("__wrap_openat")));
ssize_t __wrap_pread64(int fd, void *to, size_t len, off_t offset) __attribute__((alias("__wrap_pread")));
ssize_t __wrap_pwrite64(int fd, const void *octets, size_t len, off_t offset) __attribute__((alias("__wrap_pwrite")));
int __wrap_ftruncate64(int fd, off_t len) __attribute__((alias("__wrap_ftruncate")));
int __wrap_posix_fallocate64(int fd, off_t offset, off_t len) __attribute__((alias("__wrap_posix_fallocate")));

static int before(const struct disk_event *event)
{
	return disk_before == NULL ? 0 : disk_before(event);
}

static ssize_t after(const struct disk_event *event, ssize_t result)
{
	if (result < 0)
		result = -errno;
	if (disk_after != NULL)
		disk_after(event, result);
	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}

static int refuse(int refused)
{
	errno = -refused;
	return -1;
}

int __wrap_openat(int fd, const char *name, int flags, ...)
{
	va_list args;
	va_start(args, flags);
	mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
	va_end(args);
	const struct disk_event event = {.call = DISK_OPEN, .fd = fd, .name = name, .flags = flags};
	int refused = before(&event);
	return refused < 0 ? refuse(refused) : (int)after(&event, __real_openat(fd, name, flags, mode));
}

ssize_t __wrap_pread(int fd, void *to, size_t len, off_t offset)
{
	const struct disk_event event = {.call = DISK_READ, .fd = fd, .len = len, .offset = (uint64_t)offset};
	int refused = before(&event);
	if (refused < 0)
		return refuse(refused);
	return after(&event, __real_pread(fd, to, refused > 0 && (size_t)refused < len ? (size_t)refused : len, offset));
}

ssize_t __wrap_pwrite(int fd, const void *octets, size_t len, off_t offset)
{
	const struct disk_event event = {.call = DISK_WRITE, .fd = fd, .octets = octets, .len = len, .offset = (uint64_t)offset};
	int refused = before(&event);
	if (refused < 0)
		return refuse(refused);
	return after(&event, __real_pwrite(fd, octets, refused > 0 && (size_t)refused < len ? (size_t)refused : len, offset));
}

int __wrap_fdatasync(int fd)
{
	const struct disk_event event = {.call = DISK_SYNC, .fd = fd};
	int refused = before(&event);
	return refused < 0 ? refuse(refused) : (int)after(&event, __real_fdatasync(fd));
}

int __wrap_fsync(int fd)
{
	const struct disk_event event = {.call = DISK_SYNC, .fd = fd};
	int refused = before(&event);
	return refused < 0 ? refuse(refused) : (int)after(&event, __real_fsync(fd));
}

int __wrap_ftruncate(int fd, off_t len)
{
	const struct disk_event event = {.call = DISK_TRUNCATE, .fd = fd, .len = (size_t)len};
	int refused = before(&event);
	return refused < 0 ? refuse(refused) : (int)after(&event, __real_ftruncate(fd, len));
}

int __wrap_posix_fallocate(int fd, off_t offset, off_t len)
{
	const struct disk_event event = {.call = DISK_ALLOCATE, .fd = fd, .len = (size_t)(offset + len)};
	int refused = before(&event);
	if (refused < 0)
		return -refused;
	int failed = __real_posix_fallocate(fd, offset, len);
	if (failed == 0)
		after(&event, 0);
	return failed;
}

int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	const struct disk_event event = {.call = DISK_RENAME, .fd = to_fd, .name = from, .to = to};
	int refused = before(&event);
	return refused < 0 ? refuse(refused) : (int)after(&event, __real_renameat(from_fd, from, to_fd, to));
}

int __wrap_unlinkat(int fd, const char *name, int flags)
{
	const struct disk_event event = {.call = DISK_UNLINK, .fd = fd, .name = name};
	int refused = before(&event);
	return refused < 0 ? refuse(refused) : (int)after(&event, __real_unlinkat(fd, name, flags));
}
