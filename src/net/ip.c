/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 and IPv6 headers. RFC 791 §3.1; RFC 8200 §3 and §4; RFC 4302 for AH's length. */
#include "net/walk.h"

#define IPV4_HEADER_MIN 20

enum next_header {
	NEXT_FRAGMENT = 44,
	NEXT_AUTHENTICATION = 51,
};

/*
 * Ends the view where the datagram ends: closed when all of it is at hand (what follows is the link's padding), open when not: a switch that mirrors
 * into a tunnel may cut what it carries. One that does not say its length, by segmentation offload or as a jumbogram (RFC 2675), is as long as the frame.
 */
static void datagram_end(struct walk *walk, struct c2_rd *rd, size_t len)
{
	walk->is_unsized = len == 0;
	if (len == 0)
		return;
	rd->open = len > c2_rd_left(rd);
	if (!rd->open)
		rd->end = rd->p + len;
}

/* The fragment's place in its datagram: OK when it is all of it, else the walk ends here until the datagram has been put together. */
static enum c2_rc fragment_take(struct walk *walk, uint32_t id, uint16_t offset, bool has_more)
{
	struct c2_packet *out = walk->out;
	out->fragment = (struct c2_fragment){.is_one = has_more || offset != 0, .has_more = has_more, .offset = offset, .id = id};
	return out->fragment.is_one ? C2_NONE : C2_OK;
}

enum c2_rc walk_ipv4(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	struct c2_packet *out = walk->out;
	struct c2_rd whole = *rd;
	uint8_t version = c2_rd_u8(rd);
	c2_rd_skip(rd, 1);
	uint16_t len = c2_rd_u16(rd);
	uint16_t id = c2_rd_u16(rd);
	uint16_t fragment = c2_rd_u16(rd);
	c2_rd_skip(rd, 1);
	out->proto = c2_rd_u8(rd);
	c2_rd_skip(rd, 2);
	memset(out->src.octets + 4, 0, 12);
	memset(out->dst.octets + 4, 0, 12);
	c2_rd_copy(rd, out->src.octets, 4);
	c2_rd_copy(rd, out->dst.octets, 4);
	if (rd->rc != C2_OK)
		return (enum c2_rc)rd->rc;
	out->src.family = out->dst.family = 4;
	size_t header = (version & 0x0fu) * 4;
	if (version >> 4 != 4 || header < IPV4_HEADER_MIN)
		return C2_BAD;
	if (len != 0 && len < header)
		return C2_BAD;
	datagram_end(walk, &whole, len);
	*rd = whole;
	c2_rd_skip(rd, header);
	walk->step = STEP_PROTO;
	if (rd->rc != C2_OK)
		return (enum c2_rc)rd->rc;
	return fragment_take(walk, id, (uint16_t)((fragment & 0x1fff) * 8), (fragment & 0x2000) != 0);
}

enum c2_rc walk_ipv6(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	struct c2_packet *out = walk->out;
	uint8_t version = c2_rd_u8(rd);
	c2_rd_skip(rd, 3);
	uint16_t len = c2_rd_u16(rd);
	out->proto = c2_rd_u8(rd);
	c2_rd_skip(rd, 1);
	c2_rd_copy(rd, out->src.octets, 16);
	c2_rd_copy(rd, out->dst.octets, 16);
	if (rd->rc != C2_OK)
		return (enum c2_rc)rd->rc;
	out->src.family = out->dst.family = 6;
	if (version >> 4 != 6)
		return C2_BAD;
	datagram_end(walk, rd, len);
	out->fragment.is_one = false;
	walk->step = STEP_PROTO;
	return C2_OK;
}

/* RFC 8200 §4.5 */
static enum c2_rc read_fragment(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint8_t next = c2_rd_u8(rd);
	c2_rd_skip(rd, 1);
	uint16_t offset = c2_rd_u16(rd);
	uint32_t id = c2_rd_u32(rd);
	if (rd->rc != C2_OK)
		return (enum c2_rc)rd->rc;
	walk->out->proto = next;
	return fragment_take(walk, id, offset & 0xfff8, (offset & 1) != 0);
}

enum c2_rc walk_extension(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint8_t kind = walk->out->proto;
	if (kind == NEXT_FRAGMENT)
		return read_fragment(walk);
	uint8_t next = c2_rd_u8(rd);
	size_t len = c2_rd_u8(rd); /* after the first 8 octets, in 8s; AH's after the first 8, in 4s */
	c2_rd_skip(rd, kind == NEXT_AUTHENTICATION ? len * 4 + 6 : len * 8 + 6);
	walk->out->proto = next;
	return (enum c2_rc)rd->rc;
}
