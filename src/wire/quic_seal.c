/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What protects an Initial: keys that anyone can make from its connection id. RFC 9001 §5.2 to §5.4, RFC 9369 §3.3. The library's only user of libcrypto.
 *
 * A key set is HKDF over messages that each fit one block of SHA-256, so all that does not depend on the connection id is made at birth: both states of
 * the HMAC under each salt, and each label as a block with its padding. What is left is 14 compressions.
 *
 * SHA256_Transform() because of these states: an EVP digest can be set to one only by copying a context, which allocates each time.
 */
#include <c2watch/quic.h>

#include "wire/quic_version.h"

/* SHA256_Transform() is marked as old in OpenSSL 3; there is no other way to give a state to its SHA-256. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <stdlib.h>

#define BLOCK_LEN 64
#define HASH_LEN 32
#define TAG_LEN 16
#define SAMPLE_LEN 16
#define RESERVED_BITS 0x0c
#define DATAGRAM_MAX 65536

/* HMAC-SHA-256 under one key: what its inner and outer hash have come to behind the key's block. RFC 2104. */
struct hmac_state {
	SHA256_CTX inner, outer;
};

/* A message shorter than a block, as the second block of a hash: with its padding. */
struct hmac_message {
	uint8_t block[BLOCK_LEN];
};

/* The labels of one version's keys, RFC 9001 §5.1. */
struct quic_labels {
	struct hmac_message key, iv, hp;
};

/* The keys made last: packets of one datagram share them. */
struct quic_made {
	enum quic_salt salt; /* QUIC_SALTS: none were made */
	uint8_t cid_len;
	uint8_t cid[C2_QUIC_CID_MAX];
	bool is_whole; /* key and iv are made, not hp alone */
	struct hmac_state client;
	struct c2_quic_keys keys;
};

struct c2_quic_opener {
	EVP_CIPHER *ecb, *gcm;
	EVP_CIPHER_CTX *mask, *aead;
	struct hmac_state salts[QUIC_SALTS];
	struct hmac_message client_in;
	struct quic_labels v1, v2;
	struct quic_made made;
	uint8_t octets[DATAGRAM_MAX]; /* the header as it was before its protection, and what it protects behind it */
};

static const uint8_t salts[QUIC_SALTS][20] = {
	[QUIC_SALT_V1] = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a},
	[QUIC_SALT_DRAFT_29] = {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8,
		0x99},
	[QUIC_SALT_DRAFT_23] = {0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5,
		0x02},
	[QUIC_SALT_DRAFT_22] = {0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64,
		0x4a},
	[QUIC_SALT_Q050] = {0x50, 0x45, 0x74, 0xef, 0xd0, 0x66, 0xfe, 0x2f, 0x9d, 0x94, 0x5c, 0xfc, 0xdb, 0xd3, 0xa7, 0xf0, 0xd3, 0xb5, 0x6b, 0x45},
	[QUIC_SALT_T050] = {0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80, 0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83, 0x10},
	[QUIC_SALT_T051] = {0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50, 0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03, 0x3d},
	[QUIC_SALT_V2] = {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9},
};

static void message_make(struct hmac_message *message, const uint8_t *octets, size_t len)
{
	size_t bits = (BLOCK_LEN + len) * 8;
	memset(message->block, 0, BLOCK_LEN);
	memcpy(message->block, octets, len);
	message->block[len] = 0x80;
	message->block[BLOCK_LEN - 2] = (uint8_t)(bits >> 8);
	message->block[BLOCK_LEN - 1] = (uint8_t)bits;
}

/* HKDF-Expand's only step, for an output of at most HASH_LEN octets: HkdfLabel and a counter. RFC 8446 §7.1, RFC 5869 §2.3. */
static void label_make(struct hmac_message *message, const char *label, uint8_t out_len)
{
	size_t n = strlen(label);
	uint8_t octets[BLOCK_LEN] = {0, out_len, (uint8_t)n};
	memcpy(octets + 3, label, n);
	octets[3 + n] = 0; /* no context */
	octets[4 + n] = 1;
	message_make(message, octets, 5 + n);
}

static void labels_make(struct quic_labels *labels, const char *key, const char *iv, const char *hp)
{
	label_make(&labels->key, key, 16);
	label_make(&labels->iv, iv, 12);
	label_make(&labels->hp, hp, 16);
}

static void hmac_begin(struct hmac_state *state, const uint8_t *key, size_t len)
{
	uint8_t pad[BLOCK_LEN];
	memset(pad, 0x36, sizeof pad);
	for (size_t i = 0; i < len; i++)
		pad[i] ^= key[i];
	SHA256_Init(&state->inner);
	SHA256_Transform(&state->inner, pad);
	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	SHA256_Init(&state->outer);
	SHA256_Transform(&state->outer, pad);
}

