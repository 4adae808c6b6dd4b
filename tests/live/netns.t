#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A live network in namespaces: a client, a gateway that captures on the client's side, a server that is both resolver (dnsmasq) and TLS server
# (openssl). The client's dig and curl are real; redis-server is killed and started again in between; feeds are reloaded under traffic.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
[ "$(id -u)" -eq 0 ] || tap_skip_all 'needs root'
tap_need ip dnsmasq openssl dig curl redis-server redis-cli jq
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
tap_scratch
chmod 777 "$scratch" # c2watch is nobody
. "$top/tests/live/redis.sh"

client=c2w$$-client gateway=c2w$$-gateway server=c2w$$-server
pids=
c2watch_pid=
clean_up() {
	for pid in $c2watch_pid $pids; do
		kill -9 "$pid" 2>/dev/null
	done
	redis_kill
	for namespace in $client $gateway $server; do
		ip netns del $namespace 2>/dev/null
	done
}

in_ns() {
	namespace=$1
	shift
	ip netns exec "$namespace" "$@"
}

network_up() {
	for namespace in $client $gateway $server; do
		ip netns add $namespace && in_ns $namespace ip link set lo up || return 1
	done
	ip link add wire0 netns $client type veth peer name lan0 netns $gateway || return 1
	ip link add wan0 netns $gateway type veth peer name wire0 netns $server || return 1
	in_ns $client ip addr add 10.66.0.10/24 dev wire0 && in_ns $gateway ip addr add 10.66.0.1/24 dev lan0 || return 1
	in_ns $gateway ip addr add 203.0.113.1/24 dev wan0 && in_ns $server ip addr add 203.0.113.9/24 dev wire0 || return 1
	in_ns $client ip link set wire0 up && in_ns $gateway ip link set lan0 up || return 1
	in_ns $gateway ip link set wan0 up && in_ns $server ip link set wire0 up || return 1
	in_ns $client ip route add default via 10.66.0.1 && in_ns $server ip route add default via 203.0.113.1 || return 1
	in_ns $gateway sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
}
network_up 2>"$scratch/why" || tap_skip_all "no network namespaces here: $(head -n 1 "$scratch/why")"

# --- the server (in the background without in_ns: a function there is a shell more, and $! is the shell)
printf 'nameserver 203.0.113.9\noptions timeout:2\n' >"$scratch/resolv.conf"
ip netns exec $server dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --bind-interfaces --listen-address=203.0.113.9 --user=root \
	--pid-file= --log-facility="$scratch/dnsmasq.log" --local=/#/ --address=/msstorageazure.com/203.0.113.9 --address=/azureonlinestorage.com/203.0.113.9 \
	--address=/msstorageazure.com.evil.test/203.0.113.9 --address=/reloaded.test/203.0.113.9 &
pids="$pids $!"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/key" -out "$scratch/cert" -days 2 -subj /CN=azureonlinestorage.com 2>/dev/null
ip netns exec $server openssl s_server -quiet -accept 203.0.113.9:443 -cert "$scratch/cert" -key "$scratch/key" -www >"$scratch/s_server.log" 2>&1 &
pids="$pids $!"

# --- the sensor
cp "$top/feeds/3cx.feed" "$scratch/feed"
chmod 644 "$scratch/feed"
redis_start
tap_ok $? 'redis-server is up'
ip netns exec $gateway "$c2watch" -i lan0 -u nobody -n live -f "$scratch/feed" --spool "$scratch/spool" -o "unix://$scratch/redis.sock" -o "$scratch/hits" \
	2>"$scratch/said" &
c2watch_pid=$!
said() {
	grep -q "$1" "$scratch/said"
}
tap_wait 10 said 'watching 1 interface'
tap_ok $? 'c2watch is watching'

status_of() {
	sed -n "s/^$1:[[:space:]]*\([^[:space:]]*\).*/\1/p" "/proc/$c2watch_pid/status"
}
tap_is "$(status_of Uid)" "$(id -u nobody)" 'it is nobody'
tap_is "$(status_of CapEff)$(status_of CapPrm)$(status_of CapBnd)" 000000000000000000000000000000000000000000000000 'it has no capability left'
tap_is "$(status_of NoNewPrivs)" 1 'and no way to new ones'

# --- traffic
stream_has() {
	[ "$(redis_cli XLEN 'c2watch:{live}:hits' 2>/dev/null || echo 0)" -ge "$1" ]
}
file_has() {
	grep -q "$1" "$scratch/hits"
}
ask() {
	in_ns $client dig +short +tries=2 +timeout=2 @203.0.113.9 "$1" A
}
ready() {
	[ "$(ask warm.up.test 2>/dev/null; echo $?)" = 0 ]
}
tap_wait 10 ready
tap_is "$(ask msstorageazure.com)" 203.0.113.9 'dig asks for a listed name and is answered'
tap_wait 5 stream_has 2
tap_ok $? 'the question and its outcome are in the stream'

