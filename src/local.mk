# SPDX-License-Identifier: Apache-2.0
# Every source, room by room, from the cellar up. A room's list is used by the libraries and by the tests that need just that room.

pkginclude_HEADERS = \
	include/c2watch/addr.h \
	include/c2watch/dhcp.h \
	include/c2watch/dns.h \
	include/c2watch/dtls.h \
	include/c2watch/domset.h \
	include/c2watch/gquic.h \
	include/c2watch/http.h \
	include/c2watch/name.h \
	include/c2watch/packet.h \
	include/c2watch/quic.h \
	include/c2watch/rc.h \
	include/c2watch/rd.h \
	include/c2watch/tls.h

BASE = src/base/log.c src/base/log.h src/base/mapping.c src/base/mapping.h src/base/mulhash.h src/base/pool.c src/base/pool.h src/base/siphash.c src/base/siphash.h src/base/spsc.c src/base/spsc.h
NAME = src/name/name.c
WIRE = src/wire/dns.c src/wire/dtls.c src/wire/edns.c src/wire/hpack.c src/wire/hpack.h src/wire/http.c src/wire/http2.c src/wire/http_authority.h \
	src/wire/netbios.c src/wire/socks.c src/wire/tls_record.c src/wire/tls_hello.c src/wire/dhcp4.c \
	src/wire/dhcp6.c src/wire/dhcp_option.h \
	src/wire/quic_packet.c src/wire/quic_seal.c src/wire/quic_frame.c src/wire/quic_version.h src/wire/gquic.c \
	src/wire/tls_cert.c src/wire/tls_ja4.c src/wire/tls_numbers.h src/wire/tls_server.c
NET = src/net/ethertype.c src/net/ip.c src/net/link.c src/net/medium.c src/net/packet.c src/net/tunnel.c src/net/udp_tunnel.c src/net/walk.h \
	src/net/wifi.c src/net/wrapper.c
MATCH = src/match/builder.c src/match/domset.c src/match/filter.c src/match/image.c src/match/image.h
NOTE = src/note/note.h src/note/counters.h src/note/counters.c src/note/outlet.h src/note/outlet.c src/note/resolver_set.h src/note/resolver_set.c \
	src/note/unread.h src/note/unread.c
FEED = \
	src/feed/adblock.c \
	src/feed/book.c src/feed/book.h \
	src/feed/complaint.c src/feed/complaint.h \
	src/feed/csv.c src/feed/csv.h \
	src/feed/dataset.c \
	src/feed/dnsmasq.c \
	src/feed/doubts.c src/feed/doubts.h \
	src/feed/facts.c src/feed/facts.h \
	src/feed/feedset.c src/feed/feedset.h \
	src/feed/fields.c src/feed/fields.h \
	src/feed/foreign.c \
	src/feed/format.c src/feed/format.h \
	src/feed/gloss.c src/feed/gloss.h \
	src/feed/guards.c src/feed/guards.h \
	src/feed/hosts.c \
	src/feed/intake.c src/feed/intake.h \
	src/feed/json.c src/feed/json.h \
	src/feed/lines.c src/feed/lines.h \
	src/feed/lint.c src/feed/lint.h \
	src/feed/load.c \
	src/feed/misp.c \
	src/feed/native.c \
	src/feed/ndjson.c \
	src/feed/resolvers.c src/feed/resolvers.h \
	src/feed/rpz.c \
	src/feed/sample.c src/feed/sample.h \
	src/feed/setfile.c src/feed/setfile.h \
	src/feed/sinkhole.c src/feed/sinkhole.h \
	src/feed/spelling.c src/feed/spelling.h \
	src/feed/stix.c \
	src/feed/stix_pattern.c src/feed/stix_pattern.h \
	src/feed/threatfox.c \
	src/feed/unbound.c \
	src/feed/urlhaus.c \
	src/feed/zeek.c
