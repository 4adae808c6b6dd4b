/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds: the native format line by line, the lint, what a load gives and when it fails, compiled sets. */

#include "feed/doubts.h"
#include "feed/facts.h"
#include "feed/feedset.h"
#include "feed/lines.h"
#include "feed/resolvers.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LITERAL(text) (text), sizeof(text) - 1

static char folder[] = "/tmp/feed_test.XXXXXX";

static const char *path_of(const char *name)
{
	static char paths[4][128];
	static unsigned next;
	char *path = paths[next++ % COUNT(paths)];
	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

static const char *write_file(const char *name, const char *octets, size_t len)
{
	const char *path = path_of(name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(octets, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	return path;
}

/* What was complained of, the last of it in words. */
struct heard {
	unsigned notes, refused, failed;
	uint32_t line;
	char what[1024];
};

static void hear(void *arg, const struct feed_complaint *complaint)
{
	struct heard *heard = arg;
	heard->notes += complaint->level == FEED_NOTE;
	heard->refused += complaint->level == FEED_REFUSED;
	heard->failed += complaint->level == FEED_FAILED;
	heard->line = complaint->line;
	snprintf(heard->what, sizeof heard->what, "%s", complaint->what);
}

static int load_with(const char *const *paths, size_t n, const struct feed_lint *lint, struct heard *heard, struct feedset **set)
{
	struct feed_source sources[4];
	for (size_t i = 0; i < n; i++)
		sources[i].path = paths[i];
	*heard = (struct heard){0};
	const struct feed_listener listener = {.complain = hear, .arg = heard};
	return feedset_load(sources, n, lint, &listener, set);
}

static int load_text(const char *octets, size_t len, struct heard *heard, struct feedset **set)
{
	const char *path = write_file("text.feed", octets, len);
	return load_with(&path, 1, NULL, heard, set);
}

static struct feedset *load_well(const char *text)
{
	struct heard heard;
	struct feedset *set = NULL;
	int rc = load_text(text, strlen(text), &heard, &set);
	if (rc != 0 || heard.refused > 0)
		fail_msg("%s: line %u: %s", text, heard.line, heard.what);
	return set;
}

/* The indicator that covers `text`: false when there is none. */
static bool find(const struct feedset *set, const char *text, struct indicator *out)
{
	struct c2_name name;
	struct c2_verdict verdict;
	assert_int_equal(c2_name_from_text(text, strlen(text), &name), C2_OK);
	if (c2_domset_find(feedset_domset(set), &name, &verdict) != C2_OK)
		return false;
	if (out != NULL)
		assert_true(feedset_describe(set, verdict.indicator, 0, 0, out));
	return true;
}

/* Names and marks: what one line covers. */
static void marks_tell_the_scope(void **state)
{
	(void)state;
	static const struct {
		const char *line, *is_hit, *is_none;
	} cases[] = {
		{"bad.example", "www.bad.example", "notbad.example"},
		{"bad.example", "bad.example", "example"},
		{"BAD.Example.", "bad.example", "bad.example.com"},
		{"  bad.example\t", "bad.example", "x.example"},
		{"=bad.example", "bad.example", "www.bad.example"},
		{"*.bad.example", "www.bad.example", "bad.example"},
		{"bad.example # why", "bad.example", "why"},
		{"bad.example\n!ok.bad.example", "bad.example", "ok.bad.example"},
		{"bad.example\n!ok.bad.example", "x.bad.example", "www.ok.bad.example"},
		{"_dmarc.bad.example", "_dmarc.bad.example", "bad.example"},
		{"b\xc3\xbc"
		 "cher.example",
			"xn--bcher-kva.example", "example"},
		{"B\xc3\x9c"
		 "CHER.example",
			"www.xn--bcher-kva.example", "bcher.example"},
		{"stra\xc3\x9f"
		 "e.example",
			"xn--strae-oqa.example", "strasse.example"},
		{"*.xn--bcher-kva.example", "x.xn--bcher-kva.example", "xn--bcher-kva.example"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct feedset *set = load_well(cases[i].line);
		if (!find(set, cases[i].is_hit, NULL) || find(set, cases[i].is_none, NULL))
			fail_msg("%s", cases[i].line);
		feedset_free(set);
	}
}

/* Lines that are refused, with a word of the reason. */
static const struct {
	const char *line, *why;
} refused_lines[] = {
	/* not a name */
	{"192.0.2.1", "IP address"},
	{"2001:db8::1", "IP address"},
	{"192.0.2.0/24", "range of IP addresses"},
	{"2001:db8::/32", "range of IP addresses"},
	{"someone@bad.example", "mail address"},
	{"http://bad.example/", "URL"},
	{"bad.example/path", "path"},
	{"bad.example:443", "port"},
	{"..bad.example", "dot"},
	{".", "dot"},
	{"=", ""},
	{"!", ""},
	{"*.", ""},
	{"bad..example", "mpty label"},
	{"-.192.0.2.300", "number"},
	{"a*b.example", "octet"},
	{"*.*.bad.example", "octet"},
	{"bad\\032.example", "octet"},
	{"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.example", "abel"},
	{"\xff\xfe.example", ""},
	/* too much of a name */
	{"com", "single label"},
	{"localhost", "single label"},
	{"co.uk", "public suffix"},
	{"*.co.uk", "public suffix"},
	{"=co.uk", "public suffix"},
	{"!co.uk", "public suffix"},
	{"github.io", "public suffix"},
	{"\xe4\xb8\xad\xe5\x9b\xbd", "single label"},
	/* attributes */
	{"a.bad.example colour=red", "no such attribute"},
	{"a.bad.example word", "neither"},
	{"a.bad.example stage=", "no value"},
	{"a.bad.example description=\"half", "quotes"},
	{"a.bad.example description=a\"b\"", "quotes"},
	{"a.bad.example description=\"a\"b", "quotes"},
	{"a.bad.example description=\"a\"b\" stage=c2", "quotes"},
	{"a.bad.example description=\"\"", "no value"},
	{"a.bad.example description=\"\"\"", "quotes"},
	{"a.bad.example confidence=certain", "low, medium or high"},
	{"a.bad.example tlp=blue", "clear"},
	{"a.bad.example severity=9", "critical"},
	{"a.bad.example expires=tomorrow", "date"},
	{"!a.bad.example expires=2030-01-01", "does not expire"},
	{"a.bad.example first_seen=2023-02-29", "date"},
	{"a.bad.example enabled=maybe", "yes or no"},
	{"a.bad.example force=1", "yes or no"},
	{"a.bad.example name=x", "header"},
	{"a.bad.example kind=allow", "header"},
	{"a.bad.example stage=\x01", "printable"},
	{"a.bad.example stage=\xc2\x9b", "printable"},
	{"a.bad.example stage=\xc0\xaf", "printable"},
	/* header */
	{"#: colour = red", "no such key"},
	{"#: name", "key = value"},
	{"#: name =", "no value"},
	{"#: force = yes", "no such key"},
	{"#: kind = friend", "indicator, allow or context"},
	{"#: enabled = 1", "yes or no"},
	{"#: expires = 1 May", "date"},
};

/* Each behind one good line, which stands. */
static void lines_are_refused_with_a_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused_lines); i++) {
		char text[512];
		int len = snprintf(text, sizeof text, "# a feed\nbad.example\n%s\n", refused_lines[i].line);
		struct heard heard;
		struct feedset *set = NULL;
		assert_int_equal(load_text(text, (size_t)len, &heard, &set), 0);
		if (heard.refused != 1 || heard.failed != 0 || heard.line != 3 || strstr(heard.what, refused_lines[i].why) == NULL)
			fail_msg("%s: %u refused, line %u: %s", refused_lines[i].line, heard.refused, heard.line, heard.what);
		assert_int_equal(feedset_entries(set), 1);
		feedset_free(set);
	}
}

/* force=yes lifts the lint, not the grammar of names. */
static void force_lifts_the_lint(void **state)
{
	(void)state;
	static const struct {
		const char *line, *name;
	} cases[] = {
		{"co.uk force=yes", "bad.co.uk"},
		{"*.github.io force=yes", "x.github.io"},
		{"localhost force=yes", "localhost"},
		{"192.0.2.1 force=yes", "192.0.2.1"},
		{"a@b.example force=yes", "a@b.example"},
		{"a\\032b.example force=yes", "a\\032b.example"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct feedset *set = load_well(cases[i].line);
		if (!find(set, cases[i].name, NULL))
			fail_msg("%s", cases[i].line);
		feedset_free(set);
	}
	static const char *const never[] = {". force=yes", "a..b force=yes", "* force=maybe"};
	for (size_t i = 0; i < COUNT(never); i++) {
		struct heard heard;
		struct feedset *set = NULL;
		assert_int_equal(load_text(never[i], strlen(never[i]), &heard, &set), -EINVAL);
		assert_int_equal(heard.refused, 1);
	}
}

/* Names of 253 octets are the longest there are. */
static void longest_name_is_taken(void **state)
{
	(void)state;
	char text[300] = "";
	for (unsigned i = 0; i < 50; i++)
		strcat(text, "aaaa.");
	strcat(text, "com");
	assert_int_equal(strlen(text), 253);
	struct feedset *set = load_well(text);
	assert_true(find(set, text, NULL));
	feedset_free(set);
	struct heard heard;
	set = NULL;
	text[0] = '!'; /* a mark is not part of the name: 252 octets */
	set = load_well(text);
	feedset_free(set);
	memmove(text + 1, text, strlen(text) + 1);
	memcpy(text, "aa", 2);
	assert_int_equal(load_text(text, strlen(text), &heard, &set), -EINVAL);
	assert_int_equal(heard.refused, 1);
}

static void well_known_names_are_refused(void **state)
{
	(void)state;
	static const char popular[] = "# comment\ngoogle.com\nExample.NET # trailing\n\n";
	static const char feed[] = "google.com\nwww.google.com\nexample.net\nmail.google.com\nnotgoogle.com\n!google.com\n=google.com force=yes\n";
	const struct feed_lint lint = {.popular = write_file("popular.txt", LITERAL(popular))};
	const char *path = write_file("text.feed", LITERAL(feed));
	struct heard heard;
	struct feedset *set = NULL;
	assert_int_equal(load_with(&path, 1, &lint, &heard, &set), 0);
	assert_int_equal(heard.refused, 3);
	assert_int_equal(heard.notes, 0);
	assert_int_equal(feedset_count(set), 3);
	feedset_free(set);
	/* A list that is not there is told, and done without. */
	const struct feed_lint without = {.popular = path_of("nothing")};
	assert_int_equal(load_with(&path, 1, &without, &heard, &set), 0);
	assert_int_equal(heard.refused, 0);
	assert_int_equal(heard.notes, 1);
	feedset_free(set);
}

/* What guards a name, and whom it stops: `why` is null where nothing is said. */
static void guarded_names_are_refused(void **state)
{
	(void)state;
	static const char popular[] = "www.shop.example\nvisited.example\n";
	static const char shared[] =
		"dyn.example dns\nbox.files.example files # why\npost.example mail\nodd.example words\nvisited.example cdn\nbare.example\n";
	static const struct {
		const char *line, *why;
	} cases[] = {
		{"shop.example", "covers www.shop.example, a well-known name"},
		{"*.shop.example", "covers www.shop.example"},
		{"=shop.example", NULL},
		{"!shop.example", NULL},
		{"www.shop.example", "a well-known name"},
		{"www.www.shop.example", "a well-known name"},
		{"x.www.shop.example", NULL},
		{"notshop.example", NULL},
		{"shop.example force=yes", NULL},
		{"visited.example", "a shared host (a content network)"},
		{"dyn.example", "a shared host (dynamic DNS)"},
		{"=dyn.example", "a shared host"},
		{"*.dyn.example", "a shared host"},
		{"www.dyn.example", "a shared host"},
		{"!dyn.example", NULL},
		{"bad.dyn.example", NULL},
		{"files.example", "covers box.files.example, a shared host"},
		{"box.files.example", "a shared host (file sharing)"},
		{"odd.example", "a shared host (of many)"},
		{"bare.example", "a shared host (of many)"},
		{"post.example", "a shared host (mail addresses)"},
		{"www.post.example", "a shared host (mail addresses)"},
		{"some.one.post.example", "perhaps a mail address"},
		{"hostmaster.bad.example", "perhaps a mail address"},
		{"hostmasters.bad.example", NULL},
		{"philip.je", "perhaps what stood before the @"},
		{"philip.com", NULL},
		{"philips.je", NULL},
		{"x.philip.je", NULL},
		{"adam.je", "perhaps"},
		{"william.je", "perhaps"},
	};
	char shared_path[128], popular_path[128];
	snprintf(popular_path, sizeof popular_path, "%s", write_file("popular.txt", LITERAL(popular)));
	snprintf(shared_path, sizeof shared_path, "%s", write_file("shared.txt", LITERAL(shared)));
	const struct feed_lint lint = {.popular = popular_path, .shared = shared_path};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[256];
		int len = snprintf(text, sizeof text, "good.example\n%s\n", cases[i].line);
		const char *path = write_file("text.feed", text, (size_t)len);
		struct heard heard;
		struct feedset *set = NULL;
		assert_int_equal(load_with(&path, 1, &lint, &heard, &set), 0);
		bool is_note = cases[i].why != NULL && strncmp(cases[i].why, "perhaps", 7) == 0;
		bool is_refused = cases[i].why != NULL && !is_note;
		if (heard.refused != is_refused || heard.notes != is_note || (cases[i].why != NULL && strstr(heard.what, cases[i].why) == NULL))
			fail_msg("%s: %u refused, %u notes: %s", cases[i].line, heard.refused, heard.notes, heard.what);
		assert_int_equal(feedset_entries(set), is_refused ? 1 : 2);
		feedset_free(set);
	}
}

struct doubted {
	unsigned n;
	uint32_t entry, other;
};

static void doubt(void *arg, uint32_t entry, uint32_t other)
{
	struct doubted *doubted = arg;
	doubted->n++;
	doubted->entry = entry;
	doubted->other = other;
}

static void twins_are_one_edit_apart(void **state)
{
	(void)state;
	static const struct {
		const char *feed;
		unsigned twins;
	} cases[] = {
		{"zacharryblogs.example\nacharryblogs.example", 1}, /* one left out in front */
		{"zacharryblog.example\nzacharryblogs.example", 1}, /* and at the end */
		{"zacharryblogs.example\nzacarryblogs.example", 1},
		{"zacharryblogs.example\nzaccharryblogs.example", 1},
		{"zacharryblogs.example\nzacharrybloqs.example", 1},
		{"zacharryblogs.example\nzachraryblogs.example", 1}, /* exchanged */
		{"a.zacharryblogs.example\na.zacharrybloqs.example", 1},
		{"zacharryblogs.example\nzacharrybloqs.example\nzacharryblogz.example", 1}, /* a name is told once */
		{"zacharryblogs.example\nzachrrybloqs.example", 0},                         /* two edits */
		{"zacharryblogs.example\nzacharryblogs.examples", 0},
		{"zacharryblogs.example\nzacharryblogs.exampel", 0},
		{"zacharryblog1.example\nzacharryblog2.example", 0},
		{"zacharryblogs.example\nzacharryblogs1.example", 0},
		{"blogs.example\nbloqs.example", 0},
		{"zacharry.blogs.example\nzacharryblogs.example", 0},
		{"zacharryblogs.example\n!zacharrybloqs.example", 0},
		{"zacharryblogs.example\n=zacharryblogs.example", 0},
		{"zacharryblogs.example\nzacharryblogs.example", 0},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct feedset *set = load_well(cases[i].feed);
		struct doubted doubted = {0};
		assert_int_equal(doubts_twins(set, &(struct doubts_listener){doubt, &doubted}), 0);
		if (doubted.n != cases[i].twins)
			fail_msg("%s: %u", cases[i].feed, doubted.n);
		feedset_free(set);
	}
}

static void contradictions_are_told(void **state)
{
	(void)state;
	static const struct {
		const char *listed, *excepted;
		unsigned contradictions;
	} cases[] = {
		{"bad.example\n", "!bad.example\n", 1},
		{"=bad.example\n", "!bad.example\n", 1},
		{"x.bad.example\ny.bad.example\n", "!bad.example\n", 2}, /* hits all the same */
		{"bad.example\n", "!ok.bad.example\n", 0},               /* what exceptions are for */
		{"bad.example\n!ok.bad.example\nx.ok.bad.example\n", "other.example\n", 0},
		{"bad.example\n!bad.example\n", "other.example\n", 1}, /* one feed, at odds with itself */
		{"bad.example\n", "!notbad.example\n!example.net\n", 0},
		{"bad.example\n", "other.example\n", 0},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char listed[128], excepted[128];
		snprintf(listed, sizeof listed, "%s", write_file("first.feed", cases[i].listed, strlen(cases[i].listed)));
		snprintf(excepted, sizeof excepted, "%s", write_file("second.feed", cases[i].excepted, strlen(cases[i].excepted)));
		struct heard heard;
		struct feedset *set = NULL;
		assert_int_equal(load_with((const char *[]){listed, excepted}, 2, NULL, &heard, &set), 0);
		struct doubted doubted = {0};
		assert_int_equal(doubts_contradictions(set, &(struct doubts_listener){doubt, &doubted}), 0);
		if (doubted.n != cases[i].contradictions)
			fail_msg("%s against %s: %u", cases[i].listed, cases[i].excepted, doubted.n);
		struct indicator about;
		if (doubted.n > 0) {
			assert_true(feedset_describe(set, doubted.entry, 0, 0, &about));
			assert_int_equal(about.kind, INDICATOR_LISTED);
			assert_true(feedset_describe(set, doubted.other, 0, 0, &about));
			assert_int_equal(about.kind, INDICATOR_EXCEPTION);
		}
		feedset_free(set);
	}
}

/* Header, then attributes that override it; words in the form that records want. */
static void provenance_is_kept(void **state)
{
	(void)state;
	struct feedset *set =
		load_well("#: name = one\n"
			  "#:provider=Some Body\n"
			  "#: confidence = LOW\n"
			  "#: tlp = white\n"
			  "#: severity = high\n"
			  "#: campaign = K\xc3\xa4mpe # 7\n"
			  "a.example\n"
			  "b.example provider=Other confidence=high tlp=amber+strict description=\"two words\" platform=windows,macos stage=c2\n"
			  "c.example first_seen=2023-03-29 expires=2023-04-01T12:00:00Z reference=https://x.example/#y source=a,b tag=t\n"
			  "#: name = two\n"
			  "d.example\n");
	struct indicator got;
	assert_true(find(set, "a.example", &got));
	assert_string_equal(got.name, "a.example");
	assert_string_equal(got.feed, "one");
	assert_string_equal(got.file, path_of("text.feed"));
	assert_int_equal(got.line, 7);
	assert_int_equal(got.scope, C2_SCOPE_TREE);
	assert_int_equal(got.kind, INDICATOR_LISTED);
	assert_true(got.is_on);
	assert_string_equal(got.provider, "Some Body");
	assert_string_equal(got.confidence, "Low");
	assert_string_equal(got.tlp, "CLEAR");
	assert_string_equal(got.severity, "high");
	assert_string_equal(got.campaign, "K\xc3\xa4mpe # 7");
	assert_null(got.description);
	assert_null(got.stage);
	assert_null(got.expires);
	assert_int_equal(got.expires_ns, 0);
	assert_true(find(set, "b.example", &got));
	assert_string_equal(got.provider, "Other");
	assert_string_equal(got.confidence, "High");
	assert_string_equal(got.tlp, "AMBER+STRICT");
	assert_string_equal(got.description, "two words");
	assert_string_equal(got.platform, "windows,macos");
	assert_string_equal(got.stage, "c2");
	assert_true(find(set, "c.example", &got));
	assert_string_equal(got.provider, "Some Body");
	assert_string_equal(got.first_seen, "2023-03-29");
	assert_string_equal(got.expires, "2023-04-01T12:00:00Z");
	assert_true(got.expires_ns == UINT64_C(1680350400000000000));
	assert_string_equal(got.reference, "https://x.example/#y");
	assert_string_equal(got.source, "a,b");
	assert_string_equal(got.tag, "t");
	assert_true(find(set, "d.example", &got));
	assert_string_equal(got.feed, "two");
	feedset_free(set);
}

/* A feed without a name has its file's. */
static void feed_is_named_after_its_file(void **state)
{
	(void)state;
	struct feedset *set = load_well("a.example");
	struct indicator got;
	assert_true(find(set, "a.example", &got));
	assert_string_equal(got.feed, "text");
	feedset_free(set);
}

static void instants(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint64_t seconds;
	} good[] = {
		{"1970-01-01", 0},
		{"1970-01-02T00:00:01Z", 86401},
		{"2000-02-29", 951782400},
		{"2000-03-01", 951868800},
		{"2023-03-29", 1680048000},
		{"2024-12-31T23:59:59.123Z", 1735689599},
		{"2100-03-01", 4107542400},
	};
	static const char *const bad[] = {"", "2023", "2023-3-29", "2023-13-01", "2023-00-01", "2023-01-32", "2023-02-29", "2100-02-29", "1969-12-31",
		"2023-03-29T", "2023-03-29T24:00:00Z", "2023-03-29T12:00:00", "2023-03-29T12:00:00+01:00", "2023-03-29 ", "x023-03-29",
		"2023-03-29Tx"};
	uint64_t ns;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!facts_instant(good[i].text, &ns) || ns != good[i].seconds * 1000000000u)
			fail_msg("%s", good[i].text);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (facts_instant(bad[i], &ns))
			fail_msg("%s", bad[i]);
}

