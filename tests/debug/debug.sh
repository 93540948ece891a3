# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the tests in kernels built for finding bugs share; sourced after tap.sh. What a kernel complains about on
# its console, scripts/guest sees.

debug=/sys/kernel/debug

# After this has run, lockdep has watched all that went before. A report of anything switches it off.
lockdep_is_on() {
	equal "lockdep has watched until now" "$(sed -n 's/^ *debug_locks: *//p' /proc/lockdep_stats)" 1
}

# What is not free yet and not reachable any more either, from now on.
leaks_begin() {
	echo scan >$debug/kmemleak
	echo clear >$debug/kmemleak
}

# Nothing has leaked since. What has been free for less than five seconds is not looked at, and what is in some
# register during one scan is not during the next. What threads called $not_ours have allocated is not ours.
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
