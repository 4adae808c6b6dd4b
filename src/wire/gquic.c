/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google's QUIC: from a client's datagram to its hello, and what the hello says. "QUIC Wire Layout Specification" and "QUIC Crypto", Chromium's
 * documents, for versions up to Q043; the long headers of Q044 to Q048 are those of the standard's drafts of their time.
 *
 * Integers are little-endian up to Q038, big-endian after that, but for those of the handshake's messages, which stay as they were.
 */
#include <c2watch/gquic.h>
#include <c2watch/quic.h>

#define FORM_LONG 0x80
#define PUBLIC_VERSION 0x01
#define PUBLIC_RESET 0x02
#define PUBLIC_CID 0x08 /* 8 octets of it: a client's first packets have no less */
#define PRIVATE_FEC_GROUP 0x02
#define HASH_LEN 12 /* of what the null cipher seals with: FNV-1a, cut */

#define VERSION_BARE 34       /* from here on: no private flags, and acknowledgements of another form */
#define VERSION_BIG_ENDIAN 39 /* from here on */
#define VERSION_LONG 44       /* from here on: long headers, and nobody waits any more */
#define VERSION_LAST 48       /* that begins in the clear with them */
#define VERSION_SEALED 50

#define FRAME_STREAM 0x80
#define FRAME_STREAM_LEN 0x20
#define FRAME_ACK 0x40
#define FRAME_ACK_BLOCKS 0x20
#define HANDSHAKE_STREAM 1

enum frame {
	FRAME_PADDING = 0,
	FRAME_RST_STREAM,
	FRAME_CONNECTION_CLOSE,
	FRAME_GOAWAY,
	FRAME_WINDOW_UPDATE,
	FRAME_BLOCKED,
	FRAME_STOP_WAITING,
	FRAME_PING,
	FRAME_CRYPTO,
};

#define TAG_CHLO 0x43484c4f
#define TAG_SNI 0x534e4900
#define ENTRIES_MAX 128 /* "QUIC Crypto", handshake message format */

/* What a packet's version and header say of its frames. */
struct layout {
	unsigned version;
	unsigned pn_len; /* octets of the packet number */
};

/* The number in "Q046"; 0 when it is no version of Google's own handshake. */
static unsigned version_number(uint32_t version)
{
	unsigned tens = (version >> 8 & 0xff) - '0';
	unsigned ones = (version & 0xff) - '0';
	return version >> 16 == 0x5130 && tens < 10 && ones < 10 ? tens * 10 + ones : 0;
}

/* Is it a version with that sort of header, and in the clear? */
static bool is_clear(unsigned version, bool is_long)
{
	return is_long ? version >= VERSION_LONG && version <= VERSION_LAST : version > 0 && version < VERSION_LONG;
}

static bool is_clients(uint8_t flags)
{
	return (flags & (PUBLIC_VERSION | PUBLIC_RESET | PUBLIC_CID)) == (PUBLIC_VERSION | PUBLIC_CID);
}

bool c2_gquic_begins(const uint8_t *octets, size_t len)
{
	if (len < 13)
		return false;
	bool is_long = (octets[0] & FORM_LONG) != 0;
	const uint8_t *at = octets + (is_long ? 1 : 9);
	if (at[0] != 'Q' || (!is_long && !is_clients(octets[0])))
		return false;
	return is_clear(version_number((uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]), is_long);
}

static uint64_t read_little(struct c2_rd *rd, unsigned len)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < len; i++)
		value |= (uint64_t)c2_rd_u8(rd) << (8 * i);
	return value;
}

static uint64_t read_big(struct c2_rd *rd, unsigned len)
{
	uint64_t value = 0;
	while (len-- > 0)
		value = value << 8 | c2_rd_u8(rd);
	return value;
}

static uint64_t read_int(struct c2_rd *rd, const struct layout *layout, unsigned len)
{
	return layout->version >= VERSION_BIG_ENDIAN ? read_big(rd, len) : read_little(rd, len);
}

/* Numbers of packets in 1, 2, 4 or 6 octets. */
static unsigned number_len(unsigned bits)
{
	return bits < 3 ? 1U << bits : 6;
}

