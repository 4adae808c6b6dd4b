/* SPDX-License-Identifier: Apache-2.0 */
/* TLS records, from the head of a stream to the octets of its first handshake message. RFC 8446 §5.1. */
#include <c2watch/tls.h>

#include "wire/tls_numbers.h"

#define RECORD_LEN_MAX (16384 + 2048) /* RFC 5246 §6.2.3; a plaintext record has no more than 16384 */
#define RECORD_HEADER 5
#define MESSAGE_HEADER 4

bool c2_tls_hello_begins(const uint8_t *octets, size_t len)
{
	if (len == 0 || octets[0] != TLS_RECORD_HANDSHAKE)
		return false;
	bool is_header = (len < 2 || octets[1] == 3) && (len < 3 || octets[2] <= 4) && (len < 4 || octets[3] <= RECORD_LEN_MAX >> 8);
	if (!is_header || len < 6)
		return is_header;
	bool is_split = octets[3] == 0 && octets[4] == 1; /* a record of one octet: the message's length is in the next */
	return octets[5] == C2_TLS_CLIENT_HELLO && (len < 7 || is_split || octets[6] == 0);
}

bool c2_tls_server_begins(const uint8_t *octets, size_t len)
{
	if (len <= RECORD_HEADER || octets[0] != TLS_RECORD_HANDSHAKE || octets[5] != C2_TLS_SERVER_HELLO)
		return false;
	bool is_split = octets[3] == 0 && octets[4] == 1;
	return octets[1] == 3 && octets[2] <= 4 && octets[3] <= RECORD_LEN_MAX >> 8 && (len < 7 || is_split || octets[6] == 0);
}

/* The next record's payload. OK, NONE when it is of another type, MORE before its header is at hand, BAD. */
static enum c2_rc record_read(struct c2_rd *in, struct c2_rd *payload)
{
	uint8_t type = c2_rd_u8(in);
	uint8_t major = c2_rd_u8(in);
	c2_rd_skip(in, 1);
	uint16_t len = c2_rd_u16(in);
	if (in->rc != C2_OK)
		return (enum c2_rc)in->rc;
	if (type != TLS_RECORD_HANDSHAKE || major != 3)
		return C2_NONE;
	if (len == 0 || len > RECORD_LEN_MAX)
		return C2_BAD;
	*payload = c2_rd_block(in, len);
	return C2_OK;
}

/* The length of the message at the head of `payload`, header included; 0 when it does not say yet. */
static size_t message_len(struct c2_rd payload)
{
	c2_rd_skip(&payload, 1);
	size_t len = c2_rd_u24(&payload);
	return payload.rc == C2_OK ? len + MESSAGE_HEADER : 0;
}

/*
 * Could a stack step over this record, in the clear, on its way to a message? An alert, whose level it need not heed; the one octet of a
 * ChangeCipherSpec, which a server of TLS 1.3 has to drop (RFC 8446 §5); a handshake record without octets, which nobody may send, and OpenSSL takes 32 of.
 */
enum c2_rc c2_tls_stray_read(struct c2_rd in, size_t *len)
{
	uint8_t type = c2_rd_u8(&in);
	if (in.rc == C2_OK && type != TLS_RECORD_CHANGE_CIPHER_SPEC && type != TLS_RECORD_ALERT && type != TLS_RECORD_HANDSHAKE)
		return C2_NONE;
	uint8_t major = c2_rd_u8(&in);
	if (in.rc == C2_OK && major != 3)
		return C2_NONE;
	c2_rd_skip(&in, 1);
	uint16_t n = c2_rd_u16(&in);
	if (in.rc == C2_OK && n != (type == TLS_RECORD_ALERT ? 2 : type == TLS_RECORD_CHANGE_CIPHER_SPEC ? 1 : 0))
		return C2_NONE; /* a message, or encrypted */
	uint8_t first = n > 0 ? c2_rd_u8(&in) : 1;
	if (in.rc == C2_OK && first != 1 && (type != TLS_RECORD_ALERT || first != 2))
		return C2_NONE;
	c2_rd_skip(&in, n > 1);
	*len = RECORD_HEADER + (size_t)n;
	return (enum c2_rc)in.rc;
}

