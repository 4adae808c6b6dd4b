/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash-1-3 against OpenSSL's, for every length up to several words and for random ones. */
#include "base/siphash.h"

#include "table.h"

#include <endian.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>

#define LEN_MAX 300

static uint64_t oracle(const struct siphash_key *key, const void *octets, size_t len)
{
	uint64_t words[2] = {htole64(key->k0), htole64(key->k1)};
	uint64_t hash = 0;
	size_t size = sizeof hash;
	size_t written = 0;
	unsigned c_rounds = 1;
	unsigned d_rounds = 3;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
		OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_C_ROUNDS, &c_rounds),
		OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_D_ROUNDS, &d_rounds),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
	EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
	assert_true(EVP_MAC_init(context, (const unsigned char *)words, sizeof words, params));
	assert_true(EVP_MAC_update(context, octets, len));
	assert_true(EVP_MAC_final(context, (unsigned char *)&hash, &written, sizeof hash));
	assert_int_equal(written, sizeof hash);
	EVP_MAC_CTX_free(context);
	EVP_MAC_free(mac);
	return le64toh(hash);
}

static void test_lengths(void **state)
{
	(void)state;
	struct siphash_key key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
	for (size_t len = 0; len <= 80; len++) {
		uint8_t *octets = calloc(1, len + 1);
		for (size_t i = 0; i < len; i++)
			octets[i] = (uint8_t)i;
		assert_true(siphash13(&key, octets, len) == oracle(&key, octets, len));
		free(octets);
	}
}

static void test_random(void **state)
{
	(void)state;
	unsigned seed = 1;
	for (unsigned round = 0; round < 500; round++) {
		uint8_t octets[LEN_MAX] = {0};
		struct siphash_key key = {
			(uint64_t)rand_r(&seed) << 32 | (unsigned)rand_r(&seed), (uint64_t)rand_r(&seed) << 32 | (unsigned)rand_r(&seed)};
		size_t len = (size_t)rand_r(&seed) % LEN_MAX;
		for (size_t i = 0; i < len; i++)
			octets[i] = (uint8_t)rand_r(&seed);
		assert_true(siphash13(&key, octets, len) == oracle(&key, octets, len));
	}
}

static void test_unaligned(void **state)
{
	(void)state;
	struct siphash_key key = {1, 2};
	uint8_t octets[64] = {0};
	for (unsigned shift = 0; shift < 8; shift++) {
		for (unsigned i = 0; i < 40; i++)
			octets[shift + i] = (uint8_t)i;
		assert_true(siphash13(&key, octets + shift, 40) == oracle(&key, octets + shift, 40));
	}
}

static void test_keys_differ(void **state)
{
	(void)state;
	struct siphash_key a;
	struct siphash_key b;
	assert_int_equal(siphash_key_random(&a), 0);
	assert_int_equal(siphash_key_random(&b), 0);
	assert_memory_not_equal(&a, &b, sizeof a);
	assert_false(siphash13(&a, "octets", 6) == siphash13(&b, "octets", 6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_unaligned),
		cmocka_unit_test(test_keys_differ),
	};
	return cmocka_run_group_tests_name("siphash", tests, NULL, NULL);
}
