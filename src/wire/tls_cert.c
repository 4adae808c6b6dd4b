/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's certificate in the clear -> the host names that it is for. RFC 5246 §7.4.2, RFC 5280 §4, RFC 6125 §6.4.4; DER is ITU-T X.690 §8 and §10.
 *
 * The walker follows the one path through the certificate that leads to names: a fixed number of steps down, none of them a recursion. What is beside
 * the path is stepped over by its length and never looked at; no signature, date or key is read.
 */
#include <c2watch/tls.h>

#include "wire/tls_numbers.h"

/* X.690 §8.1.2: the tags on the path, class and form included. */
#define DER_BOOLEAN 0x01
#define DER_OCTET_STRING 0x04
#define DER_OID 0x06
#define DER_SEQUENCE 0x30
#define DER_SET 0x31
#define TAG_VERSION 0xa0    /* [0] of TBSCertificate */
#define TAG_EXTENSIONS 0xa3 /* [3] */
#define TAG_DNS_NAME 0x82   /* [2] of GeneralName, RFC 5280 §4.2.1.6 */
#define DER_LEN_OCTETS_MAX 3
#define ALT_NAMES_MAX 1024 /* looked at, of whatever form: beyond them it is no certificate that a client would take */
#define EXTENSIONS_MAX 256 /* likewise */
#define TBS_PARTS_MAX 3    /* optional ones at its end: two identifiers and the extensions */

static const uint8_t oid_cn[] = {0x55, 4, 3};
static const uint8_t oid_alt_name[] = {0x55, 29, 17};

/* The next value's contents and its tag. DER knows neither indefinite lengths nor, in a certificate, tags of more than one octet. */
static struct c2_rd der_next(struct c2_rd *rd, uint8_t *tag)
{
	*tag = c2_rd_u8(rd);
	size_t len = c2_rd_u8(rd);
	if (len >= 0x80) {
		unsigned octets = len & 0x7f;
		if (octets == 0 || octets > DER_LEN_OCTETS_MAX)
			c2_rd_bad(rd);
		for (len = 0; octets > 0 && rd->rc == C2_OK; octets--)
			len = len << 8 | c2_rd_u8(rd);
	}
	if ((*tag & 0x1f) == 0x1f)
		c2_rd_bad(rd);
	return c2_rd_block(rd, len);
}

/* The contents of the next value, which must have that tag. */
static struct c2_rd der_enter(struct c2_rd *rd, uint8_t tag)
{
	uint8_t is;
	struct c2_rd contents = der_next(rd, &is);
	if (rd->rc == C2_OK && is != tag)
		c2_rd_bad(rd);
	if (rd->rc != C2_OK)
		c2_rd_bad(&contents);
	return contents;
}

static bool der_is(struct c2_rd contents, const void *octets, size_t len)
{
	return contents.rc == C2_OK && c2_rd_left(&contents) == len && memcmp(contents.p, octets, len) == 0;
}

/* Octets that are no domain name are no news: addresses and the like are not dNSNames, but are written as such. */
static void add_name(struct c2_rd text, struct c2_tls_certificate *out)
{
	if (out->names < C2_TLS_CERTIFICATE_NAMES_MAX && c2_name_from_host(text.p, c2_rd_left(&text), &out->name[out->names]) == C2_OK)
		out->names++;
}

/* GeneralNames, RFC 5280 §4.2.1.6. */
static enum c2_rc read_alt_names(struct c2_rd value, struct c2_tls_certificate *out)
{
	struct c2_rd names = der_enter(&value, DER_SEQUENCE);
	for (unsigned n = 0; n < ALT_NAMES_MAX && !c2_rd_done(&names); n++) {
		uint8_t tag;
		struct c2_rd name = der_next(&names, &tag);
		if (names.rc == C2_OK && tag == TAG_DNS_NAME)
			add_name(name, out);
	}
	return (enum c2_rc)names.rc;
}

/* Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue } */
static enum c2_rc read_extension(struct c2_rd extension, struct c2_tls_certificate *out)
{
	uint8_t tag;
	struct c2_rd id = der_enter(&extension, DER_OID);
	if (extension.rc != C2_OK || !der_is(id, oid_alt_name, sizeof oid_alt_name))
		return (enum c2_rc)extension.rc;
	struct c2_rd value = der_next(&extension, &tag);
	if (tag == DER_BOOLEAN)
		value = der_next(&extension, &tag);
	if (extension.rc != C2_OK || tag != DER_OCTET_STRING)
		return C2_BAD;
	return read_alt_names(value, out);
}

static enum c2_rc read_extensions(struct c2_rd explicitly, struct c2_tls_certificate *out)
{
	struct c2_rd extensions = der_enter(&explicitly, DER_SEQUENCE);
	for (unsigned n = 0; n < EXTENSIONS_MAX && !c2_rd_done(&extensions); n++) {
		struct c2_rd extension = der_enter(&extensions, DER_SEQUENCE);
		enum c2_rc rc = extensions.rc != C2_OK ? (enum c2_rc)extensions.rc : read_extension(extension, out);
		if (rc != C2_OK)
			return rc;
	}
	return (enum c2_rc)extensions.rc;
}

