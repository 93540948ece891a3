# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# The expressions in evaluations.table, through one open file; sourced after debug.sh. This kernel
# lacks parts of Debian's, so some values differ.

# In some kernels crc16() is in a module.
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
	*)
		other=$((other + 1))
		echo "# $line: $value"
		;;
	esac
done </tmp/rows
exec 3<&-
kill $pid
check "$same values are the same as in the table, $other differ or do not exist here" test $same -gt $other
# Clang and gcc have different names for it.
equal "a function is found by an integer that it takes" \
	"$(answer functions 'name=int_sqrt takes="unsigned long"' | grep -c int_sqrt)" 1
answer call 'slab_start(out, out)' >/dev/null 2>&1
equal "and one that takes a lock, by what it takes" "$(last_error)" \
	"slab_start: it begins or ends a walk through a file, and may take or release a lock; unsafe calls it all the same"
check "the module goes" rmmod rust_kallsyms
# Some functions in the table, such as kstrdup(), leave memory allocated by the threads that make
# the calls.
# shellcheck disable=SC2034 # no_leaks uses it
not_ours=rust_kallsyms
[ ! -e /sys/kernel/debug/kmemleak ] || no_leaks
[ ! -e /proc/lockdep_stats ] || lockdep_is_on
