/* SPDX-License-Identifier: Apache-2.0 */
/* What one would write first: a sorted array of names, a hash of whole names, and a trie of labels from the right, in one hash table. */
#include "peer.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct array {
	const struct arena *listed;
	uint32_t *order;
};

static int array_compare(const uint8_t *wire, unsigned len, const uint8_t *name)
{
	unsigned listed_len = name[0] - 1u;
	int order = memcmp(wire, name + 2, len < listed_len ? len : listed_len);
	return order != 0 ? order : (int)len - (int)listed_len;
}

static int array_order(const void *a, const void *b, void *octets)
{
	const uint8_t *first = (const uint8_t *)octets + *(const uint32_t *)a;
	return array_compare(first + 2, first[0] - 1u, (const uint8_t *)octets + *(const uint32_t *)b);
}

void *array_build(const struct arena *listed, size_t *size)
{
	struct array *array = malloc(sizeof *array);
	array->listed = listed;
	array->order = malloc(listed->n * sizeof *array->order);
	memcpy(array->order, listed->at, listed->n * sizeof *array->order);
	qsort_r(array->order, listed->n, sizeof *array->order, array_order, listed->octets);
	*size = listed->n * sizeof *array->order + listed->n + arena_text(listed);
	return array;
}

unsigned array_find(const void *self, const uint8_t *name)
{
	const struct array *array = self;
	struct suffixes suffixes;
	suffixes_of(&suffixes, name);
	for (unsigned i = 0; i < suffixes.labels; i++)
		for (size_t low = 0, high = array->listed->n; low < high;) {
			size_t middle = low + (high - low) / 2;
			int order =
				array_compare(name + 2 + suffixes.at[i], suffixes.len - suffixes.at[i], array->listed->octets + array->order[middle]);
			if (order == 0)
				return suffixes.labels - i;
			*(order < 0 ? &high : &low) = order < 0 ? middle : middle + 1;
		}
	return 0;
}

void array_free(void *self)
{
	struct array *array = self;
	free(array->order);
	free(array);
}

/* Linear probing, at most half full; a slot is where the name is, and other bits of its hash. */
struct slot {
	uint32_t tag, at; /* at: 0 is empty, else one more */
};

struct hash {
	const struct arena *listed;
	struct slot *slots;
	uint64_t mask;
};

static uint64_t slots_for(size_t n)
{
	uint64_t slots = 16;
	while (slots < 2 * n)
		slots *= 2;
	return slots;
}

void *hash_build(const struct arena *listed, size_t *size)
{
	struct hash *hash = malloc(sizeof *hash);
	uint64_t slots = slots_for(listed->n);
	*hash = (struct hash){.listed = listed, .slots = calloc(slots, sizeof *hash->slots), .mask = slots - 1};
	for (size_t i = 0; i < listed->n; i++) {
		const uint8_t *name = listed->octets + listed->at[i];
		uint64_t key = XXH3_64bits(name + 2, name[0] - 1u), at = key & hash->mask;
		while (hash->slots[at].at != 0)
			at = (at + 1) & hash->mask;
		hash->slots[at] = (struct slot){.tag = (uint32_t)(key >> 32), .at = listed->at[i] + 1};
	}
	*size = slots * sizeof *hash->slots + listed->n + arena_text(listed);
	return hash;
}

unsigned hash_find(const void *self, const uint8_t *name)
{
	const struct hash *hash = self;
	struct suffixes suffixes;
	suffixes_of(&suffixes, name);
	for (unsigned i = 0; i < suffixes.labels; i++) {
		const uint8_t *wire = name + 2 + suffixes.at[i];
		unsigned len = suffixes.len - suffixes.at[i];
		uint64_t key = XXH3_64bits(wire, len);
		for (uint64_t at = key & hash->mask; hash->slots[at].at != 0; at = (at + 1) & hash->mask) {
			const uint8_t *listed = hash->listed->octets + hash->slots[at].at - 1;
			if (hash->slots[at].tag == (uint32_t)(key >> 32) && listed[0] - 1u == len && memcmp(listed + 2, wire, len) == 0)
				return suffixes.labels - i;
		}
	}
	return 0;
}

void hash_free(void *self)
{
	struct hash *hash = self;
	free(hash->slots);
	free(hash);
}

/* A node is its parent's number, whether it is listed, and its label; the root is none. What is not there ends the walk. */
#define TRIE_HEAD 5

struct trie {
	struct slot *slots;
	uint64_t mask;
	uint8_t *nodes;
	uint32_t len;
	size_t nodes_n;
};

static uint64_t trie_key(uint32_t parent, const uint8_t *label)
{
	return XXH3_64bits_withSeed(label, label[0] + 1u, parent);
}

/* The slot of the node, or the empty one that is its place. */
static struct slot *trie_slot(const struct trie *trie, uint32_t parent, const uint8_t *label)
{
	uint64_t key = trie_key(parent, label);
	for (uint64_t at = key & trie->mask;; at = (at + 1) & trie->mask) {
		struct slot *slot = &trie->slots[at];
		const uint8_t *node = trie->nodes + slot->at;
		uint32_t node_parent;
		if (slot->at == 0)
			return slot;
		memcpy(&node_parent, node, sizeof node_parent);
		if (slot->tag == (uint32_t)(key >> 32) && node_parent == parent && memcmp(node + TRIE_HEAD, label, label[0] + 1u) == 0)
			return slot;
	}
}

void *trie_build(const struct arena *listed, size_t *size)
{
	struct trie *trie = malloc(sizeof *trie);
	size_t labels = 0;
	for (size_t i = 0; i < listed->n; i++)
		labels += listed->octets[listed->at[i] + 1];
	uint64_t slots = slots_for(labels * 2 / 3);
	*trie = (struct trie){.slots = calloc(slots, sizeof *trie->slots), .mask = slots - 1, .len = 1};
	trie->nodes = malloc(arena_text(listed) + labels * TRIE_HEAD + 1);
	for (size_t i = 0; i < listed->n; i++) {
		struct suffixes suffixes;
		uint32_t parent = 0;
		suffixes_of(&suffixes, listed->octets + listed->at[i]);
		for (unsigned depth = suffixes.labels; depth-- > 0;) {
			const uint8_t *label = suffixes.wire + suffixes.at[depth];
			struct slot *slot = trie_slot(trie, parent, label);
			if (slot->at == 0) {
				uint8_t *node = trie->nodes + trie->len;
				*slot = (struct slot){.tag = (uint32_t)(trie_key(parent, label) >> 32), .at = trie->len};
				memcpy(node, &parent, sizeof parent);
				node[4] = 0;
				memcpy(node + TRIE_HEAD, label, label[0] + 1u);
				trie->len += TRIE_HEAD + label[0] + 1u;
			}
			parent = slot->at;
		}
		trie->nodes[parent + 4] = 1;
	}
	*size = slots * sizeof *trie->slots + trie->len;
	return trie;
}

unsigned trie_find(const void *self, const uint8_t *name)
{
	const struct trie *trie = self;
	struct suffixes suffixes;
	uint32_t node = 0;
	unsigned found = 0;
	suffixes_of(&suffixes, name);
	for (unsigned depth = suffixes.labels; depth-- > 0;) {
		node = trie_slot(trie, node, suffixes.wire + suffixes.at[depth])->at;
		if (node == 0)
			break;
		if (trie->nodes[node + 4] != 0)
			found = suffixes.labels - depth;
	}
	return found;
}

void trie_free(void *self)
{
	struct trie *trie = self;
	free(trie->slots);
	free(trie->nodes);
	free(trie);
}
