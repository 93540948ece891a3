#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The module in examples/, which vendors the library, says what /proc says.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

# said PATTERN: what stands in place of the `\(…\)` in a line of the log.
said() {
	sed -n "s/^symbol_stats: $1\$/\\1/p" /tmp/log
}

# processes: counts them without making one.
processes() {
	set -- /proc/[0-9]*
	processes=$#
}

modprobe -a dummy xfs nf_tables
insmod ./symbol_stats.ko && rmmod symbol_stats
processes
before=$processes
switches=$(sed -n 's/^ctxt //p' /proc/stat)
check "it loads" log insmod ./symbol_stats.ko
processes
# insmod is one more, and kernel threads come and go as they like.
counted=$(said '\([0-9]*\) processes, .*')
check "nr_processes() counts as /proc does ($before, $counted, $processes)" \
	test "$counted" -ge $((before - 3)) -a "$counted" -le $((processes + 4))
now=$(said '.* \([0-9]*\) context switches, .*')
check "nr_context_switches() counts as /proc/stat does" \
	test "$switches" -lt "$now" -a "$now" -le "$(sed -n 's/^ctxt //p' /proc/stat)"
equal "get_taint() reads /proc/sys/kernel/tainted" \
	"$(said '.* tainted \([0-9]*\)')" "$(cat /proc/sys/kernel/tainted)"
# What it counts of itself includes what is freed when it has been loaded.
equal "the symbols of all kinds are all symbols" \
	"$(sed -n 's/^symbol_stats: \([0-9]*\) symbols are .*/\1/p' /tmp/log |
		awk -v own="$(said 'symbol_stats has \([0-9]*\) symbols')" '{ n += $1 } END { print n - own }')" \
	"$(grep -c -v '\[\(bpf\|__builtin__ftrace\|__builtin__kprobes\|symbol_stats\)\]$' /proc/kallsyms)"
for module in dummy xfs nf_tables; do
	equal "$module has as many as /proc/kallsyms says" \
		"$(said "$module has \\([0-9]*\\) symbols")" "$(grep -c "\[$module\]\$" /proc/kallsyms)"
done
check "it can be removed" rmmod symbol_stats

tap_end
