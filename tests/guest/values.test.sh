#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# Types, constants and values of modules, also those that only some compilers make (values.table);
# and a module that is loaded again, built with other types. The expected values are gcc's.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

mount -t debugfs none /sys/kernel/debug 2>/dev/null
insmod "$MODULE"
file=/sys/kernel/debug/rust_kallsyms/call

# evaluate EXPRESSION: its value, or the line of its error.
evaluate() {
	exec 3<>$file
	if printf '%s\n' "$1" >&3 2>/dev/null; then
		head -n 1 <&3
	else
		dmesg | tail -n 1 | sed 's/^\[[^]]*\] rust_kallsyms: //'
	fi
	exec 3<&-
}

# Names that were never used before, in a module none of whose functions was called.
insmod ./odd.ko
equal "a type of a module" "$(evaluate 'sizeof(struct odd_same)')" 4
equal "a constant of a module" "$(evaluate ODD_REPORT)" 55
equal "a cast to an enumeration of a module" "$(evaluate '(enum odd_small)-7')" "ODD_NEG (-7)"

rows values.table >/tmp/rows
skip_rows
while IFS= read -r line; do
	expression=${line%% => *}
	value=$(evaluate "$expression")
	expected=${line#* => }
	case $expected in
	*…)
		expected=${expected%…}
		[ "${value#"$expected"}" = "$value" ] || value=$expected
		;;
	'call: '*) [ "${value#"$expected"}" = "$value" ] || value=$expected ;;
	esac
	equal "$expression" "$value" "$expected"
done </tmp/rows

# A thread of the module: the one that waits for a call that takes long.
(exec 5<>$file; echo 'msleep(12000)' >&5) &
sleep 1
for pid in $(ps -o pid,comm | awk '$2 ~ /rust_kallsyms/ { print $1 }'); do
	equal "a thread of ours is not passed on" "$(evaluate "can_nice(find_task_by_vpid($pid), 0)")" \
		"call: column 10: \`const struct task_struct *p\`: this belongs to rust_kallsyms itself; unsafe passes it on"
	ours=$pid
done
check "there was one" test -n "$ours"
wait

# The same names with other types.
exec 4<>$file
echo 'odd_same()' >&4
insmod ./odd_new.ko
equal "two modules have different types" "$(evaluate 'sizeof(struct odd_same)')" \
	"call: column 1: odd_new and odd have different types struct odd_same"
equal "a pointer has its module's type" "$(evaluate '*odd_same()')" "(struct odd_same){ .value = 42 }"
equal "so has the other one's" "$(evaluate '*odd_new_same()')" "(struct odd_same){ .added = 0, .value = 42 }"
equal "a cast of it is to its module's type" "$(evaluate '((struct odd_same *)odd_new_same())->added')" 0
equal "a parameter has its module's constants" "$(evaluate 'odd_take(ODD_REPORT) + odd_new_take(ODD_REPORT)')" 121
rmmod odd
equal "a module that is gone does not count" "$(evaluate 'sizeof(struct odd_same)') $(evaluate ODD_REPORT)" "16 66"
# shellcheck disable=SC2016 # the text is meant
echo '$1' >&4
equal "a value keeps its type" "$(sed -n 2p <&4)" "struct odd_same *"
exec 4<&-
rmmod odd_new
insmod ./odd.ko
equal "it counts again when it comes back" "$(evaluate 'sizeof(struct odd_same)') $(evaluate ODD_REPORT)" "4 55"
rmmod odd
check "the module goes" rmmod rust_kallsyms

tap_end
