/* SPDX-License-Identifier: Apache-2.0 */
/* The prefix assembler, by hand at its borders and against a naive model: any cut, any order, repetitions, contradictions. */
#include "flow/prefix.h"

#include "table.h"

#include <stdio.h>
#include <stdlib.h>

#define CAP 4096u
#define CAP_LARGE 65536u

struct bench {
	struct prefix prefix;
	void *memory;
};

static void bench_open(struct bench *bench, uint32_t cap)
{
	bench->memory = malloc(prefix_memory(cap));
	memset(bench->memory, 0xa5, prefix_memory(cap));
	prefix_start(&bench->prefix, bench->memory, cap);
}

static void bench_close(struct bench *bench)
{
	free(bench->memory);
}

static uint8_t octet_at(int64_t offset)
{
	return (uint8_t)((uint64_t)offset * 167 + 13 + ((uint64_t)offset >> 8));
}

/* A script of segments of a stream whose octets are known: offset and length each; what `have` is after each. */
struct script_row {
	const char *name;
	struct {
		int64_t offset;
		size_t len;
		uint32_t have;
		enum prefix_met met;
	} step[6];
};

static const struct script_row scripts[] = {
	{"in order", {{0, 10, 10, PREFIX_FRESH}, {10, 10, 20, PREFIX_FRESH}, {20, 1, 21, PREFIX_FRESH}}},
	{"out of order", {{10, 10, 0, PREFIX_FRESH}, {0, 10, 20, PREFIX_FRESH}}},
	{"a gap filled last", {{0, 5, 5, PREFIX_FRESH}, {6, 5, 5, PREFIX_FRESH}, {5, 1, 11, PREFIX_FRESH}}},
	{"the same again", {{0, 10, 10, PREFIX_FRESH}, {0, 10, 10, PREFIX_REPEATED}}},
	{"overlap to the right", {{0, 10, 10, PREFIX_FRESH}, {5, 10, 15, PREFIX_REPEATED}}},
	{"overlap to the left", {{5, 10, 0, PREFIX_FRESH}, {0, 10, 15, PREFIX_REPEATED}}},
	{"overlap around", {{5, 5, 0, PREFIX_FRESH}, {0, 20, 20, PREFIX_REPEATED}}},
	{"overlap inside", {{0, 20, 20, PREFIX_FRESH}, {5, 5, 20, PREFIX_REPEATED}}},
	{"begins before the head", {{-5, 10, 5, PREFIX_FRESH}}},
	{"ends before the head", {{-10, 10, 0, PREFIX_FRESH}}},
	{"ends just before the head", {{-10, 9, 0, PREFIX_FRESH}}},
	{"far before the head", {{INT64_MIN + 1, 9, 0, PREFIX_FRESH}}},
	{"no octets", {{0, 0, 0, PREFIX_FRESH}, {7, 0, 0, PREFIX_FRESH}}},
	{"a word", {{0, 64, 64, PREFIX_FRESH}, {64, 64, 128, PREFIX_FRESH}}},
	{"across a word's border", {{63, 2, 0, PREFIX_FRESH}, {0, 63, 65, PREFIX_FRESH}}},
	{"the last octet of a word", {{63, 1, 0, PREFIX_FRESH}, {0, 63, 64, PREFIX_FRESH}}},
	{"all at once", {{0, CAP, CAP, PREFIX_FRESH}}},
	{"beyond the memory", {{0, CAP + 100, CAP, PREFIX_FRESH}}},
	{"begins beyond the memory", {{CAP, 10, 0, PREFIX_FRESH}, {INT64_MAX - 20, 10, 0, PREFIX_FRESH}}},
	{"the last octet first", {{CAP - 1, 1, 0, PREFIX_FRESH}, {0, CAP - 1, CAP, PREFIX_FRESH}}},
};

static void test_script(void **state)
{
	const struct script_row *row = *state;
	struct bench bench;
	bench_open(&bench, CAP);
	for (size_t i = 0; i < sizeof row->step / sizeof row->step[0] && (i == 0 || row->step[i].len > 0 || row->step[i].offset > 0); i++) {
		size_t len = row->step[i].len;
		uint8_t *octets = malloc(len + 1);
		for (size_t n = 0; n < len; n++)
			octets[n] = octet_at(row->step[i].offset + (int64_t)n);
		assert_int_equal(prefix_add(&bench.prefix, row->step[i].offset, octets, len), row->step[i].met);
		assert_int_equal(bench.prefix.have, row->step[i].have);
		free(octets);
	}
	for (uint32_t at = 0; at < bench.prefix.have; at++)
		assert_int_equal(bench.prefix.octets[at], octet_at(at));
	bench_close(&bench);
}

