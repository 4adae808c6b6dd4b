/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we may not ask (a user with few rights) is not known, and that is no error: records are stored without it, only a server that lost some is found out
 * less surely.
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

static int put_auth(struct greeting *greeting, struct redis_text *text, const char *user, const struct sink_secret *secret)
{
	const struct redis_arg auth = redis_arg("AUTH"), password = {secret->octets, secret->len};
	if (user[0] == '\0')
		return put(greeting, text, GREETING_AUTH, (struct redis_arg[]){auth, password}, 2);
	return put(greeting, text, GREETING_AUTH, (struct redis_arg[]){auth, redis_arg(user), password}, 3);
}

int greeting_put(struct greeting *greeting, struct redis_text *text, const char *user, const struct sink_secret *secret, uint32_t db, const char *key)
{
	int rc = 0;
	greeting->n = 0;
	if (secret->len > 0)
		rc = put_auth(greeting, text, user, secret);
	if (rc == 0 && db > 0) {
		char number[16];
		snprintf(number, sizeof number, "%" PRIu32, db);
		rc = put(greeting, text, GREETING_SELECT, (struct redis_arg[]){redis_arg("SELECT"), redis_arg(number)}, 2);
	}
	if (rc == 0)
		rc = put(greeting, text, GREETING_TOP, (struct redis_arg[]){redis_arg("XINFO"), redis_arg("STREAM"), redis_arg(key)}, 3);
	if (rc == 0)
		rc = put(greeting, text, GREETING_RUN_ID, (struct redis_arg[]){redis_arg("INFO"), redis_arg("server")}, 2);
	return rc;
}

/* `last-generated-id` of XINFO STREAM, where names and values take turns. */
static int take_top(struct greeting *greeting, const struct redis_reply *reply)
{
	greeting->has_top = false;
	greeting->top = (struct sink_id){0, 0};
	if (reply->kind == REDIS_ERROR) {
		enum redis_verdict verdict = redis_verdict(reply->text);
		greeting->has_top = verdict == REDIS_NO_KEY;
		return greeting->has_top || verdict == REDIS_FORBIDDEN ? 0 : -ECONNABORTED;
	}
	if (reply->kind != REDIS_ARRAY)
		return -EPROTO;
	for (size_t i = 0; i + 1 < reply->n; i += 2) {
		const struct redis_reply *value = reply->items[i + 1];
		if (redis_reply_is(reply->items[i], REDIS_STRING, "last-generated-id") && value->kind == REDIS_STRING)
			greeting->has_top = sink_id_parse(value->text, value->len, &greeting->top);
	}
	return 0;
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

int greeting_take(struct greeting *greeting, size_t i, const struct redis_reply *reply)
{
	switch (greeting->steps[i]) {
	case GREETING_AUTH:
	case GREETING_SELECT:
		if (reply->kind == REDIS_ERROR)
			return -ECONNABORTED;
		return reply->kind == REDIS_STATUS ? 0 : -EPROTO;
	case GREETING_TOP:
		return take_top(greeting, reply);
	case GREETING_RUN_ID:
		take_run_id(greeting, reply);
		return 0;
	}
	return -EPROTO;
}
