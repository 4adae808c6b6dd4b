/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets inside UDP, told by the port and then by what they look like; whoever is wrong about it reads plain UDP after all.
 * VXLAN RFC 7348, GPE draft-ietf-nvo3-vxlan-gpe; Geneve RFC 8926; GTP-U 3GPP TS 29.281 §5; Teredo RFC 4380 §5.1.1; GRE RFC 8086; MPLS RFC 7510;
 * L2TPv2 RFC 2661 §3.1; CAPWAP RFC 5415 §4.3; LWAPP RFC 5412 §3.3; LISP RFC 9300 §5.3; Mobile IP RFC 3519 §3.4;
 * AYIYA draft-massar-v6ops-ayiya; TZSP as routers that mirror speak it.
 */
#include "net/walk.h"

enum tunnel_port {
	PORT_MOBILE_IP = 434,
	PORT_L2TP = 1701,
	PORT_GTP_U = 2152,
	PORT_GTP_0 = 3386,
	PORT_TEREDO = 3544,
	PORT_LISP = 4341,
	PORT_GRE = 4754,
	PORT_VXLAN = 4789,
	PORT_VXLAN_GPE = 4790,
	PORT_AYIYA = 5072,
	PORT_CAPWAP_DATA = 5247,
	PORT_GENEVE = 6081,
	PORT_MPLS = 6635,
	PORT_VXLAN_LINUX = 8472,
	PORT_LWAPP_DATA = 12222,
	PORT_TZSP = 37008,
};

/* What TZSP may hold, and its tags. */
#define TZSP_ETHERNET 1
#define TZSP_WIFI 18
#define TZSP_PADDING 0
#define TZSP_END 1

static bool is_tunnel_port(uint16_t port)
{
	switch (port) {
	case PORT_MOBILE_IP:
	case PORT_L2TP:
	case PORT_GTP_U:
	case PORT_GTP_0:
	case PORT_TEREDO:
	case PORT_LISP:
	case PORT_GRE:
	case PORT_VXLAN:
	case PORT_VXLAN_GPE:
	case PORT_AYIYA:
	case PORT_CAPWAP_DATA:
	case PORT_GENEVE:
	case PORT_MPLS:
	case PORT_VXLAN_LINUX:
	case PORT_LWAPP_DATA:
	case PORT_TZSP:
		return true;
	default:
		return false;
	}
}

bool udp_may_tunnel(const struct c2_packet *packet)
{
	return is_tunnel_port(packet->dport) || is_tunnel_port(packet->sport);
}

static enum c2_rc read_vxlan(struct walk *walk)
{
	uint8_t flags = c2_rd_u8(&walk->rd);
	c2_rd_skip(&walk->rd, 7);
	if (walk->rd.rc == C2_OK && (flags & 0x08) == 0)
		return C2_NONE;
	walk->step = STEP_ETHERNET;
	return (enum c2_rc)walk->rd.rc;
}

static enum c2_rc read_vxlan_gpe(struct walk *walk)
{
	uint8_t flags = c2_rd_u8(&walk->rd);
	c2_rd_skip(&walk->rd, 2);
	uint8_t next = c2_rd_u8(&walk->rd);
	c2_rd_skip(&walk->rd, 4);
	if (walk->rd.rc == C2_OK && (flags & 0x08) == 0)
		return C2_NONE;
	walk->step = (flags & 0x04) == 0 || next == 3 ? STEP_ETHERNET : STEP_IP;
	if ((flags & 0x04) != 0 && (next == 4 || next == 5)) {
		walk->out->ethertype = next == 4 ? 0x894f : 0x8847; /* NSH, MPLS */
		walk->step = STEP_ETHERTYPE;
	}
	return (enum c2_rc)walk->rd.rc;
}

static enum c2_rc read_geneve(struct walk *walk)
{
	uint8_t first = c2_rd_u8(&walk->rd);
	c2_rd_skip(&walk->rd, 1);
	walk->out->ethertype = c2_rd_u16(&walk->rd);
	c2_rd_skip(&walk->rd, 4);
	c2_rd_skip(&walk->rd, (size_t)(first & 0x3f) * 4);
	if (walk->rd.rc == C2_OK && first >> 6 != 0)
		return C2_NONE;
	walk->step = STEP_ETHERTYPE;
	return (enum c2_rc)walk->rd.rc;
}

