#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The packages are reproducible: made from a copy of this checkout elsewhere, with another cache,
# they are the same.

# shellcheck source=scripts/common.sh
. scripts/common.sh
# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh
set +e

plan=$(scripts/archive plan)
eval "$plan"
scripts/deb >/dev/null || exit
first=$PWD/build/deb/$SUITE-$ARCH
git clone --quiet . "$directory/checkout" &&
	git ls-files -z --cached --others --exclude-standard |
		xargs --null cp --no-dereference --parents --target-directory="$directory/checkout" || exit

# The other cache has only the tool root, as hard links.
other=$CACHE/deb/other
trap 'rm -rf "$directory" "$other"' EXIT
rm -rf "$other"
root=$(ROOT_KIND=deb scripts/root)
mkdir -p "$other/rust_kallsyms/root"
cp --archive --link "$root" "$other/rust_kallsyms/root" && cp --recursive "$CACHE/archive" "$other/rust_kallsyms" || exit
check "they are made elsewhere" env XDG_CACHE_HOME="$other" "$directory/checkout/scripts/deb"
second=$directory/checkout/build/deb/$SUITE-$ARCH
for package in "$first"/{linux-lib-rust-"$KERNEL_RELEASE",rust-kallsyms-dkms}_*.deb; do
	check "${package##*/} is the same" cmp "$package" "$second/${package##*/}"
done

tap_end
