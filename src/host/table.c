/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bounded table under the host room's three. Buckets of fixed ways, so that nobody who guesses at collisions gets more than eight compares.
 */
#include "host/table.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int table_open(struct table *table, const struct siphash_key *hash_key, size_t slot_len, size_t key_len, size_t budget)
{
	size_t buckets = budget / (slot_len * TABLE_WAYS);
	if (buckets == 0)
		return -EINVAL;
	if (buckets > UINT32_MAX)
		buckets = UINT32_MAX;
	*table = (struct table){.slot_len = slot_len, .key_len = key_len, .buckets = buckets, .hash_key = *hash_key};
	table->slots = calloc(buckets * TABLE_WAYS, slot_len);
	return table->slots != NULL ? 0 : -ENOMEM;
}

void table_close(struct table *table)
{
	free(table->slots);
	table->slots = NULL;
}

/* The first slot of the bucket of `key`. */
static struct table_slot *table_bucket(const struct table *table, const void *key)
{
	/* The hash's upper half times the number of buckets, for that number need not be a power of two. */
	uint64_t hash = siphash13(&table->hash_key, key, table->key_len) >> 32;
	return (void *)(table->slots + (size_t)(hash * table->buckets >> 32) * TABLE_WAYS * table->slot_len);
}

static struct table_slot *table_next(const struct table *table, struct table_slot *slot)
{
	return (void *)((uint8_t *)slot + table->slot_len);
}

static bool slot_is_of(const struct table *table, const struct table_slot *slot, const void *key)
{
	return slot->taken_ns != 0 && memcmp(slot + 1, key, table->key_len) == 0;
}

const void *table_find(const struct table *table, const void *key)
{
	struct table_slot *slot = table_bucket(table, key);
	for (int way = 0; way < TABLE_WAYS; way++, slot = table_next(table, slot))
		if (slot_is_of(table, slot, key))
			return slot;
	return NULL;
}

void *table_take(struct table *table, const void *key, uint64_t at_ns)
{
	struct table_slot *slot = table_bucket(table, key), *oldest = slot;
	for (int way = 0; way < TABLE_WAYS; way++, slot = table_next(table, slot)) {
		if (slot_is_of(table, slot, key)) {
			if (slot->taken_ns <= at_ns)
				slot->taken_ns = at_ns + 1;
			return slot;
		}
		if (slot->taken_ns < oldest->taken_ns)
			oldest = slot;
	}
	if (oldest->taken_ns != 0)
		table->evicted++;
	else
		table->used++;
	memset(oldest, 0, table->slot_len);
	oldest->taken_ns = at_ns + 1;
	memcpy(oldest + 1, key, table->key_len);
	return oldest;
}