/* What is off is described, but never matched; a line may overrule its header. */
static void off_is_listed_but_not_matched(void **state)
{
	(void)state;
	struct feedset *set = load_well("a.example enabled=no\nb.example\n#: enabled = no\nc.example\nd.example enabled=yes\n!b.example\n");
	assert_int_equal(feedset_entries(set), 5);
	assert_int_equal(feedset_count(set), 2);
	assert_false(find(set, "a.example", NULL));
	assert_true(find(set, "b.example", NULL)); /* the exception is off too */
	assert_false(find(set, "c.example", NULL));
	assert_true(find(set, "d.example", NULL));
	feedset_free(set);
}

/* A feed of exceptions works on the other feeds, whatever their order. */
static void allow_feed_makes_exceptions(void **state)
{
	(void)state;
	static const char bad[] = "bad.example\n";
	static const char allow[] = "#: kind = allow\nok.bad.example\n!fine.bad.example\n=no.bad.example\n*.no.bad.example\n";
	const char *paths[] = {write_file("allow.feed", LITERAL(allow)), write_file("bad.feed", LITERAL(bad))};
	struct heard heard;
	struct feedset *set = NULL;
	assert_int_equal(load_with(paths, 2, NULL, &heard, &set), 0);
	assert_int_equal(heard.refused, 2);
	assert_int_equal(feedset_count(set), 1);
	assert_true(find(set, "x.bad.example", NULL));
	assert_true(find(set, "x.no.bad.example", NULL));
	assert_false(find(set, "x.ok.bad.example", NULL));
	assert_false(find(set, "fine.bad.example", NULL));
	feedset_free(set);
}

