/* SPDX-License-Identifier: Apache-2.0 */
/* abuse.ch ThreatFox: the CSV and the JSON of its exports (threatfox.abuse.ch/export). */
#include "feed/csv.h"
#include "feed/format.h"
#include "feed/gloss.h"
#include "feed/json.h"

#include <string.h>

static const struct gloss_rule threatfox_rules[] = {
	{"threat_type", FACT_STAGE, GLOSS_TEXT},
	{"malware_printable", FACT_CAMPAIGN, GLOSS_TEXT},
	{"confidence_level", FACT_CONFIDENCE, GLOSS_CONFIDENCE},
	{"first_seen_utc", FACT_FIRST_SEEN, GLOSS_TIME},
	{"last_seen_utc", FACT_LAST_SEEN, GLOSS_TIME},
	{"reference", FACT_REFERENCE, GLOSS_TEXT},
	{"tags", FACT_TAG, GLOSS_TEXT},
	{"reporter", FACT_SOURCE, GLOSS_TEXT},
};

static int threatfox_take(void *arg, const struct fields *fields, uint32_t line)
{
	struct intake *intake = arg;
	const char *value = fields_get(fields, "ioc_value"), *type = fields_get(fields, "ioc_type");
	struct gloss gloss;
	if (value == NULL || type == NULL)
		return intake_refuse(intake, line, "no %s", value == NULL ? "ioc_value" : "ioc_type");
	bool is_url = strcmp(type, "url") == 0;
	if (strcmp(type, "ip:port") == 0)
		return intake_pass(intake, INTAKE_ADDRESS);
	if (!is_url && strcmp(type, "domain") != 0)
		return intake_pass(intake, INTAKE_OTHER);
	gloss_begin(&gloss, intake, line);
	const char *threat = fields_get(fields, "threat_type");
	int rc = gloss_read(&gloss, fields, threatfox_rules, sizeof threatfox_rules / sizeof *threatfox_rules);
	if (rc == 0 && threat != NULL && strcmp(threat, "botnet_cc") == 0)
		rc = gloss_set(&gloss, FACT_STAGE, GLOSS_TEXT, "c2"); /* the word that feeds use */
	if (rc != 0)
		return rc;
	return is_url ? gloss_take_url(&gloss, value) : gloss_take(&gloss, value);
}

static bool threatfox_csv_is(const char *octets, size_t len)
{
	return csv_begins(octets, len, "ioc_value");
}

static int threatfox_csv_read(struct intake *intake, struct lines *lines)
{
	const struct csv_reader reader = {.row = threatfox_take, .arg = intake, .column = "ioc_value"};
	int rc = gloss_publisher(intake, "ThreatFox", "abuse.ch");
	return rc == 0 ? csv_read(intake, lines, &reader) : rc;
}

/* {"ID": [{...}], ...} */
static bool threatfox_json_is_entry(void *arg, const char *path)
{
	(void)arg;
	return json_is_numbered(path);
}

static bool threatfox_json_has(const char *path, const char *value)
{
	(void)value;
	const char *key = strrchr(path, '.');
	return key != NULL && strcmp(key, ".ioc_value") == 0;
}

static bool threatfox_json_is(const char *octets, size_t len)
{
	return json_begins(octets, len, threatfox_json_has);
}

static int threatfox_json_read(struct intake *intake, struct lines *lines)
{
	const struct json_reader reader = {.is_entry = threatfox_json_is_entry, .entry = threatfox_take, .arg = intake};
	int rc = gloss_publisher(intake, "ThreatFox", "abuse.ch");
	return rc == 0 ? json_read(intake, lines, &reader) : rc;
}

const struct format threatfox_csv_format = {.name = "ThreatFox CSV", .is = threatfox_csv_is, .read = threatfox_csv_read};
const struct format threatfox_json_format = {.name = "ThreatFox JSON", .is = threatfox_json_is, .read = threatfox_json_read};
