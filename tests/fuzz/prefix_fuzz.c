/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script against a naive model. Each step: an offset in two octets, signed; a length in one, its high bit times 16; one for what is in the segment and,
 * in its high bits, for what is done: a segment is added, the head's beginning is dropped, or all of it moves to a larger one.
 */
#include "flow/prefix.h"

#include "fuzz.h"

#include <string.h>

#define STEPS_MAX 256
#define CAP 1024u
#define CAP_LARGE 2048u
#define DROP 0x40
#define MOVE 0x80

/* What is to be in a prefix. */
struct model {
	uint8_t octets[CAP_LARGE];
	bool is_present[CAP_LARGE];
	uint32_t reach;
};

static enum prefix_met model_add(struct model *model, uint32_t cap, int64_t offset, const uint8_t *segment, size_t n)
{
	enum prefix_met met = PREFIX_FRESH;
	for (size_t i = 0; i < n; i++) {
		int64_t to = offset + (int64_t)i;
		if (to < 0 || to >= cap)
			continue;
		enum prefix_met one = !model->is_present[to] ? PREFIX_FRESH : model->octets[to] == segment[i] ? PREFIX_REPEATED : PREFIX_CONTRADICTED;
		met = one > met ? one : met;
		if (!model->is_present[to])
			model->octets[to] = segment[i];
		model->is_present[to] = true;
		if (to >= model->reach)
			model->reach = (uint32_t)to + 1;
	}
	return met;
}

static void model_drop(struct model *model, uint32_t n)
{
	memmove(model->octets, model->octets + n, CAP_LARGE - n);
	memmove(model->is_present, model->is_present + n, (CAP_LARGE - n) * sizeof model->is_present[0]);
	memset(model->is_present + CAP_LARGE - n, 0, n * sizeof model->is_present[0]);
	model->reach -= n;
}

static void check(const struct prefix *prefix, const struct model *model)
{
	uint32_t have = 0;
	while (have < prefix->cap && model->is_present[have])
		have++;
	MUST(prefix->have == have && prefix->reach == model->reach);
	MUST(memcmp(prefix->octets, model->octets, have) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static uint64_t memory[(CAP + CAP / 8) / 8], memory_large[(CAP_LARGE + CAP_LARGE / 8) / 8];
	struct model model = {.reach = 0};
	struct prefix prefix, large;
	prefix_start(&prefix, memory, CAP);
	for (size_t at = 0; at + 4 <= len && at < 4 * STEPS_MAX; at += 4) {
		int64_t offset = (int16_t)(octets[at] << 8 | octets[at + 1]) % 2200;
		size_t n = octets[at + 2] & 0x80 ? (octets[at + 2] & 0x7f) * 16u : octets[at + 2];
		uint8_t segment[128 * 16];
		if (octets[at + 3] & DROP && model.reach > 0) {
			uint32_t dropped = (uint32_t)(offset < 0 ? -offset : offset) % model.reach;
			prefix_drop(&prefix, dropped);
			model_drop(&model, dropped);
		} else if (octets[at + 3] & MOVE && prefix.cap == CAP) {
			prefix_start(&large, memory_large, CAP_LARGE);
			prefix_move(&large, &prefix);
			prefix = large;
		} else {
			for (size_t i = 0; i < n; i++)
				segment[i] = (uint8_t)(offset + (int64_t)i + (octets[at + 3] & 3));
			enum prefix_met met = model_add(&model, prefix.cap, offset, segment, n);
			MUST(prefix_add(&prefix, offset, segment, n) == met);
		}
		check(&prefix, &model);
	}
	return 0;
}