/* Does a subject's common name look like a host's? Labels of letters, digits, hyphens and underscores, a `*` for the first; no address. */
static bool is_host(struct c2_rd text)
{
	bool has_dot = false;
	bool has_letter = false; /* in the last label */
	const uint8_t *p = text.p;
	if (text.end - p > 2 && p[0] == '*' && p[1] == '.')
		p++;
	for (; p < text.end; p++) {
		bool is_letter = (uint8_t)(c2_lower(*p) - 'a') < 26;
		if (!is_letter && (uint8_t)(*p - '0') >= 10 && *p != '-' && *p != '_' && *p != '.')
			return false;
		has_dot |= *p == '.';
		has_letter = *p == '.' ? false : has_letter || is_letter;
	}
	return has_dot && has_letter;
}

/* Name ::= SEQUENCE OF SET OF SEQUENCE { type, value }: the most specific common name is the last. RFC 5280 §4.1.2.4, RFC 6125 §6.4.4. */
static enum c2_rc read_subject(struct c2_rd subject, struct c2_tls_certificate *out)
{
	struct c2_rd found = c2_rd_closed(subject.p, 0);
	while (!c2_rd_done(&subject)) {
		struct c2_rd set = der_enter(&subject, DER_SET);
		do { /* a set of none would be no DER */
			uint8_t tag;
			struct c2_rd attribute = der_enter(&set, DER_SEQUENCE);
			struct c2_rd type = der_enter(&attribute, DER_OID);
			struct c2_rd value = der_next(&attribute, &tag);
			if (set.rc != C2_OK || attribute.rc != C2_OK)
				return C2_BAD;
			if (der_is(type, oid_cn, sizeof oid_cn))
				found = value;
		} while (!c2_rd_done(&set));
	}
	if (subject.rc == C2_OK && is_host(found)) {
		add_name(found, out);
		out->is_subject = out->names > 0;
	}
	return (enum c2_rc)subject.rc;
}

/* Certificate ::= SEQUENCE { tbsCertificate, … }, RFC 5280 §4.1. */
static enum c2_rc read_certificate(struct c2_rd der, struct c2_tls_certificate *out)
{
	uint8_t tag;
	struct c2_rd certificate = der_enter(&der, DER_SEQUENCE);
	struct c2_rd tbs = der_enter(&certificate, DER_SEQUENCE);
	der_next(&tbs, &tag);
	if (tag == TAG_VERSION)
		der_next(&tbs, &tag); /* serialNumber */
	der_next(&tbs, &tag);         /* signature */
	der_next(&tbs, &tag);         /* issuer */
	der_next(&tbs, &tag);         /* validity */
	struct c2_rd subject = der_enter(&tbs, DER_SEQUENCE);
	der_next(&tbs, &tag); /* subjectPublicKeyInfo */
	for (unsigned n = 0; n < TBS_PARTS_MAX && !c2_rd_done(&tbs); n++) {
		struct c2_rd part = der_next(&tbs, &tag);
		enum c2_rc rc = tbs.rc == C2_OK && tag == TAG_EXTENSIONS ? read_extensions(part, out) : C2_OK;
		if (rc != C2_OK)
			return rc;
	}
	if (tbs.rc != C2_OK)
		return C2_BAD;
	return out->names == 0 ? read_subject(subject, out) : C2_OK;
}

/* With TLS 1.3 the certificate is encrypted. */
static enum c2_rc read_server_hello(struct c2_rd *flight, struct c2_tls_certificate *out)
{
	struct c2_tls_server_hello hello;
	enum c2_rc rc = c2_tls_server_hello_read(*flight, &hello);
	if (rc != C2_OK)
		return rc;
	c2_rd_skip(flight, 1);
	c2_rd_block24(flight);
	out->version = hello.version;
	return hello.version < C2_TLS_1_3 ? C2_OK : C2_NONE;
}

enum c2_rc c2_tls_certificate_read(struct c2_rd flight, struct c2_tls_certificate *out)
{
	out->names = 0;
	out->is_subject = false;
	enum c2_rc rc = read_server_hello(&flight, out);
	if (rc != C2_OK)
		return rc;
	if (c2_rd_done(&flight)) /* a session is resumed, or something else than handshake follows */
		return C2_NONE;
	uint8_t type = c2_rd_u8(&flight);
	if (flight.rc == C2_OK && type != TLS_CERTIFICATE)
		return C2_NONE;
	struct c2_rd message = c2_rd_block24(&flight);
	struct c2_rd list = c2_rd_block24(&message);
	if (list.rc == C2_OK && c2_rd_left(&list) == 0 && !list.open)
		return C2_NONE;
	struct c2_rd leaf = c2_rd_block24(&list);
	if (list.rc != C2_OK)
		return (enum c2_rc)list.rc;
	rc = read_certificate(leaf, out);
	return rc == C2_OK && out->names == 0 ? C2_NONE : rc;
}
