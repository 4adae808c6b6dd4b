/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image: a trie of reversed labels, kept in one hash table over (parent node, label).
 *
 * A bucket is a cache line: ten 16-bit tags, and for each where its node's record begins. A label that is not there nearly always ends in the tags
 * of its first bucket; a full bucket passes on to the next and is marked as passed. A record holds parent, value and label text, which verify a hit;
 * misses do not touch it. At 3/4 load a name costs 8.5 octets of table and 9 + its label of record.
 *
 * Invariant: in a set that c2_domset_view() has let pass, every slot in use points at a record that lies within the records with its text, every
 * split that a record names exists, and every indicator is below the header's count. So lookups check nothing. Whether the octets make sense
 * as a trie is not checked: a lookup in nonsense gives nonsense, but ends, and stays inside.
 */
#include "match/image.h"

#include <errno.h>
#include <stdlib.h>

_Static_assert(sizeof(struct image_header) == 64, "buckets follow at a cache line's border");
_Static_assert(sizeof(struct image_bucket) == 64, "a bucket is a cache line");

#define IMAGE_ATTEMPTS 8

static uint64_t image_round(uint64_t len)
{
	return (len + 7) & ~UINT64_C(7);
}

/* Sums up what the nodes need. */
static void image_measure(const struct image_node *nodes, uint32_t n, const uint8_t *labels, struct image_header *header)
{
	uint64_t records = IMAGE_RECORD_HEAD; /* the root's, never read; so no record stands at 0 */
	uint64_t key = n;
	for (uint32_t i = 1; i < n; i++) {
		const struct image_node *node = &nodes[i];
		records += IMAGE_RECORD_HEAD + 1u + labels[node->label];
		key += image_hash(0, node->parent, labels + node->label);
		bool is_tree = node->of[C2_SCOPE_EXACT] == IMAGE_UNSET && node->of[C2_SCOPE_BELOW] == IMAGE_UNSET;
		header->splits += !is_tree && node->of[0] == IMAGE_UNSET;
		for (unsigned scope = C2_SCOPE_EXACT; scope <= C2_SCOPE_TREE; scope++)
			if (node->of[scope] != IMAGE_UNSET && node->of[scope] >= header->indicators)
				header->indicators = node->of[scope] + 1;
	}
	header->records_len = image_round(records);
	header->key = image_mix(key);
	header->buckets = (uint32_t)((uint64_t)n * 4 / (3 * IMAGE_SLOTS) + 1);
}

static uint64_t image_len(const struct image_header *header)
{
	return sizeof *header + (uint64_t)header->buckets * sizeof(struct image_bucket) + (uint64_t)header->splits * sizeof(struct image_split) +
	       header->records_len;
}

/* Points `set` at the parts of the image whose header it has. */
static void image_lay(struct c2_domset *set)
{
	const uint8_t *at = (const uint8_t *)set->header + sizeof *set->header;
	set->buckets = (const void *)at;
	at += set->header->buckets * sizeof(struct image_bucket);
	set->splits = (const void *)at;
	set->records = at + set->header->splits * sizeof(struct image_split);
}

/* The node's value; `*splits` is the next one to fill. */
static uint32_t image_value(const struct image_node *node, struct image_split *split, uint32_t *splits)
{
	const uint32_t *of = node->of;
	if (of[0] != IMAGE_UNSET)
		return IMAGE_EXCEPT;
	if (of[C2_SCOPE_EXACT] == IMAGE_UNSET && of[C2_SCOPE_BELOW] == IMAGE_UNSET)
		return of[C2_SCOPE_TREE];
	split[*splits] = (struct image_split){
		.self = of[C2_SCOPE_EXACT] != IMAGE_UNSET ? of[C2_SCOPE_EXACT] : of[C2_SCOPE_TREE],
		.below = of[C2_SCOPE_BELOW] != IMAGE_UNSET ? of[C2_SCOPE_BELOW] : of[C2_SCOPE_TREE],
	};
	return IMAGE_SPLIT | (*splits)++;
}

/* Puts a node into the first free slot of its label's buckets. False when IMAGE_PROBES_MAX of them are full. */
static bool image_place(struct image_bucket *buckets, const struct image_header *header, uint32_t parent, const uint8_t *label, uint32_t node)
{
	uint64_t hash = image_hash(header->key, parent, label);
	uint32_t at = image_bucket_of(hash, header->buckets);
	for (unsigned probe = 0; probe < IMAGE_PROBES_MAX; probe++) {
		struct image_bucket *bucket = &buckets[at];
		for (unsigned i = 0; i < IMAGE_SLOTS; i++) {
			if (bucket->node[i] != IMAGE_ROOT)
				continue;
			bucket->node[i] = node;
			bucket->tags[i / 4] |= (uint64_t)image_tag_of(hash) << 16 * (i % 4);
			return true;
		}
		bucket->tags[2] |= IMAGE_PASSED;
		at = at + 1 < header->buckets ? at + 1 : 0;
	}
	return false;
}

