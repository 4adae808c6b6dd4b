#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tree keeps to src/FLOORS and has no include cycle; and the checker finds what breaks either.
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
. "$top/tests/tap.sh"
tap_scratch

plant() {
	rm -rf "$scratch/tree"
	mkdir "$scratch/tree"
	cp -R "$top/src" "$top/include" "$scratch/tree"
	chmod -R u+w "$scratch/tree"
	cd "$scratch/tree" || exit 1
}

# finds WHAT NAME: the checker complains of it, and of nothing else.
finds() {
	said=$("$top/contrib/check/floors" "$scratch/tree")
	failed=$?
	[ $failed -ne 0 ] && [ "$(printf '%s\n' "$said" | wc -l)" -eq 1 ] && printf '%s\n' "$said" | grep -q "$1"
	tap_ok $? "$2"
	[ "$tap_failed" -eq 0 ] || printf '%s\n' "$said" | tap_quote
}

tap_try 'the tree keeps to its floors, without a cycle' "$top/contrib/check/floors" "$top"

plant
sed -i '1a #include "app/config.h"' src/wire/dns.c
finds 'wire includes app, which is above it' 'an arrow that goes up'

plant
sed -i '1a #include "net/walk.h"' src/wire/dns.c
finds 'wire includes net, which is its neighbour' 'an arrow to a neighbour'

plant
sed -i '1a #include <c2watch/domset.h>' src/wire/dns.c
finds 'wire includes match' 'an arrow to a neighbour by its public header'

plant
printf '#include "base/log.h"\n' >>src/base/pool.h
printf '#include "base/siphash.h"\n' >>src/base/log.h
printf '#include "base/pool.h"\n' >>src/base/siphash.h
finds 'include cycle: src/base/.* -> src/base/.* -> src/base/.* -> ' 'a cycle of three'

plant
printf '#include "base/log.h"\n' >>src/base/log.h
finds 'include cycle: src/base/log.h -> src/base/log.h' 'a header that includes itself'

plant
sed -i '1a #include <hiredis/hiredis.h>' src/app/config.c
finds 'hiredis/hiredis.h is not for app' 'a library in a room that is not its user'

plant
sed -i '1a #include <time.h>' src/wire/dns.c
finds 'time.h in a pure room' 'a clock in a pure room'

plant
mkdir src/attic
printf '/* a room of no floor */\n' >src/attic/trunk.c
finds 'room "attic" is on no floor' 'a room that FLOORS does not know'

plant
sed -i '1a #include "wire/nothing.h"' src/wire/dns.c
finds 'no such file' 'a header that is not there'
tap_end