/* The first copy of an octet stands. */
static void test_first_copy_stands(void **state)
{
	(void)state;
	struct bench bench;
	bench_open(&bench, CAP);
	assert_int_equal(prefix_add(&bench.prefix, 2, (const uint8_t *)"CD", 2), PREFIX_FRESH);
	assert_int_equal(prefix_add(&bench.prefix, 0, (const uint8_t *)"abcd", 4), PREFIX_CONTRADICTED);
	assert_int_equal(prefix_add(&bench.prefix, 0, (const uint8_t *)"abCDef", 6), PREFIX_REPEATED);
	assert_memory_equal(bench.prefix.octets, "abCDef", 6);
	bench_close(&bench);
}

/* A contradiction in one word is told though later words agree. */
static void test_contradiction_is_told(void **state)
{
	(void)state;
	struct bench bench;
	uint8_t octets[200] = {0};
	bench_open(&bench, CAP);
	prefix_add(&bench.prefix, 0, octets, sizeof octets);
	octets[3] = 1;
	assert_int_equal(prefix_add(&bench.prefix, 0, octets, sizeof octets), PREFIX_CONTRADICTED);
	assert_int_equal(bench.prefix.octets[3], 0);
	bench_close(&bench);
}

static void test_move(void **state)
{
	(void)state;
	struct bench from;
	struct bench to;
	uint8_t octets[CAP];
	for (uint32_t i = 0; i < CAP; i++)
		octets[i] = octet_at(i);
	bench_open(&from, CAP);
	bench_open(&to, CAP_LARGE);
	prefix_add(&from.prefix, 0, octets, 100);
	prefix_add(&from.prefix, 4000, octets + 4000, 96);
	prefix_move(&to.prefix, &from.prefix);
	assert_int_equal(to.prefix.have, 100);
	assert_int_equal(to.prefix.reach, 4096);
	prefix_add(&to.prefix, 100, octets + 100, 3900);
	assert_int_equal(to.prefix.have, CAP);
	assert_memory_equal(to.prefix.octets, octets, CAP);
	bench_close(&from);
	bench_close(&to);
}

/* The model: an octet and whether it is there. */
struct model {
	uint8_t octets[CAP];
	bool present[CAP];
};

static enum prefix_met model_add(struct model *model, int64_t offset, const uint8_t *octets, size_t len)
{
	enum prefix_met met = PREFIX_FRESH;
	for (size_t i = 0; i < len; i++) {
		int64_t at = offset + (int64_t)i;
		if (at < 0 || at >= CAP)
			continue;
		if (!model->present[at]) {
			model->present[at] = true;
			model->octets[at] = octets[i];
			continue;
		}
		enum prefix_met one = model->octets[at] == octets[i] ? PREFIX_REPEATED : PREFIX_CONTRADICTED;
		met = one > met ? one : met;
	}
	return met;
}

/* Random segments of any length anywhere, a tenth of them contradicting, till the head is full or patience ends. */
static void test_against_model(void **state)
{
	unsigned seed = (unsigned)(uintptr_t)*state;
	static struct model model;
	uint8_t octets[CAP];
	for (unsigned round = 0; round < 40; round++) {
		struct bench bench;
		size_t longest = round % 4 == 0 ? 3 : round % 4 == 1 ? 64 : round % 4 == 2 ? 200 : CAP;
		bench_open(&bench, CAP);
		memset(&model, 0, sizeof model);
		for (unsigned step = 0; step < 300 && bench.prefix.have < CAP; step++) {
			int64_t offset = (int64_t)(rand_r(&seed) % (CAP + 300)) - 150;
			size_t len = (size_t)rand_r(&seed) % longest;
			if (step % 2 == 0)
				offset = bench.prefix.have - (int64_t)(step % 7);
			unsigned lie = rand_r(&seed) % 10 == 0;
			for (size_t i = 0; i < len; i++)
				octets[i] = (uint8_t)(octet_at(offset + (int64_t)i) + lie);
			assert_int_equal(prefix_add(&bench.prefix, offset, octets, len), model_add(&model, offset, octets, len));
			uint32_t have = 0;
			while (have < CAP && model.present[have])
				have++;
			assert_int_equal(bench.prefix.have, have);
		}
		assert_memory_equal(bench.prefix.octets, model.octets, bench.prefix.have);
		bench_close(&bench);
	}
}

int main(void)
{
	static struct tests tests;
	static char names[20][40];
	TESTS_ROWS(&tests, scripts, test_script);
	tests_add(&tests, "the first copy stands", test_first_copy_stands, NULL);
	tests_add(&tests, "a contradiction in an early word is told", test_contradiction_is_told, NULL);
	tests_add(&tests, "moved into a larger one", test_move, NULL);
	for (uintptr_t seed = 0; seed < 20; seed++) {
		snprintf(names[seed], sizeof names[seed], "against the model, seed %u", (unsigned)seed);
		tests_add(&tests, names[seed], test_against_model, (void *)seed);
	}
	return tests_run(&tests, "prefix");
}
