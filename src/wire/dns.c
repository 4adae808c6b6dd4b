/* SPDX-License-Identifier: Apache-2.0 */
/* DNS messages: header, questions, and a walk over the answers. RFC 1035 §4. The counts of the header are claims; the octets end the walk. */
#include <c2watch/dns.h>

#define CLASS_IN 1
#define CACHE_FLUSH 0x8000 /* mDNS sets it in the class of an answer, RFC 6762 §10.2 */

enum c2_rc c2_dns_open(struct c2_rd in, struct c2_dns *dns)
{
	dns->msg = in.p;
	dns->pointers = C2_MESSAGE_POINTERS_MAX;
	dns->id = c2_rd_u16(&in);
	dns->flags = c2_rd_u16(&in);
	dns->questions = c2_rd_u16(&in);
	for (unsigned section = 0; section < C2_DNS_SECTIONS; section++)
		dns->records[section] = c2_rd_u16(&in);
	dns->rd = in;
	return (enum c2_rc)in.rc;
}

enum c2_rc c2_dns_question(struct c2_dns *dns, struct c2_dns_question *out)
{
	if (dns->rd.rc != C2_OK || dns->questions == 0)
		return dns->rd.rc != C2_OK ? (enum c2_rc)dns->rd.rc : C2_NONE;
	dns->questions--;
	c2_name_read(&dns->rd, dns->msg, &dns->pointers, &out->name);
	out->type = c2_rd_u16(&dns->rd);
	out->rrclass = c2_rd_u16(&dns->rd);
	return (enum c2_rc)dns->rd.rc;
}

static void dns_skip_questions(struct c2_dns *dns)
{
	for (; dns->questions > 0 && dns->rd.rc == C2_OK; dns->questions--) {
		c2_name_read(&dns->rd, dns->msg, &dns->pointers, NULL);
		c2_rd_skip(&dns->rd, 4);
	}
}

/*
 * What a record says beyond its fixed fields: where it points. Data of a length that its type does not have is BAD. Other classes give the types
 * other data: RFC 1035 §3.4.1 is of IN alone, and RFC 2136 §2.4 has address records without any.
 */
static enum c2_rc dns_record_data(struct c2_dns *dns, struct c2_rd data, struct c2_dns_record *out)
{
	if ((out->rrclass & ~CACHE_FLUSH) != CLASS_IN)
		return (enum c2_rc)data.rc;
	switch (out->type) {
	case C2_DNS_A:
		c2_rd_copy(&data, out->addr.octets, 4);
		out->addr.family = 4;
		break;
	case C2_DNS_AAAA:
		c2_rd_copy(&data, out->addr.octets, 16);
		out->addr.family = 6;
		break;
	case C2_DNS_SRV:
		c2_rd_skip(&data, 4); /* priority, weight; the port comes next */
				      /* fall through */
	case C2_DNS_MX:
	case C2_DNS_SVCB:
	case C2_DNS_HTTPS:
		c2_rd_skip(&data, 2);
		/* fall through */
	case C2_DNS_CNAME:
	case C2_DNS_DNAME:
	case C2_DNS_NS:
	case C2_DNS_PTR:
		c2_name_read(&data, dns->msg, &dns->pointers, &out->target);
		break;
	default:
		return (enum c2_rc)data.rc;
	}
	bool has_parameters = out->type == C2_DNS_SVCB || out->type == C2_DNS_HTTPS;
	if (data.rc == C2_OK && !has_parameters && !c2_rd_done(&data))
		c2_rd_bad(&data);
	return (enum c2_rc)data.rc;
}

/* The section that the next record is of; false when none is left. */
static bool dns_next_section(struct c2_dns *dns, enum c2_dns_section *section)
{
	for (unsigned i = 0; i < C2_DNS_SECTIONS; i++)
		if (dns->records[i] > 0) {
			dns->records[i]--;
			*section = (enum c2_dns_section)i;
			return true;
		}
	return false;
}

enum c2_rc c2_dns_record(struct c2_dns *dns, struct c2_dns_record *out)
{
	dns_skip_questions(dns);
	if (dns->rd.rc != C2_OK || !dns_next_section(dns, &out->section))
		return dns->rd.rc != C2_OK ? (enum c2_rc)dns->rd.rc : C2_NONE;
	out->target.len = 0;
	out->addr = (struct c2_addr){.family = 0};
	c2_name_read(&dns->rd, dns->msg, &dns->pointers, &out->owner);
	out->type = c2_rd_u16(&dns->rd);
	out->rrclass = c2_rd_u16(&dns->rd);
	out->ttl = c2_rd_u32(&dns->rd);
	struct c2_rd data = c2_rd_block16(&dns->rd);
	if (dns->rd.rc == C2_OK)
		dns->rd.rc = (uint8_t)dns_record_data(dns, data, out);
	return (enum c2_rc)dns->rd.rc;
}
