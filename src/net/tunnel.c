/* SPDX-License-Identifier: Apache-2.0 */
/* Packets right inside IP: GRE with all its options and what it carries, EtherIP. RFC 2784, 2890, 1701 (routing), 2637 (version 1); RFC 3378; draft-foschiano-erspan. */
#include "net/walk.h"

#define GRE_CHECKSUM 0x8000
#define GRE_ROUTING 0x4000
#define GRE_KEY 0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_ACK 0x0080 /* version 1 */
#define GRE_VERSION 0x0007

#define PROTOCOL_ERSPAN 0x88be /* types I and II */
#define PROTOCOL_ERSPAN_III 0x22eb
#define PROTOCOL_WCCP 0x883e
#define ERSPAN_III_PLATFORM 0x0001 /* bit O: eight more octets */
#define ERSPAN_III_FRAME(flags) ((flags) >> 10 & 0x1f)
#define ERSPAN_III_FRAME_IP 2
/* 802.11 as Aruba's access points send it to their controller: 0x8200, 0x8210 and so on to 0x83f0. */
#define IS_PROTOCOL_WIFI(protocol) (((protocol)&0xfe0f) == 0x8200)

/* RFC 1701: source routes, the last one empty. */
static void skip_routes(struct c2_rd *rd)
{
	uint16_t family;
	uint8_t len;
	do {
		family = c2_rd_u16(rd);
		c2_rd_skip(rd, 1);
		len = c2_rd_u8(rd);
		c2_rd_skip(rd, len);
	} while (rd->rc == C2_OK && (family != 0 || len != 0));
}

/* A mirror session's frame. Type I has no header of its own, and no sequence number in GRE tells it. */
static enum c2_rc read_erspan(struct walk *walk, uint16_t protocol, uint16_t flags)
{
	struct c2_rd *rd = &walk->rd;
	walk->step = STEP_ETHERNET;
	if (protocol == PROTOCOL_ERSPAN) {
		if ((flags & GRE_SEQUENCE) != 0)
			c2_rd_skip(rd, 8);
		return (enum c2_rc)rd->rc;
	}
	c2_rd_skip(rd, 10);
	uint16_t last = c2_rd_u16(rd);
	if ((last & ERSPAN_III_PLATFORM) != 0)
		c2_rd_skip(rd, 8);
	if (ERSPAN_III_FRAME(last) == ERSPAN_III_FRAME_IP)
		walk->step = STEP_IP;
	return (enum c2_rc)rd->rc;
}

/* WCCP's redirected packets: version 2 has four octets before IP, version 1 none. */
static enum c2_rc read_wccp(struct walk *walk)
{
	if (c2_rd_left(&walk->rd) > 0 && (*walk->rd.p >> 4 != 4 || (*walk->rd.p & 0x0f) < 5))
		c2_rd_skip(&walk->rd, 4);
	walk->step = STEP_IP;
	return (enum c2_rc)walk->rd.rc;
}

enum c2_rc walk_gre(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	uint16_t flags = c2_rd_u16(rd);
	uint16_t protocol = c2_rd_u16(rd);
	if ((flags & GRE_VERSION) > 1)
		return walk_stop(walk, C2_STOP_PROTO, walk->out->proto);
	if ((flags & (GRE_CHECKSUM | GRE_ROUTING)) != 0 && (flags & GRE_VERSION) == 0)
		c2_rd_skip(rd, 4);
	if ((flags & GRE_KEY) != 0)
		c2_rd_skip(rd, 4);
	if ((flags & GRE_SEQUENCE) != 0)
		c2_rd_skip(rd, 4);
	if ((flags & GRE_VERSION) == 1 && (flags & GRE_ACK) != 0)
		c2_rd_skip(rd, 4);
	if ((flags & GRE_ROUTING) != 0)
		skip_routes(rd);
	walk->out->tunnels++;
	if (protocol == PROTOCOL_ERSPAN || protocol == PROTOCOL_ERSPAN_III)
		return read_erspan(walk, protocol, flags);
	if (protocol == PROTOCOL_WCCP)
		return read_wccp(walk);
	walk->out->ethertype = protocol;
	walk->step = IS_PROTOCOL_WIFI(protocol) ? STEP_WIFI : STEP_ETHERTYPE;
	return (enum c2_rc)rd->rc;
}

enum c2_rc walk_etherip(struct walk *walk)
{
	c2_rd_skip(&walk->rd, 2);
	walk->out->tunnels++;
	walk->step = STEP_ETHERNET;
	return (enum c2_rc)walk->rd.rc;
}
