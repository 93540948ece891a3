#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
# flavour: kasan
#
# Each allocation fails in turn while a module uses the library.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/debug/debug.sh
. ./debug.sh
# shellcheck source=tests/debug/faults.sh
. ./faults.sh

do=$debug/kallsyms_test/do
insmod ./callee.ko
insmod ./kallsyms_test.ko
leaks_begin
faults_of_all
faults ask $do 'hold callee:callee_sum 0'
faults write $do 'test imports'
faults write $do 'test functions'
echo drop >$do
rmmod kallsyms_test
faults_of_modules
faults load ./kallsyms_test.ko
faults load ./symbol_stats.ko
faults_of_all
check "nobody holds the functions' module" rmmod callee
no_leaks
lockdep_is_on

tap_end
