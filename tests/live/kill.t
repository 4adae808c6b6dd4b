#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kill -9 of redis-server, and of c2watch, in the middle of 10,000 hits: each arrives once, in order, with the same id everywhere.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
tap_need redis-server redis-cli jq python3
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
python=${PYTHON:-/usr/bin/python3}
tap_scratch
c2watch_pid=
. "$top/tests/live/redis.sh"
clean_up() {
	[ -z "$c2watch_pid" ] || kill -9 "$c2watch_pid" 2>/dev/null
	redis_kill
}

n=10000
[ -z "$C2WATCH_FAST" ] || n=2000
"$python" -B "$top/tests/live/crowd.py" $n msstorageazure.com >"$scratch/crowd.pcap"
head -c 24 "$scratch/crowd.pcap" >"$scratch/empty.pcap"
half=$(($(wc -c <"$scratch/crowd.pcap") / 2))
mkfifo "$scratch/input"

# sensor OPTIONS...: reads the fifo, in the background.
sensor() {
	"$c2watch" -q -n kill -f "$top/feeds/3cx.feed" --spool "$scratch/spool" -r - "$@" <"$scratch/input" >"$scratch/stdout" 2>"$scratch/said" &
	c2watch_pid=$!
}

sensor_end() {
	wait "$c2watch_pid"
	status=$?
	c2watch_pid=
	return $status
}

stream_ids() {
	redis_cli --json XRANGE 'c2watch:{kill}:hits' - + | jq -r '.[][1] | . as $fields | index("json") as $i | $fields[$i + 1] | fromjson | .event.id'
}

ids() {
	jq -r .event.id "$1"
}

stream_has() {
	[ "$(redis_cli XLEN 'c2watch:{kill}:hits' 2>/dev/null || echo 0)" -ge "$1" ]
}

stdout_has() {
	[ "$(wc -l <"$scratch/stdout")" -ge "$1" ]
}

# --- redis-server dies and comes back
redis_start
tap_ok $? 'redis-server is up'
sensor -o - -o "$scratch/file" -o "unix://$scratch/redis.sock" --drain 30
exec 3>"$scratch/input"
head -c $half "$scratch/crowd.pcap" >&3
tap_wait 10 stream_has 100
tap_ok $? 'hits arrive while the capture is being read'
tail -c +$((half + 1)) "$scratch/crowd.pcap" >&3 &
feeder=$!
redis_kill
tap_wait 20 stdout_has $((n * 9 / 10))
tap_ok $? 'without Redis, the other outputs go on'
redis_start
wait $feeder
exec 3>&-
sensor_end
tap_is $? 0 'exit status: all is in Redis at the end'
stream_ids >"$scratch/ids.stream"
ids "$scratch/stdout" >"$scratch/ids.stdout"
ids "$scratch/file" >"$scratch/ids.file"
tap_is "$(wc -l <"$scratch/ids.stream")" $n 'every hit is in the stream'
tap_is "$(sort -u "$scratch/ids.stream" | wc -l)" $n 'none is there twice'
tap_try 'the same, in the same order, on standard output' cmp "$scratch/ids.stream" "$scratch/ids.stdout"
tap_try 'the same, in the same order, in the file' cmp "$scratch/ids.stream" "$scratch/ids.file"
tap_is "$(jq -r '.source.ip' "$scratch/stdout" | sort -u | wc -l)" $n 'one a host'
sed -n 's/^kill-\([0-9]*\)-\([0-9]*\)$/\1 \2/p' "$scratch/ids.stream" | sort -c -s -u -k1,1n -k2,2n
tap_ok $? 'the ids of the stream rise'

# --- c2watch dies while Redis is down
redis_cli DEL 'c2watch:{kill}:hits' >/dev/null
redis_kill
rm -rf "$scratch/spool" "$scratch/appendonlydir"
sensor -o - -o "unix://$scratch/redis.sock"
exec 3>"$scratch/input"
head -c $half "$scratch/crowd.pcap" >&3
tap_wait 20 stdout_has $((n / 4))
tap_ok $? 'hits are written while Redis is down'
kill -9 "$c2watch_pid"
sensor_end
exec 3>&-
redis_start
"$c2watch" -q -n kill -f "$top/feeds/3cx.feed" --spool "$scratch/spool" -r "$scratch/empty.pcap" -o "unix://$scratch/redis.sock" --drain 30 2>"$scratch/said"
tap_is $? 0 'the next start delivers'
stream_ids >"$scratch/ids.stream"
# The last line of standard output may be cut; what is whole was in the spool before.
sed '$d' "$scratch/stdout" | jq -r .event.id >"$scratch/ids.stdout"
tap_is "$(sort -u "$scratch/ids.stream" | wc -l)" "$(wc -l <"$scratch/ids.stream")" 'none is there twice'
head -n "$(wc -l <"$scratch/ids.stdout")" "$scratch/ids.stream" | cmp - "$scratch/ids.stdout"
tap_ok $? 'whatever had been written anywhere is in the stream, in order'
"$c2watch" -q -n kill -f "$top/feeds/3cx.feed" --spool "$scratch/spool" -r "$scratch/empty.pcap" -o "unix://$scratch/redis.sock" --drain 30 2>"$scratch/said"
tap_is "$(stream_ids | wc -l)" "$(wc -l <"$scratch/ids.stream")" 'the start after that delivers nothing again'
tap_end
