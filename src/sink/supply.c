/* SPDX-License-Identifier: Apache-2.0 */
/* What the spool has, in the outbox's terms. */
#include "sink/supply.h"

#include "base/log.h"
#include "sink/shelf.h"

#include <errno.h>
#include <string.h>

#define SUPPLY_REREAD_NS UINT64_C(5000000000)

/* Makes of `record`, which has the gap's id, the one that tells of it. */
static void put_gap(struct supply *supply, struct sink_record *record, const struct spool_gap *gap)
{
	*record = (struct sink_record){.id = gap->id, .ts = "", .host = "", .indicator = "", .action = "", .outcome = "", .json = supply->gap_text};
	record->json_len = supply->gap.json(supply->gap.arg, gap, record, supply->gap_text, sizeof supply->gap_text);
}

static int supply_next(void *arg, struct sink_record *record, uint64_t *seq)
{
	struct supply *supply = arg;
	struct spool_item item;
	if (supply->now_ns < supply->reread_ns)
		return 0;
	int rc = spool_cursor_next(supply->cursor, &item);
	if (rc < 0) {
		if (supply->reread_ns == 0)
			log_error("spool %s: cannot read: %s", spool_path(supply->spool), strerror(-rc));
		supply->reread_ns = supply->now_ns + SUPPLY_REREAD_NS;
		return 0;
	}
	supply->reread_ns = 0;
	if (rc == 0)
		return 0;
	*seq = item.seq;
	*record = item.record;
	if (item.is_gap)
		put_gap(supply, record, &item.gap);
	return 1;
}

static void supply_rewind(void *arg)
{
	struct supply *supply = arg;
	spool_cursor_rewind(supply->cursor);
}

static int supply_seek(void *arg, struct sink_id after)
{
	struct supply *supply = arg;
	return spool_cursor_seek(supply->cursor, after);
}

static void supply_ack(void *arg, uint64_t seq, struct sink_id id)
{
	struct supply *supply = arg;
	spool_cursor_ack(supply->cursor, seq, id); /* when it cannot be written down, the server will refuse the repeats */
}

static uint64_t supply_acked(void *arg, struct sink_id *id)
{
	struct supply *supply = arg;
	return spool_cursor_acked(supply->cursor, id);
}

static void supply_stand_in(void *arg, struct sink_record *record, uint64_t seq)
{
	struct supply *supply = arg;
	const struct spool_gap gap = {.from = seq, .to = seq, .id = record->id, .where = "dead-letter"};
	put_gap(supply, record, &gap);
}

static int supply_bury(void *arg, const struct sink_record *record)
{
	struct supply *supply = arg;
	int rc = deadletter_append(&supply->dead, record->json, record->json_len);
	supply->is_unkept = rc == -EOVERFLOW;
	if (!supply->is_unkept)
		return rc;
	/* Nobody looks after the file. What lives is not held up for it. */
	supply->unkept++;
	return 0;
}

static void supply_unbury(void *arg)
{
	struct supply *supply = arg;
	supply->unkept -= supply->is_unkept;
	supply->is_unkept = false;
	deadletter_take_back(&supply->dead); /* if it fails: a line too many */
}

int supply_open(struct supply *supply, struct spool *spool, const char *name, const struct supply_gap *gap)
{
	supply->spool = spool;
	supply->gap = *gap;
	deadletter_open(&supply->dead, spool_shelf(spool)->dir_fd, name);
	return spool_cursor_open(&supply->cursor, spool, name);
}

void supply_begin_now(struct supply *supply)
{
	struct spool_stats stats;
	struct sink_id acked;
	spool_cursor_acked(supply->cursor, &acked);
	spool_stats(supply->spool, &stats);
	if (sink_id_compare(acked, (struct sink_id){0, 0}) != 0 || stats.last_seq == 0)
		return;
	spool_cursor_ack(supply->cursor, stats.last_seq, spool_last_id(supply->spool)); /* unwritten, it is found out again */
	spool_cursor_rewind(supply->cursor);
}

void supply_close(struct supply *supply)
{
	spool_cursor_close(supply->cursor);
}

struct outbox_source supply_source(struct supply *supply)
{
	return (struct outbox_source){
		.arg = supply,
		.next = supply_next,
		.rewind = supply_rewind,
		.seek = supply_seek,
		.ack = supply_ack,
		.acked = supply_acked,
		.stand_in = supply_stand_in,
		.bury = supply_bury,
		.unbury = supply_unbury,
	};
}
