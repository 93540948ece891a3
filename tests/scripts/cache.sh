#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What scripts/common.sh promises about the cache, tested with a script that makes almost nothing.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

export XDG_CACHE_HOME=$directory
cache=$directory/rust_kallsyms
mkdir -p "$cache"
cat >"$directory/maker" <<MAKER
#!/bin/bash
. $PWD/scripts/common.sh
lock thing
[ ! -d "\$CACHE/root/thing" ] || { use "\$CACHE/root/thing"; exit; }
scratch thing
make() {
	mkdir "\$TMP/out"
	echo begun >"$directory/state"
	echo "the last line"
	\$1
}
step thing "making a thing" make "\$1"
publish "\$CACHE/root/thing"
use "\$CACHE/root/thing"
MAKER
chmod +x "$directory/maker"

# start COMMAND: start the maker, which runs COMMAND, in the background in a process group of its
# own; sets $pid.
start() {
	rm -rf "$directory/state" "$cache/root/thing"
	setsid env --default-signal=INT bash -c "echo \$\$ >$directory/pid; exec $directory/maker '$1'" >"$directory/first" 2>&1 &
	until [ -e "$directory/state" ]; do
		sleep 0.05
	done
	pid=$(cat "$directory/pid")
}
free() { flock --nonblock "$cache/lock/thing" true; }
nothing_left() { ! running && free && [ -z "$(find "$cache"/{tmp,root} -mindepth 1)" ]; }
running() { pgrep --full "$directory/maker" >/dev/null; }

start 'sleep 1.5'
expect "of two at once, the second waits and says so" 0 'another run is making thing; waiting for it' "$directory/maker" true
wait 2>/dev/null
grep --quiet 'done in' "$directory/first" && ! grep --quiet '==> making' "$directory/output"
tap $? "both get what the first made"

start 'sleep 30'
kill -INT -- "-$pid"
wait 2>/dev/null
soon nothing_left
tap $? "Ctrl-C leaves nothing: no process, no lock, no directory"

start 'sleep 2'
kill -KILL "$pid"
! free
tap $? "the child of a killed run keeps its lock"
expect "the next run waits for the child, and makes the thing" 0 '/root/thing$' timeout 20 "$directory/maker" true
wait 2>/dev/null
free && ! running && [ -z "$(ls "$cache/tmp")" ]
tap $? "nothing is left: no process, no lock, no directory"

start 'sleep 30'
kill -KILL -- "-$pid"
wait 2>/dev/null
[ -n "$(ls "$cache/tmp")" ] && soon free
tap $? "a run that is killed with all its children leaves a directory, but no lock"
expect "the next run makes the thing" 0 '/root/thing$' timeout 20 "$directory/maker" true
check "and removes the directory" test -z "$(ls "$cache/tmp")"

rm -rf "$cache/root/thing"
expect "when a step fails, the error shows its last line" 125 '| the last line' "$directory/maker" false
grep --quiet 'making a thing: failed after .* (status 1)' "$directory/output" && grep --quiet 'log: .*/thing.log\|log: .*-thing.log' "$directory/output"
tap $? "and the step, its status and the log"
check "nothing is published" test -z "$(find "$cache"/{tmp,root} -mindepth 1)"

mkdir "$cache/root/old" "$cache/tmp/old"
touch -d '20 days ago' "$cache/root/old" "$cache/tmp/old"
run "$directory/maker" true
check "what has not been used for two weeks is removed" test "$(find "$cache"/{tmp,root} -mindepth 1)" = "$cache/root/thing"

mkdir "$cache/root/old" "$cache/kernel/old"
echo "$cache/kernel/old" >"$cache/used/kernel-some-other-setting"
head -c 3M /dev/zero >"$cache/root/old/alone"
head -c 5M /dev/zero >"$cache/root/old/shared"
ln "$cache/root/old/shared" "$cache/kernel/old"
touch -d '2 days ago' "$cache"/root/{old,thing} "$cache/kernel/old"
expect "clean --old says what it frees" 0 'removing root/old (' scripts/clean --old
grep --quiet 'freed 3 MB' "$directory/output"
tap $? "it does not count files that another directory has, too"
rm "$cache/kernel/old/shared"
check "it removes only what no setting uses" \
	test "$(find "$cache"/{root,kernel} -mindepth 1 | sort)" = "$cache/kernel/old"$'\n'"$cache/root/thing"

cat >"$directory/resumer" <<MAKER
#!/bin/bash
. $PWD/scripts/common.sh
lock long
resume long
if [ ! -e "\$TMP/half" ]; then
	touch "\$TMP/half" "$directory/state"
	sleep 30
fi
mkdir "\$TMP/out"
publish "\$CACHE/root/long"
MAKER
chmod +x "$directory/resumer"
rm -f "$directory/state"
setsid bash -c "echo \$\$ >$directory/pid; exec $directory/resumer" >"$directory/first" 2>&1 &
until [ -e "$directory/state" ]; do
	sleep 0.05
done
kill -KILL -- "-$(cat "$directory/pid")"
wait 2>/dev/null
check "a resumable directory is not published half made" test ! -e "$cache/root/long"
check "the next run continues it" timeout 20 "$directory/resumer"
check "and publishes it" test -d "$cache/root/long"

expect "distclean" 0 'removing' scripts/clean
check "the cache is removed" test ! -e "$cache"
check "distclean without a cache" scripts/clean

if [ "$(id -u)" -eq 0 ]; then
	skip "a cache that cannot be written" "root can write everywhere"
else
	expect "a cache that cannot be written" 125 'cannot be made' env XDG_CACHE_HOME=/proc/none scripts/archive plan
fi

tap_end