/* A context feed's names are no hits; they are found beside. */
static void context_feed_is_apart(void **state)
{
	(void)state;
	struct feedset *set = load_well("#: kind = context\n#: tag = runs-3cx\na.example\n=b.example\n");
	struct c2_name name;
	struct c2_verdict verdict;
	struct indicator got;
	assert_false(find(set, "a.example", NULL));
	assert_int_equal(feedset_count(set), 0);
	assert_int_equal(feedset_entries(set), 2);
	assert_int_equal(c2_name_from_text("www.a.example", 13, &name), C2_OK);
	assert_int_equal(c2_domset_find(feedset_context(set), &name, &verdict), C2_OK);
	assert_true(feedset_describe(set, feedset_context_at(set) + verdict.indicator, 0, 0, &got));
	assert_string_equal(got.name, "a.example");
	assert_string_equal(got.tag, "runs-3cx");
	assert_int_equal(got.kind, INDICATOR_CONTEXT);
	assert_true(got.is_on);
	feedset_free(set);
	set = load_well("a.example\n");
	assert_null(feedset_context(set));
	feedset_free(set);
}

/* The same name and scope from several feeds: the most confident leads, the first of equals. */
static void most_confident_speaks(void **state)
{
	(void)state;
	static const char first[] =
		"a.example\nb.example confidence=medium\nc.example confidence=high\nd.example confidence=high expires=2030-01-01\n";
	static const char second[] = "a.example\nb.example confidence=high\nc.example confidence=low\nd.example confidence=low\n=b.example\n";
	const char *paths[] = {write_file("first.feed", LITERAL(first)), write_file("second.feed", LITERAL(second))};
	static const struct {
		const char *name, *feed;
	} cases[] = {{"a.example", "first"}, {"x.b.example", "second"}, {"c.example", "first"}, {"d.example", "first"}, {"b.example", "second"}};
	struct heard heard;
	struct feedset *set = NULL;
	assert_int_equal(load_with(paths, 2, NULL, &heard, &set), 0);
	assert_int_equal(heard.refused, 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct indicator got;
		assert_true(find(set, cases[i].name, &got));
		assert_string_equal(got.feed, cases[i].feed);
	}
	feedset_free(set);
}

