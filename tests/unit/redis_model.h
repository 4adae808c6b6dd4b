/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server for the outbox's tests: a stream by its rules (rising ids), a list, a channel, MULTI and EXEC, errors where a test wants them. Not a Redis, but as
 * strict. Records are {"i":N} with the id N-0, and what stands in for one is {"gap":N}.
 */
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
	const char *add_error;    /* what the record number error_at that comes gets; then all is well again, unless it is_lasting */
	size_t error_at;
	bool is_lasting;
	const char *exec_error;  /* what the next EXEC gets, once */
	const char *greet_error; /* what XINFO and PING get, lasting */
	const char *password;
	const char *run_id;
	bool is_foreign;      /* entries are another writer's */
	uint64_t poison[4];   /* these records get poison_error, always */
	uint64_t exec_poison; /* this one gets it within EXEC */
	const char *poison_error;
	bool is_closing;            /* and the connection is closed after it */
	bool is_wrong_type;         /* the list's key holds something else */
	bool is_wrong_top;          /* that of its top does */
	const char *bad_top;        /* what the list's top key holds instead of an id */
	const char *range_error;    /* what the next XRANGE gets, once */
	uint64_t trimmed_to_ms;     /* entries below have gone; their ids are not in `ids` */
	const char *role;           /* what ROLE says first; null: master */
	const char *asking;         /* what the stream's commands get without ASKING in front */
	const char *beat_errors[3]; /* what the heartbeat's commands get */

	/* What happened. */
	uint64_t ids[MODEL_IDS_MAX]; /* the number of each record that is there, in order; of a stream's entry, its id's ms */
	bool is_gap[MODEL_IDS_MAX];
	size_t n;
	struct sink_id top;
	size_t adds, multis, ranges, beats, auths, infos, trims, stolen, leaked;
	char auth_user[64];

	size_t askings;

	bool is_multi, is_aborted, is_known, is_closed, has_asking;
	size_t queued_n;
	struct model_command {
		char name[12];
		char text[64]; /* the id, or what is pushed */
		char json[64];
	} queued[512];

	char moving[64];
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
	model->is_multi = model->is_aborted = model->is_known = model->is_closed = model->has_asking = false;
	model->queued_n = model->in_len = model->out_len = 0;
}

static inline void model_keep(struct model *model, uint64_t i, const char *json)
{
	model->is_gap[model->n] = strncmp(json, "{\"gap\":", 7) == 0;
	model->ids[model->n++] = i;
}

/* N of {"i":N}, the other way round; 0 for what is none. */
static inline uint64_t model_number(const char *json)
{
	const char *colon = strchr(json, ':');
	return json[0] == '{' && colon != NULL ? strtoull(colon + 1, NULL, 10) : 0;
}

static inline void model_add(struct model *model, const char *id_text, const char *json)
{
	struct sink_id id = {0, 0};
	sink_id_parse(id_text, strlen(id_text), &id);
	if (sink_id_compare(id, model->top) <= 0) {
		model_error(model, "ERR The ID specified in XADD is equal or smaller than the target stream top item");
		return;
	}
	model->top = id;
	model_keep(model, id.ms, json);
	model_bulk(model, id_text);
}

/* A list's top goes through it: it is pushed, and moved away. As an item it has the number 0. */
static inline void model_move(struct model *model)
{
	if (model->n == 0 || model->ids[model->n - 1] != 0) {
		model->stolen++;
		model_say(model, "$-1\r\n");
		return;
	}
	model->n--;
	sink_id_parse(model->moving, strlen(model->moving), &model->top);
	model_bulk(model, model->moving);
}

static inline void model_trim(struct model *model, const char *from)
{
	size_t most = strtoull(from + 1, NULL, 10);
	if (model->n > most) {
		memmove(model->ids, model->ids + model->n - most, most * sizeof *model->ids);
		model->n = most;
	}
	model->trims++;
	model_say(model, "+OK\r\n");
}

