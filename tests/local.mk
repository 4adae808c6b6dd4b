# SPDX-License-Identifier: Apache-2.0

# A fuzz target is tests/fuzz/NAME_fuzz.c, its corpus tests/fuzz/corpus/NAME, its line here; all are linked to the daemon's library and to what stands before
# LDADD. It has libFuzzer's main() with --enable-fuzzing; otherwise it replays its corpus in `make check`.
FUZZ_TARGETS = \
	tests/fuzz/dhcp4_fuzz \
	tests/fuzz/dhcp6_fuzz \
	tests/fuzz/dns_fuzz \
	tests/fuzz/domset_fuzz \
	tests/fuzz/dtls_fuzz \
	tests/fuzz/feed_fuzz \
	tests/fuzz/flow_table_fuzz \
	tests/fuzz/frag_fuzz \
	tests/fuzz/gquic_fuzz \
	tests/fuzz/http2_fuzz \
	tests/fuzz/http_fuzz \
	tests/fuzz/inspect_fuzz \
	tests/fuzz/name_fuzz \
	tests/fuzz/netbios_fuzz \
	tests/fuzz/packet_fuzz \
	tests/fuzz/place_fuzz \
	tests/fuzz/prefix_fuzz \
	tests/fuzz/quic_fuzz \
	tests/fuzz/quic_sealed_fuzz \
	tests/fuzz/record_fuzz \
	tests/fuzz/resp_fuzz \
	tests/fuzz/savefile_fuzz \
	tests/fuzz/socks_fuzz \
	tests/fuzz/spool_fuzz \
	tests/fuzz/tls_server_fuzz \
	tests/fuzz/tls_cert_fuzz \
	tests/fuzz/tls_fuzz \
	tests/fuzz/tls_ja4_fuzz
check_PROGRAMS += $(FUZZ_TARGETS)
check_LTLIBRARIES = tests/fuzz/libground.la
tests_fuzz_libground_la_SOURCES = tests/fuzz/checks.h tests/fuzz/fuzz.h tests/unit/frames.c tests/unit/frames.h tests/unit/octets.c tests/unit/octets.h \
	tests/unit/quic_sealer.c tests/unit/quic_sealer.h
if !FUZZING
tests_fuzz_libground_la_SOURCES += tests/fuzz/replay.c
TESTS += $(FUZZ_TARGETS)
endif
LDADD = tests/fuzz/libground.la src/libc2watchd.la @FUZZ_LIBS@
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/quic_corpus.py

# What the corpora began with: tests/fuzz/seeds DIR writes them anew.
EXTRA_PROGRAMS += tests/fuzz/seeds
tests_fuzz_seeds_SOURCES = tests/fuzz/seeds.c tests/unit/fixtures.h

# Fuzzes every target for FUZZ_SECONDS, beginning with its corpus; needs --enable-fuzzing. What it finds is left in fuzz-found/.
EXTRA_DIST += tests/fuzz/run
fuzz: $(FUZZ_TARGETS)
	FUZZ_SECONDS='$(FUZZ_SECONDS)' $(top_srcdir)/tests/fuzz/run $(FUZZ_TARGETS)
.PHONY: fuzz

# Line coverage of the rooms that strangers' octets reach, from the corpora alone, in a build of its own; fails where a file is below the floor.
FUZZ_ROOMS = flow name net wire
FUZZ_FLOOR = 90
fuzz-coverage:
	@$(MKDIR_P) fuzz-coverage.build
	@cd fuzz-coverage.build && { test -f Makefile || $(abs_top_srcdir)/configure -q --enable-coverage CFLAGS='-O0 -g'; }
	@$(MAKE) -s -C fuzz-coverage.build fuzz-replay >/dev/null
	@$(top_srcdir)/tests/coverage --floor $(FUZZ_FLOOR) fuzz-coverage.build $(FUZZ_ROOMS)
fuzz-replay: $(FUZZ_TARGETS)
	@find . -name '*.gcda' -exec rm -f {} +
	@for target in $(FUZZ_TARGETS); do srcdir=$(top_srcdir) $$target >$$target.tap || { cat $$target.tap >&2; exit 1; }; done
clean-local:
	rm -rf fuzz-coverage.build fuzz-found
