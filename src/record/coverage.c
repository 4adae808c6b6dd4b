/* SPDX-License-Identifier: Apache-2.0 */
/* The coverage record: what a sensor could read and what it could not, as sums since it started. */
#include "record/record.h"

#include "record/envelope.h"
#include "record/line.h"

#include <inttypes.h>
#include <stdio.h>

/* The numbers of one kind; ethertypes and alike are known by their hexadecimal form, protocols by their decimal one. */
static void coverage_unread(struct line *line, const struct unread *unread, enum c2_stop stop, const char *key)
{
	struct unread_count top[UNREAD_SLOTS];
	unsigned n = unread_top(unread, stop, top);
	bool is_decimal = stop == C2_STOP_PROTO || stop == C2_STOP_LINK;
	line_open_array(line, key);
	for (unsigned i = 0; i < n; i++) {
		char number[8];
		snprintf(number, sizeof number, is_decimal ? "%u" : "0x%04x", top[i].number);
		line_open(line, NULL);
		line_text(line, "number", number);
		line_number(line, "packets", top[i].packets);
		line_close(line);
	}
	line_close_array(line);
}

static void coverage_numbers(struct line *line, const struct unread *unread)
{
	static const struct {
		enum c2_stop stop;
		const char *key;
	} kinds[] = {
		{C2_STOP_ETHERTYPE, "ethertype"},
		{C2_STOP_PROTO, "ip_protocol"},
		{C2_STOP_LLC, "llc"},
		{C2_STOP_PPP, "ppp"},
		{C2_STOP_LINK, "link_type"},
	};
	uint64_t others = 0;
	line_open(line, "unread");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		coverage_unread(line, unread, kinds[i].stop, kinds[i].key);
		others += unread_others(unread, kinds[i].stop);
	}
	line_number(line, "others", others);
	line_close(line);
}

static void coverage_event(struct line *line, const struct record_sensor *sensor, const struct record_id *id, const struct record_coverage *coverage)
{
	line_open(line, "event");
	envelope_id(line, sensor, id);
	line_text(line, "kind", "metric");
	line_texts(line, "category", (const char *const[]){"network", NULL});
	line_texts(line, "type", (const char *const[]){"info", NULL});
	line_text(line, "module", "c2watch");
	line_text(line, "dataset", "c2watch.coverage");
	line_time(line, "start", coverage->from_ns);
	line_time(line, "end", coverage->to_ns);
	line_close(line);
}

int record_coverage(struct line *line, const struct record_sensor *sensor, const struct record_id *id, const struct record_coverage *coverage)
{
	const struct counters *counters = coverage->counters;
	char message[LINE_TEXT_MAX];
	snprintf(message, sizeof message, "%" PRIu64 " packets seen, %" PRIu64 " lost; %" PRIu64 " of %" PRIu64 " TLS ClientHellos read",
		counter_get(counters, COUNTER_packets), coverage->dropped + coverage->missed, counter_get(counters, COUNTER_hello_ok),
		counter_get(counters, COUNTER_hello_begun));
	line_begin(line);
	envelope_time(line, coverage->to_ns);
	line_text(line, "message", message);
	coverage_event(line, sensor, id, coverage);
	envelope_observer(line, sensor, NULL);
	line_open(line, "c2watch");
	line_open(line, "coverage");
	line_number(line, "dropped", coverage->dropped);
	line_number(line, "missed", coverage->missed);
	for (enum counter c = 0; c < COUNTER_COUNT; c++)
		line_number(line, counter_names[c], counter_get(counters, c));
	coverage_numbers(line, &counters->unread);
	line_close(line);
	line_close(line);
	return line_end(line);
}
