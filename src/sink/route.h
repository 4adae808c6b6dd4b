/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_ROUTE_H
#define SINK_ROUTE_H

#include "sink/dest.h"
#include "sink/redis.h"

/* How the address to connect to was found. */
enum route_stage {
	ROUTE_FIRST, /* it is the destination's, or a sentinel told it */
	ROUTE_MOVED,
	ROUTE_ASKED, /* by ASK */
};

/* Where to connect next: the address of the URL, the one that the sentinels name, or the one that a server of a cluster sends us to. No I/O, no clock. */
struct route {
	const struct sink_dest *dest;
	bool is_known;         /* is `peer` the one to connect to? If not, sentinels are to be asked */
	struct dest_peer peer; /* the latest that was */
	enum route_stage stage;
	bool has_moved;
	struct dest_peer moved; /* what the latest MOVED named */

	unsigned seed;      /* of several nodes of a cluster, the one to begin with, of dest->peers */
	unsigned sentinel;  /* which is asked next, of dest->peers */
	unsigned asked;     /* how many were asked since the latest that helped */
	bool is_secret_due; /* the one that was just asked wants the password */
	bool has_answer;    /* one of these has answered, */
	char said[256];     /* and why that did not help; or why the latest did not answer */
};

/* A route to `dest`, which outlives it. */
void route_open(struct route *route, const struct sink_dest *dest);

/* The sentinel to ask, when the route is not known. */
const struct dest_peer *route_sentinel(const struct route *route);

/* Appends the question for it. 0 or -ENOMEM. */
int route_put_question(const struct route *route, struct redis_text *text);

/*
 * Takes its answer; `has_secret`: is there a password to show it? 1: the route is known; 0: ask route_sentinel(), which may be the same again; -ENOENT with the
 * reason in `why`: all were asked in vain.
 */
int route_take_answer(struct route *route, const struct redis_reply *reply, bool has_secret, char why[static SINK_WHY_CAP]);

/* It does not answer, for that `reason`. As above. */
int route_unanswered(struct route *route, const char *reason, char why[static SINK_WHY_CAP]);

/* The server has ended the connection with `error`, of REDIS_MOVED or REDIS_ASK: `peer` is what it names. */
void route_follow(struct route *route, const char *error);

/* The connection could not be made, or is gone; `was_good`: it was of use. `peer` is where to try next, if that is known without sentinels. */
void route_lost(struct route *route, bool was_good);

#endif
