/* SPDX-License-Identifier: Apache-2.0 */
/* marisa-trie: a succinct trie of the names with their labels turned round, so that one walk meets every suffix. */
#include "peer.h"

#include <marisa.h>
#include <string.h>

struct turned {
	char octets[256];
	unsigned len;
};

static void turn(struct turned *turned, const uint8_t *name)
{
	struct suffixes suffixes;
	suffixes_of(&suffixes, name);
	turned->len = 0;
	for (unsigned i = suffixes.labels; i-- > 0;) {
		const uint8_t *label = suffixes.wire + suffixes.at[i];
		memcpy(turned->octets + turned->len, label, label[0] + 1u);
		turned->len += label[0] + 1u;
	}
}

struct found {
	marisa::Trie trie;
	marisa::Agent agent;
};

void *marisa_build(const struct arena *listed, size_t *size)
{
	marisa::Keyset keys;
	struct turned turned;
	for (size_t i = 0; i < listed->n; i++) {
		turn(&turned, listed->octets + listed->at[i]);
		keys.push_back(turned.octets, turned.len);
	}
	struct found *self = new struct found;
	self->trie.build(keys);
	*size = self->trie.io_size();
	return self;
}

/* Each listed prefix of the turned name ends at the end of a label: lengths tell where. */
unsigned marisa_find(const void *self, const uint8_t *name)
{
	struct found *found = (struct found *)self;
	struct turned turned;
	size_t len = 0;
	turn(&turned, name);
	found->agent.set_query(turned.octets, turned.len);
	while (found->trie.common_prefix_search(found->agent))
		len = found->agent.key().length();
	unsigned labels = 0;
	for (size_t at = 0; at < len; at += (uint8_t)turned.octets[at] + 1u)
		labels++;
	return labels;
}

void marisa_free(void *self)
{
	delete (struct found *)self;
}
