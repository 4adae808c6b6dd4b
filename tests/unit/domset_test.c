/* SPDX-License-Identifier: Apache-2.0 */
/* The domset: what it matches, what it must not, and that its image cannot be left. */
#include <c2watch/domset.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define EXCEPTION C2_SCOPE_EXCEPT
#define KEY 0x5eed5eed5eed5eedu

struct listed {
	const char *name;
	int scope;
};

static struct c2_name name_of(const char *text)
{
	struct c2_name name;
	assert_int_equal(c2_name_from_text(text, strlen(text), &name), C2_OK);
	return name;
}

static void add(struct c2_domset_builder *builder, const struct listed *listed)
{
	struct c2_name name = name_of(listed->name);
	assert_int_equal(c2_domset_builder_add(builder, &name, (enum c2_scope)listed->scope), 0);
}

/* Of the set last built: for each entry's number, which of those added it was first. */
static uint32_t added[100000];

static struct c2_domset *build(const struct c2_domset_builder *builder)
{
	static uint32_t numbers[COUNT(added)];
	uint32_t n = c2_domset_builder_count(builder);
	struct c2_domset *set;
	assert_true(n <= COUNT(added));
	assert_int_equal(c2_domset_build(builder, numbers, &set), 0);
	for (uint32_t i = n; i-- > 0;) {
		assert_true(numbers[i] < c2_domset_count(set));
		added[numbers[i]] = i;
	}
	return set;
}

static struct c2_domset *set_of(const struct listed *listed, size_t n)
{
	struct c2_domset_builder *builder = c2_domset_builder_new(KEY);
	assert_non_null(builder);
	for (size_t i = 0; i < n; i++)
		add(builder, &listed[i]);
	struct c2_domset *set = build(builder);
	c2_domset_builder_free(builder);
	return set;
}

/* Which of those added covers `text`, or -1; `*labels` as in the verdict. */
static int64_t find(const struct c2_domset *set, const char *text, unsigned *labels)
{
	struct c2_name name = name_of(text);
	struct c2_verdict verdict;
	if (c2_domset_find(set, &name, &verdict) != C2_OK)
		return -1;
	if (labels != NULL)
		*labels = verdict.labels;
	return added[verdict.indicator];
}

struct expected {
	const char *name;
	int64_t indicator;
	unsigned labels;
};

static void check(const struct listed *listed, size_t n, const struct expected *expected, size_t cases)
{
	struct c2_domset *set = set_of(listed, n);
	for (size_t i = 0; i < cases; i++) {
		unsigned labels = 0;
		int64_t got = find(set, expected[i].name, &labels);
		if (got != expected[i].indicator || labels != expected[i].labels)
			fail_msg("%s: indicator %d, %u labels", expected[i].name, (int)got, labels);
	}
	c2_domset_free(set);
}

/* A set without an entry says nothing of any name. */
static void nothing_is_in_an_empty_set(void **state)
{
	(void)state;
	static const struct expected expected[] = {{".", -1, 0}, {"com", -1, 0}, {"a.b.c.example.com", -1, 0}};
	check(NULL, 0, expected, COUNT(expected));
}

/* Without a mark: the name and all below, never its parent or its neighbours. */
static void tree_covers_itself_and_below(void **state)
{
	(void)state;
	static const struct listed listed[] = {{"bad.example", C2_SCOPE_TREE}};
	static const struct expected expected[] = {
		{"bad.example", 0, 2},
		{"BAD.Example.", 0, 2},
		{"www.bad.example", 0, 2},
		{"a.b.c.d.bad.example", 0, 2},
		{"example", -1, 0},
		{".", -1, 0},
		{"good.example", -1, 0},
		{"bad.example.com", -1, 0},
		{"notbad.example", -1, 0},
	};
	check(listed, COUNT(listed), expected, COUNT(expected));
}

static void exact_covers_itself_only(void **state)
{
	(void)state;
	static const struct listed listed[] = {{"one.bad.example", C2_SCOPE_EXACT}};
	static const struct expected expected[] = {{"one.bad.example", 0, 3}, {"www.one.bad.example", -1, 0}, {"bad.example", -1, 0}};
	check(listed, COUNT(listed), expected, COUNT(expected));
}