/* The connection ids' lengths, half an octet each: 0, or 4 to 18. */
static void skip_cids(struct c2_rd *in)
{
	uint8_t lens = c2_rd_u8(in);
	unsigned dcid = lens >> 4;
	unsigned scid = lens & 15;
	c2_rd_skip(in, (dcid > 0 ? dcid + 3 : 0) + (scid > 0 ? scid + 3 : 0));
}

static enum c2_rc read_header(struct c2_rd *in, struct layout *out)
{
	uint8_t first = c2_rd_u8(in);
	bool is_long = (first & FORM_LONG) != 0;
	if (in->rc == C2_OK && !is_long && !is_clients(first))
		return C2_NONE;
	if (!is_long)
		c2_rd_skip(in, 8);
	out->version = version_number(c2_rd_u32(in));
	if (in->rc == C2_OK && !is_clear(out->version, is_long))
		return C2_NONE;
	if (is_long)
		skip_cids(in);
	out->pn_len = is_long ? (first & 3U) + 1 : number_len(first >> 4 & 3);
	c2_rd_skip(in, out->pn_len + HASH_LEN);
	if (out->version < VERSION_BARE && (c2_rd_u8(in) & PRIVATE_FEC_GROUP) != 0)
		c2_rd_skip(in, 1);
	return (enum c2_rc)in->rc;
}

static void skip_ack(struct c2_rd *frames, uint8_t type)
{
	unsigned block_len = number_len(type & 3);
	c2_rd_skip(frames, number_len(type >> 2 & 3) + 2); /* the largest, and how long ago */
	unsigned blocks = (type & FRAME_ACK_BLOCKS) != 0 ? c2_rd_u8(frames) : 0;
	c2_rd_skip(frames, block_len + blocks * (1 + block_len));
	unsigned times = c2_rd_u8(frames);
	if (times > 0)
		c2_rd_skip(frames, 5 + (times - 1) * 3);
}

static void skip_reason(struct c2_rd *frames, const struct layout *layout)
{
	uint64_t len = read_int(frames, layout, 2);
	c2_rd_skip(frames, len);
}

/* Steps over a frame that holds nothing of the handshake. OK, or NONE for one that is not known. */
static enum c2_rc skip_frame(struct c2_rd *frames, uint8_t type, const struct layout *layout)
{
	switch (type) {
	case FRAME_PADDING: /* up to Q037 for the rest of the packet, which is zeros then */
	case FRAME_PING:
		return C2_OK;
	case FRAME_RST_STREAM:
		c2_rd_skip(frames, 16);
		return C2_OK;
	case FRAME_CONNECTION_CLOSE:
		c2_rd_skip(frames, 4);
		skip_reason(frames, layout);
		return C2_OK;
	case FRAME_GOAWAY:
		c2_rd_skip(frames, 8);
		skip_reason(frames, layout);
		return C2_OK;
	case FRAME_WINDOW_UPDATE:
		c2_rd_skip(frames, 12);
		return C2_OK;
	case FRAME_BLOCKED:
		c2_rd_skip(frames, 4);
		return C2_OK;
	case FRAME_STOP_WAITING:
		c2_rd_skip(frames, layout->pn_len + (layout->version < VERSION_BARE));
		return layout->version < VERSION_LONG ? C2_OK : C2_NONE;
	default:
		if ((type & (FRAME_STREAM | FRAME_ACK)) != FRAME_ACK || layout->version < VERSION_BARE)
			return C2_NONE;
		skip_ack(frames, type);
		return C2_OK;
	}
}

/* A STREAM frame's octets, and its stream. */
static struct c2_rd read_stream(struct c2_rd *frames, uint8_t type, const struct layout *layout, uint64_t *stream)
{
	unsigned offset_len = type >> 2 & 7;
	*stream = read_int(frames, layout, (type & 3U) + 1);
	c2_rd_skip(frames, offset_len > 0 ? offset_len + 1 : 0);
	if ((type & FRAME_STREAM_LEN) != 0) {
		uint64_t len = read_int(frames, layout, 2);
		return c2_rd_block(frames, len);
	}
	struct c2_rd rest = *frames; /* to the packet's end, wherever that is */
	c2_rd_skip(frames, c2_rd_left(frames));
	return rest;
}

static struct c2_rd read_crypto(struct c2_rd *frames, uint64_t *offset)
{
	*offset = c2_quic_varint(frames);
	uint64_t len = c2_quic_varint(frames);
	return c2_rd_block(frames, len);
}

