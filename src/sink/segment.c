/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record of a segment stands for itself: its magic number finds it, its CRC proves it, its number places it. So whatever happened to the octets
 * before it, it is found; and whatever happened to its own, it is not believed.
 */
#include "sink/segment.h"

#include "sink/crc32c.h"

#include <string.h>

/* No octet of it is ASCII, and JSON and flat fields hold nothing else, so that it hardly occurs within a record. */
static const uint8_t segment_magic[4] = {0xc2, 0xb7, 0xa5, 0x9d};
static const char segment_head_magic[8] = {'c', '2', 'w', 's', 'p', 'o', 'o', 'l'};

static uint8_t *put_u16(uint8_t *to, uint64_t value)
{
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
	return to + 2;
}

static uint8_t *put_u32(uint8_t *to, uint64_t value)
{
	return put_u16(put_u16(to, value >> 16), value);
}

static uint8_t *put_u64(uint8_t *to, uint64_t value)
{
	return put_u32(put_u32(to, value >> 32), value);
}

static uint64_t rd_u64(struct c2_rd *rd)
{
	uint64_t high = c2_rd_u32(rd);
	return high << 32 | c2_rd_u32(rd);
}

void segment_put_head(const struct segment_head *head, uint8_t to[static SEGMENT_HEAD_LEN])
{
	memset(to, 0, SEGMENT_HEAD_LEN);
	memcpy(to, segment_head_magic, sizeof segment_head_magic);
	put_u32(to + 8, SEGMENT_VERSION);
	uint8_t *p = put_u64(to + 16, head->first_seq);
	p = put_u64(p, head->base.ms);
	p = put_u64(p, head->base.seq);
	memcpy(p, head->sensor, strnlen(head->sensor, SINK_SENSOR_MAX));
	put_u32(to + SEGMENT_HEAD_LEN - 4, crc32c(0, to, SEGMENT_HEAD_LEN - 4));
}

enum c2_rc segment_head(struct c2_rd in, struct segment_head *head)
{
	const uint8_t *octets = in.p;
	uint8_t magic[sizeof segment_head_magic];
	struct segment_head read = {0};
	c2_rd_copy(&in, magic, sizeof magic);
	read.version = c2_rd_u32(&in);
	c2_rd_skip(&in, 4);
	read.first_seq = rd_u64(&in);
	read.base.ms = rd_u64(&in);
	read.base.seq = rd_u64(&in);
	c2_rd_copy(&in, read.sensor, SINK_SENSOR_MAX);
	c2_rd_skip(&in, SEGMENT_HEAD_LEN - 4 - 40 - SINK_SENSOR_MAX);
	uint32_t crc = c2_rd_u32(&in);
	if (in.rc != C2_OK || memcmp(magic, segment_head_magic, sizeof magic) != 0 || crc != crc32c(0, octets, SEGMENT_HEAD_LEN - 4))
		return C2_BAD;
	*head = read;
	return C2_OK;
}

size_t segment_record_len(const struct sink_record *record)
{
	const char *fields[] = {record->ts, record->host, record->indicator, record->action, record->outcome};
	size_t len = SEGMENT_RECORD_HEAD_LEN + SEGMENT_PAYLOAD_MIN;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		size_t field_len = strlen(fields[i]);
		if (field_len > SINK_FIELD_MAX)
			return 0;
		len += field_len;
	}
	return record->json_len > SINK_JSON_MAX ? 0 : len + record->json_len;
}

static uint8_t *put_field(uint8_t *to, const char *text)
{
	size_t len = strlen(text);
	to = put_u16(to, len);
	memcpy(to, text, len + 1);
	return to + len + 1;
}

