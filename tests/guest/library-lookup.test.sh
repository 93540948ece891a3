#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# The library's lookups against /proc/kallsyms: from names to symbols, and from addresses to names.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh

modprobe -a dummy xfs
insmod ./callee.ko
check "the test module loads" insmod ./kallsyms_test.ko || tap_end
cat /proc/kallsyms >/tmp/proc
grep -v '\]$' /tmp/proc >/tmp/vmlinux

# address NAME [MODULE]: of the first symbol of that name.
address() {
	if [ $# -eq 2 ]; then
		grep -m 1 " $1	\[$2\]\$" /tmp/proc
	else
		grep -m 1 " $1\$" /tmp/vmlinux
	fi | cut -d ' ' -f 1
}

equal "a name of vmlinux" "$(ask lookup tcp_sendmsg)" "$(address tcp_sendmsg)"
equal "a name of a module" "$(ask lookup callee_sum)" "$(address callee_sum callee)"
equal "a name with its module" "$(ask lookup xfs:xfs_buf_lock)" "$(address xfs_buf_lock xfs)"
equal "not of another module" "$(ask lookup dummy:xfs_buf_lock)" 0000000000000000
equal "a name that is not there" "$(ask lookup no_such_name)" 0000000000000000
ask drop >/dev/null

# The names that vmlinux has most often, and one that it shares with modules.
awk '{ print $3 }' /tmp/vmlinux | sort | uniq -d -c | sort -n -r | head -n 12 |
	awk '{ print $2 }' >/tmp/names
for name in $(cat /tmp/names) cleanup_module tcp_sendmsg callee_sum vmlinux:cleanup_module xfs:cleanup_module; do
	case $name in
	vmlinux:*) grep " ${name#*:}\$" /tmp/vmlinux ;;
	*:*) grep " ${name#*:}	\[${name%:*}\]\$" /tmp/proc ;;
	*) grep -E " $name(	|\$)" /tmp/proc ;;
	esac | sed 's/^\([0-9a-f]*\) . /\1 /' >/tmp/expected
	ask named "$name" | sed 's/^\([0-9a-f]*\) . /\1 /; s/|.*//' >/tmp/got
	check "$name: all $(wc -l </tmp/expected)" cmp /tmp/got /tmp/expected
done

# A function of vmlinux that is there several times: livepatch's rule.
name=$(awk '$2 == "t" { print $3 }' /tmp/vmlinux | grep '^[a-z_]*$' | grep -v '^__pfx_' | sort | uniq -d |
	grep -x 'cpumask_weight\|dev_attr_show\|device_show\|dump_one\|fault_around_bytes_get\|get_order\|name_show\|.*_show' | head -n 1)
count=$(grep -c " $name\$" /tmp/vmlinux)
check "$name is there $count times" test "$count" -gt 1
equal "which one is not said" "$(ask hold "$name" 0)" \
	"Ambiguous($count): $count symbols have this name"
position=0
# shellcheck disable=SC2013 # addresses have no blanks
for address in $(grep " $name\$" /tmp/vmlinux | cut -d ' ' -f 1); do
	position=$((position + 1))
	equal "$name at position $position" "$(ask hold "$name" $position)" "$address"
done
equal "there is no position $((count + 1))" "$(ask hold "$name" $((count + 1)))" \
	"NotFound: no such symbol"
equal "one that is there once is found" "$(ask hold tcp_sendmsg 0)" "$(address tcp_sendmsg)"
equal "at position 1 as well" "$(ask hold tcp_sendmsg 1)" "$(address tcp_sendmsg)"
equal "of a module" "$(ask hold callee:callee_sum 0)" "$(address callee_sum callee)"
for name in '' a:b:c $(head -c 512 /dev/zero | tr '\0' a) $(head -c 64 /dev/zero | tr '\0' m):a :a a: ; do
	[ -n "$name" ] || continue
	case $name in
	a:b:c) expected="NotFound: no such symbol" ;;
	*) expected="BadName: not a symbol's name" ;;
	esac
	equal "a name like $(echo "$name" | cut -c 1-12)" "$(ask hold "$name" 0)" "$expected"
done
ask drop >/dev/null

# expect FILE STEP: of every STEPth symbol of a sorted file, its own address, the next, and the last
# before the symbol that follows; and what there is. All names at an address are as good.
expect() {
	awk -v step="$2" '
		function flush() {
			if (n && n % step == 0 && at ~ /[^0]/)
				print at, $1, names
		}
		$1 != at { flush(); at = $1; names = ","; n++ }
		{ names = names $3 "," }' "$1"
}

expect /tmp/vmlinux 900 | head -n 200 >/tmp/samples
# A name like $x says that code of arm64 begins there, anywhere in a function; the kernel finds no address in it.
grep ' [tT] [^$].*\[xfs\]$' /tmp/proc | sort >/tmp/sorted
expect /tmp/sorted 40 | head -n 60 >>/tmp/samples
check "there are $(wc -l </tmp/samples) samples" test "$(wc -l </tmp/samples)" -gt 200
# The shell's numbers have a sign, so that an address loses its first digits for a while.
while read -r at next names; do
	size=$((0x${next#ffff} - 0x${at#ffff}))
	[ $size -gt 2 ] || continue
	for offset in 0 1 $((size - 1)); do
		printf 'at ffff%012x\n' $((0x${at#ffff} + offset))
		printf '%s %x %x\n' "$names" $offset $size >&3
	done
done </tmp/samples >/tmp/questions 3>/tmp/expected
while read -r question; do
	echo "$question" >"$do" && cat "$do"
done </tmp/questions >/tmp/got
# The last one of a section is as long as the section.
paste -d '|' /tmp/questions /tmp/expected /tmp/got | awk -F '|' '
	{
		split($2, expected, " ")
		split($3, got, " ")
		if (index(expected[1], "," got[1] ",") == 0 || expected[2] != got[2] ||
		    $4 != got[2] " " got[3] || (expected[3] != got[3] && got[4] == ""))
			print $0
	}' >/tmp/wrong
equal "$(wc -l </tmp/questions) addresses are in the symbols they are in" "$(head -n 20 /tmp/wrong)" ""
check "there were so many" test "$(wc -l </tmp/questions)" -gt 500
equal "an address of user space is in no symbol" "$(ask at 1000)" "none|none"

check "the test module can be removed" rmmod kallsyms_test

tap_end
