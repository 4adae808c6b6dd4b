/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ClientHello -> server name, versions, ALPN, ECH mark. RFC 8446 §4.1.2 and §4.2, RFC 6066 §3, RFC 7301 §3.1, RFC 9849 §5.
 * Clients shuffle their extensions, so each may be the one behind the cut; the name is given out as soon as it is there.
 */
#include <c2watch/tls.h>

#include "wire/tls_numbers.h"

#define NAME_TYPE_HOST 0
#define MAJOR_TLS 3
#define V2_LEN_MARK 0x8000
#define V2_VERSION 0x0002

/* RFC 6066 §3: the first host_name of the list. */
static enum c2_rc read_server_name(struct c2_rd ext, struct c2_tls_hello *out)
{
	struct c2_rd list = c2_rd_block16(&ext);
	while (!c2_rd_done(&list)) {
		uint8_t type = c2_rd_u8(&list);
		struct c2_rd host = c2_rd_block16(&list);
		if (list.rc != C2_OK)
			return (enum c2_rc)list.rc;
		if (type != NAME_TYPE_HOST)
			continue;
		enum c2_rc rc = c2_name_from_host(host.p, c2_rd_left(&host), &out->name);
		if (rc != C2_OK)
			out->name.len = 0;
		out->has_bad_name = rc == C2_BAD;
		return C2_OK;
	}
	return (enum c2_rc)list.rc;
}

/* Is it a version of the same protocol, and newer? TLS counts from 0x0300 upwards, DTLS from 0xfeff downwards (RFC 6347 §4.1). */
static bool is_newer(uint16_t version, uint16_t than)
{
	if (tls_is_grease(version) || version >> 8 != than >> 8)
		return false;
	return version >> 8 == TLS_MAJOR_DTLS ? version < than : version > than;
}

/* RFC 8446 §4.2.1 */
static enum c2_rc read_versions(struct c2_rd ext, struct c2_tls_hello *out)
{
	struct c2_rd list = c2_rd_block8(&ext);
	while (!c2_rd_done(&list)) {
		uint16_t version = c2_rd_u16(&list);
		if (list.rc == C2_OK && is_newer(version, out->version))
			out->version = version;
	}
	return (enum c2_rc)list.rc;
}

static bool is_printable(struct c2_rd text)
{
	for (; text.p < text.end; text.p++)
		if (*text.p <= 0x20 || *text.p >= 0x7f)
			return false;
	return true;
}

/* RFC 7301 §3.1 */
static enum c2_rc read_alpn(struct c2_rd ext, struct c2_tls_hello *out)
{
	struct c2_rd list = c2_rd_block16(&ext);
	while (!c2_rd_done(&list)) {
		struct c2_rd protocol = c2_rd_block8(&list);
		size_t n = c2_rd_left(&protocol);
		if (list.rc != C2_OK)
			break;
		if (n == 0 || n > C2_TLS_ALPN_LEN_MAX || out->alpns == C2_TLS_ALPN_MAX || !is_printable(protocol))
			continue;
		memcpy(out->alpn[out->alpns], protocol.p, n);
		out->alpn[out->alpns++][n] = '\0';
	}
	return (enum c2_rc)list.rc;
}

static enum c2_rc read_extension(uint16_t type, struct c2_rd ext, struct c2_tls_hello *out)
{
	switch (type) {
	case TLS_EXTENSION_SERVER_NAME:
		/* Servers send an empty one, RFC 6066 §3; the first of two is the one that servers read. */
		if (c2_rd_done(&ext) || out->name.len > 0 || out->has_bad_name)
			return C2_OK;
		return read_server_name(ext, out);
	case TLS_EXTENSION_ALPN:
		return read_alpn(ext, out);
	case TLS_EXTENSION_SUPPORTED_VERSIONS:
		return read_versions(ext, out);
	case TLS_EXTENSION_ECH:
		out->has_ech = true;
		return C2_OK;
	default:
		return C2_OK;
	}
}

