/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that answers anything: the first octet says how many records there are, what they become, and whether the server is to be a master; the second into
 * what pieces the rest is cut; a NUL ends a piece too. Nothing is acknowledged that was not sent, no deadline runs away, the outbox stays of use, and where
 * redirects and sentinels lead is an address.
 */
#include "sink/outbox.h"
#include "sink/route.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

struct array {
	uint64_t n, next, acked;
	uint64_t given; /* the newest that was ever asked for */
};

static int array_next(void *arg, struct sink_record *record, uint64_t *seq)
{
	struct array *array = arg;
	if (array->next > array->n)
		return 0;
	*seq = array->next;
	array->given = array->next > array->given ? array->next : array->given;
	*record = (struct sink_record){
		.id = {array->next++, 0}, .ts = "", .host = "", .indicator = "", .action = "", .outcome = "", .json = "{}", .json_len = 2};
	return 1;
}

static void array_rewind(void *arg)
{
	struct array *array = arg;
	array->next = array->acked + 1;
}

static int array_seek(void *arg, struct sink_id after)
{
	struct array *array = arg;
	if (after.ms < array->acked)
		array->acked = after.ms;
	array_rewind(array);
	return 0;
}

static void array_ack(void *arg, uint64_t seq, struct sink_id id)
{
	struct array *array = arg;
	if (seq > array->given || seq < array->acked || id.ms != seq)
		abort();
	array->acked = seq;
}

static uint64_t array_acked(void *arg, struct sink_id *id)
{
	const struct array *array = arg;
	*id = (struct sink_id){array->acked, 0};
	return array->acked;
}

static void array_stand_in(void *arg, struct sink_record *record, uint64_t seq)
{
	(void)arg;
	if (record->id.ms != seq)
		abort();
}

static int array_bury(void *arg, const struct sink_record *record)
{
	(void)arg;
	return record->id.ms % 5 == 4 ? -ENOSPC : 0;
}

static void array_unbury(void *arg)
{
	(void)arg;
}

/* Everything that is to be sent goes, and then time moves on a little. */
static int turn(struct outbox *outbox, uint64_t *now_ns)
{
	size_t out_len;
	int rc = outbox_tick(outbox, *now_ns);
	outbox_output(outbox, &out_len);
	outbox_sent(outbox, out_len, *now_ns);
	if (outbox_deadline(outbox) < *now_ns && rc == 0 && outbox_state(outbox) != OUTBOX_DOWN && outbox_state(outbox) != OUTBOX_PAUSED)
		abort();
	*now_ns += 50000000;
	return rc;
}

/* A route is to something that can be connected to. */
static void check_route(const struct route *route)
{
	if (route->is_known && (route->peer.port == 0 || route->peer.host[0] == '\0' || strpbrk(route->peer.host, " \t\r\n/?[]\033") != NULL))
		abort();
}

/* The same octets as sentinels' answers. */
static void answer_sentinels(const uint8_t *octets, size_t len)
{
	struct sink_dest dest;
	struct route route;
	char why[SINK_WHY_CAP];
	const struct redis_reply *reply;
	struct redis_reader *reader = redis_reader_open();
	if (reader == NULL || dest_parse("redis+sentinel://a,b,c/main", &dest, why) != 0)
		return;
	route_open(&route, &dest);
	int rc = redis_reader_feed(reader, (const char *)octets, len);
	while (rc == 0 && redis_reader_next(reader, &reply) == 1) {
		int found = route_take_answer(&route, reply, true, why);
		if ((found == 1) != route.is_known)
			abort();
		check_route(&route);
		route_lost(&route, false);
	}
	redis_reader_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static const enum dest_mode modes[] = {DEST_STREAM, DEST_LIST, DEST_CHANNEL, DEST_STREAM};
	struct sink_dest dest = {.kind = DEST_TCP, .peer_count = 1, .peers = {{6379, "a"}}};
	struct route route;
	struct array array = {.next = 1};
	if (len < 2)
		return 0;
	array.n = octets[0] % 64;
	size_t piece = (size_t)octets[1] + 1;
	struct outbox *outbox;
	struct outbox_options options = {.sensor = "s",
		.user = "",
		.mode = modes[octets[0] / 64],
		.maxlen = 100,
		.seed = 1,
		.known_seq = array.n / 2,
		.wants_master = octets[0] / 64 == 3,
		.source = {&array, array_next, array_rewind, array_seek, array_ack, array_acked, array_stand_in, array_bury, array_unbury}};
	if (outbox_open(&outbox, &options) != 0)
		return 0;
	uint64_t now_ns = 1;
	route_open(&route, &dest);
	for (size_t at = 2; at < len;) {
		int rc = turn(outbox, &now_ns);
		if (rc == 0 && outbox_state(outbox) == OUTBOX_CONNECTING)
			rc = outbox_connected(outbox, now_ns);
		if (rc == 0 &&
			(outbox_state(outbox) == OUTBOX_GREETING || outbox_state(outbox) == OUTBOX_READY || outbox_state(outbox) == OUTBOX_PAUSED)) {
			size_t n = len - at < piece ? len - at : piece;
			const uint8_t *nul = memchr(octets + at, '\0', n);
			n = nul != NULL ? (size_t)(nul - octets) - at : n;
			rc = outbox_feed(outbox, (const char *)octets + at, n, now_ns);
			at += n + (nul != NULL);
		}
		if (rc == -ECONNABORTED && outbox_redirect(outbox)[0] != '\0')
			route_follow(&route, outbox_redirect(outbox));
		else if (rc != 0)
			route_lost(&route, false);
		check_route(&route);
		if (rc != 0)
			outbox_lost(outbox, rc == -ECONNABORTED ? NULL : "gone", now_ns);
	}
	outbox_close(outbox);
	answer_sentinels(octets + 2, len - 2);
	return 0;
}
