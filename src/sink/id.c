/* SPDX-License-Identifier: Apache-2.0 */
/* Stream ids, as Redis orders them: two unsigned 64-bit numbers, the first one the time. */
#include "sink/sink.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int sink_id_compare(struct sink_id a, struct sink_id b)
{
	if (a.ms != b.ms)
		return a.ms < b.ms ? -1 : 1;
	if (a.seq != b.seq)
		return a.seq < b.seq ? -1 : 1;
	return 0;
}

struct sink_id sink_id_next(struct sink_id last, uint64_t now_ms)
{
	if (now_ms > last.ms)
		return (struct sink_id){now_ms, 0};
	if (last.seq == UINT64_MAX)
		return (struct sink_id){last.ms + 1, 0};
	return (struct sink_id){last.ms, last.seq + 1};
}

struct sink_id sink_id_before(struct sink_id id)
{
	if (id.seq > 0)
		return (struct sink_id){id.ms, id.seq - 1};
	if (id.ms > 0)
		return (struct sink_id){id.ms - 1, UINT64_MAX};
	return id;
}

size_t sink_id_text(struct sink_id id, char text[static SINK_ID_TEXT_CAP])
{
	return (size_t)snprintf(text, SINK_ID_TEXT_CAP, "%" PRIu64 "-%" PRIu64, id.ms, id.seq);
}

/* Reads digits up to `end`; returns where they stop, or null when there are none or too many. */
static const char *number(const char *p, const char *end, uint64_t *value)
{
	const char *first = p;
	uint64_t sum = 0;
	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');
		if (sum > (UINT64_MAX - digit) / 10)
			return NULL;
		sum = sum * 10 + digit;
	}
	*value = sum;
	return p == first ? NULL : p;
}

bool sink_id_parse(const char *text, size_t len, struct sink_id *id)
{
	const char *end = text + len;
	struct sink_id read;
	const char *p = number(text, end, &read.ms);
	if (p == NULL || p == end || *p != '-')
		return false;
	p = number(p + 1, end, &read.seq);
	if (p != end)
		return false;
	*id = read;
	return true;
}

bool sink_sensor_is_good(const char *name)
{
	size_t len = strlen(name);
	return len > 0 && len <= SINK_SENSOR_MAX && name[0] != '.' &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}
