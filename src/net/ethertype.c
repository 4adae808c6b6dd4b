/* SPDX-License-Identifier: Apache-2.0 */
/* What stands between a link and IP: VLAN tags, provider bridges, MPLS labels, PPPoE. IEEE 802.1Q §9; RFC 3032 §2.1, RFC 4385 §3; RFC 2516 §4. */
#include "net/walk.h"

enum ethertype {
	TYPE_ARP = 0x0806,
	TYPE_VLAN = 0x8100,
	TYPE_QINQ = 0x88a8,
	TYPE_QINQ_1 = 0x9100, /* three more that switches used before 802.1ad */
	TYPE_QINQ_2 = 0x9200,
	TYPE_QINQ_3 = 0x9300,
	TYPE_PBB = 0x88e7,
	TYPE_MPLS = 0x8847,
	TYPE_MPLS_MULTICAST = 0x8848,
	TYPE_PPPOE = 0x8864,
	TYPE_PPP = 0x880b,
	TYPE_BRIDGED = 0x6558,
	TYPE_LLC = 0x8870,
	TYPE_CISCO_META = 0x8909,
};

static enum c2_rc read_tag(struct walk *walk)
{
	struct c2_packet *out = walk->out;
	uint16_t id = c2_rd_u16(&walk->rd) & 0x0fff;
	out->ethertype = c2_rd_u16(&walk->rd);
	if (out->vlans < C2_PACKET_VLANS_MAX)
		out->vlan[out->vlans++] = id;
	if (out->ethertype < 0x0600)
		walk->step = STEP_LLC;
	return (enum c2_rc)walk->rd.rc;
}

static bool is_known(uint16_t ethertype)
{
	switch (ethertype) {
	case ETHERTYPE_IPV4:
	case ETHERTYPE_IPV6:
	case TYPE_ARP:
	case TYPE_VLAN:
	case TYPE_QINQ:
	case TYPE_MPLS:
	case TYPE_PPPOE:
		return true;
	default:
		return false;
	}
}

/* Does a control word (RFC 4385 §3: its first nibble is 0) stand before a pseudowire's frame? Many MAC addresses begin like one: the type behind them tells. */
static bool has_control_word(struct c2_rd rd)
{
	if (c2_rd_left(&rd) == 0 || *rd.p >> 4 != 0)
		return false;
	c2_rd_skip(&rd, 12);
	return !is_known(c2_rd_u16(&rd));
}

/* Labels down to the bottom of the stack. What follows is not said: IP by its version, or a pseudowire's Ethernet, with or without a control word. */
static enum c2_rc read_mpls(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint32_t label;
	do {
		label = c2_rd_u32(rd);
		if (rd->rc != C2_OK)
			return (enum c2_rc)rd->rc;
	} while ((label & 0x100) == 0);
	uint8_t version = c2_rd_left(rd) > 0 ? *rd->p >> 4 : 0xf;
	if (version == 4 || version == 6) {
		walk->step = STEP_IP;
		return C2_OK;
	}
	if (has_control_word(*rd))
		c2_rd_skip(rd, 4);
	walk->step = STEP_ETHERNET;
	walk->out->tunnels++;
	return (enum c2_rc)rd->rc;
}

static enum c2_rc read_pppoe(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint8_t version = c2_rd_u8(rd);
	uint8_t code = c2_rd_u8(rd);
	c2_rd_skip(rd, 4);
	if (rd->rc == C2_OK && (version != 0x11 || code != 0))
		return walk_stop(walk, C2_STOP_ETHERTYPE, TYPE_PPPOE);
	walk->step = STEP_PPP;
	return (enum c2_rc)rd->rc;
}

enum c2_rc walk_ethertype(struct walk *walk)
{
	switch (walk->out->ethertype) {
	case ETHERTYPE_IPV4:
		walk->out->layer = C2_LAYER_IP;
		return walk_ipv4(walk);
	case ETHERTYPE_IPV6:
		walk->out->layer = C2_LAYER_IP;
		return walk_ipv6(walk);
	case TYPE_VLAN:
	case TYPE_QINQ:
	case TYPE_QINQ_1:
	case TYPE_QINQ_2:
	case TYPE_QINQ_3:
		return read_tag(walk);
	case TYPE_MPLS:
	case TYPE_MPLS_MULTICAST:
		return read_mpls(walk);
	case TYPE_PPPOE:
		return read_pppoe(walk);
	case TYPE_PPP:
		walk->step = STEP_PPP;
		return C2_OK;
	case TYPE_PBB:
		c2_rd_skip(&walk->rd, 4);
		walk->step = STEP_ETHERNET;
		walk->out->tunnels++;
		return (enum c2_rc)walk->rd.rc;
	case TYPE_BRIDGED:
		walk->step = STEP_ETHERNET;
		return C2_OK;
	case TYPE_LLC:
		walk->step = STEP_LLC;
		return C2_OK;
	case TYPE_CISCO_META:
		c2_rd_skip(&walk->rd, 6);
		walk->out->ethertype = c2_rd_u16(&walk->rd);
		return (enum c2_rc)walk->rd.rc;
	default:
		walk->out->layer = C2_LAYER_IP;
		return walk_stop(walk, C2_STOP_ETHERTYPE, walk->out->ethertype);
	}
}
