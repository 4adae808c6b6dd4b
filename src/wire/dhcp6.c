/* SPDX-License-Identifier: Apache-2.0 */
/* DHCPv6: who was given which address, and what it calls itself, under whatever relays have wrapped around it. RFC 8415, RFC 4704, RFC 6939. */
#include "wire/dhcp_option.h"

#define HARDWARE_ETHERNET 1

enum option {
	OPTION_CLIENT_ID = 1,
	OPTION_IA_NA = 3,
	OPTION_IA_TA = 4,
	OPTION_IA_ADDR = 5,
	OPTION_RELAY_MESSAGE = 9,
	OPTION_VENDOR_CLASS = 16,
	OPTION_FQDN = 39,
	OPTION_LINK_LAYER = 79
};

enum duid { DUID_LINK_TIME = 1, DUID_LINK = 3 };

/* The next option's code, its octets in `option`; false at the end, or when `in` has gone wrong. RFC 8415 §21.1. */
static bool next_option(struct c2_rd *in, uint16_t *code, struct c2_rd *option)
{
	if (c2_rd_done(in))
		return false;
	*code = c2_rd_u16(in);
	*option = c2_rd_block16(in);
	return in->rc == C2_OK;
}

/* A hardware type and the address that is the rest. */
static void read_link_layer(uint16_t hardware, struct c2_rd rest, struct c2_dhcp6 *out)
{
	if (hardware != HARDWARE_ETHERNET || c2_rd_left(&rest) != sizeof out->mac)
		return;
	c2_rd_copy(&rest, out->mac, sizeof out->mac);
	out->has_mac = true;
}

/* RFC 8415 §11.2, §11.4; the other types name no link. */
static void read_duid(struct c2_rd duid, struct c2_dhcp6 *out)
{
	uint16_t type = c2_rd_u16(&duid);
	uint16_t hardware = c2_rd_u16(&duid);
	if (type == DUID_LINK_TIME)
		c2_rd_skip(&duid, 4);
	if (type == DUID_LINK_TIME || type == DUID_LINK)
		read_link_layer(hardware, duid, out);
}

/* The addresses of an identity association; `fixed` octets stand before its options. RFC 8415 §21.4 to §21.6. */
static void read_association(struct c2_rd in, size_t fixed, struct c2_dhcp6 *out)
{
	uint16_t code;
	struct c2_rd option;
	c2_rd_skip(&in, fixed);
	while (next_option(&in, &code, &option)) {
		if (code != OPTION_IA_ADDR || out->addrs == C2_DHCP6_ADDRS_MAX)
			continue;
		struct c2_dhcp6_addr *addr = &out->addr[out->addrs];
		c2_rd_copy(&option, addr->addr.octets, sizeof addr->addr.octets);
		addr->addr.family = 6;
		c2_rd_skip(&option, 4); /* the preferred lifetime */
		addr->valid_seconds = c2_rd_u32(&option);
		if (option.rc == C2_OK)
			out->addrs++;
	}
}

static void read_options(struct c2_rd *in, struct c2_dhcp6 *out)
{
	uint16_t code;
	struct c2_rd option;
	while (next_option(in, &code, &option)) {
		switch (code) {
		case OPTION_CLIENT_ID:
			if (!out->has_mac) /* the relay saw the frame; a DUID may be of another interface */
				read_duid(option, out);
			break;
		case OPTION_IA_NA:
			read_association(option, 12, out);
			break;
		case OPTION_IA_TA:
			read_association(option, 4, out);
			break;
		case OPTION_VENDOR_CLASS:
			c2_rd_skip(&option, 4); /* whose class: the enterprise's number */
			dhcp_vendor(c2_rd_block16(&option), out->vendor);
			break;
		case OPTION_FQDN:
			c2_rd_skip(&option, 1); /* flags */
			dhcp_wire_name(option, &out->fqdn);
			break;
		}
	}
}

/* Steps from a relay's message, behind its type, into the one it carries. RFC 8415 §9. */
static enum c2_rc enter_relayed(struct c2_rd *in, struct c2_dhcp6 *out)
{
	uint16_t code;
	struct c2_rd option, inner = {.p = NULL};
	c2_rd_skip(in, 1 + 16 + 16); /* hop count, link address, peer address */
	while (next_option(in, &code, &option)) {
		if (code == OPTION_RELAY_MESSAGE && inner.p == NULL)
			inner = option;
		if (code == OPTION_LINK_LAYER) {
			/* the relay nearest to the client speaks last */
			uint16_t hardware = c2_rd_u16(&option);
			read_link_layer(hardware, option, out);
		}
	}
	enum c2_rc rc = (enum c2_rc)in->rc;
	*in = inner;
	return rc == C2_OK && inner.p == NULL ? C2_NONE : rc;
}

enum c2_rc c2_dhcp6_read(struct c2_rd in, struct c2_dhcp6 *out)
{
	out->relays = 0;
	out->has_mac = false;
	out->addrs = 0;
	out->fqdn.len = 0;
	out->vendor[0] = '\0';
	for (;;) {
		out->type = c2_rd_u8(&in);
		if (in.rc != C2_OK)
			return (enum c2_rc)in.rc;
		if (out->type != C2_DHCP6_RELAY_FORW && out->type != C2_DHCP6_RELAY_REPL)
			break;
		if (out->relays++ == C2_DHCP6_RELAYS_MAX)
			return C2_BAD;
		enum c2_rc rc = enter_relayed(&in, out);
		if (rc != C2_OK)
			return rc;
	}
	if (out->type < C2_DHCP6_SOLICIT || out->type > C2_DHCP6_INFORMATION_REQUEST)
		return C2_NONE;
	out->is_reply = out->type == C2_DHCP6_ADVERTISE || out->type == C2_DHCP6_REPLY || out->type == C2_DHCP6_RECONFIGURE;
	out->xid = c2_rd_u24(&in);
	read_options(&in, out);
	return (enum c2_rc)in.rc;
}