enum c2_rc c2_gquic_message_find(struct c2_rd in, struct c2_rd *message)
{
	struct layout layout;
	enum c2_rc rc = read_header(&in, &layout);
	while (rc == C2_OK && !c2_rd_done(&in)) {
		uint64_t stream = HANDSHAKE_STREAM;
		uint8_t type = c2_rd_u8(&in);
		if ((type & FRAME_STREAM) != 0) {
			*message = read_stream(&in, type, &layout, &stream);
		} else if (type == FRAME_CRYPTO && layout.version == VERSION_LAST) {
			uint64_t offset;
			*message = read_crypto(&in, &offset);
		} else {
			rc = skip_frame(&in, type, &layout);
			continue;
		}
		if (stream == HANDSHAKE_STREAM && message->rc == C2_OK)
			return C2_OK;
	}
	/* What is no frame is encrypted: nothing has been said that could be contradicted. */
	return rc == C2_MORE || in.rc == C2_MORE ? C2_MORE : C2_NONE;
}

enum c2_rc c2_gquic_crypto_next(struct c2_rd *frames, uint64_t *offset, struct c2_rd *piece)
{
	static const struct layout layout = {.version = VERSION_SEALED};
	while (!c2_rd_done(frames)) {
		uint8_t type = c2_rd_u8(frames);
		if (type == FRAME_CRYPTO) {
			*piece = read_crypto(frames, offset);
			return (enum c2_rc)frames->rc;
		}
		if (skip_frame(frames, type, &layout) != C2_OK)
			c2_rd_bad(frames);
	}
	return frames->rc == C2_OK ? C2_NONE : (enum c2_rc)frames->rc;
}

/* Where a value stands among a hello's. */
struct span {
	uint32_t from, to;
};

/* Reads the list of tags, each with the end of its value: where the name stands, and where the last value ends. */
static enum c2_rc read_index(struct c2_rd index, struct span *name, uint32_t *end)
{
	uint32_t from = 0;
	*name = (struct span){.from = 0, .to = 0};
	while (!c2_rd_done(&index)) {
		uint32_t tag = c2_rd_u32(&index);
		uint32_t to = (uint32_t)read_little(&index, 4);
		if (index.rc != C2_OK)
			break;
		if (to < from)
			return C2_BAD;
		if (tag == TAG_SNI && name->to == 0)
			*name = (struct span){.from = from, .to = to};
		from = to;
	}
	*end = from;
	return (enum c2_rc)index.rc;
}

static enum c2_rc read_name(struct c2_rd values, const struct span *span, struct c2_tls_hello *out)
{
	c2_rd_skip(&values, span->from);
	struct c2_rd host = c2_rd_block(&values, span->to - span->from);
	if (values.rc != C2_OK || c2_rd_left(&host) == 0)
		return (enum c2_rc)values.rc;
	enum c2_rc rc = c2_name_from_host(host.p, c2_rd_left(&host), &out->name);
	if (rc != C2_OK)
		out->name.len = 0;
	out->has_bad_name = rc == C2_BAD;
	return C2_OK;
}

enum c2_rc c2_gquic_hello_read(struct c2_rd message, struct c2_tls_hello *out)
{
	uint32_t tag = c2_rd_u32(&message);
	if (message.rc == C2_OK && tag != TAG_CHLO)
		return C2_NONE;
	size_t entries = read_little(&message, 2);
	c2_rd_skip(&message, 2);
	if (message.rc != C2_OK)
		return (enum c2_rc)message.rc;
	if (entries > ENTRIES_MAX)
		return C2_BAD;
	struct span name;
	uint32_t end;
	enum c2_rc rc = read_index(c2_rd_block(&message, entries * 8), &name, &end);
	if (rc != C2_OK)
		return rc;
	struct c2_rd values = c2_rd_block(&message, end);
	if (message.rc == C2_BAD)
		return C2_BAD;
	out->name.len = 0;
	out->has_bad_name = out->has_ech = false;
	out->version = 0;
	out->alpns = 0;
	out->is_whole = message.rc == C2_OK;
	rc = read_name(values, &name, out);
	return rc == C2_OK && !out->is_whole && out->name.len == 0 ? C2_MORE : rc;
}
