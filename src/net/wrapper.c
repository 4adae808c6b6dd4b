/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a capturing device puts in front of a frame: its own header, and then a link that is read anyway. Each format is on the link type's page at
 * tcpdump.org; ERF's is in Endace's ERF types reference guide.
 */
#include "net/walk.h"

#define AVS_MAGIC 0x802110 /* the version is the fourth octet */
#define JUNIPER_MAGIC 0x4d4743
#define JUNIPER_NO_LINK 0x02
#define JUNIPER_EXTENSIONS 0x80

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

/* Prism's header, or AVS's, which drivers have written under the same number: the lengths stand at one place, in two byte orders. */
static enum c2_rc read_prism(struct walk *walk)
{
	struct c2_rd head = walk->rd;
	if (c2_rd_u24(&head) != AVS_MAGIC)
		return read_radio(walk, 4, 4);
	c2_rd_skip(&head, 1);
	uint32_t len = c2_rd_u32(&head);
	if (head.rc != C2_OK)
		return (enum c2_rc)head.rc;
	if (len < 8)
		return C2_BAD;
	c2_rd_skip(&walk->rd, len);
	return walk_to(walk, STEP_WIFI);
}

/* A header that says which link's header follows it. */
static enum c2_rc walk_to_link(struct walk *walk, unsigned type)
{
	return c2_link_from_type(type, &walk->link) ? walk_to(walk, STEP_LINK) : walk_stop(walk, C2_STOP_LINK, (uint16_t)type);
}

/* A header that tells its own length in two octets at `len_at`, and the link type of what follows in four at `type_at`; little-endian. */
static enum c2_rc read_self_sized(struct walk *walk, size_t head_len, size_t len_at, size_t type_at)
{
	struct c2_rd head = walk->rd;
	uint8_t fields[12];
	c2_rd_copy(&head, fields, head_len);
	const uint8_t *of_type = fields + type_at;
	size_t len = (size_t)fields[len_at] | (size_t)fields[len_at + 1] << 8;
	unsigned type = of_type[0] | (unsigned)of_type[1] << 8 | (unsigned)of_type[2] << 16 | (unsigned)of_type[3] << 24;
	if (head.rc != C2_OK)
		return (enum c2_rc)head.rc;
	if (len < head_len)
		return C2_BAD;
	c2_rd_skip(&walk->rd, len);
	return walk_to_link(walk, type);
}

/* The length of the header without its padding, in the first octet; then IP. */
static enum c2_rc read_pflog(struct walk *walk)
{
	struct c2_rd head = walk->rd;
	size_t len = c2_rd_u8(&head);
	if (head.rc != C2_OK)
		return (enum c2_rc)head.rc;
	if (len < 4)
		return C2_BAD;
	c2_rd_skip(&walk->rd, (len + 3) & ~(size_t)3);
	return walk_to(walk, STEP_IP);
}

/* Time, type, flags, lengths; eight octets for each extension, while the first one's highest bit is set. Ethernet has two octets of padding in front. */
static enum c2_rc read_erf(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	c2_rd_skip(rd, 8);
	uint8_t type = c2_rd_u8(rd);
	c2_rd_skip(rd, 7);
	uint8_t extension = type;
	while ((extension & 0x80) != 0 && rd->rc == C2_OK) {
		extension = c2_rd_u8(rd);
		c2_rd_skip(rd, 7);
	}
	if (rd->rc != C2_OK)
		return (enum c2_rc)rd->rc;
	switch (type & 0x7f) {
	case 1: /* HDLC: PPP or Cisco's, as its first octets tell */
		walk->link = C2_LINK_PPP;
		return walk_to(walk, STEP_LINK);
	case 2:
	case 11: /* with a colour, a hash or a filter's result in place of a counter */
	case 16:
	case 20:
		c2_rd_skip(rd, 2);
		return walk_to(walk, STEP_ETHERNET);
	case 22:
	case 23:
		return walk_to(walk, STEP_IP);
	default:
		return C2_NONE;
	}
}

