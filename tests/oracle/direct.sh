#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The machine code calls functions that the library imports by name directly. On x86 the call goes
# to a trampoline until the kernel patches it (a static call site).
#
# Usage: tests/oracle/direct.sh DIRECTORY

set -euo pipefail
# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

build=$1
if [ "$ARCH" != amd64 ]; then
	skip "direct calls" "only x86 has static calls"
	tap_end
	exit
fi
out=$directory

# none PATTERN FILE: fail, and show the lines, if lines match.
none() {
	! grep --extended-regexp --max-count=5 "$1" "$2"
}

# equal A B
equal() {
	[ "$1" = "$2" ] || { echo "$1 is not $2"; return 1; }
}

indirect='(call|jmp) +\*|__x86_indirect_thunk'
for module in "$build/rust_kallsyms.ko" "$build-fixtures/kallsyms_test.ko" "$build-examples"/*/*.ko; do
	name=$(basename "$module")
	scripts/enter objdump --disassemble --reloc --no-show-raw-insn "$PWD/$module" |
		grep -A1 -E '>:$|\<(call|jmp|j[a-z]+)\>|__x86_indirect|R_X86_64' >"$out/code"
	# Branches to our trampolines: each is an instruction and then its relocation.
	grep -B1 'R_X86_64_.*__SCT__kallsyms_' "$out/code" | grep -v '__SCT__' | sed 's/.*:\t//; s/ .*//' | grep -v '^--' |
		sort | uniq -c >"$out/kinds"
	sites=$(grep -c 'R_X86_64_PLT32[[:space:]]*__SCT__' "$out/code")
	check "$name: $sites branches to trampolines, all of them direct" \
		equal "$(awk '{ print $2 }' "$out/kinds" | grep -v -x 'call\|jmp\|')" ""
	# An entry has the places of the site and of its key: two words of 32 bits.
	scripts/enter readelf --sections --wide "$PWD/$module" >"$out/sections"
	size=$(sed -n 's/.* \.static_call_sites  *PROGBITS  *[0-9a-f]* [0-9a-f]* \([0-9a-f]*\) .*/\1/p' "$out/sections")
	check "$name: the kernel patches each of them" equal "$sites" $((0x${size:-0} / 8))
	check "$name: there are more than ten" test "$sites" -gt 10
done

# body FUNCTION: print its machine code.
body() {
	scripts/enter objdump --disassemble="$1" --reloc --no-show-raw-insn "$PWD/$build-fixtures/kallsyms_test.ko"
}

for function in kallsyms_test_call_import kallsyms_test_call_function; do
	body "$function" >"$out/body"
	check "$function: it has no indirect branch" none "$indirect" "$out/body"
done
body kallsyms_test_call_import >"$out/body"
check "an imported function is one direct branch" \
	equal "$(grep -o 'R_X86_64_PLT32[[:space:]]*__SCT__[a-z_]*' "$out/body" | sed 's/.*__SCT__//')" kallsyms_import_nr_processes
body kallsyms_test_call_function >"$out/body"
check "a function found at run time is one of eight direct branches" \
	equal "$(grep -o 'R_X86_64_PLT32[[:space:]]*__SCT__[a-z_]*[0-9]' "$out/body" | sort -u | wc -l)" 8

# Without the prefix in its name, our static call would replace the kernel's for C code in the
# module.
for module in "$build/rust_kallsyms.ko" "$build-fixtures/kallsyms_test.ko"; do
	scripts/enter nm "$PWD/$module" | sed -n 's/^[0-9a-f]* [A-Z] \(__SC[KT]__\)/\1/p' >"$out/names"
	check "$(basename "$module"): all static calls that it defines have our prefix" \
		none '^__SC[KT]__([^k]|k[^a]|ka[^l]|kal[^l])' "$out/names"
	check "$(basename "$module"): there are some" grep -q '^__SCT__kallsyms_import_' "$out/names"
done

tap_end
