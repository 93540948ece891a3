#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bcachefs with Rust, unmodified, by docs/packaging.md's recipe: in a fresh forky with
# linux-lib-rust DKMS builds it, and a guest loads it, formats, mounts, writes, mounts again, and
# finds what was written.
#
# Usage: BCACHEFS=DIRECTORY tests/deb/bcachefs.sh
#
# DIRECTORY is the source of bcachefs-tools, 1.38.7 or newer. The program is built from it, too:
# cargo fetches what that takes. The test continues where it was stopped, unless that source, the
# packages or this script have changed.

export SUITE=forky ARCH=amd64 FLAVOUR=cloud KERNEL=
# shellcheck source=scripts/common.sh
. scripts/common.sh
# shellcheck source=tests/debian.sh
. tests/debian.sh
set +e

if [ -z "${BCACHEFS:-}" ]; then
	echo "ok 1 - bcachefs is built with Rust # SKIP it takes its source: BCACHEFS=/path/to/bcachefs-tools make test-deb"
	echo 1..1
	exit
fi
[ -e "$BCACHEFS/dkms/dkms.conf.in" ] || die "BCACHEFS=$BCACHEFS is not the source of bcachefs-tools"
source=$(realpath "$BCACHEFS")
scripts/deb linux-lib-rust >/dev/null || exit

files() { (cd "$source" && find . -path ./.git -prune -o -path ./target -prune -o -type f -print0); }
key=$( (cat "$debs/linux-lib-rust-$new"_*.deb "$0" tests/debian.sh tests/deb/bcachefs.guest
	cd "$source" && files | sort --zero-terminated | xargs --null cat) | sha256sum | cut -c 1-12)
begin bcachefs "$key"

# Its Makefile takes the version from git, or from the file .version, or else from cargo.
copy() {
	"${as[@]}" mkdir -p "$chroot/root/bcachefs" &&
		(cd "$source" && files | tar --create --null --files-from=-) |
		"${as[@]}" tar --extract --no-same-owner --directory="$chroot/root/bcachefs" &&
		sed -n 's/^version = "\(.*\)"/\1/p' "$source/Cargo.toml" | head -n 1 |
		"${as[@]}" tee "$chroot/root/bcachefs/.version"
}

# What docs/packaging.md says. Without network it is built here, and not fetched.
dkms_builds() {
	# shellcheck disable=SC2016 # the chroot's shell expands it
	inside make -C /root/bcachefs install_dkms &&
		inside sh -c 'BCACHEFS_MODULE_URL=http://127.0.0.1:1 dkms install "bcachefs/$(
			sed -n "s/^PACKAGE_VERSION=\"\(.*\)\"/\1/p" /usr/src/bcachefs-*/dkms.conf)" -k "$1"' sh "$new"
}

# The program, with the libraries that it takes, in $work/program. On its way to the crates cargo
# believes whom this machine believes.
program() {
	install --no-install-recommends cargo jq libaio-dev libblkid-dev libclang-dev libkeyutils-dev liblz4-dev libscrypt-dev \
		libsodium-dev libudev-dev libunwind-dev liburcu-dev libzstd-dev linux-libc-dev pkgconf uuid-dev zlib1g-dev \
		systemd-dev python3-docutils &&
		"${as[@]}" cp --dereference /etc/ssl/certs/ca-certificates.crt "$chroot/root" &&
		inside env CARGO_HTTP_CAINFO=/root/ca-certificates.crt make -C /root/bcachefs bcachefs CARGO_PROFILE=debug &&
		mkdir -p "$work/program" &&
		inside sh -c 'cd /root/bcachefs/target/debug && strip bcachefs && ldd bcachefs' >"$work/libraries" &&
		cp "$chroot/root/bcachefs/target/debug/bcachefs" "$work/program" &&
		sed -n 's,.* => \(/[^ ]*\) .*,\1,p' "$work/libraries" | while read -r library; do
			cp "$chroot$(inside realpath "$library")" "$work/program/${library##*/}" || return
		done
}

with_rust() {
	once "a Debian of $SUITE" debian
	once "the kernel $new" kernel "$new"
	once "linux-lib-rust and dkms come" install "/mnt/linux-lib-rust-${new}_${new_version}_$ARCH.deb" dkms
	once "the source of bcachefs is copied" copy
	once "DKMS builds bcachefs" dkms_builds
	inside sh -c 'cat /var/lib/dkms/bcachefs/*/*/*/log/make.log' >"$directory/log"
	check "it was built here" grep --quiet 'building locally' "$directory/log"
	check "and not without Rust" test -z "$(grep 'building without Rust' "$directory/log")"
	once "the program bcachefs is built" program
}

works() {
	local file files=()
	for file in "$work"/program/*; do
		files+=(--file "$file")
	done
	loads "$new" tests/deb/bcachefs.guest "${files[@]}"
}

phase with_rust
phase works
tap_end
