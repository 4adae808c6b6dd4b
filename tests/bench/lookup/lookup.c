/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nanoseconds a lookup of the domset and its peers, side by side. usage: lookup LOOKUPS PASSES NAMES POPULAR [SIZE...]
 *
 * NAMES and POPULAR are text files, a name a line: what is listed, and what everybody asks for. Each SIZE is a set: that many of the names in random order,
 * and beyond them names made of their parts; none: as many as there are. In every pass each stream is made anew, and every peer looks all of it up: what is
 * told is the least of the passes. Peers that do not give the same answer to every name end the run.
 */
#include "arena.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PEERS_MAX 16
#define AHEAD 8         /* names that a batched lookup is ahead */
#define HITS_EVERY 1000 /* in a stream that misses, one name in so many is listed */
#define TEXT 600

struct bench {
	struct dice dice;
	size_t lookups;
	unsigned passes;
	struct arena names, popular, listed, looked_up;
};

/* The thread's own time, which stands still while others have the machine. */
static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A listed name, half of them with a label in front. */
static void put_hit(struct bench *bench, char *text)
{
	size_t len = dice_below(&bench->dice, 2) == 0 ? 0 : (size_t)sprintf(text, "www.");
	arena_text_of(&bench->listed, dice_below(&bench->dice, bench->listed.n), text + len);
}

/* Names that come again and again: the more popular the more often. */
static void put_seen(struct bench *bench, char *text)
{
	static const char *const fronts[] = {"", "www.", "api.", "cdn.", "static.", "img.", "mail.", "login.accounts."};
	size_t most = dice_below(&bench->dice, bench->popular.n) + 1;
	size_t len = (size_t)sprintf(text, "%s", fronts[dice_below(&bench->dice, 8)]);
	arena_text_of(&bench->popular, dice_below(&bench->dice, most), text + len);
}

/* Names that never come again. */
static void put_new(struct bench *bench, char *text)
{
	static const char *const ends[] = {"com", "net", "org", "de", "io", "co.uk", "cn", "ru", "info", "xyz", "com.br", "fr"};
	char word[16];
	dice_word(&bench->dice, word);
	sprintf(text, "%s%s.%s", dice_below(&bench->dice, 3) == 0 ? "www." : "", word, ends[dice_below(&bench->dice, 12)]);
}

/* As many labels as a name may have, half of them above a name that is listed. */
static void put_deep(struct bench *bench, char *text)
{
	char end[TEXT];
	size_t room = 253, at = 0;
	arena_text_of(&bench->listed, dice_below(&bench->dice, bench->listed.n), end);
	if (dice_below(&bench->dice, 2) == 0)
		end[0] = '\0';
	for (size_t fronts = (room - strlen(end)) / 2; fronts > 0; fronts--) {
		text[at++] = (char)('a' + dice_below(&bench->dice, 26));
		text[at++] = '.';
	}
	strcpy(text + at, end);
	if (end[0] == '\0')
		text[at - 1] = '\0';
}

/* Another first label in front of what a listed name ends in. */
static void put_sibling(struct bench *bench, char *text)
{
	char listed[TEXT], word[16];
	arena_text_of(&bench->listed, dice_below(&bench->dice, bench->listed.n), listed);
	const char *dot = strchr(listed, '.');
	sprintf(text, "%s%s", dice_word(&bench->dice, word), dot != NULL ? dot : "");
}

/* Below the suffixes that have the most entries below them. */
static void put_crowd(struct bench *bench, char *text)
{
	static const char *const ends[] = {"duckdns.org", "co.uk", "no-ip.biz", "no-ip.org", "ddns.net", "com.br"};
	char word[16];
	dice_word(&bench->dice, word);
	sprintf(text, "%s%s.%s", dice_below(&bench->dice, 2) == 0 ? "a.b." : "", word, ends[dice_below(&bench->dice, 6)]);
}

/* A listed name with something in front of it, behind it or in it, or one octet another. */
static void put_alike(struct bench *bench, char *text)
{
	char listed[TEXT];
	size_t len = arena_text_of(&bench->listed, dice_below(&bench->dice, bench->listed.n), listed), at = dice_below(&bench->dice, len);
	switch (dice_below(&bench->dice, 5)) {
	case 0:
		sprintf(text, "not%s", listed);
		break;
	case 1:
		sprintf(text, "%s.evil.test", listed);
		break;
	case 2:
		sprintf(text, "%sx", listed);
		break;
	case 3:
		sprintf(text, "%.*s-%s", (int)at, listed, listed + at);
		break;
	default:
		strcpy(text, listed);
		text[at] = text[at] == '.' ? '-' : text[at] == 'z' ? 'a' : text[at] == '-' ? 'x' : (char)(text[at] + 1);
	}
}

static const struct stream {
	const char *name;
	void (*put)(struct bench *bench, char *text);
	bool is_miss; /* a thousandth of it hits */
	unsigned share;
} streams[] = {
	{"seen", put_seen, true, 1},
	{"new", put_new, true, 1},
	{"hits", put_hit, false, 1},
	{"deep", put_deep, false, 64},
	{"siblings", put_sibling, false, 1},
	{"crowds", put_crowd, true, 1},
	{"alike", put_alike, false, 1},
};
#define STREAMS (sizeof streams / sizeof *streams)

static void stream_fill(struct bench *bench, const struct stream *stream)
{
	char text[TEXT];
	arena_empty(&bench->looked_up);
	while (bench->looked_up.n < bench->lookups / stream->share) {
		(stream->is_miss && dice_below(&bench->dice, HITS_EVERY) == 0 ? put_hit : stream->put)(bench, text);
		arena_add(&bench->looked_up, text);
	}
}

