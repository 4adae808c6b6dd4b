/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sensor, as a table of stages: run up in order, down in reverse from wherever it got to. Main's thread then waits for signals, reloads,
 * counts, and ends.
 */
#include "app/sensor.h"

#include "app/capture.h"
#include "app/gate.h"
#include "app/privs.h"
#include "app/publisher.h"
#include "app/reload.h"
#include "app/stats.h"
#include "base/log.h"
#include "base/mapping.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* One budget for the workers' tables (reliability is bought with memory that is there from the start), and the kernel's ring beside it. Octets. */
#define BUDGET ((size_t)96 << 20)
#define RING ((size_t)64 << 20)
#define RING_NOTES 8192
#define ROUND_NS 100000000    /* a live sensor's main looks round this often */
#define ROUND_SOON_NS 2000000 /* a replay's, for a small capture is over soon; and a live one's during a reload */
#define PROGRESS_NS 100000000
#define SECOND_NS UINT64_C(1000000000)
#define STOP_MS 2000 /* how long a live sensor waits for Redis when it is stopped */

struct sensor {
	const struct config *config;
	const char *version;
	struct worker *workers;
	unsigned worker_count;
	struct reload *reload;
	struct gate *gate;
	struct named *named;
	struct publisher *publisher;
	unsigned workers_started;
	bool is_publishing;
	bool shows_progress; /* a replay with a terminal */
	sigset_t signals;
	uint64_t started_ns;
	enum sensor_exit exit;
};

struct stage {
	const char *name;
	enum sensor_exit (*up)(struct sensor *sensor); /* SENSOR_DONE, or how the program ends */
	void (*down)(struct sensor *sensor);           /* null when there is nothing to undo; also called when `up` came but half way */
};

static uint64_t monotonic_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

static bool sensor_is_live(const struct sensor *sensor)
{
	return sensor->config->files.n == 0;
}

/* Before any thread: they inherit it, and only main waits for them. */
static enum sensor_exit signals_up(struct sensor *sensor)
{
	mapping_guard();
	sigemptyset(&sensor->signals);
	sigaddset(&sensor->signals, SIGINT);
	sigaddset(&sensor->signals, SIGTERM);
	sigaddset(&sensor->signals, SIGHUP);
	sigaddset(&sensor->signals, SIGUSR1);
	sigaddset(&sensor->signals, SIGPIPE); /* a reader that went away, and a file at its limit, are errors of a write like others */
	sigaddset(&sensor->signals, SIGXFSZ);
	return pthread_sigmask(SIG_BLOCK, &sensor->signals, NULL) == 0 ? SENSOR_DONE : SENSOR_FAILED;
}

/* Going down may take long: a reader of standard output that has stalled, a Redis to wait for. Who asks once more need not wait; the spool is safe. */
static void signals_release(void)
{
	sigset_t again;
	sigemptyset(&again);
	sigaddset(&again, SIGINT);
	sigaddset(&again, SIGTERM);
	pthread_sigmask(SIG_UNBLOCK, &again, NULL);
}

static enum sensor_exit captures_open(struct sensor *sensor)
{
	const struct config *config = sensor->config;
	for (unsigned i = 0; i < sensor->worker_count; i++) {
		char why[CAPTURE_WHY_CAP];
		unsigned iface = i / config->workers;
		const struct capture_options options = {
			.iface = config->interfaces.items[iface],
			.filter = config->filter,
			.fanout = config->workers,
			.group = (uint16_t)((unsigned)getpid() + iface),
			.ring = RING / config->workers,
		};
		int error = capture_open(&sensor->workers[i].capture, &options, why);
		if (error < 0) {
			log_error("%s: %s", options.iface, why);
			return error == -EINVAL ? SENSOR_USAGE : SENSOR_FAILED;
		}
		sensor->workers[i].iface = (uint16_t)iface;
	}
	return SENSOR_DONE;
}

static uint64_t files_size(const struct config *config)
{
	uint64_t all = 0;
	for (unsigned i = 0; i < config->files.n; i++) {
		struct stat status;
		if (stat(config->files.items[i], &status) != 0 || !S_ISREG(status.st_mode))
			return 0;
		all += (uint64_t)status.st_size;
	}
	return all;
}

