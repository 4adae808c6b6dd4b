/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_SUSPECT_H
#define SINK_SUSPECT_H

#include "sink/batch.h"

/* A record that a server refuses for what it is: how it is found among others, and when it is believed. Zero: none is suspected. */
struct suspect {
	uint64_t alone_to;   /* records up to this number go one at a time */
	uint64_t seq;        /* this one has failed alone, */
	unsigned fail_count; /* so often in a row; SUSPECT_TRIES: it is poison */
	bool is_buried;      /* it is among the dead letters, and what tells of its absence goes in its place */
	char why[BATCH_ERROR_CAP];
};

#define SUSPECT_TRIES 3

/* `batch` has failed, with REDIS_POISON. True: it was the stand-in that was refused. Then the record was not to blame, and is suspected no more. */
bool suspect_blame(struct suspect *suspect, const struct batch *batch);

/* Is record `seq` to be sent by itself? Is it poison? */
bool suspect_is_alone(const struct suspect *suspect, uint64_t seq);
bool suspect_is_poison(const struct suspect *suspect, uint64_t seq);

/* Record `seq` has got where it can. True: as what tells of its absence. */
bool suspect_pass(struct suspect *suspect, uint64_t seq);

#endif
