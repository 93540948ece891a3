#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An archive that cannot be reached, and settings for which the archive has no packages.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

nowhere=http://127.0.0.1:1/
empty=$directory/empty
expect "unreachable, and never asked: an error" 125 'cannot be reached, and there is no earlier answer' \
	env XDG_CACHE_HOME="$empty" MIRROR=$nowhere scripts/kernel
check "it comes within 30 s ($seconds s)" test "$seconds" -le 30
check "nothing is left" test -z "$(find "$empty"/rust_kallsyms/{kernel,root,tmp} -mindepth 1)"

# The real cache, in which the archive was asked long ago.
filled=$directory/filled/rust_kallsyms
kernel=$(scripts/kernel)
root=$(scripts/root)
mkdir -p "$filled/archive/$SUITE-$ARCH"
ln -s "$CACHE"/{kernel,root} "$filled"
cp -p "$CACHE/archive/$SUITE-$ARCH"/{answered,plan-*,sources.*} "$filled/archive/$SUITE-$ARCH"
offline=(env XDG_CACHE_HOME="$directory/filled" MIRROR="$nowhere")
expect "unreachable, but asked before: the last answer is used" 0 'using its answer of' \
	"${offline[@]}" scripts/kernel
grep --quiet "/${kernel##*/}\$" "$directory/output"
tap $? "the kernel is the same"
expect "the root is the same, too" 0 "/${root##*/}\$" "${offline[@]}" scripts/root
! grep --quiet 'asking' "$directory/output" && [ "$seconds" -le 2 ]
tap $? "and the archive is not asked again ($seconds s)"

expect "a kernel that the archive does not have" 125 'has no kernel 1.2.3-cloud for' env KERNEL=1.2.3-cloud scripts/archive plan
old=$(APT_CONFIG=$CACHE/archive/$SUITE-$ARCH/apt.conf \
	apt-cache search --names-only "^linux-image-6[^ ]*-cloud-$ARCH-unsigned\$" |
	sed -n 's/^linux-image-\([^ ]*\)-unsigned .*/\1/p' | tail -n 1)
if [ -n "$old" ]; then
	expect "a kernel without Rust" 125 "the kernel $old has no Rust support" env KERNEL="$old" scripts/archive plan
else
	skip "a kernel without Rust" "the archive has none"
fi
expect "KERNEL that is not a release" 125 'is not a kernel release' env KERNEL='../x y' scripts/archive plan
expect "an unknown suite" 125 'SUITE=sid is not known' env SUITE=sid scripts/archive plan
expect "an unknown architecture" 125 'ARCH=mips is not known' env ARCH=mips scripts/archive plan
expect "an unknown flavour" 125 'FLAVOUR=salt is not known' env FLAVOUR=salt scripts/archive plan
expect "another flavour is another kernel" 0 '^KERNEL_RELEASE=[0-9.]*[-+~a-z0-9]*$' env FLAVOUR=generic KERNEL='' scripts/archive plan

tap_end
