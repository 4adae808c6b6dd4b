#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Eighty hostile strings through every door (names in DNS, TLS, QUIC, HTTP, certificates and DHCP, what hosts tell, feeds, files, interfaces, arguments) into
# every sink: strict JSON, one record each, nothing that commands, and the octets can be had back. tests/injection.py makes and checks.
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
. "$top/tests/tap.sh"
python=/usr/bin/python3
tap_need $python jq redis-server redis-cli
$python -c 'import scapy.all, cryptography, redis' 2>/dev/null || tap_skip_all 'python3-scapy, python3-cryptography or python3-redis is not installed'
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
case $c2watch in /*) ;; *) c2watch=$PWD/$c2watch ;; esac
c2feed=${c2watch%watch}feed
tap_scratch
. "$top/tests/live/redis.sh"
listener=
clean_up() {
	[ -z "$listener" ] || kill "$listener" 2>/dev/null
	redis_kill
}
injection() {
	$python "$top/tests/injection.py" "$@"
}

tap_try 'the strings are made' injection make "$scratch"
redis_start
tap_ok $? 'redis-server is up'

# sense OPTION...: everything is read; standard input goes on for a while, so that there is a heartbeat and a line of counters.
sense() {
	for file in "$scratch"/feeds/*; do
		set -- "$@" -f "$file"
	done
	for file in "$scratch"/files/*; do
		set -- "$@" -r "$file"
	done
	{
		head -c 24 "$scratch/all.pcap"
		sleep 2.5
	} | "$c2watch" -v --stats 1 -n inject -f "$top/feeds/3cx.feed" -r "$scratch/all.pcap" "$@" -r -
}
redis_cli --raw SUBSCRIBE 'c2watch:{inject}:live' >"$scratch/heard" 2>/dev/null &
listener=$!
is_heard() {
	grep -q "$1" "$scratch/heard"
}
tap_wait 10 is_heard subscribe
# The names of files that it writes are hostile, too.
set -- -o - -o "unix://$scratch/redis.sock" -o "unix://$scratch/redis.sock?mode=list" -o "unix://$scratch/redis.sock?mode=channel"
n=0
for file in "$scratch"/files/*; do
	[ $n -lt 12 ] || break
	n=$((n + 1))
	mkdir -p "$scratch/outputs"
	set -- "$@" -o "$scratch/outputs/${file##*/}"
done
sense "$@" --spool "$scratch/spool" >"$scratch/out" 2>"$scratch/said"
tap_is $? 0 'c2watch reads them all'

hits=$(injection records "$scratch/out")
tap_ok $? 'standard output'
is_strict() {
	[ "$(jq -s length "$1")" -eq "$(wc -l <"$1")" ]
}
is_strict "$scratch/out"
tap_ok $? 'standard output, as jq reads it'
tap_ok "$([ "$hits" -gt 900 ] && echo 0 || echo 1)" "these are ${hits:-no} records"
same=0
for file in "$scratch"/outputs/*; do
	cmp -s "$scratch/out" "$file" && same=$((same + 1))
done
tap_is $same 12 'files: the same, and so are their names'
tap_try 'Redis: keys, flat fields, status, sensors' injection keys "$scratch" "$scratch/redis.sock"
tap_try 'Redis: the stream' cmp "$scratch/out" "$scratch/stream"
tap_try 'Redis: the list' cmp "$scratch/out" "$scratch/list"
sed -n '/^{/p' "$scratch/heard" >"$scratch/channel"
tap_try 'Redis: the channel' cmp "$scratch/out" "$scratch/channel"
tap_is "$(grep -vc '^{' "$scratch/heard")" $((3 + 2 * $(wc -l <"$scratch/out"))) 'and a message is a record'
tap_try 'standard error' injection said "$scratch/said"
tap_ok "$([ "$(grep -c '^c2watch: stats: [a-z0-9_= ]*$' "$scratch/said")" -ge 2 ] && echo 0 || echo 1)" 'lines of counters'
! grep -qF "$(printf '\033')" "$scratch/said"
tap_ok $? 'no escape gets to a terminal'

sense --observe --certificates -o none >"$scratch/out" 2>"$scratch/said"
tap_try 'observation lines' injection observed "$scratch/out"
is_strict "$scratch/out"
tap_ok $? 'observation lines, as jq reads them'
tap_try 'standard error of these' injection said "$scratch/said"

tap_try 'arguments that are wrong' injection arguments "$c2watch" "$top/feeds/3cx.feed"
"$c2feed" check "$scratch"/feeds/* >"$scratch/said" 2>&1
tap_is "$? $(LC_ALL=C grep -c '[^ -~]' "$scratch/said")" '1 0' 'what c2feed says of the feeds'
if unshare -n true 2>/dev/null; then
	tap_try 'interfaces' unshare -n $python "$top/tests/injection.py" interfaces "$c2watch" "$top/feeds/3cx.feed"
else
	tap_skip 'interfaces' 'no network namespaces here'
fi
tap_end
