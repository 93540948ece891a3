#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
# timeout: 300
#
# Four processes open, write and read the live files 2000 times, while modules come and go.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

# work TIMES: use the files TIMES times in one process; print wrong answers.
work() {
	turn=0
	while [ "$turn" -lt "$1" ]; do
		turn=$((turn + 1))
		case $((turn % 5)) in
		0) [ "$(answer call "int_sqrt($((turn * turn)))" | head -n 1)" = $turn ] || echo "call $turn" ;;
		1) [ "$(answer lookup int_sqrt | wc -l)" = 1 ] || echo "lookup $turn" ;;
		2) [ "$(answer symbols 'module=rust_kallsyms limit=9' | grep -c ' \[rust_kallsyms\] ')" = 9 ] || echo "symbols $turn" ;;
		3) [ -z "$(answer lookup "no_such_name_$turn")" ] || echo "no symbol $turn" ;;
		4)
			# dummy may be loaded or not; all symbols in the answer must be its own.
			answer symbols 'module=dummy' | grep -v ' \[dummy\] ' | sed 's/^/dummy: /'
			;;
		esac
	done
}

# used: print how much the kernel's allocators hold, in KiB.
used() {
	echo 3 >/proc/sys/vm/drop_caches
	sleep 1
	awk '$1 == "SUnreclaim:" || $1 == "VmallocUsed:" { sum += $2 } END { print sum }' /proc/meminfo
}

# round TIMES: run four processes, and a fifth that loads and removes modules.
round() {
	(while [ ! -e /tmp/done ]; do
		modprobe dummy && rmmod dummy
		modprobe nf_tables && rmmod nf_tables
	done) 2>/dev/null &
	churner=$!
	for worker in 1 2 3 4; do
		work "$1" >/tmp/wrong.$worker 2>&1 &
		workers="$workers $!"
	done
	# shellcheck disable=SC2086 # these are several
	wait $workers
	touch /tmp/done
	wait $churner
	rm /tmp/done
	workers=
}

insmod "$MODULE"
round 10
before=$(used)
round 500
equal "every answer is right" "$(cat /tmp/wrong.*)" ""
equal "nobody holds the module" "$(cat /sys/module/rust_kallsyms/refcnt)" 0
after=$(used)
check "memory has grown by less than 1 MiB ($before KiB, $after KiB)" test $((after - before)) -lt 1024
check "the module can be removed" rmmod rust_kallsyms
equal "nothing is left of it" "$(grep -c rust_kallsyms /proc/vmallocinfo)" 0
equal "the other modules are gone" "$(grep -c -e '^dummy ' -e '^nf_tables ' /proc/modules)" 0

tap_end
