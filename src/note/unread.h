/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTE_UNREAD_H
#define NOTE_UNREAD_H

#include <c2watch/packet.h>

#define UNREAD_SLOTS 16 /* numbers of a kind that are counted apart */

/*
 * Packets that no decoder reads, by the number that names what they carry: written by one thread, read by any, and a reader sees no number with another's
 * count. When the slots of a kind are full, a new number takes the place of the rarest, whose packets are counted among the others: what fills a wire
 * stays in its place however many numbers a stranger makes up, the sum over slots and others is exact, and a slot says no more than there was.
 */
struct unread {
	uint64_t slot[C2_STOP_COUNT][UNREAD_SLOTS]; /* the number in the upper 16 bits, packets in the lower 48; 0: free */
	uint64_t others[C2_STOP_COUNT];             /* packets */
};

/* A number, and the packets that had it. */
struct unread_count {
	uint64_t packets;
	uint16_t number;
};

/* Counts a packet of `number`. For the one thread that writes. */
void unread_add(struct unread *unread, enum c2_stop stop, uint16_t number);

/* Adds all of `from`, which another thread may be writing, to `sums`, which is the caller's. */
void unread_gather(struct unread *sums, const struct unread *from);

/* The numbers of a kind, the most frequent first, into `top`. Returns how many. */
unsigned unread_top(const struct unread *unread, enum c2_stop stop, struct unread_count top[static UNREAD_SLOTS]);

/* Packets of a kind that are not in `unread_top()`. */
uint64_t unread_others(const struct unread *unread, enum c2_stop stop);

#endif
