/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTE_NOTE_H
#define NOTE_NOTE_H

#include <c2watch/addr.h>
#include <c2watch/domset.h>
#include <c2watch/name.h>

/*
 * Notes: what a worker hands to the publisher. Plain values, no pointer, so that nobody owns anything across the threads.
 */

#define NOTE_VLANS_MAX 4
#define NOTE_ALPN_MAX 4
#define NOTE_ALPN_LEN_MAX 15
#define NOTE_JA4_CAP 37

/* Where a packet was seen. */
struct note_where {
	uint64_t at_ns; /* the packet's time, since 1970 */
	struct c2_addr src, dst;
	uint16_t sport, dport;
	uint16_t vlan[NOTE_VLANS_MAX]; /* VLAN ids, outermost first */
	uint8_t vlans;
	uint8_t ip_proto; /* 6 or 17 */
	uint16_t iface;   /* index of the input: interface or file */
	bool has_mac;     /* mac_src and mac_dst are those of the innermost Ethernet header */
	uint8_t mac_src[6], mac_dst[6];
};

/* What carried a name. */
enum note_kind {
	NOTE_DNS,   /* question in a query */
	NOTE_DNS_R, /* question in a response */
	NOTE_CNAME, /* target of a CNAME or DNAME in an answer */
	NOTE_ADDR,  /* owner of an A or AAAA in an answer */
	NOTE_RR,    /* another name in an answer: target of SVCB, HTTPS, MX, NS, SRV, PTR */
	NOTE_MDNS,  /* question of multicast DNS (RFC 6762) */
	NOTE_MDNS_R,
	NOTE_LLMNR, /* of LLMNR (RFC 4795) */
	NOTE_LLMNR_R,
	NOTE_NBNS, /* of NetBIOS' name service (RFC 1002) */
	NOTE_NBNS_R,
	NOTE_TLS,       /* server name of a ClientHello over TCP */
	NOTE_TLS_NOSNI, /* a ClientHello without one; the name is empty */
	NOTE_QUIC,      /* server name of a ClientHello over QUIC */
	NOTE_QUIC_NOSNI,
	NOTE_DTLS, /* server name of a DTLS ClientHello */
	NOTE_DTLS_NOSNI,
	NOTE_HTTP,                  /* host of an HTTP request */
	NOTE_CONNECT,               /* host of a CONNECT request */
	NOTE_SOCKS,                 /* host of a SOCKS4a or 5 request */
	NOTE_DHCP,                  /* a host's own name, DHCPv4 option 12; also in the ACK of its server */
	NOTE_DHCP_FQDN,             /* the same, option 81 */
	NOTE_DHCP6,                 /* the same, DHCPv6 option 39 */
	NOTE_CERT,                  /* a name of a server's certificate; the client is the packet's destination */
	NOTE_SIGHTINGS,             /* how many kinds of sightings there are; those that follow are none */
	NOTE_HOST = NOTE_SIGHTINGS, /* an address and the MAC it came from: where.src, where.mac_src */
	NOTE_LEASE,                 /* a DHCP server granted an address */
	NOTE_ANNOUNCEMENT,          /* a host told its neighbours its own name: where.src, where.mac_src */
	NOTE_CONTEXT,               /* a host spoke a name that tells of it: where.src; sighting.verdict and .feeds */
	NOTE_TICK,                  /* packet time has moved on; where.at_ns */
	NOTE_LOST,                  /* notes that did not fit into the ring */
	NOTE_ANSWERED_TLS,          /* a server answered a listed hello: the hello's sighting; the client is the packet's destination */
	NOTE_ANSWERED_QUIC,
	NOTE_ANSWERED_DTLS,
};

/* Is a sighting of that kind from a DNS response? */
static inline bool note_is_answer(enum note_kind kind)
{
	return kind == NOTE_DNS_R || kind == NOTE_CNAME || kind == NOTE_ADDR || kind == NOTE_RR;
}

/* Is it a server's answer to a hello? No sighting of its own, though it carries the hello's. */
static inline bool note_is_answered(enum note_kind kind)
{
	return kind >= NOTE_ANSWERED_TLS;
}

