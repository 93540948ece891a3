#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# States that the archive may be in, with an archive made for this test: a kernel without its
# source, another rustc, a mirror without the suite, an expired Release file, a proxy, a mirror that
# breaks off.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

if ! command -v gpg >/dev/null; then
	skip "an archive made for the test" "this machine has no gpg to sign it with"
	tap_end
	exit
fi
archive=$directory/archive
release=9.9.9-cloud-$ARCH
root=$(scripts/root)
export SUITE=trixie-backports ARCH FLAVOUR=cloud KERNEL='' KEYRING=$directory/keyring.gpg
export GNUPGHOME=$directory/gnupg
mkdir --mode=700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key test rsa2048 sign never 2>/dev/null
gpg --batch --quiet --export >"$KEYRING"

# package NAME VERSION [FIELD]: make a package of the files in $directory/content; add it to the
# archive's pool and list.
package() {
	local deb=pool/$1_$2.deb content=$directory/content
	mkdir -p "$content/DEBIAN" "$archive/pool"
	printf 'Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: test <test@example.org>\nDescription: test\n' \
		"$1" "$2" "$ARCH" >"$content/DEBIAN/control"
	[ -z "${3:-}" ] || echo "$3" >>"$content/DEBIAN/control"
	dpkg-deb --build "$content" "$archive/$deb" >/dev/null
	{
		cat "$content/DEBIAN/control"
		echo "Filename: $deb"
		echo "Size: $(stat --format=%s "$archive/$deb")"
		echo "SHA256: $(sha256sum "$archive/$deb" | cut -d' ' -f1)"
		echo
	} >>"$directory/list"
	rm -r "$content"
}

# suite NAME [VALID_UNTIL]: add a signed suite with the packages in the list to the archive.
suite() {
	local at=$archive/dists/$1 arch
	for arch in amd64 arm64; do
		mkdir -p "$at/main/binary-$arch"
		cp "$directory/list" "$at/main/binary-$arch/Packages"
	done
	: >"$directory/list"
	{
		printf 'Origin: Debian\nSuite: %s\nCodename: %s\nDate: %s\nValid-Until: %s\n' "$1" "$1" \
			"$(date --utc --rfc-email --date='-30 days')" "$(date --utc --rfc-email --date="${2:-7 days}")"
		printf 'Architectures: amd64 arm64\nComponents: main\nNotAutomatic: yes\nButAutomaticUpgrades: yes\nSHA256:\n'
		(cd "$at" && for arch in amd64 arm64; do
			echo " $(sha256sum main/binary-$arch/Packages | cut -d' ' -f1) $(stat --format=%s main/binary-$arch/Packages) main/binary-$arch/Packages"
		done)
	} >"$at/Release"
	rm -f "$at/InRelease"
	gpg --batch --quiet --clearsign --output "$at/InRelease" "$at/Release"
}

# tools RUSTC; kernel SOURCE [VALID_UNTIL]: make the two suites.
tools() {
	package rustc "$1"
	package bindgen 0.71.1-6
	package gcc-14 14.2.0-19
	ARCH=amd64 package apt 3.0
	ARCH=amd64 package base 1 "Essential: yes"
	ARCH=amd64 package dummy 1
	ARCH=amd64 package needs 1 "Depends: dummy"
	suite trixie
}
kernel() {
	local name content=$directory/content
	package "linux-image-cloud-$ARCH" 9.9.9-1 "Depends: linux-image-$release"
	for name in image base binary modules; do
		package "linux-$name-$release" 9.9.9-1
	done
	mkdir -p "$content/usr/src/linux-headers-$release"
	echo 'CONFIG_RUSTC_VERSION_TEXT="rustc 1.2.3 (4567890 2015-07-01)"' >"$content/usr/src/linux-headers-$release/.config"
	touch "$content/usr/src/linux-headers-$release/Module.symvers"
	package "linux-headers-$release" 9.9.9-1 "Depends: gcc-14"
	mkdir -p "$content/usr/src" "$directory/linux-source-9.9"
	tar --create --xz --directory="$directory" --file="$content/usr/src/linux-source-9.9.tar.xz" linux-source-9.9
	package linux-source-9.9 "$1"
	suite "$SUITE" "${2:-}"
}

servers=()
trap 'kill "${servers[@]}" 2>/dev/null; rm -rf "$directory"' EXIT
# serve DROPS: serve the archive, and set `mirror` to its URL.
serve() {
	rm -f "$directory/port" "$directory/asked"
	perl tests/scripts/mirror.pl "$archive" "$directory/asked" "$1" >"$directory/port" &
	servers+=($!)
	until [ -s "$directory/port" ]; do
		sleep 0.1
	done
	mirror=http://127.0.0.1:$(cat "$directory/port")/
}

number=0
# says WHAT STATUS SAYS COMMAND...: as `expect`, with an empty cache and the archive.
says() {
	number=$((number + 1))
	local what=$1 status=$2 text=$3
	shift 3
	expect "$what" "$status" "$text" env XDG_CACHE_HOME="$directory/cache-$number" MIRROR="$mirror" "$@"
}

tools 1.85.1
kernel 9.9.9-1
serve 0
says "an archive made for this test" 0 "^KERNEL_RELEASE=$release\$" scripts/archive plan

mirror=http://nowhere.invalid/
echo "Acquire::http::Proxy \"http://127.0.0.1:$(cat "$directory/port")/\";" >"$directory/proxy.conf"
says "through the proxy of this machine's apt" 0 "^KERNEL_RELEASE=$release\$" \
	env APT_CONFIG="$directory/proxy.conf" scripts/archive plan
