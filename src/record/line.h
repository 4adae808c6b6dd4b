/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_LINE_H
#define RECORD_LINE_H

#include "record/record.h"

/*
 * The writer of JSON lines. Fields come out in the order they are written; what is not known is not written: a null or empty text, an object or array
 * with nothing in it. `key` is null inside an array. An error (no memory) sticks and comes out of line_end().
 */
void line_begin(struct line *line);
/* 0 or -ENOMEM. */
int line_end(struct line *line);

void line_open(struct line *line, const char *key);
void line_close(struct line *line);
void line_open_array(struct line *line, const char *key);
void line_close_array(struct line *line);

/*
 * Of a text so many octets are read, and as many written as characters begin before the other number: escapes are up to six times as long. The rest is cut
 * off, and an ellipsis says so. Together they keep every record far below SINK_JSON_MAX, whatever a feed says.
 */
#define LINE_TEXT_MAX 1024
#define LINE_WRITTEN_MAX 2048

/*
 * A text from anywhere: what is no UTF-8, and every control character (C0, C1, DEL), becomes `\\xNN` in the text; the rest comes out as it is or
 * as \\uNNNN. A backslash in front of an x becomes `\\x5c`, so that the octets can be had back. Null or empty: nothing.
 */
void line_text(struct line *line, const char *key, const char *text);
/* A name in presentation form, whose escapes stay as they are. Null or empty: nothing. */
void line_name_text(struct line *line, const char *key, const char *text);
/* An array of the texts up to the first null. */
void line_texts(struct line *line, const char *key, const char *const *texts);
/* In presentation form. A struct that no constructor has filled is the empty text, and is written. */
void line_name(struct line *line, const char *key, const struct c2_name *name);
void line_number(struct line *line, const char *key, uint64_t number);
/* Only if it is true. */
void line_true(struct line *line, const char *key, bool is_true);
/* RFC 3339, UTC, microseconds. */
void line_time(struct line *line, const char *key, uint64_t at_ns);
/* RFC 5952; nothing for family 0. */
void line_addr(struct line *line, const char *key, const struct c2_addr *addr);
/* The same with the length of its prefix behind. */
void line_subnet(struct line *line, const char *key, const struct c2_addr *addr, unsigned bits);

#define MAC_TEXT_MAX 18
/* Writes the six octets of `mac`: `digits` are the sixteen to use, `between` stands between octets. */
void mac_text(const uint8_t *mac, const char *digits, char between, char text[MAC_TEXT_MAX]);

#endif
