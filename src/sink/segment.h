/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_SEGMENT_H
#define SINK_SEGMENT_H

#include "sink/sink.h"

#include <c2watch/rd.h>

/*
 * The octets of a segment, one file of the spool. Pure. All numbers are big-endian.
 *
 *   head    "c2wspool" | version u32 | 0 u32 | first seq u64 | base id u64 u64 | sensor, 64 octets, zero-filled | 0 ... | crc32c of all before u32
 *   record  magic u32 | payload length u32 | seq u64 | crc32c of length, seq and payload u32 | payload
 *   payload id u64 u64 | five flat fields, each length u16, text, NUL | length u32, JSON
 */

#define SEGMENT_VERSION 1
#define SEGMENT_HEAD_LEN 128
#define SEGMENT_RECORD_HEAD_LEN 20
#define SEGMENT_PAYLOAD_MIN (16 + 5 * 3 + 4)
#define SEGMENT_PAYLOAD_MAX (SEGMENT_PAYLOAD_MIN + 5 * SINK_FIELD_MAX + SINK_JSON_MAX)
#define SEGMENT_RECORD_MAX (SEGMENT_RECORD_HEAD_LEN + SEGMENT_PAYLOAD_MAX)

struct segment_head {
	uint32_t version;
	uint64_t first_seq;  /* the number of the first record */
	struct sink_id base; /* the newest id before the first record */
	char sensor[SINK_SENSOR_MAX + 1];
};

/* Writes a head of the present version to `to`. */
void segment_put_head(const struct segment_head *head, uint8_t to[static SEGMENT_HEAD_LEN]);

/* Reads a head. C2_OK; C2_BAD, `head` untouched, when it is not one. */
enum c2_rc segment_head(struct c2_rd in, struct segment_head *head);

/* Octets that `record` takes in a segment, or 0 when one of its parts is over its maximum. */
size_t segment_record_len(const struct sink_record *record);

/* Writes `record` under number `seq` to `to`, which has room for segment_record_len(). Returns that. */
size_t segment_put_record(const struct sink_record *record, uint64_t seq, uint8_t *to);

struct segment_item {
	uint64_t seq;
	struct sink_record record; /* its text is in the octets that were read */
	bool is_damaged;           /* octets before it were stepped over because they are no record */
	uint32_t rotten;           /* places among these that begin like a whole record */
};

/*
 * Reads the next record of `in`, stepping over what is none: after damage it looks for the next magic number. C2_OK: `item` is filled and `in` stands
 * behind it. C2_NONE: nothing more. C2_MORE (an open view only): `in` stands where reading has to go on when there is more. `item->is_damaged` and
 * `item->rotten` hold for each result. Cost: one CRC over each record; after damage up to one more per magic number found.
 */
enum c2_rc segment_next(struct c2_rd *in, struct segment_item *item);

#endif
