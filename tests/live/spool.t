#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The spool of the whole program on disks that have no room, have a limit, or are read-only; and what --spool-status says of it.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
tap_need redis-server redis-cli jq python3 mkfifo
if [ "$(id -u)" -eq 0 ] && [ -z "$SPOOL_T_UNSHARED" ] && unshare -m true 2>/dev/null; then
	SPOOL_T_UNSHARED=1 exec unshare -m --propagation private "$0" "$@"
fi
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
python=${PYTHON:-/usr/bin/python3}
tap_scratch
c2watch_pid=
. "$top/tests/live/redis.sh"
clean_up() {
	[ -z "$c2watch_pid" ] || kill -9 "$c2watch_pid" 2>/dev/null
	redis_kill
	! mountpoint -q "$scratch/disk" || umount "$scratch/disk"
}

n=3000
"$python" -B "$top/tests/live/crowd.py" $n msstorageazure.com >"$scratch/crowd.pcap"
# So many octets of it are enough to fill the disk; what follows finds room.
most=$((24 + ($(wc -c <"$scratch/crowd.pcap") - 24) / 10 * 9))
mkdir "$scratch/disk"
mkfifo "$scratch/input"

# watch SPOOL OPTIONS...
watch() {
	dir=$1
	shift
	"$c2watch" -n spool -f "$top/feeds/3cx.feed" --spool "$dir" -o "unix://$scratch/redis.sock" "$@" 2>"$scratch/said"
}

# field NAME: of the status.
field() {
	tr ' ' '\n' <"$scratch/status" | sed -n "s/^$1=//p"
}

# figure NAME: of the last line of counters; 0 when it is left out.
figure() {
	found=$(grep 'stats:' "$scratch/said" | tail -n 1 | tr ' ' '\n' | sed -n "s/^$1=//p")
	echo "${found:-0}"
}

# What arrived: hits, and hits that are told to be lost.
arrived() {
	redis_cli --json XRANGE 'c2watch:{spool}:hits' - + |
		jq -r '[.[][1] | . as $fields | index("json") as $i | $fields[$i + 1] | fromjson] |
			"\(map(select(.event.dataset == "c2watch.hit")) | length) \(map(.c2watch.gap.lost // 0) | add // 0)"'
}

# --- nobody takes the records
watch "$scratch/spool" -r "$scratch/crowd.pcap" --drain 0
tap_is $? 3 'exit status: records wait'
"$c2watch" --spool-status "$scratch/spool" >"$scratch/status"
tap_is $? 0 '--spool-status of a spool'
tap_is "$(field sensor) $(field waiting) $(field acked) $(field lost) $(field damaged) $(field dead)" "spool $n - 0 0 0" 'all wait, nothing is lost'
tap_is "$(field since | cut -c 1-10)" "$(date -u +%F)" 'since today'
tap_is "$(grep 'stats:' "$scratch/said" | tr ' ' '\n' | sed -n 's/^waiting_since=\(.*\)000Z$/\1Z/p')" "$(field since)" 'the line of counters says the same'
tap_is "$(field octets)" "$(cat "$scratch"/spool/spool/*.seg | wc -c)" 'so many octets'
"$c2watch" --spool "$scratch/spool" --spool-status | cmp -s - "$scratch/status"
tap_ok $? 'the same by --spool'
echo "spool: $scratch/spool" >"$scratch/config"
"$c2watch" --spool-status -c "$scratch/config" | cmp -s - "$scratch/status"
tap_ok $? 'the same by the configuration'
STATE_DIRECTORY="$scratch" "$c2watch" --spool-status | cmp -s - "$scratch/status"
tap_ok $? 'the same by the folder that a service has'
"$c2watch" --spool-status "$scratch" >"$scratch/status" 2>"$scratch/said"
tap_is "$? $(cat "$scratch/status" "$scratch/said")" "2 c2watch: spool $scratch: is none of c2watch, for there is no lock in it; name the folder above the sensors'" 'a folder that is no spool'
"$c2watch" --spool-status "$scratch/none" 2>/dev/null
tap_is $? 2 'a folder that is not there'
"$c2watch" --spool-status one two 2>/dev/null
tap_is $? 2 'two folders'

