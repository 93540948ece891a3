#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# clock: instructions
#
# What operations cost, compared with the same in C: a short form of `make bench`.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

SHORT=1 sh ./bench.sh >/tmp/rows
while IFS='|' read -r what theirs ours ratio limit verdict; do
	equal "$what: $ours ms / $theirs ms = $ratio, at most $limit" "$verdict" ok
done </tmp/rows
check "there are $(wc -l </tmp/rows) rows" test "$(wc -l </tmp/rows)" -ge 18

tap_end
