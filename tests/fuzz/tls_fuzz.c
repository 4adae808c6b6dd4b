/* SPDX-License-Identifier: Apache-2.0 */
/* Records and hello at the head of a stream, whole and at every prefix: an answer once given does not change. */
#include "checks.h"

#include <c2watch/tls.h>

#define PREFIXES_MAX 2048 /* beyond them only every 61st, to stay fast */

static enum c2_rc look(const uint8_t *octets, size_t len, struct c2_tls_hello *hello)
{
	static uint8_t *scratch;
	struct c2_rd message;
	if (scratch == NULL)
		scratch = malloc(C2_TLS_HELLO_MAX + 4);
	enum c2_rc rc = c2_tls_handshake(c2_rd_open(octets, len), C2_TLS_CLIENT_HELLO, scratch, &message);
	if (rc != C2_OK)
		return rc;
	MUST(c2_rd_left(&message) <= C2_TLS_HELLO_MAX + 4 || !message.open);
	rc = c2_tls_hello_read(message, hello);
	MUST(rc != C2_NONE);
	if (rc != C2_OK)
		return rc;
	if (hello->name.len > 0)
		check_name(&hello->name);
	MUST(hello->name.len == 0 || !hello->has_bad_name);
	MUST(hello->alpns <= C2_TLS_ALPN_MAX);
	for (unsigned i = 0; i < hello->alpns; i++)
		MUST(strnlen(hello->alpn[i], C2_TLS_ALPN_LEN_MAX + 1) <= C2_TLS_ALPN_LEN_MAX && hello->alpn[i][0] != '\0');
	return C2_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct c2_tls_hello whole;
	enum c2_rc last = C2_MORE;
	enum c2_rc want = look(octets, len, &whole);
	for (size_t have = 0; have < len; have += have < PREFIXES_MAX ? 1 : 61) {
		struct c2_tls_hello hello;
		enum c2_rc rc = look(octets, have, &hello);
		if (last == C2_NONE || last == C2_BAD)
			MUST(rc == last);
		if (rc == C2_OK && hello.name.len > 0 && want == C2_OK)
			MUST(c2_name_equal(&hello.name, &whole.name));
		if (rc == C2_OK && hello.is_whole)
			MUST(want == C2_OK && hello.name.len == whole.name.len);
		last = rc;
	}
	if (last == C2_NONE || last == C2_BAD)
		MUST(want == last);
	c2_tls_hello_begins(octets, len);
	struct c2_rd in = c2_rd_open(octets, len);
	size_t stray;
	if (c2_tls_stray_read(in, &stray) == C2_OK)
		MUST(stray >= 5 && stray <= 7 && stray <= len);
	if (c2_tls_hello_v2_read(in, &whole) == C2_OK)
		MUST(whole.name.len == 0 && whole.is_whole && octets[0] >= 0x80);
	return 0;
}
