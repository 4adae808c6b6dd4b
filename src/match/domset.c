/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking a name up: from its last label leftwards each suffix has its hash, and the filter's line says of nearly all of them that nothing is listed. What
 * it lets pass is looked for in its bucket, by tag, and then by its name.
 *
 * Invariant: a number that leads into the image is from the header, which was checked when the set was made, or is checked where it is used. So an image
 * that is damaged, or changes under a lookup, misleads it but does not lead it astray. What is checked is loaded once: hence the atomic loads.
 */
#include "match/image.h"

#include <errno.h>
#include <stdlib.h>

#define NOWHERE UINT32_MAX

/* The entries of one name: numbers by scope, or NOWHERE. */
struct domset_found {
	uint32_t of[C2_SCOPE_TREE + 1];
};

/* A name with its suffixes: [i] is where the one with i labels begins. */
struct domset_name {
	const uint8_t *wire;
	unsigned labels, len; /* octets without the root */
	uint8_t at[C2_NAME_LABELS_MAX + 1];
};

static void domset_name_open(struct domset_name *name, const struct c2_name *of)
{
	name->wire = of->wire;
	name->labels = of->labels;
	unsigned at = 0;
	for (unsigned i = name->labels; i > 0; i--) {
		name->at[i] = (uint8_t)at;
		at += name->wire[at] + 1u;
	}
	name->len = at;
}

/* A record that lies within the records, and where the next one begins. */
struct domset_record {
	const uint8_t *front;
	uint8_t front_len, scope, tail;
	uint64_t next;
};

static bool domset_record_at(const struct c2_domset *set, uint64_t at, struct domset_record *record)
{
	if (at + IMAGE_RECORD_HEAD > set->records_len)
		return false;
	const uint8_t *head = set->records + at;
	uint8_t kind = __atomic_load_n(head, __ATOMIC_RELAXED);
	record->scope = kind & 3;
	record->tail = kind >> 2;
	record->front_len = __atomic_load_n(head + 1, __ATOMIC_RELAXED);
	record->front = head + IMAGE_RECORD_HEAD;
	record->next = at + IMAGE_RECORD_HEAD + record->front_len;
	return record->next <= set->records_len;
}

/* Does the record stand for the `len` octets at `wire`? */
static bool domset_record_is(const struct c2_domset *set, const struct domset_record *record, const uint8_t *wire, size_t len)
{
	const struct image_tail *tail = &set->tails[record->tail];
	size_t front = record->front_len;
	return front + tail->len == len && memcmp(record->front, wire, front) == 0 &&
	       (tail->len == 0 || memcmp(tail->wire, wire + front, tail->len) == 0);
}

/* Where a bucket begins, and in `*n` how many entries it has; none when it is damaged. */
static struct image_bucket domset_bucket(const struct c2_domset *set, uint32_t bucket, uint32_t *n)
{
	const struct image_bucket *buckets = set->buckets + bucket;
	struct image_bucket at = {
		.first = __atomic_load_n(&buckets[0].first, __ATOMIC_RELAXED),
		.record = __atomic_load_n(&buckets[0].record, __ATOMIC_RELAXED),
	};
	uint32_t end = __atomic_load_n(&buckets[1].first, __ATOMIC_RELAXED);
	*n = end >= at.first && end <= set->entries && end - at.first <= IMAGE_BUCKET_MAX ? end - at.first : 0;
	return at;
}

/* Looks for the entries of the `len` octets at `wire`, whose hash this is. */
static bool domset_get(const struct c2_domset *set, uint64_t hash, const uint8_t *wire, size_t len, struct domset_found *found)
{
	uint32_t n;
	struct image_bucket bucket = domset_bucket(set, image_share(hash, set->buckets_n), &n);
	const uint8_t *tags = set->tags + bucket.first;
	uint8_t tag = image_tag(hash);
	bool is_any = false;
	__builtin_prefetch(set->records + bucket.record); /* while the tags are on their way */
	if (n == 0 || memchr(tags, tag, n) == NULL)
		return false;
	*found = (struct domset_found){{NOWHERE, NOWHERE, NOWHERE, NOWHERE}};
	struct domset_record record = {.next = bucket.record};
	for (uint32_t i = 0; i < n && domset_record_at(set, record.next, &record); i++)
		if (tags[i] == tag && domset_record_is(set, &record, wire, len)) {
			found->of[record.scope] = bucket.first + i;
			is_any = true;
		}
	return is_any;
}