/* Fills the image whose header stands at `image`. `at` has room for each node's number. False when a node finds no place. */
static bool image_fill(uint8_t *image, const struct image_node *nodes, uint32_t n, const uint8_t *labels, uint32_t *at)
{
	struct image_header *header = (void *)image;
	struct image_bucket *buckets = (void *)(image + sizeof *header);
	struct image_split *split = (void *)(buckets + header->buckets);
	uint8_t *records = (uint8_t *)(split + header->splits);
	uint32_t splits = 0;
	uint32_t next = IMAGE_RECORD_HEAD;
	at[0] = IMAGE_ROOT;
	for (uint32_t i = 1; i < n; i++) {
		const uint8_t *label = labels + nodes[i].label;
		uint32_t parent = at[nodes[i].parent];
		uint32_t value = image_value(&nodes[i], split, &splits);
		memcpy(records + next, &parent, 4);
		memcpy(records + next + 4, &value, 4);
		memcpy(records + next + IMAGE_RECORD_HEAD, label, label[0] + 1u);
		if (!image_place(buckets, header, parent, label, next))
			return false;
		at[i] = next;
		next += IMAGE_RECORD_HEAD + 1u + label[0];
	}
	return true;
}

int image_write(const struct image_node *nodes, uint32_t n, const uint8_t *labels, void **image, size_t *len)
{
	struct image_header header = {.magic = IMAGE_MAGIC, .order = IMAGE_ORDER};
	image_measure(nodes, n, labels, &header);
	if (header.records_len > UINT32_MAX)
		return -EFBIG;
	uint32_t *at = malloc(n * sizeof *at);
	if (at == NULL)
		return -ENOMEM;
	int rc = -EFBIG;
	/* More room and another key: nodes that crowd one place by chance, or by somebody's will, do not crowd the next. */
	for (unsigned i = 0; i < IMAGE_ATTEMPTS && rc == -EFBIG; i++) {
		header.len = image_len(&header);
		uint8_t *octets = aligned_alloc(64, (header.len + 63) & ~UINT64_C(63));
		if (octets == NULL) {
			rc = -ENOMEM;
			break;
		}
		memset(octets, 0, header.len);
		memcpy(octets, &header, sizeof header);
		if (image_fill(octets, nodes, n, labels, at)) {
			*image = octets;
			*len = header.len;
			rc = 0;
		} else {
			free(octets);
		}
		header.key = image_mix(header.key + 1);
		header.buckets += header.buckets / 8 + 1;
	}
	free(at);
	return rc;
}

/* Is `value` unset, an indicator or one of the first `splits` splits? */
static bool image_is_value(uint32_t value, const struct image_header *header, uint32_t splits)
{
	if (value == IMAGE_UNSET)
		return true;
	if (value < IMAGE_SPLIT)
		return value < header->indicators;
	return (value & ~IMAGE_SPLIT) < splits;
}

/* Do all slots and splits stay inside? See the invariant above. */
static bool image_is_sound(const struct c2_domset *set)
{
	const struct image_header *header = set->header;
	for (uint32_t i = 0; i < header->splits; i++)
		if (!image_is_value(set->splits[i].self, header, 0) || !image_is_value(set->splits[i].below, header, 0))
			return false;
	for (uint32_t i = 0; i < header->buckets; i++) {
		for (unsigned slot = 0; slot < IMAGE_SLOTS; slot++) {
			uint64_t node = set->buckets[i].node[slot];
			if (node == IMAGE_ROOT)
				continue;
			const uint8_t *record = set->records + node;
			if (node + IMAGE_RECORD_HEAD + 1 > header->records_len ||
				node + IMAGE_RECORD_HEAD + 1 + record[IMAGE_RECORD_HEAD] > header->records_len)
				return false;
			uint32_t value = image_u32(record + 4);
			if (value != IMAGE_EXCEPT && !image_is_value(value, header, header->splits))
				return false;
		}
	}
	return true;
}

int c2_domset_view(const void *image, size_t len, struct c2_domset **out)
{
	const struct image_header *header = image;
	if (len < sizeof *header || (uintptr_t)image % 8 != 0 || memcmp(header->magic, IMAGE_MAGIC, 8) != 0 || header->order != IMAGE_ORDER)
		return -EINVAL;
	if (header->buckets == 0 || header->splits > IMAGE_SPLIT - 2 || header->indicators > IMAGE_SPLIT || header->records_len > UINT32_MAX ||
		header->len != len || image_len(header) != len)
		return -EINVAL;
	struct c2_domset set = {.header = header};
	image_lay(&set);
	if (!image_is_sound(&set))
		return -EINVAL;
	struct c2_domset *view = malloc(sizeof *view);
	if (view == NULL)
		return -ENOMEM;
	*view = set;
	*out = view;
	return 0;
}

const void *c2_domset_image(const struct c2_domset *set, size_t *len)
{
	*len = set->header->len;
	return set->header;
}

uint32_t c2_domset_indicators(const struct c2_domset *set)
{
	return set->header->indicators;
}

void c2_domset_free(struct c2_domset *set)
{
	if (set == NULL)
		return;
	free(set->own);
	free(set);
}
