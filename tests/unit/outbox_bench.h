/* SPDX-License-Identifier: Apache-2.0 */
/* An outbox between a source that is an array and a model of a server, with a clock that is a number. */
#ifndef TESTS_OUTBOX_BENCH_H
#define TESTS_OUTBOX_BENCH_H

#include "sink/outbox.h"

#include "redis_model.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>

#define MS UINT64_C(1000000)

/* Records 1 to n, record i with the id i-0; and those that were buried. */
struct array {
	uint64_t n, next, acked;
	struct sink_id acked_id;
	uint64_t kept_from;
	char json[64];
	uint64_t buried[1024];
	size_t buried_n, unburied_n;
	int bury_error;
};

static inline int array_next(void *arg, struct sink_record *record, uint64_t *seq)
{
	struct array *array = arg;
	if (array->next > array->n)
		return 0;
	*seq = array->next;
	int len = snprintf(array->json, sizeof array->json, "{\"i\":%" PRIu64 "}", array->next);
	*record = (struct sink_record){.id = {array->next++, 0},
		.ts = "t",
		.host = "",
		.indicator = "i",
		.action = "a",
		.outcome = "o",
		.json = array->json,
		.json_len = (size_t)len};
	return 1;
}

static inline void array_rewind(void *arg)
{
	struct array *array = arg;
	array->next = array->acked + 1;
}

static inline int array_seek(void *arg, struct sink_id after)
{
	struct array *array = arg;
	uint64_t first = after.ms + 1 > array->kept_from ? after.ms + 1 : array->kept_from;
	if (first <= array->acked)
		array->acked = first - 1;
	array->acked_id = after;
	array_rewind(array);
	return 0;
}

static inline void array_ack(void *arg, uint64_t seq, struct sink_id id)
{
	struct array *array = arg;
	array->acked = seq;
	array->acked_id = id;
}

static inline uint64_t array_acked(void *arg, struct sink_id *id)
{
	const struct array *array = arg;
	*id = array->acked_id;
	return array->acked;
}

static inline void array_stand_in(void *arg, struct sink_record *record, uint64_t seq)
{
	struct array *array = arg;
	assert_int_equal(record->id.ms, seq);
	assert_true(array->buried_n > 0);
	record->json_len = (size_t)snprintf(array->json, sizeof array->json, "{\"gap\":%" PRIu64 "}", seq);
}

static inline int array_bury(void *arg, const struct sink_record *record)
{
	struct array *array = arg;
	if (array->bury_error == 0)
		array->buried[array->buried_n++] = record->id.ms;
	return array->bury_error;
}

static inline void array_unbury(void *arg)
{
	struct array *array = arg;
	array->buried_n--;
	array->unburied_n++;
}

struct bench {
	struct outbox *outbox;
	struct array array;
	struct model model;
	uint64_t now_ns;
	bool is_linked;
	size_t to_server; /* octets that still get through */
	size_t to_client;
	size_t step; /* octets moved at once */
	unsigned connects;
	char redirect[64]; /* the latest, and how many there were */
	unsigned redirects;
	bool has_server; /* does somebody accept connections? */
};

static inline void bench_open(struct bench *bench, uint64_t n, struct outbox_options options)
{
	bench->array.n = n;
	bench->array.next = 1;
	bench->now_ns = 1000 * MS;
	bench->to_server = bench->to_client = SIZE_MAX;
	bench->step = SIZE_MAX;
	bench->has_server = true;
	options.sensor = "s1";
	options.user = options.user != NULL ? options.user : "";
	options.maxlen = options.maxlen != 0 ? options.maxlen : 50000;
	options.seed = options.seed != 0 ? options.seed : 1;
	options.source = (struct outbox_source){
		&bench->array, array_next, array_rewind, array_seek, array_ack, array_acked, array_stand_in, array_bury, array_unbury};
	assert_int_equal(outbox_open(&bench->outbox, &options), 0);
}

/* The same bench as new. */
static inline struct bench *bench_again(void **state)
{
	struct bench *bench = *state;
	outbox_close(bench->outbox);
	memset(bench, 0, sizeof *bench);
	return bench;
}

