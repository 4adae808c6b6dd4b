/* SPDX-License-Identifier: Apache-2.0 */
/* A script of segments: offset in two octets, signed; length in one, its high bit times 16; a seed for what is in it. Against a naive model. */
#include "flow/prefix.h"

#include "fuzz.h"

#include <string.h>

#define CAP 1024u

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static uint64_t memory[(CAP + CAP / 8) / 8];
	uint8_t model[CAP];
	bool present[CAP] = {false};
	struct prefix prefix;
	prefix_start(&prefix, memory, CAP);
	for (size_t at = 0; at + 4 <= len; at += 4) {
		int64_t offset = (int16_t)(octets[at] << 8 | octets[at + 1]) % 1200;
		size_t n = octets[at + 2] & 0x80 ? (octets[at + 2] & 0x7f) * 16u : octets[at + 2];
		uint8_t segment[128 * 16];
		enum prefix_met met = PREFIX_FRESH;
		for (size_t i = 0; i < n; i++) {
			segment[i] = (uint8_t)(offset + (int64_t)i + (octets[at + 3] & 3));
			int64_t to = offset + (int64_t)i;
			if (to < 0 || to >= CAP)
				continue;
			enum prefix_met one = !present[to] ? PREFIX_FRESH : model[to] == segment[i] ? PREFIX_REPEATED : PREFIX_CONTRADICTED;
			met = one > met ? one : met;
			if (!present[to])
				model[to] = segment[i];
			present[to] = true;
		}
		MUST(prefix_add(&prefix, offset, segment, n) == met);
		uint32_t have = 0;
		while (have < CAP && present[have])
			have++;
		MUST(prefix.have == have && prefix.reach <= CAP);
		MUST(memcmp(prefix.octets, model, have) == 0);
	}
	return 0;
}
