#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The fault bench: a live sensor under a steady rain of hits, and everything that may become of its Redis. A short form where C2WATCH_FAST is set, or
# under sanitizers.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
[ "$(id -u)" -eq 0 ] || tap_skip_all 'needs root'
tap_need ip nsenter python3 redis-server tc unshare
c2watch=$(cd "${C2WATCH_BIN:-src/tools}" && pwd)/c2watch
turns=$PWD/tests/live/.libs/turns.so
[ -f "$turns" ] || tap_skip_all 'tests/live/turns.la is not built'
! nm "$c2watch" 2>/dev/null | grep -q __asan_init || C2WATCH_FAST=1
export C2WATCH_FAST
why=$(unshare -n ip link add wire0 type veth peer name lan0 2>&1) || tap_skip_all "no network namespaces here: $why"
tap_scratch
chmod 777 "$scratch" # c2watch is nobody
clean_up() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null
}
python3 -B "$top/tests/live/faults.py" "$c2watch" "$turns" "$scratch" "$@" &
pid=$!
wait $pid
status=$?
pid=
exit $status