static void below_leaves_the_name_itself_out(void **state)
{
	(void)state;
	static const struct listed listed[] = {{"bad.example", C2_SCOPE_BELOW}};
	static const struct expected expected[] = {{"bad.example", -1, 0}, {"www.bad.example", 0, 2}, {"a.b.bad.example", 0, 2}};
	check(listed, COUNT(listed), expected, COUNT(expected));
}

/* The longest indicator speaks, whatever the order they were added in. */
static void longest_wins(void **state)
{
	(void)state;
	static const struct listed listed[] = {
		{"c.b.a.example", C2_SCOPE_TREE}, {"a.example", C2_SCOPE_TREE}, {"b.a.example", C2_SCOPE_EXACT}, {"x.c.b.a.example", C2_SCOPE_BELOW}};
	static const struct expected expected[] = {
		{"a.example", 1, 2},
		{"z.a.example", 1, 2},
		{"b.a.example", 2, 3},
		{"z.b.a.example", 1, 2}, /* the exact one does not reach here */
		{"c.b.a.example", 0, 4},
		{"x.c.b.a.example", 0, 4},
		{"y.x.c.b.a.example", 3, 5},
	};
	check(listed, COUNT(listed), expected, COUNT(expected));
}

/* Of scopes at one name the narrower speaks; of the same name and scope the first stays. */
static void scopes_share_a_name(void **state)
{
	(void)state;
	static const struct listed listed[] = {{"bad.example", C2_SCOPE_TREE}, {"bad.example", C2_SCOPE_EXACT}, {"bad.example", C2_SCOPE_EXACT},
		{"worse.example", C2_SCOPE_BELOW}, {"worse.example", C2_SCOPE_TREE}, {"both.example", C2_SCOPE_EXACT},
		{"both.example", C2_SCOPE_BELOW}};
	static const struct expected expected[] = {
		{"bad.example", 1, 2},
		{"www.bad.example", 0, 2},
		{"worse.example", 4, 2},
		{"www.worse.example", 3, 2},
		{"both.example", 5, 2},
		{"www.both.example", 6, 2},
	};
	check(listed, COUNT(listed), expected, COUNT(expected));
}

/* An exception beats what is listed at its name or above; a longer indicator beats the exception. */
static void exceptions(void **state)
{
	(void)state;
	static const struct listed listed[] = {
		{"bad.example", C2_SCOPE_TREE},
		{"ok.bad.example", EXCEPTION},
		{"not.ok.bad.example", C2_SCOPE_TREE},
		{"ok.bad.example", C2_SCOPE_TREE},
		{"alone.example", EXCEPTION},
		{"deep.fine.not.ok.bad.example", EXCEPTION},
	};
	static const struct expected expected[] = {
		{"bad.example", 0, 2},
		{"ok.bad.example", -1, 0},
		{"www.ok.bad.example", -1, 0},
		{"not.ok.bad.example", 2, 4},
		{"www.not.ok.bad.example", 2, 4},
		{"fine.not.ok.bad.example", 2, 4},
		{"deep.fine.not.ok.bad.example", -1, 0},
		{"z.deep.fine.not.ok.bad.example", -1, 0},
		{"notok.bad.example", 0, 2},
		{"alone.example", -1, 0},
	};
	check(listed, COUNT(listed), expected, COUNT(expected));
}

/* Labels hold any octet, a dot among them: "a.b" as one label is not two labels. */
static void labels_are_octets(void **state)
{
	(void)state;
	static const struct listed listed[] = {
		{"a\\.b.example", C2_SCOPE_TREE}, {"nul\\000.example", C2_SCOPE_TREE}, {"_tcp.example", C2_SCOPE_TREE}};
	static const struct expected expected[] = {
		{"a\\.b.example", 0, 2},
		{"a.b.example", -1, 0},
		{"nul.example", -1, 0},
		{"nul\\000.example", 1, 2},
		{"x._TCP.example", 2, 2},
	};
	check(listed, COUNT(listed), expected, COUNT(expected));
}

