#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The measurable house rules: lengths, names, format, exports, manual pages. Those that can be broken in a copy are, to see the checker fail.
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
. "$top/tests/tap.sh"
tap_scratch

# A tree of one file, whose code is on standard input.
plant() {
	rm -rf "$scratch/tree"
	mkdir -p "$scratch/tree/src/room" "$scratch/tree/include" "$scratch/tree/tests" "$scratch/tree/contrib/check"
	cp "$top/contrib/check/exceptions" "$scratch/tree/contrib/check"
	cat >"$scratch/tree/src/room/${1:-thing}.c"
}

finds() {
	said=$("$top/contrib/check/style" "$scratch/tree")
	[ $? -ne 0 ] && printf '%s\n' "$said" | grep -q "$1"
	tap_ok $? "$2"
}

tap_try 'functions, files and names are as the house has them' "$top/contrib/check/style" "$top"
plant <<END
static int long_one(void)
{
$(yes '	f();' | head -n 60)
}
END
finds 'long_one() has 63 lines' 'a function that is too long'
yes '/* a line */' | head -n 501 | plant
finds '501 lines' 'a file that is too long'
echo 'int x;' | plant room_util
finds 'room_util.c: a banned word' 'a banned word in the name of a file'
echo 'static int handle_packet(void);' | plant
finds 'handle_packet: a banned word' 'a banned word in an identifier'
echo 'static int do_it(void); /* util */ static const char *x = "misc helper";' | plant
finds 'do_it: a banned word' 'comments and texts are free, code is not'

if command -v clang-format-14 >/dev/null; then
	tap_try 'the code is formatted' "$top/contrib/check/format" "$top"
else
	tap_skip 'the code is formatted' 'clang-format-14 is not installed'
fi

library=src/.libs/libc2watch.so
if [ ! -e $library ]; then
	tap_skip 'the library exports c2_* alone' "no $library here"
elif nm $library | grep -q __asan_init; then
	tap_skip 'the library exports c2_* alone' 'the sanitizers add names of their own'
else
	tap_try 'the library exports c2_* alone' "$top/contrib/check/exports" $library
	! "$top/contrib/check/exports" "$(ldd "$library" | awk '$1 == "libc.so.6" { print $3 }')" >/dev/null
	tap_ok $? 'another library is told apart'
fi

for page in "$top"/src/tools/*.[1-9]; do
	if command -v mandoc >/dev/null; then
		tap_try "$(basename "$page")" mandoc -Tlint -W warning "$page"
	else
		tap_skip "$(basename "$page")" 'mandoc is not installed'
	fi
done
tap_end
