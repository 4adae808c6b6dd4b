/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_OUTPUTS_H
#define APP_OUTPUTS_H

#include "app/config.h"
#include "sink/sender.h"
#include "sink/sink.h"
#include "sink/spool.h"

/*
 * Where records go: standard output and files at once, Redis by way of the spool. One id a record, the same everywhere. For the publisher's thread,
 * but for outputs_stats() and outputs_heartbeat().
 */
struct outputs;

struct outputs_stats {
	uint64_t records;                  /* written out */
	uint64_t failed;                   /* times that a file or the spool did not take one, or standard output a line */
	uint64_t waiting, stored, refused; /* refused: another writer's higher ids stand in the stream */
	uint64_t dead;                     /* in the files of dead letters: refused, or not taken for what they are */
	bool has_redis, is_connected;      /* is every server connected? */
	struct spool_stats spool;          /* with Redis; its `waiting` is the slowest server's, that above the sum */
};

/*
 * Reads what servers with TLS need; null in `tls` when no output is one, and then no option may be given for it. 0, or -errno with the reason logged. What is
 * out of date is logged, no error, and for connections to find out: a sensor must not be blind because of a clock.
 */
int outputs_tls(struct tls **tls, const struct config *config);

/* Opens what `config` names. `gap_json` as in struct sender_options. 0, or -errno with the reason logged. */
int outputs_open(struct outputs **outputs, const struct config *config,
	size_t (*gap_json)(void *arg, const struct spool_gap *gap, struct sink_record *record, char *json, size_t cap), void *gap_arg);

/* The id for the next record: above every id of this sensor that is known of. */
struct sink_id outputs_next_id(struct outputs *outputs, uint64_t now_ms);

/* Writes a record everywhere. Failures are counted; -EPIPE: nobody reads standard output any more. */
int outputs_write(struct outputs *outputs, const struct sink_record *record, uint64_t now_ns);

/* Writes a line that is no record to standard output (--observe). 0, or -errno and counted; -EPIPE as above. */
int outputs_observe(struct outputs *outputs, const char *line, size_t len);

/* Nothing to do for the moment: what is due at `now_ns` goes to the disk. */
void outputs_idle(struct outputs *outputs, uint64_t now_ns);

/* Opens files anew. */
void outputs_reopen(struct outputs *outputs);

void outputs_heartbeat(struct outputs *outputs, const struct sender_field *fields, size_t n, const char *about);
void outputs_stats(struct outputs *outputs, struct outputs_stats *stats);

/* Gives all senders together up to `drain_ms`, and ends them. What waits then is in the figures, and in the spool. */
void outputs_drain(struct outputs *outputs, uint64_t drain_ms);

/* Closes everything; senders that were not ended have no time left. */
void outputs_close(struct outputs *outputs);

#endif
