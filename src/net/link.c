/* SPDX-License-Identifier: Apache-2.0 */
/* The frame's first header, for each link type; its format is on the link type's page at tcpdump.org. IEEE 802.3, 802.2; RFC 1661, 1662, 2516, 2427. */
#include "net/walk.h"

#define ARPHRD_ETHER 1
#define ARPHRD_FRAD 770
#define ARPHRD_RADIOTAP 803
#define COOKED_LLC 0x0004    /* IEEE 802.2 behind a cooked header */
#define ETHERTYPE_MIN 0x0600 /* below: a length, IEEE 802.3 §3.2.6 */
#define PPP_IPV4 0x0021
#define PPP_IPV6 0x0057
#define PPP_BRIDGED 0x0031 /* RFC 3518 §4.1 */
#define PPP_BRIDGED_ETHERNET 1
#define PPP_MULTILINK 0x003d /* RFC 1990 §3 */
#define PPP_MPLS 0x0281
#define ETHERTYPE_MPLS 0x8847

static const struct {
	unsigned type;
	enum c2_link link;
} known[] = {
	{1, C2_LINK_ETHERNET},
	{113, C2_LINK_SLL},
	{276, C2_LINK_SLL2},
	{12, C2_LINK_RAW},
	{14, C2_LINK_RAW},
	{101, C2_LINK_RAW},
	{228, C2_LINK_RAW},
	{229, C2_LINK_RAW},
	{0, C2_LINK_LOOP},
	{108, C2_LINK_LOOP},
	{9, C2_LINK_PPP},
	{50, C2_LINK_PPP},
	{51, C2_LINK_PPPOE},
	{104, C2_LINK_CHDLC},
	{239, C2_LINK_NFLOG},
	{105, C2_LINK_WIFI},
	{127, C2_LINK_RADIOTAP},
	{119, C2_LINK_PRISM},
	{192, C2_LINK_PPI},
	{163, C2_LINK_PRISM},
	{258, C2_LINK_PKTAP},
	{7, C2_LINK_ARCNET},
	{129, C2_LINK_ARCNET_LINUX},
	{107, C2_LINK_FRELAY},
	{6, C2_LINK_TOKEN_RING},
	{8, C2_LINK_SLIP},
	{10, C2_LINK_FDDI},
	{11, C2_LINK_ATM},
	{100, C2_LINK_ATM},
	{106, C2_LINK_ATM},
	{102, C2_LINK_SLIP_BSDOS},
	{109, C2_LINK_ENC},
	{117, C2_LINK_PFLOG},
	{122, C2_LINK_FIBRE_CHANNEL},
	{123, C2_LINK_SUNATM},
	{135, C2_LINK_JUNIPER_ATM2},
	{137, C2_LINK_JUNIPER_ATM1},
	{138, C2_LINK_FIREWIRE},
	{143, C2_LINK_DOCSIS},
	{166, C2_LINK_PPP_DIRECTION},
	{167, C2_LINK_JUNIPER_ETHER},
	{178, C2_LINK_JUNIPER_ETHER},
	{179, C2_LINK_JUNIPER_PPP},
	{180, C2_LINK_JUNIPER_FRELAY},
	{181, C2_LINK_JUNIPER_CHDLC},
	{197, C2_LINK_ERF},
	{204, C2_LINK_PPP_DIRECTION},
	{205, C2_LINK_CHDLC_DIRECTION},
	{206, C2_LINK_FRELAY_DIRECTION},
	{226, C2_LINK_IPNET},
	{240, C2_LINK_NETANALYZER},
	{241, C2_LINK_NETANALYZER_PREAMBLE},
	{242, C2_LINK_INFINIBAND},
	{259, C2_LINK_PREAMBLE},
	{274, C2_LINK_PREAMBLE},
	{281, C2_LINK_DSA},
	{282, C2_LINK_DSA_FIRST},
	{284, C2_LINK_DSA},
	{285, C2_LINK_ETHERNET},
};

bool c2_link_from_type(unsigned type, enum c2_link *link)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].type == type) {
			*link = known[i].link;
			return true;
		}
	return false;
}

/* Cisco's inter-switch link, behind the length: SNAP, more of the sender, the VLAN, index, reserved; then the frame. */
static bool is_isl(const uint8_t mac[static 6])
{
	return (mac[0] == 0x01 || mac[0] == 0x03) && mac[1] == 0 && mac[2] == 0x0c && mac[3] == 0 && mac[4] == 0;
}

