/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The argument of -o. What has a scheme is a server and must be understood to its last character; everything else is a path. A password has no place
 * here: arguments are seen by every user of the machine.
 */
#include "sink/dest.h"

#include "base/siphash.h"
#include "sink/why.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Reads a decimal number of 1 to 9 digits that fills `text`. */
static bool decimal(const char *text, uint32_t max, uint32_t *value)
{
	size_t len = strlen(text);
	if (len == 0 || len > 9 || strspn(text, "0123456789") != len)
		return false;
	*value = (uint32_t)strtoul(text, NULL, 10);
	return *value <= max;
}

enum query_key { QUERY_OTHER, QUERY_MODE, QUERY_MAXLEN, QUERY_DB };

static enum query_key query_key(const char *key, enum dest_kind kind)
{
	if (strcmp(key, "mode") == 0)
		return QUERY_MODE;
	if (strcmp(key, "maxlen") == 0)
		return QUERY_MAXLEN;
	return strcmp(key, "db") == 0 && kind == DEST_UNIX ? QUERY_DB : QUERY_OTHER;
}

static int parse_mode(const char *value, struct sink_dest *dest, char *why)
{
	static const char *const modes[] = {[DEST_STREAM] = "stream", [DEST_LIST] = "list", [DEST_CHANNEL] = "channel"};
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		if (strcmp(value, modes[i]) == 0) {
			dest->mode = (enum dest_mode)i;
			return 0;
		}
	}
	return why_refused(why, -EINVAL, "%s: mode is stream, list or channel", dest->text);
}

/* One `key=value` of the query; `given` has a bit for each key that has come. */
static int parse_option(const char *key, const char *value, unsigned *given, struct sink_dest *dest, char *why)
{
	enum query_key which = query_key(key, dest->kind);
	uint32_t number;
	if (which != QUERY_OTHER && (*given & 1u << which) != 0)
		return why_refused(why, -EINVAL, "%s: %s= comes twice; a server with two modes is two outputs", dest->text, key);
	*given |= 1u << which;
	switch (which) {
	case QUERY_MODE:
		return parse_mode(value, dest, why);
	case QUERY_MAXLEN:
		if (!decimal(value, 999999999, &number) || number == 0)
			return why_refused(why, -EINVAL, "%s: maxlen is a number from 1 to 999999999", dest->text);
		dest->maxlen = number;
		return 0;
	case QUERY_DB:
		if (!decimal(value, INT32_MAX, &dest->db))
			return why_refused(why, -EINVAL, "%s: db=N wants a database's number", dest->text);
		return 0;
	case QUERY_OTHER:
		break;
	}
	return why_refused(why, -EINVAL, "%s: after the question mark %smode= and maxlen= are understood, joined by &", dest->text,
		dest->kind == DEST_UNIX ? "db=, " : "");
}

/* Cuts `?key=value&...` off `rest` and takes it apart. */
static int parse_query(char *rest, struct sink_dest *dest, char *why)
{
	char *query = strchr(rest, '?');
	int rc = 0;
	if (query == NULL)
		return 0;
	*query++ = '\0';
	unsigned given = 0;
	for (char *next; rc == 0 && query != NULL; query = next) {
		next = strchr(query, '&');
		if (next != NULL)
			*next++ = '\0';
		char *value = strchr(query, '=');
		if (value != NULL)
			*value++ = '\0';
		rc = parse_option(query, value != NULL ? value : "", &given, dest, why);
	}
	return rc == 0 && dest->mode == DEST_CHANNEL && dest->maxlen > 0
		       ? why_refused(why, -EINVAL, "%s: a channel keeps nothing: maxlen= has no meaning there", dest->text)
		       : rc;
}

static int parse_unix(char *rest, struct sink_dest *dest, char *why)
{
	struct sockaddr_un address;
	dest->kind = DEST_UNIX;
	int rc = parse_query(rest, dest, why);
	if (rc != 0)
		return rc;
	if (rest[0] != '/')
		return why_refused(why, -EINVAL, "the path after unix:// begins with a slash: unix:///run/redis/redis-server.sock");
	if (strlen(rest) >= sizeof address.sun_path)
		return why_refused(why, -EINVAL, "%s: a socket's path has at most %zu characters", dest->text, sizeof address.sun_path - 1);
	memcpy(dest->peers[0].host, rest, strlen(rest) + 1);
	dest->peer_count = 1;
	return 0;
}

/* Takes `user@` off the front of `*rest`. */
static int parse_user(char **rest, struct sink_dest *dest, char *why)
{
	char *at = strrchr(*rest, '@');
	if (at == NULL)
		return 0;
	*at = '\0';
	if (strchr(*rest, ':') != NULL) {
		dest->text[0] = '\0';
		return why_refused(
			why, -EINVAL, "a password does not belong into a URL, where every user of the machine sees it: use --password-file");
	}
	size_t len = strlen(*rest);
	if (len == 0 || len >= sizeof dest->user || strchr(*rest, '%') != NULL)
		return why_refused(
			why, -EINVAL, "%s: a user's name before the @ has 1 to %zu characters, without %%", dest->text, sizeof dest->user - 1);
	memcpy(dest->user, *rest, len + 1);
	*rest = at + 1;
	return 0;
}

