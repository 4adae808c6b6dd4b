/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we may not ask of a stream (a user with few rights) is not known, and that is no error: records are stored without it, only a server that lost some
 * is found out less surely. Nor is it one that there may be no transactions: they go one by one then, and it has to be known before the first does. A list
 * is another matter: nothing but its top keeps a record from coming twice, and nothing but a transaction keeps the top true.
 */
#include "sink/greeting.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int put(struct greeting *greeting, struct redis_text *text, enum greeting_step step, const struct redis_arg *args, size_t n)
{
	int rc = redis_put(text, args, n);
	if (rc == 0)
		greeting->steps[greeting->n++] = step;
	return rc;
}

int greeting_put_auth(struct redis_text *text, const char *user, const struct sink_secret *secret)
{
	const struct redis_arg auth = redis_arg("AUTH"), password = {secret->octets, secret->len};
	if (user[0] == '\0')
		return redis_put(text, (struct redis_arg[]){auth, password}, 2);
	return redis_put(text, (struct redis_arg[]){auth, redis_arg(user), password}, 3);
}

static int put_questions(struct greeting *greeting, struct redis_text *text, const struct target *target)
{
	const struct redis_arg key = redis_arg(target->key), ping = redis_arg("PING");
	if (target->mode == DEST_CHANNEL)
		return put(greeting, text, GREETING_PING, &ping, 1);
	if (target->mode != DEST_STREAM)
		return 0;
	int rc = greeting->has_asking ? put(greeting, text, GREETING_OK, (struct redis_arg[]){redis_arg("ASKING")}, 1) : 0;
	if (rc == 0)
		rc = put(greeting, text, GREETING_TOP, (struct redis_arg[]){redis_arg("XINFO"), redis_arg("STREAM"), key}, 3);
	return rc != 0 ? rc : put(greeting, text, GREETING_RUN_ID, (struct redis_arg[]){redis_arg("INFO"), redis_arg("server")}, 2);
}

static int put_transaction(struct greeting *greeting, struct redis_text *text, const struct target *target)
{
	const struct redis_arg multi = redis_arg("MULTI"), exec = redis_arg("EXEC");
	const struct redis_arg index[] = {redis_arg("LINDEX"), redis_arg(target->top_key), redis_arg("-1")};
	int rc = put(greeting, text, GREETING_MULTI, &multi, 1);
	if (rc == 0 && target->mode == DEST_LIST)
		rc = put(greeting, text, GREETING_QUEUED, index, 3);
	return rc != 0 ? rc : put(greeting, text, GREETING_EXEC, &exec, 1);
}

int greeting_put(struct greeting *greeting, struct redis_text *text, const char *user, const struct sink_secret *secret, uint32_t db,
	const struct target *target)
{
	int rc = 0;
	greeting->n = 0;
	greeting->has_top = false;
	greeting->is_other_server = false;
	if (secret->len > 0) {
		rc = greeting_put_auth(text, user, secret);
		greeting->steps[greeting->n++] = GREETING_OK;
	}
	if (rc == 0 && db > 0) {
		char number[16];
		snprintf(number, sizeof number, "%" PRIu32, db);
		rc = put(greeting, text, GREETING_OK, (struct redis_arg[]){redis_arg("SELECT"), redis_arg(number)}, 2);
	}
	if (rc == 0 && greeting->wants_master)
		rc = put(greeting, text, GREETING_ROLE, (struct redis_arg[]){redis_arg("ROLE")}, 1);
	if (rc == 0)
		rc = put_questions(greeting, text, target);
	greeting->is_list = target->mode == DEST_LIST;
	return rc != 0 ? rc : put_transaction(greeting, text, target);
}

static int give_up(struct greeting *greeting, const char *why)
{
	snprintf(greeting->why, sizeof greeting->why, "%s", why);
	return -ECONNABORTED;
}

/* Ids rise, and above this one there are none left: nothing of ours could follow, here or at any other server once we had gone there. */
static int check_top(struct greeting *greeting, const char *what)
{
	if (greeting->top.ms < UINT64_MAX)
		return 0;
	snprintf(greeting->why, sizeof greeting->why, "%s is at the end of all ids, where no record can follow: rename or delete it", what);
	return -ECONNABORTED;
}

/* The value of the field `name` in a reply where names and values take turns; null when there is none of that kind. */
static const struct redis_reply *field(const struct redis_reply *reply, const char *name, enum redis_kind kind)
{
	for (size_t i = 0; i + 1 < reply->n; i += 2)
		if (redis_reply_is(reply->items[i], REDIS_STRING, name) && reply->items[i + 1]->kind == kind)
			return reply->items[i + 1];
	return NULL;
}

/* Up to where entries may have gone from the stream, by what XINFO STREAM says; `entries-added` is there from Redis 7.0 on. */
static struct sink_id trimmed_to(const struct redis_reply *reply)
{
	const struct redis_reply *length = field(reply, "length", REDIS_INTEGER), *added = field(reply, "entries-added", REDIS_INTEGER);
	const struct redis_reply *first = field(reply, "first-entry", REDIS_ARRAY);
	struct sink_id id = {UINT64_MAX, UINT64_MAX};
	if (length != NULL && added != NULL && length->number == added->number)
		return (struct sink_id){0, 0};
	if (first != NULL && first->n > 0 && first->items[0]->kind == REDIS_STRING)
		sink_id_parse(first->items[0]->text, first->items[0]->len, &id);
	return id;
}

