#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The module in examples/, which vendors the library, says the same as /proc.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

# said PATTERN: print what the `\(…\)` in PATTERN matches in the log.
said() {
	sed -n "s/^symbol_stats: $1\$/\\1/p" /tmp/log
}

# processes: count the processes, without starting one.
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
# insmod is one more, and kernel threads start and end at any time.
counted=$(said '\([0-9]*\) processes, .*')
check "nr_processes() counts as /proc does ($before, $counted, $processes)" \
	test "$counted" -ge $((before - 3)) -a "$counted" -le $((processes + 4))
now=$(said '.* \([0-9]*\) context switches, .*')
check "nr_context_switches() counts as /proc/stat does" \
	test "$switches" -lt "$now" -a "$now" -le "$(sed -n 's/^ctxt //p' /proc/stat)"
equal "get_taint() reads /proc/sys/kernel/tainted" \
	"$(said '.* tainted \([0-9]*\)')" "$(cat /proc/sys/kernel/tainted)"
# It counts its own init symbols, too, which are freed after loading: leave its own symbols out.
equal "the numbers of symbols of each kind add up to all symbols" \
	"$(sed -n 's/^symbol_stats: \([0-9]*\) symbols are .*/\1/p' /tmp/log |
		awk -v own="$(said 'symbol_stats has \([0-9]*\) symbols')" '{ n += $1 } END { print n - own }')" \
	"$(grep -c -v '\[\(bpf\|__builtin__ftrace\|__builtin__kprobes\|symbol_stats\)\]$' /proc/kallsyms)"
for module in dummy xfs nf_tables; do
	equal "$module has as many symbols as /proc/kallsyms says" \
		"$(said "$module has \\([0-9]*\\) symbols")" "$(grep -c "\[$module\]\$" /proc/kallsyms)"
done
check "it can be removed" rmmod symbol_stats

tap_end
