/* SPDX-License-Identifier: Apache-2.0 */
/* NetBIOS names: sixteen octets, a nibble a letter from 'A' on; and who claims one. RFC 1001 §14.1, RFC 1002 §4. */
#include <c2watch/dns.h>

#define ENCODED 32
#define TYPE_NB 0x0020 /* RFC 1002 §4.2.1.3 */
#define CLASS_IN 1
#define GROUP 0x8000 /* in NB_FLAGS, RFC 1002 §4.2.1.3 */
#define NAME_LEN 15  /* the sixteenth octet is a type */

/* As c2_netbios_name(); the sixteenth octet in `type`. */
static enum c2_rc read_name(const struct c2_name *name, struct c2_name *out, uint8_t *type)
{
	uint8_t wire[1 + NAME_LEN + 2]; /* as one label, dots and all: it is no domain name */
	if (name->labels == 0 || name->wire[0] != ENCODED)
		return C2_NONE;
	for (size_t i = 0; i <= NAME_LEN; i++) {
		uint8_t high = (uint8_t)(name->wire[1 + 2 * i] - 'a'); /* a checked name is in lower case */
		uint8_t low = (uint8_t)(name->wire[2 + 2 * i] - 'a');
		if (high > 15 || low > 15)
			return C2_NONE;
		wire[1 + i] = (uint8_t)(high << 4 | low);
	}
	*type = wire[1 + NAME_LEN];
	uint8_t n = NAME_LEN;
	while (n > 0 && (wire[n] == ' ' || wire[n] == 0))
		n--;
	if (n == 0)
		return C2_NONE;
	wire[0] = n;
	wire[1 + n] = 0;
	struct c2_rd rd = c2_rd_closed(wire, n + 2u);
	unsigned pointers = 0;
	return c2_name_read(&rd, wire, &pointers, out);
}

enum c2_rc c2_netbios_name(const struct c2_name *name, struct c2_name *out)
{
	uint8_t type;
	return read_name(name, out, &type);
}

/* Registration; refresh, which §4.2.1.1 numbers 8 and §4.2.4 numbers 9; the multi-homed hosts' registration. */
static bool is_claim(uint16_t flags)
{
	unsigned opcode = C2_DNS_OPCODE(flags);
	return (flags & C2_DNS_QR) == 0 && (opcode == 5 || opcode == 8 || opcode == 9 || opcode == 15);
}

enum c2_rc c2_netbios_claim_read(struct c2_rd in, struct c2_netbios_claim *out)
{
	struct c2_dns dns;
	struct c2_dns_question question;
	struct c2_name owner;
	enum c2_rc rc = c2_dns_open(in, &dns);
	if (rc != C2_OK)
		return rc;
	if (!is_claim(dns.flags) || dns.questions != 1 || dns.records[C2_DNS_ANSWER] != 0 || dns.records[C2_DNS_AUTHORITY] != 0 ||
		dns.records[C2_DNS_ADDITIONAL] != 1)
		return C2_NONE;
	rc = c2_dns_question(&dns, &question);
	if (rc != C2_OK)
		return rc;
	if (read_name(&question.name, &out->name, &out->type) != C2_OK)
		return C2_NONE;
	c2_name_read(&dns.rd, dns.msg, &dns.pointers, &owner);
	uint16_t type = c2_rd_u16(&dns.rd);
	uint16_t rrclass = c2_rd_u16(&dns.rd);
	c2_rd_skip(&dns.rd, 4); /* how long */
	struct c2_rd data = c2_rd_block16(&dns.rd);
	if (dns.rd.rc != C2_OK)
		return (enum c2_rc)dns.rd.rc;
	if (type != TYPE_NB || rrclass != CLASS_IN || !c2_name_equal(&owner, &question.name))
		return C2_NONE;
	out->is_group = (c2_rd_u16(&data) & GROUP) != 0;
	out->addr = (struct c2_addr){.family = 4};
	c2_rd_copy(&data, out->addr.octets, 4);
	return (enum c2_rc)data.rc;
}
