#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
# timeout: 900
#
# Thousands of random, well-typed expressions read members, elements, per-CPU variables and casts of
# these, and call no functions (tests/readings/generate.py makes them). The pointers can have any
# value, so some memory cannot be read; nothing else goes wrong, and the kernel does not complain.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

insmod "$MODULE"
count=$(wc -l <expressions)
./feed /sys/kernel/debug/rust_kallsyms/call <expressions >/tmp/feed
equal "with SEED=$(cat seed), all get an answer" "$(sed -n 's/^lines //p' /tmp/feed)" "$count"
equal "an expression fails only when memory cannot be read" \
	"$(grep -v '^lines \|^values \|^bytes \|^failed [0-9]* Bad address$\|^longest ' /tmp/feed | head -n 5)" ""
check "most have values" test "$(sed -n 's/^values //p' /tmp/feed)" -gt $((count / 2))
sed 's/^/# /' /tmp/feed | tail -n 6
check "the module goes" rmmod rust_kallsyms

tap_end
