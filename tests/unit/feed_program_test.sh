#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# c2feed from outside: exit status and what is printed. C2FEED names the program; otherwise the one that was just built.
set -u
c2feed=${C2FEED:-./src/tools/c2feed}
feeds=${srcdir:-.}/feeds
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
n=0
failed=0

# expect STATUS PATTERN NAME ARGS...: runs c2feed; its whole output must hold the pattern.
expect()
{
	status=$1 pattern=$2 name=$3
	shift 3
	n=$((n + 1))
	"$c2feed" "$@" >"$dir/out" 2>&1
	got=$?
	if [ "$got" -eq "$status" ] && grep -qe "$pattern" "$dir/out"; then
		echo "ok $n - $name"
	else
		failed=$((failed + 1))
		echo "not ok $n - $name"
		echo "# status $got, expected $status and '$pattern'"
		sed 's/^/# /' "$dir/out"
	fi
}

printf 'bad.example\n!ok.bad.example\noff.example enabled=no\n' >"$dir/good.feed"
printf 'bad.example\nco.uk\n' >"$dir/doubtful.feed"
: >"$dir/empty.feed"
head -c 100 /dev/zero >"$dir/zero.feed"
popular=$feeds/popular.txt
shared=$feeds/shared-hosts.txt

echo 1..28
expect 0 'usage: c2feed' 'help' --help
expect 0 '^c2feed [0-9]' 'version' -V
expect 2 'usage' 'no command'
expect 2 'frobnicate: no such command' 'unknown command' frobnicate
expect 0 'usage: c2feed check' 'help of check' check --help
expect 0 'usage: c2feed compile' 'help of compile' compile -h
expect 0 'usage: c2feed explain' 'help of explain' explain -h
expect 0 'usage: c2feed diff' 'help of diff' diff --help
expect 0 'rpz  *a response policy zone' 'help of export' export --help
expect 2 'no such option' 'unknown option' check -z "$dir/good.feed"
expect 2 'usage' 'check without a feed' check
expect 2 'usage' 'compile without -o' compile "$dir/good.feed"
expect 2 'usage' 'explain without a name' explain "$dir/good.feed"
expect 2 'usage' 'diff of three' diff "$dir/good.feed" "$dir/good.feed" "$dir/good.feed"
expect 2 'usage: c2feed export' 'export without a form' export "$dir/good.feed"
expect 2 'no such option' 'check has no --at' check --at 2020-01-01 "$dir/good.feed"
expect 0 ': 1 listed, 1 exceptions, 1 off, 0 refused' 'check of a good feed' check -p "$popular" -s "$shared" "$dir/good.feed"
expect 1 'doubtful.feed:2: refused: co.uk: a public suffix' 'check of a doubtful feed' check -p "$popular" -s "$shared" "$dir/doubtful.feed"
expect 1 'no usable line' 'check of an empty feed' check -p "$popular" -s "$shared" "$dir/empty.feed"
expect 1 'NUL' 'check of what is no text' check -p "$popular" -s "$shared" "$dir/zero.feed"
expect 1 'a folder, not a file' 'check of a folder' check -p "$popular" -s "$shared" "$dir"
expect 1 'No such file' 'check of nothing' check -p "$popular" -s "$shared" "$dir/nothing"
expect 0 ': 22 listed, 0 exceptions, 2 off, 0 refused' 'check of the shipped feed' check -p "$popular" -s "$shared" "$feeds/3cx.feed"
expect 0 'hash [0-9a-f]\{16\}$' 'compile' compile -p "$popular" -s "$shared" -o "$dir/set" "$dir/good.feed"
expect 0 'x.bad.example: a hit' 'explain of a hit' explain "$dir/set" x.bad.example
expect 0 '!ok.bad.example of good (.*good.feed:2): an exception covers the name' 'explain of an exception' explain "$dir/set" ok.bad.example
expect 0 'off (enabled = no)' 'explain of what is off' explain "$dir/set" www.off.example
expect 0 'no listed name is this one, or above it' 'explain of a look-alike' explain "$dir/set" notbad.example
exit "$((failed > 0))"
