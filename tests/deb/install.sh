#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The packages, in a fresh Debian of SUITE: DKMS makes the module for the kernel before the newest, from linux-source
# and with nothing else; the newest kernel comes, is skipped, and gets its module when linux-lib-rust comes; a kernel
# without Rust is skipped; guests load what was built; other modules are built and
# loaded the same way; all is purged, and nothing is left.
#
# It continues where it was stopped, unless the packages or this script have changed.

# shellcheck source=scripts/common.sh
. scripts/common.sh
# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh
set +e

plan=$(scripts/archive plan)
eval "$plan"
scripts/deb >/dev/null || exit
debs=$PWD/build/deb/$SUITE-$ARCH
new=$KERNEL_RELEASE new_version=$KERNEL_VERSION

# The kernel of the same flavour that the archive had before: the newest of those that are older.
apt() { APT_CONFIG=$CACHE/archive/$SUITE-$ARCH/apt.conf "$@"; }
flavour=${new#*-}
old=$(apt apt-cache pkgnames linux-image- | sed -n "s/^linux-image-\([0-9][0-9.]*+[a-z0-9]*-$flavour\)$/\1/p" |
	grep -vxF "$new" | sort --version-sort | tail -n 1)
# Without one, there is nothing to upgrade.
old=${old:-$new}
old_version=$(apt apt-cache policy "linux-image-$old" | awk '$1 == "Candidate:" { print $2 }')
old_source=linux-source-$(grep -o '^[0-9]*\.[0-9]*' <<<"$old_version")

key=$(cat "$debs/linux-lib-rust-$new"_*.deb "$debs"/rust-kallsyms-dkms_*.deb "$0" tests/deb/* | sha256sum | cut -c 1-12)
mkdir -p "$CACHE/deb"
lock "deb-test-$SUITE-$ARCH"
work=$CACHE/deb/$SUITE-$ARCH-$key
chroot=$work/chroot done=$work/done
# Who is not root works in a user namespace with all of its subordinate ids.
as=()
[ "$(id -u)" -eq 0 ] || as=(mmdebstrap --unshare-helper)
for earlier in "$CACHE/deb/$SUITE-$ARCH"-*; do
	[ "$earlier" = "$work" ] || [ ! -d "$earlier" ] || "${as[@]}" rm -rf "$earlier"
done
mkdir -p "$done"

# inside COMMAND...: in the chroot, as root, with the network.
inside() {
	"${as[@]}" bwrap --bind "$chroot" / --dev /dev --proc /proc --perms 1777 --tmpfs /tmp --ro-bind /etc/resolv.conf /etc/resolv.conf \
		--ro-bind "$debs" /mnt --unshare-pid --unshare-ipc --unshare-uts --hostname test --die-with-parent --clearenv \
		--setenv PATH /usr/sbin:/usr/bin --setenv HOME /root --setenv LANG C.UTF-8 \
		--setenv DEBIAN_FRONTEND noninteractive --chdir / "$@"
}
install() { inside apt-get install --yes "$@"; }

# Of a phase that has been passed, what was tested is told again: what it tested may not be there any more.
tap() {
	tap_number=$((tap_number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_number - $2"
		echo "$2" >>"$work/phase"
	else
		echo "not ok $tap_number - $2"
		failed=1
	fi
}
skip() { tap 0 "$1 # SKIP $2"; }

# phase NAME
phase() {
	local what
	if [ -e "$done/$1" ]; then
		while IFS= read -r what; do
			tap 0 "$what"
		done <"$done/$1"
		return
	fi
	failed=''
	: >"$work/phase"
	"$1"
	if [ -n "$failed" ]; then
		tap_end
		exit 1
	fi
	mv "$work/phase" "$done/$1"
}

# once NAME COMMAND...: a step that changes the chroot, which is not done again.
once() {
	local name=$1
	shift
	if [ ! -e "$done/$name" ]; then
		local begin=$SECONDS
		run "$@"
		cp "$directory/output" "$work/$name.log"
		if [ "$status" -ne 0 ]; then
			tap 1 "$name"
			tail -n 40 "$work/$name.log" | sed 's/^/# /'
			inside sh -c 'tail -n 30 /var/lib/dkms/rust_kallsyms/*/build/make.log' 2>/dev/null | sed 's/^/# /'
			tap_end
			exit 1
		fi
		echo $((SECONDS - begin)) >"$done/$name"
	fi
	tap 0 "$name ($(cat "$done/$name") s)"
}

# says STEP REGEX: what the step printed.
says() {
	check "$1: it says: $2" grep --quiet -e "$2" "$work/$1.log"
}

# module RELEASE: what DKMS installed for it.
module() { find "$chroot/usr/lib/modules/$1/updates/dkms" -name 'rust_kallsyms.ko*' 2>/dev/null; }
built() { [ -n "$(module "$1")" ]; }
missing() { [ -z "$(module "$1")" ]; }

debian() {
	"${as[@]}" rm -rf "$chroot"
	mmdebstrap --mode=unshare --variant=apt --aptopt="$CACHE/archive/$SUITE-$ARCH/acquire.conf" \
		--dpkgopt=force-unsafe-io --format=tar "${SUITE%-backports}" - "$CACHE/archive/$SUITE-$ARCH/sources.list" >"$work/debian.tar" &&
		mkdir "$chroot" && "${as[@]}" tar --extract --file="$work/debian.tar" --directory="$chroot" --exclude='./dev/*' &&
		rm "$work/debian.tar" && inside apt-get update
}

# A kernel, and its headers. Of the suite's other packages it takes linux-base.
kernel() {
	install --no-install-recommends initramfs-tools "linux-base/$SUITE" "linux-image-$1" "linux-headers-$1"
}

# The package of the module, with what it recommends, and the source of the kernel: nothing else is needed.
install_dkms() {
	cp packaging/modprobe.conf "$directory/conf" && sed -i 's/^options .*/options rust_kallsyms timeout=7/' "$directory/conf" &&
		"${as[@]}" cp "$directory/conf" "$chroot/etc/modprobe.d/rust_kallsyms.conf" &&
		install --no-install-recommends "$old_source=$old_version" &&
		install "/mnt/$(cd "$debs" && echo rust-kallsyms-dkms_*.deb)"
}

# verify RELEASE: DKMS has signed the module; the signature fits the certificate of the key that it made; nothing of the
# build is left in the module.
verify() {
	# shellcheck disable=SC2016 # the chroot's shell expands it
	inside sh -c '
		set -e
		cd /tmp
		cp /lib/modules/$1/updates/dkms/rust_kallsyms.ko* .
		[ ! -e rust_kallsyms.ko.xz ] || xz --decompress rust_kallsyms.ko.xz
		modinfo --field signer ./rust_kallsyms.ko | grep DKMS
		size=$(stat -c %s rust_kallsyms.ko)
		length=$((0x$(tail -c 32 rust_kallsyms.ko | head -c 4 | od -An -tx1 | tr -d " ")))
		head -c $((size - 40 - length)) rust_kallsyms.ko >content
		tail -c $((40 + length)) rust_kallsyms.ko | head -c $length >signature
		openssl x509 -inform DER -in /var/lib/dkms/mok.pub -out crt
		openssl cms -verify -binary -inform DER -in signature -content content -certfile crt -CAfile crt \
			-nointern -purpose any -out /dev/null
		if strings -a rust_kallsyms.ko | grep "/var/lib/dkms\|/var/cache\|/root/" ||
			readelf --sections --wide rust_kallsyms.ko | grep "\.debug_"; then
			exit 1
		fi' sh "$1"
}

# boot RELEASE SCRIPT OPTION...: SCRIPT in a guest of that kernel, whose modules are those of the chroot.
boot() {
	local release=$1 script=$2 guest
	shift 2
	guest=$work/guest-$release-$(md5sum "$(module "$release")" | cut -c 1-8)
	mkdir -p "$guest"
	echo "$release" >"$guest/release"
	ln -sfn "$chroot" "$guest/root"
	GUEST_KERNEL=$guest scripts/guest --file tests/guest/tap.sh --console "$work/$release.console" --timeout 300 "$@" "$script"
}

# loads RELEASE SCRIPT OPTION...: the tests of the script, in a guest.
loads() {
	local line
	while IFS= read -r line; do
		case $line in
		'ok '*) tap 0 "$1: ${line#*- }" ;;
		'not ok '*) tap 1 "$1: ${line#*- }" ;;
		1..*) ;;
		*) echo "$line" ;;
		esac
	done < <(boot "$@" || echo "not ok 0 - the guest ended well")
}

