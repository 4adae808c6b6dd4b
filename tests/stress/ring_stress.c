/* SPDX-License-Identifier: Apache-2.0 */
/* The ring between two threads: a million notes, all of them, in order and whole. `ring_stress [COUNT]`. Under ThreadSanitizer by tests/stress/tsan.t. */
#include "base/spsc.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#define SLOTS 64
#define WORDS 8

static struct spsc ring;
static uint64_t count = 1000000;
static uint64_t full; /* times that the producer found no room */

static void *produce(void *arg)
{
	(void)arg;
	for (uint64_t i = 0; i < count;) {
		uint64_t *slot = spsc_reserve(&ring);
		if (slot == NULL) {
			full++;
			sched_yield();
			continue;
		}
		for (unsigned n = 0; n < WORDS; n++)
			slot[n] = i * (n + 1);
		spsc_publish(&ring);
		i++;
	}
	return NULL;
}

/* Takes all of them. Returns how many were not what was due. */
static uint64_t consume(void)
{
	uint64_t wrong = 0;
	for (uint64_t i = 0; i < count;) {
		const uint64_t *slot = spsc_peek(&ring);
		if (slot == NULL) {
			sched_yield();
			continue;
		}
		for (unsigned n = 0; n < WORDS; n++)
			wrong += slot[n] != i * (n + 1);
		spsc_release(&ring);
		i++;
	}
	return wrong;
}

int main(int argc, char **argv)
{
	pthread_t producer;
	if (argc > 1)
		count = strtoull(argv[1], NULL, 10);
	if (spsc_open(&ring, SLOTS, WORDS * sizeof(uint64_t)) < 0 || pthread_create(&producer, NULL, produce, NULL) != 0)
		return 99;
	uint64_t wrong = consume();
	pthread_join(producer, NULL);
	printf("# the ring was full %llu times\n", (unsigned long long)full);
	printf("%s 1 - %llu notes in order and whole\n", wrong == 0 ? "ok" : "not ok", (unsigned long long)count);
	printf("%s 2 - and none more\n1..2\n", spsc_peek(&ring) == NULL ? "ok" : "not ok");
	bool is_good = wrong == 0 && spsc_peek(&ring) == NULL;
	spsc_close(&ring);
	return is_good ? 0 : 1;
}
