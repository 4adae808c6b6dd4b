/* SPDX-License-Identifier: Apache-2.0 */
/* STIX 2.1 bundles (and 2.0's, which say the same of what is read here): their indicators whose pattern is any of some names or URLs. */
#include "feed/format.h"
#include "feed/gloss.h"
#include "feed/json.h"
#include "feed/stix_pattern.h"

#include <string.h>

#define STIX_IDENTITIES_MAX 256
#define STIX_VALUE_MAX 4096

struct stix {
	struct intake *intake;
	struct fields identities; /* names by id, of those that have come */
	unsigned identities_n;
};

/* The marking definitions that the standard names: §7.2.1.4 for TLP 1, the extension of OASIS for TLP 2. */
static const struct {
	const char *id, *tlp;
} stix_markings[] = {
	{"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", "clear"},
	{"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", "green"},
	{"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", "amber"},
	{"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "red"},
	{"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "clear"},
	{"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green"},
	{"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber"},
	{"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "amber+strict"},
	{"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "red"},
};

static int stix_facts(struct stix *stix, struct gloss *gloss, const struct fields *fields)
{
	static const struct gloss_rule rules[] = {
		{"name", FACT_DESCRIPTION, GLOSS_TEXT},
		{"description", FACT_DESCRIPTION, GLOSS_TEXT},
		{"external_references[].url", FACT_REFERENCE, GLOSS_TEXT},
		{"confidence", FACT_CONFIDENCE, GLOSS_CONFIDENCE},
		{"labels[]", FACT_TAG, GLOSS_LIST},
		{"kill_chain_phases[].phase_name", FACT_STAGE, GLOSS_LIST},
		{"valid_from", FACT_FIRST_SEEN, GLOSS_TIME},
		{"valid_until", FACT_EXPIRES, GLOSS_TIME},
	};
	int rc = gloss_read(gloss, fields, rules, sizeof rules / sizeof *rules);
	const char *creator = fields_get(fields, "created_by_ref"), *marking;
	if (rc == 0 && creator != NULL)
		rc = gloss_set(gloss, FACT_PROVIDER, GLOSS_TEXT, fields_get(&stix->identities, creator));
	size_t at = 0;
	while (rc == 0 && (marking = fields_next(fields, "object_marking_refs[]", &at)) != NULL)
		for (size_t i = 0; i < sizeof stix_markings / sizeof *stix_markings && rc == 0; i++)
			if (strcmp(marking, stix_markings[i].id) == 0)
				rc = gloss_set(gloss, FACT_TLP, GLOSS_TLP, stix_markings[i].tlp);
	return rc;
}

/* Takes one comparison. */
static int stix_take(const struct gloss *gloss, const char *path, const char *value)
{
	if (strcmp(path, "domain-name:value") == 0)
		return gloss_take(gloss, value);
	if (strcmp(path, "url:value") == 0)
		return gloss_take_url(gloss, value);
	bool is_address = strcmp(path, "ipv4-addr:value") == 0 || strcmp(path, "ipv6-addr:value") == 0;
	return intake_pass(gloss->intake, is_address ? INTAKE_ADDRESS : INTAKE_OTHER);
}

static int stix_indicator(struct stix *stix, const struct fields *fields, uint32_t line)
{
	struct stix_pattern pattern;
	struct gloss gloss;
	char value[STIX_VALUE_MAX];
	enum stix_rc got;
	const char *text = fields_get(fields, "pattern"), *type = fields_get(fields, "pattern_type"), *revoked = fields_get(fields, "revoked"), *why;
	if (revoked != NULL && strcmp(revoked, "true") == 0)
		return intake_pass(stix->intake, INTAKE_OVER);
	if (type != NULL && strcmp(type, "stix") != 0)
		return intake_pass(stix->intake, INTAKE_OTHER);
	if (text == NULL)
		return intake_refuse(stix->intake, line, "an indicator without a pattern");
	/* All of a pattern or nothing: it is read to its end before anything is taken. */
	stix_pattern_open(&pattern, text);
	while ((got = stix_pattern_next(&pattern, value, sizeof value, &why)) == STIX_VALUE)
		;
	if (got == STIX_REFUSED)
		return intake_refuse(stix->intake, line, "%s: %.200s", why, text);
	gloss_begin(&gloss, stix->intake, line);
	int rc = stix_facts(stix, &gloss, fields);
	stix_pattern_open(&pattern, text);
	while (rc == 0 && stix_pattern_next(&pattern, value, sizeof value, &why) == STIX_VALUE)
		rc = stix_take(&gloss, pattern.path, value);
	return rc;
}

static int stix_object(void *arg, const struct fields *fields, uint32_t line)
{
	struct stix *stix = arg;
	const char *type = fields_get(fields, "type"), *id = fields_get(fields, "id"), *name = fields_get(fields, "name");
	if (type != NULL && strcmp(type, "indicator") == 0)
		return stix_indicator(stix, fields, line);
	if (type != NULL && strcmp(type, "identity") == 0 && id != NULL && name != NULL && stix->identities_n < STIX_IDENTITIES_MAX) {
		stix->identities_n++;
		return fields_add(&stix->identities, id, name);
	}
	return 0;
}

/* A bundle's objects, a TAXII 2.1 envelope's, or a list of either. */
static bool stix_is_object(void *arg, const char *path)
{
	(void)arg;
	return strcmp(path, "objects[]") == 0 || strcmp(path, "[].objects[]") == 0;
}

static int stix_read(struct intake *intake, struct lines *lines)
{
	struct stix stix = {.intake = intake};
	const struct json_reader reader = {.is_entry = stix_is_object, .entry = stix_object, .arg = &stix};
	int rc = json_read(intake, lines, &reader);
	fields_free(&stix.identities);
	return rc;
}

static bool stix_has(const char *path, const char *value)
{
	if (strncmp(path, "[].", 3) == 0)
		path += 3;
	return (strcmp(path, "type") == 0 && strcmp(value, "bundle") == 0) || strcmp(path, "objects[].type") == 0;
}

static bool stix_is(const char *octets, size_t len)
{
	return json_begins(octets, len, stix_has);
}

const struct format stix_format = {.name = "STIX", .is = stix_is, .read = stix_read};
