/* SPDX-License-Identifier: Apache-2.0 */
/* The reassembler of IP fragments: by hand at its borders, and against a naive model in any order, with repetitions and contradictions. */
#include "flow/frag.h"

#include "table.h"

#include <stdlib.h>

#define SECOND UINT64_C(1000000000)
#define NOW (1700000000 * SECOND)

struct bench {
	struct frag_table table;
	struct counters counters;
};

static int up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	assert_int_equal(frag_table_open(&bench->table, 4u << 20, &(struct siphash_key){1, 2}, &bench->counters), 0);
	*state = bench;
	return 0;
}

static int down(void **state)
{
	struct bench *bench = *state;
	frag_table_close(&bench->table);
	free(bench);
	return 0;
}

/* A fragment of datagram `id` from the host `source`. */
static struct c2_packet part(uint32_t source, uint32_t id, size_t offset, size_t len, bool has_more)
{
	struct c2_packet packet = {.proto = 17, .payload_len = (uint32_t)len};
	packet.src.family = packet.dst.family = 4;
	memcpy(packet.src.octets, &source, 4);
	packet.fragment = (struct c2_fragment){.is_one = true, .has_more = has_more, .offset = (uint16_t)offset, .id = id};
	return packet;
}

static uint8_t stream[65536];

static struct frag *add_at(struct bench *bench, uint32_t source, uint32_t id, size_t offset, size_t len, bool has_more, uint64_t at_ns)
{
	struct c2_packet packet = part(source, id, offset, len, has_more);
	return frag_add(&bench->table, &packet, stream + offset, at_ns);
}

static struct frag *add(struct bench *bench, uint32_t id, size_t offset, size_t len, bool has_more)
{
	return add_at(bench, 1, id, offset, len, has_more, NOW);
}

static uint64_t count(const struct bench *bench, enum counter which)
{
	return counter_get(&bench->counters, which);
}

static void test_in_order(void **state)
{
	struct bench *bench = *state;
	assert_false(frag_is_whole(add(bench, 1, 0, 1480, true)));
	assert_false(frag_is_whole(add(bench, 1, 1480, 1480, true)));
	struct frag *frag = add(bench, 1, 2960, 40, false);
	assert_true(frag_is_whole(frag));
	assert_int_equal(frag->total, 3000);
	assert_memory_equal(frag->octets.octets, stream, 3000);
	frag_drop(&bench->table, frag);
	assert_null(frag_any(&bench->table));
}

static void test_backwards(void **state)
{
	struct bench *bench = *state;
	assert_false(frag_is_whole(add(bench, 1, 16, 3, false)));
	assert_false(frag_is_whole(add(bench, 1, 8, 8, true)));
	struct frag *frag = add(bench, 1, 0, 8, true);
	assert_true(frag_is_whole(frag));
	assert_int_equal(frag->total, 19);
}

/* What else tells two datagrams apart: id, source, protocol of IPv4, tags; IPv6's first fragment alone knows the protocol. */
static void test_datagrams_are_apart(void **state)
{
	struct bench *bench = *state;
	struct c2_packet other = part(1, 1, 8, 8, false);
	add(bench, 1, 0, 8, true);
	assert_false(frag_is_whole(add(bench, 2, 8, 8, false)));
	assert_false(frag_is_whole(add_at(bench, 2, 1, 8, 8, false, NOW)));
	other.proto = 6;
	assert_false(frag_is_whole(frag_add(&bench->table, &other, stream, NOW)));
	other.proto = 17;
	other.vlan[other.vlans++] = 7;
	assert_false(frag_is_whole(frag_add(&bench->table, &other, stream, NOW)));
	assert_true(frag_is_whole(add(bench, 1, 8, 8, false)));
	struct c2_packet six = part(1, 1, 8, 8, false);
	six.src.family = 6;
	six.proto = 6;
	frag_add(&bench->table, &six, stream, NOW);
	six.fragment = (struct c2_fragment){.is_one = true, .has_more = true, .id = 1};
	six.proto = 17;
	struct frag *frag = frag_add(&bench->table, &six, stream, NOW);
	assert_true(frag_is_whole(frag));
	assert_int_equal(frag->packet.proto, 17);
}

