/* SPDX-License-Identifier: Apache-2.0 */
/* A claim of a NetBIOS name, whole, open and at every prefix. */
#include "checks.h"

#include <c2watch/dns.h>

#define PREFIXES_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct c2_netbios_claim claim;
	enum c2_rc closed = c2_netbios_claim_read(c2_rd_closed(octets, len), &claim);
	MUST(closed != C2_MORE);
	if (closed == C2_OK) {
		check_name(&claim.name);
		MUST(claim.name.labels == 1 && claim.name.len <= 17 && claim.addr.family == 4);
	}
	enum c2_rc open = c2_netbios_claim_read(c2_rd_open(octets, len), &claim);
	MUST(open == closed || (open == C2_MORE && closed == C2_BAD));
	for (size_t have = 0; have < len && have < PREFIXES_MAX; have++) {
		enum c2_rc cut = c2_netbios_claim_read(c2_rd_open(octets, have), &claim);
		MUST(cut == C2_MORE || cut == open);
	}
	return 0;
}
