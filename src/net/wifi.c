/* SPDX-License-Identifier: Apache-2.0 */
/* Data frames of IEEE 802.11 that are not encrypted, up to their LLC header. IEEE 802.11-2020 §9.3.2. */
#include "net/walk.h"

#define FRAME_TYPE(control) ((control) >> 2 & 3)
#define FRAME_DATA 2
#define SUBTYPE_NULL 4 /* bit of the subtype: no data */
#define SUBTYPE_QOS 8
#define QOS_AMSDU 0x8000 /* of the first octet */
#define FLAG_TO_DS 0x01
#define FLAG_FROM_DS 0x02
#define FLAG_MORE_FRAGMENTS 0x04
#define FLAG_PROTECTED 0x40
#define FLAG_ORDER 0x80

enum c2_rc walk_wifi(struct walk *walk)
{
	struct c2_rd *rd = &walk->rd;
	struct c2_packet *out = walk->out;
	uint8_t address[4][6];
	uint8_t control = c2_rd_u8(rd);
	uint8_t flags = c2_rd_u8(rd);
	if (walk->is_swapped) {
		uint8_t first = control;
		control = flags;
		flags = first;
	}
	uint8_t subtype = control >> 4;
	if (rd->rc == C2_OK && (FRAME_TYPE(control) != FRAME_DATA || (subtype & SUBTYPE_NULL) != 0))
		return C2_NONE;
	if (rd->rc == C2_OK && (flags & FLAG_PROTECTED) != 0)
		return walk_stop(walk, C2_STOP_SEALED, 0);
	c2_rd_skip(rd, 2); /* duration */
	c2_rd_copy(rd, address[0], 6);
	c2_rd_copy(rd, address[1], 6);
	c2_rd_copy(rd, address[2], 6);
	uint16_t sequence = c2_rd_u16(rd);
	bool to_ds = (flags & FLAG_TO_DS) != 0;
	bool from_ds = (flags & FLAG_FROM_DS) != 0;
	if (to_ds && from_ds)
		c2_rd_copy(rd, address[3], 6);
	uint16_t qos = (subtype & SUBTYPE_QOS) != 0 ? c2_rd_u16(rd) : 0;
	if ((subtype & SUBTYPE_QOS) != 0 && (flags & FLAG_ORDER) != 0)
		c2_rd_skip(rd, 4); /* HT control */
	if (rd->rc != C2_OK)
		return (enum c2_rc)rd->rc;
	if ((flags & FLAG_MORE_FRAGMENTS) != 0 || (sequence >> (walk->is_swapped ? 0 : 8) & 0x0f) != 0)
		return C2_NONE; /* a fragment; the number is in the low bits of the first octet */
	memcpy(out->mac_dst, to_ds ? address[2] : address[0], 6);
	memcpy(out->mac_src, !from_ds ? address[1] : to_ds ? address[3] : address[2], 6);
	out->has_mac = true;
	/* An A-MSDU is a row of frames, each with addresses and a length as IEEE 802.3 has them; the first is read. */
	walk->step = (qos & QOS_AMSDU) != 0 ? STEP_ETHERNET : STEP_LLC;
	return C2_OK;
}
