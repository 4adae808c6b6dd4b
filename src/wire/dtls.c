/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DTLS 1.0 to 1.3: from a datagram's records to the fragments of a ClientHello. A hello is always in the clear, in records of epoch 0, and its
 * messages carry a number and a place, so that they can be put together in any order. RFC 4347 §4, RFC 6347 §4, RFC 9147 §4 and §5.
 */
#include <c2watch/dtls.h>

#define RECORD_HANDSHAKE 22
#define RECORD_LEN_MAX (16384 + 2048)
#define VERSION_MAJOR 0xfe /* 1.0 is feff, 1.2 fefd, which 1.3 uses too; OpenSSL before 0.9.8f had 0100 */
#define MESSAGE_CLIENT_HELLO 1
#define MESSAGE_SERVER_HELLO 2

/* Epoch 0, and the message at its beginning. */
static bool begins_with(const uint8_t *octets, size_t len, uint8_t message)
{
	return len >= 14 && octets[0] == RECORD_HANDSHAKE && octets[1] == VERSION_MAJOR && octets[2] >= 0xfc && octets[3] == 0 && octets[4] == 0 &&
	       octets[13] == message;
}

bool c2_dtls_begins(const uint8_t *octets, size_t len)
{
	return begins_with(octets, len, MESSAGE_CLIENT_HELLO);
}

bool c2_dtls_server_begins(const uint8_t *octets, size_t len)
{
	return begins_with(octets, len, MESSAGE_SERVER_HELLO);
}

/* The next record's payload. NONE when no record in the clear follows. */
static enum c2_rc record_read(struct c2_rd *in, struct c2_rd *payload)
{
	if (c2_rd_done(in))
		return C2_NONE;
	uint8_t type = c2_rd_u8(in);
	uint8_t major = c2_rd_u8(in);
	c2_rd_skip(in, 1);
	uint16_t epoch = c2_rd_u16(in);
	c2_rd_skip(in, 6);
	uint16_t len = c2_rd_u16(in);
	if (in->rc != C2_OK)
		return (enum c2_rc)in->rc;
	if (type != RECORD_HANDSHAKE || major != VERSION_MAJOR || epoch != 0)
		return C2_NONE;
	if (len > RECORD_LEN_MAX)
		return C2_BAD;
	*payload = c2_rd_block(in, len);
	return payload->rc == C2_BAD ? C2_BAD : C2_OK;
}

enum c2_rc c2_dtls_fragment_read(struct c2_rd *in, struct c2_rd *left, struct c2_dtls_fragment *out)
{
	while (left->p == left->end) {
		enum c2_rc rc = record_read(in, left);
		if (rc != C2_OK)
			return rc;
	}
	uint8_t type = c2_rd_u8(left);
	out->message_len = c2_rd_u24(left);
	out->sequence = c2_rd_u16(left);
	out->offset = c2_rd_u24(left);
	uint32_t len = c2_rd_u24(left);
	if (left->rc == C2_OK && (out->offset > out->message_len || len > out->message_len - out->offset))
		return C2_BAD;
	out->octets = c2_rd_block(left, len);
	if (left->rc != C2_OK && left->rc != C2_MORE)
		return C2_BAD;
	return type == MESSAGE_CLIENT_HELLO ? (enum c2_rc)left->rc : C2_NONE;
}
