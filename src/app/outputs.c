/* SPDX-License-Identifier: Apache-2.0 */
/* Outputs: a record is written to files and to the spool; from there, each Redis server has a sender with a cursor of its own. */
#include "app/outputs.h"

#include "base/log.h"
#include "sink/dest.h"
#include "sink/file.h"
#include "sink/secret.h"
#include "sink/spool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUTPUTS_MAX 16

struct outputs {
	struct file_sink *files[OUTPUTS_MAX];
	bool is_stdout[OUTPUTS_MAX];
	unsigned file_count;
	struct file_sink *observe; /* standard output under --observe */
	struct spool *spool;       /* null without Redis */
	struct sender *senders[SPOOL_CURSORS_MAX];
	struct sink_dest dests[SPOOL_CURSORS_MAX];
	unsigned sender_count;
	struct sink_secret secret;
	struct tls *tls; /* null without rediss:// */
	struct sink_id last;
	_Atomic uint64_t records, failed;
};

static int outputs_fail(const char *what, const char *why, int error)
{
	log_error("%s: %s", what, why);
	return error;
}

static int outputs_add_file(struct outputs *outputs, const struct sink_dest *dest)
{
	char why[SINK_WHY_CAP];
	if (outputs->file_count == OUTPUTS_MAX)
		return outputs_fail(dest->text, "too many outputs", -EINVAL);
	bool is_stdout = dest->kind == DEST_STDOUT;
	int error = file_sink_open(&outputs->files[outputs->file_count], is_stdout ? "-" : dest->text, why);
	if (error < 0)
		return outputs_fail(dest->text, why, error);
	outputs->is_stdout[outputs->file_count++] = is_stdout;
	return 0;
}

static int outputs_add_server(struct outputs *outputs, const struct sink_dest *dest, const struct config *config)
{
	char why[SINK_WHY_CAP];
	if (outputs->sender_count == SPOOL_CURSORS_MAX)
		return outputs_fail(dest->text, "too many servers", -EINVAL);
	if (outputs->spool == NULL) {
		const struct spool_options options = {.dir = config->spool, .sensor = config->sensor};
		int error = secret_read(config->password_file, &outputs->secret, why);
		if (error < 0)
			return outputs_fail("password", why, -EINVAL);
		error = spool_open(&outputs->spool, &options, why);
		if (error < 0)
			return outputs_fail(config->spool, why, error);
		outputs->last = spool_last_id(outputs->spool);
	}
	outputs->dests[outputs->sender_count++] = *dest;
	return 0;
}

static int outputs_add(struct outputs *outputs, const char *text, const struct config *config)
{
	char why[SINK_WHY_CAP];
	struct sink_dest dest;
	int error = dest_parse(text, &dest, why);
	if (error < 0) {
		log_error("%s", why); /* it names the destination, unless there is a password in it */
		return error;
	}
	if (dest.kind == DEST_NONE)
		return 0;
	if (dest.kind == DEST_STDOUT && config->is_observe)
		return outputs_fail("-o -", "--observe has standard output already; send the hits elsewhere", -EINVAL);
	return dest_is_redis(&dest) ? outputs_add_server(outputs, &dest, config) : outputs_add_file(outputs, &dest);
}

static bool outputs_have_tls(const struct config *config)
{
	char why[SINK_WHY_CAP];
	struct sink_dest dest;
	for (unsigned i = 0; i < config->outputs.n; i++)
		if (dest_parse(config->outputs.items[i], &dest, why) == 0 && dest.has_tls)
			return true;
	return false;
}

int outputs_tls(struct tls **tls, const struct config *config)
{
	char why[SINK_WHY_CAP] = "out of memory";
	const struct tls_options *options = &config->tls;
	*tls = NULL;
	if (!outputs_have_tls(config)) {
		bool is_asked = options->ca_file != NULL || options->cert_file != NULL || options->key_file != NULL || options->name != NULL;
		return is_asked ? outputs_fail("--tls-*", "no output has TLS, which is -o rediss://host", -EINVAL) : 0;
	}
	if (tls_open(tls, options, why) < 0)
		return outputs_fail("TLS", why, -EINVAL);
	if (!tls_is_current(*tls, time(NULL), why))
		log_warning("TLS: %s", why);
	return 0;
}

static int outputs_start(struct outputs *outputs, const struct config *config,
	size_t (*gap_json)(void *arg, const struct spool_gap *gap, struct sink_record *record, char *json, size_t cap), void *gap_arg)
{
	for (unsigned i = 0; i < outputs->sender_count; i++) {
		char name[SINK_SENSOR_MAX + 1];
		dest_sink_name(&outputs->dests[i], name);
		const struct sender_options options = {
			.dest = &outputs->dests[i],
			.secret = outputs->secret.len > 0 ? &outputs->secret : NULL,
			.tls = outputs->tls,
			.sensor = config->sensor,
			.spool = outputs->spool,
			.name = name,
			.gap_json = gap_json,
			.gap_arg = gap_arg,
		};
		int error = sender_start(&outputs->senders[i], &options);
		if (error < 0) {
			outputs->sender_count = i;
			return outputs_fail(outputs->dests[i].text, strerror(-error), error);
		}
	}
	return 0;
}

