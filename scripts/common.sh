# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # the scripts that source this use what it sets
#
# What the scripts share: the settings, the cache, and the output of a step.
#
# Settings (environment):
#   SUITE    trixie-backports (default), forky or experimental
#   ARCH     the kernel's architecture: amd64 (default) or arm64
#   FLAVOUR  the kernel's flavour: cloud (default), generic or rt; or kasan or kcfi, which are built
#            here to find bugs
#   KERNEL   a kernel release (`uname -r`), instead of the suite's newest kernel of that flavour
#   MIRROR   the Debian mirror (default: the one that this machine's apt uses)
#   KEYRING  the keys that the mirror's archive is signed with (default: Debian's)
#   INSTALL  sudo: install what is missing on this machine with sudo, when the caller is not root
#   XDG_CACHE_HOME  where the cache lies (default: ~/.cache)
#
# The cache holds only finished directories: each is made in `tmp/` and then renamed, and its name
# identifies everything that it was made from. The script that makes a directory holds its lock.

set -euo pipefail
umask 022
export LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin
# Ctrl-C also reaches the program that a script is waiting for; the script ends after it.
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

# help FILE: print the comment at the head of a script, which is its manual.
help() { sed -n '3,/^$/s/^# \{0,1\}//p' "$1"; }

# for_kbuild PATH...: refuse paths that Kbuild cannot handle.
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

# What Kbuild, the GNU toolchain and QEMU call the architecture.
case $ARCH in
amd64) KARCH=x86 GNU=x86_64-linux-gnu QEMU=x86_64 ;;
arm64) KARCH=arm64 GNU=aarch64-linux-gnu QEMU=aarch64 ;;
*) die "ARCH=$ARCH is not known" "use amd64 or arm64" ;;
esac
export SUITE ARCH FLAVOUR KERNEL KARCH GNU QEMU

# DEBUG_TOOLS: the packages that are needed to build a kasan or kcfi kernel, besides those in every
# tool root.
DEBUG_TOOLS=
case $FLAVOUR in
cloud | rt) KERNEL_PACKAGE=$FLAVOUR-$ARCH ;;
generic) KERNEL_PACKAGE=$ARCH ;;
kasan | kcfi) KERNEL_PACKAGE=cloud-$ARCH DEBUG_TOOLS='clang lld llvm' ;;
*) die "FLAVOUR=$FLAVOUR is not known" "use cloud, generic, rt, kasan or kcfi" ;;
esac

case $KERNEL in
*[!A-Za-z0-9.+~-]*) die "KERNEL=$KERNEL is not a kernel release" "\`uname -r\` prints one" ;;
esac

CACHE=${XDG_CACHE_HOME:-${HOME:?neither HOME nor XDG_CACHE_HOME is set}/.cache}
mkdir -p "$CACHE" || die "the cache directory $CACHE cannot be made" "choose another one: XDG_CACHE_HOME=… make …"
CACHE=$(cd "$CACHE" && pwd -P)/rust_kallsyms
for_kbuild "${SCRIPTS%/*}" "$CACHE"
export CACHE
mkdir -p "$CACHE"/{archive,guest,kernel,lock,log,root,tmp} ||
	die "the cache directory $CACHE cannot be written" "choose another one: XDG_CACHE_HOME=… make …"

# lock NAME: hold this lock until the shell and all processes that it has started have ended. (The
# children of a killed run can go on writing for a while.)
locks=()
lock() {
	local fd
	exec {fd}>"$CACHE/lock/$1"
	locks+=("$fd")
	# A short wait is not worth a message.
	if ! flock --timeout 0.5 "$fd"; then
		say "==> another run is making $1; waiting for it"
		flock "$fd"
	fi
}

# fresh PLAN: start this script again if PLAN, which `scripts/archive plan` has printed, is out of
# date. Called before anything expensive is made.
fresh() {
	[ "$(ARCHIVE_AGE=5 "$SCRIPTS/archive" plan)" = "$1" ] || exec "$0"
}

# scratch NAME: set $TMP to an empty directory, which is removed when this shell ends. The caller
# holds the lock NAME, so a directory that exists already was left by a run that was killed.
scratch() {
	sweep
	TMP=$CACHE/tmp/$1
	rm -rf "$TMP"
	mkdir "$TMP"
	trap 'rm -rf "$TMP"' EXIT
}

# resume NAME: as `scratch`, but keep the directory of a run that was stopped, so that the next run
# can continue.
resume() {
	TMP=$CACHE/tmp/$1
	mkdir -p "$TMP"
	touch "$TMP"
	sweep
}

# sweep: remove the directories of killed runs once they are too old to be in use.
sweep() { find "$CACHE/tmp" -mindepth 1 -maxdepth 1 -mtime +1 -exec rm -rf {} +; }

# publish DIR: rename $TMP/out to DIR. Also remove DIR's neighbours that have not been used for two
# weeks, most likely because the archive has newer versions.
publish() {
	find "${1%/*}" -mindepth 1 -maxdepth 1 -mtime +14 -exec rm -rf {} +
	mv --no-target-directory "$TMP/out" "$1"
}

# code SCRIPT...: print these scripts without their comments, to hash: what they make does not
# depend on comments.
code() { sed '/^[[:space:]]*#/d' "$@"; }

# use DIR: print DIR and note that it is in use. `clean --old` keeps the directory that each
# combination of settings has used last; making packages and booting their guests count as further
# settings.
use() {
	local kind=${1%/*}
	kind=${kind##*/}${ROOT_KIND:+-$ROOT_KIND}${GUEST_KERNEL:+-packages}
	touch "$1"
	mkdir -p "$CACHE/used"
	echo "$1" >"$CACHE/used/$kind-$SUITE-$ARCH-${KERNEL:-$FLAVOUR}"
	echo "$1"
}

# step NAME WHAT COMMAND...: run COMMAND with its output in a log; say what it does, how far it is,
# and how long it took.
step() {
	local name=$1 what=$2 begin=$SECONDS status=0 beat free
	local log=$CACHE/log/$SUITE-$ARCH-${KERNEL:-$FLAVOUR}-$name.log
	shift 2
	say "==> $what"
	: >"$log"
	exec {beat}> >(heartbeat "$name" "$log" "$begin")
	# `"$@" || …` would turn off errexit inside a function.
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
		# When the disk is full, the log may lack the message that says so.
		free=$(df --block-size=1M --output=avail "$CACHE" | tail -n 1 | tr -d ' ')
		[ "$free" -ge 10 ] || say "    | No space left on device"
		die "$what: failed after $((SECONDS - begin)) s (status $status)" \
			"log:  $log" \
			"disk: $free MB free under $CACHE" \
			"The same command continues where this one stopped; \`make distclean\` removes the cache."
	fi
	say "    done in $((SECONDS - begin)) s"
}

# heartbeat NAME LOG BEGIN: print the last line of LOG every ten seconds until stdin is closed,
# which happens however its writer ends. Holds no lock.
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
