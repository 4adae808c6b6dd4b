/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's life: batches of frames into the inspector; between two batches the gate, the clock and the capture's own counters. */
#include "app/worker.h"

#include "app/savefile.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#define BATCH_FRAMES 4096
#define SECOND_NS UINT64_C(1000000000)
#define TYPES_MAX 16 /* link types of one capture file that a filter is compiled for */

int worker_open(struct worker *worker, const struct worker_options *options)
{
	int error = spsc_open(&worker->ring, options->ring_slots, sizeof(struct note));
	if (error < 0)
		return error;
	worker->outlet = (struct note_outlet){.ring = &worker->ring, .counters = &worker->counters, .waits = worker->capture == NULL};
	struct inspector_options inspect = {
		.budget = options->budget,
		.key = options->key,
		.outlet = &worker->outlet,
		.counters = &worker->counters,
		.named = options->named,
		.notes_all = options->notes_all,
	};
	error = inspector_open(&worker->inspector, &inspect);
	if (error < 0)
		spsc_close(&worker->ring);
	return error;
}

void worker_close(struct worker *worker)
{
	inspector_close(worker->inspector);
	spsc_close(&worker->ring);
}

static uint64_t wall_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

static void worker_pass(struct worker *worker)
{
	inspector_use(worker->inspector, gate_pass(worker->gate, worker->seat));
}

static void worker_see(void *arg, const uint8_t *frame, size_t len, uint64_t at_ns)
{
	struct worker *worker = arg;
	inspector_see(worker->inspector, capture_link(worker->capture), frame, len, at_ns, worker->iface);
}

static void worker_count(struct worker *worker)
{
	struct capture_stats stats;
	capture_count(worker->capture, &stats);
	atomic_store_explicit(&worker->received, stats.received, memory_order_relaxed);
	atomic_store_explicit(&worker->dropped, stats.dropped, memory_order_relaxed);
	atomic_store_explicit(&worker->missed, stats.missed, memory_order_relaxed);
}

/* Tells of the notes that the latest of full rings has cost, which the next note would have done: the wire is over, so there is time to wait for room. */
static void worker_settle(struct worker *worker)
{
	if (worker->outlet.lost.n == 0)
		return;
	worker->outlet.waits = true;
	if (note_outlet_reserve(&worker->outlet, NOTE_TICK, wall_ns()) != NULL)
		note_outlet_publish(&worker->outlet);
}

static void worker_watch(struct worker *worker)
{
	char why[CAPTURE_WHY_CAP];
	uint64_t counted_ns = 0;
	while (!atomic_load_explicit(&worker->is_stopped, memory_order_relaxed)) {
		worker_pass(worker);
		if (capture_batch(worker->capture, worker_see, worker, why) < 0) {
			log_error("%s", why);
			worker->has_failed = true;
			break;
		}
		uint64_t now_ns = wall_ns();
		inspector_tick(worker->inspector, now_ns);
		if (now_ns - counted_ns >= SECOND_NS) {
			worker_count(worker);
			counted_ns = now_ns;
		}
	}
	inspector_finish(worker->inspector);
	worker_settle(worker);
	worker_count(worker);
}

/* A capture file being replayed, and the filter for each of its link types. */
struct replay {
	struct worker *worker;
	const char *path;
	struct savefile *file;
	unsigned type; /* of the latest frame */
	bool is_known; /* is that type one that is read? */
	bool is_read;  /* and has the filter been made for it? */
	enum c2_link link;
	bool has_complained; /* a link type that is not read has been named */
	struct capture_filter *filters[TYPES_MAX];
	unsigned filter_types[TYPES_MAX];
	unsigned filter_count;
	const struct capture_filter *filter;
};

static bool replay_filter(struct replay *replay, unsigned type)
{
	char why[CAPTURE_WHY_CAP];
	for (unsigned i = 0; i < replay->filter_count; i++)
		if (replay->filter_types[i] == type) {
			replay->filter = replay->filters[i];
			return true;
		}
	if (replay->filter_count == TYPES_MAX)
		return false;
	if (capture_filter_open(&replay->filters[replay->filter_count], replay->worker->filter, type, why) < 0) {
		log_error("%s: %s", replay->path, why);
		return false;
	}
	replay->filter_types[replay->filter_count] = type;
	replay->filter = replay->filters[replay->filter_count++];
	return true;
}

