/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_FINDER_H
#define SINK_FINDER_H

#include "sink/errand.h"
#include "sink/route.h"

/* Finds the server: the route, and the errands to sentinels that it takes. */
struct finder {
	struct route route;
	struct errand errand;
	const struct errand_account *account;
	bool is_asking; /* sentinels are being asked: finder_advance() again when errand_fd() is ready, or at finder_deadline() */
};

/* The way to `dest`, whose sentinels are told the account's user and password when they want one. Both outlive the finder. */
void finder_open(struct finder *finder, const struct sink_dest *dest, const struct errand_account *account);
void finder_close(struct finder *finder);

/* 1: it is known where to connect, route.peer; 0: not yet; -ENOENT with the reason in `why`: nobody knows. */
int finder_advance(struct finder *finder, uint64_t now_ns, char why[static SINK_WHY_CAP]);

/* When it wants to be called at the latest, while it asks. */
uint64_t finder_deadline(const struct finder *finder);

/* The connection to route.peer could not be made or is gone; `redirect`: the MOVED or ASK that ended it, or empty; `was_good`: it was of use. */
void finder_lost(struct finder *finder, const char *redirect, bool was_good);

#endif
