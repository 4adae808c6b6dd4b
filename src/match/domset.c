/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking a name up: from its last label leftwards, each label is a step from a node to its child, and the last step that said something counts.
 * Most names that are not listed end at their second label: one cache line for the top-level domain, which stays warm, one for the label that is
 * not there.
 */
#include "match/image.h"

/* The child of `parent` with the label at `label`, or IMAGE_ROOT. Tags only spare the look; parent and text decide. */
static inline uint32_t domset_child(const struct c2_domset *set, uint32_t parent, const uint8_t *label)
{
	uint64_t hash = image_hash(set->header->key, parent, label);
	uint32_t buckets = set->header->buckets;
	uint32_t at = image_bucket_of(hash, buckets);
	uint16_t tag = image_tag_of(hash);
	for (unsigned probe = 0; probe < IMAGE_PROBES_MAX; probe++) {
		const struct image_bucket *bucket = &set->buckets[at];
		for (uint64_t like = image_slots_like(bucket, tag); like != 0; like &= like - 1) {
			uint32_t node = bucket->node[image_slot_of((unsigned)__builtin_ctzll(like))];
			const uint8_t *record = set->records + node;
			if (node != IMAGE_ROOT && image_u32(record) == parent && record[IMAGE_RECORD_HEAD] == label[0] &&
				memcmp(record + IMAGE_RECORD_HEAD + 1, label + 1, label[0]) == 0)
				return node;
		}
		if ((bucket->tags[2] & IMAGE_PASSED) == 0)
			break;
		at = at + 1 < buckets ? at + 1 : 0;
	}
	return IMAGE_ROOT;
}

enum c2_rc c2_domset_find(const struct c2_domset *set, const struct c2_name *name, struct c2_verdict *out)
{
	uint8_t labels[C2_NAME_LABELS_MAX]; /* where each begins */
	unsigned n = 0;
	for (unsigned at = 0; at < name->len && name->wire[at] != 0; at += name->wire[at] + 1u)
		labels[n++] = (uint8_t)at;

	struct c2_verdict best = {.indicator = IMAGE_UNSET};
	uint32_t node = IMAGE_ROOT;
	for (unsigned depth = 1; depth <= n; depth++) {
		node = domset_child(set, node, name->wire + labels[n - depth]);
		if (node == IMAGE_ROOT)
			break;
		uint32_t value = image_u32(set->records + node + 4);
		if (value >= IMAGE_SPLIT && value < IMAGE_EXCEPT) {
			const struct image_split *split = &set->splits[value & ~IMAGE_SPLIT];
			value = depth == n ? split->self : split->below;
		}
		if (value != IMAGE_UNSET)
			best = (struct c2_verdict){.indicator = value, .labels = (uint8_t)depth};
	}
	if (best.indicator >= IMAGE_SPLIT)
		return C2_NONE;
	*out = best;
	return C2_OK;
}
