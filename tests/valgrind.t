#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# valgrind on replays: no error, no octet lost.
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
. "$top/tests/tap.sh"
tap_need valgrind
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
! nm "$c2watch" 2>/dev/null | grep -q __asan_init || tap_skip_all 'the sanitizers are on guard here'
[ -z "$C2WATCH_FAST" ] || tap_skip_all 'fast'

# What is still reachable at the end is the configuration, which lives as long as the program.
watched() {
	valgrind -q --leak-check=full --errors-for-leak-kinds=definite,indirect,possible --track-fds=no --error-exitcode=99 \
		"$c2watch" -q -n valgrind -f "$top/feeds/3cx.feed" -r "$top/tests/scenario/scenario.pcap" "$@" >/dev/null
}

tap_try 'hits' watched
tap_try 'observations' watched --observe
tap_try 'with a filter' watched udp port 53
tap_end
