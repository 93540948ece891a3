#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The set-up is interrupted and killed in each of its steps: the next run continues, and nothing is
# left at the end.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

# In the real cache, where there is enough room.
XDG_CACHE_HOME=$(mktemp --directory "${CACHE:?}/tmp/setup-killed.XXXXXX")
export XDG_CACHE_HOME
pid=
trap '[ -z "$pid" ] || kill -KILL -- "-$pid" 2>/dev/null; rm -rf "$directory" "$XDG_CACHE_HOME"' EXIT
trap 'exit 130' INT TERM
cache=$XDG_CACHE_HOME/rust_kallsyms

# until_step NAME SECONDS|TEXT: start scripts/kernel in a process group of its own ($pid), and
# return SECONDS after it has begun with step NAME, or when that step prints TEXT.
until_step() {
	local log
	find "$cache/log" -name "*-$1.log" -delete 2>/dev/null
	setsid env --default-signal=INT bash -c "echo \$\$ >$directory/pid; exec scripts/kernel" >"$directory/killed" 2>&1 &
	for _ in $(seq 3000); do
		log=$(find "$cache/log" -name "*-$1.log" 2>/dev/null)
		[ -z "$log" ] || break
		sleep 0.1
	done
	case $2 in
	[0-9]*) sleep "$2" ;;
	*) timeout 300 sh -c "until grep --quiet '$2' '$log'; do sleep 0.1; done" || tap 1 "$1 says $2" ;;
	esac
	pid=$(cat "$directory/pid")
}
ours() { pgrep --full "$XDG_CACHE_HOME" >/dev/null; }
mounted() { grep --quiet "$XDG_CACHE_HOME" /proc/mounts; }
free() {
	local lock
	for lock in "$cache"/lock/*; do
		flock --nonblock "$lock" true || return
	done
}
# left OPTION...: list what is left. Downloads are kept for the next run.
left() { find "$cache/tmp" -mindepth 1 -maxdepth 1 "$@"; }
clean() { ! ours && ! mounted && free && [ -z "$(left -not -name 'download-*')" ]; }

# interrupt NAME SECONDS|TEXT: test Ctrl-C in step NAME.
interrupt() {
	until_step "$1" "$2"
	kill -INT -- "-$pid"
	wait 2>/dev/null
	soon clean
	tap $? "Ctrl-C in $1 leaves nothing: no process, no mount, no lock, no directory"
}

# murder NAME SECONDS|TEXT: test `kill -9` in step NAME.
murder() {
	until_step "$1" "$2"
	kill -KILL "$pid"
	wait 2>/dev/null
	! mounted
	tap $? "kill -9 in $1 leaves nothing mounted"
}

interrupt archive 0.3
interrupt root extracting
murder root extracting
# The next run waits for the processes that are left, and makes the root.
interrupt download 1
murder download 1
interrupt unpack 2
murder unpack 2
interrupt prepare 20
murder prepare 20
check "after all this, the kernel is made" scripts/kernel
clean && [ -z "$(left)" ]
tap $? "nothing is left: no process, no mount, no lock, no directory"
check "make demo" make demo

tap_end
