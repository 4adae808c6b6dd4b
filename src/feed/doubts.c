/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names one edit apart have a text in common when each loses one octet or none (a deletion neighbourhood): all such texts are hashed and sorted, equal
 * hashes that lie side by side are candidates.
 */
#include "feed/doubts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define TWIN_LABEL_MIN 8 /* octets: shorter ones are one edit from everything */
#define TWIN_RUN_MAX 16  /* entries of one hash that are compared with each other */

struct twin {
	uint64_t hash;
	uint32_t entry;
};

struct twins {
	const struct feedset *set;
	struct twin *all;
	size_t n, cap;
	bool *is_told; /* each entry */
};

static int twin_compare(const void *a, const void *b)
{
	const struct twin *left = a, *right = b;
	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return left->entry < right->entry ? -1 : left->entry > right->entry;
}

static int twins_add(struct twins *twins, const char *text, size_t len, uint32_t entry)
{
	if (twins->n == twins->cap) {
		size_t cap = twins->cap * 2 + 4096;
		struct twin *larger = realloc(twins->all, cap * sizeof *larger);
		if (larger == NULL)
			return -ENOMEM;
		twins->all = larger;
		twins->cap = cap;
	}
	twins->all[twins->n++] = (struct twin){.hash = XXH3_64bits(text, len), .entry = entry};
	return 0;
}

/* The part of a name that is compared, its last label left out. */
static size_t twin_len(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot != NULL ? (size_t)(dot - name) : 0;
}

/* How long the label is that holds octet `at`. */
static size_t twin_label_len(const char *name, size_t at)
{
	size_t begin = at;
	while (begin > 0 && name[begin - 1] != '.')
		begin--;
	return strcspn(name + begin, ".");
}

static int twins_collect(struct twins *twins, uint32_t entry)
{
	struct indicator about;
	if (!feedset_describe(twins->set, entry, 0, 0, &about) || about.kind != INDICATOR_LISTED)
		return 0;
	size_t len = twin_len(about.name), whole = strlen(about.name);
	int rc = twins_add(twins, about.name, whole, entry);
	char less[C2_NAME_TEXT_MAX];
	for (size_t at = 0; at < len && rc == 0; at++) {
		bool is_next_the_same = at + 1 < len && about.name[at] == about.name[at + 1];
		if (is_next_the_same || twin_label_len(about.name, at) < TWIN_LABEL_MIN)
			continue;
		memcpy(less, about.name, at);
		memcpy(less + at, about.name + at + 1, whole - at);
		rc = twins_add(twins, less, whole - 1, entry);
	}
	return rc;
}

static bool twin_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Are the two one edit apart, and is the edit none of a digit or a dot? */
static bool twin_is(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b), head = 0, tail = 0;
	size_t least = a_len < b_len ? a_len : b_len;
	while (head < least && a[head] == b[head])
		head++;
	while (tail < least - head && a[a_len - 1 - tail] == b[b_len - 1 - tail])
		tail++;
	size_t a_edit = a_len - head - tail, b_edit = b_len - head - tail;
	bool is_exchange = a_edit == 2 && b_edit == 2 && a[head] == b[head + 1] && a[head + 1] == b[head];
	if (a_edit + b_edit == 0 || (!is_exchange && (a_edit > 1 || b_edit > 1)))
		return false;
	for (size_t i = 0; i < 2; i++)
		if ((i < a_edit && (twin_is_digit(a[head + i]) || a[head + i] == '.')) ||
			(i < b_edit && (twin_is_digit(b[head + i]) || b[head + i] == '.')))
			return false;
	return true;
}

static void twins_hold_against(struct twins *twins, uint32_t entry, uint32_t other, const struct doubts_listener *listener)
{
	struct indicator a, b;
	if (entry == other || twins->is_told[entry] || twins->is_told[other])
		return;
	if (!feedset_describe(twins->set, entry, 0, 0, &a) || !feedset_describe(twins->set, other, 0, 0, &b) || !twin_is(a.name, b.name))
		return;
	twins->is_told[entry] = twins->is_told[other] = true;
	listener->tell(listener->arg, entry, other);
}

