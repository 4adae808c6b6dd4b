/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_DHCP_H
#define C2WATCH_DHCP_H

#include <c2watch/addr.h>
#include <c2watch/name.h>

#define C2_DHCP_VENDOR_LEN_MAX 31

/* Message types, RFC 2132 §9.6. */
enum c2_dhcp4_type {
	C2_DHCP4_DISCOVER = 1,
	C2_DHCP4_OFFER,
	C2_DHCP4_REQUEST,
	C2_DHCP4_DECLINE,
	C2_DHCP4_ACK,
	C2_DHCP4_NAK,
	C2_DHCP4_RELEASE,
	C2_DHCP4_INFORM
};

/* What a DHCPv4 message says of a host. */
struct c2_dhcp4 {
	bool is_reply; /* BOOTREPLY: from a server */
	uint8_t type;  /* enum c2_dhcp4_type; 0 for plain BOOTP */
	uint32_t xid;
	uint8_t chaddr[6];                       /* the client's MAC */
	struct c2_addr ciaddr;                   /* the address the client has; family 0 for none */
	struct c2_addr yiaddr;                   /* the address it is given; family 0 for none */
	uint32_t lease_seconds;                  /* option 51; 0 without */
	struct c2_name host;                     /* option 12, RFC 2132 §3.14; len 0 without */
	struct c2_name fqdn;                     /* option 81, RFC 4702; len 0 without */
	char vendor[C2_DHCP_VENDOR_LEN_MAX + 1]; /* option 60, printable octets only, NUL-ended; empty without */
};

/*
 * Reads a DHCPv4 message over Ethernet. OK; NONE for BOOTP with other hardware or without DHCP's cookie; MORE, BAD.
 * Options in an overloaded `file` or `sname` field are read as well. RFC 2131 §2, RFC 2132.
 */
enum c2_rc c2_dhcp4_read(struct c2_rd in, struct c2_dhcp4 *out);

/* Message types, RFC 8415 §7.3. */
enum c2_dhcp6_type {
	C2_DHCP6_SOLICIT = 1,
	C2_DHCP6_ADVERTISE,
	C2_DHCP6_REQUEST,
	C2_DHCP6_CONFIRM,
	C2_DHCP6_RENEW,
	C2_DHCP6_REBIND,
	C2_DHCP6_REPLY,
	C2_DHCP6_RELEASE,
	C2_DHCP6_DECLINE,
	C2_DHCP6_RECONFIGURE,
	C2_DHCP6_INFORMATION_REQUEST,
	C2_DHCP6_RELAY_FORW,
	C2_DHCP6_RELAY_REPL
};

#define C2_DHCP6_RELAYS_MAX 8 /* HOP_COUNT_LIMIT, RFC 8415 §7.6 */
#define C2_DHCP6_ADDRS_MAX 4  /* addresses read of one message; the others are stepped over */

/* An address in an IA_NA or IA_TA. */
struct c2_dhcp6_addr {
	struct c2_addr addr;
	uint32_t valid_seconds; /* 0: no longer the client's */
};

/* What a DHCPv6 message says of a host. */
struct c2_dhcp6 {
	bool is_reply;  /* from a server */
	uint8_t type;   /* enum c2_dhcp6_type of the client's or server's own message, never a relay's */
	uint8_t relays; /* relays' messages around it */
	uint32_t xid;   /* three octets */
	bool has_mac;   /* mac is the client's, as the relay saw it (RFC 6939) or else as its DUID of type 1 or 3 tells */
	uint8_t mac[6];
	uint8_t addrs;
	struct c2_dhcp6_addr addr[C2_DHCP6_ADDRS_MAX];
	struct c2_name fqdn;                     /* option 39, RFC 4704; len 0 without */
	char vendor[C2_DHCP_VENDOR_LEN_MAX + 1]; /* option 16's first, printable octets only, NUL-ended; empty without */
};

/*
 * Reads a DHCPv6 message, through the relays around it. OK; NONE for a message of another kind (lease queries and alike), or a relay's without one
 * inside; MORE (options go on to the message's last octet, so an open view always waits); BAD, more relays than C2_DHCP6_RELAYS_MAX among it.
 * RFC 8415 §8, §9, §21.
 */
enum c2_rc c2_dhcp6_read(struct c2_rd in, struct c2_dhcp6 *out);

#endif
