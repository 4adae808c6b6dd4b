/* SPDX-License-Identifier: Apache-2.0 */
/* Where to connect next: what redirects, sentinels and failures lead to. */
#include "sink/route.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void open_route(struct route *route, struct sink_dest *dest, const char *url)
{
	char why[SINK_WHY_CAP];
	assert_int_equal(dest_parse(url, dest, why), 0);
	route_open(route, dest);
}

static const char *peer_of(const struct route *route)
{
	static char text[DEST_PEER_TEXT_CAP];
	if (!route->is_known)
		return "";
	dest_peer_text(&route->peer, text);
	return text;
}

/* A walk through a cluster: each word is what happens, and then where to connect. */
static void follows_a_cluster(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		struct {
			const char *what, *peer; /* an error; "lost": a connection that was of use; "vain": one that was not */
		} steps[8];
	} table[] = {
		{"redis://a:1", {{"vain", "a:1"}, {"lost", "a:1"}}},
		{"unix:///run/r.sock", {{"vain", "/run/r.sock"}, {"MOVED 1 b:2", "b:2"}, {"vain", "/run/r.sock"}}},
		{"unix:///run/r.sock", {{"MOVED 1 :2", "localhost:2"}}},
		/* MOVED holds until it fails; then the first address and it take turns. */
		{"redis://a:1", {{"MOVED 1 b:2", "b:2"}, {"MOVED 1 c:3", "c:3"}, {"lost", "a:1"}, {"vain", "c:3"}, {"vain", "a:1"}, {"vain", "c:3"}}},
		{"redis://a:1", {{"MOVED 1 b:2", "b:2"}, {"vain", "a:1"}, {"MOVED 1 c:3", "c:3"}, {"vain", "a:1"}, {"vain", "c:3"}}},
		/* When the first one is of use again, the other one is forgotten. */
		{"redis://a:1", {{"MOVED 1 b:2", "b:2"}, {"vain", "a:1"}, {"lost", "a:1"}, {"vain", "a:1"}}},
		/* Several nodes of one cluster are tried in turn. */
		{"redis://a:1,b:2,c:3", {{"vain", "b:2"}, {"vain", "c:3"}, {"vain", "a:1"}, {"vain", "b:2"}, {"lost", "b:2"}, {"vain", "c:3"}}},
		{"redis://a:1,b:2",
			{{"MOVED 1 d:4", "d:4"}, {"lost", "a:1"}, {"vain", "d:4"}, {"vain", "b:2"}, {"MOVED 1 e:5", "e:5"}, {"lost", "b:2"}}},
		/* ASK holds for one connection. */
		{"redis://a:1", {{"ASK 1 b:2", "b:2"}, {"lost", "a:1"}, {"vain", "a:1"}}},
		{"redis://a:1", {{"MOVED 1 b:2", "b:2"}, {"ASK 1 c:3", "c:3"}, {"lost", "b:2"}, {"lost", "a:1"}}},
		{"redis://a:1", {{"MOVED 1 b:2", "b:2"}, {"ASK 1 c:3", "c:3"}, {"vain", "b:2"}, {"vain", "a:1"}}},
		{"redis://a:1", {{"ASK 1 b:2", "b:2"}, {"MOVED 1 c:3", "c:3"}, {"lost", "a:1"}, {"vain", "c:3"}}},
		/* Without a host: the one that said it. */
		{"redis://a:1", {{"MOVED 1 b:2", "b:2"}, {"MOVED 1 :3", "b:3"}, {"ASK 1 :4", "b:4"}, {"lost", "b:3"}}},
		{"redis://[::1]:1", {{"MOVED 1 :2", "[::1]:2"}, {"MOVED 1 2001:db8::2:3", "[2001:db8::2]:3"}}},
		/* What is none changes nothing. */
		{"redis://a:1", {{"MOVED 1 ?:2", "a:1"}, {"MOVED 1 b", "a:1"}}},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct route route;
		struct sink_dest dest;
		open_route(&route, &dest, table[i].url);
		for (size_t k = 0; k < 8 && table[i].steps[k].what != NULL; k++) {
			const char *what = table[i].steps[k].what;
			bool was_good = strcmp(what, "lost") == 0;
			if (was_good || strcmp(what, "vain") == 0)
				route_lost(&route, was_good);
			else
				route_follow(&route, what);
			if (strcmp(peer_of(&route), table[i].steps[k].peer) != 0)
				print_error("case %zu, step %zu\n", i, k);
			assert_string_equal(peer_of(&route), table[i].steps[k].peer);
		}
	}
}

#define URL "redis+sentinel://s1:1,s2:2,s3:3/main"

static void asks_what_sentinels_understand(void **state)
{
	(void)state;
	struct route route;
	struct sink_dest dest;
	struct redis_text text = {0};
	open_route(&route, &dest, URL);
	assert_false(route.is_known);
	assert_int_equal(route_put_question(&route, &text), 0);
	static const char asked[] = "*3\r\n$8\r\nSENTINEL\r\n$23\r\nget-master-addr-by-name\r\n$4\r\nmain\r\n";
	assert_int_equal(text.len, sizeof asked - 1);
	assert_memory_equal(text.octets, asked, text.len);
	redis_text_free(&text);
}

