/* SPDX-License-Identifier: Apache-2.0 */
/* NetBIOS names and claims of them. RFC 1001 §14.1, RFC 1002 §4.2. */
#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <c2watch/dns.h>

#include <stdio.h>
#include <stdlib.h>

#define ENCODED_MSBROWSE "20 'ABACFPFPENFDECFCEPFHFDEFFPFPACAB' 00"

/* A name as it is encoded, in the question of a message. */
struct name_row {
	const char *name;
	const char *octets;
	const char *want; /* null: none of NetBIOS' */
};

static const struct name_row names[] = {
	{"a workstation", "20 'FHFDCNDADBDEDCCACACACACACACACAAA' 00", "ws-0142"},
	{"a server", "20 'FHFDCNDADBDEDCCACACACACACACACACA' 00", "ws-0142"},
	{"in lower case", "20 'fhfdcndadbdedccacacacacacacacaca' 00", "ws-0142"},
	{"with a scope", "20 'FHFDCNDADBDEDCCACACACACACACACACA' 04 'corp' 07 'example' 00", "ws-0142"},
	{"with a blank inside", "20 'GBCAGCCACACACACACACACACACACACAAA' 00", "a\\032b"},
	{"fifteen letters", "20 'GBGBGBGBGBGBGBGBGBGBGBGBGBGBGBAA' 00", "aaaaaaaaaaaaaaa"},
	/* RFC 1001 gives the octets no meaning: control octets are a name's like others, and the sixteenth is none of it */
	{"the master browsers", ENCODED_MSBROWSE, "\\001\\002__msbrowse__\\002"},
	{"any", "20 'CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' 00", "*"},
	{"blanks alone", "20 'CACACACACACACACACACACACACACACAAA' 00", NULL},
	{"a letter past P", "20 'FHFDCNDADBDEDCCACACACACACACACAAQ' 00", NULL},
	{"31 octets", "1f 'FHFDCNDADBDEDCCACACACACACACACAA' 00", NULL},
	{"the root", "00", NULL},
};

static void test_name(void **state)
{
	const struct name_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_rd rd = c2_rd_closed(octets.at, octets.len);
	struct c2_name encoded, name;
	unsigned pointers = 0;
	char text[C2_NAME_TEXT_MAX];
	assert_int_equal(c2_name_read(&rd, octets.at, &pointers, &encoded), C2_OK);
	assert_int_equal(c2_netbios_name(&encoded, &name), row->want != NULL ? C2_OK : C2_NONE);
	if (row->want != NULL) {
		c2_name_to_text(&name, text);
		assert_string_equal(text, row->want);
	}
	octets_free(&octets);
}

struct claim_row {
	const char *name;
	const char *octets;
	enum c2_rc rc;
	const char *want; /* with C2_OK: name, type, group, last octet of the address */
};

static const struct claim_row claims[] = {
	{"registration", NETBIOS_CLAIM("2910", NETBIOS_WS, "0000"), C2_OK, "ws-0142<00> 7"},
	{"refresh", NETBIOS_CLAIM("4010", NETBIOS_WS, "0000"), C2_OK, "ws-0142<00> 7"},
	{"refresh with the other number", NETBIOS_CLAIM("4810", NETBIOS_WS, "0000"), C2_OK, "ws-0142<00> 7"},
	{"registration of a host with two links", NETBIOS_CLAIM("7900", NETBIOS_WS, "0000"), C2_OK, "ws-0142<00> 7"},
	{"of a hybrid node", NETBIOS_CLAIM("2900", NETBIOS_WS, "6000"), C2_OK, "ws-0142<00> 7"},
	{"of a group", NETBIOS_CLAIM("2910", NETBIOS_WS, "8000"), C2_OK, "ws-0142<00> group 7"},
	{"of the master browsers", NETBIOS_CLAIM("2910", ENCODED_MSBROWSE, "e000"), C2_OK, "\\001\\002__msbrowse__\\002<01> group 7"},
	{"owner spelled out", "3039 2910 0001 0000 0000 0001 " NETBIOS_WS " 0020 0001 " NETBIOS_WS " 0020 0001 000493e0 <2 0000 0a000007 >", C2_OK,
		"ws-0142<00> 7"},
	{"owner is another", "3039 2910 0001 0000 0000 0001 " NETBIOS_WS " 0020 0001 {a} 0020 0001 000493e0 <2 0000 0a000007 >", C2_NONE, NULL},
	{"no name of NetBIOS'", NETBIOS_CLAIM("2910", "{www.example.com}", "0000"), C2_NONE, NULL},
	{"response", NETBIOS_CLAIM("ad80", NETBIOS_WS, "0000"), C2_NONE, NULL},
	{"query", NETBIOS_CLAIM("0110", NETBIOS_WS, "0000"), C2_NONE, NULL},
	{"release", NETBIOS_CLAIM("3010", NETBIOS_WS, "0000"), C2_NONE, NULL},
	{"no record", "3039 2910 0001 0000 0000 0000 " NETBIOS_WS " 0020 0001", C2_NONE, NULL},
	{"two questions", "3039 2910 0002 0000 0000 0001 " NETBIOS_WS " 0020 0001", C2_NONE, NULL},
	{"a record of another type", "3039 2910 0001 0000 0000 0001 " NETBIOS_WS " 0020 0001 c00c 0021 0001 000493e0 <2 0000 0a000007 >", C2_NONE,
		NULL},
	{"an address of two octets", "3039 2910 0001 0000 0000 0001 " NETBIOS_WS " 0020 0001 c00c 0020 0001 000493e0 <2 0000 0a00 >", C2_BAD, NULL},
	{"data past the end", "3039 2910 0001 0000 0000 0001 " NETBIOS_WS " 0020 0001 c00c 0020 0001 000493e0 0006 0000", C2_BAD, NULL},
	{"nothing", "", C2_BAD, NULL},
};

static void test_claim(void **state)
{
	const struct claim_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_netbios_claim claim;
	assert_int_equal(c2_netbios_claim_read(c2_rd_closed(octets.at, octets.len), &claim), row->rc);
	if (row->rc == C2_OK) {
		char text[C2_NAME_TEXT_MAX + 32];
		size_t n = c2_name_to_text(&claim.name, text);
		assert_int_equal(claim.addr.family, 4);
		sprintf(text + n, "<%02x>%s %u", claim.type, claim.is_group ? " group" : "", claim.addr.octets[3]);
		assert_string_equal(text, row->want);
	}
	octets_free(&octets);
}

int main(void)
{
	static struct tests tests;
	TESTS_ROWS(&tests, names, test_name);
	TESTS_ROWS(&tests, claims, test_claim);
	return tests_run(&tests, "netbios");
}