static enum c2_rc read_extensions(struct c2_rd *body, struct c2_tls_hello *out)
{
	if (c2_rd_done(body)) /* SSL 3.0 and TLS 1.0 may end here */
		return (enum c2_rc)body->rc;
	struct c2_rd extensions = c2_rd_block16(body);
	while (!c2_rd_done(&extensions)) {
		uint16_t type = c2_rd_u16(&extensions);
		struct c2_rd ext = c2_rd_block16(&extensions);
		if (extensions.rc == C2_BAD)
			return C2_BAD;
		if (extensions.rc == C2_MORE && ext.rc != C2_OK)
			return C2_MORE; /* cut in the extension's header: there is no extension yet */
		enum c2_rc rc = read_extension(type, ext, out);
		if (rc != C2_OK)
			return rc;
	}
	return (enum c2_rc)extensions.rc;
}

static enum c2_rc read_body(struct c2_rd body, uint8_t major, struct c2_tls_hello *out)
{
	uint16_t version = c2_rd_u16(&body);
	c2_rd_skip(&body, 32); /* random */
	struct c2_rd session = c2_rd_block8(&body);
	if (major == TLS_MAJOR_DTLS)
		c2_rd_block8(&body); /* cookie */
	c2_rd_block16(&body);        /* cipher_suites */
	c2_rd_block8(&body);         /* legacy_compression_methods */
	if (body.rc != C2_OK)
		return (enum c2_rc)body.rc;
	if (version >> 8 != major || c2_rd_left(&session) > TLS_SESSION_ID_LEN_MAX)
		return C2_BAD;
	out->name.len = 0;
	out->has_bad_name = false;
	out->has_ech = false;
	out->version = version;
	out->alpns = 0;
	enum c2_rc rc = read_extensions(&body, out);
	if (rc == C2_OK && body.open) /* its length promises more: whether that comes is not known */
		rc = C2_MORE;
	out->is_whole = rc == C2_OK;
	if (!out->is_whole && out->version == version) /* what says otherwise may be behind the cut */
		out->version = 0;
	return rc == C2_MORE && out->name.len > 0 ? C2_OK : rc;
}

enum c2_rc c2_tls_hello_read(struct c2_rd message, struct c2_tls_hello *out)
{
	uint8_t type = c2_rd_u8(&message);
	if (message.rc == C2_OK && type != C2_TLS_CLIENT_HELLO)
		return C2_NONE;
	return read_body(c2_rd_block24(&message), MAJOR_TLS, out);
}

enum c2_rc c2_dtls_hello_read(struct c2_rd body, struct c2_tls_hello *out)
{
	return read_body(body, TLS_MAJOR_DTLS, out);
}

/* RFC 5246 §E.2: a length with its highest bit set, and a challenge for a random. */
enum c2_rc c2_tls_hello_v2_read(struct c2_rd in, struct c2_tls_hello *out)
{
	uint16_t len = c2_rd_u16(&in);
	uint8_t type = c2_rd_u8(&in);
	if (in.rc == C2_OK && ((len & V2_LEN_MARK) == 0 || type != C2_TLS_CLIENT_HELLO))
		return C2_NONE;
	uint16_t version = c2_rd_u16(&in);
	uint16_t ciphers = c2_rd_u16(&in);
	uint16_t session = c2_rd_u16(&in);
	uint16_t challenge = c2_rd_u16(&in);
	if (in.rc != C2_OK)
		return (enum c2_rc)in.rc;
	bool is_sound = (version >> 8 == MAJOR_TLS || version == V2_VERSION) && ciphers > 0 && ciphers % 3 == 0 && (session == 0 || session == 16) &&
			challenge >= 16 && challenge <= 32;
	if (!is_sound || (len & ~V2_LEN_MARK) != 9 + ciphers + session + challenge)
		return C2_NONE;
	c2_rd_skip(&in, (size_t)ciphers + session + challenge);
	*out = (struct c2_tls_hello){.version = version, .is_whole = true};
	return (enum c2_rc)in.rc;
}
