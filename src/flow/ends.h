/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_ENDS_H
#define FLOW_ENDS_H

#include "base/mulhash.h"
#include "note/counters.h"

#include <c2watch/packet.h>

#define ENDS_PLACES 65536

/*
 * Which of the two ends of TCP connections have been seen, for the while between SYN and hello. One place a hash: a newcomer takes it from whoever stood
 * there, whose connection is then not counted as one-sided, or its SYN/ACK as one without a SYN.
 */
struct ends {
	struct mulhash_key key;
	struct counters *counters;
	uint32_t place[ENDS_PLACES]; /* hash in the upper 24 bits, what was seen in the lower 8 */
};

void ends_open(struct ends *ends, const struct siphash_key *key, struct counters *counters);

/* A SYN. */
void ends_begin(struct ends *ends, const struct c2_packet *packet);

/* A SYN/ACK: counted when its SYN was not seen. */
void ends_answer(struct ends *ends, const struct c2_packet *packet);

/* A client's hello: its connection is counted, once, when the SYN was seen and the SYN/ACK was not. */
void ends_speak(struct ends *ends, const struct c2_packet *packet);

#endif
