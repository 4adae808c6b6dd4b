/* SPDX-License-Identifier: Apache-2.0 */
/* Invariant: a worker whose seat shows generation g holds no feeds of a generation below g. */
#include "app/gate.h"

void gate_open(struct gate *gate, unsigned seats, const struct inspector_feeds *feeds)
{
	atomic_init(&gate->current, feeds);
	gate->seats = seats;
	for (unsigned i = 0; i < seats; i++)
		atomic_init(&gate->seat[i].generation, 0);
}

const struct inspector_feeds *gate_pass(struct gate *gate, unsigned seat)
{
	const struct inspector_feeds *feeds = atomic_load_explicit(&gate->current, memory_order_acquire);
	atomic_store_explicit(&gate->seat[seat].generation, feeds->generation, memory_order_release);
	return feeds;
}

void gate_leave(struct gate *gate, unsigned seat)
{
	atomic_store_explicit(&gate->seat[seat].generation, GATE_LEFT, memory_order_release);
}

void gate_swap(struct gate *gate, const struct inspector_feeds *feeds)
{
	atomic_store_explicit(&gate->current, feeds, memory_order_release);
}

bool gate_is_clear(struct gate *gate)
{
	unsigned generation = atomic_load_explicit(&gate->current, memory_order_acquire)->generation;
	for (unsigned i = 0; i < gate->seats; i++)
		if (atomic_load_explicit(&gate->seat[i].generation, memory_order_acquire) < generation)
			return false;
	return true;
}
