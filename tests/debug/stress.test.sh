#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
#
# Six processes use the live files and the parameters for a minute, while modules, including this
# one, are loaded and removed.

# shellcheck disable=SC2317,SC2329 # they are called by name
# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/debug/debug.sh
. ./debug.sh

parameters=/sys/module/rust_kallsyms/parameters
[ ! -e $debug/kmemleak ] || leaks_begin
end=$(($(cut -d . -f 1 /proc/uptime) + 60))

# again COMMAND: repeat COMMAND until the time is over, and count how often it succeeds.
again() {
	good=0 bad=0
	while [ "$(cut -d . -f 1 /proc/uptime)" -lt "$end" ]; do
		if "$1" >/dev/null 2>&1; then good=$((good + 1)); else bad=$((bad + 1)); fi
		sleep 0.1
		# An open file holds the module, which must be free now and then.
		while [ -e /tmp/quiet ] && [ "$1" != self ]; do sleep 0.1; done
	done
	echo $good >"/tmp/good.$1"
	echo "# $1: $good times, $bad times refused"
}

# In a subshell, which ends if the file is not there.
ask() { (answer "$@") 2>/dev/null; }
list() {
	ask symbols 'module=* filter=*_init limit=100'
	ask symbols 'module=dummy,squashfs'
	head -c 200000 "$files/symbols"
}
call() {
	ask call 'int_sqrt(144)' && ask call 'errname(22)' && ask call 'printk("%d\n", 1)'
}
look() { ask lookup init_once && cat "$files/modules"; }
set_() {
	echo 16 >"$parameters/args" && echo int_sqrt >"$parameters/sym_name" && echo 'a*,b' >"$parameters/filter" &&
		cat "$parameters/filter" && echo >"$parameters/filter"
}
watch() { timeout 10 head -n 2 "$files/events"; }
churn() {
	modprobe dummy && modprobe macvlan && rmmod macvlan
	rmmod dummy
	modprobe squashfs && rmmod squashfs
}
self() {
	sleep 3
	touch /tmp/quiet
	until rmmod rust_kallsyms || [ ! -d /sys/module/rust_kallsyms ]; do
		sleep 0.01
		[ "$(cut -d . -f 1 /proc/uptime)" -lt "$end" ] || break
	done
	rm /tmp/quiet
	[ ! -d /sys/module/rust_kallsyms ] || return
	case $((good % 3)) in
	0) insmod "$MODULE" ;;
	1) insmod "$MODULE" sym_name=printk ;;
	2) insmod "$MODULE" sym_name=int_sqrt args=4 ;;
	esac
}

insmod "$MODULE"
for what in list call look set_ watch churn self; do
	again $what &
done
wait
for what in list call look set_ watch churn self; do
	check "$what: $(cat /tmp/good.$what) times" test "$(cat /tmp/good.$what)" -gt 0
done
rmmod rust_kallsyms 2>/dev/null
loads "the module works afterwards" "rust_kallsyms: int_sqrt(144) = 12" sym_name=int_sqrt args=144
equal "nothing is left" "$(grep -c rust_kallsyms /proc/vmallocinfo)" 0
[ ! -e $debug/kmemleak ] || no_leaks
[ ! -e /proc/lockdep_stats ] || lockdep_is_on

tap_end
