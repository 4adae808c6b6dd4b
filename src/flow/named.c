/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses that answers have told, in pairs under a keyed hash. A place is one word, the upper part of the address's hash and when it
 * was told last, read and written whole and in no order: nothing else hangs on it.
 */
#include "flow/named.h"

#include "base/mulhash.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#define WAYS 2u
#define BUCKET_BITS 17
#define BUCKETS (1u << BUCKET_BITS)
#define TIME_BITS 24
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)
#define TIME_SHIFT 6 /* a minute or so: 34 years until it comes round */

_Static_assert(BUCKETS *WAYS == NAMED_ADDRESSES, "as many as promised");

struct named {
	struct mulhash_key key;
	struct named_bucket {
		_Atomic uint64_t place[WAYS]; /* 0: free */
	} bucket[BUCKETS];
};

int named_open(struct named **named, const struct siphash_key *key)
{
	struct named *made = calloc(1, sizeof *made);
	if (made == NULL)
		return -ENOMEM;
	mulhash_key_make(&made->key, key);
	*named = made;
	return 0;
}

void named_close(struct named *named)
{
	free(named);
}

static uint64_t named_hash(const struct named *named, const struct c2_addr *addr)
{
	uint32_t words[4];
	memcpy(words, addr->octets, sizeof words);
	uint64_t sum = named->key.k[0] + named->key.k[1] * words[0];
	return addr->family == 4 ? sum : mulhash_add(&named->key, sum, 1, words + 1, 3);
}

static bool is_of(uint64_t place, uint64_t hash)
{
	return ((place ^ hash) & ~TIME_MASK) == 0;
}

void named_learn(struct named *named, const struct c2_addr *addr, uint32_t now_s)
{
	uint64_t hash = named_hash(named, addr);
	_Atomic uint64_t *places = named->bucket[hash >> (64 - BUCKET_BITS)].place;
	uint64_t first = atomic_load_explicit(&places[0], memory_order_relaxed);
	uint64_t second = atomic_load_explicit(&places[1], memory_order_relaxed);
	uint64_t mine = (hash & ~TIME_MASK) | (now_s >> TIME_SHIFT & TIME_MASK);
	if (first == mine || second == mine)
		return;
	bool is_second = is_of(second, hash) || (!is_of(first, hash) && (second & TIME_MASK) < (first & TIME_MASK));
	atomic_store_explicit(&places[is_second], mine, memory_order_relaxed);
}

bool named_has(const struct named *named, const struct c2_addr *addr)
{
	uint64_t hash = named_hash(named, addr);
	const _Atomic uint64_t *places = named->bucket[hash >> (64 - BUCKET_BITS)].place;
	return is_of(atomic_load_explicit(&places[0], memory_order_relaxed), hash) ||
	       is_of(atomic_load_explicit(&places[1], memory_order_relaxed), hash);
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
