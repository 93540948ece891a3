# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of packages, which source it: a fresh Debian of SUITE, in $chroot. What has been done
# there is not done again when such a test continues.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

plan=$(scripts/archive plan)
eval "$plan"
debs=$PWD/build/deb/$SUITE-$ARCH
# shellcheck disable=SC2034 # those who source this use it
new=$KERNEL_RELEASE new_version=$KERNEL_VERSION

# apt COMMAND...: of the suite's archive.
apt() { APT_CONFIG=$CACHE/archive/$SUITE-$ARCH/apt.conf "$@"; }

# begin NAME KEY: sets $work, $chroot and $done. With another KEY all is done anew.
begin() {
	local earlier
	mkdir -p "$CACHE/deb"
	lock "deb-test-$1-$SUITE-$ARCH"
	work=$CACHE/deb/$1-$SUITE-$ARCH-$2
	chroot=$work/chroot done=$work/done
	# Who is not root works in a user namespace with all of its subordinate ids.
	as=()
	[ "$(id -u)" -eq 0 ] || as=(mmdebstrap --unshare-helper)
	for earlier in "$CACHE/deb/$1-$SUITE-$ARCH"-*; do
		[ "$earlier" = "$work" ] || [ ! -d "$earlier" ] || "${as[@]}" rm -rf "$earlier"
	done
	mkdir -p "$done"
}

# inside COMMAND...: in the chroot, as root, with the network.
inside() {
	"${as[@]}" bwrap --bind "$chroot" / --dev /dev --proc /proc --perms 1777 --tmpfs /tmp --ro-bind /etc/resolv.conf /etc/resolv.conf \
		--ro-bind "$debs" /mnt --unshare-pid --unshare-ipc --unshare-uts --hostname test --die-with-parent --clearenv \
		--setenv PATH /usr/sbin:/usr/bin --setenv HOME /root --setenv LANG C.UTF-8 \
		--setenv DEBIAN_FRONTEND noninteractive --chdir / "$@"
}
install() { inside apt-get install --yes "$@"; }

# Of a phase that has been passed, what was tested is told again: what it tested may not be there
# any more.
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
			inside sh -c 'tail -n 30 /var/lib/dkms/*/*/build/make.log' 2>/dev/null | sed 's/^/# /'
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

# boot RELEASE SCRIPT OPTION...: SCRIPT in a guest of that kernel, whose modules are those of the
# chroot.
boot() {
	local release=$1 script=$2 guest
	shift 2
	guest=$work/guest-$release-$(cd "$chroot/usr/lib/modules/$release" && find updates -name '*.ko*' -exec md5sum {} + |
		sort | md5sum | cut -c 1-8)
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
