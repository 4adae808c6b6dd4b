/* SPDX-License-Identifier: Apache-2.0 */
/* The builder: entries and their names in two arrays that double; nothing is taken out, and what is twice is found when the set is built. */
#include "match/image.h"

#include <errno.h>
#include <stdlib.h>

struct c2_domset_builder {
	struct image_entry *entries;
	uint32_t n, cap;
	uint8_t *names;
	uint32_t names_len, names_cap;
	uint64_t key, multiplier;
};

static int builder_reserve(void **array, uint32_t *cap, uint64_t wanted, size_t size)
{
	if (wanted <= *cap)
		return 0;
	if (wanted > UINT32_MAX)
		return -EFBIG;
	uint64_t grown = *cap < 64 ? 64 : *cap + (uint64_t)*cap / 2;
	grown = grown < wanted ? wanted : grown > UINT32_MAX ? UINT32_MAX : grown;
	void *larger = realloc(*array, grown * size);
	if (larger == NULL)
		return -ENOMEM;
	*array = larger;
	*cap = (uint32_t)grown;
	return 0;
}

struct c2_domset_builder *c2_domset_builder_new(uint64_t key)
{
	struct c2_domset_builder *builder = calloc(1, sizeof *builder);
	if (builder != NULL) {
		builder->key = key;
		builder->multiplier = image_multiplier(key);
	}
	return builder;
}

void c2_domset_builder_free(struct c2_domset_builder *builder)
{
	if (builder == NULL)
		return;
	free(builder->entries);
	free(builder->names);
	free(builder);
}

static uint64_t builder_hash(const struct c2_domset_builder *builder, const struct c2_name *name)
{
	uint8_t labels[C2_NAME_LABELS_MAX];
	unsigned n = 0;
	for (unsigned at = 0; name->wire[at] != 0; at += name->wire[at] + 1u)
		labels[n++] = (uint8_t)at;
	uint64_t hash = builder->key;
	while (n-- > 0)
		hash = image_hash(hash, builder->multiplier, name->wire + labels[n]);
	return hash;
}

int c2_domset_builder_add(struct c2_domset_builder *builder, const struct c2_name *name, enum c2_scope scope)
{
	if ((unsigned)scope > C2_SCOPE_TREE || name->labels == 0)
		return -EINVAL;
	uint8_t len = (uint8_t)(name->len - 1);
	int rc = builder_reserve((void **)&builder->entries, &builder->cap, (uint64_t)builder->n + 1, sizeof *builder->entries);
	if (rc == 0)
		rc = builder_reserve((void **)&builder->names, &builder->names_cap, (uint64_t)builder->names_len + 1 + len + 8, 1);
	if (rc != 0)
		return rc;
	builder->entries[builder->n++] = (struct image_entry){
		.hash = builder_hash(builder, name), .name = builder->names_len, .labels = name->labels, .scope = (uint8_t)scope};
	uint8_t *at = builder->names + builder->names_len;
	at[0] = len;
	memcpy(at + 1, name->wire, len);
	builder->names_len += 1u + len;
	return 0;
}

uint32_t c2_domset_builder_count(const struct c2_domset_builder *builder)
{
	return builder->n;
}

int c2_domset_build(const struct c2_domset_builder *builder, uint32_t *numbers, struct c2_domset **set)
{
	const struct image_source source = {.entries = builder->entries, .n = builder->n, .names = builder->names, .key = builder->key};
	void *image;
	size_t len;
	int rc = image_write(&source, numbers, &image, &len);
	if (rc != 0)
		return rc;
	rc = c2_domset_view(image, len, set);
	if (rc != 0)
		free(image);
	else
		(*set)->own = image;
	return rc;
}
