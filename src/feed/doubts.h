/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_DOUBTS_H
#define FEED_DOUBTS_H

#include "feed/feedset.h"

/* Doubts: what is wrong with entries only when they are held against each other. Each is worth a note, none is refused. */

/* Hears of two entries, by number for feedset_describe(). */
struct doubts_listener {
	void (*tell)(void *arg, uint32_t entry, uint32_t other);
	void *arg;
};

#define DOUBTS_TWINS_MAX 100000 /* names that are compared: beyond, one edit apart is what series of names are */

/*
 * Tells of each listed name that is one octet put in, left out or changed, or two exchanged, from another: perhaps a slip of somebody's pen. Passed over are
 * pairs that differ in a digit, in the last label or in one of less than eight octets: those are series. A name is told once.
 * 0, -ENOMEM; -E2BIG: more than DOUBTS_TWINS_MAX entries are listed, and nothing was compared.
 */
int doubts_twins(const struct feedset *set, const struct doubts_listener *listener);

/*
 * Tells of each listed name that is an exception as well, and so no hit, and of each that lies below another feed's exception and is a hit all the same:
 * `entry` is listed, `other` the exception.
 * 0 or -ENOMEM.
 */
int doubts_contradictions(const struct feedset *set, const struct doubts_listener *listener);

#endif
