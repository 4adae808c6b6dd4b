#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Redis user of c2watch(8): what c2watch does, over TCP and with a password, is all that it may do.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
tap_need redis-server redis-cli
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
scratch=$(mktemp -d)
port=$((20000 + $$ % 20000))
redis-server --port $port --bind 127.0.0.1 --dir "$scratch" --save '' --daemonize no >"$scratch/redis.log" 2>&1 &
redis_pid=$!
clean_up() {
	kill $redis_pid 2>/dev/null
	wait $redis_pid
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP PIPE

redis_cli() {
	redis-cli -p $port "$@" 2>&1
}
redis_answers() {
	[ "$(redis_cli ping)" = PONG ]
}
tap_wait 10 redis_answers
tap_ok $? 'redis-server is up'

# The manual's own words, but for the password.
rules=$(awk '/^ACL SETUSER c2watch/ { on = 1 } /^\.Ed/ { on = 0 } on' "$top/src/tools/c2watch.8" | tr '\n' ' ' | sed 's/^ACL SETUSER c2watch on >password //; s/ *$//')
tap_ok "$([ -n "$rules" ] && echo 0 || echo 1)" 'the manual has a user for it'
# shellcheck disable=SC2086 # words
tap_is "$(redis_cli ACL SETUSER c2watch on '>secret 1' $rules)" OK "the manual's rules are Redis' own"
printf 'secret 1' >"$scratch/password"
chmod 600 "$scratch/password"

# The capture takes its time, so that there is a heartbeat.
try_as() {
	{
		cat "$top/tests/scenario/scenario.pcap"
		sleep 1.5
	} | "$c2watch" -q -n "$1" -f "$top/feeds/3cx.feed" -r - -o "redis://c2watch@127.0.0.1:$port" --password-file "$scratch/password" \
		--spool "$scratch/spool" --drain "$2" 2>"$scratch/said"
}
try_as sensor-1 10
tap_is $? 0 'c2watch delivers as that user'
tap_is "$(redis_cli XLEN 'c2watch:{sensor-1}:hits')" 8 'all there is'
tap_is "$(redis_cli EXISTS 'c2watch:{sensor-1}:status' c2watch:sensors)" 2 'and says how it does'
try_as another 1
tap_is $? 3 "another sensor's keys are not for it"

may() {
	[ "$(redis_cli ACL DRYRUN c2watch "$@")" = OK ]
}
for command in MULTI EXEC 'XRANGE c2watch:{sensor-1}:hits - +'; do
	# shellcheck disable=SC2086 # words
	(set -f && may $command)
	tap_ok $? "may: $command"
done
for command in 'DEL c2watch:{sensor-1}:hits' 'XTRIM c2watch:{sensor-1}:hits MAXLEN 0' 'XREAD STREAMS c2watch:{sensor-1}:hits 0' 'KEYS *' 'CONFIG GET *' 'FLUSHALL' \
	'HGETALL c2watch:sensors' 'XADD other * a b' 'SET c2watch:{sensor-1}:hits x' 'ACL WHOAMI' 'SCRIPT FLUSH'; do
	# shellcheck disable=SC2086 # words
	(set -f && ! may $command)
	tap_ok $? "may not: $command"
done
tap_end