static enum c2_rc read_isl(struct walk *walk)
{
	struct c2_packet *out = walk->out;
	c2_rd_skip(&walk->rd, 6);
	uint16_t id = c2_rd_u16(&walk->rd) >> 1; /* its lowest bit marks spanning tree */
	c2_rd_skip(&walk->rd, 4);
	if (out->vlans < C2_PACKET_VLANS_MAX)
		out->vlan[out->vlans++] = id;
	return walk_to(walk, STEP_ETHERNET);
}

enum c2_rc walk_ethernet(struct walk *walk)
{
	struct c2_packet *out = walk->out;
	struct c2_rd *rd = &walk->rd;
	c2_rd_copy(rd, out->mac_dst, 6);
	c2_rd_copy(rd, out->mac_src, 6);
	uint16_t ethertype = c2_rd_u16(rd);
	out->has_mac = rd->rc == C2_OK;
	if (ethertype >= ETHERTYPE_MIN || rd->rc != C2_OK)
		return walk_to_ethertype(walk, ethertype);
	out->ethertype = ethertype;
	if (is_isl(out->mac_dst))
		return read_isl(walk);
	return walk_to(walk, STEP_LLC);
}

/* An organisation and its protocol: Ethernet's types (RFC 1042, and 802.1H's tunnel), or bridged Ethernet (RFC 2427 §4.2). */
static enum c2_rc read_snap(struct walk *walk)
{
	uint32_t organisation = c2_rd_u24(&walk->rd);
	uint16_t protocol = c2_rd_u16(&walk->rd);
	if (walk->rd.rc != C2_OK)
		return (enum c2_rc)walk->rd.rc;
	if (organisation == 0 || organisation == 0x0000f8)
		return walk_to_ethertype(walk, protocol);
	if (organisation != 0x0080c2 || (protocol != 1 && protocol != 7))
		return walk_stop(walk, C2_STOP_LLC, 0xaaaa);
	if (walk->link == C2_LINK_ATM)
		c2_rd_skip(&walk->rd, 2); /* padding, RFC 2684 §5.2 */
	walk->out->tunnels++;
	return walk_to(walk, STEP_ETHERNET);
}

/* ISO/IEC TR 9577's network layer protocol id, RFC 2427 §3. */
static enum c2_rc read_nlpid(struct walk *walk)
{
	uint8_t nlpid = c2_rd_u8(&walk->rd);
	if (nlpid == 0)
		nlpid = c2_rd_u8(&walk->rd); /* padding */
	if (walk->rd.rc != C2_OK)
		return (enum c2_rc)walk->rd.rc;
	switch (nlpid) {
	case 0x80:
		return read_snap(walk);
	case 0x8e:
	case 0xcc:
		return walk_to(walk, STEP_IP);
	case 0xcf: /* RFC 1973 §4, RFC 2364 §4 */
		return walk_to(walk, STEP_PPP);
	default:
		return walk_stop(walk, C2_STOP_LLC, 0xfefe);
	}
}

/* DSAP, SSAP, control; SNAP behind 0xaa: RFC 1042. IP may stand right behind SAP 6, and a protocol id behind SAP 0xfe. */
enum c2_rc walk_llc(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint8_t dsap = c2_rd_u8(rd);
	uint8_t ssap = c2_rd_u8(rd);
	uint8_t control = c2_rd_u8(rd);
	if ((control & 3) != 3)
		c2_rd_skip(rd, 1); /* I and S frames have two octets of control */
	if (rd->rc == C2_OK && dsap == 6 && ssap == 6)
		return walk_to(walk, STEP_IP);
	if (rd->rc == C2_OK && dsap == 0xfe && ssap == 0xfe)
		return read_nlpid(walk);
	if (rd->rc == C2_OK && (dsap != 0xaa || ssap != 0xaa))
		return walk_stop(walk, C2_STOP_LLC, (uint16_t)(dsap << 8 | ssap));
	return read_snap(walk);
}

/* LINUX_SLL: packet type, ARPHRD, address length, address in 8 octets, protocol. LINUX_SLL2 has the same, in another order. */
static void read_cooked_mac(struct c2_rd *rd, struct c2_packet *out, uint16_t hardware, uint16_t len)
{
	c2_rd_copy(rd, out->mac_src, 6);
	c2_rd_skip(rd, 2);
	memset(out->mac_dst, 0, sizeof out->mac_dst); /* a cooked header has but the sender's */
	out->has_mac = hardware == ARPHRD_ETHER && len == 6;
}

