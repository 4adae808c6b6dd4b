#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The users of c2watch-redis(7): what the sensor does, over TCP and with a password, is all that its user may do; a consumer can do its work, and no more.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
tap_need redis-server redis-cli
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
tap_scratch
port=$((5000 + $$ % 5000)) # below those of servers.sh
redis-server --port $port --bind 127.0.0.1 --dir "$scratch" --save '' --daemonize no >"$scratch/redis.log" 2>&1 &
redis_pid=$!
clean_up() {
	kill $redis_pid 2>/dev/null
	wait $redis_pid
}

redis_cli() {
	redis-cli -p $port "$@" 2>&1
}
redis_answers() {
	[ "$(redis_cli ping)" = PONG ]
}
tap_wait 10 redis_answers
tap_ok $? 'redis-server is up'

# The manual's own words, but for the password.
make_user() {
	rules=$(awk "/^ACL SETUSER $1 / { on = 1 } /^\.Ed/ { on = 0 } on" "$top/src/tools/c2watch-redis.7" | tr -s '\n ' '  ' |
		sed "s/^ACL SETUSER $1 on >password //; s/ *$//")
	# shellcheck disable=SC2086 # words
	tap_is "$(set -f && redis_cli ACL SETUSER "$1" on '>secret 1' $rules)" OK "the manual's user $1, in Redis' own words"
}
make_user c2watch
make_user siem
printf 'secret 1' >"$scratch/password"
chmod 600 "$scratch/password"

# The capture takes its time, so that there is a heartbeat.
try_as() {
	{
		cat "$top/tests/scenario/scenario.pcap"
		sleep 1.5
	} | "$c2watch" -n "$1" -f "$top/feeds/3cx.feed" -r - -o "$url" -o "$url?mode=list" -o "$url?mode=channel" --password-file "$scratch/password" \
		--spool "$scratch/spool" --drain "$2" 2>"$scratch/said"
}
url=redis://c2watch@127.0.0.1:$port
try_as sensor-1 10
tap_is $? 0 'c2watch delivers as that user'
tap_is "$(redis_cli XLEN 'c2watch:{sensor-1}:hits') $(redis_cli LLEN 'c2watch:{sensor-1}:queue')" '8 8' 'all there is, to the stream and to the list'
tap_is "$(redis_cli EXISTS 'c2watch:{sensor-1}:status' c2watch:sensors)" 2 'and says how it does'
tap_is "$(redis_cli ACL LOG)" '' 'and is refused nothing'
try_as another 1
tap_is $? 3 "another sensor's keys are not for it"
tap_try 'which is said, and where its rights are' grep -q 'NOPERM .* (c2watch-redis(7), Users, has the rights); hits wait in' "$scratch/said"
printf 'another' >"$scratch/password"
try_as sensor-1 0
tap_try 'a password that is not its' grep -q 'WRONGPASS .* (see the user before the @, and --password-file); hits wait in' "$scratch/said"
printf 'secret 1' >"$scratch/password"

may() {
	[ "$(redis_cli ACL DRYRUN "$@")" = OK ]
}
# Each line of standard input is a command that $1 may give.
allowed() {
	while read -r command; do
		# shellcheck disable=SC2086 # words
		(set -f && may "$1" $command)
		tap_ok $? "$1 may: $command"
	done
}
denied() {
	while read -r command; do
		# shellcheck disable=SC2086 # words
		(set -f && ! may "$1" $command)
		tap_ok $? "$1 may not: $command"
	done
}

