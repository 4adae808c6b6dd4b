/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_SENDER_H
#define SINK_SENDER_H

#include "sink/dest.h"
#include "sink/secret.h"
#include "sink/spool.h"

/*
 * The sender: the thread that moves records from the spool to one Redis server, and the only thread of the program that waits for a server.
 * It logs each change of its state in one line, never a record.
 */
struct sender;
struct tls;

struct sender_options {
	const struct sink_dest *dest;     /* dest_is_redis() */
	const struct sink_secret *secret; /* or null; outlives the sender */
	const struct tls *tls;            /* outlives the sender; null when `dest` is without */
	const char *sensor;               /* as the spool's */
	struct spool *spool;              /* outlives the sender */
	const char *name;                 /* the cursor's name; one per server */
	/*
	 * Writes the JSON line that tells of a gap to `json`, at most `cap` octets; returns its length. `record` has the gap's id and empty flat fields, of
	 * which the function may set those that apply (to text that lives on). Called from the sender's thread.
	 */
	size_t (*gap_json)(void *arg, const struct spool_gap *gap, struct sink_record *record, char *json, size_t cap);
	void *gap_arg;
};

struct sender_stats {
	bool is_connected;
	bool has_top;       /* is `top` known? */
	struct sink_id top; /* the newest id that was in the stream or the list at the latest connect: own ids must begin above it */
	uint64_t sent;      /* records handed to a connection, repeats included */
	uint64_t stored;    /* records that the server acknowledged or had already */
	uint64_t repeats;   /* of these, the ones it had already */
	uint64_t refused;   /* records that the server will not take because a higher id is there, and that it does not have */
	uint64_t dead;      /* these, and those that it does not take for what they are: they stand in the file of dead letters, NAME.dead */
	uint64_t retries;   /* error replies and lost connections after which records were sent again */
	uint64_t waiting;   /* records in the spool that are not acknowledged */
};

#define SENDER_FIELDS_MAX 60

/* One field of the heartbeat. */
struct sender_field {
	const char *name, *value;
};

/* Starts the thread. 0 or -errno. */
int sender_start(struct sender **sender, const struct sender_options *options);

/* Tells the thread to go on until nothing waits or `drain_ms` are over, and to end then. The first word counts. Several are told before one is waited for. */
void sender_end(struct sender *sender, uint64_t drain_ms);

/* The same, and waits for the end, which comes within drain_ms and the time of one name look-up. Then the figures are the last ones. */
void sender_wait(struct sender *sender, uint64_t drain_ms);

/* The same, and frees `sender`. Returns how many records wait (they stay in the spool). */
uint64_t sender_stop(struct sender *sender, uint64_t drain_ms);

/*
 * What the server is told of the sensor, every 5 s from now on: `fields` go to c2watch:{SENSOR}:status, which expires after 60 s, and `about` (one line
 * of JSON) to the sensor's field of c2watch:sensors. Copied. 0, -ENOMEM, or -EINVAL: not 1 to SENDER_FIELDS_MAX fields. Any thread.
 */
int sender_heartbeat(struct sender *sender, const struct sender_field *fields, size_t n, const char *about);

/* Figures; any thread. */
void sender_stats(struct sender *sender, struct sender_stats *stats);

#endif
