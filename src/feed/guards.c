/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of guarded names into one domset of exact names, so that asking for a name costs one lookup, whatever guards it. */
#include "feed/guards.h"

#include "feed/complaint.h"
#include "feed/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The names to guard, while their lists are read. */
struct guards_list {
	struct c2_domset_builder *builder; /* numbers are asked for what feeds list, not for strangers: no key */
	struct guard *guards;              /* of each entry; `below` is the builder's number */
	uint32_t cap;
	enum guard_kind kind; /* of the list that is being read */
};

/* What hosts are shared for: the word of the list, and how messages put it. */
static const struct {
	const char *word, *use;
	enum guard_kind kind;
} guards_uses[] = {
	{"cdn", "a content network", GUARD_SHARED},
	{"cloud", "a cloud's host names", GUARD_SHARED},
	{"code", "hosted source code", GUARD_SHARED},
	{"dns", "dynamic DNS", GUARD_SHARED},
	{"files", "file sharing", GUARD_SHARED},
	{"links", "shortened links", GUARD_SHARED},
	{"mail", "mail addresses", GUARD_MAIL},
	{"messages", "messages", GUARD_SHARED},
	{"paste", "pasted text", GUARD_SHARED},
	{"portal", "mail addresses and much else", GUARD_SHARED},
	{"sites", "hosted sites", GUARD_SHARED},
	{"tunnel", "tunnels to anywhere", GUARD_SHARED},
};

static int guards_put(struct guards_list *list, const struct c2_name *name, enum c2_scope scope, const struct guard *guard)
{
	uint32_t n = c2_domset_builder_count(list->builder);
	if (n == list->cap) {
		uint32_t cap = list->cap * 2 + 1024;
		struct guard *larger = realloc(list->guards, cap * sizeof *larger);
		if (larger == NULL)
			return -ENOMEM;
		list->guards = larger;
		list->cap = cap;
	}
	list->guards[n] = *guard;
	return c2_domset_builder_add(list->builder, name, scope);
}

/* Guards the name, and those above it against entries that cover it; below a mail provider's, all that there is. */
static int guards_add(struct guards_list *list, struct c2_name *name, const struct guard *guard)
{
	const struct guard above = {.kind = GUARD_ABOVE, .below = c2_domset_builder_count(list->builder)};
	const struct guard below_mail = {.kind = GUARD_BELOW_MAIL};
	int rc = guards_put(list, name, C2_SCOPE_EXACT, guard);
	if (rc == 0 && guard->kind == GUARD_MAIL)
		rc = guards_put(list, name, C2_SCOPE_BELOW, &below_mail);
	while (rc == 0 && name->labels > 2) {
		uint8_t skip = (uint8_t)(name->wire[0] + 1);
		name->len = (uint8_t)(name->len - skip);
		name->labels--;
		memmove(name->wire, name->wire + skip, name->len);
		rc = guards_put(list, name, C2_SCOPE_EXACT, &above);
	}
	return rc;
}

/* One line of a list: a name, for shared hosts a word for their use, a comment. What is no name is passed over. */
static int guards_read_line(void *arg, char *line, uint32_t number)
{
	(void)number;
	struct guards_list *list = arg;
	struct c2_name name;
	struct guard guard = {.kind = list->kind};
	size_t len = line != NULL ? strcspn(line, " \t#") : 0;
	if (len == 0 || c2_name_from_text(line, len, &name) != C2_OK || name.labels == 0)
		return 0;
	const char *word = line + len + strspn(line + len, " \t");
	size_t word_len = strcspn(word, " \t#");
	for (size_t i = 0; list->kind == GUARD_SHARED && i < sizeof guards_uses / sizeof *guards_uses; i++)
		if (strlen(guards_uses[i].word) == word_len && memcmp(guards_uses[i].word, word, word_len) == 0) {
			guard.kind = guards_uses[i].kind;
			guard.use = guards_uses[i].use;
		}
	return guards_add(list, &name, &guard);
}

/* Reads a list of names to guard. One that cannot be read is told. 0 or -ENOMEM. */
static int guards_read_list(struct guards_list *list, const char *path, enum guard_kind kind, const struct feed_listener *listener)
{
	if (path == NULL)
		return 0;
	list->kind = kind;
	int rc = lines_each(path, guards_read_line, list);
	if (rc == 0 || rc == -ENOMEM)
		return rc;
	complaint_tell(listener, FEED_NOTE, path, 0, "%s; feeds are not checked against %s", strerror(-rc),
		kind == GUARD_POPULAR ? "well-known names" : "shared hosts");
	return 0;
}

/* Makes the guards of the names: where a name is several, the greatest kind counts. */
static int guards_build(struct guards *guards, const struct guards_list *list)
{
	uint32_t n = c2_domset_builder_count(list->builder);
	uint32_t *numbers = calloc((size_t)n + 1, sizeof *numbers);
	guards->of = calloc((size_t)n + 1, sizeof *guards->of);
	int rc = numbers != NULL && guards->of != NULL ? c2_domset_build(list->builder, numbers, &guards->names) : -ENOMEM;
	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct guard *guard = &guards->of[numbers[i]];
		if (list->guards[i].kind <= guard->kind)
			continue;
		*guard = list->guards[i];
		guard->below = numbers[guard->below];
	}
	free(numbers);
	return rc;
}

int guards_open(struct guards *guards, const struct feed_lint *options, const struct feed_listener *listener)
{
	struct guards_list list = {.builder = c2_domset_builder_new(0)};
	*guards = (struct guards){0};
	int rc = list.builder != NULL ? 0 : -ENOMEM;
	if (rc == 0)
		rc = guards_read_list(&list, options->popular, GUARD_POPULAR, listener);
	if (rc == 0)
		rc = guards_read_list(&list, options->shared, GUARD_SHARED, listener);
	if (rc == 0)
		rc = guards_build(guards, &list);
	c2_domset_builder_free(list.builder);
	free(list.guards);
	if (rc != 0)
		guards_close(guards);
	return rc;
}

void guards_close(struct guards *guards)
{
	c2_domset_free(guards->names);
	free(guards->of);
}

const struct guard *guards_find(const struct guards *guards, const struct c2_name *name)
{
	struct c2_verdict verdict;
	return guards->names != NULL && c2_domset_find(guards->names, name, &verdict) == C2_OK ? &guards->of[verdict.indicator] : NULL;
}

const struct guard *guards_below(const struct guards *guards, const struct guard *guard, char text[C2_NAME_TEXT_MAX])
{
	struct c2_name name;
	enum c2_scope scope;
	if (c2_domset_entry(guards->names, guard->below, &name, &scope) != C2_OK)
		return NULL;
	c2_name_to_text(&name, text);
	return &guards->of[guard->below];
}
