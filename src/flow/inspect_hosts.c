/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What hosts tell their neighbours of themselves, in messages of DNS' format: a name for the address that the message comes from. A name for another
 * address is somebody else's word: a proxy's, a reflector's, a liar's.
 */
#include "flow/inspect_parts.h"

#include <c2watch/dns.h>

#define LLMNR_TENTATIVE 0x0100 /* RFC 4795 §2.1.1: not yet known to be its own */
#define PORT_MDNS 5353
#define PORT_LLMNR 5355
#define NETBIOS_WORKSTATION 0x00
#define NETBIOS_SERVER 0x20

static void note_announcement(struct inspection *in, enum note_kind said, const struct c2_name *name)
{
	struct note *note = inspection_note(in, NOTE_ANNOUNCEMENT);
	if (note == NULL)
		return;
	note->announcement.said = said;
	note->announcement.name = *name;
	inspection_publish(in);
}

/* The first label of `name` as a name of its own. */
static void first_label(const struct c2_name *name, struct c2_name *out)
{
	uint8_t wire[65];
	size_t n = 1u + name->wire[0];
	memcpy(wire, name->wire, n);
	wire[n] = 0;
	struct c2_rd rd = c2_rd_closed(wire, n + 1);
	unsigned pointers = 0;
	c2_name_read(&rd, wire, &pointers, out);
}

/* RFC 6762 §3: one label and `local`. */
static bool is_host_of_local(const struct c2_name *name)
{
	static const uint8_t local[] = "\5local";
	return name->labels == 2 && memcmp(name->wire + 1 + name->wire[0], local, sizeof local) == 0;
}

static void hear_response(struct inspection *in, struct c2_rd message, enum dns_tongue tongue)
{
	const bool is_mdns = tongue == TONGUE_MDNS;
	struct c2_dns dns;
	struct c2_dns_record record;
	struct c2_name name;
	if (c2_dns_open(message, &dns) != C2_OK || (dns.flags & C2_DNS_QR) == 0 || C2_DNS_RCODE(dns.flags) != 0 ||
		in->packet->sport != (is_mdns ? PORT_MDNS : PORT_LLMNR) || (!is_mdns && (dns.flags & LLMNR_TENTATIVE) != 0))
		return;
	while (c2_dns_record(&dns, &record) == C2_OK) {
		bool is_own = c2_addr_equal(&record.addr, &in->packet->src) && record.section != C2_DNS_AUTHORITY && record.ttl != 0;
		if (!is_own || !(is_mdns ? is_host_of_local(&record.owner) : record.owner.labels == 1))
			continue;
		first_label(&record.owner, &name);
		note_announcement(in, is_mdns ? NOTE_MDNS_R : NOTE_LLMNR_R, &name);
		return;
	}
}

void inspect_announcement(struct inspection *in, struct c2_rd message, enum dns_tongue tongue)
{
	struct c2_netbios_claim claim;
	if (tongue != TONGUE_NBNS)
		hear_response(in, message, tongue);
	else if (c2_netbios_claim_read(message, &claim) == C2_OK && !claim.is_group && c2_addr_equal(&claim.addr, &in->packet->src) &&
		 (claim.type == NETBIOS_WORKSTATION || claim.type == NETBIOS_SERVER))
		note_announcement(in, NOTE_NBNS, &claim.name);
}
