# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the tests in kernels for finding bugs share; sourced after tap.sh. (scripts/guest sees the
# kernel's complaints on the console.)

debug=/sys/kernel/debug

# Test that lockdep is still on, so that it has checked everything so far. Any report switches it
# off.
lockdep_is_on() {
	equal "lockdep is still on" "$(sed -n 's/^ *debug_locks: *//p' /proc/lockdep_stats)" 1
}

# Begin to look for leaks: forget all unreachable objects so far.
leaks_begin() {
	echo scan >$debug/kmemleak
	echo clear >$debug/kmemleak
}

# Test that nothing has leaked since. kmemleak ignores objects that are younger than five seconds;
# and a pointer that is only in a register during one scan is not there during the next. Objects
# that threads called $not_ours have allocated are not counted.
no_leaks() {
	sleep 6
	echo scan >$debug/kmemleak
	sleep 6
	echo scan >$debug/kmemleak
	cat $debug/kmemleak >/tmp/leaks
	equal "kmemleak finds nothing" "$(grep -A 1 '^unreferenced object' /tmp/leaks |
		grep '^  comm ' | grep -c -v "^  comm \"${not_ours:-}\"")" 0
	head -n 60 /tmp/leaks | sed 's/^/# /'
}