/* A filter that is no expression is found here, not at the first frame. */
static enum sensor_exit replay_prepare(struct sensor *sensor)
{
	const struct config *config = sensor->config;
	struct worker *worker = &sensor->workers[0];
	if (config->filter != NULL) {
		char why[CAPTURE_WHY_CAP];
		struct capture_filter *filter;
		if (capture_filter_open(&filter, config->filter, 1, why) < 0) {
			log_error("%s", why);
			return SENSOR_USAGE;
		}
		capture_filter_close(filter);
	}
	worker->files = config->files.items;
	worker->file_count = config->files.n;
	worker->filter = config->filter;
	atomic_store(&worker->octets_all, files_size(config));
	return SENSOR_DONE;
}

/* Whatever needs privileges, and nothing else. */
static enum sensor_exit captures_up(struct sensor *sensor)
{
	const struct config *config = sensor->config;
	sensor->worker_count = sensor_is_live(sensor) ? config->interfaces.n * config->workers : 1;
	if (sensor->worker_count > GATE_SEATS_MAX || config->interfaces.n > UINT8_MAX) {
		log_error("%u workers are too many: at most %d", sensor->worker_count, GATE_SEATS_MAX);
		return SENSOR_USAGE;
	}
	sensor->workers = aligned_alloc(64, (sensor->worker_count * sizeof *sensor->workers + 63) & ~(size_t)63);
	if (sensor->workers == NULL)
		return SENSOR_FAILED;
	memset(sensor->workers, 0, sensor->worker_count * sizeof *sensor->workers);
	return sensor_is_live(sensor) ? captures_open(sensor) : replay_prepare(sensor);
}

static void captures_down(struct sensor *sensor)
{
	for (unsigned i = 0; sensor->workers != NULL && i < sensor->worker_count; i++)
		capture_close(sensor->workers[i].capture);
	free(sensor->workers);
}

static enum sensor_exit privileges_up(struct sensor *sensor)
{
	return privs_drop(sensor->config->user, !sensor_is_live(sensor)) == 0 ? SENSOR_DONE : SENSOR_FAILED;
}

static enum sensor_exit feeds_up(struct sensor *sensor)
{
	sensor->gate = aligned_alloc(64, sizeof *sensor->gate);
	if (sensor->gate == NULL)
		return SENSOR_FAILED;
	int error = reload_open(&sensor->reload, sensor->config, sensor_is_live(sensor) && sensor->config->reload == CONFIG_ON_CHANGE);
	if (error == -ENOMEM) {
		log_error("feeds: %s", strerror(ENOMEM));
		return SENSOR_FAILED;
	}
	if (error < 0)
		return SENSOR_USAGE; /* told, with file and line */
	const struct reload_feeds *feeds = reload_first(sensor->reload);
	log_debug("%zu names, feed set %s", feedset_count(feeds->set), feedset_hash(feeds->set));
	gate_open(sensor->gate, sensor->worker_count, &feeds->feeds);
	return SENSOR_DONE;
}

static void feeds_down(struct sensor *sensor)
{
	reload_close(sensor->reload);
	free(sensor->gate);
}

static enum sensor_exit workers_up(struct sensor *sensor)
{
	struct worker_options options = {
		.budget = BUDGET / sensor->worker_count,
		.ring_slots = RING_NOTES,
		.notes_all = sensor->config->is_observe,
	};
	int error = siphash_key_random(&options.key);
	if (error == 0)
		error = named_open(&sensor->named, &options.key);
	options.named = sensor->named;
	for (unsigned i = 0; error == 0 && i < sensor->worker_count; i++) {
		struct worker *worker = &sensor->workers[i];
		worker->seat = i;
		worker->gate = sensor->gate;
		error = worker_open(worker, &options);
	}
	if (error == 0)
		return SENSOR_DONE;
	log_error("workers: %s", strerror(-error));
	return SENSOR_FAILED;
}

static void workers_down(struct sensor *sensor)
{
	for (unsigned i = 0; i < sensor->worker_count; i++)
		worker_close(&sensor->workers[i]);
	named_close(sensor->named);
}

