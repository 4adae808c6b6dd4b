/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include "flow/inspect.h"

#include "frames.h"
#include "slow.h"

/* An inspector that notes every name, what it is given and what it gives. Listed: evil.example (#0) and bad.example (#1) and what is below them. */
struct bench {
	struct inspector *inspector;
	struct spsc ring;
	struct note_outlet outlet;
	struct counters counters;
	struct c2_domset *domset;
	struct named *named;
	uint64_t at_ns;
	char notes[65536]; /* the notes so far as text */
};

void bench_open(struct bench *bench);
void bench_close(struct bench *bench);

/* Shows the inspector a copy of a frame, exactly as long as the frame, so that a sanitizer sees the first octet too many. */
void bench_see(struct bench *bench, const uint8_t *frame, size_t len);

/* Shows it a segment, or a datagram. */
void bench_tcp(struct bench *bench, const struct frame_ends *ends, uint32_t seq, uint8_t flags, const void *payload, size_t len);
void bench_udp(struct bench *bench, const struct frame_ends *ends, const void *payload, size_t len);

/* The names noted since the last call as `kind name`, one after another behind "; "; ` hit` or ` aside` behind what is listed. */
const char *bench_notes(struct bench *bench);

uint64_t bench_count(const struct bench *bench, enum counter which);

#endif
