/* SPDX-License-Identifier: Apache-2.0 */
/* c2feed diff: two rosters are walked side by side, name by name. */
#include "tools/c2feed.h"

#include "base/log.h"
#include "export/roster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct diff_side {
	struct feedset *set;
	struct roster roster;
	uint32_t at; /* the roster's next */
};

/* What a feed gained and lost; the last row is for all. */
struct diff_count {
	const char *feed;
	size_t gained, lost, changed;
};

struct diff {
	uint64_t at_ns;
	struct diff_side sides[2]; /* the old, the new */
	struct diff_count *counts;
	size_t counts_n;
};

/* What a side says of one name: entries that follow each other in its roster. */
struct diff_group {
	const struct diff_side *side;
	uint32_t at, n;
};

/* Takes all that the side says of its next name, if that is `key`. */
static struct diff_group diff_take(struct diff_side *side, const char *key)
{
	struct diff_group group = {.side = side, .at = side->at};
	while (side->at < side->roster.n && strcmp(roster_key(&side->roster, side->at), key) == 0)
		side->at++;
	group.n = side->at - group.at;
	return group;
}

/* Describes a group's entry number `i`; what cannot be, since the set is damaged, is empty. */
static struct indicator diff_describe(const struct diff *diff, const struct diff_group *group, uint32_t i)
{
	struct indicator entry;
	if (!feedset_describe(group->side->set, group->side->roster.places[group->at + i].entry, diff->at_ns, 0, &entry))
		entry = (struct indicator){.scope = C2_SCOPE_TREE, .is_on = true};
	return entry;
}

static struct diff_count *diff_count_of(struct diff *diff, const char *feed)
{
	size_t i = 0;
	while (i + 1 < diff->counts_n && diff->counts[i].feed != NULL && (feed == NULL || strcmp(diff->counts[i].feed, feed) != 0))
		i++;
	if (i + 1 < diff->counts_n && diff->counts[i].feed == NULL)
		diff->counts[i].feed = feed;
	return &diff->counts[i];
}

static void put_group(const struct diff *diff, const struct diff_group *group)
{
	for (uint32_t i = 0; i < group->n; i++) {
		const struct indicator entry = diff_describe(diff, group, i);
		if (i > 0)
			putchar(' ');
		put_entry(&entry);
		if (entry.kind == INDICATOR_CONTEXT)
			fputs(" kind=context", stdout);
		if (!entry.is_on)
			fputs(" enabled=no", stdout);
	}
}

static void diff_put(struct diff *diff, const struct diff_group *before, const struct diff_group *after)
{
	const struct indicator entry = diff_describe(diff, after->n > 0 ? after : before, 0);
	struct diff_count *count = diff_count_of(diff, entry.feed);
	if (before->n == 0 || after->n == 0) {
		putchar(before->n == 0 ? '+' : '-');
		put_group(diff, before->n == 0 ? after : before);
		count->gained += before->n == 0;
		count->lost += after->n == 0;
	} else {
		putchar('~');
		put_group(diff, before);
		fputs(" -> ", stdout);
		put_group(diff, after);
		count->changed++;
	}
	putchar('\n');
}

static bool diff_is_same(const struct diff_group *before, const struct diff_group *after)
{
	bool is_same = before->n == after->n;
	for (uint32_t i = 0; is_same && i < before->n; i++)
		is_same = before->side->roster.places[before->at + i].mark == after->side->roster.places[after->at + i].mark;
	return is_same;
}

static void put_count(const char *feed, const struct diff_count *count)
{
	fputs("# ", stdout);
	put_text(feed);
	printf(": %zu gained, %zu lost, %zu changed\n", count->gained, count->lost, count->changed);
}

static bool diff_walk(struct diff *diff)
{
	struct diff_side *old = &diff->sides[0], *new = &diff->sides[1];
	bool is_same = true;
	while (old->at < old->roster.n || new->at < new->roster.n) {
		const char *first = old->at < old->roster.n ? roster_key(&old->roster, old->at) : NULL;
		const char *second = new->at < new->roster.n ? roster_key(&new->roster, new->at) : NULL;
		const char *key = first == NULL || (second != NULL && strcmp(second, first) < 0) ? second : first;
		const struct diff_group before = diff_take(old, key), after = diff_take(new, key);
		if (diff_is_same(&before, &after))
			continue;
		is_same = false;
		diff_put(diff, &before, &after);
	}
	struct diff_count all = {0};
	for (size_t i = 0; i < diff->counts_n; i++) {
		const struct diff_count *count = &diff->counts[i];
		all.gained += count->gained;
		all.lost += count->lost;
		all.changed += count->changed;
		if (count->gained + count->lost + count->changed > 0)
			put_count(count->feed != NULL ? count->feed : "(no feed)", count);
	}
	if (!is_same)
		put_count("all", &all);
	else if (strcmp(feedset_hash(old->set), feedset_hash(new->set)) != 0)
		puts("# the same names; what is said of them differs");
	return is_same;
}

static int diff_open(struct run *run, struct diff *diff, char **args)
{
	int rc = 0;
	diff->counts_n = 1;
	for (unsigned i = 0; i < 2 && rc == 0; i++) {
		struct diff_side *side = &diff->sides[i];
		const char *feed;
		size_t claims;
		rc = run_load(run, &args[i], 1, &side->set);
		if (rc != 0)
			return rc;
		for (size_t source = 0; feedset_source(side->set, source, &feed, &claims); source++)
			diff->counts_n++;
		rc = roster_make(side->set, diff->at_ns, &side->roster);
	}
	if (rc == 0)
		diff->counts = calloc(diff->counts_n, sizeof *diff->counts);
	if (rc == 0 && diff->counts == NULL)
		rc = -ENOMEM;
	if (rc != 0)
		log_error("%s: %s", args[0], strerror(-rc));
	return rc;
}

enum exit_status diff_run(struct run *run, char **args, size_t n)
{
	if (n != 2)
		return run_misuse(run);
	struct diff diff = {.at_ns = run->has_at ? run->at_ns : 0};
	enum exit_status status = EXIT_USAGE;
	if (diff_open(run, &diff, args) == 0)
		status = diff_walk(&diff) ? EXIT_FINE : EXIT_FAULT;
	for (unsigned i = 0; i < 2; i++) {
		roster_free(&diff.sides[i].roster);
		feedset_free(diff.sides[i].set);
	}
	free(diff.counts);
	return status;
}
