/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOOKUP_PEER_H
#define LOOKUP_PEER_H

/* One structure that says how much of a name is listed. All answer the same question: of the name's suffixes on label borders, which is the longest listed? */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Names, each as struct c2_name begins: length with the root, labels, wire form. Readers of the latter may be given a pointer into `octets`. */
struct arena {
	uint8_t *octets;
	size_t len, cap;
	uint32_t *at; /* where each begins */
	size_t n, n_cap;
};

/* The wire form that begins at each label of a name, without the root: [i] has labels - i labels. */
struct suffixes {
	const uint8_t *wire;
	unsigned labels, len;
	uint8_t at[128];
};

struct peer {
	const char *name;
	size_t most;                                              /* it is not asked for more entries; 0: no bound */
	void *(*build)(const struct arena *listed, size_t *size); /* `*size`: octets it keeps for them, text included; null: it could not */
	unsigned (*find)(const void *self, const uint8_t *name);  /* labels of the longest suffix that is listed; 0: none is */
	void (*ahead)(const void *self, const uint8_t *name);     /* null, or: a lookup of it will follow */
	void (*free)(void *self);
};

/* Ends with one that has no name. */
extern const struct peer peers[];

#ifdef __cplusplus
extern "C" {
#endif
void *marisa_build(const struct arena *listed, size_t *size);
unsigned marisa_find(const void *self, const uint8_t *name);
void marisa_free(void *self);
#ifdef __cplusplus
}
#endif

void *cdb_peer_build(const struct arena *listed, size_t *size);
unsigned cdb_peer_find(const void *self, const uint8_t *name);
void cdb_peer_free(void *self);

void *chd_build(const struct arena *listed, size_t *size);
void *bdz_build(const struct arena *listed, size_t *size);
unsigned cmph_peer_find(const void *self, const uint8_t *name);
void cmph_peer_free(void *self);

void *hyperscan_build(const struct arena *listed, size_t *size);
unsigned hyperscan_find(const void *self, const uint8_t *name);
void hyperscan_free(void *self);

void *array_build(const struct arena *listed, size_t *size);
unsigned array_find(const void *self, const uint8_t *name);
void array_free(void *self);

void *hash_build(const struct arena *listed, size_t *size);
unsigned hash_find(const void *self, const uint8_t *name);
void hash_free(void *self);

void *trie_build(const struct arena *listed, size_t *size);
unsigned trie_find(const void *self, const uint8_t *name);
void trie_free(void *self);

static inline void suffixes_of(struct suffixes *suffixes, const uint8_t *name)
{
	suffixes->wire = name + 2;
	suffixes->labels = name[1];
	suffixes->len = name[0] - 1u;
	unsigned at = 0;
	for (unsigned i = 0; i < suffixes->labels; i++) {
		suffixes->at[i] = (uint8_t)at;
		at += suffixes->wire[at] + 1u;
	}
}

/* The listed names' wire forms without the root. */
static inline size_t arena_text(const struct arena *arena)
{
	return arena->len - 3 * arena->n;
}

#endif
