/* SPDX-License-Identifier: Apache-2.0 */
/* What -o takes, what --password-file takes, and the ids of records. */
#include "sink/dest.h"
#include "sink/secret.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Destinations that are understood. */
static const struct {
	const char *text;
	enum dest_kind kind;
	const char *host, *user;
	uint16_t port;
	uint32_t db;
	bool has_tls;
	enum dest_mode mode;
	uint64_t maxlen;
} understood[] = {
	{"-", DEST_STDOUT, "", "", 0, 0, false, DEST_STREAM, 0},
	{"none", DEST_NONE, "", "", 0, 0, false, DEST_STREAM, 0},
	{"hits.ndjson", DEST_FILE, "", "", 0, 0, false, DEST_STREAM, 0},
	{"/var/log/c2watch/hits.ndjson", DEST_FILE, "", "", 0, 0, false, DEST_STREAM, 0},
	{"./none", DEST_FILE, "", "", 0, 0, false, DEST_STREAM, 0},
	{"/var/log/c2watch/a:b", DEST_FILE, "", "", 0, 0, false, DEST_STREAM, 0},
	{"./a?b:c", DEST_FILE, "", "", 0, 0, false, DEST_STREAM, 0},
	{"redis://localhost", DEST_TCP, "localhost", "", 6379, 0, false, DEST_STREAM, 0},
	{"redis://localhost/", DEST_TCP, "localhost", "", 6379, 0, false, DEST_STREAM, 0},
	{"redis://10.0.0.1:6380/15", DEST_TCP, "10.0.0.1", "", 6380, 15, false, DEST_STREAM, 0},
	{"redis://sensor-1@redis.example:6379/0", DEST_TCP, "redis.example", "sensor-1", 6379, 0, false, DEST_STREAM, 0},
	{"redis://[::1]", DEST_TCP, "::1", "", 6379, 0, false, DEST_STREAM, 0},
	{"redis://[2001:db8::1]:6380/2", DEST_TCP, "2001:db8::1", "", 6380, 2, false, DEST_STREAM, 0},
	{"redis://[fe80::1%eth0]:6380", DEST_TCP, "fe80::1%eth0", "", 6380, 0, false, DEST_STREAM, 0},
	{"redis://u@[::ffff:10.0.0.1]", DEST_TCP, "::ffff:10.0.0.1", "u", 6379, 0, false, DEST_STREAM, 0},
	{"rediss://redis.example", DEST_TCP, "redis.example", "", 6379, 0, true, DEST_STREAM, 0},
	{"rediss://u@redis.example:6390/1?mode=stream", DEST_TCP, "redis.example", "u", 6390, 1, true, DEST_STREAM, 0},
	{"redis://localhost?mode=list", DEST_TCP, "localhost", "", 6379, 0, false, DEST_LIST, 0},
	{"redis://localhost/3?maxlen=100&mode=list", DEST_TCP, "localhost", "", 6379, 3, false, DEST_LIST, 100},
	{"redis://localhost/?mode=channel", DEST_TCP, "localhost", "", 6379, 0, false, DEST_CHANNEL, 0},
	{"redis://localhost?maxlen=999999999", DEST_TCP, "localhost", "", 6379, 0, false, DEST_STREAM, 999999999},
	{"unix:///run/redis/redis.sock", DEST_UNIX, "/run/redis/redis.sock", "", 0, 0, false, DEST_STREAM, 0},
	{"unix:///run/redis/redis.sock?db=7", DEST_UNIX, "/run/redis/redis.sock", "", 0, 7, false, DEST_STREAM, 0},
	{"unix:///run/r.sock?db=7&mode=list", DEST_UNIX, "/run/r.sock", "", 0, 7, false, DEST_LIST, 0},
	{"redis+sentinel://s1/mymaster", DEST_SENTINEL, "s1", "", 26379, 0, false, DEST_STREAM, 0},
	{"rediss+sentinel://u@s1:1/m.a-s_ter/4?mode=list", DEST_SENTINEL, "s1", "u", 1, 4, true, DEST_LIST, 0},
};