static enum sensor_exit publisher_up(struct sensor *sensor)
{
	const struct config *config = sensor->config;
	const struct config_list *ifaces = sensor_is_live(sensor) ? &config->interfaces : &config->files;
	const struct publisher_options options = {
		.config = config,
		.workers = sensor->workers,
		.worker_count = sensor->worker_count,
		.ifaces = ifaces->items,
		.iface_count = ifaces->n,
		.feeds = reload_first(sensor->reload)->set,
		.version = sensor->version,
	};
	int error = publisher_open(&sensor->publisher, &options);
	if (error == 0)
		return SENSOR_DONE;
	return error == -EINVAL ? SENSOR_USAGE : SENSOR_FAILED;
}

/* The end of all records: what Redis does not have by now waits in the spool. */
static void publisher_down(struct sensor *sensor)
{
	struct publisher_stats stats;
	struct stats sums;
	if (sensor->publisher == NULL)
		return;
	uint64_t drain_ms = sensor_is_live(sensor) ? STOP_MS : sensor->config->drain_s * UINT64_C(1000);
	publisher_drain(sensor->publisher, drain_ms);
	publisher_stats(sensor->publisher, &stats);
	stats_gather(&sums, sensor->workers, sensor->worker_count);
	publisher_close(sensor->publisher);
	stats_print(&sums, &stats);
	if (stats.failed + stats.dead > 0 && sensor->exit == SENSOR_DONE)
		sensor->exit = SENSOR_FAILED; /* told when it began */
	if (stats.waiting == 0)
		return;
	log_error("%llu records wait in %s for Redis: they are sent at the next start", (unsigned long long)stats.waiting, sensor->config->spool);
	if (!sensor_is_live(sensor) && sensor->exit == SENSOR_DONE)
		sensor->exit = SENSOR_CUT;
}

static enum sensor_exit threads_up(struct sensor *sensor)
{
	int error = publisher_start(sensor->publisher);
	sensor->is_publishing = error == 0;
	sensor->started_ns = monotonic_ns();
	for (; error == 0 && sensor->workers_started < sensor->worker_count; sensor->workers_started++)
		error = worker_start(&sensor->workers[sensor->workers_started]);
	if (error == 0)
		return SENSOR_DONE;
	log_error("threads: %s", strerror(-error));
	return SENSOR_FAILED;
}

static void threads_down(struct sensor *sensor)
{
	for (unsigned i = 0; i < sensor->workers_started; i++) {
		worker_join(&sensor->workers[i]);
		if (sensor->workers[i].has_failed && sensor->exit == SENSOR_DONE)
			sensor->exit = SENSOR_FAILED;
		if (sensor->workers[i].has_cut && sensor->exit == SENSOR_DONE)
			sensor->exit = SENSOR_CUT;
	}
	if (sensor->is_publishing)
		publisher_join(sensor->publisher);
	if (publisher_is_deaf(sensor->publisher) && sensor->exit == SENSOR_DONE)
		sensor->exit = SENSOR_FAILED;
}

static const struct stage stages[] = {
	{"signals", signals_up, NULL},
	{"captures", captures_up, captures_down},
	{"privileges", privileges_up, NULL},
	{"feeds", feeds_up, feeds_down},
	{"workers", workers_up, workers_down},
	{"publisher", publisher_up, publisher_down},
	{"threads", threads_up, threads_down},
};

#define STAGES (sizeof stages / sizeof stages[0])

static bool sensor_is_over(const struct sensor *sensor)
{
	bool all_done = true;
	for (unsigned i = 0; i < sensor->worker_count; i++) {
		all_done = all_done && atomic_load(&sensor->workers[i].is_done);
		if (sensor_is_live(sensor) && atomic_load(&sensor->workers[i].is_done))
			return true; /* an interface is gone: better to end, loudly, than to watch the rest in silence */
	}
	return all_done || publisher_is_deaf(sensor->publisher);
}

/* When main last did what it does now and then. Monotonic. */
struct sensor_clock {
	uint64_t printed_ns, beaten_ns, progressed_ns;
};

/* Is it `period_ns` since `*last_ns`? Then it is now. */
static bool is_due(uint64_t *last_ns, uint64_t now_ns, uint64_t period_ns)
{
	if (now_ns - *last_ns < period_ns)
		return false;
	*last_ns = now_ns;
	return true;
}

