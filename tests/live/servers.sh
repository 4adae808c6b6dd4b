# SPDX-License-Identifier: Apache-2.0
# Several redis-servers of one's own on the loopback's ports, in folders of $scratch, for tests that source this after tap.sh; and hits that are counted.
# server_start, server_kill, servers_end, cli, hits_begin, hits_end, hits_are_whole.

# Ten ports in a row, of which a cluster's bus uses those 10000 above.
first_port=$((10000 + $$ % 1200 * 10))

# cli PORT COMMAND...
cli() {
	cli_port=$1
	shift
	redis-cli -p "$cli_port" "$@" 2>&1
}

server_answers() {
	[ "$(cli "$1" ping)" = PONG ]
}

# server_start PORT [OPTION...]: a name of the file is its port. Descriptor 3 is the tests' own.
server_start() {
	server_port=$1
	shift
	mkdir -p "$scratch/$server_port"
	redis-server "$@" --port "$server_port" --bind 127.0.0.1 --dir "$scratch/$server_port" --save '' --daemonize no \
		>>"$scratch/$server_port.log" 2>&1 3>&- &
	echo $! >"$scratch/$server_port.pid"
	tap_wait 10 server_answers "$server_port"
}

# server_kill PORT: with -9.
server_kill() {
	kill -9 "$(cat "$scratch/$1.pid")" 2>/dev/null
	rm -f "$scratch/$1.pid"
}

servers_end() {
	for server_pid in "$scratch"/*.pid; do
		[ ! -f "$server_pid" ] || kill -9 "$(cat "$server_pid")" 2>/dev/null
	done
}

# hits_begin SENSOR N DESTINATION: c2watch, and N hits, 1000 a second, in the background.
hits_begin() {
	stream="c2watch:{$1}:hits"
	sensor=$1
	shift
	hits_n=$1
	mkfifo "$scratch/input.$1"
	"$c2watch" -n "$sensor" -f "$top/feeds/3cx.feed" --spool "$scratch/spool.$sensor" --drain 30 -o - -o "$2" -r - \
		<"$scratch/input.$1" >"$scratch/stdout" 2>"$scratch/said" &
	c2watch_pid=$!
	"$python" -B "$top/tests/live/crowd.py" "$1" msstorageazure.com 1000 >"$scratch/input.$1" &
}

# At least N of them are written?
hits_seen() {
	[ "$(cat "$scratch/stdout" 2>/dev/null | wc -l)" -ge "$1" ]
}

# Are there more to come? Then what was done meanwhile met them.
hits_come() {
	! hits_seen "$hits_n"
}

# hits_end NAME: and its exit status is 0.
hits_end() {
	wait "$c2watch_pid"
	tap_is $? 0 "$1"
	c2watch_pid=
	rm -f "$scratch/input.$hits_n"
}

# hits_are_whole PORT NAME: the stream there has what standard output has, each once, in order.
hits_are_whole() {
	cli "$1" --json XRANGE "$stream" - + | jq -r '.[][1] | . as $fields | index("id") as $i | $fields[$i + 1]' >"$scratch/ids.stream"
	jq -r .event.id "$scratch/stdout" >"$scratch/ids.stdout"
	tap_is "$(wc -l <"$scratch/ids.stdout")" "$hits_n" "$2: $hits_n hits"
	tap_try "$2: each is in the stream, once, in order" cmp "$scratch/ids.stream" "$scratch/ids.stdout"
}
