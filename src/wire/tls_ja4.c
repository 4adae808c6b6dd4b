/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ClientHello -> JA4, the fingerprint of a TLS client: how it speaks, whatever it says. FoxIO's JA4 (TLS client), which is free to use; the layout:
 *
 *   t 13 d 15 16 h2 _ 8daaf6152771 _ 02713d6af862
 *
 * transport (`t`, `q` for QUIC, `d` for DTLS), highest version (`d2` for DTLS 1.2), `d` with a server name and `i` without, suites, extensions, first protocol's ends; the hash of the sorted suites; the hash
 * of the sorted extensions, without server name and protocols, and of the signature algorithms in their own order. GREASE is left out everywhere.
 *
 * SHA256_Init() and alike, marked as old in OpenSSL 3, since they work in the caller's memory; EVP allocates (the keys of QUIC have the same reason).
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <c2watch/tls.h>

#include "wire/tls_numbers.h"

#include <openssl/sha.h>

#define LIST_MAX 256 /* clients offer some dozens; a hello with more has no fingerprint, so that sorting costs no more than reading does */
#define COUNT_MAX 99 /* what two digits hold */
#define HASH_TEXT_LEN 12

/* Numbers of one sort that a hello lists, GREASE left out. */
struct list {
	unsigned count;
	uint16_t value[LIST_MAX];
};

/* What goes into the fingerprint. */
struct ja4 {
	struct list suites, extensions, algorithms;
	unsigned extension_count; /* with those that the hash leaves out */
	uint16_t version;         /* 0: no supported_versions yet */
	bool has_server_name;
	char protocol[2];
};

static bool list_add(struct list *list, uint16_t value)
{
	if (tls_is_grease(value))
		return true;
	if (list->count == LIST_MAX)
		return false;
	list->value[list->count++] = value;
	return true;
}

/* Takes all that is left of `rd`. OK; NONE when there are more than a fingerprint has room for. */
static enum c2_rc list_read(struct c2_rd rd, struct list *list)
{
	while (!c2_rd_done(&rd)) {
		uint16_t value = c2_rd_u16(&rd);
		if (rd.rc == C2_OK && !list_add(list, value))
			return C2_NONE;
	}
	return (enum c2_rc)rd.rc;
}

/* By insertion: lists are short, and many clients have theirs in order. */
static void list_sort(struct list *list)
{
	for (unsigned i = 1; i < list->count; i++) {
		uint16_t value = list->value[i];
		unsigned at = i;
		for (; at > 0 && list->value[at - 1] > value; at--)
			list->value[at] = list->value[at - 1];
		list->value[at] = value;
	}
}

static char hex_digit(unsigned value)
{
	return "0123456789abcdef"[value & 15];
}

/* Hashes `0005,000a,…` with what stands in `before` in front, as the fingerprint wants it. */
static void list_hash(SHA256_CTX *hash, const struct list *list, char before)
{
	char text[LIST_MAX * 5];
	size_t n = 0;
	for (unsigned i = 0; i < list->count; i++) {
		char mark = i == 0 ? before : ',';
		if (mark != '\0')
			text[n++] = mark;
		for (int shift = 12; shift >= 0; shift -= 4)
			text[n++] = hex_digit((unsigned)list->value[i] >> shift);
	}
	SHA256_Update(hash, text, n);
}

static char *hash_write(SHA256_CTX *hash, bool is_empty, char *text)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	SHA256_Final(digest, hash);
	for (unsigned i = 0; i < HASH_TEXT_LEN / 2; i++) {
		*text++ = is_empty ? '0' : hex_digit(digest[i] >> 4);
		*text++ = is_empty ? '0' : hex_digit(digest[i]);
	}
	return text;
}

static bool is_alphanumeric(uint8_t c)
{
	return (uint8_t)(c - '0') < 10 || (uint8_t)(c2_lower(c) - 'a') < 26;
}

/* The first protocol's first and last character; where one of them is none, of its octets in hexadecimal digits. */
static enum c2_rc read_protocol(struct c2_rd ext, struct ja4 *out)
{
	struct c2_rd list = c2_rd_block16(&ext);
	if (c2_rd_done(&list))
		return (enum c2_rc)list.rc;
	struct c2_rd protocol = c2_rd_block8(&list);
	if (list.rc != C2_OK || c2_rd_left(&protocol) == 0)
		return (enum c2_rc)list.rc;
	uint8_t first = protocol.p[0];
	uint8_t last = protocol.end[-1];
	bool is_text = is_alphanumeric(first) && is_alphanumeric(last);
	out->protocol[0] = is_text ? (char)first : hex_digit(first >> 4);
	out->protocol[1] = is_text ? (char)last : hex_digit(last);
	return C2_OK;
}

/* DTLS counts downwards from 0xfeff, RFC 6347 §4.1: the smaller number is the newer version. */
static bool version_is_newer(uint16_t version, uint16_t than)
{
	return version >> 8 == TLS_MAJOR_DTLS && than >> 8 == TLS_MAJOR_DTLS ? version < than : version > than;
}

static enum c2_rc read_versions(struct c2_rd ext, struct ja4 *out)
{
	struct c2_rd list = c2_rd_block8(&ext);
	while (!c2_rd_done(&list)) {
		uint16_t version = c2_rd_u16(&list);
		if (list.rc == C2_OK && !tls_is_grease(version) && (out->version == 0 || version_is_newer(version, out->version)))
			out->version = version;
	}
	return (enum c2_rc)list.rc;
}

