/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiled set: a header and, one behind the other at multiples of 64, strings, facts, sources, and for each part its domset's image, the columns of its
 * leading claims and the rest. In the byte order of the machine that made it, so that it is used as it lies. It is written beside and renamed, so that
 * whoever reads it sees the old one or the new one.
 */
#include "feed/setfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define SETFILE_ORDER 0x01020304u
#define SETFILE_VERSION 2

/* Where a section of the file is. */
struct setfile_place {
	uint64_t at, len;
};

struct setfile_part_header {
	struct setfile_place names, facts, lines, more;
	uint32_t entries, more_n;
	uint8_t facts_width, lines_width;
	uint8_t zero[6];
};

struct setfile_header {
	uint8_t magic[8];
	uint32_t order, version;
	uint64_t checksum; /* XXH3 of all that follows it */
	uint64_t len;      /* of the file */
	char hash[24];
	struct setfile_place strings, facts, sources;
	struct setfile_part_header parts[BOOK_PARTS];
};

_Static_assert(offsetof(struct setfile_header, checksum) == SETFILE_CHECKSUM_AT, "as told");
_Static_assert(sizeof(struct setfile_header) == 56 + 3 * 16 + BOOK_PARTS * 80, "no hole that could differ between two files");

#define SETFILE_SUMMED offsetof(struct setfile_header, len)

bool setfile_is(const void *octets, size_t len)
{
	return len >= 8 && memcmp(octets, SETFILE_MAGIC, 8) == 0;
}

uint64_t setfile_checksum(const void *octets, size_t len)
{
	return XXH3_64bits((const uint8_t *)octets + SETFILE_SUMMED, len - SETFILE_SUMMED);
}

uint32_t setfile_rank(const struct facts *facts, const char *strings)
{
	return facts_confidence(strings + facts->text[FACT_CONFIDENCE]);
}

/* A part while it is made. */
struct setfile_draft {
	struct c2_domset *domset;
	uint32_t *leads; /* of each entry, its leading claim's number among the part's */
	struct setfile_more *more;
	uint32_t claims, more_n;
};

static uint32_t setfile_claim_rank(const struct book *book, const struct book_claim *claim)
{
	struct facts facts;
	book_facts_read(book->facts, book->facts_len, claim->facts, &facts);
	return setfile_rank(&facts, book->strings);
}

/* What orders the claims that do not lead. */
struct setfile_order {
	const struct book *book;
	const struct book_claim *claims;
};

/* While drafts are sorted, `claim.line` of what is sorted is the claim's number: so that of equals the first stays first. */
static int setfile_compare(const void *a, const void *b, void *of)
{
	const struct setfile_more *x = a, *y = b;
	const struct setfile_order *order = of;
	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	uint32_t first = setfile_claim_rank(order->book, &order->claims[x->claim.line]);
	uint32_t second = setfile_claim_rank(order->book, &order->claims[y->claim.line]);
	if (first != second)
		return first > second ? -1 : 1;
	return x->claim.line < y->claim.line ? -1 : x->claim.line > y->claim.line;
}

#define SETFILE_NOBODY UINT32_MAX

/* Says for each entry which claim leads, and collects the rest. `numbers` of each claim, its entry. */
static int setfile_rank_claims(const struct book *book, const struct book_claim *claims, const uint32_t *numbers, struct setfile_draft *draft)
{
	uint32_t entries = c2_domset_count(draft->domset);
	draft->leads = malloc(((size_t)entries + 1) * sizeof *draft->leads);
	draft->more = malloc(((size_t)draft->claims - entries + 1) * sizeof *draft->more);
	if (draft->leads == NULL || draft->more == NULL)
		return -ENOMEM;
	memset(draft->leads, 0xff, entries * sizeof *draft->leads);
	for (uint32_t i = 0; i < draft->claims; i++) {
		uint32_t *lead = &draft->leads[numbers[i]], beside = i;
		if (*lead == SETFILE_NOBODY) {
			*lead = i;
			continue;
		}
		if (setfile_claim_rank(book, &claims[i]) > setfile_claim_rank(book, &claims[*lead])) {
			beside = *lead;
			*lead = i;
		}
		draft->more[draft->more_n++] = (struct setfile_more){.entry = numbers[i], .claim.line = beside};
	}
	struct setfile_order order = {.book = book, .claims = claims};
	qsort_r(draft->more, draft->more_n, sizeof *draft->more, setfile_compare, &order);
	for (uint32_t i = 0; i < draft->more_n; i++)
		draft->more[i].claim = claims[draft->more[i].claim.line];
	return 0;
}

