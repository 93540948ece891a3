#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
# timeout: 600
#
# The library's watches: what they are told, where they may end, and what becomes of one that is forgotten.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh

insmod ./kallsyms_test.ko

# symbols MODULE: how many it has in /proc/kallsyms.
symbols() { grep -c "	\[$1\]\$" /proc/kallsyms; }

# What is told, and how many symbols: of a module with symbols that only its start needs, and without.
ask watch plain
modprobe xfs
insmod ./callee.ko
xfs=$(symbols xfs)
callee=$(symbols callee)
check "xfs has symbols" test "$xfs" -gt 3000
rmmod callee
equal "each module that comes, starts and goes, with its symbols" "$(ask watch told | grep -e xfs -e callee)" \
	"Coming xfs $xfs
Live xfs $xfs
Coming callee $callee
Live callee $callee
Going callee $callee"
# It reads its parameters, and fails, after it has got its symbols.
check "a module that does not start" sh -c "! insmod '$MODULE' sym_name=no_such_symbol"
equal "it comes and goes" "$(ask watch told | cut -d' ' -f1,2)" "Coming rust_kallsyms
Going rust_kallsyms"
check "one that is no module" sh -c "! insmod ./tap.sh"
equal "it is not told of" "$(ask watch told)" ""

# Several at once, until they end.
ask watch plain
modprobe dummy
equal "two watches are told" "$(ask watch told | grep -c '^Live dummy ')" 2
ask watch stop
rmmod dummy
equal "none is told after its end" "$(ask watch told)" ""

# What would wait for itself is an error.
ask watch nested
modprobe dummy
equal "a watch or a walk inside of a closure" "$(ask watch told | sed -n 2p)" "Some(Nested) Some(Nested)"
ask watch stop
rmmod dummy

# Who ends a watch from elsewhere waits for its closure.
ask watch slow
dmesg -c >/dev/null
modprobe dummy &
loads=$!
check "its closure begins" soon sh -c "dmesg | grep -q 'kallsyms_test: slow is told'"
ask watch stop
check "who ends a watch waits until its closure has returned" test "$(ask watch told | wc -l)" -ge 1
wait $loads
equal "it is told no more" "$(ask watch told)" ""
rmmod dummy

# A closure may end its own watch, and others.
ask watch once
ask watch plain
ask watch plain
modprobe dummy
check "a closure ends all watches, and its own: the rest is told at most once" test "$(ask watch told | wc -l)" -le 3
rmmod dummy
equal "they are told no more" "$(ask watch told)" ""
ask watch plain
modprobe dummy
equal "another one is" "$(ask watch told | grep -c '^Live dummy ')" 1
equal "a walk ends it" "$(ask watch stop-walking)" ""
rmmod dummy
equal "it is told no more, too" "$(ask watch told)" ""

# What is held ends with the module.
ask watch once
ask watch plain
modprobe dummy
ask watch loud
check "a module that watches can be removed" timeout 20 rmmod kallsyms_test
rmmod dummy
check "nobody is told then" sh -c "! dmesg | grep 'kallsyms_test: .* dummy'"

# Many start, are told and end at once.
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

# Last, since it stays: a watch that is forgotten is told nothing when its module goes, which is not freed.
insmod ./kallsyms_test.ko
ask watch loud
ask watch forget
rmmod kallsyms_test &
removes=$!
soon grep -q '^kallsyms_test .* Unloading ' /proc/modules
sleep 2
check "who removes the module of a forgotten watch waits" kill -0 $removes
check "it is there still, but cannot be used" sh -c "grep -q '^kallsyms_test .* Unloading ' /proc/modules"
modprobe dummy
equal "the watch is told nothing any more" "$(dmesg | grep -c 'kallsyms_test: Live dummy')" 0
check "others are not hindered" timeout 20 insmod "$MODULE"
check "nor those that watch" timeout 20 head -n 1 /sys/kernel/debug/rust_kallsyms/modules

tap_end
