#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bad input: one clear line on standard error, and the exit status of c2watch(8).
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
. "$top/tests/tap.sh"
c2watch=$(cd "${C2WATCH_BIN:-src/tools}" && pwd)/c2watch
feed=$top/feeds/3cx.feed
scenario=$top/tests/scenario/scenario.pcap
tap_scratch
chmod 755 "$scratch"
cd "$scratch" || exit 1

# says STATUS PATTERN NAME COMMAND...: that exit status, and one line on standard error, like PATTERN; the counters at the end are not counted.
says() {
	wanted=$1 pattern=$2 name=$3
	shift 3
	"$@" >stdout 2>stderr </dev/null
	got=$?
	grep -v '^c2watch: stats:' stderr >said
	if [ $got -eq "$wanted" ] && [ "$(wc -l <said)" -eq 1 ] && grep -q "$pattern" said; then
		tap_ok 0 "$name"
	else
		tap_ok 1 "$name"
		printf 'exit status %s, wanted %s; it said:\n' $got "$wanted" | tap_quote
		tap_quote <stderr
	fi
}

replay() {
	"$c2watch" -q -f "$feed" "$@"
}

# --- coverage and resolvers
says 2 '^c2watch: nowhere.txt: No such file' 'a list of resolvers that is not there' replay -r "$scenario" --resolvers nowhere.txt
says 2 '^c2watch: --coverage: .x. is no number' 'coverage that is no number' replay -r "$scenario" --coverage x
echo 'coverage: 99999999' >coverage.yaml
says 2 '^c2watch: coverage.yaml: coverage: 99999999 is more than' 'coverage beyond a day in the file' replay -r "$scenario" -c coverage.yaml
echo 'coverage: 30' >coverage.yaml
metrics() {
	replay -r "$scenario" "$@" 2>/dev/null | grep -c '"kind":"metric","category"'
}
tap_is "$(metrics) $(metrics -c coverage.yaml) $(metrics -c coverage.yaml --coverage 0) $(metrics --coverage 3600)" '0 4 0 1' \
	'coverage records: none in a replay unless asked, and the command line wins'

# --- captures
says 3 '^c2watch: .*missing.pcap: No such file' 'a missing file' replay -r missing.pcap
says 3 '^c2watch: .*Is a directory' 'a directory' replay -r "$scratch"
echo 'this is no capture, it is a text' >text
says 3 '^c2watch: text: not a pcap' 'a text file' replay -r text
: >empty
says 3 '^c2watch: empty: not a pcap' 'an empty file' replay -r empty
head -c 2000 "$scenario" >cut.pcap
# Ten frames are whole: DISCOVER and REQUEST with two names each, and two questions, each with its answer and the address in it.
says 3 '^c2watch: cut.pcap: .*cut' 'a capture that is cut' replay -r cut.pcap --observe
tap_is "$(grep -c . stdout)" 10 'what came before the cut is reported'
# The same frames, said to be of link type 147.
{
	head -c 20 "$scenario"
	printf '\223\0\0\0'
	tail -c +25 "$scenario"
} >user.pcap
says 3 '^c2watch: user.pcap: .*147' 'a link type that is not read' replay -r user.pcap
# Link type 101, raw IP.
{
	head -c 20 "$scenario"
	printf '\145\0\0\0'
	tail -c +25 "$scenario"
} >raw.pcap
says 3 '^c2watch: raw.pcap: filter .ether host' 'a filter that does not fit the link type' replay -r raw.pcap ether host 02:00:00:00:00:01
replay -r missing.pcap -r "$scenario" >stdout 2>stderr
tap_is "$(grep -c '"ingress":{"interface":{"name":"missing.pcap"' stdout)" 0 'records name the file they are from, also behind one that is missing'
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	cp "$scenario" secret.pcap
	chmod 600 secret.pcap
	cp "$feed" feed # this checkout may be root's alone
	says 3 '^c2watch: secret.pcap: Permission denied' 'a file that may not be read' \
		setpriv --reuid 65534 --regid 65534 --clear-groups "$c2watch" -q -f feed -r secret.pcap
else
	tap_skip 'a file that may not be read' 'needs root to become nobody'
fi

# --- feeds
says 2 '^c2watch: .*nofeed.*No such file' 'a missing feed' "$c2watch" -q -f nofeed -r "$scenario"
printf 'listed.example\nco.uk\n' >suffix.feed
says 0 '^c2watch: suffix.feed:2: .*public suffix' 'a public suffix in a feed' "$c2watch" -f suffix.feed -r "$scenario"
awk 'BEGIN { print "listed.example"; for (i = 0; i < 1000; i++) print "192.0.2.1" }' >many.feed
"$c2watch" -f many.feed -r "$scenario" 2>stderr >stdout
tap_is "$(grep -c '^c2watch: many.feed:' stderr), $(grep -c '^c2watch: 980 more lines' stderr)" '20, 1' 'a thousand bad lines in a feed'
printf 'co.uk\n' >only.feed
"$c2watch" -q -f only.feed -r "$scenario" >stdout 2>stderr
tap_is $? 2 'a feed with nothing else in it'

