/* SPDX-License-Identifier: Apache-2.0 */
/* An entry has a dozen fields: they are found by going through them. */
#include "feed/fields.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void fields_free(struct fields *fields)
{
	free(fields->octets);
	*fields = (struct fields){0};
}

void fields_clear(struct fields *fields)
{
	fields->len = 0;
}

int fields_add(struct fields *fields, const char *name, const char *value)
{
	size_t name_len = strlen(name) + 1, value_len = strlen(value) + 1;
	size_t len = fields->len + name_len + value_len;
	if (len > FIELDS_MAX)
		return -EFBIG;
	if (len > fields->cap) {
		size_t cap = len < 2048 ? 4096 : 2 * len;
		char *octets = realloc(fields->octets, cap);
		if (octets == NULL)
			return -ENOMEM;
		fields->octets = octets;
		fields->cap = cap;
	}
	memcpy(fields->octets + fields->len, name, name_len);
	memcpy(fields->octets + fields->len + name_len, value, value_len);
	fields->len = len;
	return 0;
}

const char *fields_next(const struct fields *fields, const char *name, size_t *at)
{
	while (*at < fields->len) {
		const char *theirs = fields->octets + *at;
		const char *value = theirs + strlen(theirs) + 1;
		*at = (size_t)(value + strlen(value) + 1 - fields->octets);
		if (strcmp(theirs, name) == 0)
			return value;
	}
	return NULL;
}

const char *fields_get(const struct fields *fields, const char *name)
{
	const char *value = NULL;
	size_t at = 0;
	for (const char *next; (next = fields_next(fields, name, &at)) != NULL;)
		value = next;
	return value;
}
