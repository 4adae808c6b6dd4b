/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox's states over time: when a connection is tried, how long it is waited for, when it is given up. */
#include "sink/outbox_parts.h"

#include <errno.h>

/* 100 ms to 2 s: each vain attempt doubles the time from which one is drawn, so that sensors do not come back all at once. */
uint64_t outbox_backoff(struct outbox *outbox)
{
	uint64_t most = OUTBOX_RETRY_MIN_NS << (outbox->attempts < 6 ? outbox->attempts : 6);
	if (most > OUTBOX_RETRY_MAX_NS)
		most = OUTBOX_RETRY_MAX_NS;
	outbox->attempts++;
	/* xorshift64 (Marsaglia 2003): jitter needs no better. */
	outbox->random ^= outbox->random << 13;
	outbox->random ^= outbox->random >> 7;
	outbox->random ^= outbox->random << 17;
	return OUTBOX_RETRY_MIN_NS + outbox->random % (most - OUTBOX_RETRY_MIN_NS + 1);
}

void outbox_lost(struct outbox *outbox, const char *why, uint64_t now_ns)
{
	const struct outbox_source *source = &outbox->options.source;
	struct batch *batch = &outbox->batch;
	bool is_batch = batch->n > 0, is_redirected = why == NULL && outbox->redirect[0] != '\0';
	/* Once at most: what may have been heard on a channel is not said again. */
	bool is_refused = batch->has_error && batch->error_at < batch->n;
	if (is_batch && outbox->target.mode == DEST_CHANNEL && outbox->has_sent && !is_refused)
		source->ack(source->arg, batch->entries[batch->n - 1].seq, batch->entries[batch->n - 1].id);
	/* A server may say what is wrong and then close. */
	if (is_batch && batch->has_error) {
		why = batch->error;
		outbox_blame(outbox);
	}
	if (is_batch && !outbox->is_asking && batch->entries[batch->n - 1].seq > outbox->unsure_to)
		outbox->unsure_to = batch->entries[batch->n - 1].seq;
	outbox->stats.retries += is_batch;
	if (is_batch && why != NULL)
		outbox->batch_now = batch->n > 1 ? batch->n / 2 : 1;
	/* What was wrong with records is not well again because a connection to say so is made anew. */
	if (why != NULL && outbox->state != OUTBOX_PAUSED)
		outbox_set_trouble(outbox, why, outbox->is_batch_trouble || is_batch);
	outbox_clear_batch(outbox);
	outbox->expect_n = 0;
	source->rewind(source->arg);
	outbox->state = OUTBOX_DOWN;
	outbox->redirects = is_redirected ? outbox->redirects : 0;
	outbox->greeting.has_asking = is_redirected && redis_verdict(outbox->redirect) == REDIS_ASK;
	outbox->redirect[0] = '\0';
	outbox->beat_moved[0] = '\0';
	if (is_redirected && outbox->redirects <= OUTBOX_REDIRECTS_MAX)
		outbox->resume_ns = now_ns;
	else
		outbox->resume_ns = now_ns + (outbox->needs_operator ? OUTBOX_RETRY_MAX_NS : outbox_backoff(outbox));
	outbox->needs_operator = false;
}

int outbox_tick(struct outbox *outbox, uint64_t now_ns)
{
	switch (outbox->state) {
	case OUTBOX_DOWN:
		if (now_ns < outbox->resume_ns)
			return 0;
		outbox->state = OUTBOX_CONNECTING;
		outbox->begun_ns = now_ns;
		return 0;
	case OUTBOX_CONNECTING:
		return now_ns - outbox->begun_ns < OUTBOX_CONNECT_NS ? 0 : -ETIMEDOUT;
	case OUTBOX_PAUSED:
		if (now_ns < outbox->resume_ns)
			return 0;
		outbox->state = OUTBOX_READY;
		break;
	case OUTBOX_GREETING:
	case OUTBOX_READY:
		break;
	}
	if (outbox->expect_n > 0)
		return now_ns < outbox_deadline(outbox) ? 0 : -ETIMEDOUT;
	return outbox_begin_batch(outbox, now_ns);
}

void outbox_connecting(struct outbox *outbox, uint64_t now_ns)
{
	outbox->begun_ns = now_ns;
}

uint64_t outbox_deadline(const struct outbox *outbox)
{
	switch (outbox->state) {
	case OUTBOX_DOWN:
	case OUTBOX_PAUSED:
		return outbox->resume_ns;
	case OUTBOX_CONNECTING:
		return outbox->begun_ns + OUTBOX_CONNECT_NS;
	case OUTBOX_GREETING:
	case OUTBOX_READY:
		break;
	}
	if (outbox->expect_n == 0)
		return UINT64_MAX;
	uint64_t silence_ns = outbox->progress_ns + OUTBOX_REPLY_NS, end_ns = outbox->begun_ns + OUTBOX_BATCH_NS;
	return silence_ns < end_ns ? silence_ns : end_ns;
}
