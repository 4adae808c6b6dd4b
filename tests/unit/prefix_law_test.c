/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The prefix law: on every prefix of a good message a decoder of streams says MORE, or what it says of the whole; never BAD, and never something else
 * than it will say later. One test a decoder and message.
 */
#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <c2watch/dhcp.h>
#include <c2watch/dns.h>
#include <c2watch/http.h>
#include <c2watch/packet.h>
#include <c2watch/tls.h>

#include <stdio.h>
#include <stdlib.h>

/* A copy of exactly `len` octets, so that a sanitizer sees the first one too many. */
static uint8_t *prefix_of(const struct octets *octets, size_t len)
{
	uint8_t *copy = malloc(len + (len == 0));
	assert_non_null(copy);
	memcpy(copy, octets->at, len);
	return copy;
}

static enum c2_rc look(const uint8_t *octets, size_t len, struct c2_tls_hello *hello)
{
	struct c2_rd message;
	uint8_t *scratch = malloc(C2_TLS_HELLO_MAX + 4);
	enum c2_rc rc = c2_tls_handshake(c2_rd_open(octets, len), C2_TLS_CLIENT_HELLO, scratch, &message);
	if (rc == C2_OK)
		rc = c2_tls_hello_read(message, hello);
	free(scratch);
	return rc;
}

static void law_of_hellos(void **state)
{
	const struct fixture *fixture = *state;
	struct octets octets = octets_from(fixture->octets);
	struct c2_tls_hello whole;
	enum c2_rc last = C2_MORE;
	assert_int_equal(look(octets.at, octets.len, &whole), C2_OK);
	for (size_t len = 0; len < octets.len; len++) {
		struct c2_tls_hello hello;
		uint8_t *copy = prefix_of(&octets, len);
		enum c2_rc rc = look(copy, len, &hello);
		assert_true(c2_tls_hello_begins(copy, len) == (len > 0));
		free(copy);
		assert_true(rc == C2_MORE || rc == C2_OK);
		assert_true(last == C2_MORE || rc == C2_OK);
		last = rc;
		if (rc != C2_OK)
			continue;
		assert_true(hello.is_whole || hello.name.len > 0);
		assert_int_equal(hello.name.len, whole.name.len);
		assert_true(hello.name.len == 0 || c2_name_equal(&hello.name, &whole.name));
		assert_true(hello.alpns <= whole.alpns && hello.has_ech <= whole.has_ech && hello.version <= whole.version);
		if (hello.is_whole)
			assert_true(hello.alpns == whole.alpns && hello.has_ech == whole.has_ech && hello.version == whole.version);
	}
	octets_free(&octets);
}

static void law_of_fingerprints(void **state)
{
	const struct fixture *fixture = *state;
	struct octets octets = octets_from(fixture->octets);
	char whole[C2_TLS_JA4_CAP], text[C2_TLS_JA4_CAP];
	size_t message =
		4 + ((size_t)octets.at[6] << 16 | (size_t)octets.at[7] << 8 | octets.at[8]); /* one record: the message begins behind its header */
	assert_int_equal(c2_tls_ja4(c2_rd_open(octets.at + 5, octets.len - 5), 't', whole), C2_OK);
	for (size_t len = 0; len < octets.len - 5; len++) {
		uint8_t *copy = malloc(len + (len == 0));
		memcpy(copy, octets.at + 5, len);
		assert_int_equal(c2_tls_ja4(c2_rd_open(copy, len), 't', text), len < message ? C2_MORE : C2_OK);
		if (len >= message)
			assert_string_equal(text, whole);
		free(copy);
	}
	octets_free(&octets);
}

static enum c2_rc look_at_server(const uint8_t *octets, size_t len, struct c2_tls_server_hello *hello)
{
	struct c2_rd message;
	uint8_t *scratch = malloc(C2_TLS_HELLO_MAX + 4);
	enum c2_rc rc = c2_tls_handshake(c2_rd_open(octets, len), C2_TLS_SERVER_HELLO, scratch, &message);
	if (rc == C2_OK)
		rc = c2_tls_server_hello_read(message, hello);
	free(scratch);
	return rc;
}

static void law_of_server_hellos(void **state)
{
	const struct fixture *fixture = *state;
	struct octets octets = octets_from(fixture->octets);
	struct c2_tls_server_hello whole, hello;
	enum c2_rc last = C2_MORE;
	assert_int_equal(look_at_server(octets.at, octets.len, &whole), C2_OK);
	for (size_t len = 0; len < octets.len; len++) {
		uint8_t *copy = prefix_of(&octets, len);
		enum c2_rc rc = look_at_server(copy, len, &hello);
		free(copy);
		assert_true(rc == C2_OK || (rc == C2_MORE && last == C2_MORE));
		last = rc;
		if (rc == C2_OK)
			assert_true(hello.version == whole.version && hello.cipher == whole.cipher && hello.is_retry == whole.is_retry &&
				    strcmp(hello.alpn, whole.alpn) == 0);
	}
	octets_free(&octets);
}

