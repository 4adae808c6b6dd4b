/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_GREETING_H
#define SINK_GREETING_H

#include "sink/redis.h"
#include "sink/secret.h"
#include "sink/sink.h"

/* The first words on a connection: who we are, which database, and what the server still has. */

#define GREETING_STEPS_MAX 4
#define GREETING_RUN_ID_LEN 40

struct greeting {
	bool has_top;                         /* is `top` known? */
	bool is_other_server;                 /* its run id is known and not the one of the greeting before */
	struct sink_id top;                   /* the stream's newest id, {0,0} when there is no stream */
	char run_id[GREETING_RUN_ID_LEN + 1]; /* empty when never told */
	size_t n;                             /* commands put */
	enum greeting_step { GREETING_AUTH, GREETING_SELECT, GREETING_TOP, GREETING_RUN_ID } steps[GREETING_STEPS_MAX];
};

/* Puts the commands: AUTH when there is a password, SELECT when `db` is not 0, then what is asked about the stream `key`. 0 or -ENOMEM. */
int greeting_put(
	struct greeting *greeting, struct redis_text *text, const char *user, const struct sink_secret *secret, uint32_t db, const char *key);

/* Takes the reply to command `i`. 0; -ECONNABORTED: an error reply that there is no going on from; -EPROTO: no such reply. */
int greeting_take(struct greeting *greeting, size_t i, const struct redis_reply *reply);

#endif