says "through the proxy in the environment" 0 "^KERNEL_RELEASE=$release\$" \
	env http_proxy="http://127.0.0.1:$(cat "$directory/port")/" scripts/archive plan
says "through a proxy that is not there" 125 'check this machine.s network, its apt proxy settings, or set MIRROR' \
	env http_proxy="http://127.0.0.1:1/" scripts/archive plan

serve 1
says "a mirror that breaks off each file once" 0 "^KERNEL_RELEASE=$release\$" scripts/archive plan
says "it breaks off each package once, too" 0 . \
	sh -c "scripts/archive plan && scripts/archive download '$directory' 'linux-headers-$release'"
check "the package is complete" dpkg-deb --info "$directory/linux-headers-${release}_9.9.9-1_$ARCH.deb"
serve 0
pool=$archive/pool
says "one of two packages cannot be downloaded at first, and then it can" 0 . sh -c "
	scripts/archive plan && mv $pool/linux-base-* $directory &&
	mkdir $directory/first && ! scripts/archive download $directory/first linux-modules-$release linux-base-$release && mv $directory/linux-base-* $pool &&
	scripts/archive download $directory linux-modules-$release linux-base-$release"
check "the other is downloaded only once" test "$(grep --count '/linux-modules-' "$directory/asked")" -eq 1
check "both are there" test -s "$directory/linux-modules-${release}_9.9.9-1_$ARCH.deb" -a -s "$directory/linux-base-${release}_9.9.9-1_$ARCH.deb"
check "no other copies are left" test -z "$(find "$directory"/cache-*/rust_kallsyms/tmp "$directory/first" -type f)"
serve 0
mkdir "$directory/system"
says "a package's dependencies and essential packages are downloaded" 0 . sh -c "
	scripts/archive plan && mv $pool/dummy_* $directory &&
	! scripts/archive system $directory/system needs && mv $directory/dummy_* $pool &&
	(cd \$XDG_CACHE_HOME/rust_kallsyms/tmp/system-* && cp needs_1_amd64.deb needs_0_amd64.deb) &&
	scripts/archive system $directory/system needs"
check "each once, except the one that was missing at first" test "$(grep pool "$directory/asked" | sort | uniq --count |
	awk '{ sub(/.*\//, "", $2); sub(/_.*/, "", $2); print $2 ":" $1 }' | grep -v '^dummy:' | paste -s -d' ')" = \
	"apt:1 base:1 needs:1"
check "all are there, without versions from an earlier run" test \
	"$(find "$directory/system" -name '*.deb' -printf '%f\n' | sed 's/_[^_]*$//' | sort | paste -s -d' ')" = \
	"apt_3.0 base_1 dummy_1 needs_1"
serve 99
says "a mirror that always breaks off" 125 'the archive cannot be reached' scripts/archive plan
check "it is asked at most four times for a file ($seconds s)" \
	test "$(sort "$directory/asked" | uniq --count | awk '$1 > most { most = $1 } END { print most }')" -le 4

# A tool root without downloading one: a single package, whose files are links to the real root's.
serve 0
mkdir -p "$directory"/{bin,root/DEBIAN,root/var/lib}
cat >"$directory/root/DEBIAN/control" <<-CONTROL
	Package: root
	Version: 1
	Architecture: all
	Maintainer: nobody <nobody@example.org>
	Description: a tool root
CONTROL
ln -s "$root/usr" "$root/etc" "$directory/root"
ln -s "$root/var/lib/dpkg" "$directory/root/var/lib"
find "$root" -maxdepth 1 -type l -exec cp --no-dereference {} "$directory/root" \;
dpkg-deb --build "$directory/root" "$directory/root.deb" >/dev/null
cat >"$directory/bin/apt-get" <<-APT
	#!/bin/bash
	[[ "\$*" != *--print-uris* ]] || exec echo "'http://…' root.deb 0 SHA256:0"
	[[ "\$*" == *--download-only* ]] || exec $(command -v apt-get) "\$@"
	[[ "\$*" =~ Dir::Cache::archives=([^ ]*) ]] && cp "$directory/root.deb" "\${BASH_REMATCH[1]}"
APT
chmod +x "$directory/bin/apt-get"
says "another rustc than the kernel was built with" 125 'was built with another rustc than' \
	env PATH="$directory/bin:$PATH" READABLE="$root" scripts/kernel
for text in "the kernel's: *rustc 1\.2\.3" 'Choose a kernel that was built with it (KERNEL=…), or wait'; do
	grep --quiet "$text" "$directory/output"
	tap $? "the error says: $text"
done

kernel 9.9.8-1
says "a kernel newer than the source" 125 "has the kernel $release (9.9.9-1), but the source of 9.9.8-1" scripts/archive plan
grep --quiet 'try again in a few hours, or choose a kernel of that source: KERNEL=' "$directory/output"
tap $? "the error says what to do"

kernel 9.9.9-1 '-20 days'
says "an expired Release file is accepted" 0 "^KERNEL_RELEASE=$release\$" scripts/archive plan

rm -r "$archive/dists/$SUITE"
says "a mirror without the suite" 125 "the mirror $mirror has no $SUITE" scripts/archive plan
grep --quiet 'name one that has it: MIRROR=' "$directory/output"
tap $? "the error says what to do"

tap_end
