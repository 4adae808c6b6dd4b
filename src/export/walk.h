/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_WALK_H
#define EXPORT_WALK_H

#include "export/export.h"

/* What becomes of a name. */
enum walk_fate {
	WALK_PASSED, /* nobody lists it */
	WALK_LISTED,
	WALK_EXCEPTED,
};

/*
 * A name at which something is listed or excepted, with what stands above it counted in. Of two fates that differ the longer name's holds, so a name
 * that has its own and that of what is below it from above says nothing new.
 */
struct walk_name {
	struct indicator entry;          /* the most confident claim of what decides there */
	enum walk_fate own, below;       /* of the name, and of names below it that nothing longer covers */
	enum walk_fate above;            /* what it would have without its entries */
	unsigned labels, above_labels;   /* of the name, and of the nearest above it that says something new: 0 for none */
	unsigned own_turns, below_turns; /* how often, from the root to it, names went from listed to not listed or back */
};

static inline bool walk_turns(enum walk_fate from, enum walk_fate to)
{
	return (from == WALK_LISTED) != (to == WALK_LISTED);
}

static inline bool walk_is_news(const struct walk_name *name)
{
	return name->own != name->above || name->below != name->above;
}

/* Visits the names of what is matched, in a roster's order. 0, -ENOMEM, -EFBIG, or what `visit` returns that is not 0. */
int walk_names(struct export *export, int (*visit)(void *arg, const struct walk_name *name), void *arg);

/* A name that says something new, kept: for forms that cannot be written in one go. An odd number of turns lists, an even one excepts. */
struct walk_row {
	char *name;
	const char *feed;
	bool is_own_turn, is_below_turn; /* for the name, and for names below it */
	unsigned turns;
};

struct walk_rows {
	struct walk_row *rows;
	size_t n, cap;
};

/* Collects all of them. 0, -ENOMEM, -EFBIG; to be freed in any case. */
int walk_rows_make(struct export *export, struct walk_rows *rows);
void walk_rows_free(struct walk_rows *rows);

/* Writes a text of a feed; what is no printable ASCII, or is one of `but`, becomes `?`. */
void walk_put_plain(FILE *to, const char *text, const char *but);

/* Writes a text of a feed as JSON, KQL and YAML read it between double quotes. */
void walk_put_escaped(FILE *to, const char *text);

/* Is `name` the name `parent`, or below it? Both in presentation form, of host names. */
bool walk_is_under(const char *name, const char *parent);

#endif
