/* SPDX-License-Identifier: Apache-2.0 */
/* NetBIOS names: sixteen octets, a nibble a letter from 'A' on. RFC 1001 §14.1, RFC 1002 §4.1. */
#include <c2watch/dns.h>

#define ENCODED 32
#define NAME_LEN 15 /* the sixteenth octet is a type */

enum c2_rc c2_netbios_name(const struct c2_name *name, struct c2_name *out)
{
	uint8_t wire[1 + NAME_LEN + 2]; /* as one label, dots and all: it is no domain name */
	if (name->labels == 0 || name->wire[0] != ENCODED)
		return C2_NONE;
	for (size_t i = 0; i <= NAME_LEN; i++) {
		uint8_t high = (uint8_t)(name->wire[1 + 2 * i] - 'a'); /* a checked name is in lower case */
		uint8_t low = (uint8_t)(name->wire[2 + 2 * i] - 'a');
		if (high > 15 || low > 15)
			return C2_NONE;
		wire[1 + i] = (uint8_t)(high << 4 | low);
	}
	uint8_t n = NAME_LEN;
	while (n > 0 && (wire[n] == ' ' || wire[n] == 0))
		n--;
	if (n == 0)
		return C2_NONE;
	wire[0] = n;
	wire[1 + n] = 0;
	struct c2_rd rd = c2_rd_closed(wire, n + 2u);
	unsigned pointers = 0;
	return c2_name_read(&rd, wire, &pointers, out);
}
