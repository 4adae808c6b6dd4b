/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_ENVELOPE_H
#define RECORD_ENVELOPE_H

#include "record/record.h"

/* What every ECS record has, whatever it is about. */

/* `@timestamp` and `ecs`. */
void envelope_time(struct line *line, uint64_t at_ns);

/* `id` and `created`, within an open `event`. */
void envelope_id(struct line *line, const struct record_sensor *sensor, const struct record_id *id);

/* `observer`. `iface` null: not said. */
void envelope_observer(struct line *line, const struct record_sensor *sensor, const char *iface);

#endif
