/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_FEEDWATCH_H
#define APP_FEEDWATCH_H

#include "app/config.h"

/*
 * Files of feeds under watch: says when one of them has been replaced (a rename into its place) or written anew, once the writing has come to rest. Their
 * folders are watched, and those of the files that they link to. inotify(7).
 */
struct feedwatch;

/* Watches the files of `list`, which outlives it. 0 or -errno. */
int feedwatch_open(struct feedwatch **watch, const struct config_list *list);
void feedwatch_close(struct feedwatch *watch); /* null is fine */

/* Is there a file that is another one than when feedwatch_look() was called, and at rest? To be asked now and then, with the monotonic time. */
bool feedwatch_is_due(struct feedwatch *watch, uint64_t now_ns);

/* The files are about to be read: takes down what they are. True when one of them is another one than the last time. */
bool feedwatch_look(struct feedwatch *watch);

#endif
