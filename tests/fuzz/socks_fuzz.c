/* SPDX-License-Identifier: Apache-2.0 */
/* SOCKS and the PROXY header: what they say of their length is within the octets, and no shorter head says it. The first octet tells whether a greeting came before. */
#include "checks.h"

#include <c2watch/http.h>

#define PREFIXES_MAX 1024

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct c2_socks socks, shorter;
	size_t n, fewer;
	if (len == 0)
		return 0;
	bool has_greeted = *octets++ & 1;
	len--;
	enum c2_rc rc = c2_socks_read(c2_rd_open(octets, len), has_greeted, &socks);
	if (rc == C2_OK)
		MUST(socks.len > 0 && socks.len <= len && (socks.step == C2_SOCKS_REQUEST || socks.name.len == 0));
	if (rc == C2_OK && socks.name.len > 0)
		check_name(&socks.name);
	enum c2_rc header = c2_proxy_header_read(c2_rd_open(octets, len), &n);
	if (header == C2_OK)
		MUST(n > 0 && n <= len);
	for (size_t have = 0; have < len && have < PREFIXES_MAX; have++) {
		if (rc == C2_OK && have < socks.len)
			MUST(c2_socks_read(c2_rd_open(octets, have), has_greeted, &shorter) == C2_MORE);
		if (header == C2_OK && have > 0 && have < n) /* of nothing at all it says that it is none */
			MUST(c2_proxy_header_read(c2_rd_open(octets, have), &fewer) == C2_MORE);
	}
	return 0;
}
