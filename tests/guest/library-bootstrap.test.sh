#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The ways in which the library can find its first address, and the error when that fails.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh

# works WHAT VALUE: test that the module loads, and finds the same address as /proc/kallsyms.
works() {
	check "$1: the module loads" insmod ./kallsyms_test.ko "bootstrap=$2"
	echo "lookup tcp_sendmsg" >"$do"
	equal "$1: it finds the right function" "$(cat "$do")" \
		"$(sed -n 's/ T tcp_sendmsg$//p' /proc/kallsyms)"
	rmmod kallsyms_test
}

# fails WHAT VALUE TRIED: test that the module does not load, and says why.
fails() {
	! log insmod ./kallsyms_test.ko "bootstrap=$2" && grep -q ": Operation not supported\$" /tmp/output
	tap $? "$1: EOPNOTSUPP"
	equal "$1: it says what it tried" "$(grep '^kallsyms_test: ' /tmp/log)" \
		"kallsyms_test: kallsyms_lookup_name was not found; tried: $3"
}

insmod ./kallsyms_test.ko && rmmod kallsyms_test
address=$(sed -n 's/ T kallsyms_lookup_name$//p' /proc/kallsyms)
low=0x${address#ffff}
works "any way" 0
works "kprobe" 1
works "scan" 2
works "the right address" "0x$address"
wrong="the given address, which is not its entry"
fails "4 bytes after" "$(printf '0xffff%012x' $((low + 4)))" "$wrong"
fails "4 bytes before" "$(printf '0xffff%012x' $((low - 4)))" "$wrong"
fails "another function" "0x$(sed -n 's/ T kallsyms_on_each_symbol$//p' /proc/kallsyms)" "$wrong"
fails "an address outside of the kernel" 4096 "$wrong"
fails "the last address" 0xffffffffffffffff "$wrong"

# Also with kprobes turned off.
check "kprobes are turned off" sh -c 'echo 0 >/sys/kernel/debug/kprobes/enabled'
works "kprobe, with kprobes turned off (it is never armed)" 1
check "and on again" sh -c 'echo 1 >/sys/kernel/debug/kprobes/enabled'

equal "no kprobe is left" "$(cat /sys/kernel/debug/kprobes/list)" ""

tap_end
