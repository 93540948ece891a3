#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# Many arguments, structures by value and callbacks, with functions of the fixtures. A function that
# takes structures says whether it got all arguments as expected (see fixtures/shapes.awk).

# shellcheck disable=SC2016 # the dollars are for the module
# shellcheck source=tests/guest/tap.sh
. ./tap.sh

insmod "$MODULE"
insmod ./callee.ko
insmod ./shapes.ko
insmod ./crash.ko
if ! [ -e /sys/kernel/btf/shapes ]; then
	skip "structures by value" "the fixtures have no types of their own in this build"
	tap_end
fi
exec 3<>/sys/kernel/debug/rust_kallsyms/call

# evaluate EXPRESSION: its value, or the line of its error.
evaluate() {
	if printf '%s\n' "$1" >&3 2>/dev/null; then
		head -n 1 <&3
	else
		last_error
	fi
}

# numbers K: the first numbers of an argument list.
numbers() {
	list=''
	n=1
	while [ "$n" -le "$1" ]; do
		list="$list$n, "
		n=$((n + 1))
	done
	printf %s "$list"
}

# Each structure comes out of a function, by value or by its address, and goes into another.
for alignment in 1 2 4 8 16; do
	size=$alignment
	while [ "$size" -le 16 ]; do
		it=shape_${alignment}_$size
		got=''
		wanted=''
		for k in 0 1 2 3 4 5 6 7 8; do
			got="$got $(evaluate "${it}_$k($(numbers $k)${it}_make(), -2)")"
			wanted="$wanted 100$k"
		done
		equal "$size bytes aligned to $alignment, with 0 to 8 arguments before" "$got" "$wanted"
		equal "the same from memory" "$(evaluate "${it}_3(1, 2, 3, *${it}_at(), -2)")" 1003
		if [ "$alignment" -lt 16 ]; then
			# The bytes are 0xa1, 0xa2 … in the order of the machine, which is little-endian.
			members=''
			byte=0
			while [ "$byte" -lt "$size" ]; do
				member=''
				for _ in $(seq "$alignment"); do
					member=$(printf %x $((0xa1 + byte)))$member
					byte=$((byte + 1))
				done
				members="$members, .m$((byte / alignment - 1)) = 0x$member"
			done
			equal "the same in braces" "$(evaluate "${it}_7($(numbers 7){ ${members#, } }, -2)")" 1007
			equal "its last member" "$(evaluate "${it}_make().m$((size / alignment - 1))")" "$(printf %u "0x$member")"
		fi
		size=$((size + alignment))
	done
done
for pair in '1 shape_8_16 shape_4_4' '2 shape_8_16 shape_16_16' '3 shape_1_3 shape_8_16'; do
	# shellcheck disable=SC2086 # three words
	set -- $pair
	got=''
	wanted=''
	for k in 0 1 2 3 4 5 6 7 8; do
		got="$got $(evaluate "shapes_$1_$k($(numbers $k)$2_make(), $3_make(), -2)")"
		wanted="$wanted 100$k"
	done
	equal "$2 and $3" "$got" "$wanted"
done

while IFS= read -r line; do
	expression=${line%% => *}
	equal "$expression" "$(evaluate "$expression")" "${line##* => }"
done <<'TABLE'
shape_4_8_make() => (struct shape_4_8){ .m0 = 2762187425, .m1 = 2829559461 }
shape_4_8_make().m1 - 2829559460 => 1
shape_16_16_make() => (struct shape_16_16){ .m0 = 234856322107570892760827205027763561121 }
shape_1_3_2(1, 2, { .m0 = 161, .m1 = 162, .m2 = 163 }, -2) => 1002
shape_1_3_2(1, 2, { .m0 = 161, .m1 = 162, .m2 = 164 }, -2) => 2097152
shape_1_3_2(1, 2, { .m0 = 256 }, -2) => call: column 21: `u8`: 256 is out of range
shape_1_3_2(1, 2, { .m9 = 1 }, -2) => call: column 21: `struct shape_1_3` has no member m9
shape_1_3_0(shape_1_4_make(), -2) => call: column 13: `struct shape_1_3 it1`: wants a `struct shape_1_3`, not a `struct shape_1_4`
shape_1_3_0(3, -2) => call: column 13: `struct shape_1_3 it1`: wants a structure: { .member = value, ... } or one in memory
shape_1_3_0(shape_1_3_at(), -2) => call: column 13: `struct shape_1_3 it1`: wants a structure: { .member = value, ... } or one in memory
shape_1_3_0(*find_vpid(1), -2) => call: column 13: a `struct pid` cannot be passed by value: it has more than 16 bytes; without `*` a pointer is passed
callee_12(1, -2, 3, -4, 5, -6, 7, -8, true, 10, -11, "!") => 348
callee_12(255, -128, 65535, -32768, 4294967295, -2147483648, 0, -1, false, 255, -32768, "\x01") => 8589642225
callee_7(1, 2, 3, 4, 5, 6, 7) => 28
unsafe callee_total(11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -11) => 44
callee_total(11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) => call: column 53: one argument too many for `int callee_total(int count, ...)`
callee_13(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13) => `u64 callee_13(u64 a, u64 b, u64 c, u64 d, u64 e, u64 f, u64 g, u64 h, u64 i, u64 j, u64 k, u64 l, u64 m)` takes more than 12 arguments, which is not supported
callee_apply(callee_reached, 4, 2) => 42
callee_apply(&callee_reached, 4, 3) => 43
callee_apply(&callee:callee_reached, 4, 4) => 44
callee_apply(callee_low, 4, 2) => call: column 14: `int (*function)(int, int)`: this is `u8 callee_low(u64 a)`
callee_apply(NULL, 4, 2) => call: column 14: `int (*function)(int, int)`: it is not known to take NULL; unsafe passes NULL
callee_apply(out, 4, 2) => call: column 14: `int (*function)(int, int)`: wants the name of a function
callee_apply(5, 4, 2) => call: column 14: `int (*function)(int, int)`: wants the name of a function
callee_apply(callee_data, 4, 2) => call: column 14: `int (*function)(int, int)`: it is data, not a function
callee_apply(no_such_function, 4, 2) => call: column 14: `int (*function)(int, int)`: no such symbol
callee_apply(crash_null, 4, 2) => call: column 14: `int (*function)(int, int)`: crash_null is of crash; only functions of the kernel itself, and of the module that is called, stay where they are
callee_apply(machine_halt, 4, 2) => machine_halt: it stops the machine or one of its processors; unsafe calls it all the same
TABLE
# Only some architectures have landing pads.
case $(uname -m) in
x86_64)
	equal "a sealed function is not called back" "$(evaluate 'callee_apply(callee_sum, 4, 2)')" \
		"call: column 14: \`int (*function)(int, int)\`: callee_sum cannot be called through a pointer: the kernel never takes its address"
	;;
*)
	equal "any function is called back" "$(evaluate 'callee_apply(callee_sum, 4, 2)')" 6
	;;
esac

# Earlier values from a module stay, with their types, also when the module is gone.
evaluate 'shape_4_8_at()' >/dev/null
equal "an earlier pointer of a module's type is read" "$(evaluate '$->m0')" 2762187425
evaluate 'shape_4_8_make()' >/dev/null
equal "an earlier structure that came by value" "$(evaluate '$.m1')" 2829559461
evaluate 'ns_to_timespec64(5)' >/dev/null
equal "it is passed on" "$(evaluate 'timespec64_add_safe($, $).tv_nsec')" 10
exec 3<&-
exec 3<>/sys/kernel/debug/rust_kallsyms/call
evaluate 'shape_4_8_at()' >/dev/null
equal "another open file" "$(evaluate '(*$).m1 - $->m0')" 67372036
check "nothing holds the module" rmmod shapes
printf '%s\n' '&$1->m1' >&3
equal "its types stay" "$(sed -n 2p <&3)" 'u32 *'
equal "casts do not know them" "$(evaluate 'sizeof(struct shape_4_8)')" \
	"call: column 1: the kernel has no type struct shape_4_8"
exec 3<&-
check "the modules go" rmmod rust_kallsyms callee

tap_end
