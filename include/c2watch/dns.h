/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_DNS_H
#define C2WATCH_DNS_H

#include <c2watch/addr.h>
#include <c2watch/name.h>

/* The types that the walk reads into; RFC 1035 §3.2.2, RFC 2782, RFC 3596, RFC 6672, RFC 6891, RFC 9460. */
enum c2_dns_type {
	C2_DNS_A = 1,
	C2_DNS_NS = 2,
	C2_DNS_CNAME = 5,
	C2_DNS_PTR = 12,
	C2_DNS_MX = 15,
	C2_DNS_AAAA = 28,
	C2_DNS_SRV = 33,
	C2_DNS_DNAME = 39,
	C2_DNS_OPT = 41,
	C2_DNS_SVCB = 64,
	C2_DNS_HTTPS = 65,
};

enum c2_dns_section { C2_DNS_ANSWER, C2_DNS_AUTHORITY, C2_DNS_ADDITIONAL };
#define C2_DNS_SECTIONS 3

/* Bits of the header's second word, RFC 1035 §4.1.1. */
#define C2_DNS_QR 0x8000
#define C2_DNS_OPCODE(flags) ((flags) >> 11 & 0xf)
#define C2_DNS_RCODE(flags) ((flags)&0xf)

/*
 * Labels that are read in a message, each name's root among them, before it is called BAD. Zone transfers apart, of which a passive observer reads
 * what 256 pointers allow, no real message comes near: thirteen name servers with two addresses each are about 200.
 */
#define C2_DNS_LABELS_MAX 2048
#define C2_DNS_KNOWN_MAX 16

/* A walk over a message: opened on its header, then one question or record a call. Lives no longer than the octets. */
struct c2_dns {
	struct c2_rd rd;
	const uint8_t *msg;
	unsigned pointers;                 /* compression pointers that may still be followed */
	unsigned labels;                   /* that may still be read */
	uint16_t id, flags;                /* the header's first two words */
	uint16_t questions;                /* not yet read */
	uint16_t records[C2_DNS_SECTIONS]; /* of each section, not yet read */
	uint16_t known[C2_DNS_KNOWN_MAX];  /* offsets of names that need not be read again; 0 for none */
};

struct c2_dns_question {
	struct c2_name name;
	uint32_t name_at; /* its offset in the message */
	uint16_t type, rrclass;
};

struct c2_dns_record {
	enum c2_dns_section section;
	struct c2_name owner; /* len 0 when it is no more than a pointer to a known name */
	uint32_t owner_at;    /* its offset in the message; of a mere pointer, where that leads */
	uint32_t target_at;
	uint32_t data_at; /* offset of its data, data_len octets */
	uint16_t data_len;
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

/* Says that the name at offset `at`, which has been read, need not be read again as a record's owner: most owners repeat the question or a target before. */
void c2_dns_know(struct c2_dns *dns, uint32_t at);

/* Reads the name at offset `at`, such as an owner that was known. OK; MORE or BAD. */
enum c2_rc c2_dns_name(const struct c2_dns *dns, uint32_t at, struct c2_name *out);

/* Whose question it is that a resolver passes on. */
struct c2_dns_subnet {
	struct c2_addr addr; /* the bits behind `bits` are zero */
	uint8_t bits;
};

/*
 * The client subnet in the OPT record that is still to come in the walk, which stays where it is. OK; NONE without one, or when the client asks not to be
 * told of (0 bits); MORE or BAD: what a server answers with FORMERR (two OPT records, one elsewhere than in the additional section, lengths that lie)
 * tells nothing. Other options, cookies (RFC 7873) among them, are stepped over. RFC 6891 §6.1, RFC 7871 §6.
 */
enum c2_rc c2_dns_client_subnet(struct c2_dns dns, struct c2_dns_subnet *out);

/* NetBIOS' name of 16 octets in a label of 32 (RFC 1001 §14.1), blanks and NULs at its end and the type octet left out. OK; NONE for another name. */
enum c2_rc c2_netbios_name(const struct c2_name *name, struct c2_name *out);

/* What a node claims of NetBIOS' name service. */
struct c2_netbios_claim {
	struct c2_name name; /* as of c2_netbios_name() */
	uint8_t type;        /* its sixteenth octet: 0x00 and 0x20 are a host's own names when no group's */
	bool is_group;
	struct c2_addr addr; /* that it is claimed for */
};

/* Reads a registration or refresh of a name. OK; NONE for another message; MORE, BAD. RFC 1002 §4.2.2 to §4.2.4. */
enum c2_rc c2_netbios_claim_read(struct c2_rd in, struct c2_netbios_claim *out);

#endif
