/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds, loaded and swapped: build beside, check, swap the pointer, wait for workers and publisher, free the old. */
#include "app/reload.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PASS_WAIT_NS 1000000

static void reload_hear(void *arg, const struct feed_complaint *complaint)
{
	(void)arg;
	enum log_level level = complaint->level == FEED_NOTE ? LOG_DEBUG : complaint->level == FEED_REFUSED ? LOG_WARNING : LOG_ERROR;
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
	const struct feed_lint lint = {.popular = C2WATCH_DATADIR "/feeds/popular.txt"};
	const struct feed_listener listener = {.complain = reload_hear};
	struct feed_source *sources = calloc(list->n, sizeof *sources);
	if (sources == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < list->n; i++)
		sources[i].path = list->items[i];
	int error = feedset_load(sources, list->n, &lint, &listener, &out->set);
	free(sources);
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

static bool is_plausible(size_t before, size_t after)
{
	return after * 2 >= before && after <= before * 10;
}

int reload_swap(struct reload_feeds **current, const struct config *config, struct gate *gate, struct publisher *publisher)
{
	struct reload_feeds *old = *current;
	struct reload_feeds *new = calloc(1, sizeof *new);
	if (new == NULL)
		return -ENOMEM;
	int error = reload_load(new, config, old->feeds.generation + 1);
	if (error < 0) {
		log_error("reload: the feeds could not be loaded: %s; the old ones stay in force", strerror(-error));
		free(new);
		return error;
	}
	size_t before = feedset_count(old->set);
	size_t after = feedset_count(new->set);
	if (!is_plausible(before, after)) {
		log_error("reload: %zu names where there were %zu: refused, the old feeds stay in force; restart if it is meant", after, before);
		reload_free(new);
		return -EINVAL;
	}
	publisher_offer(publisher, new->set, new->feeds.generation);
	gate_swap(gate, &new->feeds);
	while (!gate_is_clear(gate))
		nanosleep(&(struct timespec){.tv_nsec = PASS_WAIT_NS}, NULL);
	publisher_retire(publisher);
	log_notice("reload: %zu names, feed set %s", after, feedset_hash(new->set));
	*current = new;
	reload_free(old);
	return 0;
}