/* Version 1, a G-PDU: extension headers run until one says that none follows. */
static enum c2_rc read_gtp(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint8_t flags = c2_rd_u8(rd);
	uint8_t message = c2_rd_u8(rd);
	c2_rd_skip(rd, 6);
	if (rd->rc == C2_OK && message != 255)
		return C2_NONE;
	if (flags >> 5 == 0) { /* version 0: a header of 20 octets */
		c2_rd_skip(rd, 12);
		walk->step = STEP_IP;
		return (enum c2_rc)rd->rc;
	}
	if (flags >> 4 != 3)
		return C2_NONE;
	if ((flags & 0x07) != 0) {
		c2_rd_skip(rd, 3);
		uint8_t next = c2_rd_u8(rd);
		while ((flags & 0x04) != 0 && next != 0 && rd->rc == C2_OK) {
			size_t len = c2_rd_u8(rd) * (size_t)4;
			if (len == 0)
				return C2_BAD;
			c2_rd_skip(rd, len - 2);
			next = c2_rd_u8(rd);
		}
	}
	walk->step = STEP_IP;
	return (enum c2_rc)rd->rc;
}

/* Authentication and origin indications may stand before IPv6. */
static enum c2_rc read_teredo(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	while (c2_rd_left(rd) >= 2 && rd->p[0] == 0 && rd->p[1] <= 1) {
		c2_rd_skip(rd, 1);
		if (c2_rd_u8(rd) == 0) {
			c2_rd_skip(rd, 6);
			continue;
		}
		size_t id = c2_rd_u8(rd);
		size_t auth = c2_rd_u8(rd);
		c2_rd_skip(rd, id + auth + 9);
	}
	if (c2_rd_left(rd) == 0 || *rd->p >> 4 != 6)
		return C2_NONE;
	walk->step = STEP_IP;
	return (enum c2_rc)rd->rc;
}

/* A data message: optional length, sequence numbers and offset; then PPP. */
static enum c2_rc read_l2tp(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint16_t flags = c2_rd_u16(rd);
	if (rd->rc == C2_OK && ((flags & 0x8000) != 0 || (flags & 0x000f) != 2))
		return C2_NONE;
	if ((flags & 0x4000) != 0)
		c2_rd_skip(rd, 2);
	c2_rd_skip(rd, 4);
	if ((flags & 0x0800) != 0)
		c2_rd_skip(rd, 4);
	if ((flags & 0x0200) != 0)
		c2_rd_skip(rd, c2_rd_u16(rd));
	walk->step = STEP_PPP;
	return (enum c2_rc)rd->rc;
}

/* Some controllers swap the octets of frame control: what is no data frame may be one in the other order. */
static bool is_control_swapped(const struct c2_rd *rd)
{
	return c2_rd_left(rd) >= 2 && (rd->p[0] & 0x0c) != 0x08 && (rd->p[1] & 0x0f) == 0x08;
}

/* A whole data packet in the clear; native 802.11 or 802.3. */
static enum c2_rc read_capwap(struct walk *walk)
{
	struct c2_rd head = walk->rd;
	uint32_t first = c2_rd_u32(&head);
	if (head.rc != C2_OK)
		return (enum c2_rc)head.rc;
	bool is_fragment = (first & 0x80) != 0;
	bool is_native = (first & 0x100) != 0;
	if (first >> 24 != 0 || is_fragment)
		return C2_NONE;
	c2_rd_skip(&walk->rd, (size_t)(first >> 19 & 0x1f) * 4);
	walk->step = is_native ? STEP_WIFI : STEP_ETHERNET;
	walk->is_swapped = is_control_swapped(&walk->rd);
	return (enum c2_rc)walk->rd.rc;
}

/* A whole data frame: version, radio, no control message, no fragments; its number, length, signal. */
static enum c2_rc read_lwapp(struct walk *walk)
{
	uint8_t flags = c2_rd_u8(&walk->rd);
	c2_rd_skip(&walk->rd, 5);
	if (walk->rd.rc == C2_OK && (flags >> 6 != 0 || (flags & 0x06) != 0))
		return C2_NONE;
	walk->is_swapped = is_control_swapped(&walk->rd);
	walk->step = STEP_WIFI;
	return (enum c2_rc)walk->rd.rc;
}

