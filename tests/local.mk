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

# host, incident, record
check_PROGRAMS += tests/unit/home_test tests/unit/hosts_test tests/unit/place_test tests/unit/incident_test tests/unit/record_line_test \
	tests/unit/record_hit_test tests/fuzz/place_fuzz tests/fuzz/record_fuzz
HOSTS = src/host/hosts.c src/host/leases.c src/host/names.c src/host/routers.c src/host/table.c
PLACE = src/host/place.c src/host/mmdb.c
RECORD_CFLAGS = $(LDNS_CFLAGS) $(CRYPTO_CFLAGS) $(JANSSON_CFLAGS)
RECORD_LIBS = $(LDNS_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS)
tests_unit_home_test_SOURCES = tests/unit/home_test.c tests/unit/table.h src/host/home.c
tests_unit_home_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_home_test_LDADD = $(CMOCKA_LIBS)
tests_unit_hosts_test_SOURCES = tests/unit/hosts_test.c tests/unit/table.h $(HOSTS) $(NAME) src/base/siphash.c
tests_unit_hosts_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_hosts_test_LDADD = $(CMOCKA_LIBS)
tests_unit_place_test_SOURCES = tests/unit/place_test.c tests/unit/table.h $(PLACE)
tests_unit_place_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(MAXMINDDB_CFLAGS)
tests_unit_place_test_LDADD = $(CMOCKA_LIBS) $(MAXMINDDB_LIBS)
tests_unit_incident_test_SOURCES = tests/unit/incident_test.c tests/unit/table.h $(INCIDENT) $(NAME) src/base/siphash.c
tests_unit_incident_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_incident_test_LDADD = $(CMOCKA_LIBS)
tests_unit_record_line_test_SOURCES = tests/unit/record_line_test.c tests/unit/record_fixture.h tests/unit/table.h src/record/line.c src/record/words.c \
	src/record/community_id.c src/record/observation.c $(NAME)
tests_unit_record_line_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(RECORD_CFLAGS)
tests_unit_record_line_test_LDADD = $(CMOCKA_LIBS) $(RECORD_LIBS)
tests_unit_record_hit_test_SOURCES = tests/unit/record_hit_test.c tests/unit/record_fixture.h tests/unit/table.h $(RECORD) src/host/home.c \
	src/incident/outcome.c $(NAME)
tests_unit_record_hit_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(RECORD_CFLAGS)
tests_unit_record_hit_test_LDADD = $(CMOCKA_LIBS) $(RECORD_LIBS)
tests_fuzz_place_fuzz_SOURCES = tests/fuzz/place_fuzz.c tests/fuzz/replay.c $(PLACE)
tests_fuzz_place_fuzz_CFLAGS = $(AM_CFLAGS) $(MAXMINDDB_CFLAGS)
tests_fuzz_place_fuzz_LDADD = $(MAXMINDDB_LIBS)
tests_fuzz_record_fuzz_SOURCES = tests/fuzz/record_fuzz.c tests/fuzz/replay.c $(RECORD) src/host/home.c src/incident/outcome.c $(NAME)
tests_fuzz_record_fuzz_CFLAGS = $(AM_CFLAGS) $(RECORD_CFLAGS)
tests_fuzz_record_fuzz_LDADD = $(RECORD_LIBS)
EXTRA_DIST += tests/data/mmdb.pl tests/fuzz/corpus/place tests/fuzz/corpus/record
TESTS += tests/unit/home_test tests/unit/hosts_test tests/unit/place_test tests/unit/incident_test tests/unit/record_line_test tests/unit/record_hit_test

# sink
check_PROGRAMS += tests/unit/dest_test tests/unit/file_sink_test tests/unit/outbox_test tests/unit/redis_test tests/unit/segment_test \
	tests/unit/spool_damage_test tests/unit/spool_test tests/unit/spooldir_test tests/live/redis_sink tests/fuzz/resp_fuzz tests/fuzz/spool_fuzz
