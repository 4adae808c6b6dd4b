/* SPDX-License-Identifier: Apache-2.0 */
/* pcapng: blocks of sections, interfaces and packets. draft-ietf-opsawg-pcapng §3 and §4; the sections' numbers below are its. */
#include "app/savefile_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SECTION 0x0a0d0d0au /* §4.1 */
#define BLOCK_INTERFACE 1u        /* §4.2 */
#define BLOCK_PACKET_OBSOLETE 2u  /* appendix A */
#define BLOCK_SIMPLE_PACKET 3u    /* §4.4 */
#define BLOCK_ENHANCED_PACKET 6u  /* §4.3 */
#define SECTION_LEN_MIN 28u
#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define BLOCK_FRAME 12u /* type, length, length again */
#define OPTION_TSRESOL 9
#define OPTION_TSOFFSET 14
#define SECOND_NS UINT64_C(1000000000)

/* A section begins: its byte order, and no interfaces yet. SAVEFILE_END, for it holds no frame, or how the file ended. */
static enum savefile_rc section_begin(struct savefile *file)
{
	const uint8_t *p = savefile_peek(file, SECTION_LEN_MIN);
	if (p == NULL)
		return savefile_short(file);
	uint32_t magic;
	memcpy(&magic, p + 8, sizeof magic);
	file->is_swapped = magic != BYTE_ORDER_MAGIC;
	file->interface_count = 0;
	uint32_t len = savefile_u32(file, p + 4);
	if ((file->is_swapped && __builtin_bswap32(magic) != BYTE_ORDER_MAGIC) || len < SECTION_LEN_MIN || len % 4 != 0)
		return savefile_stop(file, SAVEFILE_BAD, "a damaged section header");
	return savefile_skip(file, len) ? SAVEFILE_END : savefile_short(file);
}

int pcapng_begin(struct savefile *file)
{
	file->interfaces = calloc(SAVEFILE_INTERFACES_MAX, sizeof *file->interfaces);
	if (file->interfaces == NULL)
		return -ENOMEM;
	section_begin(file);
	return file->ended == SAVEFILE_FRAME ? 0 : -EINVAL;
}

/* if_tsresol: a power of ten, or of two when the high bit is set. */
static uint64_t ticks_per_second(uint8_t resolution)
{
	unsigned exponent = resolution & 0x7f;
	if (resolution & 0x80)
		return exponent < 64 ? UINT64_C(1) << exponent : 0;
	uint64_t ticks = 1;
	for (; exponent > 0; exponent--) {
		if (ticks > UINT64_MAX / 10)
			return 0;
		ticks *= 10;
	}
	return ticks;
}

static void interface_options(const struct savefile *file, struct savefile_interface *interface, const uint8_t *p, const uint8_t *end)
{
	while (end - p >= 4) {
		uint16_t code = savefile_u16(file, p);
		uint16_t len = savefile_u16(file, p + 2);
		p += 4;
		if (code == 0 || len > end - p)
			return;
		if (code == OPTION_TSRESOL && len == 1)
			interface->ticks_per_s = ticks_per_second(*p);
		if (code == OPTION_TSOFFSET && len == 8) {
			uint64_t high = savefile_u32(file, file->is_swapped ? p : p + 4);
			uint64_t low = savefile_u32(file, file->is_swapped ? p + 4 : p);
			interface->offset_s = (int64_t)(high << 32 | low);
		}
		size_t padded = ((size_t)len + 3) & ~(size_t)3;
		p += padded < (size_t)(end - p) ? padded : (size_t)(end - p);
	}
}

static enum savefile_rc interface_add(struct savefile *file, const uint8_t *block, uint32_t len)
{
	if (len < BLOCK_FRAME + 8)
		return savefile_stop(file, SAVEFILE_BAD, "an interface block of %u octets", len);
	if (file->interface_count == SAVEFILE_INTERFACES_MAX)
		return savefile_stop(file, SAVEFILE_BAD, "more than %u interfaces", SAVEFILE_INTERFACES_MAX);
	struct savefile_interface *interface = &file->interfaces[file->interface_count++];
	*interface = (struct savefile_interface){
		.type = savefile_u16(file, block + 8), .frame_len_max = savefile_u32(file, block + 12), .ticks_per_s = 1000000};
	if (interface->frame_len_max == 0) /* no limit */
		interface->frame_len_max = UINT32_MAX;
	interface_options(file, interface, block + 16, block + len - 4);
	if (interface->ticks_per_s == 0)
		return savefile_stop(file, SAVEFILE_BAD, "an interface whose clock no number can count");
	return SAVEFILE_END; /* no frame */
}

