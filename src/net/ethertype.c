/* SPDX-License-Identifier: Apache-2.0 */
/* What stands between a link and IP: VLAN tags, provider bridges, MPLS labels, PPPoE. IEEE 802.1Q §9; RFC 3032 §2.1, RFC 4385 §3; RFC 2516 §4; others where they are read. */
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
	TYPE_TRILL = 0x22f3,
	TYPE_MACSEC = 0x88e5,
	TYPE_HSR = 0x892f,
	TYPE_FABRICPATH = 0x8903,
	TYPE_VNTAG = 0x8926,
	TYPE_ETAG = 0x893f,
	TYPE_NSH = 0x894f,
	TYPE_EDSA = 0xdada,
	TYPE_RTAG = 0xf1c1,
	TYPE_FRELAY = 0x6559,
};

#define MACSEC_HIDDEN 0x0c /* encrypted, or changed */
#define MACSEC_SCI 0x20

/* RFC 8300 §2.2 */
enum nsh_next { NSH_IPV4 = 1, NSH_IPV6 = 2, NSH_ETHERNET = 3, NSH_NSH = 4, NSH_MPLS = 5 };

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

/* A tag of `len` octets, of which nothing is kept, and the ethertype of what follows. */
static enum c2_rc skip_tag(struct walk *walk, size_t len)
{
	c2_rd_skip(&walk->rd, len);
	walk->out->ethertype = c2_rd_u16(&walk->rd);
	if (walk->out->ethertype < 0x0600)
		walk->step = STEP_LLC;
	return (enum c2_rc)walk->rd.rc;
}

/* A header of `len` octets, and a whole frame behind it. */
static enum c2_rc skip_to_frame(struct walk *walk, size_t len)
{
	c2_rd_skip(&walk->rd, len);
	walk->step = STEP_ETHERNET;
	walk->out->tunnels++;
	return (enum c2_rc)walk->rd.rc;
}

/* Both bridges' nicknames, options in fours; then the frame. RFC 6325 §3. */
static enum c2_rc read_trill(struct walk *walk)
{
	uint16_t flags = c2_rd_u16(&walk->rd);
	return skip_to_frame(walk, 4 + (size_t)(flags >> 6 & 0x1f) * 4);
}

/* A frame that is signed and not encrypted: short length, packet number, channel; at its end the signature. IEEE 802.1AE §9. */
static enum c2_rc read_macsec(struct walk *walk)
{
	uint8_t control = c2_rd_u8(&walk->rd);
	if (walk->rd.rc == C2_OK && (control & (0x80 | MACSEC_HIDDEN)) != 0)
		return walk_stop(walk, C2_STOP_ETHERTYPE, TYPE_MACSEC);
	return skip_tag(walk, 5 + ((control & MACSEC_SCI) != 0 ? 8 : 0));
}

/* Its length in fours, what it carries, the path; metadata. RFC 8300 §2.2. */
static enum c2_rc read_nsh(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint16_t first = c2_rd_u16(rd);
	c2_rd_skip(rd, 1);
	uint8_t next = c2_rd_u8(rd);
	size_t len = (size_t)(first & 0x3f) * 4;
	if (rd->rc != C2_OK)
		return (enum c2_rc)rd->rc;
	if (first >> 14 != 0 || len < 8)
		return C2_BAD;
	c2_rd_skip(rd, len - 4);
	walk->out->tunnels++;
	switch (next) {
	case NSH_IPV4:
	case NSH_IPV6:
		walk->step = STEP_IP;
		return (enum c2_rc)rd->rc;
	case NSH_ETHERNET:
		walk->step = STEP_ETHERNET;
		return (enum c2_rc)rd->rc;
	case NSH_NSH:
	case NSH_MPLS:
		walk->out->ethertype = next == NSH_NSH ? TYPE_NSH : TYPE_MPLS;
		return (enum c2_rc)rd->rc;
	default:
		return walk_stop(walk, C2_STOP_ETHERTYPE, TYPE_NSH);
	}
}

/* Tags, and headers around a whole frame, that switches of one maker or one technique add. NONE for what is none of them. */
static enum c2_rc walk_fabric(struct walk *walk)
{
	switch (walk->out->ethertype) {
	case TYPE_CISCO_META:
		return skip_tag(walk, 6);
	case TYPE_VNTAG: /* Cisco's virtual interfaces */
	case TYPE_HSR:   /* IEC 62439-3 §5.2 */
	case TYPE_RTAG:  /* IEEE 802.1CB §7.8 */
		return skip_tag(walk, 4);
	case TYPE_ETAG: /* IEEE 802.1BR §7.5 */
	case TYPE_EDSA: /* Marvell's switches */
		return skip_tag(walk, 6);
	case TYPE_FABRICPATH:
		return skip_to_frame(walk, 2);
	case TYPE_TRILL:
		return read_trill(walk);
	case TYPE_MACSEC:
		return read_macsec(walk);
	case TYPE_NSH:
		return read_nsh(walk);
	case TYPE_FRELAY:
		walk->link = C2_LINK_FRELAY;
		walk->step = STEP_LINK;
		return C2_OK;
	default:
		walk->out->layer = C2_LAYER_IP;
		return walk_stop(walk, C2_STOP_ETHERTYPE, walk->out->ethertype);
	}
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
		return skip_to_frame(walk, 4);
	case TYPE_BRIDGED:
		walk->step = STEP_ETHERNET;
		return C2_OK;
	case TYPE_LLC:
		walk->step = STEP_LLC;
		return C2_OK;
	default:
		return walk_fabric(walk);
	}
}
