/* SPDX-License-Identifier: Apache-2.0 */
/* The file of dead letters: whole lines, on disk before anybody relies on them, and nothing but what was put there. */
#include "sink/deadletter.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* The calls that matter, in order: o new file's folder synced, w written, s synced, t cut. */
static char calls[64];
static int sync_error;

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_ftruncate(int fd, off_t len);
int __wrap_ftruncate(int fd, off_t len);
ssize_t __real_write(int fd, const void *octets, size_t len);
ssize_t __wrap_write(int fd, const void *octets, size_t len);

static void called(char what)
{
	size_t n = strlen(calls);
	if (n + 1 < sizeof calls)
		calls[n] = what;
}

int __wrap_fdatasync(int fd)
{
	called('s');
	if (sync_error == 0)
		return __real_fdatasync(fd);
	errno = sync_error;
	return -1;
}

int __wrap_fsync(int fd)
{
	called('o');
	return __real_fsync(fd);
}

int __wrap_ftruncate(int fd, off_t len)
{
	called('t');
	return __real_ftruncate(fd, len);
}

ssize_t __wrap_write(int fd, const void *octets, size_t len)
{
	if (fd > 2)
		called('w');
	return __real_write(fd, octets, len);
}

struct ground {
	char dir[32];
	struct deadletter dead;
};

static int setup(void **state)
{
	struct ground *ground = calloc(1, sizeof *ground);
	strcpy(ground->dir, "/tmp/c2w-dead-XXXXXX");
	if (mkdtemp(ground->dir) == NULL)
		return -1;
	deadletter_open(&ground->dead, open(ground->dir, O_RDONLY | O_DIRECTORY), "redis");
	memset(calls, 0, sizeof calls);
	sync_error = 0;
	*state = ground;
	return 0;
}

static int teardown(void **state)
{
	struct ground *ground = *state;
	unlinkat(ground->dead.dir_fd, "redis.dead", 0);
	unlinkat(ground->dead.dir_fd, "elsewhere", 0);
	close(ground->dead.dir_fd);
	rmdir(ground->dir);
	free(ground);
	return 0;
}

static int append(struct ground *ground, const char *json)
{
	return deadletter_append(&ground->dead, json, strlen(json));
}

