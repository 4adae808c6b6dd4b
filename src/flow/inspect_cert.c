/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates in the clear: all that is read of a TLS server, and only up to TLS 1.2. RFC 5246 §7.4.2.
 *
 * A server's direction is no flow until its hello is there, and it does not become one when that hello rules a certificate out: TLS 1.3 and resumed
 * sessions, which is nearly all of a wire, leave nothing in the table.
 */
#include "flow/inspect_parts.h"

_Static_assert(sizeof(((struct inspector *)0)->scratch) >= C2_TLS_FLIGHT_MAX, "a flight fits the scratch");

static enum c2_rc certificate_look(struct inspection *in, struct c2_rd head, struct c2_tls_certificate *certificate)
{
	struct c2_rd flight;
	enum c2_rc rc = c2_tls_flight(head, in->inspector->scratch, &flight);
	return rc == C2_OK ? c2_tls_certificate_read(flight, certificate) : rc;
}

bool certificate_may_come(struct inspection *in)
{
	size_t len = in->packet->payload_len;
	struct c2_tls_certificate certificate;
	if (!c2_tls_server_begins(in->payload, len))
		return false;
	enum c2_rc rc = C2_NONE;
	if (!c2_tls_server_stands_alone(in->payload, len))
		rc = certificate_look(in, c2_rd_open(in->payload, len), &certificate);
	if (rc == C2_NONE || rc == C2_BAD)
		counter_add(in->inspector->options.counters, (enum counter)(COUNTER_certificate_ok + rc), 1);
	return rc == C2_OK || rc == C2_MORE;
}

enum c2_rc inspect_certificate(struct inspection *in, struct c2_rd head)
{
	struct c2_tls_certificate certificate;
	enum c2_rc rc = certificate_look(in, head, &certificate);
	counter_add(in->inspector->options.counters, (enum counter)(COUNTER_certificate_ok + rc), 1);
	if (rc != C2_OK)
		return rc;
	for (unsigned i = 0; i < certificate.names; i++) {
		struct note_sighting *sighting = inspection_sight(in, NOTE_CERT, &certificate.name[i]);
		if (sighting == NULL)
			continue;
		sighting->tls_version = certificate.version;
		sighting->is_subject = certificate.is_subject;
		inspection_publish(in);
	}
	return C2_OK;
}
