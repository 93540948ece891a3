#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A kernel that is locked down refuses calls. (It would not load the module, which has no signature; so the
# lock comes afterwards.)

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

parameters=/sys/module/rust_kallsyms/parameters
mount -t securityfs securityfs /sys/kernel/security
insmod "$MODULE"
printf '144' >$parameters/args
check "a call, before" sh -c "echo int_sqrt >$parameters/sym_name"
check "the kernel is locked down" sh -c "echo integrity >/sys/kernel/security/lockdown"
dmesg -c >/dev/null
check "no call, afterwards" sh -c "! echo int_sqrt >$parameters/sym_name"
equal "and why" "$(dmesg | sed -n 's/.*\(rust_kallsyms: .*\)/\1/p')" \
	"rust_kallsyms: the kernel is locked down, which forbids calls; see /sys/kernel/security/lockdown"
check "files that can be written are debugfs's to refuse" sh -c "! tee </dev/null -a /sys/kernel/debug/rust_kallsyms/call"
check "what only reads can be read" sh -c "grep -q '^vmlinux ' /sys/kernel/debug/rust_kallsyms/modules"
check "the module can be removed" rmmod rust_kallsyms

tap_end