static enum c2_rc read_extension(uint16_t type, struct c2_rd ext, struct ja4 *out)
{
	switch (type) {
	case TLS_EXTENSION_SERVER_NAME:
		out->has_server_name = true;
		return C2_OK;
	case TLS_EXTENSION_ALPN:
		return read_protocol(ext, out);
	case TLS_EXTENSION_SUPPORTED_VERSIONS:
		return read_versions(ext, out);
	case TLS_EXTENSION_SIGNATURE_ALGORITHMS:
		out->algorithms.count = 0; /* of two, the last */
		return list_read(c2_rd_block16(&ext), &out->algorithms);
	default:
		return C2_OK;
	}
}

static enum c2_rc read_extensions(struct c2_rd extensions, struct ja4 *out)
{
	while (!c2_rd_done(&extensions)) {
		uint16_t type = c2_rd_u16(&extensions);
		struct c2_rd ext = c2_rd_block16(&extensions);
		if (extensions.rc != C2_OK)
			return (enum c2_rc)extensions.rc;
		if (tls_is_grease(type))
			continue;
		out->extension_count++;
		if (type != TLS_EXTENSION_SERVER_NAME && type != TLS_EXTENSION_ALPN && !list_add(&out->extensions, type))
			return C2_NONE;
		enum c2_rc rc = read_extension(type, ext, out);
		if (rc != C2_OK)
			return rc;
	}
	return (enum c2_rc)extensions.rc;
}

/* The body of a hello that is whole. */
static enum c2_rc read_body(struct c2_rd body, bool has_cookie, struct ja4 *out)
{
	uint16_t version = c2_rd_u16(&body);
	c2_rd_skip(&body, 32); /* random */
	c2_rd_block8(&body);   /* session id */
	if (has_cookie)
		c2_rd_block8(&body);
	struct c2_rd suites = c2_rd_block16(&body);
	c2_rd_block8(&body); /* legacy_compression_methods */
	if (body.rc != C2_OK)
		return (enum c2_rc)body.rc;
	enum c2_rc rc = list_read(suites, &out->suites);
	if (rc == C2_OK && !c2_rd_done(&body)) {
		struct c2_rd extensions = c2_rd_block16(&body);
		rc = body.rc != C2_OK ? (enum c2_rc)body.rc : read_extensions(extensions, out);
	}
	if (out->version == 0)
		out->version = version;
	return rc;
}

static char *count_write(unsigned count, char *text)
{
	if (count > COUNT_MAX)
		count = COUNT_MAX;
	*text++ = (char)('0' + count / 10);
	*text++ = (char)('0' + count % 10);
	return text;
}

static char *version_write(uint16_t version, char *text)
{
	static const char words[5][3] = {"s3", "10", "11", "12", "13"};
	static const char dtls_words[4][3] = {"d3", "d2", "00", "d1"};
	const char *word = "00";
	if (version >= 0x0300 && version <= 0x0304)
		word = words[version - 0x0300];
	else if (version >= 0xfefc)
		word = version <= 0xfeff ? dtls_words[version - 0xfefc] : word;
	memcpy(text, word, 2);
	return text + 2;
}

static void ja4_write(struct ja4 *ja4, char transport, char *text)
{
	SHA256_CTX hash;
	*text++ = transport;
	text = version_write(ja4->version, text);
	*text++ = ja4->has_server_name ? 'd' : 'i';
	text = count_write(ja4->suites.count, text);
	text = count_write(ja4->extension_count, text);
	*text++ = ja4->protocol[0];
	*text++ = ja4->protocol[1];
	*text++ = '_';
	list_sort(&ja4->suites);
	SHA256_Init(&hash);
	list_hash(&hash, &ja4->suites, '\0');
	text = hash_write(&hash, ja4->suites.count == 0, text);
	*text++ = '_';
	list_sort(&ja4->extensions);
	SHA256_Init(&hash);
	list_hash(&hash, &ja4->extensions, '\0');
	list_hash(&hash, &ja4->algorithms, '_');
	text = hash_write(&hash, ja4->extensions.count == 0, text);
	*text = '\0';
}

static enum c2_rc ja4_make(struct c2_rd body, bool has_cookie, char transport, char *text)
{
	struct ja4 ja4; /* not cleared as a whole: the lists are long, and read as far as they are written */
	ja4.suites.count = ja4.extensions.count = ja4.algorithms.count = ja4.extension_count = 0;
	ja4.version = 0;
	ja4.has_server_name = false;
	ja4.protocol[0] = ja4.protocol[1] = '0';
	enum c2_rc rc = read_body(body, has_cookie, &ja4);
	if (rc == C2_OK)
		ja4_write(&ja4, transport, text);
	return rc;
}

enum c2_rc c2_tls_ja4(struct c2_rd message, char transport, char *text)
{
	uint8_t type = c2_rd_u8(&message);
	if (message.rc == C2_OK && type != C2_TLS_CLIENT_HELLO)
		return C2_NONE;
	struct c2_rd body = c2_rd_block24(&message);
	if (message.rc != C2_OK) /* the fingerprint is of all of it */
		return (enum c2_rc)message.rc;
	return ja4_make(body, false, transport, text);
}

enum c2_rc c2_dtls_ja4(struct c2_rd body, char *text)
{
	return body.open ? C2_MORE : ja4_make(body, true, 'd', text);
}
