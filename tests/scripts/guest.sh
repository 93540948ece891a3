#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/guest distinguishes the ways in which a guest can end. Two guests run at a time.
#
# Usage: tests/scripts/guest.sh DIRECTORY

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

module=$1/rust_kallsyms.ko
number=0

# guest_ends NUMBER EXPECTED SAYS WHAT [OPTION]...: write to the file `result` whether guest NUMBER
# ends with EXPECTED and prints SAYS.
guest_ends() {
	local test=$directory/$1 expected=$2 says=$3 what=$4 status=0
	shift 4
	scripts/guest --console "$test/console" "$@" "$test/script" >"$test/out" 2>"$test/err" || status=$?
	if [ "$status" -eq "$expected" ] && grep --quiet -e "$says" "$test/err"; then
		echo "0 $what" >"$test/result"
	else
		echo "1 $what: status $status" >"$test/result"
	fi
}

# guest WHAT STATUS SAYS SCRIPT [OPTION]...: test that a guest that runs SCRIPT ends with STATUS and
# prints SAYS.
guest() {
	local what=$1 expected=$2 says=$3 script=$4
	shift 4
	number=$((number + 1))
	mkdir "$directory/$number"
	printf '%s\n' "$script" >"$directory/$number/script"
	[ "$(jobs -pr | wc -l)" -lt 2 ] || wait -n
	guest_ends "$number" "$expected" "$says" "$what" "$@" &
}

guest "a script's status is the guest's" 7 'status 7' 'echo hello; echo oops >&2; exit 7'
guest "a status of 0 is 0; files and the kernel's own modules are there" 0 'status 0' \
	'cmp tap.sh /guest/tap.sh && test -s tap.sh && modprobe dummy && grep "^dummy " /proc/modules' \
	--file tests/guest/tap.sh
guest "a panic is 122" 122 'the kernel panicked' 'echo c >/proc/sysrq-trigger; sleep 9'
guest "a complaint is 121" 121 'the kernel complained' 'echo "WARNING: this is a test" >/dev/kmsg; sleep 1'
# shellcheck disable=SC2016 # the guest expands it
guest "a carried module's lines are not complaints" 0 'status 0' \
	'insmod "$MODULE" sym_name=strspn "args=\"BUG: Oops\",\"BUG\"" &&
	dmesg | grep "rust_kallsyms: strspn(\"BUG: Oops\", \"BUG\") = 3" && echo "rust_kallsyms: Kernel panic" >/dev/kmsg' \
	--module "$module"
guest "modprobe finds a carried module" 0 'status 0' \
	'modprobe rust_kallsyms sym_name=int_sqrt args=144 && dmesg | grep "int_sqrt(144) = 12" && modprobe -r rust_kallsyms &&
	! test -d /sys/module/rust_kallsyms && ! modprobe rust_kallsyms sym_name=nope' \
	--module "$module"
guest "with a module carried, the kernel's own complaint is 121" 121 'the kernel complained: .*BUG: rust_kallsyms' \
	'echo "BUG: rust_kallsyms: this is a test" >/dev/kmsg; sleep 1' --module "$module"
guest "no report is 123" 123 'ended without reporting' 'poweroff -f; sleep 9'
guest "a hang is 124" 124 'it hung' 'echo waiting; sleep 1000' --timeout 10
guest "a guest that keeps printing does not hang" 0 'status 0' 'seq 20 | while read -r _; do echo again; sleep 1; done' --timeout 12
guest "but one that prints for ten times as long does" 124 'it hung' 'while echo again; do sleep 1; done' --timeout 2
guest "an unknown option is 125" 125 'no such option' 'true' --no-such-option
guest "a timeout that is not a number is 125" 125 'not a number' 'true' --timeout soon
guest "a shell without a terminal is 125" 125 'a shell needs a terminal' 'true' --interactive
bochs='has no terminal for a shell'
[ "$ARCH" = amd64 ] || bochs="cannot boot ARCH=$ARCH"
EMULATOR=bochs guest "a shell under Bochs is 125" 125 "$bochs" 'true' --interactive
wait 2>/dev/null
for test in $(seq "$number"); do
	read -r result what <"$directory/$test/result"
	tap "$result" "$what"
	[ "$result" -eq 0 ] || sed 's/^/# /' "$directory/$test"/{out,err}
done
[ "$(cat "$directory/1/out")" = $'hello\noops' ]
tap $? "only the script's output is on stdout"

# killed SIGNAL WHAT TARGET: send SIGNAL to TARGET when the guest's kernel runs; no process may be
# left.
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
	! pgrep --full "qemu-system.*$directory/console" >/dev/null
	tap $? "$what leaves nothing running"
}
killed INT "Ctrl-C" -PID
killed KILL "kill -9" PID

tap_end
