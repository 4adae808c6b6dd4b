/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one door: a frame becomes a packet. Headers are peeled one by one in a loop, not by recursion, under one budget, so nesting costs a stranger's
 * frame and not our stack. RFC 9293 §3.1, RFC 768.
 */
#include "net/walk.h"

#define TCP_HEADER_MIN 20
#define UDP_HEADER 8

enum proto {
	PROTO_HOP_BY_HOP = 0,
	PROTO_IPV4 = 4,
	PROTO_IPV6 = 41,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_GRE = 47,
	PROTO_AUTHENTICATION = 51,
	PROTO_DESTINATION = 60,
	PROTO_ETHERIP = 97,
	PROTO_MOBILITY = 135,
	PROTO_MPLS = 137,
	PROTO_HIP = 139,
	PROTO_SHIM6 = 140,
};

static enum c2_rc read_tcp(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	struct c2_packet *out = walk->out;
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
	walk->step = STEP_PAYLOAD;
	return (enum c2_rc)rd->rc;
}

static enum c2_rc read_udp(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	struct c2_packet *out = walk->out;
	out->sport = c2_rd_u16(rd);
	out->dport = c2_rd_u16(rd);
	uint16_t len = c2_rd_u16(rd);
	c2_rd_skip(rd, 2);
	walk->step = STEP_PAYLOAD;
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

static enum c2_rc walk_ip(struct walk *walk)
{
	if (c2_rd_left(&walk->rd) == 0)
		return walk->rd.open ? C2_MORE : C2_BAD;
	switch (*walk->rd.p >> 4) {
	case 4:
		walk->out->ethertype = ETHERTYPE_IPV4;
		return walk_ipv4(walk);
	case 6:
		walk->out->ethertype = ETHERTYPE_IPV6;
		return walk_ipv6(walk);
	default:
		return C2_NONE;
	}
}

static enum c2_rc walk_proto(struct walk *walk)
{
	walk->out->layer = C2_LAYER_TRANSPORT;
	switch (walk->out->proto) {
	case C2_PROTO_TCP:
		return read_tcp(walk);
	case C2_PROTO_UDP:
		return read_udp(walk);
	case PROTO_IPV4:
	case PROTO_IPV6:
		walk->out->tunnels++;
		walk->step = STEP_IP;
		return C2_OK;
	case PROTO_GRE:
		return walk_gre(walk);
	case PROTO_ETHERIP:
		return walk_etherip(walk);
	case PROTO_MPLS:
		walk->out->tunnels++;
		walk->out->ethertype = 0x8847;
		walk->step = STEP_ETHERTYPE;
		return C2_OK;
	case PROTO_HOP_BY_HOP:
	case PROTO_ROUTING:
	case PROTO_FRAGMENT:
	case PROTO_AUTHENTICATION:
	case PROTO_DESTINATION:
	case PROTO_MOBILITY:
	case PROTO_HIP:
	case PROTO_SHIM6:
		walk->out->layer = C2_LAYER_IP;
		return walk_extension(walk);
	default:
		return walk_stop(walk, C2_STOP_PROTO, walk->out->proto);
	}
}

static enum c2_rc walk_on(struct walk *walk)
{
	if (walk->layers-- == 0)
		return C2_BAD;
	walk->out->layer = C2_LAYER_LINK;
	switch (walk->step) {
	case STEP_LINK:
		return walk_link(walk);
	case STEP_ETHERNET:
		return walk_ethernet(walk);
	case STEP_LLC:
		return walk_llc(walk);
	case STEP_PPP:
		return walk_ppp(walk);
	case STEP_WIFI:
		return walk_wifi(walk);
	case STEP_ETHERTYPE:
		return walk_ethertype(walk);
	case STEP_IP:
		walk->out->layer = C2_LAYER_IP;
		return walk_ip(walk);
	case STEP_PROTO:
		return walk_proto(walk);
	case STEP_PAYLOAD:
		break;
	}
	return C2_OK;
}

static enum c2_rc walk_to_payload(struct walk *walk)
{
	enum c2_rc rc = C2_OK;
	while (rc == C2_OK && walk->step != STEP_PAYLOAD)
		rc = walk_on(walk);
	return rc;
}

/*
 * What is inside the datagram, if it carries packets after all; else it stays what it is. Tunnels within tunnels share the budget of layers.
 * OK, or NONE for a later fragment inside.
 */
static enum c2_rc enter_udp_tunnels(struct walk *walk)
{
	enum c2_rc rc = C2_OK;
	while (rc == C2_OK && walk->out->proto == C2_PROTO_UDP && udp_may_tunnel(walk->out) && walk->layers > 0) {
		struct c2_packet inner = *walk->out;
		struct walk inside = *walk;
		inside.out = &inner;
		if (walk_udp_tunnel(&inside) != C2_OK)
			break;
		enum c2_rc inner_rc = walk_to_payload(&inside);
		if (inner_rc != C2_OK && !(inner_rc == C2_NONE && inner.fragment.is_one))
			break;
		rc = inner_rc;
		*walk->out = inner;
		inside.out = walk->out;
		*walk = inside;
	}
	return rc;
}

static enum c2_rc walk_run(struct walk *walk, const uint8_t *origin)
{
	struct c2_packet *out = walk->out;
	enum c2_rc rc = walk_to_payload(walk);
	if (rc == C2_OK)
		rc = enter_udp_tunnels(walk);
	if (walk->is_unsized && rc == C2_OK)
		walk->rd.open = false; /* its headers are read: what is at hand is all of it */
	out->is_cut = walk->rd.open;
	out->payload_at = (uint32_t)(walk->rd.p - origin);
	out->payload_len = (uint32_t)c2_rd_left(&walk->rd);
	return rc;
}

enum c2_rc c2_packet_decode(enum c2_link link, const uint8_t *frame, size_t len, struct c2_packet *out)
{
	struct walk walk = {.rd = c2_rd_open(frame, len), .out = out, .link = link, .step = STEP_LINK, .layers = C2_PACKET_LAYERS_MAX};
	out->layer = C2_LAYER_LINK;
	out->vlans = 0;
	out->tunnels = 0;
	out->has_mac = false;
	out->ethertype = 0;
	out->stop = C2_STOP_NOTHING;
	out->fragment.is_one = false;
	return walk_run(&walk, frame);
}

enum c2_rc c2_packet_decode_datagram(struct c2_rd datagram, struct c2_packet *out)
{
	struct walk walk = {.rd = datagram, .out = out, .step = STEP_PROTO, .layers = C2_PACKET_LAYERS_MAX};
	out->stop = C2_STOP_NOTHING;
	out->fragment.is_one = false;
	return walk_run(&walk, datagram.p);
}
