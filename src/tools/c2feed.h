/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_C2FEED_H
#define TOOLS_C2FEED_H

#include "feed/feedset.h"

enum exit_status { EXIT_FINE, EXIT_FAULT, EXIT_USAGE };

/* One run of the program. */
struct run {
	const struct command *command;
	const char *output; /* -o, or null */
	const char *popular, *shared;
	const char *form; /* --to, or null */
	uint64_t now_ns;  /* since 1970, when the run began */
	uint64_t at_ns;   /* --at, when has_at says so */
	bool has_at;
	bool has_progress; /* there is a progress line on the terminal */
	size_t refused;    /* lines, of what was loaded last */
	bool tells_all;    /* of them, not just the first */
	bool is_quiet;     /* what is wrong has been told before */
};

/* Loads feeds into one set, and tells of what is wrong with them. 0 or -errno, told. */
int run_load(struct run *run, char **paths, size_t n, struct feedset **set);

/* Tells the command's usage. */
enum exit_status run_misuse(const struct run *run);

/* Writes a text of a feed to standard output; what could steer a terminal becomes `?`. */
void put_text(const char *text);

/* Writes an entry's name with its mark, as feeds have it. */
void put_entry(const struct indicator *entry);

/* The commands that have a file of their own. */
enum exit_status diff_run(struct run *run, char **args, size_t n);
enum exit_status explain_run(struct run *run, char **args, size_t n);
enum exit_status export_run(struct run *run, char **args, size_t n);

#endif
