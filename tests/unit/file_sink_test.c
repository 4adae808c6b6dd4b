/* SPDX-License-Identifier: Apache-2.0 */
/* Lines in files and pipes: whole, or not there. */
#include "sink/file.h"

#include "base/log.h"

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
#include <sys/wait.h>
#include <unistd.h>

struct ground {
	char dir[32];
	char path[64];
};

static int setup(void **state)
{
	struct ground *ground = calloc(1, sizeof *ground);
	strcpy(ground->dir, "/tmp/c2w-file-XXXXXX");
	if (mkdtemp(ground->dir) == NULL)
		return -1;
	snprintf(ground->path, sizeof ground->path, "%s/hits.ndjson", ground->dir);
	*state = ground;
	return 0;
}

static int teardown(void **state)
{
	char command[64];
	snprintf(command, sizeof command, "rm -rf '%s'", ((struct ground *)*state)->dir);
	free(*state);
	return system(command);
}

static struct file_sink *open_sink(const char *path)
{
	struct file_sink *sink;
	char why[SINK_WHY_CAP];
	assert_int_equal(file_sink_open(&sink, path, why), 0);
	return sink;
}

static void expect_file(const char *path, const char *text)
{
	char octets[8192];
	int fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	ssize_t n = read(fd, octets, sizeof octets - 1);
	close(fd);
	assert_true(n >= 0);
	octets[n] = '\0';
	assert_string_equal(octets, text);
}

