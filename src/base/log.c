/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on standard error; the level is the one global of the program. */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *log_program = "c2watch";
static atomic_int log_up_to = LOG_NOTICE;

void log_open(const char *program, enum log_level level)
{
	log_program = program;
	atomic_store(&log_up_to, (int)level);
}

/* Copies `text` to `line`, escaping what a terminal could obey, and what looks escaped already. Returns the octets written; `cap` is never exceeded. */
static size_t log_escape(char *line, size_t cap, const char *text)
{
	size_t n = 0;
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
		bool plain = *c >= 0x20 && *c < 0x7f && !(c[0] == '\\' && c[1] == 'x');
		if (n + (plain ? 1 : 4) > cap)
			break;
		if (plain)
			line[n++] = (char)*c;
		else
			n += (size_t)snprintf(line + n, 5, "\\x%02x", *c);
	}
	return n;
}

void log_line(enum log_level level, const char *format, ...)
{
	if ((int)level > atomic_load(&log_up_to))
		return;
	char text[2048];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	char line[4096];
	size_t n = (size_t)snprintf(line, 64, "%s: ", log_program);
	n += log_escape(line + n, sizeof line - n - 2, text);
	line[n++] = '\n';
	ssize_t wrote = write(STDERR_FILENO, line, n);
	(void)wrote; /* there is nowhere left to say it */
}
