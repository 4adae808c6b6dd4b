/* SPDX-License-Identifier: Apache-2.0 */
/* Invariant: every slot below `cap` is either on the free stack or in the ring of lent ones; the ring runs from the oldest, after the anchor, to the newest. */
#include "base/pool.h"

#include <errno.h>
#include <stdlib.h>

int pool_open(struct pool *pool, uint32_t cap, size_t slot_len)
{
	if (cap == 0 || cap == POOL_NONE || slot_len == 0)
		return -EINVAL;
	*pool = (struct pool){.slot_len = (slot_len + 63) & ~(size_t)63, .cap = cap};
	pool->slots = calloc(cap, pool->slot_len);
	pool->next = malloc((cap + 1u) * sizeof *pool->next);
	pool->prev = malloc((cap + 1u) * sizeof *pool->prev);
	pool->owner = malloc(cap * sizeof *pool->owner);
	if (pool->slots == NULL || pool->next == NULL || pool->prev == NULL || pool->owner == NULL) {
		pool_close(pool);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < cap; i++)
		pool->next[i] = i + 1 < cap ? i + 1 : POOL_NONE;
	pool->free = 0;
	pool->next[cap] = pool->prev[cap] = cap;
	return 0;
}

void pool_close(struct pool *pool)
{
	free(pool->slots);
	free(pool->next);
	free(pool->prev);
	free(pool->owner);
	*pool = (struct pool){.cap = 0};
}

static void pool_unlink(struct pool *pool, uint32_t slot)
{
	pool->next[pool->prev[slot]] = pool->next[slot];
	pool->prev[pool->next[slot]] = pool->prev[slot];
}

uint32_t pool_take(struct pool *pool, uint32_t owner, uint32_t *robbed)
{
	uint32_t anchor = pool->cap;
	uint32_t slot = pool->free;
	*robbed = POOL_NONE;
	if (slot != POOL_NONE) {
		pool->free = pool->next[slot];
		pool->lent++;
	} else {
		slot = pool->next[anchor];
		*robbed = pool->owner[slot];
		pool_unlink(pool, slot);
	}
	pool->owner[slot] = owner;
	pool->prev[slot] = pool->prev[anchor];
	pool->next[slot] = anchor;
	pool->next[pool->prev[anchor]] = slot;
	pool->prev[anchor] = slot;
	return slot;
}

void pool_give(struct pool *pool, uint32_t slot)
{
	pool_unlink(pool, slot);
	pool->next[slot] = pool->free;
	pool->free = slot;
	pool->lent--;
}