/* Names made of the parts of others: a first label of one, with what another ends in. */
static void listed_grow(struct bench *bench, size_t n)
{
	char first[TEXT], second[TEXT], text[2 * TEXT + 16];
	while (bench->listed.n < n) {
		for (size_t missing = n - bench->listed.n; missing > 0;) {
			arena_text_of(&bench->names, dice_below(&bench->dice, bench->names.n), first);
			arena_text_of(&bench->names, dice_below(&bench->dice, bench->names.n), second);
			const char *end = strchr(second, '.');
			size_t front = strcspn(first, ".");
			front -= front > 4 ? 2 : 0;
			sprintf(text, "%.*s%zu%s", (int)front, first, dice_below(&bench->dice, 100), end != NULL ? end : "");
			missing -= arena_add(&bench->listed, text);
		}
		arena_unique(&bench->listed);
	}
}

static void listed_fill(struct bench *bench, size_t n)
{
	char text[TEXT];
	arena_empty(&bench->listed);
	for (size_t i = 0; i < n && i < bench->names.n; i++) {
		arena_text_of(&bench->names, i, text);
		arena_add(&bench->listed, text);
	}
	listed_grow(bench, n);
	arena_shuffle(&bench->listed, &bench->dice);
}

struct result {
	void *self;
	double least[STREAMS];
};

/* Nanoseconds for the whole stream; `*digest` is of every answer, in their order. */
static uint64_t look_up(const struct peer *peer, const void *self, const struct arena *names, uint64_t *digest)
{
	uint64_t began = now_ns(), answers = 0;
	const uint8_t *octets = names->octets;
	if (peer->ahead == NULL)
		for (size_t i = 0; i < names->n; i++)
			answers = answers * 131 + peer->find(self, octets + names->at[i]);
	else
		for (size_t i = 0; i < names->n; i++) {
			if (i + AHEAD < names->n)
				peer->ahead(self, octets + names->at[i + AHEAD]);
			answers = answers * 131 + peer->find(self, octets + names->at[i]);
		}
	*digest = answers;
	return now_ns() - began;
}

static void bench_pass(struct bench *bench, struct result *results, unsigned pass)
{
	for (size_t s = 0; s < STREAMS; s++) {
		uint64_t expected = 0;
		stream_fill(bench, &streams[s]);
		for (unsigned p = 0, first = 1; peers[p].name != NULL; p++) {
			uint64_t digest;
			if (results[p].self == NULL)
				continue;
			double each = (double)look_up(&peers[p], results[p].self, &bench->looked_up, &digest) / (double)bench->looked_up.n;
			if (pass == 0 || each < results[p].least[s])
				results[p].least[s] = each;
			if (first == 0 && digest != expected) {
				fprintf(stderr, "%s: other answers than %s to %s\n", peers[p].name, peers[0].name, streams[s].name);
				exit(1);
			}
			expected = digest;
			first = 0;
		}
	}
}

static void bench_tell(const struct bench *bench, const struct result *results, const size_t *sizes, const double *built_s)
{
	printf("\n%zu names; ns a lookup (millions of names a second)\n%-16s %7s %8s", bench->listed.n, "", "build s", "octets/n");
	for (size_t s = 0; s < STREAMS; s++)
		printf(" %15s", streams[s].name);
	printf("\n");
	for (unsigned p = 0; peers[p].name != NULL; p++) {
		if (results[p].self == NULL)
			continue;
		printf("%-16s %7.2f %8.1f", peers[p].name, built_s[p], (double)sizes[p] / (double)bench->listed.n);
		for (size_t s = 0; s < STREAMS; s++)
			printf(" %7.1f (%5.1f)", results[p].least[s], 1000 / results[p].least[s]);
		printf("\n");
	}
	fflush(stdout);
}

static void bench_run(struct bench *bench, size_t n)
{
	struct result results[PEERS_MAX] = {{0}};
	size_t sizes[PEERS_MAX] = {0};
	double built_s[PEERS_MAX] = {0};
	listed_fill(bench, n);
	for (unsigned p = 0; peers[p].name != NULL; p++) {
		if (peers[p].most > 0 && bench->listed.n > peers[p].most)
			continue;
		uint64_t began = now_ns();
		results[p].self = peers[p].build(&bench->listed, &sizes[p]);
		built_s[p] = (double)(now_ns() - began) / 1e9;
		if (results[p].self == NULL)
			fprintf(stderr, "%s: not built for %zu names\n", peers[p].name, bench->listed.n);
	}
	for (unsigned pass = 0; pass < bench->passes; pass++)
		bench_pass(bench, results, pass);
	bench_tell(bench, results, sizes, built_s);
	for (unsigned p = 0; peers[p].name != NULL; p++)
		if (results[p].self != NULL)
			peers[p].free(results[p].self);
}

int main(int argc, char **argv)
{
	struct bench bench = {.dice = {0x9e3779b97f4a7c15u}};
	if (argc < 5 || (bench.lookups = strtoul(argv[1], NULL, 10)) < 100 || (bench.passes = (unsigned)strtoul(argv[2], NULL, 10)) == 0)
		return 2;
	if (!arena_read(&bench.names, argv[3]) || !arena_read(&bench.popular, argv[4]) || bench.names.n == 0 || bench.popular.n == 0) {
		fprintf(stderr, "%s, %s: not two lists of names\n", argv[3], argv[4]);
		return 1;
	}
	arena_unique(&bench.names);
	arena_shuffle(&bench.names, &bench.dice);
	for (int i = 5; i < argc; i++)
		bench_run(&bench, strtoul(argv[i], NULL, 10));
	if (argc == 5)
		bench_run(&bench, bench.names.n);
	arena_free(&bench.names);
	arena_free(&bench.popular);
	arena_free(&bench.listed);
	arena_free(&bench.looked_up);
	return 0;
}
