/* SPDX-License-Identifier: Apache-2.0 */
/* The formats in CSV and JSON: what each becomes, entry by entry, and what is said of what is left out. */

#include "feed/feedset.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* What a load gave, as text: an entry a line with its facts, then complaints. */
struct outcome {
	int rc;
	size_t entries;
	size_t len;
	char text[16384];
};

static void say(struct outcome *outcome, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct outcome *outcome, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(outcome->text + outcome->len, sizeof outcome->text - outcome->len, format, args);
	va_end(args);
	outcome->len += (size_t)n;
	if (outcome->len >= sizeof outcome->text)
		outcome->len = sizeof outcome->text - 1;
}

static void hear(void *arg, const struct feed_complaint *complaint)
{
	static const char *const levels[] = {[FEED_NOTE] = "note", [FEED_REFUSED] = "refused", [FEED_FAILED] = "failed"};
	say(arg, "%s %u: %s\n", levels[complaint->level], complaint->line, complaint->what);
}

static void say_entry(struct outcome *outcome, const struct indicator *entry)
{
	static const char *const scopes[] = {[C2_SCOPE_EXACT] = "=", [C2_SCOPE_BELOW] = "*.", [C2_SCOPE_TREE] = ""};
	const struct {
		const char *key, *value;
	} facts[] = {
		{"feed", entry->feed},
		{"provider", entry->provider},
		{"campaign", entry->campaign},
		{"description", entry->description},
		{"reference", entry->reference},
		{"source", entry->source},
		{"platform", entry->platform},
		{"stage", entry->stage},
		{"tag", entry->tag},
		{"confidence", entry->confidence},
		{"tlp", entry->tlp},
		{"severity", entry->severity},
		{"first", entry->first_seen},
		{"last", entry->last_seen},
		{"expires", entry->expires},
	};
	say(outcome, "%s%s@%u%s", entry->kind == INDICATOR_EXCEPTION ? "!" : scopes[entry->scope], entry->name, entry->line,
		entry->is_on ? "" : " off");
	for (size_t i = 0; i < COUNT(facts); i++)
		if (facts[i].value != NULL && (i > 0 || facts[i].value[0] > '9')) /* not the file's name */
			say(outcome, " %s=%s", facts[i].key, facts[i].value);
	say(outcome, "\n");
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorts the lines from `from` on: a set keeps its entries in no order to rely on. */
static void sort_lines(char *from)
{
	char copy[sizeof((struct outcome *)0)->text];
	char *lines[256];
	size_t n = 0;
	strcpy(copy, from);
	for (char *line = strtok(copy, "\n"); line != NULL && n < COUNT(lines); line = strtok(NULL, "\n"))
		lines[n++] = line;
	qsort(lines, n, sizeof *lines, compare_lines);
	for (size_t i = 0; i < n; i++)
		from += sprintf(from, "%s\n", lines[i]);
}

/* Loads a file, whose descriptor is open, and keeps what came of it. */
static void load_fd(int fd, struct outcome *outcome)
{
	char path[64];
	struct feedset *set = NULL;
	struct indicator entry;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	const struct feed_source source = {.path = path};
	const struct feed_listener listener = {.complain = hear, .arg = outcome};
	outcome->len = 0;
	outcome->text[0] = '\0';
	outcome->rc = feedset_load(&source, 1, NULL, &listener, &set);
	char *entries = outcome->text + outcome->len;
	for (uint32_t i = 0; outcome->rc == 0 && i < feedset_entries(set) && outcome->len < sizeof outcome->text / 2; i++)
		for (unsigned which = 0; feedset_describe(set, i, 0, which, &entry); which++)
			say_entry(outcome, &entry);
	sort_lines(entries);
	outcome->entries = outcome->rc == 0 ? feedset_entries(set) : 0;
	feedset_free(set);
	close(fd);
}

static void load(const char *text, size_t len, struct outcome *outcome)
{
	int fd = memfd_create("text", MFD_CLOEXEC);
	assert_true(fd >= 0 && fchmod(fd, 0600) == 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	load_fd(fd, outcome);
}

struct example {
	const char *name, *text, *outcome;
};

static void check_examples(const struct example *examples, size_t n)
{
	struct outcome outcome;
	unsigned wrong = 0;
	for (size_t i = 0; i < n; i++) {
		load(examples[i].text, strlen(examples[i].text), &outcome);
		if (strcmp(outcome.text, examples[i].outcome) == 0)
			continue;
		print_error("%s: expected\n%sgot\n%s", examples[i].name, examples[i].outcome, outcome.text);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* abuse.ch URLhaus: the host of a URL, and only that name. */
static const struct example urlhaus_examples[] = {
	{
		"CSV",
		"# URLhaus Database Dump\n"
		"#\n"
		"# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\n"
		"\"1\",\"2026-04-20 12:34:56\",\"http://bad.example.com/a,b.sh\",\"online\",\"2026-04-21 "
		"00:00:00\",\"malware_download\",\"elf,mirai\",\"https://urlhaus.abuse.ch/url/1/\",\"someone\"\n"
		"\"2\",\"2026-04-20 "
		"12:34:56\",\"http://192.0.2.1:8080/i\",\"online\",\"\",\"malware_download\",\"None\",\"https://urlhaus.abuse.ch/url/2/"
		"\",\"someone\"\n"
		"\"3\",\"2026-04-20 "
		"12:34:56\",\"https://u:p@Other.example.org:8443/x?y=\"\"z\"\"\",\"offline\",\"\",\"malware_download\",\"\",\"https://"
		"urlhaus.abuse.ch/url/3/\",\"someone\"\n",
		"note 0: passed over: 1 entry of IP addresses, which are not matched\n"
		"=bad.example.com@4 feed=URLhaus provider=abuse.ch reference=https://urlhaus.abuse.ch/url/1/ source=someone stage=malware_download "
		"tag=elf,mirai first=2026-04-20T12:34:56Z last=2026-04-21T00:00:00Z\n"
		"=other.example.org@6 feed=URLhaus provider=abuse.ch reference=https://urlhaus.abuse.ch/url/3/ source=someone stage=malware_download "
		"first=2026-04-20T12:34:56Z\n",
	},
	{
		"CSV, rows that are broken",
		"# URLhaus Database Dump\n"
		"#\n"
		"# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\n"
		"\"1\",\"2026-04-20 12:34:56\",\"http://bad.example.com/\",\"online\",\"\",\"x\",\"\",\"\",\"\"\n"
		"\"4\",\"yesterday\",\"http://c.example.org/\",\"offline\",\"\",\"x\",\"\",\"\",\"\"\n"
		"\"5\",\"2026-04-20 12:34:56\",\"http://d.example.org/\",\"offline\"\n"
		"\"6\",\"2026-04-20 12:34:56,\"http://e.example.org/\n"
		"\"7\",\"2026-04-20 12:34:56\",\"\",\"offline\",\"\",\"x\",\"\",\"\",\"\"\n"
		"\"8\",\"2026-04-20 12:34:56\",\"http://[2001:db8::1]/\",\"offline\",\"\",\"x\",\"\",\"\",\"\"\n"
		"\"9\",\"2026-04-20 12:34:56\",\"http:///nothing\",\"offline\",\"\",\"x\",\"\",\"\",\"\"\n",
		"refused 5: first_seen = yesterday: not a date as 2023-03-29 or 2023-03-29T12:00:00Z\n"
		"refused 6: a row of 4 cells, where 9 have a name\n"
		"refused 7: a row whose quotes do not pair\n"
		"refused 8: no url\n"
		"refused 10: http:///nothing: no host in it\n"
		"note 0: passed over: 1 entry of IP addresses, which are not matched\n"
		"=bad.example.com@4 feed=URLhaus provider=abuse.ch stage=x first=2026-04-20T12:34:56Z\n",
	},
	{
		"CSV, other columns in another order",
		"url,id,urlhaus_link\n"
		"http://bad.example.com/ , 1, https://urlhaus.abuse.ch/url/1/\n"
		"# a comment\n"
		"\n",
		"=bad.example.com@2 feed=URLhaus provider=abuse.ch reference=https://urlhaus.abuse.ch/url/1/\n",
	},
	{
		"JSON",
		"{\"12\":[{\"dateadded\":\"2026-04-20 12:34:56 "
		"UTC\",\"url\":\"http:\\/\\/bad.example.com\\/"
		"a\",\"url_status\":\"online\",\"last_online\":null,\"threat\":\"malware_download\",\"tags\":[\"elf\",\"mirai\"],\"urlhaus_link\":"
		"\"https:\\/\\/urlhaus.abuse.ch\\/url\\/12\\/\",\"reporter\":\"someone\"}],\n"
		"\"13\":[{\"dateadded\":\"2026-04-20 12:34:56 "
		"UTC\",\"url\":\"http:\\/\\/192.0.2.7\\/a\",\"tags\":null,\"urlhaus_link\":\"\",\"reporter\":\"someone\"}],\n"
		"\"14\":[{\"urlhaus_link\":\"x\"}]}",
		"refused 3: no url\n"
		"note 0: passed over: 1 entry of IP addresses, which are not matched\n"
		"=bad.example.com@1 feed=URLhaus provider=abuse.ch reference=https://urlhaus.abuse.ch/url/12/ source=someone stage=malware_download "
		"tag=elf,mirai first=2026-04-20T12:34:56Z\n",
	},
};

static void urlhaus_is_read(void **state)
{
	(void)state;
	check_examples(urlhaus_examples, COUNT(urlhaus_examples));
}

/* abuse.ch ThreatFox. */
static const struct example threatfox_examples[] = {
	{
		"CSV",
		"# "
		"\"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\",\"threat_type\",\"fk_malware\",\"malware_alias\",\"malware_printable\","
		"\"last_seen_utc\",\"confidence_level\",\"is_compromised\",\"reference\",\"tags\",\"anonymous\",\"reporter\"\n"
		"\"2026-04-14 15:56:50\", \"1\", \"bad.example.com\", \"domain\", \"botnet_cc\", \"win.x\", \"None\", \"Some RAT\", \"\", \"100\", "
		"\"0\", \"https://x.example/\", \"a,b\", \"0\", \"someone\"\n"
		"\"2026-04-14 15:56:50\", \"2\", \"192.0.2.1:443\", \"ip:port\", \"botnet_cc\", \"win.x\", \"None\", \"Some RAT\", \"\", \"100\", "
		"\"0\", \"\", \"\", \"0\", \"someone\"\n"
		"\"2026-04-14 15:56:50\", \"3\", \"https://url.example.org/x\", \"url\", \"payload_delivery\", \"win.x\", \"None\", \"Some RAT\", "
		"\"2026-04-15 00:00:00\", \"50\", \"0\", \"\", \"\", \"0\", \"someone\"\n"
		"\"2026-04-14 15:56:50\", \"4\", \"0123456789abcdef\", \"md5_hash\", \"payload\", \"win.x\", \"None\", \"Some RAT\", \"\", \"25\", "
		"\"0\", \"\", \"\", \"0\", \"someone\"\n"
		"\"2026-04-14 15:56:50\", \"5\", \"low.example.org\", \"domain\", \"botnet_cc\", \"win.x\", \"None\", \"Unknown malware\", \"\", "
		"\"29\", \"0\", \"None\", \"None\", \"0\", \"someone\"\n"
		"\"2026-04-14 15:56:50\", \"6\", \"c.example.org\", \"domain\", \"botnet_cc\", \"win.x\", \"None\", \"x\", \"\", \"sure\", \"0\", "
		"\"None\", \"None\", \"0\", \"someone\"\n"
		"\"2026-04-14 15:56:50\", \"7\", \"co.uk\", \"domain\", \"botnet_cc\", \"win.x\", \"None\", \"x\", \"\", \"75\", \"0\", \"None\", "
		"\"None\", \"0\", \"someone\"\n",
		"refused 7: confidence = sure: not low, medium or high\n"
		"refused 8: co.uk: a public suffix: anybody may register below it\n"
		"note 0: passed over: 1 entry of IP addresses, which are not matched\n"
		"note 0: passed over: 1 entry neither of names nor of URLs\n"
		"=url.example.org@4 feed=ThreatFox provider=abuse.ch campaign=Some RAT source=someone stage=payload_delivery confidence=Medium "
		"first=2026-04-14T15:56:50Z last=2026-04-15T00:00:00Z\n"
		"bad.example.com@2 feed=ThreatFox provider=abuse.ch campaign=Some RAT reference=https://x.example/ source=someone stage=c2 tag=a,b "
		"confidence=High first=2026-04-14T15:56:50Z\n"
		"low.example.org@6 feed=ThreatFox provider=abuse.ch campaign=Unknown malware source=someone stage=c2 confidence=Low "
		"first=2026-04-14T15:56:50Z\n",
	},
	{
		"JSON",
		"{\n"
		"    \"1\": [\n"
		"        {\n"
		"            \"ioc_value\": \"bad.example.com\",\n"
		"            \"ioc_type\": \"domain\",\n"
		"            \"threat_type\": \"botnet_cc\",\n"
		"            \"malware\": \"win.x\",\n"
		"            \"malware_alias\": null,\n"
		"            \"malware_printable\": \"Some RAT\",\n"
		"            \"first_seen_utc\": \"2026-04-14 15:56:50\",\n"
		"            \"last_seen_utc\": null,\n"
		"            \"confidence_level\": 100,\n"
		"            \"reference\": null,\n"
		"            \"tags\": \"a,b\",\n"
		"            \"anonymous\": \"0\",\n"
		"            \"reporter\": \"someone\"\n"
		"        }\n"
		"    ],\n"
		"    \"2\": [ {\"ioc_value\": \"192.0.2.1:443\", \"ioc_type\": \"ip:port\"} ],\n"
		"    \"3\": [ {\"ioc_value\": \"c.example.org\"} ]\n"
		"}\n",
		"refused 20: no ioc_type\n"
		"note 0: passed over: 1 entry of IP addresses, which are not matched\n"
		"bad.example.com@3 feed=ThreatFox provider=abuse.ch campaign=Some RAT source=someone stage=c2 tag=a,b confidence=High "
		"first=2026-04-14T15:56:50Z\n",
	},
};

static void threatfox_is_read(void **state)
{
	(void)state;
	check_examples(threatfox_examples, COUNT(threatfox_examples));
}

/* MISP: to_ids alone counts, and what the event says may stand behind its attributes. */
static const struct example misp_examples[] = {
	{
		"an event",
		"{\"Event\":{\"Attribute\":[{\"type\":\"domain\",\"value\":\"bad.example.com\",\"to_ids\":true,\"comment\":\"seen\\nin "
		"mail\",\"Tag\":[{\"name\":\"tlp:red\"},{\"name\":\"other\"}],\"first_seen\":\"2026-04-14T17:56:50.000000+02:00\"},\n"
		"{\"type\":\"hostname\",\"value\":\"h.example.org\",\"to_ids\":\"1\",\"deleted\":false},\n"
		"{\"type\":\"domain|ip\",\"value\":\"d.example.org|192.0.2.1\",\"to_ids\":true},\n"
		"{\"type\":\"hostname|port\",\"value\":\"p.example.org|8080\",\"to_ids\":true},\n"
		"{\"type\":\"url\",\"value\":\"http://u.example.org/x\",\"to_ids\":true},\n"
		"{\"type\":\"url\",\"value\":\"http://192.0.2.9/x\",\"to_ids\":true},\n"
		"{\"type\":\"uri\",\"value\":\"/gate.php\",\"to_ids\":true},\n"
		"{\"type\":\"ip-dst\",\"value\":\"192.0.2.2\",\"to_ids\":true},\n"
		"{\"type\":\"sha256\",\"value\":\"00\",\"to_ids\":true},\n"
		"{\"type\":\"domain\",\"value\":\"off.example.org\",\"to_ids\":false},\n"
		"{\"type\":\"domain\",\"value\":\"gone.example.org\",\"to_ids\":true,\"deleted\":true},\n"
		"{\"type\":\"domain\",\"to_ids\":true}],\n"
		"\"Object\":[{\"name\":\"domain-ip\",\"comment\":\"not "
		"ours\",\"Attribute\":[{\"type\":\"domain\",\"value\":\"o.example.org\",\"to_ids\":true}]}],\n"
		"\"RelatedEvent\":[{\"Event\":{\"info\":\"another\",\"Orgc\":{\"name\":\"another\"},\"Attribute\":[{\"type\":\"domain\",\"value\":"
		"\"r.example.org\",\"to_ids\":true}]}}],\n"
		"\"Tag\":[{\"name\":\"TLP:WHITE\"},{\"name\":\"misp-galaxy:x\"}],\"info\":\"Some "
		"campaign\",\"threat_level_id\":\"1\",\"Orgc\":{\"name\":\"CERT\"}}}",
		"refused 12: an attribute without value\n"
		"note 0: passed over: 2 entries of IP addresses, which are not matched\n"
		"note 0: passed over: 2 entries neither of names nor of URLs\n"
		"note 0: passed over: 2 entries withdrawn, or not meant for detection\n"
		"=u.example.org@5 provider=CERT campaign=Some campaign tlp=CLEAR severity=high\n"
		"bad.example.com@1 provider=CERT campaign=Some campaign description=seen in mail tlp=RED severity=high first=2026-04-14T15:56:50Z\n"
		"d.example.org@3 provider=CERT campaign=Some campaign tlp=CLEAR severity=high\n"
		"h.example.org@2 provider=CERT campaign=Some campaign tlp=CLEAR severity=high\n"
		"o.example.org@13 provider=CERT campaign=Some campaign tlp=CLEAR severity=high\n"
		"p.example.org@4 provider=CERT campaign=Some campaign tlp=CLEAR severity=high\n",
	},
	{
		"several",
		"{\"response\":[{\"Event\":{\"info\":\"one\",\"Attribute\":[{\"type\":\"domain\",\"value\":\"a.example.org\",\"to_ids\":true}]}},{"
		"\"Event\":{\"Attribute\":[{\"type\":\"domain\",\"value\":\"b.example.org\",\"to_ids\":true}],\"info\":\"two\",\"threat_level_id\":4}"
		"}]}",
		"a.example.org@1 campaign=one\n"
		"b.example.org@1 campaign=two\n",
	},
	{
		"attributes of a search",
		"{\"response\":{\"Attribute\":[{\"type\":\"domain\",\"value\":\"a.example.org\",\"to_ids\":true,\"Event\":{\"info\":\"one\",\"Orgc\":"
		"{\"name\":\"CERT\"}}}]}}",
		"a.example.org@1 provider=CERT campaign=one\n",
	},
	{
		"a manifest",
		"{\"5a5c2e7b-6f3c-4d4e-9d6b-1f2a3b4c5d6e\":{\"Orgc\":{\"name\":\"CERT\"},\"info\":\"x\",\"timestamp\":\"1\"}}",
		"failed 0: a MISP manifest lists events, and no names: the feeds are the events' files\n",
	},
	{
		"nothing for detection",
		"{\"Event\":{\"info\":\"x\",\"Attribute\":[{\"type\":\"domain\",\"value\":\"a.example.org\",\"to_ids\":false}]}}",
		"note 0: passed over: 1 entry withdrawn, or not meant for detection\n"
		"failed 0: no usable line, read as MISP\n",
	},
};

static void misp_is_read(void **state)
{
	(void)state;
	check_examples(misp_examples, COUNT(misp_examples));
}

/* STIX: indicators whose pattern is any of some names. */
static const struct example stix_examples[] = {
	{
		"all that is said",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"identity\",\"id\":\"identity--1\",\"name\":\"Some Lab\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'bad.example.com']\",\"name\":\"short\",\"description\":\"long\",\"confidence\":85,\"valid_from\":\"2026-04-14T15:56:50.123Z\","
		"\"valid_until\":\"2027-01-01T00:00:00Z\",\"created_by_ref\":\"identity--1\",\"object_marking_refs\":[\"marking-definition--f88d31f6-"
		"486f-44da-b317-01333bde0b82\"],\"external_references\":[{\"source_name\":\"x\",\"url\":\"https://x.example/"
		"\"}],\"labels\":[\"a\",\"b\"],\"kill_chain_phases\":[{\"kill_chain_name\":\"k\",\"phase_name\":\"command-and-control\"}]},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value='strict.example.org']\","
		"\"object_marking_refs\":[\"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003\"],\"created_by_ref\":\"identity--2\","
		"\"confidence\":0},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'gone.example.org']\",\"revoked\":true},\n"
		"{\"type\":\"indicator\",\"pattern_type\":\"yara\",\"pattern\":\"rule x {}\"},\n"
		"{\"type\":\"malware\",\"name\":\"x\"},\n"
		"{\"type\":\"indicator\",\"pattern_type\":\"stix\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'d.example.org']\",\"valid_until\":\"soon\"}]}",
		"refused 8: an indicator without a pattern\n"
		"refused 9: expires = soon: not a date as 2023-03-29 or 2023-03-29T12:00:00Z\n"
		"note 0: passed over: 1 entry neither of names nor of URLs\n"
		"note 0: passed over: 1 entry withdrawn, or not meant for detection\n"
		"bad.example.com@3 provider=Some Lab description=long reference=https://x.example/ stage=command-and-control tag=a,b confidence=High "
		"tlp=AMBER first=2026-04-14T15:56:50Z expires=2027-01-01T00:00:00Z\n"
		"strict.example.org@4 confidence=Low tlp=AMBER+STRICT\n",
	},
	{
		"objects before type",
		"{\"objects\":[{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'bad.example.com']\"}],\"id\":\"bundle--1\",\"type\":\"bundle\"}",
		"bad.example.com@1\n",
	},
};

static void stix_is_read(void **state)
{
	(void)state;
	check_examples(stix_examples, COUNT(stix_examples));
}

/* Patterns: equality and OR; all else is refused with the reason. */
static const struct example stix_patterns_examples[] = {
	{
		"[domain-name:value = 'a.example.org'] OR [url:value = 'http://u.example.org/x'] OR [ipv4-addr:value = '192.0.2.1']",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = 'a.example.org'] OR "
		"[url:value = 'http://u.example.org/x'] OR [ipv4-addr:value = '192.0.2.1']\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"note 0: passed over: 1 entry of IP addresses, which are not matched\n"
		"=u.example.org@2\n"
		"a.example.org@2\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value = 'a.example.org' OR domain-name:value = 'b.example.org']",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = 'a.example.org' OR "
		"domain-name:value = 'b.example.org']\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"a.example.org@2\n"
		"b.example.org@2\n"
		"stands.example.com@3\n",
	},
	{
		"([domain-name:value = 'a.example.org']) OR ([(domain-name:value='b.example.org')])",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"([domain-name:value = 'a.example.org']) OR "
		"([(domain-name:value='b.example.org')])\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"a.example.org@2\n"
		"b.example.org@2\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value IN ('a.example.org', 'b.example.org')]",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value IN ('a.example.org', "
		"'b.example.org')]\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"a.example.org@2\n"
		"b.example.org@2\n"
		"stands.example.com@3\n",
	},
	{
		"[file:hashes.'SHA-256' = '00' OR network-traffic:dst_ref.x[*].y = 'z' OR domain-name:value = 'a.example.org']",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[file:hashes.'SHA-256' = '00' OR "
		"network-traffic:dst_ref.x[*].y = 'z' OR domain-name:value = 'a.example.org']\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"note 0: passed over: 2 entries neither of names nor of URLs\n"
		"a.example.org@2\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value = 'it\\\\'s.example.org' OR domain-name:value = 'a.example.org']",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'it\\\\'s.example.org' OR domain-name:value = 'a.example.org']\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: it's.example.org: holds an octet that no host name has\n"
		"a.example.org@2\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value = 'a.example.org' AND network-traffic:dst_port = '443']",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = 'a.example.org' AND "
		"network-traffic:dst_port = '443']\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: a pattern with AND: a name alone would say more than it does: [domain-name:value = 'a.example.org' AND "
		"network-traffic:dst_port = '443']\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value = 'a.example.org'] AND [domain-name:value = 'b.example.org']",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = 'a.example.org'] AND "
		"[domain-name:value = 'b.example.org']\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: a pattern with AND: a name alone would say more than it does: [domain-name:value = 'a.example.org'] AND "
		"[domain-name:value = 'b.example.org']\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value = 'a.example.org'] FOLLOWEDBY [domain-name:value = 'b.example.org']",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = 'a.example.org'] "
		"FOLLOWEDBY [domain-name:value = 'b.example.org']\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: a pattern with FOLLOWEDBY: a name alone would say more than it does: [domain-name:value = 'a.example.org'] FOLLOWEDBY "
		"[domain-name:value = 'b.example.org']\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value = 'a.example.org'] WITHIN 5 SECONDS",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = 'a.example.org'] "
		"WITHIN 5 SECONDS\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: a pattern with a qualifier: a name alone would say more than it does: [domain-name:value = 'a.example.org'] WITHIN 5 "
		"SECONDS\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value LIKE '%.example.org']",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value LIKE "
		"'%.example.org']\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: a pattern with another comparison than equality: [domain-name:value LIKE '%.example.org']\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value != 'a.example.org']",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value != "
		"'a.example.org']\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: a pattern with another comparison than equality: [domain-name:value != 'a.example.org']\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value NOT = 'a.example.org']",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value NOT = "
		"'a.example.org']\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: a pattern with another comparison than equality: [domain-name:value NOT = 'a.example.org']\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value = 443]",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = 443]\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: a pattern that compares with what is no text, or too long a one: [domain-name:value = 443]\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value = 'a.example.org'",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = 'a.example.org'\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: no pattern of STIX: [domain-name:value = 'a.example.org'\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value = 'a.example.org",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = 'a.example.org\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: a pattern that compares with what is no text, or too long a one: [domain-name:value = 'a.example.org\n"
		"stands.example.com@3\n",
	},
	{
		"domain-name:value = 'a.example.org'",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"domain-name:value = 'a.example.org'\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: no pattern of STIX: domain-name:value = 'a.example.org'\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name = 'a.example.org']",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name = 'a.example.org']\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: no pattern of STIX: [domain-name = 'a.example.org']\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value = 'a.example.org'] OR",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = 'a.example.org'] "
		"OR\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: no pattern of STIX: [domain-name:value = 'a.example.org'] OR\n"
		"stands.example.com@3\n",
	},
	{
		"[domain-name:value IN ('a.example.org' 'b')]",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value IN ('a.example.org' "
		"'b')]\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: no pattern of STIX: [domain-name:value IN ('a.example.org' 'b')]\n"
		"stands.example.com@3\n",
	},
	{
		"[]",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[]\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: no pattern of STIX: []\n"
		"stands.example.com@3\n",
	},
	{
		"nothing",
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"\"},\n"
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'stands.example.com']\"}]}",
		"refused 2: no pattern of STIX: \n"
		"stands.example.com@3\n",
	},
};

