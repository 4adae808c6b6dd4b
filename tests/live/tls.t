#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Redis over TLS: delivered to whom it should be, to nobody else, and each refusal says why in one line.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/tap.sh"
tap_need redis-server redis-cli openssl jq python3
redis-server --tls-port 0 --port 0 --bad-option 2>&1 | grep -q "'bad-option" || tap_skip_all 'this redis-server has no TLS'
c2watch=$(cd "${C2WATCH_BIN:-src/tools}" && pwd)/c2watch
python=${PYTHON:-/usr/bin/python3}
scenario=$top/tests/scenario/scenario.pcap
tap_scratch
stranger_pid=
c2watch_pid=
. "$top/tests/live/redis.sh"
stranger_end() {
	[ -n "$stranger_pid" ] || return 0
	kill "$stranger_pid" 2>/dev/null
	wait "$stranger_pid" 2>/dev/null
	stranger_pid=
}
clean_up() {
	[ -z "$c2watch_pid" ] || kill -9 "$c2watch_pid" 2>/dev/null
	stranger_end
	redis_kill
}
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# --- certificates
# key NAME: a key, and a request for a certificate.
key() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.request" -subj "/CN=$1"
}
# issue NAME REQUEST AUTHORITY FROM TO EXTENSIONS: a certificate, NAME.pem; an authority of its own name signs itself.
issue() {
	printf '%s\n' "$6" >extensions
	sign=-selfsign
	[ "$1" = "$3" ] || sign="-cert $3.pem"
	: >index
	# shellcheck disable=SC2086 # words
	openssl ca -batch -notext -config ca.conf $sign -keyfile "$3.key" -in "$2.request" -out "$1.pem" -startdate "$4" -enddate "$5" -extfile extensions
}
certificates() {
	cd "$scratch" || return 1
	printf '%s\n' '[ca]' 'default_ca = it' '[it]' 'database = index' 'new_certs_dir = .' 'rand_serial = yes' 'default_md = sha256' \
		'unique_subject = no' 'policy = any' '[any]' 'commonName = supplied' >ca.conf
	past=20200101000000Z
	over=20200201000000Z
	later=21200101000000Z
	end=21300101000000Z
	authority='basicConstraints = critical, CA:true'
	names='subjectAltName = DNS:localhost, DNS:redis.example, IP:127.0.0.1'
	for name in ca other old server client; do
		key $name || return 1
	done
	issue ca ca ca $past $end "$authority" && issue other other other $past $end "$authority" && issue old old old $past $over "$authority" &&
		issue server server ca $past $end "$names" && issue expired server ca $past $over "$names" &&
		issue early server ca $later $end "$names" && issue named server ca $past $end 'subjectAltName = DNS:redis.example' &&
		issue client client ca $past $end 'extendedKeyUsage = clientAuth' && issue stranger client other $past $end 'extendedKeyUsage = clientAuth' &&
		openssl pkey -in client.key -aes256 -passout pass:secret -out sealed.key
}
tap_try 'certificates' certificates
cd "$scratch" || exit 1

