/* SPDX-License-Identifier: Apache-2.0 */
/* The protocol: commands that keep every octet, replies that cannot grow, and what errors ask for. */
#include "sink/redis.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names that strangers may choose: line ends, quotes, spaces, NULs, percent signs. */
static void arguments_keep_every_octet(void **state)
{
	(void)state;
	static const struct {
		const char *octets;
		size_t len;
		const char *written;
		size_t written_len;
	} table[] = {
		{"plain", 5, "*2\r\n$4\r\nXADD\r\n$5\r\nplain\r\n", 25},
		{"", 0, "*2\r\n$4\r\nXADD\r\n$0\r\n\r\n", 20},
		{"a\r\nDEL x", 8, "*2\r\n$4\r\nXADD\r\n$8\r\na\r\nDEL x\r\n", 28},
		{"a\0b", 3, "*2\r\n$4\r\nXADD\r\n$3\r\na\0b\r\n", 23},
		{"%s %b %n", 8, "*2\r\n$4\r\nXADD\r\n$8\r\n%s %b %n\r\n", 28},
		{"\"' \xff", 4, "*2\r\n$4\r\nXADD\r\n$4\r\n\"' \xff\r\n", 24},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct redis_text text = {0};
		assert_int_equal(redis_put(&text, (struct redis_arg[]){redis_arg("XADD"), {table[i].octets, table[i].len}}, 2), 0);
		assert_int_equal(text.len, table[i].written_len);
		assert_memory_equal(text.octets, table[i].written, text.len);
		redis_text_free(&text);
	}
}

static void commands_follow_each_other_and_grow(void **state)
{
	(void)state;
	struct redis_text text = {0}, copy = {0};
	char *big = calloc(1, 100000);
	for (int i = 0; i < 50; i++)
		assert_int_equal(redis_put(&text, (struct redis_arg[]){redis_arg("X"), {big, 100000}}, 2), 0);
	assert_int_equal(text.len, 50 * (4 + 7 + 9 + 100000 + 2));
	assert_int_equal(redis_text_append(&copy, &text), 0);
	assert_int_equal(redis_text_append(&copy, &text), 0);
	assert_int_equal(copy.len, 2 * text.len);
	redis_text_clear(&copy, true);
	assert_int_equal(copy.len, 0);
	assert_int_equal(copy.octets[0], 0);
	redis_text_free(&text);
	redis_text_free(&copy);
	free(big);
}

#define READ(reader, literal) read_one(reader, literal, sizeof(literal) - 1)

static const struct redis_reply *read_one(struct redis_reader *reader, const char *octets, size_t len)
{
	const struct redis_reply *reply = NULL;
	assert_int_equal(redis_reader_feed(reader, octets, len), 0);
	assert_int_equal(redis_reader_next(reader, &reply), 1);
	return reply;
}

static void reads_each_kind(void **state)
{
	(void)state;
	struct redis_reader *reader = redis_reader_open();
	assert_true(redis_reply_is(READ(reader, "+OK\r\n"), REDIS_STATUS, "OK"));
	assert_true(redis_reply_is(READ(reader, "-ERR no\r\n"), REDIS_ERROR, "ERR no"));
	assert_int_equal(READ(reader, ":-42\r\n")->number, -42);
	assert_int_equal(READ(reader, "$-1\r\n")->kind, REDIS_NIL);
	const struct redis_reply *reply = READ(reader, "$4\r\na\0\r\n\r\n");
	assert_int_equal(reply->kind, REDIS_STRING);
	assert_int_equal(reply->len, 4);
	assert_memory_equal(reply->text, "a\0\r\n", 5);
	reply = READ(reader, "*3\r\n:1\r\n*2\r\n+a\r\n$1\r\nb\r\n*0\r\n");
	assert_int_equal(reply->kind, REDIS_ARRAY);
	assert_int_equal(reply->n, 3);
	assert_int_equal(reply->items[0]->number, 1);
	assert_true(redis_reply_is(reply->items[1]->items[1], REDIS_STRING, "b"));
	assert_int_equal(reply->items[2]->n, 0);
	assert_int_equal(redis_reader_next(reader, &reply), 0);
	redis_reader_close(reader);
}

static void reads_octet_by_octet(void **state)
{
	(void)state;
	static const char octets[] = "*2\r\n$3\r\nabc\r\n*1\r\n:7\r\n+OK\r\n";
	struct redis_reader *reader = redis_reader_open();
	const struct redis_reply *reply;
	int found = 0;
	for (size_t i = 0; i < sizeof octets - 1; i++) {
		assert_int_equal(redis_reader_feed(reader, octets + i, 1), 0);
		int rc = redis_reader_next(reader, &reply);
		assert_true(rc >= 0);
		found += rc;
		if (rc == 1 && found == 1)
			assert_true(redis_reply_is(reply->items[0], REDIS_STRING, "abc") && reply->items[1]->items[0]->number == 7);
	}
	assert_int_equal(found, 2);
	redis_reader_close(reader);
}

