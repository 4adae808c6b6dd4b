/* SPDX-License-Identifier: Apache-2.0 */
/* What no decoder reads, by number. A slot is one word, so that number and count are never torn apart. */
#include "note/unread.h"

#define COUNT_BITS 48
#define COUNT_MASK ((UINT64_C(1) << COUNT_BITS) - 1)

static uint64_t word_load(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static void word_store(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELAXED);
}

/* The slot of a number; if it has none, that of the rarest number, or a free one. */
static uint64_t *unread_slot(struct unread *unread, enum c2_stop stop, uint16_t number)
{
	uint64_t *rarest = unread->slot[stop];
	for (uint64_t *slot = rarest; slot < unread->slot[stop] + UNREAD_SLOTS; slot++) {
		if (*slot != 0 && *slot >> COUNT_BITS == number)
			return slot;
		if ((*slot & COUNT_MASK) < (*rarest & COUNT_MASK))
			rarest = slot;
	}
	return rarest;
}

/* Gives a slot to `packets` of a number: its own, or another's, whose packets go to the others. */
static void unread_put(struct unread *unread, enum c2_stop stop, uint64_t *slot, uint16_t number, uint64_t packets)
{
	if (*slot != 0 && *slot >> COUNT_BITS == number) {
		word_store(slot, *slot + packets);
		return;
	}
	word_store(&unread->others[stop], unread->others[stop] + (*slot & COUNT_MASK));
	word_store(slot, (uint64_t)number << COUNT_BITS | packets);
}

void unread_add(struct unread *unread, enum c2_stop stop, uint16_t number)
{
	unread_put(unread, stop, unread_slot(unread, stop, number), number, 1);
}

void unread_gather(struct unread *sums, const struct unread *from)
{
	for (enum c2_stop stop = 0; stop < C2_STOP_COUNT; stop++) {
		sums->others[stop] += word_load(&from->others[stop]);
		for (unsigned i = 0; i < UNREAD_SLOTS; i++) {
			uint64_t word = word_load(&from->slot[stop][i]);
			uint16_t number = (uint16_t)(word >> COUNT_BITS);
			uint64_t packets = word & COUNT_MASK;
			uint64_t *slot = unread_slot(sums, stop, number);
			if (*slot >> COUNT_BITS != number && (*slot & COUNT_MASK) > packets)
				sums->others[stop] += packets;
			else if (packets > 0)
				unread_put(sums, stop, slot, number, packets);
		}
	}
}

unsigned unread_top(const struct unread *unread, enum c2_stop stop, struct unread_count top[static UNREAD_SLOTS])
{
	unsigned n = 0;
	for (unsigned i = 0; i < UNREAD_SLOTS; i++) {
		uint64_t slot = word_load(&unread->slot[stop][i]);
		if (slot == 0)
			continue;
		unsigned at = n++;
		for (; at > 0 && top[at - 1].packets < (slot & COUNT_MASK); at--)
			top[at] = top[at - 1];
		top[at] = (struct unread_count){.packets = slot & COUNT_MASK, .number = (uint16_t)(slot >> COUNT_BITS)};
	}
	return n;
}

uint64_t unread_others(const struct unread *unread, enum c2_stop stop)
{
	return word_load(&unread->others[stop]);
}
