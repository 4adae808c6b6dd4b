# SPDX-License-Identifier: Apache-2.0
# The test anything protocol for shell tests: `. tests/tap.sh`, then tap_ok, tap_is, ... and tap_end at the end.
tap_n=0
tap_failed=0

# How a test leaves things behind it, whatever it ends by: one that has more to do than its folder has a clean_up of its own.
clean_up() {
	:
}

# tap_scratch: makes a folder, $scratch, for as long as the test runs.
tap_scratch() {
	scratch=$(mktemp -d)
	trap 'clean_up; rm -rf "$scratch"' EXIT
	trap 'exit 1' INT TERM HUP PIPE
}

# tap_ok STATUS NAME: passed when STATUS is 0.
tap_ok() {
	tap_n=$((tap_n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_n - $2"
	else
		echo "not ok $tap_n - $2"
		tap_failed=$((tap_failed + 1))
	fi
}

# tap_is GOT WANTED NAME
tap_is() {
	if [ "$1" = "$2" ]; then
		tap_ok 0 "$3"
	else
		tap_ok 1 "$3"
		printf 'got:    %s\nwanted: %s\n' "$1" "$2" | tap_quote
	fi
}

# tap_try NAME COMMAND...: passed when COMMAND succeeds; what it says is shown when it does not.
tap_try() {
	tap_name=$1
	shift
	if tap_said=$("$@" 2>&1); then
		tap_ok 0 "$tap_name"
	else
		tap_ok 1 "$tap_name"
		printf '%s\n' "$tap_said" | tap_quote
	fi
}

# Standard input as TAP comments, at most 40 lines of it.
tap_quote() {
	sed -n 's/^/# /; 1,40p'
}

# tap_skip NAME WHY
tap_skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

# tap_skip_all WHY: the whole file.
tap_skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# tap_need PROGRAM...: skips the whole file when one is missing.
tap_need() {
	for tap_program; do
		command -v "$tap_program" >/dev/null || tap_skip_all "$tap_program is not installed"
	done
}

tap_end() {
	echo "1..$tap_n"
	[ "$tap_failed" -eq 0 ]
	exit
}

# tap_wait SECONDS COMMAND...: until COMMAND succeeds, for at most so long.
tap_wait() {
	tap_left=$(($1 * 20))
	shift
	while ! "$@"; do
		tap_left=$((tap_left - 1))
		[ "$tap_left" -gt 0 ] || return 1
		sleep 0.05
	done
}
