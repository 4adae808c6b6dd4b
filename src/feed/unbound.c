/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unbound's configuration, unbound.conf(5): local-zone and local-data. A zone that is blocked is a name and all below it; an address that leads nowhere blocks
 * its name alone, or, in a zone that redirects, all of that.
 */
#include "feed/format.h"
#include "feed/sample.h"
#include "feed/sinkhole.h"

#include <string.h>
#include <strings.h>

#define UNBOUND_BLANKS " \t"

struct unbound {
	struct intake *intake;
	char redirect[LINES_MAX + 1]; /* the last zone that redirects: its data follow */
};

/* The next value, in quotes or not, NUL-ended; null at the end of the line or where quotes do not pair. */
static char *unbound_value(char **rest)
{
	char *value = *rest + strspn(*rest, UNBOUND_BLANKS);
	char *end;
	if (*value == '\0' || *value == '#')
		return NULL;
	if (*value == '"' || *value == '\'') {
		end = strchr(value + 1, *value);
		value++;
		if (end == NULL)
			return NULL;
	} else {
		end = value + strcspn(value, UNBOUND_BLANKS);
	}
	*rest = *end != '\0' ? end + 1 : end;
	*end = '\0';
	return value;
}

static size_t unbound_name_len(const char *name)
{
	size_t len = strlen(name);
	return len > 0 && name[len - 1] == '.' ? len - 1 : len;
}

/* local-zone: NAME TYPE */
static int unbound_zone(struct unbound *unbound, char *rest, uint32_t number)
{
	static const char *const blocked[] = {
		"always_nxdomain", "always_null", "always_refuse", "always_deny", "always_nodata", "refuse", "deny", "static", "inform_deny"};
	struct intake *intake = unbound->intake;
	char *name = unbound_value(&rest);
	char *type = name != NULL ? unbound_value(&rest) : NULL;
	if (type == NULL)
		return intake_refuse(intake, number, "local-zone: no name and type, or quotes that do not pair");
	struct intake_entry entry = {.text = name, .line = number, .scope = C2_SCOPE_TREE};
	if (strcmp(type, "redirect") == 0 || strcmp(type, "inform_redirect") == 0) {
		strcpy(unbound->redirect, name); /* no longer than the line */
		return 0;
	}
	if (strcmp(type, "always_transparent") == 0) {
		entry.scope = C2_SCOPE_EXCEPT;
		return intake_take(intake, &entry);
	}
	for (size_t i = 0; i < sizeof blocked / sizeof *blocked; i++)
		if (strcmp(blocked[i], type) == 0)
			return intake_take(intake, &entry);
	return intake_pass(intake, INTAKE_RULE);
}

/* local-data: "NAME [TTL] [CLASS] TYPE DATA" */
static int unbound_data(struct unbound *unbound, char *rest, uint32_t number)
{
	struct intake *intake = unbound->intake;
	char *words, *record = unbound_value(&rest);
	char *name = record != NULL ? strtok_r(record, UNBOUND_BLANKS, &words) : NULL;
	char *type = name != NULL ? strtok_r(NULL, UNBOUND_BLANKS, &words) : NULL;
	while (type != NULL && ((*type >= '0' && *type <= '9') || strcasecmp(type, "IN") == 0))
		type = strtok_r(NULL, UNBOUND_BLANKS, &words);
	char *address = type != NULL ? strtok_r(NULL, UNBOUND_BLANKS, &words) : NULL;
	if (address == NULL)
		return intake_refuse(intake, number, "local-data: no record in it, or quotes that do not pair");
	if (strcasecmp(type, "A") != 0 && strcasecmp(type, "AAAA") != 0)
		return intake_pass(intake, INTAKE_RULE);
	if (!sinkhole_is(address))
		return intake_refuse(intake, number, "%s: %s", address, SINKHOLE_NOT);
	size_t len = unbound_name_len(name);
	bool is_redirect = len == unbound_name_len(unbound->redirect) && strncasecmp(name, unbound->redirect, len) == 0;
	return intake_take(intake, &(struct intake_entry){.text = name, .line = number, .scope = is_redirect ? C2_SCOPE_TREE : C2_SCOPE_EXACT});
}

static int unbound_line_read(void *reader, char *line, uint32_t number)
{
	struct unbound *unbound = reader;
	line += strspn(line, UNBOUND_BLANKS);
	if (*line == '\0' || *line == '#' || strncmp(line, "server:", 7) == 0)
		return 0;
	if (strncmp(line, "local-zone:", 11) == 0)
		return unbound_zone(unbound, line + 11, number);
	if (strncmp(line, "local-data:", 11) == 0)
		return unbound_data(unbound, line + 11, number);
	return intake_pass(unbound->intake, INTAKE_RULE);
}

static enum sample_word unbound_sample(char *line)
{
	line += strspn(line, UNBOUND_BLANKS);
	if (*line == '#')
		return SAMPLE_NOTHING;
	if (strncmp(line, "local-zone:", 11) == 0 || strncmp(line, "local-data:", 11) == 0)
		return SAMPLE_YES;
	size_t key = strspn(line, "abcdefghijklmnopqrstuvwxyz-");
	return key > 0 && line[key] == ':' && strchr(UNBOUND_BLANKS, line[key + 1]) != NULL ? SAMPLE_NOTHING : SAMPLE_NO; /* another setting */
}

static bool unbound_is(const char *octets, size_t len)
{
	return sample_says(octets, len, unbound_sample);
}

static int unbound_read(struct intake *intake, struct lines *lines)
{
	struct unbound unbound = {.intake = intake};
	return intake_lines(intake, lines, unbound_line_read, &unbound);
}

const struct format unbound_format = {.name = "Unbound's configuration", .is = unbound_is, .read = unbound_read};