static void understands_destinations(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof understood / sizeof *understood; i++) {
		struct sink_dest dest;
		char why[SINK_WHY_CAP] = "";
		if (dest_parse(understood[i].text, &dest, why) != 0)
			fail_msg("%s: %s", understood[i].text, why);
		assert_int_equal(dest.kind, understood[i].kind);
		assert_string_equal(dest.text, understood[i].text);
		assert_string_equal(dest.peers[0].host, understood[i].host);
		assert_string_equal(dest.user, understood[i].user);
		assert_int_equal(dest.peers[0].port, understood[i].port);
		assert_int_equal(dest.db, understood[i].db);
		assert_int_equal(dest.has_tls, understood[i].has_tls);
		assert_int_equal(dest.mode, understood[i].mode);
		assert_int_equal(dest.maxlen, understood[i].maxlen);
		assert_int_equal(dest.peer_count, understood[i].host[0] != '\0');
		assert_int_equal(dest_is_redis(&dest), dest.peer_count > 0);
	}
}

/* Several nodes of a cluster. */
static void understands_clusters(void **state)
{
	(void)state;
	struct sink_dest dest;
	char why[SINK_WHY_CAP] = "";
	assert_int_equal(dest_parse("rediss://u@a:7000,b,[2001:db8::3]:7002/0?mode=list", &dest, why), 0);
	assert_int_equal(dest.kind, DEST_TCP);
	assert_int_equal(dest.peer_count, 3);
	assert_true(dest_peer_is(&dest.peers[0], &(struct dest_peer){7000, "a"}));
	assert_true(dest_peer_is(&dest.peers[1], &(struct dest_peer){6379, "b"}));
	assert_true(dest_peer_is(&dest.peers[2], &(struct dest_peer){7002, "2001:db8::3"}));
	assert_int_equal(dest.mode, DEST_LIST);
}

/* Several sentinels, and the master's name. */
static void understands_sentinels(void **state)
{
	(void)state;
	struct sink_dest dest;
	char why[SINK_WHY_CAP] = "";
	assert_int_equal(dest_parse("redis+sentinel://u@s1:26380,[2001:db8::2],10.0.0.3/hits", &dest, why), 0);
	assert_int_equal(dest.peer_count, 3);
	assert_string_equal(dest.user, "u");
	assert_string_equal(dest.master, "hits");
	assert_string_equal(dest.peers[0].host, "s1");
	assert_int_equal(dest.peers[0].port, 26380);
	assert_string_equal(dest.peers[1].host, "2001:db8::2");
	assert_int_equal(dest.peers[1].port, 26379);
	assert_string_equal(dest.peers[2].host, "10.0.0.3");
	assert_int_equal(dest.peers[2].port, 26379);
}

