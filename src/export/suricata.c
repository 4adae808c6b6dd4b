/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Suricata rules, one a name and protocol. Not a dataset: that scales, but compares whole names, and would be silent on all that is below a listed one.
 * dotprefix and endswith compare at label borders; bsize tells the name from what is below it; what is excepted stands as negated contents in the rule.
 */
#include "export/walk.h"

#include <string.h>

#define SURICATA_SID 1000000 /* where the numbers for rules of one's own begin */

static const struct suricata_protocol {
	const char *name, *buffer;
	const char *nocase; /* http.host is lower case, and wants no nocase */
} suricata_protocols[] = {{"dns", "dns.query", " nocase;"}, {"tls", "tls.sni", " nocase;"}, {"http", "http.host", ""}};

#define SURICATA_PROTOCOLS (sizeof suricata_protocols / sizeof *suricata_protocols)

/* Writes a rule for row number `at`, which is listed. */
static void suricata_put(struct export *export, const struct walk_rows *rows, size_t at, const struct suricata_protocol *protocol, unsigned sid)
{
	const struct walk_row *row = &rows->rows[at];
	FILE *to = export->to;
	fprintf(to, "alert %s any any -> any any (msg:\"c2watch C2 domain %s (", protocol->name, row->name);
	walk_put_plain(to, row->feed, "\"\\;:|()");
	fprintf(to, ")\"; %s; dotprefix; content:\".%s\";%s endswith;", protocol->buffer, row->name, protocol->nocase);
	if (!row->is_own_turn || !row->is_below_turn)
		fprintf(to, " bsize:%s%zu;", row->is_own_turn ? "" : ">", strlen(row->name) + 1);
	for (size_t i = at + 1; row->is_below_turn && i < rows->n && walk_is_under(rows->rows[i].name, row->name); i++)
		if (rows->rows[i].turns == row->turns + 1)
			fprintf(to, " content:!\".%s\";%s endswith;", rows->rows[i].name, protocol->nocase);
	fprintf(to, " classtype:trojan-activity; sid:%u; rev:1;)\n", sid);
}

static int suricata_write(struct export *export)
{
	struct walk_rows rows;
	unsigned sid = SURICATA_SID;
	int rc = walk_rows_make(export, &rows);
	fprintf(export->to, "# c2watch, feed set %s\n", feedset_hash(export->set));
	for (size_t i = 0; rc == 0 && i < rows.n; i++)
		for (size_t p = 0; p < SURICATA_PROTOCOLS && rows.rows[i].turns % 2 == 1; p++)
			suricata_put(export, &rows, i, &suricata_protocols[p], sid++);
	walk_rows_free(&rows);
	return rc;
}

const struct export_form suricata_form = {.name = "suricata", .left_out = "names that are no host's", .write = suricata_write};
