/* SPDX-License-Identifier: Apache-2.0 */
/* DHCPv4: who has which address and what it calls itself, and options that lie. RFC 2131 §2, RFC 2132, RFC 4702. */
#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <c2watch/dhcp.h>

#include <stdio.h>
#include <stdlib.h>

#define NONE4 "00000000"
#define ASK(options) DHCP("01", NONE4, NONE4, options)
#define NAME255 "07 'aaaaaaa'"

struct dhcp_row {
	const char *name;
	const char *octets;
	enum c2_rc rc;
	const char *want; /* with C2_OK: host, fqdn, vendor, lease */
};

static const struct dhcp_row rows[] = {
	/* names */
	{"host name", ASK("0c <1 'laptop-7' > ff"), C2_OK, "host=laptop-7"},
	{"host name in upper case", ASK("0c <1 'LAPTOP-7' > ff"), C2_OK, "host=laptop-7"},
	{"host name with NULs behind it", ASK("0c <1 'laptop-7' 0000 > ff"), C2_OK, "host=laptop-7"},
	{"host name with a domain", ASK("0c <1 'laptop-7.example.com' > ff"), C2_OK, "host=laptop-7.example.com"},
	{"host name with a space", ASK("0c <1 'my laptop' > ff"), C2_OK, "host=my\\032laptop"},
	{"host name of NULs", ASK("0c <1 000000 > ff"), C2_OK, ""},
	{"host name, empty", ASK("0c <1 > ff"), C2_OK, ""},
	{"host name with an empty label", ASK("0c <1 'a..b' > ff"), C2_OK, ""},
	{"host name of 64", ASK("0c <1 61*64 > ff"), C2_OK, ""},
	{"host name twice: the last stands", ASK("0c <1 'a' > 0c <1 'b' > ff"), C2_OK, "host=b"},
	{"full name in wire form", ASK("51 <1 04 0000 {laptop-7.example.com} > ff"), C2_OK, "fqdn=laptop-7.example.com"},
	{"full name in wire form, partial", ASK("51 <1 04 0000 08 'laptop-7' > ff"), C2_OK, "fqdn=laptop-7"},
	{"full name in text", ASK("51 <1 00 0000 'laptop-7.example.com' > ff"), C2_OK, "fqdn=laptop-7.example.com"},
	{"full name, empty", ASK("51 <1 04 0000 > ff"), C2_OK, ""},
	{"full name is the root", ASK("51 <1 04 0000 00 > ff"), C2_OK, ""},
	{"full name, option too short", ASK("51 <1 04 00 > ff"), C2_OK, ""},
	{"full name, no octet", ASK("51 <1 > ff"), C2_OK, ""},
	{"full name with a pointer", ASK("51 <1 04 0000 c000 > ff"), C2_OK, ""},
	{"full name with a pointer behind the twelfth octet", ASK("51 <1 04 0000 0e 'abcdefghijklmn' c00c > ff"), C2_OK, ""},
	{"full name with a label past its end", ASK("51 <1 04 0000 08 'lap' > ff"), C2_OK, ""},
	{"full name of 252 octets", ASK("51 <1 04 0000 " NAME255 " 3f 61*63 3f 61*63 3f 61*63 33 61*51 > ff"), C2_OK,
		"fqdn=aaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	{"both names", ASK("0c <1 'laptop-7' > 51 <1 04 0000 {laptop-7.example.com} > ff"), C2_OK, "host=laptop-7 fqdn=laptop-7.example.com"},
	/* the vendor's class, printable octets only */
	{"vendor", ASK("3c <1 'MSFT 5.0' > ff"), C2_OK, "vendor=MSFT 5.0"},
	{"vendor with control octets", ASK("3c <1 'a' 1b0a00 'b' ff > ff"), C2_OK, "vendor=ab"},
	{"vendor of 31", ASK("3c <1 61*31 > ff"), C2_OK, "vendor=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	{"vendor of 255 is cut", ASK("3c <1 61*255 > ff"), C2_OK, "vendor=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	/* types, leases, addresses */
	{"type", ASK("35 <1 01 > ff"), C2_OK, "type=1"},
	{"type without its octet", ASK("35 <1 > ff"), C2_OK, ""},
	{"lease", DHCP("02", NONE4, "0a000007", "35 <1 05 > 33 <1 00000e10 > ff"), C2_OK, "reply type=5 your=10.0.0.7 lease=3600"},
	{"lease for ever", DHCP("02", NONE4, "0a000007", "33 <1 ffffffff > ff"), C2_OK, "reply your=10.0.0.7 lease=4294967295"},
	{"lease of two octets", DHCP("02", NONE4, "0a000007", "33 <1 0e10 > ff"), C2_OK, "reply your=10.0.0.7"},
	{"client's own address", DHCP("01", "0a000007", NONE4, "ff"), C2_OK, "client=10.0.0.7"},
	/* where options may stand */
	{"no end mark", ASK("35 <1 01 >"), C2_OK, "type=1"},
	{"no option at all", ASK(""), C2_OK, ""},
	{"pads", ASK("000000 35 <1 01 > 00 0c <1 'a' > ff"), C2_OK, "host=a type=1"},
	{"what is behind the end mark does not count", ASK("ff 0c <1 'a' >"), C2_OK, ""},
	{"options in file", "01 01 06 00 01020304 0000 0000 00*16 025e00000001 00*10 00*64 0c <1 'in-file' > ff 00*118 63825363 34 <1 01 > ff", C2_OK,
		"host=in-file"},
	{"options in sname", "01 01 06 00 01020304 0000 0000 00*16 025e00000001 00*10 0c <1 'in-sname' > ff 00*53 00*128 63825363 34 <1 02 > ff",
		C2_OK, "host=in-sname"},
	{"options in both",
		"01 01 06 00 01020304 0000 0000 00*16 025e00000001 00*10 35 <1 03 > ff 00*60 0c <1 'in-file' > ff 00*118 63825363 34 <1 03 > ff",
		C2_OK, "host=in-file type=3"},
	{"overload, and a file field that lies",
		"01 01 06 00 01020304 0000 0000 00*16 025e00000001 00*10 00*64 0c ff 00*126 63825363 34 <1 01 > 35 <1 01 > ff", C2_OK, "type=1"},
	{"overload inside file is not followed",
		"01 01 06 00 01020304 0000 0000 00*16 025e00000001 00*10 0c <1 'no' > 00*60 34 <1 03 > ff 00*124 63825363 34 <1 01 > ff", C2_OK, ""},
	{"file is no option field without overload",
		"01 01 06 00 01020304 0000 0000 00*16 025e00000001 00*10 00*64 0c <1 'in-file' > ff 00*118 63825363 ff", C2_OK, ""},
	/* not ours */
	{"another cookie", "01 01 06 00 01020304 0000 0000 00*16 025e00000001 00*10 00*64 00*128 63825364 ff", C2_NONE, NULL},
	{"token ring", "01 06 06 00 01020304 0000 0000 00*16 025e00000001 00*10 00*64 00*128 63825363 ff", C2_NONE, NULL},
	{"a hardware address of 8", "01 01 08 00 01020304 0000 0000 00*16 025e00000001 00*10 00*64 00*128 63825363 ff", C2_NONE, NULL},
	{"operation 0", DHCP("00", NONE4, NONE4, "ff"), C2_NONE, NULL},
	{"operation 3", DHCP("03", NONE4, NONE4, "ff"), C2_NONE, NULL},
	/* contradictions */
	{"nothing", "", C2_BAD, NULL},
	{"no cookie", "01 01 06 00 01020304 0000 0000 00*16 025e00000001 00*10 00*64 00*128", C2_BAD, NULL},
	{"option without its length", ASK("0c"), C2_BAD, NULL},
	{"option past the end", ASK("0c 05 'abcd'"), C2_BAD, NULL},
	{"option of 255 past the end", ASK("35 <1 01 > 0c ff 'abcd'"), C2_BAD, NULL},
};

static void add_name(char *line, const char *key, const struct c2_name *name)
{
	char text[C2_NAME_TEXT_MAX];
	if (name->len == 0)
		return;
	c2_name_to_text(name, text);
	sprintf(line + strlen(line), " %s=%s", key, text);
}

static void add_addr(char *line, const char *key, const struct c2_addr *addr)
{
	const uint8_t *p = addr->octets;
	if (addr->family == 4)
		sprintf(line + strlen(line), " %s=%u.%u.%u.%u", key, p[0], p[1], p[2], p[3]);
}

static void test_row(void **state)
{
	const struct dhcp_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_dhcp4 dhcp;
	assert_int_equal(c2_dhcp4_read(c2_rd_closed(octets.at, octets.len), &dhcp), row->rc);
	if (row->rc == C2_OK) {
		char line[4096] = "";
		strcat(line, dhcp.is_reply ? " reply" : "");
		add_name(line, "host", &dhcp.host);
		add_name(line, "fqdn", &dhcp.fqdn);
		if (dhcp.vendor[0] != '\0')
			sprintf(line + strlen(line), " vendor=%s", dhcp.vendor);
		if (dhcp.type != 0)
			sprintf(line + strlen(line), " type=%u", dhcp.type);
		add_addr(line, "client", &dhcp.ciaddr);
		add_addr(line, "your", &dhcp.yiaddr);
		if (dhcp.lease_seconds != 0)
			sprintf(line + strlen(line), " lease=%u", dhcp.lease_seconds);
		assert_string_equal(line + (line[0] == ' '), row->want);
		assert_int_equal(dhcp.xid, 0x01020304);
		assert_memory_equal(dhcp.chaddr, "\x02\x5e\0\0\0\1", 6);
	}
	octets_free(&octets);
}

/* Cut everywhere in an open view: MORE, but for what is told before the cut to be not ours. */
static void test_cut(void **state)
{
	const struct dhcp_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_dhcp4 dhcp;
	for (size_t len = 0; len < octets.len; len++) {
		uint8_t *copy = malloc(len + 1);
		memcpy(copy, octets.at, len);
		enum c2_rc rc = c2_dhcp4_read(c2_rd_open(copy, len), &dhcp);
		assert_int_not_equal(rc, C2_BAD);
		if (row->rc == C2_BAD)
			assert_int_equal(rc, C2_MORE);
		free(copy);
	}
	octets_free(&octets);
}

int main(void)
{
	static struct tests tests;
	static char names[sizeof rows / sizeof rows[0]][96];
	TESTS_ROWS(&tests, rows, test_row);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(names[i], sizeof names[i], "cut everywhere: %s", rows[i].name);
		tests_add(&tests, names[i], test_cut, &rows[i]);
	}
	return tests_run(&tests, "dhcp4");
}