/* All claims on a name, the leading one first; those that have expired are left out, and another leads. */
static void claims_are_kept(void **state)
{
	(void)state;
	static const char first[] = "a.example\nb.example confidence=low\nc.example\nb.example confidence=high expires=2023-01-01\n";
	static const char second[] = "b.example confidence=medium\nz.example\nb.example confidence=low\n";
	const char *paths[] = {write_file("first.feed", LITERAL(first)), write_file("second.feed", LITERAL(second))};
	static const struct {
		uint64_t at_ns;
		unsigned n;
		struct {
			const char *feed;
			uint32_t line;
		} claims[4];
	} cases[] = {
		{0, 4, {{"first", 4}, {"second", 1}, {"first", 2}, {"second", 3}}},
		{UINT64_C(1672531199999999999), 4, {{"first", 4}, {"second", 1}, {"first", 2}, {"second", 3}}},
		{UINT64_C(1672531200000000000), 3, {{"second", 1}, {"first", 2}, {"second", 3}}},
	};
	struct heard heard;
	struct feedset *set = NULL;
	struct c2_name name;
	struct c2_verdict verdict;
	assert_int_equal(load_with(paths, 2, NULL, &heard, &set), 0);
	assert_int_equal(feedset_entries(set), 4);
	assert_int_equal(c2_name_from_text("b.example", 9, &name), C2_OK);
	assert_int_equal(c2_domset_find(feedset_domset(set), &name, &verdict), C2_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct indicator got;
		for (unsigned which = 0; which < cases[i].n; which++) {
			assert_true(feedset_describe(set, verdict.indicator, cases[i].at_ns, which, &got));
			assert_string_equal(got.feed, cases[i].claims[which].feed);
			assert_int_equal(got.line, cases[i].claims[which].line);
		}
		assert_false(feedset_describe(set, verdict.indicator, cases[i].at_ns, cases[i].n, &got));
		assert_int_equal(feedset_claims(set, verdict.indicator, cases[i].at_ns), cases[i].n);
	}
	const char *feed;
	size_t claims;
	assert_true(feedset_source(set, 0, &feed, &claims));
	assert_string_equal(feed, "first");
	assert_int_equal(claims, 4);
	assert_true(feedset_source(set, 1, &feed, &claims));
	assert_int_equal(claims, 3);
	assert_false(feedset_source(set, 2, &feed, &claims));
	feedset_free(set);
}