printf 'first.example.net\nsecond.example.net\n' >listed.feed
printf '!first.example.net\n' >allowed.feed
"$c2watch" -T -f listed.feed -f allowed.feed >stdout 2>stderr
tap_is $? 0 '-T with a first name that an exception covers'

# --- configuration
printf 'sensor: s1\nfeeds:\n  - %s\ninterfces:\n  - lo\n' "$feed" >unknown.yaml
says 2 '^c2watch: unknown.yaml:4: .*interfces' 'an unknown key' "$c2watch" -c unknown.yaml
printf 'sensor: [s1\n' >broken.yaml
says 2 '^c2watch: broken.yaml:[0-9]*: ' 'a file that is no YAML' "$c2watch" -c broken.yaml
says 2 '^c2watch: missing.yaml: No such file' 'a missing configuration' "$c2watch" -c missing.yaml
says 2 '^c2watch: .*-i and -r' 'a wire and a file' replay -i lo -r "$scenario"
says 2 'no-such-option' 'an unknown option' replay --no-such-option
says 2 '^c2watch: -j: ' 'a number that is none' replay -j many -r "$scenario"
says 2 '^c2watch: .*filter' 'a filter that is none' replay -r "$scenario" udp port port
says 2 '^c2watch: -n: ' 'a sensor name that is none' replay -n 'a b' -r "$scenario"
says 2 '^c2watch: .*--home-net' 'a network that is none' replay --home-net 10.0.0.0/99 -r "$scenario"
says 2 '^c2watch: .*missing.mmdb' 'a missing database' replay -g missing.mmdb -r "$scenario"
says 2 '^c2watch: redis://h:0: ' 'a server that is none' replay -o redis://h:0 -r "$scenario"
says 2 '^c2watch: .*missing.password' 'a missing password file' replay -o unix://"$scratch"/no.sock --spool spool --password-file missing.password -r "$scenario"
says 2 '^c2watch: --tls-.: no output has TLS' 'TLS for nobody' replay --tls-ca missing.pem -r "$scenario"
says 2 '^c2watch: TLS: missing.pem: No such file' 'a missing authority' replay -o rediss://h --spool spool --tls-ca missing.pem -r "$scenario"
says 2 '^c2watch: TLS: a certificate needs its key' 'a certificate without its key' replay -o rediss://h --spool spool --tls-cert missing.pem -r "$scenario"
says 2 '^c2watch: TLS: --tls-name: ' 'a name that no certificate has' replay -T -o rediss://h --tls-name '*.h'
printf 'feeds:\n  - %s\noutputs:\n  - rediss://h\ntls_ca: missing.pem\n' "$feed" >tls.yaml
says 2 '^c2watch: TLS: missing.pem: No such file' 'the same in a configuration, with -T' "$c2watch" -T -c tls.yaml

# --- outputs
full() {
	replay "$@" >/dev/full
}
says 1 '^c2watch: standard output: cannot write: No space' 'standard output that is full' full -r "$scenario"
says 1 '^c2watch: standard output: cannot write: No space' 'the same under --observe' full -r "$scenario" --observe
says 1 '^c2watch: /dev/full: cannot write: No space' 'a file that is full' replay -r "$scenario" -o /dev/full

# --- Redis
says 3 '^c2watch: [0-9]* records wait in .* for Redis' 'a Redis that is not there' \
	replay -r "$scenario" -o "unix://$scratch/no.sock" --spool "$scratch/spool" --drain 0
tap_ok "$([ -d "$scratch/spool" ] && echo 0 || echo 1)" 'its records wait in the spool'

says 2 '^c2watch: unix://.*: named twice' 'one server twice' \
	replay -r "$scenario" -o "unix://$scratch/no.sock" -o "unix://$scratch/no.sock" --spool "$scratch/spool" --drain 0
long=unix:///nonexistent/a-long-way-down/to-where-the-socket-of-the-server-is/no
replay -r "$scenario" -o "$long.1.sock" -o "$long.2.sock" --spool "$scratch/spool2" --drain 0 2>/dev/null
tap_is "$(find "$scratch/spool2" -name '*.ack' | wc -l)" 2 'servers with long names have a cursor each'

# --- interfaces
if [ "$(id -u)" -eq 0 ]; then
	says 1 '^c2watch: no-such0: no such interface' 'an unknown interface' "$c2watch" -q -f "$feed" -u nobody -i no-such0
	says 2 '^c2watch: lo: filter' 'a filter that is none, live' "$c2watch" -q -f "$feed" -u nobody -i lo udp port port
	says 1 '^c2watch: user no-such-user: ' 'an unknown user' "$c2watch" -q -f "$feed" -u no-such-user -i lo
	if command -v setpriv >/dev/null; then
		says 1 '^c2watch: lo: no permission to capture' 'no permission to capture' \
			setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all "$c2watch" -q -f "$feed" -i lo
	else
		tap_skip 'no permission to capture' 'setpriv is not installed'
	fi
else
	says 1 '^c2watch: lo: no permission to capture' 'no permission to capture' "$c2watch" -q -f "$feed" -i lo
fi
tap_end
