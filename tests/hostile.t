#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every test that tests/HOSTILE.md names is there, and no row is without one.
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
. "$top/tests/tap.sh"
map=$top/tests/HOSTILE.md

# The tests named on standard input, one a line: `program: case` without its marks.
named() {
	grep -o '`[^` ]*: [^`]*`' | tr -d '`'
}

is_there() {
	program=${1%%: *}
	name=${1#*: }
	case $program in
	golden) [ -d "$top/tests/golden/$name" ] ;;
	tests/*) grep -qF -- "$name" "$top/$program" ;;
	*) grep -qwF -- "$name" "$top/tests/unit/$program.c" ;;
	esac
}

named <"$map" | sort -u >hostile.named
missing=
while read -r test; do
	is_there "$test" || missing="$missing [$test]"
done <hostile.named
tap_is "$missing" '' 'every test that is named is there'
tap_ok "$([ "$(wc -l <hostile.named)" -gt 150 ] && echo 0 || echo 1)" 'the tests are read from the map'
rm -f hostile.named

rows=
for row in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
	[ -n "$(sed -n "s/^| H$row |//p" "$map" | named)" ] || rows="$rows H$row"
done
tap_is "$rows" '' 'every row has one'
is_there 'name_test: no such case'
tap_is $? 1 'one that is not there is told'
tap_end
