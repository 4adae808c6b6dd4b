/* SPDX-License-Identifier: Apache-2.0 */
#include "export/roster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Turns the labels of a name round. An escaped dot is split at like another: which names are equal stays the same. */
static void roster_turn(const char *name, size_t len, char *key)
{
	for (size_t end = len;;) {
		size_t begin = end;
		while (begin > 0 && name[begin - 1] != '.')
			begin--;
		memcpy(key, name + begin, end - begin);
		key += end - begin;
		if (begin == 0)
			break;
		*key++ = ROSTER_BORDER;
		end = begin - 1;
	}
	*key = '\0';
}

static uint64_t roster_head(const char *key)
{
	uint64_t head = 0;
	for (unsigned i = 0; i < 8; i++)
		head = head << 8 | (uint8_t)(*key != '\0' ? *key++ : 0);
	return head;
}

static uint8_t roster_mark(const struct indicator *entry)
{
	return (uint8_t)((unsigned)entry->scope | (unsigned)entry->kind << 2 | (unsigned)!entry->is_on << 4);
}

static int roster_compare(const void *a, const void *b, void *keys)
{
	const struct roster_place *x = a, *y = b;
	if (x->head != y->head)
		return x->head < y->head ? -1 : 1;
	int order = strcmp((const char *)keys + x->key, (const char *)keys + y->key);
	return order != 0 ? order : x->mark - y->mark;
}

int roster_make(const struct feedset *set, uint64_t at_ns, struct roster *roster)
{
	uint32_t entries = (uint32_t)feedset_entries(set);
	size_t len = 0, cap = (size_t)entries * 24 + C2_NAME_TEXT_MAX;
	*roster = (struct roster){.keys = malloc(cap), .places = malloc(((size_t)entries + 1) * sizeof *roster->places)};
	int rc = roster->keys != NULL && roster->places != NULL ? 0 : -ENOMEM;
	for (uint32_t entry = 0; entry < entries && rc == 0; entry++) {
		struct indicator indicator;
		if (!feedset_describe(set, entry, at_ns, 0, &indicator))
			continue;
		if (cap - len < C2_NAME_TEXT_MAX) {
			char *larger = realloc(roster->keys, cap += cap / 2);
			rc = len > UINT32_MAX - C2_NAME_TEXT_MAX ? -EFBIG : larger != NULL ? 0 : -ENOMEM;
			roster->keys = larger != NULL ? larger : roster->keys;
			if (rc != 0)
				break;
		}
		size_t name_len = strlen(indicator.name);
		roster_turn(indicator.name, name_len, roster->keys + len);
		roster->places[roster->n++] = (struct roster_place){
			.head = roster_head(roster->keys + len), .key = (uint32_t)len, .entry = entry, .mark = roster_mark(&indicator)};
		len += name_len + 1;
	}
	if (rc == 0)
		qsort_r(roster->places, roster->n, sizeof *roster->places, roster_compare, roster->keys);
	else
		roster_free(roster);
	return rc;
}

void roster_free(struct roster *roster)
{
	free(roster->keys);
	free(roster->places);
	*roster = (struct roster){0};
}
