#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Header packages of others: on trees as Arch, Armbian and the kernel's own `make bindeb-pkg` lay
# them out, this module, the module of the guide to vendoring, examples/symbol_stats and the
# kernel's rust_minimal are built, by our scripts and by plain make, and a guest of the stock kernel
# loads each of them.

# shellcheck source=scripts/common.sh
. scripts/common.sh
# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh
# shellcheck source=tests/trees.sh
. tests/trees.sh
set +e

if [ "$ARCH" != amd64 ]; then
	skip "modules are built on others' trees" "what makes them is for another machine"
	tap_end
	exit
fi

# The modules' sources: each in a directory of its own, with nothing else of this checkout.
sources=$directory/sources
mkdir -p "$sources"/{rust_kallsyms,processes,rust_minimal} "$directory/ko"
git ls-files -z --cached --others --exclude-standard |
	tar --create --null --files-from=- --ignore-failed-read 2>/dev/null | tar --extract --directory="$sources/rust_kallsyms"
cp --recursive --dereference examples/symbol_stats "$sources"
cp -r src/kallsyms bindings "$sources/processes"
(cd "$sources/processes" && awk -v directory="$directory" -f "$OLDPWD/tests/guide.awk" "$OLDPWD/docs/library.md")
cp "$kernel/build/samples/rust/rust_minimal.rs" "$sources/rust_minimal"
echo 'obj-m := rust_minimal.o' >"$sources/rust_minimal/Kbuild"

# The compilers are in the tool root.
enter() { WRITABLE=$directory scripts/enter env XDG_CACHE_HOME=/tmp "$@"; }

# kept TREE HOW MODULE FILE: the guest gets the module.
kept() { scripts/strip "$4" "$directory/ko/$1.$2.$3.ko"; }

for tree in arch armbian bindeb; do
	check "a tree like $tree's" "${tree}_tree" "$directory/$tree/tree"
	kdir=$directory/$tree/tree
	for name in rust_kallsyms processes symbol_stats rust_minimal; do
		copy=$directory/$tree/$name
		cp -r "$sources/$name" "$copy"
		if [ $name = rust_kallsyms ]; then
			check "$tree: make KDIR=… builds $name" enter make -C "$copy" KDIR="$kdir"
			kept $tree kdir $name "$copy/build/kdir/rust_kallsyms.ko"
		else
			check "$tree: scripts/build --kdir … builds $name" \
				enter scripts/build --kdir "$kdir" --source "$copy" "$copy/build"
			kept $tree kdir $name "$copy/build/$name.ko"
		fi
		check "$tree: make -C … M=… builds $name" enter make -C "$kdir" M="$copy"
		kept $tree make $name "$copy/$name.ko"
	done
	# What stands in for the kernel's list of functions that never return has at least all of those.
	grep '^"' "$1/bindings/noreturns.rs" | grep --invert-match --line-regexp --fixed-strings \
		--file="$directory/$tree/processes/bindings/noreturns.rs" >"$directory/output"
	test ! -s "$directory/output" && grep --quiet '^"panic"' "$1/bindings/noreturns.rs"
	tap $? "$tree: every function that the kernel says never returns is known"
	sed 's/^/# /' "$directory/output"
done

# The patch by which the last of the trees was made, when its sender is named.
sed 's/NAME <ADDRESS>/Somebody <somebody@example.org>/' packaging/kernel/0001-*.patch >"$directory/patch"
check "the kernel's own checkpatch has nothing to say of the patch" \
	perl "$kernel/build/scripts/checkpatch.pl" --no-tree --quiet "$directory/patch"
modules=()
for file in "$directory"/ko/*; do
	modules+=(--module "$file")
done
while IFS= read -r line; do
	case $line in
	'ok '*) tap 0 "${line#*- }" ;;
	'not ok '*) tap 1 "${line#*- }" ;;
	1..*) ;;
	*) echo "$line" ;;
	esac
done < <(scripts/guest --file tests/guest/tap.sh --console "build/test/$(basename "$1")/trees.console" --timeout 300 \
	"${modules[@]}" tests/scripts/trees.guest || echo "not ok 0 - the guest ended well")

tap_end
