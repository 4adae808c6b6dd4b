#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What real stacks send: each client below speaks once, by a name and to an address of its own, in a network of two namespaces with no way out. c2watch
# watches live; tcpdump writes the same packets to a file, which hello_reader.py reads a second way, with Python and openssl alone; hello_verdicts.py
# compares them. hello_server.py answers. A client that is not installed is skipped.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
[ "$(id -u)" -eq 0 ] || tap_skip_all 'needs root'
tap_need ip openssl tcpdump jq /usr/bin/python3
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
tap_scratch
chmod 777 "$scratch" # c2watch is nobody

# Label, network (1: IPv4, 2: IPv4 with an MTU of 400, 6: IPv6), what is to be seen, command. To be seen are kinds, or kind:version:ALPN for a hello, with
# :ech, :frames when it comes in several, :records when it lies in several (DTLS: fragments); joined by +, each once. DTLS 1.3 of NSS 3.87 is a draft's,
# so it has no version. The commands know $name (LABEL.hello.example), $at (its address), $host (the same for a URL), $browser and $scratch.
clients() {
	cat <<'END'
openssl           1 tls:13:                        openssl s_client -connect $at:443 -servername $name
openssl-tls10     1 tls:10:                        openssl s_client -connect $at:443 -servername $name -tls1 -cipher DEFAULT:@SECLEVEL=0
openssl-tls11     1 tls:11:                        openssl s_client -connect $at:443 -servername $name -tls1_1 -cipher DEFAULT:@SECLEVEL=0
openssl-tls12     1 tls:12:                        openssl s_client -connect $at:443 -servername $name -tls1_2
openssl-tls13     1 tls:13:                        openssl s_client -connect $at:443 -servername $name -tls1_3
openssl-alpn      1 tls:13:h2,http/1.1             openssl s_client -connect $at:443 -servername $name -alpn h2,http/1.1
openssl-nosni     1 tls_nosni:13:                  openssl s_client -connect $at:443 -noservername
openssl-ipv6      6 tls:13:                        openssl s_client -connect $host:443 -servername $name
openssl-resumed   1 tls:13:                        openssl s_client -connect $at:443 -servername $name -sess_out $scratch/session -ign_eof <$scratch/get && openssl s_client -connect $at:443 -servername $name -sess_in $scratch/session
openssl-long      1 tls:13:a,b,c,d:frames:records  openssl s_client -connect $at:443 -servername $name -alpn a,b,c,d,$(seq -s, 1000 4999)
openssl-records   1 tls:13:a,b,c,d:records         openssl s_client -connect $at:443 -servername $name -alpn a,b,c,d,$(seq -s, 1000 1149) -max_send_frag 512
openssl-frames    2 tls:13:a,b,c,d:frames          openssl s_client -connect $at:443 -servername $name -alpn a,b,c,d,$(seq -s, 1000 1999)
openssl-both      2 tls:13:a,b,c,d:frames:records  openssl s_client -connect $at:443 -servername $name -alpn a,b,c,d,$(seq -s, 1000 1999) -max_send_frag 512
openssl-smtp      1 tls:13:                        openssl s_client -connect $at:25 -servername $name -starttls smtp
openssl-pop3      1 tls:13:                        openssl s_client -connect $at:110 -servername $name -starttls pop3
openssl-imap      1 tls:13:                        openssl s_client -connect $at:143 -servername $name -starttls imap
openssl-ldap      1 tls:13:                        openssl s_client -connect $at:389 -servername $name -starttls ldap
openssl-xmpp      1 tls:13:                        openssl s_client -connect $at:5222 -servername $name -starttls xmpp
openssl-postgres  1 tls:13:                        openssl s_client -connect $at:5432 -servername $name -starttls postgres
openssl-mysql     1 tls:13:                        openssl s_client -connect $at:3306 -servername $name -starttls mysql
openssl-proxy     1 connect+tls:13:                openssl s_client -connect $name:443 -servername $name -proxy $at:8080
openssl-dtls10    1 dtls:d1:                       openssl s_client -connect $at:4433 -servername $name -dtls1 -cipher DEFAULT:@SECLEVEL=0
openssl-dtls12    1 dtls:d2:                       openssl s_client -connect $at:4433 -servername $name -dtls1_2
openssl-dtls      1 dtls:d2:                       openssl s_client -connect $at:4433 -servername $name -dtls
openssl-dtlsparts 1 dtls:d2:a,b,c,d:frames:records openssl s_client -connect $at:4433 -servername $name -dtls -mtu 256 -alpn a,b,c,d,$(seq -s, 1000 1099)
openssl-dtlsip    2 dtls:d2:a,b,c,d:frames         openssl s_client -connect $at:4433 -servername $name -dtls -mtu 1400 -alpn a,b,c,d,$(seq -s, 1000 1199)
gnutls            1 tls:13:                        gnutls-cli --insecure $name
gnutls-tls10      1 tls:10:                        gnutls-cli --insecure --priority NORMAL:-VERS-ALL:+VERS-TLS1.0 $name
gnutls-tls12      1 tls:12:                        gnutls-cli --insecure --priority NORMAL:-VERS-ALL:+VERS-TLS1.2 $name
gnutls-tls13      1 tls:13:h2,http/1.1             gnutls-cli --insecure --priority NORMAL:-VERS-ALL:+VERS-TLS1.3 --alpn h2 --alpn http/1.1 $name
gnutls-nosni      1 tls_nosni:13:                  gnutls-cli --insecure --disable-sni $name
gnutls-frames     2 tls:13::frames                 gnutls-cli --insecure $name
gnutls-smtp       1 tls:13:                        gnutls-cli --insecure --starttls-proto smtp -p 25 $name
gnutls-imap       1 tls:13:                        gnutls-cli --insecure --starttls-proto imap -p 143 $name
gnutls-ldap       1 tls:13:                        gnutls-cli --insecure --starttls-proto ldap -p 389 $name
gnutls-xmpp       1 tls:13:                        gnutls-cli --insecure --starttls-proto xmpp -p 5222 $name
gnutls-postgres   1 tls:13:                        gnutls-cli --insecure --starttls-proto postgres -p 5432 $name
gnutls-dtls       1 dtls:d2:                       gnutls-cli --insecure --udp -p 4433 $name
gnutls-dtlsparts  1 dtls:d2::frames:records        gnutls-cli --insecure --udp --mtu 200 -p 4433 $name
nss               1 tls:13:                        tstclnt -D -o -Q -h $name -p 443
nss-tls10         1 tls:10:                        tstclnt -D -o -Q -V tls1.0:tls1.0 -h $name -p 443
nss-tls12         1 tls:12:                        tstclnt -D -o -Q -V tls1.2:tls1.2 -h $name -p 443
nss-tls13         1 tls:13:                        tstclnt -D -o -Q -V tls1.3:tls1.3 -h $name -p 443
nss-ech           1 tls:13::ech                    tstclnt -D -o -Q -V tls1.3:tls1.3 -i 100 -h $name -p 443
nss-frames        2 tls:13::ech:frames             tstclnt -D -o -Q -V tls1.2:tls1.3 -i 255 -h $name -p 443
nss-dtls          1 dtls:d2:                       tstclnt -D -o -Q -P client -V tls1.2:tls1.2 -h $name -p 4433
nss-dtls13        1 dtls:00:                       tstclnt -D -o -Q -P client -V tls1.3:tls1.3 -h $name -p 4433
curl-http2prior   1 http                           curl -s --http2-prior-knowledge http://$name/
curl-http         1 http                           curl -s http://$name/
curl-http-ipv6    6 http                           curl -s http://$name/
curl-absolute     1 http                           curl -s -x http://$at:8080 http://$name/
curl-tunnel       1 connect+http                   curl -s -p -x http://$at:8080 http://$name/
curl-connect      1 connect+http+tls:13:h2,http/1.1 curl -sk -x http://$at:8080 https://$name/
curl-socks4a      1 socks+tls:13:h2,http/1.1       curl -sk -x socks4a://$at https://$name/
curl-socks5h      1 socks+tls:13:h2,http/1.1       curl -sk -x socks5h://$at https://$name/
curl-socks5h-http 1 http+socks                     curl -s -x socks5h://$at http://$name/
curl-https        1 tls:13:h2,http/1.1             curl -sk https://$name/
curl-http11       1 tls:13:http/1.1                curl -sk --http1.1 https://$name/
curl-tls12        1 tls:12:h2,http/1.1             curl -sk --tls-max 1.2 https://$name/
curl-frames       2 tls:13:h2,http/1.1:frames      curl -sk https://$name/
curl-doh          1 tls_nosni:13:h2,http/1.1       curl -sk --doh-insecure --doh-url https://$host/dns-query https://$name.not.in.hosts.test/
wget-http         1 http                           wget -qO- -t1 http://$name/
wget-https        1 tls:13:                        wget -qO- -t1 --no-check-certificate https://$name/
python            1 tls:13:                        /usr/bin/python3 -c 'import ssl, sys, urllib.request as r; r.urlopen(sys.argv[1], context=ssl._create_unverified_context())' https://$name/
node              1 tls:13:                        node -e 'require("https").get({host: process.env.name, rejectUnauthorized: false}).on("error", () => 0)'
node-http2        1 tls:13:h2                      node -e 'require("http2").connect("https://" + process.env.name, {rejectUnauthorized: false}).on("error", () => 0)'
node-fetch        1 tls:13:http/1.1                env NODE_TLS_REJECT_UNAUTHORIZED=0 node -e 'fetch("https://" + process.env.name)'
dig               1 addr+dns+dns_r                 dig +tries=1 @$at $name
dig-noedns        1 addr+dns+dns_r                 dig +tries=1 +noedns @$at $name
dig-ipv6          6 dns+dns_r                      dig +tries=1 @$at $name HTTPS
dig-tcp           1 addr+dns+dns_r                 dig +tries=1 +tcp @$at $name
dig-frames        2 addr+dns+dns_r                 dig +tries=1 +ednsopt=100:$(printf %01400d 0) @$at $name
dig-tls           1 tls_nosni:13:dot               dig +tries=1 +tls @$at $name
dig-https         1 tls_nosni:13:h2                dig +tries=1 +https @$at $name
delv              1 addr+dns+dns_r                 delv -i @$at $name A
kdig              1 addr+dns+dns_r                 kdig +retry=0 @$at $name
kdig-tls          1 tls:13:dot                     kdig +retry=0 +tls +tls-hostname=$name @$at $name
kdig-https        1 tls:13:h2                      kdig +retry=0 +https +tls-hostname=$name @$at $name
kdig-quic         1 quic:13:doq,doq-i12,doq-i11,doq-i03 kdig +retry=0 +timeout=1 +tls-hostname=$name +quic @$at $name
chromium          1 tls:13:h2,http/1.1:ech:frames  $browser --host-resolver-rules="MAP $name $at" https://$name/
chromium-frames   2 tls:13:h2,http/1.1:ech:frames  $browser --host-resolver-rules="MAP $name $at" https://$name/
chromium-proxy    1 connect+http+tls:13:h2,http/1.1:ech:frames $browser --proxy-server=http://$at:8080 https://$name/
chromium-http     1 http                           $browser --host-resolver-rules="MAP $name $at" http://$name/
chromium-quic     1 quic:13:h3:ech:frames          $browser --host-resolver-rules="MAP $name $at" --enable-quic --origin-to-force-quic-on=$name:443 https://$name/
END
}
browser='chromium-headless-shell --no-sandbox --disable-gpu --disable-background-networking --ignore-certificate-errors --dump-dom'

