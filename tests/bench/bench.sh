#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The measurements, in a guest whose clock counts instructions. Each operation is done as a C
# programmer or a user would do it, and as this module does it. Prints a line for each: the
# operation, the milliseconds that either takes, their ratio, the ratio's limit, and the verdict.
#
# With SHORT=1 in the environment, only those that take seconds are made; without, they are repeated
# with hundreds of modules loaded.

rust=/sys/kernel/debug/bench_rust/do
c=/sys/kernel/debug/bench_c
files=/sys/kernel/debug/rust_kallsyms
failed=0

# row WHAT THEIRS OURS LIMIT
row() {
	awk -v what="$1" -v theirs="$2" -v ours="$3" -v limit="$4" 'BEGIN {
		if (!(theirs > 0 && ours > 0)) {
			printf "%s|%s|%s|-|%s|not measured\n", what, theirs, ours, limit
			exit 1
		}
		ratio = ours / theirs
		printf "%s|%.4f|%.4f|%.3f|%s|%s\n", what, theirs / 1e6, ours / 1e6, ratio, limit,
			(ratio > limit) ? "EXCEEDED" : "ok"
		exit (ratio > limit)
	}' || failed=1
}

# within WHAT MS OURS: print a row for what has no peer, and must not take more than MS.
within() {
	row "$1 / its limit" "$(awk -v ms="$2" 'BEGIN { print ms * 1e6 }')" "$3" 1
}

# ask FILE TEXT: print the result of one measurement.
ask() {
	echo "$2" >"$1" && cat "$1"
}

timer=./timer

# both WHAT MEASURE ARGUMENT LIMIT: print a row for a measurement that both modules make.
both() {
	row "$1" "$(ask $c "$2 $3")" "$(ask $rust "$2 $3")" "$4"
}

sysctl -q -w kernel.kptr_restrict=0
# Wait until the kernel has finished booting, since its work would count. (While the guest is idle,
# the clock leaps.)
sleep 10
insmod ./bench_c.ko || exit
insmod ./bench_rust.ko || exit

# loading PARAMETERS: print how many nanoseconds it takes to load our module.
loading() {
	$timer load "$MODULE" "$1"
}

# in_files WHEN: measure the live files.
in_files() {
	insmod "$MODULE" || exit
	within "call: a constant of an enumeration, the first time$1" 8 "$($timer first $files/call PIDTYPE_TGID)"
	within "call: the same again$1" 0.1 "$($timer ask $files/call PIDTYPE_TGID)"
	row "cat symbols / cat /proc/kallsyms$1" \
		"$($timer read /proc/kallsyms 65536)" "$($timer read $files/symbols 65536)" 1.0
	row "the first 4 KiB of it / of /proc/kallsyms$1" \
		"$($timer read /proc/kallsyms 4096 4096)" "$($timer read $files/symbols 4096 4096)" 3
	row "symbols: filter=tcp_* / a compiled reader of /proc/kallsyms$1" \
		"$($timer grep /proc/kallsyms tcp_)" "$($timer ask $files/symbols 'module=vmlinux filter=tcp_*')" 0.01
	row "symbols: the same, read in pieces of 4 KiB / at once$1" \
		"$($timer ask $files/symbols 'module=vmlinux filter=tcp_*')" \
		"$($timer ask $files/symbols 'module=vmlinux filter=tcp_*' 4096)" 1.1
	row "symbols: module=vmlinux / the same lines in C$1" \
		"$(ask $c floor_listing)" "$($timer ask $files/symbols module=vmlinux)" 1.9
	within "functions: name=find_vpid module=vmlinux$1" 15.5 "$($timer ask $files/functions 'name=find_vpid module=vmlinux')"
	row "functions: takes=struct pid * / walk over vmlinux, empty callback$1" \
		"$(ask $c "walk ")" "$($timer ask $files/functions 'takes=struct pid *')" 1.0
	in_call=$($timer once $files/call 'int_sqrt(144)')
	within "call: with opening and closing the file$1" 0.24 "$in_call"
	in_string=$($timer once $files/call 'strlen("abc")')
	row "call: a string that is lent takes more / 30 µs$1" 30000 $((in_string - in_call)) 1.0
	turns='int i; for (i = 0; i < 1000; i++)'
	without=$($timer once $files/call "$turns i;")
	with=$($timer once $files/call "$turns int_sqrt(i);")
	row "call: each further call of a program / 30 µs$1" 30000 $(((with - without) / 1000)) 1.0
	address=0x$(awk '$3 == "tcp_sendmsg" { print $1 }' /proc/kallsyms)
	row "lookup: an address / sprint_symbol()$1" \
		"$(ask $c "symbol_at $address")" "$($timer ask $files/lookup "$address")" 10
	within "lookup: vmlinux:tcp_sendmsg$1" 0.2 "$($timer ask $files/lookup vmlinux:tcp_sendmsg)"
	within "lookup: tcp_sendmsg$1" 3 "$($timer ask $files/lookup tcp_sendmsg)"
	within "lookup: vmlinux:init_once, 11 symbols$1" 1.5 "$($timer ask $files/lookup vmlinux:init_once)"
	rmmod rust_kallsyms
}

