/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_TABLE_H
#define HOST_TABLE_H

#include "base/siphash.h"

#include <stddef.h>
#include <stdint.h>

/*
 * A bounded table: buckets of TABLE_WAYS slots under a keyed hash, all memory at birth. A slot is a struct of the user's that begins with
 * struct table_slot, followed at once by the key, which must have no padding.
 *
 * Eviction: when a bucket is full, its slot that was taken the longest ago goes, counted.
 */
#define TABLE_WAYS 8

struct table_slot {
	uint64_t taken_ns; /* packet time of the last table_take(), plus one; 0: free */
};

struct table {
	uint8_t *slots;
	size_t slot_len, key_len, buckets;
	struct siphash_key hash_key;
	uint64_t used, evicted;
};

/* Makes a table of as many buckets as `budget` octets hold. 0, -ENOMEM, or -EINVAL when that is none. */
int table_open(struct table *table, const struct siphash_key *hash_key, size_t slot_len, size_t key_len, size_t budget);
void table_close(struct table *table);

/* The slot of `key`, or null. */
const void *table_find(const struct table *table, const void *key);

/* The slot of `key`, which is new and zero behind its key when there was none. */
void *table_take(struct table *table, const void *key, uint64_t at_ns);

#endif