/* Is output `n` one of those before it? Everything would be there twice. */
static bool outputs_name_twice(const struct config_list *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(list->items[i], list->items[n]) == 0)
			return true;
	return false;
}

int outputs_open(struct outputs **out, const struct config *config,
	size_t (*gap_json)(void *arg, const struct spool_gap *gap, struct sink_record *record, char *json, size_t cap), void *gap_arg)
{
	struct outputs *outputs = calloc(1, sizeof *outputs);
	char why[SINK_WHY_CAP];
	int error = 0;
	if (outputs == NULL)
		return -ENOMEM;
	if (config->is_observe && file_sink_open(&outputs->observe, "-", why) < 0)
		error = outputs_fail("standard output", why, -EIO);
	for (unsigned i = 0; error == 0 && i < config->outputs.n; i++)
		error = outputs_name_twice(&config->outputs, i) ? outputs_fail(config->outputs.items[i], "named twice", -EINVAL)
								: outputs_add(outputs, config->outputs.items[i], config);
	unsigned servers = outputs->sender_count;
	if (error == 0)
		error = outputs_tls(&outputs->tls, config);
	if (error == 0)
		error = outputs_start(outputs, config, gap_json, gap_arg);
	if (error < 0) {
		if (servers > 0 && outputs->senders[0] == NULL)
			outputs->sender_count = 0;
		outputs_close(outputs);
		return error;
	}
	*out = outputs;
	return 0;
}

struct sink_id outputs_next_id(struct outputs *outputs, uint64_t now_ms)
{
	for (unsigned i = 0; i < outputs->sender_count; i++) {
		struct sender_stats stats;
		sender_stats(outputs->senders[i], &stats);
		if (stats.has_top && sink_id_compare(stats.top, outputs->last) > 0)
			outputs->last = stats.top;
	}
	outputs->last = sink_id_next(outputs->last, now_ms);
	return outputs->last;
}

int outputs_write(struct outputs *outputs, const struct sink_record *record, uint64_t now_ns)
{
	int result = 0;
	bool has_failed = false;
	/* The spool first: what it holds is safe, whatever becomes of the rest. */
	if (outputs->spool != NULL && spool_append(outputs->spool, record, now_ns) < 0)
		has_failed = true;
	for (unsigned i = 0; i < outputs->file_count; i++) {
		int error = file_sink_write(outputs->files[i], record->json, record->json_len);
		if (error < 0)
			has_failed = true;
		if (error == -EPIPE && outputs->is_stdout[i])
			result = -EPIPE;
	}
	atomic_fetch_add(has_failed ? &outputs->failed : &outputs->records, 1);
	return result;
}

int outputs_observe(struct outputs *outputs, const char *line, size_t len)
{
	int error = file_sink_write(outputs->observe, line, len);
	if (error < 0)
		atomic_fetch_add(&outputs->failed, 1);
	return error;
}

void outputs_idle(struct outputs *outputs, uint64_t now_ns)
{
	if (outputs->spool != NULL)
		spool_sync(outputs->spool, now_ns);
}

void outputs_reopen(struct outputs *outputs)
{
	for (unsigned i = 0; i < outputs->file_count; i++)
		file_sink_reopen(outputs->files[i]);
}

void outputs_heartbeat(struct outputs *outputs, const struct sender_field *fields, size_t n, const char *about)
{
	for (unsigned i = 0; i < outputs->sender_count; i++)
		sender_heartbeat(outputs->senders[i], fields, n, about);
}

void outputs_stats(struct outputs *outputs, struct outputs_stats *stats)
{
	*stats = (struct outputs_stats){
		.records = atomic_load(&outputs->records),
		.failed = atomic_load(&outputs->failed),
		.has_redis = outputs->sender_count > 0,
		.is_connected = outputs->sender_count > 0,
	};
	if (outputs->spool != NULL)
		spool_stats(outputs->spool, &stats->spool);
	for (unsigned i = 0; i < outputs->sender_count; i++) {
		struct sender_stats sender;
		sender_stats(outputs->senders[i], &sender);
		stats->stored += sender.stored;
		stats->refused += sender.refused;
		stats->dead += sender.dead;
		stats->waiting += sender.waiting;
		stats->is_connected = stats->is_connected && sender.is_connected;
	}
}

void outputs_drain(struct outputs *outputs, uint64_t drain_ms)
{
	for (unsigned i = 0; i < outputs->sender_count; i++)
		sender_end(outputs->senders[i], drain_ms);
	for (unsigned i = 0; i < outputs->sender_count; i++)
		sender_wait(outputs->senders[i], drain_ms);
}

void outputs_close(struct outputs *outputs)
{
	for (unsigned i = 0; i < outputs->sender_count; i++)
		if (outputs->senders[i] != NULL)
			sender_stop(outputs->senders[i], 0);
	if (outputs->spool != NULL)
		spool_close(outputs->spool);
	for (unsigned i = 0; i < outputs->file_count; i++)
		file_sink_close(outputs->files[i]);
	if (outputs->observe != NULL)
		file_sink_close(outputs->observe);
	secret_wipe(&outputs->secret);
	tls_close(outputs->tls);
	free(outputs);
}
