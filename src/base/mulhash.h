/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MULHASH_H
#define BASE_MULHASH_H

#include "base/siphash.h"

#define MULHASH_WORDS_MAX 9

/*
 * Multiply-shift under a secret key (Dietzfelbinger 1996; of several words: Thorup 2015, §3.4): the upper 32 bits are 2-universal, so whoever does not know
 * the key makes two inputs collide by luck alone, as long as he does not learn which do. For bounded tables behind a figure, where a tenth of SipHash's
 * cost matters and a collision costs nothing but the figure; everything else takes siphash13().
 */
struct mulhash_key {
	uint64_t k[MULHASH_WORDS_MAX + 1];
};

static inline void mulhash_key_make(struct mulhash_key *key, const struct siphash_key *from)
{
	for (uint64_t i = 0; i <= MULHASH_WORDS_MAX; i++)
		key->k[i] = siphash13(from, &i, sizeof i);
}

/* Adds `n` words, the first of them as the hash's word `at`, to `sum`, which begins as key->k[0]. */
static inline uint64_t mulhash_add(const struct mulhash_key *key, uint64_t sum, unsigned at, const uint32_t *words, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		sum += key->k[1 + at + i] * words[i];
	return sum;
}

#endif