/* The longest label and the longest name there are. */
static void longest_names(void **state)
{
	(void)state;
	static const char label63[] = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg";
	char longest[C2_NAME_TEXT_MAX];
	snprintf(longest, sizeof longest, "%s.%s.%s.%.61s", label63, label63, label63, label63);
	char deepest[C2_NAME_TEXT_MAX] = "a";
	for (unsigned i = 1; i < C2_NAME_LABELS_MAX; i++)
		strcat(deepest, ".a");
	const struct listed listed[] = {{longest, C2_SCOPE_TREE}, {deepest, C2_SCOPE_EXACT}, {"a.a.a", C2_SCOPE_TREE}};
	const struct expected expected[] = {{longest, 0, 4}, {deepest, 1, 127}, {deepest + 2, 2, 3}, {"a.a", -1, 0}, {longest + 1, -1, 0}};
	check(listed, COUNT(listed), expected, COUNT(expected));
}

/* The root, and scopes that are none. */
static void what_cannot_be_listed_is_refused(void **state)
{
	(void)state;
	struct c2_domset_builder *builder = c2_domset_builder_new(KEY);
	struct c2_name root = name_of("."), name = name_of("bad.example");
	for (int scope = C2_SCOPE_EXCEPT; scope <= C2_SCOPE_TREE; scope++)
		assert_int_equal(c2_domset_builder_add(builder, &root, (enum c2_scope)scope), -EINVAL);
	assert_int_equal(c2_domset_builder_add(builder, &name, (enum c2_scope)4), -EINVAL);
	assert_int_equal(c2_domset_builder_count(builder), 0);
	c2_domset_builder_free(builder);
}

/* A set does not change when its builder goes on, or away. */
static void builder_stays_usable(void **state)
{
	(void)state;
	struct c2_domset_builder *builder = c2_domset_builder_new(KEY);
	add(builder, &(struct listed){"one.example", C2_SCOPE_TREE});
	struct c2_domset *first = build(builder);
	add(builder, &(struct listed){"two.example", C2_SCOPE_TREE});
	add(builder, &(struct listed){"three.example", EXCEPTION});
	struct c2_domset *second = build(builder);
	c2_domset_builder_free(builder);
	assert_int_equal(find(first, "two.example", NULL), -1);
	assert_int_not_equal(find(first, "one.example", NULL), -1);
	assert_int_equal(find(second, "one.example", NULL), 0);
	assert_int_equal(find(second, "two.example", NULL), 1);
	assert_int_equal(c2_domset_count(first), 1);
	assert_int_equal(c2_domset_exceptions(first), 0);
	assert_int_equal(c2_domset_count(second), 3);
	assert_int_equal(c2_domset_exceptions(second), 1);
	c2_domset_free(first);
	c2_domset_free(second);
	c2_domset_free(NULL);
	c2_domset_builder_free(NULL);
}

/* Each entry tells its name and scope, also those whose end is shared with others; past the last there is none. */
static void entries_tell_their_names(void **state)
{
	(void)state;
	static const struct listed listed[] = {{"a.example.com", C2_SCOPE_TREE}, {"b.example.com", C2_SCOPE_EXACT}, {"example.com", C2_SCOPE_BELOW},
		{"example.com", EXCEPTION}, {"com", C2_SCOPE_TREE}, {"a\\.b.example", C2_SCOPE_TREE}, {"x.y.z.example.com", C2_SCOPE_EXACT}};
	struct c2_domset *set = set_of(listed, COUNT(listed));
	struct c2_name name;
	enum c2_scope scope;
	assert_int_equal(c2_domset_count(set), COUNT(listed));
	for (uint32_t number = 0; number < COUNT(listed); number++) {
		char text[C2_NAME_TEXT_MAX];
		assert_int_equal(c2_domset_entry(set, number, &name, &scope), C2_OK);
		c2_name_to_text(&name, text);
		assert_string_equal(text, listed[added[number]].name);
		assert_int_equal(scope, listed[added[number]].scope);
	}
	assert_int_equal(c2_domset_entry(set, COUNT(listed), &name, &scope), C2_NONE);
	assert_int_equal(c2_domset_entry(set, UINT32_MAX, &name, &scope), C2_NONE);
	c2_domset_free(set);
}