/* What follows is told by the device for two of them, else by an ethertype. */
static enum c2_rc walk_cooked(struct walk *walk, uint16_t hardware, uint16_t ethertype)
{
	if (hardware == ARPHRD_FRAD || hardware == ARPHRD_RADIOTAP) {
		walk->link = hardware == ARPHRD_FRAD ? C2_LINK_FRELAY : C2_LINK_RADIOTAP;
		return walk_to(walk, STEP_LINK);
	}
	walk->out->ethertype = ethertype;
	return walk_to(walk, ethertype == COOKED_LLC ? STEP_LLC : STEP_ETHERTYPE);
}

static enum c2_rc read_sll(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	c2_rd_skip(rd, 2);
	uint16_t hardware = c2_rd_u16(rd);
	uint16_t len = c2_rd_u16(rd);
	read_cooked_mac(rd, walk->out, hardware, len);
	return walk_cooked(walk, hardware, c2_rd_u16(rd));
}

static enum c2_rc read_sll2(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint16_t ethertype = c2_rd_u16(rd);
	c2_rd_skip(rd, 6);
	uint16_t hardware = c2_rd_u16(rd);
	c2_rd_skip(rd, 1);
	uint8_t len = c2_rd_u8(rd);
	read_cooked_mac(rd, walk->out, hardware, len);
	return walk_cooked(walk, hardware, ethertype);
}

/* NULL and LOOP: the address family in four octets, NULL's in the byte order of whoever captured. AF_INET6 has a number for each BSD. */
static enum c2_rc read_loop(struct walk *walk)
{
	uint32_t family = c2_rd_u32(&walk->rd);
	uint32_t other = __builtin_bswap32(family);
	if (family > 0xffff)
		family = other <= 0xffff ? other : family & 0xffff; /* neither: an ethertype at its end, as Cisco HDLC has it */
	switch (family) {
	case 2:
		return walk_to_ethertype(walk, ETHERTYPE_IPV4);
	case 10:
	case 23:
	case 24:
	case 28:
	case 30:
		return walk_to_ethertype(walk, ETHERTYPE_IPV6);
	default:
		return walk->rd.rc != C2_OK ? (enum c2_rc)walk->rd.rc : family >= ETHERTYPE_MIN ? walk_to_ethertype(walk, (uint16_t)family) : C2_NONE;
	}
}

/* Flags, the kind of frame; then the frame. */
static enum c2_rc read_bridged(struct walk *walk)
{
	c2_rd_skip(&walk->rd, 1);
	uint8_t mac_type = c2_rd_u8(&walk->rd);
	if (walk->rd.rc == C2_OK && mac_type != PPP_BRIDGED_ETHERNET)
		return walk_stop(walk, C2_STOP_PPP, PPP_BRIDGED);
	walk->out->tunnels++;
	return walk_to(walk, STEP_ETHERNET);
}

/* The long header of a packet that is one fragment: its begin and end, a sequence number, then PPP. */
static enum c2_rc read_multilink(struct walk *walk)
{
	uint8_t flags = c2_rd_u8(&walk->rd);
	c2_rd_skip(&walk->rd, 3);
	if (walk->rd.rc == C2_OK && flags >> 6 != 3)
		return walk_stop(walk, C2_STOP_PPP, PPP_MULTILINK);
	return walk_to(walk, STEP_PPP);
}

/* PPP's address 0xff and control 0x03, which may be left out (RFC 1662 §3.1); its protocol, in one octet where it is odd and compressed (RFC 1661 §6.5). */
enum c2_rc walk_ppp(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	if (c2_rd_left(rd) >= 2 && rd->p[0] == 0xff && rd->p[1] == 0x03)
		c2_rd_skip(rd, 2);
	uint16_t protocol = c2_rd_u8(rd);
	if ((protocol & 1) == 0)
		protocol = (uint16_t)(protocol << 8 | c2_rd_u8(rd));
	if (rd->rc != C2_OK)
		return (enum c2_rc)rd->rc;
	switch (protocol) {
	case PPP_IPV4:
		return walk_to_ethertype(walk, ETHERTYPE_IPV4);
	case PPP_IPV6:
		return walk_to_ethertype(walk, ETHERTYPE_IPV6);
	case PPP_MPLS:
		return walk_to_ethertype(walk, ETHERTYPE_MPLS);
	case PPP_BRIDGED:
		return read_bridged(walk);
	case PPP_MULTILINK:
		return read_multilink(walk);
	default:
		return walk_stop(walk, C2_STOP_PPP, protocol);
	}
}

