/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_PREFIX_H
#define FLOW_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The prefix assembler: octets at offsets, in any order, become the contiguous head of a stream. The first copy of an octet stands.
 * It works in memory that it is given: `cap` octets and a bit for each that says whether it is there.
 */
struct prefix {
	uint8_t *octets;
	uint64_t *present;
	uint32_t cap;   /* octets, a multiple of 64 */
	uint32_t have;  /* contiguous from offset 0 */
	uint32_t reach; /* one past the highest octet present */
};

/* What an addition met. */
enum prefix_met {
	PREFIX_FRESH = 0,
	PREFIX_REPEATED = 1,     /* some octets were there already, the same */
	PREFIX_CONTRADICTED = 2, /* some were there already, and others: the first copy stands */
};

/* The memory a prefix of `cap` octets (a multiple of 64) needs. */
static inline size_t prefix_memory(uint32_t cap)
{
	return (size_t)cap + cap / 8;
}

/* Starts an empty prefix in prefix_memory(cap) octets at `memory`, aligned to 8. */
void prefix_start(struct prefix *prefix, void *memory, uint32_t cap);

/* Adds `len` octets at `offset`, relative to the head's first octet; what lies before it or beyond `cap` is left out. */
enum prefix_met prefix_add(struct prefix *prefix, int64_t offset, const uint8_t *octets, size_t len);

/* Drops the first `n` octets, fewer than `reach`: what comes after them becomes the head. */
void prefix_drop(struct prefix *prefix, uint32_t n);

/* Moves what `from` holds into `to`, an empty prefix of at least its size. */
void prefix_move(struct prefix *to, const struct prefix *from);

#endif
