/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first request of an HTTP/2 connection in the clear: RFC 9113 §3.3, §4, §6, §8.3. Of the first alone, since a later one is read with what was
 * told before it (RFC 7541 §2.2), which nobody keeps here: the table begins empty, and what this block adds to it is in the block.
 */
#include "wire/hpack.h"
#include "wire/http_authority.h"

#include <c2watch/http.h>

#define STREAM_BITS 0x7fffffff
#define VALUE_LEN_MAX 1024

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum frame_type { FRAME_DATA = 0, FRAME_HEADERS = 1, FRAME_SETTINGS = 4, FRAME_CONTINUATION = 9 };

#define FLAG_END_HEADERS 0x04
#define FLAG_PADDED 0x08
#define FLAG_PRIORITY 0x20

struct frame {
	uint8_t type, flags;
	uint32_t stream;
	struct c2_rd payload;
};

_Static_assert(sizeof preface - 1 == C2_HTTP2_PREFACE_LEN, "RFC 9113 §3.4");

bool c2_http2_begins(const uint8_t *octets, size_t len)
{
	return memcmp(octets, preface, len < C2_HTTP2_PREFACE_LEN ? len : C2_HTTP2_PREFACE_LEN) == 0;
}

/* RFC 9113 §4.1. A frame counts when all of it is at hand. */
static bool read_frame(struct c2_rd *in, struct frame *out)
{
	uint32_t len = c2_rd_u24(in);
	out->type = c2_rd_u8(in);
	out->flags = c2_rd_u8(in);
	out->stream = c2_rd_u32(in) & STREAM_BITS;
	out->payload = c2_rd_block(in, len);
	return in->rc == C2_OK;
}

/* The part of a header block that a HEADERS frame carries. RFC 9113 §6.2. */
static struct c2_rd read_fragment(const struct frame *frame)
{
	struct c2_rd payload = frame->payload;
	size_t padding = (frame->flags & FLAG_PADDED) != 0 ? c2_rd_u8(&payload) : 0;
	if ((frame->flags & FLAG_PRIORITY) != 0)
		c2_rd_skip(&payload, 5);
	if (c2_rd_need(&payload, padding))
		payload.end -= padding;
	return payload;
}

/* Up to the first HEADERS frame: SETTINGS (§3.4), and what needs no stream. */
static bool read_to_headers(struct c2_rd *in, struct frame *out)
{
	if (!read_frame(in, out))
		return false;
	if (out->type != FRAME_SETTINGS || out->stream != 0)
		c2_rd_bad(in);
	while (in->rc == C2_OK && out->type != FRAME_HEADERS)
		if (read_frame(in, out) && (out->type == FRAME_DATA || out->type == FRAME_CONTINUATION))
			c2_rd_bad(in);
	if (in->rc == C2_OK && out->stream == 0)
		c2_rd_bad(in);
	return in->rc == C2_OK;
}

/* The header block that `frame` begins, joined in `scratch` with what continues it (§6.10). One too long is read as far as it fits: it is open. */
static struct c2_rd read_block(struct c2_rd *in, struct frame *frame, uint8_t *scratch)
{
	const uint32_t stream = frame->stream;
	struct c2_rd fragment = read_fragment(frame);
	size_t len = 0;
	for (;;) {
		if (fragment.rc != C2_OK)
			c2_rd_bad(in);
		size_t room = C2_HTTP2_BLOCK_MAX - len;
		size_t n = c2_rd_left(&fragment) < room ? c2_rd_left(&fragment) : room;
		c2_rd_copy(&fragment, scratch + len, n);
		len += n;
		if (in->rc != C2_OK || (frame->flags & FLAG_END_HEADERS) != 0 || len == C2_HTTP2_BLOCK_MAX || !read_frame(in, frame))
			break;
		if (frame->type != FRAME_CONTINUATION || frame->stream != stream)
			c2_rd_bad(in);
		fragment = frame->payload;
	}
	return len < C2_HTTP2_BLOCK_MAX ? c2_rd_closed(scratch, len) : c2_rd_open(scratch, len);
}

static void read_host(const struct hpack_text *value, struct c2_name *out, bool *is_bad)
{
	uint8_t octets[VALUE_LEN_MAX];
	size_t len;
	if (hpack_text_read(value, octets, sizeof octets, &len) == C2_OK)
		http_authority(c2_rd_closed(octets, len), out, is_bad);
	else
		*is_bad = true;
}

static bool is_connect(const struct hpack_text *method)
{
	static const char word[] = "CONNECT";
	uint8_t octets[sizeof word];
	size_t len;
	return hpack_text_read(method, octets, sizeof octets, &len) == C2_OK && len == sizeof word - 1 && memcmp(octets, word, len) == 0;
}

/* Of each field the first is read: an index of one octet must not be worth a text of a thousand, again and again. */
static enum c2_rc read_fields(struct c2_rd block, struct c2_http_request *out)
{
	struct hpack hpack = {.rd = block};
	struct hpack_field field;
	unsigned seen = 0;
	enum c2_rc rc;
	while ((rc = hpack_next(&hpack, &field)) == C2_OK) {
		bool is_again = (seen & 1u << field.name) != 0;
		seen |= 1u << field.name;
		if (is_again)
			continue;
		if (field.name == HPACK_AUTHORITY)
			read_host(&field.value, &out->target, &out->has_bad_name);
		else if (field.name == HPACK_HOST)
			read_host(&field.value, &out->host, &out->has_bad_name);
		else if (field.name == HPACK_METHOD)
			out->is_connect = is_connect(&field.value);
	}
	if (out->target.len > 0) /* RFC 9113 §8.3.1: then Host is not asked */
		out->host.len = 0;
	if ((seen & 1u << HPACK_PROTOCOL) != 0) /* RFC 8441 §4: no proxy is asked */
		out->is_connect = false;
	return rc;
}

enum c2_rc c2_http2_request_read(struct c2_rd in, uint8_t *scratch, struct c2_http_request *out)
{
	const uint8_t *begin = in.p;
	struct frame frame;
	*out = (struct c2_http_request){.is_whole = false};
	if (!c2_http2_begins(in.p, c2_rd_left(&in)))
		return C2_NONE;
	c2_rd_skip(&in, C2_HTTP2_PREFACE_LEN);
	if (!read_to_headers(&in, &frame))
		return (enum c2_rc)in.rc;
	struct c2_rd block = read_block(&in, &frame, scratch);
	if (in.rc != C2_OK)
		return (enum c2_rc)in.rc;
	if (read_fields(block, out) == C2_BAD)
		return C2_BAD;
	out->is_whole = true;
	out->head_len = (size_t)(in.p - begin);
	return C2_OK;
}
