#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# contrib/consumers: what is there in Debian runs, and takes what c2watch has delivered to a private redis-server, each record once.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
tap_need redis-server redis-cli jq /usr/bin/python3
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
tap_scratch
. "$top/tests/live/redis.sh"
pids=
clean_up() {
	for pid in $pids; do
		kill -9 "$pid" 2>/dev/null
	done
	redis_kill
}

consumers=$top/contrib/consumers
stream='c2watch:{sensor-1}:hits'
queue='c2watch:{sensor-1}:queue'
redis_start
tap_ok $? 'redis-server is up'

deliver() {
	"$c2watch" -q -n sensor-1 -f "$top/feeds/3cx.feed" -r "$top/tests/scenario/scenario.pcap" --spool "$scratch/spool" "$@" 2>>"$scratch/said"
}
# More than fits into a pipe, so that a consumer can be held up.
for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
	deliver -o "unix://$scratch/redis.sock" -o "unix://$scratch/redis.sock?mode=list"
done
ids_of() {
	jq -r .event.id "$@" | sort
}
redis_cli --raw XRANGE "$stream" - + | sed -n '/^{/p' >"$scratch/all"
ids_of "$scratch/all" >"$scratch/wanted"
tap_is "$(uniq "$scratch/wanted" | wc -l)" 96 'c2watch has delivered'

# consume KIND NAME: that consumer, with standard output where the caller puts it, and `$within` in front.
within=
consume() {
	case $1 in
	python) IDLE_MS=300 exec $within /usr/bin/python3 "$consumers/consumer.py" sensor-1 "$2" "unix://$scratch/redis.sock" ;;
	node) IDLE_MS=300 NODE_PATH=${NODE_PATH:-/usr/share/nodejs} exec $within node "$consumers/consumer.js" sensor-1 "$2" "unix:$scratch/redis.sock" ;;
	esac
}
has_consumer() {
	case $1 in
	python) /usr/bin/python3 -c 'import redis; assert redis.VERSION >= (4, 3)' 2>/dev/null ;;
	node) NODE_PATH=${NODE_PATH:-/usr/share/nodejs} node -e 'require("redis")' 2>/dev/null ;;
	esac
}
pending() {
	redis_cli XPENDING "$stream" siem | head -n 1
}
lag() {
	redis_cli --raw XINFO GROUPS "$stream" | sed -n '/^lag$/{n;p;}'
}
# In this order: what is read becomes pending at once, and nothing becomes lag again.
is_all_taken() {
	[ "$(lag)$(pending)" = 00 ]
}
is_held_up() {
	[ "$(pending)" = "$held" ] && [ "$held" -lt 96 ] 2>/dev/null && [ "$held" -gt 0 ]
}
# Its output takes no more, and it has not gone on for a while.
has_stopped() {
	held=$(pending)
	/usr/bin/python3 -c 'import os, select, sys
poll = select.poll()
poll.register(os.open(sys.argv[1], os.O_WRONLY | os.O_NONBLOCK), select.POLLOUT)
sys.exit(len(poll.poll(300)))' "$scratch/fifo" && is_held_up
}

# One consumer, ended by SIGTERM.
alone() {
	redis_cli XGROUP DESTROY "$stream" siem >/dev/null 2>&1
	(consume "$1" alone) >"$scratch/taken" 2>"$scratch/complaints" &
	consumer=$!
	pids="$pids $consumer"
	tap_wait 10 is_all_taken
	kill -TERM $consumer
	wait $consumer
	tap_is "$?$(cat "$scratch/complaints")" 0 "$1: it ends at SIGTERM, in good order"
	ids_of "$scratch/taken" >"$scratch/got"
	tap_try "$1: each record once" diff "$scratch/wanted" "$scratch/got"
	tap_is "$(pending)$(lag)" 00 "$1: all acknowledged"
}

# One whose server is killed does not hang on.
bereaved() {
	(within='timeout 30' && consume "$1" bereaved) >/dev/null 2>&1 &
	consumer=$!
	pids="$pids $consumer"
	tap_wait 10 has_bereaved
	redis_kill
	wait $consumer
	tap_is $? 1 "$1: the server is killed, and it ends with a failure"
	redis_start
}
has_bereaved() {
	redis_cli XINFO CONSUMERS "$stream" siem | grep -q bereaved
}

