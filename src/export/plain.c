/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native format, c2watch-feeds(5), with all that the set knows: reading it back gives a set of the same hash. Claims are written feed by feed. What
 * every claim has said stands in the header, where lines that say something else override it; what only some say stands on their lines.
 */
#include "export/export.h"

#include "export/roster.h"
#include "feed/facts.h"
#include "feed/lines.h"
#include "feed/lint.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN_FACTS 14

static const struct {
	enum fact fact;
	size_t at; /* in an indicator */
} plain_facts[PLAIN_FACTS] = {
	{FACT_PROVIDER, offsetof(struct indicator, provider)},
	{FACT_CAMPAIGN, offsetof(struct indicator, campaign)},
	{FACT_DESCRIPTION, offsetof(struct indicator, description)},
	{FACT_REFERENCE, offsetof(struct indicator, reference)},
	{FACT_SOURCE, offsetof(struct indicator, source)},
	{FACT_PLATFORM, offsetof(struct indicator, platform)},
	{FACT_STAGE, offsetof(struct indicator, stage)},
	{FACT_TAG, offsetof(struct indicator, tag)},
	{FACT_CONFIDENCE, offsetof(struct indicator, confidence)},
	{FACT_TLP, offsetof(struct indicator, tlp)},
	{FACT_SEVERITY, offsetof(struct indicator, severity)},
	{FACT_FIRST_SEEN, offsetof(struct indicator, first_seen)},
	{FACT_LAST_SEEN, offsetof(struct indicator, last_seen)},
	{FACT_EXPIRES, offsetof(struct indicator, expires)},
};

/* A claim to write. */
struct plain_claim {
	uint32_t group; /* the feed's number, twice, and one more for context */
	uint32_t at;    /* its place in the order of names */
	uint32_t entry, which;
};

struct plain {
	struct export *export;
	struct lint lint;
	struct plain_claim *claims;
	size_t n, cap;
	const char *feed;                /* whose group is being written */
	size_t said[PLAIN_FACTS];        /* how many claims say so */
	const char *header[PLAIN_FACTS]; /* what the header says by now */
	char line[LINES_MAX + 1];
	size_t len;
};

static const char *plain_fact(const struct indicator *entry, unsigned i)
{
	const char *text;
	memcpy(&text, (const char *)entry + plain_facts[i].at, sizeof text);
	return text;
}

