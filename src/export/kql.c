/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A query for Microsoft Defender and Sentinel. Each name that was seen is cut at its label borders, and of the listed names among the pieces the longest
 * counts; has_any is there to make it cheap, since it compares words and not labels.
 */
#include "export/walk.h"

static const char kql_query[] =
	"\n];\n"
	"let C2Names = toscalar(C2 | where Covers != \"except\" | summarize make_set(Indicator));\n"
	"let Host = (Url:string) { tolower(trim_end(@\"\\.\", extract(@\"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^/?#@]*@)?([^:/?#]+)\", 1, Url))) };\n"
	"union isfuzzy=true\n"
	"    (DeviceNetworkEvents\n"
	"        | where RemoteUrl has_any (C2Names)\n"
	"        | project Time = Timestamp, Device = DeviceName, Name = Host(RemoteUrl), Source = \"DeviceNetworkEvents\"),\n"
	"    (DnsEvents\n"
	"        | where Name has_any (C2Names)\n"
	"        | project Time = TimeGenerated, Device = Computer, Name = Host(Name), Source = \"DnsEvents\")\n"
	"| where isnotempty(Name)\n"
	"| extend Labels = split(Name, \".\")\n"
	"| mv-expand Depth = range(0, array_length(Labels) - 1) to typeof(long)\n"
	"| extend Indicator = strcat_array(array_slice(Labels, Depth, -1), \".\")\n"
	"| lookup kind=inner C2 on Indicator\n"
	"| where Covers in (\"tree\", \"except\") or (Depth == 0 and Covers == \"name\") or (Depth > 0 and Covers == \"below\")\n"
	"| summarize arg_min(Depth, Indicator, Covers, Feed, Provider, Confidence) by Time, Device, Name, Source\n"
	"| where Covers != \"except\"\n"
	"| project Time, Device, Name, Source, Indicator, Feed, Provider, Confidence\n";

static void kql_put(FILE *to, const char *text)
{
	fputs(", \"", to);
	walk_put_escaped(to, text != NULL ? text : "");
	putc('"', to);
}

struct kql {
	struct export *export;
	const char *border; /* what stands before the next row */
};

static int kql_visit(void *arg, const struct walk_name *name)
{
	struct kql *kql = arg;
	FILE *to = kql->export->to;
	if (!walk_is_news(name))
		return 0;
	const char *covers = name->own == name->above ? "below" : name->below == name->above ? "name" : name->own == WALK_LISTED ? "tree" : "except";
	fprintf(to, "%s    \"%s\", \"%s\"", kql->border, name->entry.name, covers);
	kql_put(to, name->entry.feed);
	kql_put(to, name->entry.provider);
	kql_put(to, name->entry.confidence);
	kql->border = ",\n";
	return 0;
}

static int kql_write(struct export *export)
{
	fprintf(export->to,
		"// c2watch, feed set %s\n"
		"let C2 = datatable(Indicator:string, Covers:string, Feed:string, Provider:string, Confidence:string) [\n",
		feedset_hash(export->set));
	struct kql kql = {.export = export, .border = ""};
	int rc = walk_names(export, kql_visit, &kql);
	fputs(kql_query, export->to);
	return rc;
}

const struct export_form kql_form = {.name = "kql", .left_out = "names that are no host's", .write = kql_write};
