#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Feeds that are wrong, and what `c2feed check` makes of each: never a crash, never much memory or time. What is told is what c2watch-feeds(5) promises.
# The reader of a format adds its rows to the table of files.
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
. "$top/tests/tap.sh"
c2feed=${C2FEED:-$(cd "${C2WATCH_BIN:-src/tools}" && pwd)/c2feed}
tap_scratch
cd "$scratch" || exit 1

MEMORY_KIB=98304 # of address space, libraries and all; a sanitizer wants more
SECONDS_MAX=120 # of a busy machine
printf 'good.example\n' >good
(ulimit -v $MEMORY_KIB && "$c2feed" check good) >/dev/null 2>&1 || MEMORY_KIB=unlimited

check() {
	(ulimit -v $MEMORY_KIB && exec timeout $SECONDS_MAX "$c2feed" check -p "$top/feeds/popular.txt" -s "$top/feeds/shared-hosts.txt" "$@")
}

# verdict NAME COUNTS PATTERN FILE: COUNTS is LISTED/REFUSED, or `fails`; what is said must match the pattern, of grep -E.
verdict() {
	check "$4" >stdout 2>stderr
	got=$?
	said=$(sed -n 's/^.*: \([0-9]*\) listed,.* \([0-9]*\) refused$/\1\/\2/p' stdout)
	[ $got -eq 1 ] && said=${said:-fails}
	wanted=1
	case $2 in */0) wanted=0 ;; esac
	if [ $got -eq $wanted ] && [ "$said" = "$2" ] && grep -Eq "$3" stdout stderr; then
		tap_ok 0 "$1"
	else
		tap_ok 1 "$1"
		printf 'status %s, counts %s; wanted %s, counts %s, and %s\n' "$got" "$said" "$wanted" "$2" "$3" | tap_quote
		head -n 20 stdout stderr | tap_quote
	fi
}

# line NAME COUNTS PATTERN LINE: the line, as printf(1) writes it, behind a good one.
line() {
	printf "good.example\n$4\n" >feed
	verdict "$1" "$2" "$3" feed
}

# file NAME COUNTS PATTERN TEXT: a whole file.
file() {
	printf "$4" >feed
	verdict "$1" "$2" "$3" feed
}

label=$(printf '%063d' 0 | tr 0 a)

# --- lines: the lint
line 'a public suffix' 1/1 'feed:2: refused: co.uk: a public suffix' 'co.uk'
line "a hoster's suffix" 1/1 'refused: beep.pl: a public suffix' 'beep.pl'
line "a hoster's customer" 2/0 '2 listed' 'ec2-3-81-124-194.compute-1.amazonaws.com'
line "a cloud's region" 1/1 "a shared host .a cloud's host names" 'eu-west-1.compute.amazonaws.com'
line 'a single label' 1/1 'single label' 'localhost'
line 'an address' 1/1 'IP address' '192.0.2.1'
line 'an IPv6 address' 1/1 'IP address' '2001:db8::1'
line 'a range' 1/1 'range of IP addresses' '192.0.2.0/24'
line 'a piece of an address' 1/1 'ends in a number' 'registry.12913298'
line 'a mail address' 1/1 'mail address' 'someone@bad.example'
line "a mail address's host" 1/1 'shared host \(mail addresses\)' 'protonmail.com'
line "a mail address's name" 2/0 'note: philip.je: perhaps what stood before the @' 'philip.je'
line 'a mail address with a dot for its @' 2/0 'note: henry.scott85.mail.ru: perhaps a mail address' 'henry.scott85.mail.ru'
line "an SOA's mail address" 2/0 'note: hostmaster.bad.example: perhaps a mail address' 'hostmaster.bad.example'
line 'a well-known name' 1/1 'refused: google.com: a well-known name' 'google.com'
line 'a well-known name with www' 1/1 'well-known name' 'www.google.com'
line 'only a well-known name' 1/1 'well-known name' '=google.com'
line 'all below a well-known name' 1/1 'well-known name' '*.google.com'
line 'what covers a well-known name' 1/1 'go.com: (covers abcnews.go.com, )?a well-known name' 'go.com'
line 'what covers a shared host' 1/1 'linode.com: covers .*linode.com, a shared host' 'linode.com'
line 'a name above a shared host, alone' 2/0 '2 listed' '=linode.com'
line 'a shared host' 1/1 'refused: changeip.com: a shared host \(dynamic DNS\)' 'changeip.com'
line 'a shared host with www' 1/1 'a shared host' 'www.mediafire.com'
line 'a name below a shared host' 2/0 '2 listed' 'bad.duckdns.org'
line 'an exception for a well-known name' 1/0 '1 exceptions' '!google.com'
line 'a line that is forced' 2/0 '2 listed' 'changeip.com force=yes'
line 'a slip of the pen' 3/0 'note: z?acharryblogs.com is one edit apart from z?acharryblogs.com \(feed:[23]\)' 'zacharryblogs.com\nacharryblogs.com'
line 'a series, which is no slip' 3/0 '3 listed' 'serversix01.example.com\nserversix02.example.com'
line 'listed and excepted' 1/0 'note: good.example is listed, but excepted by good.example \(feed:2\)' '!good.example'
line 'the same twice' 1/0 '1 listed' 'good.example'

