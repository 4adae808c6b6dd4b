/* SPDX-License-Identifier: Apache-2.0 */
/* The octets of a segment, and the law of every decoder: a prefix is never an error and never a record that is not there. */
#include "sink/crc32c.h"
#include "sink/segment.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* RFC 3720 appendix B.4, and the check value of the catalogue of CRCs. */
static void crc32c_is_the_one_of_the_rfc(void **state)
{
	(void)state;
	uint8_t octets[32];
	memset(octets, 0, sizeof octets);
	assert_int_equal(crc32c(0, octets, 32), 0x8a9136aa);
	memset(octets, 0xff, sizeof octets);
	assert_int_equal(crc32c(0, octets, 32), 0x62a8ab43);
	for (uint8_t i = 0; i < 32; i++)
		octets[i] = i;
	assert_int_equal(crc32c(0, octets, 32), 0x46dd794e);
	for (size_t cut = 0; cut <= 32; cut++)
		assert_int_equal(crc32c(crc32c(0, octets, cut), octets + cut, 32 - cut), 0x46dd794e);
	assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(crc32c(0, "", 0), 0);
}

static const struct sink_record records[] = {
	{{1, 0}, "2026-11-20T00:00:00Z", "host", "bad.example", "c2-dns-query", "asked", "{\"a\":1}", 7},
	{{1, 1}, "", "", "", "", "", "", 0},
	{{UINT64_MAX, UINT64_MAX}, "t", "h", "i", "a", "o", "{\"b\":\"\\u0000\"}", 14},
};
#define RECORDS (sizeof records / sizeof *records)

static size_t put_all(uint8_t *to)
{
	size_t len = 0;
	for (size_t i = 0; i < RECORDS; i++) {
		size_t n = segment_put_record(&records[i], i + 1, to + len);
		assert_int_equal(n, segment_record_len(&records[i]));
		len += n;
	}
	return len;
}

static void expect_record(const struct segment_item *item, size_t i)
{
	assert_int_equal(item->seq, i + 1);
	assert_int_equal(sink_id_compare(item->record.id, records[i].id), 0);
	assert_string_equal(item->record.ts, records[i].ts);
	assert_string_equal(item->record.host, records[i].host);
	assert_string_equal(item->record.indicator, records[i].indicator);
	assert_string_equal(item->record.action, records[i].action);
	assert_string_equal(item->record.outcome, records[i].outcome);
	assert_int_equal(item->record.json_len, records[i].json_len);
	assert_memory_equal(item->record.json, records[i].json, records[i].json_len);
}

static void reads_what_it_wrote(void **state)
{
	(void)state;
	uint8_t octets[1024];
	size_t len = put_all(octets);
	struct c2_rd in = c2_rd_closed(octets, len);
	struct segment_item item;
	for (size_t i = 0; i < RECORDS; i++) {
		assert_int_equal(segment_next(&in, &item), C2_OK);
		expect_record(&item, i);
		assert_false(item.is_damaged);
	}
	assert_int_equal(segment_next(&in, &item), C2_NONE);
	assert_false(item.is_damaged);
}

static void a_prefix_is_waited_for_when_open_and_damage_when_closed(void **state)
{
	(void)state;
	uint8_t octets[1024];
	size_t len = put_all(octets);
	for (size_t cut = 0; cut <= len; cut++) {
		uint8_t *copy = malloc(cut + 1);
		memcpy(copy, octets, cut);
		struct c2_rd open = c2_rd_open(copy, cut), closed = c2_rd_closed(copy, cut);
		struct segment_item item;
		size_t whole = 0, at = 0;
		for (; whole < RECORDS && at + segment_record_len(&records[whole]) <= cut; whole++) {
			at += segment_record_len(&records[whole]);
			assert_int_equal(segment_next(&open, &item), C2_OK);
			expect_record(&item, whole);
			assert_int_equal(segment_next(&closed, &item), C2_OK);
		}
		assert_int_equal(segment_next(&open, &item), C2_MORE);
		assert_false(item.is_damaged);
		assert_ptr_equal(open.p, copy + at);
		assert_int_equal(segment_next(&closed, &item), C2_NONE);
		assert_int_equal(item.is_damaged, cut > at);
		free(copy);
	}
}

/* Octets in front of a record, among them a magic number with nothing behind it. */
static void finds_the_next_record_behind_anything(void **state)
{
	(void)state;
	static const struct {
		const char *octets;
		size_t len;
	} junk[] = {{"x", 1}, {"\xc2", 1}, {"\xc2\xb7\xa5", 3}, {"\xc2\xb7\xa5\x9d", 4}, {"\xc2\xb7\xa5\x9d\0\0\0\x40", 8},
		{"\xc2\xb7\xa5\x9d\xff\xff\xff\xff", 8}, {"\xc2\xb7\xa5\x9d\0\0\0\0", 8}, {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24}};
	for (size_t i = 0; i < sizeof junk / sizeof *junk; i++) {
		uint8_t octets[1100];
		memcpy(octets, junk[i].octets, junk[i].len);
		size_t len = junk[i].len + put_all(octets + junk[i].len);
		struct c2_rd in = c2_rd_closed(octets, len);
		struct segment_item item;
		assert_int_equal(segment_next(&in, &item), C2_OK);
		expect_record(&item, 0);
		assert_true(item.is_damaged);
		assert_int_equal(segment_next(&in, &item), C2_OK);
		assert_false(item.is_damaged);
	}
}

static void a_head_comes_back_or_is_refused(void **state)
{
	(void)state;
	struct segment_head head = {.first_seq = 77, .base = {5, 6}, .sensor = "sensor-1"}, read;
	uint8_t octets[SEGMENT_HEAD_LEN];
	segment_put_head(&head, octets);
	assert_int_equal(segment_head(c2_rd_closed(octets, sizeof octets), &read), C2_OK);
	assert_int_equal(read.version, SEGMENT_VERSION);
	assert_int_equal(read.first_seq, 77);
	assert_int_equal(read.base.ms, 5);
	assert_int_equal(read.base.seq, 6);
	assert_string_equal(read.sensor, "sensor-1");
	for (size_t len = 0; len < sizeof octets; len++)
		assert_int_equal(segment_head(c2_rd_closed(octets, len), &read), C2_BAD);
	for (size_t bit = 0; bit < 8 * sizeof octets; bit++) {
		octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(segment_head(c2_rd_closed(octets, sizeof octets), &read), C2_BAD);
		octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	memset(head.sensor, 's', SINK_SENSOR_MAX);
	segment_put_head(&head, octets);
	assert_int_equal(segment_head(c2_rd_closed(octets, sizeof octets), &read), C2_OK);
	assert_string_equal(read.sensor, head.sensor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crc32c_is_the_one_of_the_rfc),
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(a_prefix_is_waited_for_when_open_and_damage_when_closed),
		cmocka_unit_test(finds_the_next_record_behind_anything),
		cmocka_unit_test(a_head_comes_back_or_is_refused),
	};
	return cmocka_run_group_tests_name("segment", tests, NULL, NULL);
}