static void appends_lines(void **state)
{
	const struct ground *ground = *state;
	struct stat st;
	umask(0);
	struct file_sink *sink = open_sink(ground->path);
	assert_int_equal(file_sink_write(sink, "{\"a\":1}", 7), 0);
	assert_int_equal(file_sink_write(sink, "{\"a\":2}", 7), 0);
	file_sink_close(sink);
	sink = open_sink(ground->path);
	assert_int_equal(file_sink_write(sink, "{\"a\":3}", 7), 0);
	file_sink_close(sink);
	expect_file(ground->path, "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
	assert_int_equal(stat(ground->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void reopens_a_rotated_file(void **state)
{
	const struct ground *ground = *state;
	char old[80];
	snprintf(old, sizeof old, "%s.1", ground->path);
	struct file_sink *sink = open_sink(ground->path);
	file_sink_write(sink, "1", 1);
	rename(ground->path, old);
	file_sink_write(sink, "2", 1);
	assert_int_equal(file_sink_reopen(sink), 0);
	file_sink_write(sink, "3", 1);
	expect_file(old, "1\n2\n");
	expect_file(ground->path, "3\n");
	file_sink_close(sink);
}

static void keeps_the_old_file_when_it_cannot_reopen(void **state)
{
	const struct ground *ground = *state;
	char dir[48], path[64], moved[48];
	snprintf(dir, sizeof dir, "%s/d", ground->dir);
	snprintf(moved, sizeof moved, "%s/e", ground->dir);
	snprintf(path, sizeof path, "%s/f", dir);
	mkdir(dir, 0700);
	struct file_sink *sink = open_sink(path);
	rename(dir, moved);
	assert_int_equal(file_sink_reopen(sink), -ENOENT);
	assert_int_equal(file_sink_write(sink, "x", 1), 0);
	file_sink_close(sink);
	snprintf(path, sizeof path, "%s/f", moved);
	expect_file(path, "x\n");
}

static void follows_a_symbolic_link(void **state)
{
	const struct ground *ground = *state;
	char link[64];
	snprintf(link, sizeof link, "%s/link", ground->dir);
	assert_int_equal(symlink(ground->path, link), 0);
	struct file_sink *sink = open_sink(link);
	file_sink_write(sink, "x", 1);
	file_sink_close(sink);
	expect_file(ground->path, "x\n");
}

static void refuses_what_it_cannot_write(void **state)
{
	const struct ground *ground = *state;
	struct file_sink *sink;
	char why[SINK_WHY_CAP];
	assert_int_equal(file_sink_open(&sink, ground->dir, why), -EISDIR);
	assert_int_equal(file_sink_open(&sink, "/nonexistent/x", why), -ENOENT);
	assert_non_null(strstr(why, "/nonexistent/x: No such file"));
	assert_int_equal(mkfifo(ground->path, 0600), 0);
	assert_int_equal(file_sink_open(&sink, ground->path, why), -ENXIO);
}

static void refuses_a_line_over_the_maximum(void **state)
{
	const struct ground *ground = *state;
	char *json = calloc(1, SINK_JSON_MAX + 1);
	struct file_sink *sink = open_sink(ground->path);
	assert_int_equal(file_sink_write(sink, json, SINK_JSON_MAX + 1), -EMSGSIZE);
	assert_int_equal(file_sink_write(sink, json, SINK_JSON_MAX), 0);
	file_sink_close(sink);
	free(json);
}

static void a_device_that_is_full_loses_counts_and_goes_on(void **state)
{
	(void)state;
	struct file_sink *sink = open_sink("/dev/full");
	for (uint64_t i = 1; i <= 3; i++) {
		assert_int_equal(file_sink_write(sink, "x", 1), -ENOSPC);
		assert_int_equal(file_sink_lost(sink), i);
	}
	file_sink_close(sink);
}

/* A line that was cut by the end of room is completed when there is room again, and no line is ever broken by another. */
static void a_cut_line_is_completed(void **state)
{
	const struct ground *ground = *state;
	pid_t child = fork();
	if (child == 0) {
		signal(SIGXFSZ, SIG_IGN);
		struct file_sink *sink = open_sink(ground->path);
		struct rlimit limit = {14, RLIM_INFINITY};
		setrlimit(RLIMIT_FSIZE, &limit);
		bool is_good = file_sink_write(sink, "line one", 8) == 0;
		is_good &= file_sink_write(sink, "line two", 8) == 0; /* cut after 5 octets, and kept */
		is_good &= file_sink_write(sink, "line three", 10) == -EFBIG;
		is_good &= file_sink_lost(sink) == 1;
		limit.rlim_cur = RLIM_INFINITY;
		setrlimit(RLIMIT_FSIZE, &limit);
		is_good &= file_sink_write(sink, "line four", 9) == 0;
		file_sink_close(sink);
		_exit(is_good ? 0 : 1);
	}
	int status;
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	expect_file(ground->path, "line one\nline two\nline four\n");
}

static void a_closed_standard_output_is_told(void **state)
{
	(void)state;
	pid_t child = fork();
	if (child == 0) {
		int ends[2];
		signal(SIGPIPE, SIG_IGN);
		if (pipe(ends) != 0 || dup2(ends[1], STDOUT_FILENO) < 0)
			_exit(2);
		close(ends[1]);
		struct file_sink *sink = open_sink("-");
		bool is_good = file_sink_write(sink, "x", 1) == 0 && file_sink_reopen(sink) == 0;
		close(ends[0]);
		is_good &= file_sink_write(sink, "x", 1) == -EPIPE;
		is_good &= file_sink_write(sink, "x", 1) == -EPIPE;
		file_sink_close(sink);
		_exit(is_good ? 0 : 1);
	}
	int status;
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void a_slow_pipe_that_does_not_block_is_waited_for(void **state)
{
	(void)state;
	pid_t child = fork();
	if (child == 0) {
		int ends[2];
		if (pipe2(ends, O_NONBLOCK) != 0)
			_exit(2);
		pid_t reader = fork();
		if (reader == 0) {
			size_t lines = 0;
			char octets[1000];
			ssize_t n;
			close(ends[1]);
			while ((n = read(ends[0], octets, sizeof octets)) != 0) {
				for (ssize_t i = 0; i < n; i++)
					lines += octets[i] == '\n';
				usleep(n < 0 ? 1000 : 0);
			}
			_exit(lines == 200 ? 0 : 1);
		}
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		static char json[2000];
		memset(json, 'x', sizeof json);
		struct file_sink *sink = open_sink("-");
		for (int i = 0; i < 200; i++) {
			if (file_sink_write(sink, json, sizeof json) != 0)
				_exit(3);
		}
		file_sink_close(sink);
		close(STDOUT_FILENO);
		int status;
		waitpid(reader, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 4);
	}
	int status;
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	log_open("file_sink", LOG_QUIET);
	const struct CMUnitTest tests[] = {
		CASE(appends_lines),
		CASE(reopens_a_rotated_file),
		CASE(keeps_the_old_file_when_it_cannot_reopen),
		CASE(follows_a_symbolic_link),
		CASE(refuses_what_it_cannot_write),
		CASE(refuses_a_line_over_the_maximum),
		CASE(a_device_that_is_full_loses_counts_and_goes_on),
		CASE(a_cut_line_is_completed),
		CASE(a_closed_standard_output_is_told),
		CASE(a_slow_pipe_that_does_not_block_is_waited_for),
	};
	return cmocka_run_group_tests_name("file_sink", tests, NULL, NULL);
}
