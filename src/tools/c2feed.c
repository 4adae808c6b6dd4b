/* SPDX-License-Identifier: Apache-2.0 */
/* c2feed: everything about feeds. */

#include "tools/c2feed.h"

#include "base/log.h"
#include "feed/facts.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct command {
	const char *name;
	const char *usage;
	const char *help;
	const char *options; /* the letters of those it takes beside -p and -h */
	size_t least;        /* arguments, at least */
	enum exit_status (*run)(struct run *run, char **args, size_t n);
};

#define OPTIONS_HELP                                                         \
	"  -p, --popular FILE  the well-known names that no feed may list\n" \
	"                      (" C2WATCH_DATADIR "/feeds/popular.txt)\n"    \
	"  -h, --help          this text\n"

/* Takes the progress line off the terminal. */
static void run_clear(struct run *run)
{
	if (run->has_progress)
		fputs("\r\033[K", stderr);
	run->has_progress = false;
}

static void run_hear(void *arg, const struct feed_complaint *complaint)
{
	struct run *run = arg;
	static const char *const levels[] = {[FEED_NOTE] = "note: ", [FEED_REFUSED] = "refused: ", [FEED_FAILED] = ""};
	run_clear(run);
	run->refused += complaint->level == FEED_REFUSED;
	if (complaint->line != 0)
		log_error("%s:%u: %s%s", complaint->path, complaint->line, levels[complaint->level], complaint->what);
	else
		log_error("%s: %s%s", complaint->path, levels[complaint->level], complaint->what);
}

static void run_show_progress(void *arg, const char *path, uint64_t octets, uint64_t of)
{
	struct run *run = arg;
	if (of == 0)
		return;
	fprintf(stderr, "\r\033[K%.60s: %u %%", path, (unsigned)(octets * 100 / of));
	run->has_progress = true;
}

