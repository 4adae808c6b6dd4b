/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/intake.h"

#include "feed/complaint.h"
#include "feed/spelling.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define INTAKE_PROGRESS_LINES 16384

static __attribute__((format(printf, 4, 0))) void intake_tell(
	const struct intake *intake, enum feed_level level, uint32_t line, const char *format, va_list args)
{
	char what[512];
	vsnprintf(what, sizeof what, format, args);
	complaint_tell(intake->listener, level, intake->path, line, "%s", what);
}

int intake_refuse(const struct intake *intake, uint32_t line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	intake_tell(intake, FEED_REFUSED, line, format, args);
	va_end(args);
	return -EINVAL;
}

int intake_note(const struct intake *intake, uint32_t line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	intake_tell(intake, FEED_NOTE, line, format, args);
	va_end(args);
	return 0;
}

int intake_fail(const struct intake *intake, uint32_t line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	intake_tell(intake, FEED_FAILED, line, format, args);
	va_end(args);
	return -ENOTSUP;
}

int intake_open(struct intake *intake, struct book *book, const struct lint *lint, const struct feed_listener *listener, const char *path)
{
	*intake = (struct intake){.book = book, .lint = lint, .listener = listener, .path = path, .kind = INDICATOR_LISTED, .is_on = true};
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	const char *wanted;
	char name[256];
	snprintf(name, sizeof name, "%.*s", dot != NULL && dot != base ? (int)(dot - base) : (int)strlen(base), base);
	if (name[0] == '\0' || facts_value(FACT_FEED, name, &wanted) == NULL)
		snprintf(name, sizeof name, "unnamed");
	int rc = book_text(book, name, strlen(name), &intake->header.text[FACT_FEED]);
	return rc != 0 ? rc : book_text(book, path, strlen(path), &intake->header.text[FACT_FILE]);
}

int intake_close(struct intake *intake)
{
	static const char *const passed[] = {
		[INTAKE_ADDRESS] = "of IP addresses, which are not matched",
		[INTAKE_OTHER] = "neither of names nor of URLs",
		[INTAKE_OVER] = "withdrawn, or not meant for detection",
		[INTAKE_RULE] = "for something else than a whole name",
	};
	for (unsigned i = 0; i < INTAKE_PASSED; i++)
		if (intake->passed[i] > 0)
			intake_note(intake, 0, "passed over: %u %s %s", intake->passed[i], intake->passed[i] == 1 ? "entry" : "entries", passed[i]);
	return book_count(intake->book, intake->header.text[FACT_FEED], intake->taken);
}

int intake_fact(struct intake *intake, struct facts *facts, enum fact fact, const char *value, uint32_t line)
{
	const char *wanted;
	const char *text = facts_value(fact, value, &wanted);
	if (text == NULL)
		return intake_refuse(intake, line, "%s = %s: not %s", facts_key(fact), value, wanted);
	if (facts == &intake->header)
		intake->header_at = 0;
	return book_text(intake->book, text, strlen(text), &facts->text[fact]);
}

/* Writes the entry's facts down: most say what the header says. */
static int intake_facts(struct intake *intake, const struct facts *facts, uint32_t *at)
{
	int rc = intake->header_at != 0 ? 0 : book_facts(intake->book, 0, &intake->header, &intake->header_at);
	*at = intake->header_at;
	if (rc != 0 || facts == NULL || memcmp(facts, &intake->header, sizeof *facts) == 0)
		return rc;
	return book_facts(intake->book, intake->header_at, facts, at);
}

/* Spells and lints an entry's name. 0; -EINVAL: told; -ENOMEM. */
static int intake_name(const struct intake *intake, const struct intake_entry *entry, bool is_exception, struct c2_name *name)
{
	const char *against = lint_of_text(entry->text), *why;
	if (against == NULL || entry->is_forced) {
		int rc = spelling_read(entry->text, name, &why);
		if (rc == -ENOMEM)
			return rc;
		against = rc == 0 ? NULL : why;
	}
	if (against == NULL) {
		char text[C2_NAME_TEXT_MAX];
		c2_name_to_text(name, text);
		against = lint_of_name(intake->lint, name, text, is_exception ? INDICATOR_EXCEPTION : intake->kind);
		if (entry->is_forced && name->labels > 0)
			against = NULL;
	}
	if (against == NULL)
		return 0;
	return intake_refuse(intake, entry->line, "%s: %s", entry->text, against);
}

