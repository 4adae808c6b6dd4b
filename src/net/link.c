/* SPDX-License-Identifier: Apache-2.0 */
/* Link layers: Ethernet II, Linux cooked v1 and v2, raw IP, BSD loopback; up to two VLAN tags. IEEE 802.3, 802.1Q; the link types' own pages at tcpdump.org. */
#include "net/link.h"

#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_QINQ 0x88a8
#define ETHERTYPE_QINQ_OLD 0x9100
#define ARPHRD_ETHER 1

bool c2_link_from_type(unsigned type, enum c2_link *link)
{
	switch (type) {
	case 1:
		*link = C2_LINK_ETHERNET;
		return true;
	case 113:
		*link = C2_LINK_SLL;
		return true;
	case 276:
		*link = C2_LINK_SLL2;
		return true;
	case 12:
	case 14:
	case 101:
	case 228:
	case 229:
		*link = C2_LINK_RAW;
		return true;
	case 0:
	case 108:
		*link = C2_LINK_LOOP;
		return true;
	default:
		return false;
	}
}

static void read_ethernet(struct c2_rd *rd, struct c2_packet *out)
{
	c2_rd_copy(rd, out->mac_dst, 6);
	c2_rd_copy(rd, out->mac_src, 6);
	out->ethertype = c2_rd_u16(rd);
	out->has_mac = rd->rc == C2_OK;
}

/* LINUX_SLL: packet type, ARPHRD, address length, address in 8 octets, protocol. */
static void read_sll(struct c2_rd *rd, struct c2_packet *out)
{
	c2_rd_skip(rd, 2);
	uint16_t hardware = c2_rd_u16(rd);
	uint16_t len = c2_rd_u16(rd);
	c2_rd_copy(rd, out->mac_src, 6);
	c2_rd_skip(rd, 2);
	out->ethertype = c2_rd_u16(rd);
	memset(out->mac_dst, 0, sizeof out->mac_dst); /* a cooked header has but the sender's */
	out->has_mac = hardware == ARPHRD_ETHER && len == 6;
}

/* LINUX_SLL2: protocol, reserved, interface index, ARPHRD, packet type, address length, address in 8 octets. */
static void read_sll2(struct c2_rd *rd, struct c2_packet *out)
{
	out->ethertype = c2_rd_u16(rd);
	c2_rd_skip(rd, 6);
	uint16_t hardware = c2_rd_u16(rd);
	c2_rd_skip(rd, 1);
	uint8_t len = c2_rd_u8(rd);
	c2_rd_copy(rd, out->mac_src, 6);
	c2_rd_skip(rd, 2);
	memset(out->mac_dst, 0, sizeof out->mac_dst); /* a cooked header has but the sender's */
	out->has_mac = hardware == ARPHRD_ETHER && len == 6;
}

/* NULL and LOOP: the address family in four octets, NULL's in the byte order of whoever captured. AF_INET6 has a number for each BSD. */
static enum c2_rc read_loop(struct c2_rd *rd, struct c2_packet *out)
{
	uint32_t family = c2_rd_u32(rd);
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2:
		out->ethertype = ETHERTYPE_IPV4;
		return (enum c2_rc)rd->rc;
	case 10:
	case 24:
	case 28:
	case 30:
		out->ethertype = ETHERTYPE_IPV6;
		return (enum c2_rc)rd->rc;
	default:
		return rd->rc != C2_OK ? (enum c2_rc)rd->rc : C2_NONE;
	}
}

/* No link header: the version nibble tells what it is. */
static enum c2_rc read_raw(const struct c2_rd *rd, struct c2_packet *out)
{
	if (c2_rd_left(rd) == 0)
		return C2_MORE;
	switch (*rd->p >> 4) {
	case 4:
		out->ethertype = ETHERTYPE_IPV4;
		return C2_OK;
	case 6:
		out->ethertype = ETHERTYPE_IPV6;
		return C2_OK;
	default:
		return C2_NONE;
	}
}

static void read_vlans(struct c2_rd *rd, struct c2_packet *out)
{
	while (out->ethertype == ETHERTYPE_VLAN || out->ethertype == ETHERTYPE_QINQ || out->ethertype == ETHERTYPE_QINQ_OLD) {
		if (out->vlans == C2_PACKET_VLANS_MAX)
			return; /* a third tag stays unread, and its ethertype tells */
		out->vlan[out->vlans++] = c2_rd_u16(rd) & 0x0fff;
		out->ethertype = c2_rd_u16(rd);
	}
}

enum c2_rc link_read(enum c2_link link, struct c2_rd *rd, struct c2_packet *out)
{
	out->vlans = 0;
	out->has_mac = false;
	out->ethertype = 0;
	switch (link) {
	case C2_LINK_ETHERNET:
		read_ethernet(rd, out);
		break;
	case C2_LINK_SLL:
		read_sll(rd, out);
		break;
	case C2_LINK_SLL2:
		read_sll2(rd, out);
		break;
	case C2_LINK_RAW:
		return read_raw(rd, out);
	case C2_LINK_LOOP:
		return read_loop(rd, out);
	}
	read_vlans(rd, out);
	return (enum c2_rc)rd->rc;
}
