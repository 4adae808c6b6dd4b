/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_GATE_H
#define APP_GATE_H

#include "flow/inspect.h"

#include <stdatomic.h>

#define GATE_SEATS_MAX 256

/*
 * The gate where workers pick up a new feed set: at a batch border, by one atomic load. Whoever swaps waits until every worker has passed,
 * and then nobody holds the old set any more. The idea of quiescent-state reclamation, with a batch as the quiescent state.
 */
struct gate {
	_Atomic(const struct inspector_feeds *) current;
	unsigned seats;
	struct gate_seat {
		_Alignas(64) atomic_uint generation; /* that the worker used last; GATE_LEFT when it is gone */
	} seat[GATE_SEATS_MAX];
};

#define GATE_LEFT UINT32_MAX

/* A gate for `seats` workers, who all start with `feeds`. */
void gate_open(struct gate *gate, unsigned seats, const struct inspector_feeds *feeds);

/* Worker `seat` is between two batches: what it is to use from now on. */
const struct inspector_feeds *gate_pass(struct gate *gate, unsigned seat);

/* Worker `seat` will not pass again. */
void gate_leave(struct gate *gate, unsigned seat);

/* From the next pass on, workers use `feeds`, whose generation is above all before. */
void gate_swap(struct gate *gate, const struct inspector_feeds *feeds);

/* Do all workers use the current feeds, or none any more? */
bool gate_is_clear(struct gate *gate);

#endif