# Everything that src/sink sends but AUTH, which comes before there is a user.
allowed c2watch <<'END'
SELECT 1
PING
ROLE
ASKING
INFO server
XINFO STREAM c2watch:{sensor-1}:hits
LINDEX c2watch:{sensor-1}:queue:top -1
MULTI
EXEC
XADD c2watch:{sensor-1}:hits MAXLEN ~ 50000 1-1 json {}
XRANGE c2watch:{sensor-1}:hits 1-1 1-1
RPUSH c2watch:{sensor-1}:queue {}
LMOVE c2watch:{sensor-1}:queue c2watch:{sensor-1}:queue:top RIGHT RIGHT
LTRIM c2watch:{sensor-1}:queue:top -1 -1
LTRIM c2watch:{sensor-1}:queue -50000 -1
PUBLISH c2watch:{sensor-1}:live {}
HSET c2watch:{sensor-1}:status hits 1
EXPIRE c2watch:{sensor-1}:status 60
HSET c2watch:sensors sensor-1 {}
END
denied c2watch <<'END'
DEL c2watch:{sensor-1}:hits
XTRIM c2watch:{sensor-1}:hits MAXLEN 0
XDEL c2watch:{sensor-1}:hits 1-1
XREAD STREAMS c2watch:{sensor-1}:hits 0
SET c2watch:{sensor-1}:hits x
EXPIRE c2watch:{sensor-1}:hits 1
XADD c2watch:{sensor-2}:hits * json {}
XADD other * a b
LTRIM c2watch:{sensor-1}:hits 1 0
LPOP c2watch:{sensor-1}:queue
LRANGE c2watch:{sensor-1}:queue 0 -1
LINDEX c2watch:{sensor-1}:queue 0
LMOVE c2watch:{sensor-1}:queue other RIGHT RIGHT
DEL c2watch:{sensor-1}:queue
PUBLISH c2watch:{sensor-2}:live {}
SUBSCRIBE c2watch:{sensor-1}:live
HGETALL c2watch:sensors
HGETALL c2watch:{sensor-1}:status
KEYS *
CONFIG GET *
ACL WHOAMI
SCRIPT FLUSH
EVAL return 0
CLIENT LIST
REPLICAOF no one
SHUTDOWN
FLUSHALL
END
allowed siem <<'END'
XGROUP CREATE c2watch:{sensor-1}:hits siem 0 MKSTREAM
XREADGROUP GROUP siem me STREAMS c2watch:{sensor-2}:hits >
XACK c2watch:{sensor-1}:hits siem 1-1
XAUTOCLAIM c2watch:{sensor-1}:hits siem me 1000 0
XINFO GROUPS c2watch:{sensor-1}:hits
XREVRANGE c2watch:{sensor-1}:hits + - COUNT 1
XLEN c2watch:{sensor-1}:hits
LPOP c2watch:{sensor-1}:queue
HGETALL c2watch:{sensor-1}:status
HGETALL c2watch:sensors
SUBSCRIBE c2watch:{sensor-1}:live
END
denied siem <<'END'
XADD c2watch:{sensor-1}:hits * json {}
XTRIM c2watch:{sensor-1}:hits MAXLEN 0
DEL c2watch:{sensor-1}:hits
XGROUP DESTROY c2watch:{sensor-1}:hits siem
DEL c2watch:{sensor-1}:queue
RPUSH c2watch:{sensor-1}:queue {}
HSET c2watch:sensors sensor-1 {}
PUBLISH c2watch:{sensor-1}:live {}
GET other
KEYS *
FLUSHALL
END

# The manual's examples answer; what would wait for ever waits for a moment, and for nothing.
answers() {
	case "$(eval "$(printf '%s\n' "$1" | sed 's/^redis-cli/redis_cli/; s/BLOCK 0/BLOCK 10/')")" in
	'') [ "${1#*BLOCK 0}" != "$1" ] ;;
	ERR* | WRONG* | NO*) false ;;
	esac
}
sed -n '/^redis-cli /p' "$top/src/tools/c2watch-redis.7" >"$scratch/examples"
while read -r example; do
	answers "$example"
	tap_ok $? "$example"
done <"$scratch/examples"
tap_is "$(wc -l <"$scratch/examples")" 9 'these are the examples of the manual'
redis_cli XGROUP DESTROY 'c2watch:{sensor-1}:hits' siem >"$scratch/said"

# A consumer is one with them.
if /usr/bin/python3 -c 'import redis' 2>/dev/null; then
	: >"$scratch/taken"
	/usr/bin/python3 "$top/contrib/consumers/consumer.py" sensor-1 me "redis://siem:secret%201@127.0.0.1:$port" >"$scratch/taken" 2>&1 &
	consumer=$!
	has_taken() {
		[ "$(wc -l <"$scratch/taken")" -eq 8 ]
	}
	tap_wait 10 has_taken
	kill $consumer
	wait $consumer
	tap_is "$? $(wc -l <"$scratch/taken")" '0 8' 'consumer.py takes all as siem'
else
	tap_skip 'consumer.py takes all as siem' 'python3-redis is not installed'
fi
tap_end