static void patterns_is_read(void **state)
{
	(void)state;
	check_examples(stix_patterns_examples, COUNT(stix_patterns_examples));
}

/* JSON of no particular maker. */
static const struct example ndjson_examples[] = {
	{
		"keys of the native format",
		"{\"name\":\"bad.example.com\",\"provider\":\"CERT\",\"campaign\":\"c\",\"description\":\"two\\twords\",\"reference\":\"https://"
		"x.example/"
		"\",\"source\":[\"a\",\"b\"],\"platform\":\"windows\",\"stage\":\"c2\",\"tag\":\"t\",\"confidence\":\"high\",\"tlp\":\"amber\","
		"\"severity\":\"low\",\"first_seen\":\"2026-04-14\",\"last_seen\":1776182210,\"expires\":\"2027-01-01T00:00:00Z\",\"feed\":\"f\"}\n"
		"{\"domain\":\"=exact.example.org\"}\n"
		"{\"ioc\":\"*.below.example.org\",\"type\":\"domain\"}\n"
		"{\"indicator\":\"!ok.example.org\"}\n"
		"{\"url\":\"http://u.example.org/x\"}\n"
		"\n"
		"{\"value\":\"off.example.org\",\"enabled\":false}\n"
		"{\"name\":\"co.uk\",\"force\":true}\n",
		"!ok.example.org@4\n"
		"*.below.example.org@3\n"
		"=exact.example.org@2\n"
		"=u.example.org@5\n"
		"bad.example.com@1 feed=f provider=CERT campaign=c description=two words reference=https://x.example/ source=a,b platform=windows "
		"stage=c2 tag=t confidence=High tlp=AMBER severity=low first=2026-04-14 last=2026-04-14T15:56:50Z expires=2027-01-01T00:00:00Z\n"
		"co.uk@8\n"
		"off.example.org@7 off\n",
	},
	{
		"ECS, nested and with dots",
		"{\"threat\":{\"indicator\":{\"type\":\"domain-name\",\"url\":{\"domain\":\"bad.example.com\"},\"confidence\":\"Medium\","
		"\"provider\":\"CERT\",\"marking\":{\"tlp\":\"GREEN\"},\"first_seen\":\"2026-04-14T15:56:50.000Z\"},\"feed\":{\"name\":\"f\"}}}\n"
		"{\"threat.indicator.type\":\"url\",\"threat.indicator.url.full\":\"https://u.example.org/\",\"threat.software.name\":\"Some RAT\"}\n"
		"{\"threat.indicator.type\":\"ipv4-addr\",\"threat.indicator.ip\":\"192.0.2.1\"}\n"
		"{\"threat.indicator.type\":\"file\",\"threat.indicator.name\":\"x.exe\"}\n",
		"note 0: passed over: 1 entry of IP addresses, which are not matched\n"
		"note 0: passed over: 1 entry neither of names nor of URLs\n"
		"=u.example.org@2 campaign=Some RAT\n"
		"bad.example.com@1 feed=f provider=CERT confidence=Medium tlp=GREEN first=2026-04-14T15:56:50Z\n",
	},
	{
		"lines that are broken",
		"{\"name\":\"bad.example.com\"}\n"
		"{\"name\":\"a.example.org\"\n"
		"{\"name\":\"b.example.org\"}}\n"
		"[\"c.example.org\"]\n"
		"{\"name\":NaN}\n"
		"{\"colour\":\"red\"}\n"
		"{\"name\":\"d.example.org\",\"confidence\":101}\n"
		"{\"name\":\"!e.example.org\",\"expires\":\"2027-01-01\"}\n"
		"{\"name\":\"f.example.org\",\"force\":\"maybe\"}\n"
		"{\"name\":\"192.0.2.1\"}\n"
		"{\"name\":\"g.example.org\\u0000.example.com\"}\n"
		"name\n"
		"{\"name\":\"last.example.com\"}",
		"refused 2: no JSON: parse error: premature EOF\n"
		"refused 3: no JSON: parse error: unallowed token at this point in JSON text\n"
		"refused 4: not an object\n"
		"refused 5: no JSON: lexical error: invalid char in json text.\n"
		"refused 6: an object without a name: it has none of the keys for one\n"
		"refused 7: confidence = 101: not low, medium or high\n"
		"refused 8: !e.example.org: an exception does not expire\n"
		"refused 9: force = maybe: not yes or no\n"
		"refused 11: g.example.org\1.example.com: holds an octet that no host name has\n"
		"refused 12: no JSON: lexical error: invalid string in json text.\n"
		"note 0: passed over: 1 entry of IP addresses, which are not matched\n"
		"bad.example.com@1\n"
		"last.example.com@13\n",
	},
	{
		"a list",
		"[{\"name\":\"bad.example.com\"},\n"
		" {\"name\":\"b.example.org\"}]",
		"b.example.org@2\n"
		"bad.example.com@1\n",
	},
	{
		"objects over several lines",
		"{\n"
		" \"name\": \"bad.example.com\"\n"
		"}\n"
		"{\n"
		" \"name\": \"b.example.org\"\n"
		"}\n",
		"b.example.org@4\n"
		"bad.example.com@1\n",
	},
	{
		"a key twice: the last counts",
		"{\"name\":\"a.example.org\",\"name\":\"bad.example.com\"}",
		"bad.example.com@1\n",
	},
	{
		"a byte order mark",
		"\xef\xbb\xbf{\"name\":\"bad.example.com\"}\n",
		"bad.example.com@1\n",
	},
};

