/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native format, c2watch-feeds(5): one line, at most one entry. A line is taken whole or refused whole; a header line holds for what is below it.
 */
#include "feed/format.h"

#include <errno.h>
#include <string.h>

/* A line while it is read. */
struct native_line {
	uint32_t number;
	struct facts facts;
	struct intake_entry entry;
};

#define NATIVE_BLANKS " \t"

static int native_answer(struct intake *intake, uint32_t number, const char *key, const char *value, bool *is_yes)
{
	*is_yes = strcmp(value, "yes") == 0;
	return *is_yes || strcmp(value, "no") == 0 ? 0 : intake_refuse(intake, number, "%s = %s: not yes or no", key, value);
}

static int native_kind(struct intake *intake, uint32_t number, const char *value)
{
	static const char *const kinds[] = {[INDICATOR_LISTED] = "indicator", [INDICATOR_EXCEPTION] = "allow", [INDICATOR_CONTEXT] = "context"};
	for (unsigned kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
		if (strcmp(value, kinds[kind]) == 0) {
			intake->kind = (enum indicator_kind)kind;
			return 0;
		}
	return intake_refuse(intake, number, "kind = %s: not indicator, allow or context", value);
}

/* `#: key = value`, from behind the mark. */
static int native_header(struct intake *intake, uint32_t number, char *line)
{
	char *key = line + strspn(line, NATIVE_BLANKS);
	char *equals = strchr(key, '=');
	if (equals == NULL)
		return intake_refuse(intake, number, "a header line is `#: key = value`");
	char *value = equals + 1 + strspn(equals + 1, NATIVE_BLANKS);
	while (equals > key && strchr(NATIVE_BLANKS, equals[-1]) != NULL)
		equals--;
	*equals = '\0';
	size_t len = strlen(value);
	while (len > 0 && strchr(NATIVE_BLANKS, value[len - 1]) != NULL)
		value[--len] = '\0';
	if (len == 0)
		return intake_refuse(intake, number, "%s: no value", key);
	if (strcmp(key, "name") == 0)
		return intake_fact(intake, &intake->header, FACT_FEED, value, number);
	if (strcmp(key, "kind") == 0)
		return native_kind(intake, number, value);
	if (strcmp(key, "enabled") == 0) {
		bool is_on;
		int rc = native_answer(intake, number, key, value, &is_on);
		intake->is_on = rc == 0 ? is_on : intake->is_on;
		return rc;
	}
	enum fact fact = facts_of_key(key, strlen(key));
	return fact != FACT_COUNT ? intake_fact(intake, &intake->header, fact, value, number) : intake_refuse(intake, number, "%s: no such key", key);
}

/* The next word of the line, NUL-ended, or null: the rest is blank or a comment. A word ends at a blank, but not within quotes. */
static char *native_word(char **rest)
{
	char *word = *rest + strspn(*rest, NATIVE_BLANKS);
	if (*word == '\0' || *word == '#')
		return NULL;
	char *end = word + strcspn(word, NATIVE_BLANKS "\"");
	if (*end == '"') {
		char *closing = strchr(end + 1, '"');
		end = closing != NULL ? closing + 1 : end;
		end += strcspn(end, NATIVE_BLANKS);
	}
	*rest = *end != '\0' ? end + 1 : end;
	*end = '\0';
	return word;
}

/* Takes the quotes off a value: null when they do not stand at both ends. */
static char *native_unquote(char *value)
{
	size_t len = strlen(value);
	if (strchr(value, '"') == NULL)
		return value;
	if (len < 2 || value[0] != '"' || strchr(value + 1, '"') != value + len - 1)
		return NULL;
	value[len - 1] = '\0';
	return value + 1;
}

static int native_attribute(struct intake *intake, struct native_line *line, const char *key, const char *value)
{
	bool is_yes;
	enum fact fact = facts_of_key(key, strlen(key));
	if (fact != FACT_COUNT)
		return intake_fact(intake, &line->facts, fact, value, line->number);
	if (strcmp(key, "name") == 0 || strcmp(key, "kind") == 0)
		return intake_refuse(intake, line->number, "%s: belongs in the header, `#: %s = %s`", key, key, value);
	bool is_enabled = strcmp(key, "enabled") == 0;
	if (!is_enabled && strcmp(key, "force") != 0)
		return intake_refuse(intake, line->number, "%s: no such attribute", key);
	int rc = native_answer(intake, line->number, key, value, &is_yes);
	if (is_enabled)
		line->entry.is_off = !is_yes;
	else
		line->entry.is_forced = is_yes;
	return rc;
}

static int native_attributes(struct intake *intake, char *rest, struct native_line *line)
{
	for (char *word; (word = native_word(&rest)) != NULL;) {
		char *equals = strchr(word, '=');
		if (equals == NULL)
			return intake_refuse(intake, line->number, "%s: neither key=value nor a comment", word);
		*equals = '\0';
		char *value = native_unquote(equals + 1);
		if (value == NULL || *value == '\0')
			return intake_refuse(intake, line->number, "%s: no value, or quotes that do not pair", word);
		int rc = native_attribute(intake, line, word, value);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Takes the mark off the word and tells what the entry covers. */
static int native_mark(struct intake *intake, struct native_line *line, char *word)
{
	struct intake_entry *entry = &line->entry;
	entry->text = word;
	entry->scope = intake_mark(&entry->text);
	if (intake->kind == INDICATOR_EXCEPTION && entry->scope != C2_SCOPE_TREE && entry->scope != C2_SCOPE_EXCEPT)
		return intake_refuse(intake, line->number, "%s: an exception is for a name and what is below it, and takes no other mark", word);
	return 0;
}

/* `name key=value ...` */
static int native_entry(struct intake *intake, char *rest, uint32_t number)
{
	struct native_line line = {.number = number, .facts = intake->header, .entry = {.line = number, .is_off = !intake->is_on}};
	char *word = native_word(&rest);
	line.entry.facts = &line.facts;
	int rc = native_attributes(intake, rest, &line);
	if (rc == 0)
		rc = native_mark(intake, &line, word);
	if (rc != 0)
		return rc;
	bool is_exception = line.entry.scope == C2_SCOPE_EXCEPT || intake->kind == INDICATOR_EXCEPTION;
	if (is_exception && line.facts.text[FACT_EXPIRES] != intake->header.text[FACT_EXPIRES])
		return intake_refuse(intake, number, "%s: an exception does not expire", word);
	return intake_take(intake, &line.entry);
}

static int native_line_read(void *reader, char *line, uint32_t number)
{
	struct intake *intake = reader;
	line += strspn(line, NATIVE_BLANKS);
	if (*line == '\0')
		return 0;
	if (*line != '#')
		return native_entry(intake, line, number);
	return line[1] == ':' ? native_header(intake, number, line + 2) : 0;
}

static bool native_is(const char *octets, size_t len)
{
	(void)octets;
	(void)len;
	return true;
}

static int native_read(struct intake *intake, struct lines *lines)
{
	return intake_lines(intake, lines, native_line_read, intake);
}

const struct format native_format = {.name = "a plain list", .is = native_is, .read = native_read};
