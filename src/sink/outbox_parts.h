/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_OUTBOX_PARTS_H
#define SINK_OUTBOX_PARTS_H

#include "sink/batch.h"
#include "sink/greeting.h"
#include "sink/outbox.h"
#include "sink/suspect.h"

/* What outbox.c, the conversation with the server, outbox_clock.c, its states over time, outbox_dead.c and outbox_beat.c share. */

#define OUTBOX_BATCH_LEN 1048576 /* no more records are taken beyond so many octets */
#define OUTBOX_BEAT_MAX 8
#define OUTBOX_EXPECT_MAX (2 * BATCH_MAX + TARGET_ENDS_MAX + 3)

/* What an outstanding reply answers. */
enum expect_kind { EXPECT_GREETING, EXPECT_ASKING, EXPECT_MULTI, EXPECT_QUEUED, EXPECT_EXEC, EXPECT_ADDED, EXPECT_FOUND, EXPECT_BEAT };

struct expect {
	enum expect_kind kind;
	size_t index; /* of the step of the greeting, or of the entry of the batch */
};

struct outbox {
	struct outbox_options options;
	char user[128];
	struct sink_secret secret;
	struct target target;

	enum outbox_state state;
	uint64_t resume_ns;   /* DOWN, PAUSED: when it goes on */
	uint64_t begun_ns;    /* of the connect, the greeting, the batch */
	uint64_t progress_ns; /* when the latest octet went either way */
	unsigned attempts;    /* in vain, one after the other */
	uint64_t random;

	struct redis_text output;
	size_t output_from;
	bool has_secret_output;
	struct redis_reader *reader;
	struct expect expects[OUTBOX_EXPECT_MAX];
	size_t expect_first, expect_n;

	struct batch batch;
	bool has_sent;          /* octets of it are on their way */
	bool is_asking;         /* its replies are here, and entries in doubt are asked for */
	size_t batch_max;       /* 1 when the user may not use MULTI */
	size_t batch_now;       /* no more than so many records until one batch has arrived: the connection has not carried more */
	uint64_t unsure_to;     /* records up to this number may be there although no reply said so */
	uint64_t unsure_before; /* the same at the latest greeting */

	struct suspect suspect;

	bool is_batch_trouble; /* the trouble is with records: a greeting does not end it */
	bool needs_operator;   /* and somebody has to do something about it: no hurry to try again */
	char trouble[OUTBOX_WHY_CAP];
	char beat_error[OUTBOX_WHY_CAP]; /* of the latest whose replies are all here */
	char beat_said[OUTBOX_WHY_CAP];  /* the first error to the one under way */
	char beat_moved[REDIS_REDIRECT_CAP];
	char redirect[REDIS_REDIRECT_CAP]; /* the MOVED or ASK that ends this connection */
	unsigned redirects;                /* followed since something was stored */
	struct greeting greeting;          /* its has_asking holds for all that is said of the stream on this connection */
	struct outbox_stats stats;
};

/* The next reply answers this. 0 or -ENOBUFS. */
int outbox_expect(struct outbox *outbox, enum expect_kind kind, size_t index);

/* An error reply ends the connection: it is the trouble, which is with records when `is_batch`, or a redirect to be followed. -ECONNABORTED. */
int outbox_give_up(struct outbox *outbox, const char *error, enum redis_verdict verdict, bool is_batch);

/* Takes a reply to the heartbeat. 0 or -ECONNABORTED. */
int outbox_take_beat(struct outbox *outbox, const struct redis_reply *reply);

/* Says why records do not get through; `is_batch_trouble` as in struct outbox. */
void outbox_set_trouble(struct outbox *outbox, const char *why, bool is_batch_trouble);

/* The time to the next attempt, ns, after one in vain. */
uint64_t outbox_backoff(struct outbox *outbox);

/* READY and idle: begins a batch if there are records. 0 or -errno. */
int outbox_begin_batch(struct outbox *outbox, uint64_t now_ns);
void outbox_clear_batch(struct outbox *outbox);

/* Waits a while with the connection as it is, and then takes up again what is not acknowledged. */
void outbox_put_off(struct outbox *outbox, const char *why, uint64_t pause_ns, uint64_t now_ns);

/* The batch under way has failed with an error. Tells whom to blame; `needs_operator` is set where nobody else can help. */
void outbox_blame(struct outbox *outbox);

/* Buries `record`, numbered `seq`, which is poison, and makes of it what goes in its place. 0, or -errno after which it is put off. */
int outbox_stand_in(struct outbox *outbox, struct sink_record *record, uint64_t seq, uint64_t now_ns);

/* The first of the first `settled` entries that is to be buried; `settled` when there is none. */
size_t outbox_first_refused(const struct outbox *outbox, size_t settled);

/*
 * Buries those of the first `settled` entries that were refused because higher ids are there: they are in no stream. They are read once more for it. 0, or
 * -errno after which it is put off.
 */
int outbox_bury_refused(struct outbox *outbox, size_t settled, uint64_t now_ns);

#endif