static void ndjson_is_read(void **state)
{
	(void)state;
	check_examples(ndjson_examples, COUNT(ndjson_examples));
}

/* A text of `head`, `n` times `piece`, and `tail`. */
static void load_repeated(const char *head, const char *piece, size_t n, const char *tail, struct outcome *outcome)
{
	size_t piece_len = strlen(piece), at = strlen(head);
	char *text = malloc(at + n * piece_len + strlen(tail) + 1);
	assert_non_null(text);
	strcpy(text, head);
	for (; n > 0; n--, at += piece_len)
		memcpy(text + at, piece, piece_len);
	strcpy(text + at, tail);
	load(text, at + strlen(tail), outcome);
	free(text);
}

/* Times as they are written, and confidences. */
static void values_are_brought_into_form(void **state)
{
	(void)state;
	static const struct {
		const char *key, *value, *said;
	} cases[] = {
		{"first_seen", "2026-04-14", "first=2026-04-14"},
		{"first_seen", "2026-04-14 15:56:50", "first=2026-04-14T15:56:50Z"},
		{"first_seen", "2026-04-14 15:56:50 UTC", "first=2026-04-14T15:56:50Z"},
		{"first_seen", "2026-04-14T15:56:50", "first=2026-04-14T15:56:50Z"},
		{"first_seen", "2026-04-14t15:56:50.123456z", "first=2026-04-14T15:56:50Z"},
		{"first_seen", "2026-04-14T15:56:50+00:00", "first=2026-04-14T15:56:50Z"},
		{"first_seen", "2026-04-15T00:30:00.5+02:00", "first=2026-04-14T22:30:00Z"},
		{"first_seen", "2026-12-31T23:30:00-0130", "first=2027-01-01T01:00:00Z"},
		{"first_seen", "1776182210", "first=2026-04-14T15:56:50Z"},
		{"first_seen", "None", ""},
		{"first_seen", "", ""},
		{"first_seen", "  ", ""},
		{"first_seen", "2026-13-14 15:56:50", NULL},
		{"first_seen", "2026-04-14 15:56", NULL},
		{"first_seen", "2026-04-14 15:56:50 CEST", NULL},
		{"first_seen", "2026-04-14T15:56:50+24:00", NULL},
		{"first_seen", "2026-04-14T15:56:50+1", NULL},
		{"first_seen", "2026-04-14T15:56:50Zx", NULL},
		{"first_seen", "99999999999", NULL},
		{"first_seen", "123", NULL},
		{"confidence", "0", "confidence=Low"},
		{"confidence", "29.9", "confidence=Low"},
		{"confidence", "30", "confidence=Medium"},
		{"confidence", "69", "confidence=Medium"},
		{"confidence", "70", "confidence=High"},
		{"confidence", "100", "confidence=High"},
		{"confidence", "HIGH", "confidence=High"},
		{"confidence", "101", NULL},
		{"confidence", "-1", NULL},
		{"confidence", "nan", NULL},
		{"tlp", "TLP:WHITE", "tlp=CLEAR"},
		{"tlp", "amber+strict", "tlp=AMBER+STRICT"},
		{"tlp", "tlp:ex:chr", NULL},
		{"description", "a\\r\\n\\tb\\u0085c\\u007f", "description=a   b c"},
		{"description", "\\u00e4", "description=\xc3\xa4"},
	};
	struct outcome outcome;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[256], wanted[256];
		bool is_said = cases[i].said != NULL && *cases[i].said != '\0';
		int len = snprintf(text, sizeof text, "{\"name\":\"bad.example.com\",\"%s\":\"%s\"}", cases[i].key, cases[i].value);
		load(text, (size_t)len, &outcome);
		snprintf(wanted, sizeof wanted, "bad.example.com@1%s%s\n", is_said ? " " : "", is_said ? cases[i].said : "");
		if (cases[i].said != NULL ? strcmp(outcome.text, wanted) != 0 : strncmp(outcome.text, "refused 1: ", 11) != 0)
			fail_msg("%s: %s", text, outcome.text);
	}
	/* A text is cut, but not within a character. */
	load_repeated("{\"name\":\"bad.example.com\",\"description\":\"x", "\xc3\xa4", 300, "\"}", &outcome);
	assert_int_equal(outcome.len, strlen("bad.example.com@1 description=x\n") + 2 * 255);
}

