/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_LINT_H
#define FEED_LINT_H

#include "feed/guards.h"

#include <libpsl.h>

/* The lint: which names no feed should list, though they are names. Immutable once open. */
struct lint {
	const psl_ctx_t *suffixes;
	psl_ctx_t *own; /* the same, when it is ours to free */
	struct guards guards;
};

enum lint_rc {
	LINT_FINE,
	LINT_DOUBTED, /* worth a note */
	LINT_AGAINST, /* should not be listed, or not be an exception */
};

#define LINT_WHY_MAX 384

/* Gets the lists. One that cannot be had is told to the listener and done without. 0 or -ENOMEM. */
int lint_open(struct lint *lint, const struct feed_lint *options, const struct feed_listener *listener);
void lint_close(struct lint *lint);

/* Are these octets an IPv4 or IPv6 address? */
bool lint_is_address(const char *text, size_t len);

/* Why `text`, a word in a name's place, is something else than a name; null when it looks like one. */
const char *lint_of_text(const char *text);

/*
 * Whether something speaks against `name`, whose presentation form is `text`, as an entry of that kind and scope; `why` says what.
 */
enum lint_rc lint_of_name(
	const struct lint *lint, const struct c2_name *name, const char *text, enum indicator_kind kind, enum c2_scope scope, char why[LINT_WHY_MAX]);

#endif
