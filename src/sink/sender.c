/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread, one connection, one cursor: it moves octets between the link and the outbox, and time into the outbox, which decides everything. It waits in
 * one place, for four things: the server, the spool, the end, and a deadline.
 */
#include "sink/sender.h"

#include "base/log.h"
#include "sink/beat.h"
#include "sink/finder.h"
#include "sink/link.h"
#include "sink/outbox.h"
#include "sink/supply.h"
#include "sink/tidings.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define SENDER_MAXLEN 50000
#define SENDER_BEAT_NS UINT64_C(5000000000)
#define SENDER_TIDY_NS UINT64_C(10000000000)

struct sender {
	struct sink_dest dest;
	struct errand_account account;
	char name[DEST_TEXT_CAP + 8]; /* of the server, in logs */
	char sensor[SINK_SENSOR_MAX + 1];
	struct spool *spool;

	/* The thread's alone. */
	struct supply supply;
	struct outbox *outbox;
	struct finder finder;
	struct beat_errand carrier;
	struct link link;
	struct dest_peer lost; /* whom the latest connection that is over was to; without a host: nobody was found */
	uint64_t now_ns;
	uint64_t beat_ns, tidy_ns; /* when next */
	bool has_beat;
	uint64_t end_ns; /* when it is over at the latest; UINT64_MAX: nobody has said */
	struct tidings tidings;