unset http_proxy https_proxy ftp_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
client=c2w$$-client server=c2w$$-server
pids=
clean_up() {
	for pid in $pids $(cat "$scratch"/pid.* 2>/dev/null); do
		kill "$pid" 2>/dev/null
	done
	for namespace in $client $server; do
		ip netns del $namespace 2>/dev/null
	done
}

# The server is at home at every address of three networks. With gso_max_segs the kernel cuts segments itself, so that frames are those of a wire.
network_up() {
	ip netns add $client && ip netns add $server && ip link add wire0 netns $client type veth peer name wire0 netns $server || return 1
	for namespace in $client $server; do
		ip -n $namespace link set lo up && ip -n $namespace link set wire0 gso_max_segs 1 up || return 1
	done
	ip -n $client addr add 10.66.0.10/24 dev wire0 && ip -n $server addr add 10.66.0.1/24 dev wire0 || return 1
	ip -n $client addr add fd66::10/64 dev wire0 nodad && ip -n $server addr add fd66::1/64 dev wire0 nodad || return 1
	ip -n $server route add local 10.66.1.0/24 dev lo && ip -n $client route add 10.66.1.0/24 via 10.66.0.1 || return 1
	ip -n $server route add local 10.66.2.0/24 dev lo && ip -n $client route add 10.66.2.0/24 via 10.66.0.1 mtu lock 400 || return 1
	ip -n $server route add local fd66:6::/64 dev lo && ip -n $client route add fd66:6::/64 via fd66::1
}
network_up 2>"$scratch/why" || tap_skip_all "no network namespaces here: $(head -n 1 "$scratch/why")"

