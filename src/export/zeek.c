/* SPDX-License-Identifier: Apache-2.0 */
/* A file for Zeek's intelligence framework: columns with tabs between, `-` for nothing. Intel::DOMAIN is compared as a whole name. */
#include "export/walk.h"

#include <string.h>

static void zeek_put(FILE *to, const char *text)
{
	putc('\t', to);
	if (text == NULL || *text == '\0') {
		putc('-', to);
		return;
	}
	/* A lone `-` would be no value, `(empty)` an empty one, and \xHH is read as an octet. */
	bool is_word = strcmp(text, "-") == 0 || strcmp(text, "(empty)") == 0;
	for (const char *c = text; *c != '\0'; c++)
		if (*c == '\\' || (is_word && c == text))
			fprintf(to, "\\x%02x", (uint8_t)*c);
		else
			putc((uint8_t)*c < 0x20 || *c == 0x7f ? '?' : *c, to);
}

static int zeek_visit(void *arg, const struct walk_name *name)
{
	struct export *export = arg;
	if (name->own != WALK_LISTED) {
		export->left_out += name->below == WALK_LISTED;
		return 0;
	}
	fprintf(export->to, "%s\tIntel::DOMAIN", name->entry.name);
	zeek_put(export->to, name->entry.feed);
	zeek_put(export->to, name->entry.description);
	zeek_put(export->to, name->entry.reference);
	putc('\n', export->to);
	return 0;
}

static int zeek_write(struct export *export)
{
	fputs("#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url\n", export->to);
	return walk_names(export, zeek_visit, export);
}

const struct export_form zeek_form = {.name = "zeek", .left_out = "names that Intel::DOMAIN cannot hold", .write = zeek_write};
