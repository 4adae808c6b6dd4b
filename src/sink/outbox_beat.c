/* SPDX-License-Identifier: Apache-2.0 */
/* The heartbeat goes between batches. What is answered to it touches no record, but it may be the first to learn that the stream is elsewhere. */
#include "sink/outbox_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int outbox_put_beat(struct outbox *outbox, const struct redis_text *commands, size_t n, uint64_t now_ns)
{
	outbox_clear_batch(outbox);
	outbox->beat_moved[0] = '\0';
	outbox->beat_said[0] = '\0';
	if (n > OUTBOX_BEAT_MAX)
		return -EINVAL;
	int rc = redis_text_append(&outbox->output, commands);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = outbox_expect(outbox, EXPECT_BEAT, i);
	outbox->begun_ns = now_ns;
	outbox->progress_ns = now_ns;
	return rc;
}

/*
 * What sends the sensor's own keys elsewhere sends the stream there, too; but not an ASK: that is about one key, and a stream that is made where it is not yet
 * would be in the way of the one that comes.
 */
int outbox_take_beat(struct outbox *outbox, const struct redis_reply *reply)
{
	bool is_last = outbox->expect_n == 0, is_error = reply->kind == REDIS_ERROR;
	enum redis_verdict verdict = is_error ? redis_verdict(reply->text) : REDIS_AGAIN;
	if (verdict == REDIS_MOVED && is_last)
		snprintf(outbox->beat_moved, sizeof outbox->beat_moved, "%s", reply->text);
	else if ((verdict == REDIS_MOVED && !outbox->greeting.has_asking) || (verdict == REDIS_ELSEWHERE && !is_last))
		return outbox_give_up(outbox, reply->text, verdict, outbox->is_batch_trouble);
	if (!is_error && !is_last) {
		outbox->greeting.has_asking = false; /* the slot has arrived: this one was said without ASKING */
		outbox->redirects = 0;
	}
	if (is_error && verdict != REDIS_MOVED && verdict != REDIS_ASK && outbox->beat_said[0] == '\0')
		snprintf(outbox->beat_said, sizeof outbox->beat_said, "%s", reply->text);
	/* What is told is of all of it: the replies to one heartbeat may come apart. */
	if (is_last)
		memcpy(outbox->beat_error, outbox->beat_said, sizeof outbox->beat_error);
	return 0;
}

const char *outbox_beat_error(const struct outbox *outbox)
{
	return outbox->beat_error;
}

const char *outbox_beat_moved(const struct outbox *outbox)
{
	return outbox->beat_moved;
}
