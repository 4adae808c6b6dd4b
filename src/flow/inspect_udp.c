/* SPDX-License-Identifier: Apache-2.0 */
/* What UDP carries: DNS and its relatives by their ports, DHCP, and DNS wherever it proves itself. A datagram is looked at once and forgotten. */
#include "flow/inspect_parts.h"

#include <c2watch/dhcp.h>
#include <c2watch/dtls.h>

#include <string.h>

enum port {
	PORT_DNS = 53,
	PORT_DHCP_SERVER = 67,
	PORT_DHCP_CLIENT = 68,
	PORT_NBNS = 137,
	PORT_DHCP6_CLIENT = 546,
	PORT_DHCP6_SERVER = 547,
	PORT_MDNS = 5353,
	PORT_LLMNR = 5355
};

/* A client of DHCP: its MAC, null when nothing tells, and its class; and whether it is its server that speaks of it. */
struct dhcp_client {
	const uint8_t *mac;
	const char *vendor;
	bool is_told;
};

static void note_dhcp_name(struct inspection *in, enum note_kind kind, const struct dhcp_client *client, const struct c2_name *name)
{
	static const uint8_t nobody[6];
	if (name->len == 0)
		return;
	struct note *note = inspection_note(in, kind);
	if (note == NULL)
		return;
	memset(&note->sighting, 0, sizeof note->sighting);
	note->sighting.name = *name;
	memcpy(note->chaddr, client->mac != NULL ? client->mac : nobody, sizeof note->chaddr);
	memcpy(note->vendor, client->vendor, sizeof note->vendor);
	note->is_servers = client->is_told;
	counter_add(in->inspector->options.counters, COUNTER_sightings, 1);
	inspection_publish(in);
}

static void note_lease(struct inspection *in, const uint8_t *mac, const struct c2_addr *addr, uint32_t seconds, uint32_t xid)
{
	struct note *note = inspection_note(in, NOTE_LEASE);
	if (note == NULL)
		return;
	memcpy(note->lease.mac, mac, sizeof note->lease.mac);
	note->lease.addr = *addr;
	note->lease.seconds = seconds;
	note->lease.xid = xid;
	inspection_publish(in);
}

static void note_grant(struct inspection *in, const struct c2_dhcp4 *dhcp)
{
	const struct c2_addr *addr = dhcp->yiaddr.family != 0 ? &dhcp->yiaddr : &dhcp->ciaddr;
	if (addr->family != 0)
		note_lease(in, dhcp->chaddr, addr, dhcp->lease_seconds, dhcp->xid);
}

static void inspect_dhcp4(struct inspection *in)
{
	static const char no_vendor[sizeof((struct note *)0)->vendor];
	struct c2_dhcp4 dhcp;
	enum c2_rc rc = c2_dhcp4_read(inspection_payload(in), &dhcp);
	counter_add(in->inspector->options.counters, (enum counter)(COUNTER_dhcp_ok + rc), 1);
	if (rc != C2_OK)
		return;
	if (!dhcp.is_reply) {
		const struct dhcp_client client = {.mac = dhcp.chaddr, .vendor = dhcp.vendor};
		note_dhcp_name(in, NOTE_DHCP, &client, &dhcp.host);
		note_dhcp_name(in, NOTE_DHCP_FQDN, &client, &dhcp.fqdn);
	} else if (dhcp.type == C2_DHCP4_ACK) {
		const struct dhcp_client client = {.mac = dhcp.chaddr, .vendor = no_vendor, .is_told = true};
		note_dhcp_name(in, NOTE_DHCP, &client, &dhcp.host);
		note_grant(in, &dhcp);
	}
}

/* RFC 4291 §2.5.6 */
static bool is_link_local(const struct c2_addr *addr)
{
	return addr->family == 6 && addr->octets[0] == 0xfe && (addr->octets[1] & 0xc0) == 0x80;
}

