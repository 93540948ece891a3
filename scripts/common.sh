# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # what is set here is used by those who source it
#
# What every script here shares: the settings, the cache, and how a step is shown.
#
# Settings (environment):
#   SUITE    trixie-backports (default), forky or experimental
#   ARCH     amd64 (default) or arm64: of the kernel
#   FLAVOUR  cloud (default), generic or rt: of the kernel; kasan or kcfi: one built for finding bugs
#   KERNEL   a kernel release (`uname -r`) instead of the suite's newest kernel of that flavour
#   MIRROR   the Debian mirror (default: the one this machine's apt uses)
#   KEYRING  the keys that its archive is signed with (default: Debian's)
#   INSTALL  sudo: install what is missing on this machine with sudo, when the caller is not root
#   XDG_CACHE_HOME  where the cache lies (default: ~/.cache)
#
# The cache holds nothing but directories that were finished: each is made under `tmp/` and renamed
# into place, and its name says everything that went into it. Whoever makes one holds its lock.

set -euo pipefail
umask 022
export LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin
# Ctrl-C ends a script when what it waits for has ended, which got the same signal.
trap 'exit 130' INT
trap 'exit 143' TERM HUP

SUITE=${SUITE:-trixie-backports}
ARCH=${ARCH:-amd64}
FLAVOUR=${FLAVOUR:-cloud}
KERNEL=${KERNEL:-}
SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
KEYRING=${KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}

say() { echo "$*" >&2; }

die() {
	local line
	say "error: $1"
	shift
	for line in "$@"; do
		say "  $line"
	done
	exit 125
}

# help FILE: the comment at the head of a script is its manual.
help() { sed -n '3,/^$/s/^# \{0,1\}//p' "$1"; }

# for_kbuild PATH...: refuse what Kbuild cannot handle.
for_kbuild() {
	local path
	for path; do
		case $path in
		*[[:space:]:]*) die "Kbuild cannot handle a path with a space or a colon in it: $path" "choose another directory" ;;
		esac
	done
}

case $SUITE in
trixie-backports | forky | experimental) ;;
*) die "SUITE=$SUITE is not known" "use trixie-backports, forky or experimental" ;;
esac

# The same architecture in the words of Kbuild, the GNU toolchain and QEMU.
case $ARCH in
amd64) KARCH=x86 GNU=x86_64-linux-gnu QEMU=x86_64 ;;
arm64) KARCH=arm64 GNU=aarch64-linux-gnu QEMU=aarch64 ;;
*) die "ARCH=$ARCH is not known" "use amd64 or arm64" ;;
esac
export SUITE ARCH FLAVOUR KERNEL KARCH GNU QEMU

# DEBUG_TOOLS: what a kernel of our own is built with, beside what every tool root has.
DEBUG_TOOLS=
case $FLAVOUR in
cloud | rt) KERNEL_PACKAGE=$FLAVOUR-$ARCH ;;
generic) KERNEL_PACKAGE=$ARCH ;;
kasan | kcfi) KERNEL_PACKAGE=cloud-$ARCH DEBUG_TOOLS='clang lld llvm' ;;
*) die "FLAVOUR=$FLAVOUR is not known" "use cloud, generic, rt, kasan or kcfi" ;;
esac

case $KERNEL in
*[!A-Za-z0-9.+~-]*) die "KERNEL=$KERNEL is not the release of a kernel" "\`uname -r\` prints one" ;;
esac

CACHE=${XDG_CACHE_HOME:-${HOME:?neither HOME nor XDG_CACHE_HOME is set}/.cache}
mkdir -p "$CACHE" || die "the cache cannot be made" "name another directory: XDG_CACHE_HOME=… make …"
CACHE=$(cd "$CACHE" && pwd -P)/rust_kallsyms
for_kbuild "${SCRIPTS%/*}" "$CACHE"
export CACHE
mkdir -p "$CACHE"/{archive,guest,kernel,lock,log,root,tmp} ||
	die "$CACHE cannot be written" "name another directory: XDG_CACHE_HOME=… make …"