/* What fails the whole file, or is passed over in it, with a word of the reason. */
static void broken_files(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t len;
		const char *why;
	} cases[] = {
#define TEXT(text) text, sizeof(text) - 1
		{TEXT("{\"type\":\"bundle\",\"objects\":[{\"type\":\"indicator\",\"confidence\":NaN}]}"), "failed 1: no JSON: lexical error"},
		{TEXT("{\"type\":\"bundle\",\n\"objects\":[\n{]}"), "failed 3: no JSON: parse error"},
		{TEXT("{\"type\":\"bundle\",\n\"objects\":[\n"), "failed 3: no JSON: parse error: premature EOF"},
		{TEXT("{\"type\":\"bundle\",\"objects\":[]}"), "failed 0: no usable line"},
		{TEXT("{\"Event\":{\"info\":\"x\",\"Attribute\":[{\"type\":\"dom"), "failed 1: no JSON"},
		{TEXT("{\"1\":[{\"urlhaus_link\":\"x\",\"url\":\"http://bad.example.com\"}]"), "failed 1: no JSON"},
		{TEXT("[{\"name\":\"bad.example.com\"},"), "failed 1: no JSON"},
		{TEXT("[\"\xff\xfe\"]"), "failed 1: no JSON: lexical error"},
		{TEXT("\xff\xfe{\0}\0"), "failed 0: UTF-16"},
		{TEXT("\xfe\xff\0{\0}"), "failed 0: UTF-16"},
		{TEXT("{\0\"\0n\0\"\0:\0\"\0a\0\"\0}\0"), "failed 0: UTF-16"},
		{TEXT("{\"name\":\"bad\0.example.com\"}\n"), "refused 1: no JSON"},
		{TEXT("{}"), "refused 1: an object without a name"},
		{TEXT("{"), "refused 1: no JSON"},
		{TEXT("# id,dateadded,url,urlhaus_link\n\"1\",\"x\0\",\"http://bad.example.com\",\"\"\n"), "refused 2: a NUL"},
		{TEXT("# id,dateadded,url,urlhaus_link\n\xff\xfe\n"), "refused 2: a row of 1 cells"},
#undef TEXT
	};
	struct outcome outcome;
	for (size_t i = 0; i < COUNT(cases); i++) {
		load(cases[i].text, cases[i].len, &outcome);
		if (outcome.rc != -EINVAL || strncmp(outcome.text, cases[i].why, strlen(cases[i].why)) != 0)
			fail_msg("case %zu: expected %s, got %d, %s", i, cases[i].why, outcome.rc, outcome.text);
	}
}