/* One file may hold several feeds: each is counted by its own name. */
static void feeds_of_one_file_are_counted(void **state)
{
	(void)state;
	struct feedset *set = load_well("#: name = one\na.example\nb.example\n#: name = two\nc.example\n#: name = none\n#: name = one\nd.example\n");
	static const struct {
		const char *feed;
		size_t claims;
	} wanted[] = {{"one", 3}, {"two", 1}};
	const char *feed;
	size_t claims;
	for (size_t i = 0; i < COUNT(wanted); i++) {
		assert_true(feedset_source(set, i, &feed, &claims));
		assert_string_equal(feed, wanted[i].feed);
		assert_int_equal(claims, wanted[i].claims);
	}
	assert_false(feedset_source(set, COUNT(wanted), &feed, &claims));
	feedset_free(set);
}

/* Values as they are meant: quotes in quotes are doubled, blanks at the ends say nothing. */
static void values_are_unquoted(void **state)
{
	(void)state;
	static const struct {
		const char *line, *description;
	} cases[] = {
		{"bad.example description=word", "word"},
		{"bad.example description=\"two words\"", "two words"},
		{"bad.example description=\"a \"\"b\"\" c\"", "a \"b\" c"},
		{"bad.example description=\"\"\"\"", "\""},
		{"bad.example description=\"\"\"a\"\"\" stage=c2", "\"a\""},
		{"bad.example description=\" a \"", "a"},
		{"bad.example description=\" \"", NULL},
		{"#: description = it is \"so\"\nbad.example", "it is \"so\""},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct indicator got;
		struct feedset *set = load_well(cases[i].line);
		assert_true(find(set, "bad.example", &got));
		if (cases[i].description == NULL)
			assert_null(got.description);
		else
			assert_string_equal(got.description, cases[i].description);
		feedset_free(set);
	}
}

/* An exception of a feed that expires holds on. */
static void exceptions_do_not_expire(void **state)
{
	(void)state;
	struct feedset *set = load_well("#: expires = 2023-01-01\n!ok.example\n");
	struct indicator got;
	assert_true(feedset_describe(set, 0, UINT64_C(1700000000000000000), 0, &got));
	assert_null(got.expires);
	feedset_free(set);
}

/* By a packet's time: an expired indicator is passed over for the shorter one above it, but not over an exception between. */
static void expired_indicators_are_passed_over(void **state)
{
	(void)state;
	struct feedset *set = load_well("bad.example\n"
					"www.bad.example expires=2023-01-01\n"
					"!ok.bad.example\n"
					"x.ok.bad.example expires=2023-01-01\n"
					"gone.example expires=2023-01-01\n"
					"\\000.gone.example force=yes expires=2022-01-01\n");
	static const struct {
		const char *name;
		bool is_late;
		const char *indicator;
	} cases[] = {
		{"a.www.bad.example", false, "www.bad.example"},
		{"a.www.bad.example", true, "bad.example"},
		{"www.bad.example", true, "bad.example"},
		{"a.x.ok.bad.example", false, "x.ok.bad.example"},
		{"a.x.ok.bad.example", true, NULL},
		{"gone.example", false, "gone.example"},
		{"gone.example", true, NULL},
		{"a.b.gone.example", true, NULL},
		{"\\000.gone.example", true, NULL},
		{"else.example", true, NULL},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct c2_name name;
		struct c2_verdict verdict;
		struct indicator got;
		bool is_found = false;
		assert_int_equal(c2_name_from_text(cases[i].name, strlen(cases[i].name), &name), C2_OK);
		uint64_t at_ns = UINT64_C(1672531200000000000) - !cases[i].is_late; /* 2023-01-01, or the instant before */
		if (feedset_find(set, &name, at_ns, &verdict) == C2_OK)
			is_found = feedset_describe(set, verdict.indicator, at_ns, 0, &got);
		if (is_found != (cases[i].indicator != NULL) || (is_found && strcmp(got.name, cases[i].indicator) != 0))
			fail_msg("%s: %s", cases[i].name, is_found ? got.name : "none");
	}
	feedset_free(set);
}

