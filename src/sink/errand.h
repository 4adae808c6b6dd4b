/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_ERRAND_H
#define SINK_ERRAND_H

#include "sink/link.h"
#include "sink/redis.h"
#include "sink/secret.h"

/* How servers know us, and we them. */
struct errand_account {
	const struct tls *tls;            /* null: in clear text */
	const char *user;                 /* ACL user, or empty */
	const struct sink_secret *secret; /* empty: none */
};

/* One command to one server on a connection of its own, and its reply. Nothing here waits, except a name's look-up in errand_begin(). */
struct errand {
	struct link link;
	struct redis_text output;
	size_t output_from;
	struct redis_reader *reader; /* null when none is under way */
	unsigned preludes;           /* replies to come before the one that matters: to AUTH */
	uint64_t deadline_ns;        /* 0: at once */
	char why[SINK_WHY_CAP];      /* after -errno: in one line */
};

#define ERRAND_CONNECT_NS UINT64_C(1000000000) /* for each address of a name */
#define ERRAND_REPLY_NS UINT64_C(2000000000)   /* from the connection to the end of the reply */

/* Not under way. */
void errand_init(struct errand *errand);

/*
 * Begins to carry `command` to `peer`, with AUTH in front when the account has a password. Copied, but for the account's TLS. 0, or -errno and then none is
 * under way. The clock begins with the first errand_advance(), behind the look-up.
 */
int errand_begin(struct errand *errand, const struct dest_peer *peer, const struct errand_account *account, const struct redis_text *command);

bool errand_is_under_way(const struct errand *errand);

/*
 * Moves on. 1: `*reply` is here, or the error that AUTH got, until errand_end(); 0 not yet: poll(2) errand_fd() for errand_events(), until `deadline_ns`;
 * -errno: it failed (-ETIMEDOUT: no answer). End it after 1 and -errno.
 */
int errand_advance(struct errand *errand, uint64_t now_ns, const struct redis_reply **reply);

/* -1 and 0 when none is under way. */
int errand_fd(const struct errand *errand);
short errand_events(const struct errand *errand);

/* None is under way any more; what was a secret is overwritten. */
void errand_end(struct errand *errand);

#endif
