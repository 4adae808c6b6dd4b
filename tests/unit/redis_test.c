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

static const struct {
	const char *error;
	enum redis_verdict verdict;
} verdicts[] = {
	{"ERR The ID specified in XADD is equal or smaller than the target stream top item", REDIS_REPEAT},
	{"ERR The ID specified in XADD must be greater than 0-0", REDIS_POISON},
	{"ERR Protocol error: invalid bulk length", REDIS_POISON},
	{"ERR string exceeds maximum allowed size (proto-max-bulk-len)", REDIS_POISON},
	{"ERR nobody has heard of this", REDIS_POISON},
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
	{"ASK 15224 127.0.0.1:7103", REDIS_ASK},
	{"EXECABORT Transaction discarded because of: MOVED 1 a:1", REDIS_MOVED},
	{"MOVED 15224", REDIS_OPERATOR},
	{"MOVED 15224 ?:7103", REDIS_OPERATOR},
	{"ASK 1 127.0.0.1:0", REDIS_OPERATOR},
	{"ASKING 1 127.0.0.1:1", REDIS_OPERATOR},
	{"DENIED Redis is running in protected mode", REDIS_OPERATOR},
	{"MOVED 15224 127.0.0.1:7103", REDIS_MOVED},
	{"ERR The stream has exhausted the last possible ID, unable to add more items", REDIS_OPERATOR},
	{"ERR unknown command 'XADD', with args beginning with: ", REDIS_OPERATOR},
	{"ERR unknown command `LMOVE`, with args beginning with: ", REDIS_OPERATOR},
	{"ERR wrong number of arguments for 'xadd' command", REDIS_OPERATOR},
	{"ERR syntax error", REDIS_OPERATOR},
	{"ERR operation not permitted", REDIS_OPERATOR},
	{"ERR AUTH <password> called without any password configured for the default user.", REDIS_OPERATOR},
	{"ERR Client sent AUTH, but no password is set", REDIS_OPERATOR},
	{"ERR DB index is out of range", REDIS_OPERATOR},
	{"ERR SELECT is not allowed in cluster mode", REDIS_OPERATOR},
	{"ERR MULTI calls can not be nested", REDIS_OPERATOR},
	{"ERR EXEC without MULTI", REDIS_OPERATOR},
	{"ERR max clients reached", REDIS_ELSEWHERE},
	{"MASTERDOWN Link with MASTER is down", REDIS_ELSEWHERE},
	{"CLUSTERDOWN The cluster is down", REDIS_ELSEWHERE},
	{"CLUSTERDOWN Hash slot not served", REDIS_ELSEWHERE},
	{"UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)", REDIS_ELSEWHERE},
	{"TRYAGAIN Multiple keys request during rehashing of slot", REDIS_AGAIN},
	{"EXECABORT Transaction discarded because of: OOM command not allowed", REDIS_AGAIN},
	{"EXECABORT Transaction discarded because of: ERR odd", REDIS_POISON},
	{"CROSSSLOT Keys in request don't hash to the same slot", REDIS_OPERATOR},
	{"ERRATIC", REDIS_OPERATOR},
	{"ERR", REDIS_OPERATOR},
	{"", REDIS_OPERATOR},
	{"loading", REDIS_OPERATOR},
};

static void knows_what_errors_ask_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
		assert_int_equal(redis_verdict(verdicts[i].error), verdicts[i].verdict);
}

static void reads_where_a_redirect_leads(void **state)
{
	(void)state;
	static const struct {
		const char *error, *host;
		uint16_t port; /* 0: nowhere */
	} table[] = {
		{"MOVED 3999 127.0.0.1:6381", "127.0.0.1", 6381},
		{"ASK 0 127.0.0.1:1", "127.0.0.1", 1},
		{"MOVED 16383 redis-2.example:65535", "redis-2.example", 65535},
		{"MOVED 1 2001:db8::1:6379", "2001:db8::1", 6379},
		{"MOVED 1 ::1:6379", "::1", 6379},
		{"MOVED 1 fe80::1%eth0:6379", "fe80::1%eth0", 6379},
		{"MOVED 1 :6379", "here.example", 6379},
		{"EXECABORT Transaction discarded because of: ASK 7 b:2", "b", 2},
		{"MOVED", "", 0},
		{"MOVED ", "", 0},
		{"MOVED 1", "", 0},
		{"MOVED 1 ", "", 0},
		{"MOVED 1 :", "", 0},
		{"MOVED 1 a:", "", 0},
		{"MOVED 1 a", "", 0},
		{"MOVED 1 a:0", "", 0},
		{"MOVED 1 a:65536", "", 0},
		{"MOVED 1 a:-1", "", 0},
		{"MOVED 1 a:1x", "", 0},
		{"MOVED 1 a: 1", "", 0},
		{"MOVED 1 ?:1", "", 0},
		{"MOVED 1 a b:1", "", 0},
		{"MOVED 1 a:1 b", "", 0},
		{"MOVED 1 a\tb:1", "", 0},
		{"MOVED 1 /run/redis.sock:1", "", 0},
		{"MOVED 1 \xc3\xa9:1", "", 0},
		{"MOVED x a:1", "", 0},
		{"MOVED -1 a:1", "", 0},
		{"MOVED 123456 a:1", "", 0},
		{"MOVED 1  a:1", "", 0},
		{"", "", 0},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct dest_peer here = {.port = 7000, .host = "here.example"};
		struct dest_peer to = {0};
		assert_int_equal(redis_redirect(table[i].error, &here, &to), table[i].port != 0);
		assert_int_equal(to.port, table[i].port);
		assert_string_equal(to.host, table[i].host);
	}
	/* The host of a unix socket is this one. */
	const struct dest_peer here = {.host = "/run/redis.sock"};
	struct dest_peer to;
	assert_true(redis_redirect("MOVED 1 :7001", &here, &to));
	assert_string_equal(to.host, "localhost");
}

/* What is copied for later may not be cut. */
static void a_redirect_has_room(void **state)
{
	(void)state;
	for (size_t len = 250; len < 260; len++) {
		char host[300] = "", error[600];
		const struct dest_peer here = {0};
		struct dest_peer to;
		memset(host, 'a', len);
		snprintf(error, sizeof error, "EXECABORT Transaction discarded because of: MOVED 16383 %s:0065535", host);
		assert_int_equal(redis_redirect(error, &here, &to), len < DEST_HOST_CAP);
		assert_true(len >= DEST_HOST_CAP || strlen(error) < REDIS_REDIRECT_CAP);
	}
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
		cmocka_unit_test(reads_where_a_redirect_leads),
		cmocka_unit_test(a_redirect_has_room),
	};
	return cmocka_run_group_tests_name("redis", tests, NULL, NULL);
}