dist_check_SCRIPTS += tests/fuzz/coverage.t
TESTS += tests/fuzz/coverage.t
.PHONY: fuzz-coverage fuzz-replay

# match and feed
check_PROGRAMS += tests/unit/domset_test tests/unit/feed_test tests/unit/feed_text_test tests/unit/feed_json_test tests/unit/export_test \
	tests/unit/setfile_change_test
FEED_BELOW = src/base/mapping.c src/base/mapping.h src/note/resolver_set.c
FEED_LIBS = $(LDNS_LIBS) $(IDN2_LIBS) $(PSL_LIBS) $(XXHASH_LIBS) $(ZLIB_LIBS) $(YAJL_LIBS)
FEED_CFLAGS = $(LDNS_CFLAGS) $(IDN2_CFLAGS) $(PSL_CFLAGS) $(XXHASH_CFLAGS) $(ZLIB_CFLAGS) $(YAJL_CFLAGS)
tests_unit_domset_test_SOURCES = tests/unit/domset_test.c $(MATCH) $(NAME)
tests_unit_domset_test_CFLAGS = $(AM_CFLAGS) $(ZLIB_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_domset_test_LDADD = $(ZLIB_LIBS) $(CMOCKA_LIBS)
tests_unit_feed_test_SOURCES = tests/unit/feed_test.c $(FEED) $(FEED_BELOW) $(MATCH) $(NAME)
tests_unit_feed_test_CFLAGS = $(AM_CFLAGS) $(FEED_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_feed_test_LDADD = $(FEED_LIBS) $(CMOCKA_LIBS)
tests_unit_feed_text_test_SOURCES = tests/unit/feed_text_test.c tests/unit/table.h $(FEED) $(FEED_BELOW) $(MATCH) $(NAME)
tests_unit_feed_text_test_CFLAGS = $(AM_CFLAGS) $(FEED_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_feed_text_test_LDADD = $(FEED_LIBS) $(CMOCKA_LIBS)
tests_unit_feed_json_test_SOURCES = tests/unit/feed_json_test.c $(FEED) $(FEED_BELOW) $(MATCH) $(NAME)
tests_unit_feed_json_test_CFLAGS = $(AM_CFLAGS) $(FEED_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_feed_json_test_LDADD = $(FEED_LIBS) $(CMOCKA_LIBS)
tests_unit_setfile_change_test_SOURCES = tests/unit/setfile_change_test.c $(FEED) $(FEED_BELOW) $(MATCH) $(NAME)
tests_unit_setfile_change_test_CFLAGS = $(AM_CFLAGS) $(FEED_CFLAGS) $(CMOCKA_CFLAGS) -pthread
tests_unit_setfile_change_test_LDADD = $(FEED_LIBS) $(CMOCKA_LIBS) -lpthread
tests_unit_export_test_SOURCES = tests/unit/export_test.c $(EXPORT) $(FEED) $(FEED_BELOW) $(MATCH) $(NAME)
tests_unit_export_test_CFLAGS = $(AM_CFLAGS) $(FEED_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_export_test_LDADD = $(FEED_LIBS) $(CMOCKA_LIBS)
dist_check_SCRIPTS += tests/unit/feed_program_test.sh tests/bench/lookup.t
TESTS += tests/bench/lookup.t tests/unit/domset_test tests/unit/feed_test tests/unit/feed_text_test tests/unit/feed_json_test tests/unit/export_test tests/unit/setfile_change_test \
	tests/unit/feed_program_test.sh

# Lookups of the domset and of its peers, side by side. BENCH_NAMES and BENCH_POPULAR are lists of names, a name a line.
EXTRA_DIST += tests/bench/lookup
BENCH_NAMES = $(top_srcdir)/../shared/feeds/threat-domains.txt.gz
BENCH_POPULAR = $(top_srcdir)/../shared/feeds/popular-domains.txt
bench-lookup:
	CC='$(CC)' $(top_srcdir)/tests/bench/lookup/run 1000000 5 $(BENCH_NAMES) $(BENCH_POPULAR) 100000 1160659 5000000
.PHONY: bench-lookup

# host, incident, record
check_PROGRAMS += tests/unit/home_test tests/unit/hosts_test tests/unit/place_test tests/unit/incident_test tests/unit/record_line_test \
	tests/unit/record_hit_test
HOSTS = src/host/hosts.c src/host/leases.c src/host/announced.c src/host/names.c src/host/routers.c src/host/tags.c src/host/table.c
PLACE = src/host/place.c src/host/mmdb.c
COUNTED = src/note/counters.c src/note/counters.h src/note/unread.c src/note/unread.h
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
tests_unit_record_hit_test_SOURCES = tests/unit/record_hit_test.c tests/unit/record_fixture.h tests/unit/table.h $(RECORD) $(COUNTED) src/host/home.c \
	src/incident/outcome.c $(NAME)
tests_unit_record_hit_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(RECORD_CFLAGS)
tests_unit_record_hit_test_LDADD = $(CMOCKA_LIBS) $(RECORD_LIBS)
EXTRA_DIST += tests/data/mmdb.pl
TESTS += tests/unit/home_test tests/unit/hosts_test tests/unit/place_test tests/unit/incident_test tests/unit/record_line_test tests/unit/record_hit_test

# sink
check_PROGRAMS += tests/unit/deadletter_test tests/unit/dest_test tests/unit/errand_test tests/unit/file_sink_test tests/unit/outbox_cluster_test \
	tests/unit/outbox_dead_test tests/unit/outbox_modes_test tests/unit/outbox_test tests/unit/redis_test tests/unit/route_test \
	tests/unit/segment_test tests/unit/spool_crash_test tests/unit/spool_damage_test tests/unit/spool_fault_test tests/unit/spool_test \
	tests/unit/spooldir_test tests/unit/spoolstatus_test tests/unit/supply_test tests/unit/tls_stream_test tests/live/redis_sink
SEGMENT = src/sink/segment.c src/sink/crc32c.c src/sink/id.c
SPOOL = $(SEGMENT) src/sink/ackfile.c src/sink/cursor.c src/sink/shelf.c src/sink/spool.c src/sink/spooldir.c src/sink/why.c src/sink/window.c src/base/log.c
OUTBOX = src/sink/batch.c src/sink/crc32c.c src/base/siphash.c src/sink/dest.c src/sink/greeting.c src/sink/id.c src/sink/outbox.c src/sink/outbox_beat.c src/sink/outbox_clock.c \
	src/sink/outbox_dead.c src/sink/redis.c src/sink/secret.c src/sink/suspect.c src/sink/target.c src/sink/why.c
tests_unit_deadletter_test_SOURCES = tests/unit/deadletter_test.c src/sink/deadletter.c
tests_unit_deadletter_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_deadletter_test_LDADD = $(CMOCKA_LIBS)
tests_unit_deadletter_test_LDFLAGS = -Wl,--wrap=fdatasync,--wrap=fsync,--wrap=ftruncate,--wrap=write
tests_unit_dest_test_SOURCES = tests/unit/dest_test.c src/base/siphash.c src/sink/dest.c src/sink/id.c src/sink/secret.c src/sink/why.c
tests_unit_dest_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_dest_test_LDADD = $(CMOCKA_LIBS)
tests_unit_errand_test_SOURCES = tests/unit/errand_test.c src/sink/beat.c src/sink/errand.c src/sink/finder.c src/sink/greeting.c src/sink/id.c src/sink/link.c \
	src/base/siphash.c src/sink/route.c src/sink/dest.c src/sink/redis.c src/sink/secret.c src/sink/tls.c src/sink/tls_stream.c src/sink/why.c
tests_unit_errand_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(HIREDIS_CFLAGS) $(SSL_CFLAGS)
tests_unit_errand_test_LDADD = $(CMOCKA_LIBS) $(HIREDIS_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)
tests_unit_file_sink_test_SOURCES = tests/unit/file_sink_test.c src/sink/file.c src/sink/why.c src/base/log.c
tests_unit_file_sink_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_file_sink_test_LDADD = $(CMOCKA_LIBS)
OUTBOX_BENCH = tests/unit/outbox_bench.h tests/unit/redis_model.h $(OUTBOX)
tests_unit_outbox_test_SOURCES = tests/unit/outbox_test.c $(OUTBOX_BENCH)
tests_unit_outbox_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(HIREDIS_CFLAGS)
tests_unit_outbox_test_LDADD = $(CMOCKA_LIBS) $(HIREDIS_LIBS)
tests_unit_outbox_cluster_test_SOURCES = tests/unit/outbox_cluster_test.c $(OUTBOX_BENCH)
tests_unit_outbox_cluster_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(HIREDIS_CFLAGS)
tests_unit_outbox_cluster_test_LDADD = $(CMOCKA_LIBS) $(HIREDIS_LIBS)
tests_unit_outbox_dead_test_SOURCES = tests/unit/outbox_dead_test.c $(OUTBOX_BENCH)
tests_unit_outbox_dead_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(HIREDIS_CFLAGS)
tests_unit_outbox_dead_test_LDADD = $(CMOCKA_LIBS) $(HIREDIS_LIBS)
tests_unit_outbox_modes_test_SOURCES = tests/unit/outbox_modes_test.c $(OUTBOX_BENCH)
tests_unit_outbox_modes_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(HIREDIS_CFLAGS)
tests_unit_outbox_modes_test_LDADD = $(CMOCKA_LIBS) $(HIREDIS_LIBS)
tests_unit_redis_test_SOURCES = tests/unit/redis_test.c src/base/siphash.c src/sink/dest.c src/sink/redis.c src/sink/why.c
tests_unit_redis_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(HIREDIS_CFLAGS)
tests_unit_redis_test_LDADD = $(CMOCKA_LIBS) $(HIREDIS_LIBS)
tests_unit_route_test_SOURCES = tests/unit/route_test.c src/base/siphash.c src/sink/dest.c src/sink/redis.c src/sink/route.c src/sink/why.c
tests_unit_route_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(HIREDIS_CFLAGS)
tests_unit_route_test_LDADD = $(CMOCKA_LIBS) $(HIREDIS_LIBS)
tests_unit_segment_test_SOURCES = tests/unit/segment_test.c $(SEGMENT)
tests_unit_segment_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_segment_test_LDADD = $(CMOCKA_LIBS)
DISK = tests/unit/disk.c tests/unit/disk.h
DISK_WRAP = -Wl,--wrap=openat,--wrap=pread,--wrap=pwrite,--wrap=fdatasync,--wrap=fsync,--wrap=ftruncate,--wrap=posix_fallocate,--wrap=renameat,--wrap=unlinkat \
	-Wl,--wrap=openat64,--wrap=pread64,--wrap=pwrite64,--wrap=ftruncate64,--wrap=posix_fallocate64
tests_unit_spool_crash_test_SOURCES = tests/unit/spool_crash_test.c tests/unit/slow.h tests/unit/spool_ground.h $(DISK) $(SPOOL)
tests_unit_spool_crash_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) -pthread
tests_unit_spool_crash_test_LDADD = $(CMOCKA_LIBS)
tests_unit_spool_crash_test_LDFLAGS = $(DISK_WRAP)
tests_unit_spool_fault_test_SOURCES = tests/unit/spool_fault_test.c tests/unit/slow.h tests/unit/spool_ground.h $(DISK) $(SPOOL)
tests_unit_spool_fault_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) -pthread
tests_unit_spool_fault_test_LDADD = $(CMOCKA_LIBS)
tests_unit_spool_fault_test_LDFLAGS = $(DISK_WRAP)
tests_unit_spool_damage_test_SOURCES = tests/unit/spool_damage_test.c tests/unit/slow.h tests/unit/spool_ground.h $(SPOOL)
tests_unit_spool_damage_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) -pthread
tests_unit_spool_damage_test_LDADD = $(CMOCKA_LIBS)
tests_unit_spool_test_SOURCES = tests/unit/spool_test.c tests/unit/slow.h tests/unit/spool_ground.h $(SPOOL)
tests_unit_spool_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) -pthread
tests_unit_spool_test_LDADD = $(CMOCKA_LIBS)
tests_unit_spooldir_test_SOURCES = tests/unit/spooldir_test.c tests/unit/slow.h tests/unit/spool_ground.h $(SPOOL)
tests_unit_spooldir_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) -pthread
tests_unit_spooldir_test_LDADD = $(CMOCKA_LIBS)
tests_unit_spoolstatus_test_SOURCES = tests/unit/spoolstatus_test.c tests/unit/slow.h tests/unit/spool_ground.h src/sink/spoolstatus.c $(SPOOL)
tests_unit_spoolstatus_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) -pthread
tests_unit_spoolstatus_test_LDADD = $(CMOCKA_LIBS)
tests_unit_supply_test_SOURCES = tests/unit/supply_test.c tests/unit/slow.h tests/unit/spool_ground.h src/sink/deadletter.c src/sink/supply.c $(SPOOL)
tests_unit_supply_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) -pthread
tests_unit_supply_test_LDADD = $(CMOCKA_LIBS)
tests_unit_tls_stream_test_SOURCES = tests/unit/tls_stream_test.c src/sink/secret.c src/sink/tls.c src/sink/tls_stream.c src/sink/why.c
tests_unit_tls_stream_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(SSL_CFLAGS)
tests_unit_tls_stream_test_LDADD = $(CMOCKA_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)
tests_live_redis_sink_SOURCES = tests/live/redis_sink.c $(DISK) $(SINK) src/base/log.c src/base/siphash.c
tests_live_redis_sink_CFLAGS = $(AM_CFLAGS) $(HIREDIS_CFLAGS) $(SSL_CFLAGS) -I$(top_srcdir)/tests/unit -pthread
tests_live_redis_sink_LDADD = $(HIREDIS_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)
tests_live_redis_sink_LDFLAGS = $(DISK_WRAP)
TESTS += tests/unit/deadletter_test tests/unit/dest_test tests/unit/errand_test tests/unit/file_sink_test tests/unit/outbox_cluster_test \
	tests/unit/outbox_dead_test tests/unit/outbox_modes_test tests/unit/outbox_test tests/unit/redis_test tests/unit/route_test \
	tests/unit/segment_test tests/unit/spool_crash_test tests/unit/spool_damage_test tests/unit/spool_fault_test tests/unit/spool_test \
	tests/unit/spooldir_test tests/unit/spoolstatus_test tests/unit/supply_test tests/unit/tls_stream_test tests/live/redis_sink

