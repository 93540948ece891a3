#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# emulator: bochs
#
# With Indirect Branch Tracking enforced, the library calls functions of vmlinux and of a module, imported
# and found at run time, whether their landing pads are sealed or not.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh

check "the kernel enforces IBT" sh -c "dmesg | grep -q 'CET detected: Indirect Branch Tracking enabled'"
insmod ./callee.ko
check "the test module loads" insmod ./kallsyms_test.ko || tap_end
tests ibt
tests walks
check "the test module can be removed" rmmod kallsyms_test

tap_end
