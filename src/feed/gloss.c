/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/gloss.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define GLOSS_TEXT_MAX 512

void gloss_begin(struct gloss *gloss, struct intake *intake, uint32_t line)
{
	*gloss = (struct gloss){.intake = intake, .facts = intake->header, .line = line};
}

static bool gloss_is_said(const char *value)
{
	return value != NULL && value[strspn(value, " ")] != '\0' && strcasecmp(value, "none") != 0;
}

static int gloss_fact(struct gloss *gloss, enum fact fact, const char *value)
{
	return intake_fact(gloss->intake, &gloss->facts, fact, value, gloss->line);
}

static int gloss_text(struct gloss *gloss, enum fact fact, const char *value)
{
	char text[GLOSS_TEXT_MAX + 1];
	size_t len = strnlen(value, GLOSS_TEXT_MAX + 1);
	if (len > GLOSS_TEXT_MAX) {
		len = GLOSS_TEXT_MAX;
		while (len > 0 && (value[len] & 0xc0) == 0x80) /* not within a character */
			len--;
	}
	size_t n = 0;
	for (size_t i = 0; i < len; i++) {
		/* C1 controls are U+0080 to U+009F, C2 80 to C2 9F in UTF-8. */
		bool is_c1 = (uint8_t)value[i] == 0xc2 && i + 1 < len && (uint8_t)value[i + 1] >= 0x80 && (uint8_t)value[i + 1] < 0xa0;
		bool is_control = (uint8_t)value[i] < 0x20 || value[i] == 0x7f || is_c1;
		i += is_c1;
		text[n++] = is_control ? ' ' : value[i];
	}
	text[n] = '\0';
	return gloss_fact(gloss, fact, text);
}

static int gloss_list(struct gloss *gloss, enum fact fact, const struct fields *fields, const char *name)
{
	char text[GLOSS_TEXT_MAX + 1] = "";
	size_t n = 0, at = 0;
	for (const char *value; (value = fields_next(fields, name, &at)) != NULL;) {
		size_t len = strlen(value);
		if (len == 0 || len + 1 > GLOSS_TEXT_MAX - n)
			continue;
		if (n > 0)
			text[n++] = ',';
		memcpy(text + n, value, len + 1);
		n += len;
	}
	return gloss_set(gloss, fact, GLOSS_TEXT, text);
}

/* What is written of the zone behind a time, in seconds to add for UTC. False when it is none. */
static bool gloss_offset(const char *zone, long *seconds)
{
	*seconds = 0;
	zone += strspn(zone, " ");
	if (*zone == '\0' || strcasecmp(zone, "Z") == 0 || strcasecmp(zone, "UTC") == 0)
		return true;
	unsigned hours, minutes;
	int end = 0;
	char sign = *zone++;
	if ((sign != '+' && sign != '-') || !isdigit((unsigned char)*zone))
		return false;
	if ((sscanf(zone, "%2u:%2u%n", &hours, &minutes, &end) != 2 && sscanf(zone, "%2u%2u%n", &hours, &minutes, &end) != 2) || zone[end] != '\0')
		return false;
	*seconds = (sign == '-' ? 1 : -1) * (long)(hours * 3600 + minutes * 60);
	return hours < 24 && minutes < 60;
}

/* Writes an instant of whole seconds as RFC 3339 has it. */
static void gloss_instant(long long seconds, char text[32])
{
	time_t at = (time_t)seconds;
	struct tm tm;
	if (gmtime_r(&at, &tm) == NULL || strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		text[0] = '\0';
}

/* Brings a time into the form that facts want. False when it is none that we know. */
static bool gloss_utc(const char *value, char text[32])
{
	size_t digits = strspn(value, "0123456789");
	uint64_t ns;
	long offset;
	if (value[digits] == '\0' && digits >= 9 && digits <= 11) {
		gloss_instant(atoll(value), text);
		return text[0] != '\0';
	}
	size_t len = strnlen(value, 20);
	if (len == 10) {
		memcpy(text, value, 11);
		return true;
	}
	if (len < 19 || (value[10] != ' ' && value[10] != 'T' && value[10] != 't'))
		return false;
	const char *zone = value + 19;
	if (*zone == '.')
		zone += 1 + strspn(zone + 1, "0123456789");
	snprintf(text, 32, "%.10sT%.8sZ", value, value + 11);
	if (!gloss_offset(zone, &offset) || !facts_instant(text, &ns))
		return false;
	if (offset != 0)
		gloss_instant((long long)(ns / 1000000000) + offset, text);
	return true;
}

static const char *gloss_confidence(const char *value)
{
	char *end;
	double percent = strtod(value, &end);
	if (!isdigit((unsigned char)*value) || *end != '\0' || percent > 100)
		return value;
	return percent < 30 ? "low" : percent < 70 ? "medium" : "high";
}

int gloss_set(struct gloss *gloss, enum fact fact, enum gloss_form form, const char *value)
{
	char text[32];
	if (!gloss_is_said(value))
		return 0;
	switch (form) {
	case GLOSS_TIME:
		return gloss_fact(gloss, fact, gloss_utc(value, text) ? text : value);
	case GLOSS_CONFIDENCE:
		return gloss_fact(gloss, fact, gloss_confidence(value));
	case GLOSS_TLP:
		return gloss_fact(gloss, fact, strncasecmp(value, "tlp:", 4) == 0 ? value + 4 : value);
	default:
		return gloss_text(gloss, fact, value);
	}
}

int gloss_read(struct gloss *gloss, const struct fields *fields, const struct gloss_rule *rules, size_t n)
{
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct gloss_rule *rule = &rules[i];
		rc = rule->form == GLOSS_LIST ? gloss_list(gloss, rule->fact, fields, rule->field)
					      : gloss_set(gloss, rule->fact, rule->form, fields_get(fields, rule->field));
	}
	return rc;
}

int gloss_publisher(struct intake *intake, const char *feed, const char *provider)
{
	int rc = intake_fact(intake, &intake->header, FACT_FEED, feed, 0);
	return rc == 0 ? intake_fact(intake, &intake->header, FACT_PROVIDER, provider, 0) : rc;
}

int gloss_take(const struct gloss *gloss, const char *name)
{
	const struct intake_entry entry = {.text = name, .line = gloss->line, .scope = C2_SCOPE_TREE, .facts = &gloss->facts};
	return intake_take(gloss->intake, &entry);
}

int gloss_take_url(const struct gloss *gloss, const char *url)
{
	const struct intake_entry entry = {.text = url, .line = gloss->line, .scope = C2_SCOPE_EXACT, .facts = &gloss->facts};
	return intake_take_url(gloss->intake, &entry);
}