# --- names, the server, the sensor, and tcpdump beside it
clients | awk -v feed="$scratch/feed" '{ print ($2 == 6 ? "fd66:6::" : "10.66." $2 ".") NR, $1 ".hello.example"; print "=" $1 ".hello.example" >feed }' >"$scratch/hosts"
chmod 644 "$scratch/feed"
printf 'GET / HTTP/1.0\r\n\r\n' >"$scratch/get"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/key" -out "$scratch/cert" -days 2 -subj /CN=server.hello.example 2>/dev/null
ip netns exec $server "$top/tests/live/hello_server.py" "$scratch/cert" "$scratch/key" >"$scratch/server" 2>&1 &
server_pid=$!
ip netns exec $server tcpdump -Z root -U --immediate-mode -s 2048 -B 16384 -i wire0 -w "$scratch/pcap" 2>"$scratch/tcpdump" &
tcpdump_pid=$!
ip netns exec $server "$c2watch" -i wire0 -u nobody -f "$scratch/feed" --observe -o "$scratch/hits" >"$scratch/seen" 2>"$scratch/said" &
c2watch_pid=$!
pids="$server_pid $tcpdump_pid $c2watch_pid"
are_ready() {
	grep -q serving "$scratch/server" && grep -q 'listening on' "$scratch/tcpdump" && grep -q 'watching 1 interface' "$scratch/said"
}
tap_wait 10 are_ready
tap_ok $? 'the server serves, c2watch watches'

