/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script of fragments through the reassembler. Each is six octets: source (two bits) and family; the datagram's id; offset in eights, two octets,
 * whose high bits say that more follow, that the frame was cut, that it contradicts; length in eights; seconds since the one before. Every octet tells where
 * it belongs, so that a whole datagram proves itself.
 */
#include "flow/frag.h"

#include "fuzz.h"

#include <string.h>

#define STEP 6
#define MORE 0x8000
#define CUT 0x4000
#define OTHER 0x2000

static uint8_t octet_of(uint32_t datagram, uint32_t at, bool is_other)
{
	return (uint8_t)((datagram * 31 + at * 7 + (at >> 8)) << 1 | is_other);
}

static void check_table(const struct frag_table *table)
{
	unsigned in_making = 0, counted = 0;
	for (uint32_t i = 0; i < table->buckets * 8; i++) {
		const struct frag *frag = &table->frags[i];
		if (frag->hash == 0)
			continue;
		const struct pool *pool = frag->is_large ? &table->large : &table->small;
		MUST(pool->owner[frag->slot] == i && frag->octets.octets > pool->slots && frag->source < FRAG_SOURCES);
		MUST(frag->octets.have <= frag->octets.reach && frag->octets.reach <= frag->octets.cap);
		in_making++;
	}
	for (unsigned i = 0; i < FRAG_SOURCES; i++) {
		MUST(table->sources[i] <= FRAG_SOURCE_MAX);
		counted += table->sources[i];
	}
	MUST(counted == in_making && table->small.lent + table->large.lent == in_making);
}

/* Octets without a gap are those of the one datagram, the first fragment's or a contradicting one's. */
static void check_octets(const struct frag *frag, uint32_t datagram)
{
	for (uint32_t i = 0; i < frag->octets.have; i++)
		MUST(frag->octets.octets[i] >> 1 == octet_of(datagram, i, false) >> 1);
	MUST(!frag_is_whole(frag) || (frag->has_first && frag->total <= frag->octets.have));
}

static void give_up(struct frag_table *table, uint64_t at_ns)
{
	struct frag *frag;
	while ((frag = frag_oldest(table, at_ns)) != NULL)
		frag_drop(table, frag);
}

static void add(struct frag_table *table, const uint8_t *step, uint64_t at_ns)
{
	static uint8_t octets[8 * 255];
	unsigned where = (unsigned)(step[2] << 8 | step[3]);
	struct c2_packet packet = {.proto = 17, .payload_len = step[4] * 8u, .is_cut = (where & CUT) != 0};
	packet.src.family = packet.dst.family = step[0] & 4 ? 6 : 4;
	packet.src.octets[0] = step[0] & 3;
	uint32_t datagram = (uint32_t)(step[0] & 7) << 8 | step[1];
	packet.fragment =
		(struct c2_fragment){.is_one = true, .has_more = (where & MORE) != 0, .offset = (uint16_t)((where & 0x1fff) * 8), .id = step[1]};
	for (uint32_t i = 0; i < packet.payload_len; i++)
		octets[i] = octet_of(datagram, packet.fragment.offset + i, (where & OTHER) != 0);
	give_up(table, at_ns);
	struct frag *frag = frag_add(table, &packet, octets, at_ns);
	bool is_full = table->small.lent + table->large.lent >= FRAG_SOURCE_MAX;
	bool is_too_long = packet.fragment.offset + packet.payload_len >= FRAG_LARGE;
	MUST(frag != NULL ? !is_too_long : is_too_long || is_full);
	if (frag == NULL)
		return;
	check_octets(frag, datagram);
	if (frag_is_whole(frag))
		frag_drop(table, frag);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static struct counters counters;
	static struct frag_table table; /* made once: every input leaves it empty */
	uint64_t at_ns = 1;
	if (table.frags == NULL)
		MUST(frag_table_open(&table, 3u << 19, &(struct siphash_key){1, 2}, &counters) == 0);
	for (size_t at = 0; at + STEP <= len; at += STEP) {
		at_ns += octets[at + 5] * UINT64_C(1000000000);
		add(&table, octets + at, at_ns);
		check_table(&table);
	}
	struct frag *frag;
	while ((frag = frag_any(&table)) != NULL)
		frag_drop(&table, frag);
	check_table(&table);
	return 0;
}
