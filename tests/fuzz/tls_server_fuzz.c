/* SPDX-License-Identifier: Apache-2.0 */
/* Records and ServerHello at the head of a stream, whole and at every prefix: an answer once given does not change. */
#include "checks.h"

#include <c2watch/tls.h>

#define PREFIXES_MAX 2048 /* beyond them only every 61st, to stay fast */

static enum c2_rc look(const uint8_t *octets, size_t len, struct c2_tls_server_hello *hello)
{
	static uint8_t *scratch;
	struct c2_rd message;
	if (scratch == NULL)
		scratch = malloc(C2_TLS_HELLO_MAX + 4);
	enum c2_rc rc = c2_tls_handshake(c2_rd_open(octets, len), C2_TLS_SERVER_HELLO, scratch, &message);
	if (rc == C2_OK)
		rc = c2_tls_server_hello_read(message, hello);
	if (rc != C2_OK)
		return rc;
	size_t n = strnlen(hello->alpn, C2_TLS_ALPN_LEN_MAX + 1);
	MUST(n <= C2_TLS_ALPN_LEN_MAX);
	for (size_t i = 0; i < n; i++)
		MUST(hello->alpn[i] > 0x20 && hello->alpn[i] < 0x7f);
	return C2_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct c2_tls_server_hello whole, hello;
	enum c2_rc last = C2_MORE;
	enum c2_rc want = look(octets, len, &whole);
	for (size_t have = 0; have < len; have += have < PREFIXES_MAX ? 1 : 61) {
		enum c2_rc rc = look(octets, have, &hello);
		if (last != C2_MORE)
			MUST(rc == last);
		if (rc == C2_OK && want == C2_OK)
			MUST(hello.version == whole.version && hello.cipher == whole.cipher && hello.is_retry == whole.is_retry &&
				strcmp(hello.alpn, whole.alpn) == 0);
		last = rc;
	}
	if (last != C2_MORE)
		MUST(want == last);
	return 0;
}