/* The process ends suddenly and begins anew: what it had acknowledged it knows, and that all else may have been sent. */
static inline void bench_restart(struct bench *bench, struct outbox_options options)
{
	struct array array = bench->array;
	outbox_close(bench->outbox);
	bench->is_linked = false;
	options.known_seq = array.n;
	bench_open(bench, array.n, options);
	bench->array = array;
	array_rewind(&bench->array);
}

static inline int setup(void **state)
{
	*state = calloc(1, sizeof(struct bench));
	return *state == NULL;
}

static inline int teardown(void **state)
{
	struct bench *bench = *state;
	outbox_close(bench->outbox);
	free(bench);
	return 0;
}

static inline void lose(struct bench *bench, const char *why)
{
	bench->is_linked = false;
	outbox_lost(bench->outbox, why, bench->now_ns);
}

static inline size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Moves octets both ways until nothing moves. A budget that is used up breaks the connection. 0 or what the outbox said. */
static inline int move(struct bench *bench)
{
	for (;;) {
		size_t len;
		const char *octets = outbox_output(bench->outbox, &len);
		size_t n = least(least(len, bench->step), bench->to_server);
		if (len > 0 && bench->to_server == 0)
			return -ECONNRESET;
		model_feed(&bench->model, octets, n);
		outbox_sent(bench->outbox, n, bench->now_ns);
		bench->to_server -= n;
		size_t back = least(least(bench->model.out_len, bench->step), bench->to_client);
		if (bench->model.out_len > 0 && bench->to_client == 0)
			return -ECONNRESET;
		bench->to_client -= back;
		int rc = back > 0 ? outbox_feed(bench->outbox, bench->model.out, back, bench->now_ns) : 0;
		bench->model.out_len -= back;
		memmove(bench->model.out, bench->model.out + back, bench->model.out_len);
		if (rc == 0 && bench->model.is_closed && bench->model.out_len == 0)
			return -ECONNRESET;
		if (rc != 0 || (n == 0 && back == 0))
			return rc;
	}
}

static inline void turn(struct bench *bench)
{
	int rc = bench->is_linked ? move(bench) : 0;
	if (rc == 0)
		rc = outbox_tick(bench->outbox, bench->now_ns);
	if (rc == 0 && outbox_state(bench->outbox) == OUTBOX_CONNECTING) {
		if (!bench->has_server) {
			lose(bench, "cannot connect: Connection refused");
			return;
		}
		model_connect(&bench->model);
		bench->is_linked = true;
		bench->connects++;
		rc = outbox_connected(bench->outbox, bench->now_ns);
	}
	if (rc == 0 && bench->is_linked)
		rc = move(bench);
	if (rc == -ECONNABORTED && outbox_redirect(bench->outbox)[0] != '\0') {
		bench->redirects++;
		snprintf(bench->redirect, sizeof bench->redirect, "%s", outbox_redirect(bench->outbox));
	}
	if (rc != 0)
		lose(bench, rc == -ECONNABORTED ? NULL : "the connection was closed");
}

/* Turns, 10 ms apart, until everything is acknowledged, or `ms` are over. */
static inline void run_for(struct bench *bench, uint64_t ms)
{
	for (uint64_t end_ns = bench->now_ns + ms * MS; bench->now_ns < end_ns; bench->now_ns += 10 * MS) {
		turn(bench);
		if (bench->array.acked == bench->array.n)
			return;
	}
}

static inline void expect_all_once(const struct bench *bench)
{
	assert_int_equal(bench->array.acked, bench->array.n);
	assert_int_equal(bench->model.n, bench->array.n);
	for (size_t i = 0; i < bench->model.n; i++)
		assert_int_equal(bench->model.ids[i], i + 1);
	struct outbox_stats stats;
	outbox_stats(bench->outbox, &stats);
	assert_int_equal(stats.refused, 0);
}

static inline struct outbox_stats stats_of(const struct bench *bench)
{
	struct outbox_stats stats;
	outbox_stats(bench->outbox, &stats);
	return stats;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
