/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_CONFIG_PARTS_H
#define APP_CONFIG_PARTS_H

#include "app/config.h"

#include <limits.h>

/* What the command line and the configuration file have in common. */

#define CONFIG_LIST_MAX 65535 /* a day of rotated captures is over a thousand; inputs are told apart by 16 bits */
#define CONFIG_WORKERS_MAX 32
#define CONFIG_SECONDS_MAX 86400
#define CONFIG_UNSET UINT_MAX /* a number that may be 0 has not been given */

/* Fills in from the file `path` what the command line has left open. False when it is wrong (told). */
bool config_take_file(struct config *config, const char *path);

#endif
