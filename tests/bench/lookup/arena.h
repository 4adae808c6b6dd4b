/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOOKUP_ARENA_H
#define LOOKUP_ARENA_H

#include "peer.h"

/* xorshift64*, so that every run has the same names. */
struct dice {
	uint64_t state;
};

uint64_t dice_throw(struct dice *dice);

/* A number below `n`. */
size_t dice_below(struct dice *dice, size_t n);

/* A word of letters and digits, one of 2^48; to a `text` with room for 11 octets, its NUL among them. Returns it. */
const char *dice_word(struct dice *dice, char *text);

/* Adds the name in that text; false for what is none. Out of memory it ends the program, as all here does. */
bool arena_add(struct arena *arena, const char *text);

/* Adds the first word of each line that is a name and no comment. False when the file cannot be read. */
bool arena_read(struct arena *arena, const char *path);

/* Name `i` as text, without escapes, to a buffer of 256 octets. Returns its length. */
size_t arena_text_of(const struct arena *arena, size_t i, char *text);

void arena_shuffle(struct arena *arena, struct dice *dice);

/* Takes the names out that are there twice. */
void arena_unique(struct arena *arena);

void arena_empty(struct arena *arena);
void arena_free(struct arena *arena);

#endif