int doubts_twins(const struct feedset *set, const struct doubts_listener *listener)
{
	size_t entries = feedset_entries(set);
	if (entries > DOUBTS_TWINS_MAX)
		return -E2BIG;
	struct twins twins = {.set = set, .is_told = calloc(entries + 1, sizeof *twins.is_told)};
	int rc = twins.is_told != NULL ? 0 : -ENOMEM;
	for (uint32_t entry = 0; entry < entries && rc == 0; entry++)
		rc = twins_collect(&twins, entry);
	if (rc == 0 && twins.n > 0)
		qsort(twins.all, twins.n, sizeof *twins.all, twin_compare);
	for (size_t i = 0; i < twins.n && rc == 0; i++)
		for (size_t j = i + 1; j < twins.n && j <= i + TWIN_RUN_MAX && twins.all[j].hash == twins.all[i].hash; j++)
			twins_hold_against(&twins, twins.all[i].entry, twins.all[j].entry, listener);
	free(twins.all);
	free(twins.is_told);
	return rc;
}

/* Does one feed list the entry, and another except it? */
static bool doubts_is_of_another(const struct feedset *set, uint32_t entry, uint32_t exception)
{
	struct indicator listed, excepted;
	for (unsigned which = 0; feedset_describe(set, exception, 0, which, &excepted); which++)
		for (unsigned i = 0; feedset_describe(set, entry, 0, i, &listed); i++)
			if (strcmp(listed.feed, excepted.feed) != 0)
				return true;
	return false;
}

/* Holds a listed entry against the exceptions that cover its name. */
static void doubts_hold_against(const struct feedset *set, const struct c2_domset *exceptions, const uint32_t *entries, uint32_t entry,
	const struct doubts_listener *listener)
{
	struct c2_name name;
	enum c2_scope scope;
	struct c2_verdict over;
	if (c2_domset_entry(feedset_domset(set), entry, &name, &scope) != C2_OK || scope == C2_SCOPE_EXCEPT)
		return;
	if (c2_domset_find(exceptions, &name, &over) != C2_OK)
		return;
	uint32_t exception = entries[over.indicator];
	if (over.labels == name.labels || doubts_is_of_another(set, entry, exception))
		listener->tell(listener->arg, entry, exception);
}

int doubts_contradictions(const struct feedset *set, const struct doubts_listener *listener)
{
	const struct c2_domset *domset = feedset_domset(set);
	uint32_t n = c2_domset_count(domset), wanted = c2_domset_exceptions(domset), found = 0;
	if (wanted == 0)
		return 0;
	uint32_t *excepted = calloc(wanted, sizeof *excepted), *numbers = calloc(wanted, sizeof *numbers), *entries = calloc(wanted, sizeof *entries);
	struct c2_domset_builder *builder = c2_domset_builder_new(0); /* asked for what feeds list, not for strangers */
	struct c2_domset *exceptions = NULL;
	int rc = excepted != NULL && numbers != NULL && entries != NULL && builder != NULL ? 0 : -ENOMEM;
	for (uint32_t entry = 0; entry < n && found < wanted && rc == 0; entry++) {
		struct c2_name name;
		enum c2_scope scope;
		if (c2_domset_entry(domset, entry, &name, &scope) != C2_OK || scope != C2_SCOPE_EXCEPT)
			continue;
		excepted[found++] = entry;
		rc = c2_domset_builder_add(builder, &name, C2_SCOPE_TREE);
	}
	if (rc == 0)
		rc = c2_domset_build(builder, numbers, &exceptions);
	for (uint32_t i = 0; i < found && rc == 0; i++)
		entries[numbers[i]] = excepted[i];
	for (uint32_t entry = 0; entry < n && rc == 0; entry++)
		doubts_hold_against(set, exceptions, entries, entry, listener);
	c2_domset_free(exceptions);
	c2_domset_builder_free(builder);
	free(excepted);
	free(numbers);
	free(entries);
	return rc;
}
