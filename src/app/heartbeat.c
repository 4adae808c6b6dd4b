/* SPDX-License-Identifier: Apache-2.0 */
/* What main asks the publisher while that works: how it is doing, for the statistics line and for the sensor's own key in Redis. */
#include "app/publisher_parts.h"

#include "feed/feedset.h"

void publisher_heartbeat(struct publisher *publisher, const struct stats *sums, uint64_t now_ns)
{
	struct publisher_stats stats;
	char now[RECORD_TIME_CAP], since[RECORD_TIME_CAP], waiting_since[RECORD_TIME_CAP] = "";
	struct stats_figure figures[STATS_FIGURES_MAX];
	struct sender_field fields[4 + STATS_FIGURES_MAX];
	publisher_stats(publisher, &stats);
	if (!stats.has_redis)
		return;
	record_time_text(now_ns, now);
	record_time_text((uint64_t)publisher->started_s * SECOND_NS, since);
	if (stats.waiting > 0 && stats.spool.since_ms > 0)
		record_time_text(stats.spool.since_ms * 1000000, waiting_since);
	const char *feeds = feedset_hash(atomic_load(&publisher->now));
	size_t n = 0;
	fields[n++] = (struct sender_field){"at", now};
	fields[n++] = (struct sender_field){"version", publisher->options.version};
	fields[n++] = (struct sender_field){"feeds", feeds};
	fields[n++] = (struct sender_field){"waiting_since", waiting_since};
	unsigned figure_count = stats_figures(sums, &stats, figures);
	for (unsigned i = 0; i < figure_count; i++)
		fields[n++] = (struct sender_field){figures[i].name, figures[i].text};
	if (record_about(&publisher->about, &publisher->sensor, publisher->options.ifaces, publisher->options.iface_count, feeds, since) == 0)
		outputs_heartbeat(publisher->outputs, fields, n, publisher->about.text);
}

void publisher_stats(const struct publisher *publisher, struct publisher_stats *stats)
{
	struct outputs_stats outputs;
	outputs_stats(publisher->outputs, &outputs);
	*stats = (struct publisher_stats){
		.hits = atomic_load(&publisher->hits),
		.records = outputs.records,
		.lines = atomic_load(&publisher->lines),
		.failed = outputs.failed,
		.hosts = atomic_load(&publisher->addresses),
		.hosts_evicted = atomic_load(&publisher->addresses_evicted),
		.incidents = atomic_load(&publisher->incidents_open),
		.incidents_evicted = atomic_load(&publisher->incidents_evicted),
		.waiting = outputs.waiting,
		.stored = outputs.stored,
		.refused = outputs.refused,
		.dead = outputs.dead,
		.has_redis = outputs.has_redis,
		.is_connected = outputs.is_connected,
		.spool = outputs.spool,
	};
}