static enum c2_rc look_at_flight(const uint8_t *octets, size_t len, struct c2_tls_certificate *certificate)
{
	struct c2_rd flight;
	uint8_t *scratch = malloc(C2_TLS_FLIGHT_MAX);
	enum c2_rc rc = c2_tls_flight(c2_rd_open(octets, len), scratch, &flight);
	if (rc == C2_OK)
		rc = c2_tls_certificate_read(flight, certificate);
	free(scratch);
	return rc;
}

static void law_of_certificates(void **state)
{
	const struct fixture *fixture = *state;
	struct octets octets = octets_from(fixture->octets);
	struct c2_tls_certificate whole;
	enum c2_rc last = C2_MORE;
	assert_int_equal(look_at_flight(octets.at, octets.len, &whole), C2_OK);
	for (size_t len = 0; len < octets.len; len++) {
		struct c2_tls_certificate certificate;
		uint8_t *copy = prefix_of(&octets, len);
		enum c2_rc rc = look_at_flight(copy, len, &certificate);
		assert_true(c2_tls_server_begins(copy, len) == (len >= 6));
		free(copy);
		assert_true(rc == C2_MORE || rc == C2_OK);
		assert_true(last == C2_MORE || rc == C2_OK);
		last = rc;
		if (rc != C2_OK)
			continue;
		assert_int_equal(certificate.names, whole.names);
		assert_int_equal(certificate.is_subject, whole.is_subject);
		for (unsigned i = 0; i < whole.names; i++)
			assert_true(c2_name_equal(&certificate.name[i], &whole.name[i]));
	}
	octets_free(&octets);
}

/* The `n`th name of a message, questions first; whatever ends the walk before it. */
static enum c2_rc nth(struct c2_rd in, unsigned n, struct c2_name *name)
{
	struct c2_dns dns;
	struct c2_dns_question question;
	struct c2_dns_record answer;
	enum c2_rc rc = c2_dns_open(in, &dns);
	if (rc != C2_OK)
		return rc;
	while ((rc = c2_dns_question(&dns, &question)) == C2_OK)
		if (n-- == 0) {
			*name = question.name;
			return C2_OK;
		}
	while (rc == C2_NONE && (rc = c2_dns_record(&dns, &answer)) == C2_OK) {
		if (n-- == 0) {
			*name = answer.target.len > 0 ? answer.target : answer.owner;
			return C2_OK;
		}
		rc = C2_NONE;
	}
	return rc;
}

static void law_of_dns(void **state)
{
	const struct fixture *fixture = *state;
	struct octets octets = octets_from(fixture->octets);
	struct c2_name whole;
	for (unsigned n = 0; nth(c2_rd_open(octets.at, octets.len), n, &whole) == C2_OK; n++) {
		enum c2_rc last = C2_MORE;
		for (size_t len = 0; len < octets.len; len++) {
			struct c2_name name;
			uint8_t *copy = prefix_of(&octets, len);
			enum c2_rc rc = nth(c2_rd_open(copy, len), n, &name);
			free(copy);
			assert_true(rc == C2_MORE || rc == C2_OK);
			assert_true(last == C2_MORE || rc == C2_OK);
			if (rc == C2_OK)
				assert_true(c2_name_equal(&name, &whole));
			last = rc;
		}
	}
	octets_free(&octets);
}

/* Options may follow to the last octet, so a prefix is MORE until its end mark is there, and OK from then on. */
static void law_of_dhcp4(void **state)
{
	const struct fixture *fixture = *state;
	struct octets octets = octets_from(fixture->octets);
	struct c2_dhcp4 whole;
	enum c2_rc last = C2_MORE;
	assert_int_equal(c2_dhcp4_read(c2_rd_open(octets.at, octets.len), &whole), C2_OK);
	for (size_t len = 0; len < octets.len; len++) {
		struct c2_dhcp4 dhcp;
		uint8_t *copy = prefix_of(&octets, len);
		enum c2_rc rc = c2_dhcp4_read(c2_rd_open(copy, len), &dhcp);
		free(copy);
		assert_true(rc == C2_MORE || rc == C2_OK);
		assert_true(last == C2_MORE || rc == C2_OK);
		last = rc;
		if (rc != C2_OK)
			continue;
		assert_true(dhcp.type == whole.type && dhcp.lease_seconds == whole.lease_seconds && dhcp.host.len == whole.host.len &&
			    dhcp.fqdn.len == whole.fqdn.len);
		assert_true(c2_addr_equal(&dhcp.yiaddr, &whole.yiaddr));
	}
	octets_free(&octets);
}

