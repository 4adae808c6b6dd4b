/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_PRIVS_H
#define APP_PRIVS_H

#include <stdbool.h>

/*
 * Gives up every privilege, for good: user and group `user` (null: stay who we are), no supplementary groups, no capability in any set, nothing to
 * gain by exec, no core dump. Called once, when what needed privilege is open. 0 or -errno, logged: then the program must not go on.
 *
 * `keeps_files` root, staying root, may still read and write files wherever they are: a replay opens its captures and outputs after this.
 */
int privs_drop(const char *user, bool keeps_files);

#endif
