/* SPDX-License-Identifier: Apache-2.0 */
#include "frames.h"

#include <string.h>

static uint8_t *put16(uint8_t *p, unsigned value)
{
	*p++ = (uint8_t)(value >> 8);
	*p++ = (uint8_t)value;
	return p;
}

static uint8_t *put32(uint8_t *p, uint32_t value)
{
	return put16(put16(p, value >> 16), value & 0xffff);
}

static uint8_t *put_mac(uint8_t *p, uint32_t addr)
{
	return put32(put16(p, 0x0200), addr);
}

/* Ethernet, tag and IPv4 header before `len` octets of transport. Checksums are zero: a passive observer reads none. */
static uint8_t *put_ip(uint8_t *p, const struct frame_ends *ends, uint8_t proto, size_t len)
{
	p = put_mac(p, ends->dst);
	p = put_mac(p, ends->src);
	if (ends->vlan != 0)
		p = put16(put16(p, 0x8100), ends->vlan);
	p = put16(p, 0x0800);
	p = put16(p, 0x4500);
	p = put16(p, (unsigned)len + 20);
	p = put32(p, 0x00004000);
	p = put16(p, 0x4000u | proto);
	p = put16(p, 0);
	return put32(put32(p, ends->src), ends->dst);
}

size_t frame_tcp(uint8_t *frame, const struct frame_ends *ends, uint32_t seq, uint8_t flags, const void *payload, size_t len)
{
	uint8_t *p = put_ip(frame, ends, 6, len + 20);
	p = put16(put16(p, ends->sport), ends->dport);
	p = put32(put32(p, seq), 0);
	p = put16(p, 0x5000u | flags);
	p = put16(p, 0xffff);
	p = put32(p, 0);
	memcpy(p, payload, len);
	return (size_t)(p - frame) + len;
}

size_t frame_udp(uint8_t *frame, const struct frame_ends *ends, const void *payload, size_t len)
{
	uint8_t *p = put_ip(frame, ends, 17, len + 8);
	p = put16(put16(p, ends->sport), ends->dport);
	p = put16(put16(p, (unsigned)len + 8), 0);
	memcpy(p, payload, len);
	return (size_t)(p - frame) + len;
}
