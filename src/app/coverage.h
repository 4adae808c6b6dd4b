/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_COVERAGE_H
#define APP_COVERAGE_H

#include "app/worker.h"
#include "record/record.h"

/* When coverage records are due, by packet time. */
struct coverage {
	uint64_t period_ns;         /* 0: never */
	uint64_t first_ns, last_ns; /* ticks; 0: none yet */
	uint64_t told_ns;           /* of the latest record, or the first tick */
};

/* Packet time has come to `at_ns`: is a record due? Asked once a tick. */
bool coverage_is_due(struct coverage *coverage, uint64_t at_ns);

/* Writes the record of the last tick to `line`, with the workers' counters as they stand. 0 or -ENOMEM. */
int coverage_write(struct coverage *coverage, const struct worker *workers, unsigned n, const struct record_sensor *sensor,
	const struct record_id *id, struct line *line);

#endif
