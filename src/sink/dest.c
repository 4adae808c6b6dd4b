/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The argument of -o. What has a scheme is a server and must be understood to its last character; everything else is a path. A password has no place
 * here: arguments are seen by every user of the machine.
 */
#include "sink/dest.h"

#include "sink/why.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads a decimal number of 1 to 9 digits that fills `text`. */
static bool decimal(const char *text, uint32_t max, uint32_t *value)
{
	size_t len = strlen(text);
	if (len == 0 || len > 9 || strspn(text, "0123456789") != len)
		return false;
	*value = (uint32_t)strtoul(text, NULL, 10);
	return *value <= max;
}

static int parse_unix(const char *rest, struct sink_dest *dest, char *why)
{
	const char *query = strchr(rest, '?');
	size_t len = query != NULL ? (size_t)(query - rest) : strlen(rest);
	if (rest[0] != '/')
		return why_refused(why, -EINVAL, "%s: the path after unix:// begins with a slash: unix:///run/redis/redis-server.sock", dest->text);
	if (len >= sizeof dest->path)
		return why_refused(why, -EINVAL, "%s: a socket's path has at most %zu characters", dest->text, sizeof dest->path - 1);
	if (query != NULL && (strncmp(query, "?db=", 4) != 0 || !decimal(query + 4, INT32_MAX, &dest->db)))
		return why_refused(why, -EINVAL, "%s: after the path only ?db=N is understood", dest->text);
	memcpy(dest->path, rest, len);
	dest->kind = DEST_UNIX;
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

static int parse_tcp(const char *text, struct sink_dest *dest, char *why)
{
	char copy[DEST_TEXT_CAP];
	snprintf(copy, sizeof copy, "%s", text);
	char *rest = copy;
	int rc = parse_user(&rest, dest, why);
	if (rc != 0)
		return rc;
	char *slash = strchr(rest, '/');
	if (slash != NULL) {
		*slash = '\0';
		if (slash[1] != '\0' && !decimal(slash + 1, INT32_MAX, &dest->db))
			return why_refused(why, -EINVAL, "%s: after the slash comes a database's number", dest->text);
	}
	char *host, *port;
	uint32_t number = 6379;
	if (!split_host(rest, &host, &port) || strlen(host) >= sizeof dest->host)
		return why_refused(why, -EINVAL, "%s: want redis://[user@]host[:port][/db], an IPv6 address in brackets", dest->text);
	if (port != NULL && (!decimal(port, UINT16_MAX, &number) || number == 0))
		return why_refused(why, -EINVAL, "%s: a port is a number from 1 to 65535", dest->text);
	dest->port = (uint16_t)number;
	memcpy(dest->host, host, strlen(host) + 1);
	dest->kind = DEST_TCP;
	return 0;
}

int dest_parse(const char *text, struct sink_dest *dest, char why[static SINK_WHY_CAP])
{
	memset(dest, 0, sizeof *dest);
	if (strlen(text) >= sizeof dest->text)
		return why_refused(why, -EINVAL, "a destination has at most %zu characters", sizeof dest->text - 1);
	memcpy(dest->text, text, strlen(text) + 1);
	if (strncmp(text, "redis://", 8) == 0)
		return parse_tcp(text + 8, dest, why);
	if (strncmp(text, "unix://", 7) == 0)
		return parse_unix(text + 7, dest, why);
	if (strstr(text, "://") != NULL) {
		int len = (int)(strstr(text, "://") - text);
		dest->text[0] = '\0';
		return why_refused(why, -EINVAL, "%.*s:// is not a known scheme; there are redis:// and unix://", len, text);
	}
	if (text[0] == '\0')
		return why_refused(why, -EINVAL, "an empty destination");
	if (strcmp(text, "none") == 0)
		dest->kind = DEST_NONE;
	else
		dest->kind = strcmp(text, "-") == 0 ? DEST_STDOUT : DEST_FILE;
	return 0;
}

bool dest_is_redis(const struct sink_dest *dest)
{
	return dest->kind == DEST_TCP || dest->kind == DEST_UNIX;
}