# --- servers
# serve CERTIFICATE OPTION...: Redis with TLS on $port.
serve() {
	certificate=$1
	shift
	redis_start --tls-port "$port" --bind 127.0.0.1 --tls-cert-file "$certificate.pem" --tls-key-file server.key --tls-ca-cert-file ca.pem \
		--tls-auth-clients no "$@"
}
# stranger PORT HOW [TO]: something else.
stranger() {
	: >stranger.log
	"$python" -B "$top/tests/live/tls_stranger.py" "$@" >>stranger.log 2>&1 3>&- &
	stranger_pid=$!
	tap_wait 5 grep -q ready stranger.log
}
url=rediss://localhost:$port
runs=0
# send OPTION...: what the scenario holds, as a sensor of its own.
send() {
	runs=$((runs + 1))
	"$c2watch" -v -n "s$runs" -f "$top/feeds/3cx.feed" -r "$scenario" -o "$url" --spool spool --drain 20 "$@" 2>said
}
entries() {
	redis_cli XLEN "c2watch:{$1}:hits"
}
# arrives NAME OPTION...
arrives() {
	name=$1
	shift
	send "$@"
	tap_is "$?, $(entries s$runs)" '0, 8' "$name"
}
# refused NAME REASON OPTION...: the reason, a regular expression, is told, and nothing arrives.
refused() {
	name=$1
	reason=$2
	shift 2
	runs=$((runs + 1))
	"$c2watch" -n "s$runs" -f "$top/feeds/3cx.feed" -r "$scenario" -o "$url" --spool spool --drain 20 "$@" 2>said &
	c2watch_pid=$!
	told="^c2watch: redis $url: $reason; hits wait in spool/s$runs\$"
	tap_wait 20 grep -q "$told" said
	kill $c2watch_pid
	wait $c2watch_pid 2>/dev/null
	c2watch_pid=
	there=0
	[ -z "$redis_pid" ] || there=$(entries s$runs)
	[ "$there" -eq 0 ] && grep -q "$told" said
	tap_ok $? "$name"
	grep -q "$told" said || tap_quote <said
}

# --- whom it is delivered to
serve server
tap_ok $? 'redis-server with TLS is up'
arrives 'a name' --tls-ca ca.pem
arrives 'another name, by --tls-name' --tls-ca ca.pem --tls-name redis.example.
arrives "the server's own certificate as its authority" --tls-ca server.pem
arrives 'two of them at once' --tls-ca ca.pem -o "rediss://127.0.0.1:$port/1"
tap_is "$(redis_cli -n 1 XLEN "c2watch:{s$runs}:hits")" 8 'the other one has all, too'
refused 'a name that is not its' "the server's certificate is not for wrong.example" --tls-ca ca.pem --tls-name wrong.example
refused 'an authority that is not its' "the server's certificate is of no authority in other.pem: self-signed certificate in certificate chain" --tls-ca other.pem
refused 'no authority but the system has it' \
	"the server's certificate is of no authority in the system's store: self-signed certificate in certificate chain"
url=rediss://127.0.0.1:$port
arrives 'an address' --tls-ca ca.pem
refused 'an address that is not its' "the server's certificate is not for 127.0.0.2" --tls-ca ca.pem --tls-name 127.0.0.2
url=redis://127.0.0.1:$port
refused 'without TLS to a server that wants it' 'the connection was closed before an answer: does the server want TLS (rediss://)?'
url=rediss://localhost:$port

# replaced CERTIFICATE OPTION...
replaced() {
	redis_kill
	serve "$@"
}
replaced expired
refused 'a certificate that has expired' "the server's certificate is refused: certificate has expired" --tls-ca ca.pem
replaced early
refused 'one that is not valid yet' "the server's certificate is refused: certificate is not yet valid" --tls-ca ca.pem
replaced named
refused 'one for another name' "the server's certificate is not for localhost" --tls-ca ca.pem
"$c2watch" -n old -f "$top/feeds/3cx.feed" -r "$scenario" -o "$url" --spool spool --drain 2 --tls-ca old.pem 2>said
tap_is "$?, $(grep -c '^c2watch: TLS: old.pem: expired on 2020-02-01$' said), $(grep -c '; hits wait in ' said)" '3, 1, 1' \
	'an authority that has expired is told at the start; and a refusal once, however often it is tried'
replaced server --tls-protocols TLSv1.1 --tls-ciphers DEFAULT:@SECLEVEL=0
refused 'a server that speaks TLS 1.1' 'the server speaks no TLS 1.2 or newer' --tls-ca ca.pem
redis_kill
redis_start --port "$port" --bind 127.0.0.1
refused 'a server that speaks no TLS' 'no answer to the TLS handshake: does the server speak TLS?' --tls-ca ca.pem

