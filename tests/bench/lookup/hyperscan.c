/* SPDX-License-Identifier: Apache-2.0 */
/* Hyperscan: every name a pattern that ends where the name does. A match that does not begin at a label does not count. */
#include "peer.h"

#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>

struct patterns {
	hs_database_t *database;
	hs_scratch_t *scratch;
	unsigned *lens; /* octets of each name */
};

void *hyperscan_build(const struct arena *listed, size_t *size)
{
	char **texts = calloc(listed->n, sizeof *texts);
	unsigned *flags = calloc(listed->n, sizeof *flags), *ids = calloc(listed->n, sizeof *ids);
	struct patterns *self = calloc(1, sizeof *self);
	hs_compile_error_t *error = NULL;
	self->lens = calloc(listed->n, sizeof *self->lens);
	for (size_t i = 0; i < listed->n; i++) {
		const uint8_t *name = listed->octets + listed->at[i];
		self->lens[i] = name[0] - 1u;
		texts[i] = malloc(self->lens[i] * 4 + 2);
		for (unsigned k = 0; k < self->lens[i]; k++)
			sprintf(texts[i] + 4 * k, "\\x%02x", name[2 + k]);
		texts[i][4 * self->lens[i]] = '$';
		texts[i][4 * self->lens[i] + 1] = '\0';
		flags[i] = HS_FLAG_DOTALL;
		ids[i] = (unsigned)i;
	}
	hs_error_t rc = hs_compile_multi((const char *const *)texts, flags, ids, (unsigned)listed->n, HS_MODE_BLOCK, NULL, &self->database, &error);
	for (size_t i = 0; i < listed->n; i++)
		free(texts[i]);
	free(texts);
	free(flags);
	free(ids);
	hs_free_compile_error(error);
	if (rc != HS_SUCCESS || hs_alloc_scratch(self->database, &self->scratch) != HS_SUCCESS ||
		hs_database_size(self->database, size) != HS_SUCCESS) {
		hyperscan_free(self);
		return NULL;
	}
	return self;
}

struct match {
	const struct patterns *patterns;
	struct suffixes suffixes; /* of no label as long as nothing has matched */
	const uint8_t *name;
	unsigned labels;
};

static int hyperscan_note(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	(void)from;
	(void)to;
	(void)flags;
	struct match *match = context;
	if (match->suffixes.labels == 0)
		suffixes_of(&match->suffixes, match->name);
	for (unsigned i = 0; i < match->suffixes.labels; i++)
		if (match->suffixes.len - match->suffixes.at[i] == match->patterns->lens[id] && match->suffixes.labels - i > match->labels)
			match->labels = match->suffixes.labels - i;
	return 0;
}

unsigned hyperscan_find(const void *self, const uint8_t *name)
{
	const struct patterns *patterns = self;
	struct match match;
	match.patterns = patterns;
	match.suffixes.labels = match.labels = 0;
	match.name = name;
	hs_scan(patterns->database, (const char *)name + 2, name[0] - 1u, 0, patterns->scratch, hyperscan_note, &match);
	return match.labels;
}

void hyperscan_free(void *self)
{
	struct patterns *patterns = self;
	hs_free_scratch(patterns->scratch);
	hs_free_database(patterns->database);
	free(patterns->lens);
	free(patterns);
}
