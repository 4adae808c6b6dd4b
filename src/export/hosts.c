/* SPDX-License-Identifier: Apache-2.0 */
/* hosts(5). It knows whole names only. */
#include "export/walk.h"

static int hosts_visit(void *arg, const struct walk_name *name)
{
	struct export *export = arg;
	if (name->own == WALK_LISTED)
		fprintf(export->to, "0.0.0.0 %s\n", name->entry.name);
	else
		export->left_out += name->below == WALK_LISTED;
	return 0;
}

static int hosts_write(struct export *export)
{
	fprintf(export->to,
		"# c2watch, feed set %s. A hosts file covers no subdomains: each name stands for itself alone, whatever the feed\n"
		"# says, and names that are listed only for what is below them are left out.\n",
		feedset_hash(export->set));
	return walk_names(export, hosts_visit, export);
}

const struct export_form hosts_form = {.name = "hosts", .left_out = "names that a hosts file cannot hold", .write = hosts_write};
