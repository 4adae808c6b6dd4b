/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 and IPv6 headers. RFC 791 §3.1; RFC 8200 §3 and §4; RFC 4302 for AH's length. */
#include "net/ip.h"

#define IPV4_HEADER_MIN 20
#define IPV6_EXTENSIONS_MAX 16 /* no stack sends more than a few; RFC 8504 §5.3 lets a host stop at 8 options a header */

enum next_header {
	NEXT_HOP_BY_HOP = 0,
	NEXT_ROUTING = 43,
	NEXT_FRAGMENT = 44,
	NEXT_AUTHENTICATION = 51,
	NEXT_NONE = 59,
	NEXT_DESTINATION = 60,
	NEXT_MOBILITY = 135,
	NEXT_HIP = 139,
	NEXT_SHIM6 = 140,
};

/* Ends the view where the datagram ends: closed when all of it is at hand (what follows is the link's padding). */
static void datagram_end(struct c2_rd *rd, size_t len)
{
	if (len <= c2_rd_left(rd)) {
		rd->end = rd->p + len;
		rd->open = false;
	}
}

/* A datagram that does not say its length, now that its headers are read: segmentation offload or a jumbogram, and all of it is at hand. */
static void datagram_end_unknown(struct c2_rd *rd, const struct c2_packet *out)
{
	rd->open = out->is_fragment;
}

enum c2_rc ipv4_read(struct c2_rd *rd, struct c2_packet *out)
{
	struct c2_rd whole = *rd;
	uint8_t version = c2_rd_u8(rd);
	c2_rd_skip(rd, 1);
	uint16_t len = c2_rd_u16(rd);
	c2_rd_skip(rd, 2);
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
	if (len != 0)
		datagram_end(&whole, len);
	*rd = whole;
	c2_rd_skip(rd, header);
	if ((fragment & 0x1fff) != 0)
		return C2_NONE;
	out->is_fragment = (fragment & 0x2000) != 0;
	rd->open = rd->open || out->is_fragment;
	if (len == 0 && rd->rc == C2_OK)
		datagram_end_unknown(rd, out);
	return (enum c2_rc)rd->rc;
}

/* The fragment header: later fragments hold no transport header. RFC 8200 §4.5. */
static enum c2_rc read_fragment(struct c2_rd *rd, struct c2_packet *out)
{
	c2_rd_skip(rd, 1);
	uint16_t offset = c2_rd_u16(rd);
	c2_rd_skip(rd, 4);
	out->is_fragment = (offset & 1) != 0;
	if (rd->rc == C2_OK && offset >> 3 != 0)
		return C2_NONE;
	rd->open = rd->open || out->is_fragment;
	return (enum c2_rc)rd->rc;
}

static enum c2_rc read_extensions(struct c2_rd *rd, struct c2_packet *out)
{
	for (int i = 0; i < IPV6_EXTENSIONS_MAX; i++) {
		uint8_t kind = out->proto;
		switch (kind) {
		case NEXT_HOP_BY_HOP:
		case NEXT_ROUTING:
		case NEXT_FRAGMENT:
		case NEXT_AUTHENTICATION:
		case NEXT_DESTINATION:
		case NEXT_MOBILITY:
		case NEXT_HIP:
		case NEXT_SHIM6:
			break;
		case NEXT_NONE:
			return C2_NONE;
		default:
			return C2_OK;
		}
		out->proto = c2_rd_u8(rd);
		if (kind == NEXT_FRAGMENT) {
			enum c2_rc rc = read_fragment(rd, out);
			if (rc != C2_OK)
				return rc;
			continue;
		}
		size_t len = c2_rd_u8(rd); /* after the first 8 octets, in 8s; AH's after the first 8, in 4s */
		c2_rd_skip(rd, kind == NEXT_AUTHENTICATION ? len * 4 + 6 : len * 8 + 6);
		if (rd->rc != C2_OK)
			return (enum c2_rc)rd->rc;
	}
	return C2_BAD;
}

enum c2_rc ipv6_read(struct c2_rd *rd, struct c2_packet *out)
{
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
	if (len != 0)
		datagram_end(rd, len);
	enum c2_rc rc = read_extensions(rd, out);
	if (len == 0 && rc == C2_OK)
		datagram_end_unknown(rd, out);
	return rc;
}
