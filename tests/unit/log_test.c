/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on standard error: what is in them, and what cannot get out of them. */
#include "base/log.h"

#include "table.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Logs `text` at `level` and reads what comes out of standard error. */
static size_t logged(enum log_level level, const char *text, char *out, size_t cap)
{
	int ends[2], error = dup(STDERR_FILENO);
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	log_line(level, "%s", text);
	dup2(error, STDERR_FILENO);
	close(error);
	close(ends[1]);
	ssize_t n = read(ends[0], out, cap - 1);
	close(ends[0]);
	assert_true(n >= 0);
	out[n] = '\0';
	return (size_t)n;
}

struct row {
	const char *name, *text, *line;
};

static const struct row rows[] = {
	/* As it is. */
	{"plain", "/run/spool: No such file", "program: /run/spool: No such file\n"},
	{"quotes_and_formats", "\"%s\" '$(id)'", "program: \"%s\" '$(id)'\n"},
	{"backslash", "C:\\temp\\032", "program: C:\\temp\\032\n"},
	/* What a terminal could obey, or what could begin another line. */
	{"newline", "a\nprogram: b", "program: a\\x0aprogram: b\n"},
	{"escape", "\033[2J", "program: \\x1b[2J\n"},
	{"delete", "\177", "program: \\x7f\n"},
	{"c1",
		"\233"
		"31m",
		"program: \\x9b31m\n"},
	{"utf8", "\303\251", "program: \\xc3\\xa9\n"},
	/* What would be taken for one of these. */
	{"looks_escaped", "\\x1b", "program: \\x5cx1b\n"},
	{"looks_escaped_twice", "\\\\xff\377", "program: \\\\x5cxff\\xff\n"},
	{"backslash_in_front_of_an_octet", "\\\377", "program: \\\\xff\n"},
	{"backslash_at_the_end", "a\\", "program: a\\\n"},
};

static void row_is_logged(void **state)
{
	const struct row *row = *state;
	char line[256];
	logged(LOG_ERROR, row->text, line, sizeof line);
	assert_string_equal(line, row->line);
}

static void long_line_is_cut_between_escapes(void **state)
{
	(void)state;
	char text[8192], line[8192];
	memset(text, 0xff, sizeof text - 1);
	text[sizeof text - 1] = '\0';
	size_t n = logged(LOG_ERROR, text, line, sizeof line);
	assert_in_range(n, 4000, 4096);
	assert_string_equal(line + n - 5, "\\xff\n");
}

static void level_says_what_is_written(void **state)
{
	(void)state;
	char line[64];
	assert_int_equal(logged(LOG_DEBUG, "quiet", line, sizeof line), 0);
	log_open("program", LOG_DEBUG);
	assert_int_equal(logged(LOG_DEBUG, "said", line, sizeof line), strlen("program: said\n"));
	log_open("program", LOG_NOTICE);
}

int main(void)
{
	static struct tests tests;
	log_open("program", LOG_NOTICE);
	TESTS_ROWS(&tests, rows, row_is_logged);
	tests_add(&tests, "long_line_is_cut_between_escapes", long_line_is_cut_between_escapes, NULL);
	tests_add(&tests, "level_says_what_is_written", level_says_what_is_written, NULL);
	return tests_run(&tests, "log");
}
