#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# redis+sentinel://: a master, two replicas and three sentinels. Masters are killed while 1000 hits a second come, one of them with a tail that no replica has.
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

a=$first_port b=$((first_port + 1)) c=$((first_port + 2))
s1=$((first_port + 3)) s2=$((first_port + 4)) s3=$((first_port + 5))
url="redis+sentinel://127.0.0.1:$s1,127.0.0.1:$s2,127.0.0.1:$s3/main"

server_start "$a" && server_start "$b" --replicaof "127.0.0.1 $a" && server_start "$c" --replicaof "127.0.0.1 $a"
tap_ok $? 'a master and two replicas are up'
has_replicas() {
	[ "$(cli "$1" INFO replication | grep -c 'state=online')" -eq "$2" ]
}
tap_wait 10 has_replicas "$a" 2
tap_ok $? 'they follow it'
for port in $s1 $s2 $s3; do
	mkdir -p "$scratch/$port"
	cat >"$scratch/$port/conf" <<-EOF
		sentinel monitor main 127.0.0.1 $a 2
		sentinel down-after-milliseconds main 2000
		sentinel failover-timeout main 2000
	EOF
	server_start "$port" "$scratch/$port/conf" --sentinel
done
is_watched() {
	cli "$s1" SENTINEL CKQUORUM main | grep -q '^OK 3 ' && [ "$(cli "$1" SENTINEL REPLICAS main | grep -c '^name$')" -eq 2 ]
}
tap_wait 15 is_watched "$s1"
tap_ok $? 'three sentinels watch them'

master() {
	cli "$s2" SENTINEL get-master-addr-by-name main | tail -n 1
}
is_not_master() {
	[ "$(master)" != "$1" ]
}

# --- a master dies
hits_begin plain $n "$url"
tap_wait 20 hits_seen 1500
server_kill "$a"
hits_come
tap_ok $? 'the master is killed while hits come'
tap_wait 20 is_not_master "$a"
tap_ok $? 'another one is elected'
hits_end 'all of them are in Redis at the end'
b_or_c=$(master)
hits_are_whole "$b_or_c" 'a dead master'
tap_try 'the log says where it is now' grep -q "connected to 127.0.0.1:$b_or_c\$" "$scratch/said"

# --- a master dies whose last second no replica has got
is_followed() {
	b_or_c=$(master)
	has_replicas "$b_or_c" 1
}
tap_wait 40 is_followed
tap_ok $? 'the other replica follows the new master'
last=$b
[ "$b_or_c" = "$c" ] || last=$c
hits_begin tail $n "$url"
tap_wait 20 hits_seen 500
cli "$last" REPLICAOF 127.0.0.1 1 >/dev/null
had=$(cli "$last" XLEN "$stream")
tap_wait 20 hits_seen 1500
has=$(cli "$b_or_c" XLEN "$stream")
server_kill "$b_or_c"
hits_come
tap_ok $? 'the new master is killed while hits come'
tap_ok $((has > had ? 0 : 1)) "$((has - had)) entries are acknowledged that the replica has not"
tap_wait 20 is_not_master "$b_or_c"
tap_is "$(master)" "$last" 'and that becomes the master'
hits_end 'again all are there at the end'
hits_are_whole "$last" 'a lost tail'
tap_try 'the log says that it was lost' grep -q 'lost records that it had acknowledged' "$scratch/said"

# --- sentinels that are no use
try() {
	"$c2watch" -n lost -f "$top/feeds/3cx.feed" --spool "$scratch/spool.$1" -r "$top/tests/scenario/scenario.pcap" -o "$2" --drain 1 2>"$scratch/said"
}
try none "redis+sentinel://127.0.0.1:1,127.0.0.1:2/main"
tap_is $? 3 'no sentinel: the hits wait'
tap_try 'which is said' grep -q 'no sentinel answers (127.0.0.1:2: .*Connection refused); hits wait in' "$scratch/said"
try name "redis+sentinel://127.0.0.1:1,127.0.0.1:$s2/nobody"
tap_is $? 3 'a name that no sentinel knows: the hits wait'
tap_try 'which is said, too' grep -q 'the sentinels know no master nobody; hits wait in' "$scratch/said"
try server "redis://127.0.0.1:$s2"
tap_is $? 3 'a sentinel is no server: the hits wait'
tap_try 'and what it is' grep -q "unknown command 'XINFO'.* (a sentinel? then redis+sentinel://); hits wait in" "$scratch/said"

# --- sentinels that want a password
printf 'secret 1' >"$scratch/password"
chmod 600 "$scratch/password"
cli "$last" ACL SETUSER keen on '>secret 1' '~c2watch:*' +@all >/dev/null
cli "$s1" ACL SETUSER keen on '>secret 1' '+sentinel|get-master-addr-by-name' >/dev/null
cli "$s1" ACL SETUSER default resetpass '>another' >/dev/null
"$c2watch" -n guest -f "$top/feeds/3cx.feed" --spool "$scratch/spool.keen" -r "$top/tests/scenario/scenario.pcap" \
	-o "redis+sentinel://keen@127.0.0.1:$s1/main" --password-file "$scratch/password" 2>"$scratch/said"
tap_is $? 0 'a sentinel that wants a password gets it'
tap_is "$(cli "$last" XLEN 'c2watch:{guest}:hits')" 8 'and tells the master'
tap_end
