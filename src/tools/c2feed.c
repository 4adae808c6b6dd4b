/* SPDX-License-Identifier: Apache-2.0 */
/* c2feed: everything about feeds. */

#include "tools/c2feed.h"

#include "base/log.h"
#include "feed/doubts.h"
#include "feed/facts.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define REFUSED_TOLD 20 /* lines, by all commands but `check` */

struct command {
	const char *name;
	const char *usage;
	const char *help;
	const char *options; /* the letters of those it takes beside -p and -h */
	size_t least;        /* arguments, at least */
	enum exit_status (*run)(struct run *run, char **args, size_t n);
};

#define OPTIONS_HELP                                                           \
	"  -p, --popular FILE  the well-known names that no feed may list\n"   \
	"                      (" C2WATCH_DATADIR "/feeds/popular.txt)\n"      \
	"  -s, --shared FILE   the shared hosts that no feed may list\n"       \
	"                      (" C2WATCH_DATADIR "/feeds/shared-hosts.txt)\n" \
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
	if (run->is_quiet || (complaint->level == FEED_REFUSED && !run->tells_all && run->refused > REFUSED_TOLD))
		return;
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
	run->refused = 0;
	const struct feed_lint lint = {.popular = run->popular, .shared = run->shared};
	const struct feed_listener listener = {.complain = run_hear, .progress = isatty(STDERR_FILENO) ? run_show_progress : NULL, .arg = run};
	int rc = feedset_load(sources, n, &lint, &listener, set);
	run_clear(run);
	if (!run->tells_all && !run->is_quiet && run->refused > REFUSED_TOLD)
		log_error("%zu more lines are refused: `c2feed check` tells of each", run->refused - REFUSED_TOLD);
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
	put_text(what);
	printf(": %zu listed, %u exceptions, %zu off", feedset_count(set), c2_domset_exceptions(feedset_domset(set)), feedset_off(set));
}

/* A set whose doubts are told. */
struct doubting {
	const struct feedset *set;
	const char *relation;
};

static void doubting_tell(void *arg, uint32_t entry, uint32_t other)
{
	const struct doubting *doubting = arg;
	struct indicator here, there;
	if (feedset_describe(doubting->set, entry, 0, 0, &here) && feedset_describe(doubting->set, other, 0, 0, &there))
		log_error("%s:%u: note: %s %s %s (%s:%u)", here.file, here.line, here.name, doubting->relation, there.name, there.file, there.line);
}

static int tell_twins(const char *path, const struct feedset *set)
{
	struct doubting doubting = {set, "is one edit apart from"};
	int rc = doubts_twins(set, &(struct doubts_listener){doubting_tell, &doubting});
	if (rc == -E2BIG)
		log_error("%s: note: more than %u entries: not held against each other for slips of the pen", path, DOUBTS_TWINS_MAX);
	return rc == -E2BIG ? 0 : rc;
}

static int tell_contradictions(const struct feedset *set)
{
	struct doubting doubting = {set, "is listed, but excepted by"};
	return doubts_contradictions(set, &(struct doubts_listener){doubting_tell, &doubting});
}

static enum exit_status check_feed(struct run *run, char **path, bool is_alone)
{
	struct feedset *set;
	if (run_load(run, path, 1, &set) != 0)
		return EXIT_FAULT;
	int rc = tell_twins(*path, set);
	if (rc == 0 && is_alone)
		rc = tell_contradictions(set);
	if (rc != 0)
		log_error("%s: %s", *path, strerror(-rc));
	put_counts(*path, set);
	printf(", %zu refused\n", run->refused);
	feedset_free(set);
	return rc == 0 && run->refused == 0 ? EXIT_FINE : EXIT_FAULT;
}

/* Feeds one by one, then against each other. */
static enum exit_status check_run(struct run *run, char **args, size_t n)
{
	enum exit_status status = EXIT_FINE;
	run->tells_all = true;
	for (size_t i = 0; i < n; i++)
		if (check_feed(run, &args[i], n == 1) != EXIT_FINE)
			status = EXIT_FAULT;
	run->is_quiet = true;
	struct feedset *set;
	if (n > 1 && run_load(run, args, n, &set) == 0) {
		int rc = tell_contradictions(set);
		feedset_free(set);
		if (rc != 0)
			log_error("%s: %s", args[0], strerror(-rc));
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
	if (rc == 0)
		rc = tell_contradictions(set);
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
		"c2feed check [-p FILE] [-s FILE] FEED...",
		"Reads feeds and tells of every line that is refused or doubtful, with the\n"
		"reason, and of contradictions between them. Exits with 1 if one is refused.\n\n",
		"",
		1,
		check_run,
	},
	{
		"compile",
		"c2feed compile [-p FILE] [-s FILE] -o SET FEED...",
		"Writes what the feeds list as one compiled set, which loads without being\n"
		"parsed. Refused lines are left out; the first are told.\n\n"
		"  -o, --output SET    the file to write\n",
		"o",
		1,
		compile_run,
	},
	{
		"explain",
		"c2feed explain [-p FILE] [-s FILE] [-a TIME] FEED|SET NAME...",
		"Tells for each name which indicator it matches and where that comes from,\n"
		"or why it matches none; and every other claim that covers it.\n\n"
		"  -a, --at TIME       when: 2023-03-29 or 2023-03-29T12:00:00Z (now)\n",
		"a",
		2,
		explain_run,
	},
	{
		"diff",
		"c2feed diff [-p FILE] [-s FILE] [-a TIME] OLD NEW",
		"Tells which names NEW lists more (+) or no longer (-), and which it lists in\n"
		"another way (~). Exits with 0 if there are none, 1 if there are, 2 on a failure.\n\n"
		"  -a, --at TIME       only what had not expired then (all)\n",
		"a",
		2,
		diff_run,
	},
	{
		"export",
		"c2feed export [-p FILE] [-s FILE] [-a TIME] --to FORM [-o FILE] FEED|SET",
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
	case 's':
		run->shared = optarg;
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
		{"popular", required_argument, NULL, 'p'}, {"shared", required_argument, NULL, 's'}, {"to", required_argument, NULL, 't'},
		{"help", no_argument, NULL, 'h'}, {0}};
	const struct command *command = run->command;
	for (int option; (option = getopt_long(argc, argv, ":a:o:p:s:t:h", options, NULL)) != -1;) {
		if (option == 'h') {
			printf("usage: %s\n\n%s%s", command->usage, command->help, OPTIONS_HELP);
			return EXIT_FINE;
		}
		if (option == ':' || option == '?' || (option != 'p' && option != 's' && strchr(command->options, option) == NULL)) {
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
		struct run run = {.command = &commands[i],
			.popular = C2WATCH_DATADIR "/feeds/popular.txt",
			.shared = C2WATCH_DATADIR "/feeds/shared-hosts.txt",
			.now_ns = clock_now()};
		if (strcmp(word, commands[i].name) == 0)
			return (int)command_run(&run, argc - 1, argv + 1);
	}
	if (*word != '\0')
		log_error("%s: no such command", word);
	return (int)run_misuse(&(struct run){0});
}
