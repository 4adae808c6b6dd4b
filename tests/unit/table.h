/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TABLE_H
#define TESTS_TABLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TESTS_MAX 1024

/* The tests of a program: rows of tables, each a test of its own under its own name, and tests that stand alone. */
struct tests {
	struct CMUnitTest at[TESTS_MAX];
	size_t count;
};

static inline void tests_add(struct tests *tests, const char *name, CMUnitTestFunction run, const void *row)
{
	if (tests->count == TESTS_MAX)
		fail_msg("more than %d tests", TESTS_MAX);
	tests->at[tests->count++] = (struct CMUnitTest){.name = name, .test_func = run, .initial_state = (void *)(uintptr_t)row};
}

/* One test for each of `count` rows of `row_len` octets, whose first member is the name; `run` gets the row as its state. */
static inline void tests_add_rows(struct tests *tests, const void *rows, size_t count, size_t row_len, CMUnitTestFunction run)
{
	for (size_t i = 0; i < count; i++) {
		const char *row = (const char *)rows + i * row_len;
		const char *name;
		memcpy(&name, row, sizeof name);
		tests_add(tests, name, run, row);
	}
}

#define TESTS_ROWS(tests, rows, run) tests_add_rows(tests, rows, sizeof(rows) / sizeof(rows)[0], sizeof(rows)[0], run)

static inline int tests_run(struct tests *tests, const char *group)
{
	return _cmocka_run_group_tests(group, tests->at, tests->count, NULL, NULL);
}

#endif
