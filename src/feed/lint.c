/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lint. Lists in circulation hold mail addresses cut to their host, whole hosting services, and addresses; one such line turns a sensor into a
 * siren that is switched off. What is refused here can be forced line by line, with force=yes.
 */

#include "feed/lint.h"

#include "feed/complaint.h"
#include "feed/lines.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads the well-known names into `builder`. Comments and lines that are no name are passed over. */
static int lint_read_popular(struct c2_domset_builder *builder, int fd)
{
	struct lines *lines = malloc(sizeof *lines);
	if (lines == NULL)
		return -ENOMEM;
	enum lines_rc got;
	int rc = lines_open(lines, fd);
	bool is_open = rc == 0;
	char *line;
	size_t len;
	while (rc == 0 && (got = lines_next(lines, &line, &len)) != LINES_END) {
		struct c2_name name;
		if (got == LINES_FAILED || got == LINES_UTF16)
			rc = got == LINES_FAILED ? -EIO : -EINVAL;
		else if (got == LINES_LINE && line[0] != '#' && c2_name_from_text(line, strcspn(line, " \t#"), &name) == C2_OK && name.labels > 0)
			rc = c2_domset_builder_add(builder, &name, C2_SCOPE_EXACT);
	}
	if (is_open)
		lines_close(lines);
	free(lines);
	return rc;
}

static int lint_open_popular(struct lint *lint, const char *path, const struct feed_listener *listener)
{
	struct c2_domset_builder *builder = c2_domset_builder_new(0); /* asked for what feeds list, not strangers */
	if (builder == NULL)
		return -ENOMEM;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int rc = fd < 0 ? -errno : lint_read_popular(builder, fd);
	if (fd >= 0)
		close(fd);
	if (rc == 0)
		rc = c2_domset_build(builder, NULL, &lint->popular);
	else if (rc != -ENOMEM)
		complaint_tell(listener, FEED_NOTE, path, 0, "%s; feeds are not checked against well-known names", strerror(-rc));
	c2_domset_builder_free(builder);
	return rc == -ENOMEM ? rc : 0;
}

int lint_open(struct lint *lint, const struct feed_lint *options, const struct feed_listener *listener)
{
	*lint = (struct lint){.own = psl_latest(NULL)};
	lint->suffixes = lint->own != NULL ? lint->own : psl_builtin();
	if (lint->suffixes == NULL)
		complaint_tell(listener, FEED_NOTE, "libpsl", 0, "there is no public suffix list; feeds are not checked against it");
	if (options == NULL || options->popular == NULL)
		return 0;
	int rc = lint_open_popular(lint, options->popular, listener);
	if (rc != 0)
		lint_close(lint);
	return rc;
}

void lint_close(struct lint *lint)
{
	psl_free(lint->own);
	c2_domset_free(lint->popular);
}

bool lint_is_address(const char *text, size_t len)
{
	char copy[INET6_ADDRSTRLEN];
	uint8_t address[16];
	if (len >= sizeof copy)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return inet_pton(AF_INET, copy, address) == 1 || inet_pton(AF_INET6, copy, address) == 1;
}

const char *lint_of_text(const char *text)
{
	size_t len = strlen(text);
	size_t head = strcspn(text, "/");
	if (strstr(text, "://") != NULL)
		return "a URL, not a name: list its host";
	if (strchr(text, '@') != NULL)
		return "a mail address, not a name";
	if (head < len)
		return lint_is_address(text, head) ? "a range of IP addresses, not a name" : "a path, not a name: list its host";
	if (lint_is_address(text, len))
		return "an IP address, not a name";
	if (strchr(text, ':') != NULL)
		return "a host with a port, not a name: list the host";
	if (text[0] == '.')
		return "begins with a dot";
	return NULL;
}

/* Is the last label a number? Then it is an address, or a part of one: no top-level domain is (RFC 3696 §2). */
static bool lint_ends_in_number(const char *text)
{
	const char *dot = strrchr(text, '.');
	const char *last = dot != NULL ? dot + 1 : text;
	return *last != '\0' && last[strspn(last, "0123456789")] == '\0';
}

static bool lint_is_popular(const struct lint *lint, const struct c2_name *name)
{
	struct c2_verdict verdict;
	struct c2_name without = *name;
	if (lint->popular == NULL)
		return false;
	if (name->len > 4 && memcmp(name->wire, "\3www", 4) == 0) {
		without.len = (uint8_t)(name->len - 4);
		without.labels--;
		memmove(without.wire, without.wire + 4, without.len);
	}
	return c2_domset_find(lint->popular, &without, &verdict) == C2_OK;
}

const char *lint_of_name(const struct lint *lint, const struct c2_name *name, const char *text, enum indicator_kind kind)
{
	if (name->labels == 0)
		return "the root";
	if (text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] != '\0')
		return "holds an octet that no host name has";
	if (lint_ends_in_number(text))
		return "ends in a number, as addresses do and names do not";
	if (name->labels == 1)
		return "a single label";
	if (lint->suffixes != NULL && psl_is_public_suffix(lint->suffixes, text))
		return "a public suffix: anybody may register below it";
	if (kind == INDICATOR_LISTED && lint_is_popular(lint, name))
		return "a well-known name";
	return NULL;
}