/* What is in the file, as it is now. */
static const char *content(const struct ground *ground, const char *name)
{
	static char text[65536];
	int fd = openat(ground->dead.dir_fd, name, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return NULL;
	text[n] = '\0';
	return text;
}

static void put(const struct ground *ground, const char *text, size_t len)
{
	int fd = openat(ground->dead.dir_fd, "redis.dead", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
	memset(calls, 0, sizeof calls);
}

static void a_line_is_on_disk_when_it_is_said_to_be(void **state)
{
	struct ground *ground = *state;
	struct stat st;
	assert_int_equal(append(ground, "{\"a\":1}"), 0);
	assert_string_equal(calls, "owws"); /* the name, the line, its end; and last the disk has it */
	assert_string_equal(content(ground, "redis.dead"), "{\"a\":1}\n");
	assert_int_equal(fstatat(ground->dead.dir_fd, "redis.dead", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	memset(calls, 0, sizeof calls);
	assert_int_equal(append(ground, "{\"b\":2}"), 0);
	assert_string_equal(calls, "wws");
	assert_string_equal(content(ground, "redis.dead"), "{\"a\":1}\n{\"b\":2}\n");
}

static void the_latest_line_is_taken_back_once(void **state)
{
	struct ground *ground = *state;
	assert_int_equal(deadletter_take_back(&ground->dead), 0);
	assert_null(content(ground, "redis.dead"));
	append(ground, "{\"a\":1}");
	append(ground, "{\"b\":2}");
	memset(calls, 0, sizeof calls);
	assert_int_equal(deadletter_take_back(&ground->dead), 0);
	assert_string_equal(calls, "ts");
	assert_string_equal(content(ground, "redis.dead"), "{\"a\":1}\n");
	assert_int_equal(deadletter_take_back(&ground->dead), 0);
	assert_string_equal(content(ground, "redis.dead"), "{\"a\":1}\n");
	append(ground, "{\"c\":3}");
	assert_string_equal(content(ground, "redis.dead"), "{\"a\":1}\n{\"c\":3}\n");
}

/* It may be moved away, or replaced, at any time: what is not ours is not cut. */
static void a_line_of_another_file_is_not_taken_back(void **state)
{
	struct ground *ground = *state;
	append(ground, "{\"a\":1}");
	renameat(ground->dead.dir_fd, "redis.dead", ground->dead.dir_fd, "elsewhere");
	put(ground, "{\"x\":1}\n{\"y\":1}\n", 16);
	assert_int_equal(deadletter_take_back(&ground->dead), 0);
	assert_string_equal(content(ground, "redis.dead"), "{\"x\":1}\n{\"y\":1}\n");
	assert_string_equal(content(ground, "elsewhere"), "{\"a\":1}\n");
}

/* What a process left that ended while it wrote. */
static void a_torn_line_goes(void **state)
{
	static const char whole[] = "{\"a\":1}\n{\"b\":2}\n";
	struct ground *ground = *state;
	for (size_t cut = 0; cut < sizeof whole; cut++) {
		put(ground, whole, cut);
		assert_int_equal(append(ground, "{\"c\":3}"), 0);
		assert_string_equal(content(ground, "redis.dead"), cut < 8    ? "{\"c\":3}\n"
								   : cut < 16 ? "{\"a\":1}\n{\"c\":3}\n"
									      : "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
	}
	/* However long it is. */
	static char much[20000];
	memset(much, 'x', sizeof much);
	static const size_t ends[] = {1, 2, 4095, 4096, 4097, 8192, 19999};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		much[ends[i] - 1] = '\n';
		put(ground, much, sizeof much);
		assert_int_equal(append(ground, "{}"), 0);
		assert_int_equal(strlen(content(ground, "redis.dead")), ends[i] + 3);
		much[ends[i] - 1] = 'x';
	}
}

static void a_disk_that_fails_leaves_the_file_as_it_was(void **state)
{
	struct ground *ground = *state;
	struct rlimit limit = {0}, before;
	append(ground, "{\"a\":1}");
	sync_error = EIO;
	assert_int_equal(append(ground, "{\"b\":2}"), -EIO);
	assert_string_equal(content(ground, "redis.dead"), "{\"a\":1}\n");
	sync_error = 0;
	/* Full: nothing of it, all but its end. */
	getrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, SIG_IGN);
	for (limit.rlim_max = before.rlim_max, limit.rlim_cur = 8; limit.rlim_cur < 16; limit.rlim_cur++) {
		setrlimit(RLIMIT_FSIZE, &limit);
		int rc = append(ground, "{\"b\":2}");
		setrlimit(RLIMIT_FSIZE, &before);
		assert_true(rc == -EFBIG || rc == -ENOSPC);
		assert_string_equal(content(ground, "redis.dead"), "{\"a\":1}\n");
	}
	assert_int_equal(deadletter_take_back(&ground->dead), 0); /* there is none */
	assert_string_equal(content(ground, "redis.dead"), "{\"a\":1}\n");
	assert_int_equal(append(ground, "{\"b\":2}"), 0);
	assert_string_equal(content(ground, "redis.dead"), "{\"a\":1}\n{\"b\":2}\n");
}

static void what_is_no_file_of_ours_is_refused(void **state)
{
	struct ground *ground = *state;
	int dir_fd = ground->dead.dir_fd;
	assert_int_equal(symlinkat("elsewhere", dir_fd, "redis.dead"), 0);
	assert_int_equal(append(ground, "{}"), -ELOOP);
	assert_null(content(ground, "elsewhere"));
	unlinkat(dir_fd, "redis.dead", 0);
	assert_int_equal(mkfifoat(dir_fd, "redis.dead", 0600), 0);
	assert_int_equal(append(ground, "{}"), -EINVAL);
	unlinkat(dir_fd, "redis.dead", 0);
	assert_int_equal(mkdirat(dir_fd, "redis.dead", 0700), 0);
	assert_int_equal(append(ground, "{}"), -EISDIR);
	unlinkat(dir_fd, "redis.dead", AT_REMOVEDIR);
}

static void a_full_file_is_left_alone(void **state)
{
	struct ground *ground = *state;
	put(ground, "{}\n", 3);
	int fd = openat(ground->dead.dir_fd, "redis.dead", O_WRONLY);
	assert_int_equal(__real_ftruncate(fd, DEADLETTER_LEN_MAX + 1), 0); /* a hole */
	close(fd);
	assert_int_equal(append(ground, "{}"), -EOVERFLOW);
	assert_string_equal(calls, "");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_line_is_on_disk_when_it_is_said_to_be),
		CASE(the_latest_line_is_taken_back_once),
		CASE(a_line_of_another_file_is_not_taken_back),
		CASE(a_torn_line_goes),
		CASE(a_disk_that_fails_leaves_the_file_as_it_was),
		CASE(what_is_no_file_of_ours_is_refused),
		CASE(a_full_file_is_left_alone),
	};
	return cmocka_run_group_tests_name("deadletter", tests, NULL, NULL);
}