/* Texts as editors and systems leave them. */
static void encodings_of_text(void **state)
{
	(void)state;
	static const struct {
		const char *octets;
		size_t len;
		int rc;
		unsigned entries, refused;
	} cases[] = {
		{LITERAL("a.example\r\nb.example\r\n"), 0, 2, 0},
		{LITERAL("\xef\xbb\xbf"
			 "a.example\nb.example"),
			0, 2, 0},
		{LITERAL("a.example\n\n\n   \n\t\n# c\n#\n"), 0, 1, 0},
		{LITERAL("a.example\nb.ex\0ample\nc.example\n"), 0, 2, 1},
		{LITERAL("a.example\rb.example\n"), -EINVAL, 0, 1},
		{LITERAL("\xff\xfe"
			 "a\0.\0e\0"),
			-EINVAL, 0, 0},
		{LITERAL("\xfe\xff\0a\0."), -EINVAL, 0, 0},
		{LITERAL("a\0.\0e\0x\0\n\0b\0"), -EINVAL, 0, 2},
		{LITERAL(""), -EINVAL, 0, 0},
		{LITERAL("\xef\xbb\xbf"), -EINVAL, 0, 0},
		{LITERAL("# nothing\n"), -EINVAL, 0, 0},
		{LITERAL("co.uk\n"), -EINVAL, 0, 1},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct heard heard;
		struct feedset *set = NULL;
		int rc = load_text(cases[i].octets, cases[i].len, &heard, &set);
		if (rc != cases[i].rc || heard.refused != cases[i].refused || heard.failed != (rc != 0))
			fail_msg("case %zu: %d, %u refused, %u failed: %s", i, rc, heard.refused, heard.failed, heard.what);
		if (rc == 0)
			assert_int_equal(feedset_entries(set), cases[i].entries);
		feedset_free(set);
	}
}

/* A line of 4096 octets is the longest; what is longer is passed over to its end, wherever the buffer ends. */
static void long_lines_are_passed_over(void **state)
{
	(void)state;
	static const size_t lengths[] = {4000, 4096, 4097, 65534, 65535, 65536, 65537, 200000};
	for (size_t i = 0; i < COUNT(lengths); i++) {
		size_t len = lengths[i] + 64;
		char *text = malloc(len);
		memset(text, 'x', len);
		memcpy(text, "# ", 2);
		int more = snprintf(text + lengths[i], 64, "\nb.example\n");
		struct heard heard;
		struct feedset *set = NULL;
		assert_int_equal(load_text(text, lengths[i] + (size_t)more, &heard, &set), 0);
		assert_int_equal(feedset_entries(set), 1);
		assert_int_equal(heard.refused, lengths[i] > 4096);
		struct indicator got;
		assert_true(feedset_describe(set, 0, 0, 0, &got));
		assert_int_equal(got.line, 2);
		feedset_free(set);
		free(text);
	}
}

/* Files that are none; the set that is there stays as it was. */
static void other_things_than_files_are_refused(void **state)
{
	(void)state;
	const char *fifo = path_of("fifo");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	const struct {
		const char *path;
		int rc;
		const char *why;
	} cases[] = {
		{folder, -EINVAL, "folder"},
		{fifo, -EINVAL, "FIFO"},
		{"/dev/null", -EINVAL, "device"},
		{path_of("nothing"), -ENOENT, "No such file"},
	};
	struct feedset *old = load_well("a.example"), *set = old;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct heard heard;
		assert_int_equal(load_with(&cases[i].path, 1, NULL, &heard, &set), cases[i].rc);
		assert_int_equal(heard.failed, 1);
		assert_non_null(strstr(heard.what, cases[i].why));
		assert_ptr_equal(set, old);
	}
	feedset_free(old);
	unlink(fifo);
}

/* One bad source fails the whole load. */
static void one_bad_source_fails_all(void **state)
{
	(void)state;
	const char *paths[] = {write_file("good.feed", LITERAL("a.example\n")), write_file("empty.feed", LITERAL("# none\n"))};
	struct heard heard;
	struct feedset *set = NULL;
	assert_int_equal(load_with(paths, 2, NULL, &heard, &set), -EINVAL);
	assert_non_null(strstr(heard.what, "no usable line"));
	assert_null(set);
}

static const char compiled_text[] =
	"#: name = one\n#: provider = P\nbad.example stage=c2 expires=2030-01-01\n!ok.bad.example\n=one.example\n*.two.example\n"
	"off.example enabled=no\nother.example provider=Q confidence=high\n";

static const char *compiled(void)
{
	struct feedset *set = load_well(compiled_text);
	const char *path = path_of("compiled.set");
	assert_int_equal(feedset_write(set, path), 0);
	feedset_free(set);
	return path;
}

/* A compiled set is the same set: same matches, provenance and hash. */
static void compiled_set_is_the_same_set(void **state)
{
	(void)state;
	const char *path = compiled();
	struct feedset *native = load_well(compiled_text), *set = NULL;
	struct heard heard;
	assert_int_equal(load_with(&path, 1, NULL, &heard, &set), 0);
	assert_string_equal(feedset_hash(set), feedset_hash(native));
	assert_int_equal(strlen(feedset_hash(set)), 16);
	assert_int_equal(feedset_count(set), feedset_count(native));
	assert_int_equal(feedset_entries(set), feedset_entries(native));
	for (uint32_t i = 0; i < feedset_entries(set); i++) {
		struct indicator a, b;
		uint32_t theirs = 0;
		assert_true(feedset_describe(native, i, 0, 0, &a));
		while (feedset_describe(set, theirs, 0, 0, &b) && strcmp(a.name, b.name) != 0)
			theirs++; /* each set has an order of its own */
		assert_string_equal(a.name, b.name);
		assert_string_equal(a.file, b.file);
		assert_string_equal(a.provider, b.provider);
		assert_int_equal(a.line, b.line);
		assert_int_equal(a.scope, b.scope);
		assert_int_equal(a.kind, b.kind);
		assert_int_equal(a.is_on, b.is_on);
		assert_true(a.expires_ns == b.expires_ns);
		assert_int_equal(find(native, a.name, NULL), find(set, a.name, NULL));
	}
	assert_true(find(set, "x.two.example", NULL));
	assert_false(find(set, "ok.bad.example", NULL));
	feedset_free(native);
	feedset_free(set);
}