redis_kill
ask msstorageazure.com.evil.test >/dev/null
# Each `ip netns exec` has mounts of its own: this resolv.conf is nobody else's.
in_ns $client sh -c "mount --bind '$scratch/resolv.conf' /etc/resolv.conf && curl -sk --max-time 10 -o /dev/null https://azureonlinestorage.com/"
tap_is $? 0 'curl opens TLS to another listed name, while Redis is dead'
tap_wait 5 file_has c2-tls-client-hello
tap_ok $? 'its hits are written'
redis_start
tap_wait 10 stream_has "$(wc -l <"$scratch/hits")"
tap_ok $? 'and are in the stream once Redis is back'

# --- reload under traffic: 200 sightings of one incident, whose summaries must add up
{
	i=0
	while [ $i -lt 200 ]; do
		echo "n$i.msstorageazure.com A"
		i=$((i + 1))
	done
} >"$scratch/names"
echo reloaded.test >>"$scratch/feed"
ip netns exec $client dig +short +tries=1 @203.0.113.9 -f "$scratch/names" >"$scratch/answers" &
dig_pid=$!
kill -HUP "$c2watch_pid"
tap_wait 5 said 'reload: 23 names'
tap_ok $? 'SIGHUP loads the feed with one name more'
wait $dig_pid
tap_is "$(grep -c 203.0.113.9 "$scratch/answers")" 200 'every question was answered meanwhile'
ask reloaded.test >/dev/null
tap_wait 5 file_has '"reloaded.test"'
tap_ok $? 'the new name is a hit'

# --- the end
sleep 0.3
began=$(date +%s%N)
kill -TERM "$c2watch_pid"
wait "$c2watch_pid"
status=$?
c2watch_pid=
took_ms=$((($(date +%s%N) - began) / 1000000))
tap_is $status 0 'SIGTERM ends it well'
[ $took_ms -lt 10000 ] # a tenth of a second on an idle machine; files are synced, so a busy disk counts
tap_ok $? "and soon: $took_ms ms"
stats=$(grep 'stats: ' "$scratch/said" | tail -n 1)
tap_is "$(printf '%s\n' "$stats" | grep -o ' dropped=[0-9]*\| missed=[0-9]*\| waiting=[0-9]*\| lost[a-z_]*=[0-9]*' | tr -d '\n')" \
	' dropped=0 missed=0 waiting=0' 'no packet was dropped, no record waits'

jq -r 'select(.event.kind == "alert") | [.event.action, .threat.indicator.name, .c2watch.incident.outcome] | join(" ")' "$scratch/hits" | grep -v c2-summary | awk '!seen[$0]++' >"$scratch/got"
cat >"$scratch/wanted" <<END
c2-dns-query msstorageazure.com asked
c2-dns-answer msstorageazure.com resolved
c2-dns-query azureonlinestorage.com asked
c2-dns-answer azureonlinestorage.com resolved
c2-tls-client-hello azureonlinestorage.com hello
c2-tls-server-hello azureonlinestorage.com talked
c2-dns-query reloaded.test asked
c2-dns-answer reloaded.test resolved
END
tap_try 'what was done, in order, once each' diff -u "$scratch/wanted" "$scratch/got"
tap_is "$(jq -r 'select(.event.kind == "alert").source.ip' "$scratch/hits" | sort -u)" 10.66.0.10 'by the client'
tap_is "$(jq -s 'map(select(.threat.indicator.name == "msstorageazure.com").c2watch.incident.count) | add' "$scratch/hits")" 201 \
	'the counts of the records add up to the questions asked'
tap_is "$(jq -c 'select(.event.dataset == "c2watch.coverage").c2watch.coverage | [.packets > 200, .hello_ok, .client_only, .server_only, .connections,
	.connections_unnamed]' "$scratch/hits" | tail -n 1)" '[true,1,0,0,1,0]' 'the last coverage record tells of one hello, both its sides, and a connection by name'
tap_is "$(grep -c evil "$scratch/hits")" 0 'the look-alike is none'
redis_cli --json XRANGE 'c2watch:{live}:hits' - + | jq -c '.[][1] | . as $f | index("json") as $i | $f[$i + 1] | fromjson' >"$scratch/stream"
jq -c . "$scratch/hits" >"$scratch/file"
tap_try 'stream and file hold the same records, in the same order' cmp "$scratch/stream" "$scratch/file"
[ "$tap_failed" -eq 0 ] || tail -n 20 "$scratch/said" | tap_quote
tap_end
