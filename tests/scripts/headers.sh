#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Others build with what header packages have: examples/symbol_stats is built by plain make on a
# tree as the kernel's own packages have it, and where bindgen and the kernel's compiler understand
# a header differently, that is an error. scripts/trees does it at length.

# shellcheck source=scripts/common.sh
. scripts/common.sh
# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh
# shellcheck source=tests/trees.sh
. tests/trees.sh
set +e

if [ "$ARCH" != amd64 ]; then
	skip "a module is built on a tree of the kernel's own packages" "what makes it is for another machine"
	tap_end
	exit
fi

check "a tree as the kernel's own packages have it" bindeb_tree "$directory/tree"
for file in .config rust/Makefile rust/bindgen_parameters tools/objtool/noreturns.h; do
	check "it has no $file" test ! -e "$directory/tree/$file"
done
cp --recursive --dereference examples/symbol_stats "$directory"
build() { WRITABLE=$directory scripts/enter make -C "$directory/tree" M="$directory/symbol_stats" "$@"; }
check "symbol_stats is built by plain make" build
check "to a module" test -s "$directory/symbol_stats/symbol_stats.ko"

# For the compiler, and not for bindgen, there is one more member.
echo "CFLAGS_bindings/layouts.o := '-Dnmissed=nmissed; long more'" >>"$directory/symbol_stats/Kbuild"
expect "another layout is an error" 2 \
	"disagree about the headers: size_of::<kprobe>() is not 136, which the C compiler has" build

rm "$directory/tree/rust/libkernel.rmeta"
expect "headers without the metadata are named" 2 \
	'has no metadata of Rust crates (rust/libkernel.rmeta).*docs/kernels.md' build

tap_end
