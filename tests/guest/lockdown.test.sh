#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A kernel that is locked down: integrity forbids calls, confidentiality reading, too. (It would not
# load the module, which has no signature; so the lock comes afterwards.)

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

parameters=/sys/module/rust_kallsyms/parameters
mount -t securityfs securityfs /sys/kernel/security
insmod "$MODULE"
printf '144' >$parameters/args

# ask TEXT: what one open device answers.
ask() {
	exec 3<>/dev/rust_kallsyms
	printf '%s' "$1" | cat 2>/dev/null >&3
	cat <&3
	exec 3>&-
}
comm='(*(struct task_struct *)&init_task).comm'

check "before, a call works" sh -c "echo int_sqrt >$parameters/sym_name"
check "integrity" sh -c "echo integrity >/sys/kernel/security/lockdown"
dmesg -c >/dev/null
check "after that, a call is refused" sh -c "! echo int_sqrt >$parameters/sym_name"
equal "and the log says why" "$(dmesg | sed -n 's/.*\(rust_kallsyms: .*\)/\1/p')" \
	"rust_kallsyms: the kernel is locked down, which forbids calls; see /sys/kernel/security/lockdown"
check "debugfs refuses to open files that can be written" sh -c "! tee </dev/null -a /sys/kernel/debug/rust_kallsyms/call"
check "files that can only be read can be read" sh -c "grep -q '^vmlinux ' /sys/kernel/debug/rust_kallsyms/modules"
equal "by the device, memory is read" "$(ask "call $comm" | head -n 1)" '"swapper/0"'
equal "and calls are refused" "$(ask 'call int_sqrt(144)')" \
	"error EPERM column 1: the kernel is locked down, which forbids calls; see /sys/kernel/security/lockdown"
equal "also behind what reads" "$(ask 'call 1 + int_sqrt(144)')" \
	"error EPERM column 5: the kernel is locked down, which forbids calls; see /sys/kernel/security/lockdown"
equal "symbols are listed" "$(ask 'symbols filter=int_sqrt' | cut -d' ' -f3)" int_sqrt
equal "and looked up" "$(ask 'lookup int_sqrt' | cut -d' ' -f3)" int_sqrt
chmod +x ./rust-kallsyms
check "the command says so" sh -c "./rust-kallsyms call 'int_sqrt(144)' 2>&1 | grep 'the kernel is locked down, which forbids calls'"
check "confidentiality" sh -c "echo confidentiality >/sys/kernel/security/lockdown"
equal "after that, memory is not read" "$(ask "call $comm")" \
	"error EPERM the kernel is locked down, which forbids reading its memory; see /sys/kernel/security/lockdown"
rm /dev/rust_kallsyms
check "without the device, too" sh -c "./rust-kallsyms call 1 2>&1 | grep 'the kernel is locked down (confidentiality)'"
check "the module can be removed" rmmod rust_kallsyms

tap_end
