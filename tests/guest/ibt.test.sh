#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# emulator: bochs
# provokes: Missing ENDBR: kallsyms_lookup_name|kernel BUG at .*cet\.c|Oops: invalid opcode|Call Trace
#
# With Indirect Branch Tracking (IBT) enforced, the module works as without. The library calls
# functions of vmlinux and of a module, imported and found at run time, whether their landing pads
# are sealed or not. The usual way to call an unexported function, through a pointer, is a kernel
# BUG: without that, the other tests would not prove anything.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh

check "the kernel enforces IBT" sh -c "dmesg | grep -q 'CET detected: Indirect Branch Tracking enabled'"
insmod "$MODULE" && rmmod rust_kallsyms
loads "printk() is called" "rust_kallsyms: _printk(.*) = .*" sym_name=printk
loads "the module walks over the symbols" "rust_kallsyms: vmlinux: $(grep -c -v '\[' /proc/kallsyms) symbols, .*"
insmod ./callee.ko
check "the test module loads" insmod ./kallsyms_test.ko || tap_end
tests ibt
insmod ./kallsyms_twin.ko
tests walks
rmmod kallsyms_twin
check "the test module can be removed" rmmod kallsyms_test

# With the kernel's default, only insmod dies in the crash.
echo 0 >/proc/sys/kernel/panic_on_oops
log insmod ./usual_way.ko
check "the usual way kills insmod" test "$log_status" -gt 128
check "it crashes in the call through the pointer" grep -q 'Missing ENDBR: kallsyms_lookup_name' /tmp/log
check "the call does not return" sh -c "! grep -q 'usual_way: found' /tmp/log"

tap_end
