/* SPDX-License-Identifier: Apache-2.0 */
/* A server for the outbox's tests: streams by their rules (rising ids, MULTI and EXEC), errors where a test wants them. Not a Redis, but as strict. */
#ifndef TESTS_REDIS_MODEL_H
#define TESTS_REDIS_MODEL_H

#include "sink/sink.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODEL_IDS_MAX 4096
#define MODEL_ARGS_MAX 64

struct model {
	/* What the test sets. */
	const char *forbidden[4]; /* commands that get NOPERM */
	const char *add_error;    /* what the XADD number error_at gets; then all is well again, unless it is_lasting */
	size_t error_at;
	bool is_lasting;
	const char *exec_error;  /* what the next EXEC gets, once */
	const char *greet_error; /* what XINFO gets, lasting */
	const char *password;
	const char *run_id;
	bool is_foreign; /* entries are another writer's */

	/* What happened. */
	uint64_t ids[MODEL_IDS_MAX]; /* the ms of each entry, in order */
	size_t n;
	struct sink_id top;
	size_t adds, multis, ranges, beats, auths;
	char auth_user[64];

	bool is_multi, is_aborted, is_known;
	size_t queued_n;
	struct sink_id queued[512];

	char in[1 << 20];
	size_t in_len;
	char out[1 << 20];
	size_t out_len;
};

static inline void model_say(struct model *model, const char *text)
{
	size_t len = strlen(text);
	memcpy(model->out + model->out_len, text, len);
	model->out_len += len;
}

static inline void model_error(struct model *model, const char *text)
{
	model_say(model, "-");
	model_say(model, text);
	model_say(model, "\r\n");
}

static inline void model_bulk(struct model *model, const char *text)
{
	char head[32];
	snprintf(head, sizeof head, "$%zu\r\n", strlen(text));
	model_say(model, head);
	model_say(model, text);
	model_say(model, "\r\n");
}

/* A new connection: what was half said is forgotten. */
static inline void model_connect(struct model *model)
{
	model->is_multi = model->is_aborted = model->is_known = false;
	model->queued_n = model->in_len = model->out_len = 0;
}

static inline void model_add(struct model *model, struct sink_id id)
{
	char text[SINK_ID_TEXT_CAP];
	if (sink_id_compare(id, model->top) <= 0) {
		model_error(model, "ERR The ID specified in XADD is equal or smaller than the target stream top item");
		return;
	}
	model->top = id;
	model->ids[model->n++] = id.ms;
	sink_id_text(id, text);
	model_bulk(model, text);
}

static inline void model_xadd(struct model *model, const char *id_text)
{
	struct sink_id id = {0, 0};
	sink_id_parse(id_text, strlen(id_text), &id);
	const char *error = model->add_error;
	bool is_error = error != NULL && (model->adds == model->error_at || (model->is_lasting && model->adds > model->error_at));
	model->adds++;
	if (is_error) {
		if (!model->is_lasting)
			model->add_error = NULL;
		model->is_aborted |= model->is_multi;
		model_error(model, error);
	} else if (model->is_multi) {
		model->queued[model->queued_n++] = id;
		model_say(model, "+QUEUED\r\n");
	} else {
		model_add(model, id);
	}
}

static inline void model_exec(struct model *model)
{
	char head[32];
	if (!model->is_multi) {
		model_error(model, "ERR EXEC without MULTI");
	} else if (model->is_aborted) {
		model_error(model, "EXECABORT Transaction discarded because of previous errors.");
	} else if (model->exec_error != NULL) {
		model_error(model, model->exec_error);
		model->exec_error = NULL;
	} else {
		snprintf(head, sizeof head, "*%zu\r\n", model->queued_n);
		model_say(model, head);
		for (size_t i = 0; i < model->queued_n; i++)
			model_add(model, model->queued[i]);
	}
	model->is_multi = model->is_aborted = false;
	model->queued_n = 0;
}

static inline void model_xinfo(struct model *model)
{
	char top[SINK_ID_TEXT_CAP];
	sink_id_text(model->top, top);
	if (model->greet_error != NULL) {
		model_error(model, model->greet_error);
	} else if (model->top.ms == 0) {
		model_error(model, "ERR no such key");
	} else {
		model_say(model, "*6\r\n");
		model_bulk(model, "length");
		model_say(model, ":1\r\n");
		model_bulk(model, "last-generated-id");
		model_bulk(model, top);
		model_bulk(model, "first-entry");
		model_say(model, "*2\r\n*0\r\n*-1\r\n");
	}
}

