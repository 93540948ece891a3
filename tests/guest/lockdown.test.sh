#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A locked-down kernel refuses calls. (It would not load an unsigned module, so it is locked down
# after that.)

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

parameters=/sys/module/rust_kallsyms/parameters
mount -t securityfs securityfs /sys/kernel/security
insmod "$MODULE"
printf '144' >$parameters/args
check "before, a call works" sh -c "echo int_sqrt >$parameters/sym_name"
check "the kernel is locked down" sh -c "echo integrity >/sys/kernel/security/lockdown"
dmesg -c >/dev/null
check "after that, a call is refused" sh -c "! echo int_sqrt >$parameters/sym_name"
equal "and the log says why" "$(dmesg | sed -n 's/.*\(rust_kallsyms: .*\)/\1/p')" \
	"rust_kallsyms: the kernel is locked down, which forbids calls; see /sys/kernel/security/lockdown"
check "debugfs refuses to open files that can be written" sh -c "! tee </dev/null -a /sys/kernel/debug/rust_kallsyms/call"
check "files that can only be read can be read" sh -c "grep -q '^vmlinux ' /sys/kernel/debug/rust_kallsyms/modules"
check "the module can be removed" rmmod rust_kallsyms

tap_end
