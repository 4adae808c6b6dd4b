/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_ROWS_H
#define TESTS_UNIT_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/*
 * Makes a test of each of `count` rows at `rows`, `row_len` octets each and beginning with its name (const char *). The test finds its row in `*state`.
 * Returns how many: where to put the next in `tests`.
 */
static inline size_t rows_as_tests(struct CMUnitTest *tests, void *rows, size_t count, size_t row_len, CMUnitTestFunction test)
{
	for (size_t i = 0; i < count; i++) {
		void *row = (char *)rows + i * row_len;
		tests[i] = (struct CMUnitTest){.name = *(const char **)row, .test_func = test, .initial_state = row};
	}
	return count;
}

#endif
