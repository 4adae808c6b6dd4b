/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as a feed, and as a compiled set. A set's checksum is mended first, or nothing would come past it; what comes past is described whole,
 * and its names are looked up.
 */
#include "feed/native.h"
#include "feed/setfile.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

/* Reads every text to its end, where a sanitizer watches. */
static void read_entry(const struct feedset *set, uint32_t number)
{
	struct indicator entry;
	feedset_describe(set, number, &entry);
	const char *const texts[] = {entry.name, entry.feed, entry.file, entry.provider, entry.campaign, entry.description, entry.reference,
		entry.source, entry.platform, entry.stage, entry.tag, entry.confidence, entry.tlp, entry.severity, entry.first_seen, entry.expires};
	size_t sum = 0;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		sum += texts[i] != NULL ? strlen(texts[i]) : 0;
	if (sum > UINT32_MAX)
		abort();
	struct c2_name name;
	struct c2_verdict verdict;
	if (c2_name_from_text(entry.name, strlen(entry.name), &name) == C2_OK && feedset_find(set, &name, entry.expires_ns, &verdict) == C2_OK &&
		verdict.indicator >= feedset_entries(set))
		abort();
}

static void as_set(const uint8_t *octets, size_t len)
{
	struct feedset set = {0};
	const char *why;
	uint8_t *copy = aligned_alloc(64, (len + 64) & ~(size_t)63);
	if (copy == NULL)
		return;
	memcpy(copy, octets, len);
	/* Behind the magic, order and version stand 32 octets of checksum. */
	if (len > 128 && setfile_is(copy, len) && setfile_checksum(copy, len, copy + 16) == 0 && setfile_open(copy, len, &set, &why) == 0) {
		for (uint32_t i = 0; i < feedset_entries(&set); i++)
			read_entry(&set, i);
		c2_domset_free(set.domset);
	}
	free(copy);
}

static void as_feed(const uint8_t *octets, size_t len)
{
	static struct lint lint; /* opened once: its lists never change */
	if (lint.suffixes == NULL && lint_open(&lint, NULL, NULL) != 0)
		return;
	struct book *book = book_new();
	struct native native;
	if (book == NULL || native_open(&native, book, &lint, "fuzz.feed") != 0)
		abort();
	char line[4097];
	uint32_t number = 0;
	for (size_t at = 0; at < len;) {
		const uint8_t *lf = memchr(octets + at, '\n', len - at);
		size_t n = lf != NULL ? (size_t)(lf - octets) - at : len - at;
		number++;
		if (n < sizeof line) {
			memcpy(line, octets + at, n);
			line[n] = '\0';
			native_line(&native, line, number);
		}
		at += n + 1;
	}
	/* Whatever was taken is a name that can be looked up. */
	for (uint32_t i = 0; i < book->entries_n; i++) {
		struct c2_name name;
		const char *text = book->strings + book->entries[i].name;
		if (c2_name_from_text(text, strlen(text), &name) != C2_OK || name.labels == 0)
			abort();
	}
	book_free(book);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	as_set(octets, len);
	as_feed(octets, len);
	return 0;
}