/* Splits `host[:port]` or `[v6][:port]`; `*port` is null when there is none. */
static bool split_host(char *rest, char **host, char **port)
{
	char *after = rest;
	*host = rest;
	if (rest[0] == '[') {
		after = strchr(rest, ']');
		if (after == NULL)
			return false;
		*after++ = '\0';
		*host = rest + 1;
		size_t address_len = strcspn(*host, "%"); /* a scope may follow, RFC 4007 §11 */
		if (strspn(*host, "0123456789abcdefABCDEF:.") != address_len)
			return false;
	} else {
		after = rest + strcspn(rest, ":");
	}
	*port = NULL;
	if (*after == ':') {
		*after = '\0';
		*port = after + 1;
	} else if (*after != '\0') {
		return false;
	}
	return **host != '\0' && strpbrk(*host, " \t[]@?#") == NULL;
}

/* One `host[:port]` of a list. */
static int parse_peer(char *text, uint16_t port, struct sink_dest *dest, char *why)
{
	char *host, *port_text;
	uint32_t number = port;
	if (!split_host(text, &host, &port_text) || strlen(host) >= DEST_HOST_CAP)
		return why_refused(why, -EINVAL,
			dest->kind == DEST_SENTINEL ? "%s: want redis+sentinel://[user@]host[:port],.../master[/db], an IPv6 address in brackets"
						    : "%s: want redis://[user@]host[:port][,...][/db], an IPv6 address in brackets",
			dest->text);
	if (port_text != NULL && (!decimal(port_text, UINT16_MAX, &number) || number == 0))
		return why_refused(why, -EINVAL, "%s: a port is a number from 1 to 65535", dest->text);
	if (dest->peer_count == DEST_PEERS_MAX)
		return why_refused(why, -EINVAL, "%s: at most %d servers", dest->text, DEST_PEERS_MAX);
	struct dest_peer *peer = &dest->peers[dest->peer_count++];
	peer->port = (uint16_t)number;
	memcpy(peer->host, host, strlen(host) + 1);
	return 0;
}

/* `/db` of a server. */
static int parse_db(const char *text, struct sink_dest *dest, char *why)
{
	if (text != NULL && *text != '\0' && !decimal(text, INT32_MAX, &dest->db))
		return why_refused(why, -EINVAL, "%s: after the slash comes a database's number", dest->text);
	return 0;
}

/* Cuts `text` at its first `c`; returns what follows, or null. */
static char *cut(char *text, int c)
{
	char *at = strchr(text, c);
	if (at != NULL)
		*at++ = '\0';
	return at;
}

/* A list of them. */
static int parse_peers(char *list, uint16_t port, struct sink_dest *dest, char *why)
{
	int rc = 0;
	for (char *next; rc == 0 && list != NULL; list = next) {
		next = cut(list, ',');
		rc = parse_peer(list, port, dest, why);
	}
	return rc;
}

static int parse_tcp(char *rest, struct sink_dest *dest, char *why)
{
	dest->kind = DEST_TCP;
	char *db = cut(rest, '/');
	int rc = parse_db(db, dest, why);
	return rc != 0 ? rc : parse_peers(rest, 6379, dest, why);
}

static int parse_sentinel(char *rest, struct sink_dest *dest, char *why)
{
	dest->kind = DEST_SENTINEL;
	char *master = cut(rest, '/');
	char *db = master == NULL ? NULL : cut(master, '/');
	/* What sentinel.c of Redis takes for a master's name, so that nothing else is asked for. */
	size_t len = master == NULL ? 0 : strspn(master, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
	if (len == 0 || master[len] != '\0' || len >= sizeof dest->master)
		return why_refused(why, -EINVAL, "%s: after the sentinels comes /NAME, their name for the master: A-Z a-z 0-9 . _ -", dest->text);
	memcpy(dest->master, master, len + 1);
	int rc = parse_db(db, dest, why);
	return rc != 0 ? rc : parse_peers(rest, 26379, dest, why);
}

static int parse_url(const char *text, struct sink_dest *dest, bool *is_url, char *why)
{
	static const struct {
		const char *scheme;
		bool has_tls;
		int (*parse)(char *rest, struct sink_dest *dest, char *why);
	} schemes[] = {
		{"redis://", false, parse_tcp},
		{"rediss://", true, parse_tcp},
		{"redis+sentinel://", false, parse_sentinel},
		{"rediss+sentinel://", true, parse_sentinel},
	};
	char copy[DEST_TEXT_CAP];
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t len = strlen(schemes[i].scheme);
		if (strncmp(text, schemes[i].scheme, len) != 0)
			continue;
		*is_url = true;
		memcpy(copy, text + len, strlen(text + len) + 1);
		char *rest = copy;
		dest->has_tls = schemes[i].has_tls;
		int rc = parse_user(&rest, dest, why);
		if (rc == 0)
			rc = parse_query(rest, dest, why);
		return rc != 0 ? rc : schemes[i].parse(rest, dest, why);
	}
	*is_url = strncmp(text, "unix://", 7) == 0;
	if (!*is_url)
		return 0;
	memcpy(copy, text + 7, strlen(text + 7) + 1);
	return parse_unix(copy, dest, why);
}

