/* SPDX-License-Identifier: Apache-2.0 */
/* What every ECS record has: when, which record, who saw it. */
#include "record/envelope.h"

#include "record/line.h"

#include <inttypes.h>
#include <stdio.h>

void envelope_time(struct line *line, uint64_t at_ns)
{
	line_time(line, "@timestamp", at_ns);
	line_open(line, "ecs");
	line_text(line, "version", "8.11.0");
	line_close(line);
}

void envelope_id(struct line *line, const struct record_sensor *sensor, const struct record_id *id)
{
	char text[LINE_TEXT_MAX];
	snprintf(text, sizeof text, "%.255s-%" PRIu64 "-%" PRIu64, sensor->name, id->ms, id->seq);
	line_text(line, "id", text);
	if (id->created_ns != 0)
		line_time(line, "created", id->created_ns);
}

void envelope_observer(struct line *line, const struct record_sensor *sensor, const char *iface)
{
	line_open(line, "observer");
	line_text(line, "type", "ids");
	line_text(line, "vendor", "c2watch");
	line_text(line, "product", "c2watch");
	line_text(line, "version", sensor->version);
	line_text(line, "name", sensor->name);
	line_text(line, "hostname", sensor->hostname);
	line_open(line, "ingress");
	line_open(line, "interface");
	line_text(line, "name", iface);
	line_close(line);
	line_close(line);
	line_close(line);
}
