/* SPDX-License-Identifier: Apache-2.0 */
/* DNS messages: header, questions, and a walk over the answers. RFC 1035 §4. The counts of the header are claims; the octets end the walk. */
#include <c2watch/dns.h>

#define CLASS_IN 1
#define POINTER_BITS 0xc000
#define POINTER_MAX 0x3fff
#define CACHE_FLUSH 0x8000 /* mDNS sets it in the class of an answer, RFC 6762 §10.2 */

enum c2_rc c2_dns_open(struct c2_rd in, struct c2_dns *dns)
{
	dns->msg = in.p;
	dns->pointers = C2_MESSAGE_POINTERS_MAX;
	dns->labels = C2_DNS_LABELS_MAX;
	memset(dns->known, 0, sizeof dns->known);
	dns->id = c2_rd_u16(&in);
	dns->flags = c2_rd_u16(&in);
	dns->questions = c2_rd_u16(&in);
	for (unsigned section = 0; section < C2_DNS_SECTIONS; section++)
		dns->records[section] = c2_rd_u16(&in);
	dns->rd = in;
	return (enum c2_rc)in.rc;
}

/* Counts the labels of a name that has been read at `rd`. */
static void dns_count_labels(struct c2_dns *dns, struct c2_rd *rd, unsigned labels)
{
	if (labels >= dns->labels)
		c2_rd_bad(rd);
	else
		dns->labels -= labels + 1;
}

static void dns_read_name(struct c2_dns *dns, struct c2_rd *rd, struct c2_name *out)
{
	c2_name_read(rd, dns->msg, &dns->pointers, out);
	dns_count_labels(dns, rd, out->labels);
}

/* Where a known offset stands: spread, for names often begin at one distance from each other. */
static uint16_t *dns_known_place(struct c2_dns *dns, uint32_t at)
{
	return &dns->known[at * UINT32_C(0x9e3779b1) >> 28];
}

void c2_dns_know(struct c2_dns *dns, uint32_t at)
{
	_Static_assert(C2_DNS_KNOWN_MAX == 1 << 4, "four bits of the product choose a place");
	if (at <= POINTER_MAX)
		*dns_known_place(dns, at) = (uint16_t)at;
}

enum c2_rc c2_dns_name(const struct c2_dns *dns, uint32_t at, struct c2_name *out)
{
	struct c2_rd rd = {.p = dns->msg, .end = dns->rd.end, .open = dns->rd.open, .rc = C2_OK};
	unsigned pointers = C2_NAME_POINTERS_MAX;
	c2_rd_skip(&rd, at);
	return c2_name_read(&rd, dns->msg, &pointers, out);
}

/* A record's owner: nearly always a pointer, and to a name that has been read. */
static void dns_read_owner(struct c2_dns *dns, struct c2_dns_record *out)
{
	struct c2_rd after = dns->rd;
	uint16_t word = c2_rd_u16(&after);
	bool is_pointer = after.rc == C2_OK && word > POINTER_BITS;
	out->owner_at = is_pointer ? word & POINTER_MAX : (uint32_t)(dns->rd.p - dns->msg);
	if (!is_pointer || *dns_known_place(dns, out->owner_at) != out->owner_at || dns->pointers == 0) {
		dns_read_name(dns, &dns->rd, &out->owner);
		return;
	}
	dns->pointers--;
	dns->rd = after;
	dns_count_labels(dns, &dns->rd, 0);
	out->owner.len = out->owner.labels = 0;
}

enum c2_rc c2_dns_question(struct c2_dns *dns, struct c2_dns_question *out)
{
	if (dns->rd.rc != C2_OK || dns->questions == 0)
		return dns->rd.rc != C2_OK ? (enum c2_rc)dns->rd.rc : C2_NONE;
	dns->questions--;
	out->name_at = (uint32_t)(dns->rd.p - dns->msg);
	dns_read_name(dns, &dns->rd, &out->name);
	out->type = c2_rd_u16(&dns->rd);
	out->rrclass = c2_rd_u16(&dns->rd);
	return (enum c2_rc)dns->rd.rc;
}

static void dns_skip_questions(struct c2_dns *dns)
{
	for (; dns->questions > 0 && dns->rd.rc == C2_OK; dns->questions--) {
		c2_name_read(&dns->rd, dns->msg, &dns->pointers, NULL);
		dns_count_labels(dns, &dns->rd, 0);
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
		out->target_at = (uint32_t)(data.p - dns->msg);
		dns_read_name(dns, &data, &out->target);
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
	dns_read_owner(dns, out);
	out->type = c2_rd_u16(&dns->rd);
	out->rrclass = c2_rd_u16(&dns->rd);
	out->ttl = c2_rd_u32(&dns->rd);
	struct c2_rd data = c2_rd_block16(&dns->rd);
	out->data_at = (uint32_t)(data.p - dns->msg);
	out->data_len = (uint16_t)c2_rd_left(&data);
	if (dns->rd.rc == C2_OK)
		dns->rd.rc = (uint8_t)dns_record_data(dns, data, out);
	return (enum c2_rc)dns->rd.rc;
}
