/* SPDX-License-Identifier: Apache-2.0 */
/* SOCKS, the PROXY header and DTLS: what they say of their length is within the octets. The first octet tells whether a greeting came before. */
#include "checks.h"

#include <c2watch/dtls.h>
#include <c2watch/http.h>
#include <c2watch/tls.h>

static void look_at_dtls(struct c2_rd datagram)
{
	const uint8_t *end = datagram.end;
	struct c2_rd record = c2_rd_closed(datagram.p, 0);
	struct c2_dtls_fragment fragment;
	struct c2_tls_hello hello;
	while (c2_dtls_fragment_read(&datagram, &record, &fragment) == C2_OK) {
		MUST(fragment.octets.end <= end && fragment.offset + c2_rd_left(&fragment.octets) <= fragment.message_len);
		if (c2_dtls_hello_read(fragment.octets, &hello) == C2_OK && hello.name.len > 0)
			check_name(&hello.name);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct c2_socks socks;
	size_t n;
	if (len == 0)
		return 0;
	bool has_greeted = *octets++ & 1;
	len--;
	if (c2_socks_read(c2_rd_open(octets, len), has_greeted, &socks) == C2_OK) {
		MUST(socks.len > 0 && socks.len <= len);
		if (socks.name.len > 0)
			check_name(&socks.name);
		struct c2_socks shorter;
		MUST(c2_socks_read(c2_rd_open(octets, socks.len - 1), has_greeted, &shorter) == C2_MORE);
	}
	if (c2_proxy_header_read(c2_rd_open(octets, len), &n) == C2_OK)
		MUST(n > 0 && n <= len);
	look_at_dtls(c2_rd_closed(octets, len));
	look_at_dtls(c2_rd_open(octets, len));
	return 0;
}