/* All that covers a name, in the order in which it comes first. */
static void cover_lists_all_in_order(void **state)
{
	(void)state;
	static const struct listed listed[] = {{"example", C2_SCOPE_TREE}, {"bad.example", C2_SCOPE_TREE}, {"bad.example", C2_SCOPE_EXACT},
		{"bad.example", C2_SCOPE_BELOW}, {"bad.example", EXCEPTION}, {"www.bad.example", C2_SCOPE_EXACT}, {"other.example", C2_SCOPE_TREE}};
	static const struct {
		const char *name;
		int order[6]; /* -1 ends it */
	} cases[] = {
		{"www.bad.example", {5, 4, 3, 1, 0, -1}},
		{"bad.example", {4, 2, 1, 0, -1}},
		{"x.www.bad.example", {4, 3, 1, 0, -1}},
		{"fine.example", {0, -1}},
		{"example.com", {-1}},
	};
	struct c2_domset *set = set_of(listed, COUNT(listed));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct c2_name name = name_of(cases[i].name);
		struct c2_verdict verdicts[C2_COVER_MAX];
		unsigned n = c2_domset_cover(set, &name, verdicts);
		for (unsigned k = 0; k < n; k++) {
			assert_int_equal(added[verdicts[k].indicator], cases[i].order[k]);
			assert_int_equal(verdicts[k].scope, listed[cases[i].order[k]].scope);
		}
		assert_int_equal(cases[i].order[n], -1);
	}
	c2_domset_free(set);
}

/* Many names below one suffix go to lines of their own, at every depth: each is found, and its neighbour is not. */
static void crowded_suffixes(void **state)
{
	(void)state;
	static const char *const below[] = {"co.test", "dyn.example", "deep.dyn.example", "a.b.c.d.e.crowd.test"};
	struct c2_domset_builder *builder = c2_domset_builder_new(KEY);
	char text[C2_NAME_TEXT_MAX];
	for (size_t suffix = 0; suffix < COUNT(below); suffix++)
		for (unsigned i = 0; i < 2000; i++) {
			snprintf(text, sizeof text, "host%u.%s", i, below[suffix]);
			add(builder, &(struct listed){text, C2_SCOPE_TREE});
		}
	struct c2_domset *set = build(builder);
	c2_domset_builder_free(builder);
	for (size_t suffix = 0; suffix < COUNT(below); suffix++)
		for (unsigned i = 0; i < 2000; i++) {
			snprintf(text, sizeof text, "www.host%u.%s", i, below[suffix]);
			assert_int_equal(find(set, text, NULL), (int)(suffix * 2000 + i));
			snprintf(text, sizeof text, "most%u.%s", i, below[suffix]);
			assert_int_equal(find(set, text, NULL), -1);
		}
	c2_domset_free(set);
}

#define CAMPAIGN_MAX 64

/* The names of the feed that comes with the program. */
static size_t campaign_read(char names[CAMPAIGN_MAX][64])
{
	const char *top = getenv("srcdir");
	char line[1024];
	size_t n = 0;
	snprintf(line, sizeof line, "%s/feeds/3cx.feed", top != NULL ? top : ".");
	FILE *file = fopen(line, "r");
	assert_non_null(file);
	while (n < CAMPAIGN_MAX && fgets(line, sizeof line, file) != NULL)
		if (line[0] != '#' && sscanf(line, "%63s", names[n]) == 1)
			n++;
	fclose(file);
	assert_in_range(n, 22, CAMPAIGN_MAX - 1);
	return n;
}

