/* SPDX-License-Identifier: Apache-2.0 */
/* What the operator sees of the counters. */
#include "app/stats.h"

#include "app/publisher.h"
#include "base/log.h"
#include "record/record.h"

#include <string.h>

void stats_gather(struct stats *stats, const struct worker *workers, unsigned n)
{
	*stats = (struct stats){.is_live = n > 0 && workers[0].capture != NULL};
	for (unsigned i = 0; i < n; i++) {
		const struct worker *worker = &workers[i];
		counters_gather(&stats->counters, &worker->counters);
		stats->received += atomic_load(&worker->received);
		stats->dropped += atomic_load(&worker->dropped);
		stats->missed += atomic_load(&worker->missed);
		stats->octets_done += atomic_load(&worker->octets_done);
		stats->octets_all += atomic_load(&worker->octets_all);
	}
}

static const enum counter main_counters[] = {COUNTER_packets, COUNTER_sealed_esp, COUNTER_sealed_wireguard, COUNTER_sealed_openvpn,
	COUNTER_hello_begun, COUNTER_hello_ok, COUNTER_hello_nosni, COUNTER_hello_ech, COUNTER_hello_dot, COUNTER_hello_doh, COUNTER_hello_doq,
	COUNTER_quic_unknown_version, COUNTER_client_only, COUNTER_server_only, COUNTER_connections, COUNTER_connections_unnamed};
#define MAIN_COUNTERS (sizeof main_counters / sizeof *main_counters)
_Static_assert(MAIN_COUNTERS + 9 <= STATS_FIGURES_MAX, "there is room for the main counters");

static void figure_write(struct stats_figure *figure, const char *name, uint64_t value)
{
	figure->name = name;
	snprintf(figure->text, sizeof figure->text, "%llu", (unsigned long long)value);
}

unsigned stats_figures(const struct stats *stats, const struct publisher_stats *publisher, struct stats_figure figures[static STATS_FIGURES_MAX])
{
	unsigned n = 0;
	figure_write(&figures[n++], "dropped", stats->dropped + stats->missed);
	figure_write(&figures[n++], "hits", publisher->hits);
	figure_write(&figures[n++], "waiting", publisher->waiting);
	figure_write(&figures[n++], "dead", publisher->dead);
	figure_write(&figures[n++], "spool_octets", publisher->spool.octets);
	figure_write(&figures[n++], "spool_lost", publisher->spool.lost);
	figure_write(&figures[n++], "spool_dropped", publisher->spool.dropped);
	figure_write(&figures[n++], "spool_failed", publisher->spool.failed);
	figure_write(&figures[n++], "spool_damaged", publisher->spool.damaged);
	for (size_t i = 0; i < MAIN_COUNTERS; i++)
		figure_write(&figures[n++], counter_names[main_counters[i]], stats->counters.value[main_counters[i]]);
	return n;
}

struct stats_text {
	char text[2000]; /* one line of the log */
	size_t n;
};

static void stats_add_text(struct stats_text *out, const char *name, const char *value)
{
	int n = snprintf(out->text + out->n, sizeof out->text - out->n, " %s=%s", name, value);
	if (n > 0 && out->n + (size_t)n < sizeof out->text)
		out->n += (size_t)n;
}

static void stats_add(struct stats_text *out, const char *name, uint64_t value)
{
	struct stats_figure figure;
	figure_write(&figure, name, value);
	stats_add_text(out, name, figure.text);
}

static void stats_add_some(struct stats_text *out, const char *name, uint64_t value)
{
	if (value != 0)
		stats_add(out, name, value);
}

static void stats_add_since(struct stats_text *out, const struct publisher_stats *publisher)
{
	char since[RECORD_TIME_CAP];
	if (publisher->waiting == 0 || publisher->spool.since_ms == 0)
		return;
	record_time_text(publisher->spool.since_ms * 1000000, since);
	stats_add_text(out, "waiting_since", since);
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
		stats_add_since(&out, publisher);
		stats_add_some(&out, "refused", publisher->refused);
		stats_add_some(&out, "dead", publisher->dead);
		stats_add_some(&out, "spool_octets", publisher->spool.octets);
		stats_add_some(&out, "spool_lost", publisher->spool.lost);
		stats_add_some(&out, "spool_dropped", publisher->spool.dropped);
		stats_add_some(&out, "spool_failed", publisher->spool.failed);
		stats_add_some(&out, "spool_damaged", publisher->spool.damaged);
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
