/* SPDX-License-Identifier: Apache-2.0 */
/* Writing an image. */
#include "match/image.h"

#include <errno.h>
#include <stdlib.h>

_Static_assert(sizeof(struct image_header) == 64, "the filter's lines follow at a cache line's border");

#define IMAGE_AHEAD 8
#define IMAGE_SAMPLE 65536 /* entries that the tails are chosen by */
#define IMAGE_SAMPLED (4 * IMAGE_SAMPLE)

/* A suffix among the sampled ones. */
struct image_suffix {
	uint64_t hash;
	const uint8_t *wire;
	uint32_t n;
	uint8_t len;
};

/* An image while it is written. */
struct image_work {
	const struct image_source *source;
	uint32_t *order;   /* entries by bucket; within one by hash, scope, and when they were added */
	uint32_t *bounds;  /* where each bucket's begin */
	uint32_t *numbers; /* of each that was added */
	uint8_t *tail;     /* the number of the longest tail that the name of each ends in, something being left in front of it; 0: none */
	uint32_t entries, buckets, lines, base;
	struct image_suffix tails[IMAGE_TAILS_MAX];
	uint32_t tails_n, tails_len;
	uint8_t tail_of[256]; /* by hash: where to look first; 0 ends the search */
};

static const uint8_t *image_name(const struct image_source *source, const struct image_entry *entry)
{
	return source->names + entry->name;
}

static int image_compare(const struct image_source *source, uint32_t first, uint32_t second)
{
	const struct image_entry *x = &source->entries[first], *y = &source->entries[second];
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->scope != y->scope)
		return x->scope < y->scope ? -1 : 1;
	return first < second ? -1 : first > second;
}

static int image_compare_by(const void *a, const void *b, void *source)
{
	return image_compare(source, *(const uint32_t *)a, *(const uint32_t *)b);
}

/* Sorts the entries of a bucket: a few, unless many are there twice. */
static void image_sort_bucket(const struct image_source *source, uint32_t *order, uint32_t n)
{
	if (n > 4 * IMAGE_BUCKET_ENTRIES) {
		struct image_source copy = *source;
		qsort_r(order, n, sizeof *order, image_compare_by, &copy);
		return;
	}
	for (uint32_t i = 1; i < n; i++) {
		uint32_t entry = order[i], at = i;
		for (; at > 0 && image_compare(source, order[at - 1], entry) > 0; at--)
			order[at] = order[at - 1];
		order[at] = entry;
	}
}

static bool image_is_same(const struct image_source *source, uint32_t first, uint32_t second)
{
	const struct image_entry *x = &source->entries[first], *y = &source->entries[second];
	const uint8_t *name = image_name(source, x);
	return x->hash == y->hash && x->scope == y->scope && memcmp(name, image_name(source, y), name[0] + 1u) == 0;
}

/* Puts the entries into their buckets' order. */
static void image_sort(struct image_work *work)
{
	const struct image_source *source = work->source;
	uint32_t *ends = work->bounds; /* each begins as its bucket's beginning, and becomes its end */
	memset(ends, 0, ((size_t)work->buckets + 1) * sizeof *ends);
	for (uint32_t i = 0; i < source->n; i++)
		ends[image_share(source->entries[i].hash, work->buckets) + 1]++;
	for (uint32_t bucket = 0; bucket < work->buckets; bucket++)
		ends[bucket + 1] += ends[bucket];
	for (uint32_t i = 0; i < source->n; i++)
		work->order[ends[image_share(source->entries[i].hash, work->buckets)]++] = i;
	for (uint32_t bucket = 0, first = 0; bucket < work->buckets; first = ends[bucket++])
		image_sort_bucket(source, work->order + first, ends[bucket] - first);
}

/* Takes out what is there twice, numbers the rest, and makes bounds of the buckets' ends. False when a bucket is too full. */
static bool image_number(struct image_work *work)
{
	uint32_t from = 0, n = 0;
	for (uint32_t bucket = 0; bucket < work->buckets; bucket++) {
		uint32_t end = work->bounds[bucket], first = n;
		for (uint32_t i = from; i < end; i++) {
			uint32_t entry = work->order[i];
			if (n == first || !image_is_same(work->source, work->order[n - 1], entry))
				work->order[n++] = entry;
			work->numbers[entry] = n - 1;
		}
		work->bounds[bucket] = first;
		from = end;
		if (n - first > IMAGE_BUCKET_MAX)
			return false;
	}
	work->bounds[work->buckets] = work->entries = n;
	return true;
}