/* The next record of the handshake, over at most as many others as a stack would bear. As record_read(). */
static enum c2_rc record_seek(struct c2_rd *in, unsigned *strays, struct c2_rd *payload)
{
	for (;;) {
		struct c2_rd at = *in;
		size_t len;
		enum c2_rc rc = record_read(in, payload);
		if (rc == C2_OK || rc == C2_MORE)
			return rc;
		enum c2_rc stray = c2_tls_stray_read(at, &len);
		if (stray != C2_OK)
			return stray == C2_MORE ? C2_MORE : rc;
		if (++*strays > C2_TLS_STRAYS_MAX)
			return C2_BAD;
		c2_rd_skip(&at, len);
		*in = at;
	}
}

/* Copies what the records hold of one message to `scratch`. A record cut short ends it, open. */
static enum c2_rc records_join(struct c2_rd in, struct c2_rd payload, uint8_t *scratch, struct c2_rd *out)
{
	size_t have = 0;
	size_t want = 0; /* until the message tells its length */
	unsigned strays = 0;
	for (;;) {
		size_t n = c2_rd_left(&payload);
		if (have + n > C2_TLS_HELLO_MAX + MESSAGE_HEADER)
			n = C2_TLS_HELLO_MAX + MESSAGE_HEADER - have;
		if (n == 1)
			scratch[have] = *payload.p; /* a stranger's thousands of records: a call for each is what they would cost */
		else
			memcpy(scratch + have, payload.p, n);
		have += n;
		if (want == 0)
			want = message_len(c2_rd_open(scratch, have));
		if (want > C2_TLS_HELLO_MAX + MESSAGE_HEADER)
			return C2_BAD;
		if (want > 0 && have >= want) {
			*out = c2_rd_closed(scratch, want);
			return C2_OK;
		}
		enum c2_rc rc = payload.open ? C2_MORE : record_seek(&in, &strays, &payload);
		if (rc == C2_MORE) {
			*out = c2_rd_open(scratch, have);
			return C2_OK;
		}
		if (rc != C2_OK)
			return C2_BAD;
	}
}

enum c2_rc c2_tls_handshake(struct c2_rd in, enum c2_tls_message type, uint8_t *scratch, struct c2_rd *out)
{
	struct c2_rd payload;
	enum c2_rc rc = record_read(&in, &payload);
	if (rc != C2_OK)
		return rc;
	if (c2_rd_left(&payload) == 0)
		return C2_MORE;
	if (*payload.p != type)
		return C2_NONE;
	size_t len = message_len(payload);
	if (len > C2_TLS_HELLO_MAX + MESSAGE_HEADER)
		return C2_BAD;
	if (payload.open || (len > 0 && len <= c2_rd_left(&payload))) {
		*out = payload; /* all in one record: no copy */
		return C2_OK;
	}
	return records_join(in, payload, scratch, out);
}

enum c2_rc c2_tls_flight(struct c2_rd in, uint8_t *scratch, struct c2_rd *out)
{
	size_t have = 0;
	struct c2_rd payload;
	enum c2_rc rc = record_read(&in, &payload);
	while (rc == C2_OK && have < C2_TLS_FLIGHT_MAX) {
		size_t n = c2_rd_left(&payload);
		if (n > C2_TLS_FLIGHT_MAX - have)
			n = C2_TLS_FLIGHT_MAX - have;
		memcpy(scratch + have, payload.p, n);
		have += n;
		rc = payload.open ? C2_MORE : record_read(&in, &payload);
	}
	if (have == 0)
		return rc;
	*out = rc == C2_MORE && have < C2_TLS_FLIGHT_MAX ? c2_rd_open(scratch, have) : c2_rd_closed(scratch, have);
	return C2_OK;
}
