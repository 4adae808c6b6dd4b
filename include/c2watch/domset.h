/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_DOMSET_H
#define C2WATCH_DOMSET_H

#include <c2watch/name.h>

/*
 * A set of indicators, and whether a name is among them. Two types, not a flag: a builder that grows, and a set that never changes.
 * Matching is on label borders, never on text.
 */
struct c2_domset_builder;
struct c2_domset;

/* What an entry covers, from its name. */
enum c2_scope {
	C2_SCOPE_EXCEPT = 0, /* the name and everything below it, which are then no match */
	C2_SCOPE_EXACT = 1,  /* that name only */
	C2_SCOPE_BELOW = 2,  /* only names below it */
	C2_SCOPE_TREE = 3,   /* the name and everything below it */
};

/* What a set says of a name. */
struct c2_verdict {
	uint32_t indicator; /* the entry's number in its set, below c2_domset_count() */
	uint8_t labels;     /* labels of the entry: as many as the name has when it is the name itself */
	uint8_t scope;      /* enum c2_scope */
};

/* Entries that can cover one name: one of each scope at each of its suffixes. */
#define C2_COVER_MAX (3 * C2_NAME_LABELS_MAX)

/* A new, empty builder, or null without memory. `key` hashes names: secret, since who knows it can make names that cost more to look up. */
struct c2_domset_builder *c2_domset_builder_new(uint64_t key);
void c2_domset_builder_free(struct c2_domset_builder *builder);

/*
 * Adds an entry; they count from 0 in the order they are added. A second one of the same name and scope becomes one with the first.
 * 0, -ENOMEM, -EFBIG (4 GiB of names); -EINVAL for the root, and for a scope that is none.
 */
int c2_domset_builder_add(struct c2_domset_builder *builder, const struct c2_name *name, enum c2_scope scope);

/* How many have been added. */
uint32_t c2_domset_builder_count(const struct c2_domset_builder *builder);

/*
 * An immutable set of what was added so far; the builder stays usable.
 *
 * `numbers` for each that was added, its number in the set: room for c2_domset_builder_count() of them; null: not wanted
 *
 * 0 and `*set`; -ENOMEM; -EFBIG for more than an image can hold (4 GiB of records).
 */
int c2_domset_build(const struct c2_domset_builder *builder, uint32_t *numbers, struct c2_domset **set);

/* The set as one relocatable run of octets that c2_domset_view() takes back; it lives as long as the set. */
const void *c2_domset_image(const struct c2_domset *set, size_t *len);

/*
 * A set over an image, which must outlive it and be aligned to 64 octets. Only its header is checked: what else is wrong in it gives wrong answers, but no
 * lookup leaves it, whatever its octets are or become.
 * 0 and `*set`, -EINVAL for what is no image, -ENOMEM.
 */
int c2_domset_view(const void *image, size_t len, struct c2_domset **set);

/* Frees a set from c2_domset_build() or c2_domset_view(); not the image of the latter. Null is fine. */
void c2_domset_free(struct c2_domset *set);

/* How many entries the set has, and how many of them are exceptions. */
uint32_t c2_domset_count(const struct c2_domset *set);
uint32_t c2_domset_exceptions(const struct c2_domset *set);

/* How many octets of the image looking up a name that is not listed can touch. */
size_t c2_domset_touched(const struct c2_domset *set);

/* The name of entry `number`, and its scope. OK; NONE: there is no such entry; BAD: the image is damaged. */
enum c2_rc c2_domset_entry(const struct c2_domset *set, uint32_t number, struct c2_name *name, enum c2_scope *scope);

/*
 * Looks `name` up: the longest entry that covers it; where several of one name do, an exception comes first, then exact and below, then tree.
 * OK and `*out`, or NONE: not listed, or that entry is an exception.
 * Pure; any number of threads at once.
 */
enum c2_rc c2_domset_find(const struct c2_domset *set, const struct c2_name *name, struct c2_verdict *out);

/* All entries that cover `name`, exceptions among them, in the order in which they come first. Returns how many were written to `out`. */
unsigned c2_domset_cover(const struct c2_domset *set, const struct c2_name *name, struct c2_verdict out[C2_COVER_MAX]);

#endif