/* Another link type than the frame before: is it one that is read? Names the first that is not. */
static void replay_turn(struct replay *replay, unsigned type)
{
	struct worker *worker = replay->worker;
	replay->type = type;
	replay->is_known = replay->is_read = c2_link_from_type(type, &replay->link);
	if (!replay->is_read && !replay->has_complained) {
		log_error("%s: link type %u is not read: its frames are left out", replay->path, type);
		replay->has_complained = true;
		worker->has_cut = true;
	}
	if (replay->is_read && worker->filter != NULL && !replay_filter(replay, type)) {
		replay->is_read = false;
		worker->has_cut = true;
	}
}

static void replay_frame(struct replay *replay, const struct savefile_frame *frame)
{
	struct worker *worker = replay->worker;
	if (frame->type != replay->type)
		replay_turn(replay, frame->type);
	if (!replay->is_known)
		counter_add(&worker->counters, COUNTER_link_unknown, 1);
	if (!replay->is_read || (replay->filter != NULL && !capture_filter_passes(replay->filter, frame->octets, frame->len)))
		return;
	inspector_see(worker->inspector, replay->link, frame->octets, frame->len, frame->at_ns, worker->iface);
}

static void replay_run(struct replay *replay)
{
	struct worker *worker = replay->worker;
	uint64_t before = atomic_load(&worker->octets_done);
	char why[SAVEFILE_WHY_CAP];
	enum savefile_rc rc = SAVEFILE_FRAME;
	while (rc == SAVEFILE_FRAME && !atomic_load_explicit(&worker->is_stopped, memory_order_relaxed)) {
		worker_pass(worker);
		struct savefile_frame frame;
		for (unsigned n = 0; n < BATCH_FRAMES && (rc = savefile_next(replay->file, &frame, why)) == SAVEFILE_FRAME; n++)
			replay_frame(replay, &frame);
		atomic_store_explicit(&worker->octets_done, before + savefile_position(replay->file), memory_order_relaxed);
	}
	if (rc == SAVEFILE_CUT || rc == SAVEFILE_BAD) {
		log_error("%s: %s", replay->path, why);
		worker->has_cut = true;
	}
}

/* Nothing comes from the pipe: a batch's border, as long as it may take. */
static bool worker_waits(void *arg)
{
	struct worker *worker = arg;
	worker_pass(worker);
	return !atomic_load_explicit(&worker->is_stopped, memory_order_relaxed);
}

static void worker_replay(struct worker *worker)
{
	const struct savefile_patience patience = {.waits = worker_waits, .arg = worker};
	for (unsigned i = 0; i < worker->file_count && !atomic_load(&worker->is_stopped); i++) {
		char why[SAVEFILE_WHY_CAP];
		struct replay replay = {.worker = worker, .path = worker->files[i], .type = UINT32_MAX};
		worker->iface = (uint16_t)i;
		int error = savefile_open(&replay.file, replay.path, &patience, why);
		if (error == -EINTR)
			break;
		if (error < 0) {
			log_error("%s: %s", replay.path, why);
			worker->has_cut = true;
			continue;
		}
		replay_run(&replay);
		inspector_finish(worker->inspector);
		savefile_close(replay.file);
		for (unsigned n = 0; n < replay.filter_count; n++)
			capture_filter_close(replay.filters[n]);
	}
}

static void *worker_run(void *arg)
{
	struct worker *worker = arg;
	if (worker->capture != NULL)
		worker_watch(worker);
	else
		worker_replay(worker);
	gate_leave(worker->gate, worker->seat);
	atomic_store(&worker->is_done, true);
	return NULL;
}

int worker_start(struct worker *worker)
{
	int error = pthread_create(&worker->thread, NULL, worker_run, worker);
	if (error != 0)
		return -error;
	char name[16];
	snprintf(name, sizeof name, "worker-%u", worker->seat);
	pthread_setname_np(worker->thread, name);
	return 0;
}

void worker_join(struct worker *worker)
{
	atomic_store(&worker->is_stopped, true);
	pthread_join(worker->thread, NULL);
}
