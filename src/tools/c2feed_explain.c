/* SPDX-License-Identifier: Apache-2.0 */
/* c2feed explain: what speaks for a name, and all that covers it besides. */
#include "tools/c2feed.h"

#include "base/log.h"
#include "feed/spelling.h"

#include <stdio.h>
#include <string.h>

#define NOBODY UINT32_MAX

static void put_source(const struct indicator *entry)
{
	put_text(entry->feed != NULL ? entry->feed : "(no feed)");
	fputs(" (", stdout);
	put_text(entry->file != NULL ? entry->file : "?");
	printf(":%u)", entry->line);
}

static void put_fact(const char *key, const char *value)
{
	if (value == NULL)
		return;
	printf("  %-12s ", key);
	put_text(value);
	putchar('\n');
}

static void put_hit(const char *asked, const struct c2_name *name, const struct indicator *entry, const struct c2_verdict *verdict)
{
	static const char *const scopes[] = {
		[C2_SCOPE_EXACT] = "that name only", [C2_SCOPE_BELOW] = "names below it only", [C2_SCOPE_TREE] = "the name and all below it"};
	put_text(asked);
	fputs(": a hit\n  indicator    ", stdout);
	put_entry(entry);
	printf(": %s\n  matched      ", scopes[entry->scope]);
	if (verdict->labels == name->labels)
		puts("the whole name");
	else
		printf("its last %u of %u labels\n", verdict->labels, name->labels);
	fputs("  feed         ", stdout);
	put_source(entry);
	putchar('\n');
	put_fact("provider", entry->provider);
	put_fact("campaign", entry->campaign);
	put_fact("confidence", entry->confidence);
	put_fact("severity", entry->severity);
	put_fact("tlp", entry->tlp);
	put_fact("platform", entry->platform);
	put_fact("stage", entry->stage);
	put_fact("tag", entry->tag);
	put_fact("first seen", entry->first_seen);
	put_fact("last seen", entry->last_seen);
	put_fact("expires", entry->expires);
	put_fact("source", entry->source);
	put_fact("reference", entry->reference);
	put_fact("description", entry->description);
}

static bool explain_has_expired(const struct indicator *entry, uint64_t at_ns)
{
	return entry->expires_ns != 0 && at_ns >= entry->expires_ns;
}

/* Why a claim that covers the name did not speak. `has_hit`: another did. */
static const char *explain_silence(const struct indicator *entry, uint64_t at_ns, bool has_hit)
{
	if (!entry->is_on)
		return "off (enabled = no)";
	if (entry->kind == INDICATOR_CONTEXT)
		return "context: it tells of the host, and is no hit";
	if (explain_has_expired(entry, at_ns))
		return "it has expired";
	if (entry->kind == INDICATOR_EXCEPTION)
		return has_hit ? "an exception, but the indicator is longer" : "an exception covers the name";
	return has_hit ? "listed too" : "listed, but excepted";
}

static void put_silence(const struct indicator *entry, uint64_t at_ns, bool has_hit)
{
	fputs(has_hit ? "  also         " : "  why          ", stdout);
	put_entry(entry);
	fputs(" of ", stdout);
	put_source(entry);
	if (entry->confidence != NULL) {
		fputs(", confidence ", stdout);
		put_text(entry->confidence);
	}
	if (entry->expires != NULL) {
		fputs(", expires ", stdout);
		put_text(entry->expires);
	}
	printf(": %s\n", explain_silence(entry, at_ns, has_hit));
}

/*
 * Tells of every claim that covers the name but did not speak, those of an entry by their rank, and why it did not. `spoke` is the number of the entry
 * whose first claim that had not expired did, or NOBODY.
 */
static void put_silent(const struct feedset *set, const struct c2_name *name, uint64_t at_ns, uint32_t spoke)
{
	uint32_t entries[FEEDSET_COVER_MAX];
	unsigned covers = feedset_cover(set, name, entries);
	bool has_spoken = false;
	size_t n = 0;
	for (unsigned i = 0; i < covers; i++) {
		struct indicator entry;
		for (unsigned which = 0; feedset_describe(set, entries[i], 0, which, &entry); which++) {
			bool is_speaker = entries[i] == spoke && !has_spoken && !explain_has_expired(&entry, at_ns);
			has_spoken = has_spoken || is_speaker;
			if (!is_speaker)
				put_silence(&entry, at_ns, spoke != NOBODY);
			n++;
		}
	}
	if (n == 0)
		puts("  no listed name is this one, or above it");
}

static void explain_name(const struct feedset *set, const char *asked, const struct c2_name *name, uint64_t at_ns)
{
	struct c2_verdict verdict;
	struct indicator entry;
	bool is_hit = feedset_find(set, name, at_ns, &verdict) == C2_OK && feedset_describe(set, verdict.indicator, at_ns, 0, &entry);
	if (is_hit) {
		put_hit(asked, name, &entry, &verdict);
	} else {
		put_text(asked);
		puts(": no hit");
	}
	put_silent(set, name, at_ns, is_hit ? verdict.indicator : NOBODY);
}

enum exit_status explain_run(struct run *run, char **args, size_t n)
{
	struct feedset *set;
	if (run_load(run, args, 1, &set) != 0)
		return EXIT_FAULT;
	enum exit_status status = EXIT_FINE;
	for (size_t i = 1; i < n; i++) {
		struct c2_name name;
		const char *why;
		if (spelling_read(args[i], &name, &why) == 0) {
			explain_name(set, args[i], &name, run->has_at ? run->at_ns : run->now_ns);
		} else {
			log_error("%s: %s", args[i], why);
			status = EXIT_USAGE;
		}
	}
	feedset_free(set);
	return status;
}
