/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

/* One line on standard error: `c2watch: what: why`. Whoever decides logs, once; nothing below app/ does, but sink/'s threads. */
enum log_level { LOG_QUIET, LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_DEBUG };

/* The program's name in front of each line, and the level up to which lines are written. Before any thread starts. */
void log_open(const char *program, enum log_level level);

/*
 * Writes the line when `level` is wanted. One write(2) a line; octets outside 0x20-0x7e are written as \xHH, so that a hostile text cannot reach the terminal,
 * and a backslash in front of an x as \x5c, so that they can be had back.
 */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_NOTICE, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif
