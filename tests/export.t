#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# c2feed export and diff: each form is read back, by its consumer where that is at hand, else by a reader of our own, and answers as the feed does.
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
. "$top/tests/tap.sh"
c2feed=$(cd "${C2WATCH_BIN:-src/tools}" && pwd)/c2feed
python=${PYTHON:-/usr/bin/python3}
feeds=$top/feeds
tap_scratch
cd "$scratch" || exit 1
rounds=40
[ -z "${C2WATCH_FAST:-}" ] || rounds=5

export_of() {
	"$c2feed" export -p "$feeds/popular.txt" -s "$feeds/shared-hosts.txt" --to "$@" 2>said
}

for form in hosts kql plain rpz sigma suricata zeek; do
	if [ $form = sigma ] && ! "$python" -c 'import yaml' 2>/dev/null; then
		tap_skip "$form: read back" 'python3-yaml is not installed'
	else
		tap_try "$form: read back" "$python" -B "$top/tests/export/readers.py" $form "$c2feed" "$scratch" $rounds
	fi
done

if command -v named-checkzone >/dev/null; then
	export_of rpz "$feeds/3cx.feed" >zone
	tap_try 'rpz: named-checkzone takes the shipped feed' named-checkzone rpz.c2watch zone
	export_of rpz hostile.feed >zone
	tap_try 'rpz: named-checkzone takes hostile texts' named-checkzone rpz.c2watch zone
else
	tap_skip 'rpz: named-checkzone' 'it is not installed'
fi

# The hash of a feed, which stands in the file `set` then.
compiled() {
	"$c2feed" compile -p "$feeds/popular.txt" -s "$feeds/shared-hosts.txt" -o set "$1" 2>&1 | grep -o '[0-9a-f]\{16\}$' || echo "$1 has none"
}
export_of plain -o copy.feed "$feeds/3cx.feed"
tap_is "$(compiled copy.feed)" "$(compiled "$feeds/3cx.feed")" 'plain: the shipped feed has the same hash'
tap_is "$(export_of hosts -a 2024-01-01 "$feeds/3cx.feed" | grep -c '^0\.0\.0\.0 ')" 22 'hosts: what is off is not there'

# Read by c2watch itself and exported again, the names are the same.
printf 'bad.example\n!ok.bad.example\nagain.ok.bad.example\n!far.below.bad.example\n=only.example\n*.below.example\n!lone.example\n' >nested.feed
names_of() {
	export_of "$1" -a 2025-01-01 "$2" | grep -v '^[;#]' | cut -f 1
}
for form in hosts rpz zeek; do
	export_of $form -a 2025-01-01 nested.feed >again
	[ "$(names_of $form again | wc -l)" -ge 3 ] && tap_is "$(names_of $form again)" "$(names_of $form nested.feed)" "$form: read by c2watch itself"
done

# A name that only `force=yes` lets in is left out of every form but plain, and told.
printf 'bad.example\n=a\\010b.example force=yes\n' >odd.feed
for form in hosts kql rpz sigma suricata zeek; do
	export_of $form odd.feed >out
	[ "$(grep -c 'a.*b\.example' out)" -eq 0 ] && grep -q 'odd.feed: 1 left out' said
	tap_ok $? "$form: no odd octets"
done
export_of plain -o copy.feed odd.feed
tap_is "$(compiled copy.feed)" "$(compiled odd.feed)" 'plain: odd octets too'

printf 'new.example expires=2030-01-01\nold.example expires=2020-01-01\n!never.example\n' >dated.feed
tap_is "$(export_of hosts -a 2019-06-01 dated.feed | sed -n 's/^0.0.0.0 //p' | xargs)" 'new.example old.example' 'at: what held then'
tap_is "$(export_of hosts -a 2025-06-01T12:00:00Z dated.feed | sed -n 's/^0.0.0.0 //p')" 'new.example' 'at: what still holds'
export_of rpz -a 2025-06-01 dated.feed >zone
export_of rpz -a 2025-06-01 dated.feed | cmp - zone >/dev/null && grep -q 'localhost. 1748736000 ' zone
tap_ok $? 'at: the same octets each time'
! export_of hosts -a yesterday dated.feed && grep -q 'yesterday: not a date' said
tap_ok $? 'at: not a date'
! export_of stix dated.feed && grep -q 'stix: no such form' said
tap_ok $? 'no such form'
! export_of hosts -o /nowhere/file dated.feed && grep -q '/nowhere/file: No such file' said
tap_ok $? 'a folder that is not there'
if [ -c /dev/full ]; then
	! "$c2feed" export -p "$feeds/popular.txt" -s "$feeds/shared-hosts.txt" --to rpz dated.feed >/dev/full 2>said && grep -q 'standard output: No space' said
	tap_ok $? 'a disk that is full'
