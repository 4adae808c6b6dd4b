/* SPDX-License-Identifier: Apache-2.0 */
/* cmph: a minimal perfect hash of the names, then where each name is, and its text, which decides. */
#include "peer.h"

#include <cmph.h>
#include <stdlib.h>
#include <string.h>

struct perfect {
	const struct arena *listed;
	cmph_t *function;
	uint32_t *at;
};

/* A wire form without its root is text: no octet of a listed name is NUL, and the root ends it. */
static void *perfect_build(const struct arena *listed, size_t *size, CMPH_ALGO algorithm)
{
	char **keys = malloc(listed->n * sizeof *keys);
	for (size_t i = 0; i < listed->n; i++)
		keys[i] = (char *)listed->octets + listed->at[i] + 2;
	cmph_io_adapter_t *source = cmph_io_vector_adapter(keys, (cmph_uint32)listed->n);
	cmph_config_t *config = cmph_config_new(source);
	cmph_config_set_algo(config, algorithm);
	cmph_t *function = cmph_new(config);
	cmph_config_destroy(config);
	cmph_io_vector_adapter_destroy(source);
	free(keys);
	if (function == NULL)
		return NULL;
	struct perfect *perfect = malloc(sizeof *perfect);
	size_t n = cmph_size(function);
	*perfect = (struct perfect){.listed = listed, .function = function, .at = calloc(n, sizeof *perfect->at)};
	for (size_t i = 0; i < listed->n; i++) {
		const uint8_t *name = listed->octets + listed->at[i];
		perfect->at[cmph_search(function, (const char *)name + 2, name[0] - 1u)] = listed->at[i];
	}
	*size = cmph_packed_size(function) + n * sizeof *perfect->at + listed->n + arena_text(listed);
	return perfect;
}

void *chd_build(const struct arena *listed, size_t *size)
{
	return perfect_build(listed, size, CMPH_CHD);
}

void *bdz_build(const struct arena *listed, size_t *size)
{
	return perfect_build(listed, size, CMPH_BDZ);
}

unsigned cmph_peer_find(const void *self, const uint8_t *name)
{
	const struct perfect *perfect = self;
	struct suffixes suffixes;
	suffixes_of(&suffixes, name);
	for (unsigned i = 0; i < suffixes.labels; i++) {
		const uint8_t *wire = suffixes.wire + suffixes.at[i];
		unsigned len = suffixes.len - suffixes.at[i];
		const uint8_t *listed = perfect->listed->octets + perfect->at[cmph_search(perfect->function, (const char *)wire, len)];
		if (listed[0] - 1u == len && memcmp(listed + 2, wire, len) == 0)
			return suffixes.labels - i;
	}
	return 0;
}

void cmph_peer_free(void *self)
{
	struct perfect *perfect = self;
	cmph_destroy(perfect->function);
	free(perfect->at);
	free(perfect);
}
