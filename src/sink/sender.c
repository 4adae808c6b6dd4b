/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread, one connection, one cursor: it moves octets between the link and the outbox, and time into the outbox, which decides everything. It waits in
 * one place, for four things: the server, the spool, the end, and a deadline.
 */
#include "sink/sender.h"

#include "base/log.h"
#include "sink/link.h"
#include "sink/outbox.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define SENDER_MAXLEN 50000
#define SENDER_BEAT_NS UINT64_C(5000000000)
#define SENDER_BEAT_COMMANDS 3
#define SENDER_TIDY_NS UINT64_C(10000000000)
#define SENDER_REREAD_NS UINT64_C(5000000000)   /* after the spool could not be read */
#define SENDER_REFUSED_NS UINT64_C(60000000000) /* between two lines about refused records */

struct sender {
	struct sink_dest dest;
	char name[DEST_TEXT_CAP + 8]; /* of the server, in logs */
	char sensor[SINK_SENSOR_MAX + 1];
	struct spool *spool;
	size_t (*gap_json)(void *arg, const struct spool_gap *gap, struct sink_record *record, char *json, size_t cap);
	void *gap_arg;

	/* The thread's alone. */
	struct spool_cursor *cursor;
	struct outbox *outbox;
	struct link link;
	uint64_t now_ns;
	uint64_t beat_ns, tidy_ns, reread_ns; /* when next */
	bool has_beat;
	uint64_t end_ns; /* when it is over at the latest; UINT64_MAX: nobody has said */
	bool is_told;    /* of a state, `told`: the trouble, or empty when all is well */
	char told[SINK_WHY_CAP];
	char told_beat[SINK_WHY_CAP];
	struct outbox_stats told_stats;
	uint64_t told_refused_ns;
	char gap_text[SINK_JSON_MAX];

