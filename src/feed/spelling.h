/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_SPELLING_H
#define FEED_SPELLING_H

#include <c2watch/name.h>

/*
 * Reads a name as people write it: presentation form (RFC 1035 §5.1), or with U-labels in UTF-8, which become A-labels (RFC 5891).
 * 0; -EINVAL, and `*why` says what is wrong with it; -ENOMEM.
 */
int spelling_read(const char *text, struct c2_name *name, const char **why);

#endif
