/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_STIX_PATTERN_H
#define FEED_STIX_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A pattern (STIX 2.1 §9) that says "any of these": comparisons for equality joined by OR, within observations or between them. All others mean more
 * than a name, and a name alone would fire where they do not.
 */
struct stix_pattern {
	const char *at;
	unsigned observations, groups; /* brackets and parentheses that are open */
	char path[128];                /* what is compared, as "domain-name:value" */
	bool is_in_list;
};

enum stix_rc {
	STIX_VALUE, /* `path` = `value` */
	STIX_END,
	STIX_REFUSED, /* `*why` says what of the pattern is not taken */
};

/* Starts on a pattern, which the caller keeps. */
void stix_pattern_open(struct stix_pattern *pattern, const char *text);

/* The next comparison; `value` has room for `cap` octets, and what is longer is refused. */
enum stix_rc stix_pattern_next(struct stix_pattern *pattern, char *value, size_t cap, const char **why);

#endif