/* Destinations that are not, and a word of the line that says why. */
static const struct {
	const char *text, *word;
} refused[] = {
	{"", "empty"},
	{"redistls://host", "redistls:// is not a known scheme"},
	{"rediss://", "want redis://"},
	{"redis+sentinel://host", "NAME"},
	{"redis+sentinel://host/", "NAME"},
	{"redis+sentinel://host/a b", "NAME"},
	{"redis+sentinel://host/m/x", "number"},
	{"redis+sentinel:///m", "want redis+sentinel://"},
	{"redis+sentinel://a,/m", "want redis+sentinel://"},
	{"redis+sentinel://a,,b/m", "want redis+sentinel://"},
	{"redis+sentinel://a:0/m", "port"},
	{"redis+sentinel://1,2,3,4,5,6,7,8,9/m", "at most 8"},
	{"redis://1,2,3,4,5,6,7,8,9", "at most 8"},
	{"redis://a,", "want redis://"},
	{"redis://a,,b:1", "want redis://"},
	{"redis+sentinel://u:secret@a/m", "--password-file"},
	{"redis:", "redis://HOST"},
	{"redis:localhost", "redis://HOST"},
	{"unix:/run/redis.sock", "unix:///PATH"},
	{"localhost:6379", "./NAME"},
	{"redis://host?mode=list&mode=channel", "twice"},
	{"redis://host?maxlen=0&password=secret", "maxlen is"},
	{"redis://host/x?password=secret", "mode= and maxlen="},
	{"redis://host?mode=queue", "mode is"},
	{"redis://host?mode", "mode is"},
	{"redis://host?maxlen=0", "maxlen is"},
	{"redis://host?maxlen=1e6", "maxlen is"},
	{"redis://host?mode=channel&maxlen=5", "no meaning"},
	{"redis://host?", "mode= and maxlen="},
	{"redis://host?mode=list&", "mode= and maxlen="},
	{"redis://host?color=red", "mode= and maxlen="},
	{"redis://host?password=secret", "redis://host: after the question mark"},
	{"http://host", "not a known scheme"},
	{"redis://", "want redis://"},
	{"redis://:6379", "want redis://"},
	{"redis://host:", "port"},
	{"redis://host:0", "port"},
	{"redis://host:65536", "port"},
	{"redis://host:x", "port"},
	{"redis://host:6379x", "port"},
	{"redis://host:-1", "port"},
	{"redis://::1", "port"},
	{"redis://[::1", "brackets"},
	{"redis://[::1]x", "brackets"},
	{"redis://[host]:1", "brackets"},
	{"redis://[]", "brackets"},
	{"redis://ho st", "want redis://"},
	{"redis://host?db=1", "mode= and maxlen="},
	{"redis://host/x", "number"},
	{"redis://host/-1", "number"},
	{"redis://host/1/2", "number"},
	{"redis://host/99999999999", "number"},
	{"redis://@host", "user"},
	{"redis://us%65r@host", "user"},
	{"redis://user:secret@host", "--password-file"},
	{"redis://:secret@host", "--password-file"},
	{"redis://user:se/cr@et@host", "--password-file"},
	{"unix://run/redis.sock", "slash"},
	{"unix://", "slash"},
	{"unix://:secret@/run/redis.sock", "slash"},
	{"unix:///run/redis.sock?db=", "db=N"},
	{"unix:///run/redis.sock?database=1", "db=, mode="},
	{"unix:///run/0123456789"
	 "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
		"107"},
};

static void refuses_destinations(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct sink_dest dest;
		char why[SINK_WHY_CAP] = "";
		if (dest_parse(refused[i].text, &dest, why) != -EINVAL)
			fail_msg("%s: taken", refused[i].text);
		if (strstr(why, refused[i].word) == NULL)
			fail_msg("%s: %s", refused[i].text, why);
		assert_null(strstr(why, "secret"));
	}
}

/* Sinks' names, by which the spool knows them: the same for the same server and mode, else another. */
static void names_sinks(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool is_same;
	} table[] = {
		{"redis://host", "redis://host?maxlen=5", true},
		{"redis://host?mode=list&maxlen=5", "redis://host?maxlen=7&mode=list", true},
		{"unix:///r.sock?maxlen=5&db=1", "unix:///r.sock?db=1", true},
		{"redis://host", "redis://host?mode=list", false},
		{"redis://host?mode=channel", "redis://host?mode=list", false},
		{"redis://host", "redis://host/1", false},
		{"redis://host", "rediss://host", false},
		{"unix:///r.sock", "unix:///r.sock?db=1", false},
		{"redis://a.host.whose.name.is.long.enough.example", "redis://a.host.whose.name.is.long.enough.example2", false},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct sink_dest dest;
		char why[SINK_WHY_CAP], a[SINK_SENSOR_MAX + 1], b[SINK_SENSOR_MAX + 1];
		assert_int_equal(dest_parse(table[i].a, &dest, why), 0);
		dest_sink_name(&dest, a);
		assert_int_equal(dest_parse(table[i].b, &dest, why), 0);
		dest_sink_name(&dest, b);
		assert_true(sink_sensor_is_good(a) && sink_sensor_is_good(b));
		if ((strcmp(a, b) == 0) != table[i].is_same)
			fail_msg("%s is %s, %s is %s", table[i].a, a, table[i].b, b);
	}
}

