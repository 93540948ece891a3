#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
# timeout: 300
#
# The module is loaded and removed 200 times, or as often as the kernel's command line says:
#
#   scripts/guest --append cycles=1000 …
#
# with all kinds of parameters, and its files are used in between. It leaves nothing.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

cycles=$(sed -n 's/.*cycles=\([0-9]*\).*/\1/p' /proc/cmdline)
cycles=${cycles:-200}
files=/sys/kernel/debug/rust_kallsyms parameters=/sys/module/rust_kallsyms/parameters

# used: what the kernel's allocators hold, in KiB. KASAN holds back what was freed until a cache is shrunk.
used() {
	echo 3 >/proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*/shrink; do
		[ ! -e "$cache" ] || echo 1 >"$cache"
	done
	sleep 1
	awk '$1 == "SUnreclaim:" || $1 == "VmallocUsed:" { sum += $2 } END { print sum }' /proc/meminfo
}

# areas: how many areas of virtual memory there are. Stacks of threads that have ended are kept for the next ones.
areas() { grep -c -v -e dup_task_struct -e alloc_thread_stack /proc/vmallocinfo; }

# ask FILE TEXT: what one open file answers.
ask() {
	exec 3<>"$files/$1"
	echo "$2" >&3 && head -c 3000 <&3
	exec 3>&-
}

# use: each file and parameter, some of it wrong.
use() {
	ask call 'int_sqrt(144)'
	ask call 'errname(22)'
	ask call 'int_sqrt(x)'
	ask lookup init_once
	ask lookup no_such_name
	ask symbols 'module=rust_kallsyms limit=3'
	ask symbols 'filter=['
	head -c 3000 "$files/modules"
	echo 9 >$parameters/args
	echo int_sqrt >$parameters/sym_name
	echo 'a,b,c' >$parameters/filter
}

# cycle STATUS PARAMETER...: loads the module, uses it, and removes it. Says so if insmod's status is not 0
# or 1, as STATUS says.
cycle() {
	cycle_expected=$1
	shift
	insmod "$MODULE" "$@" >/dev/null 2>&1
	cycle_status=$?
	[ $cycle_status -eq "$cycle_expected" ] || echo "cycle $turn: insmod $*: status $cycle_status"
	[ $cycle_status -eq 0 ] || return 0
	[ $((turn % 7)) -ne 0 ] || use >/dev/null 2>&1
	rmmod rust_kallsyms || echo "cycle $turn: rmmod"
}

# cycle_all TIMES
cycle_all() {
	turn=0
	while [ $turn -lt "$1" ]; do
		turn=$((turn + 1))
		case $((turn % 10)) in
		0) cycle 0 ;;
		1) cycle 0 sym_name=printk ;;
		2) cycle 0 sym_name=printk 'args="%d %s\n",1,"abc"' ;;
		3) cycle 0 module=rust_kallsyms 'filter=*init*' limit=5 ;;
		4) cycle 1 sym_name=no_such_function ;;
		5) cycle 1 sym_name=int_sqrt args=-1 ;;
		6) cycle 0 sym_name=int_sqrt args=144 ;;
		7) cycle 0 sym_name=int_sqrt 'args=int_sqrt(20736)' ;;
		8) cycle 1 module=no_such_module ;;
		9) cycle 0 sym_name=errname args=22 ;;
		esac
	done
}

# The first ones leave what the kernel keeps for the next ones.
cycle_all 20 >/tmp/wrong
equal "the first cycles go as they should" "$(cat /tmp/wrong)" ""
before=$(used) areas=$(areas)
cycle_all "$cycles" >/tmp/wrong
equal "$cycles cycles go as they should" "$(cat /tmp/wrong)" ""
after=$(used)
check "memory before is memory after, within 1 MiB ($before KiB, $after KiB)" test $((after - before)) -lt 1024
check "areas of virtual memory before are those after, within 8 ($areas, $(areas))" test $(($(areas) - areas)) -le 8
equal "none is the module's" "$(grep -c rust_kallsyms /proc/vmallocinfo)" 0
equal "no thread is left" "$(cat /proc/[0-9]*/comm | grep -c rust_kallsyms)" 0
equal "no file is left" "$(ls -d $files /sys/module/rust_kallsyms 2>/dev/null)" ""
equal "no kprobe is left" "$(cat /sys/kernel/debug/kprobes/list 2>/dev/null)" ""
equal "no symbol is left" "$(grep -c rust_kallsyms /proc/kallsyms)" 0

tap_end
