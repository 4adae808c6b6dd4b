/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_FIELDS_H
#define FEED_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIELDS_MAX (1u << 20) /* octets that they take together */

/* What one entry of a foreign format says: texts by name, in their order. All zero: none, and no memory. */
struct fields {
	char *octets; /* name NUL value NUL, and so on */
	size_t len, cap;
};

void fields_free(struct fields *fields);
void fields_clear(struct fields *fields);

/* Adds a field. 0, -ENOMEM; -EFBIG past FIELDS_MAX. */
int fields_add(struct fields *fields, const char *name, const char *value);

/* The value of that name, the last of several; null when there is none. Valid until the next change. */
const char *fields_get(const struct fields *fields, const char *name);

/* The next value of that name; `*at` is 0 before the first. Null when there are no more. */
const char *fields_next(const struct fields *fields, const char *name, size_t *at);

#endif
