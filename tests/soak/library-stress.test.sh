#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
#
# Modules are loaded and removed on one CPU, while symbols are walked over, looked up, held and
# called on the other. This goes on for 10 s, and until the module slow has been loaded and held,
# for at most ten times as long. The kernel's command line can set another time:
#
#   scripts/guest --append stress_seconds=30 …

# shellcheck disable=SC2317,SC2329 # they are called by name
# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh
seconds=$(sed -n 's/.*stress_seconds=\([0-9]*\).*/\1/p' /proc/cmdline)
begin=$(cut -d . -f 1 /proc/uptime)
end=$((begin + ${seconds:-10}))
limit=$((begin + ${seconds:-10} * 10))
echo 0 | tee /tmp/come >/tmp/held

# goes_on: is there time left, or has slow not been loaded and held yet? (While a file is being
# written, it is empty.)
goes_on() {
	now=$(cut -d . -f 1 /proc/uptime)
	[ "$now" -lt $end ] && return
	{ ! grep -q '[1-9]' /tmp/come || ! grep -q '[1-9]' /tmp/held; } && [ "$now" -lt $limit ]
}

# meanwhile COMMAND...: repeat COMMAND while `goes_on`; write to a file how often it ran.
meanwhile() {
	turns=0
	while goes_on; do
		"$@" 2>/dev/null
		turns=$((turns + 1))
	done
	echo $turns >"/tmp/turns.$1"
}

come_and_go() {
	insmod ./slow.ko && come=$((come + 1))
	rmmod slow
	modprobe dummy && modprobe macvlan && rmmod macvlan
	rmmod dummy
	echo "${come:-0}" >/tmp/come
}

walk() {
	echo all >"$do"
	echo "query [sdm]* *_init text 10" >"$do"
	echo "query - *_fun* - 10" >"$do"
}

hold() {
	echo "hold slow:slow_function 0" >"$do" && grep -q '^[0-9a-f]*$' "$do" && held=$((held + 1))
	echo drop >"$do"
	echo "hold dummy:dummy_setup 0" >"$do"
	echo "named cleanup_module" >"$do"
	echo drop >"$do"
	echo "${held:-0}" >/tmp/held
}

call() {
	echo "test imports" >"$do"
	echo "test functions" >"$do"
}

insmod ./callee.ko
check "the test module loads" insmod ./kallsyms_test.ko || tap_end
meanwhile come_and_go &
meanwhile walk &
meanwhile hold &
meanwhile call &
wait
for what in come_and_go walk hold call; do
	check "$what: $(cat /tmp/turns.$what) turns" test "$(cat /tmp/turns.$what)" -gt 0
done
check "slow was loaded $(cat /tmp/come) times" test "$(cat /tmp/come)" -gt 0
check "slow was held $(cat /tmp/held) times" test "$(cat /tmp/held)" -gt 0
echo drop >"$do"
rmmod slow 2>/dev/null
modprobe -a dummy macvlan
insmod ./slow.ko
for module in callee slow dummy macvlan kallsyms_test; do
	equal "$module has no reference" "$(cat /sys/module/$module/refcnt)" 0
done
check "all modules can be removed" sh -c "rmmod kallsyms_test && rmmod callee && rmmod slow && rmmod dummy && rmmod macvlan"

tap_end
