/* SPDX-License-Identifier: Apache-2.0 */
/* The ladder: what one sighting shows of how far a host got. A sighting that shows nothing is `asked`. */
#include "incident/outcome.h"

/* RFC 1035 §4.1.1 */
#define DNS_AA 0x0400
#define DNS_TC 0x0200
#define DNS_RA 0x0080
#define DNS_RCODE 0x000f
#define RCODE_NOERROR 0
#define RCODE_NXDOMAIN 3
#define RCODE_REFUSED 5

#define RRTYPE_A 1
#define RRTYPE_AAAA 28

/* Does a name resolved to `addr` lead nowhere? What sinkholes and blocking resolvers answer. */
static bool addr_is_sink(const struct c2_addr *addr)
{
	static const uint8_t zero[15];
	if (addr->family == 4)
		return addr->octets[0] == 127 || memcmp(addr->octets, zero, 4) == 0;
	return addr->family == 6 && memcmp(addr->octets, zero, 15) == 0 && addr->octets[15] <= 1;
}

static enum incident_outcome outcome_of_addr(const struct c2_addr *addr)
{
	return addr_is_sink(addr) ? INCIDENT_SINKHOLED : INCIDENT_RESOLVED;
}

/*
 * Is it an answer without an address to a question for one? Not when it was cut, and not when it is a referral, which an authoritative server
 * gives about what is below it: neither authoritative nor from one that resolves (RFC 1034 §4.3.2). Of other types the note has not counted the records.
 */
static bool answer_is_empty(const struct note_sighting *response)
{
	return (response->qtype == RRTYPE_A || response->qtype == RRTYPE_AAAA) && response->answers == 0 && (response->dns_flags & DNS_TC) == 0 &&
	       (response->dns_flags & (DNS_AA | DNS_RA)) != 0;
}

static enum incident_outcome outcome_of_response(const struct note_sighting *response)
{
	switch (response->dns_flags & DNS_RCODE) {
	case RCODE_NXDOMAIN:
	case RCODE_REFUSED:
		return INCIDENT_REFUSED;
	case RCODE_NOERROR:
		if (response->first_answer.family != 0)
			return outcome_of_addr(&response->first_answer);
		return answer_is_empty(response) ? INCIDENT_REFUSED : INCIDENT_ASKED;
	default: /* a server that failed has said nothing about the name */
		return INCIDENT_ASKED;
	}
}

enum incident_outcome outcome_of(const struct note *hit)
{
	switch (hit->kind) {
	case NOTE_TLS:
	case NOTE_QUIC:
	case NOTE_DTLS:
	case NOTE_HTTP:
	case NOTE_CONNECT:
	case NOTE_SOCKS:
	case NOTE_CERT:
		return INCIDENT_HELLO;
	case NOTE_ANSWERED_TLS:
	case NOTE_ANSWERED_QUIC:
	case NOTE_ANSWERED_DTLS:
		return INCIDENT_TALKED;
	case NOTE_ADDR:
		return outcome_of_addr(&hit->sighting.addr);
	case NOTE_DNS_R:
	case NOTE_CNAME:
	case NOTE_RR:
		return outcome_of_response(&hit->sighting);
	default:
		return INCIDENT_ASKED;
	}
}

const char *incident_outcome_text(enum incident_outcome outcome)
{
	static const char *const texts[] = {
		[INCIDENT_ASKED] = "asked",
		[INCIDENT_REFUSED] = "refused",
		[INCIDENT_SINKHOLED] = "sinkholed",
		[INCIDENT_RESOLVED] = "resolved",
		[INCIDENT_HELLO] = "hello",
		[INCIDENT_TALKED] = "talked",
	};
	return texts[outcome];
}