# One that is held up by who reads its output, and killed then; the other takes what the first did not finish.
relay() {
	redis_cli XGROUP DESTROY "$stream" siem >/dev/null 2>&1
	rm -f "$scratch/fifo"
	mkfifo "$scratch/fifo"
	(consume "$1" first) >"$scratch/fifo" 2>/dev/null &
	first=$!
	pids="$pids $first"
	exec 4<"$scratch/fifo"
	tap_wait 10 has_stopped
	tap_ok $? "$1: it is in the middle"
	kill -9 $first
	wait $first 2>/dev/null
	cat <&4 >"$scratch/torn"
	exec 4<&-
	(consume "$2" second) >"$scratch/rest" 2>/dev/null &
	second=$!
	pids="$pids $second"
	tap_wait 10 is_all_taken
	kill -TERM $second
	wait $second
	# The line it was killed in has no end.
	head -n "$(wc -l <"$scratch/torn")" "$scratch/torn" | cat - "$scratch/rest" >"$scratch/taken"
	ids_of "$scratch/taken" >"$scratch/got"
	tap_try "$1 is killed, $2 takes the rest: each record once" diff "$scratch/wanted" "$scratch/got"
}

for kind in python node; do
	if has_consumer $kind; then
		alone $kind
		bereaved $kind
	else
		tap_skip "$kind: consumer" 'there is no Redis client for it'
	fi
done
if has_consumer python && has_consumer node; then
	relay python node
	relay node python
else
	tap_skip 'one is killed, the other takes the rest' 'needs both'
fi

# Logstash and Vector are not in Debian: what they are told is read, and what they do with the list is done by hand, Vector's way and Logstash's.
key_in() {
	grep -v '^ *#' "$consumers/$1" | grep -cF "\"$queue\""
}
tap_is "$(key_in logstash.conf) $(key_in vector.yaml)" '1 1' 'logstash, vector: the key is the list'
if /usr/bin/python3 -c 'import yaml' 2>/dev/null; then
	tap_is "$(/usr/bin/python3 -c 'import sys, yaml; c = yaml.safe_load(open(sys.argv[1])); print(c["sources"]["c2watch"]["type"], *c["sinks"]["elastic"]["inputs"])' \
		"$consumers/vector.yaml")" 'redis c2watch' 'vector: it is YAML'
else
	tap_skip 'vector: it is YAML' 'python3-yaml is not installed'
fi
tap_is "$(sed 's/#.*//; s/"[^"]*"//g' "$consumers/logstash.conf" | tr -cd '{}"')" '{{}}{{}}' 'logstash: braces and quotes are closed'
redis_cli --raw LPOP "$queue" 40 | grep . >"$scratch/taken"
redis_cli --raw EVAL 'local batch = redis.call("LRANGE", KEYS[1], 0, ARGV[1]) redis.call("LTRIM", KEYS[1], ARGV[1] + 1, -1) return batch' 1 "$queue" 124 |
	grep . >>"$scratch/taken"
ids_of "$scratch/taken" >"$scratch/got"
tap_try 'the list: each record once' diff "$scratch/wanted" "$scratch/got"

# rsyslog, as Debian has it, out of a file
rsyslog_start() {
	rsyslogd -n -iNONE -f "$scratch/rsyslog.conf" >"$scratch/rsyslog.log" 2>&1 &
	rsyslog=$!
	pids="$pids $rsyslog"
}
has_come() {
	[ "$(wc -l <"$scratch/came")" -ge "$1" ]
}
has_port() {
	[ -s "$scratch/port" ]
}
if command -v rsyslogd >/dev/null; then
	/usr/bin/python3 -c 'import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1] + "/port", "w") as out:
    print(listener.getsockname()[1], file=out)
with open(sys.argv[1] + "/came", "wb", 0) as out:
    while True:
        with listener.accept()[0] as peer:
            while octets := peer.recv(65536):
                out.write(octets)' "$scratch" &
	pids="$pids $!"
	tap_wait 10 has_port
	mkdir "$scratch/rsyslog"
	sed "s|/var/spool/rsyslog|$scratch/rsyslog|; s|/var/log/c2watch/hits.ndjson|$scratch/hits.ndjson|; s|siem.example|127.0.0.1|; s|5140|$(cat "$scratch/port")|" \
		"$consumers/rsyslog-file.conf" >"$scratch/rsyslog.conf"
	deliver -o "$scratch/hits.ndjson"
	rsyslog_start
	tap_wait 20 has_come 8
	tap_ok $? 'rsyslog: it hands on'
	kill -TERM $rsyslog
	wait $rsyslog
	deliver -o "$scratch/hits.ndjson"
	rsyslog_start
	tap_wait 20 has_come 16
	kill -TERM $rsyslog
	wait $rsyslog
	tap_try 'rsyslog: each record once, octet for octet, also what was written while it was down' cmp "$scratch/hits.ndjson" "$scratch/came"
else
	tap_skip rsyslog 'it is not installed'
fi
tap_end
