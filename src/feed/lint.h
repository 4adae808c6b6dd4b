/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_LINT_H
#define FEED_LINT_H

#include "feed/feedset.h"

#include <libpsl.h>

/* The lint: which names no feed should list, though they are names. Immutable once open. */
struct lint {
	const psl_ctx_t *suffixes;
	psl_ctx_t *own;            /* the same, when it is ours to free */
	struct c2_domset *popular; /* null: no list of well-known names */
};

/* Gets the lists. One that cannot be had is told to the listener and done without. 0 or -ENOMEM. */
int lint_open(struct lint *lint, const struct feed_lint *options, const struct feed_listener *listener);
void lint_close(struct lint *lint);

/* Are these octets an IPv4 or IPv6 address? */
bool lint_is_address(const char *text, size_t len);

/* Why `text`, a word in a name's place, is something else than a name; null when it looks like one. */
const char *lint_of_text(const char *text);

/* Why `name`, whose presentation form is `text`, should not be listed, or not be an exception; null when nothing speaks against it. */
const char *lint_of_name(const struct lint *lint, const struct c2_name *name, const char *text, enum indicator_kind kind);

#endif