/* What there is to do each round, besides signals: nearly always nothing. Returns how long until the next. */
static uint64_t sensor_round(struct sensor *sensor, struct sensor_clock *clock)
{
	uint64_t now_ns = monotonic_ns();
	bool is_reloading = reload_round(sensor->reload, sensor->gate, sensor->publisher, now_ns);
	uint64_t round_ns = sensor_is_live(sensor) && !is_reloading ? ROUND_NS : ROUND_SOON_NS;
	bool shows = sensor->shows_progress && is_due(&clock->progressed_ns, now_ns, PROGRESS_NS);
	bool prints = sensor->config->stats_s > 0 && is_due(&clock->printed_ns, now_ns, sensor->config->stats_s * SECOND_NS);
	bool beats = is_due(&clock->beaten_ns, now_ns, SECOND_NS);
	if (!shows && !prints && !beats)
		return round_ns;
	struct stats sums;
	struct publisher_stats stats;
	stats_gather(&sums, sensor->workers, sensor->worker_count);
	publisher_stats(sensor->publisher, &stats);
	if (shows)
		stats_progress(&sums, &stats, (double)(now_ns - sensor->started_ns) / 1e9);
	if (prints)
		stats_print(&sums, &stats);
	if (beats) {
		struct timespec wall;
		clock_gettime(CLOCK_REALTIME, &wall);
		publisher_heartbeat(sensor->publisher, &sums, (uint64_t)wall.tv_sec * SECOND_NS + (uint64_t)wall.tv_nsec);
	}
	return round_ns;
}

/* Somebody cut the compiled set short. What is known to be so far is written, and then it is for whoever starts us to start us anew. */
static bool sensor_is_blind(struct sensor *sensor)
{
	if (!reload_is_cut(sensor->reload))
		return false;
	log_error("%s: the compiled set was cut short while it was in use, so no name can be found any more: stopping. "
		  "A set is replaced by a rename, as `c2feed compile` does",
		sensor->config->feeds.items[0]);
	sensor->exit = SENSOR_FAILED;
	return true;
}

static void sensor_print(const struct sensor *sensor)
{
	struct stats sums;
	struct publisher_stats stats;
	stats_gather(&sums, sensor->workers, sensor->worker_count);
	publisher_stats(sensor->publisher, &stats);
	stats_print(&sums, &stats);
}

/* Waits for signals and for the end. */
static void sensor_wait(struct sensor *sensor)
{
	struct sensor_clock clock = {.printed_ns = sensor->started_ns};
	while (!sensor_is_over(sensor) && !sensor_is_blind(sensor)) {
		uint64_t round_ns = sensor_round(sensor, &clock);
		switch (sigtimedwait(&sensor->signals, NULL, &(struct timespec){.tv_nsec = (long)round_ns})) {
		case SIGINT:
		case SIGTERM:
			log_notice("stopping");
			return;
		case SIGHUP:
			publisher_reopen(sensor->publisher);
			reload_ask(sensor->reload);
			break;
		case SIGUSR1:
			sensor_print(sensor);
			break;
		default:
			break;
		}
	}
}

enum sensor_exit sensor_run(const struct config *config, const char *version)
{
	struct sensor sensor = {.config = config, .version = version};
	sensor.shows_progress = !sensor_is_live(&sensor) && config->verbosity >= 0 && isatty(STDERR_FILENO);
	size_t up = 0;
	while (up < STAGES && sensor.exit == SENSOR_DONE)
		sensor.exit = stages[up++].up(&sensor);
	if (sensor.exit == SENSOR_DONE) {
		if (sensor_is_live(&sensor))
			log_notice("watching %u interface%s", config->interfaces.n, config->interfaces.n == 1 ? "" : "s");
		sensor_wait(&sensor);
		signals_release();
		if (sensor.shows_progress)
			stats_progress_end();
	} else {
		log_debug("%s: did not come up", stages[up - 1].name);
	}
	while (up-- > 0)
		if (stages[up].down != NULL)
			stages[up].down(&sensor);
	return sensor.exit;
}
