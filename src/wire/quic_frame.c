/* SPDX-License-Identifier: Apache-2.0 */
/* The frames that an Initial may hold (RFC 9000 §12.4, table 3), of which CRYPTO is the one that we want. */
#include <c2watch/quic.h>

#define FRAME_PADDING 0x00
#define FRAME_PING 0x01
#define FRAME_ACK 0x02
#define FRAME_ACK_ECN 0x03
#define FRAME_CRYPTO 0x06
#define FRAME_CONNECTION_CLOSE 0x1c
#define OFFSET_MAX ((UINT64_C(1) << 62) - 1)

/* Clients pad to 1200 octets: zeros, eight at a time. */
static void skip_padding(struct c2_rd *frames)
{
	uint64_t word;
	while (c2_rd_left(frames) >= sizeof word) {
		memcpy(&word, frames->p, sizeof word);
		if (word != 0)
			break;
		frames->p += sizeof word;
	}
	while (frames->p < frames->end && *frames->p == FRAME_PADDING)
		frames->p++;
}

/* RFC 9000 §19.3 */
static void skip_ack(struct c2_rd *frames, bool has_ecn)
{
	c2_quic_varint(frames); /* Largest Acknowledged */
	c2_quic_varint(frames); /* ACK Delay */
	uint64_t ranges = c2_quic_varint(frames);
	c2_quic_varint(frames); /* First ACK Range */
	while (ranges-- > 0 && frames->rc == C2_OK) {
		c2_quic_varint(frames); /* Gap */
		c2_quic_varint(frames); /* ACK Range Length */
	}
	for (int i = 0; i < 3 && has_ecn; i++)
		c2_quic_varint(frames);
}

/* RFC 9000 §19.19 */
static void skip_close(struct c2_rd *frames)
{
	c2_quic_varint(frames); /* Error Code */
	c2_quic_varint(frames); /* Frame Type */
	uint64_t reason = c2_quic_varint(frames);
	c2_rd_skip(frames, reason);
}

/* RFC 9000 §19.6 */
static enum c2_rc read_crypto(struct c2_rd *frames, uint64_t *offset, struct c2_rd *piece)
{
	*offset = c2_quic_varint(frames);
	uint64_t len = c2_quic_varint(frames);
	*piece = c2_rd_block(frames, len);
	if (frames->rc == C2_OK && *offset + len > OFFSET_MAX)
		c2_rd_bad(frames);
	return (enum c2_rc)frames->rc;
}

enum c2_rc c2_quic_crypto_next(struct c2_rd *frames, uint64_t *offset, struct c2_rd *piece)
{
	for (;;) {
		skip_padding(frames);
		if (c2_rd_done(frames))
			return frames->rc == C2_OK ? C2_NONE : (enum c2_rc)frames->rc;
		switch (c2_quic_varint(frames)) {
		case FRAME_PADDING:
		case FRAME_PING:
			break;
		case FRAME_ACK:
			skip_ack(frames, false);
			break;
		case FRAME_ACK_ECN:
			skip_ack(frames, true);
			break;
		case FRAME_CRYPTO:
			return read_crypto(frames, offset, piece);
		case FRAME_CONNECTION_CLOSE:
			skip_close(frames);
			break;
		default:
			c2_rd_bad(frames);
		}
	}
}