fi

# differs STATUS NAME OLD NEW: what diff says is on standard input.
differs() {
	"$c2feed" diff -p "$feeds/popular.txt" -s "$feeds/shared-hosts.txt" "$3" "$4" >got 2>said
	got=$?
	cat >wanted
	[ $got -eq "$1" ] && diff -u wanted got >said
	tap_ok $? "$2"
	[ -s said ] && tap_quote <said
}

printf '#: name = f\nsame.example\nlost.example\n=scope.example\n!ok.example\nkept.example provider=a\n' >old.feed
printf '#: name = f\nkept.example provider=b\nsame.example\ngained.example\n=gained.example\n*.scope.example\nok.example\nsame.example\n' >new.feed
differs 1 'diff: gained, lost, changed' old.feed new.feed <<'END'
+=gained.example gained.example
-lost.example
~!ok.example -> ok.example
~=scope.example -> *.scope.example
# f: 1 gained, 1 lost, 2 changed
# all: 1 gained, 1 lost, 2 changed
END
differs 0 'diff: the same' old.feed old.feed </dev/null
compiled old.feed >hash
differs 0 'diff: a set and its feed' set old.feed </dev/null
printf '#: name = f\nbad.example\n' >one.feed
printf '#: name = f\nbad.example provider=x\n' >two.feed
differs 0 'diff: the same names, not the same words' one.feed two.feed <<'END'
# the same names; what is said of them differs
END
printf '#: name = f\nbad.example enabled=no\n' >two.feed
differs 1 'diff: turned off' one.feed two.feed <<'END'
~bad.example -> bad.example enabled=no
# f: 0 gained, 0 lost, 1 changed
# all: 0 gained, 0 lost, 1 changed
END
differs 2 'diff: a file that is not there' one.feed nothing.feed </dev/null

# explains PATTERN NAME TIME ASKED
explains() {
	"$c2feed" explain -p "$feeds/popular.txt" -s "$feeds/shared-hosts.txt" -a "$3" claims.set "$4" >got 2>said
	grep -q "$1" got
	tap_ok $? "$2"
	grep -q "$1" got || tap_quote <got
}
printf '#: name = low\nbad.example confidence=low\nold.example expires=2020-01-01\noff.example enabled=no\n!ok.bad.example\n' >low.feed
printf '#: name = high\nbad.example confidence=high expires=2025-01-01\n=old.example confidence=low\n' >high.feed
printf '#: name = ctx\n#: kind = context\nagent.example\n' >ctx.feed
"$c2feed" compile -p "$feeds/popular.txt" -s "$feeds/shared-hosts.txt" -o claims.set low.feed high.feed ctx.feed >/dev/null
explains 'feed  *high (high.feed:2)' 'explain: the most confident leads' 2024-01-01 bad.example
explains 'also  *bad.example of low (low.feed:2), confidence Low: listed too' 'explain: the other is told' 2024-01-01 bad.example
explains 'feed  *low (low.feed:2)' 'explain: the other leads when the first has expired' 2025-01-01 bad.example
explains 'also  *bad.example of high .*, expires 2025-01-01: it has expired' 'explain: the one that has expired' 2025-01-01 bad.example
explains 'why  *old.example of low .*, expires 2020-01-01: it has expired' 'explain: no hit, since all has expired' 2025-01-01 www.old.example
explains 'why  *!ok.bad.example of low .*: an exception covers the name' 'explain: an exception' 2024-01-01 x.ok.bad.example
explains 'why  *bad.example of high .*: listed, but excepted' 'explain: what is excepted' 2024-01-01 x.ok.bad.example
explains 'why  *off.example of low .*: off (enabled = no)' 'explain: off' 2024-01-01 off.example
explains 'why  *agent.example of ctx .*: context: it tells of the host' 'explain: context' 2024-01-01 agent.example
tap_end
