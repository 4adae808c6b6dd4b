/* SPDX-License-Identifier: Apache-2.0 */
/* The pool: lending, giving back in any order, and whose slot is taken when none is left. */
#include "base/pool.h"

#include "table.h"

#include <errno.h>
#include <stdlib.h>

#define CAP 8

static void test_sizes(void **state)
{
	(void)state;
	struct pool pool;
	assert_int_equal(pool_open(&pool, 0, 8), -EINVAL);
	assert_int_equal(pool_open(&pool, POOL_NONE, 8), -EINVAL);
	assert_int_equal(pool_open(&pool, 8, 0), -EINVAL);
	assert_int_equal(pool_open(&pool, 1, 1), 0);
	pool_close(&pool);
}

static void test_slots_are_apart(void **state)
{
	(void)state;
	struct pool pool;
	uint32_t robbed;
	assert_int_equal(pool_open(&pool, CAP, 100), 0);
	for (uint32_t i = 0; i < CAP; i++)
		memset(pool_at(&pool, pool_take(&pool, i, &robbed)), (int)i + 1, 100);
	for (uint32_t i = 0; i < CAP; i++) {
		const uint8_t *slot = pool_at(&pool, i);
		for (size_t n = 1; n < 100; n++)
			assert_int_equal(slot[n], slot[0]);
		assert_int_not_equal(slot[0], 0);
	}
	pool_close(&pool);
}

/* The slot that was lent longest ago is taken; giving back in between does not disturb the order. */
static void test_oldest_is_robbed(void **state)
{
	(void)state;
	struct pool pool;
	uint32_t slots[CAP];
	uint32_t robbed;
	assert_int_equal(pool_open(&pool, CAP, 8), 0);
	for (uint32_t i = 0; i < CAP; i++) {
		slots[i] = pool_take(&pool, 100 + i, &robbed);
		assert_int_equal(robbed, POOL_NONE);
	}
	assert_int_equal(pool_take(&pool, 200, &robbed), slots[0]);
	assert_int_equal(robbed, 100);
	pool_give(&pool, slots[1]);
	assert_int_equal(pool_take(&pool, 201, &robbed), slots[1]);
	assert_int_equal(robbed, POOL_NONE);
	pool_take(&pool, 202, &robbed);
	assert_int_equal(robbed, 102);
	assert_int_equal(pool.lent, CAP);
	pool_close(&pool);
}

static void test_one_slot(void **state)
{
	(void)state;
	struct pool pool;
	uint32_t robbed;
	assert_int_equal(pool_open(&pool, 1, 8), 0);
	assert_int_equal(pool_take(&pool, 1, &robbed), 0);
	assert_int_equal(pool_take(&pool, 2, &robbed), 0);
	assert_int_equal(robbed, 1);
	pool_give(&pool, 0);
	assert_int_equal(pool.lent, 0);
	assert_int_equal(pool_take(&pool, 3, &robbed), 0);
	assert_int_equal(robbed, POOL_NONE);
	pool_close(&pool);
}

/* Random lending against a model that keeps the order in a list. */
static void test_against_model(void **state)
{
	unsigned seed = 1;
	struct pool pool;
	uint32_t order[CAP]; /* lent slots, oldest first */
	uint32_t owner[CAP];
	unsigned lent = 0;
	(void)state;
	assert_int_equal(pool_open(&pool, CAP, 8), 0);
	for (uint32_t i = 0; i < 20000; i++) {
		if (lent > 0 && rand_r(&seed) % 3 == 0) {
			unsigned which = (unsigned)rand_r(&seed) % lent;
			pool_give(&pool, order[which]);
			memmove(order + which, order + which + 1, (--lent - which) * sizeof *order);
			continue;
		}
		uint32_t robbed;
		uint32_t slot = pool_take(&pool, i, &robbed);
		if (lent == CAP) {
			assert_int_equal(slot, order[0]);
			assert_int_equal(robbed, owner[slot]);
			memmove(order, order + 1, --lent * sizeof *order);
		} else {
			assert_int_equal(robbed, POOL_NONE);
		}
		for (unsigned n = 0; n < lent; n++)
			assert_int_not_equal(order[n], slot);
		order[lent++] = slot;
		owner[slot] = i;
		assert_int_equal(pool.lent, lent);
	}
	pool_close(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_slots_are_apart),
		cmocka_unit_test(test_oldest_is_robbed),
		cmocka_unit_test(test_one_slot),
		cmocka_unit_test(test_against_model),
	};
	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
