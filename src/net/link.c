/* SPDX-License-Identifier: Apache-2.0 */
/* The frame's first header, for each link type; its format is on the link type's page at tcpdump.org. IEEE 802.3, 802.2; RFC 1661, 1662, 2516, 2427, 1201. */
#include "net/walk.h"

#define ARPHRD_ETHER 1
#define ETHERTYPE_MIN 0x0600 /* below: a length, IEEE 802.3 §3.2.6 */
#define PPP_IPV4 0x0021
#define PPP_IPV6 0x0057
#define PPP_MPLS 0x0281
#define ETHERTYPE_MPLS 0x8847

bool c2_link_from_type(unsigned type, enum c2_link *link)
{
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
		{258, C2_LINK_PKTAP},
		{7, C2_LINK_ARCNET},
		{129, C2_LINK_ARCNET_LINUX},
		{107, C2_LINK_FRELAY},
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].type == type) {
			*link = known[i].link;
			return true;
		}
	return false;
}

/* The walk goes on with `step`, unless the header was cut. */
static enum c2_rc walk_to(struct walk *walk, enum step step)
{
	walk->step = step;
	return (enum c2_rc)walk->rd.rc;
}

static enum c2_rc walk_to_ethertype(struct walk *walk, uint16_t ethertype)
{
	walk->out->ethertype = ethertype;
	return walk_to(walk, STEP_ETHERTYPE);
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
	walk->out->tunnels++;
	return walk_to(walk, STEP_ETHERNET);
}

/* DSAP, SSAP, control; SNAP behind 0xaa: RFC 1042. IP may stand right behind SAP 6. */
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

static enum c2_rc read_sll(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	c2_rd_skip(rd, 2);
	uint16_t hardware = c2_rd_u16(rd);
	uint16_t len = c2_rd_u16(rd);
	read_cooked_mac(rd, walk->out, hardware, len);
	return walk_to_ethertype(walk, c2_rd_u16(rd));
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
	return walk_to_ethertype(walk, ethertype);
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

/* A header that tells its own length in little endian at `at`; the radio's frame follows it. */
static enum c2_rc read_radio(struct walk *walk, size_t at, size_t width)
{
	struct c2_rd head = walk->rd;
	size_t len = 0;
	c2_rd_skip(&head, at);
	for (size_t i = 0; i < width; i++)
		len |= (size_t)c2_rd_u8(&head) << 8 * i;
	if (head.rc != C2_OK)
		return (enum c2_rc)head.rc;
	if (len < at + width)
		return C2_BAD;
	c2_rd_skip(&walk->rd, len);
	return walk_to(walk, STEP_WIFI);
}

/* A header that says which link's header follows it. */
static enum c2_rc walk_to_link(struct walk *walk, unsigned type)
{
	return c2_link_from_type(type, &walk->link) ? walk_to(walk, STEP_LINK) : walk_stop(walk, C2_STOP_LINK, (uint16_t)type);
}

/* PPI: version, flags, length, and the link type of what follows. */
static enum c2_rc read_ppi(struct walk *walk)
{
	struct c2_rd head = walk->rd;
	uint8_t fields[8];
	c2_rd_copy(&head, fields, sizeof fields);
	size_t len = (size_t)fields[2] | (size_t)fields[3] << 8;
	unsigned type = fields[4] | (unsigned)fields[5] << 8 | (unsigned)fields[6] << 16 | (unsigned)fields[7] << 24;
	if (head.rc != C2_OK)
		return (enum c2_rc)head.rc;
	if (len < sizeof fields)
		return C2_BAD;
	c2_rd_skip(&walk->rd, len);
	return walk_to_link(walk, type);
}

/* PKTAP: its own length, the kind of record, the link type of what follows; all in the byte order of a little-endian Mac. */
static enum c2_rc read_pktap(struct walk *walk)
{
	struct c2_rd head = walk->rd;
	uint8_t fields[12];
	c2_rd_copy(&head, fields, sizeof fields);
	size_t len = (size_t)fields[0] | (size_t)fields[1] << 8;
	unsigned type = fields[8] | (unsigned)fields[9] << 8;
	if (head.rc != C2_OK)
		return (enum c2_rc)head.rc;
	if (len < sizeof fields)
		return C2_BAD;
	c2_rd_skip(&walk->rd, len);
	return walk_to_link(walk, type);
}

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
	uint8_t nlpid = c2_rd_u8(rd);
	if (nlpid == 0)
		nlpid = c2_rd_u8(rd);
	if (nlpid == 0xcc || nlpid == 0x8e)
		return walk_to(walk, STEP_IP);
	if (nlpid != 0x80)
		return rd->rc != C2_OK ? (enum c2_rc)rd->rc : C2_NONE;
	return read_snap(walk);
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
	case C2_LINK_RADIOTAP:
		return read_radio(walk, 2, 2);
	case C2_LINK_PRISM:
		return read_radio(walk, 4, 4);
	case C2_LINK_PPI:
		return read_ppi(walk);
	case C2_LINK_PKTAP:
		return read_pktap(walk);
	case C2_LINK_ARCNET:
		return read_arcnet(walk, false);
	case C2_LINK_ARCNET_LINUX:
		return read_arcnet(walk, true);
	case C2_LINK_FRELAY:
		return read_frelay(walk);
	}
	return C2_NONE;
}
