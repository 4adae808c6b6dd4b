/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An error that says nothing known about the server, the user or the key may be about a record. Which one: those up to it go one at a time, until it fails by
 * itself. Whether it is: it fails three times, and then a record of the same id that is surely harmless is sent in its place, at once. Is that taken, it
 * was the record; is it refused as well, it is the server, whatever its words.
 */
#include "sink/suspect.h"

#include <stdio.h>

bool suspect_blame(struct suspect *suspect, const struct batch *batch)
{
	uint64_t seq = batch->entries[batch->error_at < batch->n ? batch->error_at : batch->n - 1].seq;
	if (seq > suspect->alone_to)
		suspect->alone_to = seq;
	if (batch->n > 1)
		return false;
	if (seq != suspect->seq)
		*suspect = (struct suspect){.alone_to = suspect->alone_to, .seq = seq};
	bool was_buried = suspect->is_buried;
	suspect->is_buried = false;
	suspect->fail_count = was_buried ? 0 : suspect->fail_count + 1;
	if (!was_buried)
		snprintf(suspect->why, sizeof suspect->why, "%s", batch->error);
	return was_buried;
}

bool suspect_is_alone(const struct suspect *suspect, uint64_t seq)
{
	return seq <= suspect->alone_to;
}

bool suspect_is_poison(const struct suspect *suspect, uint64_t seq)
{
	return seq == suspect->seq && suspect->fail_count >= SUSPECT_TRIES;
}

bool suspect_pass(struct suspect *suspect, uint64_t seq)
{
	bool was_buried = seq == suspect->seq && suspect->is_buried;
	if (seq >= suspect->alone_to)
		suspect->alone_to = 0;
	if (seq >= suspect->seq)
		suspect->seq = suspect->fail_count = suspect->is_buried = 0;
	return was_buried;
}