static void nesting_has_a_bound(void **state)
{
	(void)state;
	struct outcome outcome;
	load_repeated("{\"name\":\"bad.example.com\",\"x\":", "[", 63, "", &outcome);
	assert_non_null(strstr(outcome.text, "refused 1: no JSON: parse error: premature EOF"));
	load_repeated("{\"name\":\"bad.example.com\",\"x\":", "[", 64, "", &outcome);
	assert_string_equal(outcome.text, "refused 1: nested deeper than 64\nfailed 0: no usable line, read as NDJSON\n");
	load_repeated("", "[", 1000000, "", &outcome);
	assert_string_equal(outcome.text, "failed 1: nested deeper than 64\n");
	load_repeated("{\"type\":\"bundle\",\"objects\":", "[{\"a\":", 1000000, "", &outcome);
	assert_string_equal(outcome.text, "failed 1: nested deeper than 64\n");
	load_repeated("{\"Event\":{\"info\":\"x\",\"Attribute\":", "{\"Event\":", 1000000, "", &outcome);
	assert_string_equal(outcome.text, "failed 1: nested deeper than 64\n");
	/* Depth is not used up by what has ended, and a path that is too long is only passed over. */
	load_repeated("[", "{\"x\":[[]]},", 1000, "{\"name\":\"bad.example.com\"}]", &outcome);
	assert_int_equal(outcome.rc, 0);
	char deep[8192] = "", key[256];
	snprintf(key, sizeof key, "{\"%0200d\":", 7);
	for (unsigned i = 0; i < 20; i++)
		strcat(deep, key);
	strcat(deep, "1");
	for (unsigned i = 0; i < 20; i++)
		strcat(deep, "}");
	load_repeated("{\"x\":", deep, 1, ",\"name\":\"bad.example.com\"}\n", &outcome);
	assert_string_equal(outcome.text, "bad.example.com@1\n");
}

