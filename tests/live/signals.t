#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Signals are answered whatever the program is busy with: notes that never cease to come, a reader that has stalled, a server that is not there.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
c2watch=$(cd "${C2WATCH_BIN:-src/tools}" && pwd)/c2watch
scenario=$top/tests/scenario/scenario.pcap
tap_scratch
pids=
clean_up() {
	# shellcheck disable=SC2086 # a list
	kill -9 $pids 2>/dev/null
}

# ends TENTHS: $pid is gone, but for its exit status, within so many tenths of a second.
ends() {
	tenths=$1
	while read -r _ _ state _ <"/proc/$pid/stat" && [ "$state" != Z ]; do
		[ "$tenths" -gt 0 ] || return 1
		tenths=$((tenths - 1))
		sleep 0.1
	done
}

said() {
	grep -q "$1" "$scratch/said"
}
watch() {
	"$c2watch" -n signals -f "$top/feeds/3cx.feed" "$@" 2>"$scratch/said" &
	pid=$!
	pids="$pids $pid"
}

# A capture that takes minutes to observe: 100 times 10 MB, read faster than its lines are written.
tail -c +25 "$scenario" >"$scratch/frames"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	cat "$scratch/frames" "$scratch/frames" >"$scratch/twice" && mv "$scratch/twice" "$scratch/frames"
done
{
	head -c 24 "$scenario"
	cat "$scratch/frames"
} >"$scratch/long.pcap"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	set -- "$@" -r "$scratch/long.pcap" -r "$scratch/long.pcap" -r "$scratch/long.pcap" -r "$scratch/long.pcap" -r "$scratch/long.pcap"
	set -- "$@" -r "$scratch/long.pcap" -r "$scratch/long.pcap" -r "$scratch/long.pcap" -r "$scratch/long.pcap" -r "$scratch/long.pcap"
done
watch "$@" --observe >/dev/null
sleep 0.5
kill -HUP "$pid"
tap_wait 10 said 'reload: '
tap_ok $? 'a reload, while notes come without a pause'
kill -HUP "$pid"
kill -TERM "$pid"
tap_try 'the end, while another is under way' ends 10
kill -9 "$pid" 2>/dev/null

# Nobody reads what is written.
mkfifo "$scratch/stalled"
sleep 60 <"$scratch/stalled" &
pids="$pids $!"
watch -r "$scratch/long.pcap" --observe >"$scratch/stalled"
sleep 0.5
kill -TERM "$pid"
sleep 0.3
kill -TERM "$pid"
tap_try 'a second SIGTERM ends what a stalled reader holds up' ends 20
kill -9 "$pid" 2>/dev/null

# The same while a reload waits for the publisher, who waits for that reader.
watch -r "$scratch/long.pcap" --observe >"$scratch/stalled"
sleep 0.5
kill -HUP "$pid"
sleep 0.3
kill -TERM "$pid"
sleep 0.3
kill -TERM "$pid"
tap_try 'also when a reload is held up too' ends 20
kill -9 "$pid" 2>/dev/null

# Nothing comes from a pipe: from one that nobody writes to, and in the middle of a capture.
mkfifo "$scratch/nobody" "$scratch/quiet"
watch -r "$scratch/nobody"
sleep 0.3
kill -TERM "$pid"
tap_try 'one SIGTERM ends the wait for a pipe to be written to' ends 20
kill -9 "$pid" 2>/dev/null
{
	head -c 3000 "$scenario"
	exec sleep 60
} >"$scratch/quiet" &
pids="$pids $!"
cp "$top/feeds/3cx.feed" "$scratch/feed"
"$c2watch" -n signals -r "$scratch/quiet" -f "$scratch/feed" 2>"$scratch/said" &
pid=$!
pids="$pids $pid"
sleep 0.3
kill -HUP "$pid"
tap_wait 10 said 'reload: 22 names'
tap_ok $? 'feeds are loaded anew while a pipe is quiet'
awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "n%06x.com\n", i }' >"$scratch/large" && mv "$scratch/large" "$scratch/feed"
kill -HUP "$pid"
sleep 0.2
kill -TERM "$pid"
tap_try 'one SIGTERM ends it, while a feed of a million names is being loaded' ends 20
said 'reload: .*100000'
tap_is $? 1 'which was not done yet'
kill -9 "$pid" 2>/dev/null

# Its records would be waited for.
watch -r "$scenario" -o "unix://$scratch/no.sock" --spool "$scratch/spool" --drain 600
sleep 0.5
kill -INT "$pid"
kill -TERM "$pid"
tap_try 'a signal ends the wait for Redis' ends 20
tap_end
