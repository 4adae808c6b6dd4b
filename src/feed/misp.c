/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MISP events (misp-standard.org, MISP core format): alone, or a list of them, or attributes as a search gives them. What an event says of all its
 * attributes may stand behind them, so a file is read twice: for the events' facts, then for their attributes.
 */
#include "feed/format.h"
#include "feed/gloss.h"
#include "feed/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct misp {
	struct intake *intake;
	struct facts *events; /* in the order in which they stand */
	size_t events_n, cap;
	size_t event; /* the one at hand, from 1 */
	bool is_full;
};

/* The path behind that of an event, or null when there is none in it. */
static const char *misp_of_event(const char *path)
{
	static const char *const events[] = {"Event", "[].Event", "response[].Event", "response.Event"};
	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		size_t len = strlen(events[i]);
		if (strncmp(path, events[i], len) == 0 && (path[len] == '.' || path[len] == '\0'))
			return path + len + (path[len] == '.');
	}
	return NULL;
}

/* The first reading: an event begins. */
static bool misp_event_begins(void *arg, const char *path)
{
	struct misp *misp = arg;
	const char *rest = misp_of_event(path);
	if (rest == NULL || *rest != '\0' || misp->is_full)
		return false;
	if (misp->events_n == misp->cap) {
		size_t cap = misp->cap == 0 ? 16 : 2 * misp->cap;
		struct facts *events = reallocarray(misp->events, cap, sizeof *events);
		misp->is_full = events == NULL; /* the next value tells */
		if (events == NULL)
			return false;
		misp->events = events;
		misp->cap = cap;
	}
	misp->events[misp->events_n++] = misp->intake->header;
	return false;
}

/* A tag that is a marking sets it; others are no fact. */
static int misp_tag(struct gloss *gloss, const char *name)
{
	static const char *const known[] = {"tlp:clear", "tlp:white", "tlp:green", "tlp:amber", "tlp:amber+strict", "tlp:red"};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcasecmp(name, known[i]) == 0)
			return gloss_set(gloss, FACT_TLP, GLOSS_TLP, name);
	return 0;
}

static int misp_event_value(void *arg, const char *path, const char *value, uint32_t line)
{
	static const char *const severities[] = {"1", "high", "2", "medium", "3", "low"}; /* threat_level_id; 4 is undefined */
	struct misp *misp = arg;
	const char *rest = misp_of_event(path);
	if (misp->is_full)
		return -ENOMEM;
	if (rest == NULL || misp->events_n == 0)
		return 0;
	struct facts *facts = &misp->events[misp->events_n - 1];
	struct gloss gloss = {.intake = misp->intake, .facts = *facts, .line = line};
	int rc = 0;
	if (strcmp(rest, "info") == 0)
		rc = gloss_set(&gloss, FACT_CAMPAIGN, GLOSS_TEXT, value);
	else if (strcmp(rest, "Orgc.name") == 0)
		rc = gloss_set(&gloss, FACT_PROVIDER, GLOSS_TEXT, value);
	else if (strcmp(rest, "Tag[].name") == 0)
		rc = misp_tag(&gloss, value);
	else if (strcmp(rest, "threat_level_id") == 0)
		for (size_t i = 0; i < 6 && rc == 0; i += 2)
			rc = strcmp(value, severities[i]) == 0 ? gloss_set(&gloss, FACT_SEVERITY, GLOSS_TEXT, severities[i + 1]) : 0;
	*facts = gloss.facts;
	return rc;
}

/* The second reading: is it an attribute? */
static bool misp_attribute_begins(void *arg, const char *path)
{
	struct misp *misp = arg;
	const char *rest = misp_of_event(path);
	if (rest == NULL)
		return strcmp(path, "response.Attribute[]") == 0;
	misp->event += *rest == '\0';
	return strcmp(rest, "Attribute[]") == 0 || strcmp(rest, "Object[].Attribute[]") == 0;
}

enum misp_kind { MISP_NAME, MISP_NAME_AND, MISP_URL, MISP_ADDRESS, MISP_OTHER };

static enum misp_kind misp_kind(const char *type)
{
	static const struct {
		const char *type;
		enum misp_kind kind;
	} kinds[] = {
		{"domain", MISP_NAME},
		{"hostname", MISP_NAME},
		{"domain|ip", MISP_NAME_AND},
		{"hostname|port", MISP_NAME_AND},
		{"url", MISP_URL},
		{"uri", MISP_URL},
		{"ip-src", MISP_ADDRESS},
		{"ip-dst", MISP_ADDRESS},
		{"ip-src|port", MISP_ADDRESS},
		{"ip-dst|port", MISP_ADDRESS},
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(type, kinds[i].type) == 0)
			return kinds[i].kind;
	return MISP_OTHER;
}

