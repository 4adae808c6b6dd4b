/* SPDX-License-Identifier: Apache-2.0 */
/* One connection, non-blocking from its birth: deadlines are the caller's, and the kernel's for a peer that is gone without a word. */
#include "sink/link.h"

#include "sink/tls_stream.h"
#include "sink/why.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINK_USER_TIMEOUT_MS 5000 /* sent octets that nobody acknowledges, tcp(7) */
#define LINK_KEEPALIVE_S 10

static void set_tcp(int fd)
{
	int on = 1, user_timeout_ms = LINK_USER_TIMEOUT_MS, keepalive_s = LINK_KEEPALIVE_S;
	/* None of them is worth failing for. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &keepalive_s, sizeof keepalive_s);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &keepalive_s, sizeof keepalive_s);
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout_ms, sizeof user_timeout_ms);
}

/* Makes the socket and begins to connect it. 0 or -errno. */
static int begin(struct link *link, int family, const struct sockaddr *address, socklen_t len)
{
	link->has_socket = false;
	link->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (link->fd < 0)
		return -errno;
	if (family != AF_UNIX)
		set_tcp(link->fd);
	if (connect(link->fd, address, len) == 0 || errno == EINPROGRESS)
		return 0;
	int rc = -errno;
	close(link->fd);
	link->fd = -1;
	return rc;
}

/* Begins with the next address that can be begun with. 0, or -errno: `rc` when there is none. */
static int begin_next(struct link *link, int rc)
{
	while (link->next != NULL) {
		struct addrinfo *address = link->next;
		link->next = address->ai_next;
		rc = begin(link, address->ai_family, address->ai_addr, address->ai_addrlen);
		if (rc == 0)
			return 0;
	}
	return rc;
}

static int open_unix(struct link *link, const struct dest_peer *peer, char *why)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	memcpy(address.sun_path, peer->host, strlen(peer->host) + 1);
	int rc = begin(link, AF_UNIX, (const struct sockaddr *)&address, sizeof address);
	return rc == 0 ? 0 : why_refused(why, rc, "cannot connect: %s", strerror(-rc));
}

static int open_tcp(struct link *link, const struct dest_peer *peer, char *why)
{
	char port[8];
	snprintf(port, sizeof port, "%u", peer->port);
	/* This thread's resolver: the default of 5 s twice would outlast every deadline of ours. */
	if (res_init() == 0) {
		_res.retrans = 1;
		_res.retry = 2;
	}
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	int failed = getaddrinfo(peer->host, port, &hints, &link->found);
	if (failed != 0) {
		link->found = NULL;
		return why_refused(why, -EHOSTUNREACH, "cannot find %s: %s", peer->host, gai_strerror(failed));
	}
	link->next = link->found;
	int rc = begin_next(link, -EHOSTUNREACH);
	return rc == 0 ? 0 : why_refused(why, rc, "cannot connect: %s", strerror(-rc));
}

int link_open(struct link *link, const struct dest_peer *peer, const struct tls *tls, char why[static SINK_WHY_CAP])
{
	*link = (struct link){.fd = -1};
	int rc = tls != NULL ? tls_stream_open(&link->stream, tls, peer->host, why) : 0;
	if (rc == 0)
		rc = peer->port == 0 ? open_unix(link, peer, why) : open_tcp(link, peer, why);
	if (rc != 0)
		link_close(link);
	return rc;
}

/* This address has failed, with `rc`. 1 or -errno. */
static int give_up(struct link *link, int rc)
{
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
	rc = begin_next(link, rc);
	return rc == 0 ? 1 : rc;
}

/* The same as link_finish() for the socket alone. */
static int finish_socket(struct link *link)
{
	struct pollfd ready = {.fd = link->fd, .events = POLLOUT};
	if (poll(&ready, 1, 0) == 0)
		return -EINPROGRESS;
	int failed = 0;
	socklen_t len = sizeof failed;
	if (getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &failed, &len) < 0)
		failed = errno;
	if (failed == 0) {
		link->has_socket = true;
		return 0;
	}
	return give_up(link, -failed);
}

int link_finish(struct link *link)
{
	int rc = link->has_socket ? 0 : finish_socket(link);
	if (rc == 0 && link->stream != NULL)
		rc = tls_stream_handshake(link->stream, link->fd);
	link->is_connected = rc == 0;
	return rc;
}

int link_next(struct link *link)
{
	/* Who took the connection is there: what does not answer is its TLS. */
	return link->has_socket ? -ETIMEDOUT : give_up(link, -ETIMEDOUT);
}

const char *link_why(const struct link *link)
{
	return link->stream != NULL ? tls_stream_why(link->stream) : "";
}

short link_events(const struct link *link, bool has_output)
{
	if (!link->has_socket)
		return POLLOUT;
	if (link->stream != NULL)
		return tls_stream_events(link->stream, has_output);
	return (short)(has_output ? POLLIN | POLLOUT : POLLIN);
}

static ssize_t outcome(ssize_t n)
{
	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

ssize_t link_write(struct link *link, const void *octets, size_t len)
{
	if (link->stream != NULL)
		return tls_stream_write(link->stream, octets, len);
	return outcome(send(link->fd, octets, len, MSG_NOSIGNAL));
}

ssize_t link_read(struct link *link, void *octets, size_t cap)
{
	if (link->stream != NULL)
		return tls_stream_read(link->stream, octets, cap);
	ssize_t n = recv(link->fd, octets, cap, 0);
	return n == 0 ? -ECONNRESET : outcome(n);
}

void link_close(struct link *link)
{
	tls_stream_close(link->stream);
	if (link->fd >= 0)
		close(link->fd);
	if (link->found != NULL)
		freeaddrinfo(link->found);
	*link = (struct link){.fd = -1};
}
