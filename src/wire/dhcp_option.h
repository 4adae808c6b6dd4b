/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRE_DHCP_OPTION_H
#define WIRE_DHCP_OPTION_H

#include <c2watch/dhcp.h>

/* What the options of both versions of DHCP hold alike. */

/* The rest of `in` as a name in wire form, without pointers; a partial one lacks its root octet (RFC 4702 §2.3.1, RFC 4704 §4.2). Len 0 for what is none. */
static inline void dhcp_wire_name(struct c2_rd in, struct c2_name *out)
{
	uint8_t wire[C2_NAME_WIRE_MAX + 1];
	size_t n = c2_rd_left(&in);
	out->len = 0;
	if (n > C2_NAME_WIRE_MAX)
		return;
	c2_rd_copy(&in, wire, n);
	wire[n] = 0;
	struct c2_rd rd = c2_rd_closed(wire, n + 1);
	unsigned pointers = 0;
	if (c2_name_read(&rd, wire, &pointers, out) != C2_OK || out->labels == 0)
		out->len = 0;
}

/* The printable octets of a vendor's class, as many as there is room for. */
static inline void dhcp_vendor(struct c2_rd text, char vendor[C2_DHCP_VENDOR_LEN_MAX + 1])
{
	size_t n = 0;
	for (; text.p < text.end && n < C2_DHCP_VENDOR_LEN_MAX; text.p++)
		if (*text.p >= 0x20 && *text.p < 0x7f)
			vendor[n++] = (char)*text.p;
	vendor[n] = '\0';
}

#endif
