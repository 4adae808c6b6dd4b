/* SPDX-License-Identifier: Apache-2.0 */
/* Where a sender's records come from, and go when no server takes them. */
#include "sink/supply.h"

#include "spool_ground.h"

static struct supply supply;

static void bury(const struct outbox_source *source)
{
	const struct sink_record record = {.id = {1, 0}, .json = "{}", .json_len = 2};
	assert_int_equal(source->bury(source->arg, &record), 0);
}

static void set_len(const struct ground *ground, off_t len)
{
	char path[192];
	snprintf(path, sizeof path, "%s/s1/redis.dead", ground->dir);
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, len), 0);
	close(fd);
}

/* What is taken back was neither kept nor lost. */
static void an_unkept_dead_letter_is_taken_back_once(void **state)
{
	struct spool *spool = open_plain(*state);
	supply = (struct supply){0};
	assert_int_equal(supply_open(&supply, spool, "redis", &(struct supply_gap){0}), 0);
	const struct outbox_source source = supply_source(&supply);
	set_len(*state, (off_t)DEADLETTER_LEN_MAX + 1); /* a hole */
	bury(&source);
	bury(&source);
	assert_int_equal(supply.unkept, 2);
	source.unbury(source.arg);
	assert_int_equal(supply.unkept, 1);
	source.unbury(source.arg); /* only the latest can be */
	assert_int_equal(supply.unkept, 1);
	set_len(*state, 0);
	bury(&source);
	source.unbury(source.arg);
	assert_int_equal(supply.unkept, 1);
	supply_close(&supply);
	spool_close(spool);
}

int main(void)
{
	log_open("supply", LOG_QUIET);
	const struct CMUnitTest tests[] = {
		CASE(an_unkept_dead_letter_is_taken_back_once),
	};
	return cmocka_run_group_tests_name("supply", tests, NULL, NULL);
}
