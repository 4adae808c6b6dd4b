# SPDX-License-Identifier: Apache-2.0

# match and feed
check_PROGRAMS += tests/unit/domset_test tests/unit/feed_test tests/fuzz/domset_fuzz tests/fuzz/feed_fuzz
FEED_LIBS = $(LDNS_LIBS) $(IDN2_LIBS) $(PSL_LIBS) $(CRYPTO_LIBS)
FEED_CFLAGS = $(LDNS_CFLAGS) $(IDN2_CFLAGS) $(PSL_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_domset_test_SOURCES = tests/unit/domset_test.c $(MATCH) $(NAME)
tests_unit_domset_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_domset_test_LDADD = $(CMOCKA_LIBS)
tests_unit_feed_test_SOURCES = tests/unit/feed_test.c $(FEED) $(MATCH) $(NAME)
tests_unit_feed_test_CFLAGS = $(AM_CFLAGS) $(FEED_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_feed_test_LDADD = $(FEED_LIBS) $(CMOCKA_LIBS)
tests_fuzz_domset_fuzz_SOURCES = tests/fuzz/domset_fuzz.c tests/fuzz/replay.c $(MATCH) $(NAME)
tests_fuzz_feed_fuzz_SOURCES = tests/fuzz/feed_fuzz.c tests/fuzz/replay.c $(FEED) $(MATCH) $(NAME)
tests_fuzz_feed_fuzz_CFLAGS = $(AM_CFLAGS) $(FEED_CFLAGS)
tests_fuzz_feed_fuzz_LDADD = $(FEED_LIBS)
EXTRA_PROGRAMS += tests/bench/domset_bench
tests_bench_domset_bench_SOURCES = tests/bench/domset_bench.c $(MATCH) $(NAME)
EXTRA_DIST += tests/fuzz/corpus/domset tests/fuzz/corpus/feed
dist_check_SCRIPTS += tests/unit/feed_program_test.sh
TESTS += tests/unit/domset_test tests/unit/feed_test tests/unit/feed_program_test.sh