# Modules that are not ours: they are built with linux-lib-rust and what it depends on, as its description says. Those
# that vendor the library want bindgen as well.
others() {
	local to=$directory/others name
	mkdir -p "$to"/{rust_minimal,symbol_stats,processes}
	cp "$(scripts/kernel)/build/samples/rust/rust_minimal.rs" "$to/rust_minimal"
	echo 'obj-m := rust_minimal.o' >"$to/rust_minimal/Kbuild"
	cp --recursive --dereference examples/symbol_stats "$to"
	cp -r src/kallsyms bindings "$to/processes"
	(cd "$to/processes" && awk -v directory="$directory" -f "$OLDPWD/tests/guide.awk" "$OLDPWD/examples/README.md")
	"${as[@]}" cp -r "$to" "$chroot/root" || return
	for name in rust_minimal symbol_stats processes; do
		inside make -C "/usr/src/linux-lib-rust-$new" M="/root/others/$name" || return
	done
}

# left: files of ours, or of DKMS's making, that are still there.
left() {
	"${as[@]}" find "$chroot" -xdev \( -path "$chroot/proc" -o -path "$chroot/var/log" -o -path "$chroot/dev" \) -prune -o \
		\( -name '*rust_kallsyms*' -o -name '*rust-kallsyms*' -o -name '*linux-lib-rust*' \) -print
}

