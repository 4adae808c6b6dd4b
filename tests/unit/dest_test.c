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
static void understands_destinations(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum dest_kind kind;
		const char *host, *path, *user;
		uint16_t port;
		uint32_t db;
	} table[] = {
		{"-", DEST_STDOUT, "", "", "", 0, 0},
		{"none", DEST_NONE, "", "", "", 0, 0},
		{"hits.ndjson", DEST_FILE, "", "", "", 0, 0},
		{"/var/log/c2watch/hits.ndjson", DEST_FILE, "", "", "", 0, 0},
		{"./none", DEST_FILE, "", "", "", 0, 0},
		{"redis:", DEST_FILE, "", "", "", 0, 0},
		{"redis://localhost", DEST_TCP, "localhost", "", "", 6379, 0},
		{"redis://localhost/", DEST_TCP, "localhost", "", "", 6379, 0},
		{"redis://10.0.0.1:6380/15", DEST_TCP, "10.0.0.1", "", "", 6380, 15},
		{"redis://sensor-1@redis.example:6379/0", DEST_TCP, "redis.example", "", "sensor-1", 6379, 0},
		{"redis://[::1]", DEST_TCP, "::1", "", "", 6379, 0},
		{"redis://[2001:db8::1]:6380/2", DEST_TCP, "2001:db8::1", "", "", 6380, 2},
		{"redis://[fe80::1%eth0]:6380", DEST_TCP, "fe80::1%eth0", "", "", 6380, 0},
		{"redis://u@[::ffff:10.0.0.1]", DEST_TCP, "::ffff:10.0.0.1", "", "u", 6379, 0},
		{"unix:///run/redis/redis.sock", DEST_UNIX, "", "/run/redis/redis.sock", "", 0, 0},
		{"unix:///run/redis/redis.sock?db=7", DEST_UNIX, "", "/run/redis/redis.sock", "", 0, 7},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct sink_dest dest;
		char why[SINK_WHY_CAP] = "";
		if (dest_parse(table[i].text, &dest, why) != 0)
			fail_msg("%s: %s", table[i].text, why);
		assert_int_equal(dest.kind, table[i].kind);
		assert_string_equal(dest.text, table[i].text);
		assert_string_equal(dest.host, table[i].host);
		assert_string_equal(dest.path, table[i].path);
		assert_string_equal(dest.user, table[i].user);
		assert_int_equal(dest.port, table[i].port);
		assert_int_equal(dest.db, table[i].db);
		assert_int_equal(dest_is_redis(&dest), dest.host[0] != '\0' || dest.path[0] != '\0');
	}
}

/* Destinations that are not, and a word of the line that says why. */
static void refuses_destinations(void **state)
{
	(void)state;
	static const struct {
		const char *text, *word;
	} table[] = {
		{"", "empty"},
		{"rediss://host", "rediss:// is not a known scheme"},
		{"redis+sentinel://host/m", "not a known scheme"},
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
		{"redis://host?db=1", "want redis://"},
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
		{"unix:///run/redis.sock?db=", "db=N"},
		{"unix:///run/redis.sock?database=1", "db=N"},
		{"unix:///run/0123456789"
		 "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
			"107"},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct sink_dest dest;
		char why[SINK_WHY_CAP] = "";
		if (dest_parse(table[i].text, &dest, why) != -EINVAL)
			fail_msg("%s: taken", table[i].text);
		if (strstr(why, table[i].word) == NULL)
			fail_msg("%s: %s", table[i].text, why);
		assert_null(strstr(why, "secret"));
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
