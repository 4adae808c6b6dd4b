/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ServerHello -> the version, cipher and protocol that the server chose. RFC 8446 §4.1.3 and §4.1.4, RFC 5246 §7.4.1.3. What TLS 1.3 chooses of
 * protocols is encrypted.
 */
#include <c2watch/tls.h>

#include "wire/tls_numbers.h"

/* The random of a HelloRetryRequest: SHA-256 of those words. RFC 8446 §4.1.3. */
static const uint8_t retry_random[32] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2,
	0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

/* RFC 7301 §3.1: a list of exactly one. */
static void read_alpn(struct c2_rd ext, struct c2_tls_server_hello *out)
{
	struct c2_rd list = c2_rd_block16(&ext);
	struct c2_rd protocol = c2_rd_block8(&list);
	size_t n = c2_rd_left(&protocol);
	if (list.rc != C2_OK || n > C2_TLS_ALPN_LEN_MAX)
		return;
	for (size_t i = 0; i < n; i++)
		if (protocol.p[i] <= 0x20 || protocol.p[i] >= 0x7f)
			return;
	memcpy(out->alpn, protocol.p, n);
	out->alpn[n] = '\0';
}

static enum c2_rc read_extensions(struct c2_rd *body, struct c2_tls_server_hello *out)
{
	if (c2_rd_done(body)) /* none: before TLS 1.3 */
		return (enum c2_rc)body->rc;
	struct c2_rd extensions = c2_rd_block16(body);
	while (!c2_rd_done(&extensions)) {
		uint16_t type = c2_rd_u16(&extensions);
		struct c2_rd ext = c2_rd_block16(&extensions);
		if (extensions.rc != C2_OK)
			break;
		if (type == TLS_EXTENSION_ALPN)
			read_alpn(ext, out);
		if (type != TLS_EXTENSION_SUPPORTED_VERSIONS)
			continue;
		out->version = c2_rd_u16(&ext);
		if (ext.rc != C2_OK)
			return C2_BAD;
	}
	return (enum c2_rc)extensions.rc;
}

enum c2_rc c2_tls_server_hello_read(struct c2_rd message, struct c2_tls_server_hello *out)
{
	uint8_t random[sizeof retry_random];
	uint8_t type = c2_rd_u8(&message);
	if (message.rc == C2_OK && type != C2_TLS_SERVER_HELLO)
		return C2_NONE;
	struct c2_rd body = c2_rd_block24(&message);
	out->version = c2_rd_u16(&body);
	c2_rd_copy(&body, random, sizeof random);
	struct c2_rd session = c2_rd_block8(&body);
	out->cipher = c2_rd_u16(&body);
	c2_rd_skip(&body, 1); /* compression_method */
	if (body.rc != C2_OK)
		return (enum c2_rc)body.rc;
	if (out->version >> 8 != 3 || c2_rd_left(&session) > TLS_SESSION_ID_LEN_MAX)
		return C2_BAD;
	out->is_retry = memcmp(random, retry_random, sizeof random) == 0;
	out->alpn[0] = '\0';
	enum c2_rc rc = read_extensions(&body, out);
	return rc == C2_OK && body.open ? C2_MORE : rc;
}