# in_modules LOOKUP SEARCH: measure what finds something in modules, xfs among them, and must not
# take more than LOOKUP and SEARCH milliseconds.
in_modules() {
	insmod "$MODULE" || exit
	within "lookup: __this_module, of each module$in" "$1" "$($timer ask $files/lookup __this_module)"
	within "lookup: struct xfs_mount$in" 12 "$($timer ask $files/lookup 'struct xfs_mount')"
	within "functions: module=xfs takes=struct xfs_mount *$in" "$2" \
		"$($timer ask $files/functions 'module=xfs takes="struct xfs_mount *"')"
	rmmod rust_kallsyms
}

# loads WHEN: measure loading.
loads() {
	theirs=$($timer load ./usual_way.ko "")
	row "insmod to the first result / the usual way in C$1" \
		"$theirs" "$(loading 'sym_name=int_sqrt args=144')" 1.0
	row "insmod without parameters / the usual way in C$1" "$theirs" "$(loading '')" 1.0
}

# among_modules: measure what many modules could make slow.
among_modules() {
	in=", with $(wc -l </proc/modules) modules"
	both "walk over modules$in" walk_modules "" 1.10
	both "walk over one module$in" walk_module xfs 1.10
	both "target() of vmlinux / kallsyms_lookup_name()$in" lookup tcp_sendmsg 2
	both "target() of a module, by module:name$in" lookup xfs:xfs_trans_alloc 2
}

both "walk over vmlinux, empty closure / empty callback" walk "" 1.02
row "walk over vmlinux, empty closure / the tables in C" "$(ask $c floor_walk)" "$(ask $rust "walk ")" 1.3
row "walk over vmlinux, each name expanded / the tables in C" \
	"$(ask $c floor_names)" "$(ask $rust "walk_names tcp_")" 1.75
both "walk over vmlinux, names beginning tcp_" walk_begins tcp_ 1.02
both "query by the glob tcp_* / walk with glob_match()" walk_glob 'tcp_*' 0.05
both "target() / kallsyms_lookup_name()" lookup tcp_sendmsg 2
theirs=$(ask $c calls_static)
row "10^6 calls: import! / C static call" "$theirs" "$(ask $rust calls_import)" 1.02
row "10^6 calls: Function::call() / C static call" "$theirs" "$(ask $rust calls_function)" 1.5
row "10^6 calls: Function::call() / C pointer" "$(ask $c calls_pointer)" "$(ask $rust calls_function)" 1.1
if [ -z "${SHORT:-}" ]; then
	row "walk over vmlinux, each name expanded" "$(ask $c "walk_begins tcp_")" "$(ask $rust "walk_names tcp_")" 1.02
	both "query by the glob *tcp* / walk with glob_match()" walk_glob '*tcp*' 1.05
fi
loads ""
in_files ""

modprobe -a xfs btrfs nf_tables
among_modules
in_modules 8 110
[ -z "${SHORT:-}" ] || exit $failed

both "target() of a module, by name$in" lookup xfs_trans_alloc 2
loads "$in"
in_files "$in"
few=$in_call

# Load modules that need no device.
cd "/lib/modules/$(uname -r)/kernel" || exit
find net/netfilter net/ipv4/netfilter net/ipv6/netfilter net/sched fs/nls lib -name '*.ko*' |
	while read -r path; do
		path=${path##*/}
		modprobe -q "${path%%.ko*}"
	done
cd /guest || exit
among_modules
in_modules 9.5 135
loads "$in"
in_files "$in"
row "call: with opening and closing the file$in / with few" "$few" "$in_call" 1.10

exit $failed
