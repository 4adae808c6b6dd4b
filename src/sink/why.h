/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_WHY_H
#define SINK_WHY_H

#include "sink/sink.h"

/* Writes the line to `why`, cut to SINK_WHY_CAP, and returns `rc`: so that a refusal is one statement. */
int why_refused(char why[static SINK_WHY_CAP], int rc, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with `what: strerror(-rc)`. */
int why_failed(char why[static SINK_WHY_CAP], int rc, const char *what);

#endif
