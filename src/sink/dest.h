/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_DEST_H
#define SINK_DEST_H

#include "sink/sink.h"

#define DEST_TEXT_CAP 320
#define DEST_HOST_CAP 256
#define DEST_PATH_CAP 108 /* sun_path, unix(7) */
#define DEST_USER_CAP 128

enum dest_kind {
	DEST_NONE,   /* `none` */
	DEST_STDOUT, /* `-` */
	DEST_FILE,   /* a path */
	DEST_TCP,    /* redis://[user@]host[:port][/db] */
	DEST_UNIX,   /* unix:///path[?db=N] */
};

/* Where records go: the argument of -o, taken apart. Plain values. */
struct sink_dest {
	enum dest_kind kind;
	uint16_t port;            /* DEST_TCP; 6379 when not said */
	uint32_t db;              /* DEST_TCP, DEST_UNIX; 0 when not said */
	char text[DEST_TEXT_CAP]; /* as the user wrote it, for logs; the path of a DEST_FILE. Holds no secret: a password in it is refused */
	char host[DEST_HOST_CAP]; /* DEST_TCP: name or address, without brackets */
	char path[DEST_PATH_CAP]; /* DEST_UNIX: the socket */
	char user[DEST_USER_CAP]; /* DEST_TCP: ACL user, empty when not said */
};

/* Takes `text` apart. 0, or -EINVAL with the reason in `why`. */
int dest_parse(const char *text, struct sink_dest *dest, char why[static SINK_WHY_CAP]);

/* Is it a Redis server? Such records go through the spool. */
bool dest_is_redis(const struct sink_dest *dest);

#endif
