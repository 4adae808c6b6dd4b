/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_INSPECT_H
#define FLOW_INSPECT_H

#include "flow/named.h"
#include "note/outlet.h"
#include "note/resolver_set.h"

#include <c2watch/domset.h>
#include <c2watch/packet.h>

/* The inspector of one worker: frames in, notes out. All its memory is there at birth. */
struct inspector;

struct inspector_options {
	size_t budget; /* octets for flows and heads */
	struct siphash_key key;
	struct note_outlet *outlet; /* where notes go */
	struct counters *counters;  /* what it counts into */
	struct named *named;        /* the addresses that answers told, shared by all workers; null: connections are not counted */
	bool notes_all;             /* a note for every name seen (--observe), not for listed ones only */
};

/* The names to look for, and the generation of the feed set they came with. What is pointed to must outlive its use here. */
struct inspector_feeds {
	const struct c2_domset *domset;
	uint32_t generation;
	const struct c2_domset *context;      /* names that tell of the host that speaks them, and are no hit; null: none */
	const struct resolver_set *resolvers; /* hellos to them are counted; null: none is known */
};

/* Makes an inspector. 0, -EINVAL or -ENOMEM. */
int inspector_open(struct inspector **inspector, const struct inspector_options *options);
void inspector_close(struct inspector *inspector);

/* Looks for names in `feeds` from the next frame on. */
void inspector_use(struct inspector *inspector, const struct inspector_feeds *feeds);

/* Takes one frame of `len` captured octets, captured at `at_ns` on input `iface`. Never waits, allocates or logs. */
void inspector_see(struct inspector *inspector, enum c2_link link, const uint8_t *frame, size_t len, uint64_t at_ns, uint16_t iface);

/* The input is over: reads as far as it goes what still waits for its end. */
void inspector_finish(struct inspector *inspector);

/* Tells that packet time has come to `at_ns`, frames or none: a tick note each second. */
void inspector_tick(struct inspector *inspector, uint64_t at_ns);

#endif
