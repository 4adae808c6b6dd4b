/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as the frames of a connection's Initials: they are sealed first, so that the tag is right and all that lies behind it is reached, up to the
 * inspector's notes. The input is a list of datagrams: an octet that says how each is made, two for its length, its frames; or the datagram as it is.
 */
#include "flow/inspect.h"

#include "../unit/frames.h"
#include "../unit/quic_sealer.h"

#include <stdlib.h>
#include <string.h>

#define DATAGRAMS_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static struct spsc ring;
static struct counters counters;
static struct note_outlet outlet = {.ring = &ring, .counters = &counters};
static struct inspector *inspector;
static struct c2_domset *domset;

static int inspector_up(void)
{
	struct c2_domset_builder *builder = c2_domset_builder_new(1);
	int error = builder == NULL ? -1 : c2_domset_build(builder, NULL, &domset);
	c2_domset_builder_free(builder);
	struct inspector_options options = {.budget = 1u << 21, .key = {1, 2}, .outlet = &outlet, .counters = &counters, .notes_all = true};
	if (error < 0 || spsc_open(&ring, 64, sizeof(struct note)) < 0 || inspector_open(&inspector, &options) < 0)
		return -1;
	inspector_use(inspector, &(struct inspector_feeds){.domset = domset});
	return 0;
}

#define AS_IT_IS 7

/* Which of the versions. */
static unsigned how_version(uint8_t how)
{
	return (how & 3u) | (how >> 3 & 4u);
}

/* Bits of `how`: version, which connection id the keys come from, which one the packet goes to, the direction, the version's highest bit. */
static size_t datagram_make(uint8_t how, const uint8_t *frames, size_t len, uint64_t pn, uint8_t *out)
{
	static const uint32_t versions[] = {1, 0x6b3343cf, 0xff00001d, 0x1a2a3a4a, 0x51303530, 0x54303531, 0xff000016};
	static const uint8_t ids[2][8] = {{1, 2, 3, 4, 5, 6, 7, 8}, {9, 10, 11, 12, 13, 14, 15, 16}};
	if (how_version(how) == AS_IT_IS) {
		memcpy(out, frames, len);
		return len;
	}
	uint32_t version = versions[how_version(how)];
	struct sealer_keys keys;
	sealer_keys(version == 0x1a2a3a4a ? 1 : version, ids[how >> 2 & 1], 8, (how & 0x10) != 0, &keys);
	struct sealer_packet packet = {.version = version,
		.dcid = ids[how >> 3 & 1],
		.dcid_len = 8,
		.scid = ids[0],
		.scid_len = how >> 6,
		.frames = frames,
		.frames_len = len,
		.pn = pn};
	return sealer_seal(&packet, &keys, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static uint8_t datagram[SEALED_MAX], frame[FRAME_LEN_MAX];
	static struct frame_ends ends = {.src = 0x0a000007, .dst = 0xc0000201, .sport = 40000, .dport = 443};
	static uint64_t at_ns = UINT64_C(1700000000000000000);
	if (inspector == NULL && inspector_up() < 0)
		return 0;
	ends.src++; /* nothing is left of the input before */
	for (uint64_t n = 0; n < DATAGRAMS_MAX && len >= 3; n++) {
		size_t frames_len = (size_t)octets[1] << 8 | octets[2];
		if (frames_len > len - 3)
			frames_len = len - 3;
		if (frames_len > 32000)
			frames_len = 32000;
		size_t made = datagram_make(octets[0], octets + 3, frames_len, n, datagram);
		made = frame_udp(frame, &ends, datagram, made);
		inspector_see(inspector, C2_LINK_ETHERNET, frame, made, at_ns += 1000, 0);
		octets += 3 + frames_len;
		len -= 3 + frames_len;
	}
	while (spsc_peek(&ring) != NULL)
		spsc_release(&ring);
	return 0;
}
