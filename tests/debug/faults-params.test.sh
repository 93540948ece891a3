#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
# flavour: kasan
#
# Each allocation fails in turn while a parameter is written and read.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/debug/debug.sh
. ./debug.sh
# shellcheck source=tests/debug/faults.sh
. ./faults.sh

parameters=/sys/module/rust_kallsyms/parameters
insmod "$MODULE"
leaks_begin
faults_of_all
for name in args sympos sig unsafe_call context timeout module filter kind limit; do
	faults write $parameters/$name 'text, for "all"'
	faults read $parameters/$name
	echo >$parameters/$name
done
echo 144 >$parameters/args
faults write $parameters/sym_name int_sqrt
faults write $parameters/sym_name no_such_function
faults read $parameters/sym_name
rmmod rust_kallsyms
loads "the module works afterwards" "rust_kallsyms: int_sqrt(144) = 12" sym_name=int_sqrt args=144
no_leaks
lockdep_is_on

tap_end