/* A set in use stays what it is when another takes its file's place, or the file is gone. */
static void compiled_set_outlives_its_file(void **state)
{
	(void)state;
	const char *path = compiled();
	struct feedset *set = NULL, *other = load_well("else.example\n");
	struct heard heard;
	assert_int_equal(load_with(&path, 1, NULL, &heard, &set), 0);
	assert_int_equal(feedset_write(other, path), 0);
	assert_true(find(set, "x.two.example", NULL));
	assert_int_equal(unlink(path), 0);
	assert_true(find(set, "x.two.example", NULL));
	assert_false(find(set, "else.example", NULL));
	feedset_free(set);
	feedset_free(other);
}

/* Sets and feeds load together; a set of sets has the hash of the feeds. */
static void compiled_sets_load_with_feeds(void **state)
{
	(void)state;
	const char *more = write_file("more.feed", LITERAL("more.example\n"));
	const char *both[] = {compiled(), more};
	const char *native[] = {path_of("text.feed"), more};
	struct feedset *set = NULL, *feeds = NULL;
	struct heard heard;
	assert_int_equal(load_with(both, 2, NULL, &heard, &set), 0);
	assert_int_equal(load_with(native, 2, NULL, &heard, &feeds), 0);
	assert_int_equal(feedset_count(set), 5);
	assert_string_equal(feedset_hash(set), feedset_hash(feeds));
	assert_true(find(set, "more.example", NULL));
	assert_true(find(set, "x.bad.example", NULL));
	feedset_free(set);
	feedset_free(feeds);
}

/* The hash follows the content: not the path, not the line, but every word. */
static void hash_follows_the_content(void **state)
{
	(void)state;
	static const char *const texts[] = {"#: name = n\na.example\n", "#: name = n\n\n# c\na.example\n", "#: name = n\n=a.example\n",
		"#: name = n\n!a.example\n", "#: name = m\na.example\n", "#: name = n\na.example stage=c2\n", "#: name = n\na.example enabled=no\n",
		"#: name = n\na.example platform=c2\n"};
	char hashes[COUNT(texts)][17];
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct feedset *set = load_well(texts[i]);
		snprintf(hashes[i], sizeof hashes[i], "%s", feedset_hash(set));
		feedset_free(set);
		for (size_t j = 0; j < i; j++)
			assert_int_equal(strcmp(hashes[i], hashes[j]) == 0, i == 1 && j == 0);
	}
}

/* Cut anywhere, changed anywhere, grown: refused, always with a reason. */
static void damaged_sets_are_refused(void **state)
{
	(void)state;
	const char *path = compiled();
	FILE *file = fopen(path, "r");
	static char octets[65536];
	size_t len = fread(octets, 1, sizeof octets - 1, file);
	fclose(file);
	struct feedset *set = NULL;
	struct heard heard;
	for (size_t cut = 8; cut < len; cut += 7) {
		const char *head = write_file("cut.set", octets, cut);
		assert_int_equal(load_with(&head, 1, NULL, &heard, &set), -EINVAL);
		assert_int_equal(heard.failed, 1);
		assert_null(set);
	}
	for (size_t at = 8; at < len; at += at < 160 ? 1 : 13) {
		octets[at] ^= 0x10;
		const char *wrong = write_file("wrong.set", octets, len);
		octets[at] ^= 0x10;
		if (load_with(&wrong, 1, NULL, &heard, &set) != -EINVAL || heard.failed != 1)
			fail_msg("octet %zu", at);
	}
	const char *grown = write_file("grown.set", octets, len + 1);
	assert_int_equal(load_with(&grown, 1, NULL, &heard, &set), -EINVAL);
	assert_null(set);
}

/* Writing replaces a file whole, leaves nothing beside it, and never replaces what is no file. */
static void writing_replaces_files_only(void **state)
{
	(void)state;
	struct feedset *set = load_well("a.example");
	const char *path = write_file("there.set", LITERAL("something else"));
	assert_int_equal(feedset_write(set, path), 0);
	assert_int_equal(feedset_write(set, folder), -EEXIST);
	assert_int_equal(feedset_write(set, "/dev/null"), -EEXIST);
	assert_int_equal(feedset_write(set, path_of("no/such/folder")), -ENOENT);
	char beside[128];
	snprintf(beside, sizeof beside, "%s.%ld.new", path, (long)getpid());
	assert_int_equal(access(beside, F_OK), -1);
	feedset_free(set);
	feedset_free(NULL);
}

/* The list of resolvers: names and addresses, comments, what is neither; the one that comes with the program has nothing to complain of. */
static void resolvers_are_names_and_addresses(void **state)
{
	(void)state;
	static const char text[] = "# comment\n\n dns.example # Example's\n192.0.2.53\n2001:db8::53\t# v6\nnot/a/name\nlonely\n";
	const char *path = write_file("resolvers.txt", text, sizeof text - 1);
	struct heard heard = {0};
	const struct feed_listener listener = {.complain = hear, .arg = &heard};
	struct resolver_set set;
	struct c2_name below, above;
	assert_int_equal(resolvers_load(&set, path, &listener), 0);
	assert_int_equal(heard.refused, 2);
	assert_int_equal(heard.line, 7);
	assert_int_equal(set.addr_count, 2);
	c2_name_from_text("a.dns.example", 13, &below);
	c2_name_from_text("xdns.example", 12, &above);
	assert_true(resolver_set_has_name(&set, &below));
	assert_false(resolver_set_has_name(&set, &above));
	assert_true(resolver_set_has_addr(&set, &(struct c2_addr){.octets = {192, 0, 2, 53}, .family = 4}));
	assert_false(resolver_set_has_addr(&set, &(struct c2_addr){.octets = {192, 0, 2, 53}, .family = 6}));
	assert_false(resolver_set_has_addr(&set, &(struct c2_addr){.octets = {192, 0, 2, 54}, .family = 4}));
	assert_true(resolver_set_has_addr(&set, &(struct c2_addr){.octets = {0x20, 1, 0x0d, 0xb8, [15] = 0x53}, .family = 6}));
	resolvers_free(&set);
	assert_int_equal(resolvers_load(&set, path_of("missing.txt"), &listener), -ENOENT);
	assert_null(set.names);
	static const char utf16[] = "\xff\xfe"
				    "d\0n\0s\0";
	assert_int_equal(resolvers_load(&set, write_file("utf16.txt", LITERAL(utf16)), &listener), -EINVAL);
	assert_null(set.names);
	assert_int_equal(resolvers_load(&set, folder, &listener), -EIO);
	assert_null(set.names);

	/* Lines that are no text are refused, and those behind them taken. */
	static char odd[LINES_MAX + 64];
	memset(odd, 'x', LINES_MAX + 1);
	static const char rest[] = "\nnul\0.example\n192.0.2.54";
	memcpy(odd + LINES_MAX + 1, rest, sizeof rest - 1);
	heard = (struct heard){0};
	assert_int_equal(resolvers_load(&set, write_file("odd.txt", odd, LINES_MAX + 1 + sizeof rest - 1), &listener), 0);
	assert_int_equal(heard.refused, 2);
	assert_int_equal(heard.line, 2);
	assert_int_equal(set.addr_count, 1);
	resolvers_free(&set);

	const char *source = getenv("srcdir");
	char shipped[256];
	snprintf(shipped, sizeof shipped, "%s/feeds/resolvers.txt", source != NULL ? source : ".");
	heard = (struct heard){0};
	assert_int_equal(resolvers_load(&set, shipped, &listener), 0);
	assert_int_equal(heard.refused + heard.notes + heard.failed, 0);
	assert_true(c2_domset_count(set.names) > 80 && set.addr_count > 60);
	c2_name_from_text("chrome.cloudflare-dns.com", 25, &below);
	assert_true(resolver_set_has_name(&set, &below));
	assert_true(resolver_set_has_addr(&set, &(struct c2_addr){.octets = {9, 9, 9, 9}, .family = 4}));
	resolvers_free(&set);
}

