/* SPDX-License-Identifier: Apache-2.0 */
/* What a set says of itself. It never changes, so none of this needs a lock. Places and numbers are checked here, where they are used. */
#include "feed/setfile.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

void feedset_free(struct feedset *set)
{
	if (set == NULL)
		return;
	setfile_close(set);
	if (set->octets != NULL)
		munmap(set->octets, set->len);
	else
		mapping_close(&set->file);
	free(set);
}

const struct c2_domset *feedset_domset(const struct feedset *set)
{
	return set->parts[BOOK_MATCHED].domset;
}

const struct c2_domset *feedset_context(const struct feedset *set)
{
	return set->parts[BOOK_CONTEXT].entries > 0 ? set->parts[BOOK_CONTEXT].domset : NULL;
}

uint32_t feedset_context_at(const struct feedset *set)
{
	return set->parts[BOOK_MATCHED].entries;
}

size_t feedset_count(const struct feedset *set)
{
	const struct c2_domset *domset = set->parts[BOOK_MATCHED].domset;
	return c2_domset_count(domset) - c2_domset_exceptions(domset);
}

size_t feedset_off(const struct feedset *set)
{
	return set->parts[BOOK_OFF].entries;
}

size_t feedset_entries(const struct feedset *set)
{
	size_t n = 0;
	for (unsigned part = 0; part < BOOK_PARTS; part++)
		n += set->parts[part].entries;
	return n;
}

const char *feedset_hash(const struct feedset *set)
{
	return set->hash;
}

bool feedset_is_cut(const struct feedset *set)
{
	return set->octets == NULL && mapping_is_cut(&set->file);
}

size_t feedset_len(const struct feedset *set)
{
	return set->len;
}

int feedset_write(const struct feedset *set, const char *path)
{
	return setfile_write(set->octets != NULL ? set->octets : set->file.octets, set->len, path);
}

/* The text at that place, or null for none. */
static const char *feedset_text(const struct feedset *set, uint32_t at)
{
	return at > 0 && at < set->strings_len ? set->strings + at : NULL;
}

bool feedset_source(const struct feedset *set, size_t number, const char **feed, size_t *claims)
{
	if (number >= set->sources_n)
		return false;
	*feed = feedset_text(set, set->sources[number].feed);
	*claims = set->sources[number].claims;
	return *feed != NULL;
}

static uint64_t feedset_expiry(const struct feedset *set, const struct facts *facts)
{
	uint64_t ns;
	const char *text = feedset_text(set, facts->text[FACT_EXPIRES]);
	return text != NULL && facts_instant(text, &ns) ? ns : 0;
}

/* The first of the claims beside the leading one that is the entry's, or of a later one. */
static uint32_t feedset_more_at(const struct setfile_part *part, uint32_t entry)
{
	uint32_t begin = 0;
	for (uint32_t end = part->more_n; begin < end;) {
		uint32_t middle = begin + (end - begin) / 2;
		if (part->more[middle].entry < entry)
			begin = middle + 1;
		else
			end = middle;
	}
	return begin;
}

/* A claim with what it says. */
struct feedset_claim {
	uint32_t line;
	struct facts facts;
	uint64_t expires_ns;
};

/* The part's claim number `*which` on an entry, of those that hold at `at_ns`. Counts `*which` down by those it passes over. */
static bool feedset_claim(
	const struct feedset *set, const struct setfile_part *part, uint32_t entry, uint64_t at_ns, unsigned *which, struct feedset_claim *claim)
{
	uint32_t facts = setfile_column_get(&part->facts, entry), more = feedset_more_at(part, entry);
	claim->line = setfile_column_get(&part->lines, entry);
	for (;; more++) {
		book_facts_read(set->facts, set->facts_len, facts, &claim->facts);
		claim->expires_ns = feedset_expiry(set, &claim->facts);
		if ((at_ns == 0 || claim->expires_ns == 0 || at_ns < claim->expires_ns) && (*which)-- == 0)
			return true;
		if (more >= part->more_n || part->more[more].entry != entry)
			return false;
		facts = part->more[more].claim.facts;
		claim->line = part->more[more].claim.line;
	}
}