int run_load(struct run *run, char **paths, size_t n, struct feedset **set)
{
	struct feed_source *sources = calloc(n + 1, sizeof *sources);
	if (sources == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sources[i].path = paths[i];
	const struct feed_lint lint = {.popular = run->popular};
	const struct feed_listener listener = {.complain = run_hear, .progress = isatty(STDERR_FILENO) ? run_show_progress : NULL, .arg = run};
	int rc = feedset_load(sources, n, &lint, &listener, set);
	run_clear(run);
	if (rc == -ENOMEM || rc == -EFBIG)
		log_error("%s: %s", paths[0], strerror(-rc));
	free(sources);
	return rc;
}

/* Writes a text of a feed; what could steer a terminal becomes `?`. */
void put_text(const char *text)
{
	for (; *text != '\0'; text++)
		putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

void put_entry(const struct indicator *entry)
{
	static const char *const marks[] = {[C2_SCOPE_EXACT] = "=", [C2_SCOPE_BELOW] = "*.", [C2_SCOPE_TREE] = ""};
	fputs(entry->kind == INDICATOR_EXCEPTION ? "!" : marks[entry->scope], stdout);
	put_text(entry->name);
}

static void put_counts(const char *what, const struct feedset *set)
{
	size_t off = 0, exceptions = 0;
	for (uint32_t i = 0; i < feedset_entries(set); i++) {
		struct indicator entry;
		if (!feedset_describe(set, i, 0, 0, &entry))
			continue;
		off += !entry.is_on;
		exceptions += entry.is_on && entry.kind == INDICATOR_EXCEPTION;
	}
	put_text(what);
	printf(": %zu listed, %zu exceptions, %zu off", feedset_count(set), exceptions, off);
}

static enum exit_status check_run(struct run *run, char **args, size_t n)
{
	enum exit_status status = EXIT_FINE;
	for (size_t i = 0; i < n; i++) {
		struct feedset *set;
		run->refused = 0;
		if (run_load(run, &args[i], 1, &set) != 0) {
			status = EXIT_FAULT;
			continue;
		}
		put_counts(args[i], set);
		printf(", %zu refused\n", run->refused);
		feedset_free(set);
		if (run->refused > 0)
			status = EXIT_FAULT;
	}
	return status;
}

static enum exit_status compile_run(struct run *run, char **args, size_t n)
{
	struct feedset *set;
	if (run->output == NULL)
		return run_misuse(run);
	if (run_load(run, args, n, &set) != 0)
		return EXIT_FAULT;
	int rc = feedset_write(set, run->output);
	if (rc != 0)
		log_error("%s: %s", run->output, rc == -EEXIST ? "is there, and is no regular file" : strerror(-rc));
	if (rc == 0) {
		put_counts(run->output, set);
		printf(", %zu refused, hash %s\n", run->refused, feedset_hash(set));
	}
	feedset_free(set);
	return rc == 0 ? EXIT_FINE : EXIT_FAULT;
}

static const struct command commands[] = {
	{
		"check",
		"c2feed check [-p FILE] FEED...",
		"Reads feeds and tells of every line that is refused, with the reason.\n"
		"Exits with 1 if there is one.\n\n",
		"",
		1,
		check_run,
	},
	{
		"compile",
		"c2feed compile [-p FILE] -o SET FEED...",
		"Writes what the feeds list as one compiled set, which loads without being\n"
		"parsed. Refused lines are told and left out.\n\n"
		"  -o, --output SET    the file to write\n",
		"o",
		1,
		compile_run,
	},
	{
		"explain",
		"c2feed explain [-p FILE] [-a TIME] FEED|SET NAME...",
		"Tells for each name which indicator it matches and where that comes from,\n"
		"or why it matches none; and every other claim that covers it.\n\n"
		"  -a, --at TIME       when: 2023-03-29 or 2023-03-29T12:00:00Z (now)\n",
		"a",
		2,
		explain_run,
	},
	{
		"diff",
		"c2feed diff [-p FILE] [-a TIME] OLD NEW",
		"Tells which names NEW lists more (+) or no longer (-), and which it lists in\n"
		"another way (~). Exits with 0 if there are none, 1 if there are, 2 on a failure.\n\n"
		"  -a, --at TIME       only what had not expired then (all)\n",
		"a",
		2,
		diff_run,
	},
	{
		"export",
		"c2feed export [-p FILE] [-a TIME] --to FORM [-o FILE] FEED|SET",
		"Writes what is listed in a form that other programs read.\n\n"
		"  -t, --to FORM       hosts     a hosts file: whole names only\n"
		"                      kql       a query for Microsoft Defender and Sentinel\n"
		"                      plain     a feed with all that is known, for c2watch\n"
		"                      rpz       a response policy zone\n"
		"                      sigma     Sigma rules for DNS queries and proxies\n"
		"                      suricata  rules for Suricata\n"
		"                      zeek      an intelligence file: whole names only\n"
		"  -o, --output FILE   the file to write (standard output)\n"
		"  -a, --at TIME       only what has not expired then (now; for plain: all)\n",
		"ato",
		1,
		export_run,
	},
};

#define COMMANDS (sizeof commands / sizeof *commands)

static void put_help(void)
{
	puts("usage: c2feed COMMAND [options] ...\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %s\n", commands[i].usage);
	puts("\n`c2feed COMMAND --help` tells more. Options:\n\n  -h, --help          this text\n  -V, --version       the version\n\n"
	     "See c2feed(1), and c2watch-feeds(5) for the format of feeds.");
}

enum exit_status run_misuse(const struct run *run)
{
	fprintf(stderr, "usage: %s\n", run->command != NULL ? run->command->usage : "c2feed check|compile|explain|diff|export ... (c2feed --help)");
	return EXIT_USAGE;
}

/* Takes an option; false when its value is none, which is told. */
static bool command_option(struct run *run, int option)
{
	switch (option) {
	case 'p':
		run->popular = optarg;
		break;
	case 'o':
		run->output = optarg;
		break;
	case 't':
		run->form = optarg;
		break;
	default:
		run->has_at = facts_instant(optarg, &run->at_ns);
		if (!run->has_at)
			log_error("%s: not a date as 2023-03-29 or 2023-03-29T12:00:00Z", optarg);
		return run->has_at;
	}
	return true;
}

static enum exit_status command_run(struct run *run, int argc, char **argv)
{
	static const struct option options[] = {{"at", required_argument, NULL, 'a'}, {"output", required_argument, NULL, 'o'},
		{"popular", required_argument, NULL, 'p'}, {"to", required_argument, NULL, 't'}, {"help", no_argument, NULL, 'h'}, {0}};
	const struct command *command = run->command;
	for (int option; (option = getopt_long(argc, argv, ":a:o:p:t:h", options, NULL)) != -1;) {
		if (option == 'h') {
			printf("usage: %s\n\n%s%s", command->usage, command->help, OPTIONS_HELP);
			return EXIT_FINE;
		}
		if (option == ':' || option == '?' || (option != 'p' && strchr(command->options, option) == NULL)) {
			log_error("%s: %s", argv[optind - 1], option == ':' ? "the option wants an argument" : "no such option");
			return run_misuse(run);
		}
		if (!command_option(run, option))
			return EXIT_USAGE;
	}
	size_t n = (size_t)(argc - optind);
	if (n < command->least)
		return run_misuse(run);
	enum exit_status status = command->run(run, argv + optind, n);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		log_error("standard output: %s", strerror(errno));
		return command->run == diff_run ? EXIT_USAGE : EXIT_FAULT;
	}
	return status;
}

/* Since 1970. */
static uint64_t clock_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

int main(int argc, char **argv)
{
	log_open("c2feed", LOG_NOTICE);
	const char *word = argc > 1 ? argv[1] : "";
	if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
		put_help();
		return EXIT_FINE;
	}
	if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0) {
		puts("c2feed " C2WATCH_VERSION);
		return EXIT_FINE;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		struct run run = {.command = &commands[i], .popular = C2WATCH_DATADIR "/feeds/popular.txt", .now_ns = clock_now()};
		if (strcmp(word, commands[i].name) == 0)
			return (int)command_run(&run, argc - 1, argv + 1);
	}
	if (*word != '\0')
		log_error("%s: no such command", word);
	return (int)run_misuse(&(struct run){0});
}
