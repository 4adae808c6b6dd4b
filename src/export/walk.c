/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One walk over the sorted names. Since what is below a name follows it at once, the names above the one at hand are a stack: as many as it has labels, at
 * the most.
 */
#include "export/walk.h"

#include "export/roster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A name above the one at hand that says something new. */
struct walk_frame {
	const char *key;
	size_t len;
	unsigned labels, turns;
	enum walk_fate below;
};

struct walk {
	struct export *export;
	struct roster roster;
	struct walk_frame frames[C2_NAME_LABELS_MAX + 1];
	unsigned depth;
};

static bool walk_is_host(const char *name)
{
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] == '\0';
}

/* What the entries of one name, from `*i` on, say of it: false for nothing. `*i` becomes the next name's. */
static bool walk_entries(struct walk *walk, uint32_t *i, struct walk_name *name)
{
	const char *key = roster_key(&walk->roster, *i);
	bool is_any = false, is_listed = false, has_below = false, is_excepted = false;
	for (; *i < walk->roster.n && strcmp(roster_key(&walk->roster, *i), key) == 0; (*i)++) {
		struct indicator entry;
		if (!feedset_describe(walk->export->set, walk->roster.places[*i].entry, walk->export->at_ns, 0, &entry) || !entry.is_on ||
			entry.kind == INDICATOR_CONTEXT)
			continue;
		if (!walk_is_host(entry.name)) {
			walk->export->left_out++;
			continue;
		}
		if (!is_any || entry.kind == INDICATOR_EXCEPTION)
			name->entry = entry;
		is_any = true;
		is_excepted = is_excepted || entry.kind == INDICATOR_EXCEPTION;
		is_listed = is_listed || (entry.kind == INDICATOR_LISTED && entry.scope != C2_SCOPE_BELOW);
		has_below = has_below || (entry.kind == INDICATOR_LISTED && entry.scope != C2_SCOPE_EXACT);
	}
	name->own = is_excepted ? WALK_EXCEPTED : is_listed ? WALK_LISTED : name->above;
	name->below = is_excepted ? WALK_EXCEPTED : has_below ? WALK_LISTED : name->above;
	return is_any;
}

static unsigned walk_labels(const char *key)
{
	unsigned labels = 1;
	for (; *key != '\0'; key++)
		labels += *key == ROSTER_BORDER;
	return labels;
}

/* Leaves the names that `key` is not below; the one that is left last, the root if no other, is the nearest above it. */
static const struct walk_frame *walk_climb(struct walk *walk, const char *key)
{
	for (; walk->depth > 0; walk->depth--) {
		const struct walk_frame *frame = &walk->frames[walk->depth];
		if (strncmp(frame->key, key, frame->len) == 0 && key[frame->len] == ROSTER_BORDER)
			break;
	}
	return &walk->frames[walk->depth];
}

int walk_names(struct export *export, int (*visit)(void *arg, const struct walk_name *name), void *arg)
{
	struct walk walk = {.export = export};
	int rc = roster_make(export->set, export->at_ns, &walk.roster);
	for (uint32_t i = 0; rc == 0 && i < walk.roster.n;) {
		const char *key = roster_key(&walk.roster, i);
		const struct walk_frame *above = walk_climb(&walk, key);
		struct walk_name name = {.above = above->below, .labels = walk_labels(key), .above_labels = above->labels};
		if (!walk_entries(&walk, &i, &name))
			continue;
		name.own_turns = above->turns + walk_turns(name.above, name.own);
		name.below_turns = above->turns + walk_turns(name.above, name.below);
		rc = visit(arg, &name);
		if (walk_is_news(&name))
			walk.frames[++walk.depth] = (struct walk_frame){
				.key = key, .len = strlen(key), .labels = name.labels, .turns = name.below_turns, .below = name.below};
	}
	roster_free(&walk.roster);
	return rc;
}

static int walk_row_add(void *arg, const struct walk_name *name)
{
	struct walk_rows *rows = arg;
	if (!walk_is_news(name))
		return 0;
	if (rows->n == rows->cap) {
		size_t cap = rows->cap * 2 + 64;
		struct walk_row *larger = realloc(rows->rows, cap * sizeof *larger);
		if (larger == NULL)
			return -ENOMEM;
		rows->rows = larger;
		rows->cap = cap;
	}
	struct walk_row *row = &rows->rows[rows->n];
	*row = (struct walk_row){.name = strdup(name->entry.name),
		.feed = name->entry.feed != NULL ? name->entry.feed : "",
		.is_own_turn = walk_turns(name->above, name->own),
		.is_below_turn = walk_turns(name->above, name->below),
		.turns = name->own_turns > name->below_turns ? name->own_turns : name->below_turns};
	rows->n += row->name != NULL;
	return row->name != NULL ? 0 : -ENOMEM;
}

int walk_rows_make(struct export *export, struct walk_rows *rows)
{
	*rows = (struct walk_rows){0};
	return walk_names(export, walk_row_add, rows);
}

void walk_rows_free(struct walk_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		free(rows->rows[i].name);
	free(rows->rows);
}

bool walk_is_under(const char *name, const char *parent)
{
	size_t len = strlen(name), parent_len = strlen(parent);
	if (len < parent_len || strcmp(name + len - parent_len, parent) != 0)
		return false;
	return len == parent_len || name[len - parent_len - 1] == '.';
}

void walk_put_plain(FILE *to, const char *text, const char *but)
{
	for (; *text != '\0'; text++)
		putc((uint8_t)*text < 0x20 || (uint8_t)*text >= 0x7f || strchr(but, *text) != NULL ? '?' : *text, to);
}

/* The next character of UTF-8, or `?` for an octet that is none. */
static uint32_t walk_character(const uint8_t **at)
{
	uint32_t first = *(*at)++;
	unsigned more = first < 0x80 ? 0 : first < 0xc2 || first > 0xf4 ? 4 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
	if (more == 0 || more == 4)
		return more == 0 ? first : '?';
	uint32_t point = first & (0x3fu >> more);
	for (unsigned i = 0; i < more; i++) {
		if (((*at)[i] & 0xc0) != 0x80)
			return '?';
		point = point << 6 | ((*at)[i] & 0x3fu);
	}
	*at += more;
	return (point >= 0xd800 && point < 0xe000) || point > 0x10ffff ? '?' : point;
}

void walk_put_escaped(FILE *to, const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	while (*at != '\0') {
		const uint8_t *begin = at;
		uint32_t point = walk_character(&at);
		if (point < 0x20 || point == 0x7f)
			putc('?', to);
		else if (point == '"' || point == '\\')
			fprintf(to, "\\%c", (int)point);
		else if (point < 0x80)
			putc((int)point, to);
		else if (point < 0x10000)
			fprintf(to, "\\u%04x", point);
		else
			fwrite(begin, 1, (size_t)(at - begin), to);
	}
}