static void refuses_a_destination_without_end(void **state)
{
	(void)state;
	static char text[5000];
	struct sink_dest dest;
	char why[SINK_WHY_CAP];
	for (size_t len = 1; len < sizeof text; len += 97) {
		memset(text, 'a', len);
		memcpy(text, "redis://", len < 8 ? len : 8);
		int rc = dest_parse(text, &dest, why);
		if (len >= DEST_TEXT_CAP)
			assert_int_equal(rc, -EINVAL);
	}
}

/* The password's file. */

static int setup(void **state)
{
	char *dir = strdup("/tmp/c2w-secret-XXXXXX");
	*state = dir;
	return mkdtemp(dir) == NULL;
}

static int teardown(void **state)
{
	char command[64];
	snprintf(command, sizeof command, "rm -rf '%s'", (const char *)*state);
	int rc = system(command);
	free(*state);
	return rc;
}

static int read_secret(
	const char *dir, const char *octets, size_t len, mode_t mode, uid_t owner, struct sink_secret *secret, char why[static SINK_WHY_CAP])
{
	char path[64];
	snprintf(path, sizeof path, "%s/redis.password", dir);
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_equal(write(fd, octets, len), len);
	assert_int_equal(fchown(fd, owner, (gid_t)-1), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	return secret_read(path, secret, why);
}

static void reads_one_line(void **state)
{
	static char longest[SECRET_MAX + 2];
	memset(longest, 'p', sizeof longest);
	const struct {
		const char *octets;
		size_t len;
		int rc;
		size_t secret_len;
	} table[] = {
		{"secret\n", 7, 0, 6},
		{"secret", 6, 0, 6},
		{"secret\r\n", 8, 0, 6},
		{" two words ", 11, 0, 11},
		{"nul\0nul\n", 8, 0, 7},
		{"\xff\xfe", 2, 0, 2},
		{"", 0, -EINVAL, 0},
		{"\n", 1, -EINVAL, 0},
		{"two\nlines\n", 10, -EINVAL, 0},
		{longest, SECRET_MAX, 0, SECRET_MAX},
		{longest, SECRET_MAX + 1, -EINVAL, 0},
		{longest, SECRET_MAX + 2, -EINVAL, 0},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct sink_secret secret;
		char why[SINK_WHY_CAP] = "";
		assert_int_equal(read_secret(*state, table[i].octets, table[i].len, 0600, geteuid(), &secret, why), table[i].rc);
		assert_int_equal(secret.len, table[i].secret_len);
		assert_memory_equal(secret.octets, table[i].octets, secret.len);
		assert_null(strstr(why, "lines\n"));
	}
}

static void refuses_a_password_that_others_can_read(void **state)
{
	static const struct {
		mode_t mode;
		bool is_good_for_root, is_good_for_user;
	} table[] = {{0600, true, true}, {0400, true, true}, {0640, true, false}, {0440, true, false}, {0660, false, false}, {0644, false, false},
		{0604, false, false}, {0601, false, false}, {0610, false, false}};
	if (geteuid() != 0)
		return; /* whose files are whose takes root to set up */
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct sink_secret secret;
		char why[SINK_WHY_CAP];
		assert_int_equal(read_secret(*state, "x", 1, table[i].mode, 0, &secret, why), table[i].is_good_for_root ? 0 : -EPERM);
		assert_int_equal(read_secret(*state, "x", 1, table[i].mode, 1000, &secret, why), table[i].is_good_for_user ? 0 : -EPERM);
	}
}