/* What reads like a letter and is another, at each place of the name: digits, two letters for one, Cyrillic as raw octets; and an A-label. */
static void look_like(const struct c2_domset *set, const char *name)
{
	static const char *const pairs[][2] = {{"l", "1"}, {"l", "i"}, {"i", "l"}, {"i", "1"}, {"o", "0"}, {"m", "rn"}, {"w", "vv"}, {"d", "cl"},
		{"s", "5"}, {"e", "3"}, {"a", "\\208\\176"}, {"e", "\\208\\181"}, {"o", "\\208\\190"}, {"c", "\\209\\129"}, {"p", "\\209\\128"},
		{".", "\\227\\128\\130"}};
	char text[C2_NAME_TEXT_MAX];
	unsigned tried = 0;
	for (size_t pair = 0; pair < COUNT(pairs); pair++)
		for (const char *at = strstr(name, pairs[pair][0]); at != NULL; at = strstr(at + 1, pairs[pair][0])) {
			snprintf(text, sizeof text, "www.%.*s%s%s", (int)(at - name), name, pairs[pair][1], at + 1);
			if (find(set, text, NULL) != -1)
				fail_msg("%s", text);
			tried++;
		}
	assert_true(tried > 5);
	snprintf(text, sizeof text, "xn--%s", name);
	assert_int_equal(find(set, text, NULL), -1);
}

/* Every way to look like a listed name without being one: other octets around it, other borders, more or less at either end. */
static void look_alikes_never_match(void **state)
{
	(void)state;
	static char campaign[CAMPAIGN_MAX][64];
	struct listed listed[CAMPAIGN_MAX] = {{NULL, 0}};
	size_t n = campaign_read(campaign);
	for (size_t i = 0; i < n; i++)
		listed[i] = (struct listed){campaign[i], C2_SCOPE_TREE};
	struct c2_domset *set = set_of(listed, n);
	static const char *const around[][2] = {{"x", ""}, {"not", ""}, {"x-", ""}, {"-", ""}, {"", "x"}, {"", "-x"}, {"", ".evil.test"},
		{"", ".com"}, {"www.", ".evil.test"}, {"x.y", ""}, {"", "\\.com"}, {"a\\.", ""}, {"www\\.", ""}};
	char text[C2_NAME_TEXT_MAX];
	for (size_t i = 0; i < n; i++) {
		const char *name = campaign[i];
		size_t len = strlen(name);
		look_like(set, name);
		assert_int_equal(find(set, name, NULL), i);
		snprintf(text, sizeof text, "a.b.%s", name);
		assert_int_equal(find(set, text, NULL), i);
		for (size_t form = 0; form < COUNT(around); form++) {
			snprintf(text, sizeof text, "%s%s%s", around[form][0], name, around[form][1]);
			if (find(set, text, NULL) != -1)
				fail_msg("%s", text);
		}
		/* Cut at either end, a dot put in or taken out at every place, every octet changed. */
		for (size_t at = 1; at < len; at++) {
			snprintf(text, sizeof text, "%s", name + at);
			if (name[at] != '.')
				assert_int_equal(find(set, text, NULL), -1);
			snprintf(text, sizeof text, "%.*s", (int)at, name);
			assert_int_equal(find(set, text, NULL), -1);
			if (name[at] != '.' && name[at - 1] != '.')
				snprintf(text, sizeof text, "%.*s.%s", (int)at, name, name + at);
			else if (name[at] == '.')
				snprintf(text, sizeof text, "%.*s%s", (int)at, name, name + at + 1);
			assert_int_equal(find(set, text, NULL), -1);
			snprintf(text, sizeof text, "%s", name);
			if (text[at] != '.') {
				text[at] ^= 1;
				if (text[at] != '.')
					assert_int_equal(find(set, text, NULL), -1);
			}
		}
	}
	c2_domset_free(set);
}

/* xorshift64*, so that a failure can be repeated. */
static uint64_t random_state = 0x9e3779b97f4a7c15u;

static unsigned random_below(unsigned n)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (unsigned)((random_state * 0x2545f4914f6cdd1du) >> 33) % n;
}

