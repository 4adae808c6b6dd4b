/* SPDX-License-Identifier: Apache-2.0 */
/* Community ID v1 of TCP and UDP: SHA-1 over seed, lower endpoint's address, higher's, protocol, a zero, lower's port, higher's. */
#include "record/community_id.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

static uint8_t *put(uint8_t *to, const void *octets, size_t n)
{
	memcpy(to, octets, n);
	return to + n;
}

static uint8_t *put_port(uint8_t *to, uint16_t port)
{
	*to++ = (uint8_t)(port >> 8);
	*to++ = (uint8_t)port;
	return to;
}

bool community_id(const struct note_where *where, char text[COMMUNITY_ID_MAX])
{
	const struct c2_addr *lower = &where->src, *higher = &where->dst;
	uint16_t lower_port = where->sport, higher_port = where->dport;
	if (lower->family == 0 || lower->family != higher->family)
		return false;
	int order = memcmp(lower->octets, higher->octets, sizeof lower->octets);
	if (order > 0 || (order == 0 && lower_port > higher_port)) {
		lower = &where->dst;
		higher = &where->src;
		lower_port = where->dport;
		higher_port = where->sport;
	}
	size_t addr_len = lower->family == 4 ? 4 : 16;
	uint8_t input[2 + 16 + 16 + 2 + 2 + 2] = {0}, *to = input + 2; /* behind the seed */
	to = put(to, lower->octets, addr_len);
	to = put(to, higher->octets, addr_len);
	*to++ = where->ip_proto;
	*to++ = 0;
	to = put_port(to, lower_port);
	to = put_port(to, higher_port);

	uint8_t digest[SHA_DIGEST_LENGTH];
	if (SHA1(input, (size_t)(to - input), digest) == NULL)
		return false;
	memcpy(text, "1:", 2);
	EVP_EncodeBlock((unsigned char *)text + 2, digest, sizeof digest);
	return true;
}
