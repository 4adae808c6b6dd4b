/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_JSON_H
#define FEED_JSON_H

#include "feed/fields.h"
#include "feed/intake.h"

/*
 * JSON (RFC 8259) as a stream of entries: the reader says which objects are one, and gets each with all its scalars.
 *
 * A path names a value by the keys that lead to it with dots between, and [] for any element of an array: "Event.Attribute[].value". A key with dots in it
 * makes the same path as objects in objects do. Scalars are texts as they stand in the file, strings without their escapes; a NUL becomes U+0001, which
 * neither a name nor a fact takes. What is null is not said.
 */
struct json_reader {
	/* An object begins, which is no part of an entry: is it one? */
	bool (*is_entry)(void *arg, const char *path);
	/* An entry is complete: its scalars by their paths from it on. 0; -EINVAL: it was refused, and told; anything else ends the reading. */
	int (*entry)(void *arg, const struct fields *entry, uint32_t line);
	/* A scalar that is no part of an entry, as above. Null: none is wanted. */
	int (*value)(void *arg, const char *path, const char *value, uint32_t line);
	void *arg;
};

#define JSON_DEPTH_MAX 64
#define JSON_TOKEN_MAX (1u << 20) /* octets of a string or a number, or between two tokens; a block more at worst */

/*
 * Reads a file of one JSON value, or of several. An entry over FIELDS_MAX is refused; what is no JSON, is cut, too deep or has a longer token fails the
 * file. 0; -ENOTSUP: told; what a callback returned; -ENOMEM.
 */
int json_read(struct intake *intake, struct lines *lines, const struct json_reader *reader);

/* Reads a file of one object a line: a line that is none is refused, and the rest stands. As above. */
int json_read_lines(struct intake *intake, struct lines *lines, const struct json_reader *reader);

/* Is there a scalar in the beginning of a JSON text of which `is` says so? */
bool json_begins(const char *octets, size_t len, bool (*is)(const char *path, const char *value));

/* Is it the path of an element of a list whose key is a number, as "3456[]"? */
bool json_is_numbered(const char *path);

#endif