/* Appends to the line; false, and the line as it was, when that would be too long. */
static bool plain_add(struct plain *plain, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool plain_add(struct plain *plain, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(plain->line + plain->len, sizeof plain->line - plain->len, format, args);
	va_end(args);
	bool has_room = len >= 0 && (size_t)len < sizeof plain->line - plain->len;
	plain->len += has_room ? (size_t)len : 0;
	plain->line[plain->len] = '\0';
	return has_room;
}

static bool plain_add_octet(struct plain *plain, char octet)
{
	if (plain->len + 1 >= sizeof plain->line)
		return false;
	plain->line[plain->len++] = octet;
	plain->line[plain->len] = '\0';
	return true;
}

/* Appends ` key=value`, in quotes where it needs them, with quotes in it doubled. */
static bool plain_add_fact(struct plain *plain, const char *key, const char *value)
{
	size_t before = plain->len;
	if (strpbrk(value, " \t\"") == NULL)
		return plain_add(plain, " %s=%s", key, value);
	bool has_room = plain_add(plain, " %s=\"", key);
	for (; *value != '\0' && has_room; value++)
		has_room = plain_add_octet(plain, *value) && (*value != '"' || plain_add_octet(plain, *value));
	if (has_room && plain_add_octet(plain, '"'))
		return true;
	plain->line[plain->len = before] = '\0';
	return false;
}

static void plain_put(struct plain *plain)
{
	for (size_t i = 0; i < plain->len; i++)
		if ((uint8_t)plain->line[i] < 0x20)
			plain->line[i] = '?';
	fwrite(plain->line, 1, plain->len, plain->export->to);
	putc('\n', plain->export->to);
	plain->len = 0;
}

static uint32_t plain_group(const struct export *export, const struct indicator *entry)
{
	const char *feed;
	size_t claims;
	uint32_t number = 0;
	while (feedset_source(export->set, number, &feed, &claims) && (entry->feed == NULL || strcmp(feed, entry->feed) != 0))
		number++;
	return number * 2 + (entry->kind == INDICATOR_CONTEXT);
}

static int plain_collect_entry(struct plain *plain, uint32_t at, uint32_t entry)
{
	struct indicator indicator;
	for (unsigned which = 0; feedset_describe(plain->export->set, entry, plain->export->at_ns, which, &indicator); which++) {
		if (plain->n == plain->cap) {
			plain->cap += plain->cap / 2 + 64;
			struct plain_claim *larger = realloc(plain->claims, plain->cap * sizeof *larger);
			if (larger == NULL)
				return -ENOMEM;
			plain->claims = larger;
		}
		plain->claims[plain->n++] =
			(struct plain_claim){.group = plain_group(plain->export, &indicator), .at = at, .entry = entry, .which = which};
		for (unsigned i = 0; i < PLAIN_FACTS; i++)
			plain->said[i] += plain_fact(&indicator, i) != NULL;
	}
	return 0;
}

static int plain_compare(const void *a, const void *b)
{
	const struct plain_claim *x = a, *y = b;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->which < y->which ? -1 : x->which > y->which;
}

static int plain_collect(struct plain *plain)
{
	struct roster roster;
	int rc = roster_make(plain->export->set, plain->export->at_ns, &roster);
	for (uint32_t i = 0; i < roster.n && rc == 0; i++)
		rc = plain_collect_entry(plain, i, roster.places[i].entry);
	roster_free(&roster);
	if (plain->n > 0)
		qsort(plain->claims, plain->n, sizeof *plain->claims, plain_compare);
	return rc;
}

/* Is it the same text, or nothing in both? */
static bool plain_is_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Writes `#: key = value`. */
static bool plain_put_header(struct plain *plain, const char *key, const char *value)
{
	if (plain_add(plain, "#: %s = %s", key, value)) {
		plain_put(plain);
		return true;
	}
	plain->export->left_out++;
	return false;
}

/* Writes the header of a group, whose first claim is `entry`. What every claim says is said there, so that nothing has to be unsaid. */
static void plain_put_group(struct plain *plain, const struct indicator *entry)
{
	if (entry->feed != NULL)
		plain_put_header(plain, "name", entry->feed);
	plain->feed = entry->feed;
	plain_put_header(plain, "kind", entry->kind == INDICATOR_CONTEXT ? "context" : "indicator");
	for (unsigned i = 0; i < PLAIN_FACTS; i++) {
		const char *value = plain_fact(entry, i);
		if (plain->said[i] == plain->n && (plain->header[i] == NULL || strcmp(value, plain->header[i]) != 0) &&
			plain_put_header(plain, facts_key(plain_facts[i].fact), value))
			plain->header[i] = value;
	}
}

/* Appends a name so that nothing in it is taken for a mark, a blank or a comment. */
static void plain_add_name(struct plain *plain, const char *name)
{
	for (; *name != '\0'; name++)
		if (strchr("\"#!=*", *name) != NULL)
			plain_add(plain, "\\%03u", (unsigned)(uint8_t)*name);
		else
			plain_add_octet(plain, *name);
}

/* Would the lint refuse the line? Its verdict is about the name as it stands there. */
static bool plain_is_forced(const struct plain *plain, const struct indicator *entry)
{
	struct c2_name name;
	char why[LINT_WHY_MAX];
	return lint_of_text(entry->name) != NULL || c2_name_from_text(entry->name, strlen(entry->name), &name) != C2_OK ||
	       lint_of_name(&plain->lint, &name, entry->name, entry->kind, entry->scope, why) == LINT_AGAINST;
}

static void plain_put_claim(struct plain *plain, const struct indicator *entry)
{
	static const char *const marks[] = {[C2_SCOPE_EXACT] = "=", [C2_SCOPE_BELOW] = "*.", [C2_SCOPE_TREE] = ""};
	plain_add(plain, "%s", entry->kind == INDICATOR_EXCEPTION ? "!" : marks[entry->scope]);
	plain_add_name(plain, entry->name);
	if (!entry->is_on)
		plain_add(plain, " enabled=no");
	if (plain_is_forced(plain, entry))
		plain_add(plain, " force=yes");
	for (unsigned i = 0; i < PLAIN_FACTS; i++) {
		const char *value = plain_fact(entry, i);
		if (value != NULL && (plain->header[i] == NULL || strcmp(value, plain->header[i]) != 0))
			plain->export->left_out += !plain_add_fact(plain, facts_key(plain_facts[i].fact), value);
	}
	plain_put(plain);
}

static int plain_write(struct export *export)
{
	struct plain *plain = calloc(1, sizeof *plain);
	if (plain == NULL)
		return -ENOMEM;
	plain->export = export;
	const struct feed_lint lint = {.popular = export->popular, .shared = export->shared};
	int rc = lint_open(&plain->lint, &lint, NULL);
	if (rc == 0) {
		rc = plain_collect(plain);
		fprintf(export->to, "# c2watch, feed set %s\n", feedset_hash(export->set));
		uint32_t group = UINT32_MAX;
		for (size_t i = 0; rc == 0 && i < plain->n; i++) {
			struct indicator entry;
			if (!feedset_describe(export->set, plain->claims[i].entry, export->at_ns, plain->claims[i].which, &entry))
				continue;
			if (plain->claims[i].group != group || !plain_is_text(entry.feed, plain->feed))
				plain_put_group(plain, &entry);
			group = plain->claims[i].group;
			plain_put_claim(plain, &entry);
		}
		lint_close(&plain->lint);
	}
	free(plain->claims);
	free(plain);
	return rc;
}

const struct export_form plain_form = {.name = "plain", .left_out = "texts too long for a line", .is_whole = true, .write = plain_write};
