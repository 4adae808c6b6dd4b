/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A frame of the link type that the first octet tells: what is said of it lies inside it, and comes from it alone. What a first fragment holds is decoded
 * as a datagram too.
 */
#include "fuzz.h"

#include <c2watch/packet.h>

#include <string.h>

static void check_packet(const struct c2_packet *packet, size_t len)
{
	MUST(packet->layer == C2_LAYER_TRANSPORT);
	MUST(packet->payload_at <= len && packet->payload_len <= len - packet->payload_at);
	MUST(packet->proto == C2_PROTO_TCP || packet->proto == C2_PROTO_UDP);
	MUST(packet->vlans <= C2_PACKET_VLANS_MAX && packet->tunnels <= C2_PACKET_LAYERS_MAX);
	MUST(packet->src.family == packet->dst.family && (packet->src.family == 4 || packet->src.family == 6));
	for (unsigned i = 4; i < 16 && packet->src.family == 4; i++)
		MUST(packet->src.octets[i] == 0 && packet->dst.octets[i] == 0);
}

static void check_same(const struct c2_packet *a, const struct c2_packet *b)
{
	MUST(c2_addr_equal(&a->src, &b->src) && c2_addr_equal(&a->dst, &b->dst) && a->sport == b->sport && a->dport == b->dport);
	MUST(a->vlans == b->vlans && memcmp(a->vlan, b->vlan, a->vlans * sizeof a->vlan[0]) == 0 && a->tunnels == b->tunnels);
	MUST(a->has_mac == b->has_mac && (!a->has_mac || (memcmp(a->mac_src, b->mac_src, 6) == 0 && memcmp(a->mac_dst, b->mac_dst, 6) == 0)));
	MUST(a->proto == b->proto && a->is_cut == b->is_cut && a->payload_at == b->payload_at && a->payload_len == b->payload_len);
	if (a->proto == C2_PROTO_TCP)
		MUST(a->tcp_flags == b->tcp_flags && a->seq == b->seq && a->ack == b->ack);
}

/* A fragment at offset 0: what its datagram would be told by. */
static void look_at_fragment(const uint8_t *frame, size_t len, const struct c2_packet *fragment)
{
	MUST(fragment->payload_at <= len && fragment->payload_len <= len - fragment->payload_at);
	if (fragment->fragment.offset != 0)
		return;
	struct c2_packet open = *fragment, closed = *fragment;
	const uint8_t *octets = frame + fragment->payload_at;
	enum c2_rc rc = c2_packet_decode_datagram(c2_rd_open(octets, fragment->payload_len), &open);
	if (rc == C2_OK)
		check_packet(&open, fragment->payload_len);
	if (c2_packet_decode_datagram(c2_rd_closed(octets, fragment->payload_len), &closed) == C2_OK)
		check_packet(&closed, fragment->payload_len);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct c2_packet packet, again;
	if (len == 0)
		return 0;
	enum c2_link link = (enum c2_link)(octets[0] % C2_LINK_COUNT);
	const uint8_t *frame = octets + 1;
	size_t frame_len = len - 1;
	memset(&packet, 0, sizeof packet);
	memset(&again, 0x01, sizeof again); /* nothing of what was there before is left */
	enum c2_rc rc = c2_packet_decode(link, frame, frame_len, &packet);
	MUST(c2_packet_decode(link, frame, frame_len, &again) == rc && again.layer == packet.layer);
	MUST(packet.layer <= C2_LAYER_TRANSPORT);
	enum c2_link named;
	if (len > 2 && c2_link_from_type((unsigned)(octets[1] << 8 | octets[2]), &named))
		MUST(named < C2_LINK_COUNT);
	if (rc == C2_NONE && packet.fragment.is_one)
		look_at_fragment(frame, frame_len, &packet);
	if (rc != C2_OK)
		return 0;
	check_packet(&packet, frame_len);
	check_same(&packet, &again);
	/* One octet less never gives more. A tunnel that is cut in its inner packet stays a plain datagram. */
	struct c2_packet shorter;
	if (frame_len > 0 && c2_packet_decode(link, frame, frame_len - 1, &shorter) == C2_OK && shorter.tunnels == packet.tunnels)
		MUST(shorter.payload_at == packet.payload_at && shorter.payload_len <= packet.payload_len && shorter.sport == packet.sport);
	return 0;
}
