/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Suricata's datasets of `type string` (its user guide, "Datasets"): a text in base64 a line, with a reputation behind it or without. A name is matched as it
 * stands; one that begins with a dot is written for what ends in it, so it covers what is below.
 */
#include "feed/format.h"
#include "feed/sample.h"

#include <string.h>

#define DATASET_TEXT_MAX 512

/* Decodes base64 (RFC 4648 §4): how many octets, 0 for what is none. */
static size_t dataset_decode(const char *text, char out[DATASET_TEXT_MAX])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t len = strcspn(text, "="), padding = strlen(text + len), n = 0;
	uint32_t bits = 0;
	if ((len + padding) % 4 != 0 || padding > 2 || text[len + strspn(text + len, "=")] != '\0' || len / 4 * 3 + 3 > DATASET_TEXT_MAX)
		return 0;
	for (size_t i = 0; i < len; i++) {
		const char *digit = strchr(digits, text[i]);
		if (digit == NULL)
			return 0;
		bits = bits << 6 | (uint32_t)(digit - digits);
		if (i % 4 != 0)
			out[n++] = (char)(bits >> (6 - i % 4 * 2) & 0xff);
	}
	return n;
}

/* Decodes base64 that stands for a name: false for anything else. */
static bool dataset_name(const char *text, char name[DATASET_TEXT_MAX])
{
	static const char host[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	size_t n = dataset_decode(text, name);
	if (n == 0 || n == DATASET_TEXT_MAX)
		return false;
	name[n] = '\0';
	return strlen(name) == n && name[strspn(name, host)] == '\0' && strchr(name + 1, '.') != NULL;
}

/* Is it a digest in hexadecimal, of MD5 or SHA-256, which the other types of datasets hold? */
static bool dataset_is_digest(const char *text)
{
	size_t len = strlen(text);
	return (len == 32 || len == 64) && strspn(text, "0123456789abcdefABCDEF") == len;
}

static int dataset_line_read(void *reader, char *line, uint32_t number)
{
	struct intake *intake = reader;
	char name[DATASET_TEXT_MAX];
	line += strspn(line, " \t");
	line[strcspn(line, ", \t")] = '\0'; /* the reputation */
	if (*line == '\0' || *line == '#')
		return 0;
	if (dataset_name(line, name))
		return intake_take(
			intake, &(struct intake_entry){
					.text = name + (*name == '.'), .line = number, .scope = *name == '.' ? C2_SCOPE_TREE : C2_SCOPE_EXACT});
	if (dataset_is_digest(line))
		return intake_fail(intake, number, "a dataset of digests (MD5 or SHA-256): only one of names (type string) is of use");
	return intake_refuse(intake, number, "%s: not the base64 of a name", line);
}

static enum sample_word dataset_sample(char *line)
{
	char name[DATASET_TEXT_MAX];
	line += strspn(line, " \t");
	if (*line == '#')
		return SAMPLE_NOTHING;
	line[strcspn(line, ",")] = '\0';
	return dataset_is_digest(line) || dataset_name(line, name) ? SAMPLE_YES : SAMPLE_NO;
}

static bool dataset_is(const char *octets, size_t len)
{
	return sample_says(octets, len, dataset_sample);
}

static int dataset_read(struct intake *intake, struct lines *lines)
{
	return intake_lines(intake, lines, dataset_line_read, intake);
}

const struct format dataset_format = {.name = "a Suricata dataset", .is = dataset_is, .read = dataset_read};
