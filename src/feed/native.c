/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native format, c2watch-feeds(5): one line, at most one entry. A line is taken whole or refused whole; a header line holds for what is below it.
 */
#include "feed/native.h"

#include "feed/spelling.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What a line says beside its name. */
struct native_line {
	struct facts facts;
	bool is_on;
	bool is_forced;
};

#define NATIVE_BLANKS " \t"

__attribute__((format(printf, 2, 3))) static int native_refuse(struct native *native, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(native->why, sizeof native->why, format, args);
	va_end(args);
	return -EINVAL;
}

static int native_fact(struct native *native, struct facts *facts, enum fact fact, const char *key, const char *value)
{
	const char *wanted;
	const char *text = facts_value(fact, value, &wanted);
	if (text == NULL)
		return native_refuse(native, "%s = %s: not %s", key, value, wanted);
	if (fact == FACT_CONFIDENCE)
		facts->confidence = facts_confidence(text);
	if (fact == FACT_EXPIRES)
		facts_instant(text, &facts->expires_ns);
	return book_text(native->book, text, strlen(text), &facts->text[fact]);
}

int native_open(struct native *native, struct book *book, const struct lint *lint, const char *path)
{
	*native = (struct native){.book = book, .lint = lint, .kind = INDICATOR_LISTED, .is_on = true};
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	char name[256];
	snprintf(name, sizeof name, "%.*s", dot != NULL && dot != base ? (int)(dot - base) : (int)strlen(base), base);
	if (name[0] == '\0' || native_fact(native, &native->header, FACT_FEED, "name", name) == -EINVAL)
		snprintf(name, sizeof name, "unnamed");
	int rc = book_text(book, name, strlen(name), &native->header.text[FACT_FEED]);
	return rc != 0 ? rc : book_text(book, path, strlen(path), &native->header.text[FACT_FILE]);
}

static int native_answer(struct native *native, const char *key, const char *value, bool *is_yes)
{
	*is_yes = strcmp(value, "yes") == 0;
	return *is_yes || strcmp(value, "no") == 0 ? 0 : native_refuse(native, "%s = %s: not yes or no", key, value);
}

static int native_kind(struct native *native, const char *value)
{
	if (strcmp(value, "indicator") == 0) {
		native->kind = INDICATOR_LISTED;
	} else if (strcmp(value, "allow") == 0) {
		native->kind = INDICATOR_EXCEPTION;
	} else if (strcmp(value, "context") == 0) {
		native_refuse(native, "kind = context: this version cannot use such a feed");
		return -ENOTSUP;
	} else {
		return native_refuse(native, "kind = %s: not indicator, allow or context", value);
	}
	return 0;
}

/* `#: key = value`, from behind the mark. */
static int native_header(struct native *native, char *line)
{
	char *key = line + strspn(line, NATIVE_BLANKS);
	char *equals = strchr(key, '=');
	if (equals == NULL)
		return native_refuse(native, "a header line is `#: key = value`");
	char *value = equals + 1 + strspn(equals + 1, NATIVE_BLANKS);
	while (equals > key && strchr(NATIVE_BLANKS, equals[-1]) != NULL)
		equals--;
	*equals = '\0';
	size_t len = strlen(value);
	while (len > 0 && strchr(NATIVE_BLANKS, value[len - 1]) != NULL)
		value[--len] = '\0';
	if (len == 0)
		return native_refuse(native, "%s: no value", key);
	if (strcmp(key, "name") == 0)
		return native_fact(native, &native->header, FACT_FEED, key, value);
	if (strcmp(key, "kind") == 0)
		return native_kind(native, value);
	if (strcmp(key, "enabled") == 0) {
		bool is_on;
		int rc = native_answer(native, key, value, &is_on);
		native->is_on = rc == 0 ? is_on : native->is_on;
		return rc;
	}
	enum fact fact = facts_of_key(key, strlen(key));
	return fact != FACT_COUNT ? native_fact(native, &native->header, fact, key, value) : native_refuse(native, "%s: no such key", key);
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

static int native_attributes(struct native *native, char *rest, struct native_line *line)
{
	for (char *word; (word = native_word(&rest)) != NULL;) {
		char *equals = strchr(word, '=');
		if (equals == NULL)
			return native_refuse(native, "%s: neither key=value nor a comment", word);
		*equals = '\0';
		char *value = native_unquote(equals + 1);
		if (value == NULL || *value == '\0')
			return native_refuse(native, "%s: no value, or quotes that do not pair", word);
		enum fact fact = facts_of_key(word, strlen(word));
		int rc;
		if (fact != FACT_COUNT)
			rc = native_fact(native, &line->facts, fact, word, value);
		else if (strcmp(word, "enabled") == 0)
			rc = native_answer(native, word, value, &line->is_on);
		else if (strcmp(word, "force") == 0)
			rc = native_answer(native, word, value, &line->is_forced);
		else if (strcmp(word, "name") == 0 || strcmp(word, "kind") == 0)
			rc = native_refuse(native, "%s: belongs in the header, `#: %s = %s`", word, word, value);
		else
			rc = native_refuse(native, "%s: no such attribute", word);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Takes the mark off the word and tells what the entry covers. */
static int native_mark(struct native *native, char **word, struct book_entry *entry)
{
	entry->kind = (uint8_t)native->kind;
	entry->scope = C2_SCOPE_TREE;
	if (**word == '!')
		entry->kind = INDICATOR_EXCEPTION;
	else if (**word == '=')
		entry->scope = C2_SCOPE_EXACT;
	else if (strncmp(*word, "*.", 2) == 0)
		entry->scope = C2_SCOPE_BELOW;
	else
		return 0;
	if (entry->kind == INDICATOR_EXCEPTION && entry->scope != C2_SCOPE_TREE)
		return native_refuse(native, "%s: an exception is for a name and what is below it, and takes no other mark", *word);
	*word += **word == '*' ? 2 : 1;
	return 0;
}

/* `name key=value ...` */
static int native_entry(struct native *native, char *rest, uint32_t number)
{
	struct native_line line = {.facts = native->header, .is_on = native->is_on};
	struct book_entry entry = {.line = number};
	char *word = native_word(&rest);
	int rc = native_attributes(native, rest, &line);
	if (rc == 0)
		rc = native_mark(native, &word, &entry);
	if (rc != 0)
		return rc;
	if (entry.kind == INDICATOR_EXCEPTION && line.facts.expires_ns != native->header.expires_ns)
		return native_refuse(native, "%s: an exception does not expire", word);
	entry.is_on = line.is_on;
	const char *against = lint_of_text(word);
	if (against != NULL && !line.is_forced)
		return native_refuse(native, "%s: %s", word, against);
	struct c2_name name;
	const char *why;
	rc = spelling_read(word, &name, &why);
	if (rc != 0)
		return rc == -EINVAL ? native_refuse(native, "%s: %s", word, why) : rc;
	char text[C2_NAME_TEXT_MAX];
	size_t len = c2_name_to_text(&name, text);
	against = lint_of_name(native->lint, &name, text, (enum indicator_kind)entry.kind);
	if (against != NULL && (!line.is_forced || name.labels == 0))
		return native_refuse(native, "%s: %s", text, against);
	rc = book_text(native->book, text, len, &entry.name);
	return rc != 0 ? rc : book_add(native->book, &entry, &line.facts);
}

int native_line(struct native *native, char *line, uint32_t number)
{
	line += strspn(line, NATIVE_BLANKS);
	if (*line == '\0')
		return 0;
	if (*line != '#')
		return native_entry(native, line, number);
	return line[1] == ':' ? native_header(native, line + 2) : 0;
}
