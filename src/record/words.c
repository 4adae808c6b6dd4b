/* SPDX-License-Identifier: Apache-2.0 */
/* DNS' words, as IANA's registry "Domain Name System (DNS) Parameters" has them, out of ldns. */
#include "record/words.h"

#include <ldns/ldns.h>

#include <stdio.h>

static const char *word_or_number(const char *word, const char *prefix, unsigned number, char text[WORD_MAX])
{
	if (word != NULL)
		snprintf(text, WORD_MAX, "%s", word);
	else
		snprintf(text, WORD_MAX, "%s%u", prefix, number);
	return text;
}

const char *word_rrtype(uint16_t rrtype, char text[WORD_MAX])
{
	/* ldns' table of types leaves those out that only questions have: RFC 1035 §3.2.3, RFC 1995. */
	static const char *const of_questions[] = {"IXFR", "AXFR", "MAILB", "MAILA", "ANY"};
	if (rrtype >= 251 && rrtype <= 255)
		return word_or_number(of_questions[rrtype - 251], "", 0, text);
	const ldns_rr_descriptor *known = ldns_rr_descript(rrtype);
	return word_or_number(known != NULL ? known->_name : NULL, "TYPE", rrtype, text);
}

const char *word_netbios_type(uint16_t type, char text[WORD_MAX])
{
	switch (type) {
	case 0x20:
		return word_or_number("NB", "", 0, text);
	case 0x21:
		return word_or_number("NBSTAT", "", 0, text);
	default:
		return word_rrtype(type, text);
	}
}

static const char *word_of(ldns_lookup_table *table, const char *prefix, uint8_t number, char text[WORD_MAX])
{
	const ldns_lookup_table *known = ldns_lookup_by_id(table, number);
	return word_or_number(known != NULL ? known->name : NULL, prefix, number, text);
}

const char *word_rcode(uint8_t rcode, char text[WORD_MAX])
{
	return word_of(ldns_rcodes, "RCODE", rcode, text);
}

const char *word_opcode(uint8_t opcode, char text[WORD_MAX])
{
	return word_of(ldns_opcodes, "OPCODE", opcode, text);
}
