#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# rust-kallsyms-dkms is made once more, from a copy of this checkout elsewhere and with another cache, and is the same
# bytes. (linux-lib-rust is not yet: docs/packaging.md says why.)

# shellcheck source=scripts/common.sh
. scripts/common.sh
# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh
set +e

scripts/deb rust-kallsyms-dkms >/dev/null || exit
first=$PWD/build/deb/$SUITE-$ARCH
git clone --quiet . "$directory/checkout" &&
	git ls-files -z --cached --others --exclude-standard |
		xargs --null cp --no-dereference --parents --target-directory="$directory/checkout" || exit

# The other cache has the same tool root, by hard links, and nothing else.
other=$CACHE/deb/other
trap 'rm -rf "$directory" "$other"' EXIT
rm -rf "$other"
root=$(ROOT_KIND=deb scripts/root)
mkdir -p "$other/rust_kallsyms/root"
cp --archive --link "$root" "$other/rust_kallsyms/root" && cp --recursive "$CACHE/archive" "$other/rust_kallsyms" || exit
check "it is made again, elsewhere" env XDG_CACHE_HOME="$other" "$directory/checkout/scripts/deb" rust-kallsyms-dkms
second=$directory/checkout/build/deb/$SUITE-$ARCH
for package in "$first"/rust-kallsyms-dkms_*.deb; do
	check "${package##*/} is the same" cmp "$package" "$second/${package##*/}"
done

tap_end
