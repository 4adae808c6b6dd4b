/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTE_RESOLVER_SET_H
#define NOTE_RESOLVER_SET_H

#include <c2watch/addr.h>
#include <c2watch/domset.h>

#define RESOLVER_ENDING 8 /* octets of a name in wire form that its end is known by */

/* Resolvers that take questions under encryption, by what a packet shows of them. Immutable once made; any number of threads look up at once. */
struct resolver_set {
	struct c2_domset *names;
	struct c2_addr *addrs; /* in the order of memcmp() */
	size_t addr_count;
	/* A bit for each way in which a listed name or address ends: nearly all others are told by it at once. */
	uint64_t name_endings[64], addr_endings[64];
};

/* Note how what is listed ends. For whoever makes the set. */
void resolver_set_name_ending(struct resolver_set *set, const struct c2_name *name);
void resolver_set_addr_ending(struct resolver_set *set, const struct c2_addr *addr);

/* Is the name, or one above it, listed? */
bool resolver_set_has_name(const struct resolver_set *set, const struct c2_name *name);

bool resolver_set_has_addr(const struct resolver_set *set, const struct c2_addr *addr);

/* The order of addresses in a set, for qsort(3). */
int resolver_addr_compare(const void *a, const void *b);

#endif
