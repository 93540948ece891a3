#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/guest tells apart the ways in which a guest can end. Two guests at a time.

number=0
directory=$(mktemp --directory)
trap 'rm -rf "$directory"' EXIT

# run NUMBER EXPECTED SAYS WHAT [OPTION]...: does that guest end with EXPECTED, and say SAYS?
run() {
	local test=$directory/$1 expected=$2 says=$3 what=$4 status=0
	shift 4
	scripts/guest --console "$test/console" "$@" "$test/script" >"$test/out" 2>"$test/err" || status=$?
	if [ "$status" -eq "$expected" ] && grep --quiet -e "$says" "$test/err"; then
		echo "ok ${test##*/} - $what" >"$test/result"
	else
		{
			echo "not ok ${test##*/} - $what: status $status"
			sed 's/^/# /' "$test"/{out,err}
		} >"$test/result"
	fi
}

# guest WHAT STATUS SAYS SCRIPT [OPTION]...: a guest that runs SCRIPT ends with STATUS, and says SAYS.
guest() {
	local what=$1 expected=$2 says=$3 script=$4
	shift 4
	number=$((number + 1))
	mkdir "$directory/$number"
	printf '%s\n' "$script" >"$directory/$number/script"
	[ "$(jobs -pr | wc -l)" -lt 2 ] || wait -n
	run "$number" "$expected" "$says" "$what" "$@" &
}

guest "a script's status is the guest's" 7 'status 7' 'echo hello; echo oops >&2; exit 7'
guest "a status of 0 is 0; files and the kernel's own modules are there" 0 'status 0' \
	'cmp tap.sh /guest/tap.sh && test -s tap.sh && modprobe dummy && grep "^dummy " /proc/modules' \
	--file tests/guest/tap.sh
guest "a panic is 122" 122 'the kernel panicked' 'echo c >/proc/sysrq-trigger; sleep 9'
guest "a complaint is 121" 121 'the kernel complained' 'echo "WARNING: this is a test" >/dev/kmsg; sleep 1'
guest "no report is 123" 123 'ended without reporting' 'poweroff -f; sleep 9'
guest "a hang is 124" 124 'it hung' 'echo waiting; sleep 1000' --timeout 10
guest "an unknown option is 125" 125 'no such option' 'true' --no-such-option
guest "a timeout that is no number is 125" 125 'not a number' 'true' --timeout soon
guest "a shell without a terminal is 125" 125 'a shell needs a terminal' 'true' --interactive
EMULATOR=bochs guest "a shell under Bochs is 125" 125 'has no terminal for a shell' 'true' --interactive
wait 2>/dev/null
for test in $(seq "$number"); do
	cat "$directory/$test/result"
done
number=$((number + 1))
[ "$(cat "$directory/1/out")" = $'hello\noops' ] || echo -n "not "
echo "ok $number - only the script's output is on stdout"

# killed SIGNAL WHAT TARGET: a guest is killed when its kernel runs; nothing may stay.
killed() {
	local signal=$1 what=$2 target=$3 pid
	: >"$directory/console"
	echo 'sleep 1000' >"$directory/script"
	setsid env --default-signal=INT bash -c "echo \$\$ >$directory/pid
		exec scripts/guest --console $directory/console $directory/script" 2>/dev/null &
	for _ in $(seq 150); do
		grep --text --quiet 'Linux version' "$directory/console" && break
		sleep 0.2
	done
	pid=$(cat "$directory/pid")
	kill "-$signal" -- "${target/PID/"$pid"}"
	wait 2>/dev/null
	sleep 1
	number=$((number + 1))
	! pgrep --full "qemu-system.*$directory/console" >/dev/null || echo -n "not "
	echo "ok $number - $what leaves nothing running"
}
killed INT "Ctrl-C" -PID
killed KILL "kill -9" PID

echo "1..$number"
