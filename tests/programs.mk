# SPDX-License-Identifier: Apache-2.0
# The whole program: tests/tap.sh is what they have in common. c2watch is looked for in $C2WATCH_BIN, src/tools of the build otherwise.
SCRIPT_TESTS = \
	tests/badfeeds.t \
	tests/badinput.t \
	tests/export.t \
	tests/floors.t \
	tests/golden.t \
	tests/hostile.t \
	tests/house.t \
	tests/injection.t \
	tests/live/acl.t \
	tests/live/cluster.t \
	tests/live/consumers.t \
	tests/live/faults.t \
	tests/live/feedfiles.t \
	tests/live/fetch.t \
	tests/live/hellos.t \
	tests/live/interface.t \
	tests/live/kill.t \
	tests/live/modes.t \
	tests/live/netns.t \
	tests/live/reload.t \
	tests/live/secret.t \
	tests/live/sentinel.t \
	tests/live/signals.t \
	tests/live/spool.t \
	tests/live/tls.t \
	tests/scenario.t \
	tests/valgrind.t
dist_check_SCRIPTS += $(SCRIPT_TESTS)
TESTS += $(SCRIPT_TESTS)
EXTRA_DIST += \
	tests/HOSTILE.md \
	tests/export \
	tests/injection.py \
	tests/golden \
	tests/live/crowd.py \
	tests/live/faultkinds.py \
	tests/live/faultlane.py \
	tests/live/faultproxy.py \
	tests/live/faults.py \
	tests/live/fetch.py \
	tests/live/hello_reader.py \
	tests/live/hello_server.py \
	tests/live/hello_verdicts.py \
	tests/live/poison.py \
	tests/live/redis.sh \
	tests/live/reload.py \
	tests/live/servers.sh \
	tests/live/tls_stranger.py \
	tests/run \
	tests/scenario/expect.txt \
	tests/scenario/frames.py \
	tests/scenario/make.py \
	tests/scenario/scenario.pcap \
	tests/tap.sh

# Preloaded into c2watch by the fault bench, and into Python: without sanitizers, and its poll() is seen.
check_LTLIBRARIES += tests/live/turns.la
tests_live_turns_la_SOURCES = tests/live/turns.c
tests_live_turns_la_CFLAGS = -std=c11 $(WARNINGS) $(HARDENING)
tests_live_turns_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