/* The client's MAC, or null: on its own link the frame's, for a DUID outlives its interface and may be another's (RFC 8415 §11); elsewhere what the message says. */
static const uint8_t *dhcp6_client_mac(const struct c2_packet *packet, const struct c2_dhcp6 *dhcp)
{
	if (dhcp->relays == 0 && packet->has_mac && is_link_local(dhcp->is_reply ? &packet->dst : &packet->src))
		return dhcp->is_reply ? packet->mac_dst : packet->mac_src;
	return dhcp->has_mac ? dhcp->mac : NULL;
}

static void inspect_dhcp6(struct inspection *in)
{
	struct c2_dhcp6 dhcp;
	enum c2_rc rc = c2_dhcp6_read(inspection_payload(in), &dhcp);
	counter_add(in->inspector->options.counters, (enum counter)(COUNTER_dhcp_ok + rc), 1);
	if (rc != C2_OK)
		return;
	const struct dhcp_client client = {.mac = dhcp6_client_mac(in->packet, &dhcp), .vendor = dhcp.vendor};
	if (!dhcp.is_reply)
		note_dhcp_name(in, NOTE_DHCP6, &client, &dhcp.fqdn);
	for (unsigned i = 0; dhcp.type == C2_DHCP6_REPLY && client.mac != NULL && i < dhcp.addrs; i++)
		if (dhcp.addr[i].valid_seconds != 0)
			note_lease(in, client.mac, &dhcp.addr[i].addr, dhcp.addr[i].valid_seconds, dhcp.xid);
}

/* Is it a datagram of the service on `port`: to it, or from it? */
static bool is_of(const struct c2_packet *packet, enum port port)
{
	return packet->dport == port || packet->sport == port;
}

/* A message of DNS or one of its relatives, by its port; what is none may be QUIC of a version that is not known, which is at home on no port. */
static void inspect_asked(struct inspection *in, struct c2_rd payload, enum dns_tongue tongue)
{
	enum c2_rc rc = inspect_dns(in, payload, tongue);
	if (rc == C2_NONE || rc == C2_BAD)
		inspect_quic(in);
}

void inspect_udp(struct inspection *in)
{
	const struct c2_packet *packet = in->packet;
	struct c2_rd payload = inspection_payload(in);
	if (c2_dtls_begins(payload.p, c2_rd_left(&payload))) {
		inspect_dtls(in, payload);
	} else if (c2_dtls_server_begins(payload.p, c2_rd_left(&payload))) {
		inspect_answer(in, NULL);
	} else if (c2_gquic_begins(payload.p, c2_rd_left(&payload))) {
		inspect_gquic(in);
	} else if (c2_quic_begins(payload.p, c2_rd_left(&payload))) {
		inspect_quic(in);
	} else if (is_of(packet, PORT_DNS)) {
		if (packet->dport == PORT_DNS)
			inspection_meet_source(in);
		inspect_asked(in, payload, TONGUE_DNS);
	} else if ((packet->dport == PORT_DHCP_SERVER || packet->dport == PORT_DHCP_CLIENT) && packet->src.family == 4) {
		inspect_dhcp4(in);
	} else if ((packet->dport == PORT_DHCP6_SERVER || packet->dport == PORT_DHCP6_CLIENT) && packet->src.family == 6) {
		inspect_dhcp6(in);
	} else if (is_of(packet, PORT_MDNS)) {
		inspect_announcement(in, payload, TONGUE_MDNS);
		inspect_asked(in, payload, TONGUE_MDNS);
	} else if (is_of(packet, PORT_LLMNR)) {
		inspect_announcement(in, payload, TONGUE_LLMNR);
		inspect_asked(in, payload, TONGUE_LLMNR);
	} else if (packet->dport == PORT_NBNS) {
		inspect_announcement(in, payload, TONGUE_NBNS);
		inspect_asked(in, payload, TONGUE_NBNS);
	} else if (dns_proves_itself(payload)) {
		inspect_dns(in, payload, TONGUE_DNS);
	} else {
		inspect_sealed(in);
		inspect_quic(in); /* of a version that is not known, or none of it */
	}
}
