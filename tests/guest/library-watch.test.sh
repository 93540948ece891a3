#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
# timeout: 600
#
# The library's watches: which events they get, where they may end, and what happens to a forgotten
# one.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh

insmod ./kallsyms_test.ko

# symbols MODULE: print how many it has in /proc/kallsyms.
symbols() { grep -c "	\[$1\]\$" /proc/kallsyms; }

# The events and the numbers of symbols, for a module with symbols that only its start needs, and
# for one without.
ask watch plain
modprobe xfs
insmod ./callee.ko
xfs=$(symbols xfs)
callee=$(symbols callee)
check "xfs has symbols" test "$xfs" -gt 3000
rmmod callee
equal "a watch is told of modules that come, start and go, with their symbols" "$(ask watch told | grep -e xfs -e callee)" \
	"Coming xfs $xfs
Live xfs $xfs
Coming callee $callee
Live callee $callee
Going callee $callee"
# This module fails in its start, after it has got its symbols.
check "a module that does not start" sh -c "! insmod '$MODULE' sym_name=no_such_symbol"
equal "it comes and goes" "$(ask watch told | cut -d' ' -f1,2)" "Coming rust_kallsyms
Going rust_kallsyms"
check "a file that is not a module" sh -c "! insmod ./tap.sh"
equal "the watch is not told of it" "$(ask watch told)" ""

# Several watches at once, until they end.
ask watch plain
modprobe dummy
equal "two watches are told" "$(ask watch told | grep -c '^Live dummy ')" 2
ask watch stop
rmmod dummy
equal "a watch is not told anything after its end" "$(ask watch told)" ""

# A watch that would wait for itself is refused.
ask watch nested
modprobe dummy
equal "a watch or a walk in a closure is refused" "$(ask watch told | sed -n 2p)" "Some(Nested) Some(Nested)"
ask watch stop
rmmod dummy

# Ending a watch outside of its closure waits for the closure.
ask watch slow
dmesg -c >/dev/null
modprobe dummy &
loads=$!
check "its closure begins" soon sh -c "dmesg | grep -q 'kallsyms_test: slow is told'"
ask watch stop
check "ending a watch waits until its closure has returned" test "$(ask watch told | wc -l)" -ge 1
wait $loads
equal "it is told no more" "$(ask watch told)" ""
rmmod dummy

# A closure may end its own watch, and others.
ask watch once
ask watch plain
ask watch plain
modprobe dummy
check "when a closure ends all watches, including its own, the others are told at most once" test "$(ask watch told | wc -l)" -le 3
rmmod dummy
equal "they are told no more" "$(ask watch told)" ""
ask watch plain
modprobe dummy
equal "a new watch is told" "$(ask watch told | grep -c '^Live dummy ')" 1
equal "a walk ends it" "$(ask watch stop-walking)" ""
rmmod dummy
equal "after that, it is told nothing" "$(ask watch told)" ""

# Watches end with their module.
ask watch once
ask watch plain
modprobe dummy
ask watch loud
check "a module that watches can be removed" timeout 20 rmmod kallsyms_test
rmmod dummy
check "after that, nothing is told" sh -c "! dmesg | grep 'kallsyms_test: .* dummy'"

# Many watches start, are told and end at the same time.
insmod ./kallsyms_test.ko
(while modprobe dummy && rmmod dummy; do :; done) &
churns=$!
n=0
while [ $n -lt 60 ]; do
	ask watch plain
	ask watch once
	[ $((n % 3)) -gt 0 ] || ask watch stop
	[ $((n % 7)) -gt 0 ] || ask watch stop-walking
	n=$((n + 1))
done
kill $churns
wait $churns
modprobe -r dummy
check "after 120 watches the module can be removed" timeout 20 rmmod kallsyms_test

# Last, since the module stays: a forgotten watch is told nothing once its module is going, and the
# module is not freed.
insmod ./kallsyms_test.ko
ask watch loud
ask watch forget
rmmod kallsyms_test &
removes=$!
soon grep -q '^kallsyms_test .* Unloading ' /proc/modules
sleep 2
check "rmmod of a module with a forgotten watch waits" kill -0 $removes
check "the module is still there, but cannot be used" sh -c "grep -q '^kallsyms_test .* Unloading ' /proc/modules"
modprobe dummy
equal "the watch is told nothing" "$(dmesg | grep -c 'kallsyms_test: Live dummy')" 0
check "other modules can be loaded" timeout 20 insmod "$MODULE"
check "and can watch" timeout 20 head -n 1 /sys/kernel/debug/rust_kallsyms/modules

tap_end