/* Up to `most` labels out of the first `kinds`: the fewer kinds, the more names share a suffix. */
static void random_name(char *text, unsigned most, unsigned kinds)
{
	static const char *const labels[] = {"a", "b", "ab", "ba", "aa", "abc", "www", "x-y", "spans-several-words"};
	assert_true(kinds <= COUNT(labels));
	unsigned n = 1 + random_below(most);
	*text = '\0';
	for (unsigned i = 0; i < n; i++) {
		strcat(text, labels[random_below(kinds)]);
		if (i + 1 < n)
			strcat(text, ".");
	}
}

#define RANDOM_TEXT 300

static unsigned labels_in(const char *text)
{
	unsigned n = 1;
	for (; *text != '\0'; text++)
		n += *text == '.';
	return n;
}

/* The rules in words: the most labels win; at the same name an exception, then exact or below, then tree; then the first. */
static int64_t naive_find(const struct listed *listed, size_t n, const char *text, unsigned *labels)
{
	size_t len = strlen(text);
	int64_t best = -1;
	unsigned best_rank = 0;
	for (size_t i = 0; i < n; i++) {
		size_t entry_len = strlen(listed[i].name);
		bool is_self = strcmp(text, listed[i].name) == 0;
		bool is_below = len > entry_len && text[len - entry_len - 1] == '.' && strcmp(text + len - entry_len, listed[i].name) == 0;
		bool covers = listed[i].scope == C2_SCOPE_EXACT ? is_self : listed[i].scope == C2_SCOPE_BELOW ? is_below : is_self || is_below;
		if (!covers)
			continue;
		unsigned rank = labels_in(listed[i].name) * 4 + (listed[i].scope == EXCEPTION ? 3 : listed[i].scope == C2_SCOPE_TREE ? 1 : 2);
		if (rank <= best_rank)
			continue;
		best_rank = rank;
		best = listed[i].scope == EXCEPTION ? -1 : (int64_t)i;
	}
	*labels = best >= 0 ? best_rank / 4 : 0;
	return best;
}

/* Both a set and its naive matcher are asked for `n` names, half of them below one that is listed. Returns how many hit. */
static unsigned agree(const struct c2_domset *set, const struct listed *listed, unsigned listed_n, unsigned n, unsigned kinds)
{
	unsigned hits = 0;
	for (unsigned i = 0; i < n; i++) {
		char text[2 * RANDOM_TEXT];
		random_name(text, 6, kinds);
		if (i % 2 == 0) {
			strcat(text, ".");
			strcat(text, listed[random_below(listed_n)].name);
		}
		unsigned labels = 0, naive_labels = 0;
		int64_t naive = naive_find(listed, listed_n, text, &naive_labels);
		int64_t got = find(set, text, &labels);
		if (got != naive || labels != naive_labels)
			fail_msg("%s: %d with %u labels, naive %d with %u", text, (int)got, labels, (int)naive, naive_labels);
		hits += got >= 0;
	}
	return hits;
}

/*
 * A million random names against 2,500 random sets: built, and viewed from the image of the built one. Every eighth lists single labels among others, every
 * sixteenth nothing else; every twentieth is large, and with few kinds of labels nearly all of its names are below the same suffixes.
 */
static void agrees_with_naive_matcher(void **state)
{
	(void)state;
	static char names[200][RANDOM_TEXT];
	static struct listed listed[COUNT(names)];
	unsigned hits = 0;
	for (unsigned round = 0; round < 2500; round++) {
		unsigned n = 1 + random_below(round % 20 == 0 ? COUNT(listed) : 24), kinds = 2 + random_below(8);
		for (unsigned i = 0; i < n; i++) {
			random_name(names[i], round % 16 == 0 ? 1 : 6, kinds);
			if (round % 8 != 0) {
				strcat(names[i], ".");
				random_name(names[i] + strlen(names[i]), 1, kinds);
			}
			listed[i] = (struct listed){names[i], (int)random_below(4)};
		}
		struct c2_domset *built = set_of(listed, n), *set;
		size_t len;
		const void *image = c2_domset_image(built, &len);
		assert_int_equal(c2_domset_view(image, len, &set), 0);
		hits += agree(set, listed, n, 400, kinds);
		c2_domset_free(set);
		c2_domset_free(built);
	}
	assert_in_range(hits, 100000, 900000); /* both answers were tried */
}

