/* SPDX-License-Identifier: Apache-2.0 */
/* c2watch: the sensor's main. */
#include "app/capture.h"
#include "app/config.h"
#include "app/sensor.h"
#include "base/log.h"
#include "sink/spoolstatus.h"

#include <errno.h>
#include <stdio.h>

static int list_interfaces(void)
{
	char why[CAPTURE_WHY_CAP];
	if (capture_list(stdout, why) == 0)
		return SENSOR_DONE;
	log_error("interfaces: %s", why);
	return SENSOR_FAILED;
}

static int show_spool(const char *dir)
{
	char why[SINK_WHY_CAP];
	int rc = spoolstatus_write(dir, stdout, why);
	if (rc == 0)
		return SENSOR_DONE;
	log_error("%s", why);
	return rc == -ENOTDIR || rc == -ENOENT || rc == -ELOOP ? SENSOR_USAGE : SENSOR_FAILED;
}

int main(int argc, char **argv)
{
	static struct config config; /* lives as long as what it points to */
	log_open("c2watch", LOG_NOTICE);
	switch (config_read(&config, argc, argv)) {
	case CONFIG_HELP:
		fputs(config_help, stdout);
		return SENSOR_DONE;
	case CONFIG_VERSION:
		puts("c2watch " C2WATCH_VERSION);
		return SENSOR_DONE;
	case CONFIG_LIST:
		return list_interfaces();
	case CONFIG_SPOOL_STATUS:
		return show_spool(config.spool);
	case CONFIG_WRONG:
		return SENSOR_USAGE;
	case CONFIG_RUN:
		break;
	}
	log_open("c2watch", config.verbosity < 0 ? LOG_ERROR : config.verbosity > 0 ? LOG_DEBUG : LOG_NOTICE);
	return (int)(config.is_test ? sensor_test(&config) : sensor_run(&config, C2WATCH_VERSION));
}
