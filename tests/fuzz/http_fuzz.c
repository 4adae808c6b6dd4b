/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request, a chunk's line and trailers, whole and at every prefix: an answer once given does not change. */
#include "checks.h"

#include <c2watch/http.h>

#include <ctype.h>

#define PREFIXES_MAX 1024

static void look_at_body(const uint8_t *octets, size_t len)
{
	uint64_t chunk;
	size_t n;
	if (c2_http_chunk_read(c2_rd_open(octets, len), &chunk, &n) == C2_OK) {
		char text[17];
		size_t at = 0, digits = 0;
		MUST(n > 0 && n <= len);
		while (at < n && !isxdigit(octets[at]))
			at++;
		while (at < n && octets[at] == '0')
			at++;
		while (at + digits < n && isxdigit(octets[at + digits]))
			digits++;
		MUST(digits < sizeof text); /* or the length has lost some */
		memcpy(text, octets + at, digits);
		text[digits] = '\0';
		MUST(strtoull(text, NULL, 16) == chunk);
	}
	if (c2_http_trailers_read(c2_rd_open(octets, len), &n) == C2_OK)
		MUST(n > 0 && n <= len);
}

static enum c2_rc look(const uint8_t *octets, size_t len, struct c2_http_request *request)
{
	enum c2_rc rc = c2_http_request_read(c2_rd_open(octets, len), request);
	if (rc != C2_OK)
		return rc;
	if (request->target.len > 0)
		check_name(&request->target);
	if (request->host.len > 0)
		check_name(&request->host);
	MUST(!request->is_whole || (request->head_len > 0 && request->head_len <= len));
	MUST(request->is_whole || request->host.len > 0 || request->target.len > 0);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct c2_http_request whole;
	enum c2_rc want = look(octets, len, &whole);
	enum c2_rc last = C2_MORE;
	look_at_body(octets, len);
	c2_http_request_begins(octets, len);
	for (size_t have = 0; have < len; have += have < PREFIXES_MAX ? 1 : 61) {
		struct c2_http_request request;
		enum c2_rc rc = look(octets, have, &request);
		if (last == C2_NONE || last == C2_BAD)
			MUST(rc == last);
		if (rc == C2_MORE || rc == C2_OK)
			MUST(c2_http_begins(octets, have));
		if (rc == C2_OK && want == C2_OK) {
			MUST(request.host.len == 0 || c2_name_equal(&request.host, &whole.host));
			MUST(request.target.len == 0 || c2_name_equal(&request.target, &whole.target));
			MUST(!request.is_whole || request.head_len == whole.head_len);
		}
		last = rc;
	}
	return 0;
}
