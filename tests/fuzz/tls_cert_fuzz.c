/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's records and certificate, whole and at every prefix: names once given do not change, and what is refused stays refused,
 * though a contradiction that comes later may turn "none" into "bad".
 */
#include "checks.h"

#include <c2watch/tls.h>

#define PREFIXES_MAX 2048 /* beyond them only every 61st, to stay fast */

static enum c2_rc look(const uint8_t *octets, size_t len, struct c2_tls_certificate *certificate)
{
	static uint8_t *scratch;
	struct c2_rd flight;
	if (scratch == NULL)
		scratch = malloc(C2_TLS_FLIGHT_MAX);
	enum c2_rc rc = c2_tls_flight(c2_rd_open(octets, len), scratch, &flight);
	if (rc == C2_OK)
		rc = c2_tls_certificate_read(flight, certificate);
	if (rc != C2_OK)
		return rc;
	MUST(certificate->names > 0 && certificate->names <= C2_TLS_CERTIFICATE_NAMES_MAX);
	MUST(!certificate->is_subject || certificate->names == 1);
	for (unsigned i = 0; i < certificate->names; i++)
		check_name(&certificate->name[i]);
	return C2_OK;
}

static bool is_refusal(enum c2_rc rc)
{
	return rc == C2_NONE || rc == C2_BAD;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct c2_tls_certificate whole, certificate;
	enum c2_rc last = C2_MORE;
	enum c2_rc want = look(octets, len, &whole);
	for (size_t have = 0; have < len; have += have < PREFIXES_MAX ? 1 : 61) {
		enum c2_rc rc = look(octets, have, &certificate);
		if (is_refusal(last))
			MUST(is_refusal(rc));
		if (rc == C2_OK && want == C2_OK)
			MUST(certificate.names == whole.names && c2_name_equal(&certificate.name[0], &whole.name[0]));
		last = rc;
	}
	if (is_refusal(last))
		MUST(is_refusal(want));
	return 0;
}
