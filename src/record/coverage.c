/* SPDX-License-Identifier: Apache-2.0 */
/* The coverage record: what could and could not be read in a span of time. It is what makes "no hits" evidence. */
#include "record/record.h"

#include "record/envelope.h"
#include "record/line.h"

int record_coverage(struct line *line, const struct record_sensor *sensor, const struct record_id *id, uint64_t from_ns, uint64_t to_ns,
	const struct record_figure *figures, size_t n)
{
	line_begin(line);
	envelope_time(line, to_ns);
	line_open(line, "event");
	envelope_id(line, sensor, id);
	line_text(line, "kind", "metric");
	line_text(line, "module", "c2watch");
	line_text(line, "dataset", "c2watch.coverage");
	line_time(line, "start", from_ns);
	line_time(line, "end", to_ns);
	line_close(line);
	envelope_observer(line, sensor, NULL);
	line_open(line, "c2watch");
	line_open(line, "coverage");
	for (size_t i = 0; i < n; i++)
		line_number(line, figures[i].name, figures[i].value);
	line_close(line);
	line_close(line);
	return line_end(line);
}
