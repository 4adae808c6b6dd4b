/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_SENSOR_H
#define APP_SENSOR_H

#include "app/config.h"

/* The program's exit statuses, as c2watch(8) documents them. */
enum sensor_exit {
	SENSOR_DONE = 0,
	SENSOR_FAILED = 1,
	SENSOR_USAGE = 2,
	SENSOR_CUT = 3,
};

/* Runs the sensor as `config` says, to its end. `version` is the program's. */
enum sensor_exit sensor_run(const struct config *config, const char *version);

/* Tests configuration, feeds and detection (-T): a made-up query for a listed name has to be found. */
enum sensor_exit sensor_test(const struct config *config);

#endif
