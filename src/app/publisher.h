/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_PUBLISHER_H
#define APP_PUBLISHER_H

#include "app/config.h"
#include "app/worker.h"
#include "feed/feedset.h"
#include "sink/spool.h"

/*
 * The publisher: the thread that turns notes into records. It alone knows hosts, incidents and places, and writes to standard output, files and the spool.
 */
struct publisher;
struct stats;

struct publisher_options {
	const struct config *config;
	struct worker *workers;
	unsigned worker_count;
	const char *const *ifaces; /* names by the notes' `iface` */
	unsigned iface_count;
	const struct feedset *feeds;
	const char *version; /* of the program */
};

/* What the publisher has done, for the statistics. Any thread. */
struct publisher_stats {
	uint64_t hits, records, lines;         /* hits taken in, records and observation lines written out */
	uint64_t failed;                       /* records that a file or the spool did not take, lines that standard output did not */
	uint64_t hosts, hosts_evicted;         /* addresses with a lease */
	uint64_t incidents, incidents_evicted; /* open, and thrown out early */
	uint64_t waiting, stored;              /* records for Redis */
	uint64_t refused, dead;                /* of these, as in struct outputs_stats */
	bool has_redis, is_connected;          /* is every server connected? */
	struct spool_stats spool;              /* where they wait */
};

/* Opens what it writes to and its tables, and starts the senders. 0, or -errno with the reason logged. */
int publisher_open(struct publisher **publisher, const struct publisher_options *options);

/* Starts its thread. 0 or -errno. */
int publisher_start(struct publisher *publisher);

/* A feed set whose notes will come soon. */
void publisher_offer(struct publisher *publisher, const struct feedset *feeds, uint32_t generation);

/* No worker uses the set before the offered one any more: the publisher is to do without it too, and says when it does. */
void publisher_retire(struct publisher *publisher);
bool publisher_has_retired(const struct publisher *publisher);

/* Opens files anew (SIGHUP), soon. */
void publisher_reopen(struct publisher *publisher);

/* The workers have ended: waits until every note is a record in its place, then ends the thread. */
void publisher_join(struct publisher *publisher);

/* Has nobody been reading standard output any more? */
bool publisher_is_deaf(const struct publisher *publisher);

/* Tells the servers how this sensor does; `sums` are over its workers. Main's thread. */
void publisher_heartbeat(struct publisher *publisher, const struct stats *sums, uint64_t now_ns);

void publisher_stats(const struct publisher *publisher, struct publisher_stats *stats);

/* Waits up to `drain_ms` for the servers to take what is in the spool. The figures are the last ones then. */
void publisher_drain(struct publisher *publisher, uint64_t drain_ms);

void publisher_close(struct publisher *publisher);

#endif