/* 100,000 names: each is found, and as many that differ in one octet are not. */
static void large_set(void **state)
{
	(void)state;
	struct c2_domset_builder *builder = c2_domset_builder_new(KEY);
	char text[64];
	for (unsigned i = 0; i < 100000; i++) {
		snprintf(text, sizeof text, "n%u.example%u.test", i, i % 977);
		add(builder, &(struct listed){text, C2_SCOPE_TREE});
	}
	struct c2_domset *set = build(builder);
	c2_domset_builder_free(builder);
	for (unsigned i = 0; i < 100000; i++) {
		snprintf(text, sizeof text, "w.n%u.example%u.test", i, i % 977);
		assert_int_equal(find(set, text, NULL), i);
		snprintf(text, sizeof text, "w.m%u.example%u.test", i, i % 977);
		assert_int_equal(find(set, text, NULL), -1);
		snprintf(text, sizeof text, "n%u.example%u.test", i, (i + 1) % 977);
		assert_int_equal(find(set, text, NULL), -1);
	}
	size_t len;
	c2_domset_image(set, &len);
	assert_true(len < 100000 * 30);
	assert_true(c2_domset_touched(set) < 100000 * 5);
	c2_domset_free(set);
}

/* A million real names, if they are there: what the set and its names take, and what a miss can touch. */
static void real_names_are_small(void **state)
{
	(void)state;
	const char *top = getenv("srcdir");
	char line[1024];
	snprintf(line, sizeof line, "%s/../shared/feeds/threat-domains.txt.gz", top != NULL ? top : ".");
	gzFile file = gzopen(line, "rb");
	if (file == NULL) {
		print_message("# skipped: the real names are not there\n");
		return;
	}
	struct c2_domset_builder *builder = c2_domset_builder_new(KEY);
	while (gzgets(file, line, sizeof line) != NULL) {
		struct c2_name name;
		if (c2_name_from_text(line, strcspn(line, "\n"), &name) == C2_OK)
			assert_int_equal(c2_domset_builder_add(builder, &name, C2_SCOPE_TREE), 0);
	}
	gzclose(file);
	struct c2_domset *set;
	assert_int_equal(c2_domset_build(builder, NULL, &set), 0);
	c2_domset_builder_free(builder);
	size_t len, n = c2_domset_count(set);
	c2_domset_image(set, &len);
	assert_true(n > 1000000);
	assert_true(len < 28 * n);
	assert_true(c2_domset_touched(set) < 10 * n);
	print_message("%zu names: %.1f octets each, %.1f of them touched by misses\n", n, (double)len / (double)n,
		(double)c2_domset_touched(set) / (double)n);
	c2_domset_free(set);
}

static const struct listed small[] = {{"bad.example", C2_SCOPE_TREE}, {"ok.bad.example", EXCEPTION}, {"one.example", C2_SCOPE_EXACT},
	{"two.example", C2_SCOPE_BELOW}, {"a.longer.name.test", C2_SCOPE_TREE}};

/* The same names under the same key give the same octets, in whatever process and at whatever address. */
static void image_is_deterministic(void **state)
{
	(void)state;
	struct c2_domset *a = set_of(small, COUNT(small)), *b = set_of(small, COUNT(small));
	size_t a_len, b_len;
	const void *a_image = c2_domset_image(a, &a_len), *b_image = c2_domset_image(b, &b_len);
	assert_int_equal(a_len, b_len);
	assert_memory_equal(a_image, b_image, a_len);
	c2_domset_free(a);
	c2_domset_free(b);
}