	pthread_t thread;
	int wake_fd;
	pthread_mutex_t lock; /* guards all below */
	uint64_t stop_ns;     /* as end_ns */
	struct redis_text beat;
	bool is_connected;
	uint64_t acked;
	struct outbox_stats stats;
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The spool's cursor as the outbox's source. */

static int source_next(void *arg, struct sink_record *record, uint64_t *seq)
{
	struct sender *sender = arg;
	struct spool_item item;
	if (sender->now_ns < sender->reread_ns)
		return 0;
	int rc = spool_cursor_next(sender->cursor, &item);
	if (rc < 0) {
		if (sender->reread_ns == 0)
			log_error("spool %s: cannot read: %s", spool_path(sender->spool), strerror(-rc));
		sender->reread_ns = sender->now_ns + SENDER_REREAD_NS;
		return 0;
	}
	sender->reread_ns = 0;
	if (rc == 0)
		return 0;
	*seq = item.seq;
	*record = item.record;
	if (item.is_gap) {
		*record = (struct sink_record){
			.id = item.gap.id, .ts = "", .host = "", .indicator = "", .action = "", .outcome = "", .json = sender->gap_text};
		record->json_len = sender->gap_json(sender->gap_arg, &item.gap, record, sender->gap_text, sizeof sender->gap_text);
	}
	return 1;
}

static void source_rewind(void *arg)
{
	struct sender *sender = arg;
	spool_cursor_rewind(sender->cursor);
}

static int source_seek(void *arg, struct sink_id after)
{
	struct sender *sender = arg;
	return spool_cursor_seek(sender->cursor, after);
}

static void source_ack(void *arg, uint64_t seq, struct sink_id id)
{
	struct sender *sender = arg;
	spool_cursor_ack(sender->cursor, seq, id); /* when it cannot be written down, the server will refuse the repeats */
}

static uint64_t source_acked(void *arg, struct sink_id *id)
{
	struct sender *sender = arg;
	return spool_cursor_acked(sender->cursor, id);
}

/* What is said */

static void tell_state(struct sender *sender)
{
	const char *trouble = outbox_trouble(sender->outbox);
	bool is_well = trouble[0] == '\0';
	if (sender->is_told ? strcmp(trouble, sender->told) == 0 : is_well && outbox_state(sender->outbox) != OUTBOX_READY)
		return;
	sender->is_told = true;
	snprintf(sender->told, sizeof sender->told, "%s", trouble);
	if (is_well)
		log_notice("%s: connected", sender->name);
	else
		log_warning("%s: %s; hits wait in %s", sender->name, trouble, spool_path(sender->spool));
}

static void tell_events(struct sender *sender, const struct outbox_stats *stats)
{
	struct outbox_stats *told = &sender->told_stats;
	char had[SINK_ID_TEXT_CAP], lacks[SINK_ID_TEXT_CAP];
	if (stats->resends != told->resends) {
		sink_id_text(stats->had, had);
		sink_id_text(stats->lacks, lacks);
		log_warning("%s: lost records that it had acknowledged: its newest is %s, not %s; %" PRIu64 " are sent again", sender->name, had,
			lacks, stats->resent);
	}
	if (stats->is_single && !told->is_single)
		log_warning("%s: the user may not use MULTI and EXEC: one record a round trip", sender->name);
	if (strcmp(outbox_beat_error(sender->outbox), sender->told_beat) != 0) {
		snprintf(sender->told_beat, sizeof sender->told_beat, "%s", outbox_beat_error(sender->outbox));
		if (sender->told_beat[0] != '\0')
			log_warning("%s: no heartbeat: %s", sender->name, sender->told_beat);
	}
	uint64_t refused = told->refused;
	if (stats->refused != refused && (refused == 0 || sender->now_ns - sender->told_refused_ns > SENDER_REFUSED_NS)) {
		sink_id_text(stats->refused_id, had);
		log_error("%s: %" PRIu64 " records were refused, because higher ids are in the stream and theirs are not (the latest is %s): is "
			  "there another sensor %s?",
			sender->name, stats->refused, had, sender->sensor);
		sender->told_refused_ns = sender->now_ns;
		refused = stats->refused;
	}
	*told = *stats;
	told->refused = refused;
}

static void publish(struct sender *sender)
{
	struct outbox_stats stats;
	struct sink_id ignored;
	enum outbox_state state = outbox_state(sender->outbox);
	outbox_stats(sender->outbox, &stats);
	pthread_mutex_lock(&sender->lock);
	sender->has_beat = sender->beat.len > 0;
	sender->end_ns = sender->stop_ns;
	sender->stats = stats;
	sender->is_connected = state == OUTBOX_READY || state == OUTBOX_PAUSED;
	sender->acked = spool_cursor_acked(sender->cursor, &ignored);
	pthread_mutex_unlock(&sender->lock);
	tell_state(sender);
	tell_events(sender, &stats);
}

/* What is done */

static void drop(struct sender *sender, int rc, const char *why)
{
	char text[SINK_WHY_CAP];
	enum outbox_state state = outbox_state(sender->outbox);
	if (why == NULL && rc != -ECONNABORTED) {
		why = text;
		if (state == OUTBOX_CONNECTING)
			snprintf(text, sizeof text, "cannot connect: %s", rc == -ETIMEDOUT ? "no answer" : strerror(-rc));
		else if (rc == -ETIMEDOUT)
			why = "no answer";
		else if (rc == -ECONNRESET || rc == -EPIPE)
			why = "the connection was closed";
		else if (rc == -EPROTO)
			why = "its answers are not those of a Redis server";
		else
			snprintf(text, sizeof text, "%s", strerror(-rc));
	}
	link_close(&sender->link);
	outbox_lost(sender->outbox, why, sender->now_ns);
}

static int put_beat(struct sender *sender)
{
	int rc = 0;
	pthread_mutex_lock(&sender->lock);
	if (sender->beat.len > 0) {
		rc = outbox_put_beat(sender->outbox, &sender->beat, SENDER_BEAT_COMMANDS, sender->now_ns);
		sender->beat_ns = sender->now_ns + SENDER_BEAT_NS;
	}
	pthread_mutex_unlock(&sender->lock);
	return rc;
}

static int write_output(struct sender *sender)
{
	for (;;) {
		size_t len;
		const char *octets = outbox_output(sender->outbox, &len);
		if (len == 0)
			return 0;
		ssize_t n = link_write(&sender->link, octets, len);
		if (n <= 0)
			return (int)n;
		outbox_sent(sender->outbox, (size_t)n, sender->now_ns);
	}
}

static int read_input(struct sender *sender)
{
	char octets[65536];
	for (;;) {
		ssize_t n = link_read(&sender->link, octets, sizeof octets);
		if (n <= 0)
			return (int)n;
		int rc = outbox_feed(sender->outbox, octets, (size_t)n, sender->now_ns);
		if (rc != 0)
			return rc;
	}
}

/* Moves on as far as it goes now. 0, or -errno with perhaps a reason in `why`: the connection is over. */
static int advance(struct sender *sender, char *why)
{
	struct outbox *outbox = sender->outbox;
	int rc = 0;
	if (outbox_state(outbox) == OUTBOX_CONNECTING) {
		rc = link_finish(&sender->link);
		if (rc == -EINPROGRESS)
			return outbox_tick(outbox, sender->now_ns);
		return rc != 0 ? rc : outbox_connected(outbox, sender->now_ns);
	}
	if (sender->link.is_connected)
		rc = read_input(sender);
	if (rc == 0 && outbox_is_idle(outbox) && sender->now_ns >= sender->beat_ns)
		rc = put_beat(sender);
	if (rc == 0)
		rc = outbox_tick(outbox, sender->now_ns);
	if (rc == 0 && outbox_state(outbox) == OUTBOX_CONNECTING)
		rc = link_open(&sender->link, &sender->dest, why);
	return rc;
}

static void turn(struct sender *sender)
{
	char why[SINK_WHY_CAP] = "";
	sender->now_ns = clock_ns(CLOCK_MONOTONIC);
	int rc = advance(sender, why);
	if (rc == 0 && sender->link.is_connected)
		rc = write_output(sender);
	if (rc != 0)
		drop(sender, rc, why[0] != '\0' ? why : NULL);
	if (sender->now_ns >= sender->tidy_ns) {
		spool_cursor_tidy(sender->cursor, clock_ns(CLOCK_REALTIME));
		sender->tidy_ns = sender->now_ns + SENDER_TIDY_NS;
	}
	publish(sender);
}

/* Waits until something can go on. */
static void wait(struct sender *sender)
{
	uint64_t until_ns = outbox_deadline(sender->outbox);
	size_t len;
	outbox_output(sender->outbox, &len);
	struct pollfd fds[3] = {{.fd = sender->wake_fd, .events = POLLIN}, {.fd = sender->link.fd, .events = 0}, {.fd = -1, .events = POLLIN}};
	if (sender->link.fd >= 0)
		fds[1].events = link_events(&sender->link, len > 0);
	if (outbox_is_idle(sender->outbox)) {
		until_ns = sender->has_beat ? sender->beat_ns : UINT64_MAX;
		if (sender->reread_ns > 0)
			until_ns = sender->reread_ns < until_ns ? sender->reread_ns : until_ns;
		else if (spool_cursor_arm(sender->cursor))
			until_ns = 0;
		else
			fds[2].fd = spool_cursor_fd(sender->cursor);
	}
	if (sender->tidy_ns < until_ns)
		until_ns = sender->tidy_ns;
	if (sender->end_ns < until_ns)
		until_ns = sender->end_ns;
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
	uint64_t wait_ms = until_ns <= now_ns ? 0 : (until_ns - now_ns) / 1000000 + 1;
	poll(fds, 3, wait_ms > INT32_MAX ? INT32_MAX : (int)wait_ms);
	eventfd_t told;
	if (fds[0].revents != 0)
		eventfd_read(sender->wake_fd, &told);
}

static uint64_t waiting(struct spool *spool, uint64_t acked)
{
	struct spool_stats stats;
	spool_stats(spool, &stats);
	return stats.last_seq > acked ? stats.last_seq - acked : 0;
}

static void *run(void *arg)
{
	struct sender *sender = arg;
	struct sink_id ignored;
	for (;;) {
		turn(sender);
		bool is_ending = sender->end_ns != UINT64_MAX;
		if (is_ending && (sender->now_ns >= sender->end_ns || waiting(sender->spool, spool_cursor_acked(sender->cursor, &ignored)) == 0))
			return NULL;
		wait(sender);
	}
}

static void free_sender(struct sender *sender)
{
	link_close(&sender->link);
	outbox_close(sender->outbox);
	spool_cursor_close(sender->cursor);
	redis_text_free(&sender->beat);
	if (sender->wake_fd >= 0)
		close(sender->wake_fd);
	pthread_mutex_destroy(&sender->lock);
	free(sender);
}

static int open_parts(struct sender *sender, const struct sender_options *options)
{
	struct spool_stats stats;
	uint64_t seed;
	if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) < 0)
		seed = (uint64_t)getpid(); /* good enough for jitter */
	sender->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (sender->wake_fd < 0)
		return -errno;
	int rc = spool_cursor_open(&sender->cursor, options->spool, options->name);
	if (rc != 0)
		return rc;
	spool_stats(options->spool, &stats);
	struct outbox_options outbox = {.sensor = sender->sensor,
		.user = sender->dest.user,
		.secret = options->secret,
		.db = sender->dest.db,
		.maxlen = options->maxlen != 0 ? options->maxlen : SENDER_MAXLEN,
		.known_seq = stats.last_seq,
		.seed = seed,
		.source = {sender, source_next, source_rewind, source_seek, source_ack, source_acked}};
	return outbox_open(&sender->outbox, &outbox);
}

