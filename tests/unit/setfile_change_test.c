/* SPDX-License-Identifier: Apache-2.0 */
/* A compiled set whose file changes while it is in use: flipped octets mislead an answer, never lead astray (which ASAN would see); a cut file is an empty set. */
#include "base/mapping.h"
#include "feed/feedset.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define NAMES 3000

static char folder[] = "/tmp/setfile_change_test.XXXXXX";
static char text_path[64], set_path[64];

/* The set in use, and its file under the hands of somebody else. */
struct ground {
	struct feedset *set;
	uint8_t *octets;
	size_t len;
};

static void text_write(void)
{
	FILE *file = fopen(text_path, "w");
	assert_non_null(file);
	fputs("# feed: changing\n# provider: somebody\n", file);
	for (unsigned i = 0; i < NAMES; i++)
		fprintf(file, "%sn%06x.d%u.%s\n", i % 7 == 0 ? "*." : "", i, i % 11, i % 3 == 0 ? "example.org" : "co.uk");
	assert_int_equal(fclose(file), 0);
}

static int load(const char *path, struct feedset **set)
{
	const struct feed_source source = {.path = path};
	return feedset_load(&source, 1, NULL, NULL, set);
}

static void ground_open(struct ground *ground)
{
	struct feedset *made;
	struct stat status;
	assert_int_equal(load(text_path, &made), 0);
	assert_int_equal(feedset_write(made, set_path), 0);
	feedset_free(made);
	assert_int_equal(load(set_path, &ground->set), 0);
	int fd = open(set_path, O_RDWR | O_CLOEXEC);
	assert_int_equal(fstat(fd, &status), 0);
	ground->len = (size_t)status.st_size;
	ground->octets = mmap(NULL, ground->len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(ground->octets, MAP_FAILED);
	close(fd);
}

static void ground_close(struct ground *ground)
{
	munmap(ground->octets, ground->len);
	feedset_free(ground->set);
}

/* Every octet of a text is looked at. */
static size_t weigh(const char *text)
{
	return text != NULL ? strlen(text) : 0;
}

static size_t describe(const struct feedset *set, uint32_t entry)
{
	struct indicator indicator;
	size_t sum = 0;
	for (unsigned which = 0; which < 3 && feedset_describe(set, entry, 1, which, &indicator); which++)
		sum += weigh(indicator.name) + weigh(indicator.feed) + weigh(indicator.file) + weigh(indicator.provider) +
		       weigh(indicator.description) + weigh(indicator.expires) + weigh(indicator.tlp) + weigh(indicator.confidence);
	return sum;
}

/* Asks the set for what it can be asked for. Returns how many names are found. */
static unsigned ask(const struct feedset *set, unsigned from, unsigned n)
{
	unsigned found = 0;
	for (unsigned i = from; i < from + n; i++) {
		struct c2_name name;
		struct c2_verdict verdict;
		uint32_t entries[FEEDSET_COVER_MAX];
		char text[64];
		int len = snprintf(text, sizeof text, "www.n%06x.d%u.%s", i % NAMES, i % NAMES % 11, i % NAMES % 3 == 0 ? "example.org" : "co.uk");
		assert_int_equal(c2_name_from_text(text, (size_t)len, &name), C2_OK);
		if (c2_domset_find(feedset_domset(set), &name, &verdict) == C2_OK) {
			describe(set, verdict.indicator);
			found += feedset_find(set, &name, 1, &verdict) == C2_OK;
		}
		for (unsigned k = feedset_cover(set, &name, entries); k > 0; k--)
			describe(set, entries[k - 1]);
		describe(set, i % NAMES);
	}
	const char *feed;
	size_t claims;
	for (size_t i = 0; feedset_source(set, i, &feed, &claims); i++)
		weigh(feed);
	return found;
}

static void unchanged_set_answers(void **state)
{
	(void)state;
	struct ground ground;
	ground_open(&ground);
	assert_int_equal(ask(ground.set, 0, NAMES), NAMES);
	assert_false(feedset_is_cut(ground.set));
	ground_close(&ground);
}

static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void flipped_octets_do_not_lead_astray(void **state)
{
	(void)state;
	struct ground ground;
	uint64_t seed = 88172645463325252u;
	ground_open(&ground);
	for (unsigned i = 0; i < 4000; i++) {
		size_t at = random_next(&seed) % ground.len;
		ground.octets[at] ^= (uint8_t)(1 + random_next(&seed) % 255);
		if (i % 8 == 0) /* the numbers in front are the likeliest to */
			ground.octets[random_next(&seed) % 400] ^= (uint8_t)random_next(&seed);
		ask(ground.set, i, 10);
	}
	ground_close(&ground);
}

static void octets_of_one_kind_do_not_lead_astray(void **state)
{
	(void)state;
	static const uint8_t kinds[] = {0xff, 0x00, 0x01, 0x7f, 0x80, 'a'};
	for (size_t i = 0; i < sizeof kinds; i++) {
		struct ground ground;
		ground_open(&ground);
		memset(ground.octets, kinds[i], ground.len);
		ask(ground.set, 0, NAMES);
		ground_close(&ground);
	}
}

/* Facts that complete one another without an end would take all of a thread's stack. */
static void chains_of_facts_end(void **state)
{
	(void)state;
	struct ground ground;
	ground_open(&ground);
	for (size_t at = 0; at + 5 < ground.len; at++) {
		uint32_t before = (uint32_t)at;
		memcpy(ground.octets + at, &before, sizeof before);
	}
	ask(ground.set, 0, NAMES);
	ground_close(&ground);
}

struct flipper {
	struct ground *ground;
	atomic_bool is_over;
};

static void *flipper_run(void *arg)
{
	struct flipper *flipper = arg;
	uint64_t seed = 362436069;
	while (!atomic_load(&flipper->is_over)) {
		size_t at = random_next(&seed) % flipper->ground->len;
		volatile uint8_t *octet = flipper->ground->octets + at;
		uint8_t was = *octet;
		*octet = (uint8_t)random_next(&seed);
		*octet = was;
	}
	return NULL;
}

static uint64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void changes_during_lookups_and_loads(void **state)
{
	(void)state;
	struct ground ground;
	struct flipper flipper = {.ground = &ground};
	pthread_t thread;
	ground_open(&ground);
	assert_int_equal(pthread_create(&thread, NULL, flipper_run, &flipper), 0);
	uint64_t end_ms = now_ms() + 500;
	for (unsigned i = 0; now_ms() < end_ms; i += 100) {
		struct feedset *other;
		ask(ground.set, i, 100);
		int rc = load(set_path, &other);
		assert_true(rc == 0 || rc == -EINVAL);
		if (rc == 0)
			feedset_free(other);
	}
	atomic_store(&flipper.is_over, true);
	pthread_join(thread, NULL);
	ground_close(&ground);
}

static void cut_file_is_an_empty_set(void **state)
{
	(void)state;
	static const off_t lengths[] = {0, 4096, 8192};
	mapping_guard(); /* cmocka has a handler of its own */
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct ground ground;
		ground_open(&ground);
		assert_int_equal(truncate(set_path, lengths[i]), 0);
		ask(ground.set, 0, NAMES);
		assert_true(feedset_is_cut(ground.set));
		assert_int_equal(ask(ground.set, 0, NAMES), 0);
		assert_int_equal(strlen(feedset_hash(ground.set)), 16);
		ground_close(&ground);
	}
}

static void many_sets_come_and_go(void **state)
{
	(void)state;
	struct ground ground;
	ground_open(&ground);
	for (unsigned i = 0; i < 100; i++) {
		struct feedset *other;
		assert_int_equal(load(set_path, &other), 0);
		assert_false(feedset_is_cut(other));
		feedset_free(other);
	}
	ground_close(&ground);
}

static int grounds_prepare(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(text_path, sizeof text_path, "%s/names", folder);
	snprintf(set_path, sizeof set_path, "%s/set", folder);
	text_write();
	return 0;
}

static int grounds_clear(void **state)
{
	(void)state;
	unlink(text_path);
	unlink(set_path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unchanged_set_answers),
		cmocka_unit_test(flipped_octets_do_not_lead_astray),
		cmocka_unit_test(octets_of_one_kind_do_not_lead_astray),
		cmocka_unit_test(chains_of_facts_end),
		cmocka_unit_test(changes_during_lookups_and_loads),
		cmocka_unit_test(cut_file_is_an_empty_set),
		cmocka_unit_test(many_sets_come_and_go),
	};
	return cmocka_run_group_tests(tests, grounds_prepare, grounds_clear);
}
