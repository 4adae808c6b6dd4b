/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRE_HPACK_H
#define WIRE_HPACK_H

#include <c2watch/rd.h>

/*
 * Header blocks of HTTP/2, as far as they tell where a request goes. RFC 7541.
 *
 * The dynamic table holds where its entries' values stand in the block, so it lasts no longer than the block's octets. What an entry takes and which one
 * had to make room need not be known: a sound block never reaches for one that is gone.
 */
#define HPACK_ENTRIES_MAX 128 /* the table of 4096 octets that every peer has, at 32 an entry or more: RFC 7541 §4.1, RFC 9113 §6.5.2 */

/* The fields that matter. */
enum hpack_name { HPACK_OTHER, HPACK_AUTHORITY, HPACK_HOST, HPACK_METHOD, HPACK_PROTOCOL };

/* A string as it stands in the block, or in the static table. */
struct hpack_text {
	const uint8_t *octets;
	size_t len;
	bool is_huffman;
};

struct hpack_field {
	enum hpack_name name;
	struct hpack_text value; /* empty for HPACK_OTHER of the static table */
};

/* A walk over a block: zeroed, then `rd` set to the block. */
struct hpack {
	struct c2_rd rd;
	struct hpack_field entries[HPACK_ENTRIES_MAX]; /* the newest is at (added - 1) % HPACK_ENTRIES_MAX */
	unsigned added;
};

/* The next field. OK; NONE after the last; MORE in an open view; BAD, also for an index that leads nowhere. RFC 7541 §6. */
enum c2_rc hpack_next(struct hpack *hpack, struct hpack_field *out);

/* Writes a string's octets to `to`. OK: `*len` of them; NONE when they are more than `cap`; BAD for no Huffman code. RFC 7541 §5.2. */
enum c2_rc hpack_text_read(const struct hpack_text *text, uint8_t *to, size_t cap, size_t *len);

#endif