# lock NAME: hold NAME until this shell ends, and all that it started: a run that was killed may leave
# something behind that goes on writing for a while.
locks=()
lock() {
	local fd
	exec {fd}>"$CACHE/lock/$1"
	locks+=("$fd")
	# What takes a moment needs no word.
	if ! flock --timeout 0.5 "$fd"; then
		say "==> another run is making $1; waiting for it"
		flock "$fd"
	fi
}

# fresh PLAN: make sure that PLAN, which is what `scripts/archive plan` printed, is today's before much
# is made of it; if not, start this script again.
fresh() {
	[ "$(ARCHIVE_AGE=5 "$SCRIPTS/archive" plan)" = "$1" ] || exec "$0"
}

# scratch NAME: sets $TMP to an empty directory, gone when this shell ends. The caller holds NAME's
# lock, so that whatever is there already was left by a run that was killed.
scratch() {
	sweep
	TMP=$CACHE/tmp/$1
	rm -rf "$TMP"
	mkdir "$TMP"
	trap 'rm -rf "$TMP"' EXIT
}

# resume NAME: as `scratch`, but what a run that was stopped has left is kept, for the next one.
resume() {
	TMP=$CACHE/tmp/$1
	mkdir -p "$TMP"
	touch "$TMP"
	sweep
}

# sweep: remove what runs that were killed have left, when nobody can be using it any more.
sweep() { find "$CACHE/tmp" -mindepth 1 -maxdepth 1 -mtime +1 -exec rm -rf {} +; }

# publish DIR: what is in $TMP/out becomes DIR, whole or not at all. What nobody has used for two weeks,
# most likely because the archive has moved on, makes room.
publish() {
	find "${1%/*}" -mindepth 1 -maxdepth 1 -mtime +14 -exec rm -rf {} +
	mv --no-target-directory "$TMP/out" "$1"
}

# use DIR: print it, for a caller who is going to use it. `clean --old` keeps what each setting has used last; packages
# and their guests are settings of their own.
use() {
	local kind=${1%/*}
	kind=${kind##*/}${ROOT_KIND:+-$ROOT_KIND}${GUEST_KERNEL:+-packages}
	touch "$1"
	mkdir -p "$CACHE/used"
	echo "$1" >"$CACHE/used/$kind-$SUITE-$ARCH-${KERNEL:-$FLAVOUR}"
	echo "$1"
}

# step NAME WHAT COMMAND...: run COMMAND with its output in a log; say what it is, how far, how long.
step() {
	local name=$1 what=$2 begin=$SECONDS status=0 beat free
	local log=$CACHE/log/$SUITE-$ARCH-${KERNEL:-$FLAVOUR}-$name.log
	shift 2
	say "==> $what"
	: >"$log"
	exec {beat}> >(heartbeat "$name" "$log" "$begin")
	# Not `"$@" || …`, which would turn off errexit inside a function.
	set +e
	(
		exec {beat}>&-
		set -e
		"$@"
	) >"$log" 2>&1 </dev/null
	status=$?
	set -e
	exec {beat}>&-
	if [ "$status" -ne 0 ]; then
		tail -n 15 "$log" | sed 's/^/    | /' >&2
		# A full disk has no room for the log either.
		free=$(df --block-size=1M --output=avail "$CACHE" | tail -n 1 | tr -d ' ')
		[ "$free" -ge 10 ] || say "    | No space left on device"
		die "$what: failed after $((SECONDS - begin)) s (status $status)" \
			"log:  $log" \
			"disk: $free MB free under $CACHE" \
			"The same command starts again where this stopped; \`make distclean\` forgets the cache."
	fi
	say "    done in $((SECONDS - begin)) s"
}

# heartbeat NAME LOG BEGIN: the last line of LOG from time to time, as long as somebody can write to
# stdin: that is `step`, however it ends. Holds no lock.
heartbeat() {
	local fd
	for fd in "${locks[@]}"; do
		exec {fd}>&-
	done
	while true; do
		read -rt 10 || [ $? -gt 128 ] || break
		say "    $((SECONDS - $3)) s: $1: $(tail -n 1 "$2" | tr '\r' '\n' | tail -n 1 | cut -c 1-100)"
	done
}