/* Carries out a command that changes something. */
static inline void model_apply(struct model *model, const struct model_command *command)
{
	bool is_top = strstr(command->json, ":queue:top") != NULL;
	if (model->exec_poison > 0 && model_number(command->json) == model->exec_poison && command->json[2] == 'i') {
		model_error(model, model->poison_error);
	} else if (strcmp(command->name, "XADD") == 0) {
		model_add(model, command->text, command->json);
	} else if (strcmp(command->name, "PUBLISH") == 0) {
		model_keep(model, model_number(command->json), command->json);
		model_say(model, ":0\r\n");
	} else if (model->is_wrong_top && (is_top || strcmp(command->name, "LMOVE") == 0)) {
		/* An id that cannot be moved on stays in the list. Here it is only counted. */
		bool is_left = !is_top && model->n > 0 && model->ids[model->n - 1] == 0;
		model->n -= is_left;
		model->leaked += is_left;
		model_error(model, "WRONGTYPE Operation against a key holding the wrong kind of value");
	} else if (strcmp(command->name, "LINDEX") == 0) {
		char top[SINK_ID_TEXT_CAP];
		sink_id_text(model->top, top);
		if (model->top.ms == 0 && model->bad_top == NULL)
			model_say(model, "$-1\r\n");
		else
			model_bulk(model, model->bad_top != NULL ? model->bad_top : top);
	} else if (is_top) {
		model_say(model, "+OK\r\n"); /* LTRIM */
	} else if (model->is_wrong_type) {
		model_error(model, "WRONGTYPE Operation against a key holding the wrong kind of value");
	} else if (strcmp(command->name, "LMOVE") == 0) {
		model_move(model);
	} else if (strcmp(command->name, "LTRIM") == 0) {
		model_trim(model, command->text);
	} else {
		model_keep(model, model_number(command->json), command->json);
		if (command->json[0] != '{')
			snprintf(model->moving, sizeof model->moving, "%s", command->json);
		model_say(model, ":1\r\n");
	}
}

/* A command that is carried out now or within EXEC; a record may be refused. */
static inline void model_take(struct model *model, const char *name, const char *text, const char *json)
{
	uint64_t i = json[0] == '{' && json[2] == 'i' ? model_number(json) : 0;
	const char *error = NULL;
	if (json[0] == '{') {
		bool is_error = model->adds == model->error_at || (model->is_lasting && model->adds > model->error_at);
		error = is_error ? model->add_error : NULL;
		model->adds++;
		if (error != NULL && !model->is_lasting)
			model->add_error = NULL;
	}
	for (size_t k = 0; k < 4 && i > 0; k++) {
		if (model->poison[k] == i) {
			error = model->poison_error;
			model->is_closed = model->is_closing;
		}
	}
	struct model_command command;
	snprintf(command.name, sizeof command.name, "%s", name);
	snprintf(command.text, sizeof command.text, "%s", text);
	snprintf(command.json, sizeof command.json, "%s", json);
	if (error != NULL) {
		model->is_aborted |= model->is_multi;
		model_error(model, error);
	} else if (model->is_multi) {
		model->queued[model->queued_n++] = command;
		model_say(model, "+QUEUED\r\n");
	} else {
		model_apply(model, &command);
	}
}

static inline void model_exec(struct model *model)
{
	char head[32];
	if (!model->is_multi) {
		model_error(model, "ERR EXEC without MULTI");
	} else if (model->is_aborted) {
		model_error(model, "EXECABORT Transaction discarded because of previous errors.");
	} else if (model->exec_error != NULL && model->queued_n > 0) {
		model_error(model, model->exec_error);
		model->exec_error = NULL;
	} else {
		snprintf(head, sizeof head, "*%zu\r\n", model->queued_n);
		model_say(model, head);
		for (size_t i = 0; i < model->queued_n; i++)
			model_apply(model, &model->queued[i]);
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
		char number[32];
		model_say(model, "*8\r\n");
		model_bulk(model, "length");
		snprintf(number, sizeof number, ":%zu\r\n", model->n);
		model_say(model, number);
		model_bulk(model, "last-generated-id");
		model_bulk(model, top);
		model_bulk(model, "entries-added");
		snprintf(number, sizeof number, ":%zu\r\n", model->n + (model->trimmed_to_ms > 0));
		model_say(model, number);
		model_bulk(model, "first-entry");
		model_say(model, "*2\r\n");
		snprintf(number, sizeof number, "%" PRIu64 "-0", model->trimmed_to_ms);
		model_bulk(model, number);
		model_say(model, "*0\r\n");
	}
}

