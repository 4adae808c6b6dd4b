/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The builder: the trie while it grows. Nodes, label texts and an index over (parent, label) are three arrays that double; nothing is taken out.
 * Invariant: a parent's number is lower than its children's. Node 0 is the root.
 */
#include "match/image.h"

#include <errno.h>
#include <stdlib.h>

struct c2_domset_builder {
	struct image_node *nodes;
	uint32_t n, cap;
	uint8_t *labels;
	uint32_t labels_len, labels_cap;
	uint32_t *index;     /* numbers of nodes, open-addressed; 0 is free */
	uint32_t index_mask; /* a power of two, less one */
};

#define BUILDER_KEY 0x2545f4914f6cdd1du
#define BUILDER_NODES_MAX (UINT32_C(1) << 29)

static bool builder_reserve(void **array, uint32_t *cap, uint32_t wanted, size_t size)
{
	if (wanted <= *cap)
		return true;
	uint64_t grown = *cap == 0 ? 64 : (uint64_t)*cap * 2;
	while (grown < wanted)
		grown *= 2;
	if (grown > UINT32_MAX)
		return false;
	void *larger = realloc(*array, grown * size);
	if (larger == NULL)
		return false;
	*array = larger;
	*cap = (uint32_t)grown;
	return true;
}

/* Where in the index the node is, or where it would go. */
static uint32_t *builder_slot(const struct c2_domset_builder *builder, uint32_t parent, const uint8_t *label)
{
	uint32_t at = (uint32_t)image_hash(BUILDER_KEY, parent, label);
	for (;; at++) {
		uint32_t *slot = &builder->index[at & builder->index_mask];
		const struct image_node *node = &builder->nodes[*slot];
		if (*slot == 0 || (node->parent == parent && memcmp(builder->labels + node->label, label, label[0] + 1u) == 0))
			return slot;
	}
}

static bool builder_grow_index(struct c2_domset_builder *builder)
{
	uint32_t *old = builder->index;
	uint32_t slots = builder->index_mask == 0 ? 128 : (builder->index_mask + 1) * 2;
	builder->index = calloc(slots, sizeof *builder->index);
	if (builder->index == NULL) {
		builder->index = old;
		return false;
	}
	free(old);
	builder->index_mask = slots - 1;
	for (uint32_t i = 1; i < builder->n; i++)
		*builder_slot(builder, builder->nodes[i].parent, builder->labels + builder->nodes[i].label) = i;
	return true;
}

/* The child of `parent` with `label`, made if it is new; 0 without memory. */
static uint32_t builder_child(struct c2_domset_builder *builder, uint32_t parent, const uint8_t *label)
{
	uint32_t found = *builder_slot(builder, parent, label);
	if (found != 0)
		return found;
	/* The texts have room for a whole label behind the last, so that comparing with one never runs over. */
	if (builder->n >= BUILDER_NODES_MAX || builder->labels_len > UINT32_MAX - 2 * IMAGE_LABEL_MAX ||
		!builder_reserve((void **)&builder->nodes, &builder->cap, builder->n + 1, sizeof *builder->nodes) ||
		!builder_reserve((void **)&builder->labels, &builder->labels_cap, builder->labels_len + 2 * IMAGE_LABEL_MAX, 1))
		return 0;
	if (builder->n > builder->index_mask / 4 * 3 && !builder_grow_index(builder))
		return 0;
	uint32_t number = builder->n++;
	builder->nodes[number] =
		(struct image_node){.parent = parent, .label = builder->labels_len, .of = {IMAGE_UNSET, IMAGE_UNSET, IMAGE_UNSET, IMAGE_UNSET}};
	memcpy(builder->labels + builder->labels_len, label, label[0] + 1u);
	builder->labels_len += label[0] + 1u;
	*builder_slot(builder, parent, label) = number;
	return number;
}

/* The node of `name`, made if it is new. 0, -EINVAL for the root, -ENOMEM. */
static int builder_node(struct c2_domset_builder *builder, const struct c2_name *name, uint32_t *out)
{
	uint8_t labels[C2_NAME_LABELS_MAX];
	unsigned n = 0;
	for (unsigned at = 0; at < name->len && name->wire[at] != 0; at += name->wire[at] + 1u)
		labels[n++] = (uint8_t)at;
	if (n == 0)
		return -EINVAL;
	uint32_t node = 0;
	while (n-- > 0) {
		node = builder_child(builder, node, name->wire + labels[n]);
		if (node == 0)
			return -ENOMEM;
	}
	*out = node;
	return 0;
}

struct c2_domset_builder *c2_domset_builder_new(void)
{
	struct c2_domset_builder *builder = calloc(1, sizeof *builder);
	if (builder == NULL)
		return NULL;
	if (!builder_reserve((void **)&builder->nodes, &builder->cap, 1, sizeof *builder->nodes) || !builder_grow_index(builder)) {
		c2_domset_builder_free(builder);
		return NULL;
	}
	builder->nodes[0] = (struct image_node){.parent = 0};
	builder->n = 1;
	return builder;
}

void c2_domset_builder_free(struct c2_domset_builder *builder)
{
	if (builder == NULL)
		return;
	free(builder->nodes);
	free(builder->labels);
	free(builder->index);
	free(builder);
}

int c2_domset_builder_add(struct c2_domset_builder *builder, const struct c2_name *name, enum c2_scope scope, uint32_t indicator)
{
	if (scope < C2_SCOPE_EXACT || scope > C2_SCOPE_TREE || indicator >= IMAGE_SPLIT)
		return -EINVAL;
	uint32_t node;
	int rc = builder_node(builder, name, &node);
	if (rc == 0 && builder->nodes[node].of[scope] == IMAGE_UNSET)
		builder->nodes[node].of[scope] = indicator;
	return rc;
}

int c2_domset_builder_except(struct c2_domset_builder *builder, const struct c2_name *name)
{
	uint32_t node;
	int rc = builder_node(builder, name, &node);
	if (rc == 0)
		builder->nodes[node].of[0] = IMAGE_EXCEPT;
	return rc;
}

int c2_domset_build(const struct c2_domset_builder *builder, struct c2_domset **set)
{
	void *image;
	size_t len;
	int rc = image_write(builder->nodes, builder->n, builder->labels, &image, &len);
	if (rc != 0)
		return rc;
	rc = c2_domset_view(image, len, set);
	if (rc != 0)
		free(image);
	else
		(*set)->own = image;
	return rc;
}
