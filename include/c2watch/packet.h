/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_PACKET_H
#define C2WATCH_PACKET_H

#include <c2watch/addr.h>
#include <c2watch/rd.h>

#define C2_PACKET_VLANS_MAX 4   /* tags that are kept; deeper ones are stepped over */
#define C2_PACKET_LAYERS_MAX 24 /* headers of links, tags, labels, tunnels and IP in one frame: the one budget against nesting */

#define C2_PROTO_TCP 6
#define C2_PROTO_UDP 17

#define C2_TCP_FIN 0x01
#define C2_TCP_SYN 0x02
#define C2_TCP_RST 0x04
#define C2_TCP_ACK 0x10

/* The link types that are read, by what their frames begin with. Numbers are LINKTYPE_ ones. */
enum c2_link {
	C2_LINK_ETHERNET,             /* ETHERNET 1 */
	C2_LINK_SLL,                  /* LINUX_SLL 113 */
	C2_LINK_SLL2,                 /* LINUX_SLL2 276 */
	C2_LINK_RAW,                  /* RAW 101, IPV4 228, IPV6 229; DLT_RAW 12 and 14 */
	C2_LINK_LOOP,                 /* NULL 0, LOOP 108: an address family in front */
	C2_LINK_PPP,                  /* PPP 9, PPP_HDLC 50: the address and control octets may be missing */
	C2_LINK_PPPOE,                /* PPP_ETHER 51 */
	C2_LINK_CHDLC,                /* C_HDLC 104 */
	C2_LINK_NFLOG,                /* NFLOG 239 */
	C2_LINK_WIFI,                 /* IEEE802_11 105 */
	C2_LINK_RADIOTAP,             /* IEEE802_11_RADIOTAP 127 */
	C2_LINK_PRISM,                /* IEEE802_11_PRISM 119, IEEE802_11_AVS 163 */
	C2_LINK_PPI,                  /* PPI 192 */
	C2_LINK_PKTAP,                /* PKTAP 258 */
	C2_LINK_ARCNET,               /* ARCNET_BSD 7 */
	C2_LINK_ARCNET_LINUX,         /* ARCNET_LINUX 129 */
	C2_LINK_FRELAY,               /* FRELAY 107 */
	C2_LINK_TOKEN_RING,           /* IEEE802_5 6 */
	C2_LINK_FDDI,                 /* FDDI 10 */
	C2_LINK_ATM,                  /* ATM_RFC1483 100, DLT_ATM_RFC1483 11, ATM_CLIP 106 */
	C2_LINK_SUNATM,               /* SUNATM 123 */
	C2_LINK_FIBRE_CHANNEL,        /* IP_OVER_FC 122 */
	C2_LINK_INFINIBAND,           /* IPOIB 242 */
	C2_LINK_FIREWIRE,             /* APPLE_IP_OVER_IEEE1394 138 */
	C2_LINK_DOCSIS,               /* DOCSIS 143 */
	C2_LINK_DSA,                  /* DSA_TAG_BRCM 281, DSA_TAG_DSA 284; DSA_TAG_EDSA 285 is Ethernet with an ethertype */
	C2_LINK_DSA_FIRST,            /* DSA_TAG_BRCM_PREPEND 282 */
	C2_LINK_SLIP,                 /* SLIP 8 */
	C2_LINK_SLIP_BSDOS,           /* SLIP_BSDOS 102 */
	C2_LINK_ENC,                  /* ENC 109 */
	C2_LINK_PFLOG,                /* PFLOG 117 */
	C2_LINK_IPNET,                /* IPNET 226 */
	C2_LINK_ERF,                  /* ERF 197 */
	C2_LINK_PPP_DIRECTION,        /* PPP_PPPD 166, PPP_WITH_DIR 204 */
	C2_LINK_CHDLC_DIRECTION,      /* C_HDLC_WITH_DIR 205 */
	C2_LINK_FRELAY_DIRECTION,     /* FRELAY_WITH_DIR 206 */
	C2_LINK_JUNIPER_ETHER,        /* JUNIPER_ETHER 178, JUNIPER_PPPOE 167 */
	C2_LINK_JUNIPER_PPP,          /* JUNIPER_PPP 179 */
	C2_LINK_JUNIPER_FRELAY,       /* JUNIPER_FRELAY 180 */
	C2_LINK_JUNIPER_CHDLC,        /* JUNIPER_CHDLC 181 */
	C2_LINK_JUNIPER_ATM1,         /* JUNIPER_ATM1 137 */
	C2_LINK_JUNIPER_ATM2,         /* JUNIPER_ATM2 135 */
	C2_LINK_NETANALYZER,          /* NETANALYZER 240 */
	C2_LINK_NETANALYZER_PREAMBLE, /* NETANALYZER_TRANSPARENT 241 */
	C2_LINK_PREAMBLE,             /* EPON 259, ETHERNET_MPACKET 274 */
};
#define C2_LINK_COUNT (C2_LINK_PREAMBLE + 1)