own_source() {
	once "a Debian of $SUITE" debian
	once "the kernel $old" kernel "$old"
	once "rust-kallsyms-dkms comes" install_dkms
	check "DKMS made the module for $old, from $old_source" built "$old"
	check "openssl verifies DKMS's signature; no path of the build and no debug information is in it" verify "$old"
	loads "$old" tests/deb/loads.guest --file "$chroot/etc/modprobe.d/rust_kallsyms.conf"
}

upgrade() {
	if [ "$old" = "$new" ]; then
		skip "an upgrade of the kernel" "$SUITE has only one with support for Rust"
		return
	fi
	once "the kernel $new comes" kernel "$new"
	says "the kernel $new comes" "skipped for module(s) rust_kallsyms"
	check "there is no module for it" missing "$new"
	check "and still the one for $old" built "$old"
	# What is skipped says why in DKMS's log.
	inside sh -c 'cat /var/lib/dkms/rust_kallsyms/*/build/make.log' >"$directory/log" 2>&1
	check "DKMS's log says why" grep \
		"^rust_kallsyms: $new: install linux-lib-rust-$new, or linux-source-.* of the version " "$directory/log"
}

lib_rust() {
	once "linux-lib-rust comes" install "/mnt/linux-lib-rust-${new}_${new_version}_$ARCH.deb"
	check "DKMS made the module for $new" built "$new"
	check "openssl verifies that one's signature" verify "$new"
	loads "$new" tests/deb/loads.guest --file "$chroot/etc/modprobe.d/rust_kallsyms.conf"
	once "other modules are built" others
	loads "$new" tests/deb/others.guest --module "$chroot/root/others/rust_minimal/rust_minimal.ko" \
		--module "$chroot/root/others/symbol_stats/symbol_stats.ko" \
		--module "$chroot/root/others/processes/processes.ko"
}

without_rust() {
	if [ "$SUITE" != trixie-backports ]; then
		skip "a kernel without Rust" "$SUITE has none"
		return
	fi
	local release
	release=$(inside apt-cache show "linux-image-$KERNEL_PACKAGE" | sed -n 's/^Depends: linux-image-\(6[^ ,]*\).*/\1/p' | head -n 1)
	once "the kernel $release, without Rust, comes" kernel "$release"
	says "the kernel $release, without Rust, comes" "skipped for module(s) rust_kallsyms"
}

old_goes() {
	if [ "$old" = "$new" ]; then
		skip "a kernel that goes" "$SUITE has only one with support for Rust"
	else
		once "the kernel $old goes" inside apt-get purge --yes "linux-image-$old" "linux-headers-$old" "linux-base-$old" \
			"linux-binary-$old" "linux-modules-$old"
		check "its module is gone" missing "$old"
		check "and that for $new is there" built "$new"
	fi
}

removal() {
	once "the packages are removed" inside apt-get remove --yes rust-kallsyms-dkms "linux-lib-rust-$new"
	check "the module is gone" missing "$new"
	# The other has no configuration that is left until then.
	once "rust-kallsyms-dkms is purged" inside apt-get purge --yes rust-kallsyms-dkms
	"${as[@]}" rm -rf "$chroot/etc/modprobe.d/rust_kallsyms.conf" "$chroot/root/others"
	left >"$directory/left"
	check "nothing is left" test ! -s "$directory/left"
	sed 's/^/# /' "$directory/left"
}

for phase in own_source upgrade lib_rust without_rust old_goes removal; do
	phase "$phase"
done
tap_end