	pthread_t thread;
	bool has_ended; /* and was waited for */
	int wake_fd;
	pthread_mutex_t lock; /* guards all below */
	uint64_t stop_ns;     /* as end_ns */
	struct beat beat;
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

static void publish(struct sender *sender)
{
	struct outbox_stats stats;
	struct sink_id ignored;
	enum outbox_state state = outbox_state(sender->outbox);
	bool is_up = state == OUTBOX_READY || state == OUTBOX_PAUSED;
	outbox_stats(sender->outbox, &stats);
	pthread_mutex_lock(&sender->lock);
	sender->has_beat = sender->beat.text.len > 0;
	sender->end_ns = sender->stop_ns;
	sender->stats = stats;
	sender->is_connected = is_up;
	sender->acked = spool_cursor_acked(sender->supply.cursor, &ignored);
	pthread_mutex_unlock(&sender->lock);
	tidings_state(&sender->tidings, outbox_trouble(sender->outbox), state == OUTBOX_READY, is_up ? &sender->finder.route.peer : &sender->lost);
	tidings_beat(&sender->tidings, outbox_beat_error(sender->outbox)[0] != '\0' ? outbox_beat_error(sender->outbox) : sender->carrier.error);
	tidings_events(&sender->tidings, &stats, sender->supply.unkept, sender->now_ns);
}

/* What is done */

static void drop(struct sender *sender, int rc, const char *why)
{
	char text[SINK_WHY_CAP];
	enum outbox_state state = outbox_state(sender->outbox);
	if (why == NULL && rc != -ECONNABORTED) {
		why = text;
		if (link_why(&sender->link)[0] != '\0')
			snprintf(text, sizeof text, "%s", link_why(&sender->link));
		else if (state == OUTBOX_CONNECTING)
			snprintf(text, sizeof text, "cannot connect: %s", rc == -ETIMEDOUT ? "no answer" : strerror(-rc));
		else if (rc == -ETIMEDOUT)
			why = "no answer";
		else if (rc == -ECONNRESET || rc == -EPIPE)
			why = state == OUTBOX_GREETING && sender->dest.kind != DEST_UNIX && sender->account.tls == NULL
				      ? "the connection was closed before an answer: does the server want TLS (rediss://)?"
				      : "the connection was closed";
		else if (rc == -EPROTO)
			why = "its answers are not those of a Redis server";
		else
			snprintf(text, sizeof text, "%s", strerror(-rc));
	}
	const struct route *route = &sender->finder.route;
	sender->lost = route->is_known ? route->peer : (struct dest_peer){0};
	link_close(&sender->link);
	finder_lost(&sender->finder, why == NULL ? outbox_redirect(sender->outbox) : "", state == OUTBOX_READY || state == OUTBOX_PAUSED);
	outbox_lost(sender->outbox, why, sender->now_ns);
}

static int put_beat(struct sender *sender)
{
	int rc = 0;
	pthread_mutex_lock(&sender->lock);
	if (sender->beat.text.len > 0) {
		rc = outbox_put_beat(sender->outbox, &sender->beat.text, BEAT_COMMANDS, sender->now_ns);
		sender->beat_ns = sender->now_ns + SENDER_BEAT_NS;
	}
	pthread_mutex_unlock(&sender->lock);
	return rc;
}

/* What the server said was elsewhere goes there. */
static void carry_listing(struct sender *sender)
{
	struct redis_text listing = {0};
	const char *moved = outbox_beat_moved(sender->outbox);
	if (moved[0] != '\0' && sender->now_ns >= sender->carrier.due_ns) {
		pthread_mutex_lock(&sender->lock);
		const struct redis_text ours = beat_listing(&sender->beat);
		int rc = redis_text_append(&listing, &ours);
		pthread_mutex_unlock(&sender->lock);
		if (rc == 0)
			beat_carry(&sender->carrier, moved, &sender->finder.route.peer, &sender->account, &listing, sender->now_ns);
		redis_text_free(&listing);
		sender->now_ns = clock_ns(CLOCK_MONOTONIC);
	}
	beat_advance(&sender->carrier, sender->now_ns);
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

/* A server that closes may have said why, in what is not read yet. Returns what ends the connection. */
static int last_words(struct sender *sender, int why)
{
	int rc = sender->link.is_connected ? read_input(sender) : 0;
	return rc != 0 ? rc : why;
}

/* The look-up of a name takes its time, which is not the server's. As advance(). */
static int begin_connection(struct sender *sender, char *why)
{
	int rc = link_open(&sender->link, &sender->finder.route.peer, sender->account.tls, why);
	sender->now_ns = clock_ns(CLOCK_MONOTONIC);
	outbox_connecting(sender->outbox, sender->now_ns);
	return rc;
}

/* As advance(). */
static int finish_connection(struct sender *sender)
{
	int rc = link_finish(&sender->link);
	if (rc == 0)
		return outbox_connected(sender->outbox, sender->now_ns);
	if (rc == -EINPROGRESS)
		rc = outbox_tick(sender->outbox, sender->now_ns);
	if (rc == -ETIMEDOUT)
		rc = link_next(&sender->link);
	if (rc != 1)
		return rc;
	outbox_connecting(sender->outbox, sender->now_ns);
	return 0;
}

/* Moves on as far as it goes now. 0, or -errno with perhaps a reason in `why`: the connection is over. */
static int advance(struct sender *sender, char *why)
{
	struct outbox *outbox = sender->outbox;
	int rc = 0;
	if (outbox_state(outbox) == OUTBOX_DOWN && sender->now_ns >= outbox_deadline(outbox)) {
		rc = finder_advance(&sender->finder, sender->now_ns, why);
		if (rc <= 0)
			return rc;
		rc = 0;
	}
	if (outbox_state(outbox) == OUTBOX_CONNECTING)
		return finish_connection(sender);
	if (sender->link.is_connected)
		rc = read_input(sender);
	if (rc == 0 && outbox_is_idle(outbox) && sender->now_ns >= sender->beat_ns)
		rc = put_beat(sender);
	if (rc == 0)
		rc = outbox_tick(outbox, sender->now_ns);
	if (rc == 0 && outbox_state(outbox) == OUTBOX_CONNECTING)
		rc = begin_connection(sender, why);
	return rc;
}

static void turn(struct sender *sender)
{
	char why[SINK_WHY_CAP] = "";
	sender->now_ns = clock_ns(CLOCK_MONOTONIC);
	sender->supply.now_ns = sender->now_ns;
	int rc = advance(sender, why);
	if (rc == 0 && sender->link.is_connected)
		rc = write_output(sender);
	if (rc == -EPIPE || rc == -ECONNRESET)
		rc = last_words(sender, rc);
	if (rc != 0)
		drop(sender, rc, why[0] != '\0' ? why : NULL);
	carry_listing(sender);
	if (sender->now_ns >= sender->tidy_ns) {
		spool_cursor_tidy(sender->supply.cursor, clock_ns(CLOCK_REALTIME));
		sender->tidy_ns = sender->now_ns + SENDER_TIDY_NS;
	}
	publish(sender);
}

/* Waits until something can go on. */
static void wait(struct sender *sender)
{
	uint64_t until_ns = sender->finder.is_asking ? finder_deadline(&sender->finder) : outbox_deadline(sender->outbox);
	size_t len;
	outbox_output(sender->outbox, &len);
	/* clang-format off */
	struct pollfd fds[5] = {
		{.fd = sender->wake_fd, .events = POLLIN},
		{.fd = sender->link.fd, .events = 0},
		{.fd = -1, .events = POLLIN},
		{.fd = errand_fd(&sender->finder.errand), .events = errand_events(&sender->finder.errand)},
		{.fd = errand_fd(&sender->carrier.errand), .events = errand_events(&sender->carrier.errand)},
	};
	/* clang-format on */
	if (sender->link.fd >= 0)
		fds[1].events = link_events(&sender->link, len > 0);
	if (outbox_is_idle(sender->outbox)) {
		until_ns = sender->has_beat ? sender->beat_ns : UINT64_MAX;
		if (sender->supply.reread_ns > 0)
			until_ns = sender->supply.reread_ns < until_ns ? sender->supply.reread_ns : until_ns;
		else if (spool_cursor_arm(sender->supply.cursor))
			until_ns = 0;
		else
			fds[2].fd = spool_cursor_fd(sender->supply.cursor);
	}
	if (sender->tidy_ns < until_ns)
		until_ns = sender->tidy_ns;
	if (errand_is_under_way(&sender->carrier.errand) && sender->carrier.errand.deadline_ns < until_ns)
		until_ns = sender->carrier.errand.deadline_ns;
	if (sender->end_ns < until_ns)
		until_ns = sender->end_ns;
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
	uint64_t wait_ms = until_ns <= now_ns ? 0 : (until_ns - now_ns) / 1000000 + 1;
	poll(fds, sizeof fds / sizeof *fds, wait_ms > INT32_MAX ? INT32_MAX : (int)wait_ms);
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
		if (is_ending &&
			(sender->now_ns >= sender->end_ns || waiting(sender->spool, spool_cursor_acked(sender->supply.cursor, &ignored)) == 0))
			break;
		wait(sender);
	}
	tidings_events(&sender->tidings, &sender->stats, sender->supply.unkept, UINT64_MAX); /* also what is said once a minute */
	return NULL;
}

static void free_sender(struct sender *sender)
{
	link_close(&sender->link);
	outbox_close(sender->outbox);
	supply_close(&sender->supply);
	finder_close(&sender->finder);
	errand_end(&sender->carrier.errand);
	redis_text_free(&sender->beat.text);
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
	const struct supply_gap gap = {options->gap_json, options->gap_arg};
	int rc = supply_open(&sender->supply, options->spool, options->name, &gap);
	if (rc != 0)
		return rc;
	if (sender->dest.mode == DEST_CHANNEL) /* for whoever listens: not a day of what was before */
		supply_begin_now(&sender->supply);
	spool_stats(options->spool, &stats);
	struct outbox_options outbox = {.sensor = sender->sensor,
		.user = sender->dest.user,
		.secret = options->secret,
		.db = sender->dest.db,
		.mode = sender->dest.mode,
		.maxlen = sender->dest.maxlen != 0 ? sender->dest.maxlen : SENDER_MAXLEN,
		.known_seq = stats.last_seq,
		.wants_master = sender->dest.kind == DEST_SENTINEL,
		.seed = seed,
		.source = supply_source(&sender->supply)};
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

static const struct sink_secret no_secret;

int sender_start(struct sender **sender, const struct sender_options *options)
{
	if (options->dest->has_tls && options->tls == NULL)
		return -EINVAL;
	struct sender *made = calloc(1, sizeof *made);
	if (made == NULL)
		return -ENOMEM;
	made->dest = *options->dest;
	made->account = (struct errand_account){.tls = options->dest->has_tls ? options->tls : NULL,
		.user = made->dest.user,
		.secret = options->secret != NULL ? options->secret : &no_secret};
	finder_open(&made->finder, &made->dest, &made->account);
	errand_init(&made->carrier.errand);
	made->spool = options->spool;
	made->link.fd = -1;
	made->wake_fd = -1;
	made->stop_ns = UINT64_MAX;
	made->end_ns = UINT64_MAX;
	snprintf(made->name, sizeof made->name, "redis %s", made->dest.text);
	snprintf(made->sensor, sizeof made->sensor, "%s", options->sensor);
	made->tidings = (struct tidings){.name = made->name,
		.sensor = made->sensor,
		.spool = spool_path(made->spool),
		.dead = made->supply.dead.name,
		.home = &made->dest.peers[0]};
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

void sender_end(struct sender *sender, uint64_t drain_ms)
{
	pthread_mutex_lock(&sender->lock);
	if (sender->stop_ns == UINT64_MAX)
		sender->stop_ns = clock_ns(CLOCK_MONOTONIC) + drain_ms * 1000000;
	pthread_mutex_unlock(&sender->lock);
	eventfd_write(sender->wake_fd, 1);
}

void sender_wait(struct sender *sender, uint64_t drain_ms)
{
	sender_end(sender, drain_ms);
	if (!sender->has_ended)
		pthread_join(sender->thread, NULL);
	sender->has_ended = true;
}

uint64_t sender_stop(struct sender *sender, uint64_t drain_ms)
{
	struct sink_id ignored;
	sender_wait(sender, drain_ms);
	uint64_t left = waiting(sender->spool, spool_cursor_acked(sender->supply.cursor, &ignored));
	free_sender(sender);
	return left;
}

int sender_heartbeat(struct sender *sender, const struct sender_field *fields, size_t n, const char *about)
{
	struct beat beat = {0};
	int rc = beat_put(&beat, sender->sensor, fields, n, about);
	pthread_mutex_lock(&sender->lock);
	if (rc == 0) {
		struct beat old = sender->beat;
		sender->beat = beat;
		beat = old;
	}
	pthread_mutex_unlock(&sender->lock);
	eventfd_write(sender->wake_fd, 1);
	redis_text_free(&beat.text);
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
		.dead = outbox->dead,
		.retries = outbox->retries};
	uint64_t acked = sender->acked;
	pthread_mutex_unlock(&sender->lock);
	stats->waiting = waiting(sender->spool, acked);
}