static void refuses_what_is_no_file(void **state)
{
	struct sink_secret secret;
	char why[SINK_WHY_CAP], path[64];
	snprintf(path, sizeof path, "%s/fifo", (const char *)*state);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(secret_read(path, &secret, why), -EINVAL);
	assert_int_equal(secret_read(*state, &secret, why), -EINVAL);
	assert_int_equal(secret_read("/nonexistent", &secret, why), -ENOENT);
	assert_non_null(strstr(why, "/nonexistent: No such file"));
}

static void takes_the_services_credential(void **state)
{
	struct sink_secret secret;
	char why[SINK_WHY_CAP];
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_int_equal(secret_read(NULL, &secret, why), 0);
	assert_int_equal(secret.len, 0);
	setenv("CREDENTIALS_DIRECTORY", *state, 1);
	assert_int_equal(secret_read(NULL, &secret, why), 0);
	assert_int_equal(secret.len, 0);
	assert_int_equal(read_secret(*state, "hush\n", 5, 0400, geteuid(), &secret, why), 0);
	secret.len = 0;
	assert_int_equal(secret_read(NULL, &secret, why), 0);
	assert_int_equal(secret.len, 4);
	secret_wipe(&secret);
	assert_int_equal(secret.octets[0], 0);
	unsetenv("CREDENTIALS_DIRECTORY");
}

/* Ids. */

static void ids_rise_whatever_the_clock_does(void **state)
{
	(void)state;
	static const struct {
		struct sink_id last;
		uint64_t now_ms;
		struct sink_id next;
	} table[] = {
		{{0, 0}, 5, {5, 0}},
		{{0, 0}, 0, {0, 1}},
		{{5, 0}, 6, {6, 0}},
		{{5, 0}, 5, {5, 1}},
		{{5, 3}, 5, {5, 4}},
		{{5, 3}, 1, {5, 4}},
		{{5, UINT64_MAX}, 5, {6, 0}},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct sink_id next = sink_id_next(table[i].last, table[i].now_ms);
		assert_int_equal(sink_id_compare(next, table[i].next), 0);
		assert_true(sink_id_compare(next, table[i].last) > 0);
		assert_true(sink_id_compare(sink_id_before(next), table[i].last) >= 0);
		assert_true(sink_id_compare(sink_id_before(next), next) < 0);
	}
}

static void ids_are_read_as_they_are_written(void **state)
{
	(void)state;
	static const struct sink_id ids[] = {{0, 0}, {1, 0}, {1790000000123, 42}, {UINT64_MAX, UINT64_MAX}};
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		char text[SINK_ID_TEXT_CAP];
		struct sink_id id;
		size_t len = sink_id_text(ids[i], text);
		assert_true(sink_id_parse(text, len, &id));
		assert_int_equal(sink_id_compare(id, ids[i]), 0);
	}
	static const char *const bad[] = {"", "-", "1", "1-", "-1", "1-2-3", "1 -2", "a-1", "1-b", "18446744073709551616-0", "1--2", "+1-2"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct sink_id id;
		assert_false(sink_id_parse(bad[i], strlen(bad[i]), &id));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(understands_destinations),
		cmocka_unit_test(understands_clusters),
		cmocka_unit_test(understands_sentinels),
		cmocka_unit_test(names_sinks),
		cmocka_unit_test(refuses_destinations),
		cmocka_unit_test(refuses_a_destination_without_end),
		cmocka_unit_test_setup_teardown(reads_one_line, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_a_password_that_others_can_read, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_what_is_no_file, setup, teardown),
		cmocka_unit_test_setup_teardown(takes_the_services_credential, setup, teardown),
		cmocka_unit_test(ids_rise_whatever_the_clock_does),
		cmocka_unit_test(ids_are_read_as_they_are_written),
	};
	return cmocka_run_group_tests_name("dest", tests, NULL, NULL);
}
