/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands are arrays of bulk strings with explicit lengths (RESP2, "Sending commands to a Redis server"), so that no octet of a stranger's means anything.
 * hiredis' printf-like calls split and cut what a stranger put into a name, and its formatter for arrays of arguments prints each number with sprintf(3):
 * a third of what spool and sender together spend in user mode (decision 019). Replies are hiredis' to read: built in one block of memory that is given back as a whole; when it is full, the reply is
 * too large.
 */
#include "sink/redis.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#define REDIS_HEAD_MAX 23 /* kind, 20 digits, CR LF */

struct redis_arg redis_arg(const char *text)
{
	return (struct redis_arg){.octets = text, .len = strlen(text)};
}

static int reserve(struct redis_text *text, size_t len)
{
	if (text->cap - text->len >= len)
		return 0;
	size_t cap = text->cap == 0 ? 65536 : text->cap;
	while (cap - text->len < len)
		cap *= 2;
	char *grown = realloc(text->octets, cap);
	if (grown == NULL)
		return -ENOMEM;
	text->octets = grown;
	text->cap = cap;
	return 0;
}

/* The head of an array or of a bulk string: kind, number, CR LF. */
static char *put_head(char *to, char kind, size_t n)
{
	char digits[20];
	size_t len = 0;
	do
		digits[len++] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	*to++ = kind;
	while (len > 0)
		*to++ = digits[--len];
	*to++ = '\r';
	*to++ = '\n';
	return to;
}

int redis_put(struct redis_text *text, const struct redis_arg *args, size_t n)
{
	size_t len = REDIS_HEAD_MAX;
	for (size_t i = 0; i < n; i++)
		len += REDIS_HEAD_MAX + args[i].len + 2;
	int rc = reserve(text, len);
	if (rc != 0)
		return rc;
	char *to = put_head(text->octets + text->len, '*', n);
	for (size_t i = 0; i < n; i++) {
		to = put_head(to, '$', args[i].len);
		if (args[i].len > 0)
			memcpy(to, args[i].octets, args[i].len);
		to += args[i].len;
		*to++ = '\r';
		*to++ = '\n';
	}
	text->len = (size_t)(to - text->octets);
	return 0;
}

int redis_text_append(struct redis_text *text, const struct redis_text *more)
{
	int rc = reserve(text, more->len);
	if (rc == 0 && more->len > 0) {
		memcpy(text->octets + text->len, more->octets, more->len);
		text->len += more->len;
	}
	return rc;
}

void redis_text_clear(struct redis_text *text, bool is_secret)
{
	if (is_secret && text->octets != NULL)
		explicit_bzero(text->octets, text->cap);
	text->len = 0;
}

void redis_text_free(struct redis_text *text)
{
	redis_text_clear(text, true);
	free(text->octets);
	*text = (struct redis_text){0};
}

bool redis_reply_is(const struct redis_reply *reply, enum redis_kind kind, const char *text)
{
	return reply->kind == kind && reply->len == strlen(text) && memcmp(reply->text, text, reply->len) == 0;
}

struct redis_reader {
	redisReader *hiredis;
	size_t used;
	_Alignas(max_align_t) char block[REDIS_REPLY_MAX];
};

