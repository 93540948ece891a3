#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 5400
# flavour: kasan
#
# Each allocation fails in turn while a live file is opened, written, read and closed.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/debug/debug.sh
. ./debug.sh
# shellcheck source=tests/debug/faults.sh
. ./faults.sh

insmod "$MODULE"
leaks_begin
faults_of_all
faults ask $files/call 'int_sqrt(144)'
faults ask $files/call 'errname(22)'
faults ask $files/call 'printk("%d-%s\n", 42, "abc")'
faults ask $files/call 'int_sqrt(1, 2)'
faults ask $files/call 'no_such_function(1)'
faults ask $files/lookup init_once
faults ask $files/lookup no_such_name
faults ask $files/symbols 'module=rust_kallsyms filter=*init*,int_sqrt kind=text limit=5'
faults ask $files/symbols 'filter=['
faults ask $files/symbols 'module=vmlinux filter=int_* limit=5'
faults read $files/modules
# This file can be opened, but not written.
faults write $files/events x
rmmod rust_kallsyms
loads "the module works afterwards" "rust_kallsyms: int_sqrt(144) = 12" sym_name=int_sqrt args=144
no_leaks
lockdep_is_on

tap_end
