#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The committed corpora alone run nine lines in ten of each file that strangers' octets reach. A build of its own, with coverage.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
tap_need gcc gcov python3
[ ! -f "$top/config.status" ] || tap_skip_all 'configured in the source folder, which allows no build beside it'
[ -z "$C2WATCH_FAST" ] || tap_skip_all 'fast'
! nm "${C2WATCH_BIN:-src/tools}/c2watch" 2>/dev/null | grep -q __asan_init || tap_skip_all 'the same figures as without the sanitizers'

unset MAKEFLAGS MFLAGS MAKELEVEL
said=$(make -s fuzz-coverage 2>&1)
tap_ok $? 'corpora replayed, every file and room above the floor'
printf '%s\n' "$said" | sed 's,^,# ,'
tap_end
