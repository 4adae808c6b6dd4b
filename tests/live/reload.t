#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# 200 reloads between two compiled sets of a million names, half of them in both, under load on a wire between namespaces: no packet is lost for it, what both
# sets have is always a hit, what is new is one soon, and the memory of the sets that are gone is gone.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
[ "$(id -u)" -eq 0 ] || tap_skip_all 'needs root'
tap_need ip jq python3
bin=$(cd "${C2WATCH_BIN:-src/tools}" && pwd)
tap_scratch
chmod 777 "$scratch" # c2watch is nobody

talker=c2r$$-talker sensor=c2r$$-sensor
pid=
clean_up() {
	[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null
	ip netns del $talker 2>/dev/null
	ip netns del $sensor 2>/dev/null
}
network_up() {
	ip netns add $talker && ip netns add $sensor || return 1
	ip link add wire0 netns $talker type veth peer name lan0 netns $sensor || return 1
	ip netns exec $talker ip link set wire0 up && ip netns exec $sensor ip link set lan0 up
}
network_up 2>"$scratch/why" || tap_skip_all "no network namespaces here: $(head -n 1 "$scratch/why")"

# The same file name for both: a feed without a name of its own is called by its file's.
for set in 0 1; do
	mkdir "$scratch/text$set"
	awk -v set=$set 'BEGIN { for (i = 0; i < 500000; i++) printf "common%06x.com\nown%d%06x.com\n", i, set, i }' >"$scratch/text$set/names.txt"
done
mkdir "$scratch/sets"
"$bin/c2feed" compile -o "$scratch/sets/0" "$scratch/text0/names.txt" >"$scratch/compiled" 2>&1 &&
	"$bin/c2feed" compile -o "$scratch/sets/1" "$scratch/text1/names.txt" >>"$scratch/compiled" 2>&1
tap_ok $? 'two sets are compiled'
tail -n 2 "$scratch/compiled" | tap_quote
ln "$scratch/sets/0" "$scratch/names.set"

ip netns exec $sensor "$bin/c2watch" -i lan0 -u nobody -n reload -f "$scratch/names.set" -o "$scratch/hits" 2>"$scratch/said" &
pid=$!
said() {
	grep -q "$1" "$scratch/said"
}
tap_wait 10 said 'watching 1 interface'
tap_ok $? 'c2watch is watching'

ip netns exec $talker python3 "$top/tests/live/reload.py" wire0 "$pid" "$scratch/names.set" "$scratch/sets" "$scratch/hits" "$scratch/said" 200 >"$scratch/figures"
tap_ok $? '200 reloads are done'
tap_quote <"$scratch/figures"
figure() {
	sed -n "s/^$1 //p" "$scratch/figures"
}
ends_ms=$(date +%s%N)
kill -TERM "$pid"
wait "$pid"
tap_is $? 0 'c2watch ends well'
ends_ms=$((($(date +%s%N) - ends_ms) / 1000000))
pid=
stats=$(grep 'stats: ' "$scratch/said" | tail -n 1)
echo "# $stats"
echo "# ended within $ends_ms ms"
# Counters that are zero are left out, but for the two that matter most.
tap_is "$(printf '%s\n' "$stats" | grep -o ' dropped=[0-9]*\| missed=[0-9]*\| lost[a-z_]*=[0-9]*' | tr -d '\n')" ' dropped=0 missed=0' 'no packet was dropped, no note was lost'
tap_is "$(jq 'select(.threat.indicator.name // "" | startswith("common")).c2watch.incident.count' "$scratch/hits" | awk '{ n += $1 } END { print n + 0 }')" \
	"$(figure asked)" 'every query for a name that both sets have is a hit'
tap_is "$(jq -r 'select(.threat.indicator.name // "" | startswith("common")) | select(.event.action != "c2-summary").source.ip' "$scratch/hits" | wc -l)" \
	"$(figure incidents)" 'and its incident is one, across all of them'
tap_is "$(jq -r 'select(.threat.indicator.name).rule.version' "$scratch/hits" | sort -u | wc -l)" 2 'each hit says which of the two sets spoke'
tap_is "$(jq -r 'select(.threat.indicator.name // "" | startswith("own")) | .threat.indicator.name[0:4] + " " + .rule.version' "$scratch/hits" | sort -u | wc -l)" 2 \
	'and it is the one that has the name'
[ "$(figure worst_ms)" -le 2000 ]
tap_ok $? "a new name is a hit within 2 s: $(figure worst_ms) ms at worst, $(figure worst_unasked_ms) ms where nobody told the sensor"
before=$(figure before_kib) after=$(figure after_kib)
if nm "$bin/c2watch" 2>/dev/null | grep -q __asan_init; then
	tap_skip 'memory is back where it was' 'the sanitizers keep what is freed'
else
	[ "$after" -le $((before + before / 20)) ]
	tap_ok $? "memory is back where it was: $before KiB before, $after KiB after"
fi
tap_is "$(grep -c 'reload: refused\|could not' "$scratch/said")" 0 'no reload was refused'
[ "$tap_failed" -eq 0 ] || tail -n 20 "$scratch/said" | tap_quote
tap_end
