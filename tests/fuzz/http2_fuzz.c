/* SPDX-License-Identifier: Apache-2.0 */
/* The first request of an HTTP/2 connection, whole and at every prefix: an answer once given does not change. The first octet tells what to begin with. */
#include "checks.h"

#include <c2watch/http.h>

#define PREFIXES_MAX 1024
#define BEGINNING "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0"
#define HEADERS_AT (C2_HTTP2_PREFACE_LEN + 9)

static uint8_t stream[1 << 16];

static enum c2_rc look(const uint8_t *octets, size_t len, struct c2_http_request *request)
{
	static uint8_t scratch[C2_HTTP2_BLOCK_MAX];
	enum c2_rc rc = c2_http2_request_read(c2_rd_open(octets, len), scratch, request);
	MUST((rc != C2_NONE) == c2_http2_begins(octets, len));
	if (rc != C2_OK)
		return rc;
	if (request->target.len > 0)
		check_name(&request->target);
	if (request->host.len > 0)
		check_name(&request->host);
	MUST(request->is_whole && request->head_len > HEADERS_AT && request->head_len <= len);
	return rc;
}

/* 0: a stream as it is; 1: frames behind preface and SETTINGS; else a header block in one frame. */
static size_t stream_of(const uint8_t *octets, size_t len)
{
	uint8_t kind = *octets++;
	size_t at = kind == 0 ? 0 : HEADERS_AT;
	len--;
	memcpy(stream, BEGINNING, at);
	if (kind > 1) {
		memcpy(stream + at, (const uint8_t[]){(uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len, 1, 4, 0, 0, 0, 1}, 9);
		at += 9;
	}
	size_t room = sizeof stream - at;
	memcpy(stream + at, octets, len < room ? len : room);
	return at + (len < room ? len : room);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	if (len == 0)
		return 0;
	len = stream_of(octets, len);
	struct c2_http_request whole;
	enum c2_rc want = look(stream, len, &whole);
	enum c2_rc last = C2_MORE;
	for (size_t have = 0; have < len; have += have < PREFIXES_MAX ? 1 : 61) {
		struct c2_http_request request;
		enum c2_rc rc = look(stream, have, &request);
		if (last != C2_MORE)
			MUST(rc == last);
		if (rc != C2_MORE)
			MUST(rc == want);
		if (rc == C2_OK)
			MUST(request.head_len == whole.head_len && c2_name_equal(&request.host, &whole.host) &&
				c2_name_equal(&request.target, &whole.target));
		last = rc;
	}
	return 0;
}
