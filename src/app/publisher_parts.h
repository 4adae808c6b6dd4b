/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_PUBLISHER_PARTS_H
#define APP_PUBLISHER_PARTS_H

#include "app/coverage.h"
#include "app/outputs.h"
#include "app/publisher.h"
#include "app/stats.h"
#include "host/home.h"
#include "host/hosts.h"
#include "host/place.h"
#include "incident/incident.h"
#include "record/record.h"

#include <pthread.h>
#include <time.h>

#define SECOND_NS UINT64_C(1000000000)

/* What the publisher's thread has to itself, and what main asks of it meanwhile. */
struct publisher {
	struct publisher_options options;
	struct hosts *hosts;
	struct incidents *incidents;
	struct place *place;
	struct home home;
	struct outputs *outputs;
	struct record_sensor sensor;
	_Atomic(const struct feedset *) now;  /* the feed set in force */
	_Atomic(const struct feedset *) next; /* during a reload, the one to come, whose notes say `next_generation` */
	uint32_t next_generation;
	struct coverage coverage;
	struct line line;  /* records and observations */
	struct line about; /* the heartbeat's, on main's thread */
	char hostname[64];
	time_t started_s;
	pthread_t thread;
	atomic_bool is_ending, is_retiring, is_reopening, is_deaf;
	_Atomic uint64_t hits, lines, addresses, addresses_evicted, incidents_open, incidents_evicted;
};

#endif