size_t segment_put_record(const struct sink_record *record, uint64_t seq, uint8_t *to)
{
	uint8_t *p = to + SEGMENT_RECORD_HEAD_LEN;
	p = put_u64(p, record->id.ms);
	p = put_u64(p, record->id.seq);
	p = put_field(p, record->ts);
	p = put_field(p, record->host);
	p = put_field(p, record->indicator);
	p = put_field(p, record->action);
	p = put_field(p, record->outcome);
	p = put_u32(p, record->json_len);
	memcpy(p, record->json, record->json_len);
	p += record->json_len;
	size_t payload_len = (size_t)(p - to) - SEGMENT_RECORD_HEAD_LEN;
	memcpy(to, segment_magic, sizeof segment_magic);
	put_u32(to + 4, payload_len);
	put_u64(to + 8, seq);
	put_u32(to + 16, crc32c(crc32c(0, to + 4, 12), to + SEGMENT_RECORD_HEAD_LEN, payload_len));
	return (size_t)(p - to);
}

/* A flat field: its NUL is part of what is read, so that the text can be used where it stands. */
static const char *rd_field(struct c2_rd *rd)
{
	size_t len = c2_rd_u16(rd);
	struct c2_rd text = c2_rd_block(rd, len + 1);
	if (text.rc != C2_OK || c2_rd_left(&text) != len + 1 || memchr(text.p, '\0', len + 1) != text.p + len) {
		c2_rd_bad(rd);
		return "";
	}
	return (const char *)text.p;
}

static enum c2_rc segment_payload(struct c2_rd in, struct sink_record *record)
{
	record->id.ms = rd_u64(&in);
	record->id.seq = rd_u64(&in);
	record->ts = rd_field(&in);
	record->host = rd_field(&in);
	record->indicator = rd_field(&in);
	record->action = rd_field(&in);
	record->outcome = rd_field(&in);
	record->json_len = c2_rd_u32(&in);
	struct c2_rd json = c2_rd_block(&in, record->json_len);
	record->json = (const char *)json.p;
	return in.rc == C2_OK && c2_rd_done(&in) ? C2_OK : C2_BAD;
}

/* Reads the record that begins where `in` stands. `in` moves on C2_OK only. `*is_whole`: it has a magic number, and all the octets that it asks for. */
static enum c2_rc segment_record(struct c2_rd *in, struct segment_item *item, bool *is_whole)
{
	struct c2_rd rd = *in;
	uint8_t magic[sizeof segment_magic];
	*is_whole = false;
	c2_rd_copy(&rd, magic, sizeof magic);
	if (rd.rc == C2_OK && memcmp(magic, segment_magic, sizeof magic) != 0)
		return C2_BAD;
	const uint8_t *checked = rd.p;
	uint32_t payload_len = c2_rd_u32(&rd);
	uint64_t seq = rd_u64(&rd);
	uint32_t crc = c2_rd_u32(&rd);
	if (rd.rc == C2_OK && (payload_len < SEGMENT_PAYLOAD_MIN || payload_len > SEGMENT_PAYLOAD_MAX))
		return C2_BAD;
	struct c2_rd payload = c2_rd_block(&rd, payload_len);
	if (rd.rc != C2_OK)
		return rd.rc;
	*is_whole = true;
	if (crc != crc32c(crc32c(0, checked, 12), payload.p, payload_len) || segment_payload(payload, &item->record) != C2_OK)
		return C2_BAD;
	item->seq = seq;
	*in = rd;
	return C2_OK;
}

/* Steps to the next place where a record may begin, one octet ahead at least. */
static void segment_resync(struct c2_rd *in)
{
	c2_rd_skip(in, 1);
	const uint8_t *found = memmem(in->p, c2_rd_left(in), segment_magic, sizeof segment_magic);
	if (found != NULL)
		in->p = found;
	else if (in->open && c2_rd_left(in) >= sizeof segment_magic)
		in->p = in->end - (sizeof segment_magic - 1); /* the end of the view may cut a magic number */
	else if (!in->open)
		in->p = in->end;
}

enum c2_rc segment_next(struct c2_rd *in, struct segment_item *item)
{
	item->is_damaged = false;
	item->rotten = 0;
	while (!c2_rd_done(in)) {
		bool is_whole;
		enum c2_rc rc = segment_record(in, item, &is_whole);
		if (rc == C2_OK || rc == C2_MORE)
			return rc;
		item->is_damaged = true;
		item->rotten += is_whole;
		segment_resync(in);
	}
	return C2_NONE;
}
