/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_DNS_H
#define C2WATCH_DNS_H

#include <c2watch/addr.h>
#include <c2watch/name.h>

/* The types that the walk reads into; RFC 1035 §3.2.2, RFC 2782, RFC 3596, RFC 6672, RFC 9460. */
enum c2_dns_type {
	C2_DNS_A = 1,
	C2_DNS_NS = 2,
	C2_DNS_CNAME = 5,
	C2_DNS_PTR = 12,
	C2_DNS_MX = 15,
	C2_DNS_AAAA = 28,
	C2_DNS_SRV = 33,
	C2_DNS_DNAME = 39,
	C2_DNS_SVCB = 64,
	C2_DNS_HTTPS = 65,
};

enum c2_dns_section { C2_DNS_ANSWER, C2_DNS_AUTHORITY, C2_DNS_ADDITIONAL };
#define C2_DNS_SECTIONS 3

/* Bits of the header's second word, RFC 1035 §4.1.1. */
#define C2_DNS_QR 0x8000
#define C2_DNS_OPCODE(flags) ((flags) >> 11 & 0xf)
#define C2_DNS_RCODE(flags) ((flags)&0xf)

/* A walk over a message: opened on its header, then one question or record a call. Lives no longer than the octets. */
struct c2_dns {
	struct c2_rd rd;
	const uint8_t *msg;
	unsigned pointers;                 /* compression pointers that may still be followed */
	uint16_t id, flags;                /* the header's first two words */
	uint16_t questions;                /* not yet read */
	uint16_t records[C2_DNS_SECTIONS]; /* of each section, not yet read */
};

struct c2_dns_question {
	struct c2_name name;
	uint16_t type, rrclass;
};

struct c2_dns_record {
	enum c2_dns_section section;
	struct c2_name owner;
	struct c2_name target; /* of CNAME, DNAME, NS, PTR, MX, SRV, SVCB, HTTPS of class IN; len 0 otherwise */
	struct c2_addr addr;   /* A and AAAA of class IN; family 0 otherwise */
	uint16_t type, rrclass;
	uint32_t ttl; /* seconds */
};

/* Opens a walk over the message in `in`. OK; MORE or BAD for less than a header. RFC 1035 §4.1.1. */
enum c2_rc c2_dns_open(struct c2_rd in, struct c2_dns *dns);

/* The next question. OK; NONE after the last; MORE or BAD, for good. RFC 1035 §4.1.2. */
enum c2_rc c2_dns_question(struct c2_dns *dns, struct c2_dns_question *out);

/* The next record, section after section, the questions that are left being stepped over. OK; NONE after the last; MORE or BAD, for good. RFC 1035 §4.1.3. */
enum c2_rc c2_dns_record(struct c2_dns *dns, struct c2_dns_record *out);

/* NetBIOS' name of 16 octets in a label of 32 (RFC 1001 §14.1), blanks and NULs at its end and the type octet left out. OK; NONE for another name. */
enum c2_rc c2_netbios_name(const struct c2_name *name, struct c2_name *out);

#endif
