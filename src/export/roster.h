/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_ROSTER_H
#define EXPORT_ROSTER_H

#include "feed/feedset.h"

/* The entries of a set in the order of their names, label by label from the right (RFC 4034 §6.1): what is below a name follows it at once. */
struct roster {
	char *keys; /* names with their labels turned round, ROSTER_BORDER between */
	struct roster_place *places;
	uint32_t n;
};

struct roster_place {
	uint64_t head;  /* the key's first octets, as a number that orders as they do */
	uint32_t key;   /* where it is among the keys */
	uint32_t entry; /* for feedset_describe() */
	uint8_t mark;   /* a number for its scope and kind, and whether it is on: what orders entries of one name */
};

/* Less than any octet of a name's presentation form. */
#define ROSTER_BORDER '\1'

/* Makes a set's roster of the entries of which a claim holds at `at_ns`; all of them for 0. 0 with `*roster`, -ENOMEM, -EFBIG (4 GiB of names). */
int roster_make(const struct feedset *set, uint64_t at_ns, struct roster *roster);
void roster_free(struct roster *roster);

static inline const char *roster_key(const struct roster *roster, uint32_t i)
{
	return roster->keys + roster->places[i].key;
}

#endif
