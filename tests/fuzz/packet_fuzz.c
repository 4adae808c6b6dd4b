/* SPDX-License-Identifier: Apache-2.0 */
/* A frame of the link type that the first octet tells. */
#include "fuzz.h"

#include <c2watch/packet.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct c2_packet packet;
	if (len == 0)
		return 0;
	enum c2_link link = (enum c2_link)(octets[0] % C2_LINK_COUNT);
	const uint8_t *frame = octets + 1;
	size_t frame_len = len - 1;
	enum c2_rc rc = c2_packet_decode(link, frame, frame_len, &packet);
	MUST(packet.layer <= C2_LAYER_TRANSPORT);
	if (rc != C2_OK)
		return 0;
	MUST(packet.layer == C2_LAYER_TRANSPORT);
	MUST(packet.payload_at <= frame_len && packet.payload_len <= frame_len - packet.payload_at);
	MUST(packet.proto == C2_PROTO_TCP || packet.proto == C2_PROTO_UDP);
	MUST(packet.vlans <= C2_PACKET_VLANS_MAX && packet.tunnels <= C2_PACKET_LAYERS_MAX);
	MUST(packet.src.family == packet.dst.family && (packet.src.family == 4 || packet.src.family == 6));
	for (unsigned i = 4; i < 16 && packet.src.family == 4; i++)
		MUST(packet.src.octets[i] == 0 && packet.dst.octets[i] == 0);
	/* One octet less never gives more. A tunnel that is cut in its inner packet stays a plain datagram. */
	struct c2_packet shorter;
	if (frame_len > 0 && c2_packet_decode(link, frame, frame_len - 1, &shorter) == C2_OK && shorter.tunnels == packet.tunnels)
		MUST(shorter.payload_at == packet.payload_at && shorter.payload_len <= packet.payload_len && shorter.sport == packet.sport);
	return 0;
}
