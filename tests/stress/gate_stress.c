/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate between threads: workers pass and look at what they were given, main swaps it a thousand times and frees the old set once the gate is clear.
 * A freed set is poisoned first, so that whoever still looks at it is found without a sanitizer as well. Under ThreadSanitizer by tests/stress/tsan.t.
 */
#include "app/gate.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#define WORKERS 3
#define SWAPS 1000
#define POISON UINT32_MAX

/* A set of feeds, and what a worker must find in it. */
struct set {
	struct inspector_feeds feeds;
	uint32_t content; /* its generation, till it is freed */
};

static struct gate gate;
static atomic_bool is_over;
static atomic_ullong passes;
static atomic_uint wrong;

static struct set *set_new(uint32_t generation)
{
	struct set *set = calloc(1, sizeof *set);
	if (set == NULL)
		abort();
	set->feeds.generation = generation;
	set->content = generation;
	return set;
}

static void set_free(struct set *set)
{
	set->content = POISON;
	free(set);
}

static void *work(void *arg)
{
	unsigned seat = (unsigned)(uintptr_t)arg;
	uint32_t latest = 0;
	unsigned long long passed = 0;
	while (!atomic_load_explicit(&is_over, memory_order_relaxed)) {
		const struct set *set = (const struct set *)gate_pass(&gate, seat);
		for (unsigned frame = 0; frame < 50; frame++)
			if (set->content != set->feeds.generation || set->content < latest)
				atomic_fetch_add(&wrong, 1);
		latest = set->content;
		passed++;
	}
	gate_leave(&gate, seat);
	atomic_fetch_add(&passes, passed);
	return NULL;
}

int main(void)
{
	pthread_t workers[WORKERS];
	struct set *current = set_new(1);
	gate_open(&gate, WORKERS, &current->feeds);
	for (uintptr_t i = 0; i < WORKERS; i++)
		if (pthread_create(&workers[i], NULL, work, (void *)i) != 0)
			return 99;
	for (uint32_t generation = 2; generation <= SWAPS + 1; generation++) {
		struct set *next = set_new(generation);
		gate_swap(&gate, &next->feeds);
		while (!gate_is_clear(&gate))
			sched_yield();
		set_free(current);
		current = next;
	}
	atomic_store(&is_over, true);
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(workers[i], NULL);
	bool is_clear = gate_is_clear(&gate);
	set_free(current);
	printf("# %llu batches\n", (unsigned long long)atomic_load(&passes));
	printf("%s 1 - %d swaps: nobody sees a freed set, or an older one again\n", wrong == 0 ? "ok" : "not ok", SWAPS);
	printf("%s 2 - the gate is clear when all have left\n1..2\n", is_clear ? "ok" : "not ok");
	return wrong == 0 && is_clear ? 0 : 1;
}