/* Some captures begin with a direction octet, or are Cisco HDLC. */
static enum c2_rc read_ppp(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	if (c2_rd_left(rd) >= 4 && (rd->p[0] == 0x0f || rd->p[0] == 0x8f) && rd->p[1] == 0x00) {
		c2_rd_skip(rd, 2);
		return walk_to_ethertype(walk, c2_rd_u16(rd));
	}
	if (c2_rd_left(rd) >= 2 && rd->p[0] <= 1 && rd->p[1] == 0xff)
		c2_rd_skip(rd, 1);
	return walk_to(walk, STEP_PPP);
}

/* A session's six octets, RFC 2516 §4. */
static enum c2_rc read_pppoe(struct walk *walk)
{
	walk->out->ethertype = 0x8864;
	return walk_to(walk, STEP_ETHERTYPE);
}

static enum c2_rc read_chdlc(struct walk *walk)
{
	c2_rd_skip(&walk->rd, 2);
	return walk_to_ethertype(walk, c2_rd_u16(&walk->rd));
}

/* Family, version, resource id; then attributes in the byte order of whoever captured. The payload is attribute 9. */
static enum c2_rc read_nflog(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	c2_rd_skip(rd, 4);
	while (!c2_rd_done(rd)) {
		uint8_t head[4];
		c2_rd_copy(rd, head, sizeof head);
		bool is_little = (head[3] & 0x7f) == 0; /* types are small, but for the highest bits */
		uint16_t len = (uint16_t)(is_little ? head[0] | head[1] << 8 : head[0] << 8 | head[1]);
		uint16_t type = (uint16_t)(is_little ? head[2] | head[3] << 8 : head[2] << 8 | head[3]);
		if (rd->rc != C2_OK)
			break;
		if (len < 4)
			return C2_BAD;
		if ((type & 0x7fff) == 9)
			return walk_to(walk, STEP_IP);
		c2_rd_skip(rd, ((size_t)len - 4 + 3) & ~(size_t)3);
	}
	return rd->rc != C2_OK ? (enum c2_rc)rd->rc : C2_NONE;
}

/* An address of 2 to 4 octets, then RFC 2427's encapsulation, or Cisco's ethertype. */
static enum c2_rc read_frelay(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint8_t octet;
	int len = 0;
	do
		octet = c2_rd_u8(rd);
	while ((octet & 1) == 0 && ++len < 4 && rd->rc == C2_OK);
	uint8_t control = c2_rd_u8(rd);
	if (rd->rc != C2_OK)
		return (enum c2_rc)rd->rc;
	if (control != 0x03) /* not an unnumbered frame: Cisco's form, an ethertype */
		return walk_to_ethertype(walk, (uint16_t)(control << 8 | c2_rd_u8(rd)));
	return read_nlpid(walk);
}

enum c2_rc walk_link(struct walk *walk)
{
	switch (walk->link) {
	case C2_LINK_ETHERNET:
		return walk_ethernet(walk);
	case C2_LINK_SLL:
		return read_sll(walk);
	case C2_LINK_SLL2:
		return read_sll2(walk);
	case C2_LINK_RAW:
		return walk_to(walk, STEP_IP);
	case C2_LINK_LOOP:
		return read_loop(walk);
	case C2_LINK_PPP:
		return read_ppp(walk);
	case C2_LINK_PPPOE:
		return read_pppoe(walk);
	case C2_LINK_CHDLC:
		return read_chdlc(walk);
	case C2_LINK_NFLOG:
		return read_nflog(walk);
	case C2_LINK_WIFI:
		return walk_wifi(walk);
	case C2_LINK_FRELAY:
		return read_frelay(walk);
	case C2_LINK_ARCNET:
	case C2_LINK_ARCNET_LINUX:
	case C2_LINK_FDDI:
	case C2_LINK_TOKEN_RING:
	case C2_LINK_ATM:
	case C2_LINK_SUNATM:
	case C2_LINK_FIBRE_CHANNEL:
	case C2_LINK_INFINIBAND:
	case C2_LINK_FIREWIRE:
	case C2_LINK_DOCSIS:
	case C2_LINK_DSA:
		return walk_medium(walk);
	default:
		return walk_wrapper(walk);
	}
}
