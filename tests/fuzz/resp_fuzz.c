/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that answers anything: the first octet says how many records there are, the second into what pieces the rest is cut. Nothing is acknowledged
 * that was not sent, no deadline runs away, and the outbox stays of use.
 */
#include "sink/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

struct array {
	uint64_t n, next, acked;
};

static int array_next(void *arg, struct sink_record *record, uint64_t *seq)
{
	struct array *array = arg;
	if (array->next > array->n)
		return 0;
	*seq = array->next;
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
	if (seq >= array->next || seq < array->acked || id.ms != seq)
		abort();
	array->acked = seq;
}

static uint64_t array_acked(void *arg, struct sink_id *id)
{
	const struct array *array = arg;
	*id = (struct sink_id){array->acked, 0};
	return array->acked;
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

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct array array = {.next = 1};
	if (len < 2)
		return 0;
	array.n = octets[0];
	size_t piece = (size_t)octets[1] + 1;
	struct outbox *outbox;
	struct outbox_options options = {.sensor = "s",
		.user = "",
		.maxlen = 100,
		.seed = 1,
		.known_seq = octets[0] / 2,
		.source = {&array, array_next, array_rewind, array_seek, array_ack, array_acked}};
	if (outbox_open(&outbox, &options) != 0)
		return 0;
	uint64_t now_ns = 1;
	for (size_t at = 2; at < len;) {
		int rc = turn(outbox, &now_ns);
		if (rc == 0 && outbox_state(outbox) == OUTBOX_CONNECTING)
			rc = outbox_connected(outbox, now_ns);
		if (rc == 0 &&
			(outbox_state(outbox) == OUTBOX_GREETING || outbox_state(outbox) == OUTBOX_READY || outbox_state(outbox) == OUTBOX_PAUSED)) {
			size_t n = len - at < piece ? len - at : piece;
			rc = outbox_feed(outbox, (const char *)octets + at, n, now_ns);
			at += n;
		}
		if (rc != 0)
			outbox_lost(outbox, rc == -ECONNABORTED ? NULL : "gone", now_ns);
	}
	outbox_close(outbox);
	return 0;
}
