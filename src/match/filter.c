/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filter of an image. Which line an entry goes to is what a lookup will do: from the line of its last two labels, over every mark on the way. So all
 * marks are set before any entry is.
 */
#include "match/image.h"

#include <errno.h>
#include <stdlib.h>

unsigned image_suffixes(const struct image_source *source, const struct image_entry *entry, uint64_t hashes[C2_NAME_LABELS_MAX])
{
	const uint8_t *wire = source->names + entry->name + 1;
	uint8_t labels[C2_NAME_LABELS_MAX];
	for (unsigned i = entry->labels, at = 0; i-- > 0; at += wire[at] + 1u)
		labels[i] = (uint8_t)at;
	uint64_t multiplier = image_multiplier(source->key), hash = source->key;
	for (unsigned i = 0; i < entry->labels; i++)
		hashes[i] = hash = image_hash(hash, multiplier, wire + labels[i]);
	return entry->labels;
}

static uint64_t *filter_line(uint64_t *filter, uint32_t lines, uint64_t hash)
{
	return filter + (size_t)image_share(hash, lines) * IMAGE_LINE_WORDS;
}

static int filter_compare(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;
	return first < second ? -1 : first > second;
}

/* Marks the suffixes that occur more than IMAGE_HEAVY times among `n` hashes, which it sorts. */
static void filter_mark(uint64_t *filter, uint32_t lines, uint64_t *hashes, size_t n)
{
	qsort(hashes, n, sizeof *hashes, filter_compare);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && hashes[end] == hashes[i];)
			end++;
		if (end - i > IMAGE_HEAVY)
			filter_line(filter, lines, hashes[i])[IMAGE_LINE_WORDS - 1] |= UINT64_C(1) << (hashes[i] >> 26 & 63);
	}
}

static void filter_add(uint64_t *filter, uint32_t lines, uint32_t base, const uint64_t *hashes, unsigned labels)
{
	unsigned depth = base;
	uint64_t *line = filter_line(filter, lines, hashes[depth - 1]);
	while (depth < labels && image_line_is_marked(line, hashes[depth - 1]))
		line = filter_line(filter, lines, hashes[depth++]);
	for (unsigned which = 0; which < 3; which++) {
		unsigned bit = image_bit(hashes[labels - 1], which);
		line[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

int image_write_filter(const struct image_source *source, uint32_t base, uint64_t *filter, uint32_t lines)
{
	uint64_t hashes[C2_NAME_LABELS_MAX];
	uint64_t *at_depth = malloc(((size_t)source->n + 1) * sizeof *at_depth);
	if (at_depth == NULL)
		return -ENOMEM;
	size_t n = 1;
	for (unsigned depth = base; n > 0 && depth < C2_NAME_LABELS_MAX; depth++) {
		n = 0;
		for (uint32_t i = 0; i < source->n; i++)
			if (source->entries[i].labels > depth) {
				image_suffixes(source, &source->entries[i], hashes);
				at_depth[n++] = hashes[depth - 1];
			}
		filter_mark(filter, lines, at_depth, n);
	}
	free(at_depth);
	for (uint32_t i = 0; i < source->n; i++)
		filter_add(filter, lines, base, hashes, image_suffixes(source, &source->entries[i], hashes));
	return 0;
}
