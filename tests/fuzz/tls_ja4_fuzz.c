/* SPDX-License-Identifier: Apache-2.0 */
/* A client's fingerprint, of the whole and of every prefix: it is out at the hello's end and not before, and has its form. */
#include "fuzz.h"

#include <c2watch/tls.h>

#define PREFIXES_MAX 512

static void check_form(const char *text)
{
	MUST(strlen(text) == C2_TLS_JA4_CAP - 1 && text[10] == '_' && text[23] == '_');
	for (const char *p = text; *p != '\0'; p++)
		MUST((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_');
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	char whole[C2_TLS_JA4_CAP], text[C2_TLS_JA4_CAP];
	enum c2_rc want = c2_tls_ja4(c2_rd_open(octets, len), 't', whole);
	if (want == C2_OK)
		check_form(whole);
	for (size_t have = 0; have < len && have < PREFIXES_MAX; have++) {
		enum c2_rc rc = c2_tls_ja4(c2_rd_open(octets, have), 't', text);
		if (rc != C2_MORE)
			MUST(rc == want);
		if (rc == C2_OK)
			MUST(strcmp(text, whole) == 0);
	}
	if (c2_dtls_ja4(c2_rd_closed(octets, len), text) == C2_OK)
		check_form(text);
	MUST(c2_dtls_ja4(c2_rd_open(octets, len), text) == C2_MORE);
	return 0;
}
