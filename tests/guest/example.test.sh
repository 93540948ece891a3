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

# prints MODULE LINE: it has logged this line, when it was loaded last.
# shellcheck disable=SC2317 # `check` calls it
prints() { grep -x "$1: $2" /tmp/log; }

insmod ./each_symbol.ko && rmmod each_symbol
check "each_symbol loads" log insmod ./each_symbol.ko
vmlinux=$(grep -c -v '\]$' /proc/kallsyms)
check "it counts all symbols" prints each_symbol "$vmlinux symbols, [0-9]* of them functions"
check "and the module's own" prints each_symbol "this module has [0-9]* symbols"
check "and stops early" prints each_symbol "tcp_sendmsg was found: true"

check "lookup_name loads" log insmod ./lookup_name.ko
check "it calls int_sqrt()" prints lookup_name "int_sqrt(144) = 12"
rmmod lookup_name
check "a function that is not there is an error" log sh -c "! insmod ./lookup_name.ko sym_name=int_square"
check "that names it" prints lookup_name "int_square: no such symbol"
check "one of another prototype is an error" log sh -c "! insmod ./lookup_name.ko sym_name=msleep"
check "that shows both" prints lookup_name \
	"msleep: the kernel has .void msleep(unsigned int msecs)., not .fn(u64) -> u64."

check "integrity loads" log insmod ./integrity.ko
check "no system call leads elsewhere" prints integrity "of [0-9]* system calls 0 lead elsewhere"
check "no module is hidden" prints integrity "of [0-9]* pages [1-9][0-9]* are of modules, 0 of modules that are not on the list"

check "page_reader loads" log insmod ./page_reader.ko
if [ "$(uname -m)" = x86_64 ]; then
	check "it reads the memory" prints page_reader "[0-9]* pages: [1-9][0-9]* are zero, [1-9][0-9]* are not, [0-9]* cannot be read"
	kib=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
	pages=$(sed -n 's/^page_reader: \([0-9]*\) pages: .*/\1/p' /tmp/log)
	check "most of it is memory that the kernel knows" test $((pages * 4)) -ge "$kib"
else
	check "it has nothing to read" prints page_reader "this architecture has its memory elsewhere"
fi
check "the examples can be removed" rmmod each_symbol integrity page_reader

tap_end
