/* SPDX-License-Identifier: Apache-2.0 */
/* The one door: a frame becomes a packet. RFC 9293 §3.1, RFC 768. */
#include "net/ip.h"
#include "net/link.h"

#define TCP_HEADER_MIN 20
#define UDP_HEADER 8

static enum c2_rc read_tcp(struct c2_rd *rd, struct c2_packet *out)
{
	out->sport = c2_rd_u16(rd);
	out->dport = c2_rd_u16(rd);
	out->seq = c2_rd_u32(rd);
	out->ack = c2_rd_u32(rd);
	size_t header = (c2_rd_u8(rd) >> 4) * 4u;
	out->tcp_flags = c2_rd_u8(rd);
	c2_rd_skip(rd, 6);
	if (rd->rc != C2_OK)
		return (enum c2_rc)rd->rc;
	if (header < TCP_HEADER_MIN)
		return C2_BAD;
	c2_rd_skip(rd, header - TCP_HEADER_MIN);
	return (enum c2_rc)rd->rc;
}

static enum c2_rc read_udp(struct c2_rd *rd, struct c2_packet *out)
{
	out->sport = c2_rd_u16(rd);
	out->dport = c2_rd_u16(rd);
	uint16_t len = c2_rd_u16(rd);
	c2_rd_skip(rd, 2);
	if (rd->rc != C2_OK)
		return (enum c2_rc)rd->rc;
	if (len == 0) /* a jumbogram (RFC 2675 §4), or segmentation offload: as long as the datagram */
		return C2_OK;
	if (len < UDP_HEADER)
		return C2_BAD;
	size_t payload = len - UDP_HEADER;
	if (payload <= c2_rd_left(rd)) {
		rd->end = rd->p + payload;
		rd->open = false;
	} else if (!rd->open) {
		return C2_BAD;
	}
	return C2_OK;
}

enum c2_rc c2_packet_decode(enum c2_link link, const uint8_t *frame, size_t len, struct c2_packet *out)
{
	struct c2_rd rd = c2_rd_open(frame, len);
	out->layer = C2_LAYER_LINK;
	out->is_fragment = false;
	enum c2_rc rc = link_read(link, &rd, out);
	if (rc != C2_OK)
		return rc;
	out->layer = C2_LAYER_IP;
	if (out->ethertype == ETHERTYPE_IPV4)
		rc = ipv4_read(&rd, out);
	else if (out->ethertype == ETHERTYPE_IPV6)
		rc = ipv6_read(&rd, out);
	else
		return C2_NONE;
	if (rc != C2_OK)
		return rc;
	out->layer = C2_LAYER_TRANSPORT;
	if (out->proto == C2_PROTO_TCP)
		rc = read_tcp(&rd, out);
	else if (out->proto == C2_PROTO_UDP)
		rc = read_udp(&rd, out);
	else
		return C2_NONE;
	if (rc != C2_OK)
		return rc;
	out->is_cut = rd.open;
	out->payload_at = (uint32_t)(rd.p - frame);
	out->payload_len = (uint32_t)c2_rd_left(&rd);
	return C2_OK;
}
