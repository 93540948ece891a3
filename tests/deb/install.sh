#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The packages, in a fresh Debian of SUITE: DKMS makes the module for the kernel before the newest,
# from linux-source and with nothing else; the newest kernel comes, is skipped, and gets its module
# when linux-lib-rust comes; a kernel without Rust is skipped; guests load what was built; other
# modules are built and loaded the same way; the command comes, and shells complete it; all is
# purged, and nothing is left.
#
# It continues where it was stopped, unless the packages or this script have changed.

# shellcheck source=scripts/common.sh
. scripts/common.sh
# shellcheck source=tests/debian.sh
. tests/debian.sh
set +e

scripts/deb >/dev/null || exit

# The kernel of the same flavour that the archive had before: the newest of those that are older.
flavour=${new#*-}
old=$(apt apt-cache pkgnames linux-image- | sed -n "s/^linux-image-\([0-9][0-9.]*+[a-z0-9]*-$flavour\)$/\1/p" |
	grep -vxF "$new" | sort --version-sort | tail -n 1)
# Without one, there is nothing to upgrade.
old=${old:-$new}
old_version=$(apt apt-cache policy "linux-image-$old" | awk '$1 == "Candidate:" { print $2 }')
old_source=linux-source-$(grep -o '^[0-9]*\.[0-9]*' <<<"$old_version")

key=$(cat "$debs/linux-lib-rust-$new"_*.deb "$debs"/rust-kallsyms{-dkms,}_*.deb "$0" tests/debian.sh tests/deb/*.guest tests/deb/complete.* |
	sha256sum | cut -c 1-12)
begin install "$key"

# module RELEASE: what DKMS installed for it.
module() { find "$chroot/usr/lib/modules/$1/updates/dkms" -name 'rust_kallsyms.ko*' 2>/dev/null; }
built() { [ -n "$(module "$1")" ]; }
missing() { [ -z "$(module "$1")" ]; }

# The package of the module, with what it recommends, and the source of the kernel: nothing else is
# needed.
install_dkms() {
	cp packaging/modprobe.conf "$directory/conf" && sed -i 's/^options .*/options rust_kallsyms timeout=7/' "$directory/conf" &&
		"${as[@]}" cp "$directory/conf" "$chroot/etc/modprobe.d/rust_kallsyms.conf" &&
		install --no-install-recommends "$old_source=$old_version" &&
		install "/mnt/$(cd "$debs" && echo rust-kallsyms-dkms_*.deb)"
}

# verify RELEASE: DKMS has signed the module; the signature fits the certificate of the key that it
# made; nothing of the build is left in the module.
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

# Modules that are not ours: they are built as any module is, with linux-lib-rust and what it
# recommends.
others() {
	local to=$directory/others name
	mkdir -p "$to"/{rust_minimal,symbol_stats,processes}
	cp "$(scripts/kernel)/build/samples/rust/rust_minimal.rs" "$to/rust_minimal"
	echo 'obj-m := rust_minimal.o' >"$to/rust_minimal/Kbuild"
	cp --recursive --dereference examples/symbol_stats "$to"
	cp -r src/kallsyms bindings "$to/processes"
	(cd "$to/processes" && awk -v directory="$directory" -f "$OLDPWD/tests/guide.awk" "$OLDPWD/docs/library.md")
	"${as[@]}" cp -r "$to" "$chroot/root" || return
	for name in rust_minimal symbol_stats processes; do
		inside make -C "/lib/modules/$new/build" M="/root/others/$name" || return
	done
}

# Modules in C, of packages which know nothing of ours; DKMS builds them.
c_modules=(acpi_call vpoll)
c_packages=(acpi-call-dkms vpoll-dkms)

# c_built: all are installed for the new kernel.
c_built() {
	local name
	for name in "${c_modules[@]}"; do
		compgen -G "$chroot/usr/lib/modules/$new/updates/dkms/$name.ko*" || return
	done
}

# c_again: builds them once more.
c_again() {
	local module
	for module in $(inside dkms status -k "$new" | sed -n 's/^\([^,]*\),.*/\1/p' | grep -v rust_kallsyms); do
		inside dkms build --force "$module" -k "$new" && inside dkms install --force "$module" -k "$new" || return
	done
}

# leads WHAT TO: the kernel's build link leads there.
leads() { expect "$1" 0 "^$2\$" inside realpath --canonicalize-existing "/lib/modules/$new/build"; }
ours=/usr/src/linux-lib-rust-$new theirs=/usr/src/linux-headers-$new

# silent WHAT COMMAND...: it succeeds in the chroot, and has nothing to say.
silent() {
	local what=$1
	shift
	run inside "$@"
	[ "$status" -eq 0 ] && [ ! -s "$directory/output" ]
	tap $? "$what"
	sed 's/^/# /' "$directory/output"
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
	once "two modules in C come" install --no-install-recommends "${c_packages[@]}"
	check "DKMS made them for $new" c_built
	once "linux-lib-rust comes" install "/mnt/linux-lib-rust-${new}_${new_version}_$ARCH.deb"
	check "DKMS made the module for $new" built "$new"
	check "openssl verifies that one's signature" verify "$new"
	loads "$new" tests/deb/loads.guest --file "$chroot/etc/modprobe.d/rust_kallsyms.conf"
	leads "the kernel's build link leads to it" "$ours"
	expect "the one of linux-headers is beside it" 0 "^$theirs\$" \
		inside realpath --canonicalize-existing "/usr/lib/modules/$new/build.linux-headers"
	silent "dpkg has no complaint" dpkg --verify "linux-headers-$new" "linux-lib-rust-$new"
	# As bcachefs asks whether Rust is there.
	check "the kernel's own check finds all that it takes" \
		inside env RUSTC=rustc BINDGEN=bindgen CC=gcc "/lib/modules/$new/build/scripts/rust_is_available.sh" -v
	once "other modules are built" others
	once "the modules in C are built again" c_again
	says "the modules in C are built again" "^Building module"
	check "DKMS made them by the diverted link" inside sh -c \
		"grep --quiet 'Entering directory .$ours' /var/lib/dkms/acpi*call/*/$new/*/log/make.log"
	loads "$new" tests/deb/others.guest --module "$chroot/root/others/rust_minimal/rust_minimal.ko" \
		--module "$chroot/root/others/symbol_stats/symbol_stats.ko" \
		--module "$chroot/root/others/processes/processes.ko"
	loads "$new" tests/deb/c.guest
}

the_command() {
	# shellcheck disable=SC2016 # the inner shell has the name
	check "the command's package has nothing of DKMS" sh -c '
		! { dpkg-deb --contents "$1" && dpkg-deb --field "$1" Depends; } | grep dkms' sh "$debs"/rust-kallsyms_*.deb
	once "the command comes" install --no-install-recommends "/mnt/$(cd "$debs" && echo rust-kallsyms_*.deb)" \
		bash-completion zsh fish man-db
	expect "it says its version" 0 "^rust-kallsyms [0-9.]*$" inside rust-kallsyms --version
	expect "without the module it says so" 2 "rust_kallsyms is not loaded" inside rust-kallsyms call 1
	silent "its manual page has no errors" sh -c 'man --warnings --local-file /usr/share/man/man8/rust-kallsyms.8.gz >/dev/null'
	# Each finds by itself what the package has for it.
	expect "bash completes it" 0 "^describe$" inside bash -c "$(cat tests/deb/complete.bash)"
	expect "fish completes it" 0 "^describe" inside fish --command 'complete --do-complete "rust-kallsyms des"'
	expect "zsh completes it" 0 "rust-kallsyms describe" inside timeout 60 zsh -f -c "$(cat tests/deb/complete.zsh)"
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
	once "the packages are removed" inside apt-get remove --yes rust-kallsyms rust-kallsyms-dkms "linux-lib-rust-$new"
	check "the module is gone" missing "$new"
	leads "the link leads to linux-headers" "$theirs"
	silent "nothing is diverted" dpkg-divert --list "*/$new/build"
	# The other has no configuration that is left until then.
	once "rust-kallsyms-dkms is purged" inside apt-get purge --yes rust-kallsyms-dkms
	"${as[@]}" rm -rf "$chroot/etc/modprobe.d/rust_kallsyms.conf" "$chroot/root/others"
	left >"$directory/left"
	check "nothing is left" test ! -s "$directory/left"
	sed 's/^/# /' "$directory/left"
}

for phase in own_source upgrade lib_rust the_command without_rust old_goes removal; do
	phase "$phase"
done
tap_end
