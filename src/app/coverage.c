/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage: so often, by packet time, a record of what the workers have counted. */
#include "app/coverage.h"

#include "app/stats.h"

bool coverage_is_due(struct coverage *coverage, uint64_t at_ns)
{
	coverage->last_ns = at_ns;
	if (coverage->first_ns == 0)
		coverage->first_ns = coverage->told_ns = at_ns;
	bool is_back = at_ns + coverage->period_ns < coverage->told_ns; /* the clock was set, or an older file began */
	return coverage->period_ns > 0 && (is_back || at_ns >= coverage->told_ns + coverage->period_ns);
}

int coverage_write(struct coverage *coverage, const struct worker *workers, unsigned n, const struct record_sensor *sensor,
	const struct record_id *id, struct line *line)
{
	struct stats sums;
	stats_gather(&sums, workers, n);
	const struct record_coverage record = {
		.from_ns = coverage->first_ns < coverage->last_ns ? coverage->first_ns : coverage->last_ns,
		.to_ns = coverage->last_ns,
		.counters = &sums.counters,
		.dropped = sums.dropped,
		.missed = sums.missed,
	};
	coverage->told_ns = coverage->last_ns;
	return record_coverage(line, sensor, id, &record);
}
