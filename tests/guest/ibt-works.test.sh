#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# emulator: bochs
#
# With Indirect Branch Tracking enforced, the module does what it does without.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

check "the kernel enforces IBT" sh -c "dmesg | grep -q 'CET detected: Indirect Branch Tracking enabled'"
insmod "$MODULE" && rmmod rust_kallsyms
loads "printk() is called" "rust_kallsyms: _printk(.*) = .*" sym_name=printk
loads "the symbols are walked over" "rust_kallsyms: vmlinux: $(grep -c -v '\[' /proc/kallsyms) symbols, .*"

tap_end
