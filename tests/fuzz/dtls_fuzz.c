/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A datagram as DTLS, whole and cut: fragments lie inside it, in order and within their message; a cut datagram has no other ones. Then the same octets as
 * the body of a hello, at every prefix: an answer once given does not change.
 */
#include "checks.h"

#include <c2watch/dtls.h>
#include <c2watch/tls.h>

#define PREFIXES_MAX 1024

/* Reads all fragments. Returns how many there are; the last result in `*rc`. */
static unsigned walk(struct c2_rd datagram, enum c2_rc *rc)
{
	const uint8_t *at = datagram.p;
	const uint8_t *end = datagram.end;
	struct c2_rd record = c2_rd_closed(datagram.p, 0);
	struct c2_dtls_fragment fragment;
	struct c2_tls_hello hello;
	unsigned n = 0;
	for (; (*rc = c2_dtls_fragment_read(&datagram, &record, &fragment)) == C2_OK; n++) {
		MUST(fragment.octets.p >= at && fragment.octets.end <= end && !fragment.octets.open);
		MUST(fragment.offset + c2_rd_left(&fragment.octets) <= fragment.message_len);
		at = fragment.octets.end;
		if (c2_dtls_hello_read(fragment.octets, &hello) == C2_OK && hello.name.len > 0)
			check_name(&hello.name);
	}
	return n;
}

static void look_at_body(const uint8_t *octets, size_t len)
{
	struct c2_tls_hello whole, hello;
	enum c2_rc want = c2_dtls_hello_read(c2_rd_closed(octets, len), &whole);
	MUST(want != C2_MORE);
	for (size_t have = 0; have < len && have < PREFIXES_MAX; have++) {
		enum c2_rc rc = c2_dtls_hello_read(c2_rd_open(octets, have), &hello);
		MUST(want != C2_OK || rc == C2_OK || rc == C2_MORE);
		MUST(rc != C2_BAD || want == C2_BAD);
		if (want == C2_OK && rc == C2_OK && hello.name.len > 0)
			MUST(c2_name_equal(&hello.name, &whole.name));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	enum c2_rc closed, open, cut;
	unsigned n = walk(c2_rd_closed(octets, len), &closed);
	MUST(closed != C2_MORE && closed != C2_OK);
	unsigned n_open = walk(c2_rd_open(octets, len), &open);
	MUST(closed == C2_BAD ? n_open >= n : n_open == n && open != C2_BAD); /* a record that is cut may hold fragments that are not */
	if (len > 0)
		MUST(walk(c2_rd_open(octets, len - 1), &cut) <= n_open && (cut != C2_BAD || open == C2_BAD));
	c2_dtls_begins(octets, len);
	look_at_body(octets, len);
	return 0;
}
