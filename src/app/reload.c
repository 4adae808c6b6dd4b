/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds, loaded and swapped: build beside, check, swap the pointer, wait for workers and publisher, free the old. Each is a state that main looks in on. */
#include "app/reload.h"

#include "app/feedwatch.h"
#include "base/log.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define RELOAD_REFUSED_TOLD 20 /* lines */
#define BUILD_NICE 10          /* packets come first */

/* A set that is being built. */
struct reload_build {
	const struct config *config;
	uint32_t generation;
	struct reload_feeds *feeds; /* null when it failed */
	int error;
	atomic_bool is_done;
	pthread_t thread;
};

enum reload_state {
	RELOAD_RESTS,
	RELOAD_BUILDS,  /* a thread loads the feeds */
	RELOAD_PASSES,  /* workers go over to the new ones, each at its next batch */
	RELOAD_RETIRES, /* the publisher writes what it has of the old ones */
};

struct reload {
	const struct config *config;
	struct feedwatch *watch;        /* null: a signal alone reloads */
	struct reload_feeds *now, *old; /* in force, and those that make room for them */
	enum reload_state state;
	bool is_asked;
	struct reload_build *build;
};

static void reload_hear(void *arg, const struct feed_complaint *complaint)
{
	unsigned *refused = arg;
	bool is_one_of_many = complaint->level == FEED_REFUSED && ++*refused > RELOAD_REFUSED_TOLD;
	enum log_level level = complaint->level == FEED_NOTE || is_one_of_many ? LOG_DEBUG
			       : complaint->level == FEED_REFUSED              ? LOG_WARNING
									       : LOG_ERROR;
	if (complaint->line > 0)
		log_line(level, "%s:%u: %s", complaint->path, complaint->line, complaint->what);
	else
		log_line(level, "%s: %s", complaint->path, complaint->what);
}

/* Resolvers only make hellos count: without the list that was installed a sensor still watches. One that was asked for must be there. */
static int reload_resolvers(struct resolver_set *out, const char *asked, const struct feed_listener *listener)
{
	const char *path = asked != NULL ? asked : C2WATCH_DATADIR "/feeds/resolvers.txt";
	int error = resolvers_load(out, path, listener);
	if (error < 0)
		log_line(asked != NULL ? LOG_ERROR : LOG_DEBUG, "%s: %s", path, strerror(-error));
	return asked != NULL || error == -ENOMEM ? error : 0;
}

int reload_load(struct reload_feeds *out, const struct config *config, uint32_t generation)
{
	const struct config_list *list = &config->feeds;
	const struct feed_lint lint = {.popular = C2WATCH_DATADIR "/feeds/popular.txt", .shared = C2WATCH_DATADIR "/feeds/shared-hosts.txt"};
	unsigned refused = 0;
	const struct feed_listener listener = {.complain = reload_hear, .arg = &refused};
	struct feed_source *sources = calloc(list->n, sizeof *sources);
	if (sources == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < list->n; i++)
		sources[i].path = list->items[i];
	int error = feedset_load(sources, list->n, &lint, &listener, &out->set);
	free(sources);
	if (refused > RELOAD_REFUSED_TOLD)
		log_warning("%u more lines of feeds are refused: `c2feed check` tells of each", refused - RELOAD_REFUSED_TOLD);
	if (error < 0)
		return error;
	error = reload_resolvers(&out->resolvers, config->resolvers, &listener);
	if (error < 0) {
		feedset_free(out->set);
		out->set = NULL;
		return error;
	}
	out->feeds = (struct inspector_feeds){
		.domset = feedset_domset(out->set),
		.generation = generation,
		.context = feedset_context(out->set),
		.resolvers = out->resolvers.names != NULL ? &out->resolvers : NULL,
	};
	return 0;
}

void reload_free(struct reload_feeds *feeds)
{
	if (feeds == NULL)
		return;
	feedset_free(feeds->set);
	resolvers_free(&feeds->resolvers);
	free(feeds);
}

/* How many claims of the set are the feed's. */
static size_t reload_claims(const struct feedset *set, const char *feed)
{
	const char *other;
	size_t claims;
	for (size_t i = 0; feedset_source(set, i, &other, &claims); i++)
		if (strcmp(other, feed) == 0)
			return claims;
	return 0;
}

bool reload_is_plausible(const struct feedset *old, const struct feedset *new)
{
	bool is_plausible = true;
	const char *feed;
	size_t before;
	for (size_t i = 0; feedset_source(old, i, &feed, &before); i++) {
		size_t after = reload_claims(new, feed);
		if (after * 2 >= before && after <= before * 10 && (after > 0 || before == 0))
			continue;
		log_error("reload: feed %s: %zu entries where there were %zu", feed, after, before);
		is_plausible = false;
	}
	return is_plausible;
}

