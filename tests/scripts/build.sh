#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Building for a kernel tree of one's own, from unusual directories, and in parts.
#
# Usage: tests/scripts/build.sh DIRECTORY

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

build=$1
checkout=$PWD
kernel=$(scripts/kernel)

expect "KDIR must be a directory" 125 'KDIR=/none is not a directory' scripts/build --kdir /none "$directory/out"
headers=$directory/headers
mkdir -p "$headers"/{include/config,arch/x86}
cp "$kernel/build/"{Makefile,Module.symvers} "$headers"
cp "$kernel/build/arch/x86/Makefile" "$headers/arch/x86"
cp "$kernel/build/include/config/"{auto.conf,kernel.release} "$headers/include/config"
expect "headers without Rust metadata are refused" 2 \
	'lacks what a Rust module is built against: .*rust/libkernel.rmeta' make KDIR="$headers"
for says in "Debian:  .*make KERNEL=$(cat "$kernel/release"))" "Ubuntu: .* linux-lib-rust-$(cat "$kernel/release")" 'Arch and kin: ' \
	'Armbian: ' 'bindeb-pkg and ' 'make rustavailable && make  ' 'make modules_prepare, and the Module.symvers' 'done with: *rustc 1\.'; do
	grep --quiet "$says" "$directory/output"
	tap $? "the error says: $says"
done
if [ "$ARCH" = amd64 ]; then
	grep --quiet 'built against: .* scripts/target.json' "$directory/output"
	tap $? "and that x86 has a file of its own"
fi
sed -i '/^CONFIG_RUST=y$/d' "$headers/include/config/auto.conf"
expect "those of a kernel without Rust, too" 2 'is for a kernel without support for Rust' make KDIR="$headers"

# The prepared tree can be KDIR where its compilers are: in the tool root.
cat >"$directory/rustc" <<-'RUSTC'
	#!/bin/sh
	echo "rustc 1.2.3 (4567890 2015-07-01)"
RUSTC
chmod +x "$directory/rustc"
expect "another rustc is refused" 125 "KDIR's: *rustc 1\.[^2]" \
	env RUSTC="$directory/rustc" scripts/build --kdir "$kernel/build" "$directory/out"
grep --quiet "this machine's: rustc 1\.2\.3" "$directory/output"
tap $? "the error names both"
expect "a missing rustc is refused" 125 "this machine's: .*none: " \
	env RUSTC=/none scripts/build --kdir "$kernel/build" "$directory/out"
expect "a missing rustc, named to make, is refused" 2 "this machine's: .*none: " make KDIR="$kernel/build" RUSTC=/none
expect "make passes it to Kbuild" 0 '--kdir /tree --set RUSTC=/none ' make --dry-run KDIR=/tree RUSTC=/none
expect "a target for Debian's kernels only refuses KDIR" 2 "make demo is for one of Debian's kernels" \
	make demo KDIR="$kernel/build"
if [ "$ARCH" = amd64 ]; then
	check "the module is built for KDIR with the compilers in PATH" env WRITABLE="$directory/out" scripts/enter \
		env XDG_CACHE_HOME=/tmp scripts/build --kdir "$kernel/build" "$directory/out"
	check "it is there" test -s "$directory/out/rust_kallsyms.ko"
else
	skip "the module is built for KDIR with the compilers in PATH" "they are for another machine"
fi

# Entering the tool root from various directories.
expect "a directory that the root has, too, is refused" 125 'where the tool root has its own files' \
	env --chdir=/usr/lib "$checkout/scripts/enter" true
for place in "$directory" "${CACHE%/*}" "$HOME" /tmp; do
	expect "enter from $(basename "$place")" 0 "^$(cd "$place" && pwd -P)\$" env --chdir="$place" "$checkout/scripts/enter" pwd
done
ln -s "$checkout" "$directory/link"
expect "enter from a linked checkout" 0 "^$(pwd -P)/src\$" env --chdir="$directory/link/src" ../scripts/enter pwd
expect "the cache cannot be written inside" 1 'Read-only file system' scripts/enter touch "$CACHE/file"
expect "nor the root's own files" 1 'Read-only file system' scripts/enter touch /usr/file
expect "there is no network inside" 0 '^1$' scripts/enter sh -c 'ls /sys/class/net 2>/dev/null; grep -c : /proc/net/dev'
expect "enter ends with the program's status" 7 said scripts/enter sh -c 'echo said; exit 7'

mkdir "$directory/module"
cp tests/fixtures/usual_way.c "$directory/module"
echo "obj-m := usual_way.o" >"$directory/module/Kbuild"
check "another directory's module is built, with a strict umask" \
	bash -c "umask 077; scripts/build --source $directory/module $directory/module-out"
check "ours is built without stdin" bash -c "scripts/build $build <&-"

mkdir "$directory/mistake"
echo "obj-m := mistake.o" >"$directory/mistake/Kbuild"
cat >"$directory/mistake/mistake.rs" <<-'RUST'
	//! A mistake.
	fn _mistake() {
	    let _ = kernel::error::to_result();
	}
RUST
expect "a mistake in a module is an error" 2 '^error\[E0061\]' scripts/build --source "$directory/mistake" "$directory/mistake-out"
! grep --quiet '^make' "$directory/output"
tap $? "which is not followed by a line from each make"
# (For some kernels the path is relative to the kernel's directory.)
check "the file that the error names exists" env --chdir="$(scripts/kernel)/build" test -f \
	"$(sed -n 's,^ *--> \(.*rust/kernel/[^:]*\):.*,\1,p' "$directory/output" | head -n 1)"

# The module for `make demo` is compiled in parts.
incremental=$directory/incremental
check "the module, compiled in parts" scripts/build --incremental "$incremental"
expect "it loads, and calls printk()" 0 '^\[[^]]*\] rust_kallsyms: hello, ' \
	scripts/guest --module "$incremental/rust_kallsyms.ko" tests/demo.sh
expect "--incremental with --kdir is refused" 125 'do not use --kdir' scripts/build --incremental --kdir "$kernel/build" "$incremental"

check "make rust-analyzer" make rust-analyzer
# (In the root, which has python3; the files lie in the cache.)
cat >"$directory/names" <<-'PYTHON'
	import json, os, sys
	project = json.load(open("rust-project.json"))
	paths = [project["sysroot"]]
	for crate in project["crates"]:
	    paths += [crate["root_module"], crate.get("proc_macro_dylib_path", "/")]
	    paths += crate.get("source", {}).get("include_dirs", [])
	missing = [path for path in paths if not os.path.exists(path)]
	assert not missing, missing
	assert project["crates"][-1]["root_module"].endswith("src/rust_kallsyms.rs")
	assert os.path.exists(project["crates"][-1]["env"]["KALLSYMS_BINDINGS"] + "/bindings_generated.rs")
PYTHON
check "all files that it names exist" env READABLE="$directory" scripts/enter python3 "$directory/names"

tap_end