static bool misp_is_yes(const char *value)
{
	return value != NULL && (strcmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

static int misp_take(const struct gloss *gloss, enum misp_kind kind, const char *value)
{
	char name[C2_NAME_TEXT_MAX];
	size_t len = strcspn(value, "|");
	if (kind == MISP_URL)
		return value[0] == '/' ? intake_pass(gloss->intake, INTAKE_OTHER) : gloss_take_url(gloss, value);
	if (kind == MISP_NAME || value[len] == '\0' || len >= sizeof name)
		return gloss_take(gloss, value);
	memcpy(name, value, len);
	name[len] = '\0';
	return gloss_take(gloss, name);
}

static int misp_attribute(void *arg, const struct fields *fields, uint32_t line)
{
	static const struct gloss_rule rules[] = {
		{"Event.info", FACT_CAMPAIGN, GLOSS_TEXT},
		{"Event.Orgc.name", FACT_PROVIDER, GLOSS_TEXT},
		{"comment", FACT_DESCRIPTION, GLOSS_TEXT},
		{"first_seen", FACT_FIRST_SEEN, GLOSS_TIME},
		{"last_seen", FACT_LAST_SEEN, GLOSS_TIME},
	};
	struct misp *misp = arg;
	const char *type = fields_get(fields, "type"), *value = fields_get(fields, "value"), *tag;
	if (type == NULL || value == NULL)
		return intake_refuse(misp->intake, line, "an attribute without %s", type == NULL ? "type" : "value");
	if (!misp_is_yes(fields_get(fields, "to_ids")) || misp_is_yes(fields_get(fields, "deleted")))
		return intake_pass(misp->intake, INTAKE_OVER);
	enum misp_kind kind = misp_kind(type);
	if (kind == MISP_OTHER || kind == MISP_ADDRESS)
		return intake_pass(misp->intake, kind == MISP_OTHER ? INTAKE_OTHER : INTAKE_ADDRESS);
	struct gloss gloss;
	gloss_begin(&gloss, misp->intake, line);
	if (misp->event > 0 && misp->event <= misp->events_n)
		gloss.facts = misp->events[misp->event - 1];
	int rc = gloss_read(&gloss, fields, rules, sizeof rules / sizeof *rules);
	size_t at = 0;
	while (rc == 0 && (tag = fields_next(fields, "Tag[].name", &at)) != NULL)
		rc = misp_tag(&gloss, tag);
	return rc == 0 ? misp_take(&gloss, kind, value) : rc;
}

static int misp_read(struct intake *intake, struct lines *lines)
{
	struct misp misp = {.intake = intake};
	const struct json_reader events = {.is_entry = misp_event_begins, .value = misp_event_value, .arg = &misp};
	const struct json_reader attributes = {.is_entry = misp_attribute_begins, .entry = misp_attribute, .arg = &misp};
	int rc = json_read(intake, lines, &events);
	if (rc == 0 && misp.is_full)
		rc = -ENOMEM;
	if (rc == 0)
		rc = lines_rewind(lines) ? json_read(intake, lines, &attributes) : intake_fail(intake, 0, "%s", lines_error(lines));
	free(misp.events);
	return rc;
}

static bool misp_has(const char *path, const char *value)
{
	(void)value;
	const char *rest = misp_of_event(path);
	return (rest != NULL && *rest != '\0') || strncmp(path, "response.Attribute[].", 21) == 0;
}

static bool misp_is(const char *octets, size_t len)
{
	return json_begins(octets, len, misp_has);
}

/* A feed's manifest.json: {"<uuid of an event>": {"Orgc": {...}, "info": ...}} */
static bool misp_manifest_has(const char *path, const char *value)
{
	(void)value;
	return strspn(path, "0123456789abcdefABCDEF-") == 36 && (strcmp(path + 36, ".info") == 0 || strncmp(path + 36, ".Orgc.", 6) == 0);
}

static bool misp_manifest_is(const char *octets, size_t len)
{
	return json_begins(octets, len, misp_manifest_has);
}

static int misp_manifest_read(struct intake *intake, struct lines *lines)
{
	(void)lines;
	return intake_fail(intake, 0, "a MISP manifest lists events, and no names: the feeds are the events' files");
}

const struct format misp_format = {.name = "MISP", .is = misp_is, .read = misp_read};
const struct format misp_manifest_format = {.name = "a MISP manifest", .is = misp_manifest_is, .read = misp_manifest_read};
