/* SPDX-License-Identifier: Apache-2.0 */
/* dnsmasq's configuration, dnsmasq(8): address=, server= and local= say what is answered for a name and all below it. */
#include "feed/format.h"
#include "feed/sample.h"
#include "feed/sinkhole.h"

#include <string.h>

/* `/name/name/`, between the first slash and the last: each is taken. */
static int dnsmasq_names(struct intake *intake, char *names, struct intake_entry *entry)
{
	char *rest;
	for (char *name = strtok_r(names, "/", &rest); name != NULL; name = strtok_r(NULL, "/", &rest)) {
		entry->text = name + strspn(name, "."); /* dnsmasq implies them */
		int rc = intake_take(intake, entry);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* What is answered, behind the last slash: 0 when `entry` is to be taken. */
static int dnsmasq_answer(struct intake *intake, const char *key, const char *answer, struct intake_entry *entry)
{
	bool is_address = strcmp(key, "address") == 0;
	if (*answer == '\0' || (is_address && (strcmp(answer, "#") == 0 || sinkhole_is(answer))))
		return 0;
	if (is_address)
		return intake_refuse(intake, entry->line, "%s: %s", answer, SINKHOLE_NOT);
	entry->scope = C2_SCOPE_EXCEPT; /* server=/name/#: asked as ever, though what is above it is blocked */
	return 0;
}

static int dnsmasq_line_read(void *reader, char *line, uint32_t number)
{
	struct intake *intake = reader;
	struct intake_entry entry = {.line = number, .scope = C2_SCOPE_TREE};
	line += strspn(line, " \t");
	for (char *mark = strchr(line, '#'); mark != NULL; mark = strchr(mark + 1, '#'))
		if (mark == line || strchr(" \t", mark[-1]) != NULL)
			*mark = '\0';
	size_t len = strlen(line);
	while (len > 0 && strchr(" \t", line[len - 1]) != NULL)
		line[--len] = '\0';
	if (len == 0)
		return 0;
	char *names = strchr(line, '=');
	if (names != NULL)
		*names++ = '\0';
	bool is_server = strcmp(line, "server") == 0 || strcmp(line, "local") == 0;
	if (names == NULL || *names != '/' || (!is_server && strcmp(line, "address") != 0))
		return intake_pass(intake, INTAKE_RULE);
	char *last = strrchr(names, '/');
	if (last == names)
		return intake_refuse(intake, number, "%s: no slash behind the names", names);
	*last = '\0';
	if (is_server && last[1] != '\0' && strcmp(last + 1, "#") != 0)
		return intake_pass(intake, INTAKE_RULE);
	int rc = dnsmasq_answer(intake, line, last + 1, &entry);
	return rc == 0 ? dnsmasq_names(intake, names, &entry) : rc;
}

/* A word with neither dot nor slash in it, alone or before an equals sign, may be any of dnsmasq's many settings, and is no name for a feed. */
static enum sample_word dnsmasq_sample(char *line)
{
	line += strspn(line, " \t");
	if (*line == '#')
		return SAMPLE_NOTHING;
	if (strncmp(line, "address=/", 9) == 0 || strncmp(line, "server=/", 8) == 0 || strncmp(line, "local=/", 7) == 0)
		return SAMPLE_YES;
	size_t key = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return key > 0 && (line[key] == '\0' || line[key] == '=') ? SAMPLE_NOTHING : SAMPLE_NO;
}

static bool dnsmasq_is(const char *octets, size_t len)
{
	return sample_says(octets, len, dnsmasq_sample);
}

static int dnsmasq_read(struct intake *intake, struct lines *lines)
{
	return intake_lines(intake, lines, dnsmasq_line_read, intake);
}

const struct format dnsmasq_format = {.name = "dnsmasq's configuration", .is = dnsmasq_is, .read = dnsmasq_read};
