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

/* What an indicator covers, from its name. */
enum c2_scope {
	C2_SCOPE_EXACT = 1, /* that name only */
	C2_SCOPE_BELOW = 2, /* only names below it */
	C2_SCOPE_TREE = 3,  /* the name and everything below it */
};

/* What a set says of a name. */
struct c2_verdict {
	uint32_t indicator; /* the number the indicator was added under */
	uint8_t labels;     /* labels of the indicator that matched: as many as the name has when it is the name itself */
};

#define C2_INDICATOR_NONE UINT32_MAX

/* A new, empty builder, or null without memory. */
struct c2_domset_builder *c2_domset_builder_new(void);
void c2_domset_builder_free(struct c2_domset_builder *builder);

/*
 * Adds an indicator: `name` with `scope`, known from then on as `indicator` (below 2^31). When the same name and scope are added twice the first
 * stays; where two scopes of one name cover something, exact and below come before tree. 0, or -ENOMEM; -EINVAL for the root.
 */
int c2_domset_builder_add(struct c2_domset_builder *builder, const struct c2_name *name, enum c2_scope scope, uint32_t indicator);

/* Adds an exception: `name` and what is below it never match, whatever is listed there or above; an indicator for a longer name does. 0, -ENOMEM or -EINVAL. */
int c2_domset_builder_except(struct c2_domset_builder *builder, const struct c2_name *name);

/* An immutable set of what was added so far; the builder stays usable. 0 and `*set`, -ENOMEM, or -EFBIG for more than an image can hold (4 GiB of labels). */
int c2_domset_build(const struct c2_domset_builder *builder, struct c2_domset **set);

/* The set as one relocatable run of octets that c2_domset_view() takes back; it lives as long as the set. */
const void *c2_domset_image(const struct c2_domset *set, size_t *len);

/*
 * A set over an image, which must outlive it and be aligned to 8 octets; its structure is checked, so that no lookup can leave it.
 * 0 and `*set`, -EINVAL for what is no image, -ENOMEM.
 */
int c2_domset_view(const void *image, size_t len, struct c2_domset **set);

/* Every indicator's number in the set is below this. */
uint32_t c2_domset_indicators(const struct c2_domset *set);

/* Frees a set from c2_domset_build() or c2_domset_view(); not the image of the latter. Null is fine. */
void c2_domset_free(struct c2_domset *set);

/*
 * Looks `name` up: the longest indicator that covers it. OK and `*out`, or NONE: not listed, or an exception covers it.
 * Pure; any number of threads at once.
 */
enum c2_rc c2_domset_find(const struct c2_domset *set, const struct c2_name *name, struct c2_verdict *out);

#endif