EXPORT = \
	src/export/export.c src/export/export.h \
	src/export/hosts.c \
	src/export/kql.c \
	src/export/plain.c \
	src/export/roster.c src/export/roster.h \
	src/export/rpz.c \
	src/export/sigma.c \
	src/export/suricata.c \
	src/export/walk.c src/export/walk.h \
	src/export/zeek.c
FLOW = src/flow/frag.c src/flow/frag.h src/flow/prefix.c src/flow/prefix.h src/flow/table.c src/flow/table.h src/flow/inspect.c src/flow/inspect.h \
	src/flow/inspect_parts.h src/flow/inspect_dns.c src/flow/inspect_dtls.c src/flow/inspect_held.c src/flow/inspect_hosts.c src/flow/inspect_quic.c src/flow/inspect_tcp.c \
	src/flow/inspect_udp.c src/flow/inspect_answer.c src/flow/inspect_server.c src/flow/inspect_blind.c src/flow/ends.c src/flow/ends.h \
	src/flow/named.c src/flow/named.h
HOST = src/host/announced.c src/host/announced.h \
	src/host/home.c src/host/home.h src/host/hosts.c src/host/hosts.h src/host/leases.c src/host/leases.h src/host/mmdb.c src/host/mmdb.h \
	src/host/names.c src/host/names.h src/host/place.c src/host/place.h src/host/routers.c src/host/routers.h src/host/tags.c src/host/tags.h src/host/table.c src/host/table.h
INCIDENT = src/incident/incident.c src/incident/incident.h src/incident/outcome.c src/incident/outcome.h src/incident/questions.c src/incident/questions.h
RECORD = src/record/about.c src/record/community_id.c src/record/community_id.h src/record/coverage.c src/record/envelope.c src/record/envelope.h src/record/gap.c \
	src/record/hit.c src/record/line.c src/record/line.h src/record/observation.c src/record/record.h src/record/threat.c src/record/threat.h \
	src/record/words.c src/record/words.h
SINK = src/sink/ackfile.c src/sink/ackfile.h src/sink/batch.c src/sink/batch.h src/sink/beat.c src/sink/beat.h src/sink/crc32c.c src/sink/crc32c.h \
	src/sink/cursor.c src/sink/deadletter.c src/sink/deadletter.h src/sink/dest.c src/sink/dest.h src/sink/errand.c src/sink/errand.h \
	src/sink/file.c src/sink/file.h src/sink/finder.c src/sink/finder.h src/sink/greeting.c src/sink/greeting.h src/sink/id.c src/sink/link.c \
	src/sink/link.h src/sink/outbox.c src/sink/outbox.h src/sink/outbox_beat.c src/sink/outbox_clock.c src/sink/outbox_dead.c \
	src/sink/outbox_parts.h src/sink/redis.c src/sink/redis.h src/sink/route.c src/sink/route.h src/sink/secret.c src/sink/secret.h \
	src/sink/segment.c src/sink/segment.h src/sink/sender.c src/sink/sender.h src/sink/shelf.c src/sink/shelf.h src/sink/sink.h src/sink/spool.c \
	src/sink/spool.h src/sink/spooldir.c src/sink/spooldir.h src/sink/spoolstatus.c src/sink/spoolstatus.h src/sink/supply.c src/sink/supply.h \
	src/sink/suspect.c src/sink/suspect.h src/sink/target.c src/sink/target.h src/sink/tidings.c src/sink/tidings.h src/sink/tls.c \
	src/sink/tls.h src/sink/tls_stream.c src/sink/tls_stream.h src/sink/why.c src/sink/why.h src/sink/window.c src/sink/window.h

# The library: rd + name + wire + net + match. Pure, installed; only c2_* leaves it, which its link step sees to (hidden symbols cannot be let out there).
noinst_LTLIBRARIES += src/libcore.la
src_libcore_la_SOURCES = $(NAME) $(WIRE) $(NET) $(MATCH)
src_libcore_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) -fvisibility=default -fno-semantic-interposition -Wconversion
src_libcore_la_LIBADD = $(CRYPTO_LIBS)

