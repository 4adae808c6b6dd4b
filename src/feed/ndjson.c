/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON of no particular maker: one object a line (NDJSON), or objects in a list or one after the other. Keys as in the native format, or those of ECS
 * (threat.indicator.*), nested or with dots.
 */
#include "feed/format.h"
#include "feed/gloss.h"
#include "feed/json.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

/* The later of two rules counts. */
static const struct gloss_rule ndjson_rules[] = {
	{"threat.feed.name", FACT_FEED, GLOSS_TEXT},
	{"feed", FACT_FEED, GLOSS_TEXT},
	{"threat.indicator.provider", FACT_PROVIDER, GLOSS_TEXT},
	{"provider", FACT_PROVIDER, GLOSS_TEXT},
	{"threat.software.name", FACT_CAMPAIGN, GLOSS_TEXT},
	{"campaign", FACT_CAMPAIGN, GLOSS_TEXT},
	{"threat.indicator.description", FACT_DESCRIPTION, GLOSS_TEXT},
	{"description", FACT_DESCRIPTION, GLOSS_TEXT},
	{"threat.indicator.reference", FACT_REFERENCE, GLOSS_TEXT},
	{"reference", FACT_REFERENCE, GLOSS_TEXT},
	{"source", FACT_SOURCE, GLOSS_TEXT},
	{"source[]", FACT_SOURCE, GLOSS_LIST},
	{"platform", FACT_PLATFORM, GLOSS_TEXT},
	{"platform[]", FACT_PLATFORM, GLOSS_LIST},
	{"stage", FACT_STAGE, GLOSS_TEXT},
	{"tags[]", FACT_TAG, GLOSS_LIST},
	{"tag", FACT_TAG, GLOSS_TEXT},
	{"threat.indicator.confidence", FACT_CONFIDENCE, GLOSS_CONFIDENCE},
	{"confidence", FACT_CONFIDENCE, GLOSS_CONFIDENCE},
	{"threat.indicator.marking.tlp", FACT_TLP, GLOSS_TLP},
	{"tlp", FACT_TLP, GLOSS_TLP},
	{"severity", FACT_SEVERITY, GLOSS_TEXT},
	{"threat.indicator.first_seen", FACT_FIRST_SEEN, GLOSS_TIME},
	{"first_seen", FACT_FIRST_SEEN, GLOSS_TIME},
	{"threat.indicator.last_seen", FACT_LAST_SEEN, GLOSS_TIME},
	{"last_seen", FACT_LAST_SEEN, GLOSS_TIME},
	{"expires", FACT_EXPIRES, GLOSS_TIME},
};

/* Where the indicator stands: the first of these that an object has. */
static const char *const ndjson_keys[] = {"name", "domain", "hostname", "host", "fqdn", "indicator", "ioc", "value", "url",
	"threat.indicator.url.domain", "threat.indicator.url.full", "threat.indicator.url.original", "threat.indicator.name", "threat.indicator.ip"};

static const char *ndjson_indicator(const struct fields *fields)
{
	const char *value = NULL;
	for (size_t i = 0; i < sizeof ndjson_keys / sizeof *ndjson_keys && value == NULL; i++)
		value = fields_get(fields, ndjson_keys[i]);
	return value;
}

/* A word for yes or no. 0; -EINVAL, told. */
static int ndjson_answer(struct intake *intake, const struct fields *fields, const char *key, uint32_t line, bool *is_yes)
{
	const char *value = fields_get(fields, key);
	if (value == NULL)
		return 0;
	*is_yes = strcmp(value, "true") == 0 || strcmp(value, "yes") == 0;
	return *is_yes || strcmp(value, "false") == 0 || strcmp(value, "no") == 0 ? 0
										  : intake_refuse(intake, line, "%s = %s: not yes or no", key, value);
}

