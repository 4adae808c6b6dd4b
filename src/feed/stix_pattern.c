/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/stix_pattern.h"

#include <string.h>

#define STIX_BLANKS " \t\r\n"
#define STIX_GROUPS_MAX 64

void stix_pattern_open(struct stix_pattern *pattern, const char *text)
{
	*pattern = (struct stix_pattern){.at = text};
}

static char stix_peek(struct stix_pattern *pattern)
{
	pattern->at += strspn(pattern->at, STIX_BLANKS);
	return *pattern->at;
}

/* Takes a character, if it is the next. */
static bool stix_takes(struct stix_pattern *pattern, char c)
{
	bool is_next = stix_peek(pattern) == c;
	pattern->at += is_next;
	return is_next;
}

/* Takes a keyword, if it is the next. */
static bool stix_takes_word(struct stix_pattern *pattern, const char *word)
{
	size_t len = strlen(word);
	stix_peek(pattern);
	if (strncmp(pattern->at, word, len) != 0 || (pattern->at[len] != '\0' && strchr(STIX_BLANKS "([", pattern->at[len]) == NULL))
		return false;
	pattern->at += len;
	return true;
}

static enum stix_rc stix_refuse(const char **why, const char *reason)
{
	*why = reason;
	return STIX_REFUSED;
}

/* The object path of a comparison: "file:hashes.'SHA-256'", "x:y[*].z". */
static bool stix_path(struct stix_pattern *pattern)
{
	const char *end = pattern->at;
	while (*end != '\0' && strchr(STIX_BLANKS "=!<>()]", *end) == NULL) {
		const char *close = *end == '\'' ? strchr(end + 1, '\'') : *end == '[' ? strchr(end, ']') : end;
		if (close == NULL)
			return false;
		end = close + 1;
	}
	size_t len = (size_t)(end - pattern->at);
	if (len == 0 || len >= sizeof pattern->path || memchr(pattern->at, ':', len) == NULL)
		return false;
	memcpy(pattern->path, pattern->at, len);
	pattern->path[len] = '\0';
	pattern->at = end;
	return true;
}

/* A string in single quotes, where \ stands before a quote or itself. */
static bool stix_string(struct stix_pattern *pattern, char *value, size_t cap)
{
	size_t n = 0;
	if (!stix_takes(pattern, '\''))
		return false;
	while (*pattern->at != '\'') {
		pattern->at += *pattern->at == '\\';
		if (*pattern->at == '\0' || n + 1 >= cap)
			return false;
		value[n++] = *pattern->at++;
	}
	pattern->at++;
	value[n] = '\0';
	return true;
}

/* Why what stands where OR might is not taken. */
static enum stix_rc stix_refuse_operator(struct stix_pattern *pattern, const char **why)
{
	if (stix_takes_word(pattern, "AND"))
		return stix_refuse(why, "a pattern with AND: a name alone would say more than it does");
	if (stix_takes_word(pattern, "FOLLOWEDBY"))
		return stix_refuse(why, "a pattern with FOLLOWEDBY: a name alone would say more than it does");
	if (stix_takes_word(pattern, "WITHIN") || stix_takes_word(pattern, "REPEATS") || stix_takes_word(pattern, "START"))
		return stix_refuse(why, "a pattern with a qualifier: a name alone would say more than it does");
	return stix_refuse(why, "no pattern of STIX");
}

/* Closes what ends here and takes the OR behind it: STIX_VALUE when there is more, STIX_END. */
static enum stix_rc stix_continue(struct stix_pattern *pattern, const char **why)
{
	for (;;) {
		if (pattern->groups > 0 && stix_takes(pattern, ')'))
			pattern->groups--;
		else if (pattern->observations > 0 && stix_takes(pattern, ']'))
			pattern->observations--;
		else if (stix_takes_word(pattern, "OR"))
			return STIX_VALUE;
		else if (stix_peek(pattern) == '\0' && pattern->observations == 0 && pattern->groups == 0)
			return STIX_END;
		else
			return stix_refuse_operator(pattern, why);
	}
}

/* Opens what begins here, up to a comparison's path and its operator. */
static enum stix_rc stix_comparison(struct stix_pattern *pattern, const char **why)
{
	while (pattern->groups < STIX_GROUPS_MAX) {
		if (stix_takes(pattern, '('))
			pattern->groups++;
		else if (pattern->observations == 0 && stix_takes(pattern, '['))
			pattern->observations++;
		else
			break;
	}
	if (pattern->observations > 0 && (stix_takes_word(pattern, "NOT") || stix_takes_word(pattern, "EXISTS")))
		return stix_refuse(why, "a pattern with another comparison than equality");
	if (pattern->observations == 0 || !stix_path(pattern))
		return stix_refuse(why, "no pattern of STIX");
	if (stix_takes_word(pattern, "IN")) {
		pattern->is_in_list = true;
		return stix_takes(pattern, '(') ? STIX_VALUE : stix_refuse(why, "no pattern of STIX");
	}
	return stix_takes(pattern, '=') ? STIX_VALUE : stix_refuse(why, "a pattern with another comparison than equality");
}

enum stix_rc stix_pattern_next(struct stix_pattern *pattern, char *value, size_t cap, const char **why)
{
	enum stix_rc rc = STIX_VALUE;
	if (pattern->is_in_list && !stix_takes(pattern, ',')) {
		if (!stix_takes(pattern, ')'))
			return stix_refuse(why, "no pattern of STIX");
		pattern->is_in_list = false;
	}
	if (!pattern->is_in_list) {
		rc = pattern->path[0] != '\0' ? stix_continue(pattern, why) : STIX_VALUE;
		if (rc == STIX_VALUE)
			rc = stix_comparison(pattern, why);
	}
	if (rc != STIX_VALUE)
		return rc;
	return stix_string(pattern, value, cap) ? STIX_VALUE : stix_refuse(why, "a pattern that compares with what is no text, or too long a one");
}
