/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_RELOAD_H
#define APP_RELOAD_H

#include "app/config.h"
#include "app/gate.h"
#include "app/publisher.h"
#include "feed/feedset.h"
#include "feed/resolvers.h"

/* A feed set in force, and what workers see of it. */
struct reload_feeds {
	struct feedset *set;
	struct resolver_set resolvers;
	struct inspector_feeds feeds; /* of both */
};

/*
 * Loads the feeds and the list of resolvers that `config` names, as generation `generation`. Complaints are logged; a list of resolvers that the program
 * comes with and that is not there is done without. 0 or -errno.
 */
int reload_load(struct reload_feeds *out, const struct config *config, uint32_t generation);
void reload_free(struct reload_feeds *feeds);

/*
 * Loads the feeds anew, swaps them in at the workers' batch borders without losing a packet, waits until nobody uses the old ones, and frees those.
 * What fails to load, shrinks below half or grows tenfold is refused: the old feeds stay in force, and the log says so. 0 or -errno.
 */
int reload_swap(struct reload_feeds **current, const struct config *config, struct gate *gate, struct publisher *publisher);

#endif
