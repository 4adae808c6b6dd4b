/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as a feed of whatever format, and as a compiled set. A set's checksum is mended first, or nothing would come past it; what comes past is described whole,
 * and its names are looked up.
 */
#include "feed/format.h"
#include "feed/setfile.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

/* Reads every text to its end, where a sanitizer watches. */
static void read_entry(const struct feedset *set, uint32_t number)
{
	struct indicator entry;
	for (unsigned which = 0; feedset_describe(set, number, 0, which, &entry); which++) {
		const char *const texts[] = {entry.name, entry.feed, entry.file, entry.provider, entry.campaign, entry.description, entry.reference,
			entry.source, entry.platform, entry.stage, entry.tag, entry.confidence, entry.tlp, entry.severity, entry.first_seen,
			entry.last_seen, entry.expires};
		size_t sum = 0;
		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
			sum += texts[i] != NULL ? strlen(texts[i]) : 0;
		if (sum > UINT32_MAX)
			abort();
		struct c2_name name;
		struct c2_verdict verdict;
		uint32_t covers[FEEDSET_COVER_MAX];
		if (c2_name_from_text(entry.name, strlen(entry.name), &name) != C2_OK)
			abort();
		if (feedset_find(set, &name, entry.expires_ns, &verdict) == C2_OK && verdict.indicator >= feedset_entries(set))
			abort();
		if (feedset_cover(set, &name, covers) > FEEDSET_COVER_MAX)
			abort();
	}
}

static void read_set(const void *octets, size_t len)
{
	struct feedset set;
	const char *why;
	if (setfile_open(octets, len, &set, &why) != 0)
		return;
	for (uint32_t i = 0; i < feedset_entries(&set); i++)
		read_entry(&set, i);
	const char *feed;
	size_t claims, sum = 0;
	for (size_t i = 0; feedset_source(&set, i, &feed, &claims); i++)
		sum += strlen(feed);
	if (sum > len)
		abort();
	setfile_close(&set);
}

static void as_set(const uint8_t *octets, size_t len)
{
	uint8_t *copy = aligned_alloc(64, (len + 64) & ~(size_t)63);
	if (copy == NULL)
		return;
	memcpy(copy, octets, len);
	if (len > 256 && setfile_is(copy, len)) {
		uint64_t checksum = setfile_checksum(copy, len);
		memcpy(copy + SETFILE_CHECKSUM_AT, &checksum, sizeof checksum);
		read_set(copy, len);
	}
	free(copy);
}

/* A file of these octets, in memory. */
static int file_of(const uint8_t *octets, size_t len)
{
	int fd = memfd_create("fuzz.feed", MFD_CLOEXEC);
	if (fd < 0 || write(fd, octets, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

/* Whatever is taken makes a set, and each entry of that is found. */
static void as_feed(const uint8_t *octets, size_t len)
{
	static struct lint lint; /* opened once: its lists never change */
	if (lint.suffixes == NULL && lint_open(&lint, NULL, NULL) != 0)
		return;
	static struct lines lines;
	struct intake intake;
	struct book *book = book_new(1);
	int fd = file_of(octets, len);
	const char *head;
	size_t head_len, made_len;
	if (book == NULL || lines_open(&lines, fd) != 0 || intake_open(&intake, book, &lint, NULL, "fuzz.feed") != 0)
		abort();
	void *made;
	if (lines_peek(&lines, &head, &head_len) && format_of(head, head_len)->read(&intake, &lines) == 0 && intake_close(&intake) == 0 &&
		setfile_make(book, &made, &made_len) == 0) {
		read_set(made, made_len);
		munmap(made, made_len);
	}
	lines_close(&lines);
	close(fd);
	book_free(book);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	as_set(octets, len);
	as_feed(octets, len);
	return 0;
}
