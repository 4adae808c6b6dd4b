/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SPSC_H
#define BASE_SPSC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A bounded ring between one producer and one consumer. Slots are of one size and written in place: the producer fills what
 * spsc_reserve() gives and publishes it; the consumer reads what spsc_peek() gives and releases it. No lock, no wait, no allocation after birth.
 */
struct spsc {
	uint8_t *slots;
	size_t slot_len;
	size_t mask; /* slots - 1 */
	/* Each side keeps a copy of the other's index, so that the shared lines are touched only when the ring looks full or empty. */
	_Alignas(64) atomic_size_t head; /* next slot to publish; the producer writes it */
	size_t tail_seen;
	_Alignas(64) atomic_size_t tail; /* next slot to release; the consumer writes it */
	size_t head_seen;
};

/* Makes a ring of `slots` (a power of two) slots of `slot_len` octets each. 0, -EINVAL or -ENOMEM. */
int spsc_open(struct spsc *ring, size_t slots, size_t slot_len);
void spsc_close(struct spsc *ring);

/* Producer: the next free slot, or null when the ring is full. Asking again without publishing gives the same slot. */
void *spsc_reserve(struct spsc *ring);
/* Producer: hands the reserved slot over. */
void spsc_publish(struct spsc *ring);

/* Consumer: the oldest slot, or null when the ring is empty. */
const void *spsc_peek(struct spsc *ring);
/* Consumer: gives the peeked slot back. */
void spsc_release(struct spsc *ring);

#endif
