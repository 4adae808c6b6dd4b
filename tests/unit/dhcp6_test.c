/* SPDX-License-Identifier: Apache-2.0 */
/* DHCPv6: who was given which address and what it calls itself, relays around it, and options that lie. RFC 8415, RFC 4704, RFC 6939. */
#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <c2watch/dhcp.h>

#include <stdio.h>
#include <stdlib.h>

#define ASK(options) "03 010203 " options
#define TOLD(options) "07 010203 " options
#define FQDN(name) "0027 <2 01 " name " > "
#define ADDR1 "20010db8 00*11 01"
#define ADDR2 "20010db8 00*11 02"

struct dhcp6_row {
	const char *name;
	const char *octets;
	enum c2_rc rc;
	const char *want; /* with C2_OK: type, then what there is */
};

static const struct dhcp6_row rows[] = {
	/* names */
	{"full name", ASK(FQDN("{Laptop-7.example.com}")), C2_OK, "3 fqdn=laptop-7.example.com"},
	{"partial name", ASK(FQDN("08 'laptop-7'")), C2_OK, "3 fqdn=laptop-7"},
	{"name of no octet", ASK(FQDN("")), C2_OK, "3"},
	{"name without its flags", ASK("0027 <2 >"), C2_OK, "3"},
	{"name is the root", ASK(FQDN("00")), C2_OK, "3"},
	{"name with a pointer", ASK(FQDN("c000")), C2_OK, "3"},
	{"name with a label past its end", ASK(FQDN("08 'lap'")), C2_OK, "3"},
	{"name of 300 octets", ASK(FQDN("01 61*299")), C2_OK, "3"},
	{"name twice: the last stands", ASK(FQDN("{a.example}") FQDN("{b.example}")), C2_OK, "3 fqdn=b.example"},
	/* the client's hardware address */
	{"DUID of link and time", ASK(DUID_TIME), C2_OK, "3 mac=02:5e:00:00:00:01"},
	{"DUID of a link", ASK(DUID_LINK), C2_OK, "3 mac=02:5e:00:00:00:01"},
	{"DUID of an enterprise", ASK("0001 <2 0002 00000137 025e00000001 >"), C2_OK, "3"},
	{"DUID of a UUID", ASK("0001 <2 0004 5a*16 >"), C2_OK, "3"},
	{"DUID of Infiniband", ASK("0001 <2 0003 0020 025e00000001 >"), C2_OK, "3"},
	{"DUID of eight octets of hardware", ASK("0001 <2 0003 0001 025e000000010000 >"), C2_OK, "3"},
	{"DUID cut", ASK("0001 <2 0001 0001 2a00 >"), C2_OK, "3"},
	{"DUID of nothing", ASK("0001 <2 >"), C2_OK, "3"},
	/* addresses */
	{"address", TOLD(IA_NA(IA_ADDR(ADDR1, "00000e10"))), C2_OK, "7 reply addr=1/3600"},
	{"two addresses of one association", TOLD(IA_NA(IA_ADDR(ADDR1, "00000e10") IA_ADDR(ADDR2, "ffffffff"))), C2_OK,
		"7 reply addr=1/3600 addr=2/4294967295"},
	{"temporary address", TOLD("0004 <2 00000001 " IA_ADDR(ADDR2, "00000e10") " >"), C2_OK, "7 reply addr=2/3600"},
	{"of both kinds", TOLD(IA_NA(IA_ADDR(ADDR1, "00000e10")) "0004 <2 00000001 " IA_ADDR(ADDR2, "0000003c") " >"), C2_OK,
		"7 reply addr=1/3600 addr=2/60"},
	{"address withdrawn", TOLD(IA_NA(IA_ADDR(ADDR1, "00000000"))), C2_OK, "7 reply addr=1/0"},
	{"five addresses, four are read",
		TOLD(IA_NA(IA_ADDR(ADDR1, "00000001") IA_ADDR(ADDR1, "00000002") IA_ADDR(ADDR1, "00000003") IA_ADDR(ADDR1, "00000004")
				IA_ADDR(ADDR1, "00000005"))),
		C2_OK, "7 reply addr=1/1 addr=1/2 addr=1/3 addr=1/4"},
	{"association with a status", TOLD(IA_NA("000d <2 0002 'none left' >")), C2_OK, "7 reply"},
	{"association too short", TOLD("0003 <2 00000001 >"), C2_OK, "7 reply"},
	{"address too short", TOLD(IA_NA("0005 <2 20010db8 >")), C2_OK, "7 reply"},
	{"address outside of an association", TOLD(IA_ADDR(ADDR1, "00000e10")), C2_OK, "7 reply"},
	{"delegated prefix", TOLD("0019 <2 00000001 00000000 00000000 001a <2 00000000 00000e10 38 20010db8 00*12 > >"), C2_OK, "7 reply"},
	/* the vendor's class, printable octets only */
	{"vendor", ASK("0010 <2 00000137 <2 'MSFT 5.0' > >"), C2_OK, "3 vendor=MSFT 5.0"},
	{"vendor with control octets", ASK("0010 <2 00000137 <2 'a' 1b0a00 'b' ff > >"), C2_OK, "3 vendor=ab"},
	{"vendor of 40 is cut", ASK("0010 <2 00000137 <2 61*40 > >"), C2_OK, "3 vendor=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	{"vendor without its class", ASK("0010 <2 00000137 >"), C2_OK, "3"},
	/* types */
	{"solicit", "01 010203", C2_OK, "1"},
	{"advertise", "02 010203", C2_OK, "2 reply"},
	{"reconfigure", "0a 010203", C2_OK, "10 reply"},
	{"information request", "0b 010203", C2_OK, "11"},
	{"lease query", "0e 010203", C2_NONE, NULL},
	{"type 0", "00 010203", C2_NONE, NULL},
	/* relays */
	{"relayed", RELAY("0c", "00", ASK(FQDN("{a.example}")), ""), C2_OK, "3 relays=1 fqdn=a.example"},
	{"relayed reply", RELAY("0d", "00", TOLD(IA_NA(IA_ADDR(ADDR1, "00000e10"))), ""), C2_OK, "7 reply relays=1 addr=1/3600"},
	{"the relay saw the client's link", RELAY("0c", "00", ASK(DUID_LINK), "004f <2 0001 025e00000009 >"), C2_OK,
		"3 relays=1 mac=02:5e:00:00:00:09"},
	{"the relay saw another kind of link", RELAY("0c", "00", ASK(DUID_LINK), "004f <2 0020 025e00000009 >"), C2_OK,
		"3 relays=1 mac=02:5e:00:00:00:01"},
	{"two relays", RELAY("0c", "01", RELAY("0c", "00", ASK(FQDN("{a.example}")), ""), "0012 <2 'port' >"), C2_OK, "3 relays=2 fqdn=a.example"},
	{"two relays, the one that is nearer speaks of the link",
		RELAY("0c", "01", RELAY("0c", "00", ASK(""), "004f <2 0001 025e00000008 >"), "004f <2 0001 025e00000009 >"), C2_OK,
		"3 relays=2 mac=02:5e:00:00:00:08"},
	{"eight relays",
		RELAY("0c", "07",
			RELAY("0c", "06",
				RELAY("0c", "05",
					RELAY("0c", "04",
						RELAY("0c", "03", RELAY("0c", "02", RELAY("0c", "01", RELAY("0c", "00", ASK(""), ""), ""), ""), ""),
						""),
					""),
				""),
			""),
		C2_OK, "3 relays=8"},
	{"nine relays",
		RELAY("0c", "08",
			RELAY("0c", "07",
				RELAY("0c", "06",
					RELAY("0c", "05",
						RELAY("0c", "04",
							RELAY("0c", "03",
								RELAY("0c", "02", RELAY("0c", "01", RELAY("0c", "00", ASK(""), ""), ""), ""), ""),
							""),
						""),
					""),
				""),
			""),
		C2_BAD, NULL},
	{"a relay with nothing inside", "0c 00 00*16 00*16 0012 <2 'port' >", C2_NONE, NULL},
	{"a relay with an empty message inside", RELAY("0c", "00", "", ""), C2_BAD, NULL},
	{"a relay with two messages: the first", RELAY("0c", "00", ASK(FQDN("{b.example}")), "0009 <2 " ASK(FQDN("{a.example}")) " >"), C2_OK,
		"3 relays=1 fqdn=a.example"},
	/* contradictions */
	{"nothing", "", C2_BAD, NULL},
	{"no transaction", "03 0102", C2_BAD, NULL},
	{"option without its length", ASK("0027 00"), C2_BAD, NULL},
	{"option past the end", ASK("0027 0005 01 00"), C2_BAD, NULL},
	{"relay without its addresses", "0c 00 00*16", C2_BAD, NULL},
	{"relay's option past the end", "0c 00 00*16 00*16 0009 0008 03 010203", C2_BAD, NULL},
};

static void line_of(const struct c2_dhcp6 *dhcp, char *line)
{
	char text[C2_NAME_TEXT_MAX];
	line += sprintf(line, "%u%s", dhcp->type, dhcp->is_reply ? " reply" : "");
	if (dhcp->relays > 0)
		line += sprintf(line, " relays=%u", dhcp->relays);
	if (dhcp->has_mac)
		line += sprintf(line, " mac=%02x:%02x:%02x:%02x:%02x:%02x", dhcp->mac[0], dhcp->mac[1], dhcp->mac[2], dhcp->mac[3], dhcp->mac[4],
			dhcp->mac[5]);
	for (unsigned i = 0; i < dhcp->addrs; i++)
		line += sprintf(line, " addr=%u/%u", dhcp->addr[i].addr.octets[15], dhcp->addr[i].valid_seconds);
	if (dhcp->fqdn.len != 0) {
		c2_name_to_text(&dhcp->fqdn, text);
		line += sprintf(line, " fqdn=%s", text);
	}
	if (dhcp->vendor[0] != '\0')
		sprintf(line, " vendor=%s", dhcp->vendor);
}

static void test_row(void **state)
{
	const struct dhcp6_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_dhcp6 dhcp;
	assert_int_equal(c2_dhcp6_read(c2_rd_closed(octets.at, octets.len), &dhcp), row->rc);
	if (row->rc == C2_OK) {
		char line[2048];
		line_of(&dhcp, line);
		assert_string_equal(line, row->want);
		assert_int_equal(dhcp.xid, 0x010203);
	}
	octets_free(&octets);
}

/* Cut everywhere: wait, but for what its first octet says is not ours. */
static void test_cut(void **state)
{
	const struct dhcp6_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_dhcp6 dhcp;
	for (size_t len = 0; len <= octets.len; len++) {
		uint8_t *copy = malloc(len + 1);
		memcpy(copy, octets.at, len);
		enum c2_rc rc = c2_dhcp6_read(c2_rd_open(copy, len), &dhcp);
		assert_true(rc == C2_MORE || (rc == C2_NONE && row->rc == C2_NONE && len > 0));
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
	return tests_run(&tests, "dhcp6");
}
