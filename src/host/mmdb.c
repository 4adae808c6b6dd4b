/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A look at MaxMind DB values before libmaxminddb sees them. Its version 1.7.1 steps over nested maps and arrays by recursion without a limit, so a
 * crafted file overflows the stack (mended in 1.13.0); this walk has a limit on both depth and number, and is bounded by the one reader. It also
 * computes the size of the search tree in 32 bits, so that a file can claim nodes far beyond its end.
 *
 * Source: MaxMind DB File Format Specification 2.0.
 */
#include "host/mmdb.h"

#include <c2watch/rd.h>

#include <string.h>

/* A city with all its languages takes about 150 values, three deep and each behind a pointer. */
#define MMDB_VALUES_MAX 2048
#define MMDB_DEPTH_MAX 16

#define MMDB_MARKER "\xab\xcd\xefMaxMind.com"

enum mmdb_type {
	MMDB_EXTENDED = 0,
	MMDB_POINTER = 1,
	MMDB_TEXT = 2,
	MMDB_UINT16 = 5,
	MMDB_UINT32 = 6,
	MMDB_MAP = 7,
	MMDB_ARRAY = 11,
	MMDB_BOOLEAN = 14,
};

struct mmdb_walk {
	const uint8_t *section;
	size_t len;
	unsigned values; /* seen so far */
};

static bool value_is_sane(struct mmdb_walk *walk, struct c2_rd *rd, unsigned depth);

/* Where the pointer goes whose first octet was `control`: "Pointers". */
static size_t pointer_offset(struct c2_rd *rd, uint8_t control)
{
	size_t high = control & 7;
	switch (control >> 3 & 3) {
	case 0:
		return high << 8 | c2_rd_u8(rd);
	case 1:
		return (high << 16 | c2_rd_u16(rd)) + 2048;
	case 2:
		return (high << 24 | c2_rd_u24(rd)) + 526336;
	default:
		return c2_rd_u32(rd);
	}
}

static bool pointer_is_sane(struct mmdb_walk *walk, struct c2_rd *rd, uint8_t control, unsigned depth)
{
	size_t offset = pointer_offset(rd, control);
	if (rd->rc != C2_OK || offset >= walk->len || walk->section[offset] >> 5 == MMDB_POINTER)
		return false; /* a pointer to a pointer is against the specification */
	struct c2_rd target = c2_rd_closed(walk->section + offset, walk->len - offset);
	return value_is_sane(walk, &target, depth + 1);
}

/* "Payload Size". */
static size_t payload_size(struct c2_rd *rd, uint8_t control)
{
	size_t size = control & 0x1f;
	switch (size) {
	case 29:
		return 29 + (size_t)c2_rd_u8(rd);
	case 30:
		return 285 + (size_t)c2_rd_u16(rd);
	case 31:
		return 65821 + (size_t)c2_rd_u24(rd);
	default:
		return size;
	}
}

static bool value_is_sane(struct mmdb_walk *walk, struct c2_rd *rd, unsigned depth)
{
	if (depth > MMDB_DEPTH_MAX || ++walk->values > MMDB_VALUES_MAX)
		return false;
	uint8_t control = c2_rd_u8(rd);
	unsigned type = control >> 5;
	if (type == MMDB_POINTER)
		return pointer_is_sane(walk, rd, control, depth);
	if (type == MMDB_EXTENDED)
		type = 7U + c2_rd_u8(rd);
	size_t size = payload_size(rd, control);
	switch (type) {
	case MMDB_MAP:
	case MMDB_ARRAY:
		for (size_t i = 0; i < (type == MMDB_MAP ? 2 * size : size); i++)
			if (!value_is_sane(walk, rd, depth + 1))
				return false;
		break;
	case MMDB_BOOLEAN: /* its size is its value */
		break;
	default:
		c2_rd_skip(rd, size);
	}
	return rd->rc == C2_OK;
}

bool mmdb_is_sane(const uint8_t *section, size_t len, size_t offset)
{
	if (offset >= len)
		return false;
	struct mmdb_walk walk = {.section = section, .len = len};
	struct c2_rd rd = c2_rd_closed(section + offset, len - offset);
	return value_is_sane(&walk, &rd, 0);
}

/* The unsigned number (16 or 32 bits) of `key` in the metadata, a map whose keys stand in place; 0 when there is none. */
static uint32_t metadata_number(const uint8_t *metadata, size_t len, const char *key)
{
	struct mmdb_walk walk = {.section = metadata, .len = len};
	struct c2_rd rd = c2_rd_closed(metadata, len);
	uint8_t control = c2_rd_u8(&rd);
	size_t pairs = control >> 5 == MMDB_MAP ? payload_size(&rd, control) : 0;
	for (; pairs > 0 && rd.rc == C2_OK; pairs--) {
		control = c2_rd_u8(&rd);
		if (control >> 5 != MMDB_TEXT)
			return 0;
		struct c2_rd name = c2_rd_block(&rd, payload_size(&rd, control));
		if (c2_rd_left(&name) != strlen(key) || memcmp(name.p, key, strlen(key)) != 0) {
			if (!value_is_sane(&walk, &rd, 1))
				return 0;
			continue;
		}
		control = c2_rd_u8(&rd);
		unsigned type = control >> 5, size = control & 0x1f;
		uint32_t number = 0;
		if ((type != MMDB_UINT16 && type != MMDB_UINT32) || size > 4)
			return 0;
		for (; size > 0; size--)
			number = number << 8 | c2_rd_u8(&rd);
		return rd.rc == C2_OK ? number : 0;
	}
	return 0;
}

/* Where the metadata begins: behind the last marker. Null: there is none. */
static const uint8_t *metadata_start(const uint8_t *tail, size_t len)
{
	size_t marker_len = sizeof MMDB_MARKER - 1;
	for (size_t at = len; at >= marker_len; at--)
		if (memcmp(tail + at - marker_len, MMDB_MARKER, marker_len) == 0)
			return tail + at;
	return NULL;
}

bool mmdb_may_open(const uint8_t *tail, size_t len, uint64_t file_len, const char **why)
{
	const uint8_t *metadata = metadata_start(tail, len);
	if (metadata == NULL) {
		*why = "not a MaxMind DB file";
		return false;
	}
	size_t metadata_len = len - (size_t)(metadata - tail);
	*why = "its metadata is broken";
	if (!mmdb_is_sane(metadata, metadata_len, 0))
		return false;
	uint64_t nodes = metadata_number(metadata, metadata_len, "node_count");
	uint64_t record_bits = metadata_number(metadata, metadata_len, "record_size");
	if (nodes == 0 || (record_bits != 24 && record_bits != 28 && record_bits != 32))
		return false;
	*why = "its search tree is larger than the file";
	return nodes * record_bits / 4 <= file_len; /* a node is two records */
}
