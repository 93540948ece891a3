#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What `make demo` shows: in a guest, the module calls printk().

dmesg -n 1
before=$(dmesg | wc -l)
echo "# uname -r"
uname -r
echo "# insmod rust_kallsyms.ko sym_name=printk"
insmod "$MODULE" sym_name=printk || exit
echo "# dmesg | tail"
dmesg | tail -n "+$((before + 1))"