/* The scopes whose entries of a name cover it, or what is below it: how many, in the order in which they come first. */
static inline unsigned domset_scopes(const struct domset_found *found, bool is_self, enum c2_scope scopes[3])
{
	const enum c2_scope order[] = {C2_SCOPE_EXCEPT, is_self ? C2_SCOPE_EXACT : C2_SCOPE_BELOW, C2_SCOPE_TREE};
	unsigned n = 0;
	for (unsigned i = 0; i < 3; i++)
		if (found->of[order[i]] != NOWHERE)
			scopes[n++] = order[i];
	return n;
}

/* A walk over a name's suffixes, from its last label leftwards. */
struct domset_walk {
	const struct c2_domset *set;
	struct domset_name name;
	unsigned labels; /* of the suffix at hand */
	bool is_marked;  /* the next suffix has a line of its own */
	uint64_t hash;
	const uint64_t *line;
};

static inline void domset_walk_open(struct domset_walk *walk, const struct c2_domset *set, const struct c2_name *name)
{
	walk->set = set;
	walk->labels = 0;
	walk->is_marked = true;
	walk->hash = set->key;
	walk->line = NULL;
	domset_name_open(&walk->name, name);
}

/* Goes on to the next suffix that something is listed at. False when there is none. */
static inline bool domset_walk_on(struct domset_walk *walk, struct domset_found *found)
{
	const struct c2_domset *set = walk->set;
	const struct domset_name *name = &walk->name;
	while (walk->labels < name->labels) {
		unsigned at = name->at[++walk->labels];
		walk->hash = image_hash(walk->hash, set->multiplier, name->wire + at);
		if (walk->labels < set->base)
			continue;
		if (walk->is_marked) {
			walk->line = set->filter + (size_t)image_share(walk->hash, set->lines) * IMAGE_LINE_WORDS;
			walk->is_marked = image_line_is_marked(walk->line, walk->hash);
		}
		if (image_line_has(walk->line, walk->hash) && domset_get(set, walk->hash, name->wire + at, name->len - at, found))
			return true;
	}
	return false;
}

enum c2_rc c2_domset_find(const struct c2_domset *set, const struct c2_name *name, struct c2_verdict *out)
{
	struct domset_walk walk;
	struct domset_found found;
	enum c2_scope scopes[3];
	struct c2_verdict best = {.scope = C2_SCOPE_EXCEPT};
	domset_walk_open(&walk, set, name);
	while (domset_walk_on(&walk, &found))
		if (domset_scopes(&found, walk.labels == name->labels, scopes) > 0)
			best = (struct c2_verdict){.indicator = found.of[scopes[0]], .labels = (uint8_t)walk.labels, .scope = (uint8_t)scopes[0]};
	if (best.scope == C2_SCOPE_EXCEPT)
		return C2_NONE;
	*out = best;
	return C2_OK;
}

unsigned c2_domset_cover(const struct c2_domset *set, const struct c2_name *name, struct c2_verdict out[C2_COVER_MAX])
{
	struct domset_walk walk;
	struct domset_found found;
	enum c2_scope scopes[3];
	struct c2_verdict backwards[C2_COVER_MAX];
	unsigned n = 0;
	domset_walk_open(&walk, set, name);
	while (domset_walk_on(&walk, &found))
		for (unsigned i = domset_scopes(&found, walk.labels == name->labels, scopes); i-- > 0;)
			backwards[n++] =
				(struct c2_verdict){.indicator = found.of[scopes[i]], .labels = (uint8_t)walk.labels, .scope = (uint8_t)scopes[i]};
	for (unsigned i = 0; i < n; i++)
		out[i] = backwards[n - 1 - i];
	return n;
}

uint32_t c2_domset_count(const struct c2_domset *set)
{
	return set->entries;
}

uint32_t c2_domset_exceptions(const struct c2_domset *set)
{
	return set->exceptions;
}

size_t c2_domset_touched(const struct c2_domset *set)
{
	return (size_t)(set->tags + set->entries - (const uint8_t *)set->image);
}

