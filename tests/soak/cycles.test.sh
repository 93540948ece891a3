#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
# timeout: 300
#
# The module is loaded with all kinds of parameters, used and removed 200 times, and leaves nothing.
# The kernel's command line can set another number of times:
#
#   scripts/guest --append cycles=1000 …

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

cycles=$(sed -n 's/.*cycles=\([0-9]*\).*/\1/p' /proc/cmdline)
cycles=${cycles:-200}
parameters=/sys/module/rust_kallsyms/parameters

# used: print how much the kernel's allocators hold, in KiB. KASAN keeps freed objects until their
# cache is shrunk.
used() {
	echo 3 >/proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*/shrink; do
		[ ! -e "$cache" ] || echo 1 >"$cache"
	done
	sleep 1
	awk '$1 == "SUnreclaim:" || $1 == "VmallocUsed:" { sum += $2 } END { print sum }' /proc/meminfo
}

# areas: print how many areas of virtual memory there are. The kernel reuses the stacks of ended
# threads: do not count them.
areas() { grep -c -v -e dup_task_struct -e alloc_thread_stack /proc/vmallocinfo; }

# use: use each file and parameter, partly with wrong requests.
use() {
	answer call 'int_sqrt(144)'
	answer call 'errname(22)'
	answer call 'int_sqrt(x)'
	answer lookup init_once
	answer lookup no_such_name
	answer symbols 'module=rust_kallsyms limit=3'
	answer symbols 'filter=['
	head -c 3000 "$files/modules"
	echo 9 >$parameters/args
	echo int_sqrt >$parameters/sym_name
	echo 'a,b,c' >$parameters/filter
}

# cycle STATUS PARAMETER...: load the module, use it now and then, and remove it. Print a line if
# insmod's status is not STATUS.
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

# cycle_all TIMES: TIMES cycles with various parameters.
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

# The first cycles allocate what the kernel keeps for later ones.
cycle_all 20 >/tmp/wrong
equal "the first cycles go well" "$(cat /tmp/wrong)" ""
before=$(used) areas=$(areas)
cycle_all "$cycles" >/tmp/wrong
equal "$cycles cycles go well" "$(cat /tmp/wrong)" ""
after=$(used)
check "memory has grown by less than 1 MiB ($before KiB, $after KiB)" test $((after - before)) -lt 1024
check "there are at most 8 more areas of virtual memory ($areas, $(areas))" test $(($(areas) - areas)) -le 8
equal "none of them is the module's" "$(grep -c rust_kallsyms /proc/vmallocinfo)" 0
equal "no thread is left" "$(cat /proc/[0-9]*/comm | grep -c rust_kallsyms)" 0
equal "no file is left" "$(ls -d $files /sys/module/rust_kallsyms 2>/dev/null)" ""
equal "no kprobe is left" "$(cat /sys/kernel/debug/kprobes/list 2>/dev/null)" ""
equal "no symbol is left" "$(grep -c rust_kallsyms /proc/kallsyms)" 0

tap_end
