/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_DTLS_H
#define C2WATCH_DTLS_H

#include <c2watch/rd.h>

/* A fragment of a ClientHello in a DTLS record. */
struct c2_dtls_fragment {
	uint16_t sequence;    /* of the handshake message: 0 for the first hello, 1 for the one that answers a cookie */
	uint32_t message_len; /* octets of the whole message's body */
	uint32_t offset;      /* of this fragment in the body */
	struct c2_rd octets;
};

/* Could these octets, a datagram's, begin with a handshake record in the clear? */
bool c2_dtls_begins(const uint8_t *octets, size_t len);

/* Could they begin with a ServerHello? */
bool c2_dtls_server_begins(const uint8_t *octets, size_t len);

/*
 * The next fragment of a ClientHello among the records at `in`, which steps over it; `left` is what is left of the record it stands in, empty at first.
 * OK; NONE when there is no more; MORE when the datagram is cut; BAD. RFC 6347 §4.1, §4.2.2; RFC 9147 §4, §5.2.
 */
enum c2_rc c2_dtls_fragment_read(struct c2_rd *in, struct c2_rd *left, struct c2_dtls_fragment *out);

#endif
