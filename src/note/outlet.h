/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTE_OUTLET_H
#define NOTE_OUTLET_H

#include "base/spsc.h"
#include "note/counters.h"
#include "note/note.h"

/* A worker's end of its ring to the publisher. */
struct note_outlet {
	struct spsc *ring;
	struct counters *counters;
	bool waits;            /* a replay: the file can wait, a wire cannot */
	struct note_lost lost; /* since the last NOTE_LOST */
};

/* The slot for the next note, its kind and time filled in; null when the ring is full: counted, and told by a NOTE_LOST once there is room. */
struct note *note_outlet_reserve(struct note_outlet *outlet, enum note_kind kind, uint64_t at_ns);

/* Hands the reserved note over. */
void note_outlet_publish(struct note_outlet *outlet);

#endif