# --- lines: what is no name
line 'a label of 64 octets' 1/1 'abel' "a$label.example"
line 'a label of 63 octets' 2/0 '2 listed' "$label.example"
line 'a name of 255 octets' 1/1 'refused' "$label.$label.$label.$label"
line 'an empty label' 1/1 'mpty label' 'bad..example'
line 'a dot in front' 2/0 '2 listed' '.bad.example'
line 'a dot at the end' 2/0 '2 listed' 'bad.example.'
line 'the root' 1/1 'refused' '.'
line 'a URL' 1/1 'a URL' 'http://bad.example/x?y'
line 'a path' 1/1 'a path' 'bad.example/x'
line 'a port' 1/1 'a host with a port' 'bad.example:8080'
line 'a word behind the name' 1/1 'neither key=value' 'bad.example worse.example'
line 'blanks around' 2/0 '2 listed' ' \t bad.example \t '
line 'a control character' 1/1 'holds an octet' 'bad\001.example'
line 'an escape of a terminal' 1/1 'x1b' 'bad\033[2J.example'
line 'a NUL octet' 1/1 'NUL octet' 'bad\000.example'
line 'broken UTF-8' 1/1 'refused' 'b\303.example'
line 'a look-alike in Cyrillic' 2/0 '2 listed' 'p\320\260ypal.example'
line 'an A-label that stands for nothing' 2/0 '2 listed' 'xn--zzzzzzzzzz--0.example'
line 'a line of 4096 octets' 1/1 'refused' "$(printf '%04096d' 0)"
line 'a line of 4097 octets' 1/1 'a line of more than 4096 octets' "$(printf '%04097d' 0)"

# --- lines: the native format
line 'an unknown attribute' 1/1 'colour: no such attribute' 'bad.example colour=red'
line 'quotes that do not pair' 1/1 'quotes' 'bad.example description="half'
line 'a day that is none' 1/1 'date' 'bad.example expires=2026-02-30'
line 'an unknown key of the header' 1/1 'no such key' '#: colour = red'
line 'a header that forces a file' 1/1 'force: no such key' '#: force = yes'

# --- files
file 'nothing' fails 'no usable line' ''
file 'only comments' fails 'no usable line' '# nothing\n\n'
file 'no end of the last line' 1/0 '1 listed' 'bad.example'
file 'CR LF' 2/0 '2 listed' 'bad.example\r\nworse.example\r\n'
file 'CR alone' fails 'no usable line' 'bad.example\rworse.example\r'
file 'a byte order mark' 1/0 '1 listed' '\357\273\277bad.example\n'
file 'UTF-16' fails 'UTF-16' '\377\376b\000a\000d\000'
file 'UTF-16 without a mark' fails 'no usable line' 'b\000a\000d\000.\000e\000x\000\n\000'
file 'an HTML page' fails 'an HTML page, not a feed' '\n<!DOCTYPE html><title>404</title>\nbad.example\n'
file 'an HTML page in capitals' fails 'an HTML page, not a feed' '<HTML>\nbad.example\n'
file 'XML' fails 'XML, not a feed' '<?xml version="1.0"?>\nbad.example\n'
file 'a PDF document' fails 'a PDF document, not a feed' '%%PDF-1.7\n'
file 'a zip archive' fails 'a zip archive, not a feed' 'PK\003\004\nbad.example\n'
file 'an xz archive' fails 'an xz archive, not a feed' '\3757zXZ\000'
file 'gzip, cut' fails 'end of file' "$(printf 'bad.example\n' | gzip | head -c 20 | od -An -v -to1 | sed 's/ /\\/g' | tr -d '\n')"
file 'gzip of nothing' fails 'no usable line' "$(printf '' | gzip | od -An -v -to1 | sed 's/ /\\/g' | tr -d '\n')"
file 'gzip, damaged' fails 'feed: invalid' '\037\213\010\000\000\000\000\000\000\003\377\377\377\377'

