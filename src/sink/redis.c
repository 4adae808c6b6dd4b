/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hiredis, as far as we use it: to write commands, always with explicit lengths (its printf-like calls split and cut what a stranger put into a name), and
 * to read replies. The replies are built in one block of memory that is given back as a whole; when it is full, the reply is too large.
 */
#include "sink/redis.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#define REDIS_ARGS_MAX 128

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

int redis_put(struct redis_text *text, const struct redis_arg *args, size_t n)
{
	const char *octets[REDIS_ARGS_MAX];
	size_t lens[REDIS_ARGS_MAX];
	if (n > REDIS_ARGS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		octets[i] = args[i].octets;
		lens[i] = args[i].len;
	}
	char *command = NULL;
	int len = redisFormatCommandArgv(&command, (int)n, octets, lens);
	if (len < 0)
		return -ENOMEM;
	int rc = reserve(text, (size_t)len);
	if (rc == 0) {
		memcpy(text->octets + text->len, command, (size_t)len);
		text->len += (size_t)len;
	}
	if (n > 0 && args[0].len == 4 && memcmp(args[0].octets, "AUTH", 4) == 0)
		explicit_bzero(command, (size_t)len);
	redisFreeCommand(command);
	return rc;
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
static redisReplyObjectFunctions redis_makers = {make_text, make_array, make_integer, make_nil, free_nothing};

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

enum redis_verdict redis_verdict(const char *error)
{
	static const char discarded[] = "EXECABORT Transaction discarded because of: ";
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
		{"NOPERM ", REDIS_FORBIDDEN},
	};
	if (strncmp(error, discarded, sizeof discarded - 1) == 0)
		error += sizeof discarded - 1;
	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
		if (strncmp(error, verdicts[i].begins, strlen(verdicts[i].begins)) == 0)
			return verdicts[i].verdict;
	}
	return REDIS_OPERATOR;
}
