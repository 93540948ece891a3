#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# append: debugfs=off
#
# The device, on a kernel without debugfs.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

check "there is no debugfs" sh -c "! ls /sys/kernel/debug/rust_kallsyms"
modprobe xfs
insmod "$MODULE"
check "the module is loaded" test -d /sys/module/rust_kallsyms
check "nor files in it" sh -c "! ls /sys/kernel/debug/rust_kallsyms"
device=/dev/rust_kallsyms

# ask TEXT: what one open device answers.
ask() {
	exec 3<>$device
	printf '%s' "$1" | cat 2>/dev/null >&3
	cat <&3
	exec 3>&-
}

equal "only root may open the device" "$(stat -c '%F %a %u' $device)" "character special file 600 0"
equal "before a request it is empty" "$(cat $device)" ""
equal "call" "$(ask 'call int_sqrt(144)' | head -n 2 | sed 's/  .*//')" "12
unsigned long int_sqrt(unsigned long x)"
equal "blanks" "$(ask '
  call  timeout=9  int_sqrt(144)
' | head -n 1)" 12
equal "symbols" "$(ask 'symbols module=xfs filter=xfs_trans_r*' | cut -d' ' -f1,3,4 | sort)" \
	"$(grep ' xfs_trans_r.*\[xfs\]' /proc/kallsyms | awk '{ print $1, $3, $4 }' | sort)"
equal "all symbols" "$(ask symbols | wc -l)" "$(wc -l </proc/kallsyms)"
equal "lookup" "$(ask 'lookup init_once' | cut -d' ' -f1 | sort)" \
	"$(awk '$3 == "init_once" { print $1 }' /proc/kallsyms | sort)"
equal "a type" "$(ask 'lookup struct upid' | head -n 1)" "struct upid {"
equal "functions" "$(ask 'functions filter=find_vpid' | sed 's/;.*//')" "vmlinux  struct pid *find_vpid(int nr)"
equal "all functions" "$(ask functions | head -n 3 | wc -l)" 3
equal "modules" "$(ask modules | awk '$1 == "xfs" { print $4 }')" "$(grep -c '\[xfs\]$' /proc/kallsyms)"
equal "modules takes no text" "$(ask 'modules xfs')" "error EINVAL column 1: nothing can be asked for here"

dmesg -c >/dev/null
equal "columns count from the text for the file" "$(ask 'call pid_vnr(find_vpi(1))' | sed 's/find_vpid, .*/find_vpid/')" \
	"error ENOENT column 9: find_vpi: no such symbol; nearest: find_vpid"
equal "an unknown word" "$(ask 'cal 1')" \
	"error EINVAL write call, calls, functions, lookup, modules or symbols, and what is written to the file of that name"
equal "the errno is the write's" "$(sh -c "exec 3<>$device; echo call 1/0 | cat 2>&1 >&3" | sed 's/.*: //')" "Invalid argument"
equal "the log has nothing of all this" "$(dmesg | grep -c rust_kallsyms)" 0

# shellcheck disable=SC2016 # earlier values are not the shell's
equal "an answer stays until the next one" "$(
	exec 3<>$device
	echo 'call 123456 + 1' >&3
	dd bs=1 count=3 <&3 2>/dev/null
	dd bs=1 count=3 <&3 2>/dev/null
	echo
	echo 'call $ + 1' >&3
	dd bs=6 count=1 <&3 2>/dev/null
	echo
	echo 'lookup nosuch' 2>/dev/null >&3
	dd bs=12 count=1 <&3 2>/dev/null
	echo
	echo 'call $2 * 2' >&3
	head -n 1 <&3
)" "123457
123458
error ENOENT
246916"
# shellcheck disable=SC2016 # earlier values are not the shell's
equal "each open device has a history of its own" "$(
	exec 3<>$device 4<>$device
	echo 'call 5' >&3
	echo 'call $1' 2>/dev/null >&4
	head -c 12 <&4
)" "error EINVAL"

exec 5<>$device
check "an open device keeps the module" sh -c "! rmmod rust_kallsyms"
check "and works" sh -c "echo call 1 >&5"
exec 5<&-
check "a closed one does not" rmmod rust_kallsyms
check "the device is gone" sh -c "! ls $device"
insmod "$MODULE"
check "and comes again" sh -c "echo call 1 >$device"
check "the module can be removed" rmmod rust_kallsyms
equal "insmod calls without debugfs" "$(log insmod "$MODULE" sym_name=int_sqrt args=144 && sed -n 's/.* = //p' /tmp/log)" 12

tap_end
