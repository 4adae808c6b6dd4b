#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A stream, lists and a channel at once, through a redis-server that dies and a sensor that does; and records that the server does not take.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
tap_need redis-server redis-cli jq python3
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
python=${PYTHON:-/usr/bin/python3}
tap_scratch
c2watch_pid=
proxy_pid=
listener_pid=
second_pid=
. "$top/tests/live/redis.sh"
clean_up() {
	[ -z "$c2watch_pid" ] || kill -9 "$c2watch_pid" 2>/dev/null
	[ -z "$proxy_pid" ] || kill "$proxy_pid" 2>/dev/null
	[ -z "$second_pid" ] || kill "$second_pid" 2>/dev/null
	touch "$scratch/enough"
	redis_kill
	[ -z "$listener_pid" ] || wait "$listener_pid"
}

n=4000
[ -z "$C2WATCH_FAST" ] || n=1000
"$python" -B "$top/tests/live/crowd.py" $n msstorageazure.com >"$scratch/crowd.pcap"
head -c 24 "$scratch/crowd.pcap" >"$scratch/empty.pcap"
half=$((24 + (n / 2) * ($(wc -c <"$scratch/crowd.pcap") - 24) / n)) # a whole number of packets
mkfifo "$scratch/input"
unix=unix://$scratch/redis.sock

# sensor OPTIONS...: reads the fifo, in the background.
sensor() {
	"$c2watch" -n modes -f "$top/feeds/3cx.feed" --spool "$scratch/spool" -r - "$@" <"$scratch/input" >"$scratch/stdout" 2>"$scratch/said" &
	c2watch_pid=$!
}

sensor_end() {
	wait "$c2watch_pid"
	status=$?
	c2watch_pid=
	return $status
}

# once OPTIONS...: the whole capture, anew.
once() {
	redis_cli FLUSHALL >/dev/null
	rm -rf "$scratch/spool" "$scratch/file"
	"$c2watch" -n modes -f "$top/feeds/3cx.feed" --spool "$scratch/spool" -r "$scratch/crowd.pcap" -o "$scratch/file" --drain 30 "$@" 2>"$scratch/said"
}

stream_json() {
	redis_cli --json XRANGE 'c2watch:{modes}:hits' - + | jq -c '.[][1] | . as $fields | index("json") as $i | $fields[$i + 1] | fromjson'
}
list_json() {
	redis_cli "$@" LRANGE 'c2watch:{modes}:queue' 0 -1
}
ids() {
	jq -r .event.id "$@"
}
length_of() {
	redis_cli "$@" 2>/dev/null || echo 0
}
stream_has() {
	[ "$(length_of XLEN 'c2watch:{modes}:hits')" -ge "$1" ]
}
list_has() {
	[ "$(length_of LLEN 'c2watch:{modes}:queue')" -ge "$1" ]
}
is_heard() {
	[ "$(redis_cli PUBSUB NUMSUB 'c2watch:{modes}:live' | tail -1)" = 1 ]
}
heard() {
	grep '^{' "$scratch/heard" | ids
}
has_heard() {
	[ "$(grep -c '^{' "$scratch/heard")" -ge "$1" ]
}

# A second server, which is there only later.
second_start() {
	redis-server --port 0 --unixsocket "$scratch/second.sock" --dir "$scratch" --save '' --daemonize no >>"$scratch/second.log" 2>&1 3>&- &
	second_pid=$!
}

# Whoever listens comes back when the server does.
listen() {
	while [ ! -e "$scratch/enough" ]; do
		redis_cli SUBSCRIBE 'c2watch:{modes}:live' >>"$scratch/heard" 2>/dev/null
		sleep 0.02
	done
}

# --- all modes at once, and redis-server dies and comes back
redis_start
tap_ok $? 'redis-server is up'
listen 3>&- &
listener_pid=$!
tap_wait 10 is_heard
sensor -q -o "$scratch/file" -o "$unix" -o "$unix?mode=list" -o "$unix?mode=channel" -o "$unix?db=1&mode=list&maxlen=100" \
	-o "unix://$scratch/second.sock" -o "unix://$scratch/second.sock?mode=list" --drain 30
