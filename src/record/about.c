/* SPDX-License-Identifier: Apache-2.0 */
/* What a sensor says of itself in c2watch:sensors. */
#include "record/record.h"

#include "record/line.h"

int record_about(struct line *line, const struct record_sensor *sensor, const char *const *ifaces, size_t n, const char *feeds, const char *since)
{
	line_begin(line);
	line_text(line, "version", sensor->version);
	line_text(line, "hostname", sensor->hostname);
	line_open_array(line, "interfaces");
	for (size_t i = 0; i < n; i++)
		line_text(line, NULL, ifaces[i]);
	line_close_array(line);
	line_text(line, "feeds", feeds);
	line_text(line, "since", since);
	return line_end(line);
}