# Spool and sender into a local redis-server, beside redis-benchmark with the same entries.
EXTRA_PROGRAMS += tests/bench/delivery/delivery
tests_bench_delivery_delivery_SOURCES = tests/bench/delivery/delivery.c $(SINK) src/base/log.c src/base/siphash.c
tests_bench_delivery_delivery_CFLAGS = $(AM_CFLAGS) $(HIREDIS_CFLAGS) $(SSL_CFLAGS) -pthread
tests_bench_delivery_delivery_LDADD = $(HIREDIS_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)
EXTRA_DIST += tests/bench/delivery/run
bench-delivery: tests/bench/delivery/delivery
	$(top_srcdir)/tests/bench/delivery/run tests/bench/delivery/delivery
.PHONY: bench-delivery

# rd, name, wire, net, flow, base, captures
OCTETS = tests/unit/octets.c tests/unit/octets.h tests/unit/table.h
FRAMES = tests/unit/frames.c tests/unit/frames.h
PIPELINE = $(FLOW) $(NOTE) $(MATCH) $(WIRE) $(NET) $(NAME) src/base/pool.c src/base/siphash.c src/base/spsc.c
ALLOCATIONS = tests/unit/allocations.c tests/unit/allocations.h
WATCHED_MALLOC = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc
TRAFFIC_TESTS = \
	tests/unit/rd_test tests/unit/name_test tests/unit/dns_test tests/unit/tls_test tests/unit/dhcp4_test tests/unit/dhcp6_test tests/unit/netbios_test tests/unit/packet_test \
	tests/unit/prefix_law_test tests/unit/prefix_test tests/unit/flow_table_test tests/unit/inspect_test tests/unit/hostile_test tests/unit/spsc_test \
	tests/unit/log_test tests/unit/pool_test tests/unit/siphash_test tests/unit/gate_test tests/unit/savefile_test
