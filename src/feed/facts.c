/* SPDX-License-Identifier: Apache-2.0 */
/* The facts' keys and which values they take. */

#include "feed/facts.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *key;
	enum fact fact;
} facts_keys[] = {
	{"provider", FACT_PROVIDER},
	{"campaign", FACT_CAMPAIGN},
	{"description", FACT_DESCRIPTION},
	{"reference", FACT_REFERENCE},
	{"source", FACT_SOURCE},
	{"platform", FACT_PLATFORM},
	{"stage", FACT_STAGE},
	{"tag", FACT_TAG},
	{"confidence", FACT_CONFIDENCE},
	{"tlp", FACT_TLP},
	{"severity", FACT_SEVERITY},
	{"first_seen", FACT_FIRST_SEEN},
	{"last_seen", FACT_LAST_SEEN},
	{"expires", FACT_EXPIRES},
};

enum fact facts_of_key(const char *key, size_t len)
{
	for (size_t i = 0; i < sizeof facts_keys / sizeof *facts_keys; i++)
		if (strlen(facts_keys[i].key) == len && memcmp(facts_keys[i].key, key, len) == 0)
			return facts_keys[i].fact;
	return FACT_COUNT;
}

const char *facts_key(enum fact fact)
{
	for (size_t i = 0; i < sizeof facts_keys / sizeof *facts_keys; i++)
		if (facts_keys[i].fact == fact)
			return facts_keys[i].key;
	return "name";
}

/* The words as ECS spells them. TLP 1.0's WHITE is 2.0's CLEAR. */
static const char *const facts_confidences[] = {"Low", "Medium", "High", NULL};
static const char *const facts_tlps[] = {"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", NULL};
static const char *const facts_severities[] = {"low", "medium", "high", "critical", NULL};

static const char *facts_word(const char *const *words, const char *value)
{
	for (; *words != NULL; words++)
		if (strcasecmp(*words, value) == 0)
			return *words;
	return NULL;
}

/* Is it UTF-8 (RFC 3629) without control characters? */
static bool facts_is_text(const char *text)
{
	static const uint32_t least[] = {0x20, 0xa0, 0x800, 0x10000}; /* of 1 to 4 octets; 0x80 to 0x9f are controls */
	const uint8_t *c = (const uint8_t *)text;
	while (*c != '\0') {
		unsigned more = *c < 0x80 ? 0 : *c >= 0xf0 ? 3 : *c >= 0xe0 ? 2 : 1;
		uint32_t point = more == 0 ? *c : *c & (0x3fu >> more);
		if ((*c >= 0x80 && *c < 0xc0) || *c >= 0xf8)
			return false;
		c++;
		for (unsigned i = 0; i < more; i++, c++) {
			if ((*c & 0xc0) != 0x80)
				return false;
			point = point << 6 | (*c & 0x3fu);
		}
		if (point < least[more] || point == 0x7f || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff)
			return false;
	}
	return true;
}

const char *facts_value(enum fact fact, const char *value, const char **wanted)
{
	uint64_t ns;
	switch (fact) {
	case FACT_CONFIDENCE:
		*wanted = "low, medium or high";
		return facts_word(facts_confidences, value);
	case FACT_TLP:
		*wanted = "clear, green, amber, amber+strict or red";
		return strcasecmp(value, "white") == 0 ? "CLEAR" : facts_word(facts_tlps, value);
	case FACT_SEVERITY:
		*wanted = "low, medium, high or critical";
		return facts_word(facts_severities, value);
	case FACT_FIRST_SEEN:
	case FACT_LAST_SEEN:
	case FACT_EXPIRES:
		*wanted = "a date as 2023-03-29 or 2023-03-29T12:00:00Z";
		return facts_instant(value, &ns) ? value : NULL;
	default:
		*wanted = "printable UTF-8";
		return facts_is_text(value) ? value : NULL;
	}
}

uint32_t facts_confidence(const char *value)
{
	for (uint32_t i = 0; facts_confidences[i] != NULL; i++)
		if (strcmp(facts_confidences[i], value) == 0)
			return i + 1;
	return 0;
}

/* Reads `n` digits. */
static bool facts_digits(const char **text, unsigned n, unsigned *value)
{
	*value = 0;
	for (; n > 0; n--, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		*value = *value * 10 + (unsigned)(**text - '0');
	}
	return true;
}

static bool facts_skip(const char **text, char c)
{
	return *(*text)++ == c;
}

static bool facts_is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Seconds from 1970 to the day's begin. */
static bool facts_day(unsigned year, unsigned month, unsigned day, uint64_t *seconds)
{
	static const unsigned before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
	if (year < 1970 || year > 2500 || month < 1 || month > 12 || day < 1)
		return false;
	bool has_leap_day = facts_is_leap(year);
	if (day > before[month] - before[month - 1] + (month == 2 && has_leap_day))
		return false;
	unsigned last = year - 1; /* leap days of full years */
	unsigned days = (year - 1970) * 365 + (last / 4 - last / 100 + last / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
	days += before[month - 1] + (month > 2 && has_leap_day) + day - 1;
	*seconds = (uint64_t)days * 86400;
	return true;
}

bool facts_instant(const char *text, uint64_t *ns)
{
	unsigned year, month, day, hour = 0, minute = 0, second = 0;
	uint64_t seconds;
	if (!facts_digits(&text, 4, &year) || !facts_skip(&text, '-') || !facts_digits(&text, 2, &month) || !facts_skip(&text, '-') ||
		!facts_digits(&text, 2, &day) || !facts_day(year, month, day, &seconds))
		return false;
	if (*text == 'T' || *text == 't') {
		text++;
		if (!facts_digits(&text, 2, &hour) || !facts_skip(&text, ':') || !facts_digits(&text, 2, &minute) || !facts_skip(&text, ':') ||
			!facts_digits(&text, 2, &second) || hour > 23 || minute > 59 || second > 60)
			return false;
		if (*text == '.')
			text += 1 + strspn(text + 1, "0123456789");
		if (!facts_skip(&text, 'Z'))
			return false;
	}
	*ns = (seconds + hour * 3600u + minute * 60u + second) * UINT64_C(1000000000);
	return *text == '\0';
}
