#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
#
# A closure of a forgotten watch calls nothing but what it meant, even if it runs when the kernel
# has already forgotten the static calls of its module.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh

# rmmod waits for the list of modules, which another module holds, while the closure waits after it.
insmod ./kallsyms_test.ko
ask watch late
ask watch forget
dmesg -c >/dev/null
insmod ./slow.ko coming=4000 &
loads=$!
check "a module is coming" soon grep -q '^slow .* Loading ' /proc/modules
insmod ./kallsyms_twin.ko hold=6000 &
holds=$!
check "another one holds the list" soon sh -c "dmesg | grep -q 'kallsyms_twin: holds the list'"
rmmod kallsyms_test &
check "the closure is called" soon sh -c "dmesg | grep -q 'kallsyms_test: late: begins'"
wait $loads $holds
sleep 4
equal "it calls what it meant, or nothing" \
	"$(dmesg | sed -n 's/.*kallsyms_test: late: //p' | grep -v begins | sed 's/1024/NoSlot/')" "NoSlot"
rmmod slow
check "its module is still going" grep -q '^kallsyms_test .* Unloading ' /proc/modules

tap_end