/* Nothing but the datagram's end ends the options, so every prefix waits, and the whole does until it is known to be whole. */
static void law_of_dhcp6(void **state)
{
	const struct fixture *fixture = *state;
	struct octets octets = octets_from(fixture->octets);
	struct c2_dhcp6 dhcp;
	for (size_t len = 0; len <= octets.len; len++) {
		uint8_t *copy = prefix_of(&octets, len);
		assert_int_equal(c2_dhcp6_read(c2_rd_open(copy, len), &dhcp), C2_MORE);
		free(copy);
	}
	assert_int_equal(c2_dhcp6_read(c2_rd_closed(octets.at, octets.len), &dhcp), C2_OK);
	octets_free(&octets);
}

/* A request is read when its block is whole, and not before; what follows changes nothing. */
static void law_of_http2(void **state)
{
	static uint8_t scratch[C2_HTTP2_BLOCK_MAX];
	const struct fixture *fixture = *state;
	struct octets octets = octets_from(fixture->octets);
	for (size_t len = 0; len <= octets.len; len++) {
		struct c2_http_request request;
		uint8_t *copy = prefix_of(&octets, len);
		assert_true(c2_http2_begins(copy, len));
		assert_int_equal(c2_http2_request_read(c2_rd_open(copy, len), scratch, &request), len < octets.len ? C2_MORE : C2_OK);
		free(copy);
		if (len == octets.len)
			assert_int_equal(request.head_len, len);
	}
	octets_free(&octets);
}

static void law_of_netbios(void **state)
{
	const struct fixture *fixture = *state;
	struct octets octets = octets_from(fixture->octets);
	struct c2_netbios_claim claim;
	for (size_t len = 0; len <= octets.len; len++) {
		uint8_t *copy = prefix_of(&octets, len);
		assert_int_equal(c2_netbios_claim_read(c2_rd_open(copy, len), &claim), len < octets.len ? C2_MORE : C2_OK);
		free(copy);
	}
	octets_free(&octets);
}

/* A frame cut by the capture: headers wait, and behind them the payload is what there is of it. */
static void law_of_frames(void **state)
{
	static const char before[] =
		"020000000002 020000000001 8100 0007 0800 45 00 %04x 1234 4000 40 11 0000 c0000201 c6336402 3039 0035 %04x 0000 %s";
	const struct fixture *fixture = *state;
	struct octets payload = octets_from(fixture->octets);
	char text[4096];
	snprintf(text, sizeof text, before, (unsigned)payload.len + 28, (unsigned)payload.len + 8, fixture->octets);
	struct octets octets = octets_from(text);
	for (size_t len = 0; len <= octets.len; len++) {
		struct c2_packet packet;
		uint8_t *copy = prefix_of(&octets, len);
		enum c2_rc rc = c2_packet_decode(C2_LINK_ETHERNET, copy, len, &packet);
		assert_int_equal(rc, len < octets.len - payload.len ? C2_MORE : C2_OK);
		if (rc == C2_OK) {
			assert_int_equal(packet.payload_len, len - (octets.len - payload.len));
			assert_memory_equal(copy + packet.payload_at, payload.at, packet.payload_len);
			assert_int_equal(packet.is_cut, len < octets.len);
		}
		free(copy);
	}
	octets_free(&payload);
	octets_free(&octets);
}

static void add_law(struct tests *tests, const char *law, const struct fixture *fixtures, size_t count, CMUnitTestFunction run)
{
	static char names[96][80];
	static unsigned used;
	for (size_t i = 0; i < count; i++, used++) {
		snprintf(names[used], sizeof names[used], "%s: %s", law, fixtures[i].name);
		tests_add(tests, names[used], run, &fixtures[i]);
	}
}

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

int main(void)
{
	static struct tests tests;
	add_law(&tests, "hello", hellos, COUNT(hellos), law_of_hellos);
	add_law(&tests, "fingerprint", hellos, COUNT(hellos), law_of_fingerprints);
	add_law(&tests, "server hello", server_hellos, COUNT(server_hellos), law_of_server_hellos);
	add_law(&tests, "certificate", flights, COUNT(flights), law_of_certificates);
	add_law(&tests, "dns", dns_messages, COUNT(dns_messages), law_of_dns);
	add_law(&tests, "dhcp4", dhcp4_messages, COUNT(dhcp4_messages), law_of_dhcp4);
	add_law(&tests, "netbios", netbios_claims, COUNT(netbios_claims), law_of_netbios);
	add_law(&tests, "dhcp6", dhcp6_messages, COUNT(dhcp6_messages), law_of_dhcp6);
	add_law(&tests, "http2", http2_connections, COUNT(http2_connections), law_of_http2);
	add_law(&tests, "frame", dns_messages, COUNT(dns_messages), law_of_frames);
	return tests_run(&tests, "prefix law");
}
