/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_DNS_H
#define C2WATCH_DNS_H

#include <c2watch/addr.h>
#include <c2watch/name.h>

/* The types that the walk reads into; RFC 1035 §3.2.2, RFC 3596, RFC 6672. */
#define C2_DNS_A 1
#define C2_DNS_CNAME 5
#define C2_DNS_AAAA 28
#define C2_DNS_DNAME 39

/* Bits of the header's second word, RFC 1035 §4.1.1. */
#define C2_DNS_QR 0x8000
#define C2_DNS_OPCODE(flags) ((flags) >> 11 & 0xf)
#define C2_DNS_RCODE(flags) ((flags)&0xf)

/* A walk over a message: opened on its header, then one question or answer a call. Lives no longer than the octets. */
struct c2_dns {
	struct c2_rd rd;
	const uint8_t *msg;
	unsigned pointers;  /* compression pointers that may still be followed */
	uint16_t id, flags; /* the header's first two words */
	uint16_t questions; /* not yet read */
	uint16_t answers;   /* not yet read */
};

struct c2_dns_question {
	struct c2_name name;
	uint16_t type, rrclass;
};

struct c2_dns_answer {
	struct c2_name owner;
	struct c2_name target; /* CNAME and DNAME of class IN; len 0 otherwise */
	struct c2_addr addr;   /* A and AAAA of class IN; family 0 otherwise */
	uint16_t type, rrclass;
	uint32_t ttl; /* seconds */
};

/* Opens a walk over the message in `in`. OK; MORE or BAD for less than a header. RFC 1035 §4.1.1. */
enum c2_rc c2_dns_open(struct c2_rd in, struct c2_dns *dns);

/* The next question. OK; NONE after the last; MORE or BAD, for good. RFC 1035 §4.1.2. */
enum c2_rc c2_dns_question(struct c2_dns *dns, struct c2_dns_question *out);

/* The next record of the answer section, the questions that are left being stepped over. OK; NONE after the last; MORE or BAD, for good. RFC 1035 §4.1.3. */
enum c2_rc c2_dns_answer(struct c2_dns *dns, struct c2_dns_answer *out);

#endif
