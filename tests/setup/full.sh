#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# When the disk is full, an error says so, and nothing is published.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

if [ "$(id -u)" -ne 0 ]; then
	skip "the disk is full" "only root can mount a small file system"
	tap_end
	exit
fi
small=$directory/small
mkdir "$small"
trap 'umount "$small" 2>/dev/null; rm -rf "$directory"' EXIT
root=$(scripts/root)

# full WHAT SAYS COMMAND: test that COMMAND fails on the small disk and leaves nothing.
full() {
	expect "$1" 125 "$2" env XDG_CACHE_HOME="$small" "$3"
	grep --quiet 'No space left on device\|enough free space' "$directory/output" &&
		grep --quiet 'disk: .* free under' "$directory/output"
	tap $? "the error shows the reason"
	[ -z "$(find "$small"/rust_kallsyms/{root,kernel,tmp} -mindepth 1 -not -path "*/${root##*/}")" ]
	tap $? "nothing is left"
	umount "$small"
}
mount -t tmpfs -o size=600m tmpfs "$small"
full "no room for the root" 'making the tool root .*: failed' scripts/root

mount -t tmpfs -o size=700m tmpfs "$small"
mkdir -p "$small/rust_kallsyms/root"
ln -s "$root" "$small/rust_kallsyms/root"
full "no room for the kernel" 'unpacking them: failed' scripts/kernel

tap_end