/* Signals are main's. */
static int start_thread(struct sender *sender)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&sender->thread, NULL, run, sender);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		pthread_setname_np(sender->thread, "c2w-sender");
	return -rc;
}

int sender_start(struct sender **sender, const struct sender_options *options)
{
	struct sender *made = calloc(1, sizeof *made);
	if (made == NULL)
		return -ENOMEM;
	made->dest = *options->dest;
	made->spool = options->spool;
	made->gap_json = options->gap_json;
	made->gap_arg = options->gap_arg;
	made->link.fd = -1;
	made->wake_fd = -1;
	made->stop_ns = UINT64_MAX;
	made->end_ns = UINT64_MAX;
	snprintf(made->name, sizeof made->name, "redis %s", made->dest.text);
	snprintf(made->sensor, sizeof made->sensor, "%s", options->sensor);
	pthread_mutex_init(&made->lock, NULL);
	int rc = open_parts(made, options);
	if (rc == 0)
		rc = start_thread(made);
	if (rc != 0) {
		free_sender(made);
		return rc;
	}
	*sender = made;
	return 0;
}

uint64_t sender_stop(struct sender *sender, uint64_t drain_ms)
{
	struct sink_id ignored;
	pthread_mutex_lock(&sender->lock);
	sender->stop_ns = clock_ns(CLOCK_MONOTONIC) + drain_ms * 1000000;
	pthread_mutex_unlock(&sender->lock);
	eventfd_write(sender->wake_fd, 1);
	pthread_join(sender->thread, NULL);
	uint64_t left = waiting(sender->spool, spool_cursor_acked(sender->cursor, &ignored));
	free_sender(sender);
	return left;
}

