#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The password is where it has to be and nowhere else: not among arguments, in the environment, a log, the spool, a core; in memory once for each that needs it.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
tap_need redis-server redis-cli
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
case $c2watch in /*) ;; *) c2watch=$PWD/$c2watch ;; esac
tap_scratch
. "$top/tests/live/redis.sh"
c2watch_pid=
clean_up() {
	[ -z "$c2watch_pid" ] || kill -9 "$c2watch_pid" 2>/dev/null
	exec 4>&-
	redis_kill
}

password=w5gR-hushhush-Tq8
redis_start
redis_cli CONFIG SET requirepass $password >/dev/null
printf '%s\n' $password >"$scratch/password"
chmod 600 "$scratch/password"

# A capture that does not end, so that there is somebody to look at.
mkfifo "$scratch/capture"
mkdir "$scratch/cores"
watch() {
	(
		cd "$scratch/cores" && ulimit -c unlimited
		# A symbol that is bound late, as some of the sanitizers' are, has registers saved on the stack, and what was copied last is in them.
		export LD_BIND_NOW=1
		exec "$c2watch" -v --stats 1 -n sensor-1 -f "$top/feeds/3cx.feed" -r "$scratch/capture" -o "unix://$scratch/redis.sock" -o "$scratch/hits" \
			--password-file "$scratch/password" --spool "$scratch/spool" "$@"
	) >"$scratch/out" 2>>"$scratch/said" 4>&- &
	c2watch_pid=$!
	exec 4>"$scratch/capture"
	cat "$top/tests/scenario/scenario.pcap" >&4
}
redis_with() {
	redis_cli -a $password --no-auth-warning "$@"
}
has_delivered() {
	[ "$(redis_with XLEN 'c2watch:{sensor-1}:hits')$(redis_with EXISTS 'c2watch:{sensor-1}:status')" = 81 ]
}
is_in() {
	grep -qaF -e $password -r "$@"
}

# The connection in a URL is how it works elsewhere; here that is refused, and not repeated.
refused() {
	"$c2watch" -q -n s -f "$top/feeds/3cx.feed" -r "$top/tests/scenario/scenario.pcap" --spool "$scratch/none" -o "$1" 2>"$scratch/why"
	[ $? -eq 2 ] && grep -q -e "$2" "$scratch/why" && ! is_in "$scratch/why"
}
while read -r url why; do
	refused "$(printf %s "$url" | sed s/PASSWORD/$password/)" "$why"
	tap_ok $? "refused: $url"
done <<END
redis://c2watch:PASSWORD@localhost --password-file
redis://:PASSWORD@localhost/0 --password-file
redis://localhost?password=PASSWORD question mark
unix://:PASSWORD@/run/redis.sock slash
END

watch
tap_wait 10 has_delivered
tap_ok $? 'it delivers with a password from a file'
process=/proc/$c2watch_pid
for what in cmdline environ; do
	cat "$process/$what" >"$scratch/seen"
	! is_in "$scratch/seen"
	tap_ok $? "not in its $what"
done

# The copy that outputs share and the sender's own, both wiped at the end; none is left where it was read, formatted or sent.
copies() {
	/usr/bin/python3 - "$c2watch_pid" $password <<-'END'
		import sys
		wanted, found = sys.argv[2].encode(), 0
		with open(f"/proc/{sys.argv[1]}/maps") as maps, open(f"/proc/{sys.argv[1]}/mem", "rb", 0) as memory:
		    for line in maps:
		        area, rights, *rest = line.split()
		        begin, end = (int(n, 16) for n in area.split("-"))
		        if rights[0] == "r" and end - begin < 1 << 30: # sanitizers' shadows are larger
		            try:
		                memory.seek(begin)
		                found += memory.read(end - begin).count(wanted)
		            except (OSError, OverflowError):
		                pass
		print(found)
	END
}
if [ "$(id -u)" -eq 0 ]; then
	tap_is "$(copies)" 2 'in its memory twice, where it is needed'
else
	tap_skip 'in its memory twice, where it is needed' 'needs root'
fi

# A core of another process shows that there could have been one.
may_dump() {
	(
		cd "$scratch/cores" && ulimit -c unlimited 2>/dev/null
		sh -c 'kill -ABRT $$'
	) >/dev/null 2>&1
	[ -n "$(ls "$scratch/cores")" ]
}
if may_dump 2>/dev/null; then
	rm -f "$scratch"/cores/*
	kill -ABRT "$c2watch_pid"
	wait "$c2watch_pid" 2>/dev/null
	tap_is "$? $(ls "$scratch/cores")" '134 ' 'killed by SIGABRT it leaves no core'
else
	kill -ABRT "$c2watch_pid"
	wait "$c2watch_pid" 2>/dev/null
	tap_skip 'killed by SIGABRT it leaves no core' 'cores are not written into the folder here'
fi
exec 4>&-

# What the server says about a password that is none.
redis_with CONFIG SET requirepass another >/dev/null
watch --drain 1
exec 4>&-
wait "$c2watch_pid"
tap_is "$? $(grep -c WRONGPASS "$scratch/said")" '3 1' 'a password that is wrong is told'
c2watch_pid=

! is_in "$scratch/said" "$scratch/out" "$scratch/hits"
tap_ok $? 'in no log and no record'
! is_in "$scratch/spool"
tap_ok $? 'not in the spool'
is_in "$scratch/password"
tap_ok $? 'it would have been found'
tap_end
