/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_GUARDS_H
#define FEED_GUARDS_H

#include "feed/feedset.h"

/* Why a name is guarded, the weightier later. */
enum guard_kind {
	GUARD_NONE,
	GUARD_BELOW_MAIL, /* below a mail provider's name, where customers have mailboxes and no hosts */
	GUARD_ABOVE,      /* below it lies a guarded name */
	GUARD_POPULAR,    /* nearly every network asks for it */
	GUARD_SHARED,     /* anybody may have something there */
	GUARD_MAIL,       /* likewise, a mail provider's */
};

struct guard {
	enum guard_kind kind;
	const char *use; /* what it is shared for; null: not told */
	uint32_t below;  /* GUARD_ABOVE: number of the guarded name */
};

/* The names that no feed should list, since many ask for them who have nothing to do with an attack. Immutable once open. */
struct guards {
	struct c2_domset *names;
	struct guard *of; /* each of them */
};

/* Reads the lists. One that cannot be read is told to the listener and done without. 0 or -ENOMEM. */
int guards_open(struct guards *guards, const struct feed_lint *options, const struct feed_listener *listener);
void guards_close(struct guards *guards);

/* What guards the name; null for nothing. */
const struct guard *guards_find(const struct guards *guards, const struct c2_name *name);

/* The guard of the name that a GUARD_ABOVE is for, and that name's presentation form. */
const struct guard *guards_below(const struct guards *guards, const struct guard *guard, char text[C2_NAME_TEXT_MAX]);

#endif
