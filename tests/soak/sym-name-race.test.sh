#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
# timeout: 300
#
# A write to `sym_name` either calls the function or fails, even while the module is being loaded,
# fails to load, or is being removed. No write succeeds without a call.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

parameter=/sys/module/rust_kallsyms/parameters/sym_name
busy='rust_kallsyms: the module is being loaded or removed and takes no requests; try again when it is loaded'

# While init is running.
insmod ./crash.ko
insmod "$MODULE" sym_name=crash_slow args=3000 &
until [ -e $parameter ]; do
	:
done
dmesg | grep -q 'crash_slow(3000) ='
equal "the function that init calls has not returned yet" $? 1
sleep 0.5
dmesg -c >/dev/null
echo nr_processes | cat >$parameter 2>/tmp/error
check "a write while init is running fails with EBUSY" grep -q 'Device or resource busy' /tmp/error
equal "and says why" "$(dmesg | sed -n 's/^\[[^]]*\] \(rust_kallsyms: \)/\1/p')" "$busy"
wait
check "init succeeds" grep -q '^rust_kallsyms .* Live ' /proc/modules
echo >/sys/module/rust_kallsyms/parameters/args
check "after that, a write works" sh -c "echo nr_processes >$parameter"
rmmod rust_kallsyms
rmmod crash

# At any time while init succeeds or fails, or while rmmod runs.

# writer NAME: write the name of a function again and again.
writer() {
	good=0 failed=0 gone=0
	while [ ! -e /tmp/done ]; do
		if (echo "$1" >$parameter); then
			good=$((good + 1))
		elif [ -e $parameter ]; then
			failed=$((failed + 1))
		else
			gone=$((gone + 1))
		fi
		# A call holds the module, which must be free now and then. Also, the console is slow.
		sleep 0.03
	done 2>/dev/null
	echo $good >"/tmp/good.$1"
	echo "# $1: $good calls, $failed writes failed, $gone times there was no file"
}

# How often init failed although it should have succeeded.
wrong=0 turn=0
dmesg -c >/dev/null
for name in nr_processes nr_context_switches get_random_u32; do
	writer $name &
	writers="${writers:-} $!"
done
while [ $turn -lt 30 ]; do
	turn=$((turn + 1))
	case $((turn % 3)) in
	0) insmod "$MODULE" || wrong=$((wrong + 1)) ;;
	1) insmod "$MODULE" 'filter=[' ;;
	2) insmod "$MODULE" sym_name=no_such_function ;;
	esac
	[ ! -e $parameter ] || sleep 0.3
	# A call holds the module, so this takes several tries.
	until rmmod rust_kallsyms || [ ! -e $parameter ]; do
		:
	done
done 2>/dev/null
touch /tmp/done
# shellcheck disable=SC2086 # these are several
wait $writers
dmesg | sed 's/^\[[^]]*\] //' >/tmp/log

for name in nr_processes nr_context_switches get_random_u32; do
	equal "$name: there are as many calls as successful writes" \
		"$(grep -c "^rust_kallsyms: $name() = " /tmp/log)" "$(cat /tmp/good.$name)"
	check "$name: there are some" test "$(cat /tmp/good.$name)" -gt 0
done
check "some writes failed with EBUSY" grep -q -x -F "$busy" /tmp/log
equal "init succeeds whenever it should" $wrong 0
equal "nothing is left" "$(grep -c rust_kallsyms /proc/vmallocinfo)" 0

tap_end
