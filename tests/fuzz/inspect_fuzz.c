/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script of frames through the whole inspector. Each frame: one octet for its kind, two for its length, then its octets. The kinds: TCP on one of
 * four flows (two octets of sequence number and one of flags come first), by its client or its server, UDP from or to port 53, DHCP, or a frame as it is.
 */
#include "flow/inspect.h"

#include "checks.h"
#include "frames.h"

#define RING 64

/* An inspector and what it is given and gives. */
struct bench {
	struct inspector *inspector;
	struct spsc ring;
	struct note_outlet outlet;
	struct counters counters;
	struct c2_domset *domset;
};

static void bench_open(struct bench *bench)
{
	struct c2_domset_builder *builder = c2_domset_builder_new();
	struct c2_name name;
	MUST(c2_name_from_text("evil.example", 12, &name) == C2_OK && c2_domset_builder_add(builder, &name, C2_SCOPE_TREE, 0) == 0);
	MUST(c2_name_from_text("example", 7, &name) == C2_OK && c2_domset_builder_add(builder, &name, C2_SCOPE_BELOW, 1) == 0);
	MUST(c2_domset_build(builder, &bench->domset) == 0);
	c2_domset_builder_free(builder);
	MUST(spsc_open(&bench->ring, RING, sizeof(struct note)) == 0);
	bench->outlet = (struct note_outlet){.ring = &bench->ring, .counters = &bench->counters};
	struct inspector_options options = {
		.budget = 4u << 20, .key = {3, 4}, .outlet = &bench->outlet, .counters = &bench->counters, .notes_all = true};
	MUST(inspector_open(&bench->inspector, &options) == 0);
	inspector_use(bench->inspector, &(struct inspector_feeds){.domset = bench->domset, .generation = 1});
}

static void bench_close(struct bench *bench)
{
	inspector_close(bench->inspector);
	spsc_close(&bench->ring);
	c2_domset_free(bench->domset);
}

static void check_notes(struct bench *bench)
{
	const struct note *note;
	while ((note = spsc_peek(&bench->ring)) != NULL) {
		MUST(!note_is_answered(note->kind) || (note->sighting.is_hit && note->sighting.name.len > 0));
		if ((note->kind < NOTE_SIGHTINGS || note_is_answered(note->kind)) && note->sighting.name.len > 0)
			check_name(&note->sighting.name);
		if (note->kind < NOTE_SIGHTINGS && note->sighting.owner.len > 0)
			check_name(&note->sighting.owner);
		spsc_release(&bench->ring);
	}
}

static size_t make_frame(uint8_t *frame, uint8_t kind, const uint8_t *octets, size_t len)
{
	struct frame_ends ends = {.src = 0x0a000007u + (kind >> 4 & 3), .dst = 0xc0000201, .sport = 40000, .dport = 443, .vlan = kind >> 6};
	switch (kind & 7) {
	case 2:
		ends = (struct frame_ends){.src = ends.dst, .dst = ends.src, .sport = ends.dport, .dport = ends.sport, .vlan = ends.vlan};
		/* fall through */
	case 0:
	case 1:
		if (len < 3)
			return 0;
		return frame_tcp(frame, &ends, 0xfffff000u + (uint32_t)(octets[0] << 8 | octets[1]), octets[2], octets + 3, len - 3);
	case 3:
		ends.dport = 53;
		return frame_udp(frame, &ends, octets, len);
	case 4:
		ends.sport = 53;
		return frame_udp(frame, &ends, octets, len);
	case 5:
		ends.dport = 67 + (kind >> 3 & 1);
		return frame_udp(frame, &ends, octets, len);
	default:
		memcpy(frame, octets, len);
		return len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static uint8_t frame[FRAME_LEN_MAX];
	struct bench bench = {.inspector = NULL};
	uint64_t at_ns = 0;
	bench_open(&bench);
	for (size_t at = 0; at + 3 <= len;) {
		uint8_t kind = octets[at];
		size_t n = (size_t)(octets[at + 1] << 8 | octets[at + 2]) & 0x7fff;
		at += 3;
		n = n < len - at ? n : len - at;
		size_t frame_len = make_frame(frame, kind, octets + at, n);
		uint8_t *copy = malloc(frame_len + (frame_len == 0));
		MUST(copy != NULL);
		memcpy(copy, frame, frame_len);
		inspector_see(bench.inspector, C2_LINK_ETHERNET, copy, frame_len, at_ns += 100000000, 0);
		free(copy);
		check_notes(&bench);
		at += n;
	}
	uint64_t packets = counter_get(&bench.counters, COUNTER_packets);
	uint64_t links = 0;
	for (unsigned rc = 0; rc < C2_RC_COUNT; rc++)
		links += counter_get(&bench.counters, (enum counter)(COUNTER_link_ok + rc));
	MUST(links == packets);
	MUST(counter_get(&bench.counters, COUNTER_hits) <= counter_get(&bench.counters, COUNTER_sightings));
	bench_close(&bench);
	return 0;
}