static inline void model_xrange(struct model *model, const char *id_text)
{
	struct sink_id id = {0, 0};
	model->ranges++;
	if (model->range_error != NULL) {
		model_error(model, model->range_error);
		model->range_error = NULL;
		return;
	}
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
		char json[64];
		snprintf(json, sizeof json, "{\"%s\":%" PRIu64 "}", model->is_gap[i] ? "gap" : "i", id.ms);
		model_bulk(model, model->is_foreign ? "{\"another\":1}" : json);
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

/* Is the stream another server's, and has nobody said ASKING? */
static inline bool model_is_elsewhere(struct model *model, const char *command)
{
	if (model->asking == NULL || model->has_asking ||
		(strcmp(command, "XADD") != 0 && strcmp(command, "XINFO") != 0 && strcmp(command, "XRANGE") != 0))
		return false;
	model->is_aborted |= model->is_multi;
	model_error(model, model->asking);
	return true;
}

static inline void model_beat(struct model *model)
{
	const char *error = model->beats < 3 ? model->beat_errors[model->beats] : NULL;
	model->beats++;
	if (error != NULL)
		model_error(model, error);
	else
		model_say(model, ":1\r\n");
}

static inline void model_role(struct model *model)
{
	model_say(model, "*3\r\n");
	model_bulk(model, model->role != NULL ? model->role : "master");
	model_say(model, ":0\r\n*0\r\n");
}

static inline void model_carry_out(struct model *model, char **args, size_t n)
{
	if (model_is_elsewhere(model, args[0]))
		return;
	for (size_t i = 0; i < 4; i++) {
		if (model->forbidden[i] != NULL && strcmp(args[0], model->forbidden[i]) == 0) {
			model->is_aborted |= model->is_multi;
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
		model_take(model, args[0], args[5], args[7]);
	} else if (strcmp(args[0], "RPUSH") == 0 || strcmp(args[0], "PUBLISH") == 0) {
		model_take(model, args[0], "", args[2]);
	} else if (strcmp(args[0], "LMOVE") == 0 || strcmp(args[0], "LTRIM") == 0 || strcmp(args[0], "LINDEX") == 0) {
		model_take(model, args[0], args[2], args[1]);
	} else if (strcmp(args[0], "PING") == 0) {
		if (model->greet_error != NULL)
			model_error(model, model->greet_error);
		else
			model_say(model, "+PONG\r\n");
	} else if (strcmp(args[0], "XINFO") == 0) {
		model_xinfo(model);
	} else if (strcmp(args[0], "XRANGE") == 0) {
		model_xrange(model, args[2]);
	} else if (strcmp(args[0], "INFO") == 0) {
		model->infos++;
		char text[128];
		snprintf(text, sizeof text, "# Server\r\nredis_version:7.0.15\r\nrun_id:%s\r\ntcp_port:0\r\n",
			model->run_id != NULL ? model->run_id : "aaaa");
		model_bulk(model, text);
	} else if (strcmp(args[0], "SELECT") == 0) {
		model_say(model, "+OK\r\n");
	} else if (strcmp(args[0], "ROLE") == 0) {
		model_role(model);
	} else if (strcmp(args[0], "ASKING") == 0) {
		model->askings++;
		model->has_asking = true;
		model_say(model, "+OK\r\n");
	} else {
		model_beat(model);
	}
}

/* A transaction keeps what was asked for in front of it. */
static inline void model_command(struct model *model, char **args, size_t n)
{
	model_carry_out(model, args, n);
	if (strcmp(args[0], "ASKING") != 0 && !model->is_multi)
		model->has_asking = false;
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
		if (!model->is_closed)
			model_command(model, args, n);
		model->in_len = (size_t)(end - p);
		memmove(model->in, p, model->in_len);
	}
}

#endif
