#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# None of our functions uses more than 1 KiB of the kernel's stack. (How much is left for a called
# function is tested in a guest, by contain.test.sh.)

. tests/host-tap.sh
build=$1

# frames OBJECT LIMIT
frames() {
	scripts/enter "$GNU-objdump" --disassemble --demangle --no-show-raw-insn "$PWD/$1" |
		scripts/enter python3 "$PWD/tests/oracle/frames.py" "$2"
}

for object in src/rust_kallsyms.o src/module_bindings/helpers.o; do
	check "$object: no frame of more than 1024 bytes" frames "$build/$object" 1024
done
expect "with a smaller limit, frames are found" 1 '^[0-9]* rust_kallsyms::' frames "$build/src/rust_kallsyms.o" 256

tap_end