/* The first copy of each octet stands, the second is counted when it differs; of two ends the first. */
static void test_contradictions(void **state)
{
	struct bench *bench = *state;
	uint8_t lie[16] = {0xff, 0xff};
	struct c2_packet packet = part(1, 1, 0, 16, true);
	add(bench, 1, 0, 16, true);
	add(bench, 1, 0, 16, true);
	assert_int_equal(count(bench, COUNTER_fragments_contradicted), 0);
	frag_add(&bench->table, &packet, lie, NOW);
	assert_int_equal(count(bench, COUNTER_fragments_contradicted), 1);
	add(bench, 1, 32, 8, false);
	add(bench, 1, 24, 8, false); /* another end: its octets are good */
	assert_int_equal(count(bench, COUNTER_fragments_contradicted), 2);
	struct frag *frag = add(bench, 1, 16, 8, true);
	assert_true(frag_is_whole(frag));
	assert_int_equal(frag->total, 40);
	assert_memory_equal(frag->octets.octets, stream, 40);
}

/* Octets beyond the end do not make a whole of what has a hole. */
static void test_beyond_the_end(void **state)
{
	struct bench *bench = *state;
	add(bench, 1, 8, 8, false);
	assert_false(frag_is_whole(add(bench, 1, 16, 64, true)));
	struct frag *frag = add(bench, 1, 0, 8, true);
	assert_true(frag_is_whole(frag));
	assert_int_equal(frag->total, 16);
}

static void test_longest(void **state)
{
	struct bench *bench = *state;
	size_t at = 0;
	struct frag *frag = NULL;
	for (; at + 1480 < 65528; at += 1480)
		frag = add(bench, 1, at, 1480, true);
	frag = add(bench, 1, at, 65535 - at, false);
	assert_true(frag_is_whole(frag));
	assert_int_equal(frag->total, 65535);
	assert_memory_equal(frag->octets.octets, stream, 65535);
	frag_drop(&bench->table, frag);
	assert_int_equal(count(bench, COUNTER_fragments_refused), 0);
	assert_null(add(bench, 2, 65528, 8, false)); /* the ping of death */
	assert_int_equal(count(bench, COUNTER_fragments_refused), 1);
}

static void test_no_octets(void **state)
{
	struct bench *bench = *state;
	assert_false(frag_is_whole(add(bench, 1, 8, 0, true)));
	assert_false(frag_is_whole(add(bench, 1, 8, 0, false)));
	assert_true(frag_is_whole(add(bench, 1, 0, 8, true)));
}

static void test_cut_last_fragment_tells_no_end(void **state)
{
	struct bench *bench = *state;
	struct c2_packet packet = part(1, 1, 8, 8, false);
	add(bench, 1, 0, 8, true);
	packet.is_cut = true;
	assert_false(frag_is_whole(frag_add(&bench->table, &packet, stream, NOW)));
}

static void test_share_of_a_source(void **state)
{
	struct bench *bench = *state;
	for (uint32_t id = 2000; id < 2000 + FRAG_SOURCE_MAX; id++)
		assert_non_null(add_at(bench, 1, id, 0, 8, true, NOW));
	assert_null(add_at(bench, 1, 3000, 0, 8, true, NOW));
	assert_non_null(add_at(bench, 2, 3000, 0, 8, true, NOW)); /* another one has its own */
	assert_int_equal(count(bench, COUNTER_fragments_refused), 1);
	assert_non_null(add_at(bench, 1, 2001, 8, 8, true, NOW)); /* what is in the making goes on */
}

