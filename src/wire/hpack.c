/* SPDX-License-Identifier: Apache-2.0 */
/* HPACK: fields by index, by name, and in full; integers and strings. RFC 7541 §5, §6, appendices A and B. */
#include "wire/hpack.h"

#define INTEGER_SHIFT_MAX 21 /* five octets in all: more than any block has */
#define STATIC_ENTRIES 61

/* Octets by the length of their code, and by value among those of one length: the code is a canonical one. */
static const uint8_t huffman_octets[256] = {48, 49, 50, 97, 99, 101, 105, 111, 115, 116, 32, 37, 45, 46, 47, 51, 52, 53, 54, 55, 56, 57, 61, 65, 95,
	98, 100, 102, 103, 104, 108, 109, 110, 112, 114, 117, 58, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86,
	87, 89, 106, 107, 113, 118, 119, 120, 121, 122, 38, 42, 44, 59, 88, 90, 33, 34, 40, 41, 63, 39, 43, 124, 35, 62, 0, 36, 64, 91, 93, 126, 94,
	125, 60, 96, 123, 92, 195, 208, 128, 130, 131, 162, 184, 194, 224, 226, 153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230, 129,
	132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232, 233, 1, 135, 137, 138,
	139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182, 183, 188, 191, 197, 231, 239, 9, 142, 144, 145,
	148, 159, 171, 206, 215, 225, 236, 237, 199, 207, 234, 235, 192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255, 203,
	204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19,
	20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249, 10, 13, 22};

#define HUFFMAN_BITS_MAX 30

/* The codes of one length; they begin where those of the length before end. */
static const struct huffman_class {
	uint8_t bits;
	uint8_t at;   /* its first octet in huffman_octets */
	uint32_t end; /* one past its last code, in HUFFMAN_BITS_MAX bits */
} huffman_classes[] = {
	{5, 0, 0x14000000}, {6, 10, 0x2e000000}, {7, 36, 0x3e000000}, {8, 68, 0x3f800000}, {10, 74, 0x3fd00000}, {11, 79, 0x3fe80000},
	{12, 82, 0x3ff00000}, {13, 84, 0x3ffc0000}, {14, 90, 0x3ffe0000}, {15, 92, 0x3fff8000}, {19, 95, 0x3fff9800}, {20, 98, 0x3fffb800},
	{21, 106, 0x3fffd200}, {22, 119, 0x3fffec00}, {23, 145, 0x3ffffa80}, {24, 174, 0x3ffffd80}, {25, 186, 0x3ffffe00}, {26, 190, 0x3ffffef0},
	{27, 205, 0x3fffff88}, {28, 224, 0x3ffffffc}, {30, 253, 0x3fffffff}, /* the last code of all marks the end, and is none of a string's */
};

/* The octet whose code `bits` begin with, left-aligned in HUFFMAN_BITS_MAX; its length in bits, 0 for the mark of the end. */
static unsigned huffman_octet(uint32_t bits, uint8_t *octet)
{
	uint32_t begin = 0;
	for (size_t i = 0; i < sizeof huffman_classes / sizeof huffman_classes[0]; i++) {
		const struct huffman_class *class = &huffman_classes[i];
		if (bits < class->end) {
			*octet = huffman_octets[class->at + ((bits - begin) >> (HUFFMAN_BITS_MAX - class->bits))];
			return class->bits;
		}
		begin = class->end;
	}
	return 0;
}

static enum c2_rc huffman_read(const struct hpack_text *text, uint8_t *to, size_t cap, size_t *len)
{
	struct c2_rd rd = c2_rd_closed(text->octets, text->len);
	uint64_t window = 0; /* left-aligned, zero behind */
	unsigned have = 0;   /* bits of it */
	*len = 0;
	for (;;) {
		for (; have <= 56 && !c2_rd_done(&rd); have += 8)
			window |= (uint64_t)c2_rd_u8(&rd) << (56 - have);
		uint8_t octet;
		unsigned bits = huffman_octet((uint32_t)(window >> (64 - HUFFMAN_BITS_MAX)), &octet);
		if (bits == 0)
			return C2_BAD;
		if (bits > have) /* the rest fills up the last octet, with ones */
			return have < 8 && (have == 0 || ~window >> (64 - have) == 0) ? C2_OK : C2_BAD;
		if (*len == cap)
			return C2_NONE;
		to[(*len)++] = octet;
		window <<= bits;
		have -= bits;
	}
}

enum c2_rc hpack_text_read(const struct hpack_text *text, uint8_t *to, size_t cap, size_t *len)
{
	if (text->is_huffman)
		return huffman_read(text, to, cap, len);
	if (text->len > cap)
		return C2_NONE;
	*len = text->len;
	if (*len > 0)
		memcpy(to, text->octets, *len);
	return C2_OK;
}

