/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists for ad blockers, of which only rules for a whole host are of use: `||name^` and, for an exception, `@@||name^`. All the others, for parts of pages,
 * for paths, for single kinds of requests or single sites, list no host; they are passed over.
 */
#include "feed/format.h"
#include "feed/sample.h"

#include <string.h>
#include <strings.h>

/* Options that do not narrow a rule down to less than the host. */
static const char *const adblock_whole[] = {"all", "important", "document", "doc", "popup", "third-party", "3p"};

static bool adblock_is_whole(char *options)
{
	char *rest;
	for (char *option = strtok_r(options, ",", &rest); option != NULL; option = strtok_r(NULL, ",", &rest)) {
		size_t i = 0;
		while (i < sizeof adblock_whole / sizeof *adblock_whole && strcasecmp(adblock_whole[i], option) != 0)
			i++;
		if (i == sizeof adblock_whole / sizeof *adblock_whole)
			return false;
	}
	return true;
}

/* Takes `||name^` apart, NUL-ending the name: null when the rule is another. */
static char *adblock_host(char *rule)
{
	if (strncmp(rule, "||", 2) != 0)
		return NULL;
	char *name = rule + 2;
	char *mark = name + strcspn(name, "^/|$:?");
	if (*mark != '^' || mark == name)
		return NULL;
	char *behind = mark[1] == '|' ? mark + 2 : mark + 1;
	if (*behind != '\0' && (*behind != '$' || !adblock_is_whole(behind + 1)))
		return NULL;
	*mark = '\0';
	return name;
}

static int adblock_line_read(void *reader, char *line, uint32_t number)
{
	struct intake *intake = reader;
	struct intake_entry entry = {.line = number, .scope = C2_SCOPE_TREE};
	line += strspn(line, " \t");
	size_t len = strlen(line);
	while (len > 0 && strchr(" \t", line[len - 1]) != NULL)
		line[--len] = '\0';
	if (*line == '\0' || *line == '!' || *line == '[' || strcmp(line, "#") == 0 || strncmp(line, "# ", 2) == 0)
		return 0;
	if (strncmp(line, "@@", 2) == 0) {
		entry.scope = C2_SCOPE_EXCEPT;
		line += 2;
	}
	char *name = adblock_host(line);
	if (name != NULL && strncmp(name, "*.", 2) == 0 && entry.scope == C2_SCOPE_TREE) {
		entry.scope = C2_SCOPE_BELOW;
		name += 2;
	}
	if (name == NULL || strchr(name, '*') != NULL)
		return intake_pass(intake, INTAKE_RULE);
	entry.text = name;
	return intake_take(intake, &entry);
}

/* `[Adblock Plus 2.0]` and its like. */
static bool adblock_is_header(const char *line)
{
	return *line == '[' && (strcasestr(line, "adblock") != NULL || strcasestr(line, "adguard") != NULL || strcasestr(line, "ublock") != NULL);
}

static enum sample_word adblock_sample(char *line)
{
	line += strspn(line, " \t");
	if (adblock_is_header(line) || strncmp(line, "||", 2) == 0 || strncmp(line, "@@||", 4) == 0)
		return SAMPLE_YES;
	bool is_cosmetic = strstr(line, "##") != NULL || strstr(line, "#@#") != NULL;
	return *line == '!' || *line == '#' || is_cosmetic ? SAMPLE_NOTHING : SAMPLE_NO;
}

static bool adblock_is(const char *octets, size_t len)
{
	return sample_says(octets, len, adblock_sample);
}

static int adblock_read(struct intake *intake, struct lines *lines)
{
	return intake_lines(intake, lines, adblock_line_read, intake);
}

const struct format adblock_format = {.name = "an ad blocker's list", .is = adblock_is, .read = adblock_read};
