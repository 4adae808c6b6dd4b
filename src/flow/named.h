/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_NAMED_H
#define FLOW_NAMED_H

#include "base/siphash.h"

#include <c2watch/addr.h>

/*
 * The addresses that DNS answers have told: one table for all workers, since an answer may be seen by another than the connection that follows it.
 * Bounded, and lossy: a newcomer takes the place of the address in its bucket that was told longest ago, and of two workers that write a place at once
 * one has written in vain. It is asked for a figure, never for a verdict.
 */
struct named;

/* Makes a table with room for NAMED_ADDRESSES. 0 or -ENOMEM. */
#define NAMED_ADDRESSES 262144
int named_open(struct named **named, const struct siphash_key *key);
/* Null is fine. */
void named_close(struct named *named);

/* An answer has told `addr` at `now_s`, packet time in seconds. Any thread. */
void named_learn(struct named *named, const struct c2_addr *addr, uint32_t now_s);

/* Has an answer told `addr`? Any thread. */
bool named_has(const struct named *named, const struct c2_addr *addr);

/*
 * Is `addr` one that nobody need name, because it is not of the Internet: private (RFC 1918, 4193, 6598), link-local, loopback, multicast, broadcast or
 * unspecified?
 */
bool addr_is_local(const struct c2_addr *addr);

#endif
