/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_WALK_H
#define NET_WALK_H

#include <c2watch/packet.h>

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd

/* What the octets ahead are. */
enum step {
	STEP_LINK,      /* a frame's first header: walk.link */
	STEP_ETHERNET,  /* Ethernet, inside a tunnel */
	STEP_ETHERTYPE, /* what out->ethertype says */
	STEP_LLC,       /* IEEE 802.2 */
	STEP_PPP,       /* a PPP protocol number */
	STEP_WIFI,      /* IEEE 802.11 */
	STEP_IP,        /* IPv4 or IPv6: the version tells */
	STEP_PROTO,     /* what out->proto says */
	STEP_PAYLOAD,   /* nothing more to peel: the payload of TCP or UDP */
};

/* A frame being peeled, header by header. A reader takes its header off `rd`, fills `out`, and says in `step` what comes next. */
struct walk {
	struct c2_rd rd;
	struct c2_packet *out;
	enum c2_link link;
	enum step step;
	unsigned layers; /* headers that may still be read */
	bool is_swapped; /* 802.11: the two octets of frame and sequence control stand in the other order */
	bool is_unsized; /* the innermost IP header does not tell the datagram's length */
};

/* The walk ends at what is not read, which `number` names. */
static inline enum c2_rc walk_stop(struct walk *walk, enum c2_stop stop, uint16_t number)
{
	walk->out->stop = stop;
	walk->out->stop_number = number;
	return C2_NONE;
}

/* The walk goes on with `step`, or as `ethertype` says, unless the header was cut. */
static inline enum c2_rc walk_to(struct walk *walk, enum step step)
{
	walk->step = step;
	return (enum c2_rc)walk->rd.rc;
}

static inline enum c2_rc walk_to_ethertype(struct walk *walk, uint16_t ethertype)
{
	walk->out->ethertype = ethertype;
	return walk_to(walk, STEP_ETHERTYPE);
}

/* link.c, wifi.c */
enum c2_rc walk_link(struct walk *walk);
enum c2_rc walk_ethernet(struct walk *walk);
enum c2_rc walk_llc(struct walk *walk);
enum c2_rc walk_ppp(struct walk *walk);
enum c2_rc walk_wifi(struct walk *walk);
/* medium.c: links of other media than Ethernet and radio; wrapper.c: what a capturing device puts in front of a link's frame */
enum c2_rc walk_medium(struct walk *walk);
enum c2_rc walk_wrapper(struct walk *walk);
/* ethertype.c: tags, labels, PPPoE */
enum c2_rc walk_ethertype(struct walk *walk);
/* ip.c */
enum c2_rc walk_ipv4(struct walk *walk);
enum c2_rc walk_ipv6(struct walk *walk);
enum c2_rc walk_extension(struct walk *walk);
/* tunnel.c: what IP carries besides TCP and UDP */
enum c2_rc walk_gre(struct walk *walk);
enum c2_rc walk_etherip(struct walk *walk);
/* udp_tunnel.c. Does a datagram between these ports carry packets? If so, `walk` is moved to where they begin; OK, or it is plain UDP after all. */
bool udp_may_tunnel(const struct c2_packet *packet);
enum c2_rc walk_udp_tunnel(struct walk *walk);

#endif