lib_LTLIBRARIES += src/libc2watch.la
src_libc2watch_la_SOURCES =
src_libc2watch_la_LIBADD = src/libcore.la
src_libc2watch_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -no-undefined -export-symbols-regex '^c2_'
pkgconfigdir = $(libdir)/pkgconfig
nodist_pkgconfig_DATA = src/libc2watch.pc

# The rest without main(): every part of the programs can be tested.
APP = \
	src/app/capture.c src/app/capture.h \
	src/app/config.c src/app/config.h src/app/config_file.c src/app/config_parts.h \
	src/app/coverage.c src/app/coverage.h \
	src/app/feedwatch.c src/app/feedwatch.h \
	src/app/gate.c src/app/gate.h \
	src/app/outputs.c src/app/outputs.h \
	src/app/pcapng.c \
	src/app/privs.c src/app/privs.h \
	src/app/heartbeat.c \
	src/app/publisher.c src/app/publisher.h src/app/publisher_parts.h \
	src/app/reload.c src/app/reload.h \
	src/app/savefile.c src/app/savefile.h src/app/savefile_parts.h \
	src/app/selftest.c \
	src/app/sensor.c src/app/sensor.h \
	src/app/stats.c src/app/stats.h \
	src/app/worker.c src/app/worker.h

noinst_LTLIBRARIES += src/libc2watchd.la
src_libc2watchd_la_SOURCES = $(BASE) $(NOTE) $(FLOW) $(FEED) $(EXPORT) $(HOST) $(INCIDENT) $(RECORD) $(SINK) $(APP)
src_libc2watchd_la_CPPFLAGS = $(AM_CPPFLAGS) -DC2WATCH_DATADIR='"$(pkgdatadir)"'
src_libc2watchd_la_CFLAGS = $(AM_CFLAGS) $(PCAP_CFLAGS) $(LDNS_CFLAGS) $(MAXMINDDB_CFLAGS) $(HIREDIS_CFLAGS) $(JANSSON_CFLAGS) $(CYAML_CFLAGS) $(CRYPTO_CFLAGS) $(SSL_CFLAGS) \
	$(PSL_CFLAGS) $(IDN2_CFLAGS) $(XXHASH_CFLAGS) $(ZLIB_CFLAGS) $(YAJL_CFLAGS) $(CAPNG_CFLAGS) -pthread
src_libc2watchd_la_LIBADD = src/libcore.la $(PCAP_LIBS) $(LDNS_LIBS) $(MAXMINDDB_LIBS) $(HIREDIS_LIBS) $(JANSSON_LIBS) $(CYAML_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) \
	$(PSL_LIBS) $(IDN2_LIBS) $(XXHASH_LIBS) $(ZLIB_LIBS) $(YAJL_LIBS) $(CAPNG_LIBS) -lpthread

bin_PROGRAMS += src/tools/c2watch src/tools/c2feed
src_tools_c2watch_SOURCES = src/tools/c2watch.c
src_tools_c2watch_CPPFLAGS = $(AM_CPPFLAGS) -DC2WATCH_VERSION='"$(PACKAGE_VERSION)"'
src_tools_c2watch_LDADD = src/libc2watchd.la
src_tools_c2feed_SOURCES = src/tools/c2feed.c src/tools/c2feed.h src/tools/c2feed_diff.c src/tools/c2feed_explain.c src/tools/c2feed_export.c
src_tools_c2feed_CPPFLAGS = $(AM_CPPFLAGS) -DC2WATCH_VERSION='"$(PACKAGE_VERSION)"' -DC2WATCH_DATADIR='"$(pkgdatadir)"'
src_tools_c2feed_LDADD = src/libc2watchd.la

feedsdir = $(pkgdatadir)/feeds
dist_feeds_DATA = feeds/3cx.feed feeds/SOURCES.md feeds/popular.txt feeds/resolvers.txt feeds/shared-hosts.txt
dist_man_MANS += src/tools/c2feed.1 src/tools/c2watch-feeds.5 src/tools/c2watch-redis.7 src/tools/c2watch.8 src/tools/c2watch.yaml.5

EXTRA_DIST += src/ARCHITECTURE.md src/FLOORS
