/* SPDX-License-Identifier: Apache-2.0 */
/* One-sided connections. A SYN/ACK is in every second packet that begins one, so this is a multiplication or three and one word of memory. */
#include "flow/ends.h"

#define SEEN_SYN 1
#define SEEN_ANSWER 2
#define SEEN_TOLD 4
#define SEEN 0xff

void ends_open(struct ends *ends, const struct siphash_key *key, struct counters *counters)
{
	mulhash_key_make(&ends->key, key);
	ends->counters = counters;
}

/* The place of the packet's connection, and the mark that says whose it is: as the client's packets have it, or turned round. */
static uint32_t *ends_place(struct ends *ends, const struct c2_packet *packet, bool is_back, uint32_t *mark)
{
	const struct c2_addr *from = is_back ? &packet->dst : &packet->src;
	const struct c2_addr *to = is_back ? &packet->src : &packet->dst;
	uint32_t ports = is_back ? (uint32_t)packet->dport << 16 | packet->sport : (uint32_t)packet->sport << 16 | packet->dport;
	const uint64_t *k = ends->key.k;
	uint32_t source[4], target[4];
	memcpy(source, from->octets, sizeof source);
	memcpy(target, to->octets, sizeof target);
	uint64_t sum = k[0] + k[1] * ports + k[2] * source[0] + k[6] * target[0];
	if (from->family != 4)
		sum = mulhash_add(&ends->key, mulhash_add(&ends->key, sum, 2, source + 1, 3), 6, target + 1, 3);
	*mark = (uint32_t)(sum >> 16) & ~(uint32_t)SEEN;
	return &ends->place[sum >> 48];
}

void ends_begin(struct ends *ends, const struct c2_packet *packet)
{
	uint32_t mark;
	uint32_t *place = ends_place(ends, packet, false, &mark);
	*place = mark | SEEN_SYN;
}

void ends_answer(struct ends *ends, const struct c2_packet *packet)
{
	uint32_t mark;
	uint32_t *place = ends_place(ends, packet, true, &mark);
	if ((*place & ~(uint32_t)SEEN) == mark && (*place & SEEN_SYN) != 0)
		*place |= SEEN_ANSWER;
	else
		counter_add(ends->counters, COUNTER_server_only, 1);
}

void ends_speak(struct ends *ends, const struct c2_packet *packet)
{
	uint32_t mark;
	uint32_t *place = ends_place(ends, packet, false, &mark);
	if (*place != (mark | SEEN_SYN))
		return;
	*place |= SEEN_TOLD;
	counter_add(ends->counters, COUNTER_client_only, 1);
}
