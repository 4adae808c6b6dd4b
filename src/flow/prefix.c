/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The prefix assembler. A bit an octet, rather than a list of ranges: its cost does not depend on how a stranger cuts his stream.
 *
 * Invariant: an octet's bit is set once it is written, and no octet is written twice; `have` is the first offset whose bit is not set.
 */
#include "flow/prefix.h"

#include <string.h>

void prefix_start(struct prefix *prefix, void *memory, uint32_t cap)
{
	prefix->present = memory;
	prefix->octets = (uint8_t *)memory + cap / 8;
	prefix->cap = cap;
	prefix->have = 0;
	prefix->reach = 0;
	memset(prefix->present, 0, cap / 8);
}

/* Writes the octets of [at, at+n), all in one word of bits, that are not there yet. */
static enum prefix_met prefix_add_word(struct prefix *prefix, uint32_t at, const uint8_t *octets, uint32_t n)
{
	uint64_t *word = &prefix->present[at / 64];
	uint64_t span = (n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1) << at % 64;
	uint64_t known = *word & span;
	uint8_t *to = prefix->octets + at;
	*word |= span;
	if (known == 0) {
		memcpy(to, octets, n);
		return PREFIX_FRESH;
	}
	enum prefix_met met = PREFIX_REPEATED;
	for (uint32_t i = 0; i < n; i++) {
		if ((known >> (at + i) % 64 & 1) == 0)
			to[i] = octets[i];
		else if (to[i] != octets[i])
			met = PREFIX_CONTRADICTED;
	}
	return met;
}

static void prefix_advance(struct prefix *prefix)
{
	uint32_t have = prefix->have;
	while (have < prefix->cap) {
		uint64_t missing = ~prefix->present[have / 64] >> have % 64;
		if (missing != 0) {
			have += (uint32_t)__builtin_ctzll(missing);
			break;
		}
		have = (have | 63) + 1;
	}
	prefix->have = have < prefix->cap ? have : prefix->cap;
}

enum prefix_met prefix_add(struct prefix *prefix, int64_t offset, const uint8_t *octets, size_t len)
{
	if (offset < 0) {
		if (len <= (uint64_t)-offset)
			return PREFIX_FRESH;
		octets += -offset;
		len -= (size_t)-offset;
		offset = 0;
	}
	if (len == 0 || offset >= prefix->cap)
		return PREFIX_FRESH;
	uint32_t at = (uint32_t)offset;
	uint32_t left = len < prefix->cap - at ? (uint32_t)len : prefix->cap - at;
	enum prefix_met met = PREFIX_FRESH;
	while (left > 0) {
		uint32_t n = 64 - at % 64;
		if (n > left)
			n = left;
		enum prefix_met word = prefix_add_word(prefix, at, octets, n);
		if (word > met)
			met = word;
		at += n;
		octets += n;
		left -= n;
	}
	if (at > prefix->reach)
		prefix->reach = at;
	prefix_advance(prefix);
	return met;
}

void prefix_drop(struct prefix *prefix, uint32_t n)
{
	uint32_t words = prefix->cap / 64;
	uint32_t whole = n / 64;
	uint32_t bits = n % 64;
	if (n == 0)
		return;
	memmove(prefix->octets, prefix->octets + n, prefix->reach - n);
	for (uint32_t i = 0; i < words; i++) {
		uint64_t low = i + whole < words ? prefix->present[i + whole] : 0;
		uint64_t high = i + whole + 1 < words ? prefix->present[i + whole + 1] : 0;
		prefix->present[i] = bits == 0 ? low : low >> bits | high << (64 - bits);
	}
	prefix->reach -= n;
	prefix->have = prefix->have > n ? prefix->have - n : 0;
	prefix_advance(prefix);
}

void prefix_move(struct prefix *to, const struct prefix *from)
{
	memcpy(to->octets, from->octets, from->reach);
	memcpy(to->present, from->present, from->cap / 8);
	to->have = from->have;
	to->reach = from->reach;
}
