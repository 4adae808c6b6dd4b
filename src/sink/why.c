/* SPDX-License-Identifier: Apache-2.0 */
/* The one line that says why something of the user's was refused. Whoever asked for it decides where it is shown. */
#include "sink/why.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int why_refused(char why[static SINK_WHY_CAP], int rc, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(why, SINK_WHY_CAP, format, args);
	va_end(args);
	return rc;
}

int why_failed(char why[static SINK_WHY_CAP], int rc, const char *what)
{
	return why_refused(why, rc, "%s: %s", what, strerror(-rc));
}
