/* SPDX-License-Identifier: Apache-2.0 */
/* One sentinel is asked at a time, so that one look-up of a name at most is waited for before the sender sees to its other business. */
#include "sink/finder.h"

void finder_open(struct finder *finder, const struct sink_dest *dest, const struct errand_account *account)
{
	*finder = (struct finder){.account = account};
	route_open(&finder->route, dest);
	errand_init(&finder->errand);
}

void finder_close(struct finder *finder)
{
	errand_end(&finder->errand);
}

/* Begins to ask a sentinel. 0 or -errno. */
static int ask(struct finder *finder)
{
	static const struct sink_secret none;
	struct redis_text question = {0};
	const struct route *route = &finder->route;
	const struct errand_account stranger = {.tls = finder->account->tls, .user = "", .secret = &none};
	int rc = route_put_question(route, &question);
	if (rc == 0)
		rc = errand_begin(&finder->errand, route_sentinel(route), route->is_secret_due ? finder->account : &stranger, &question);
	redis_text_free(&question);
	return rc;
}

/* One step. As finder_advance(). */
static int step(struct finder *finder, uint64_t now_ns, char why[static SINK_WHY_CAP])
{
	const struct redis_reply *reply;
	if (!errand_is_under_way(&finder->errand))
		return ask(finder) == 0 ? 0 : route_unanswered(&finder->route, finder->errand.why, why);
	int rc = errand_advance(&finder->errand, now_ns, &reply);
	if (rc == 0)
		return 0;
	if (rc < 0)
		rc = route_unanswered(&finder->route, finder->errand.why, why);
	else
		rc = route_take_answer(&finder->route, reply, finder->account->secret->len > 0, why);
	errand_end(&finder->errand);
	return rc;
}

int finder_advance(struct finder *finder, uint64_t now_ns, char why[static SINK_WHY_CAP])
{
	int rc = finder->route.is_known ? 1 : step(finder, now_ns, why);
	finder->is_asking = rc == 0;
	return rc;
}

uint64_t finder_deadline(const struct finder *finder)
{
	return errand_is_under_way(&finder->errand) ? finder->errand.deadline_ns : 0;
}

void finder_lost(struct finder *finder, const char *redirect, bool was_good)
{
	if (redirect[0] != '\0')
		route_follow(&finder->route, redirect);
	else
		route_lost(&finder->route, was_good);
}
