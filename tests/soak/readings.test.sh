#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
# timeout: 900
#
# Thousands of random, well-typed expressions and programs read members, elements, per-CPU variables
# and casts of these, and call no functions (tests/readings/generate.py makes them). The pointers
# can have any value, so some memory cannot be read, and some lists run in a circle; nothing else
# goes wrong, and the kernel does not complain.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

insmod "$MODULE"
count=$(wc -l <expressions)
./feed /sys/kernel/debug/rust_kallsyms/call <expressions >/tmp/feed
equal "with SEED=$(cat seed), all get an answer" "$(sed -n 's/^lines //p' /tmp/feed)" "$count"
equal "one fails only when memory cannot be read, or a loop does not end" \
	"$(grep -v -e '^lines \|^values \|^bytes \|^longest ' -e '^failed [0-9]* Bad address$' \
		-e '^failed [0-9]* Too many levels of symbolic links$' -e '^failed [0-9]* Connection timed out$' /tmp/feed | head -n 5)" ""
check "most have values" test "$(sed -n 's/^values //p' /tmp/feed)" -gt $((count / 2))
sed 's/^/# /' /tmp/feed | tail -n 6
check "the module goes" rmmod rust_kallsyms

tap_end