/* The sampled suffix with that hash, or the place for it. */
static struct image_suffix *image_sampled(struct image_suffix *sampled, uint64_t hash)
{
	uint32_t at = (uint32_t)(hash >> 32);
	while (sampled[at % IMAGE_SAMPLED].n != 0 && sampled[at % IMAGE_SAMPLED].hash != hash)
		at++;
	return &sampled[at % IMAGE_SAMPLED];
}

static int image_compare_savings(const void *a, const void *b)
{
	const struct image_suffix *x = a, *y = b;
	uint64_t first = (uint64_t)x->n * x->len, second = (uint64_t)y->n * y->len;
	if (first != second)
		return first > second ? -1 : 1;
	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* Chooses the ends of names that save the most. 0 or -ENOMEM. */
static int image_choose_tails(struct image_work *work)
{
	const struct image_source *source = work->source;
	struct image_suffix *sampled = calloc(IMAGE_SAMPLED, sizeof *sampled);
	uint64_t hashes[C2_NAME_LABELS_MAX];
	if (sampled == NULL)
		return -ENOMEM;
	uint32_t stride = source->n / IMAGE_SAMPLE + 1, used = 0;
	for (uint32_t i = 0; i < source->n; i += stride) {
		const struct image_entry *entry = &source->entries[i];
		const uint8_t *name = image_name(source, entry), *wire = name + 1;
		image_suffixes(source, entry, hashes);
		for (unsigned labels = entry->labels; --labels > 0 && used < IMAGE_SAMPLED / 2;) {
			wire += wire[0] + 1u;
			struct image_suffix *suffix = image_sampled(sampled, hashes[labels - 1]);
			used += suffix->n == 0;
			*suffix = (struct image_suffix){
				.hash = hashes[labels - 1], .wire = wire, .n = suffix->n + 1, .len = (uint8_t)(name + 1 + name[0] - wire)};
		}
	}
	uint32_t n = 0;
	for (uint32_t i = 0; i < IMAGE_SAMPLED; i++)
		if (sampled[i].n > 1)
			sampled[n++] = sampled[i];
	qsort(sampled, n, sizeof *sampled, image_compare_savings);
	work->tails_n = 1;
	work->tails_len = 1;
	while (work->tails_n < IMAGE_TAILS_MAX && work->tails_n <= n) {
		struct image_suffix *tail = &work->tails[work->tails_n];
		*tail = sampled[work->tails_n - 1];
		work->tails_len += 1u + tail->len;
		for (uint8_t at = (uint8_t)tail->hash;; at++)
			if (work->tail_of[at] == 0) {
				work->tail_of[at] = (uint8_t)work->tails_n;
				break;
			}
		work->tails_n++;
	}
	free(sampled);
	return 0;
}

static uint8_t image_tail_of(const struct image_work *work, const struct image_entry *entry)
{
	uint64_t hashes[C2_NAME_LABELS_MAX];
	const uint8_t *name = image_name(work->source, entry);
	for (unsigned labels = image_suffixes(work->source, entry, hashes); --labels > 0;)
		for (uint8_t at = (uint8_t)hashes[labels - 1]; work->tail_of[at] != 0; at++) {
			const struct image_suffix *tail = &work->tails[work->tail_of[at]];
			if (tail->hash == hashes[labels - 1] && tail->len < name[0] &&
				memcmp(name + 1 + name[0] - tail->len, tail->wire, tail->len) == 0)
				return work->tail_of[at];
		}
	return 0;
}

static uint8_t *image_put_tails(const struct image_work *work, uint8_t *at)
{
	for (uint32_t i = 0; i < work->tails_n; i++) {
		const struct image_suffix *tail = &work->tails[i];
		*at++ = tail->len;
		if (tail->len > 0)
			memcpy(at, tail->wire, tail->len);
		at += tail->len;
	}
	return at;
}

/* Writes buckets, tags and records. Returns where the records end. */
static uint8_t *image_put_entries(const struct image_work *work, struct image_bucket *buckets, uint8_t *tags, uint8_t *records)
{
	uint8_t *at = records;
	for (uint32_t bucket = 0; bucket < work->buckets; bucket++) {
		buckets[bucket] = (struct image_bucket){.first = work->bounds[bucket], .record = (uint32_t)(at - records)};
		for (uint32_t i = work->bounds[bucket]; i < work->bounds[bucket + 1]; i++) {
			if (i + IMAGE_AHEAD < work->entries) /* names lie in another order */
				__builtin_prefetch(image_name(work->source, &work->source->entries[work->order[i + IMAGE_AHEAD]]));
			const struct image_entry *entry = &work->source->entries[work->order[i]];
			const uint8_t *name = image_name(work->source, entry);
			uint8_t tail = work->tail[work->order[i]];
			uint8_t front = (uint8_t)(name[0] - work->tails[tail].len);
			tags[i] = image_tag(entry->hash);
			*at++ = (uint8_t)(entry->scope | tail << 2);
			*at++ = front;
			memcpy(at, name + 1, front);
			at += front;
		}
	}
	buckets[work->buckets] = (struct image_bucket){.first = work->entries, .record = (uint32_t)(at - records)};
	return at;
}

static uint64_t image_round(uint64_t len, uint64_t to)
{
	return (len + to - 1) / to * to;
}

/* Lays the image out and fills it. */
static int image_fill(const struct image_work *work, void **image, size_t *len)
{
	struct image_header header = {
		.magic = IMAGE_MAGIC,
		.order = IMAGE_ORDER,
		.base = work->base,
		.entries = work->entries,
		.lines = work->lines,
		.buckets = work->buckets,
		.tails_len = work->tails_len,
		.key = work->source->key,
	};
	uint64_t records_most = 0;
	for (uint32_t i = 0; i < work->entries; i++) {
		const struct image_entry *entry = &work->source->entries[work->order[i]];
		records_most += IMAGE_RECORD_HEAD + (uint64_t)*image_name(work->source, entry);
		header.exceptions += entry->scope == C2_SCOPE_EXCEPT;
	}
	if (records_most > UINT32_MAX)
		return -EFBIG;
	size_t filter_at = sizeof header, buckets_at = filter_at + (size_t)work->lines * IMAGE_LINE_WORDS * 8;
	size_t tags_at = buckets_at + ((size_t)work->buckets + 1) * sizeof(struct image_bucket), tails_at = tags_at + work->entries;
	size_t records_at = tails_at + work->tails_len;
	uint8_t *octets = aligned_alloc(64, image_round(records_at + records_most + 64, 64));
	if (octets == NULL)
		return -ENOMEM;
	memset(octets + filter_at, 0, buckets_at - filter_at);
	int rc = image_write_filter(work->source, work->base, (uint64_t *)(void *)(octets + filter_at), work->lines);
	if (rc != 0) {
		free(octets);
		return rc;
	}
	image_put_tails(work, octets + tails_at);
	uint8_t *end = image_put_entries(work, (void *)(octets + buckets_at), octets + tags_at, octets + records_at);
	header.records_len = (uint64_t)(end - octets) - records_at;
	header.len = image_round((uint64_t)(end - octets), 64);
	memset(end, 0, (size_t)(octets + header.len - end));
	memcpy(octets, &header, sizeof header);
	*image = octets;
	*len = header.len;
	return 0;
}

int image_write(const struct image_source *source, uint32_t *numbers, void **image, size_t *len)
{
	struct image_work work = {
		.source = source, .base = 2, .buckets = source->n / IMAGE_BUCKET_ENTRIES + 1, .lines = source->n / IMAGE_LINE_ENTRIES + 1};
	for (uint32_t i = 0; i < source->n; i++)
		if (source->entries[i].labels < work.base)
			work.base = source->entries[i].labels;
	work.order = malloc(((size_t)source->n + 1) * sizeof *work.order);
	work.bounds = malloc(((size_t)work.buckets + 1) * sizeof *work.bounds);
	work.tail = malloc((size_t)source->n + 1);
	work.numbers = numbers != NULL ? numbers : malloc(((size_t)source->n + 1) * sizeof *work.numbers);
	int rc = work.order != NULL && work.bounds != NULL && work.numbers != NULL && work.tail != NULL ? image_choose_tails(&work) : -ENOMEM;
	if (rc == 0) {
		for (uint32_t i = 0; i < source->n; i++) /* in the order in which the names lie in memory */
			work.tail[i] = image_tail_of(&work, &source->entries[i]);
		image_sort(&work);
		rc = image_number(&work) ? image_fill(&work, image, len) : -EFBIG;
	}
	free(work.order);
	free(work.bounds);
	free(work.tail);
	if (numbers == NULL)
		free(work.numbers);
	return rc;
}
