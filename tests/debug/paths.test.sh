#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 2400
#
# Every path between C and Rust is used once: from the kernel into our code (files, parameters,
# callbacks of walks, threads, init and exit), and from our code into functions of the kernel and of
# other modules.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh

parameters=/sys/module/rust_kallsyms/parameters

echo 0 >/proc/sys/kernel/kptr_restrict
for bootstrap in auto kprobe scan; do
	loads "bootstrap=$bootstrap" "rust_kallsyms: int_sqrt(144) = 12" bootstrap=$bootstrap sym_name=int_sqrt args=144
done
modprobe dummy
insmod "$MODULE"
equal "a call" "$(answer call 'int_sqrt(144)' | head -n 1)" 12
equal "a call with a string" "$(answer call 'strlen("abc")' | head -n 1)" 3
equal "a call with six arguments" "$(answer call 'mktime64(2026, 11, 20, 12, 34, 56)' | head -n 1)" 1795178096
equal "a lookup" "$(answer lookup int_sqrt | wc -l)" 1
equal "a list of the kernel's symbols" "$(answer symbols 'filter=int_sqrt' | grep -c ' int_sqrt')" 1
check "a list of a module's symbols" test "$(answer symbols 'module=dummy' | grep -c ' \[dummy\] ')" -gt 0
equal "all symbols" "$(wc -l <$files/symbols)" "$(wc -l </proc/kallsyms)"
check "the modules" grep -q dummy $files/modules
echo 144 >$parameters/args
log sh -c "echo int_sqrt >$parameters/sym_name"
check "a call by the parameter" grep -q -x 'rust_kallsyms: int_sqrt(144) = 12' /tmp/log
equal "a parameter is read" "$(cat $parameters/args)" 144
check "the module can be removed" rmmod rust_kallsyms

insmod ./callee.ko
check "a module with the library loads" insmod ./kallsyms_test.ko
check "it walks over all symbols" test "$(ask all | grep -c ' int_sqrt')" -ge 1
check "it queries some" test "$(ask query '*' 'int_sqr*' text - | grep -c ' int_sqrt')" -ge 1
check "it finds a name" test "$(ask named int_sqrt | grep -c ' int_sqrt')" -ge 1
ask hold callee:callee_sum 0 >/tmp/held
equal "it holds a function" "$(cat /sys/module/callee/refcnt)" 1
ask drop
equal "and drops it" "$(cat /sys/module/callee/refcnt)" 0
tests imports
# Some of what the fixture expects of Debian's kernel, such as names at the borders of sections, is
# not true of this one.
ask test functions >/tmp/functions
check "it makes calls" test "$(grep -c '^ok' /tmp/functions)" -gt 20
grep '^not ok' /tmp/functions | sed 's/^/# not for this kernel? /'
check "it can be removed" sh -c 'rmmod kallsyms_test && rmmod callee'
check "the example module loads" insmod ./symbol_stats.ko
check "and can be removed" rmmod symbol_stats

tap_end
