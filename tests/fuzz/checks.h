/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CHECKS_H
#define TESTS_CHECKS_H

#include "fuzz.h"

#include <c2watch/name.h>

#include <string.h>

/* The invariant of a finished name, and that its text leads back to it. */
static inline void check_name(const struct c2_name *name)
{
	char text[C2_NAME_TEXT_MAX];
	struct c2_name back;
	size_t at = 0;
	unsigned labels = 0;
	MUST(name->len >= 1);
	for (; at < name->len && name->wire[at] != 0; at += 1u + name->wire[at], labels++)
		MUST(name->wire[at] <= 63 && at + 1u + name->wire[at] < name->len);
	MUST(at + 1 == name->len && labels == name->labels);
	size_t n = c2_name_to_text(name, text);
	MUST(n < sizeof text && strlen(text) == n);
	for (size_t i = 0; i < n; i++)
		MUST(text[i] > 0x20 && text[i] < 0x7f);
	MUST(c2_name_from_text(text, n, &back) == C2_OK && c2_name_equal(name, &back));
	MUST(c2_name_is_under(name, &back));
}

#endif
