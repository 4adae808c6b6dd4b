/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast spool and sender bring records to a server together: one thread appends as fast as it can, the sender delivers meanwhile. And how fast the sender
 * alone delivers as many that wait.
 * usage: delivery DIR DEST RECORDS JSON_OCTETS. Prints, a second: appends; records from the first append to the last acknowledgement; records that waited.
 */
#include "base/log.h"
#include "sink/sender.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "delivery: %s\n", what);
	exit(1);
}

static size_t gap_json(void *arg, const struct spool_gap *gap, struct sink_record *record, char *json, size_t cap)
{
	(void)arg, (void)gap, (void)record, (void)json, (void)cap;
	die("a gap");
	return 0;
}

static void append_all(struct spool *spool, uint64_t records, size_t json_len)
{
	static char json[SINK_JSON_MAX];
	memset(json, 'j', json_len);
	for (uint64_t i = 0; i < records; i++) {
		char digits[24];
		memcpy(json, digits, (size_t)snprintf(digits, sizeof digits, "%020" PRIu64, i));
		uint64_t now_ns = clock_ns(CLOCK_REALTIME);
		const struct sink_record record = {.id = sink_id_next(spool_last_id(spool), now_ns / 1000000),
			.ts = "2026-11-20T00:00:00.000000Z",
			.host = "workstation-17.example",
			.indicator = "msstorageazure.com",
			.action = "c2-dns-query",
			.outcome = "asked",
			.json = json,
			.json_len = json_len};
		if (spool_append(spool, &record, now_ns) != 0)
			die("append");
	}
}

static struct sender *start(struct spool *spool, const struct sink_dest *dest)
{
	struct sender *sender;
	const struct sender_options sending = {.dest = dest, .sensor = "bench", .spool = spool, .name = "bench", .gap_json = gap_json};
	if (sender_start(&sender, &sending) != 0)
		die("sender");
	return sender;
}

static void stop(struct sender *sender)
{
	if (sender_stop(sender, 300000) > 0)
		die("not all arrived");
}

static double rate(uint64_t records, uint64_t begun_ns, uint64_t ended_ns)
{
	return (double)records * 1e9 / (double)(ended_ns - begun_ns);
}

int main(int argc, char **argv)
{
	char why[SINK_WHY_CAP];
	struct sink_dest dest;
	struct spool *spool;
	if (argc != 5)
		die("usage: delivery DIR DEST RECORDS JSON_OCTETS");
	uint64_t records = strtoull(argv[3], NULL, 10);
	size_t json_len = strtoul(argv[4], NULL, 10);
	log_open("delivery", LOG_ERROR);
	const struct spool_options options = {.dir = argv[1], .sensor = "bench"};
	if (json_len < 20 || json_len > SINK_JSON_MAX)
		die("JSON_OCTETS: want 20 to 131072");
	if (dest_parse(argv[2], &dest, why) != 0 || spool_open(&spool, &options, why) != 0)
		die(why);
	struct sender *sender = start(spool, &dest);
	uint64_t begun_ns = clock_ns(CLOCK_MONOTONIC);
	append_all(spool, records, json_len);
	uint64_t appended_ns = clock_ns(CLOCK_MONOTONIC);
	stop(sender);
	uint64_t ended_ns = clock_ns(CLOCK_MONOTONIC);
	append_all(spool, records, json_len);
	uint64_t waiting_ns = clock_ns(CLOCK_MONOTONIC);
	stop(start(spool, &dest));
	uint64_t drained_ns = clock_ns(CLOCK_MONOTONIC);
	spool_close(spool);
	printf("%.0f %.0f %.0f\n", rate(records, begun_ns, appended_ns), rate(records, begun_ns, ended_ns), rate(records, waiting_ns, drained_ns));
	return 0;
}
