/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What cannot be read is counted: packets that no decoder knows, tunnels that are encrypted, hellos to resolvers that take the questions with them, and
 * connections to addresses that no answer has told. Nothing here is a sighting.
 */
#include "flow/inspect_parts.h"

#include <string.h>

enum blind_port {
	PORT_HTTPS = 443,
	PORT_DNS_TLS = 853, /* RFC 7858 §3.1, RFC 9250 §4.1.1, RFC 8094 §2 */
	PORT_OPENVPN = 1194,
	PORT_ESP = 4500, /* RFC 3948 §2.1 */
};

#define PROTO_ESP 50

static void blind_count(const struct inspection *in, enum counter which)
{
	counter_add(in->inspector->options.counters, which, 1);
}

void count_unread(struct counters *counters, const struct c2_packet *packet)
{
	if (packet->stop == C2_STOP_NOTHING)
		return;
	if (packet->stop == C2_STOP_SEALED) {
		counter_add(counters, COUNTER_sealed_wifi, 1);
		return;
	}
	unread_add(&counters->unread, packet->stop, packet->stop_number);
	if (packet->stop == C2_STOP_PROTO && packet->stop_number == PROTO_ESP)
		counter_add(counters, COUNTER_sealed_esp, 1);
}

/* Four kinds of message, each with its length: https://www.wireguard.com/protocol/ */
static bool is_wireguard(const uint8_t *p, size_t len)
{
	if (len < 32 || p[1] != 0 || p[2] != 0 || p[3] != 0)
		return false;
	switch (p[0]) {
	case 1:
		return len == 148;
	case 2:
		return len == 92;
	case 3:
		return len == 64;
	case 4:
		return len % 16 == 0;
	default:
		return false;
	}
}

void inspect_sealed(struct inspection *in)
{
	const struct c2_packet *packet = in->packet;
	const uint8_t *p = in->payload;
	size_t len = packet->payload_len;
	if (packet->is_cut)
		return;
	if (is_wireguard(p, len))
		blind_count(in, COUNTER_sealed_wireguard);
	else if ((packet->dport == PORT_ESP || packet->sport == PORT_ESP) && len > 8 && (p[0] | p[1] | p[2] | p[3]) != 0) /* no SPI: key exchange */
		blind_count(in, COUNTER_sealed_esp);
	else if ((packet->dport == PORT_OPENVPN || packet->sport == PORT_OPENVPN) && len >= 14 && p[0] >> 3 >= 1 && p[0] >> 3 <= 11) /* an opcode */
		blind_count(in, COUNTER_sealed_openvpn);
}

static bool hello_offers(const struct c2_tls_hello *hello, const char protocol[static 4])
{
	for (unsigned i = 0; i < hello->alpns; i++)
		if (memcmp(hello->alpn[i], protocol, 4) == 0)
			return true;
	return false;
}

void inspect_resolver(struct inspection *in, const struct c2_tls_hello *hello, bool is_quic)
{
	const struct resolver_set *resolvers = in->inspector->feeds.resolvers;
	uint16_t port = in->packet->dport;
	if (port == PORT_DNS_TLS || hello_offers(hello, is_quic ? "doq" : "dot"))
		blind_count(in, is_quic ? COUNTER_hello_doq : COUNTER_hello_dot);
	else if (resolvers != NULL &&
		 (resolver_set_has_name(resolvers, &hello->name) || (port == PORT_HTTPS && resolver_set_has_addr(resolvers, &in->packet->dst))))
		blind_count(in, COUNTER_hello_doh);
}

void inspect_connection(struct inspection *in)
{
	const struct named *named = in->inspector->options.named;
	const struct c2_addr *server = &in->packet->dst;
	if (named == NULL || addr_is_local(server))
		return;
	blind_count(in, COUNTER_connections);
	if (!named_has(named, server))
		blind_count(in, COUNTER_connections_unnamed);
}