# --- a limit to the size of files
(
	ulimit -f 64
	watch "$scratch/limit" -r "$scratch/crowd.pcap" --drain 0
)
tap_is $? 3 'files of 32 KiB at most: no signal ends it'
tap_is "$(figure spool_failed)" 0 'nothing is lost: one more file is begun'
"$c2watch" --spool-status "$scratch/limit" >"$scratch/status"
tap_is "$(field waiting) $([ "$(field files)" -gt 10 ] && echo many)" "$n many" 'all wait, in many files'
redis_start
watch "$scratch/limit" -r /dev/null --drain 30
watch "$scratch/spool" -r /dev/null --drain 30
redis_cli DEL 'c2watch:{spool}:hits' >/dev/null
redis_kill

if ! mount -t tmpfs -o size=2m,mode=700 none "$scratch/disk" 2>/dev/null; then
	tap_skip 'a disk of 2 MB' 'only root may mount one'
	tap_end
fi

# --- a disk of 2 MB, which fills; then room comes without a restart
watch "$scratch/disk/spool" -r - --drain 30 <"$scratch/input" &
c2watch_pid=$!
exec 3>"$scratch/input"
head -c $most "$scratch/crowd.pcap" >&3
tap_wait 20 grep -q 'cannot write: No space left on device' "$scratch/said"
tap_ok $? 'a full disk is told'
"$c2watch" --spool-status "$scratch/disk/spool" >"$scratch/status"
tap_is "$? $([ "$(field waiting)" -gt 100 ] && echo some)" '0 some' '--spool-status beside a sensor that has no room'
redis_start
all_acked() {
	"$c2watch" --spool-status "$scratch/disk/spool" >"$scratch/status" && [ "$(field waiting)" -eq 0 ]
}
tap_wait 20 all_acked
tap_ok $? 'Redis takes what was kept'
status_tells() {
	[ "$(redis_cli HGET 'c2watch:{spool}:status' spool_failed)" -gt 0 ] 2>/dev/null &&
		[ "$(redis_cli HGET 'c2watch:{spool}:status' spool_octets)" -gt 0 ] &&
		[ "$(redis_cli HEXISTS 'c2watch:{spool}:status' waiting_since)" = 1 ]
}
tap_wait 10 status_tells
tap_ok $? "the sensor's status tells of the spool"
tail -c +$((most + 1)) "$scratch/crowd.pcap" >&3
exec 3>&-
wait "$c2watch_pid"
tap_is $? 1 'the rest is spooled and delivered, without a restart; exit status: not all was written'
c2watch_pid=
tap_is "$(grep -c 'cannot write: No space' "$scratch/said") $(grep -c 'written again' "$scratch/said")" '1 1' 'told when it began and when it ended, once each'
arrived >"$scratch/arrived"
read -r hits lost <"$scratch/arrived"
tap_is "$((hits + lost))" $n 'hits in the stream and hits told as lost are all hits'
tap_is "$lost" "$(figure spool_failed)" 'and the counter says the same'
tap_is "$([ "$hits" -gt $((n / 10)) ] && [ "$lost" -gt 0 ] && echo both)" both "both there are: $hits and $lost"
redis_kill

# --- a disk that is read-only
mount -o remount,ro "$scratch/disk"
watch "$scratch/disk/spool" -r "$scratch/crowd.pcap" --drain 0
tap_is "$? $(grep -c 'Read-only file system' "$scratch/said")" '1 1' 'a read-only disk is refused at start, with the reason'
"$c2watch" --spool-status "$scratch/disk/spool" >"$scratch/status"
tap_is "$? $(field waiting)" '0 0' '--spool-status of it'
tap_end
