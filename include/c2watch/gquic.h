/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_GQUIC_H
#define C2WATCH_GQUIC_H

#include <c2watch/tls.h>

/*
 * Google's QUIC, before the standard. Versions Q001 to Q048 begin in the clear, with a hello of their own, a map of tags. Q050, T050 and T051
 * seal their Initials as the standard does (quic.h) and number the frames inside in Google's way; Q050 still says its own hello, the others TLS'.
 */

/* Does a version number its frames in Google's way? */
static inline bool c2_gquic_frames_in(uint32_t version)
{
	return version == 0x51303530 || version == 0x54303530 || version == 0x54303531;
}

/* Does it say Google's hello in them, not TLS'? */
static inline bool c2_gquic_greets_in(uint32_t version)
{
	return version == 0x51303530;
}

/* Does a datagram of these octets begin with the header of a version whose hello is in the clear? On any port: no DNS message does. */
bool c2_gquic_begins(const uint8_t *octets, size_t len);

/*
 * Finds what a client's datagram, `in`, says in the clear on the stream of the handshake: `message` is what stands there, from its first octet in the
 * datagram on. OK; NONE when it says nothing, or is encrypted already, which looks the same; MORE when it is cut.
 */
enum c2_rc c2_gquic_message_find(struct c2_rd in, struct c2_rd *message);

/* The next CRYPTO frame, as c2_quic_crypto_next(), for versions of which c2_gquic_frames_in() is true. */
enum c2_rc c2_gquic_crypto_next(struct c2_rd *frames, uint64_t *offset, struct c2_rd *piece);

/*
 * Reads a hello of Google's, CHLO. Of `out`, the name is filled, and whether it is a bad one; there are no versions or protocols of TLS:
 * `version` is 0.
 * OK as soon as the name is known, or when the hello is whole; NONE for another message; MORE; BAD.
 */
enum c2_rc c2_gquic_hello_read(struct c2_rd message, struct c2_tls_hello *out);

#endif