check_PROGRAMS += $(TRAFFIC_TESTS) tests/oracle/dns_ldns_test tests/stress/ring_stress tests/stress/gate_stress
tests_unit_rd_test_SOURCES = tests/unit/rd_test.c $(OCTETS)
tests_unit_rd_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_rd_test_LDADD = $(CMOCKA_LIBS)
tests_unit_name_test_SOURCES = tests/unit/name_test.c $(OCTETS) $(NAME)
tests_unit_name_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_name_test_LDADD = $(CMOCKA_LIBS)
tests_unit_dns_test_SOURCES = tests/unit/dns_test.c tests/unit/fixtures.h $(OCTETS) src/wire/dns.c src/wire/edns.c $(NAME)
tests_unit_dns_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_dns_test_LDADD = $(CMOCKA_LIBS)
tests_unit_tls_test_SOURCES = tests/unit/tls_test.c tests/unit/fixtures.h $(OCTETS) src/wire/tls_record.c src/wire/tls_hello.c $(NAME)
tests_unit_tls_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_tls_test_LDADD = $(CMOCKA_LIBS)
tests_unit_dhcp4_test_SOURCES = tests/unit/dhcp4_test.c tests/unit/fixtures.h $(OCTETS) src/wire/dhcp4.c src/wire/dhcp_option.h $(NAME)
tests_unit_dhcp4_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_dhcp4_test_LDADD = $(CMOCKA_LIBS)
tests_unit_dhcp6_test_SOURCES = tests/unit/dhcp6_test.c tests/unit/fixtures.h $(OCTETS) src/wire/dhcp6.c src/wire/dhcp_option.h $(NAME)
tests_unit_dhcp6_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_dhcp6_test_LDADD = $(CMOCKA_LIBS)
tests_unit_netbios_test_SOURCES = tests/unit/netbios_test.c tests/unit/fixtures.h $(OCTETS) src/wire/netbios.c src/wire/dns.c $(NAME)
tests_unit_netbios_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_netbios_test_LDADD = $(CMOCKA_LIBS)
tests_unit_packet_test_SOURCES = tests/unit/packet_test.c $(OCTETS) $(NET)
tests_unit_packet_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_packet_test_LDADD = $(CMOCKA_LIBS)
tests_unit_prefix_law_test_SOURCES = tests/unit/prefix_law_test.c tests/unit/fixtures.h $(OCTETS) $(WIRE) $(NET) $(NAME)
tests_unit_prefix_law_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_prefix_law_test_LDADD = $(CMOCKA_LIBS) $(CRYPTO_LIBS)
tests_unit_prefix_test_SOURCES = tests/unit/prefix_test.c tests/unit/table.h src/flow/prefix.c
tests_unit_prefix_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_prefix_test_LDADD = $(CMOCKA_LIBS)
tests_unit_flow_table_test_SOURCES = tests/unit/flow_table_test.c tests/unit/table.h src/flow/table.c src/flow/prefix.c src/base/pool.c src/base/siphash.c
tests_unit_flow_table_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_flow_table_test_LDADD = $(CMOCKA_LIBS)
tests_unit_inspect_test_SOURCES = tests/unit/inspect_test.c tests/unit/fixtures.h $(OCTETS) $(FRAMES) $(PIPELINE) $(ALLOCATIONS)
tests_unit_inspect_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_inspect_test_LDADD = $(CMOCKA_LIBS) $(CRYPTO_LIBS)
tests_unit_inspect_test_LDFLAGS = $(WATCHED_MALLOC)
tests_unit_hostile_test_SOURCES = tests/unit/hostile_test.c tests/unit/fixtures.h $(OCTETS) $(FRAMES) $(PIPELINE)
tests_unit_hostile_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_hostile_test_LDADD = $(CMOCKA_LIBS) $(CRYPTO_LIBS)
tests_unit_spsc_test_SOURCES = tests/unit/spsc_test.c tests/unit/table.h src/base/spsc.c
tests_unit_spsc_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_spsc_test_LDADD = $(CMOCKA_LIBS)
tests_unit_pool_test_SOURCES = tests/unit/pool_test.c tests/unit/table.h src/base/pool.c
tests_unit_pool_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_pool_test_LDADD = $(CMOCKA_LIBS)
tests_unit_log_test_SOURCES = tests/unit/log_test.c tests/unit/table.h src/base/log.c src/base/log.h
tests_unit_log_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_log_test_LDADD = $(CMOCKA_LIBS)
tests_unit_siphash_test_SOURCES = tests/unit/siphash_test.c tests/unit/table.h src/base/siphash.c
tests_unit_siphash_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_siphash_test_LDADD = $(CMOCKA_LIBS) $(CRYPTO_LIBS)
tests_unit_gate_test_SOURCES = tests/unit/gate_test.c tests/unit/table.h src/app/gate.c
tests_unit_gate_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_gate_test_LDADD = $(CMOCKA_LIBS)
tests_unit_savefile_test_SOURCES = tests/unit/savefile_test.c $(OCTETS) src/app/savefile.c src/app/pcapng.c
tests_unit_savefile_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_savefile_test_LDADD = $(CMOCKA_LIBS)
tests_oracle_dns_ldns_test_SOURCES = tests/oracle/dns_ldns_test.c src/wire/dns.c $(NAME)
tests_oracle_dns_ldns_test_CFLAGS = $(AM_CFLAGS) $(LDNS_CFLAGS)
tests_oracle_dns_ldns_test_LDADD = $(LDNS_LIBS)
tests_stress_ring_stress_SOURCES = tests/stress/ring_stress.c src/base/spsc.c
tests_stress_ring_stress_LDADD = -lpthread
tests_stress_gate_stress_SOURCES = tests/stress/gate_stress.c src/app/gate.c
tests_stress_gate_stress_LDADD = -lpthread

