/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_PACKET_H
#define C2WATCH_PACKET_H

#include <c2watch/addr.h>
#include <c2watch/rd.h>

#define C2_PACKET_VLANS_MAX 2

#define C2_PROTO_TCP 6
#define C2_PROTO_UDP 17

#define C2_TCP_FIN 0x01
#define C2_TCP_SYN 0x02
#define C2_TCP_RST 0x04
#define C2_TCP_ACK 0x10

/* The link types that are read, by what their frames begin with. */
enum c2_link {
	C2_LINK_ETHERNET, /* LINKTYPE_ETHERNET 1 */
	C2_LINK_SLL,      /* LINKTYPE_LINUX_SLL 113 */
	C2_LINK_SLL2,     /* LINKTYPE_LINUX_SLL2 276 */
	C2_LINK_RAW,      /* LINKTYPE_RAW 101, IPV4 228, IPV6 229; DLT_RAW 12 and 14 */
	C2_LINK_LOOP,     /* LINKTYPE_NULL 0, LOOP 108: an address family in front */
};

/* Where a decode ended. */
enum c2_layer { C2_LAYER_LINK, C2_LAYER_IP, C2_LAYER_TRANSPORT };
#define C2_LAYER_COUNT 3

/* The decoded view of a frame. Offsets count from the frame's first octet. */
struct c2_packet {
	enum c2_layer layer; /* how far the decode came; set whatever the result */
	struct c2_addr src, dst;
	uint16_t sport, dport;
	uint16_t vlan[C2_PACKET_VLANS_MAX]; /* VLAN ids, outermost first */
	uint8_t vlans;
	bool has_mac; /* mac_src and mac_dst are filled; mac_dst is zero on cooked links */
	uint8_t mac_src[6], mac_dst[6];
	uint16_t ethertype;  /* of what the link carries; set from C2_LAYER_IP on and for a NONE there */
	uint8_t proto;       /* of what IP carries */
	bool is_fragment;    /* the first fragment of a datagram: the payload goes on elsewhere */
	uint8_t tcp_flags;   /* TCP only, as the next two */
	uint32_t seq, ack;
	bool is_cut;         /* the payload goes on beyond the octets at hand */
	uint32_t payload_at; /* the payload's octets: its first, and how many are at hand */
	uint32_t payload_len;
};

/* The link for a LINKTYPE_ or DLT_ number. False for one that is not read. */
bool c2_link_from_type(unsigned type, enum c2_link *link);

/*
 * Decodes a frame of `len` captured octets: link, up to two VLAN tags, IPv4 or IPv6 with its extension headers, TCP or UDP.
 * OK; NONE for other protocols and later fragments; MORE when the frame is cut in a header; BAD. `out->layer` tells where.
 * IEEE 802.1Q; RFC 791 §3.1; RFC 8200 §3, §4; RFC 9293 §3.1; RFC 768.
 */
enum c2_rc c2_packet_decode(enum c2_link link, const uint8_t *frame, size_t len, struct c2_packet *out);

#endif
