/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_WORKER_H
#define APP_WORKER_H

#include "app/capture.h"
#include "app/gate.h"
#include "note/counters.h"

#include <pthread.h>

/* A capture worker: one thread, one source of frames (an interface, or files one after another), one inspector, one ring to the publisher. */
struct worker {
	/* set before it starts */
	struct capture *capture;  /* live, the caller's; null for a replay */
	const char *const *files; /* a replay's captures */
	unsigned file_count;
	const char *filter; /* a replay's BPF expression; null for none */
	uint16_t iface;     /* index of the interface: what its notes say; of a replay, the file at hand */
	unsigned seat;      /* at the gate */
	struct gate *gate;
	/* made by worker_open() */
	struct inspector *inspector;
	struct spsc ring;
	struct note_outlet outlet;
	/* what others may read while it runs */
	struct counters counters;
	_Atomic uint64_t received, dropped, missed; /* live: frames, kernel's drops, the card's drops */
	_Atomic uint64_t octets_done, octets_all;   /* replay: of the files */
	_Atomic bool is_done;
	atomic_bool is_stopped; /* asked to stop */
	/* how it ended; read after worker_join() */
	bool has_failed; /* the capture broke */
	bool has_cut;    /* a file could not be read to its end; told on the log */
	pthread_t thread;
};

struct worker_options {
	size_t budget;       /* octets for the inspector */
	size_t ring_slots;   /* notes */
	struct named *named; /* shared by all */
	bool notes_all;
	struct siphash_key key;
};

/* Makes the worker's memory. 0 or -errno. */
int worker_open(struct worker *worker, const struct worker_options *options);
void worker_close(struct worker *worker);

/* Starts its thread, named for what it does. 0 or -errno. */
int worker_start(struct worker *worker);

/* Asks it to stop, and waits until it has. */
void worker_join(struct worker *worker);

#endif
