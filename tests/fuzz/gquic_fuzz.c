/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as a datagram of Google's QUIC in the clear, then as the frames that its later versions seal, and as a hello: whole and at every prefix. What is read
 * stays inside, what is closed never waits, and a name once given does not change.
 */
#include "checks.h"

#include <c2watch/gquic.h>

#define PREFIXES_MAX 512

static enum c2_rc read_name(struct c2_rd in, struct c2_tls_hello *hello)
{
	struct c2_rd message;
	enum c2_rc rc = c2_gquic_message_find(in, &message);
	if (rc != C2_OK)
		return rc;
	MUST(message.p >= in.p && message.end <= in.end && (in.open || !message.open));
	rc = c2_gquic_hello_read(message, hello);
	MUST(rc != C2_MORE || message.open);
	return rc;
}

static void check_hello(const struct c2_tls_hello *hello)
{
	if (hello->name.len > 0)
		check_name(&hello->name);
	MUST(hello->version == 0 && hello->alpns == 0 && !(hello->has_bad_name && hello->name.len > 0));
}

static void read_datagram(const uint8_t *octets, size_t len)
{
	struct c2_tls_hello whole, hello;
	enum c2_rc want = read_name(c2_rd_closed(octets, len), &whole);
	MUST(want != C2_MORE);
	if (want == C2_OK)
		check_hello(&whole);
	if (want != C2_NONE)
		MUST(c2_gquic_begins(octets, len));
	for (size_t have = 0; have < len && have < PREFIXES_MAX; have++)
		if (read_name(c2_rd_open(octets, have), &hello) == C2_OK && want == C2_OK)
			MUST(c2_name_equal(&hello.name, &whole.name));
}

static void read_frames(struct c2_rd frames)
{
	const uint8_t *at = frames.p;
	uint64_t offset;
	struct c2_rd piece;
	enum c2_rc rc;
	while ((rc = c2_gquic_crypto_next(&frames, &offset, &piece)) == C2_OK) {
		MUST(piece.p >= at && piece.end <= frames.end && !piece.open);
		at = piece.end;
	}
	MUST(rc != C2_MORE);
}

static void read_hello(const uint8_t *octets, size_t len)
{
	struct c2_tls_hello whole, hello;
	enum c2_rc want = c2_gquic_hello_read(c2_rd_open(octets, len), &whole);
	for (size_t have = 0; have < len && have < PREFIXES_MAX; have++) {
		enum c2_rc rc = c2_gquic_hello_read(c2_rd_open(octets, have), &hello);
		if (rc == C2_OK)
			MUST(want == C2_OK && c2_name_equal(&hello.name, &whole.name));
		else if (rc != C2_MORE)
			MUST(rc == want);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	read_datagram(octets, len);
	read_frames(c2_rd_closed(octets, len));
	read_hello(octets, len);
	return 0;
}
