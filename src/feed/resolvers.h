/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_RESOLVERS_H
#define FEED_RESOLVERS_H

#include "feed/feedset.h"
#include "note/resolver_set.h"

/*
 * Loads a list: a name (which stands for those below it too) or an address a line, `#` begins a comment. What is neither is told to the listener and left out.
 *
 * `listener` null: nobody listens
 * `out`      freed with resolvers_free(); empty when the load fails
 *
 * 0; -EINVAL: the file is no text; -ENOMEM; or what open(2) or read(2) said.
 */
int resolvers_load(struct resolver_set *out, const char *path, const struct feed_listener *listener);
void resolvers_free(struct resolver_set *resolvers);

#endif
