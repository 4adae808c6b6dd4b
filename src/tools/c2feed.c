/* SPDX-License-Identifier: Apache-2.0 */
/* c2feed: everything about feeds. */

#include "base/log.h"
#include "feed/doubts.h"
#include "feed/feedset.h"
#include "feed/spelling.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOBODY UINT32_MAX
#define REFUSED_TOLD 20 /* lines, by all commands but `check` */

enum exit_status { EXIT_FINE, EXIT_FAULT, EXIT_USAGE };

/* One run of the program. */
struct run {
	const struct command *command;
	const char *output; /* compile -o */
	const char *popular, *shared;
	size_t refused;    /* lines, of the file at hand */
	bool tells_all;    /* of them, not just the first */
	bool is_quiet;     /* what is wrong has been told before */
	bool has_progress; /* there is a progress line on the terminal */
};

struct command {
	const char *name;
	const char *usage;
	const char *help;
	bool has_output; /* takes -o */
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

static int run_load(struct run *run, char **paths, size_t n, struct feedset **set)
{
	struct feed_source *sources = calloc(n + 1, sizeof *sources);
	if (sources == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sources[i].path = paths[i];
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
static void put_text(const char *text)
{
	for (; *text != '\0'; text++)
		putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
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
	run->refused = 0;
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

static void put_entry(const struct indicator *entry)
{
	static const char *const marks[] = {[C2_SCOPE_EXACT] = "=", [C2_SCOPE_BELOW] = "*.", [C2_SCOPE_TREE] = ""};
	fputs(entry->kind == INDICATOR_EXCEPTION ? "!" : marks[entry->scope], stdout);
	put_text(entry->name);
}

static void put_where(const struct indicator *entry)
{
	putchar('(');
	put_text(entry->file);
	printf(":%u)", entry->line);
}

static void put_fact(const char *key, const char *value)
{
	if (value == NULL)
		return;
	printf("  %-12s ", key);
	put_text(value);
	putchar('\n');
}

static void put_hit(const char *asked, const struct c2_name *name, const struct indicator *entry, const struct c2_verdict *verdict)
{
	static const char *const scopes[] = {
		[C2_SCOPE_EXACT] = "that name only", [C2_SCOPE_BELOW] = "names below it only", [C2_SCOPE_TREE] = "the name and all below it"};
	put_text(asked);
	fputs(": a hit\n  indicator    ", stdout);
	put_entry(entry);
	printf(": %s\n  matched      ", scopes[entry->scope]);
	if (verdict->labels == name->labels)
		puts("the whole name");
	else
		printf("its last %u of %u labels\n", verdict->labels, name->labels);
	fputs("  feed         ", stdout);
	put_text(entry->feed);
	putchar(' ');
	put_where(entry);
	putchar('\n');
	put_fact("provider", entry->provider);
	put_fact("campaign", entry->campaign);
	put_fact("confidence", entry->confidence);
	put_fact("severity", entry->severity);
	put_fact("tlp", entry->tlp);
	put_fact("platform", entry->platform);
	put_fact("stage", entry->stage);
	put_fact("tag", entry->tag);
	put_fact("first seen", entry->first_seen);
	put_fact("last seen", entry->last_seen);
	put_fact("expires", entry->expires);
	put_fact("source", entry->source);
	put_fact("reference", entry->reference);
	put_fact("description", entry->description);
}

/* Tells of every claim that covers the name but did not speak, and why it did not. `spoke` is the number of the entry that did, or NOBODY. */
static void put_silent(const struct feedset *set, const struct c2_name *name, uint32_t spoke_number)
{
	uint32_t entries[FEEDSET_COVER_MAX];
	unsigned covers = feedset_cover(set, name, entries);
	bool spoke = spoke_number != NOBODY;
	size_t n = 0;
	struct indicator entry;
	for (unsigned i = 0, which = 0; i < covers; which++) {
		if (!feedset_describe(set, entries[i], 0, which, &entry)) {
			which = UINT_MAX; /* the next entry's first */
			i++;
			continue;
		}
		if (entries[i] == spoke_number && which == 0)
			continue;
		n++;
		fputs(spoke ? "  also         " : "  why          ", stdout);
		put_entry(&entry);
		putchar(' ');
		put_where(&entry);
		if (!entry.is_on)
			fputs(": off (enabled = no)", stdout);
		else if (entry.kind == INDICATOR_EXCEPTION)
			fputs(spoke ? ": an exception, but the indicator is longer" : ": an exception covers the name", stdout);
		else
			fputs(spoke ? ": listed too" : ": listed, but excepted", stdout);
		putchar('\n');
	}
	if (n == 0 && !spoke)
		puts("  no listed name is this one, or above it");
}

static enum exit_status explain_run(struct run *run, char **args, size_t n)
{
	struct feedset *set;
	if (run_load(run, args, 1, &set) != 0)
		return EXIT_FAULT;
	enum exit_status status = EXIT_FINE;
	for (size_t i = 1; i < n; i++) {
		struct c2_name name;
		const char *why;
		if (spelling_read(args[i], &name, &why) != 0) {
			log_error("%s: %s", args[i], why);
			status = EXIT_USAGE;
			continue;
		}
		struct c2_verdict verdict;
		struct indicator entry;
		bool is_hit = c2_domset_find(feedset_domset(set), &name, &verdict) == C2_OK && feedset_describe(set, verdict.indicator, 0, 0, &entry);
		if (is_hit) {
			put_hit(args[i], &name, &entry, &verdict);
		} else {
			put_text(args[i]);
			puts(": no hit");
		}
		put_silent(set, &name, is_hit ? verdict.indicator : NOBODY);
	}
	feedset_free(set);
	return status;
}

static const struct command commands[] = {
	{
		"check",
		"c2feed check [-p FILE] [-s FILE] FEED...",
		"Reads feeds and tells of every line that is refused or doubtful, with the\n"
		"reason, and of contradictions between them. Exits with 1 if one is refused.\n",
		false,
		check_run,
	},
	{
		"compile",
		"c2feed compile [-p FILE] [-s FILE] -o SET FEED...",
		"Writes what the feeds list as one compiled set, which loads without being\n"
		"parsed. Refused lines are left out; the first are told.\n\n"
		"  -o, --output SET    the file to write\n",
		true,
		compile_run,
	},
	{
		"explain",
		"c2feed explain [-p FILE] [-s FILE] FEED|SET NAME...",
		"Tells for each name which indicator it matches and where that comes from,\n"
		"or why it matches none.\n",
		false,
		explain_run,
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

static enum exit_status misuse(const char *usage)
{
	fprintf(stderr, "usage: %s\n", usage);
	return EXIT_USAGE;
}

static enum exit_status command_run(struct run *run, int argc, char **argv)
{
	static const struct option options[] = {{"output", required_argument, NULL, 'o'}, {"popular", required_argument, NULL, 'p'},
		{"shared", required_argument, NULL, 's'}, {"help", no_argument, NULL, 'h'}, {0}};
	const struct command *command = run->command;
	for (int option; (option = getopt_long(argc, argv, ":o:p:s:h", options, NULL)) != -1;) {
		if (option == 'h') {
			printf("usage: %s\n\n%s%s%s", command->usage, command->help, command->has_output ? "" : "\n", OPTIONS_HELP);
			return EXIT_FINE;
		}
		if (option == 'p') {
			run->popular = optarg;
		} else if (option == 's') {
			run->shared = optarg;
		} else if (option == 'o' && command->has_output) {
			run->output = optarg;
		} else {
			log_error("%s: %s", argv[optind - 1], option == ':' ? "the option wants an argument" : "no such option");
			return misuse(command->usage);
		}
	}
	size_t n = (size_t)(argc - optind);
	if (n < (command->run == explain_run ? 2 : 1) || (command->has_output && run->output == NULL))
		return misuse(command->usage);
	enum exit_status status = command->run(run, argv + optind, n);
	if (fflush(stdout) != 0) {
		log_error("standard output: %s", strerror(errno));
		return EXIT_FAULT;
	}
	return status;
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
			.shared = C2WATCH_DATADIR "/feeds/shared-hosts.txt"};
		if (strcmp(word, commands[i].name) == 0)
			return (int)command_run(&run, argc - 1, argv + 1);
	}
	if (*word != '\0')
		log_error("%s: no such command", word);
	return (int)misuse("c2feed check|compile|explain ... (c2feed --help)");
}
