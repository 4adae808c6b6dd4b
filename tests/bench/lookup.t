#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The lookup benchmark, a small run of it: whatever peers are installed give the answers that the domset gives. No time is judged.
top=$(cd "${srcdir:-.}" && pwd)
. "$top/tests/tap.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

awk 'BEGIN {
	for (i = 0; i < 500; i++) {
		print "host" i ".duckdns.org"
		print "a" i * 7919 % 1000 ".site" i % 50 ".co.uk"
		print "bad" i ".example"
	}
}' >"$scratch/names"
awk 'BEGIN { for (i = 0; i < 100; i++) print "popular" i ".com" }' >"$scratch/popular"

tap_try 'all agree on names and on names made of their parts' \
	"$top/tests/bench/lookup/run" 3000 1 "$scratch/names" "$scratch/popular" 100 1500 3000
printf '%s\n' "$tap_said" | tap_quote
tap_is "$(printf '%s\n' "$tap_said" | grep -c '^domset  ')" 4 'a table for each set'
tap_end
