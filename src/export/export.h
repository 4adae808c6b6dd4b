/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_EXPORT_H
#define EXPORT_EXPORT_H

#include "feed/feedset.h"

#include <stdio.h>

/*
 * A set in a form that other programs read. Names are of letters, digits, `-`, `_` and dots there, or they are left out; texts of feeds are strangers', and
 * each form quotes them in its own way.
 */
struct export
{
	const struct feedset *set;
	uint64_t at_ns;               /* only claims that hold then are exported; 0: all */
	uint64_t made_ns;             /* since 1970: what says which of two exports is newer */
	const char *popular, *shared; /* as of feed_lint: what a plain list must be forced past */
	FILE *to;                     /* whose error state tells, in the end, whether all was written */
	size_t left_out;              /* out: names, or texts, that the form has no way to say */
};

struct export_form {
	const char *name;
	const char *left_out; /* what `left_out` counts, for a message; null: nothing is */
	bool is_whole;        /* what is off, context or expired is in it as well */
	int (*write)(struct export *export);
};

/* The form of that name, or null. */
const struct export_form *export_form_of(const char *name);

/* Writes the set. 0, -ENOMEM, -EFBIG. */
int export_write(struct export *export, const struct export_form *form);

extern const struct export_form hosts_form, kql_form, plain_form, rpz_form, sigma_form, suricata_form, zeek_form;

#endif