/* Looks up names of all kinds; what counts is where the lookup reads. */
static void look_around(const struct c2_domset *set)
{
	static const char *const names[] = {
		"bad.example", "x.bad.example", "ok.bad.example", "one.example", "x.two.example", "a.longer.name.test", ".", "com"};
	for (size_t i = 0; i < COUNT(names); i++) {
		struct c2_name name = name_of(names[i]);
		struct c2_verdict verdict;
		if (c2_domset_find(set, &name, &verdict) == C2_OK)
			assert_true(verdict.indicator < c2_domset_count(set));
		struct c2_verdict verdicts[C2_COVER_MAX];
		c2_domset_cover(set, &name, verdicts);
	}
	for (uint32_t number = 0; number < 8; number++) {
		struct c2_name name;
		enum c2_scope scope;
		c2_domset_entry(set, number, &name, &scope);
	}
}

/* A view of an image that moved; of none, of a cut one, of one that is not aligned. */
static void image_moves_and_is_checked(void **state)
{
	(void)state;
	struct c2_domset *built = set_of(small, COUNT(small)), *set = NULL;
	size_t len;
	const void *image = c2_domset_image(built, &len);
	uint8_t *moved = aligned_alloc(64, len + 64);
	memcpy(moved, image, len);
	c2_domset_free(built);
	assert_int_equal(c2_domset_view(moved, len, &set), 0);
	assert_int_equal(find(set, "x.bad.example", NULL), 0);
	assert_int_equal(find(set, "ok.bad.example", NULL), -1);
	assert_int_equal(find(set, "x.two.example", NULL), 3);
	c2_domset_free(set);
	set = NULL;
	for (size_t cut = 0; cut < len; cut++) {
		uint8_t *head = aligned_alloc(64, (cut + 64) & ~(size_t)63);
		memcpy(head, moved, cut);
		assert_int_equal(c2_domset_view(head, cut, &set), -EINVAL);
		free(head);
	}
	assert_int_equal(c2_domset_view(moved, len + 8, &set), -EINVAL);
	memmove(moved + 4, moved, len);
	assert_int_equal(c2_domset_view(moved + 4, len, &set), -EINVAL);
	assert_null(set);
	free(moved);
}

/* Any one bit wrong: refused, or a set whose lookups stay inside (the sanitizer build sees when they do not). */
static void image_with_a_wrong_bit_is_never_left(void **state)
{
	(void)state;
	struct c2_domset *built = set_of(small, COUNT(small));
	size_t len;
	const void *image = c2_domset_image(built, &len);
	uint8_t *copy = aligned_alloc(64, len);
	unsigned refused = 0;
	assert_int_equal(len % 64, 0);
	for (size_t bit = 0; bit < len * 8; bit++) {
		memcpy(copy, image, len);
		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		struct c2_domset *set;
		if (c2_domset_view(copy, len, &set) != 0) {
			refused++;
			continue;
		}
		look_around(set);
		c2_domset_free(set);
	}
	assert_true(refused > 200);
	free(copy);
	c2_domset_free(built);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_in_an_empty_set),
		cmocka_unit_test(tree_covers_itself_and_below),
		cmocka_unit_test(exact_covers_itself_only),
		cmocka_unit_test(below_leaves_the_name_itself_out),
		cmocka_unit_test(longest_wins),
		cmocka_unit_test(scopes_share_a_name),
		cmocka_unit_test(exceptions),
		cmocka_unit_test(labels_are_octets),
		cmocka_unit_test(longest_names),
		cmocka_unit_test(what_cannot_be_listed_is_refused),
		cmocka_unit_test(entries_tell_their_names),
		cmocka_unit_test(cover_lists_all_in_order),
		cmocka_unit_test(crowded_suffixes),
		cmocka_unit_test(builder_stays_usable),
		cmocka_unit_test(look_alikes_never_match),
		cmocka_unit_test(agrees_with_naive_matcher),
		cmocka_unit_test(large_set),
		cmocka_unit_test(real_names_are_small),
		cmocka_unit_test(image_is_deterministic),
		cmocka_unit_test(image_moves_and_is_checked),
		cmocka_unit_test(image_with_a_wrong_bit_is_never_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
