/* SPDX-License-Identifier: Apache-2.0 */
/* A DHCPv6 message, whole, open and at every prefix. */
#include "checks.h"

#include <c2watch/dhcp.h>

#define PREFIXES_MAX 1024

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct c2_dhcp6 dhcp;
	enum c2_rc closed = c2_dhcp6_read(c2_rd_closed(octets, len), &dhcp);
	MUST(closed != C2_MORE);
	if (closed == C2_OK) {
		MUST(dhcp.type >= C2_DHCP6_SOLICIT && dhcp.type <= C2_DHCP6_INFORMATION_REQUEST);
		MUST(dhcp.relays <= C2_DHCP6_RELAYS_MAX && dhcp.addrs <= C2_DHCP6_ADDRS_MAX);
		for (unsigned i = 0; i < dhcp.addrs; i++)
			MUST(dhcp.addr[i].addr.family == 6);
		if (dhcp.fqdn.len > 0)
			check_name(&dhcp.fqdn);
		MUST(strnlen(dhcp.vendor, sizeof dhcp.vendor) < sizeof dhcp.vendor);
	}
	enum c2_rc open = c2_dhcp6_read(c2_rd_open(octets, len), &dhcp);
	MUST(open == C2_MORE || (open == C2_NONE && closed == C2_NONE));
	for (size_t have = 0; have < len && have < PREFIXES_MAX; have++) {
		enum c2_rc cut = c2_dhcp6_read(c2_rd_open(octets, have), &dhcp);
		MUST(cut == C2_MORE || cut == open);
	}
	return 0;
}
