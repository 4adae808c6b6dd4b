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

#endif
