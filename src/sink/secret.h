/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_SECRET_H
#define SINK_SECRET_H

#include "sink/sink.h"

#define SECRET_MAX 1024

/* A password. `len` is zero when there is none. */
struct sink_secret {
	size_t len;
	char octets[SECRET_MAX];
};

/*
 * Does only its owner get at the regular file `fd`, called `path`? Its group, too, when root owns it (root:c2watch 0640). 0, or -errno with the reason
 * in `why`.
 */
int secret_check(int fd, const char *path, char why[static SINK_WHY_CAP]);

/*
 * Reads the password from `path`, or when that is null from $CREDENTIALS_DIRECTORY/redis.password if it is there; none of the two: `len` is 0.
 * One line; its newline is no part of it. A file that fails secret_check() is refused.
 * 0, or -errno with the reason in `why`.
 */
int secret_read(const char *path, struct sink_secret *secret, char why[static SINK_WHY_CAP]);

/* Overwrites it. */
void secret_wipe(struct sink_secret *secret);

#endif
