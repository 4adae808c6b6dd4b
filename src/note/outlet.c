/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker does when the publisher is behind: on a wire it counts and goes on, in a replay it waits. */
#include "note/outlet.h"

#include <time.h>

#define WAIT_NS 50000

static struct note *outlet_slot(struct note_outlet *outlet)
{
	struct note *note = spsc_reserve(outlet->ring);
	while (note == NULL && outlet->waits) {
		nanosleep(&(struct timespec){.tv_nsec = WAIT_NS}, NULL);
		note = spsc_reserve(outlet->ring);
	}
	return note;
}

struct note *note_outlet_reserve(struct note_outlet *outlet, enum note_kind kind, uint64_t at_ns)
{
	struct note *note = outlet_slot(outlet);
	if (note != NULL && outlet->lost.n > 0) {
		note->kind = NOTE_LOST;
		note->where.at_ns = at_ns;
		note->lost = outlet->lost;
		outlet->lost.n = 0;
		spsc_publish(outlet->ring);
		note = outlet_slot(outlet);
	}
	if (note == NULL) {
		if ((kind < NOTE_SIGHTINGS || note_is_answered(kind)) && outlet->lost.n++ == 0) /* no other can become a record */
			outlet->lost.from_ns = at_ns;
		counter_add(outlet->counters, COUNTER_notes_lost, 1);
		return NULL;
	}
	note->kind = kind;
	note->where.at_ns = at_ns;
	return note;
}

void note_outlet_publish(struct note_outlet *outlet)
{
	spsc_publish(outlet->ring);
}
