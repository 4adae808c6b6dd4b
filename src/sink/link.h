/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_LINK_H
#define SINK_LINK_H

#include "sink/dest.h"

#include <sys/types.h>

struct addrinfo;

/* Octets to and from a server, over a unix socket or TCP. Nothing here waits, except a name's look-up in link_open(). Zero with fd -1 is closed. */
struct link {
	int fd;
	bool is_connected;
	struct addrinfo *found; /* what the name has led to */
	struct addrinfo *next;  /* the address to try when this one fails */
};

/*
 * Begins to connect. 0: wait for link_events() and ask link_finish(). -errno with the reason in `why`: nobody to connect to. A look-up takes 2 s for each
 * name server at most.
 */
int link_open(struct link *link, const struct sink_dest *dest, char why[static SINK_WHY_CAP]);

/* Is it connected now? 0 yes; -EINPROGRESS not yet (the name's next address may be under way: the descriptor is another then); else -errno: no. */
int link_finish(struct link *link);

/* What to poll(2) for, `has_output` to be sent. */
short link_events(const struct link *link, bool has_output);

/* Octets moved; 0 when none can be now; -errno, -ECONNRESET too when the server has closed. */
ssize_t link_write(struct link *link, const void *octets, size_t len);
ssize_t link_read(struct link *link, void *octets, size_t cap);

void link_close(struct link *link);

#endif