/* XINFO STREAM */
static int take_top(struct greeting *greeting, const struct redis_reply *reply)
{
	greeting->top = greeting->trimmed_to = (struct sink_id){0, 0};
	if (reply->kind == REDIS_ERROR) {
		enum redis_verdict verdict = redis_verdict(reply->text);
		greeting->has_top = verdict == REDIS_NO_KEY;
		if (verdict == REDIS_FORBIDDEN)
			greeting->trimmed_to = (struct sink_id){UINT64_MAX, UINT64_MAX};
		return greeting->has_top || verdict == REDIS_FORBIDDEN ? 0 : give_up(greeting, reply->text);
	}
	if (reply->kind != REDIS_ARRAY)
		return -EPROTO;
	const struct redis_reply *top = field(reply, "last-generated-id", REDIS_STRING);
	greeting->has_top = top != NULL && sink_id_parse(top->text, top->len, &greeting->top);
	greeting->trimmed_to = trimmed_to(reply);
	return check_top(greeting, "the stream");
}

/* What EXEC says: of a list the newest id or nil, else nothing. */
static int take_exec(struct greeting *greeting, const struct redis_reply *reply)
{
	if (reply->kind == REDIS_ERROR)
		return greeting->has_transactions ? give_up(greeting, reply->text) : 0;
	if (reply->kind != REDIS_ARRAY || reply->n != greeting->is_list)
		return -EPROTO;
	if (!greeting->is_list)
		return 0;
	const struct redis_reply *top = reply->items[0];
	greeting->top = (struct sink_id){0, 0};
	if (top->kind == REDIS_ERROR)
		return give_up(greeting, top->text);
	if (top->kind == REDIS_STRING && !sink_id_parse(top->text, top->len, &greeting->top))
		return give_up(greeting, "the key that tells the list's newest id holds something else: delete it");
	if (top->kind != REDIS_STRING && top->kind != REDIS_NIL)
		return -EPROTO;
	greeting->has_top = true;
	return check_top(greeting, "the list");
}

static int take_multi(struct greeting *greeting, const struct redis_reply *reply)
{
	greeting->has_transactions = reply->kind != REDIS_ERROR;
	if (greeting->has_transactions)
		return reply->kind == REDIS_STATUS ? 0 : -EPROTO;
	enum redis_verdict verdict = redis_verdict(reply->text);
	bool is_passing = verdict == REDIS_AGAIN || verdict == REDIS_ELSEWHERE;
	return greeting->is_list || is_passing ? give_up(greeting, reply->text) : 0;
}

/* `run_id:` of INFO. */
static void take_run_id(struct greeting *greeting, const struct redis_reply *reply)
{
	char run_id[GREETING_RUN_ID_LEN + 1] = "";
	const char *line = reply->kind == REDIS_STRING ? strstr(reply->text, "run_id:") : NULL;
	if (line != NULL)
		snprintf(run_id, sizeof run_id, "%.*s", (int)strcspn(line + 7, "\r\n"), line + 7);
	greeting->is_other_server = greeting->run_id[0] != '\0' && run_id[0] != '\0' && strcmp(run_id, greeting->run_id) != 0;
	if (run_id[0] != '\0')
		memcpy(greeting->run_id, run_id, sizeof run_id);
}

/* The first word of ROLE. Who may not ask has the sentinels' word alone. */
static int take_role(struct greeting *greeting, const struct redis_reply *reply)
{
	if (reply->kind == REDIS_ERROR)
		return redis_verdict(reply->text) == REDIS_FORBIDDEN ? 0 : give_up(greeting, reply->text);
	if (reply->kind != REDIS_ARRAY || reply->n == 0)
		return -EPROTO;
	return redis_reply_is(reply->items[0], REDIS_STRING, "master") ? 0 : -ESTALE;
}

static int take_ok(struct greeting *greeting, const struct redis_reply *reply)
{
	if (reply->kind == REDIS_ERROR)
		return give_up(greeting, reply->text);
	return reply->kind == REDIS_STATUS ? 0 : -EPROTO;
}

int greeting_take(struct greeting *greeting, size_t i, const struct redis_reply *reply)
{
	switch (greeting->steps[i]) {
	case GREETING_PING:
		/* Who may not be asked how they do may be well all the same. */
		return reply->kind == REDIS_ERROR && redis_verdict(reply->text) == REDIS_FORBIDDEN ? 0 : take_ok(greeting, reply);
	case GREETING_OK:
	case GREETING_QUEUED:
		return take_ok(greeting, reply);
	case GREETING_ROLE:
		return take_role(greeting, reply);
	case GREETING_TOP:
		return take_top(greeting, reply);
	case GREETING_RUN_ID:
		take_run_id(greeting, reply);
		return 0;
	case GREETING_MULTI:
		return take_multi(greeting, reply);
	case GREETING_EXEC:
		return take_exec(greeting, reply);
	}
	return -EPROTO;
}
