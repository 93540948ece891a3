#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# emulator: bochs
#
# With Indirect Branch Tracking enforced, the module does what it does without; and the library calls functions of
# vmlinux and of a module, imported and found at run time, whether their landing pads are sealed or not.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh

check "the kernel enforces IBT" sh -c "dmesg | grep -q 'CET detected: Indirect Branch Tracking enabled'"
insmod "$MODULE" && rmmod rust_kallsyms
loads "printk() is called" "rust_kallsyms: _printk(.*) = .*" sym_name=printk
loads "the symbols are walked over" "rust_kallsyms: vmlinux: $(grep -c -v '\[' /proc/kallsyms) symbols, .*"
insmod ./callee.ko
check "the test module loads" insmod ./kallsyms_test.ko || tap_end
tests ibt
tests walks
check "the test module can be removed" rmmod kallsyms_test

tap_end