static int setfile_draft_open(struct setfile_draft *draft, const struct book *book, enum book_part part)
{
	draft->claims = c2_domset_builder_count(book->names[part]);
	uint32_t *numbers = malloc(((size_t)draft->claims + 1) * sizeof *numbers);
	int rc = numbers != NULL ? c2_domset_build(book->names[part], numbers, &draft->domset) : -ENOMEM;
	if (rc == 0)
		rc = setfile_rank_claims(book, book->claims[part], numbers, draft);
	free(numbers);
	return rc;
}

static void setfile_draft_close(struct setfile_draft *draft)
{
	c2_domset_free(draft->domset);
	free(draft->leads);
	free(draft->more);
}

/* The octets that the largest number of a column needs. */
static uint8_t setfile_width(uint32_t greatest)
{
	return (uint8_t)(greatest > 0xffffff ? 4 : greatest > 0xffff ? 3 : greatest > 0xff ? 2 : 1);
}

static void setfile_lay_out(uint64_t *end, struct setfile_place *place, uint64_t len)
{
	place->at = (*end + 63) & ~UINT64_C(63);
	place->len = len;
	*end = place->at + len;
}

static void setfile_lay_out_part(
	uint64_t *end, struct setfile_part_header *header, const struct setfile_draft *draft, const struct book_claim *claims)
{
	struct book_claim greatest = {0};
	header->entries = c2_domset_count(draft->domset);
	for (uint32_t i = 0; i < header->entries; i++) {
		const struct book_claim *lead = &claims[draft->leads[i]];
		greatest.facts = lead->facts > greatest.facts ? lead->facts : greatest.facts;
		greatest.line = lead->line > greatest.line ? lead->line : greatest.line;
	}
	size_t image_len;
	c2_domset_image(draft->domset, &image_len);
	header->more_n = draft->more_n;
	header->facts_width = setfile_width(greatest.facts);
	header->lines_width = setfile_width(greatest.line);
	setfile_lay_out(end, &header->names, image_len);
	setfile_lay_out(end, &header->facts, (uint64_t)header->entries * header->facts_width);
	setfile_lay_out(end, &header->lines, (uint64_t)header->entries * header->lines_width);
	setfile_lay_out(end, &header->more, header->more_n * sizeof *draft->more);
}

static uint8_t *setfile_put_number(uint8_t *at, uint32_t value, uint8_t width)
{
	for (unsigned octet = 0; octet < width; octet++)
		*at++ = (uint8_t)(value >> 8 * octet);
	return at;
}

static void setfile_put(uint8_t *octets, const struct setfile_place *place, const void *from)
{
	if (place->len > 0)
		memcpy(octets + place->at, from, place->len);
}

static void setfile_put_part(
	uint8_t *octets, const struct setfile_part_header *header, const struct setfile_draft *draft, const struct book_claim *claims)
{
	size_t image_len;
	setfile_put(octets, &header->names, c2_domset_image(draft->domset, &image_len));
	setfile_put(octets, &header->more, draft->more);
	uint8_t *facts = octets + header->facts.at, *lines = octets + header->lines.at;
	for (uint32_t i = 0; i < header->entries; i++) {
		facts = setfile_put_number(facts, claims[draft->leads[i]].facts, header->facts_width);
		lines = setfile_put_number(lines, claims[draft->leads[i]].line, header->lines_width);
	}
}