int intake_take(struct intake *intake, const struct intake_entry *entry)
{
	struct c2_name name;
	struct book_claim claim = {.line = entry->line};
	bool is_exception = entry->scope == C2_SCOPE_EXCEPT || intake->kind == INDICATOR_EXCEPTION;
	int rc = intake_name(intake, entry, is_exception, &name);
	if (rc != 0)
		return rc == -EINVAL ? 0 : rc;
	rc = intake_facts(intake, entry->facts, &claim.facts);
	if (rc != 0)
		return rc;
	enum book_part part = entry->is_off ? BOOK_OFF : intake->kind == INDICATOR_CONTEXT && !is_exception ? BOOK_CONTEXT : BOOK_MATCHED;
	intake->taken++;
	return book_add(intake->book, part, &name, is_exception ? C2_SCOPE_EXCEPT : entry->scope, &claim);
}

/* The host of a URL (RFC 3986 §3.2.2), or of `host:port`: as many octets of `text` from `*host` on; 0 when there is none. */
static size_t intake_host(const char *text, const char **host)
{
	const char *at = strstr(text, "://");
	at = at != NULL ? at + 3 : text;
	size_t authority = strcspn(at, "/?#\\");
	const char *user = memrchr(at, '@', authority);
	if (user != NULL) {
		authority -= (size_t)(user + 1 - at);
		at = user + 1;
	}
	*host = at;
	if (*at == '[') {
		const char *end = memchr(at, ']', authority);
		*host = at + 1;
		return end != NULL ? (size_t)(end - at - 1) : 0;
	}
	const char *colon = memchr(at, ':', authority);
	return colon != NULL ? (size_t)(colon - at) : authority;
}

int intake_take_url(struct intake *intake, const struct intake_entry *entry)
{
	const char *host;
	size_t len = intake_host(entry->text, &host);
	char text[C2_NAME_TEXT_MAX];
	if (len == 0 || len >= sizeof text) {
		intake_refuse(intake, entry->line, "%s: no host in it", entry->text);
		return 0;
	}
	if (lint_is_address(host, len))
		return intake_pass(intake, INTAKE_ADDRESS);
	memcpy(text, host, len);
	text[len] = '\0';
	struct intake_entry named = *entry;
	named.text = text;
	return intake_take(intake, &named);
}

int intake_pass(struct intake *intake, enum intake_passed why)
{
	intake->passed[why]++;
	return 0;
}

enum c2_scope intake_mark(const char **text)
{
	const char *mark = *text;
	if (strncmp(mark, "*.", 2) == 0) {
		*text += 2;
		return C2_SCOPE_BELOW;
	}
	*text += *mark == '!' || *mark == '=' || (*mark == '.' && mark[1] != '\0'); /* .name: the name and what is below it, as elsewhere */
	return *mark == '!' ? C2_SCOPE_EXCEPT : *mark == '=' ? C2_SCOPE_EXACT : C2_SCOPE_TREE;
}

void intake_progress(const struct intake *intake, const struct lines *lines)
{
	if (intake->listener != NULL && intake->listener->progress != NULL)
		intake->listener->progress(intake->listener->arg, intake->path, lines_at(lines), intake->len);
}

int intake_lines(struct intake *intake, struct lines *lines, int (*line)(void *reader, char *text, uint32_t number), void *reader)
{
	for (;;) {
		char *text = NULL;
		size_t len;
		int rc = 0;
		switch (lines_next(lines, &text, &len)) {
		case LINES_LINE:
			rc = line(reader, text, lines->number);
			break;
		case LINES_LONG:
			intake_refuse(intake, lines->number, "a line of more than %d octets", LINES_MAX);
			break;
		case LINES_NUL:
			intake_refuse(intake, lines->number, "a NUL octet: not plain text");
			break;
		case LINES_UTF16:
			return intake_fail(intake, 0, "UTF-16 text: a feed is ASCII or UTF-8");
		case LINES_END:
			return 0;
		case LINES_FAILED:
			return intake_fail(intake, lines->number, "%s", lines_error(lines));
		}
		if (rc != 0 && rc != -EINVAL)
			return rc;
		if (lines->number % INTAKE_PROGRESS_LINES == 0)
			intake_progress(intake, lines);
	}
}
