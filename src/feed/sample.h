/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_SAMPLE_H
#define FEED_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

/* What a line tells of the format that its file is in. */
enum sample_word {
	SAMPLE_NOTHING, /* a comment, or a line that many formats have */
	SAMPLE_YES,
	SAMPLE_NO,
};

/*
 * The first lines of a file, of which the first `len` octets are given: true when the first of them that tells anything says yes. `line` gets each, NUL-ended,
 * without blanks at its end, and may write into it; blank lines are left out, and what is no text. A header line of the native format (`#:`) ends it: no.
 */
bool sample_says(const char *octets, size_t len, enum sample_word (*line)(char *text));

#endif
