/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/* SipHash-1-3 (Aumasson, Bernstein 2012): the keyed hash for everything that a stranger can choose. */
struct siphash_key {
	uint64_t k0, k1;
};

/* A key from getrandom(2). 0 or -errno. */
int siphash_key_random(struct siphash_key *key);

/* The hash of `len` octets at `octets` under `key`. */
uint64_t siphash13(const struct siphash_key *key, const void *octets, size_t len);

#endif