int sender_heartbeat(struct sender *sender, const struct sender_field *fields, size_t n, const char *about)
{
	struct redis_arg args[2 + 2 * SENDER_FIELDS_MAX];
	struct redis_text beat = {0};
	char key[SINK_SENSOR_MAX + 32];
	if (n == 0 || n > SENDER_FIELDS_MAX)
		return -EINVAL;
	snprintf(key, sizeof key, "c2watch:{%s}:status", sender->sensor);
	args[0] = redis_arg("HSET");
	args[1] = redis_arg(key);
	for (size_t i = 0; i < n; i++) {
		args[2 + 2 * i] = redis_arg(fields[i].name);
		args[3 + 2 * i] = redis_arg(fields[i].value);
	}
	int rc = redis_put(&beat, args, 2 + 2 * n);
	if (rc == 0)
		rc = redis_put(&beat, (struct redis_arg[]){redis_arg("EXPIRE"), redis_arg(key), redis_arg("60")}, 3);
	if (rc == 0)
		rc = redis_put(
			&beat, (struct redis_arg[]){redis_arg("HSET"), redis_arg("c2watch:sensors"), redis_arg(sender->sensor), redis_arg(about)}, 4);
	pthread_mutex_lock(&sender->lock);
	if (rc == 0) {
		struct redis_text old = sender->beat;
		sender->beat = beat;
		beat = old;
	}
	pthread_mutex_unlock(&sender->lock);
	eventfd_write(sender->wake_fd, 1);
	redis_text_free(&beat);
	return rc;
}

void sender_stats(struct sender *sender, struct sender_stats *stats)
{
	pthread_mutex_lock(&sender->lock);
	const struct outbox_stats *outbox = &sender->stats;
	*stats = (struct sender_stats){.is_connected = sender->is_connected,
		.has_top = outbox->has_top,
		.top = outbox->top,
		.sent = outbox->sent,
		.stored = outbox->stored,
		.repeats = outbox->repeats,
		.refused = outbox->refused,
		.retries = outbox->retries};
	uint64_t acked = sender->acked;
	pthread_mutex_unlock(&sender->lock);
	stats->waiting = waiting(sender->spool, acked);
}
