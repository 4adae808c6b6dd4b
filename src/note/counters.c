/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the counters, from their one list, and their sums. */
#include "note/counters.h"

#define COUNTER_NAME(name, unit, help) #name,

const char *const counter_names[COUNTER_COUNT] = {COUNTERS(COUNTER_NAME)};

void counters_gather(struct counters *sums, const struct counters *from)
{
	for (enum counter c = 0; c < COUNTER_COUNT; c++)
		sums->value[c] += counter_get(from, c);
	unread_gather(&sums->unread, &from->unread);
}
