/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_FACTS_H
#define FEED_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a feed says of an indicator beside its name. */
enum fact {
	FACT_FEED, /* the feed's name */
	FACT_FILE, /* path; not part of the content, nor are line numbers */
	FACT_PROVIDER,
	FACT_CAMPAIGN,
	FACT_DESCRIPTION,
	FACT_REFERENCE,
	FACT_SOURCE,
	FACT_PLATFORM,
	FACT_STAGE,
	FACT_TAG,
	FACT_CONFIDENCE,
	FACT_TLP,
	FACT_SEVERITY,
	FACT_FIRST_SEEN,
	FACT_LAST_SEEN,
	FACT_EXPIRES,
	FACT_COUNT,
};

/* What is said of one or many entries: texts by their place among the strings, 0 where nothing is said. */
struct facts {
	uint32_t text[FACT_COUNT];
};

/* The fact that a key of the native format sets, or FACT_COUNT for a key that sets none. */
enum fact facts_of_key(const char *key, size_t len);

/* The key that sets it. */
const char *facts_key(enum fact fact);

/*
 * Checks a value and brings it into the form that records want ("high" becomes "High"): null when it is not one, and `*wanted` says what would be.
 * The result is `value` itself or a constant.
 */
const char *facts_value(enum fact fact, const char *value, const char **wanted);

/* 1 to 3 for a confidence that facts_value() gave. */
uint32_t facts_confidence(const char *value);

/* Reads an RFC 3339 date (then its first instant) or date and time in UTC: nanoseconds since 1970. False for anything else, or before 1970. */
bool facts_instant(const char *text, uint64_t *ns);

#endif
