/* SPDX-License-Identifier: Apache-2.0 */
/* The gap record: it stands in the stream where records were lost. */
#include "record/record.h"

#include "record/envelope.h"
#include "record/line.h"

#include <inttypes.h>
#include <stdio.h>

int record_gap(struct line *line, const struct record_sensor *sensor, const struct record_id *id, const struct record_gap *gap)
{
	char message[LINE_TEXT_MAX];
	snprintf(message, sizeof message, "%" PRIu64 " lost: %.255s", gap->lost, gap->where);
	line_begin(line);
	envelope_time(line, gap->to_ns);
	line_text(line, "message", message);
	line_open(line, "event");
	envelope_id(line, sensor, id);
	line_text(line, "kind", "pipeline_error");
	line_text(line, "module", "c2watch");
	line_text(line, "dataset", "c2watch.gap");
	line_close(line);
	envelope_observer(line, sensor, NULL);
	line_open(line, "c2watch");
	line_open(line, "gap");
	line_time(line, "from", gap->from_ns);
	line_time(line, "to", gap->to_ns);
	line_number(line, "lost", gap->lost);
	line_text(line, "where", gap->where);
	line_close(line);
	line_close(line);
	return line_end(line);
}
