/* SPDX-License-Identifier: Apache-2.0 */
/* The gate from one thread: who sees which feeds, and when the old ones are nobody's. Threads are tests/stress/gate_stress.c's. */
#include "app/gate.h"

#include "table.h"

static const struct inspector_feeds first = {.generation = 1};
static const struct inspector_feeds second = {.generation = 2};
static const struct inspector_feeds third = {.generation = 3};

static void test_nobody_has_passed(void **state)
{
	(void)state;
	static struct gate gate;
	gate_open(&gate, 2, &first);
	assert_false(gate_is_clear(&gate));
	assert_ptr_equal(gate_pass(&gate, 0), &first);
	assert_false(gate_is_clear(&gate));
	assert_ptr_equal(gate_pass(&gate, 1), &first);
	assert_true(gate_is_clear(&gate));
}

static void test_swap_waits_for_all(void **state)
{
	(void)state;
	static struct gate gate;
	gate_open(&gate, 3, &first);
	for (unsigned seat = 0; seat < 3; seat++)
		gate_pass(&gate, seat);
	gate_swap(&gate, &second);
	for (unsigned seat = 0; seat < 3; seat++) {
		assert_false(gate_is_clear(&gate));
		assert_ptr_equal(gate_pass(&gate, seat), &second);
	}
	assert_true(gate_is_clear(&gate));
}

static void test_a_worker_that_left_is_not_waited_for(void **state)
{
	(void)state;
	static struct gate gate;
	gate_open(&gate, 2, &first);
	gate_pass(&gate, 0);
	gate_leave(&gate, 1);
	assert_true(gate_is_clear(&gate));
	gate_swap(&gate, &second);
	assert_false(gate_is_clear(&gate));
	gate_pass(&gate, 0);
	assert_true(gate_is_clear(&gate));
}

static void test_two_swaps_at_once(void **state)
{
	(void)state;
	static struct gate gate;
	gate_open(&gate, 2, &first);
	gate_pass(&gate, 0);
	gate_pass(&gate, 1);
	gate_swap(&gate, &second);
	gate_pass(&gate, 0);
	gate_swap(&gate, &third);
	gate_pass(&gate, 1);
	assert_false(gate_is_clear(&gate)); /* the first worker still has the second set */
	gate_pass(&gate, 0);
	assert_true(gate_is_clear(&gate));
}

static void test_passing_twice(void **state)
{
	(void)state;
	static struct gate gate;
	gate_open(&gate, 1, &first);
	gate_pass(&gate, 0);
	assert_ptr_equal(gate_pass(&gate, 0), &first);
	assert_true(gate_is_clear(&gate));
}

static void test_no_seats(void **state)
{
	(void)state;
	static struct gate gate;
	gate_open(&gate, 0, &first);
	gate_swap(&gate, &second);
	assert_true(gate_is_clear(&gate));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody_has_passed),
		cmocka_unit_test(test_swap_waits_for_all),
		cmocka_unit_test(test_a_worker_that_left_is_not_waited_for),
		cmocka_unit_test(test_two_swaps_at_once),
		cmocka_unit_test(test_passing_twice),
		cmocka_unit_test(test_no_seats),
	};
	return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
