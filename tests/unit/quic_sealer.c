/* SPDX-License-Identifier: Apache-2.0 */
#include "quic_sealer.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct version {
	uint32_t first, last;
	const char *salt, *prefix;
};

static const struct version versions[] = {
	{0x00000001, 0x00000001, "38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "quic "},
	{0x6b3343cf, 0x6b3343cf, "0dede3def700a6db819381be6e269dcbf9bd2ed9", "quicv2 "},
	{0xff000016, 0xff000016, "7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a", "quic "},
	{0xff000017, 0xff00001c, "c3eef712c72ebb5a11a7d2432bb46365bef9f502", "quic "},
	{0xff00001d, 0xff000020, "afbfec289993d24c9e9786f19c6111e04390a899", "quic "},
	{0xff000021, 0xff000022, "38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "quic "},
	{0xfaceb001, 0xfaceb001, "7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a", "quic "},
	{0xfaceb002, 0xfaceb002, "c3eef712c72ebb5a11a7d2432bb46365bef9f502", "quic "},
	{0xfaceb00e, 0xfaceb00e, "c3eef712c72ebb5a11a7d2432bb46365bef9f502", "quic "},
	{0x51303530, 0x51303530, "504574efd066fe2f9d945cfcdbd3a7f0d3b56b45", "quic "},
	{0x54303530, 0x54303530, "7ff579e5acd072915580304c43a2367c60488310", "quic "},
	{0x54303531, 0x54303531, "7a4edef4e7ccee5fa4506c19124fc8ccda6e033d", "quic "},
};

static void expand(const uint8_t secret[32], const char *prefix, const char *word, uint8_t *out, size_t len)
{
	uint8_t info[64] = {0, (uint8_t)len};
	uint8_t hash[32];
	int n = snprintf((char *)info + 3, sizeof info - 3, "tls13 %s%s", prefix, word);
	info[2] = (uint8_t)n;
	info[3 + n] = 0;
	info[4 + n] = 1;
	HMAC(EVP_sha256(), secret, 32, info, (size_t)(5 + n), hash, NULL);
	memcpy(out, hash, len);
}

static const struct version *version_find(uint32_t number)
{
	for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
		if (number >= versions[i].first && number <= versions[i].last)
			return &versions[i];
	fprintf(stderr, "no such version: %08x\n", number);
	abort();
}

void sealer_keys(uint32_t number, const uint8_t *cid, size_t cid_len, bool is_server, struct sealer_keys *out)
{
	const struct version *version = version_find(number);
	uint8_t salt[20], initial[32], secret[32];
	for (size_t i = 0; i < sizeof salt; i++) {
		unsigned octet;
		sscanf(version->salt + 2 * i, "%2x", &octet);
		salt[i] = (uint8_t)octet;
	}
	HMAC(EVP_sha256(), salt, sizeof salt, cid, cid_len, initial, NULL);
	expand(initial, "", is_server ? "server in" : "client in", secret, 32);
	expand(secret, version->prefix, "key", out->key, 16);
	expand(secret, version->prefix, "iv", out->iv, 12);
	expand(secret, version->prefix, "hp", out->hp, 16);
}

size_t sealer_varint(uint8_t *out, uint64_t value)
{
	unsigned exponent = value < 1u << 6 ? 0 : value < 1u << 14 ? 1 : value < 1u << 30 ? 2 : 3;
	size_t len = (size_t)1 << exponent;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
	out[0] |= (uint8_t)(exponent << 6);
	return len;
}

size_t sealer_crypto(uint8_t *out, uint64_t offset, const uint8_t *octets, size_t len)
{
	size_t n = 1;
	out[0] = 6;
	n += sealer_varint(out + n, offset);
	n += sealer_varint(out + n, len);
	memcpy(out + n, octets, len);
	return n + len;
}

static size_t put_cid(uint8_t *out, const uint8_t *cid, size_t len)
{
	out[0] = (uint8_t)len;
	if (len > 0)
		memcpy(out + 1, cid, len);
	return 1 + len;
}

/* Writes the header as far as its length, and returns where the packet number goes. */
static size_t header_write(const struct sealer_packet *packet, unsigned pn_len, size_t frames_len, uint8_t *out)
{
	bool is_v2 = packet->version == 0x6b3343cf;
	uint8_t type = is_v2 ? (packet->type + 1) & 3 : packet->type;
	out[0] = (uint8_t)(0xc0 | type << 4 | (pn_len - 1));
	out[0] ^= packet->first_xor;
	for (int i = 0; i < 4; i++)
		out[1 + i] = (uint8_t)(packet->version >> (24 - 8 * i));
	size_t n = 5;
	n += put_cid(out + n, packet->dcid, packet->dcid_len);
	n += put_cid(out + n, packet->scid, packet->scid_len);
	if (packet->type == 0) {
		n += sealer_varint(out + n, packet->token_len);
		if (packet->token_len > 0)
			memcpy(out + n, packet->token, packet->token_len);
		n += packet->token_len;
	}
	return n + sealer_varint(out + n, pn_len + frames_len + 16);
}

size_t sealer_seal(const struct sealer_packet *packet, const struct sealer_keys *keys, uint8_t *out)
{
	static uint8_t frames[SEALED_MAX];
	struct sealer_keys own;
	unsigned pn_len = packet->pn_len == 0 ? 2 : packet->pn_len;
	size_t frames_len = packet->frames_len < 4 ? 4 : packet->frames_len;
	memset(frames, 0, 4);
	memcpy(frames, packet->frames, packet->frames_len);
	if (keys == NULL) {
		sealer_keys(packet->salted_as != 0 ? packet->salted_as : packet->version, packet->dcid, packet->dcid_len, false, &own);
		keys = &own;
	}
	size_t pn_at = header_write(packet, pn_len, frames_len, out);
	uint8_t nonce[12], mask[16];
	memcpy(nonce, keys->iv, sizeof nonce);
	for (unsigned i = 0; i < pn_len; i++)
		out[pn_at + i] = (uint8_t)(packet->pn >> (8 * (pn_len - 1 - i)));
	for (int i = 0; i < 8; i++)
		nonce[11 - i] ^= (uint8_t)(packet->pn >> (8 * i));
	uint8_t *sealed = out + pn_at + pn_len;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;
	EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, keys->key, nonce);
	EVP_EncryptUpdate(ctx, NULL, &n, out, (int)(pn_at + pn_len));
	EVP_EncryptUpdate(ctx, sealed, &n, frames, (int)frames_len);
	EVP_EncryptFinal_ex(ctx, sealed + frames_len, &n);
	EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, sealed + frames_len);
	EVP_CIPHER_CTX_reset(ctx);
	EVP_EncryptInit_ex(ctx, EVP_aes_128_ecb(), NULL, keys->hp, NULL);
	EVP_EncryptUpdate(ctx, mask, &n, out + pn_at + 4, 16);
	EVP_CIPHER_CTX_free(ctx);
	out[0] ^= mask[0] & 0x0f;
	for (unsigned i = 0; i < pn_len; i++)
		out[pn_at + i] ^= mask[1 + i];
	return pn_at + pn_len + frames_len + 16;
}

