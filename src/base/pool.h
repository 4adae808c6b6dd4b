/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>
#include <stdint.h>

#define POOL_NONE UINT32_MAX

/*
 * A fixed number of equal slots, all there at birth, lent out to owners. When none is free the slot that was lent longest ago is taken
 * from its owner: a full pool forgets the oldest question, never the newest.
 */
struct pool {
	uint8_t *slots;
	size_t slot_len;
	uint32_t *next, *prev; /* lent slots in a ring by age, through the anchor at index `cap`; free ones in a stack through `next` */
	uint32_t *owner;
	uint32_t cap;
	uint32_t free; /* top of the stack of free slots, or POOL_NONE */
	uint32_t lent;
};

/* Makes `cap` slots of `slot_len` octets. 0, -EINVAL or -ENOMEM. */
int pool_open(struct pool *pool, uint32_t cap, size_t slot_len);
void pool_close(struct pool *pool);

/* Lends a slot to `owner`. `*robbed` becomes the owner it was taken from, or POOL_NONE. Returns the slot. */
uint32_t pool_take(struct pool *pool, uint32_t owner, uint32_t *robbed);

/* Takes a slot back. */
void pool_give(struct pool *pool, uint32_t slot);

/* The owner of the slot that was lent longest ago, or POOL_NONE. */
static inline uint32_t pool_oldest(const struct pool *pool)
{
	return pool->lent > 0 ? pool->owner[pool->next[pool->cap]] : POOL_NONE;
}

static inline void *pool_at(const struct pool *pool, uint32_t slot)
{
	return pool->slots + (size_t)slot * pool->slot_len;
}

#endif
