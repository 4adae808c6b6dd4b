/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CSV_COLUMNS_MAX 32
#define CSV_BLANKS " \t"

struct csv {
	struct intake *intake;
	const struct csv_reader *reader;
	char *names; /* the row that names the columns, split; null before it */
	char *columns[CSV_COLUMNS_MAX];
	unsigned columns_n;
	struct fields row;
};

/* Takes a cell off a row and shortens it in place, or returns null: its quotes do not pair. `*rest` is null behind the last. */
static char *csv_cell(char **rest)
{
	char *from = *rest + strspn(*rest, CSV_BLANKS), *cell = from, *to = from;
	if (*from == '"') {
		cell = to = ++from;
		while (*from != '\0' && (*from != '"' || from[1] == '"')) {
			from += *from == '"';
			*to++ = *from++;
		}
		if (*from != '"')
			return NULL;
		from++;
		from += strspn(from, CSV_BLANKS);
		if (*from != ',' && *from != '\0')
			return NULL;
	} else {
		from = to += strcspn(from, ",");
		while (to > cell && strchr(CSV_BLANKS, to[-1]) != NULL)
			to--;
	}
	*rest = *from == ',' ? from + 1 : NULL;
	*to = '\0';
	return cell;
}

/* Splits a row: how many cells, 0 when there are too many or quotes do not pair. */
static unsigned csv_split(char *text, char *cells[CSV_COLUMNS_MAX])
{
	unsigned n = 0;
	for (char *rest = text; rest != NULL;) {
		if (n == CSV_COLUMNS_MAX)
			return 0;
		cells[n] = csv_cell(&rest);
		if (cells[n++] == NULL)
			return 0;
	}
	return n;
}

static char *csv_uncomment(char *text)
{
	text += strspn(text, CSV_BLANKS);
	return *text == '#' ? text + 1 + strspn(text + 1, CSV_BLANKS) : text;
}

/* Does the line name the columns? Keeps it then. 1, 0, -ENOMEM. */
static int csv_head(struct csv *csv, const char *text)
{
	if (strstr(text, csv->reader->column) == NULL)
		return 0;
	char *names = strdup(text);
	if (names == NULL)
		return -ENOMEM;
	csv->columns_n = csv_split(csv_uncomment(names), csv->columns);
	for (unsigned i = 0; i < csv->columns_n && csv->columns_n > 1; i++)
		if (strcmp(csv->columns[i], csv->reader->column) == 0) {
			csv->names = names;
			return 1;
		}
	free(names);
	return 0;
}

static int csv_line(void *arg, char *text, uint32_t number)
{
	struct csv *csv = arg;
	char *cells[CSV_COLUMNS_MAX];
	int rc = csv->names == NULL ? csv_head(csv, text) : 0;
	if (rc != 0)
		return rc < 0 ? rc : 0;
	text += strspn(text, CSV_BLANKS);
	if (*text == '#' || *text == '\0')
		return 0;
	if (csv->names == NULL)
		return intake_refuse(csv->intake, number, "a row before the one that names the columns");
	unsigned n = csv_split(text, cells);
	if (n == 0)
		return intake_refuse(csv->intake, number, "a row whose quotes do not pair");
	if (n != csv->columns_n)
		return intake_refuse(csv->intake, number, "a row of %u cells, where %u have a name", n, csv->columns_n);
	fields_clear(&csv->row);
	for (unsigned i = 0; i < n && rc == 0; i++)
		rc = fields_add(&csv->row, csv->columns[i], cells[i]);
	return rc == 0 ? csv->reader->row(csv->reader->arg, &csv->row, number) : rc;
}

int csv_read(struct intake *intake, struct lines *lines, const struct csv_reader *reader)
{
	struct csv csv = {.intake = intake, .reader = reader};
	int rc = intake_lines(intake, lines, csv_line, &csv);
	free(csv.names);
	fields_free(&csv.row);
	return rc;
}

bool csv_begins(const char *octets, size_t len, const char *column)
{
	const struct csv_reader reader = {.column = column};
	struct csv csv = {.reader = &reader};
	bool is_row = false;
	for (const char *lf; len > 0 && csv.names == NULL && !is_row; len -= (size_t)(lf - octets), octets = lf) {
		char text[LINES_MAX + 1];
		lf = memchr(octets, '\n', len);
		size_t n = lf != NULL ? (size_t)(lf - octets) : len;
		lf = octets + n + (lf != NULL);
		if (n > LINES_MAX)
			break;
		n -= n > 0 && octets[n - 1] == '\r';
		memcpy(text, octets, n);
		text[n] = '\0';
		is_row = csv_head(&csv, text) == 0 && strchr("#", text[strspn(text, CSV_BLANKS)]) == NULL; /* nor blank */
	}
	bool is_found = csv.names != NULL;
	free(csv.names);
	return is_found;
}