static inline void model_xrange(struct model *model, const char *id_text)
{
	struct sink_id id = {0, 0};
	model->ranges++;
	sink_id_parse(id_text, strlen(id_text), &id);
	for (size_t i = 0; i < model->n; i++) {
		if (model->ids[i] != id.ms)
			continue;
		model_say(model, "*1\r\n*2\r\n");
		model_bulk(model, id_text);
		model_say(model, "*4\r\n");
		model_bulk(model, "id");
		model_bulk(model, "x");
		model_bulk(model, "json");
		model_bulk(model, model->is_foreign ? "{\"another\":1}" : "{}");
		return;
	}
	model_say(model, "*0\r\n");
}

static inline void model_auth(struct model *model, char **args, size_t n)
{
	model->auths++;
	snprintf(model->auth_user, sizeof model->auth_user, "%s", n == 3 ? args[1] : "");
	model->is_known = model->password != NULL && strcmp(args[n - 1], model->password) == 0;
	if (model->is_known)
		model_say(model, "+OK\r\n");
	else
		model_error(model, "WRONGPASS invalid username-password pair or user is disabled.");
}

static inline void model_command(struct model *model, char **args, size_t n)
{
	for (size_t i = 0; i < 4; i++) {
		if (model->forbidden[i] != NULL && strcmp(args[0], model->forbidden[i]) == 0) {
			model_error(model, "NOPERM this user has no permissions to run this command");
			return;
		}
	}
	if (strcmp(args[0], "AUTH") == 0) {
		model_auth(model, args, n);
	} else if (model->password != NULL && !model->is_known) {
		model_error(model, "NOAUTH Authentication required.");
	} else if (strcmp(args[0], "MULTI") == 0) {
		model->multis++;
		model->is_multi = true;
		model_say(model, "+OK\r\n");
	} else if (strcmp(args[0], "EXEC") == 0) {
		model_exec(model);
	} else if (strcmp(args[0], "XADD") == 0) {
		model_xadd(model, args[5]);
	} else if (strcmp(args[0], "XINFO") == 0) {
		model_xinfo(model);
	} else if (strcmp(args[0], "XRANGE") == 0) {
		model_xrange(model, args[2]);
	} else if (strcmp(args[0], "INFO") == 0) {
		char text[128];
		snprintf(text, sizeof text, "# Server\r\nredis_version:7.0.15\r\nrun_id:%s\r\ntcp_port:0\r\n",
			model->run_id != NULL ? model->run_id : "aaaa");
		model_bulk(model, text);
	} else if (strcmp(args[0], "SELECT") == 0) {
		model_say(model, "+OK\r\n");
	} else {
		model->beats++;
		model_say(model, ":1\r\n");
	}
}

/* Takes octets from a client; each whole command is carried out. What it says is in `out`. */
static inline void model_feed(struct model *model, const char *octets, size_t len)
{
	memcpy(model->in + model->in_len, octets, len);
	model->in_len += len;
	for (;;) {
		char *p = model->in, *end = model->in + model->in_len;
		char *args[MODEL_ARGS_MAX];
		size_t lens[MODEL_ARGS_MAX], n = 0, got = 0;
		char *line = memchr(p, '\n', (size_t)(end - p));
		if (line == NULL)
			return;
		n = strtoul(p + 1, NULL, 10);
		p = line + 1;
		while (got < n && (line = memchr(p, '\n', (size_t)(end - p))) != NULL) {
			lens[got] = strtoul(p + 1, NULL, 10);
			args[got] = line + 1;
			if ((size_t)(end - args[got]) < lens[got] + 2)
				return;
			p = args[got] + lens[got] + 2;
			got++;
		}
		if (got < n)
			return;
		for (size_t i = 0; i < n; i++)
			args[i][lens[i]] = '\0';
		model_command(model, args, n);
		model->in_len = (size_t)(end - p);
		memmove(model->in, p, model->in_len);
	}
}

#endif