static void hash_write(const SHA256_CTX *hash, uint8_t *out)
{
	for (int i = 0; i < HASH_LEN; i++)
		out[i] = (uint8_t)(hash->h[i / 4] >> (24 - i % 4 * 8));
}

/* The HMAC of a message, HASH_LEN octets. */
static void hmac_end(const struct hmac_state *state, const struct hmac_message *message, uint8_t *out)
{
	SHA256_CTX hash;
	memcpy(hash.h, state->inner.h, sizeof hash.h);
	SHA256_Transform(&hash, message->block);
	struct hmac_message outer;
	uint8_t inner[HASH_LEN];
	hash_write(&hash, inner);
	message_make(&outer, inner, HASH_LEN);
	memcpy(hash.h, state->outer.h, sizeof hash.h);
	SHA256_Transform(&hash, outer.block);
	hash_write(&hash, out);
}

struct c2_quic_opener *c2_quic_opener_new(void)
{
	struct c2_quic_opener *opener = calloc(1, sizeof *opener);
	if (opener == NULL)
		return NULL;
	opener->ecb = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);
	opener->gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	opener->mask = EVP_CIPHER_CTX_new();
	opener->aead = EVP_CIPHER_CTX_new();
	static const uint8_t zero[16];
	/* The first key also makes libcrypto allocate all that it ever will for the two. */
	if (opener->ecb == NULL || opener->gcm == NULL || opener->mask == NULL || opener->aead == NULL ||
		EVP_EncryptInit_ex2(opener->mask, opener->ecb, zero, NULL, NULL) != 1 ||
		EVP_DecryptInit_ex2(opener->aead, opener->gcm, zero, zero, NULL) != 1) {
		c2_quic_opener_free(opener);
		return NULL;
	}
	EVP_CIPHER_CTX_set_padding(opener->mask, 0);
	for (int i = 0; i < QUIC_SALTS; i++)
		hmac_begin(&opener->salts[i], salts[i], sizeof salts[i]);
	label_make(&opener->client_in, "tls13 client in", HASH_LEN);
	labels_make(&opener->v1, "tls13 quic key", "tls13 quic iv", "tls13 quic hp");
	labels_make(&opener->v2, "tls13 quicv2 key", "tls13 quicv2 iv", "tls13 quicv2 hp");
	opener->made.salt = QUIC_SALTS;
	return opener;
}

void c2_quic_opener_free(struct c2_quic_opener *opener)
{
	if (opener == NULL)
		return;
	EVP_CIPHER_CTX_free(opener->mask);
	EVP_CIPHER_CTX_free(opener->aead);
	EVP_CIPHER_free(opener->ecb);
	EVP_CIPHER_free(opener->gcm);
	free(opener);
}

static const struct quic_labels *salt_labels(const struct c2_quic_opener *opener, enum quic_salt salt)
{
	return salt == QUIC_SALT_V2 ? &opener->v2 : &opener->v1;
}

/* Makes the header's key of a connection id: nearly always it tells already that the salt is another, and the rest is never made. */
static void keys_begin(struct c2_quic_opener *opener, enum quic_salt salt, const struct c2_quic_packet *packet)
{
	struct quic_made *made = &opener->made;
	if (made->salt == salt && made->cid_len == packet->dcid_len && memcmp(made->cid, packet->dcid, packet->dcid_len) == 0)
		return;
	made->salt = salt;
	made->cid_len = packet->dcid_len;
	memcpy(made->cid, packet->dcid, packet->dcid_len);
	made->is_whole = false;
	struct hmac_message cid;
	struct hmac_state initial;
	uint8_t secret[HASH_LEN];
	message_make(&cid, packet->dcid, packet->dcid_len);
	hmac_end(&opener->salts[salt], &cid, secret);
	hmac_begin(&initial, secret, HASH_LEN);
	hmac_end(&initial, &opener->client_in, secret);
	hmac_begin(&made->client, secret, HASH_LEN);
	hmac_end(&made->client, &salt_labels(opener, salt)->hp, secret);
	memcpy(made->keys.hp, secret, sizeof made->keys.hp);
}

static void keys_end(struct c2_quic_opener *opener)
{
	struct quic_made *made = &opener->made;
	if (made->is_whole)
		return;
	uint8_t secret[HASH_LEN];
	hmac_end(&made->client, &salt_labels(opener, made->salt)->key, secret);
	memcpy(made->keys.key, secret, sizeof made->keys.key);
	hmac_end(&made->client, &salt_labels(opener, made->salt)->iv, secret);
	memcpy(made->keys.iv, secret, sizeof made->keys.iv);
	made->is_whole = true;
}

