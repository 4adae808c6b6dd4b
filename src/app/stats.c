/* SPDX-License-Identifier: Apache-2.0 */
/* What the operator sees of the counters. */
#include "app/stats.h"

#include "base/log.h"

#include <string.h>

void stats_gather(struct stats *stats, const struct worker *workers, unsigned n)
{
	*stats = (struct stats){.is_live = n > 0 && workers[0].capture != NULL};
	for (unsigned i = 0; i < n; i++) {
		const struct worker *worker = &workers[i];
		for (enum counter c = 0; c < COUNTER_COUNT; c++)
			stats->counters.value[c] += counter_get(&worker->counters, c);
		stats->received += atomic_load(&worker->received);
		stats->dropped += atomic_load(&worker->dropped);
		stats->missed += atomic_load(&worker->missed);
		stats->octets_done += atomic_load(&worker->octets_done);
		stats->octets_all += atomic_load(&worker->octets_all);
	}
}

struct stats_text {
	char text[1800]; /* one line of the log */
	size_t n;
};

static void stats_add(struct stats_text *out, const char *name, uint64_t value)
{
	int n = snprintf(out->text + out->n, sizeof out->text - out->n, " %s=%llu", name, (unsigned long long)value);
	if (n > 0 && out->n + (size_t)n < sizeof out->text)
		out->n += (size_t)n;
}

static void stats_add_some(struct stats_text *out, const char *name, uint64_t value)
{
	if (value != 0)
		stats_add(out, name, value);
}

void stats_print(const struct stats *stats, const struct publisher_stats *publisher)
{
	struct stats_text out = {.n = 0};
	stats_add(&out, "packets", stats->counters.value[COUNTER_packets]);
	stats_add(&out, "hits", stats->counters.value[COUNTER_hits]);
	stats_add(&out, "records", publisher->records);
	if (stats->is_live) {
		stats_add(&out, "received", stats->received);
		stats_add(&out, "dropped", stats->dropped);
		stats_add(&out, "missed", stats->missed);
	}
	if (publisher->has_redis) {
		stats_add(&out, "stored", publisher->stored);
		stats_add(&out, "waiting", publisher->waiting);
		stats_add_some(&out, "refused", publisher->refused);
	}
	stats_add_some(&out, "failed", publisher->failed);
	stats_add_some(&out, "observed", publisher->lines);
	stats_add_some(&out, "leases", publisher->hosts);
	stats_add_some(&out, "leases_evicted", publisher->hosts_evicted);
	stats_add_some(&out, "incidents", publisher->incidents);
	stats_add_some(&out, "incidents_evicted", publisher->incidents_evicted);
	for (enum counter c = 0; c < COUNTER_COUNT; c++)
		if (c != COUNTER_packets && c != COUNTER_hits)
			stats_add_some(&out, counter_names[c], stats->counters.value[c]);
	log_line(LOG_ERROR, "stats:%s", out.text);
}

void stats_progress(const struct stats *stats, const struct publisher_stats *publisher, double elapsed_s)
{
	double all = (double)stats->octets_all;
	double done = (double)stats->octets_done;
	double packets = (double)stats->counters.value[COUNTER_packets];
	fprintf(stderr, "\r\x1b[K%.1f MB", done / 1e6);
	if (all > 0)
		fprintf(stderr, "  %.0f %%", 100 * done / all);
	fprintf(stderr, "  %.0f packets/s  %llu hits", elapsed_s > 0 ? packets / elapsed_s : 0.0, (unsigned long long)publisher->hits);
	fflush(stderr);
}

void stats_progress_end(void)
{
	fputs("\r\x1b[K", stderr);
	fflush(stderr);
}
