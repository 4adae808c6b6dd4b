#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The bundled capture: its generator writes the same octets again, and c2watch finds in it what it should, by the 3CX feed.
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
. "$top/tests/tap.sh"
c2watch=${C2WATCH_BIN:-src/tools}/c2watch
python=${PYTHON:-/usr/bin/python3}
tap_scratch

regenerated() {
	"$python" -B "$top/tests/scenario/make.py" "$scratch/scenario.pcap" && cmp "$scratch/scenario.pcap" "$top/tests/scenario/scenario.pcap" || return 1
	"$python" -B "$top/tests/golden/make.py" "$scratch/golden" || return 1
	for capture in "$scratch"/golden/*/in.pcap; do
		cmp "$capture" "$top/tests/golden/${capture#"$scratch/golden/"}" || return 1
	done
}

if "$python" -B -c 'import scapy' 2>/dev/null; then
	tap_try 'the generators write the same octets' regenerated
else
	tap_skip 'the generators write the same octets' 'scapy is not installed'
fi

"$c2watch" -q -n scenario -r "$top/tests/scenario/scenario.pcap" -f "$top/feeds/3cx.feed" >"$scratch/hits" 2>"$scratch/said"
tap_is $? 0 'exit status'
if command -v jq >/dev/null; then
	jq -r '[."@timestamp"[11:19], .event.action, .host.name // .source.ip, .source.mac // "-", .network.vlan.id // "-", .threat.indicator.name,
		.c2watch.incident.outcome, "\(.c2watch.incident.count)"] | join(" ")' "$scratch/hits" >"$scratch/got"
	tap_try 'who asked for what, and how far it got' diff -u "$top/tests/scenario/expect.txt" "$scratch/got"
	jq -r '"  " + ."@timestamp"[11:19] + "  " + .message' "$scratch/hits" >"$scratch/got"
	sed -n 's/^  [0-9:]\{8\}  .*/&/p' "$top/README.md" >"$scratch/wanted"
	tap_try 'README.md shows what there is' diff -u "$scratch/wanted" "$scratch/got"
	tap_is "$(jq -r .event.id "$scratch/hits" | sort -u | wc -l)" "$(wc -l <"$scratch/hits")" 'every record has its own id'
else
	tap_skip 'who asked for what, and how far it got' 'jq is not installed'
fi
tap_is "$(grep -c -e evil -e x-akamai -e notsbmsa "$scratch/hits")" 0 'look-alikes are none'
tap_is "$(LC_ALL=C grep -c '[^ -~]' "$scratch/hits")" 0 'nothing but printable ASCII'
tap_end