exec 3>"$scratch/input"
head -c "$half" "$scratch/crowd.pcap" >&3
tap_wait 10 stream_has 100 && tap_wait 10 list_has 100 && tap_wait 10 has_heard $((n / 8))
tap_ok $? 'hits arrive in the stream, in the list, and on the channel while the capture is being read'
redis_kill
tail -c +$((half + 1)) "$scratch/crowd.pcap" >&3 &
feeder=$!
sleep 0.5
redis_start
second_start
wait $feeder
exec 3>&-
sensor_end
tap_is $? 0 'exit status: each destination has all of it'
ids "$scratch/file" >"$scratch/ids.file"
tap_is "$(wc -l <"$scratch/ids.file")" "$n" 'every hit is in the file'
stream_json | ids >"$scratch/ids.stream"
tap_try 'the same, each once and in order, in the stream' cmp "$scratch/ids.file" "$scratch/ids.stream"
list_json >"$scratch/list"
tap_try 'the same, each once and in order, in the list' sh -c "jq -r .event.id '$scratch/list' | cmp '$scratch/ids.file'"
tap_try 'an item is the line of the file' cmp "$scratch/file" "$scratch/list"
redis-cli -s "$scratch/second.sock" LRANGE 'c2watch:{modes}:queue' 0 -1 | cmp -s - "$scratch/list"
tap_ok $? 'the same in the list of a second server, which came later'
tap_is "$(redis-cli -s "$scratch/second.sock" XLEN 'c2watch:{modes}:hits')" "$n" 'and in its stream'
tap_is "$(find "$scratch/spool/modes" -name '*.ack' | wc -l)" 6 'each has its own place in the one spool'
list_json -n 1 | ids >"$scratch/ids.short"
tail -n 100 "$scratch/ids.file" | cmp -s - "$scratch/ids.short"
tap_ok $? 'a list with a length has the newest of them'
tap_is "$(redis_cli LRANGE 'c2watch:{modes}:queue:top' 0 -1)" "$(tail -n 1 "$scratch/ids.file" | sed 's/^modes-//')" "the list's newest id is told beside it"
heard >"$scratch/ids.heard"
printf '# %s of %s were heard\n' "$(wc -l <"$scratch/ids.heard")" "$n"
tap_is "$(sort "$scratch/ids.heard" | uniq -d | wc -l)" 0 'whoever listened to the channel has heard none twice'
grep -Fxf "$scratch/ids.heard" "$scratch/ids.file" | cmp -s - "$scratch/ids.heard"
tap_ok $? 'and all in order'

# --- the sensor dies: what is in a list is known by the id beside it
redis_cli FLUSHALL >/dev/null
rm -rf "$scratch/spool" "$scratch/file"
sensor -q -o "$scratch/file" -o "$unix?mode=list"
exec 3>"$scratch/input"
head -c "$half" "$scratch/crowd.pcap" >&3
tap_wait 10 list_has 20
kill -9 "$c2watch_pid"
exec 3>&-
sensor_end
{
	cat "$scratch/empty.pcap"
	tail -c +$((half + 1)) "$scratch/crowd.pcap"
} >"$scratch/rest.pcap"
sensor -q -o "$scratch/file" -o "$unix?mode=list" --drain 30
cat "$scratch/rest.pcap" >"$scratch/input"
sensor_end
tap_is $? 0 'after kill -9 of the sensor, the next one ends well'
list_json | ids >"$scratch/ids.list"
tap_is "$(sort "$scratch/ids.list" | uniq -d | wc -l)" 0 'nothing is in the list twice'
ids "$scratch/file" | grep -Fvxf "$scratch/ids.list" >"$scratch/lost"
tap_is "$(wc -l <"$scratch/lost")" 0 'nothing that was told elsewhere is missing'

