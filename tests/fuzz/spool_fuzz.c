/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A segment of arbitrary octets: what comes out of it is records that prove themselves, read the same in one piece and in a window that grows, and written
 * again they are the same octets.
 */
#include "sink/segment.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static void check(const struct segment_item *item)
{
	static uint8_t again[SEGMENT_RECORD_MAX];
	struct segment_item read;
	size_t len = segment_record_len(&item->record);
	if (len == 0)
		return; /* a field longer than we write */
	segment_put_record(&item->record, item->seq, again);
	struct c2_rd in = c2_rd_closed(again, len);
	if (segment_next(&in, &read) != C2_OK || read.seq != item->seq || read.record.json_len != item->record.json_len)
		abort();
}

/* Records of the first `len` octets, as an open view first and its rest as a closed one. */
static size_t read_in_two(const uint8_t *octets, size_t len, size_t cut)
{
	struct segment_item item;
	size_t n = 0;
	struct c2_rd open = c2_rd_open(octets, cut);
	enum c2_rc rc;
	while ((rc = segment_next(&open, &item)) == C2_OK)
		n++;
	if (rc != C2_MORE || open.p < octets || open.p > octets + cut)
		abort();
	struct c2_rd closed = c2_rd_closed(open.p, (size_t)(octets + len - open.p));
	while (segment_next(&closed, &item) == C2_OK)
		n++;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct segment_head head;
	struct segment_item item;
	size_t n = 0;
	segment_head(c2_rd_closed(octets, len), &head);
	struct c2_rd in = c2_rd_closed(octets, len);
	while (segment_next(&in, &item) == C2_OK) {
		check(&item);
		n++;
	}
	if (in.p != octets + len)
		abort();
	size_t step = len / 16 + 1;
	for (size_t cut = 0; cut <= len; cut += step) {
		if (read_in_two(octets, len, cut) != n)
			abort();
	}
	return 0;
}
