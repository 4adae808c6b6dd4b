/* SPDX-License-Identifier: Apache-2.0 */
/* The bounded reader: values, the one place where bounds are checked, and what an overrun means in an open and in a closed view. */
#include "octets.h"
#include "table.h"

#include <c2watch/rd.h>

static const uint8_t counting[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};

/* Reads of each width: the value, and what a view one octet too short gives. */
struct width_row {
	const char *name;
	unsigned width;
	uint32_t value;
};

static const struct width_row widths[] = {
	{"u8", 1, 0x01},
	{"u16 is big-endian", 2, 0x0102},
	{"u24 is big-endian", 3, 0x010203},
	{"u32 is big-endian", 4, 0x01020304},
};

static uint32_t read_width(struct c2_rd *rd, unsigned width)
{
	switch (width) {
	case 1:
		return c2_rd_u8(rd);
	case 2:
		return c2_rd_u16(rd);
	case 3:
		return c2_rd_u24(rd);
	default:
		return c2_rd_u32(rd);
	}
}

static void test_width(void **state)
{
	const struct width_row *row = *state;
	struct c2_rd rd = c2_rd_closed(counting, row->width);
	assert_int_equal(read_width(&rd, row->width), row->value);
	assert_int_equal(rd.rc, C2_OK);
	assert_true(c2_rd_done(&rd));
	for (unsigned have = 0; have < row->width; have++) {
		struct c2_rd closed = c2_rd_closed(counting, have);
		struct c2_rd open = c2_rd_open(counting, have);
		assert_int_equal(read_width(&closed, row->width), 0);
		assert_int_equal(closed.rc, C2_BAD);
		assert_int_equal(read_width(&open, row->width), 0);
		assert_int_equal(open.rc, C2_MORE);
		assert_int_equal(c2_rd_left(&open), 0);
	}
}

static void test_first_error_stays(void **state)
{
	(void)state;
	struct c2_rd rd = c2_rd_open(counting, 1);
	c2_rd_u16(&rd);
	c2_rd_bad(&rd);
	assert_int_equal(rd.rc, C2_MORE);
	rd = c2_rd_open(counting, 4);
	c2_rd_bad(&rd);
	assert_int_equal(c2_rd_u8(&rd), 0);
	assert_int_equal(rd.rc, C2_BAD);
}

static void test_done(void **state)
{
	(void)state;
	struct c2_rd closed = c2_rd_closed(counting, 0);
	struct c2_rd open = c2_rd_open(counting, 0);
	assert_true(c2_rd_done(&closed));
	assert_false(c2_rd_done(&open));
	c2_rd_u8(&open);
	assert_true(c2_rd_done(&open));
}

static void test_skip(void **state)
{
	(void)state;
	struct c2_rd rd = c2_rd_closed(counting, 4);
	c2_rd_skip(&rd, 3);
	assert_int_equal(c2_rd_u8(&rd), 4);
	c2_rd_skip(&rd, 0);
	assert_int_equal(rd.rc, C2_OK);
	c2_rd_skip(&rd, SIZE_MAX);
	assert_int_equal(rd.rc, C2_BAD);
}

static void test_copy(void **state)
{
	(void)state;
	uint8_t to[4] = {9, 9, 9, 9};
	struct c2_rd rd = c2_rd_open(counting, 5);
	c2_rd_copy(&rd, to, 4);
	assert_memory_equal(to, counting, 4);
	c2_rd_copy(&rd, to, 2);
	assert_int_equal(rd.rc, C2_MORE);
	assert_memory_equal(to, "\0\0\3\4", 4);
}

/* Blocks: whose end fits, whose end lies past a closed or an open view, and those asked of a view that has failed. */
static void test_block_that_fits_is_closed(void **state)
{
	(void)state;
	struct c2_rd rd = c2_rd_open(counting, 8);
	struct c2_rd child = c2_rd_block(&rd, 3);
	assert_false(child.open);
	assert_int_equal(c2_rd_left(&child), 3);
	assert_int_equal(c2_rd_u8(&rd), 4);
	c2_rd_u32(&child);
	assert_int_equal(child.rc, C2_BAD);
	assert_int_equal(rd.rc, C2_OK);
}