dist_check_SCRIPTS += tests/stress/tsan.t
TESTS += $(TRAFFIC_TESTS) tests/oracle/dns_ldns_test tests/stress/ring_stress tests/stress/gate_stress tests/stress/tsan.t

# Line coverage of what `make check` has run; needs --enable-coverage.
EXTRA_DIST += tests/coverage
coverage: check
	$(top_srcdir)/tests/coverage .
.PHONY: coverage

# QUIC
check_PROGRAMS += tests/unit/quic_test tests/unit/gquic_test tests/unit/inspect_quic_test
SEALER = tests/unit/quic_sealer.c tests/unit/quic_sealer.h
tests_unit_quic_test_SOURCES = tests/unit/quic_test.c tests/unit/quic_vectors.h tests/unit/octets.c tests/unit/octets.h tests/unit/table.h $(SEALER) $(WIRE) $(NAME)
tests_unit_quic_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_quic_test_LDADD = $(CMOCKA_LIBS) $(CRYPTO_LIBS)
tests_unit_gquic_test_SOURCES = tests/unit/gquic_test.c tests/unit/octets.c tests/unit/octets.h tests/unit/table.h src/wire/gquic.c $(NAME)
tests_unit_gquic_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_gquic_test_LDADD = $(CMOCKA_LIBS)
tests_unit_inspect_quic_test_SOURCES = tests/unit/inspect_quic_test.c tests/unit/frames.c tests/unit/frames.h tests/unit/table.h $(SEALER) $(PIPELINE)
tests_unit_inspect_quic_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_inspect_quic_test_LDADD = $(CMOCKA_LIBS) $(CRYPTO_LIBS)
tests_unit_inspect_quic_test_LDFLAGS = -Wl,--wrap=SHA256_Transform
TESTS += tests/unit/quic_test tests/unit/gquic_test tests/unit/inspect_quic_test

