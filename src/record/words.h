/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_WORDS_H
#define RECORD_WORDS_H

#include <stdint.h>

/* The words of DNS for its numbers, from ldns' tables (never anything from the wire but the number). */
#define WORD_MAX 16

/* RR type: `A`, or `TYPE65280` (RFC 3597 §5). Returns `text`. */
const char *word_rrtype(uint16_t rrtype, char text[WORD_MAX]);
/* Type of a question to NetBIOS' name service, whose numbers DNS has given away since: `NB`, `NBSTAT` (RFC 1002 §4.2.1.2). */
const char *word_netbios_type(uint16_t type, char text[WORD_MAX]);
/* Response code of the header: `NXDOMAIN`, or `RCODE12`. */
const char *word_rcode(uint8_t rcode, char text[WORD_MAX]);
/* `QUERY`, or `OPCODE3`. */
const char *word_opcode(uint8_t opcode, char text[WORD_MAX]);

#endif