static void *reload_run(void *arg)
{
	struct reload_build *build = arg;
	setpriority(PRIO_PROCESS, 0, BUILD_NICE); /* Linux: of the calling thread. Where that is not allowed, it goes without. */
	build->feeds = calloc(1, sizeof *build->feeds);
	build->error = build->feeds != NULL ? reload_load(build->feeds, build->config, build->generation) : -ENOMEM;
	if (build->error < 0) {
		free(build->feeds);
		build->feeds = NULL;
	}
	malloc_trim(0); /* what building took, the allocator would keep */
	atomic_store(&build->is_done, true);
	return NULL;
}

static int reload_begin(struct reload *reload)
{
	struct reload_build *build = calloc(1, sizeof *build);
	if (build == NULL)
		return -ENOMEM;
	build->config = reload->config;
	build->generation = reload->now->feeds.generation + 1;
	if (reload->watch != NULL)
		feedwatch_look(reload->watch);
	int error = pthread_create(&build->thread, NULL, reload_run, build);
	if (error != 0) {
		free(build);
		return -error;
	}
	pthread_setname_np(build->thread, "reload");
	reload->build = build;
	reload->state = RELOAD_BUILDS;
	return 0;
}

/* Takes over what has been built: null, and told, when the old feeds stay in force. */
static struct reload_feeds *reload_take(struct reload *reload)
{
	struct reload_build *build = reload->build;
	pthread_join(build->thread, NULL);
	struct reload_feeds *new = build->feeds;
	int error = build->error;
	free(build);
	reload->build = NULL;
	const char *hash = feedset_hash(reload->now->set);
	if (new == NULL) {
		log_error("reload: the feeds could not be loaded: %s; the old ones stay in force, feed set %s", strerror(-error), hash);
		return NULL;
	}
	if (!reload_is_plausible(reload->now->set, new->set)) {
		log_error("reload: refused: the old feeds stay in force, feed set %s; restart if it is meant", hash);
		reload_free(new);
		return NULL;
	}
	return new;
}

static void reload_swap(struct reload *reload, struct reload_feeds *new, struct gate *gate, struct publisher *publisher)
{
	reload->old = reload->now;
	reload->now = new;
	publisher_offer(publisher, new->set, new->feeds.generation);
	gate_swap(gate, &new->feeds);
	reload->state = RELOAD_PASSES;
}

bool reload_round(struct reload *reload, struct gate *gate, struct publisher *publisher, uint64_t now_ns)
{
	if (reload->watch != NULL && feedwatch_is_due(reload->watch, now_ns))
		reload->is_asked = true;
	if (reload->state == RELOAD_RESTS && reload->is_asked) {
		reload->is_asked = false;
		int error = reload_begin(reload);
		if (error < 0)
			log_error("reload: %s", strerror(-error));
	}
	if (reload->state == RELOAD_BUILDS && atomic_load(&reload->build->is_done)) {
		reload->state = RELOAD_RESTS;
		struct reload_feeds *new = reload_take(reload);
		if (new != NULL)
			reload_swap(reload, new, gate, publisher);
	}
	if (reload->state == RELOAD_PASSES && gate_is_clear(gate)) {
		publisher_retire(publisher);
		reload->state = RELOAD_RETIRES;
	}
	if (reload->state == RELOAD_RETIRES && publisher_has_retired(publisher)) {
		reload_free(reload->old);
		reload->old = NULL;
		reload->state = RELOAD_RESTS;
		log_notice("reload: %zu names, feed set %s", feedset_count(reload->now->set), feedset_hash(reload->now->set));
	}
	return reload->state != RELOAD_RESTS;
}

int reload_open(struct reload **out, const struct config *config, bool is_watched)
{
	struct reload *reload = calloc(1, sizeof *reload);
	if (reload == NULL)
		return -ENOMEM;
	reload->config = config;
	reload->now = calloc(1, sizeof *reload->now);
	int error = reload->now != NULL ? 0 : -ENOMEM;
	if (error == 0 && is_watched && (error = feedwatch_open(&reload->watch, &config->feeds)) < 0) {
		log_warning("feeds are not watched for changes: %s; SIGHUP loads them anew", strerror(-error));
		error = 0;
	}
	if (error == 0)
		error = reload_load(reload->now, config, 1);
	if (error < 0) {
		reload_close(reload);
		return error;
	}
	*out = reload;
	return 0;
}

const struct reload_feeds *reload_first(const struct reload *reload)
{
	return reload->now;
}

void reload_ask(struct reload *reload)
{
	reload->is_asked = true;
}

bool reload_is_cut(const struct reload *reload)
{
	return feedset_is_cut(reload->now->set) || (reload->old != NULL && feedset_is_cut(reload->old->set));
}

void reload_close(struct reload *reload)
{
	if (reload == NULL)
		return;
	if (reload->build != NULL)
		pthread_detach(reload->build->thread);
	feedwatch_close(reload->watch);
	reload_free(reload->now);
	reload_free(reload->old);
	free(reload);
}