/* Where a decode ended. */
enum c2_layer { C2_LAYER_LINK, C2_LAYER_IP, C2_LAYER_TRANSPORT };
#define C2_LAYER_COUNT 3

/* What a decode stopped at because it is not read, and which number names it. */
enum c2_stop {
	C2_STOP_NOTHING,   /* nothing that has a number of these */
	C2_STOP_LINK,      /* LINKTYPE_ number of what a link's header carries */
	C2_STOP_ETHERTYPE, /* ethertype */
	C2_STOP_LLC,       /* DSAP and SSAP of IEEE 802.2; 0xaaaa: SNAP of an organisation that is not known; 0xfefe: a protocol id that is not */
	C2_STOP_PPP,       /* PPP protocol */
	C2_STOP_PROTO,     /* IP protocol number */
	C2_STOP_SEALED,    /* a frame that 802.11 has encrypted; 0 */
};
#define C2_STOP_COUNT 7

/* The fragment of an IP datagram. */
struct c2_fragment {
	bool is_one;     /* offset or more: it is part of a datagram */
	bool has_more;   /* fragments follow */
	uint16_t offset; /* octets */
	uint32_t id;
};

/* The decoded view of a frame. Offsets count from the frame's first octet. Of addresses and headers, the innermost ones. */
struct c2_packet {
	enum c2_layer layer; /* how far the decode came; set whatever the result */
	struct c2_addr src, dst;
	uint16_t sport, dport;
	uint16_t vlan[C2_PACKET_VLANS_MAX]; /* VLAN ids, outermost first */
	uint8_t vlans;
	uint8_t tunnels; /* headers that carried one packet inside another */
	bool has_mac;    /* mac_src and mac_dst are filled; mac_dst is zero on cooked links */
	uint8_t mac_src[6], mac_dst[6];
	uint16_t ethertype;          /* of what the innermost link carries */
	uint8_t proto;               /* of what IP carries */
	struct c2_fragment fragment; /* of the innermost IP header */
	uint8_t tcp_flags;           /* TCP only, as the next two */
	uint32_t seq, ack;
	enum c2_stop stop; /* NONE: why, and the number; set whatever the result */
	uint16_t stop_number;
	bool is_cut; /* the payload goes on beyond the octets at hand */
	/* The payload's octets: its first, and how many are at hand. Of a fragment: what it holds of its datagram. */
	uint32_t payload_at;
	uint32_t payload_len;
};

/* The link for a LINKTYPE_ or DLT_ number. False for one that is not read. */
bool c2_link_from_type(unsigned type, enum c2_link *link);

/*
 * Decodes a frame of `len` captured octets: link, tags and labels, tunnels, IP with its extension headers, TCP or UDP.
 * OK; NONE for other protocols and for a fragment (`out->fragment.is_one`), whose datagram has to be put together; MORE when the frame is cut in a
 * header; BAD. `out->layer` tells where, `out->stop` at what.
 */
enum c2_rc c2_packet_decode(enum c2_link link, const uint8_t *frame, size_t len, struct c2_packet *out);

/*
 * Decodes what a datagram that has been put together carries: the octets behind its IP header, which `out` has been filled from (addresses, proto,
 * tags). An open view is the head of one that is not whole. As c2_packet_decode(); offsets count from the view's first octet.
 */
enum c2_rc c2_packet_decode_datagram(struct c2_rd datagram, struct c2_packet *out);

#endif
