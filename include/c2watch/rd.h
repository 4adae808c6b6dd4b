/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_RD_H
#define C2WATCH_RD_H

#include <c2watch/rc.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * The bounded reader: a view of octets, read from left to right. It is the only place where a bound is checked.
 *
 * The first fact of a passive monitor is "these octets are not whole yet", and the reader knows it: a view is *closed* when its
 * end is the end of the message, and *open* when more may follow. Overrunning a closed view is a contradiction (C2_BAD);
 * overrunning an open one means wait (C2_MORE). A child block whose declared length fits is closed; one that reaches past an
 * open end is itself open. So no decoder ever decides between waiting and giving up.
 *
 * Errors are sticky: after the first overrun every read gives 0 and `rc` keeps what happened, so a fixed header is read straight
 * and tested once.
 */
struct c2_rd {
	const uint8_t *p;   /* next octet to read */
	const uint8_t *end; /* one past the last octet at hand */
	bool open;          /* more octets may follow `end` */
	uint8_t rc;         /* enum c2_rc: C2_OK until the first overrun */
};

/* A view of `len` octets at `at`, after which the message ends. */
static inline struct c2_rd c2_rd_closed(const void *at, size_t len)
{
	const uint8_t *p = at;
	return (struct c2_rd){.p = p, .end = p + len, .open = false, .rc = C2_OK};
}

/* A view of `len` octets at `at`, the head of something longer. */
static inline struct c2_rd c2_rd_open(const void *at, size_t len)
{
	const uint8_t *p = at;
	return (struct c2_rd){.p = p, .end = p + len, .open = true, .rc = C2_OK};
}

/* Octets at hand that are not yet read. */
static inline size_t c2_rd_left(const struct c2_rd *rd)
{
	return (size_t)(rd->end - rd->p);
}

/* Is there nothing more to read? False at the end of an open view: reading on is what tells that it is cut. */
static inline bool c2_rd_done(const struct c2_rd *rd)
{
	return rd->rc != C2_OK || (rd->p == rd->end && !rd->open);
}

/* Marks the view as contradicting its grammar. The first error stays. */
static inline void c2_rd_bad(struct c2_rd *rd)
{
	if (rd->rc == C2_OK)
		rd->rc = C2_BAD;
	rd->p = rd->end;
}

/* Are `n` octets at hand? If not, the view becomes C2_MORE or C2_BAD. */
static inline bool c2_rd_need(struct c2_rd *rd, size_t n)
{
	if (__builtin_expect(n <= c2_rd_left(rd), 1))
		return true;
	if (rd->rc == C2_OK)
		rd->rc = rd->open ? C2_MORE : C2_BAD;
	rd->p = rd->end;
	return false;
}

static inline uint8_t c2_rd_u8(struct c2_rd *rd)
{
	return c2_rd_need(rd, 1) ? *rd->p++ : 0;
}

static inline uint16_t c2_rd_u16(struct c2_rd *rd)
{
	if (!c2_rd_need(rd, 2))
		return 0;
	const uint8_t *p = rd->p;
	rd->p += 2;
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t c2_rd_u24(struct c2_rd *rd)
{
	if (!c2_rd_need(rd, 3))
		return 0;
	const uint8_t *p = rd->p;
	rd->p += 3;
	return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t c2_rd_u32(struct c2_rd *rd)
{
	if (!c2_rd_need(rd, 4))
		return 0;
	const uint8_t *p = rd->p;
	rd->p += 4;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void c2_rd_skip(struct c2_rd *rd, size_t n)
{
	if (c2_rd_need(rd, n))
		rd->p += n;
}

/* Copies `n` octets to `to`; zeroes on an overrun. */
static inline void c2_rd_copy(struct c2_rd *rd, void *to, size_t n)
{
	if (c2_rd_need(rd, n)) {
		memcpy(to, rd->p, n);
		rd->p += n;
	} else {
		memset(to, 0, n);
	}
}

/* The next `n` octets as a view of their own; the parent steps over them. */
static inline struct c2_rd c2_rd_block(struct c2_rd *rd, size_t n)
{
	struct c2_rd child = {.p = rd->p, .end = rd->end, .open = false, .rc = rd->rc};
	if (n <= c2_rd_left(rd)) {
		child.end = child.p + n;
		rd->p += n;
	} else {
		child.open = rd->open;
		c2_rd_need(rd, n);
		if (!rd->open)
			c2_rd_bad(&child);
	}
	return child;
}

/* A block behind its own length: `opaque x<0..2^8-1>` and alike, RFC 8446 §3.4. */
static inline struct c2_rd c2_rd_block8(struct c2_rd *rd)
{
	size_t n = c2_rd_u8(rd);
	return c2_rd_block(rd, n);
}

static inline struct c2_rd c2_rd_block16(struct c2_rd *rd)
{
	size_t n = c2_rd_u16(rd);
	return c2_rd_block(rd, n);
}

static inline struct c2_rd c2_rd_block24(struct c2_rd *rd)
{
	size_t n = c2_rd_u24(rd);
	return c2_rd_block(rd, n);
}

#endif
