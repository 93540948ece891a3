#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# The library's lookups, compared with /proc/kallsyms: from names to symbols, and from addresses to
# names.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh

modprobe -a dummy xfs
insmod ./callee.ko
check "the test module loads" insmod ./kallsyms_test.ko || tap_end
cat /proc/kallsyms >/tmp/proc
grep -v '\]$' /tmp/proc >/tmp/vmlinux

# address NAME [MODULE]: print the address of the first symbol with that name.
address() {
	if [ $# -eq 2 ]; then
		grep -m 1 " $1	\[$2\]\$" /tmp/proc
	else
		grep -m 1 " $1\$" /tmp/vmlinux
	fi | cut -d ' ' -f 1
}

equal "a name in vmlinux" "$(ask lookup tcp_sendmsg)" "$(address tcp_sendmsg)"
equal "a name in a module" "$(ask lookup callee_sum)" "$(address callee_sum callee)"
equal "a name with its module" "$(ask lookup xfs:xfs_buf_lock)" "$(address xfs_buf_lock xfs)"
equal "a name with another module" "$(ask lookup dummy:xfs_buf_lock)" 0000000000000000
equal "a name that does not exist" "$(ask lookup no_such_name)" 0000000000000000
ask drop >/dev/null

# The most frequent names in vmlinux, and names that modules have, too.
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

# A function that vmlinux has several times is selected by its position, as for livepatch.
name=$(awk '$2 == "t" { print $3 }' /tmp/vmlinux | grep '^[a-z_]*$' | grep -v '^__pfx_' | sort | uniq -d |
	grep -x 'cpumask_weight\|dev_attr_show\|device_show\|dump_one\|fault_around_bytes_get\|get_order\|name_show\|.*_show' | head -n 1)
count=$(grep -c " $name\$" /tmp/vmlinux)
check "vmlinux has $name $count times" test "$count" -gt 1
equal "$name without a position is ambiguous" "$(ask hold "$name" 0)" \
	"Ambiguous($count): $count symbols have this name"
position=0
# shellcheck disable=SC2013 # addresses have no blanks
for address in $(grep " $name\$" /tmp/vmlinux | cut -d ' ' -f 1); do
	position=$((position + 1))
	equal "$name at position $position" "$(ask hold "$name" $position)" "$address"
done
equal "there is no position $((count + 1))" "$(ask hold "$name" $((count + 1)))" \
	"NotFound: no such symbol"
equal "a unique name is found" "$(ask hold tcp_sendmsg 0)" "$(address tcp_sendmsg)"
equal "at position 1 as well" "$(ask hold tcp_sendmsg 1)" "$(address tcp_sendmsg)"
equal "and a module's" "$(ask hold callee:callee_sum 0)" "$(address callee_sum callee)"
for name in '' a:b:c $(head -c 512 /dev/zero | tr '\0' a) $(head -c 64 /dev/zero | tr '\0' m):a :a a: ; do
	[ -n "$name" ] || continue
	case $name in
	a:b:c) expected="NotFound: no such symbol" ;;
	*) expected="BadName: not a symbol's name" ;;
	esac
	equal "a name like $(echo "$name" | cut -c 1-12)" "$(ask hold "$name" 0)" "$expected"
done
ask drop >/dev/null

# expect FILE STEP: print, for every STEPth address in a sorted file, the address, the next symbol's
# address, and all names at the address, each of which is a right answer.
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
# Mapping symbols of arm64, such as $x, may lie anywhere in a function; the kernel never finds an
# address in them.
grep ' [tT] [^$].*\[xfs\]$' /tmp/proc | sort >/tmp/sorted
expect /tmp/sorted 40 | head -n 60 >>/tmp/samples
check "there are $(wc -l </tmp/samples) samples" test "$(wc -l </tmp/samples)" -gt 200
# The shell's numbers are signed, so calculate without an address's first digits.
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
# The last symbol of a section ends with the section.
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
