/* SPDX-License-Identifier: Apache-2.0 */
/* The ring from one thread: order, full, empty, and indices that wrap. Two threads are tests/stress/ring_stress.c's. */
#include "base/spsc.h"

#include "table.h"

#include <errno.h>

static void put(struct spsc *ring, uint64_t value)
{
	uint64_t *slot = spsc_reserve(ring);
	assert_non_null(slot);
	*slot = value;
	spsc_publish(ring);
}

static uint64_t take(struct spsc *ring)
{
	const uint64_t *slot = spsc_peek(ring);
	assert_non_null(slot);
	uint64_t value = *slot;
	spsc_release(ring);
	return value;
}

static void test_sizes(void **state)
{
	(void)state;
	struct spsc ring;
	assert_int_equal(spsc_open(&ring, 0, 8), -EINVAL);
	assert_int_equal(spsc_open(&ring, 3, 8), -EINVAL);
	assert_int_equal(spsc_open(&ring, 6, 8), -EINVAL);
	assert_int_equal(spsc_open(&ring, 4, 0), -EINVAL);
	assert_int_equal(spsc_open(&ring, (size_t)1 << 60, 64), -ENOMEM);
	assert_int_equal(spsc_open(&ring, 1, 1), 0);
	spsc_close(&ring);
}

static void test_order(void **state)
{
	(void)state;
	struct spsc ring;
	assert_int_equal(spsc_open(&ring, 4, sizeof(uint64_t)), 0);
	assert_null(spsc_peek(&ring));
	put(&ring, 1);
	put(&ring, 2);
	assert_int_equal(take(&ring), 1);
	put(&ring, 3);
	assert_int_equal(take(&ring), 2);
	assert_int_equal(take(&ring), 3);
	assert_null(spsc_peek(&ring));
	spsc_close(&ring);
}

static void test_full(void **state)
{
	(void)state;
	struct spsc ring;
	assert_int_equal(spsc_open(&ring, 4, sizeof(uint64_t)), 0);
	for (uint64_t i = 0; i < 4; i++)
		put(&ring, i);
	assert_null(spsc_reserve(&ring));
	assert_null(spsc_reserve(&ring));
	assert_int_equal(take(&ring), 0);
	put(&ring, 4);
	assert_null(spsc_reserve(&ring));
	for (uint64_t i = 1; i < 5; i++)
		assert_int_equal(take(&ring), i);
	spsc_close(&ring);
}

static void test_reserve_is_no_publish(void **state)
{
	(void)state;
	struct spsc ring;
	assert_int_equal(spsc_open(&ring, 2, sizeof(uint64_t)), 0);
	void *slot = spsc_reserve(&ring);
	assert_ptr_equal(spsc_reserve(&ring), slot);
	assert_null(spsc_peek(&ring));
	spsc_close(&ring);
}

static void test_peek_is_no_release(void **state)
{
	(void)state;
	struct spsc ring;
	assert_int_equal(spsc_open(&ring, 1, sizeof(uint64_t)), 0);
	put(&ring, 9);
	const void *slot = spsc_peek(&ring);
	assert_ptr_equal(spsc_peek(&ring), slot);
	assert_null(spsc_reserve(&ring));
	assert_int_equal(take(&ring), 9);
	assert_non_null(spsc_reserve(&ring));
	spsc_close(&ring);
}

static void test_slots_are_apart(void **state)
{
	(void)state;
	struct spsc ring;
	assert_int_equal(spsc_open(&ring, 2, 65), 0);
	uint8_t *first = spsc_reserve(&ring);
	spsc_publish(&ring);
	uint8_t *second = spsc_reserve(&ring);
	assert_true(second - first >= 65);
	assert_int_equal((uintptr_t)second % 64, 0);
	spsc_close(&ring);
}

/* The indices count up for ever: across the end of their type as well. */
static void test_indices_wrap(void **state)
{
	(void)state;
	struct spsc ring;
	assert_int_equal(spsc_open(&ring, 4, sizeof(uint64_t)), 0);
	atomic_store(&ring.head, SIZE_MAX - 1);
	atomic_store(&ring.tail, SIZE_MAX - 1);
	ring.tail_seen = ring.head_seen = SIZE_MAX - 1;
	for (uint64_t round = 0; round < 3; round++) {
		for (uint64_t i = 0; i < 4; i++)
			put(&ring, round * 4 + i);
		assert_null(spsc_reserve(&ring));
		for (uint64_t i = 0; i < 4; i++)
			assert_int_equal(take(&ring), round * 4 + i);
		assert_null(spsc_peek(&ring));
	}
	spsc_close(&ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_reserve_is_no_publish),
		cmocka_unit_test(test_peek_is_no_release),
		cmocka_unit_test(test_slots_are_apart),
		cmocka_unit_test(test_indices_wrap),
	};
	return cmocka_run_group_tests_name("spsc", tests, NULL, NULL);
}
