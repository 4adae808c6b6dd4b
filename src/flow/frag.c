/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reassembler of IP fragments, in any order, until there is a whole datagram or no more patience. RFC 791 §3.2, RFC 815, RFC 8200 §4.5, RFC 5722.
 *
 * Of overlapping fragments the first copy of each octet stands, as it does in TCP here, and a second one that differs is counted: RFC 5722 has receivers
 * drop such datagrams, so either copy is a lie to somebody. What ends a datagram first is its end; octets beyond it are left out.
 *
 * Invariant: frags[i].hash != 0 exactly when its slot is lent to it; sources[] counts the datagrams in the making.
 */
#include "flow/frag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WAYS 8u

int frag_table_open(struct frag_table *table, size_t budget, const struct siphash_key *key, struct counters *counters)
{
	uint32_t larges = (uint32_t)(budget / 2 / prefix_memory(FRAG_LARGE)) + 2;
	uint32_t smalls = (uint32_t)(budget / 2 / prefix_memory(FRAG_SMALL)) + 2;
	*table = (struct frag_table){.buckets = 16, .key = *key, .counters = counters};
	while (table->buckets * WAYS < 2 * (smalls + larges))
		table->buckets *= 2;
	table->frags = calloc(table->buckets * (size_t)WAYS, sizeof *table->frags);
	if (table->frags == NULL || pool_open(&table->small, smalls, prefix_memory(FRAG_SMALL)) < 0 ||
		pool_open(&table->large, larges, prefix_memory(FRAG_LARGE)) < 0) {
		frag_table_close(table);
		return -ENOMEM;
	}
	return 0;
}

void frag_table_close(struct frag_table *table)
{
	free(table->frags);
	pool_close(&table->small);
	pool_close(&table->large);
	table->frags = NULL;
}

/* RFC 791 §3.2: one datagram is what has the same addresses, protocol and id; IPv6 leaves the protocol out, RFC 8200 §4.5. Never 0. */
static uint64_t frag_hash(const struct frag_table *table, const struct c2_packet *packet)
{
	uint8_t key[2 * 16 + 4 + 2 + 2 * C2_PACKET_VLANS_MAX] = {0};
	memcpy(key, packet->src.octets, 16);
	memcpy(key + 16, packet->dst.octets, 16);
	memcpy(key + 32, &packet->fragment.id, 4);
	key[36] = packet->src.family;
	key[37] = packet->src.family == 4 ? packet->proto : 0;
	memcpy(key + 38, packet->vlan, packet->vlans * sizeof packet->vlan[0]);
	return siphash13(&table->key, key, sizeof key) | 1;
}

static struct pool *frag_pool(struct frag_table *table, const struct frag *frag)
{
	return frag->is_large ? &table->large : &table->small;
}

void frag_drop(struct frag_table *table, struct frag *frag)
{
	pool_give(frag_pool(table, frag), frag->slot);
	table->sources[frag->source]--;
	frag->hash = 0;
}

static struct frag *pool_eldest(const struct frag_table *table, const struct pool *pool)
{
	uint32_t owner = pool_oldest(pool);
	return owner != POOL_NONE ? &table->frags[owner] : NULL;
}

struct frag *frag_any(const struct frag_table *table)
{
	struct frag *small = pool_eldest(table, &table->small);
	return small != NULL ? small : pool_eldest(table, &table->large);
}

struct frag *frag_oldest(const struct frag_table *table, uint64_t at_ns)
{
	const struct pool *pools[2] = {&table->small, &table->large};
	for (unsigned i = 0; i < 2; i++) {
		struct frag *frag = pool_eldest(table, pools[i]);
		if (frag != NULL && (pools[i]->lent == pools[i]->cap || (at_ns > frag->begun_ns && at_ns - frag->begun_ns >= FRAG_TIMEOUT_NS)))
			return frag;
	}
	return NULL;
}

/* Gives the datagram a buffer; the caller has seen to it that each pool has one. */
static void frag_lend(struct frag_table *table, struct frag *frag, bool is_large)
{
	uint32_t robbed;
	frag->is_large = is_large;
	frag->slot = pool_take(frag_pool(table, frag), (uint32_t)(frag - table->frags), &robbed);
	prefix_start(&frag->octets, pool_at(frag_pool(table, frag), frag->slot), is_large ? FRAG_LARGE : FRAG_SMALL);
}

static struct frag *frag_find(const struct frag_table *table, uint64_t hash, uint64_t want)
{
	struct frag *bucket = &table->frags[(hash >> 1 & (table->buckets - 1)) * WAYS];
	for (unsigned i = 0; i < WAYS; i++)
		if (bucket[i].hash == want)
			return &bucket[i];
	return NULL;
}

/* A new datagram. Null when its source has its share, or its bucket is full, which is as rare as nine of few among thousands of places are. */
static struct frag *frag_begin(struct frag_table *table, const struct c2_packet *packet, uint64_t hash, uint64_t at_ns)
{
	struct frag *frag = frag_find(table, hash, 0);
	uint32_t source = (uint32_t)siphash13(&table->key, packet->src.octets, sizeof packet->src.octets) & (FRAG_SOURCES - 1);
	if (frag == NULL || table->sources[source] >= FRAG_SOURCE_MAX)
		return NULL;
	table->sources[source]++;
	*frag = (struct frag){.hash = hash, .packet = *packet, .source = source, .begun_ns = at_ns};
	frag_lend(table, frag, false);
	return frag;
}

/* Moves what is there into a large buffer. */
static void frag_grow(struct frag_table *table, struct frag *frag)
{
	struct prefix from = frag->octets;
	uint32_t slot = frag->slot;
	frag_lend(table, frag, true);
	prefix_move(&frag->octets, &from);
	pool_give(&table->small, slot);
}

bool frag_is_whole(const struct frag *frag)
{
	return frag->total != 0 && frag->has_first && frag->octets.have >= frag->total;
}

/* The datagram that the fragment is of, with room for it. */
static struct frag *frag_admit(struct frag_table *table, const struct c2_packet *packet, uint64_t at_ns)
{
	uint32_t end = packet->fragment.offset + packet->payload_len;
	uint64_t hash = frag_hash(table, packet);
	if (end >= FRAG_LARGE)
		return NULL;
	struct frag *frag = frag_find(table, hash, hash);
	if (frag == NULL)
		frag = frag_begin(table, packet, hash, at_ns);
	if (frag != NULL && end > frag->octets.cap)
		frag_grow(table, frag);
	return frag;
}

struct frag *frag_add(struct frag_table *table, const struct c2_packet *packet, const uint8_t *octets, uint64_t at_ns)
{
	const struct c2_fragment *fragment = &packet->fragment;
	uint32_t end = fragment->offset + packet->payload_len;
	bool is_last = !fragment->has_more && !packet->is_cut;
	struct frag *frag = frag_admit(table, packet, at_ns);
	if (frag == NULL) {
		counter_add(table->counters, COUNTER_fragments_refused, 1);
		return NULL;
	}
	if (fragment->offset == 0 && !frag->has_first) {
		frag->has_first = true;
		frag->packet = *packet;
	}
	enum prefix_met met = prefix_add(&frag->octets, fragment->offset, octets, packet->payload_len);
	if (met == PREFIX_CONTRADICTED || (is_last && frag->total != 0 && frag->total != end))
		counter_add(table->counters, COUNTER_fragments_contradicted, 1);
	if (is_last && frag->total == 0)
		frag->total = end;
	return frag;
}
