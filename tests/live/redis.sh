# SPDX-License-Identifier: Apache-2.0
# A private redis-server on a unix socket in $scratch, for tests that source this after tap.sh. redis_start, redis_kill, redis_cli.
redis_pid=

redis_cli() {
	redis-cli -s "$scratch/redis.sock" "$@"
}

redis_answers() {
	[ "$(redis_cli ping 2>/dev/null)" = PONG ]
}

# redis_start OPTION...: what it has acknowledged is on the disk: a server that loses nothing when it is killed. Descriptor 3 is the tests' own, a pipe that must end.
redis_start() {
	redis-server --port 0 --unixsocket "$scratch/redis.sock" --unixsocketperm 777 --dir "$scratch" --appendonly yes --appendfsync always --save '' \
		--daemonize no "$@" >>"$scratch/redis.log" 2>&1 3>&- &
	redis_pid=$!
	tap_wait 10 redis_answers
}

redis_kill() {
	[ -n "$redis_pid" ] || return 0
	kill -9 "$redis_pid" 2>/dev/null
	wait "$redis_pid" 2>/dev/null
	redis_pid=
	rm -f "$scratch/redis.sock"
}