SEGMENT = src/sink/segment.c src/sink/crc32c.c src/sink/id.c
SPOOL = $(SEGMENT) src/sink/ackfile.c src/sink/cursor.c src/sink/shelf.c src/sink/spool.c src/sink/spooldir.c src/sink/why.c src/sink/window.c src/base/log.c
OUTBOX = src/sink/batch.c src/sink/greeting.c src/sink/id.c src/sink/outbox.c src/sink/redis.c src/sink/secret.c src/sink/why.c
tests_unit_dest_test_SOURCES = tests/unit/dest_test.c src/sink/dest.c src/sink/id.c src/sink/secret.c src/sink/why.c
tests_unit_dest_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_dest_test_LDADD = $(CMOCKA_LIBS)
tests_unit_file_sink_test_SOURCES = tests/unit/file_sink_test.c src/sink/file.c src/sink/why.c src/base/log.c
tests_unit_file_sink_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_file_sink_test_LDADD = $(CMOCKA_LIBS)
tests_unit_outbox_test_SOURCES = tests/unit/outbox_test.c tests/unit/redis_model.h $(OUTBOX)
tests_unit_outbox_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(HIREDIS_CFLAGS)
tests_unit_outbox_test_LDADD = $(CMOCKA_LIBS) $(HIREDIS_LIBS)
tests_unit_redis_test_SOURCES = tests/unit/redis_test.c src/sink/redis.c
tests_unit_redis_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(HIREDIS_CFLAGS)
tests_unit_redis_test_LDADD = $(CMOCKA_LIBS) $(HIREDIS_LIBS)
tests_unit_segment_test_SOURCES = tests/unit/segment_test.c $(SEGMENT)
tests_unit_segment_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_segment_test_LDADD = $(CMOCKA_LIBS)
tests_unit_spool_damage_test_SOURCES = tests/unit/spool_damage_test.c tests/unit/spool_ground.h $(SPOOL)
tests_unit_spool_damage_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) -pthread
tests_unit_spool_damage_test_LDADD = $(CMOCKA_LIBS)
tests_unit_spool_test_SOURCES = tests/unit/spool_test.c tests/unit/spool_ground.h $(SPOOL)
tests_unit_spool_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) -pthread
tests_unit_spool_test_LDADD = $(CMOCKA_LIBS)
tests_unit_spooldir_test_SOURCES = tests/unit/spooldir_test.c tests/unit/spool_ground.h $(SPOOL)
tests_unit_spooldir_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) -pthread
tests_unit_spooldir_test_LDADD = $(CMOCKA_LIBS)
tests_live_redis_sink_SOURCES = tests/live/redis_sink.c $(SINK) src/base/log.c
tests_live_redis_sink_CFLAGS = $(AM_CFLAGS) $(HIREDIS_CFLAGS) -pthread
tests_live_redis_sink_LDADD = $(HIREDIS_LIBS)
tests_fuzz_resp_fuzz_SOURCES = tests/fuzz/resp_fuzz.c tests/fuzz/replay.c $(OUTBOX)
tests_fuzz_resp_fuzz_CFLAGS = $(AM_CFLAGS) $(HIREDIS_CFLAGS)
tests_fuzz_resp_fuzz_LDADD = $(HIREDIS_LIBS)
tests_fuzz_spool_fuzz_SOURCES = tests/fuzz/spool_fuzz.c tests/fuzz/replay.c $(SEGMENT)
EXTRA_DIST += tests/fuzz/corpus/make_sink.py tests/fuzz/corpus/resp tests/fuzz/corpus/spool
TESTS += tests/unit/dest_test tests/unit/file_sink_test tests/unit/outbox_test tests/unit/redis_test tests/unit/segment_test tests/unit/spool_damage_test \
	tests/unit/spool_test tests/unit/spooldir_test tests/live/redis_sink