enum c2_rc feedset_find(const struct feedset *set, const struct c2_name *name, uint64_t at_ns, struct c2_verdict *out)
{
	struct c2_verdict verdicts[C2_COVER_MAX];
	const struct setfile_part *part = &set->parts[BOOK_MATCHED];
	unsigned n = c2_domset_cover(part->domset, name, verdicts);
	for (unsigned i = 0; i < n; i++) {
		struct feedset_claim claim;
		unsigned which = 0;
		if (verdicts[i].scope == C2_SCOPE_EXCEPT)
			return C2_NONE;
		if (feedset_claim(set, part, verdicts[i].indicator, at_ns, &which, &claim)) {
			*out = verdicts[i];
			return C2_OK;
		}
	}
	return C2_NONE;
}

unsigned feedset_cover(const struct feedset *set, const struct c2_name *name, uint32_t entries[FEEDSET_COVER_MAX])
{
	struct c2_verdict verdicts[C2_COVER_MAX];
	uint32_t first = 0;
	unsigned n = 0;
	for (unsigned part = 0; part < BOOK_PARTS; part++) {
		unsigned found = c2_domset_cover(set->parts[part].domset, name, verdicts);
		for (unsigned i = 0; i < found; i++)
			entries[n++] = first + verdicts[i].indicator;
		first += set->parts[part].entries;
	}
	return n;
}

/* The part that entry number `*entry` of the set is in; `*entry` becomes its number there. */
static const struct setfile_part *feedset_part(const struct feedset *set, uint32_t *entry)
{
	for (unsigned part = 0; part < BOOK_PARTS; part++) {
		if (*entry < set->parts[part].entries)
			return &set->parts[part];
		*entry -= set->parts[part].entries;
	}
	return NULL;
}

bool feedset_describe(const struct feedset *set, uint32_t entry, uint64_t at_ns, unsigned which, struct indicator *out)
{
	const struct setfile_part *part = feedset_part(set, &entry);
	struct feedset_claim claim;
	struct c2_name name;
	enum c2_scope scope;
	if (part == NULL || !feedset_claim(set, part, entry, at_ns, &which, &claim) || c2_domset_entry(part->domset, entry, &name, &scope) != C2_OK)
		return false;
	const char *texts[FACT_COUNT];
	for (unsigned fact = 0; fact < FACT_COUNT; fact++)
		texts[fact] = feedset_text(set, claim.facts.text[fact]);
	*out = (struct indicator){
		.scope = scope == C2_SCOPE_EXCEPT ? C2_SCOPE_TREE : scope,
		.kind = scope == C2_SCOPE_EXCEPT            ? INDICATOR_EXCEPTION
			: part == &set->parts[BOOK_CONTEXT] ? INDICATOR_CONTEXT
							    : INDICATOR_LISTED,
		.is_on = part != &set->parts[BOOK_OFF],
		.feed = texts[FACT_FEED],
		.file = texts[FACT_FILE],
		.line = claim.line,
		.provider = texts[FACT_PROVIDER],
		.campaign = texts[FACT_CAMPAIGN],
		.description = texts[FACT_DESCRIPTION],
		.reference = texts[FACT_REFERENCE],
		.source = texts[FACT_SOURCE],
		.platform = texts[FACT_PLATFORM],
		.stage = texts[FACT_STAGE],
		.tag = texts[FACT_TAG],
		.confidence = texts[FACT_CONFIDENCE],
		.tlp = texts[FACT_TLP],
		.severity = texts[FACT_SEVERITY],
		.first_seen = texts[FACT_FIRST_SEEN],
		.last_seen = texts[FACT_LAST_SEEN],
		.expires = texts[FACT_EXPIRES],
		.expires_ns = claim.expires_ns,
	};
	c2_name_to_text(&name, out->name);
	return true;
}

unsigned feedset_claims(const struct feedset *set, uint32_t entry, uint64_t at_ns)
{
	const struct setfile_part *part = feedset_part(set, &entry);
	struct feedset_claim claim;
	unsigned left = UINT_MAX;
	if (part != NULL)
		feedset_claim(set, part, entry, at_ns, &left, &claim);
	return UINT_MAX - left;
}
