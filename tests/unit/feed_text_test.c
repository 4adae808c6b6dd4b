/* SPDX-License-Identifier: Apache-2.0 */
/* Text formats other than the native one: how they are told apart, what each takes of its odd shapes, what it refuses and passes over. */

#include "feed/feedset.h"
#include "feed/format.h"
#include "table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/mman.h>
#include <unistd.h>

#define ZEEK_HEAD "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url\n"
#define SOA "@ 300 IN SOA localhost. root.localhost. 1 3600 600 86400 300\n"

/* A file of these octets, by a path that lasts as long as it is open. */
static int file_of(const char *octets, size_t len, char path[64])
{
	int fd = memfd_create("feed", MFD_CLOEXEC);
	assert_true(fd >= 0 && fchmod(fd, 0600) == 0);
	while (len > 0) {
		ssize_t n = write(fd, octets, len);
		assert_true(n > 0);
		octets += n;
		len -= (size_t)n;
	}
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

/* What was complained of, the last refusal or failure of it in words. */
struct heard {
	unsigned notes, refused, failed;
	uint32_t line;
	char what[1024], note[1024];
};

static void hear(void *arg, const struct feed_complaint *complaint)
{
	struct heard *heard = arg;
	heard->notes += complaint->level == FEED_NOTE;
	heard->refused += complaint->level == FEED_REFUSED;
	heard->failed += complaint->level == FEED_FAILED;
	if (complaint->level != FEED_NOTE)
		heard->line = complaint->line;
	snprintf(complaint->level == FEED_NOTE ? heard->note : heard->what, sizeof heard->what, "%s", complaint->what);
}

static int load(const char *octets, size_t len, struct heard *heard, struct feedset **set)
{
	char path[64];
	int fd = file_of(octets, len, path);
	const struct feed_source source = {.path = path};
	const struct feed_listener listener = {.complain = hear, .arg = heard};
	*heard = (struct heard){0};
	*set = NULL;
	int rc = feedset_load(&source, 1, NULL, &listener, set);
	close(fd);
	return rc;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Every claim of a set as `name` with the native mark and its line, sorted, with blanks between: `=a.example@1 b.example@2`. */
static void list(const struct feedset *set, char *text, size_t cap)
{
	static const char *const marks[] = {[C2_SCOPE_EXACT] = "=", [C2_SCOPE_BELOW] = "*.", [C2_SCOPE_TREE] = ""};
	static char words[64][256];
	size_t n = 0;
	struct indicator entry;
	for (uint32_t i = 0; i < feedset_entries(set); i++)
		for (unsigned which = 0; feedset_describe(set, i, 0, which, &entry); which++)
			if (n < sizeof words / sizeof *words)
				snprintf(words[n++], sizeof *words, "%s%.200s@%u", entry.kind == INDICATOR_EXCEPTION ? "!" : marks[entry.scope],
					entry.name, entry.line);
	qsort(words, n, sizeof *words, compare);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(text);
		snprintf(text + len, cap - len, "%s%s", i > 0 ? " " : "", words[i]);
	}
}

static const struct sniff_row {
	const char *name, *octets, *format;
} sniff_rows[] = {
	{"sniff: nothing", "", "a plain list"},
	{"sniff: names", "bad.example\nworse.example\n", "a plain list"},
	{"sniff: one name, no end of line", "bad.example", "a plain list"},
	{"sniff: native header", "#: name = x\nbad.example\n", "a plain list"},
	{"sniff: native header before lines of another format", "#: name = x\n0.0.0.0 bad.example\n", "a plain list"},
	{"sniff: native exception first", "!ok.bad.example\nbad.example\n", "a plain list"},
	{"sniff: native attributes", "bad.example stage=c2 source=a,b # in cname\n", "a plain list"},
	{"sniff: addresses among names", "192.0.2.1\n192.0.2.2 # sinkhole\nbad.example\n", "a plain list"},
	{"sniff: addresses with attributes", "192.0.2.1 stage=c2\n", "a plain list"},
	{"sniff: ports", "bad.example:443\n", "a plain list"},
	{"sniff: addresses with ports", "192.0.2.1:443\n192.0.2.2:80\n", "a plain list"},
	{"sniff: networks", "192.0.2.0/24\nbad.example\n", "a plain list"},
	{"sniff: URLs", "http://bad.example/x##y\n", "a plain list"},
	{"sniff: dots before names", ".bad.example\n", "a plain list"},
	{"sniff: single labels of base64's letters", "localhost\ntest\nabcd\nbad.example\n", "a plain list"},
	{"sniff: CSV", "name,first_seen\nbad.example,2023-01-01\n", "a plain list"},
	{"sniff: HTML", "<!DOCTYPE html>\n<html>\n", "no feed"},
	{"sniff: Zeek's header in words", "#fields of this list: indicator and so on\nbad.example\n", "a plain list"},
	{"sniff: a label like a key", "server\naddress=1\nbad.example\n", "a plain list"},
	{"sniff: one rule after many names", "bad.example\n||worse.example^\n0.0.0.0 x.example\naddress=/y.example/\n", "a plain list"},
	{"sniff: hosts", "# hosts\n\n127.0.0.1 localhost\n", "a hosts file"},
	{"sniff: hosts, tab and CR LF", "0.0.0.0\tbad.example\r\n", "a hosts file"},
	{"sniff: hosts, v6 with zone", "fe80::1%lo0 localhost\n", "a hosts file"},
	{"sniff: hosts, byte order mark", "\xef\xbb\xbf# x\n:: bad.example\n", "a hosts file"},
	{"sniff: hosts, an address alone first", "127.0.0.1\n127.0.0.1 bad.example\n", "a hosts file"},
	{"sniff: adblock header", "[Adblock Plus 2.0]\n-ad-300x600.\n", "an ad blocker's list"},
	{"sniff: adblock comments", "! Title: x\n!\n! ok\n||bad.example^\n", "an ad blocker's list"},
	{"sniff: adblock cosmetic first", "##.ad\nbad.example###banner\n@@||ok.example^\n", "an ad blocker's list"},
	{"sniff: adblock hash comments", "# x\n||bad.example^\n", "an ad blocker's list"},
	{"sniff: dnsmasq", "# x\naddress=/bad.example/0.0.0.0\n", "dnsmasq's configuration"},
	{"sniff: dnsmasq, other settings first", "domain-needed\nbogus-priv\ncache-size=1000\nlocal=/bad.example/\n", "dnsmasq's configuration"},
	{"sniff: dnsmasq, server", "server=/bad.example/\n", "dnsmasq's configuration"},
	{"sniff: unbound", "server:\n  local-zone: \"bad.example\" static\n", "Unbound's configuration"},
	{"sniff: unbound, other settings first", "server:\n  verbosity: 1\nlocal-data: \"bad.example A 0.0.0.0\"\n", "Unbound's configuration"},
	{"sniff: zone with TTL", "; RPZ\n$TTL 300\n@ SOA x. y. 1 2 3 4 5\n", "a response policy zone"},
	{"sniff: zone with SOA", "@ 300 IN SOA x. y. (\n 1 2 3 4 5 )\n", "a response policy zone"},
	{"sniff: zone of CNAMEs alone", "bad.example CNAME .\n", "a response policy zone"},
	{"sniff: zone with origin", "  ; x\n$ORIGIN rpz.example.\n", "a response policy zone"},
	{"sniff: Zeek", "#separator \\x09\n" ZEEK_HEAD, "Zeek's intelligence"},
	{"sniff: dataset", "YmFkLmV4YW1wbGU=\n", "a Suricata dataset"},
	{"sniff: dataset with reputation", "LmJhZC5leGFtcGxl,5\n", "a Suricata dataset"},
	{"sniff: MD5", "# x\nd41d8cd98f00b204e9800998ecf8427e\n", "a Suricata dataset"},
};

static void sniff_row(void **state)
{
	const struct sniff_row *row = *state;
	assert_string_equal(format_of(row->octets, strlen(row->octets))->name, row->format);
}

/* What is no text tells nothing. */
static void sniff_no_text(void **state)
{
	(void)state;
	static const char nul[] = "\0 \n0.0.0.0 \0x\n0.0.0.0 bad.example\n", utf16[] = "\xff\xfe"
										       "0\0.\0001\0\n\0";
	assert_string_equal(format_of(nul, sizeof nul - 1)->name, "a hosts file");
	assert_string_equal(format_of(utf16, sizeof utf16 - 1)->name, "a plain list");
}

/* Comments for as long as a file is looked at, and a line that the look cuts, tell nothing. */
static void sniff_long_head(void **state)
{
	(void)state;
	static char octets[65536];
	memset(octets, '#', sizeof octets);
	assert_string_equal(format_of(octets, sizeof octets)->name, "a plain list");
	for (size_t i = 1023; i < sizeof octets; i += 1024)
		octets[i] = '\n';
	assert_string_equal(format_of(octets, sizeof octets)->name, "a plain list");
	memcpy(octets + 60 * 1024, "0.0.0.0 bad.example\n", 20);
	assert_string_equal(format_of(octets, sizeof octets)->name, "a hosts file");
	memset(octets + 60 * 1024, '#', sizeof octets - 60 * 1024);
	memcpy(octets + sizeof octets - 20, "\n0.0.0.0 bad.example", 20);
	assert_string_equal(format_of(octets, sizeof octets)->name, "a plain list");
}

/* What a file gives. A row that lists nothing fails as a whole. */
static const struct text_row {
	const char *name, *octets, *entries;
	unsigned refused, notes;
	const char *why; /* in the last refusal, or the failure; null: none */
} text_rows[] = {
	{"native: a dot in front is the name and what is below", "a.example\n.b.example stage=c2\n", "a.example@1 b.example@2", 0, 0, NULL},

	{"hosts: several names, comments, tabs, CR LF",
		"# x\r\n127.0.0.1\tlocalhost localhost.localdomain # own\r\n0.0.0.0 a.example  b.example\tC.Example. # d.example\r\n\r\n#0.0.0.0 "
		"e.example\r\n",
		"=a.example@3 =b.example@3 =c.example@3", 0, 0, NULL},
	{"hosts: every address that leads nowhere",
		"0.0.0.0 a.example\n127.0.0.1 b.example\n127.0.1.1 c.example\n::1 d.example\n:: e.example\n0:0:0:0:0:0:0:0 f.example\n",
		"=a.example@1 =b.example@2 =c.example@3 =d.example@4 =e.example@5 =f.example@6", 0, 0, NULL},
	{"hosts: the machine's own names",
		"255.255.255.255 broadcasthost\nfe80::1%lo0 localhost\nff02::1 ip6-allnodes\n0.0.0.0 0.0.0.0\n::1 ip6-localhost "
		"ip6-loopback\n0.0.0.0 a.example\n",
		"=a.example@6", 0, 0, NULL},
	{"hosts: nothing below is listed", "0.0.0.0 a.example\n0.0.0.0 www.a.example\n", "=a.example@1 =www.a.example@2", 0, 0, NULL},
	{"hosts: U-labels",
		"0.0.0.0 b\xc3\xbc"
		"cher.example\n",
		"=xn--bcher-kva.example@1", 0, 0, NULL},
	{"hosts: one bad name of several", "0.0.0.0 a.example com b.example\n", "=a.example@1 =b.example@1", 1, 0, "single label"},
	{"hosts: an address in use", "0.0.0.0 a.example\n192.0.2.1 nas.example printer.example\n", "=a.example@1", 1, 0, "in use"},
	{"hosts: no address", "0.0.0.0 a.example\nb.example c.example\n", "=a.example@1", 1, 0, "b.example: not an address"},
	{"hosts: no name", "0.0.0.0 a.example\n0.0.0.0\n0.0.0.0 # b.example\n", "=a.example@1", 2, 0, "without a name"},
	{"hosts: a public suffix", "0.0.0.0 a.example\n0.0.0.0 co.uk\n", "=a.example@1", 1, 0, "public suffix"},
	{"hosts: own names only", "127.0.0.1 localhost\n::1 localhost\n", "", 0, 0, "no usable line, read as a hosts file"},

	{"adblock: header, comments, rules",
		"[Adblock Plus 2.0]\n! Title: x\n!x\n# x\n||a.example^\n  ||B.Example^  \n||c.example^|\n@@||ok.a.example^\n@@||ok.b.example^|\n",
		"!ok.a.example@8 !ok.b.example@9 a.example@5 b.example@6 c.example@7", 0, 0, NULL},
	{"adblock: options of a whole host",
		"||a.example^$all\n||b.example^$third-party,important\n||c.example^$doc,popup\n||d.example^$3p\n@@||e.example^$document\n",
		"!e.example@5 a.example@1 b.example@2 c.example@3 d.example@4", 0, 0, NULL},
	{"adblock: wildcards", "||*.a.example^\n||b*.example^\n||c.*^\n@@||*.d.example^\n", "*.a.example@1", 0, 1, NULL},
	{"adblock: rules that list no host",
		"||a.example^\n||b.example^$image\n||c.example^$domain=x.example\n||d.example^$badfilter\n||e.example^$third-party,~image\n||f."
		"example/ad^\n"
		"||g.example\n||h.example^path\n|https://i.example^\n/banner/*\nj.example##.ad\nk.example#@#.ad\n##.ad\n-ad-300.\nl.example\n0.0.0.0 "
		"m.example\n"
		"@@||n.example^$image\n@@/x/\n||^\n||o.example:80^\n",
		"a.example@1", 0, 1, NULL},
	{"adblock: an address", "||a.example^\n||192.0.2.1^\n", "a.example@1", 1, 0, "IP address"},
	{"adblock: a public suffix", "||a.example^\n||github.io^\n", "a.example@1", 1, 0, "public suffix"},
	{"adblock: not a name", "||a.example^\n||b..example^\n", "a.example@1", 1, 0, "b..example"},
	{"adblock: nothing for hosts", "[Adblock Plus 2.0]\n##.ad\n", "", 0, 1, "read as an ad blocker's list"},

	{"dnsmasq: all that blocks",
		"# x\naddress=/a.example/0.0.0.0\naddress=/b.example/127.0.0.1\naddress=/c.example/::\naddress=/d.example/\naddress=/e.example/#\n"
		"server=/f.example/\nlocal=/g.example/\naddress=/h.example/i.example/0.0.0.0\nlocal=/.j.example/\n  address=/k.example/  # why\n",
		"a.example@2 b.example@3 c.example@4 d.example@5 e.example@6 f.example@7 g.example@8 h.example@9 i.example@9 j.example@10 "
		"k.example@11",
		0, 0, NULL},
	{"dnsmasq: an exception", "address=/a.example/\nserver=/ok.a.example/#\n", "!ok.a.example@2 a.example@1", 0, 0, NULL},
	{"dnsmasq: settings that block no name",
		"domain-needed\ncache-size=10\nserver=192.0.2.1\naddress=/a.example/\nserver=/lan.example/192.0.2.1#5353\nlocal=/x.example/"
		"192.0.2.1\nserver=//\n",
		"a.example@4", 0, 1, NULL},
	{"dnsmasq: an address in use", "address=/a.example/\naddress=/nas.example/192.0.2.1\n", "a.example@1", 1, 0, "in use"},
	{"dnsmasq: every name", "address=/a.example/\naddress=/#/0.0.0.0\n", "a.example@1", 1, 0, "#"},
	{"dnsmasq: no slash at the end", "address=/a.example/\naddress=/b.example\n", "a.example@1", 1, 0, "no slash"},
	{"dnsmasq: a pattern", "address=/a.example/\naddress=/*b.example/\n", "a.example@1", 1, 0, "octet"},
	{"dnsmasq: a public suffix", "address=/a.example/\nlocal=/co.uk/\n", "a.example@1", 1, 0, "public suffix"},

	{"unbound: zones that are blocked",
		"server:\n# x\nlocal-zone: \"a.example\" always_nxdomain\nlocal-zone: 'b.example.' refuse # x\n\tlocal-zone: c.example static\n"
		"local-zone:\"d.example\" always_null\nlocal-zone: \"e.example\" inform_deny\n",
		"a.example@3 b.example@4 c.example@5 d.example@6 e.example@7", 0, 0, NULL},
	{"unbound: an exception", "local-zone: \"a.example\" deny\nlocal-zone: \"ok.a.example\" always_transparent\n", "!ok.a.example@2 a.example@1",
		0, 0, NULL},
	{"unbound: data", "local-data: \"a.example A 0.0.0.0\"\nlocal-data: 'b.example. 3600 IN AAAA ::'\nlocal-data: \"c.example in a 127.0.0.1\"\n",
		"=a.example@1 =b.example@2 =c.example@3", 0, 0, NULL},
	{"unbound: zones that redirect",
		"local-zone: \"a.example\" redirect\nlocal-data: \"A.example. A 0.0.0.0\"\nlocal-data: \"b.example A 0.0.0.0\"\nlocal-zone: "
		"\"c.example\" redirect\n",
		"=b.example@3 a.example@2", 0, 0, NULL},
	{"unbound: settings that block no name",
		"verbosity: 1\nlocal-zone: \"a.example\" deny\nlocal-zone: \"b.example\" transparent\nlocal-zone: \"c.example\" nodefault\n"
		"local-data: \"d.example TXT x\"\ninclude: other.conf\n",
		"a.example@2", 0, 1, NULL},
	{"unbound: an address in use", "local-zone: \"a.example\" deny\nlocal-data: \"nas.example A 192.0.2.1\"\n", "a.example@1", 1, 0, "in use"},
	{"unbound: quotes that do not pair", "local-zone: \"a.example\" deny\nlocal-zone: \"b.example deny\n", "a.example@1", 1, 0, "quotes"},
	{"unbound: no type", "local-zone: \"a.example\" deny\nlocal-zone: \"b.example\" # deny\n", "a.example@1", 1, 0, "type"},
	{"unbound: no record", "local-zone: \"a.example\" deny\nlocal-data: \"b.example A\"\n", "a.example@1", 1, 0, "record"},
	{"unbound: a public suffix", "local-zone: \"a.example\" deny\nlocal-zone: \"com\" deny\n", "a.example@1", 1, 0, "single label"},

	{"rpz: relative owners, every action",
		"$TTL 300\n" SOA
		"@ NS localhost.\na.example CNAME .\nb.example 60 IN CNAME *.\nc.example CNAME rpz-drop.\nok.example CNAME rpz-passthru.\n"
		"d.example CNAME garden.example.net.\ne.example A 192.0.2.1\nf.example IN 60 AAAA ::1\nTXT.Example CNAME . ; why\n",
		"!ok.example@7 =a.example@4 =b.example@5 =c.example@6 =d.example@8 =e.example@9 =f.example@10 =txt.example@11", 0, 0, NULL},
	{"rpz: a name and its wildcard are one entry",
		SOA "a.example CNAME .\n*.a.example CNAME .\n*.b.example CNAME .\nb.example CNAME .\n*.c.example CNAME .\n",
		"*.c.example@6 a.example@2 b.example@4", 0, 0, NULL},
	{"rpz: several addresses are one entry", SOA "a.example A 0.0.0.0\na.example AAAA ::\n  AAAA ::1\n*.a.example A 0.0.0.0\n", "a.example@2", 0,
		0, NULL},
	{"rpz: halves with different actions stay apart", SOA "*.a.example CNAME .\na.example CNAME rpz-passthru.\n*.a.example CNAME rpz-passthru.\n",
		"!a.example@3 *.a.example@2", 0, 0, NULL},
	{"rpz: older passthru", SOA "ok.example CNAME ok.example.\na.example CNAME .\n", "!ok.example@2 =a.example@3", 0, 0, NULL},
	{"rpz: origin",
		"$ORIGIN rpz.test.\n" SOA
		"a.example CNAME .\nb.example.rpz.test. CNAME .\n$ORIGIN example.rpz.test.\nc CNAME .\n$ORIGIN sub\nd CNAME .\n",
		"=a.example@3 =b.example@4 =c.example@6 =d.sub.example@8", 0, 0, NULL},
	{"rpz: absolute owners", "rpz.test. 300 IN SOA a. b. 1 2 3 4 5\nrpz.test. NS a.\na.example.rpz.test. CNAME .\n", "=a.example@3", 0, 0, NULL},
	{"rpz: lines that go on", "@ SOA a. b. ( ; x )\n 1 2\n 3 4\n 5 )\na.example CNAME (\n . )\nb.example CNAME .\n", "=a.example@5 =b.example@7",
		0, 0, NULL},
	{"rpz: no SOA", "a.example CNAME .\n", "=a.example@1", 0, 0, NULL},
	{"rpz: escapes", SOA "a\\.example CNAME .\n\\097b.example CNAME .\n", "=ab.example@3", 1, 0, "octet"},
	{"rpz: passed over", SOA "a.example CNAME .\nb.example CNAME rpz-tcp-only.\nc.example TXT \"; x ( y\"\nd.example MX 1 x.\n", "=a.example@2",
		0, 1, NULL},
	{"rpz: triggers that are no names",
		SOA "a.example CNAME .\n24.0.2.0.192.rpz-ip CNAME .\n32.1.2.0.192.rpz-client-ip CNAME .\nns.example.rpz-nsdname CNAME "
		    ".\n32.1.2.0.192.rpz-nsip CNAME .\n",
		"=a.example@2", 4, 0, "rpz-nsip"},
	{"rpz: an action that is not known", SOA "a.example CNAME .\nb.example CNAME rpz-log.\n", "=a.example@2", 1, 0, "not known"},
	{"rpz: a bad record, and the rest stands",
		SOA "a.example CNAME .\nb.example CNAMED .\nc..example CNAME .\nd.example CNAME\ne.example A 1.2.3\nf.example CNAME .\n",
		"=a.example@2 =f.example@7", 4, 0, ""},
	{"rpz: another zone", "rpz.test. SOA a. b. 1 2 3 4 5\na.example.rpz.test. CNAME .\nb.example. CNAME .\n", "=a.example@2", 1, 0,
		"another zone"},
	{"rpz: directives", SOA "$INCLUDE /etc/passwd\na.example CNAME .\n$GENERATE 1-9 x$.example CNAME .\n$ORIGIN\n", "=a.example@3", 3, 0,
		"ORIGIN"},
	{"rpz: all names", SOA "a.example CNAME .\n* CNAME .\n", "=a.example@2", 1, 0, "every name"},
	{"rpz: a public suffix", SOA "*.co.uk CNAME .\na.example CNAME .\n", "=a.example@3", 1, 0, "public suffix"},
	{"rpz: open parentheses", SOA "a.example CNAME .\nb.example CNAME ( .\n", "=a.example@2", 1, 0, "open"},

	{"zeek: names and URLs",
		ZEEK_HEAD "a.example\tIntel::DOMAIN\tsource one\tone "
			  "word\thttps://x.example/\nb.example/path\tIntel::URL\t-\t-\t-\nhttp://c.example:80/\tIntel::URL\t-\t\t-\n",
		"=a.example@2 =b.example@3 =c.example@4", 0, 0, NULL},
	{"zeek: columns in another order, more of them",
		"#separator \\x09\n#fields\tmeta.do_notice\tindicator_type\tindicator\nT\tIntel::DOMAIN\ta.example\n", "=a.example@3", 0, 0, NULL},
	{"zeek: other types",
		ZEEK_HEAD "a.example\tIntel::DOMAIN\t-\t-\t-\n192.0.2.1\tIntel::ADDR\t-\t-\t-\nx@y.example\tIntel::EMAIL\t-\t-\t-\n# "
			  "x\n\nabc\tIntel::FILE_HASH\t-\t-\t-\n",
		"=a.example@2", 0, 1, NULL},
	{"zeek: a second header", ZEEK_HEAD "a.example\tIntel::DOMAIN\t-\t-\t-\n#fields\tindicator_type\tindicator\nIntel::DOMAIN\tb.example\n",
		"=a.example@2 =b.example@4", 0, 0, NULL},
	{"zeek: columns that are missing", ZEEK_HEAD "a.example\tIntel::DOMAIN\t-\t-\t-\nb.example\tIntel::DOMAIN\n", "=a.example@2", 1, 0,
		"2 columns"},
	{"zeek: columns too many", ZEEK_HEAD "a.example\tIntel::DOMAIN\t-\t-\t-\nb.example\tIntel::DOMAIN\t-\t-\t-\t-\n", "=a.example@2", 1, 0,
		"6 columns"},
	{"zeek: blanks for tabs", ZEEK_HEAD "a.example\tIntel::DOMAIN\t-\t-\t-\nb.example Intel::DOMAIN - - -\n", "=a.example@2", 1, 0, "1 columns"},
	{"zeek: a text that is none", ZEEK_HEAD "a.example\tIntel::DOMAIN\t-\t-\t-\nb.example\tIntel::DOMAIN\tx\x01\t-\t-\n", "=a.example@2", 1, 0,
		"printable"},
	{"zeek: an address as a name", ZEEK_HEAD "a.example\tIntel::DOMAIN\t-\t-\t-\n192.0.2.1\tIntel::DOMAIN\t-\t-\t-\n", "=a.example@2", 1, 0,
		"IP address"},
	{"zeek: a URL with an address", ZEEK_HEAD "a.example\tIntel::DOMAIN\t-\t-\t-\n192.0.2.1/x\tIntel::URL\t-\t-\t-\n", "=a.example@2", 0, 1,
		NULL},
	{"zeek: no type", "#fields\tindicator\tindicator.type\na.example\tx\n", "", 0, 0, "indicator_type"},

	{"dataset: names, with dots and reputations", "# x\nYmFkLmV4YW1wbGU=\nLndvcnNlLmV4YW1wbGU=\r\nb2suZXhhbXBsZQ==,7\n",
		"=bad.example@2 =ok.example@4 worse.example@3", 0, 0, NULL},
	{"dataset: not base64", "YmFkLmV4YW1wbGU=\nworse.example\nYmF*\n", "=bad.example@1", 2, 0, "base64"},
	{"dataset: base64 of something else", "YmFkLmV4YW1wbGU=\nAAECAwQF\nL2luZGV4Lmh0bWw=\n", "=bad.example@1", 2, 0, "base64"},
	{"dataset: a public suffix", "YmFkLmV4YW1wbGU=\nLmNvLnVr\n", "=bad.example@1", 1, 0, "public suffix"},
	{"dataset: MD5", "d41d8cd98f00b204e9800998ecf8427e\n", "", 0, 0, "digests"},
	{"dataset: SHA-256 with reputations", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855,1\n", "", 0, 0, "digests"},
};

static void text_row(void **state)
{
	const struct text_row *row = *state;
	struct heard heard;
	struct feedset *set;
	char entries[4096] = "";
	int rc = load(row->octets, strlen(row->octets), &heard, &set);
	if (set != NULL)
		list(set, entries, sizeof entries);
	bool is_told = row->why == NULL ? heard.what[0] == '\0' : strstr(heard.what, row->why) != NULL;
	if (strcmp(entries, row->entries) != 0 || (rc == 0) != (row->entries[0] != '\0') || heard.refused != row->refused ||
		heard.notes != row->notes || !is_told)
		fail_msg(
			"%d, %s; %u refused, %u notes; line %u: %s; %s", rc, entries, heard.refused, heard.notes, heard.line, heard.what, heard.note);
	feedset_free(set);
}

/* What a name that is passed over is counted as, in one note for the file. */
static void passed_over_is_told_once(void **state)
{
	(void)state;
	struct heard heard;
	struct feedset *set;
	static const char rules[] = "||a.example^\n##.x\n##.y\n||b.example/x\n";
	assert_int_equal(load(rules, strlen(rules), &heard, &set), 0);
	assert_string_equal(heard.note, "passed over: 3 entries for something else than a whole name");
	feedset_free(set);
}

/* Zeek's columns become provenance. */
static void zeek_provenance(void **state)
{
	(void)state;
	struct heard heard;
	struct feedset *set;
	struct indicator got;
	static const char text[] = ZEEK_HEAD
		"a.example\tIntel::DOMAIN\tSome Body\tK\xc3\xa4mpe, two words\thttps://x.example/?a=b\nb.example\tIntel::DOMAIN\t-\t(empty)\t\n";
	assert_int_equal(load(text, strlen(text), &heard, &set), 0);
	for (uint32_t i = 0; feedset_describe(set, i, 0, 0, &got); i++) {
		bool is_first = strcmp(got.name, "a.example") == 0;
		assert_int_equal(got.source != NULL, is_first);
		assert_int_equal(got.description != NULL, is_first);
		assert_int_equal(got.reference != NULL, is_first);
		if (!is_first)
			continue;
		assert_string_equal(got.source, "Some Body");
		assert_string_equal(got.description, "K\xc3\xa4mpe, two words");
		assert_string_equal(got.reference, "https://x.example/?a=b");
	}
	feedset_free(set);
}

/* Each format behind a NUL octet, a line that is too long, and UTF-16: told by its line, and the rest is used. */
static void octets_that_are_no_text(void **state)
{
	(void)state;
	static const char *const heads[] = {"0.0.0.0 a.example\n", "||a.example^\n", "address=/a.example/\n", "local-zone: \"a.example\" deny\n",
		"a.example CNAME .\n", ZEEK_HEAD "a.example\tIntel::DOMAIN\t-\t-\t-\n", "YmFkLmV4YW1wbGU=\n"};
	static char octets[16384];
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct heard heard;
		struct feedset *set;
		size_t len = strlen(heads[i]);
		memcpy(octets, heads[i], len);
		memcpy(octets + len, "x\0y\n", 4);
		memset(octets + len + 4, 'x', 5000);
		octets[len + 5004] = '\n';
		assert_int_equal(load(octets, len + 5005, &heard, &set), 0);
		assert_int_equal(heard.refused, 2);
		assert_int_equal(feedset_entries(set), 1);
		feedset_free(set);
	}
}

/* A record of a zone that never ends costs its own lines: a bounded buffer, and one complaint. */
static void rpz_endless_record(void **state)
{
	(void)state;
	static char octets[65536];
	size_t len = (size_t)snprintf(octets, sizeof octets, "a.example CNAME .\nb.example CNAME (\n");
	while (len < 40000)
		len += (size_t)snprintf(octets + len, sizeof octets - len, " ; nothing ; %2000s\n%2000s\n", "", "x");
	len += (size_t)snprintf(octets + len, sizeof octets - len, ")\nc.example CNAME .\n");
	struct heard heard;
	struct feedset *set;
	char entries[4096];
	assert_int_equal(load(octets, len, &heard, &set), 0);
	list(set, entries, sizeof entries);
	assert_non_null(strstr(entries, "=a.example@1"));
	assert_non_null(strstr(entries, "=c.example@"));
	assert_true(heard.refused >= 1);
	feedset_free(set);
}

int main(void)
{
	static struct tests tests;
	TESTS_ROWS(&tests, sniff_rows, sniff_row);
	TESTS_ROWS(&tests, text_rows, text_row);
	tests_add(&tests, "sniff: no text", sniff_no_text, NULL);
	tests_add(&tests, "sniff: a long head", sniff_long_head, NULL);
	tests_add(&tests, "what is passed over is told once", passed_over_is_told_once, NULL);
	tests_add(&tests, "zeek: provenance", zeek_provenance, NULL);
	tests_add(&tests, "octets that are no text", octets_that_are_no_text, NULL);
	tests_add(&tests, "rpz: a record without an end", rpz_endless_record, NULL);
	return tests_run(&tests, "feed_text");
}
