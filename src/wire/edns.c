/* SPDX-License-Identifier: Apache-2.0 */
/* EDNS: what the OPT record says of whose question it is. RFC 6891 §6.1, RFC 7871. A record that a server refuses the message for says nothing here. */
#include <c2watch/dns.h>

#define OPTION_CLIENT_SUBNET 8
#define FAMILY_IPV4 1
#define FAMILY_IPV6 2

/* RFC 7871 §6: as few octets as the prefix takes, its last one filled up with zero bits. Family 0 has none to tell. */
static enum c2_rc read_subnet(struct c2_rd option, struct c2_dns_subnet *out)
{
	uint16_t family = c2_rd_u16(&option);
	unsigned bits = c2_rd_u8(&option);
	c2_rd_skip(&option, 1); /* scope */
	unsigned bits_max = family == FAMILY_IPV4 ? 32 : family == FAMILY_IPV6 ? 128 : 0;
	size_t n = (bits + 7) / 8;
	if (option.rc != C2_OK)
		return (enum c2_rc)option.rc;
	if (bits > bits_max || c2_rd_left(&option) != n)
		return C2_BAD;
	if (bits == 0)
		return C2_NONE;
	*out = (struct c2_dns_subnet){.addr = {.family = family == FAMILY_IPV4 ? 4 : 6}, .bits = (uint8_t)bits};
	c2_rd_copy(&option, out->addr.octets, n);
	return (out->addr.octets[n - 1] & (0xffu >> (bits - 1) % 8 >> 1)) == 0 ? C2_OK : C2_BAD;
}

/* The options of one OPT record; two client subnets leave open which is meant. */
static enum c2_rc read_options(struct c2_rd options, struct c2_dns_subnet *out)
{
	enum c2_rc found = C2_NONE;
	bool has_subnet = false;
	while (!c2_rd_done(&options)) {
		uint16_t code = c2_rd_u16(&options);
		struct c2_rd option = c2_rd_block16(&options);
		if (options.rc != C2_OK)
			return (enum c2_rc)options.rc;
		if (code != OPTION_CLIENT_SUBNET)
			continue;
		if (has_subnet)
			return C2_BAD;
		has_subnet = true;
		found = read_subnet(option, out);
		if (found == C2_BAD)
			return C2_BAD;
	}
	return found;
}

enum c2_rc c2_dns_client_subnet(struct c2_dns dns, struct c2_dns_subnet *out)
{
	struct c2_dns_record record;
	enum c2_rc found = C2_NONE;
	bool has_opt = false;
	enum c2_rc rc;
	while ((rc = c2_dns_record(&dns, &record)) == C2_OK) {
		if (record.type != C2_DNS_OPT)
			continue;
		bool is_root = record.owner.len == 1; /* RFC 6891 §6.1.2 */
		if (has_opt || record.section != C2_DNS_ADDITIONAL || !is_root)
			return C2_BAD;
		has_opt = true;
		found = read_options(c2_rd_closed(dns.msg + record.data_at, record.data_len), out);
		if (found == C2_BAD)
			return C2_BAD;
	}
	return rc == C2_NONE ? found : rc;
}
