/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_QUIC_SEALER_H
#define TESTS_QUIC_SEALER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The other side of c2_quic_open(): makes Initials, with libcrypto's HMAC and ciphers taken straight from the RFCs. */

#define SEALED_MAX 65536

struct sealer_keys {
	uint8_t key[16], iv[12], hp[16];
};

struct sealer_packet {
	uint32_t version;
	uint32_t salted_as; /* whose salt and labels; 0: the version's */
	uint8_t type;       /* as version 1 numbers them: 0 is an Initial */
	uint8_t first_xor;  /* turned over in the first octet before it is sealed */
	const uint8_t *dcid, *scid, *token;
	size_t dcid_len, scid_len, token_len;
	const uint8_t *frames; /* padding is added where they are too short to be sealed */
	size_t frames_len;
	uint64_t pn;
	unsigned pn_len; /* 1 to 4; 0: 2 */
};

/* The keys that a version gives a connection id; of the server's direction if asked for. */
void sealer_keys(uint32_t version, const uint8_t *cid, size_t cid_len, bool is_server, struct sealer_keys *out);

/* Writes the packet to `out`, SEALED_MAX octets, under `keys`; null: those of its connection id. Returns its length. */
size_t sealer_seal(const struct sealer_packet *packet, const struct sealer_keys *keys, uint8_t *out);

/* Write a variable-length integer in its shortest form, and a CRYPTO frame. Return their length. */
size_t sealer_varint(uint8_t *out, uint64_t value);
size_t sealer_crypto(uint8_t *out, uint64_t offset, const uint8_t *octets, size_t len);

/* Writes a ClientHello for the host to `out`: `fill` octets of a key share before the name. Returns its length. */
size_t sealer_hello(uint8_t *out, const char *host, size_t fill);

/* The same in Google's words: a CHLO, with `fill` octets of padding before the name. */
size_t sealer_chlo(uint8_t *out, const char *host, size_t fill);

#endif
