/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_QUIC_H
#define C2WATCH_QUIC_H

#include <c2watch/rd.h>

#define C2_QUIC_CID_MAX 20 /* octets of a connection id, RFC 9000 §17.2 */

/* What a long header announces. */
enum c2_quic_type {
	C2_QUIC_INITIAL,
	C2_QUIC_ZERO_RTT,
	C2_QUIC_HANDSHAKE,
	C2_QUIC_RETRY,
	C2_QUIC_NEGOTIATION, /* version 0: a server lists the versions that it speaks */
	C2_QUIC_OTHER,       /* of a version whose packets are not known: nothing but type and version is filled */
};

/* One packet with a long header. Offsets count from the packet's first octet. */
struct c2_quic_packet {
	enum c2_quic_type type;
	uint32_t version;
	bool is_known; /* the version's layout and salt are; if not, an Initial is a guess that its keys must prove */
	uint8_t dcid_len, scid_len;
	uint8_t dcid[C2_QUIC_CID_MAX]; /* destination and source connection ids; of a Version Negotiation, what fits */
	uint8_t scid[C2_QUIC_CID_MAX];
	uint32_t token_len; /* Initial only */
	uint32_t pn_at;     /* the packet number: where protection begins; Initial, 0-RTT, Handshake */
	uint32_t len;       /* octets of the packet: the next one of the datagram follows */
};

/* Client keys of one connection's Initials, and the packet number that is expected next. */
struct c2_quic_keys {
	uint8_t key[16], iv[12], hp[16];
	uint64_t pn_next;
};

/* Opens Initials. One a thread; the only thing in the library, but for the domset's builder, that allocates, and only at birth. */
struct c2_quic_opener;

/* A variable-length integer, RFC 9000 §16; 0 on an overrun. */
static inline uint64_t c2_quic_varint(struct c2_rd *rd)
{
	uint64_t value = c2_rd_u8(rd);
	unsigned more = (1u << (value >> 6)) - 1;
	value &= 0x3f;
	if (!c2_rd_need(rd, more))
		return 0;
	while (more-- > 0)
		value = value << 8 | *rd->p++;
	return value;
}

/*
 * Does a datagram of these octets begin with the long header of a version that is known, or that is somebody's (greased, a draft's)? On any
 * port: read as DNS it would ask 256 questions or more.
 */
bool c2_quic_begins(const uint8_t *octets, size_t len);

/*
 * Reads the long header at the head of `in`: the rest of a datagram. Versions 1 and 2, drafts 22 to 34, mvfst, Google's Q050, T050 and T051; others
 * as far as their invariants go, and as an Initial when they fit version 1's layout. RFC 8999, RFC 9000 §17.2, RFC 9369 §3.2.
 * OK; NONE for what is no long header; MORE for a packet that is cut; BAD when a version that is known may not say so.
 */
enum c2_rc c2_quic_packet_read(struct c2_rd in, struct c2_quic_packet *out);

/* A new opener, or null: without memory, or when libcrypto lacks AES-128-GCM. */
struct c2_quic_opener *c2_quic_opener_new(void);
void c2_quic_opener_free(struct c2_quic_opener *opener);

/*
 * Opens a client's Initial with the keys that its own destination connection id gives: at most 3 sets of them, for a version that is not known.
 *
 * `octets` the packet's, packet->len of them
 * `keys`   are filled, OK only
 * `plain`  a view of its frames, good until the opener's next use
 *
 * OK; NONE when none of them is right. About 1.4 µs; a set that is wrong costs 0.6, nearly never more. RFC 9001 §5, RFC 9369 §3.3.
 */
enum c2_rc c2_quic_open(
	struct c2_quic_opener *opener, const uint8_t *octets, const struct c2_quic_packet *packet, struct c2_quic_keys *keys, struct c2_rd *plain);

/* The same with keys from an earlier Initial of the connection. About 0.5 µs. */
enum c2_rc c2_quic_open_again(
	struct c2_quic_opener *opener, const uint8_t *octets, const struct c2_quic_packet *packet, struct c2_quic_keys *keys, struct c2_rd *plain);

/*
 * The next CRYPTO frame among an Initial's `frames`, which step over it and what precedes it; `piece` are its octets, to stand at `offset`.
 * OK; NONE when there is none left; BAD for a frame that an Initial may not hold, or that contradicts itself. RFC 9000 §12.4, §19.
 */
enum c2_rc c2_quic_crypto_next(struct c2_rd *frames, uint64_t *offset, struct c2_rd *piece);

#endif
