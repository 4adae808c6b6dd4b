/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_GREETING_H
#define SINK_GREETING_H

#include "sink/secret.h"
#include "sink/target.h"

/* The first words on a connection: who we are, which database, and what the server still has. */

#define GREETING_STEPS_MAX 8
#define GREETING_WHY_CAP REDIS_REDIRECT_CAP
#define GREETING_RUN_ID_LEN 40

struct greeting {
	bool wants_master;                    /* it is asked whether it is one; the caller's */
	bool has_asking;                      /* the key is asked for behind ASKING, in a cluster; the caller's */
	bool has_top;                         /* is `top` known? */
	bool is_other_server;                 /* its run id is known and not the one of the greeting before */
	struct sink_id top;                   /* the newest id of the stream or the list, {0,0} when there is none */
	struct sink_id trimmed_to;            /* entries below it may have been in the stream and gone; {0,0}: none has ever gone */
	char run_id[GREETING_RUN_ID_LEN + 1]; /* empty when never told */
	bool is_list;
	bool has_transactions; /* may MULTI be used? */
	size_t n;              /* commands put */
	enum greeting_step {
		GREETING_OK, /* AUTH, SELECT, ASKING */
		GREETING_PING,
		GREETING_ROLE,
		GREETING_TOP,    /* XINFO STREAM */
		GREETING_RUN_ID, /* INFO */
		GREETING_MULTI,
		GREETING_QUEUED, /* a list's top */
		GREETING_EXEC,
	} steps[GREETING_STEPS_MAX];
	char why[GREETING_WHY_CAP]; /* after -ECONNABORTED: one line; the server's, mostly */
};

/* Appends AUTH, for `user` when that is not empty. 0 or -ENOMEM. */
int greeting_put_auth(struct redis_text *text, const char *user, const struct sink_secret *secret);

/* Puts the commands: AUTH when there is a password, SELECT when `db` is not 0, then what is asked about `target`. 0 or -ENOMEM. */
int greeting_put(struct greeting *greeting, struct redis_text *text, const char *user, const struct sink_secret *secret, uint32_t db,
	const struct target *target);

/* Takes the reply to command `i`. 0; -ECONNABORTED: there is no going on from it, for the reason in `why`; -ESTALE: it is no master; -EPROTO: no such reply. */
int greeting_take(struct greeting *greeting, size_t i, const struct redis_reply *reply);

#endif