static uint64_t interface_time(const struct savefile_interface *interface, uint32_t high, uint32_t low)
{
	uint64_t ticks = (uint64_t)high << 32 | low;
	uint64_t seconds = ticks / interface->ticks_per_s + (uint64_t)interface->offset_s;
	uint64_t rest = ticks % interface->ticks_per_s;
	return seconds * SECOND_NS + (uint64_t)((unsigned __int128)rest * SECOND_NS / interface->ticks_per_s);
}

/* A packet block of any kind: `head` octets before the packet data, of which `captured` are there. */
static enum savefile_rc packet_frame(
	struct savefile *file, const uint8_t *block, uint32_t len, uint32_t head, uint32_t interface, uint32_t captured, struct savefile_frame *frame)
{
	if (interface >= file->interface_count)
		return savefile_stop(file, SAVEFILE_BAD, "a packet of interface %u, which is not described", interface);
	if (captured > len - BLOCK_FRAME - (head - 8))
		return savefile_stop(file, SAVEFILE_BAD, "a packet of %u octets in a block of %u", captured, len);
	frame->at_ns = file->last_ns;
	frame->type = file->interfaces[interface].type;
	frame->octets = block + head;
	frame->len = captured;
	return SAVEFILE_FRAME;
}

static enum savefile_rc packet_read(struct savefile *file, uint32_t type, const uint8_t *block, uint32_t len, struct savefile_frame *frame)
{
	uint32_t head = type == BLOCK_SIMPLE_PACKET ? 12 : 28;
	if (len < head + 4)
		return savefile_stop(file, SAVEFILE_BAD, "a packet block of %u octets", len);
	if (type == BLOCK_SIMPLE_PACKET) {
		/* It does not tell how much was captured: the least of what was sent, the snap length and the block's room. */
		uint32_t captured = savefile_u32(file, block + 8);
		uint32_t room = len - BLOCK_FRAME - 4;
		if (captured > room)
			captured = room;
		if (file->interface_count > 0 && captured > file->interfaces[0].frame_len_max)
			captured = file->interfaces[0].frame_len_max;
		return packet_frame(file, block, len, head, 0, captured, frame);
	}
	uint32_t interface = type == BLOCK_ENHANCED_PACKET ? savefile_u32(file, block + 8) : savefile_u16(file, block + 8);
	if (interface < file->interface_count)
		file->last_ns = interface_time(&file->interfaces[interface], savefile_u32(file, block + 12), savefile_u32(file, block + 16));
	return packet_frame(file, block, len, head, interface, savefile_u32(file, block + 20), frame);
}

/* One block. A frame, SAVEFILE_END for a block without one, or how the file ended (`file->ended`). */
static enum savefile_rc block_read(struct savefile *file, struct savefile_frame *frame)
{
	const uint8_t *p = savefile_peek(file, BLOCK_FRAME);
	if (p == NULL)
		return savefile_short(file);
	uint32_t type;
	memcpy(&type, p, sizeof type);
	if (type == BLOCK_SECTION)
		return section_begin(file);
	type = savefile_u32(file, p);
	uint32_t len = savefile_u32(file, p + 4);
	if (len < BLOCK_FRAME || len % 4 != 0)
		return savefile_stop(file, SAVEFILE_BAD, "a block of %u octets: the file is damaged", len);
	bool is_packet = type == BLOCK_ENHANCED_PACKET || type == BLOCK_SIMPLE_PACKET || type == BLOCK_PACKET_OBSOLETE;
	if (!is_packet && type != BLOCK_INTERFACE)
		return savefile_skip(file, len) ? SAVEFILE_END : savefile_short(file);
	if (len > SAVEFILE_WINDOW)
		return savefile_stop(file, SAVEFILE_BAD, "a packet block of %u octets, more than any capture has", len);
	p = savefile_peek(file, len);
	if (p == NULL)
		return savefile_short(file);
	enum savefile_rc rc = is_packet ? packet_read(file, type, p, len, frame) : interface_add(file, p, len);
	if (file->ended == SAVEFILE_FRAME)
		savefile_consume(file, len);
	return rc;
}

enum savefile_rc pcapng_next(struct savefile *file, struct savefile_frame *frame)
{
	enum savefile_rc rc;
	do
		rc = block_read(file, frame);
	while (rc == SAVEFILE_END && file->ended == SAVEFILE_FRAME);
	return rc;
}
