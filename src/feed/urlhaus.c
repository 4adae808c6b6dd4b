/* SPDX-License-Identifier: Apache-2.0 */
/* abuse.ch URLhaus: the CSV and the JSON of its downloads (urlhaus.abuse.ch/api). One bad URL says nothing of what is below its host. */
#include "feed/csv.h"
#include "feed/format.h"
#include "feed/gloss.h"
#include "feed/json.h"

#include <string.h>

static const struct gloss_rule urlhaus_rules[] = {
	{"dateadded", FACT_FIRST_SEEN, GLOSS_TIME},
	{"last_online", FACT_LAST_SEEN, GLOSS_TIME},
	{"threat", FACT_STAGE, GLOSS_TEXT},
	{"tags", FACT_TAG, GLOSS_TEXT},
	{"tags[]", FACT_TAG, GLOSS_LIST},
	{"urlhaus_link", FACT_REFERENCE, GLOSS_TEXT},
	{"reporter", FACT_SOURCE, GLOSS_TEXT},
};

static int urlhaus_take(void *arg, const struct fields *fields, uint32_t line)
{
	struct intake *intake = arg;
	const char *url = fields_get(fields, "url");
	struct gloss gloss;
	if (url == NULL || *url == '\0')
		return intake_refuse(intake, line, "no url");
	gloss_begin(&gloss, intake, line);
	int rc = gloss_read(&gloss, fields, urlhaus_rules, sizeof urlhaus_rules / sizeof *urlhaus_rules);
	return rc == 0 ? gloss_take_url(&gloss, url) : rc;
}

static bool urlhaus_csv_is(const char *octets, size_t len)
{
	return csv_begins(octets, len, "urlhaus_link");
}

static int urlhaus_csv_read(struct intake *intake, struct lines *lines)
{
	const struct csv_reader reader = {.row = urlhaus_take, .arg = intake, .column = "urlhaus_link"};
	int rc = gloss_publisher(intake, "URLhaus", "abuse.ch");
	return rc == 0 ? csv_read(intake, lines, &reader) : rc;
}

/* {"ID": [{...}], ...} */
static bool urlhaus_json_is_entry(void *arg, const char *path)
{
	(void)arg;
	return json_is_numbered(path);
}

static bool urlhaus_json_has(const char *path, const char *value)
{
	(void)value;
	const char *key = strrchr(path, '.');
	return key != NULL && strcmp(key, ".urlhaus_link") == 0;
}

static bool urlhaus_json_is(const char *octets, size_t len)
{
	return json_begins(octets, len, urlhaus_json_has);
}

static int urlhaus_json_read(struct intake *intake, struct lines *lines)
{
	const struct json_reader reader = {.is_entry = urlhaus_json_is_entry, .entry = urlhaus_take, .arg = intake};
	int rc = gloss_publisher(intake, "URLhaus", "abuse.ch");
	return rc == 0 ? json_read(intake, lines, &reader) : rc;
}

const struct format urlhaus_csv_format = {.name = "URLhaus CSV", .is = urlhaus_csv_is, .read = urlhaus_csv_read};
const struct format urlhaus_json_format = {.name = "URLhaus JSON", .is = urlhaus_json_is, .read = urlhaus_json_read};
