/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as a datagram: each packet's header, each Initial under the keys of its id; then the same octets as an Initial's frames. Views are
 * open and closed by turns; what is read stays inside, and what is closed never waits.
 */
#include <c2watch/quic.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static void read_frames(struct c2_rd frames)
{
	const uint8_t *at = frames.p;
	uint64_t offset;
	struct c2_rd piece;
	enum c2_rc rc;
	while ((rc = c2_quic_crypto_next(&frames, &offset, &piece)) == C2_OK) {
		if (piece.p < at || piece.end > frames.end || piece.open)
			abort();
		at = piece.end;
	}
	if (rc == C2_MORE)
		abort();
}

static void read_datagram(struct c2_quic_opener *opener, struct c2_rd datagram)
{
	struct c2_quic_packet packet;
	enum c2_rc rc;
	while (c2_rd_left(&datagram) > 0 && (rc = c2_quic_packet_read(datagram, &packet)) != C2_NONE) {
		if (rc == C2_MORE && !datagram.open)
			abort();
		if (rc != C2_OK)
			return;
		if (packet.len == 0 || packet.len > c2_rd_left(&datagram))
			abort();
		bool is_protected = packet.type == C2_QUIC_INITIAL || packet.type == C2_QUIC_ZERO_RTT || packet.type == C2_QUIC_HANDSHAKE;
		/* The sample of header protection is at hand (libcrypto reads it, where no sanitizer watches), and so are the connection ids. */
		if (is_protected && (packet.pn_at + 20 > packet.len || packet.dcid_len > C2_QUIC_CID_MAX || packet.scid_len > C2_QUIC_CID_MAX))
			abort();
		struct c2_quic_keys keys;
		struct c2_rd frames;
		if (packet.type == C2_QUIC_INITIAL && c2_quic_open(opener, datagram.p, &packet, &keys, &frames) == C2_OK) {
			if (c2_rd_left(&frames) > packet.len)
				abort();
			read_frames(frames);
		}
		c2_rd_skip(&datagram, packet.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static struct c2_quic_opener *opener;
	if (opener == NULL && (opener = c2_quic_opener_new()) == NULL)
		return 0;
	read_datagram(opener, c2_rd_closed(octets, len));
	read_datagram(opener, c2_rd_open(octets, len));
	read_frames(c2_rd_closed(octets, len));
	return 0;
}