/* Servers that would have us take ever more memory. */
static void refuses_replies_without_end(void **state)
{
	(void)state;
	static const struct {
		const char *head, *more;
	} table[] = {
		{"$2147483647\r\n", "aaaaaaaaaaaaaaaa"},
		{"+", "aaaaaaaaaaaaaaaa"},
		{"*2147483647\r\n", ""},
		{"*100000\r\n", "$8\r\nabcdefgh\r\n$8\r\nabcdefgh\r\n"},
		{"*1000\r\n", "*1000\r\n"},
		{"", "*1\r\n"},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct redis_reader *reader = redis_reader_open();
		const struct redis_reply *reply;
		int rc = redis_reader_feed(reader, table[i].head, strlen(table[i].head));
		size_t fed = 0;
		while (rc >= 0 && fed < 16 << 20) {
			rc = redis_reader_next(reader, &reply);
			assert_true(rc <= 0);
			if (rc == 0)
				rc = redis_reader_feed(reader, table[i].more, strlen(table[i].more));
			fed += strlen(table[i].more) + 1;
		}
		assert_int_equal(rc, -EPROTO);
		redis_reader_close(reader);
	}
}

static void takes_many_replies_in_little_memory(void **state)
{
	(void)state;
	struct redis_reader *reader = redis_reader_open();
	char *octets = malloc(100020);
	int len = sprintf(octets, "$100000\r\n");
	memset(octets + len, 'x', 100000);
	memcpy(octets + len + 100000, "\r\n", 2);
	for (int i = 0; i < 200; i++)
		assert_int_equal(read_one(reader, octets, (size_t)len + 100002)->len, 100000);
	free(octets);
	redis_reader_close(reader);
}

static void knows_what_errors_ask_for(void **state)
{
	(void)state;
	static const struct {
		const char *error;
		enum redis_verdict verdict;
	} table[] = {
		{"ERR The ID specified in XADD is equal or smaller than the target stream top item", REDIS_REPEAT},
		{"ERR The ID specified in XADD must be greater than 0-0", REDIS_OPERATOR},
		{"ERR no such key", REDIS_NO_KEY},
		{"ERR max number of clients reached", REDIS_ELSEWHERE},
		{"ERR max number of clients + cluster connections reached", REDIS_ELSEWHERE},
		{"LOADING Redis is loading the dataset in memory", REDIS_AGAIN},
		{"OOM command not allowed when used memory > 'maxmemory'.", REDIS_AGAIN},
		{"BUSY Redis is busy running a script.", REDIS_AGAIN},
		{"BUSYKEY Target key name already exists.", REDIS_OPERATOR},
		{"MISCONF Redis is configured to save RDB snapshots", REDIS_AGAIN},
		{"NOREPLICAS Not enough good replicas to write.", REDIS_AGAIN},
		{"READONLY You can't write against a read only replica.", REDIS_ELSEWHERE},
		{"EXECABORT Transaction discarded because of previous errors.", REDIS_AGAIN},
		{"EXECABORT Transaction discarded because of: READONLY You can't write against a read only replica.", REDIS_ELSEWHERE},
		{"EXECABORT Transaction discarded because of: NOPERM no", REDIS_FORBIDDEN},
		{"NOPERM this user has no permissions", REDIS_FORBIDDEN},
		{"NOAUTH Authentication required.", REDIS_OPERATOR},
		{"WRONGPASS invalid username-password pair", REDIS_OPERATOR},
		{"WRONGTYPE Operation against a key", REDIS_OPERATOR},
		{"DENIED Redis is running in protected mode", REDIS_OPERATOR},
		{"MOVED 15224 127.0.0.1:7103", REDIS_OPERATOR},
		{"", REDIS_OPERATOR},
		{"loading", REDIS_OPERATOR},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(redis_verdict(table[i].error), table[i].verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_keep_every_octet),
		cmocka_unit_test(commands_follow_each_other_and_grow),
		cmocka_unit_test(reads_each_kind),
		cmocka_unit_test(reads_octet_by_octet),
		cmocka_unit_test(refuses_replies_without_end),
		cmocka_unit_test(takes_many_replies_in_little_memory),
		cmocka_unit_test(knows_what_errors_ask_for),
	};
	return cmocka_run_group_tests_name("redis", tests, NULL, NULL);
}