/* Was it a server that said it, so that the client is the packet's destination? */
static inline bool note_is_servers(enum note_kind kind)
{
	return note_is_answer(kind) || kind == NOTE_CERT || note_is_answered(kind);
}

/* Is it the server name of a ClientHello? */
static inline bool note_is_hello(enum note_kind kind)
{
	return kind == NOTE_TLS || kind == NOTE_QUIC || kind == NOTE_DTLS;
}

/* Is it from a message in DNS' format? */
static inline bool note_is_dns(enum note_kind kind)
{
	return kind <= NOTE_NBNS_R;
}

/* Is it from a message of NetBIOS' name service? */
static inline bool note_is_netbios(enum note_kind kind)
{
	return kind == NOTE_NBNS || kind == NOTE_NBNS_R;
}

/* A name seen, with what its message said beside it. */
struct note_sighting {
	struct c2_name name;
	struct c2_name owner; /* NOTE_CNAME: of the record; len 0 otherwise */
	struct c2_addr addr;  /* NOTE_ADDR: the record's address; family 0 otherwise */
	bool is_hit;          /* verdict is filled */
	bool is_aside; /* a hit that is no sighting of its own: another name of the message has hit the same indicator, or it stands beside the answer */
	struct c2_verdict verdict;
	uint32_t feeds; /* generation of the feed set that spoke the verdict */
	/* DNS */
	uint16_t dns_id, dns_flags; /* as in the header, RFC 1035 §4.1.1 */
	uint16_t qtype;             /* of the question */
	uint16_t rrtype;            /* of the record, NOTE_CNAME, NOTE_ADDR and NOTE_RR */
	struct c2_addr subnet;      /* whose question it is, RFC 7871; family 0: not told */
	uint8_t subnet_bits;
	/* a response only; of the whole message */
	uint8_t answers;             /* A and AAAA records among the answers, at most 255 */
	struct c2_addr first_answer; /* the first of them; family 0: none */
	/* TLS and QUIC */
	uint16_t tls_version; /* the highest the client offers, 0x0304 and alike, 0: not known; NOTE_CERT and NOTE_ANSWERED_: what the server chose */
	bool ech;             /* an encrypted_client_hello extension: the name is the outer one */
	uint8_t alpns;
	/* the first protocols offered that are printable and fit, NUL-ended; NOTE_ANSWERED_: the one chosen, when that is in the clear */
	char alpn[NOTE_ALPN_MAX][NOTE_ALPN_LEN_MAX + 1];
	char ja4[NOTE_JA4_CAP]; /* the client's fingerprint, NUL-ended; empty when the hello did not become whole */
	bool is_subject;        /* NOTE_CERT: the name is the subject's common name */
};

/* A lease that a DHCP server has granted: DHCPACK, or an address in DHCPv6's Reply. */
struct note_lease {
	uint8_t mac[6];      /* the client's: chaddr */
	struct c2_addr addr; /* yiaddr, or ciaddr when that is zero; of an IA_NA or IA_TA */
	uint32_t seconds;    /* option 51, 0 when it is missing; the valid lifetime */
	uint32_t xid;
};

/* A host's name in its own words. */
struct note_announcement {
	enum note_kind said; /* in what: NOTE_MDNS_R, NOTE_LLMNR_R, NOTE_NBNS */
	struct c2_name name; /* of one label */
};

/* Notes that did not fit into the ring, until where.at_ns. */
struct note_lost {
	uint64_t n;
	uint64_t from_ns; /* packet time of the first */
};

struct note {
	enum note_kind kind;
	struct note_where where;
	union {
		struct note_sighting sighting; /* kind < NOTE_SIGHTINGS, NOTE_ANSWERED_, NOTE_CONTEXT */
		struct note_lease lease;
		struct note_announcement announcement;
		struct note_lost lost;
	};
	/* DHCP: the client's hardware address that a NOTE_DHCP, NOTE_DHCP_FQDN or NOTE_DHCP6 speaks for; zero: not known */
	uint8_t chaddr[6];
	bool is_servers; /* DHCP: the server told the host its name, in a lease: RFC 2132 §3.14 */
	/* DHCP: option 60, or DHCPv6's 16, of the client, printable octets only, NUL-ended; empty when there is none */
	char vendor[32];
};

#endif
