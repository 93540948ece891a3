#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 5400
# flavour: kasan
#
# Each allocation fails in turn during insmod, as far as our module makes it, and during rmmod.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/debug/debug.sh
. ./debug.sh
# shellcheck source=tests/debug/faults.sh
. ./faults.sh

insmod "$MODULE" && rmmod rust_kallsyms
leaks_begin
faults_of_modules
faults load "$MODULE" 'sym_name=printk'
faults load "$MODULE" 'sym_name=int_sqrt args=144'
faults load "$MODULE" 'sym_name=printk args="%d-%s\n",42,"abc"'
faults load "$MODULE" 'sym_name=int_sqrt args=-1'
faults load "$MODULE" 'sym_name=no_such_function'
faults load "$MODULE" 'module=rust_kallsyms filter=*init*,*exit* kind=text limit=3'
faults load "$MODULE" 'module=no_such_module'
faults load "$MODULE" 'sym_name=strcmp args="a","b" sig="int strcmp(const char *, const char *)" unsafe_call=1'
# During rmmod the module allocates nothing itself.
faults_of_all
faults unload "$MODULE" 'sym_name=printk'
loads "the module works afterwards" "rust_kallsyms: int_sqrt(144) = 12" sym_name=int_sqrt args=144
no_leaks
lockdep_is_on

tap_end
