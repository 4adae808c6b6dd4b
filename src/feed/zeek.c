/* SPDX-License-Identifier: Apache-2.0 */
/* Zeek's intelligence files: columns with tabs between, which the line `#fields` names (Zeek's documentation, "Intelligence Framework"). */
#include "feed/format.h"
#include "feed/sample.h"

#include <errno.h>
#include <string.h>

#define ZEEK_COLUMNS_MAX 64

/* What a column is. */
enum zeek_column {
	ZEEK_OTHER,
	ZEEK_INDICATOR,
	ZEEK_TYPE,
	ZEEK_SOURCE,
	ZEEK_DESC,
	ZEEK_URL,
	ZEEK_COLUMN_COUNT,
};

static const char *const zeek_columns[ZEEK_COLUMN_COUNT] = {"", "indicator", "indicator_type", "meta.source", "meta.desc", "meta.url"};

struct zeek {
	struct intake *intake;
	enum zeek_column columns[ZEEK_COLUMNS_MAX];
	unsigned n;
};

/* The line `#fields`, from the first column on. */
static int zeek_fields(struct zeek *zeek, char *rest, uint32_t number)
{
	bool has[ZEEK_COLUMN_COUNT] = {false};
	zeek->n = 0;
	for (char *field; (field = strsep(&rest, "\t")) != NULL;) {
		enum zeek_column column = ZEEK_COLUMN_COUNT;
		if (zeek->n == ZEEK_COLUMNS_MAX)
			return intake_fail(zeek->intake, number, "more than %d columns", ZEEK_COLUMNS_MAX);
		while (--column > ZEEK_OTHER && strcmp(zeek_columns[column], field) != 0)
			;
		has[column] = true;
		zeek->columns[zeek->n++] = column;
	}
	return has[ZEEK_INDICATOR] && has[ZEEK_TYPE] ? 0 : intake_fail(zeek->intake, number, "#fields without indicator and indicator_type");
}

/* Sets facts from the columns that say something. */
static int zeek_facts(struct zeek *zeek, const char *const *values, uint32_t number, struct facts *facts)
{
	static const enum fact facts_of[ZEEK_COLUMN_COUNT] = {
		[ZEEK_SOURCE] = FACT_SOURCE, [ZEEK_DESC] = FACT_DESCRIPTION, [ZEEK_URL] = FACT_REFERENCE};
	*facts = zeek->intake->header;
	for (enum zeek_column column = ZEEK_SOURCE; column <= ZEEK_URL; column++) {
		const char *value = values[column];
		if (value == NULL || *value == '\0' || strcmp(value, "-") == 0 || strcmp(value, "(empty)") == 0)
			continue;
		int rc = intake_fact(zeek->intake, facts, facts_of[column], value, number);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int zeek_entry(struct zeek *zeek, char *rest, uint32_t number)
{
	const char *values[ZEEK_COLUMN_COUNT] = {NULL};
	unsigned n = 0;
	for (char *value; (value = strsep(&rest, "\t")) != NULL; n++)
		if (n < zeek->n)
			values[zeek->columns[n]] = value;
	if (n != zeek->n)
		return intake_refuse(zeek->intake, number, "%u columns where #fields names %u", n, zeek->n);
	bool is_url = strcmp(values[ZEEK_TYPE], "Intel::URL") == 0;
	if (!is_url && strcmp(values[ZEEK_TYPE], "Intel::DOMAIN") != 0)
		return intake_pass(zeek->intake, INTAKE_OTHER);
	struct facts facts;
	int rc = zeek_facts(zeek, values, number, &facts);
	if (rc != 0)
		return rc;
	const struct intake_entry entry = {.text = values[ZEEK_INDICATOR], .line = number, .scope = C2_SCOPE_EXACT, .facts = &facts};
	return is_url ? intake_take_url(zeek->intake, &entry) : intake_take(zeek->intake, &entry);
}

static int zeek_line_read(void *reader, char *line, uint32_t number)
{
	struct zeek *zeek = reader;
	if (strncmp(line, "#fields\t", 8) == 0)
		return zeek_fields(zeek, line + 8, number);
	return *line == '\0' || *line == '#' ? 0 : zeek_entry(zeek, line, number);
}

static enum sample_word zeek_sample(char *line)
{
	if (strncmp(line, "#fields\t", 8) == 0)
		return strstr(line, "\tindicator") != NULL ? SAMPLE_YES : SAMPLE_NO;
	return *line == '#' ? SAMPLE_NOTHING : SAMPLE_NO;
}

static bool zeek_is(const char *octets, size_t len)
{
	return sample_says(octets, len, zeek_sample);
}

static int zeek_read(struct intake *intake, struct lines *lines)
{
	struct zeek zeek = {.intake = intake};
	return intake_lines(intake, lines, zeek_line_read, &zeek);
}

const struct format zeek_format = {.name = "Zeek's intelligence", .is = zeek_is, .read = zeek_read};
