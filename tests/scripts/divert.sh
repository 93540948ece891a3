#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's build link leads to linux-lib-rust while that is installed, and to linux-headers
# before and after, in whatever order the two are installed, upgraded and removed: with packages
# that have no more than the links, and the scripts of ours. (tests/deb/install.sh does it with the
# packages themselves.)

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

release=1.2.3-test
headers=linux-headers-$release lib=linux-lib-rust-$release
export WRITABLE=$directory READABLE=$PWD

# made NAME VERSION DEPENDS: $directory/NAME_VERSION.deb, of the directory NAME.
made() {
	cat >"$directory/$1/DEBIAN/control" <<-CONTROL
		Package: $1
		Version: $2
		Architecture: all
		Maintainer: nobody <nobody@example.org>
		$3
		Description: a test
	CONTROL
	scripts/enter dpkg-deb --root-owner-group --build "$directory/$1" "$directory/$1_$2.deb"
}

mkdir -p "$directory/$headers"/{DEBIAN,usr/lib/modules/$release,usr/src/$headers} \
	"$directory/$lib"/{DEBIAN,usr/lib/modules/$release,usr/src/$lib} "$directory/root/var/lib/dpkg"/{info,updates,triggers}
touch "$directory/$headers/usr/src/$headers/Makefile" "$directory/$lib/usr/src/$lib/Makefile" "$directory/root/var/lib/dpkg/status"
ln -s ../../../src/$headers "$directory/$headers/usr/lib/modules/$release/build"
for script in postinst prerm; do
	sed "s/@RELEASE@/$release/g; /^#DEBHELPER#/d" packaging/lib-rust/debian/$script >"$directory/$lib/DEBIAN/$script"
	chmod 755 "$directory/$lib/DEBIAN/$script"
done
for version in 1 2 3; do
	check "version $version of the headers is made" made $headers $version "Section: kernel"
	check "and of linux-lib-rust" made $lib $version "Depends: $headers (= $version)"
done

# does WHAT OPTION...: dpkg has no complaint.
does() {
	local what=$1
	shift
	check "$what" scripts/enter dpkg --root="$directory/root" --force-script-chrootless --force-depends "$@"
}

# leads NAME: the link leads to that package's directory; without NAME, there is no link, and
# nothing is diverted.
leads() {
	local link=$directory/root/usr/lib/modules/$release/build
	if [ -n "${1:-}" ]; then
		expect "the link leads to $1" 0 "/usr/src/$1\$" realpath --canonicalize-existing "$link"
	else
		check "nothing is left" test ! -L "$link" -a ! -e "$directory/root/usr" -a ! -s "$directory/root/var/lib/dpkg/diversions"
	fi
}

file() { echo "$directory/$1_$2.deb"; }
does "the headers are installed" --install "$(file $headers 1)"
leads $headers
does "linux-lib-rust is unpacked" --unpack "$(file $lib 1)"
leads $headers
does "and configured" --configure $lib
leads $lib
does "the headers are upgraded first" --unpack "$(file $headers 2)"
leads $lib
does "then linux-lib-rust" --unpack "$(file $lib 2)"
leads $lib
does "both are configured" --configure --pending
leads $lib
does "linux-lib-rust is upgraded first" --unpack "$(file $lib 3)"
leads $lib
does "then the headers" --unpack "$(file $headers 3)"
leads $lib
does "both are configured" --configure --pending
leads $lib
does "linux-lib-rust is removed" --remove $lib
leads $headers
check "nothing is diverted" test ! -s "$directory/root/var/lib/dpkg/diversions"
does "it comes back" --install "$(file $lib 3)"
leads $lib
does "the headers are purged before it" --purge $headers
leads $lib
does "then linux-lib-rust" --purge $lib
leads
does "both are installed at once" --install "$(file $headers 3)" "$(file $lib 3)"
leads $lib
does "both are purged at once" --purge $headers $lib
leads

tap_end
