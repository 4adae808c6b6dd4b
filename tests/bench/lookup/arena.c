/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <c2watch/name.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t dice_throw(struct dice *dice)
{
	dice->state ^= dice->state >> 12;
	dice->state ^= dice->state << 25;
	dice->state ^= dice->state >> 27;
	return dice->state * 0x2545f4914f6cdd1du >> 16;
}

size_t dice_below(struct dice *dice, size_t n)
{
	return dice_throw(dice) % n;
}

const char *dice_word(struct dice *dice, char *text)
{
	uint64_t value = dice_throw(dice);
	unsigned n = 0;
	for (; value != 0 || n == 0; value /= 36)
		text[n++] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36];
	text[n] = '\0';
	return text;
}

static void *grown(void *array, size_t n, size_t size)
{
	void *larger = realloc(array, n * size);
	if (larger == NULL)
		exit(1);
	return larger;
}

bool arena_add(struct arena *arena, const char *text)
{
	struct c2_name name;
	if (c2_name_from_text(text, strlen(text), &name) != C2_OK || name.labels == 0)
		return false;
	if (arena->len + sizeof name > arena->cap) {
		arena->cap = 2 * arena->cap + 65536;
		arena->octets = grown(arena->octets, arena->cap, 1);
	}
	if (arena->n == arena->n_cap) {
		arena->n_cap = 2 * arena->n_cap + 1024;
		arena->at = grown(arena->at, arena->n_cap, sizeof *arena->at);
	}
	arena->at[arena->n++] = (uint32_t)arena->len;
	memcpy(arena->octets + arena->len, &name, 2u + name.len);
	arena->len += 2u + name.len;
	return true;
}

bool arena_read(struct arena *arena, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[4096];
	if (file == NULL)
		return false;
	while (fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, " \t\r\n")] = '\0';
		if (line[0] != '#' && line[0] != '\0')
			arena_add(arena, line);
	}
	fclose(file);
	return true;
}

size_t arena_text_of(const struct arena *arena, size_t i, char *text)
{
	const uint8_t *name = arena->octets + arena->at[i];
	size_t n = 0;
	for (unsigned at = 2; name[at] != 0; at += name[at] + 1u) {
		if (n > 0)
			text[n++] = '.';
		memcpy(text + n, name + at + 1, name[at]);
		n += name[at];
	}
	text[n] = '\0';
	return n;
}

void arena_shuffle(struct arena *arena, struct dice *dice)
{
	for (size_t i = arena->n; i > 1; i--) {
		size_t other = dice_below(dice, i);
		uint32_t at = arena->at[i - 1];
		arena->at[i - 1] = arena->at[other];
		arena->at[other] = at;
	}
}

static int arena_compare(const void *a, const void *b, void *octets)
{
	const uint8_t *first = (const uint8_t *)octets + *(const uint32_t *)a, *second = (const uint8_t *)octets + *(const uint32_t *)b;
	return first[0] != second[0] ? first[0] - second[0] : memcmp(first + 1, second + 1, first[0] + 1u);
}

void arena_unique(struct arena *arena)
{
	size_t n = 0;
	qsort_r(arena->at, arena->n, sizeof *arena->at, arena_compare, arena->octets);
	for (size_t i = 0; i < arena->n; i++)
		if (n == 0 || arena_compare(&arena->at[n - 1], &arena->at[i], arena->octets) != 0)
			arena->at[n++] = arena->at[i];
	arena->n = n;
}

void arena_empty(struct arena *arena)
{
	arena->len = arena->n = 0;
}

void arena_free(struct arena *arena)
{
	free(arena->octets);
	free(arena->at);
	*arena = (struct arena){0};
}
