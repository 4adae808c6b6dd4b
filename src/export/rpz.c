/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A response policy zone (draft-vixie-dnsop-dns-rpz): `CNAME .` for what is listed, `CNAME rpz-passthru.` for what is excepted; a name and `*.` of it are
 * two owners. Names are relative, so that the zone may have any name.
 *
 * A zone's wildcard covers nothing below a name that exists (RFC 4592 §3.3.1), and a name exists when one below it does. So a longer name also has
 * its own wildcard, and every name between it and what is listed above it is written too.
 */
#include "export/walk.h"

#include <string.h>

/* A longer name would not fit into 255 octets with `*.` before it and a zone's name, of up to 60 octets, behind it. */
#define RPZ_NAME_MAX 190

struct rpz {
	struct export *export;
	char last[RPZ_NAME_MAX + 1]; /* the name that was written before */
};

static void rpz_put(const struct rpz *rpz, const char *mark, const char *name, enum walk_fate fate)
{
	if (fate != WALK_PASSED)
		fprintf(rpz->export->to, "%s%s CNAME %s\n", mark, name, fate == WALK_LISTED ? "." : "rpz-passthru.");
}

/* Writes the names between one and what stands above it, unless a neighbour has had them written: those are the shorter ones. */
static void rpz_put_between(const struct rpz *rpz, const struct walk_name *name)
{
	if (name->above == WALK_PASSED)
		return;
	const char *between = name->entry.name;
	for (unsigned labels = name->labels - 1; labels > name->above_labels; labels--) {
		between = strchr(between, '.') + 1;
		if (walk_is_under(rpz->last, between))
			return;
		rpz_put(rpz, "", between, name->above);
		rpz_put(rpz, "*.", between, name->above);
	}
}

static int rpz_visit(void *arg, const struct walk_name *name)
{
	struct rpz *rpz = arg;
	if (!walk_is_news(name))
		return 0;
	if (strlen(name->entry.name) > RPZ_NAME_MAX) {
		rpz->export->left_out++;
		return 0;
	}
	rpz_put_between(rpz, name);
	rpz_put(rpz, "", name->entry.name, name->own);
	rpz_put(rpz, "*.", name->entry.name, name->below);
	strcpy(rpz->last, name->entry.name);
	return 0;
}

static int rpz_write(struct export *export)
{
	struct rpz rpz = {.export = export};
	fprintf(export->to,
		"; c2watch, feed set %s\n"
		"$TTL 300\n"
		"@ SOA localhost. root.localhost. %u 3600 600 86400 300\n"
		"@ NS localhost.\n",
		feedset_hash(export->set), (unsigned)(export->made_ns / UINT64_C(1000000000) & UINT32_MAX));
	return walk_names(export, rpz_visit, &rpz);
}

const struct export_form rpz_form = {.name = "rpz", .left_out = "names that leave no room for the zone's", .write = rpz_write};
