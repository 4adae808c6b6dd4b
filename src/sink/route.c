/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server says of another is believed until that one fails: a MOVED holds for all connections to come, an ASK for one. Then the search begins anew where
 * the user let it begin; as those servers may be the ones that are dead, they take turns with the latest MOVED. A sentinel that leads to a server of no use may
 * be one that is cut off from the others: the next one is asked first.
 */
#include "sink/route.h"

#include "sink/why.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void go(struct route *route, const struct dest_peer *peer, enum route_stage stage)
{
	route->is_known = true;
	route->peer = *peer;
	route->stage = stage;
}

/* Where the search begins. */
static void begin(struct route *route)
{
	if (route->dest->kind != DEST_SENTINEL)
		go(route, &route->dest->peers[route->seed], ROUTE_FIRST);
	else
		route->is_known = false;
}

void route_open(struct route *route, const struct sink_dest *dest)
{
	*route = (struct route){.dest = dest};
	begin(route);
}

const struct dest_peer *route_sentinel(const struct route *route)
{
	return &route->dest->peers[route->sentinel];
}

int route_put_question(const struct route *route, struct redis_text *text)
{
	const struct redis_arg args[] = {redis_arg("SENTINEL"), redis_arg("get-master-addr-by-name"), redis_arg(route->dest->master)};
	return redis_put(text, args, 3);
}

static void ask_next(struct route *route)
{
	route->sentinel = (route->sentinel + 1) % route->dest->peer_count;
	route->is_secret_due = false;
}

/* The one that was asked is of no use. */
static int pass_on(struct route *route, char *why)
{
	ask_next(route);
	if (++route->asked < route->dest->peer_count)
		return 0;
	int rc = why_refused(why, -ENOENT, "%s", route->said);
	route->asked = 0;
	route->has_answer = false;
	return rc;
}

int route_unanswered(struct route *route, const char *reason, char why[static SINK_WHY_CAP])
{
	char where[DEST_PEER_TEXT_CAP];
	dest_peer_text(route_sentinel(route), where);
	if (!route->has_answer)
		snprintf(route->said, sizeof route->said, "no sentinel answers (%.60s: %.160s)", where, reason);
	return pass_on(route, why);
}

/* `host` and `port` of an array of two. */
static bool is_address(const struct redis_reply *reply, struct dest_peer *peer)
{
	if (reply->kind != REDIS_ARRAY || reply->n != 2 || reply->items[0]->kind != REDIS_STRING || reply->items[1]->kind != REDIS_STRING)
		return false;
	return dest_peer_set(peer, reply->items[0]->text, reply->items[0]->len, reply->items[1]->text, reply->items[1]->len);
}

int route_take_answer(struct route *route, const struct redis_reply *reply, bool has_secret, char why[static SINK_WHY_CAP])
{
	struct dest_peer master;
	if (is_address(reply, &master)) {
		route->asked = 0;
		route->has_answer = false;
		go(route, &master, ROUTE_FIRST);
		return 1;
	}
	if (reply->kind == REDIS_ERROR && strncmp(reply->text, "NOAUTH ", 7) == 0 && has_secret && !route->is_secret_due) {
		route->is_secret_due = true;
		return 0;
	}
	route->has_answer = true;
	if (reply->kind == REDIS_NIL)
		snprintf(route->said, sizeof route->said, "the sentinels know no master %.60s", route->dest->master);
	else if (reply->kind == REDIS_ERROR)
		snprintf(route->said, sizeof route->said, "the sentinels do not tell the master: %.80s", reply->text);
	else
		snprintf(route->said, sizeof route->said, "the sentinels' answers name no server");
	return pass_on(route, why);
}

void route_follow(struct route *route, const char *error)
{
	struct dest_peer to;
	if (!redis_redirect(error, &route->peer, &to))
		return;
	if (redis_verdict(error) == REDIS_ASK) {
		go(route, &to, ROUTE_ASKED);
		return;
	}
	route->has_moved = true;
	route->moved = to;
	go(route, &to, ROUTE_MOVED);
}

void route_lost(struct route *route, bool was_good)
{
	bool was_first = route->stage == ROUTE_FIRST;
	if (!route->is_known)
		return;
	if (route->dest->kind == DEST_SENTINEL) {
		if (!was_good && was_first)
			ask_next(route);
		begin(route);
		return;
	}
	if (was_first && !was_good)
		route->seed = (route->seed + 1) % route->dest->peer_count;
	if (route->has_moved && (route->stage == ROUTE_ASKED || (was_first && !was_good))) {
		go(route, &route->moved, ROUTE_MOVED);
	} else {
		route->has_moved = route->has_moved && !was_first;
		begin(route);
	}
}
