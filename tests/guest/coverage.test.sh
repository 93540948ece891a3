#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# How many of the kernel's functions can be given arguments, by the module's own code.

# shellcheck disable=SC2016 # the dollars are for awk

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

mount -t debugfs none /sys/kernel/debug 2>/dev/null
insmod "$MODULE"
cat /sys/kernel/debug/rust_kallsyms/coverage >/tmp/coverage
sed 's/^/# /' /tmp/coverage
equal "a line for each kind, and the sum" "$(wc -l </tmp/coverage)" 10
awk '/ of .* functions/ { exit sum == $3 && callable == $1 ? 0 : 1 } { sum += $1 } !/\(/ { callable += $1 }' /tmp/coverage
equal "the sums are right" $? 0
check "there are as many functions as a kernel has" awk '/ of .* functions/ { exit $3 > 40000 ? 0 : 1 }' /tmp/coverage
check "seven in ten can be given arguments, without structures that only a temporary can be" awk '
	/ of .* functions/ { exit sum >= 0.7 * $3 ? 0 : 1 }
	!/\(/ && !/temporary/ { sum += $1 }' /tmp/coverage
check "the module goes" rmmod rust_kallsyms

tap_end