for version in 1.2 1.3; do
	alert=$([ $version = 1.2 ] && echo 'sslv3 alert handshake failure' || echo 'tlsv13 alert certificate required')
	replaced server --tls-protocols "TLSv$version" --tls-auth-clients yes
	arrives "TLS $version, with a client's certificate" --tls-ca ca.pem --tls-cert client.pem --tls-key client.key
	tap_is "$(grep -cF "$(sed -n 2p client.key)" said)" 0 'its key is in no line that is logged'
	refused "TLS $version, without the one that is wanted" \
		"the server refuses us: $alert; it wants a client's certificate: --tls-cert and --tls-key" --tls-ca ca.pem
	refused "TLS $version, with another authority's" 'the server refuses us: tlsv1 alert unknown ca' --tls-ca ca.pem --tls-cert stranger.pem --tls-key client.key
done
redis_kill

# --- who is no server at all
while IFS='|' read -r how reason; do
	stranger "$port" "$how"
	refused "a stranger: $how" "$reason" --tls-ca ca.pem
	stranger_end
done <<'END'
silent|no answer to the TLS handshake: does the server speak TLS?
half|no answer to the TLS handshake: does the server speak TLS?
alert|the server refuses us: sslv3 alert handshake failure
hangup|the server closed the connection in the TLS handshake
END
stranger "$port" garbage
refused 'a stranger: garbage' '.*TLS.*' --tls-ca ca.pem
stranger_end

# --- and back again
mkfifo input
# sensor URL: takes its capture from descriptor 3, in the background.
sensor() {
	"$c2watch" -n "$1" -f "$top/feeds/3cx.feed" -r - -o "$2" -o "$1.ndjson" --tls-ca ca.pem --spool spool --drain 60 <input 2>said &
	c2watch_pid=$!
	exec 3>input
}
sensor_end() {
	exec 3>&-
	wait "$c2watch_pid"
	status=$?
	c2watch_pid=
	return $status
}
has() {
	[ "$(entries "$1" 2>/dev/null || echo 0)" -ge "$2" ]
}
# once NAME: are the records in the file, and only they, in the stream, in the same order?
once() {
	redis_cli --json XRANGE "c2watch:{$1}:hits" - + | jq -r '.[][1] | . as $fields | index("json") as $i | $fields[$i + 1]' >"$1.stream"
	cmp "$1.stream" "$1.ndjson"
}
serve expired
sensor again "$url"
cat "$scenario" >&3
tap_wait 10 grep -q 'certificate has expired' said
tap_ok $? 'a server whose certificate has expired while it is watched'
replaced server
tap_wait 10 has again 7
tap_ok $? 'hits that waited arrive when it has a new one'
sensor_end
tap_is "$?, $(grep -c '^c2watch: redis .*: connected$' said)" '0, 1' 'all of them'
tap_try 'each once, in order' once again

n=5000
[ -z "$C2WATCH_FAST" ] || n=1000
"$python" -B "$top/tests/live/crowd.py" $n msstorageazure.com >crowd.pcap
half=$(($(wc -c <crowd.pcap) / 2))
sensor killed "$url"
head -c $half crowd.pcap >&3
tap_wait 10 has killed 100
tap_ok $? 'hits arrive while the capture is being read'
tail -c +$((half + 1)) crowd.pcap >&3 &
feeder=$!
redis_kill
sleep 0.5
serve server
wait $feeder
sensor_end
tap_is "$?, $(wc -l <killed.ndjson)" "0, $n" 'kill -9 of the server among them, and its return'
tap_try 'each is there once, in order' once killed

proxy_port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
stranger "$proxy_port" cut "$port"
sensor cut "rediss://127.0.0.1:$proxy_port"
cat crowd.pcap >&3
sensor_end
tap_is "$?, $(wc -l <cut.ndjson)" "0, $n" 'connections that are cut anywhere'
tap_try 'each is there once, in order' once cut
tap_is "$([ "$(tail -n 1 stranger.log)" -ge 5 ] && echo often)" often 'which were several'
tap_end
