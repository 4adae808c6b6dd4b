/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a TLS server says: its hello, and its certificate while that is in the clear, up to TLS 1.2. RFC 8446 §4.1.3, RFC 5246 §7.4.2.
 *
 * A server's direction is no flow until its hello is there, and it does not become one when that hello rules a certificate out: TLS 1.3 and resumed
 * sessions, which is nearly all of a wire, leave nothing in the table. Where a client's hello was listed, inspect_answer.c has admitted it already.
 */
#include "flow/inspect_parts.h"

_Static_assert(sizeof(((struct inspector *)0)->scratch) >= C2_TLS_FLIGHT_MAX, "a flight fits the scratch");

static void server_count(const struct inspection *in, enum counter first, enum c2_rc rc)
{
	counter_add(in->inspector->options.counters, (enum counter)(first + rc), 1);
}

/* Reads the hello. OK when a certificate in the clear may follow, NONE when none does. */
static enum c2_rc hello_look(struct inspection *in, struct c2_rd head)
{
	struct c2_rd message;
	struct c2_tls_server_hello hello;
	enum c2_rc rc = c2_tls_handshake(head, C2_TLS_SERVER_HELLO, in->inspector->scratch, &message);
	if (rc == C2_OK)
		rc = c2_tls_server_hello_read(message, &hello);
	server_count(in, COUNTER_server_hello_ok, rc);
	if (rc != C2_OK)
		return rc;
	inspect_answer(in, &hello);
	return hello.version < C2_TLS_1_3 ? C2_OK : C2_NONE;
}

static enum c2_rc certificate_look(struct inspection *in, struct c2_rd head, struct c2_tls_certificate *certificate)
{
	struct c2_rd flight;
	enum c2_rc rc = c2_tls_flight(head, in->inspector->scratch, &flight);
	return rc == C2_OK ? c2_tls_certificate_read(flight, certificate) : rc;
}

bool server_begins(struct inspection *in, uint8_t *named)
{
	struct c2_rd head = c2_rd_open(in->payload, in->packet->payload_len);
	struct c2_tls_certificate certificate;
	if (!c2_tls_server_begins(in->payload, in->packet->payload_len))
		return false;
	enum c2_rc rc = hello_look(in, head);
	if (rc != C2_OK)
		return rc == C2_MORE;
	*named = NAMED_SERVER;
	rc = certificate_look(in, head, &certificate);
	if (rc == C2_NONE || rc == C2_BAD)
		server_count(in, COUNTER_certificate_ok, rc);
	return rc == C2_OK || rc == C2_MORE;
}

enum c2_rc inspect_server(struct inspection *in, struct flow *flow, struct c2_rd head)
{
	struct c2_tls_certificate certificate;
	enum c2_rc rc = (flow->named & NAMED_SERVER) == 0 ? hello_look(in, head) : C2_OK;
	if (rc != C2_OK)
		return rc;
	flow->named |= NAMED_SERVER;
	rc = certificate_look(in, head, &certificate);
	server_count(in, COUNTER_certificate_ok, rc);
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
