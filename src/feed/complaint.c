/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/complaint.h"

#include <stdarg.h>
#include <stdio.h>

void complaint_tell(const struct feed_listener *listener, enum feed_level level, const char *path, uint32_t line, const char *format, ...)
{
	if (listener == NULL)
		return;
	char what[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	struct feed_complaint complaint = {.level = level, .path = path, .line = line, .what = what};
	listener->complain(listener->arg, &complaint);
}
