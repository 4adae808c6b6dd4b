#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# contrib/fetch-feeds against a server on loopback that does what servers do: what is good comes once and stays, what is not leaves the one from before.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
tap_need curl flock python3
C2FEED=$(cd "${C2WATCH_BIN:-src/tools}" && pwd)/c2feed
export C2FEED
tap_scratch
pid=
clean_up() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null
}
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

echo one >"$scratch/tag"
mkdir "$scratch/feeds"
python3 "$top/tests/live/fetch.py" "$scratch" &
pid=$!
tap_wait 10 test -e "$scratch/port"
at=http://127.0.0.1:$(cat "$scratch/port")

# fetch LINE...: with these lines of configuration; what it says is in `said`, what the server was asked in `asked`.
fetch() {
	printf '%s\n' "$@" >"$scratch/conf"
	: >"$scratch/asked"
	"$top/contrib/fetch-feeds" -t 2 -m 1 "$scratch/conf" "$scratch/feeds" >"$scratch/said" 2>&1
	result=$?
}
listed() {
	"$C2FEED" check "$scratch/feeds/feeds.set" 2>&1 | grep -o '[0-9]* listed'
}
number() {
	stat -c %i "$scratch/feeds/$1"
}

# --- good ones
fetch '# a comment' '' "one 0 $at/tagged" "two 0 $at/dated"
tap_is "$result $(tr '\n' ' ' <"$scratch/asked")" '0 /tagged 200 /dated 200 ' 'two feeds are fetched'
tap_is "$(listed)" '1000 listed' 'and compiled into a set'
before=$(number feeds.set)
fetch "one 0 $at/tagged" "two 0 $at/dated"
tap_is "$result $(tr '\n' ' ' <"$scratch/asked")" '0 /tagged 304 /dated 304 ' 'what has not changed is not sent again: ETag, If-Modified-Since'
fetch "one 60 $at/tagged" "two 60 $at/dated"
tap_is "$result $(cat "$scratch/asked")" '0 ' 'nor asked for before its time'
echo two >"$scratch/tag"
touch -d '1 hour ago' "$scratch/conf"
before=$(number feeds.set)
fetch "one 0 $at/tagged" "two 60 $at/dated"
tap_is "$result $(cat "$scratch/asked")" '0 /tagged 200' 'what has changed comes'
[ "$(number feeds.set)" != "$before" ]
tap_ok $? 'and a new set takes the place of the old one'
tap_is "$(ls -A "$scratch/feeds" | tr '\n' ' ')" '.lock feeds.set one.etag one.feed one.fetched two.feed two.fetched ' 'nothing else is left'

# --- bad ones: PATH WHAT-IS-SAID
cp "$scratch/feeds/one.feed" "$scratch/kept"
while read -r path why; do
	rm -f "$scratch/feeds/one.fetched"
	fetch "one 0 $at/$path" "two 60 $at/dated"
	tap_is "$result" 1 "/$path is refused"
	grep -q "fetch-feeds: one: .*$why" "$scratch/said"
	tap_ok $? "and told: $(head -n 1 "$scratch/said")"
	cmp -s "$scratch/kept" "$scratch/feeds/one.feed" && [ ! -e "$scratch/feeds/one.fetched" ]
	tap_ok $? 'the one from before stays, and it is tried again'
done <<'END'
failing 500
missing 404
cut transfer closed
slow timed out
html a page of HTML
large more than 1 MiB
told exceeded
halved 400 lines where there were 1000
empty empty reply
elsewhere not supported
octets no feed
END
tap_is "$(listed)" '1000 listed' 'the set is what it was'
tap_is "$(ls -A "$scratch/feeds" | tr '\n' ' ')" '.lock feeds.set one.etag one.feed two.feed two.fetched ' 'nothing is left of them'
fetch "one 0 http://127.0.0.1:1/" "two 0 $at/dated"
tap_is "$result $(cat "$scratch/asked")" '1 /dated 304' 'a server that is not there does not keep others from being asked'
fetch "../one 0 $at/tagged" "one x $at/tagged" 'one 0 file:///etc/passwd' "one 0 $at/tagged more"
tap_is "$result $(grep -c 'conf:[1-4]: not `NAME MINUTES ADDRESS`' "$scratch/said")" '1 4' 'wrong lines are told by number'
tap_end