# --- files: other formats
file 'STIX, cut' fails 'no JSON: .*premature' '{"type":"bundle","objects":[{"type":"indicator"'
file 'a MISP event, cut' fails 'no JSON' '{"Event":{"Attribute":[{"type":"domain","value":"bad.example","to_ids":tru'
file 'NDJSON, a broken line' 2/1 'feed:2: refused: no JSON' '{"domain":"bad.example"}\n{"domain":\n{"domain":"worse.example"}\n'
file 'hosts, no name' 1/1 'feed:2: refused: 0.0.0.0: an address without a name' '0.0.0.0 bad.example\n0.0.0.0\n'
file 'hosts, a public suffix' 1/1 'feed:2: refused: co.uk: a public suffix' '0.0.0.0 bad.example\n0.0.0.0 co.uk\n'
file 'adblock, a well-known name' 1/1 'feed:2: refused: google.com: a well-known name' '||bad.example^\n||google.com^\n'
file 'adblock, a part of a name' 1/0 'note: passed over: 1 entry' '||bad.example^\n||x^y\n'
file 'Unbound, no name' 1/1 'feed:3: refused: local-zone: no name and type' 'server:\nlocal-zone: "bad.example" always_nxdomain\nlocal-zone:\n'
file 'Unbound, a public suffix' 1/1 'feed:3: refused: co.uk: a public suffix' 'server:\nlocal-zone: "bad.example" refuse\nlocal-zone: "co.uk" refuse\n'
file 'dnsmasq, a well-known name' 1/1 'feed:2: refused: google.com: a well-known name' 'address=/bad.example/0.0.0.0\naddress=/google.com/\n'
file 'Zeek, a short line' 1/1 'feed:3: refused: 1 columns where #fields names 3' \
	'#fields\tindicator\tindicator_type\tmeta.source\nbad.example\tIntel::DOMAIN\tx\nshort\n'
file 'RPZ, a broken record' 1/1 'feed:4: refused: broken: ' '$TTL 60\n@ SOA a. b. 1 1 1 1 1\nbad.example CNAME .\nbroken\n'
file 'RPZ, a public suffix' 1/1 'feed:4: refused: co.uk: a public suffix' '$TTL 60\n@ SOA a. b. 1 1 1 1 1\nbad.example CNAME .\nco.uk CNAME .\n'

head -c 262144 /dev/zero | tr '\0' '[' >nested
verdict 'nested brackets without end' fails 'nested deeper than 64' nested
printf 'bad.example\n' >zeros
truncate -s 1G zeros
printf '\nworse.example\n' >>zeros
verdict '1 GB in a single line' 2/1 'zeros:2: refused: a line of more than 4096 octets' zeros
head -c 16777216 /dev/zero | gzip >member
for i in 1 2 3 4 5 6 7 8; do cat member member member member member member member member; done >bomb.gz
verdict '1 GB in a single line, packed' fails 'a gzip bomb' bomb.gz
rm zeros member bomb.gz

# --- what is no file, or not for us alone
mkdir folder
verdict 'a folder' fails 'a folder, not a file' folder
mkfifo fifo
verdict 'a FIFO' fails 'a FIFO, not a file' fifo
verdict 'a device' fails 'a device, not a file' /dev/zero
verdict 'nothing there' fails 'No such file' nothing
ln -s good link
verdict 'a symbolic link' 1/0 '1 listed' link
ln -s loop loop
verdict 'a symbolic link to itself' fails 'symbolic links' loop
printf 'good.example\n' >open
chmod 666 open
verdict 'a file that anybody may write' 1/0 'note: anybody on this machine may write into it' open
head -c 64 /dev/zero | sed 's/^/c2set\r\n\x1a/' >set
verdict 'a compiled set that is none' fails 'set: not a compiled set' set

# --- feeds against each other
printf 'ok.example.com\nbad.example.net\n' >listed
printf '!example.com\n!bad.example.net\n' >allowed
check listed allowed >stdout 2>stderr
grep -q 'listed:1: note: ok.example.com is listed, but excepted by example.com (allowed:1)' stderr
tap_ok $? 'listed below what another feed excepts'
grep -q 'listed:2: note: bad.example.net is listed, but excepted by bad.example.net (allowed:2)' stderr
tap_ok $? 'listed, and excepted by another feed'

# --- very many bad lines
awk 'BEGIN { print "good.example"; for (i = 0; i < 10000; i++) print "192.0.2." i % 256 }' >many
verdict '10,000 bad lines' 1/10000 'many:10001: refused' many
tap_is "$(grep -c refused stderr)" 10000 'check tells of each'
"$c2feed" compile -p "$top/feeds/popular.txt" -s "$top/feeds/shared-hosts.txt" -o many.set many >stdout 2>stderr
tap_is "$(wc -l <stderr)" 21 'compile of the first 20, and of how many more'
grep -q '9980 more lines are refused' stderr
tap_ok $? 'and says how many those are'

# --- real names: no well-known one is ever a hit
threats=$top/../shared/feeds/threat-domains.txt.gz
visited=$top/../shared/feeds/popular-domains.txt
name='no visited name is a hit of the real feed'
if [ -f "$threats" ] && [ -f "$visited" ]; then
	"$c2feed" compile -p "$top/feeds/popular.txt" -s "$top/feeds/shared-hosts.txt" -o real.set "$threats" >/dev/null 2>&1
	{
		cat "$visited"
		sed 's/^/www./' "$visited"
	} | xargs "$c2feed" explain real.set >explained
	tap_is "$(grep -c ': no hit$' explained) $(grep -c ': a hit$' explained)" "$(($(wc -l <"$visited") * 2)) 0" "$name"
else
	tap_skip "$name" 'the lists are not here'
fi
tap_end
