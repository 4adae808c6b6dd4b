/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox's dead letters: records that a server does not take, whatever is tried. Each is on disk elsewhere before the next one goes. */
#include "sink/outbox_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void outbox_put_off(struct outbox *outbox, const char *why, uint64_t pause_ns, uint64_t now_ns)
{
	const struct outbox_source *source = &outbox->options.source;
	outbox_set_trouble(outbox, why, true);
	outbox_clear_batch(outbox);
	source->rewind(source->arg);
	outbox->state = OUTBOX_PAUSED;
	outbox->resume_ns = now_ns + pause_ns;
}

/* 0, or -errno after which it waits: nothing is given up before it is safe elsewhere. */
static int bury(struct outbox *outbox, const struct sink_record *record, uint64_t now_ns)
{
	const struct outbox_source *source = &outbox->options.source;
	char why[OUTBOX_WHY_CAP];
	int rc = source->bury(source->arg, record);
	if (rc != 0) {
		snprintf(why, sizeof why, "a dead letter cannot be written: %s", strerror(-rc));
		outbox_put_off(outbox, why, OUTBOX_RETRY_MAX_NS, now_ns);
	}
	return rc;
}

int outbox_stand_in(struct outbox *outbox, struct sink_record *record, uint64_t seq, uint64_t now_ns)
{
	const struct outbox_source *source = &outbox->options.source;
	int rc = outbox->suspect.is_buried ? 0 : bury(outbox, record, now_ns);
	if (rc != 0)
		return rc;
	outbox->suspect.is_buried = true;
	source->stand_in(source->arg, record, seq);
	return 0;
}

/* The first refused entry from `i` on; `settled` when there is none. */
static size_t next_refused(const struct outbox *outbox, size_t i, size_t settled)
{
	const struct suspect *suspect = &outbox->suspect;
	const struct batch_entry *entries = outbox->batch.entries;
	while (i < settled && (entries[i].fate != BATCH_REFUSED || (suspect->is_buried && entries[i].seq == suspect->seq)))
		i++;
	return i;
}

size_t outbox_first_refused(const struct outbox *outbox, size_t settled)
{
	return next_refused(outbox, 0, settled);
}

int outbox_bury_refused(struct outbox *outbox, size_t settled, uint64_t now_ns)
{
	const struct outbox_source *source = &outbox->options.source;
	const struct batch_entry *entries = outbox->batch.entries;
	size_t i = next_refused(outbox, 0, settled);
	if (i == settled)
		return 0;
	source->rewind(source->arg);
	while (i < settled) {
		struct sink_record record;
		uint64_t seq;
		int rc = source->next(source->arg, &record, &seq);
		if (rc <= 0) {
			outbox_put_off(outbox, "refused records cannot be read again", OUTBOX_RETRY_MAX_NS, now_ns);
			return -EAGAIN;
		}
		while (i < settled && entries[i].seq < seq) /* no longer kept */
			i = next_refused(outbox, i + 1, settled);
		if (i == settled || entries[i].seq != seq)
			continue;
		rc = bury(outbox, &record, now_ns);
		if (rc != 0)
			return rc;
		i = next_refused(outbox, i + 1, settled);
	}
	return 0;
}

void outbox_blame(struct outbox *outbox)
{
	const struct outbox_source *source = &outbox->options.source;
	const struct batch *batch = &outbox->batch;
	outbox->needs_operator = batch->verdict == REDIS_OPERATOR || batch->verdict == REDIS_FORBIDDEN;
	if (batch->verdict == REDIS_POISON && suspect_blame(&outbox->suspect, batch)) {
		source->unbury(source->arg);
		outbox->needs_operator = true;
	}
}
