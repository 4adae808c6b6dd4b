#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Captures and what is to be seen in them: tests/golden/<trouble>/ holds in.pcap, args (the options that follow `-r in.pcap`), expect.ndjson, and the exit
# status where it is not 0. Only what may differ from run to run is left out of the comparison: the record's id, when it was made, by which
# version on which machine.
. "${srcdir:-$(dirname "$0")/..}/tests/tap.sh"
tap_need jq
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
c2watch=$(cd "${C2WATCH_BIN:-src/tools}" && pwd)/c2watch
tap_scratch

# Order of keys and spaces are not the record's; everything else is. Counters that are 0 go without saying.
plain() {
	jq -cS 'del(.event.id?, .event.created?, .observer.hostname?, .observer.version?) |
		if .c2watch.coverage? then .c2watch.coverage |= with_entries(select(.value != 0)) else . end' "$1"
}

golden_run() {
	status=0
	[ ! -f status ] || status=$(cat status)
	# shellcheck disable=SC2046 # words
	"$c2watch" -q -n golden -f ../names.feed -r in.pcap $(cat args) >"$scratch/got" 2>"$scratch/said"
	is=$?
	plain expect.ndjson >"$scratch/wanted.plain" && plain "$scratch/got" >"$scratch/got.plain" || return 1
	if ! diff -u "$scratch/wanted.plain" "$scratch/got.plain" || [ "$is" -ne "$status" ]; then
		echo "exit status $is, wanted $status"
		cat "$scratch/said"
		return 1
	fi
}

for folder in "$top"/tests/golden/*/; do
	cd "$folder" && tap_try "$(basename "$folder")" golden_run
done
tap_end