# streams, tunnels, fragments
STREAM_TESTS = tests/unit/blind_test tests/unit/http_test tests/unit/http2_test tests/unit/socks_test tests/unit/dtls_test tests/unit/frag_test tests/unit/streams_test \
	tests/unit/segments_test tests/unit/evasion_test
check_PROGRAMS += $(STREAM_TESTS)
BENCH = tests/unit/bench.c tests/unit/bench.h tests/unit/slow.h $(FRAMES) $(OCTETS) tests/unit/fixtures.h $(PIPELINE)
tests_unit_blind_test_SOURCES = tests/unit/blind_test.c tests/unit/table.h $(BENCH)
tests_unit_blind_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_blind_test_LDADD = $(CMOCKA_LIBS) $(CRYPTO_LIBS) -lpthread
HTTP = src/wire/http.c src/wire/http_authority.h
HTTP2 = src/wire/hpack.c src/wire/hpack.h src/wire/http2.c
tests_unit_http_test_SOURCES = tests/unit/http_test.c $(OCTETS) $(HTTP) $(NAME)
tests_unit_http_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_http_test_LDADD = $(CMOCKA_LIBS)
tests_unit_http2_test_SOURCES = tests/unit/http2_test.c tests/unit/fixtures.h $(OCTETS) $(HTTP) $(HTTP2) $(NAME)
tests_unit_http2_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_http2_test_LDADD = $(CMOCKA_LIBS)
tests_unit_socks_test_SOURCES = tests/unit/socks_test.c $(OCTETS) src/wire/netbios.c src/wire/dns.c src/wire/socks.c $(NAME)
tests_unit_socks_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_socks_test_LDADD = $(CMOCKA_LIBS)
tests_unit_dtls_test_SOURCES = tests/unit/dtls_test.c tests/unit/fixtures.h $(OCTETS) src/wire/dtls.c src/wire/tls_hello.c $(NAME)
tests_unit_dtls_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_dtls_test_LDADD = $(CMOCKA_LIBS)
tests_unit_frag_test_SOURCES = tests/unit/frag_test.c tests/unit/table.h src/flow/frag.c src/flow/prefix.c src/base/pool.c src/base/siphash.c
tests_unit_frag_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_frag_test_LDADD = $(CMOCKA_LIBS)
tests_unit_streams_test_SOURCES = tests/unit/streams_test.c $(BENCH)
tests_unit_streams_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_streams_test_LDADD = $(CMOCKA_LIBS) $(CRYPTO_LIBS)
tests_unit_segments_test_SOURCES = tests/unit/segments_test.c tests/unit/table.h $(BENCH)
tests_unit_segments_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_segments_test_LDADD = $(CMOCKA_LIBS) $(CRYPTO_LIBS)
tests_unit_evasion_test_SOURCES = tests/unit/evasion_test.c $(BENCH)
tests_unit_evasion_test_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_evasion_test_LDADD = $(CRYPTO_LIBS)
TESTS += $(STREAM_TESTS)