static void put_u16(uint8_t *out, size_t value)
{
	out[0] = (uint8_t)(value >> 8);
	out[1] = (uint8_t)value;
}

size_t sealer_hello(uint8_t *out, const char *host, size_t fill)
{
	static const uint8_t begin[] = {1, 0, 0, 0, 3, 3};
	static const uint8_t suites[] = {0, 0, 2, 0x13, 0x01, 1, 0}; /* no session id, one suite, no compression */
	size_t host_len = strlen(host);
	size_t n = sizeof begin;
	memcpy(out, begin, sizeof begin);
	memset(out + n, 0x5a, 32);
	n += 32;
	memcpy(out + n, suites, sizeof suites);
	n += sizeof suites;
	size_t extensions = n;
	n += 2;
	put_u16(out + n, 51); /* key_share */
	put_u16(out + n + 2, fill);
	for (size_t i = 0; i < fill; i++)
		out[n + 4 + i] = (uint8_t)(i * 7 + 1);
	n += 4 + fill;
	put_u16(out + n, 0); /* server_name */
	put_u16(out + n + 2, host_len + 5);
	put_u16(out + n + 4, host_len + 3);
	out[n + 6] = 0;
	put_u16(out + n + 7, host_len);
	memcpy(out + n + 9, host, host_len);
	n += 9 + host_len;
	put_u16(out + extensions, n - extensions - 2);
	out[1] = (uint8_t)((n - 4) >> 16);
	put_u16(out + 2, n - 4);
	return n;
}

static size_t put_tag(uint8_t *out, const char *tag, size_t end)
{
	memcpy(out, tag, 4);
	for (int i = 0; i < 4; i++)
		out[4 + i] = (uint8_t)(end >> (8 * i));
	return 8;
}

size_t sealer_chlo(uint8_t *out, const char *host, size_t fill)
{
	size_t host_len = strlen(host);
	size_t n = 8;
	memcpy(out, "CHLO\2\0\0\0", 8);
	n += put_tag(out + n, "PAD", fill);
	n += put_tag(out + n, "SNI", fill + host_len);
	memset(out + n, '-', fill);
	memcpy(out + n + fill, host, host_len);
	return n + fill + host_len;
}
