/* SPDX-License-Identifier: Apache-2.0 */
/* Is it a resolver? Asked of every hello, and answered with no nearly always: by one bit, before any name is looked up. */
#include "note/resolver_set.h"

#include <stdlib.h>

#define BITS 12 /* 4096 of them */

static unsigned bit_of(uint64_t ending)
{
	return (unsigned)(ending * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BITS));
}

static bool bits_have(const uint64_t *bits, unsigned bit)
{
	return (bits[bit / 64] >> bit % 64 & 1) != 0;
}

/* A name below another ends as that one does, if that one is long enough. */
static unsigned name_bit(const struct c2_name *name)
{
	uint64_t ending;
	memcpy(&ending, name->wire + name->len - RESOLVER_ENDING, sizeof ending);
	return bit_of(ending);
}

/* IPv4 stands in front, and the rest is zero; an interface's number is at the end. */
static unsigned addr_bit(const struct c2_addr *addr)
{
	uint64_t head, tail;
	memcpy(&head, addr->octets, sizeof head);
	memcpy(&tail, addr->octets + sizeof head, sizeof tail);
	return bit_of(head ^ tail);
}

void resolver_set_name_ending(struct resolver_set *set, const struct c2_name *name)
{
	if (name->len < RESOLVER_ENDING)
		memset(set->name_endings, 0xff, sizeof set->name_endings);
	else
		set->name_endings[name_bit(name) / 64] |= UINT64_C(1) << name_bit(name) % 64;
}

void resolver_set_addr_ending(struct resolver_set *set, const struct c2_addr *addr)
{
	set->addr_endings[addr_bit(addr) / 64] |= UINT64_C(1) << addr_bit(addr) % 64;
}

bool resolver_set_has_name(const struct resolver_set *set, const struct c2_name *name)
{
	struct c2_verdict verdict;
	if (name->len == 0 || (name->len >= RESOLVER_ENDING && !bits_have(set->name_endings, name_bit(name))))
		return false;
	return c2_domset_find(set->names, name, &verdict) == C2_OK;
}

int resolver_addr_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct c2_addr));
}

bool resolver_set_has_addr(const struct resolver_set *set, const struct c2_addr *addr)
{
	return bits_have(set->addr_endings, addr_bit(addr)) &&
	       bsearch(addr, set->addrs, set->addr_count, sizeof *addr, resolver_addr_compare) != NULL;
}