/* redis:localhost, localhost:6379: meant as a server, surely. */
static bool is_nearly_a_server(const char *text)
{
	static const char *const schemes[] = {"redis:", "rediss:", "redis+sentinel:", "rediss+sentinel:", "unix:"};
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (strncmp(text, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return strchr(text, ':') != NULL && strchr(text, '/') == NULL;
}

int dest_parse(const char *text, struct sink_dest *dest, char why[static SINK_WHY_CAP])
{
	memset(dest, 0, sizeof *dest);
	if (strlen(text) >= sizeof dest->text)
		return why_refused(why, -EINVAL, "a destination has at most %zu characters", sizeof dest->text - 1);
	memcpy(dest->text, text, strcspn(text, "?")); /* what is said of a wrong one: some clients take a password behind it */
	bool is_url;
	int rc = parse_url(text, dest, &is_url, why);
	if (rc == 0)
		memcpy(dest->text, text, strlen(text) + 1);
	if (is_url || rc != 0)
		return rc;
	if (strstr(text, "://") != NULL) {
		int len = (int)(strstr(text, "://") - text);
		dest->text[0] = '\0';
		return why_refused(why, -EINVAL,
			"%.*s:// is not a known scheme; there are redis://, rediss://, redis+sentinel://, rediss+sentinel:// and unix://", len, text);
	}
	if (text[0] == '\0')
		return why_refused(why, -EINVAL, "an empty destination");
	if (strcmp(text, "none") == 0)
		dest->kind = DEST_NONE;
	else
		dest->kind = strcmp(text, "-") == 0 ? DEST_STDOUT : DEST_FILE;
	if (dest->kind == DEST_FILE && is_nearly_a_server(text)) {
		dest->text[0] = '\0'; /* there may be a password in it */
		return why_refused(why, -EINVAL, "a server is redis://HOST:PORT or unix:///PATH; a file whose name has a colon is ./NAME");
	}
	return 0;
}

void dest_sink_name(const struct sink_dest *dest, char name[static SINK_SENSOR_MAX + 1])
{
	static const char *const modes[] = {[DEST_STREAM] = "", [DEST_LIST] = "list-", [DEST_CHANNEL] = "channel-"};
	size_t text_len = strcspn(dest->text, "?");
	char whole[DEST_TEXT_CAP + 32];
	size_t n = (size_t)snprintf(name, SINK_SENSOR_MAX + 1, "%s", modes[dest->mode]);
	for (size_t i = 0; i < text_len && i < 30; i++) {
		char c = dest->text[i];
		bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
		name[n++] = is_plain ? c : '-';
	}
	static const struct siphash_key open_key;
	int whole_len = snprintf(whole, sizeof whole, "%.*s?%d,%" PRIu32, (int)text_len, dest->text, (int)dest->mode, dest->db);
	snprintf(name + n, SINK_SENSOR_MAX + 1 - n, "-%016" PRIx64, siphash13(&open_key, whole, (size_t)whole_len));
}

bool dest_peer_set(struct dest_peer *peer, const char *host, size_t host_len, const char *port, size_t port_len)
{
	/* Of addresses, their scopes (RFC 4007 §11) and names; nothing that would make a log line of something else. */
	static const char known[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:-_%";
	char text[8];
	uint32_t number;
	if (host_len == 0 || host_len >= DEST_HOST_CAP || port_len >= sizeof text)
		return false;
	for (size_t i = 0; i < host_len; i++)
		if (host[i] == '\0' || strchr(known, host[i]) == NULL)
			return false;
	memcpy(text, port, port_len);
	text[port_len] = '\0';
	if (memchr(port, '\0', port_len) != NULL || !decimal(text, UINT16_MAX, &number) || number == 0)
		return false;
	memcpy(peer->host, host, host_len);
	peer->host[host_len] = '\0';
	peer->port = (uint16_t)number;
	return true;
}

bool dest_peer_is(const struct dest_peer *a, const struct dest_peer *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0;
}

void dest_peer_text(const struct dest_peer *peer, char text[static DEST_PEER_TEXT_CAP])
{
	if (peer->port == 0)
		snprintf(text, DEST_PEER_TEXT_CAP, "%s", peer->host);
	else
		snprintf(text, DEST_PEER_TEXT_CAP, strchr(peer->host, ':') != NULL ? "[%s]:%u" : "%s:%u", peer->host, peer->port);
}

bool dest_is_redis(const struct sink_dest *dest)
{
	return dest->kind == DEST_TCP || dest->kind == DEST_UNIX || dest->kind == DEST_SENTINEL;
}
