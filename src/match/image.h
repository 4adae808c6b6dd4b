/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MATCH_IMAGE_H
#define MATCH_IMAGE_H

#include <c2watch/domset.h>

/*
 * A domset as one run of octets, without a pointer in it: header, buckets, splits, records. Numbers are in the byte order of the machine that made
 * it; the header says which. What is where, and why it is fast, is told in image.c.
 */

#define IMAGE_MAGIC "c2names1"
#define IMAGE_ORDER 0x01020304u
#define IMAGE_SLOTS 10      /* of a bucket; with them it fills a cache line */
#define IMAGE_PROBES_MAX 16 /* buckets that a label may be searched in; the writer sees to it that all are found */
#define IMAGE_LABEL_MAX 64  /* octets of a label with its length in front */
#define IMAGE_RECORD_HEAD 8

/* The number of a node is where its record begins; the root has none, and stands at 0. */
#define IMAGE_ROOT 0u

/* Values of a node: the number of an indicator with scope tree (below IMAGE_SPLIT), one of these two, or IMAGE_SPLIT | the number of a split. */
#define IMAGE_SPLIT 0x80000000u
#define IMAGE_UNSET UINT32_MAX        /* nothing is listed here: what stands above holds */
#define IMAGE_EXCEPT (UINT32_MAX - 1) /* an exception: nothing holds from here on */

struct image_header {
	uint8_t magic[8];
	uint32_t order;   /* IMAGE_ORDER */
	uint32_t buckets; /* at least 1 */
	uint32_t splits;
	uint32_t indicators;  /* every indicator's number is below */
	uint64_t records_len; /* octets, rounded up to 8 */
	uint64_t key;         /* of the label hash */
	uint64_t len;         /* octets of the whole image */
	uint8_t zero[16];
};

struct image_bucket {
	uint64_t tags[3]; /* 16 bits a slot, four slots a word, the first lowest; 0 in a free slot. The last word's upper half is not 0 when a
	                               label that belongs here, or before, stands further on */
	uint32_t node[IMAGE_SLOTS]; /* IMAGE_ROOT: the slot is free */
};

#define IMAGE_PASSED (UINT64_C(1) << 32) /* in tags[2] */

/* What is listed at a node for the name itself and for those below: indicators, or IMAGE_UNSET. */
struct image_split {
	uint32_t self, below;
};

/* struct c2_domset is a set of pointers into an image. */
struct c2_domset {
	const struct image_header *header;
	const struct image_bucket *buckets;
	const struct image_split *splits;
	const uint8_t *records; /* parent (4 octets), value (4), label: its length and its text */
	void *own;              /* the image, if it is the set's to free */
};

/* A node as the builder holds it: a label under a parent that has a lower number. */
struct image_node {
	uint32_t parent; /* number of the node above; 0 is the root, which is node 0 */
	uint32_t label;  /* where its length and text stand among the labels */
	uint32_t of[4];  /* indicators by enum c2_scope, or IMAGE_UNSET; [0] is anything else when the node is an exception */
};

/*
 * Writes an image of `n` nodes (the first is the root and is passed over) with their texts at `labels`. 0 and `*image`, to be freed, of `*len` octets;
 * -ENOMEM; -EFBIG when the nodes do not fit into 4 GiB or cannot be placed.
 */
int image_write(const struct image_node *nodes, uint32_t n, const uint8_t *labels, void **image, size_t *len);

static inline uint16_t image_u16(const uint8_t *at)
{
	uint16_t word;
	memcpy(&word, at, sizeof word);
	return word;
}

static inline uint32_t image_u32(const uint8_t *at)
{
	uint32_t word;
	memcpy(&word, at, sizeof word);
	return word;
}

static inline uint64_t image_u64(const uint8_t *at)
{
	uint64_t word;
	memcpy(&word, at, sizeof word);
	return word;
}

static inline uint64_t image_mix(uint64_t hash)
{
	hash *= 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 32;
}

/*
 * The hash of the label at `label` (its length and its text) under the node `parent`. It is keyed but not strong, and need not be: the key moves the
 * layout from set to set, and IMAGE_PROBES_MAX bounds what any name can cost.
 */
static inline uint64_t image_hash(uint64_t key, uint32_t parent, const uint8_t *label)
{
	size_t n = label[0] + 1u;
	uint64_t hash = key ^ parent * 0xd6e8feb86659fd93u;
	if (n <= 8) {
		/* Two loads that overlap take in 2 to 8 octets without a loop. */
		uint64_t high = n < 4 ? image_u16(label) : image_u32(label);
		uint64_t low = n < 4 ? image_u16(label + n - 2) : image_u32(label + n - 4);
		uint64_t word = high << 32 | low;
		hash = image_mix(hash ^ word);
	} else {
		for (size_t i = 0; i + 8 < n; i += 8)
			hash = image_mix(hash ^ image_u64(label + i));
		hash = image_mix(hash ^ image_u64(label + n - 8));
	}
	return image_mix(hash);
}

static inline uint32_t image_bucket_of(uint64_t hash, uint32_t buckets)
{
	return (uint32_t)((hash >> 32) * buckets >> 32);
}

static inline uint16_t image_tag_of(uint64_t hash)
{
	return (uint16_t)(hash | 1);
}

/*
 * The slots whose tag may be `tag`, as a set of bits: slot i at bit 16 * (i % 4) + i / 4. None is left out; a slot above a true match may be wrongly in
 * (the subtraction borrows), as may one with an equal tag by chance: the record decides.
 */
static inline uint64_t image_slots_like(const struct image_bucket *bucket, uint16_t tag)
{
	const uint64_t ones = 0x0001000100010001u, tops = 0x8000800080008000u;
	uint64_t first = bucket->tags[0] ^ tag * ones, second = bucket->tags[1] ^ tag * ones, third = bucket->tags[2] ^ tag * ones;
	return ((first - ones) & ~first & tops) >> 15 | ((second - ones) & ~second & tops) >> 14 |
	       ((third - ones) & ~third & tops & UINT32_MAX) >> 13;
}

static inline unsigned image_slot_of(unsigned bit)
{
	return bit / 16 + bit % 16 * 4;
}

#endif
