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
		last_error
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
	"call: column 1: odd_new and odd have different types struct odd_same; module:name is a module's own"
equal "and typedefs" "$(evaluate 'sizeof(odd_number)')" \
	"call: column 1: odd_new and odd have different types odd_number; module:name is a module's own"
equal "and constants" "$(evaluate 'ODD_REPORT')" \
	"call: column 1: ODD_REPORT: modules have constants of this name with different values; module:ODD_REPORT is a module's own"
equal "a module's own structure" "$(evaluate 'sizeof(struct odd:odd_same)')" 4
equal "another's" "$(evaluate 'sizeof(struct odd_new:odd_same)')" 16
equal "a module's own typedef" "$(evaluate 'sizeof(odd:odd_number)')" 4
equal "in a cast" "$(evaluate '(odd:odd_number)0x1ffffffff')" -1
equal "another's, in a cast" "$(evaluate '(odd_new:odd_number)0x1ffffffff')" 8589934591
equal "the module's own constants" "$(evaluate 'odd:ODD_REPORT + odd_new:ODD_REPORT')" 121
equal "a cast of it is to the module that is named" "$(evaluate '((struct odd:odd_same *)odd_new_same())->value')" 0
equal "a type that the module has not" "$(evaluate 'sizeof(struct odd:nosuch)')" \
	"call: column 1: the kernel has no type struct odd:nosuch"
equal "the kernel's own" "$(evaluate 'sizeof(struct vmlinux:list_head) + sizeof(vmlinux:u32)')" 20
equal "a module that is not there" "$(evaluate 'sizeof(struct nosuch:odd_same)')" \
	"call: column 1: no module nosuch is loaded; /proc/modules has those which are"
equal "a pointer has its module's type" "$(evaluate '*odd_same()')" "(struct odd_same){ .value = 42 }"
equal "so has the other one's" "$(evaluate '*odd_new_same()')" "(struct odd_same){ .added = 0, .value = 42 }"
equal "a cast of it is to its module's type" "$(evaluate '((struct odd_same *)odd_new_same())->added')" 0
equal "a parameter has its module's constants" "$(evaluate 'odd_take(ODD_REPORT) + odd_new_take(ODD_REPORT)')" 121
rmmod odd
equal "nor is it by its name" "$(evaluate 'sizeof(struct odd:odd_same)')" \
	"call: column 1: no module odd is loaded; /proc/modules has those which are"
equal "a module that is gone does not count" "$(evaluate 'sizeof(struct odd_same)') $(evaluate ODD_REPORT)" "16 66"
# shellcheck disable=SC2016 # the text is meant
echo '$1' >&4
equal "a value keeps its type" "$(sed -n 2p <&4)" "struct odd_same *"
exec 4<&-
rmmod odd_new
insmod ./odd.ko
equal "it counts again when it comes back" "$(evaluate 'sizeof(struct odd_same)') $(evaluate ODD_REPORT)" "4 55"
rmmod odd

# Types are kept as long as the file that has values of them, and no longer: what the kernel counts
# for all BTF of modules. (When a module goes, its number for the BTF goes, too.)
references() {
	evaluate 'n = 0; for (i = 2; i < 1000; i++) if (b = unsafe idr_find((struct idr *)(void *)&btf_idr, i)) n += ((struct btf *)b)->refcnt.refs.counter; n'
}
insmod ./odd.ko
before=$(references)
check "the module's types are there" [ "$before" -gt 0 ]
for _ in 1 2 3 4 5; do
	evaluate 'odd_same()' >/dev/null
done
equal "closed files keep no types of modules" "$(references)" "$before"
exec 4<>$file
echo 'odd_same()' >&4
equal "an open one keeps those of its values" "$(references)" $((before + 1))
exec 4<&-
equal "until it is closed" "$(references)" "$before"
rmmod odd

# Pointers to what each CPU has its own of lead nowhere, whichever chunk of such memory they are of.
in_first=0
in_later=0
for _ in $(seq 40); do
	value=$(evaluate '*(int *)pcpu_alloc_noprof(4096, 8, false, GFP_KERNEL)')
	case $value in
	"call: column 2: each CPU has its own of what this points to"*) in_first=$((in_first + 1)) ;;
	"call: column 1: the memory of this cannot be read") in_later=$((in_later + 1)) ;;
	*) echo "# $value" ;;
	esac
done
equal "no per-CPU pointer gives a value" $((in_first + in_later)) 40
check "some are of later chunks: $in_later" test $in_later -gt 0

# Several symbols of one name, in the order of /proc/kallsyms.
several=$(awk '
	$4 == "" { count[$3]++; if ($2 !~ /^[rRbB]$/ || $3 !~ /^[a-z_A-Z0-9]*$/) other[$3] = 1 }
	END { for (name in count) if (count[name] == 2 && !(name in other)) print name }' /proc/kallsyms | sort | head -n 3)
check "there are such" test -n "$several"
for name in $several; do
	equal "$name has no number" "$(evaluate "&$name" | sed 's/: @1 .*//')" \
		"call: column 1: \`void *\`: 2 symbols are called $name; choose by $name@n"
	for number in 1 2; do
		address=$(awk -v name="$name" '$3 == name && $4 == "" { print "0x" $1 }' /proc/kallsyms | sed -n ${number}p)
		equal "$name@$number" "$(evaluate "&$name@$number")" "$address"
	done
	equal "$name@3 is not there" "$(evaluate "&$name@3" | sed 's/: @1 .*//')" \
		"call: column 1: \`void *\`: no symbol of this name has the number 3"
done
several=$(awk '$3 == "__per_cpu_start" { on = 1 } on && $4 == "" { print $3 } $3 == "__per_cpu_end" { exit }' /proc/kallsyms | sort | uniq -d | head -n 1)
if [ -n "$several" ]; then
	equal "several per-CPU variables" "$(evaluate "per_cpu($several, 0)" | sed 's/: @1 .*//; s/[0-9]* symbols/N symbols/')" \
		"call: column 1: \`per_cpu($several)\`: N symbols are called $several; choose by $several@n"
	equal "the type of one is not known by the name" "$(evaluate "per_cpu($several@1, 0)")" \
		"call: column 1: \`per_cpu($several@1)\`: the kernel has no type for it"
else
	skip "several per-CPU variables" "this kernel has none of one name"
	skip "the type of one is not known by the name" "this kernel has none of one name"
fi
equal "a function of several" "$(evaluate 'jhash(NULL, 0, 0)' | sed 's/: @1 .*//; s/: [0-9]* /: N /')" \
	"jhash: N symbols have this name; choose by name@n or module:name"
check "the module goes" rmmod rust_kallsyms

tap_end
