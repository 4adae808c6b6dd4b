/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_OUTBOX_H
#define SINK_OUTBOX_H

#include "sink/redis.h"
#include "sink/secret.h"
#include "sink/target.h"

/*
 * The outbox: what is sent to a Redis server, when, and what its replies mean. No I/O, no clock, no thread: records come from a source, octets go to and
 * come from whoever owns the connection, time is a parameter (ns of a clock that never goes back).
 */
struct outbox;

/* Where records come from: a spool's cursor, or a test. */
struct outbox_source {
	void *arg;
	/* The next record, and the number to acknowledge it with. 1, 0 none yet, -errno. The record's text lives until the next call. */
	int (*next)(void *arg, struct sink_record *record, uint64_t *seq);
	/* Back to the first that is not acknowledged. */
	void (*rewind)(void *arg);
	/* Back to the first with an id above `after` that is still kept; never forward. 0 or -errno. */
	int (*seek)(void *arg, struct sink_id after);
	/* Everything up to `seq`, whose id is `id`, is stored. */
	void (*ack)(void *arg, uint64_t seq, struct sink_id id);
	/* The newest acknowledged number and id. */
	uint64_t (*acked)(void *arg, struct sink_id *id);
	/* Makes of `record`, numbered `seq`, the record that tells of its absence: same id, other text, which lives as long. */
	void (*stand_in)(void *arg, struct sink_record *record, uint64_t seq);
	/* Writes `record` to the dead letters, on disk when it returns. 0 or -errno. */
	int (*bury)(void *arg, const struct sink_record *record);
	/* Takes the latest of them back. */
	void (*unbury)(void *arg);
};

struct outbox_options {
	const char *sensor;
	const char *user;                 /* ACL user, or empty */
	const struct sink_secret *secret; /* or null */
	uint32_t db;
	enum dest_mode mode;
	uint64_t maxlen;
	uint64_t known_seq; /* records up to this number may have been sent by an earlier process */
	uint64_t seed;      /* of the jitter */
	bool wants_master;  /* a server that says it is a replica is not the one */
	struct outbox_source source;
};

#define OUTBOX_REDIRECTS_MAX 16                /* followed in a row at once, and then with a while in between */
#define OUTBOX_CONNECT_NS UINT64_C(1000000000) /* for each address of a name */
#define OUTBOX_REPLY_NS UINT64_C(2000000000)   /* without an octet going either way */
#define OUTBOX_BATCH_NS UINT64_C(30000000000)  /* for all replies, however they trickle */
#define OUTBOX_RETRY_MIN_NS UINT64_C(100000000)
#define OUTBOX_RETRY_MAX_NS UINT64_C(2000000000) /* with a connect and a greeting: 4 s after a server is back, records are on their way */

#define OUTBOX_WHY_CAP REDIS_REDIRECT_CAP /* room for the server's words */

enum outbox_state {
	OUTBOX_DOWN,       /* no connection; outbox_tick() says when to try */
	OUTBOX_CONNECTING, /* being made */
	OUTBOX_GREETING,   /* password, database and what the server still has are being asked */
	OUTBOX_READY,      /* batches go out as records come */
	OUTBOX_PAUSED,     /* connected; the server could not take records and is given a while */
};

struct outbox_stats {
	bool has_top;
	struct sink_id top;                               /* the newest id of the stream or the list at the latest greeting */
	uint64_t sent, stored, repeats, refused, retries; /* as in struct sender_stats */
	struct sink_id refused_id;                        /* the latest of them */
	uint64_t dead;                                    /* as in struct sender_stats */
	struct sink_id dead_id;                           /* the latest of them that was poison */
	char dead_why[OUTBOX_WHY_CAP];                    /* and what the server said of it */
	bool is_single;                                   /* the user may not use MULTI: one record at a time */
	uint64_t resends;                                 /* greetings at which the server had less than it had acknowledged */
	struct sink_id had, lacks;                        /* at the latest of these: the newest id it had, the newest it had acknowledged */
	uint64_t resent;                                  /* and how many records are sent again; fewer when they are no longer kept */
};

/* Copies what it needs of `options`. 0 or -errno. */
int outbox_open(struct outbox **outbox, const struct outbox_options *options);
void outbox_close(struct outbox *outbox);

enum outbox_state outbox_state(const struct outbox *outbox);

/*
 * Moves on with time: DOWN becomes CONNECTING when its while is over (then connect), PAUSED becomes READY, READY takes records. 0, or -errno: the
 * connection is of no more use (-ETIMEDOUT: a deadline); close it and call outbox_lost().
 */
int outbox_tick(struct outbox *outbox, uint64_t now_ns);

/* When outbox_tick() wants to be called at the latest; UINT64_MAX: not before a record or an octet comes. */
uint64_t outbox_deadline(const struct outbox *outbox);

/* CONNECTING: an address begins to be tried now, behind the look-up of its name or the address that was tried before it. */
void outbox_connecting(struct outbox *outbox, uint64_t now_ns);

/* The connection stands. 0 or -errno as above. */
int outbox_connected(struct outbox *outbox, uint64_t now_ns);

/* It could not be made, or is gone; `why` is one line, null when outbox_feed() refused it. */
void outbox_lost(struct outbox *outbox, const char *why, uint64_t now_ns);

/*
 * After -ECONNABORTED and before outbox_lost(): the MOVED or ASK of a cluster that ended the connection, to be followed by the next one; empty when something
 * else did.
 */
const char *outbox_redirect(const struct outbox *outbox);

/* The octets to send, `*len` of them, and how many of them went. */
const char *outbox_output(const struct outbox *outbox, size_t *len);
void outbox_sent(struct outbox *outbox, size_t n, uint64_t now_ns);

/* Takes octets from the server. 0 or -errno as above. */
int outbox_feed(struct outbox *outbox, const char *octets, size_t len, uint64_t now_ns);

/* READY, with nothing on its way? */
bool outbox_is_idle(const struct outbox *outbox);

/*
 * When idle: sends `commands`, `n` of them, whose replies matter to nobody but the two functions below. The last one is about a key that a cluster may keep
 * elsewhere than the sensor's. 0 or -ENOMEM.
 */
int outbox_put_beat(struct outbox *outbox, const struct redis_text *commands, size_t n, uint64_t now_ns);

/* The first error to the latest of these whose replies are all here; empty when it went well. */
const char *outbox_beat_error(const struct outbox *outbox);

/* The MOVED that the last one of these got; empty when it got none. */
const char *outbox_beat_moved(const struct outbox *outbox);

/* Why records do not get through, in one line; empty when they do. Stays while the trouble stays, over any number of reconnects. */
const char *outbox_trouble(const struct outbox *outbox);

void outbox_stats(const struct outbox *outbox, struct outbox_stats *stats);

#endif
