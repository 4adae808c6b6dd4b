/* SPDX-License-Identifier: Apache-2.0 */
/* DHCPv4: who has which address, and what it calls itself. RFC 2131 §2, RFC 2132, RFC 4702. */
#include "wire/dhcp_option.h"

#define COOKIE 0x63825363
#define HARDWARE_ETHERNET 1
#define OVERLOAD_FILE 1
#define OVERLOAD_SNAME 2

enum option {
	OPTION_PAD = 0,
	OPTION_HOST = 12,
	OPTION_LEASE = 51,
	OPTION_OVERLOAD = 52,
	OPTION_TYPE = 53,
	OPTION_VENDOR = 60,
	OPTION_FQDN = 81,
	OPTION_END = 255
};

/* Four octets as an address; 0.0.0.0 means none. */
static void read_addr(struct c2_rd *in, struct c2_addr *out)
{
	*out = (struct c2_addr){.family = 0};
	c2_rd_copy(in, out->octets, 4);
	if ((out->octets[0] | out->octets[1] | out->octets[2] | out->octets[3]) != 0)
		out->family = 4;
}

/* A name in dotted text. Clients pad it with NULs, against RFC 2132 §2. */
static void read_text_name(struct c2_rd text, struct c2_name *out)
{
	size_t n = c2_rd_left(&text);
	while (n > 0 && text.p[n - 1] == 0)
		n--;
	if (c2_name_from_host(text.p, n, out) != C2_OK)
		out->len = 0;
}

/* RFC 4702 §2: flags, two dead octets, the name in wire form (E bit) or, deprecated, in text. A partial name lacks its root octet. */
static void read_fqdn(struct c2_rd option, struct c2_name *out)
{
	uint8_t flags = c2_rd_u8(&option);
	c2_rd_skip(&option, 2);
	if (option.rc != C2_OK || c2_rd_left(&option) == 0)
		return;
	if ((flags & 0x04) == 0) {
		read_text_name(option, out);
		return;
	}
	dhcp_wire_name(option, out);
}

/* One field of options, to its end mark. Returns the overload bits found there. */
static uint8_t read_options(struct c2_rd *in, struct c2_dhcp4 *out)
{
	uint8_t overload = 0;
	while (!c2_rd_done(in)) {
		uint8_t code = c2_rd_u8(in);
		if (code == OPTION_PAD && in->rc == C2_OK)
			continue;
		if (code == OPTION_END || in->rc != C2_OK)
			break;
		struct c2_rd option = c2_rd_block8(in);
		if (in->rc != C2_OK)
			break;
		switch (code) {
		case OPTION_HOST:
			read_text_name(option, &out->host);
			break;
		case OPTION_LEASE:
			out->lease_seconds = c2_rd_u32(&option);
			break;
		case OPTION_OVERLOAD:
			overload = c2_rd_u8(&option);
			break;
		case OPTION_TYPE:
			out->type = c2_rd_u8(&option);
			break;
		case OPTION_VENDOR:
			dhcp_vendor(option, out->vendor);
			break;
		case OPTION_FQDN:
			read_fqdn(option, &out->fqdn);
			break;
		}
	}
	return overload;
}

enum c2_rc c2_dhcp4_read(struct c2_rd in, struct c2_dhcp4 *out)
{
	uint8_t op = c2_rd_u8(&in);
	uint8_t hardware = c2_rd_u8(&in);
	uint8_t hardware_len = c2_rd_u8(&in);
	c2_rd_skip(&in, 1); /* hops */
	out->xid = c2_rd_u32(&in);
	c2_rd_skip(&in, 4); /* secs, flags */
	read_addr(&in, &out->ciaddr);
	read_addr(&in, &out->yiaddr);
	c2_rd_skip(&in, 8); /* siaddr, giaddr */
	c2_rd_copy(&in, out->chaddr, sizeof out->chaddr);
	c2_rd_skip(&in, 10); /* the rest of chaddr */
	struct c2_rd sname = c2_rd_block(&in, 64);
	struct c2_rd file = c2_rd_block(&in, 128);
	uint32_t cookie = c2_rd_u32(&in);
	if (in.rc != C2_OK)
		return (enum c2_rc)in.rc;
	if ((op != 1 && op != 2) || hardware != HARDWARE_ETHERNET || hardware_len != 6 || cookie != COOKIE)
		return C2_NONE;
	out->is_reply = op == 2;
	out->type = 0;
	out->lease_seconds = 0;
	out->host.len = 0;
	out->fqdn.len = 0;
	out->vendor[0] = '\0';
	uint8_t overload = read_options(&in, out);
	if (in.rc != C2_OK && in.rc != C2_MORE)
		return C2_BAD;
	if (overload & OVERLOAD_FILE)
		read_options(&file, out);
	if (overload & OVERLOAD_SNAME)
		read_options(&sname, out);
	return (enum c2_rc)in.rc;
}
