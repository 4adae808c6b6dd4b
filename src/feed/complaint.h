/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_COMPLAINT_H
#define FEED_COMPLAINT_H

#include "feed/feedset.h"

/* Tells the listener, if there is one, about a line of a file (0: all of it). */
void complaint_tell(const struct feed_listener *listener, enum feed_level level, const char *path, uint32_t line, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

#endif