/* Takes `len` octets from the block, or null when it is full. */
static void *take(struct redis_reader *reader, size_t len)
{
	size_t rounded = (len + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	if (rounded < len || rounded > sizeof reader->block - reader->used)
		return NULL;
	void *taken = reader->block + reader->used;
	reader->used += rounded;
	return taken;
}

/* Makes the reply that `task` is about and hangs it into the array that it belongs to. */
static struct redis_reply *make(const redisReadTask *task, enum redis_kind kind)
{
	struct redis_reply *reply = take(task->privdata, sizeof *reply);
	if (reply == NULL)
		return NULL;
	*reply = (struct redis_reply){.kind = kind, .text = ""};
	if (task->parent != NULL) {
		struct redis_reply *array = task->parent->obj;
		array->items[task->idx] = reply;
	}
	return reply;
}

static void *make_text(const redisReadTask *task, char *octets, size_t len)
{
	enum redis_kind kind = task->type == REDIS_REPLY_ERROR ? REDIS_ERROR : task->type == REDIS_REPLY_STATUS ? REDIS_STATUS : REDIS_STRING;
	struct redis_reply *reply = make(task, kind);
	char *copy = reply == NULL ? NULL : take(task->privdata, len + 1);
	if (copy == NULL)
		return NULL;
	memcpy(copy, octets, len);
	copy[len] = '\0';
	reply->text = copy;
	reply->len = len;
	return reply;
}

static void *make_array(const redisReadTask *task, int n)
{
	struct redis_reply *reply = make(task, REDIS_ARRAY);
	if (reply == NULL || n < 0 || (size_t)n > REDIS_REPLY_MAX / sizeof *reply->items)
		return NULL;
	reply->items = take(task->privdata, (size_t)n * sizeof *reply->items);
	if (reply->items == NULL)
		return NULL;
	reply->n = (size_t)n;
	return reply;
}

static void *make_integer(const redisReadTask *task, long long number)
{
	struct redis_reply *reply = make(task, REDIS_INTEGER);
	if (reply != NULL)
		reply->number = number;
	return reply;
}

static void *make_nil(const redisReadTask *task)
{
	return make(task, REDIS_NIL);
}

static void free_nothing(void *reply)
{
	(void)reply; /* the block is given back as a whole */
}

/* Never written to; hiredis does not take it as const. */
static redisReplyObjectFunctions redis_makers = {
	.createString = make_text, .createArray = make_array, .createInteger = make_integer, .createNil = make_nil, .freeObject = free_nothing};

struct redis_reader *redis_reader_open(void)
{
	struct redis_reader *reader = malloc(sizeof *reader);
	if (reader == NULL)
		return NULL;
	reader->hiredis = NULL;
	if (redis_reader_reset(reader) == 0)
		return reader;
	free(reader);
	return NULL;
}

int redis_reader_reset(struct redis_reader *reader)
{
	redisReader *hiredis = redisReaderCreateWithFunctions(&redis_makers);
	if (hiredis == NULL)
		return -ENOMEM;
	hiredis->privdata = reader;
	redisReaderFree(reader->hiredis);
	reader->hiredis = hiredis;
	reader->used = 0;
	return 0;
}

void redis_reader_close(struct redis_reader *reader)
{
	if (reader == NULL)
		return;
	redisReaderFree(reader->hiredis);
	free(reader);
}

int redis_reader_feed(struct redis_reader *reader, const char *octets, size_t len)
{
	size_t waiting = reader->hiredis->len - reader->hiredis->pos;
	if (len > REDIS_REPLY_MAX || waiting > REDIS_REPLY_MAX - len)
		return -EPROTO;
	return redisReaderFeed(reader->hiredis, octets, len) == REDIS_OK ? 0 : -ENOMEM;
}

int redis_reader_next(struct redis_reader *reader, const struct redis_reply **reply)
{
	void *found = NULL;
	/* Between two replies nothing of the block is in use; within one, its beginning is. */
	if (reader->hiredis->ridx < 0)
		reader->used = 0;
	if (redisReaderGetReply(reader->hiredis, &found) != REDIS_OK)
		return -EPROTO;
	*reply = found;
	return found != NULL;
}

/* The reason that a discarded transaction gives. */
static const char *cause(const char *error)
{
	static const char discarded[] = "EXECABORT Transaction discarded because of: ";
	return strncmp(error, discarded, sizeof discarded - 1) == 0 ? error + sizeof discarded - 1 : error;
}

bool redis_redirect(const char *error, const struct dest_peer *here, struct dest_peer *to)
{
	error = cause(error);
	const char *slot = error + strcspn(error, " ") + (strchr(error, ' ') != NULL);
	size_t slot_len = strspn(slot, "0123456789");
	if (slot_len == 0 || slot_len > 5 || slot[slot_len] != ' ')
		return false;
	const char *host = slot + slot_len + 1;
	const char *colon = strrchr(host, ':'); /* an IPv6 address has others, and no brackets */
	if (colon == NULL)
		return false;
	const char *port = colon + 1;
	size_t host_len = (size_t)(colon - host);
	if (host_len == 0) {
		host = here->port == 0 ? "localhost" : here->host; /* a unix socket is this host's */
		host_len = strlen(host);
	}
	return dest_peer_set(to, host, host_len, port, strlen(port));
}

enum redis_verdict redis_verdict(const char *error)
{
	static const struct {
		const char *begins;
		enum redis_verdict verdict;
	} verdicts[] = {
		{"ERR The ID specified in XADD is equal or smaller", REDIS_REPEAT},
		{"ERR no such key", REDIS_NO_KEY},
		{"ERR max number of clients", REDIS_ELSEWHERE},
		{"ERR max clients", REDIS_ELSEWHERE},
		{"LOADING ", REDIS_AGAIN},
		{"BUSY ", REDIS_AGAIN},
		{"OOM ", REDIS_AGAIN},
		{"MISCONF ", REDIS_AGAIN},
		{"NOREPLICAS ", REDIS_AGAIN},
		{"TRYAGAIN ", REDIS_AGAIN},
		{"EXECABORT ", REDIS_AGAIN},
		{"READONLY ", REDIS_ELSEWHERE},
		{"MASTERDOWN ", REDIS_ELSEWHERE},
		{"CLUSTERDOWN ", REDIS_ELSEWHERE},
		{"UNBLOCKED ", REDIS_ELSEWHERE},
		{"MOVED ", REDIS_MOVED},
		{"ASK ", REDIS_ASK},
		{"NOPERM ", REDIS_FORBIDDEN},
		{"ERR unknown command", REDIS_OPERATOR},
		{"ERR unknown subcommand", REDIS_OPERATOR},
		{"ERR wrong number of arguments", REDIS_OPERATOR},
		{"ERR syntax error", REDIS_OPERATOR},
		{"ERR operation not permitted", REDIS_OPERATOR}, /* NOAUTH, before Redis 3 and by proxies */
		{"ERR invalid password", REDIS_OPERATOR},
		{"ERR AUTH ", REDIS_OPERATOR},
		{"ERR Client sent AUTH", REDIS_OPERATOR},
		{"ERR DB index is out of range", REDIS_OPERATOR},
		{"ERR invalid DB index", REDIS_OPERATOR},
		{"ERR SELECT is not allowed in cluster mode", REDIS_OPERATOR},
		{"ERR This instance has cluster support disabled", REDIS_OPERATOR},
		{"ERR The stream has exhausted the last possible ID", REDIS_OPERATOR},
		{"ERR MULTI ", REDIS_OPERATOR},
		{"ERR EXEC ", REDIS_OPERATOR},
		{"ERR DISCARD ", REDIS_OPERATOR},
		{"ERR ", REDIS_POISON},
	};
	size_t i = 0, n = sizeof verdicts / sizeof *verdicts;
	struct dest_peer nowhere = {0};
	error = cause(error);
	while (i < n && strncmp(error, verdicts[i].begins, strlen(verdicts[i].begins)) != 0)
		i++;
	enum redis_verdict verdict = i < n ? verdicts[i].verdict : REDIS_OPERATOR;
	if ((verdict == REDIS_MOVED || verdict == REDIS_ASK) && !redis_redirect(error, &nowhere, &nowhere))
		return REDIS_OPERATOR;
	return verdict;
}
