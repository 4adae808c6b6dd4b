/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QUIC's long headers. RFC 8999 says what holds for every version, RFC 9000 §17.2 what version 1 adds, RFC 9369 §3.2 that version 2 numbers its
 * types otherwise.
 *
 * The fixed bit is not asked for where the version speaks for the packet: RFC 9287 lets it be greased.
 */
#include <c2watch/quic.h>

#include "wire/quic_version.h"

#define FORM_LONG 0x80
#define FIXED_BIT 0x40
#define PROTECTED_LEN_MIN 20 /* a packet number and the sample, which begins 4 octets behind its first: RFC 9001 §5.4.2 */

/* Is it a version that somebody gives out, though not one of ours? Greased ones (RFC 9000 §15), drafts, Google's, Facebook's. */
static bool is_plausible(uint32_t version)
{
	return (version & 0x0f0f0f0f) == 0x0a0a0a0a || version >> 8 == 0xff0000 || version >> 8 == 0x513034 || version >> 8 == 0x513035 ||
	       version >> 8 == 0x543035 || version >> 8 == 0xfaceb0;
}

bool c2_quic_begins(const uint8_t *octets, size_t len)
{
	if (len < 5 || (octets[0] & FORM_LONG) == 0 || octets[4] == 0) /* which no such version has there, and every DNS message */
		return false;
	uint32_t version = (uint32_t)octets[1] << 24 | (uint32_t)octets[2] << 16 | (uint32_t)octets[3] << 8 | octets[4];
	return quic_version_salt(version) != QUIC_SALTS || is_plausible(version);
}

static enum c2_quic_type long_type(uint8_t first, enum quic_salt salt)
{
	static const enum c2_quic_type v1[4] = {C2_QUIC_INITIAL, C2_QUIC_ZERO_RTT, C2_QUIC_HANDSHAKE, C2_QUIC_RETRY};
	static const enum c2_quic_type v2[4] = {C2_QUIC_RETRY, C2_QUIC_INITIAL, C2_QUIC_ZERO_RTT, C2_QUIC_HANDSHAKE};
	return (salt == QUIC_SALT_V2 ? v2 : v1)[first >> 4 & 3];
}

/* A connection id of at most C2_QUIC_CID_MAX octets; what is longer is stepped over. Returns its length. */
static uint8_t read_cid(struct c2_rd *in, uint8_t *to)
{
	struct c2_rd cid = c2_rd_block8(in);
	uint8_t n = (uint8_t)c2_rd_left(&cid);
	c2_rd_copy(&cid, to, n < C2_QUIC_CID_MAX ? n : C2_QUIC_CID_MAX);
	return n;
}

/* What follows the connection ids of an Initial, 0-RTT or Handshake packet. */
static enum c2_rc read_protected(struct c2_rd in, const uint8_t *first, struct c2_quic_packet *out)
{
	out->token_len = 0;
	if (out->type == C2_QUIC_INITIAL) {
		uint64_t token_len = c2_quic_varint(&in);
		c2_rd_skip(&in, token_len);
		out->token_len = (uint32_t)token_len;
	}
	uint64_t len = c2_quic_varint(&in);
	if (in.rc != C2_OK)
		return (enum c2_rc)in.rc;
	out->pn_at = (uint32_t)(in.p - first);
	if (len < PROTECTED_LEN_MIN)
		return C2_BAD;
	c2_rd_skip(&in, len);
	out->len = (uint32_t)(in.p - first);
	return (enum c2_rc)in.rc;
}

/* RFC 8999 §6: one version at least. A length that 4 does not divide is somebody else's protocol. */
static enum c2_rc read_negotiation(struct c2_rd in, struct c2_quic_packet *out)
{
	if (in.rc != C2_OK || c2_rd_left(&in) == 0 || c2_rd_left(&in) % 4 != 0)
		return C2_NONE;
	out->type = C2_QUIC_NEGOTIATION;
	return C2_OK;
}

/* A version that is not known: an Initial if it looks like version 1's. */
static enum c2_rc read_unknown(struct c2_rd in, const uint8_t *first, struct c2_quic_packet *out)
{
	if (in.rc == C2_OK && out->dcid_len <= C2_QUIC_CID_MAX && out->scid_len <= C2_QUIC_CID_MAX && (*first & (FIXED_BIT | 0x30)) == FIXED_BIT) {
		out->type = C2_QUIC_INITIAL;
		enum c2_rc rc = read_protected(in, first, out);
		if (rc == C2_OK || (rc == C2_MORE && is_plausible(out->version)))
			return rc;
	}
	out->type = C2_QUIC_OTHER;
	return is_plausible(out->version) ? C2_OK : C2_NONE;
}

enum c2_rc c2_quic_packet_read(struct c2_rd in, struct c2_quic_packet *out)
{
	const uint8_t *first = in.p;
	uint8_t form = c2_rd_u8(&in);
	if (in.rc == C2_OK && (form & FORM_LONG) == 0)
		return C2_NONE;
	out->version = c2_rd_u32(&in);
	if (in.rc != C2_OK)
		return in.rc == C2_MORE ? C2_MORE : C2_NONE;
	enum quic_salt salt = quic_version_salt(out->version);
	out->is_known = salt != QUIC_SALTS;
	out->dcid_len = read_cid(&in, out->dcid);
	out->scid_len = read_cid(&in, out->scid);
	out->len = (uint32_t)(in.end - first);
	if (out->version == 0)
		return read_negotiation(in, out);
	if (!out->is_known)
		return read_unknown(in, first, out);
	if (in.rc != C2_OK)
		return (enum c2_rc)in.rc;
	if (out->dcid_len > C2_QUIC_CID_MAX || out->scid_len > C2_QUIC_CID_MAX)
		return C2_BAD;
	out->type = long_type(form, salt);
	return out->type == C2_QUIC_RETRY ? C2_OK : read_protected(in, first, out);
}