/* The feed that comes with the program: 22 names that match, two that are listed but off, nothing to complain of. */
static void shipped_feed(void **state)
{
	(void)state;
	const char *source = getenv("srcdir");
	char feed[256], popular[256];
	snprintf(feed, sizeof feed, "%s/feeds/3cx.feed", source != NULL ? source : ".");
	snprintf(popular, sizeof popular, "%s/feeds/popular.txt", source != NULL ? source : ".");
	const char *path = feed;
	char shared[256];
	snprintf(shared, sizeof shared, "%s/feeds/shared-hosts.txt", source != NULL ? source : ".");
	const struct feed_lint lint = {.popular = popular, .shared = shared};
	struct heard heard;
	struct feedset *set = NULL;
	assert_int_equal(load_with(&path, 1, &lint, &heard, &set), 0);
	assert_int_equal(heard.refused + heard.notes, 0);
	assert_int_equal(feedset_count(set), 22);
	assert_int_equal(feedset_entries(set), 24);
	for (uint32_t i = 0; i < feedset_entries(set); i++) {
		struct indicator got;
		assert_true(feedset_describe(set, i, 0, 0, &got));
		bool is_doubtful = strcmp(got.name, "convieneonline.com") == 0 || strcmp(got.name, "soyoungjun.com") == 0;
		assert_int_equal(got.is_on, !is_doubtful);
		assert_int_equal(find(set, got.name, NULL), !is_doubtful);
		assert_string_equal(got.feed, "3cx-2023");
		assert_string_equal(got.confidence, is_doubtful ? "Low" : "High");
		assert_string_equal(got.tlp, "CLEAR");
		assert_non_null(got.stage);
		assert_non_null(got.source);
		assert_non_null(got.first_seen);
		assert_non_null(got.provider);
		assert_non_null(got.reference);
		assert_non_null(got.severity);
	}
	static const char *const not_listed[] = {"3cx.com", "www.3cx.com", "raw.githubusercontent.com", "philip.je", "acharryblogs.com",
		"msstorageazure.azureedge.net", "akamaicdn.com", "notsbmsa.wiki", "akamaicontainer.com.evil.test"};
	for (size_t i = 0; i < COUNT(not_listed); i++)
		assert_false(find(set, not_listed[i], NULL));
	struct indicator stage2;
	assert_true(find(set, "sbmsa.wiki", &stage2));
	assert_string_equal(stage2.severity, "critical");
	feedset_free(set);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	static const char *const names[] = {"text.feed", "popular.txt", "shared.txt", "allow.feed", "bad.feed", "first.feed", "second.feed",
		"good.feed", "empty.feed", "compiled.set", "more.feed", "cut.set", "wrong.set", "grown.set", "there.set", "resolvers.txt",
		"utf16.txt", "odd.txt"};
	for (size_t i = 0; i < COUNT(names); i++)
		unlink(path_of(names[i]));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_tell_the_scope),
		cmocka_unit_test(lines_are_refused_with_a_reason),
		cmocka_unit_test(force_lifts_the_lint),
		cmocka_unit_test(longest_name_is_taken),
		cmocka_unit_test(well_known_names_are_refused),
		cmocka_unit_test(guarded_names_are_refused),
		cmocka_unit_test(twins_are_one_edit_apart),
		cmocka_unit_test(contradictions_are_told),
		cmocka_unit_test(provenance_is_kept),
		cmocka_unit_test(feed_is_named_after_its_file),
		cmocka_unit_test(instants),
		cmocka_unit_test(off_is_listed_but_not_matched),
		cmocka_unit_test(allow_feed_makes_exceptions),
		cmocka_unit_test(context_feed_is_apart),
		cmocka_unit_test(most_confident_speaks),
		cmocka_unit_test(claims_are_kept),
		cmocka_unit_test(feeds_of_one_file_are_counted),
		cmocka_unit_test(values_are_unquoted),
		cmocka_unit_test(exceptions_do_not_expire),
		cmocka_unit_test(expired_indicators_are_passed_over),
		cmocka_unit_test(encodings_of_text),
		cmocka_unit_test(long_lines_are_passed_over),
		cmocka_unit_test(other_things_than_files_are_refused),
		cmocka_unit_test(one_bad_source_fails_all),
		cmocka_unit_test(compiled_set_is_the_same_set),
		cmocka_unit_test(compiled_set_outlives_its_file),
		cmocka_unit_test(compiled_sets_load_with_feeds),
		cmocka_unit_test(hash_follows_the_content),
		cmocka_unit_test(damaged_sets_are_refused),
		cmocka_unit_test(writing_replaces_files_only),
		cmocka_unit_test(resolvers_are_names_and_addresses),
		cmocka_unit_test(shipped_feed),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