# --- a record that the server does not take
# proxy WAY MARKER...
proxy() {
	[ -z "$proxy_pid" ] || kill "$proxy_pid" 2>/dev/null
	rm -f "$scratch/proxy.sock"
	"$python" -B "$top/tests/live/poison.py" "$scratch/proxy.sock" "$scratch/redis.sock" "$@" 3>&- &
	proxy_pid=$!
	tap_wait 10 test -S "$scratch/proxy.sock"
}
dead() {
	cat "$scratch"/spool/modes/*.dead
}

for way in go-on close; do
	proxy $way '"10.0.0.7"' '"10.0.0.8"' '"10.0.1.44"'
	once -o "unix://$scratch/proxy.sock"
	tap_is $? 1 "poison ($way): the sensor says so with its status"
	stream_json >"$scratch/stream"
	ids "$scratch/file" >"$scratch/ids.file"
	ids "$scratch/stream" | cmp -s - "$scratch/ids.file"
	tap_ok $? "poison ($way): every id is in the stream, once and in order"
	tap_is "$(jq -r 'select(.c2watch.gap) | .c2watch.gap.where + " " + (.c2watch.gap.lost | tostring)' "$scratch/stream" | sort | uniq -c | tr -s ' ')" \
		' 3 dead-letter 1' "poison ($way): three gaps stand there"
	grep -E '"10\.0\.(0\.[78]|1\.44)"' "$scratch/file" >"$scratch/wanted"
	tap_is "$(dead)" "$(cat "$scratch/wanted")" "poison ($way): the records are among the dead letters, as they were"
	tap_is "$(jq -r 'select(.c2watch.gap) | .event.id' "$scratch/stream")" "$(ids "$scratch/wanted")" "poison ($way): and the gaps have their ids"
	tap_is "$(stat -c %a "$scratch"/spool/modes/*.dead)" 600 "poison ($way): for nobody else to read"
	grep -q 'ERR Protocol error: invalid bulk length); they are kept in ' "$scratch/said"
	tap_ok $? "poison ($way): it is told, with the reason"
	grep -q ' dead=3 ' "$scratch/said"
	tap_ok $? "poison ($way): and counted"
done
proxy go-on '"10.0.0.7"'
once -q -o "unix://$scratch/proxy.sock?mode=list"
tap_is "$? $(list_json | jq -r 'select(.c2watch.gap) | .c2watch.gap.where')" '1 dead-letter' 'poison: and in a list'
tap_is "$(list_json | wc -l) $(dead | wc -l)" "$n 1" 'poison: with all of the others'

# --- servers that are away are waited for together
before=$(date +%s)
"$c2watch" -q -n modes -f "$top/feeds/3cx.feed" --spool "$scratch/spool2" -r "$scratch/crowd.pcap" -o "unix://$scratch/no1" -o "unix://$scratch/no2" \
	-o "unix://$scratch/no3" -o "unix://$scratch/no4" --drain 3 2>"$scratch/said"
tap_is "$? $(($(date +%s) - before >= 9))" '3 0' 'four servers that are away are waited for together'

# --- a stream that somebody has brought to the end of all ids
redis_cli FLUSHALL >/dev/null
rm -rf "$scratch/spool"
redis_cli XADD 'c2watch:{modes}:hits' 18446744073709551615-18446744073709551615 a b >/dev/null
"$c2watch" -n modes -f "$top/feeds/3cx.feed" --spool "$scratch/spool" -r "$scratch/crowd.pcap" -o "$unix" --drain 1 2>"$scratch/said"
tap_is $? 3 'a stream at the end of all ids: hits wait'
grep -q 'the stream is at the end of all ids, where no record can follow: rename or delete it' "$scratch/said"
tap_ok $? 'and it is told what to do'
redis_cli DEL 'c2watch:{modes}:hits' >/dev/null
"$c2watch" -q -n modes -f "$top/feeds/3cx.feed" --spool "$scratch/spool" -r "$scratch/empty.pcap" -o "$unix" --drain 20 2>"$scratch/said"
tap_is "$? $(redis_cli XLEN 'c2watch:{modes}:hits')" "0 $n" 'which done, they arrive'
tap_end
