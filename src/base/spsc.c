/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Invariant: tail <= head <= tail + slots, both counting up for ever; slot i lives at i & mask. The producer alone moves head, with
 * release, after the slot is written; the consumer alone moves tail, with release, after the slot is read.
 */
#include "base/spsc.h"

#include <errno.h>
#include <stdlib.h>

int spsc_open(struct spsc *ring, size_t slots, size_t slot_len)
{
	if (slots == 0 || (slots & (slots - 1)) != 0 || slot_len == 0)
		return -EINVAL;
	slot_len = (slot_len + 63) & ~(size_t)63;
	if (slots > SIZE_MAX / slot_len)
		return -ENOMEM;
	ring->slots = aligned_alloc(64, slots * slot_len);
	if (ring->slots == NULL)
		return -ENOMEM;
	ring->slot_len = slot_len;
	ring->mask = slots - 1;
	ring->tail_seen = 0;
	ring->head_seen = 0;
	atomic_init(&ring->head, 0);
	atomic_init(&ring->tail, 0);
	return 0;
}

void spsc_close(struct spsc *ring)
{
	free(ring->slots);
	ring->slots = NULL;
}

void *spsc_reserve(struct spsc *ring)
{
	size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	if (head - ring->tail_seen > ring->mask) {
		ring->tail_seen = atomic_load_explicit(&ring->tail, memory_order_acquire);
		if (head - ring->tail_seen > ring->mask)
			return NULL;
	}
	return ring->slots + (head & ring->mask) * ring->slot_len;
}

void spsc_publish(struct spsc *ring)
{
	size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	atomic_store_explicit(&ring->head, head + 1, memory_order_release);
}

const void *spsc_peek(struct spsc *ring)
{
	size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
	if (tail == ring->head_seen) {
		ring->head_seen = atomic_load_explicit(&ring->head, memory_order_acquire);
		if (tail == ring->head_seen)
			return NULL;
	}
	return ring->slots + (tail & ring->mask) * ring->slot_len;
}

void spsc_release(struct spsc *ring)
{
	size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
	atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
}
