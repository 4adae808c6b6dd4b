/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links of other media than Ethernet and radio, up to what they carry. RFC 1201 and 1051 (ARCnet), 1390 (FDDI), 1042 and IEEE 802.5 (Token Ring),
 * 2684 (ATM), 4338 (Fibre Channel), 4391 (InfiniBand), 2734 (IEEE 1394); DOCSIS MAC and Upper Layer Protocols Interface §6; Linux's tag_dsa.c and
 * tag_brcm.c.
 */
#include "net/walk.h"

#define FDDI_LLC 0x50 /* of the frame control without its synchronous bit and priority */
#define RING_LLC 0x40
#define RING_ROUTED 0x80 /* of the sender's first octet: a route follows */
#define SUNATM_LANE 1

/* Source, destination, protocol; RFC 1201 has fragmentation fields, RFC 1051 (protocols 240, 241) has none. */
static enum c2_rc read_arcnet(struct walk *walk, bool is_linux)
{
	struct c2_rd *rd = &walk->rd;
	c2_rd_skip(rd, is_linux ? 4 : 2); /* Linux keeps an offset behind the addresses */
	uint8_t protocol = c2_rd_u8(rd);
	if (protocol != 240 && protocol != 241) {
		uint8_t flag = c2_rd_u8(rd);
		if (flag == 0xff)
			c2_rd_skip(rd, 4); /* an exception frame: padding, then the real header */
		c2_rd_skip(rd, 2);
	}
	if (rd->rc != C2_OK)
		return (enum c2_rc)rd->rc;
	switch (protocol) {
	case 212:
	case 240:
		return walk_to_ethertype(walk, ETHERTYPE_IPV4);
	case 196:
		return walk_to_ethertype(walk, ETHERTYPE_IPV6);
	default:
		return C2_NONE;
	}
}

static void read_macs(struct walk *walk)
{
	c2_rd_copy(&walk->rd, walk->out->mac_dst, 6);
	c2_rd_copy(&walk->rd, walk->out->mac_src, 6);
	walk->out->has_mac = walk->rd.rc == C2_OK;
}

/* Frame control, addresses, LLC. */
static enum c2_rc read_fddi(struct walk *walk)
{
	uint8_t control = c2_rd_u8(&walk->rd);
	if (walk->rd.rc == C2_OK && (control & 0x70) != FDDI_LLC)
		return C2_NONE;
	read_macs(walk);
	return walk_to(walk, STEP_LLC);
}

/* Access control, frame control, addresses, a route whose first octet tells its length, LLC. */
static enum c2_rc read_token_ring(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	c2_rd_skip(rd, 1);
	uint8_t control = c2_rd_u8(rd);
	if (rd->rc == C2_OK && (control & 0xc0) != RING_LLC)
		return C2_NONE;
	read_macs(walk);
	if (rd->rc != C2_OK || (walk->out->mac_src[0] & RING_ROUTED) == 0)
		return walk_to(walk, STEP_LLC);
	walk->out->mac_src[0] &= 0x7f;
	size_t route = c2_rd_u8(rd) & 0x1f;
	if (rd->rc == C2_OK && route < 2)
		return C2_BAD;
	c2_rd_skip(rd, route - 1);
	return walk_to(walk, STEP_LLC);
}

/* LLC, or a circuit of its own for IP: no SAP looks like IP's first octet. */
static enum c2_rc read_atm(struct walk *walk)
{
	uint8_t first = c2_rd_left(&walk->rd) > 0 ? *walk->rd.p : 0;
	bool is_ip = (first >> 4 == 4 && (first & 0x0f) >= 5) || first >> 4 == 6;
	return walk_to(walk, is_ip ? STEP_IP : STEP_LLC);
}

/* What the circuit carries, its path and channel; LAN emulation has its client's id in front of Ethernet. */
static enum c2_rc read_sunatm(struct walk *walk)
{
	uint8_t flags = c2_rd_u8(&walk->rd);
	c2_rd_skip(&walk->rd, 3);
	if ((flags & 0x0f) == SUNATM_LANE) {
		c2_rd_skip(&walk->rd, 2);
		return walk_to(walk, STEP_ETHERNET);
	}
	walk->link = C2_LINK_ATM;
	return walk_to(walk, STEP_LINK);
}

/* Both ends' hardware addresses in 40 octets, as the capturing kernel writes them; the ethertype and two reserved octets. */
static enum c2_rc read_infiniband(struct walk *walk)
{
	c2_rd_skip(&walk->rd, 40);
	uint16_t ethertype = c2_rd_u16(&walk->rd);
	c2_rd_skip(&walk->rd, 2);
	return walk_to_ethertype(walk, ethertype);
}

static enum c2_rc read_firewire(struct walk *walk)
{
	c2_rd_skip(&walk->rd, 16);
	return walk_to_ethertype(walk, c2_rd_u16(&walk->rd));
}

/* Frame control, the extended header's length, length, the extended header, a check sequence; then Ethernet, when the type in the highest bits is 0. */
static enum c2_rc read_docsis(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint8_t control = c2_rd_u8(rd);
	size_t extended = c2_rd_u8(rd);
	c2_rd_skip(rd, 2);
	if (rd->rc == C2_OK && control >> 6 != 0)
		return C2_NONE;
	c2_rd_skip(rd, ((control & 1) != 0 ? extended : 0) + 2);
	return walk_to(walk, STEP_ETHERNET);
}

/* A switch's tag of four octets between the addresses and the ethertype. */
static enum c2_rc read_dsa(struct walk *walk)
{
	read_macs(walk);
	c2_rd_skip(&walk->rd, 4);
	return walk_to_ethertype(walk, c2_rd_u16(&walk->rd));
}

enum c2_rc walk_medium(struct walk *walk)
{
	switch (walk->link) {
	case C2_LINK_ARCNET:
		return read_arcnet(walk, false);
	case C2_LINK_ARCNET_LINUX:
		return read_arcnet(walk, true);
	case C2_LINK_FDDI:
		return read_fddi(walk);
	case C2_LINK_TOKEN_RING:
		return read_token_ring(walk);
	case C2_LINK_ATM:
		return read_atm(walk);
	case C2_LINK_SUNATM:
		return read_sunatm(walk);
	case C2_LINK_FIBRE_CHANNEL: /* both ends' names */
		c2_rd_skip(&walk->rd, 16);
		return walk_to(walk, STEP_LLC);
	case C2_LINK_INFINIBAND:
		return read_infiniband(walk);
	case C2_LINK_FIREWIRE:
		return read_firewire(walk);
	case C2_LINK_DOCSIS:
		return read_docsis(walk);
	case C2_LINK_DSA:
		return read_dsa(walk);
	default:
		return C2_NONE;
	}
}
