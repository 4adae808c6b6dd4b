#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What may become of an interface under a running sensor: it goes down and up, gets another name, another MTU, and is gone.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
[ "$(id -u)" -eq 0 ] || tap_skip_all 'needs root'
tap_need ip dig
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
tap_scratch
chmod 777 "$scratch" # c2watch is nobody

client=c2w$$-client gateway=c2w$$-gateway
c2watch_pid=
clean_up() {
	[ -z "$c2watch_pid" ] || kill -9 "$c2watch_pid" 2>/dev/null
	for namespace in $client $gateway; do
		ip netns del $namespace 2>/dev/null
	done
}

in_gateway() {
	ip netns exec $gateway "$@"
}

network_up() {
	for namespace in $client $gateway; do
		ip netns add $namespace || return 1
	done
	ip link add wire0 netns $client type veth peer name lan0 netns $gateway || return 1
	ip netns exec $client ip addr add 10.66.0.10/24 dev wire0 && in_gateway ip addr add 10.66.0.1/24 dev lan0 || return 1
	ip netns exec $client ip link set wire0 up && in_gateway ip link set lan0 up
}
network_up 2>"$scratch/why" || tap_skip_all "no network namespaces here: $(head -n 1 "$scratch/why")"

cp "$top/feeds/3cx.feed" "$scratch/feed"
chmod 644 "$scratch/feed"
said() {
	grep -q "$1" "$scratch/said"
}
watch() {
	ip netns exec $gateway "$c2watch" -i "$1" -u nobody -n live -f "$scratch/feed" -O >"$scratch/names" 2>"$scratch/said" &
	c2watch_pid=$!
	tap_wait 10 said 'watching 1 interface'
	tap_ok $? "c2watch is watching $1"
}
gone() {
	! kill -0 "$c2watch_pid" 2>/dev/null
}
ends() {
	tap_wait 10 gone
	tap_ok $? "$1: c2watch ends"
	wait "$c2watch_pid"
	tap_is $? 1 "$1: as a failure, so that whoever started it may start it again"
	tap_try "$1: and says of which interface" said "^c2watch: $2: "
	c2watch_pid=
}
watch lan0

# Nobody answers: the question is what is seen.
sees() {
	ip netns exec $client dig +tries=1 +timeout=1 @10.66.0.1 "$1.msstorageazure.com" A >/dev/null
	grep -q "\"$1.msstorageazure.com\"" "$scratch/names"
}
sees_soon() {
	for try in 1 2 3 4 5 6 7 8; do
		sees "$1" && return
		sleep 0.2
	done
	return 1
}
sees_soon before
tap_ok $? 'a question is seen'
in_gateway ip link set lan0 down
sleep 0.3
kill -0 "$c2watch_pid"
tap_ok $? 'the interface is down, and c2watch is there'
in_gateway ip link set lan0 up
sees_soon again
tap_ok $? 'it is up again, and a question is seen'
in_gateway ip link set lan0 mtu 1280
sees_soon shorter
tap_ok $? 'it has another MTU, and a question is seen'

in_gateway ip link set lan0 down
in_gateway ip link set lan0 name lan9
in_gateway ip link set lan9 up
ends 'it has another name' lan0
watch lan9
in_gateway ip link del lan9
ends 'it is gone' lan9

in_gateway ip link add lan0 type veth peer name lan1
in_gateway sh -c "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6"
in_gateway ip link set lan0 up
watch lan0
sleep 0.5
kill "$c2watch_pid"
tap_wait 10 gone
tap_ok $? 'a wire without a frame: SIGTERM ends c2watch'
gone || kill -9 "$c2watch_pid"
wait "$c2watch_pid"
tap_is $? 0 'a wire without a frame: and ends it well'
c2watch_pid=
tap_end