# floods
check_PROGRAMS += tests/unit/flood_test
tests_unit_flood_test_SOURCES = tests/unit/flood_test.c $(BENCH) $(HOSTS) $(INCIDENT) $(ALLOCATIONS)
tests_unit_flood_test_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_flood_test_LDADD = $(CRYPTO_LIBS)
tests_unit_flood_test_LDFLAGS = $(WATCHED_MALLOC)
TESTS += tests/unit/flood_test

# memory that is refused
check_PROGRAMS += tests/unit/memory_test
tests_unit_memory_test_SOURCES = tests/unit/memory_test.c tests/unit/slow.h tests/unit/spool_ground.h tests/unit/table.h
tests_unit_memory_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_memory_test_LDADD = src/libc2watchd.la $(CMOCKA_LIBS)
tests_unit_memory_test_LDFLAGS = $(WATCHED_MALLOC),--wrap=free
TESTS += tests/unit/memory_test

# certificates and fingerprints
check_PROGRAMS += tests/unit/tls_server_test tests/unit/tls_cert_test tests/unit/tls_ja4_test
TLS_SERVER = src/wire/tls_server.c src/wire/tls_record.c src/wire/tls_numbers.h
tests_unit_tls_server_test_SOURCES = tests/unit/tls_server_test.c tests/unit/fixtures.h $(OCTETS) $(TLS_SERVER)
tests_unit_tls_server_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_tls_server_test_LDADD = $(CMOCKA_LIBS)
TLS_CERT = src/wire/tls_cert.c $(TLS_SERVER)
tests_unit_tls_cert_test_SOURCES = tests/unit/tls_cert_test.c tests/unit/fixtures.h $(OCTETS) $(TLS_CERT) $(NAME)
tests_unit_tls_cert_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_tls_cert_test_LDADD = $(CMOCKA_LIBS)
tests_unit_tls_ja4_test_SOURCES = tests/unit/tls_ja4_test.c tests/unit/fixtures.h $(OCTETS) src/wire/tls_ja4.c src/wire/tls_numbers.h
tests_unit_tls_ja4_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_tls_ja4_test_LDADD = $(CMOCKA_LIBS) $(CRYPTO_LIBS)
TESTS += tests/unit/tls_server_test tests/unit/tls_cert_test tests/unit/tls_ja4_test