# --- the clients, in a few lanes, and a last question: once that is seen all is
speak() {
	at=$1 name=$2
	case $at in
	*:*) host="[$at]" ;;
	*) host=$at ;;
	esac
	export at name host scratch browser
	timeout 20 ip netns exec $client sh -c "mount --bind '$scratch/hosts' /etc/hosts && export HOME='$scratch' && $3" \
		</dev/null >"$scratch/out.${name%%.*}" 2>&1 &
	echo $! >"$scratch/pid.${name%%.*}"
	wait $!
	spoken=$?
	rm -f "$scratch/pid.${name%%.*}"
	return $spoken
}
program_of() {
	case $1 in
	gnutls*) echo gnutls-cli ;;
	nss*) echo tstclnt ;;
	python*) echo /usr/bin/python3 ;;
	chromium*) echo chromium-headless-shell ;;
	*) echo "${1%%-*}" ;;
	esac
}
: >"$scratch/started"
: >"$scratch/missing"
clients | while read -r label rest; do
	if command -v "$(program_of "$label")" >/dev/null; then
		echo "$label $rest" >>"$scratch/started"
	else
		echo "$label $(program_of "$label")" >>"$scratch/missing"
	fi
done
# lane N: every third client, and all browsers in one of their own.
lane() {
	lane_n=0
	while read -r label _ _ command; do
		lane_n=$((lane_n + 1))
		case $label in
		chromium*) [ "$1" -eq 3 ] || continue ;;
		*) [ "$1" -eq $((lane_n % 3)) ] || continue ;;
		esac
		address=$(sed -n "s/ $label\.hello\.example$//p" "$scratch/hosts")
		speak "$address" "$label.hello.example" "$command"
		spoken=$?
		# A browser on a busy machine may not come as far as its first packet, or not to its end in time.
		case $label in
		chromium*) [ $spoken -ne 124 ] && grep -q "$label\.hello" "$scratch/seen" || speak "$address" "$label.hello.example" "$command" ;;
		esac
	done <"$scratch/started"
}
lanes=
for n in 0 1 2 3; do
	lane $n &
	lanes="$lanes $!"
done
# shellcheck disable=SC2086 # process ids
wait $lanes
ip netns exec $client dig +short +tries=5 @10.66.0.1 last.hello.example >/dev/null
is_last_seen() {
	grep -q '"addr".*last\.hello' "$scratch/seen" && [ "$(tcpdump -r "$scratch/pcap" -nn udp port 53 and host 10.66.0.1 2>/dev/null | wc -l)" -ge 2 ]
}
tap_wait 10 is_last_seen
tap_ok $? 'all is seen'
kill -INT $tcpdump_pid
kill -TERM $c2watch_pid
wait $tcpdump_pid
wait $c2watch_pid
status=$?
pids=$server_pid
tap_is $status 0 'c2watch ends well'
tap_is "$(grep -o ' dropped=[0-9]*\| missed=[0-9]*' "$scratch/said" | tail -n 2 | tr -d '\n')" ' dropped=0 missed=0' 'and has missed nothing'
tap_is "$(sed -n 's/ packets dropped by kernel//p' "$scratch/tcpdump")" 0 'nor has tcpdump'

# --- what was seen
tap_try 'the capture is read a second way' sh -c '"$1" "$2" >"$3"' sh "$top/tests/live/hello_reader.py" "$scratch/pcap" "$scratch/read"
"$c2watch" -q -r "$scratch/pcap" -f "$scratch/feed" --observe -o none >"$scratch/replayed" 2>"$scratch/said.replay"
for file in seen replayed; do
	sed 's/"ts":"[^"]*",//' "$scratch/$file" | LC_ALL=C sort >"$scratch/$file.sorted"
done
tap_try 'c2watch sees the same in the capture as live' diff "$scratch/seen.sorted" "$scratch/replayed.sorted"
tap_try 'and verdicts are made' sh -c '"$@" >"$0"' "$scratch/verdicts" "$top/tests/live/hello_verdicts.py" "$scratch/started" "$scratch/hosts" "$scratch/read" \
	"$scratch/seen" "$scratch/hits"
while IFS='|' read -r got wanted what; do
	tap_is "$got" "$wanted" "$what"
done <"$scratch/verdicts"
while read -r label program; do
	tap_skip "$label" "$program is not installed"
done <"$scratch/missing"
tap_end
