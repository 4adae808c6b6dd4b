/* SPDX-License-Identifier: Apache-2.0 */
/* What UDP carries: DNS and DHCP. A datagram is looked at once and forgotten. */
#include "flow/inspect_parts.h"

#include <c2watch/dhcp.h>
#include <c2watch/dns.h>

#include <string.h>

static struct c2_rd inspection_payload(const struct inspection *in)
{
	const struct c2_packet *packet = in->packet;
	return packet->is_cut ? c2_rd_open(in->payload, packet->payload_len) : c2_rd_closed(in->payload, packet->payload_len);
}

/*
 * Counts the address records among the answers that `dns` still has to read. A walk of its own, so that the question's note can tell its outcome;
 * and one for the message, however many listed names are in it.
 */
static void answers_count(struct inspection *in, struct c2_dns dns)
{
	struct c2_dns_answer answer;
	if (in->has_answers)
		return;
	in->has_answers = true;
	in->answers = 0;
	in->first_answer = (struct c2_addr){.family = 0};
	while (c2_dns_answer(&dns, &answer) == C2_OK) {
		if (answer.addr.family == 0)
			continue;
		if (in->answers == 0)
			in->first_answer = answer.addr;
		if (in->answers < UINT8_MAX)
			in->answers++;
	}
}

static void sight_dns(struct inspection *in, enum note_kind kind, const struct c2_dns *dns, uint16_t qtype, const struct c2_name *name,
	const struct c2_dns_answer *answer, const struct c2_dns *answers)
{
	struct note_sighting *sighting = inspection_sight(in, kind, name);
	if (sighting == NULL)
		return;
	sighting->dns_id = dns->id;
	sighting->dns_flags = dns->flags;
	sighting->qtype = qtype;
	if (answer != NULL) {
		sighting->rrtype = answer->type;
		sighting->addr = answer->addr;
		if (kind == NOTE_CNAME)
			sighting->owner = answer->owner;
	}
	if ((dns->flags & C2_DNS_QR) != 0 && sighting->is_hit) {
		answers_count(in, *answers);
		sighting->answers = in->answers;
		sighting->first_answer = in->first_answer;
	}
	inspection_publish(in);
}

static enum c2_rc inspect_answers(struct inspection *in, struct c2_dns *dns, uint16_t qtype)
{
	const struct c2_dns answers = *dns;
	struct c2_dns_answer answer;
	enum c2_rc rc;
	while ((rc = c2_dns_answer(dns, &answer)) == C2_OK) {
		if (answer.target.len > 0)
			sight_dns(in, NOTE_CNAME, dns, qtype, &answer.target, &answer, &answers);
		else if (answer.addr.family != 0)
			sight_dns(in, NOTE_ADDR, dns, qtype, &answer.owner, &answer, &answers);
	}
	return rc == C2_NONE ? C2_OK : rc;
}

static enum c2_rc inspect_message(struct inspection *in)
{
	struct c2_dns dns;
	enum c2_rc rc = c2_dns_open(inspection_payload(in), &dns);
	if (rc != C2_OK)
		return rc;
	bool is_response = (dns.flags & C2_DNS_QR) != 0;
	uint16_t qtype = 0;
	for (;;) {
		struct c2_dns_question question;
		rc = c2_dns_question(&dns, &question);
		if (rc != C2_OK)
			break;
		qtype = question.type;
		if (question.name.labels > 0)
			sight_dns(in, is_response ? NOTE_DNS_R : NOTE_DNS, &dns, qtype, &question.name, NULL, &dns);
	}
	if (rc != C2_NONE || !is_response)
		return rc == C2_NONE ? C2_OK : rc;
	return inspect_answers(in, &dns, qtype);
}

void inspect_dns(struct inspection *in)
{
	if (in->packet->dport == 53)
		inspection_meet_source(in);
	enum c2_rc rc = inspect_message(in);
	counter_add(in->inspector->options.counters, (enum counter)(COUNTER_dns_ok + rc), 1);
}

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

void inspect_dhcp4(struct inspection *in)
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