static void test_patience(void **state)
{
	struct bench *bench = *state;
	add_at(bench, 1, 1, 0, 8, true, NOW);
	add_at(bench, 1, 2, 0, 8, true, NOW + 10 * SECOND);
	assert_null(frag_oldest(&bench->table, NOW + FRAG_TIMEOUT_NS - 1));
	assert_null(frag_oldest(&bench->table, NOW - SECOND)); /* time that goes back is no time passed */
	struct frag *frag = frag_oldest(&bench->table, NOW + FRAG_TIMEOUT_NS);
	assert_non_null(frag);
	assert_int_equal(frag->packet.fragment.id, 1);
	frag_drop(&bench->table, frag);
	assert_null(frag_oldest(&bench->table, NOW + FRAG_TIMEOUT_NS));
}

/* A flood: memory is what it was at birth, and the oldest makes room for the newest. */
static void test_flood(void **state)
{
	struct bench *bench = *state;
	unsigned given_up = 0;
	struct frag *frag;
	for (uint32_t id = 0; id < 20000; id++) {
		while ((frag = frag_oldest(&bench->table, NOW)) != NULL) {
			frag_drop(&bench->table, frag);
			given_up++;
		}
		add_at(bench, id, id, id % 7 == 0 ? 20000 : 0, 8, true, NOW);
	}
	assert_true(given_up > 19000);
	assert_int_equal(given_up + bench->table.small.lent + bench->table.large.lent + count(bench, COUNTER_fragments_refused), 20000);
	assert_true(bench->table.small.lent <= bench->table.small.cap && bench->table.large.lent <= bench->table.large.cap);
	while ((frag = frag_any(&bench->table)) != NULL)
		frag_drop(&bench->table, frag);
	for (unsigned i = 0; i < FRAG_SOURCES; i++)
		assert_int_equal(bench->table.sources[i], 0);
}

/* Any cut in any order, with pieces twice, against what the datagram is. */
static void test_against_model(void **state)
{
	struct bench *bench = *state;
	srand(1);
	for (uint32_t round = 0; round < 2000; round++) {
		size_t len = 9 + (size_t)rand() % (round % 10 == 0 ? 65000 : 6000);
		size_t cuts[64] = {0};
		size_t n = 1;
		for (size_t at = 8 + 8 * ((size_t)rand() % (len / 8)); at < len && n < 63; at += 8 + 8 * ((size_t)rand() % (len / 8)))
			cuts[n++] = at;
		cuts[n] = len;
		size_t order[128];
		size_t pieces = 2 * n; /* each twice */
		for (size_t i = 0; i < pieces; i++)
			order[i] = i % n;
		for (size_t i = pieces; i-- > 1;) {
			size_t other = (size_t)rand() % (i + 1);
			size_t kept = order[i];
			order[i] = order[other];
			order[other] = kept;
		}
		bool seen[64] = {false};
		size_t missing = n;
		struct frag *frag = NULL;
		for (size_t i = 0; i < pieces && missing > 0; i++) {
			size_t which = order[i];
			missing -= !seen[which];
			seen[which] = true;
			frag = add(bench, round, cuts[which], cuts[which + 1] - cuts[which], which + 1 < n);
			assert_non_null(frag);
			assert_int_equal(frag_is_whole(frag), missing == 0);
		}
		assert_int_equal(frag->total, len);
		assert_memory_equal(frag->octets.octets, stream, len);
		frag_drop(&bench->table, frag);
	}
	assert_int_equal(count(bench, COUNTER_fragments_contradicted), 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_in_order),
		TEST(test_backwards),
		TEST(test_datagrams_are_apart),
		TEST(test_contradictions),
		TEST(test_beyond_the_end),
		TEST(test_longest),
		TEST(test_no_octets),
		TEST(test_cut_last_fragment_tells_no_end),
		TEST(test_share_of_a_source),
		TEST(test_patience),
		TEST(test_flood),
		TEST(test_against_model),
	};
	for (size_t i = 0; i < sizeof stream; i++)
		stream[i] = (uint8_t)(i * 167 + (i >> 8));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