static void test_block_past_an_open_end_is_open(void **state)
{
	(void)state;
	struct c2_rd rd = c2_rd_open(counting, 4);
	struct c2_rd child = c2_rd_block(&rd, 5);
	assert_true(child.open);
	assert_int_equal(child.rc, C2_OK);
	assert_int_equal(c2_rd_u32(&child), 0x01020304);
	assert_int_equal(rd.rc, C2_MORE);
	c2_rd_u8(&child);
	assert_int_equal(child.rc, C2_MORE);
}

static void test_block_past_a_closed_end_is_bad(void **state)
{
	(void)state;
	struct c2_rd rd = c2_rd_closed(counting, 4);
	struct c2_rd child = c2_rd_block(&rd, 5);
	assert_int_equal(rd.rc, C2_BAD);
	assert_int_equal(child.rc, C2_BAD);
	assert_int_equal(c2_rd_left(&child), 0);
}

static void test_block_of_a_failed_view_has_failed(void **state)
{
	(void)state;
	struct c2_rd rd = c2_rd_open(counting, 1);
	struct c2_rd child = c2_rd_block16(&rd);
	assert_int_equal(rd.rc, C2_MORE);
	assert_int_equal(child.rc, C2_MORE);
	assert_true(c2_rd_done(&child));
}

static void test_block_of_none(void **state)
{
	(void)state;
	struct c2_rd rd = c2_rd_open(counting, 0);
	struct c2_rd child = c2_rd_block(&rd, 0);
	assert_int_equal(child.rc, C2_OK);
	assert_true(c2_rd_done(&child));
	assert_int_equal(rd.rc, C2_OK);
}

static void test_blocks_in_blocks(void **state)
{
	(void)state;
	struct octets octets = octets_from("<1 aa <2 bbcc> > <3 dd> ee");
	struct c2_rd rd = c2_rd_closed(octets.at, octets.len);
	struct c2_rd outer = c2_rd_block8(&rd);
	assert_int_equal(c2_rd_u8(&outer), 0xaa);
	struct c2_rd inner = c2_rd_block16(&outer);
	assert_int_equal(c2_rd_u16(&inner), 0xbbcc);
	assert_true(c2_rd_done(&inner) && c2_rd_done(&outer));
	struct c2_rd wide = c2_rd_block24(&rd);
	assert_int_equal(c2_rd_u8(&wide), 0xdd);
	assert_int_equal(c2_rd_u8(&rd), 0xee);
	assert_true(c2_rd_done(&rd));
	octets_free(&octets);
}

/* A block inside an open block: closed when it fits into what is at hand, though its parent is not. */
static void test_open_block_has_closed_children(void **state)
{
	(void)state;
	struct octets octets = octets_from("000a <1 aabb> 05 cc");
	struct c2_rd rd = c2_rd_open(octets.at, octets.len);
	struct c2_rd parent = c2_rd_block16(&rd);
	assert_true(parent.open);
	struct c2_rd child = c2_rd_block8(&parent);
	assert_false(child.open);
	child = c2_rd_block8(&parent);
	assert_true(child.open);
	assert_int_equal(c2_rd_left(&child), 1);
	octets_free(&octets);
}

int main(void)
{
	static struct tests tests;
	TESTS_ROWS(&tests, widths, test_width);
	tests_add(&tests, "the first error stays", test_first_error_stays, NULL);
	tests_add(&tests, "the end of an open view is not its end", test_done, NULL);
	tests_add(&tests, "skip", test_skip, NULL);
	tests_add(&tests, "copy, and zeroes on an overrun", test_copy, NULL);
	tests_add(&tests, "a block that fits is closed", test_block_that_fits_is_closed, NULL);
	tests_add(&tests, "a block past an open end is open", test_block_past_an_open_end_is_open, NULL);
	tests_add(&tests, "a block past a closed end is bad", test_block_past_a_closed_end_is_bad, NULL);
	tests_add(&tests, "a block of a failed view has failed", test_block_of_a_failed_view_has_failed, NULL);
	tests_add(&tests, "a block of no octets", test_block_of_none, NULL);
	tests_add(&tests, "blocks in blocks", test_blocks_in_blocks, NULL);
	tests_add(&tests, "an open block has closed children", test_open_block_has_closed_children, NULL);
	return tests_run(&tests, "rd");
}