/* Flags, of which the three lowest are reserved, a nonce; locators. */
static enum c2_rc read_lisp(struct walk *walk)
{
	uint8_t flags = c2_rd_u8(&walk->rd);
	c2_rd_skip(&walk->rd, 7);
	if (walk->rd.rc == C2_OK && (flags & 0x07) != 0)
		return C2_NONE;
	walk->step = STEP_IP;
	return (enum c2_rc)walk->rd.rc;
}

/* Tunnel data: message type 4, what it carries, reserved. */
static enum c2_rc read_mobile_ip(struct walk *walk)
{
	uint8_t type = c2_rd_u8(&walk->rd);
	uint8_t next = c2_rd_u8(&walk->rd);
	c2_rd_skip(&walk->rd, 2);
	if (walk->rd.rc == C2_OK && (type != 4 || (next != 4 && next != 41)))
		return C2_NONE;
	walk->step = STEP_IP;
	return (enum c2_rc)walk->rd.rc;
}

static enum c2_rc read_ayiya(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint8_t identity = c2_rd_u8(rd);
	uint8_t signature = c2_rd_u8(rd);
	c2_rd_skip(rd, 1);
	walk->out->proto = c2_rd_u8(rd);
	c2_rd_skip(rd, 4);
	c2_rd_skip(rd, (size_t)1 << (identity >> 4));
	c2_rd_skip(rd, (size_t)(signature >> 4) * 4);
	if (rd->rc == C2_OK && walk->out->proto != 41 && walk->out->proto != 4)
		return C2_NONE;
	walk->step = STEP_IP;
	return (enum c2_rc)rd->rc;
}

/* Version 1, a received frame; the tags behind it run until the end tag. Of the frames that it may hold Ethernet and 802.11 are read. */
static enum c2_rc read_tzsp(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint8_t version = c2_rd_u8(rd);
	uint8_t type = c2_rd_u8(rd);
	uint16_t protocol = c2_rd_u16(rd);
	if (rd->rc == C2_OK && (version != 1 || type > 1 || (protocol != TZSP_ETHERNET && protocol != TZSP_WIFI)))
		return C2_NONE;
	uint8_t tag = c2_rd_u8(rd);
	while (tag != TZSP_END && rd->rc == C2_OK) {
		if (tag != TZSP_PADDING)
			c2_rd_block8(rd);
		tag = c2_rd_u8(rd);
	}
	walk->step = protocol == TZSP_WIFI ? STEP_WIFI : STEP_ETHERNET;
	return (enum c2_rc)rd->rc;
}

enum c2_rc walk_udp_tunnel(struct walk *walk)
{
	struct c2_packet *out = walk->out;
	uint16_t port = is_tunnel_port(out->dport) ? out->dport : out->sport;
	if (port == PORT_GRE)
		return walk_gre(walk);
	out->tunnels++;
	switch (port) {
	case PORT_VXLAN:
	case PORT_VXLAN_LINUX:
		return read_vxlan(walk);
	case PORT_VXLAN_GPE:
		return read_vxlan_gpe(walk);
	case PORT_GENEVE:
		return read_geneve(walk);
	case PORT_GTP_U:
	case PORT_GTP_0:
		return read_gtp(walk);
	case PORT_TEREDO:
		return read_teredo(walk);
	case PORT_MPLS:
		out->ethertype = 0x8847;
		walk->step = STEP_ETHERTYPE;
		return C2_OK;
	case PORT_L2TP:
		return read_l2tp(walk);
	case PORT_CAPWAP_DATA:
		return read_capwap(walk);
	case PORT_LWAPP_DATA:
		return read_lwapp(walk);
	case PORT_LISP:
		return read_lisp(walk);
	case PORT_MOBILE_IP:
		return read_mobile_ip(walk);
	case PORT_AYIYA:
		return read_ayiya(walk);
	case PORT_TZSP:
		return read_tzsp(walk);
	default:
		return C2_NONE;
	}
}