/* Gives the route a sentinel's answer, in the protocol's words. */
static int answer(struct route *route, const char *octets, bool has_secret, char *why)
{
	struct redis_reader *reader = redis_reader_open();
	const struct redis_reply *reply;
	assert_int_equal(redis_reader_feed(reader, octets, strlen(octets)), 0);
	assert_int_equal(redis_reader_next(reader, &reply), 1);
	int rc = route_take_answer(route, reply, has_secret, why);
	redis_reader_close(reader);
	return rc;
}

#define MASTER "*2\r\n$8\r\n10.0.0.9\r\n$4\r\n6379\r\n"
#define UNKNOWN "*-1\r\n"
#define NOAUTH "-NOAUTH Authentication required.\r\n"

/* One round: what each that is asked answers (null: nothing), whom that leads to, or what is said. */
static void asks_one_after_the_other(void **state)
{
	(void)state;
	static const struct {
		const char *answers[6];
		const char *peer, *why;
		unsigned next; /* who is asked first next time */
		bool has_secret;
	} table[] = {
		{{MASTER}, "10.0.0.9:6379", "", 0, false},
		{{NULL, MASTER}, "10.0.0.9:6379", "", 1, false},
		{{NULL, UNKNOWN, MASTER}, "10.0.0.9:6379", "", 2, false},
		{{"*2\r\n$11\r\n2001:db8::1\r\n$4\r\n6380\r\n"}, "[2001:db8::1]:6380", "", 0, false},
		{{"*2\r\n$13\r\nredis.example\r\n$4\r\n6380\r\n"}, "redis.example:6380", "", 0, false},
		{{NULL, NULL, NULL}, "", "no sentinel answers (s3:3: Connection refused)", 0, false},
		{{UNKNOWN, UNKNOWN, UNKNOWN}, "", "the sentinels know no master main", 0, false},
		{{UNKNOWN, NULL, NULL}, "", "the sentinels know no master main", 0, false},
		{{NULL, "-NOPERM no\r\n", NULL}, "", "the sentinels do not tell the master: NOPERM no", 0, false},
		{{NOAUTH, NOAUTH, NOAUTH}, "", "the sentinels do not tell the master: NOAUTH Authentication required.", 0, false},
		{{NOAUTH, MASTER}, "10.0.0.9:6379", "", 0, true}, /* the same one again, with the password */
		{{NULL, NOAUTH, "-WRONGPASS no\r\n", NOAUTH, MASTER}, "10.0.0.9:6379", "", 2, true},
		/* Answers that are none. */
		{{"*0\r\n", "+OK\r\n", ":1\r\n"}, "", "the sentinels' answers name no server", 0, false},
		{{"*2\r\n$1\r\na\r\n:1\r\n", "*2\r\n$1\r\na\r\n$1\r\n0\r\n", "*2\r\n$0\r\n\r\n$1\r\n1\r\n"}, "",
			"the sentinels' answers name no server", 0, false},
		{{"*2\r\n$3\r\na b\r\n$1\r\n1\r\n", "*2\r\n$3\r\na\nb\r\n$1\r\n1\r\n", "*2\r\n$4\r\n/a/b\r\n$1\r\n1\r\n"}, "",
			"the sentinels' answers name no server", 0, false},
		{{"*2\r\n$1\r\na\r\n$5\r\n65536\r\n", "*2\r\n$1\r\na\r\n$9\r\n123456789\r\n", "*3\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\n1\r\n"}, "",
			"the sentinels' answers name no server", 0, false},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct route route;
		struct sink_dest dest;
		char why[SINK_WHY_CAP] = "";
		int rc = 0;
		open_route(&route, &dest, URL);
		for (size_t k = 0; rc == 0; k++) {
			assert_true(k < 6);
			const char *octets = table[i].answers[k];
			rc = octets == NULL ? route_unanswered(&route, "Connection refused", why) : answer(&route, octets, table[i].has_secret, why);
		}
		assert_int_equal(rc, table[i].peer[0] != '\0' ? 1 : -ENOENT);
		assert_string_equal(peer_of(&route), table[i].peer);
		assert_string_equal(why, table[i].why);
		assert_int_equal(route.sentinel, table[i].next);
		/* The next round knows nothing of this one. */
		route_lost(&route, true);
		assert_false(route.is_known);
		assert_int_equal(route.sentinel, table[i].next);
		assert_int_equal(answer(&route, MASTER, false, why), 1);
	}
}

static void a_sentinel_that_leads_nowhere_is_not_the_first_again(void **state)
{
	(void)state;
	struct route route;
	struct sink_dest dest;
	char why[SINK_WHY_CAP] = "";
	open_route(&route, &dest, URL);
	for (unsigned i = 0; i < 7; i++) {
		assert_int_equal(route.sentinel, i % 3);
		assert_int_equal(answer(&route, MASTER, false, why), 1);
		route_lost(&route, false);
	}
	/* A redirect that fails is nothing that a sentinel could be blamed for. */
	assert_int_equal(answer(&route, MASTER, false, why), 1);
	route_follow(&route, "MOVED 1 b:2");
	assert_string_equal(peer_of(&route), "b:2");
	route_lost(&route, false);
	assert_false(route.is_known);
	assert_int_equal(route.sentinel, 7 % 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_a_cluster),
		cmocka_unit_test(asks_what_sentinels_understand),
		cmocka_unit_test(asks_one_after_the_other),
		cmocka_unit_test(a_sentinel_that_leads_nowhere_is_not_the_first_again),
	};
	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