/* The header's mask, RFC 9001 §5.4.3. False when the header it uncovers has reserved bits: wrong keys show here three times in four. */
static bool header_mask(
	struct c2_quic_opener *opener, const uint8_t *octets, const struct c2_quic_packet *packet, const uint8_t *hp, uint8_t mask[SAMPLE_LEN])
{
	int n;
	return EVP_EncryptInit_ex2(opener->mask, NULL, hp, NULL, NULL) == 1 &&
	       EVP_EncryptUpdate(opener->mask, mask, &n, octets + packet->pn_at + 4, SAMPLE_LEN) == 1 && ((octets[0] ^ mask[0]) & RESERVED_BITS) == 0;
}

/* RFC 9000 appendix A.3 */
static uint64_t packet_number(uint64_t truncated, unsigned len, uint64_t expected)
{
	uint64_t window = UINT64_C(1) << (8 * len);
	uint64_t candidate = (expected & ~(window - 1)) | truncated;
	if (candidate + window / 2 <= expected && candidate < (UINT64_C(1) << 62) - window)
		return candidate + window;
	if (candidate > expected + window / 2 && candidate >= window)
		return candidate - window;
	return candidate;
}

/* Opens what the header protects, given the mask of it. RFC 9001 §5.3. */
static enum c2_rc payload_open(struct c2_quic_opener *opener, const uint8_t *octets, const struct c2_quic_packet *packet, const uint8_t *mask,
	struct c2_quic_keys *keys, struct c2_rd *plain)
{
	uint8_t *header = opener->octets;
	unsigned pn_len = ((octets[0] ^ mask[0]) & 3u) + 1;
	size_t header_len = packet->pn_at + pn_len;
	if (packet->len > DATAGRAM_MAX || packet->len < header_len + TAG_LEN)
		return C2_NONE;
	memcpy(header, octets, header_len);
	header[0] ^= mask[0] & 0x0f;
	uint64_t pn = 0;
	for (unsigned i = 0; i < pn_len; i++) {
		header[packet->pn_at + i] ^= mask[1 + i];
		pn = pn << 8 | header[packet->pn_at + i];
	}
	pn = packet_number(pn, pn_len, keys->pn_next);
	uint8_t nonce[12];
	memcpy(nonce, keys->iv, sizeof nonce);
	for (int i = 0; i < 8; i++)
		nonce[11 - i] ^= (uint8_t)(pn >> (8 * i));
	uint8_t tag[TAG_LEN];
	memcpy(tag, octets + packet->len - TAG_LEN, TAG_LEN);
	int len = (int)(packet->len - header_len - TAG_LEN);
	int n;
	if (EVP_DecryptInit_ex2(opener->aead, NULL, keys->key, nonce, NULL) != 1 ||
		EVP_DecryptUpdate(opener->aead, NULL, &n, header, (int)header_len) != 1 ||
		EVP_DecryptUpdate(opener->aead, header + header_len, &n, octets + header_len, len) != 1 ||
		EVP_CIPHER_CTX_ctrl(opener->aead, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) != 1 ||
		EVP_DecryptFinal_ex(opener->aead, header + header_len + len, &n) != 1)
		return C2_NONE;
	if (pn >= keys->pn_next)
		keys->pn_next = pn + 1;
	*plain = c2_rd_closed(header + header_len, (size_t)len);
	return C2_OK;
}

static enum c2_rc open_salted(struct c2_quic_opener *opener, enum quic_salt salt, const uint8_t *octets, const struct c2_quic_packet *packet,
	struct c2_quic_keys *keys, struct c2_rd *plain)
{
	uint8_t mask[SAMPLE_LEN];
	keys_begin(opener, salt, packet);
	if (!header_mask(opener, octets, packet, opener->made.keys.hp, mask))
		return C2_NONE;
	keys_end(opener);
	*keys = opener->made.keys;
	keys->pn_next = 0;
	return payload_open(opener, octets, packet, mask, keys, plain);
}

enum c2_rc c2_quic_open(
	struct c2_quic_opener *opener, const uint8_t *octets, const struct c2_quic_packet *packet, struct c2_quic_keys *keys, struct c2_rd *plain)
{
	static const enum quic_salt guesses[] = {QUIC_SALT_V1, QUIC_SALT_DRAFT_29, QUIC_SALT_DRAFT_23};
	if (packet->is_known)
		return open_salted(opener, quic_version_salt(packet->version), octets, packet, keys, plain);
	enum c2_rc rc = C2_NONE;
	for (size_t i = 0; i < sizeof guesses / sizeof guesses[0] && rc == C2_NONE; i++)
		rc = open_salted(opener, guesses[i], octets, packet, keys, plain);
	return rc;
}

enum c2_rc c2_quic_open_again(
	struct c2_quic_opener *opener, const uint8_t *octets, const struct c2_quic_packet *packet, struct c2_quic_keys *keys, struct c2_rd *plain)
{
	uint8_t mask[SAMPLE_LEN];
	if (!header_mask(opener, octets, packet, keys->hp, mask))
		return C2_NONE;
	return payload_open(opener, octets, packet, mask, keys, plain);
}
