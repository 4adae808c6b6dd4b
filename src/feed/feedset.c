/* SPDX-License-Identifier: Apache-2.0 */
/* What a set says of itself. It never changes, so none of this needs a lock. */
#include "feed/setfile.h"

#include <stdlib.h>
#include <sys/mman.h>

void feedset_free(struct feedset *set)
{
	if (set == NULL)
		return;
	c2_domset_free(set->domset);
	book_free(set->own);
	if (set->map != NULL)
		munmap(set->map, set->map_len);
	free(set);
}

const struct c2_domset *feedset_domset(const struct feedset *set)
{
	return set->domset;
}

size_t feedset_count(const struct feedset *set)
{
	return set->listed;
}

size_t feedset_entries(const struct feedset *set)
{
	return set->book.entries_n;
}

const char *feedset_hash(const struct feedset *set)
{
	return set->hash;
}

int feedset_write(const struct feedset *set, const char *path)
{
	return setfile_write(set, path);
}

/* Makes of `name` some name right below the parent of its last `labels` labels, where nothing is listed but what covers it from above. */
static void feedset_step_up(struct c2_name *name, unsigned labels)
{
	unsigned at = 0;
	for (unsigned i = name->labels; i >= labels; i--)
		at += name->wire[at] + 1u;
	name->wire[0] = 1;
	name->wire[1] = 0; /* a label that only somebody who forces \000 can list */
	name->len = (uint8_t)(2 + name->len - at);
	memmove(name->wire + 2, name->wire + at, name->len - 2u);
	name->labels = (uint8_t)labels;
}

enum c2_rc feedset_find(const struct feedset *set, const struct c2_name *name, uint64_t at_ns, struct c2_verdict *out)
{
	struct c2_name asked = *name;
	struct c2_verdict verdict;
	unsigned labels = UINT8_MAX; /* falls with every step, whatever is listed */
	while (labels > 0 && c2_domset_find(set->domset, &asked, &verdict) == C2_OK) {
		uint64_t expires_ns = set->book.facts[set->book.entries[verdict.indicator].facts].expires_ns;
		if (expires_ns == 0 || at_ns < expires_ns) {
			*out = verdict;
			return C2_OK;
		}
		labels = verdict.labels < labels ? verdict.labels : labels - 1;
		if (labels > 0)
			feedset_step_up(&asked, labels);
	}
	return C2_NONE;
}

void feedset_describe(const struct feedset *set, uint32_t number, struct indicator *out)
{
	const struct book_entry *entry = &set->book.entries[number];
	const struct facts *facts = &set->book.facts[entry->facts];
	const char *texts[FACT_COUNT];
	for (unsigned fact = 0; fact < FACT_COUNT; fact++)
		texts[fact] = facts->text[fact] != 0 ? set->book.strings + facts->text[fact] : NULL;
	*out = (struct indicator){
		.name = set->book.strings + entry->name,
		.scope = (enum c2_scope)entry->scope,
		.kind = (enum indicator_kind)entry->kind,
		.is_on = entry->is_on,
		.feed = texts[FACT_FEED],
		.file = texts[FACT_FILE],
		.line = entry->line,
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
		.expires = texts[FACT_EXPIRES],
		.expires_ns = facts->expires_ns,
	};
}
