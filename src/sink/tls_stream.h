/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_TLS_STREAM_H
#define SINK_TLS_STREAM_H

#include "sink/tls.h"

#include <sys/types.h>

/* One connection's TLS, on a socket that never waits. One thread's. */
struct tls_stream;

/* For a connection to `host`, a name or an address. `tls` outlives it. 0, -ENOMEM, or -EINVAL with the reason in `why`. */
int tls_stream_open(struct tls_stream **stream, const struct tls *tls, const char *host, char why[static SINK_WHY_CAP]);

/* Goes on with the handshake on `fd`, connected and the same each time. 0 done; -EINPROGRESS: poll for tls_stream_events(); else -errno. */
int tls_stream_handshake(struct tls_stream *stream, int fd);

/* What to poll(2) the socket for, `has_output` to be written. */
short tls_stream_events(const struct tls_stream *stream, bool has_output);

/*
 * Octets moved; 0 when none can be now; -errno, -ECONNRESET too when the server has closed. Before waiting for the socket read until 0: octets may be here
 * already that poll(2) knows nothing of.
 */
ssize_t tls_stream_write(struct tls_stream *stream, const void *octets, size_t len);
ssize_t tls_stream_read(struct tls_stream *stream, void *octets, size_t cap);

/* What was wrong, in one line, when a call has failed or the handshake is not over; empty when the -errno says all. */
const char *tls_stream_why(const struct tls_stream *stream);

/* Says goodbye as far as that goes without waiting. The socket stays open. Null is none. */
void tls_stream_close(struct tls_stream *stream);

#endif
