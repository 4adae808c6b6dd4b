/* SPDX-License-Identifier: Apache-2.0 */
/* What UDP carries: DNS and its relatives by their ports, DHCP, and DNS wherever it proves itself. A datagram is looked at once and forgotten. */
#include "flow/inspect_parts.h"

#include <c2watch/dhcp.h>
#include <c2watch/dtls.h>

#include <string.h>

enum port { PORT_DNS = 53, PORT_DHCP_SERVER = 67, PORT_DHCP_CLIENT = 68, PORT_NBNS = 137, PORT_MDNS = 5353, PORT_LLMNR = 5355 };

static void note_dhcp_name(struct inspection *in, enum note_kind kind, const struct c2_dhcp4 *dhcp, const struct c2_name *name)
{
	struct note *note = inspection_note(in, kind);
	if (note == NULL)
		return;
	memset(&note->sighting, 0, sizeof note->sighting);
	note->sighting.name = *name;
	memcpy(note->chaddr, dhcp->chaddr, sizeof note->chaddr);
	memcpy(note->vendor, dhcp->vendor, sizeof note->vendor);
	counter_add(in->inspector->options.counters, COUNTER_sightings, 1);
	inspection_publish(in);
}

static void note_lease(struct inspection *in, const struct c2_dhcp4 *dhcp)
{
	struct note *note = inspection_note(in, NOTE_LEASE);
	if (note == NULL)
		return;
	memcpy(note->lease.mac, dhcp->chaddr, sizeof note->lease.mac);
	note->lease.addr = dhcp->yiaddr.family != 0 ? dhcp->yiaddr : dhcp->ciaddr;
	note->lease.seconds = dhcp->lease_seconds;
	note->lease.xid = dhcp->xid;
	inspection_publish(in);
}

static void inspect_dhcp4(struct inspection *in)
{
	struct c2_dhcp4 dhcp;
	enum c2_rc rc = c2_dhcp4_read(inspection_payload(in), &dhcp);
	counter_add(in->inspector->options.counters, (enum counter)(COUNTER_dhcp_ok + rc), 1);
	if (rc != C2_OK)
		return;
	if (!dhcp.is_reply && dhcp.host.len > 0)
		note_dhcp_name(in, NOTE_DHCP, &dhcp, &dhcp.host);
	if (!dhcp.is_reply && dhcp.fqdn.len > 0)
		note_dhcp_name(in, NOTE_DHCP_FQDN, &dhcp, &dhcp.fqdn);
	if (dhcp.is_reply && dhcp.type == C2_DHCP4_ACK && (dhcp.yiaddr.family != 0 || dhcp.ciaddr.family != 0))
		note_lease(in, &dhcp);
}

/* Is it a datagram of the service on `port`: to it, or from it? */
static bool is_of(const struct c2_packet *packet, enum port port)
{
	return packet->dport == port || packet->sport == port;
}

void inspect_udp(struct inspection *in)
{
	const struct c2_packet *packet = in->packet;
	struct c2_rd payload = inspection_payload(in);
	if (c2_dtls_begins(payload.p, c2_rd_left(&payload))) {
		inspect_dtls(in, payload);
	} else if (c2_quic_begins(payload.p, c2_rd_left(&payload))) {
		inspect_quic(in);
	} else if (is_of(packet, PORT_DNS)) {
		if (packet->dport == PORT_DNS)
			inspection_meet_source(in);
		inspect_dns(in, payload, TONGUE_DNS);
	} else if ((packet->dport == PORT_DHCP_SERVER || packet->dport == PORT_DHCP_CLIENT) && packet->src.family == 4) {
		inspect_dhcp4(in);
	} else if (is_of(packet, PORT_MDNS)) {
		inspect_dns(in, payload, TONGUE_MDNS);
	} else if (is_of(packet, PORT_LLMNR)) {
		inspect_dns(in, payload, TONGUE_LLMNR);
	} else if (packet->dport == PORT_NBNS) {
		inspect_dns(in, payload, TONGUE_NBNS);
	} else if (dns_proves_itself(payload)) {
		inspect_dns(in, payload, TONGUE_DNS);
	} else {
		inspect_quic(in); /* of a version that is not known, or none of it */
	}
}
