/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_LINK_H
#define SINK_LINK_H

#include "sink/dest.h"

#include <sys/types.h>

struct addrinfo;
struct tls;
struct tls_stream;

/*
 * Octets to and from a server, over a unix socket, TCP, or TLS over TCP. Nothing here waits, except a name's look-up in link_open(). Zero with fd -1 is
 * closed.
 */
struct link {
	int fd;
	bool has_socket;           /* connected, as far as the socket goes */
	bool is_connected;         /* and TLS stands, if it is wanted: octets can go */
	struct tls_stream *stream; /* null: in clear text */
	struct addrinfo *found;    /* what the name has led to */
	struct addrinfo *next;     /* the address to try when this one fails */
};

/*
 * Begins to connect; with `tls` (null: without; outlives the link) the server must be who `peer` says. 0: wait for link_events() and ask link_finish().
 * -errno with the reason in `why`: nobody to connect to. A look-up takes 2 s for each name server at most.
 */
int link_open(struct link *link, const struct dest_peer *peer, const struct tls *tls, char why[static SINK_WHY_CAP]);

/* Is it connected now? 0 yes; -EINPROGRESS not yet; 1 not yet, but with the name's next address, on another descriptor; else -errno: no. */
int link_finish(struct link *link);

/* Waits no longer for this address to answer. 1: the next one is under way, as above; -errno, -ETIMEDOUT when there was no other. */
int link_next(struct link *link);

/* What is wrong, in one line, where TLS knows more than the -errno of a call, or than that time is up; else empty. */
const char *link_why(const struct link *link);

/* What to poll(2) for, `has_output` to be sent. */
short link_events(const struct link *link, bool has_output);

/* Octets moved; 0 when none can be now; -errno, -ECONNRESET too when the server has closed. Read until 0 before waiting: TLS may hold octets already. */
ssize_t link_write(struct link *link, const void *octets, size_t len);
ssize_t link_read(struct link *link, void *octets, size_t cap);

void link_close(struct link *link);

#endif
