/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_DEST_H
#define SINK_DEST_H

#include "sink/sink.h"

#define DEST_TEXT_CAP 512
#define DEST_HOST_CAP 256
#define DEST_USER_CAP 128
#define DEST_MASTER_CAP 128
#define DEST_PEERS_MAX 8

enum dest_kind {
	DEST_NONE,     /* `none` */
	DEST_STDOUT,   /* `-` */
	DEST_FILE,     /* a path */
	DEST_TCP,      /* redis://[user@]host[:port][/db], rediss:// with TLS; several hosts, with commas: nodes of one cluster */
	DEST_UNIX,     /* unix:///path[?db=N] */
	DEST_SENTINEL, /* redis+sentinel://[user@]host[:port],.../master[/db], rediss+sentinel:// with TLS */
};

/* What a record becomes on a Redis server: ?mode= */
enum dest_mode {
	DEST_STREAM,  /* an entry of the stream c2watch:{SENSOR}:hits */
	DEST_LIST,    /* an item at the end of the list c2watch:{SENSOR}:queue */
	DEST_CHANNEL, /* a message on the channel c2watch:{SENSOR}:live, to whoever listens just then */
};

/* One address to connect to. */
struct dest_peer {
	uint16_t port;            /* 0: `host` is the path of a unix socket */
	char host[DEST_HOST_CAP]; /* name or address, without brackets */
};

#define DEST_PEER_TEXT_CAP (DEST_HOST_CAP + 8)

/* Where records go: the argument of -o, taken apart. Plain values. */
struct sink_dest {
	enum dest_kind kind;
	enum dest_mode mode;
	bool has_tls;
	uint32_t db;                  /* 0 when not said */
	uint64_t maxlen;              /* how many entries a stream or a list is kept at, about; 0 when not said: the default */
	char text[DEST_TEXT_CAP];     /* as the user wrote it, for logs; the path of a DEST_FILE. Holds no secret: a password in it is refused */
	char user[DEST_USER_CAP];     /* ACL user, empty when not said */
	char master[DEST_MASTER_CAP]; /* DEST_SENTINEL: the name of the master that the sentinels are asked for */
	unsigned peer_count;
	struct dest_peer
		peers[DEST_PEERS_MAX]; /* the server, some nodes of the cluster, or the sentinels; ports filled in: 6379, a sentinel's 26379 */
};

/* Takes `text` apart. 0, or -EINVAL with the reason in `why`. */
int dest_parse(const char *text, struct sink_dest *dest, char why[static SINK_WHY_CAP]);

/* Sets `peer` to what a server has said: a name or an address of `host_len` octets and a decimal port. False, `peer` untouched, when they are none. */
bool dest_peer_set(struct dest_peer *peer, const char *host, size_t host_len, const char *port, size_t port_len);

bool dest_peer_is(const struct dest_peer *a, const struct dest_peer *b);

/* Writes host:port, an IPv6 address in brackets, or a socket's path. */
void dest_peer_text(const struct dest_peer *peer, char text[static DEST_PEER_TEXT_CAP]);

/*
 * What the sink for a Redis server is called, in the spool's files and in its status: mode and text as far as they fit, and a sum of all that says where
 * records go and as what. Two servers of one name would take each other's acknowledgements for their own; another maxlen is no other sink.
 */
void dest_sink_name(const struct sink_dest *dest, char name[static SINK_SENSOR_MAX + 1]);

/* Is it a Redis server? Such records go through the spool. */
bool dest_is_redis(const struct sink_dest *dest);

#endif