/* A magic number, flags, extensions with their length; a cookie of `cookie` octets; then the link, unless a flag says that there is none. */
static enum c2_rc read_juniper(struct walk *walk, enum c2_link link, size_t cookie)
{
	struct c2_rd *rd = &walk->rd;
	uint32_t magic = c2_rd_u24(rd);
	uint8_t flags = c2_rd_u8(rd);
	if (rd->rc == C2_OK && magic != JUNIPER_MAGIC)
		return C2_BAD;
	if ((flags & JUNIPER_EXTENSIONS) != 0)
		c2_rd_skip(rd, c2_rd_u16(rd));
	if ((flags & JUNIPER_NO_LINK) != 0) {
		c2_rd_skip(rd, 4); /* a protocol number of its own: IP tells its version */
		return walk_to(walk, STEP_IP);
	}
	c2_rd_skip(rd, cookie);
	walk->link = link;
	return walk_to(walk, STEP_LINK);
}

/* The direction in front of PPP, or in place of its address (pppd): the control octet is left then. */
static enum c2_rc read_ppp_direction(struct walk *walk)
{
	c2_rd_skip(&walk->rd, 1);
	if (c2_rd_left(&walk->rd) > 0 && *walk->rd.p == 0x03)
		c2_rd_skip(&walk->rd, 1);
	return walk_to(walk, STEP_PPP);
}

/* A header of one length. */
static enum c2_rc read_fixed(struct walk *walk, size_t len, enum c2_link link)
{
	c2_rd_skip(&walk->rd, len);
	walk->link = link;
	return walk_to(walk, STEP_LINK);
}

enum c2_rc walk_wrapper(struct walk *walk)
{
	switch (walk->link) {
	case C2_LINK_RADIOTAP:
		return read_radio(walk, 2, 2);
	case C2_LINK_PRISM:
		return read_prism(walk);
	case C2_LINK_PPI:
		return read_self_sized(walk, 8, 2, 4); /* version, flags, length, type */
	case C2_LINK_PKTAP:
		return read_self_sized(walk, 12, 0, 8); /* length, kind of record, type */
	case C2_LINK_PFLOG:
		return read_pflog(walk);
	case C2_LINK_ERF:
		return read_erf(walk);
	case C2_LINK_JUNIPER_ETHER:
		return read_juniper(walk, C2_LINK_ETHERNET, 0);
	case C2_LINK_JUNIPER_PPP:
		return read_juniper(walk, C2_LINK_PPP, 0);
	case C2_LINK_JUNIPER_FRELAY:
		return read_juniper(walk, C2_LINK_FRELAY, 0);
	case C2_LINK_JUNIPER_CHDLC:
		return read_juniper(walk, C2_LINK_CHDLC, 0);
	case C2_LINK_JUNIPER_ATM1:
		return read_juniper(walk, C2_LINK_ATM, 4);
	case C2_LINK_JUNIPER_ATM2:
		return read_juniper(walk, C2_LINK_ATM, 8);
	case C2_LINK_SLIP:
		return read_fixed(walk, 16, C2_LINK_RAW);
	case C2_LINK_SLIP_BSDOS:
	case C2_LINK_IPNET:
		return read_fixed(walk, 24, C2_LINK_RAW);
	case C2_LINK_ENC:
		return read_fixed(walk, 12, C2_LINK_RAW);
	case C2_LINK_PPP_DIRECTION:
		return read_ppp_direction(walk);
	case C2_LINK_CHDLC_DIRECTION:
		return read_fixed(walk, 1, C2_LINK_CHDLC);
	case C2_LINK_FRELAY_DIRECTION:
		return read_fixed(walk, 1, C2_LINK_FRELAY);
	case C2_LINK_NETANALYZER:
	case C2_LINK_DSA_FIRST:
		return read_fixed(walk, 4, C2_LINK_ETHERNET);
	case C2_LINK_PREAMBLE:
		return read_fixed(walk, 8, C2_LINK_ETHERNET);
	case C2_LINK_NETANALYZER_PREAMBLE:
		return read_fixed(walk, 12, C2_LINK_ETHERNET);
	default:
		return C2_NONE;
	}
}
