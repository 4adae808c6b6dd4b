/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sigma rules (specification 2.0), one document a log source. Selections nest: what is listed, but not what is excepted of it, but that which is listed
 * below again, and so on; nearly always there are one or two.
 */
#include "export/walk.h"

#include <stdlib.h>
#include <time.h>

static const struct sigma_source {
	const char *title, *category, *product, *field, *technique;
} sigma_sources[] = {
	{"DNS query for a C2 domain", "dns_query", "windows", "QueryName", "attack.t1071.004"},
	{"Proxy request to a C2 domain", "proxy", NULL, "cs-host", "attack.t1071.001"},
};

#define SIGMA_SOURCES (sizeof sigma_sources / sizeof *sigma_sources)

/* An id of the UUID's form (RFC 9562 §5.8): the same for the same set. */
static void sigma_put_id(const struct export *export, size_t source)
{
	uint64_t hash = strtoull(feedset_hash(export->set), NULL, 16), mixed = (hash + source + 1) * UINT64_C(0x9e3779b97f4a7c15);
	fprintf(export->to, "id: %08x-%04x-8%03x-a%03x-%012llx\n", (unsigned)(hash >> 32), (unsigned)(hash >> 16 & 0xffff),
		(unsigned)(hash >> 4 & 0xfff), (unsigned)(mixed >> 52), (unsigned long long)(mixed & 0xffffffffffff));
}

static void sigma_put_head(const struct export *export, size_t source)
{
	const struct sigma_source *about = &sigma_sources[source];
	time_t made = (time_t)(export->made_ns / UINT64_C(1000000000));
	struct tm day;
	char date[16];
	strftime(date, sizeof date, "%Y-%m-%d", gmtime_r(&made, &day));
	fprintf(export->to, "%stitle: %s\n", source > 0 ? "---\n" : "", about->title);
	sigma_put_id(export, source);
	fprintf(export->to, "status: experimental\ndescription: \"c2watch, feed set %s:", feedset_hash(export->set));
	const char *feed;
	size_t claims;
	for (size_t i = 0; feedset_source(export->set, i, &feed, &claims); i++) {
		fputs(i > 0 ? ", " : " ", export->to);
		walk_put_escaped(export->to, feed);
	}
	fprintf(export->to, "\"\nauthor: c2watch\ndate: %s\ntags:\n    - attack.command-and-control\n    - %s\n", date, about->technique);
	fprintf(export->to, "logsource:\n    category: %s\n", about->category);
	if (about->product != NULL)
		fprintf(export->to, "    product: %s\n", about->product);
	fputs("detection:\n", export->to);
}

/* Writes the names of a layer that are listed, or excepted, for themselves or for what is below them. */
static void sigma_put_names(FILE *to, const struct walk_rows *rows, unsigned turns, const char *field, bool is_below)
{
	bool is_first = true;
	for (size_t i = 0; i < rows->n; i++) {
		const struct walk_row *row = &rows->rows[i];
		if (row->turns != turns || !(is_below ? row->is_below_turn : row->is_own_turn))
			continue;
		if (is_first)
			fprintf(to, "        - %s%s:\n", field, is_below ? "|endswith" : "");
		fprintf(to, "            - '%s%s'\n", is_below ? "." : "", row->name);
		is_first = false;
	}
}

static void sigma_put_detection(FILE *to, const struct walk_rows *rows, unsigned layers, const char *field)
{
	for (unsigned turns = 1; turns <= layers; turns++) {
		fprintf(to, "    %s_%u:\n", turns % 2 == 1 ? "listed" : "excepted", turns);
		sigma_put_names(to, rows, turns, field, false);
		sigma_put_names(to, rows, turns, field, true);
	}
	fputs("    condition: listed_1", to);
	for (unsigned turns = 2; turns <= layers; turns++)
		fprintf(to, " and not (%s_%u", turns % 2 == 1 ? "listed" : "excepted", turns);
	for (unsigned turns = 2; turns <= layers; turns++)
		putc(')', to);
	fputs("\nfalsepositives:\n    - Researchers, scanners and mail gateways that look the names up\nlevel: high\n", to);
}

static int sigma_write(struct export *export)
{
	struct walk_rows rows;
	int rc = walk_rows_make(export, &rows);
	unsigned layers = 0;
	for (size_t i = 0; i < rows.n; i++)
		layers = rows.rows[i].turns > layers ? rows.rows[i].turns : layers;
	if (layers == 0)
		fprintf(export->to, "# c2watch, feed set %s: nothing is listed\n", feedset_hash(export->set));
	for (size_t source = 0; rc == 0 && layers > 0 && source < SIGMA_SOURCES; source++) {
		sigma_put_head(export, source);
		sigma_put_detection(export->to, &rows, layers, sigma_sources[source].field);
	}
	walk_rows_free(&rows);
	return rc;
}

const struct export_form sigma_form = {.name = "sigma", .left_out = "names that are no host's", .write = sigma_write};