/* An integer of which the `bits` lowest bits of `first` are the beginning. RFC 7541 §5.1. */
static uint32_t read_integer(struct c2_rd *rd, uint8_t first, unsigned bits)
{
	uint32_t most = (1u << bits) - 1;
	uint32_t value = first & most;
	if (value < most)
		return value;
	for (unsigned shift = 0; shift <= INTEGER_SHIFT_MAX; shift += 7) {
		uint8_t octet = c2_rd_u8(rd);
		value += (uint32_t)(octet & 0x7f) << shift;
		if ((octet & 0x80) == 0)
			return value;
	}
	c2_rd_bad(rd);
	return 0;
}

static void read_string(struct c2_rd *rd, struct hpack_text *out)
{
	uint8_t first = c2_rd_u8(rd);
	struct c2_rd string = c2_rd_block(rd, read_integer(rd, first, 7));
	*out = (struct hpack_text){.octets = string.p, .len = c2_rd_left(&string), .is_huffman = (first & 0x80) != 0};
}

static enum hpack_name name_of(const struct hpack_text *text)
{
	static const struct {
		const char *word;
		enum hpack_name name;
	} known[] = {{":authority", HPACK_AUTHORITY}, {"host", HPACK_HOST}, {":method", HPACK_METHOD}, {":protocol", HPACK_PROTOCOL}};
	uint8_t octets[sizeof ":authority"];
	size_t len;
	if (hpack_text_read(text, octets, sizeof octets, &len) != C2_OK)
		return HPACK_OTHER;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (len == strlen(known[i].word) && memcmp(octets, known[i].word, len) == 0)
			return known[i].name;
	return HPACK_OTHER;
}

/* The field at `index`: RFC 7541 §2.3.3, appendix A. */
static void read_indexed(struct hpack *hpack, uint32_t index, struct hpack_field *out)
{
	static const struct hpack_field authority = {.name = HPACK_AUTHORITY}, host = {.name = HPACK_HOST}, other = {.name = HPACK_OTHER};
	static const struct hpack_field get = {.name = HPACK_METHOD, .value = {.octets = (const uint8_t *)"GET", .len = 3}};
	static const struct hpack_field post = {.name = HPACK_METHOD, .value = {.octets = (const uint8_t *)"POST", .len = 4}};
	uint32_t age = index - STATIC_ENTRIES; /* 1 for the newest entry */
	*out = other;
	if (index == 0 || (index > STATIC_ENTRIES && (age > hpack->added || age > HPACK_ENTRIES_MAX)))
		c2_rd_bad(&hpack->rd);
	else if (index > STATIC_ENTRIES)
		*out = hpack->entries[(hpack->added - age) % HPACK_ENTRIES_MAX];
	else if (index <= 3)
		*out = index == 1 ? authority : index == 2 ? get : post;
	else if (index == 38)
		*out = host;
}

/* A field with its value in full, its name by index or in full; `bits` of `first` are the index. RFC 7541 §6.2. */
static void read_literal(struct hpack *hpack, uint8_t first, unsigned bits, struct hpack_field *out)
{
	struct hpack_text name;
	uint32_t index = read_integer(&hpack->rd, first, bits);
	if (index != 0) {
		read_indexed(hpack, index, out);
	} else {
		read_string(&hpack->rd, &name);
		out->name = hpack->rd.rc == C2_OK ? name_of(&name) : HPACK_OTHER;
	}
	read_string(&hpack->rd, &out->value);
}

enum c2_rc hpack_next(struct hpack *hpack, struct hpack_field *out)
{
	while (!c2_rd_done(&hpack->rd)) {
		uint8_t first = c2_rd_u8(&hpack->rd);
		if ((first & 0x80) != 0) {
			read_indexed(hpack, read_integer(&hpack->rd, first, 7), out);
			return (enum c2_rc)hpack->rd.rc;
		}
		if ((first & 0xe0) == 0x20) { /* another size of the table */
			read_integer(&hpack->rd, first, 5);
			continue;
		}
		bool is_kept = (first & 0x40) != 0;
		read_literal(hpack, first, is_kept ? 6 : 4, out);
		if (is_kept && hpack->rd.rc == C2_OK)
			hpack->entries[hpack->added++ % HPACK_ENTRIES_MAX] = *out;
		return (enum c2_rc)hpack->rd.rc;
	}
	return hpack->rd.rc == C2_OK ? C2_NONE : (enum c2_rc)hpack->rd.rc;
}
