#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A cluster of three masters and a replica. 1000 hits a second come while their slot is moved to another node and its master is killed.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
tap_need redis-server redis-cli jq python3
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
python=${PYTHON:-/usr/bin/python3}
tap_scratch
c2watch_pid=
. "$top/tests/live/servers.sh"
clean_up() {
	[ -z "$c2watch_pid" ] || kill -9 "$c2watch_pid" 2>/dev/null
	servers_end
}
n=8000
[ -z "$C2WATCH_FAST" ] || n=6000

# --- the nodes
a=$first_port b=$((first_port + 1)) c=$((first_port + 2)) d=$((first_port + 3))
up=0
for port in $a $b $c $d; do
	server_start "$port" --cluster-enabled yes --cluster-node-timeout 1000 --cluster-replica-validity-factor 0 --repl-diskless-sync-delay 0 || up=1
done
tap_ok $up 'four nodes are up'
cli "$a" CLUSTER ADDSLOTSRANGE 0 5460 >/dev/null
cli "$b" CLUSTER ADDSLOTSRANGE 5461 10922 >/dev/null
cli "$c" CLUSTER ADDSLOTSRANGE 10923 16383 >/dev/null
for port in $b $c $d; do
	cli "$a" CLUSTER MEET 127.0.0.1 "$port" >/dev/null
done
id() {
	cli "$1" CLUSTER MYID
}
is_cluster() {
	for port in $a $b $c $d; do
		cli "$port" CLUSTER INFO | tr -d '\r' | grep -q '^cluster_state:ok' && [ "$(cli "$port" CLUSTER NODES | grep -c ' connected')" -eq 4 ] || return 1
	done
}
tap_wait 20 is_cluster
tap_ok $? 'they are a cluster'

# The sensor's slot is on node b, which has a replica, and that of c2watch:sensors on a or c.
sensor=
slot=0
while [ "$slot" -lt 5461 ] || [ "$slot" -gt 10922 ]; do
	sensor=${sensor}s
	slot=$(cli "$a" CLUSTER KEYSLOT "c2watch:{$sensor}:hits")
done
listed=$a
[ "$(cli "$a" CLUSTER KEYSLOT c2watch:sensors)" -lt 10923 ] || listed=$c
first_sensor=$sensor
cli "$d" CLUSTER REPLICATE "$(id "$b")" >/dev/null
is_followed() {
	[ "$(cli "$1" INFO replication | grep -c 'state=online')" -eq 1 ]
}
tap_wait 20 is_followed "$b"
tap_ok $? 'one has a replica'

# move_key KEY FROM TO
move_key() {
	cli "$2" MIGRATE 127.0.0.1 "$3" "$1" 0 5000
}
# slot_opens FROM TO: both know that the slot is on its way.
slot_opens() {
	cli "$2" CLUSTER SETSLOT "$slot" IMPORTING "$(id "$1")" >/dev/null
	cli "$1" CLUSTER SETSLOT "$slot" MIGRATING "$(id "$2")" >/dev/null
}
# slot_closes OWNER
slot_closes() {
	for port in "$1" $a $b $c; do
		cli "$port" CLUSTER SETSLOT "$slot" NODE "$(id "$1")" >/dev/null
	done
}
# entries PORT: of the stream, asked as one who was sent there.
entries() {
	printf 'ASKING\nXLEN %s\n' "$stream" | redis-cli -p "$1" 2>&1 | tail -n 1
}
has_entries() {
	[ "$(entries "$1")" -ge "$2" ]
}

# --- hits, from a node that has not got them
hits_begin "$sensor" $n "redis://127.0.0.1:$a"
tap_wait 20 has_entries "$b" 500
tap_ok $? 'a node that has not got the slot sends on to the one that has'

# --- the slot goes to node c, key by key
slot_opens "$b" "$c"
tap_is "$(move_key "$stream" "$b" "$c")" OK 'the stream is moved while the slot is open'
had=$(entries "$c")
tap_wait 10 has_entries "$c" $((had + 500))
tap_ok $? 'hits follow it by ASK'
move_key "c2watch:{$sensor}:status" "$b" "$c" >/dev/null
slot_closes "$c"
had=$(entries "$c")
tap_wait 10 has_entries "$c" $((had + 300))
tap_ok $? 'and go on when the slot has arrived'

# --- and back, at once
slot_opens "$c" "$b"
move_key "c2watch:{$sensor}:status" "$c" "$b" >/dev/null
move_key "$stream" "$c" "$b" >/dev/null
slot_closes "$b"
had=$(entries "$b")
tap_wait 10 has_entries "$b" $((had + 300))
tap_ok $? 'they follow it back'
tap_wait 10 is_followed "$b"

# --- its master dies
server_kill "$b"
hits_come
tap_ok $? 'its master is killed while hits come'
is_master() {
	cli "$1" ROLE | head -n 1 | grep -q master
}
tap_wait 20 is_master "$d"
tap_ok $? 'the replica takes its place'
hits_end 'all of them are in Redis at the end'
hits_are_whole "$d" 'a cluster'
cp "$scratch/said" "$scratch/said.first"
hits_begin "$sensor$sensor" 500 "redis://127.0.0.1:$b,127.0.0.1:$a"
hits_end 'of several nodes the first may be dead'
master=$(sed -n 's/^.*connected to 127.0.0.1:\([0-9]*\)$/\1/p' "$scratch/said" | tail -n 1)
hits_are_whole "$master" 'the next node'
"$c2watch" -n dead -f "$top/feeds/3cx.feed" --spool "$scratch/spool.dead" --drain 3 -o redis://127.0.0.1:1,127.0.0.1:2 -r "$top/tests/scenario/scenario.pcap" \
	2>"$scratch/said.dead"
tap_is "$(grep -c '; hits wait in' "$scratch/said.dead")" 1 'that all of them are dead is said once'
sensor=$first_sensor
tap_is "$(cli "$d" EXISTS "c2watch:{$sensor}:status")" 1 'the heartbeat is there'
tap_is "$(cli "$listed" HEXISTS c2watch:sensors "$sensor")" 1 'the sensor is listed, where the cluster keeps the list'
tap_is "$(grep -c 'no heartbeat' "$scratch/said.first")" 0 'which is no trouble with the heartbeat'
tap_end
