/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses that answers have told, in buckets of one cache line under a keyed hash. A place is one word, the upper part of the address's hash and when it
 * was told last, read and written whole and in no order: nothing else hangs on it.
 */
#include "flow/named.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#define WAYS 8u
#define BUCKETS (NAMED_ADDRESSES / WAYS) /* a power of two */
#define TIME_BITS 24
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)
#define TIME_SHIFT 6 /* a minute or so: 34 years until it comes round */

struct named {
	struct siphash_key key;
	struct named_bucket {
		_Alignas(64) _Atomic uint64_t place[WAYS]; /* 0: free */
	} bucket[BUCKETS];
};

int named_open(struct named **named, const struct siphash_key *key)
{
	struct named *made = aligned_alloc(64, sizeof *made);
	if (made == NULL)
		return -ENOMEM;
	memset(made, 0, sizeof *made);
	made->key = *key;
	*named = made;
	return 0;
}

void named_close(struct named *named)
{
	free(named);
}

static uint64_t named_hash(const struct named *named, const struct c2_addr *addr)
{
	return siphash13(&named->key, addr->octets, addr->family == 4 ? 4 : 16);
}

void named_learn(struct named *named, const struct c2_addr *addr, uint32_t now_s)
{
	uint64_t hash = named_hash(named, addr);
	struct named_bucket *bucket = &named->bucket[hash & (BUCKETS - 1)];
	_Atomic uint64_t *oldest = NULL;
	uint64_t oldest_time = UINT64_MAX;
	uint64_t mine = (hash & ~TIME_MASK) | (now_s >> TIME_SHIFT & TIME_MASK);
	for (unsigned i = 0; i < WAYS; i++) {
		uint64_t place = atomic_load_explicit(&bucket->place[i], memory_order_relaxed);
		if (place == mine)
			return;
		if (((place ^ mine) & ~TIME_MASK) == 0) {
			oldest = &bucket->place[i];
			break;
		}
		if ((place & TIME_MASK) < oldest_time) {
			oldest = &bucket->place[i];
			oldest_time = place & TIME_MASK;
		}
	}
	atomic_store_explicit(oldest, mine, memory_order_relaxed);
}

bool named_has(const struct named *named, const struct c2_addr *addr)
{
	uint64_t hash = named_hash(named, addr);
	const struct named_bucket *bucket = &named->bucket[hash & (BUCKETS - 1)];
	for (unsigned i = 0; i < WAYS; i++)
		if ((atomic_load_explicit(&bucket->place[i], memory_order_relaxed) & ~TIME_MASK) == (hash & ~TIME_MASK))
			return true;
	return false;
}

bool addr_is_local(const struct c2_addr *addr)
{
	const uint8_t *o = addr->octets;
	if (addr->family == 6)
		return (o[0] & 0xfe) == 0xfc || (o[0] == 0xfe && (o[1] & 0xc0) == 0x80) || o[0] == 0xff || memcmp(o, (uint8_t[15]){0}, 15) == 0;
	switch (o[0]) {
	case 0:
	case 10:
	case 127:
		return true;
	case 100:
		return (o[1] & 0xc0) == 64;
	case 169:
		return o[1] == 254;
	case 172:
		return (o[1] & 0xf0) == 16;
	case 192:
		return o[1] == 168;
	default:
		return o[0] >= 224;
	}
}