/* One object of more than 1 MiB is refused; the others stand. */
static void objects_have_a_bound(void **state)
{
	(void)state;
	struct outcome outcome;
	load_repeated("[{\"name\":\"a.example.org\",\"x\":[1", ",1", 400000, "]},\n{\"name\":\"bad.example.com\"}]", &outcome);
	assert_string_equal(outcome.text, "refused 1: an object of more than 1 MiB\nbad.example.com@2\n");
	load_repeated("{\"name\":\"a.example.org\",\"x\":[1", ",1", 400000, "]}\n{\"name\":\"bad.example.com\"}\n", &outcome);
	assert_string_equal(outcome.text, "refused 1: an object of more than 1 MiB\nbad.example.com@2\n");
}

/* Writes a member of gzip: members one after the other are one file. */
static void write_packed(int fd, const char *text, size_t len)
{
	gzFile gz = gzdopen(dup(fd), "wb1");
	assert_non_null(gz);
	assert_int_equal(gzwrite(gz, text, (unsigned)len), (int)len);
	assert_int_equal(gzclose(gz), Z_OK);
}

/* `head`, a gibioctet of one letter, `tail`. */
static int huge_file(const char *head, const char *tail)
{
	static char filler[1 << 24];
	char packed[1 << 18];
	int fd = memfd_create("huge", MFD_CLOEXEC);
	assert_int_equal(fchmod(fd, 0600), 0);
	memset(filler, 'a', sizeof filler);
	write_packed(fd, head, strlen(head));
	off_t begin = lseek(fd, 0, SEEK_CUR);
	write_packed(fd, filler, sizeof filler);
	ssize_t len = pread(fd, packed, sizeof packed, begin);
	assert_true(len > 0 && (size_t)len < sizeof packed);
	for (unsigned i = 1; i < 64; i++)
		assert_int_equal(write(fd, packed, (size_t)len), len);
	write_packed(fd, tail, strlen(tail));
	return fd;
}

