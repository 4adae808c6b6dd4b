/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The door that libFuzzer and replay.c knock at. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

/* What must hold whatever the input; unlike assert() it is there in every build. */
static inline void must(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

#define MUST(condition) must(condition, #condition)

#endif