enum c2_rc c2_domset_entry(const struct c2_domset *set, uint32_t number, struct c2_name *name, enum c2_scope *scope)
{
	if (number >= set->entries)
		return C2_NONE;
	uint32_t bucket = 0, n;
	for (uint32_t end = set->buckets_n; end - bucket > 1;) {
		uint32_t middle = bucket + (end - bucket) / 2;
		*(set->buckets[middle].first <= number ? &bucket : &end) = middle;
	}
	struct image_bucket found = domset_bucket(set, bucket, &n);
	uint32_t first = found.first;
	struct domset_record record = {.next = found.record};
	if (number < first || number - first >= n)
		return C2_BAD;
	for (uint32_t i = first; i <= number; i++)
		if (!domset_record_at(set, record.next, &record))
			return C2_BAD;
	const struct image_tail *tail = &set->tails[record.tail];
	uint8_t wire[2 * 256 + 1];
	memcpy(wire, record.front, record.front_len);
	memcpy(wire + record.front_len, tail->wire, tail->len);
	size_t len = (size_t)record.front_len + tail->len;
	wire[len] = 0;
	unsigned pointers = 0;
	struct c2_rd rd = c2_rd_closed(wire, len + 1);
	*scope = (enum c2_scope)record.scope;
	return c2_name_read(&rd, wire, &pointers, name) == C2_OK && name->len == len + 1 ? C2_OK : C2_BAD;
}

/* Finds the tails. False when they do not fill their place. */
static bool domset_view_tails(struct c2_domset *set, const uint8_t *at, size_t len)
{
	const uint8_t *end = at + len;
	for (unsigned i = 0; i < IMAGE_TAILS_MAX; i++) {
		set->tails[i] = (struct image_tail){.wire = set->records};
		if (at == end)
			continue;
		uint8_t tail_len = __atomic_load_n(at, __ATOMIC_RELAXED);
		if (tail_len >= end - at)
			return false;
		set->tails[i] = (struct image_tail){.wire = at + 1, .len = tail_len};
		at += 1 + tail_len;
	}
	return at == end && set->tails[0].len == 0;
}

int c2_domset_view(const void *image, size_t len, struct c2_domset **out)
{
	struct image_header header;
	if (len < sizeof header || (uintptr_t)image % 64 != 0)
		return -EINVAL;
	memcpy(&header, image, sizeof header);
	if (memcmp(header.magic, IMAGE_MAGIC, 8) != 0 || header.order != IMAGE_ORDER)
		return -EINVAL;
	const uint8_t *octets = image;
	uint64_t buckets_at = sizeof header + (uint64_t)header.lines * IMAGE_LINE_WORDS * 8;
	uint64_t tags_at = buckets_at + ((uint64_t)header.buckets + 1) * sizeof(struct image_bucket);
	uint64_t tails_at = tags_at + header.entries, records_at = tails_at + header.tails_len;
	if (header.len != len || header.lines == 0 || header.buckets == 0 || header.base < 1 || header.base > 2 ||
		header.exceptions > header.entries || header.records_len > len || records_at > len || len - records_at < header.records_len)
		return -EINVAL;
	struct c2_domset *set = malloc(sizeof *set);
	if (set == NULL)
		return -ENOMEM;
	*set = (struct c2_domset){
		.filter = (const void *)(octets + sizeof header),
		.buckets = (const void *)(octets + buckets_at),
		.tags = octets + tags_at,
		.records = octets + records_at,
		.key = header.key,
		.multiplier = image_multiplier(header.key),
		.lines = header.lines,
		.buckets_n = header.buckets,
		.entries = header.entries,
		.exceptions = header.exceptions,
		.base = header.base,
		.records_len = header.records_len,
		.image = image,
		.image_len = len,
	};
	if (!domset_view_tails(set, octets + tails_at, header.tails_len)) {
		free(set);
		return -EINVAL;
	}
	*out = set;
	return 0;
}

const void *c2_domset_image(const struct c2_domset *set, size_t *len)
{
	*len = set->image_len;
	return set->image;
}

void c2_domset_free(struct c2_domset *set)
{
	if (set == NULL)
		return;
	free(set->own);
	free(set);
}