static long resident_kib(void)
{
	struct rusage usage;
	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

/* 1 GiB in one string: it fails a document, or is one refused line, in a file that is packed too well to be text; memory stays what it was. */
static void strings_have_a_bound(void **state)
{
	(void)state;
	struct outcome outcome;
	int bundle = huge_file("{\"type\":\"bundle\",\"objects\":[{\"name\":\"", "\"}]}");
	int number = huge_file("{\"type\":\"bundle\",\"objects\":[1", "]}");
	int lines = huge_file("{\"name\":\"bad.example.com\"}\n{\"name\":\"", "\"}\n{\"name\":\"last.example.com\"}\n");
	int row = huge_file("# id,url,urlhaus_link\n1,http://bad.example.com,x\n2,", ",x\n3,http://last.example.com,x\n");
	long before = resident_kib();
	load_fd(bundle, &outcome);
	assert_string_equal(outcome.text, "failed 1: a token of more than 1 MiB\n");
	load_fd(number, &outcome);
	assert_non_null(strstr(outcome.text, "failed 1: no JSON"));
	load_fd(lines, &outcome);
	assert_string_equal(outcome.text, "refused 2: a token of more than 1 MiB\nfailed 2: unpacks to far more than text does: a gzip bomb\n");
	load_fd(row, &outcome);
	assert_non_null(strstr(outcome.text, "unpacks to far more than text does: a gzip bomb"));
	assert_true(resident_kib() - before < 65536);
}

/* Tokens go over the borders of blocks; lines are counted all the same. */
static void long_files_are_streamed(void **state)
{
	(void)state;
	struct outcome outcome;
	static char text[1 << 20];
	static const char *const heads[] = {"", "[\n", "{\"type\":\"bundle\",\"objects\":[\n", "{\"Event\":{\"info\":\"x\",\"Attribute\":[\n"};
	static const char *const befores[] = {"{\"name\":\"", "{\"name\":\"", "{\"type\":\"indicator\",\"pattern\":\"[domain-name:value = '",
		"{\"type\":\"domain\",\"to_ids\":true,\"value\":\""};
	static const char *const behinds[] = {"\"}\n", "\"},\n", "']\"},\n", "\"},\n"};
	static const char *const tails[] = {"co.uk\n", "{\"name\":\"co.uk\"}]",
		"{\"type\":\"indicator\",\"pattern\":\"[domain-name:value = 'co.uk']\"}]}",
		"{\"type\":\"domain\",\"to_ids\":true,\"value\":\"co.uk\"}]}}"};
	static const unsigned number = 10000;
	for (size_t i = 0; i < COUNT(heads); i++) {
		size_t len = (size_t)sprintf(text, "%s", heads[i]);
		for (unsigned n = 0; n < number; n++)
			len += (size_t)sprintf(text + len, "%sn%u.example.com%s", befores[i], n, behinds[i]);
		len += (size_t)sprintf(text + len, "%s", tails[i]);
		load(text, len, &outcome);
		assert_int_equal(outcome.entries, number);
		char wanted[64];
		snprintf(wanted, sizeof wanted, "refused %u: ", number + (i == 0 ? 1 : 2));
		assert_memory_equal(outcome.text, wanted, strlen(wanted));
	}
}

/* A cut document is no document, wherever it is cut. */
static void cut_documents_fail(void **state)
{
	(void)state;
	const struct example *const examples[] = {&urlhaus_examples[3], &threatfox_examples[1], &misp_examples[0], &stix_examples[0]};
	struct outcome outcome;
	for (size_t i = 0; i < COUNT(examples); i++) {
		size_t whole = strlen(examples[i]->text);
		while (examples[i]->text[whole - 1] == '\n')
			whole--;
		for (size_t len = 0; len < whole; len += 1 + len % 5) {
			load(examples[i]->text, len, &outcome);
			if (outcome.rc != -EINVAL)
				fail_msg("%s, cut to %zu octets: %d, %s", examples[i]->name, len, outcome.rc, outcome.text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urlhaus_is_read),
		cmocka_unit_test(threatfox_is_read),
		cmocka_unit_test(misp_is_read),
		cmocka_unit_test(stix_is_read),
		cmocka_unit_test(patterns_is_read),
		cmocka_unit_test(ndjson_is_read),
		cmocka_unit_test(values_are_brought_into_form),
		cmocka_unit_test(broken_files),
		cmocka_unit_test(nesting_has_a_bound),
		cmocka_unit_test(objects_have_a_bound),
		cmocka_unit_test(strings_have_a_bound),
		cmocka_unit_test(long_files_are_streamed),
		cmocka_unit_test(cut_documents_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
