/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MATCH_IMAGE_H
#define MATCH_IMAGE_H

#include <c2watch/domset.h>

/*
 * A domset as one run of octets, without a pointer in it: header, filter, buckets, tags, tails, records. Numbers are in the byte order of the machine
 * that made it; the header says which.
 *
 * An entry is known by the keyed hash of its name. Three parts answer one after the other, and nearly every lookup ends in the first.
 *
 * filter   Lines of 64 octets. One line holds everything that is listed at a name of two labels and below it: a lookup reads one line, by the
 *          hash of the last two labels, and asks it about the name's every suffix. Seven words are a Bloom filter, three bits an entry. The eighth holds
 *          marks: where a suffix has many entries below it (co.uk, duckdns.org), its mark sends what is longer to the line of one label more.
 * buckets  Entries in the order of their hashes' upper bits, about eight a bucket. A bucket says which entries are its, and where their records
 *          begin. An entry's number is its place in that order.
 * tags     An octet of each entry's hash.
 * records  An entry's scope and its name, which decide. The names' most frequent ends stand once, as tails, and a record gives their number.
 */

#define IMAGE_MAGIC "c2names2"
#define IMAGE_ORDER 0x01020304u
#define IMAGE_BUCKET_ENTRIES 8 /* on the average */
#define IMAGE_BUCKET_MAX 255   /* a keyed hash puts so many into one but once in 10^200 sets */
#define IMAGE_LINE_WORDS 8
#define IMAGE_LINE_BITS (64 * (IMAGE_LINE_WORDS - 1))
#define IMAGE_LINE_ENTRIES 24 /* on the average: one name in 180 that is not listed passes */
#define IMAGE_HEAVY 12        /* more entries below a suffix than this give it a mark */
#define IMAGE_TAILS_MAX 64    /* the first is empty */

struct image_header {
	uint8_t magic[8];
	uint32_t order; /* IMAGE_ORDER */
	uint32_t base;  /* labels of the suffix that finds the first line: 2, or 1 when a single label is listed */
	uint32_t entries, lines, buckets, tails_len;
	uint64_t records_len;
	uint64_t key;
	uint64_t len;        /* octets of the whole image */
	uint32_t exceptions; /* entries that are */
	uint32_t zero;
};

/* Entries `first` to the next bucket's, and where the first one's record begins. One more stands behind the last. */
struct image_bucket {
	uint32_t first, record;
};

/* Each tail is an octet, its length, and the wire form of a suffix without the root. A record is two octets and the labels in front of its tail. */
#define IMAGE_RECORD_HEAD 2 /* scope | number of the tail << 2; length of what follows */

struct image_tail {
	const uint8_t *wire;
	uint8_t len;
};

/* struct c2_domset is an image, and the numbers that keep lookups inside it. */
struct c2_domset {
	const uint64_t *filter;
	const struct image_bucket *buckets;
	const uint8_t *tags;
	const uint8_t *records;
	uint64_t key, multiplier;
	uint32_t lines, buckets_n, entries, exceptions, base;
	uint64_t records_len;
	struct image_tail tails[IMAGE_TAILS_MAX];
	const void *image;
	size_t image_len;
	void *own; /* the image, if it is the set's to free */
};

static inline uint64_t image_multiplier(uint64_t key)
{
	return (key ^ 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u | 1;
}

static inline uint64_t image_fold(uint64_t word, uint64_t multiplier)
{
	unsigned __int128 product = (unsigned __int128)word * multiplier;
	return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static inline uint64_t image_word(const uint8_t *at)
{
	uint64_t word;
	memcpy(&word, at, sizeof word);
	return word;
}

static inline uint32_t image_half(const uint8_t *at)
{
	uint32_t half;
	memcpy(&half, at, sizeof half);
	return half;
}

static inline uint16_t image_quarter(const uint8_t *at)
{
	uint16_t quarter;
	memcpy(&quarter, at, sizeof quarter);
	return quarter;
}

/*
 * The hash of a suffix with the label at `label` (its length and its text) in front, `hash` being that of the suffix without it; the root's is the
 * key. Each step multiplies by a number that no stranger knows, and folds: two names that collide cannot be computed without it.
 */
static inline uint64_t image_hash(uint64_t hash, uint64_t multiplier, const uint8_t *label)
{
	size_t n = label[0] + 1u;
	if (n > 8) {
		for (size_t i = 0; i + 8 < n; i += 8)
			hash = image_fold(hash ^ image_word(label + i), multiplier);
		return image_fold(hash ^ image_word(label + n - 8), multiplier);
	}
	/* Two loads that overlap take in 2 to 8 octets without a loop. */
	uint64_t high = n < 4 ? image_quarter(label) : image_half(label);
	uint64_t low = n < 4 ? image_quarter(label + n - 2) : image_half(label + n - 4);
	return image_fold(hash ^ (high << 32 | low), multiplier);
}

/* Which of `n` the hash falls to, by its upper bits. */
static inline uint32_t image_share(uint64_t hash, uint32_t n)
{
	return (uint32_t)((hash >> 32) * n >> 32);
}

static inline uint8_t image_tag(uint64_t hash)
{
	return (uint8_t)hash;
}

/* The three bits of an entry within its line, by the lower 48 bits of its hash. */
static inline unsigned image_bit(uint64_t hash, unsigned which)
{
	return (unsigned)((hash >> 16 * which & 0xffff) * IMAGE_LINE_BITS >> 16);
}

static inline bool image_line_has(const uint64_t *line, uint64_t hash)
{
	unsigned a = image_bit(hash, 0), b = image_bit(hash, 1), c = image_bit(hash, 2);
	return (line[a / 64] >> a % 64 & line[b / 64] >> b % 64 & line[c / 64] >> c % 64 & 1) != 0;
}

/* Does the line send names that are longer than the suffix with that hash on to another? */
static inline bool image_line_is_marked(const uint64_t *line, uint64_t hash)
{
	return (line[IMAGE_LINE_WORDS - 1] >> (hash >> 26 & 63) & 1) != 0;
}

/* A name as the builder holds it: length and labels, then the wire form without the root. */
struct image_entry {
	uint64_t hash;
	uint32_t name; /* where among the names */
	uint8_t labels;
	uint8_t scope;
};

/* What an image is made of. */
struct image_source {
	const struct image_entry *entries;
	uint32_t n;
	const uint8_t *names; /* each an octet, its length, and its wire form without the root; eight octets of room behind the last */
	uint64_t key;
};

/* Writes the image. 0 and `*image`, aligned to 64, to be freed, of `*len` octets; `numbers` as in c2_domset_build(). -ENOMEM; -EFBIG. */
int image_write(const struct image_source *source, uint32_t *numbers, void **image, size_t *len);

/* Sets the filter's bits for all entries. `lines` are zero before. 0 or -ENOMEM. */
int image_write_filter(const struct image_source *source, uint32_t base, uint64_t *filter, uint32_t lines);

/* The hashes of a name's suffixes, [i] with i + 1 labels; returns how many. */
unsigned image_suffixes(const struct image_source *source, const struct image_entry *entry, uint64_t hashes[C2_NAME_LABELS_MAX]);

#endif
