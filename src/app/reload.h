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
void reload_free(struct reload_feeds *feeds); /* null is fine */

/* Do `new` feeds look like what became of `old` ones? Each feed by its name: one that is gone, below half or above ten times is told, and false comes of it. */
bool reload_is_plausible(const struct feedset *old, const struct feedset *new);

/*
 * The feeds in force, and how they change: built anew by a thread of its own, checked, swapped in at the workers' batch borders without losing a packet, and
 * freed when nobody uses them any more. Main's thread looks in now and then, and never waits for any of it.
 * What fails to load or is not plausible is refused: the old feeds stay in force, and the log says so.
 */
struct reload;

/* Loads the feeds of `config`, which outlives it, and waits for that; `is_watched`: when their files change, they are loaded anew. 0 or -errno. */
int reload_open(struct reload **reload, const struct config *config, bool is_watched);

/* The feeds in force at the start. */
const struct reload_feeds *reload_first(const struct reload *reload);

/* Asks for the feeds to be loaded anew: from the next round on, or once the reload that is under way is over. */
void reload_ask(struct reload *reload);

/* Goes on with what can go on. True when a reload is under way, and it is worth to look in again soon. */
bool reload_round(struct reload *reload, struct gate *gate, struct publisher *publisher, uint64_t now_ns);

/* Has the file of a set that is in use been cut short? Then nothing is matched any more. */
bool reload_is_cut(const struct reload *reload);

/* Neither workers nor the publisher are there any more. What is still being built is left to the end of the program. Null is fine. */
void reload_close(struct reload *reload);

#endif
