/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of the spool: which ones it takes, and which not. */
#include "spool_ground.h"

/* The folder. */

static int try_open(const char *dir, const char *sensor, char why[static SINK_WHY_CAP])
{
	struct spool *spool;
	struct spool_options options = {.dir = dir, .sensor = sensor};
	int rc = spool_open(&spool, &options, why);
	if (rc == 0)
		spool_close(spool);
	return rc;
}

static void makes_its_folder_with_parents_private(void **state)
{
	const struct ground *ground = *state;
	char dir[128], why[SINK_WHY_CAP];
	struct stat st;
	snprintf(dir, sizeof dir, "%s/a/b/c/", ground->top);
	assert_int_equal(try_open(dir, "s1", why), 0);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(try_open(dir, "s1", why), 0);
}

static void refuses_a_folder_that_others_may_write_to(void **state)
{
	const struct ground *ground = *state;
	static const mode_t modes[] = {0777, 0770, 0702, 0720};
	char why[SINK_WHY_CAP];
	assert_int_equal(mkdir(ground->dir, 0700), 0);
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		chmod(ground->dir, modes[i]);
		assert_int_equal(try_open(ground->dir, "s1", why), -EPERM);
		assert_non_null(strstr(why, "chmod 700"));
	}
	chmod(ground->dir, 0750);
	assert_int_equal(try_open(ground->dir, "s1", why), 0);
}

static void refuses_a_symbolic_link(void **state)
{
	const struct ground *ground = *state;
	char real[96], why[SINK_WHY_CAP], with_slash[112];
	snprintf(real, sizeof real, "%s/real", ground->top);
	mkdir(real, 0700);
	assert_int_equal(symlink(real, ground->dir), 0);
	assert_int_equal(try_open(ground->dir, "s1", why), -ELOOP);
	snprintf(with_slash, sizeof with_slash, "%s/", ground->dir);
	assert_int_equal(try_open(with_slash, "s1", why), -ELOOP);
	assert_non_null(strstr(why, "symbolic link"));
}

static void refuses_what_is_no_folder(void **state)
{
	const struct ground *ground = *state;
	char why[SINK_WHY_CAP];
	write_file(ground->dir, (const uint8_t *)"x", 1);
	assert_int_equal(try_open(ground->dir, "s1", why), -ENOTDIR);
	unlink(ground->dir);
	assert_int_equal(mkfifo(ground->dir, 0600), 0);
	assert_int_equal(try_open(ground->dir, "s1", why), -ENOTDIR);
}

static void refuses_somebody_elses_folder(void **state)
{
	const struct ground *ground = *state;
	char why[SINK_WHY_CAP];
	if (geteuid() != 0)
		return;
	mkdir(ground->dir, 0700);
	assert_int_equal(chown(ground->dir, 65534, 65534), 0);
	assert_int_equal(try_open(ground->dir, "s1", why), -EPERM);
	assert_non_null(strstr(why, "belongs to user 65534"));
}

static void refuses_a_second_process(void **state)
{
	const struct ground *ground = *state;
	struct spool *spool = open_plain(ground);
	pid_t child = fork();
	if (child == 0) {
		char why[SINK_WHY_CAP];
		int rc = try_open(ground->dir, "s1", why), other = try_open(ground->dir, "s2", why);
		_exit(rc == -EWOULDBLOCK && other == -EWOULDBLOCK && strstr(why, "another process") != NULL ? 0 : 1);
	}
	int status;
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	spool_close(spool);
	char why[SINK_WHY_CAP];
	assert_int_equal(try_open(ground->dir, "s1", why), 0);
}

static void refuses_a_sensor_name_that_is_no_name(void **state)
{
	const struct ground *ground = *state;
	static const char *const names[] = {
		"", ".", "..", ".x", "a/b", "a b", "a{b}", "s\xc3\xa9", "12345678901234567890123456789012345678901234567890123456789012345"};
	char why[SINK_WHY_CAP];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(try_open(ground->dir, names[i], why), -EINVAL);
}

static void sensors_do_not_see_each_others_records(void **state)
{
	const struct ground *ground = *state;
	struct spool *spool = open_plain(ground);
	append_all(spool, 1, 5);
	spool_close(spool);
	char why[SINK_WHY_CAP];
	struct spool_options options = {.dir = ground->dir, .sensor = "s2"};
	assert_int_equal(spool_open(&spool, &options, why), 0);
	struct spool_cursor *cursor = open_cursor(spool);
	expect_end(cursor);
	spool_cursor_close(cursor);
	spool_close(spool);
	/* Files that were moved are not taken for ours. */
	char from[192], to[192];
	segment_path(ground, 1, from);
	snprintf(to, sizeof to, "%s/s2/00000000000000000001.seg", ground->dir);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(spool_open(&spool, &options, why), -EINVAL);
	assert_non_null(strstr(why, "belongs to sensor s1"));
}

static void refuses_a_version_that_it_does_not_know(void **state)
{
	const struct ground *ground = *state;
	struct spool *spool = open_plain(ground);
	append_all(spool, 1, 1);
	spool_close(spool);
	char path[192], why[SINK_WHY_CAP];
	segment_path(ground, 1, path);
	size_t len;
	uint8_t *octets = read_file(path, &len);
	uint8_t head[SEGMENT_HEAD_LEN];
	memcpy(head, octets, sizeof head);
	head[11] = 2;
	uint32_t crc = crc32c(0, head, SEGMENT_HEAD_LEN - 4);
	for (int i = 0; i < 4; i++)
		head[SEGMENT_HEAD_LEN - 4 + i] = (uint8_t)(crc >> (24 - 8 * i));
	memcpy(octets, head, sizeof head);
	write_file(path, octets, len);
	free(octets);
	assert_int_equal(try_open(ground->dir, "s1", why), -EINVAL);
	assert_non_null(strstr(why, "version 2"));
}

static void steps_over_what_it_does_not_know(void **state)
{
	const struct ground *ground = *state;
	struct spool *spool = open_plain(ground);
	append_all(spool, 1, 3);
	spool_close(spool);
	char path[192];
	static const char *const names[] = {"new.tmp", "1.seg", "x.seg", "00000000000000000000.seg", "notes.txt", "99999999999999999999999.seg"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/s1/%s", ground->dir, names[i]);
		write_file(path, (const uint8_t *)"?", 1);
	}
	spool = open_plain(ground);
	struct spool_cursor *cursor = open_cursor(spool);
	append_all(spool, 4, 4);
	expect_records(cursor, 1, 4);
	expect_end(cursor);
	spool_cursor_close(cursor);
	spool_close(spool);
}

int main(void)
{
	log_open("spooldir", LOG_QUIET);
	const struct CMUnitTest tests[] = {
		CASE(makes_its_folder_with_parents_private),
		CASE(refuses_a_folder_that_others_may_write_to),
		CASE(refuses_a_symbolic_link),
		CASE(refuses_what_is_no_folder),
		CASE(refuses_somebody_elses_folder),
		CASE(refuses_a_second_process),
		CASE(refuses_a_sensor_name_that_is_no_name),
		CASE(sensors_do_not_see_each_others_records),
		CASE(refuses_a_version_that_it_does_not_know),
		CASE(steps_over_what_it_does_not_know),
	};
	return cmocka_run_group_tests_name("spooldir", tests, NULL, NULL);
}