/* What the object says its indicator is: 1 for what may be a name or a URL, 0 for what has been passed over. */
static int ndjson_is_ours(struct intake *intake, const struct fields *fields, const char *text)
{
	static const char *const ours[] = {"domain", "hostname", "fqdn", "domain-name", "url", "host"};
	const char *type = fields_get(fields, "threat.indicator.type");
	type = type != NULL ? type : fields_get(fields, "type");
	if (lint_is_address(text, strlen(text)) || (type != NULL && strncasecmp(type, "ip", 2) == 0))
		return intake_pass(intake, INTAKE_ADDRESS);
	for (size_t i = 0; type != NULL && i < sizeof ours / sizeof *ours; i++)
		if (strcasecmp(type, ours[i]) == 0)
			return 1;
	return type == NULL ? 1 : intake_pass(intake, INTAKE_OTHER);
}

static int ndjson_object(void *arg, const struct fields *fields, uint32_t line)
{
	struct intake *intake = arg;
	struct gloss gloss;
	bool is_on = intake->is_on, is_forced = false;
	const char *text = ndjson_indicator(fields);
	if (text == NULL)
		return intake_refuse(intake, line, "an object without a name: it has none of the keys for one");
	if (!ndjson_is_ours(intake, fields, text))
		return 0;
	gloss_begin(&gloss, intake, line);
	int rc = gloss_read(&gloss, fields, ndjson_rules, sizeof ndjson_rules / sizeof *ndjson_rules);
	if (rc == 0)
		rc = ndjson_answer(intake, fields, "enabled", line, &is_on);
	if (rc == 0)
		rc = ndjson_answer(intake, fields, "force", line, &is_forced);
	if (rc != 0)
		return rc;
	struct intake_entry entry = {.text = text, .line = line, .is_off = !is_on, .is_forced = is_forced, .facts = &gloss.facts};
	if (strstr(text, "://") != NULL) {
		entry.scope = C2_SCOPE_EXACT;
		return intake_take_url(intake, &entry);
	}
	entry.scope = intake_mark(&entry.text);
	if (entry.scope == C2_SCOPE_EXCEPT && gloss.facts.text[FACT_EXPIRES] != 0)
		return intake_refuse(intake, line, "%s: an exception does not expire", text);
	return intake_take(intake, &entry);
}

static bool ndjson_is_object(void *arg, const char *path)
{
	(void)arg;
	return *path == '\0' || strcmp(path, "[]") == 0;
}

static size_t ndjson_blanks(const char *octets, size_t len)
{
	size_t n = 0;
	while (n < len && (octets[n] == ' ' || octets[n] == '\t' || octets[n] == '\r' || octets[n] == '\n'))
		n++;
	return n;
}

static bool ndjson_is(const char *octets, size_t len)
{
	size_t at = ndjson_blanks(octets, len);
	return at < len && (octets[at] == '{' || octets[at] == '[');
}

static int ndjson_read(struct intake *intake, struct lines *lines)
{
	const struct json_reader reader = {.is_entry = ndjson_is_object, .entry = ndjson_object, .arg = intake};
	const char *octets;
	size_t len;
	if (!lines_peek(lines, &octets, &len))
		return intake_fail(intake, 0, "%s", lines_error(lines));
	if (len >= 3 && memcmp(octets, "\xef\xbb\xbf", 3) == 0) {
		octets += 3;
		len -= 3;
	}
	/* A list, or an object over several lines: a bracket alone on its line. */
	size_t at = ndjson_blanks(octets, len);
	const char *lf = memchr(octets + at, '\n', len - at);
	bool is_alone = at < len && lf != NULL && at + 1 + ndjson_blanks(octets + at + 1, len - at - 1) > (size_t)(lf - octets);
	bool is_lines = at < len && octets[at] == '{' && !is_alone;
	return is_lines ? json_read_lines(intake, lines, &reader) : json_read(intake, lines, &reader);
}

const struct format ndjson_format = {.name = "NDJSON", .is = ndjson_is, .read = ndjson_read};
