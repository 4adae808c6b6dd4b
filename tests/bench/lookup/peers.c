/* SPDX-License-Identifier: Apache-2.0 */
/* The peers, and the domset among them. */
#include "peer.h"

#include "match/image.h"

#include <c2watch/domset.h>

static void *ours_build(const struct arena *listed, size_t *size)
{
	struct c2_domset_builder *builder = c2_domset_builder_new(0x5eed5eed5eed5eedu);
	struct c2_domset *set = NULL;
	for (size_t i = 0; i < listed->n; i++)
		if (c2_domset_builder_add(builder, (const struct c2_name *)(const void *)(listed->octets + listed->at[i]), C2_SCOPE_TREE) != 0)
			return NULL;
	int rc = c2_domset_build(builder, NULL, &set);
	c2_domset_builder_free(builder);
	if (rc != 0)
		return NULL;
	c2_domset_image(set, size);
	return set;
}

static unsigned ours_find(const void *self, const uint8_t *name)
{
	struct c2_verdict verdict;
	return c2_domset_find(self, (const struct c2_name *)(const void *)name, &verdict) == C2_OK ? verdict.labels : 0;
}

/* What a batched lookup could do first: the line of the last two labels is asked for. */
static void ours_ahead(const void *self, const uint8_t *name)
{
	const struct c2_domset *set = self;
	const uint8_t *last = name + 2, *second = last;
	for (unsigned i = 1; i < name[1]; i++) {
		second = last;
		last += last[0] + 1u;
	}
	uint64_t hash = image_hash(set->key, set->multiplier, last);
	hash = set->base == 2 ? image_hash(hash, set->multiplier, second) : hash;
	__builtin_prefetch(set->filter + (size_t)image_share(hash, set->lines) * IMAGE_LINE_WORDS);
}

static void ours_free(void *self)
{
	c2_domset_free(self);
}

const struct peer peers[] = {
	{.name = "domset", .build = ours_build, .find = ours_find, .free = ours_free},
	{.name = "domset, batched", .build = ours_build, .find = ours_find, .ahead = ours_ahead, .free = ours_free},
	{.name = "sorted array", .build = array_build, .find = array_find, .free = array_free},
	{.name = "hash of names", .build = hash_build, .find = hash_find, .free = hash_free},
	{.name = "trie in a hash", .build = trie_build, .find = trie_find, .free = trie_free},
#ifdef WITH_CDB
	{.name = "tinycdb", .build = cdb_peer_build, .find = cdb_peer_find, .free = cdb_peer_free},
#endif
#ifdef WITH_CMPH
	{.name = "cmph CHD", .build = chd_build, .find = cmph_peer_find, .free = cmph_peer_free},
	{.name = "cmph BDZ", .build = bdz_build, .find = cmph_peer_find, .free = cmph_peer_free},
#endif
#ifdef WITH_MARISA
	{.name = "marisa-trie", .build = marisa_build, .find = marisa_find, .free = marisa_free},
#endif
#ifdef WITH_HYPERSCAN
	{.name = "Hyperscan", .most = 1000, .build = hyperscan_build, .find = hyperscan_find, .free = hyperscan_free},
#endif
	{.name = NULL},
};
