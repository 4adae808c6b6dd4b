/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_SINKHOLE_H
#define FEED_SINKHOLE_H

#include <stdbool.h>

/*
 * Is `text` an address that leads nowhere: 0.0.0.0, ::, or the machine itself (127.0.0.0/8, ::1)? Resolvers' configurations give it to the names that they
 * block; a name with any other address is one that they serve.
 */
bool sinkhole_is(const char *text);

/* What is said of a name with another address. */
#define SINKHOLE_NOT "an address that is in use, so the name is served, not blocked"

#endif
