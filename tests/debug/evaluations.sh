# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# The expressions of evaluations.table, through one open file; sourced after debug.sh. This kernel has not all that
# Debian's has, so that a value may differ; most do not.

# crc16() is in a module of its own in some kernels.
modprobe -q crc16
insmod "$MODULE"
[ ! -e /sys/kernel/debug/kmemleak ] || leaks_begin
sleep 100000 &
pid=$!
same=0 other=0
exec 3<>/sys/kernel/debug/rust_kallsyms/call
rows evaluations.table >/tmp/rows
while IFS= read -r line; do
	expression=$(printf '%s\n' "${line%% => *}" | sed "s/@pid@/$pid/g")
	value=refused
	if printf '%s\n' "$expression" >&3 2>/dev/null; then
		read -r value <&3
	fi
	expected=${line#* => }
	[ "${expected#call: }" = "$expected" ] || expected=refused
	case $expected in
	"$value") same=$((same + 1)) ;;
	*) other=$((other + 1)) ;;
	esac
done </tmp/rows
exec 3<&-
kill $pid
check "$same values are as the tables have them, $other are not or are not known here" test $same -gt $other
check "the module goes" rmmod rust_kallsyms
# Functions of the table keep memory, as kstrdup() does, in the threads of the calls.
# shellcheck disable=SC2034 # no_leaks has it
not_ours=rust_kallsyms
[ ! -e /sys/kernel/debug/kmemleak ] || no_leaks
[ ! -e /proc/lockdep_stats ] || lockdep_is_on