static int setfile_fill(const struct book *book, const struct setfile_draft drafts[BOOK_PARTS], void **out, size_t *len)
{
	struct setfile_header header = {.magic = SETFILE_MAGIC, .order = SETFILE_ORDER, .version = SETFILE_VERSION};
	uint64_t end = sizeof header;
	snprintf(header.hash, sizeof header.hash, "%016llx", (unsigned long long)book->content);
	setfile_lay_out(&end, &header.strings, book->strings_len);
	setfile_lay_out(&end, &header.facts, book->facts_len);
	setfile_lay_out(&end, &header.sources, book->sources_n * sizeof *book->sources);
	for (unsigned part = 0; part < BOOK_PARTS; part++)
		setfile_lay_out_part(&end, &header.parts[part], &drafts[part], book->claims[part]);
	header.len = end;
	uint8_t *octets = mmap(NULL, end, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (octets == MAP_FAILED)
		return -ENOMEM;
	memcpy(octets, &header, sizeof header);
	setfile_put(octets, &header.strings, book->strings);
	setfile_put(octets, &header.facts, book->facts);
	setfile_put(octets, &header.sources, book->sources);
	for (unsigned part = 0; part < BOOK_PARTS; part++)
		setfile_put_part(octets, &header.parts[part], &drafts[part], book->claims[part]);
	header.checksum = setfile_checksum(octets, end);
	memcpy(octets, &header, sizeof header);
	mprotect(octets, end, PROT_READ);
	*out = octets;
	*len = end;
	return 0;
}

int setfile_make(const struct book *book, void **octets, size_t *len)
{
	struct setfile_draft drafts[BOOK_PARTS] = {0};
	int rc = 0;
	for (unsigned part = 0; part < BOOK_PARTS && rc == 0; part++)
		rc = setfile_draft_open(&drafts[part], book, (enum book_part)part);
	if (rc == 0)
		rc = setfile_fill(book, drafts, octets, len);
	for (unsigned part = 0; part < BOOK_PARTS; part++)
		setfile_draft_close(&drafts[part]);
	return rc;
}

/* Does the section lie in the file, and is it so long? */
static bool setfile_has(const struct setfile_header *header, const struct setfile_place *place, uint64_t len)
{
	return place->at % 64 == 0 && place->at <= header->len && place->len <= header->len - place->at && place->len == len;
}

static bool setfile_has_part(const struct setfile_header *header, const struct setfile_part_header *part)
{
	return part->facts_width >= 1 && part->facts_width <= 4 && part->lines_width >= 1 && part->lines_width <= 4 &&
	       setfile_has(header, &part->names, part->names.len) && setfile_has(header, &part->facts, (uint64_t)part->entries * part->facts_width) &&
	       setfile_has(header, &part->lines, (uint64_t)part->entries * part->lines_width) &&
	       setfile_has(header, &part->more, part->more_n * sizeof(struct setfile_more));
}

/* Checks who wrote the file, and that it is whole. */
static const char *setfile_vet(const struct setfile_header *header, const void *octets, size_t len)
{
	if (len < sizeof *header || !setfile_is(header, sizeof *header))
		return "not a compiled set";
	if (header->order != SETFILE_ORDER)
		return "a compiled set from a machine of the other byte order: compile the feeds here";
	if (header->version != SETFILE_VERSION)
		return "a compiled set of another version: compile the feeds anew";
	if (header->len != len)
		return "a compiled set that is cut, or has grown: its length is not what its header says";
	if (header->checksum != setfile_checksum(octets, len))
		return "a compiled set that is damaged: its checksum is wrong";
	return NULL;
}

/* Do the parts fit together? The checksum is right, so that only who meant to made them otherwise. */
static bool setfile_is_sound(const struct setfile_header *header, const uint8_t *octets)
{
	if (header->hash[FEEDSET_HASH_LEN] != '\0' || !setfile_has(header, &header->strings, header->strings.len) ||
		!setfile_has(header, &header->facts, header->facts.len) || !setfile_has(header, &header->sources, header->sources.len) ||
		header->strings.len == 0 || header->strings.len > UINT32_MAX || header->facts.len > UINT32_MAX ||
		header->sources.len % sizeof(struct book_source) != 0 || header->sources.len > UINT32_MAX)
		return false;
	for (unsigned part = 0; part < BOOK_PARTS; part++)
		if (!setfile_has_part(header, &header->parts[part]))
			return false;
	const uint8_t *strings = octets + header->strings.at;
	return strings[0] == '\0' && strings[header->strings.len - 1] == '\0';
}

static int setfile_open_part(const uint8_t *octets, const struct setfile_part_header *header, struct setfile_part *part)
{
	int rc = c2_domset_view(octets + header->names.at, header->names.len, &part->domset);
	if (rc != 0)
		return rc;
	part->entries = header->entries;
	part->more_n = header->more_n;
	part->facts = (struct setfile_column){.octets = octets + header->facts.at, .width = header->facts_width};
	part->lines = (struct setfile_column){.octets = octets + header->lines.at, .width = header->lines_width};
	part->more = (const void *)(octets + header->more.at);
	return c2_domset_count(part->domset) == part->entries ? 0 : -EINVAL;
}

int setfile_open(const void *octets, size_t len, struct feedset *set, const char **why)
{
	struct setfile_header header = {0}; /* what is checked is what is used, also when the file changes meanwhile */
	memcpy(&header, octets, len < sizeof header ? len : sizeof header);
	*why = setfile_vet(&header, octets, len);
	if (*why != NULL)
		return -EINVAL;
	*why = "a compiled set that is damaged: its parts do not fit together";
	const uint8_t *base = octets;
	if (!setfile_is_sound(&header, base))
		return -EINVAL;
	*set = (struct feedset){
		.facts = base + header.facts.at,
		.strings = (const char *)(base + header.strings.at),
		.sources = (const void *)(base + header.sources.at),
		.facts_len = (uint32_t)header.facts.len,
		.strings_len = (uint32_t)header.strings.len,
		.sources_n = (uint32_t)(header.sources.len / sizeof(struct book_source)),
	};
	memcpy(set->hash, header.hash, FEEDSET_HASH_LEN);
	int rc = 0;
	for (unsigned part = 0; part < BOOK_PARTS && rc == 0; part++)
		rc = setfile_open_part(base, &header.parts[part], &set->parts[part]);
	if (rc != 0)
		setfile_close(set);
	return rc;
}

void setfile_close(struct feedset *set)
{
	for (unsigned part = 0; part < BOOK_PARTS; part++)
		c2_domset_free(set->parts[part].domset);
}

static int setfile_put_all(int fd, const uint8_t *at, size_t left)
{
	while (left > 0) {
		ssize_t wrote = write(fd, at, left);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -errno;
		at += wrote;
		left -= (size_t)wrote;
	}
	return fsync(fd) == 0 ? 0 : -errno;
}

/* Makes the rename last: the folder is a file too. */
static int setfile_sync_folder(char *path)
{
	char *slash = strrchr(path, '/');
	if (slash != NULL)
		slash[slash == path] = '\0';
	int fd = open(slash != NULL ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int rc = fsync(fd) == 0 || errno == EINVAL ? 0 : -errno;
	close(fd);
	return rc;
}

int setfile_write(const void *octets, size_t len, const char *path)
{
	struct stat there;
	if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
		return -EEXIST;
	char *beside;
	if (asprintf(&beside, "%s.%ld.new", path, (long)getpid()) < 0)
		return -ENOMEM;
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	int rc = fd < 0 ? -errno : setfile_put_all(fd, octets, len);
	if (fd >= 0) {
		close(fd);
		if (rc == 0 && rename(beside, path) != 0)
			rc = -errno;
		if (rc != 0)
			unlink(beside);
	}
	if (rc == 0)
		rc = setfile_sync_folder(beside);
	free(beside);
	return rc;
}
