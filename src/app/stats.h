/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_STATS_H
#define APP_STATS_H

#include "app/worker.h"

#include <stdio.h>

/* Sums of what the workers have counted. */
struct stats {
	struct counters counters;
	uint64_t received, dropped, missed;
	uint64_t octets_done, octets_all;
	bool is_live;
};

struct publisher_stats;

void stats_gather(struct stats *stats, const struct worker *workers, unsigned n);

/* The main counters, for those who ask a server: a name and a number's text each. Returns how many. */
#define STATS_FIGURES_MAX 32
struct stats_figure {
	const char *name;
	char text[24];
};
unsigned stats_figures(const struct stats *stats, const struct publisher_stats *publisher, struct stats_figure figures[static STATS_FIGURES_MAX]);

/* Writes the statistics line to standard error: every counter that is not zero. */
void stats_print(const struct stats *stats, const struct publisher_stats *publisher);

/* A replay's progress on a terminal, in place: `elapsed_s` since it began. stats_progress_end() wipes it away. */
void stats_progress(const struct stats *stats, const struct publisher_stats *publisher, double elapsed_s);
void stats_progress_end(void);

#endif
