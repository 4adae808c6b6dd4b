#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The stress programs, built and run under ThreadSanitizer: no report, no suppression.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT

# The first compiler that links and runs with -fsanitize=thread; not every kernel's address space layout suits every one.
echo 'int main(void) { return 0; }' >"$tmp/try.c"
for cc in clang-14 clang gcc; do
	"$cc" -fsanitize=thread -o "$tmp/try" "$tmp/try.c" 2>/dev/null && "$tmp/try" 2>/dev/null && break
	cc=
done
[ -n "$cc" ] || tap_skip_all 'no compiler here with a working -fsanitize=thread'

# build NAME SOURCE...
build() {
	name=$1
	shift
	(cd "$top" && "$cc" -std=c11 -D_GNU_SOURCE -O1 -g -fsanitize=thread -Iinclude -Isrc -o "$tmp/$name" "$@" -lpthread)
}

tap_try 'ring_stress builds' build ring tests/stress/ring_stress.c src/base/spsc.c
tap_try 'gate_stress builds' build gate tests/stress/gate_stress.c src/app/gate.c
export TSAN_OPTIONS='halt_on_error=1 exitcode=66'
tap_try 'the ring, 100,000 notes' "$tmp/ring" 100000
tap_try 'the gate, 1,000 swaps' "$tmp/gate"
tap_end
