#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/guest tells apart the ways in which a guest can end.

number=0
directory=$(mktemp --directory)
trap 'rm -rf "$directory"' EXIT

# guest WHAT STATUS SAYS SCRIPT [OPTION]...: a guest that runs SCRIPT ends with STATUS, and says SAYS.
guest() {
	local what=$1 expected=$2 says=$3 status=0
	printf '%s\n' "$4" >"$directory/script"
	shift 4
	number=$((number + 1))
	scripts/guest --console "$directory/console" "$@" "$directory/script" >"$directory/out" 2>"$directory/err" || status=$?
	if [ "$status" -eq "$expected" ] && grep --quiet -e "$says" "$directory/err"; then
		echo "ok $number - $what"
	else
		echo "not ok $number - $what: status $status"
		sed 's/^/# /' "$directory"/{out,err}
	fi
}

guest "a script's status is the guest's" 7 'status 7' 'echo hello; echo oops >&2; exit 7'
number=$((number + 1))
[ "$(cat "$directory/out")" = $'hello\noops' ] || echo -n "not "
echo "ok $number - only the script's output is on stdout"
guest "a status of 0 is 0" 0 'status 0' 'true'
guest "real kernel modules can be loaded" 0 'status 0' 'modprobe dummy && grep "^dummy " /proc/modules'
guest "files are carried" 0 'status 0' 'cmp tap.sh /guest/tap.sh && test -s tap.sh' --file tests/guest/tap.sh
guest "a panic is 122" 122 'the kernel panicked' 'echo c >/proc/sysrq-trigger; sleep 9'
guest "a complaint is 121" 121 'the kernel complained' \
	'echo "WARNING: this is a test" >/dev/kmsg; sleep 1'
guest "no report is 123" 123 'ended without reporting' 'poweroff -f; sleep 9'
guest "a reboot is 123" 123 'ended without reporting' 'reboot -f; sleep 9'
guest "a hang is 124" 124 'it hung' 'echo waiting; sleep 1000' --timeout 12
guest "an unknown option is 125" 125 'no such option' 'true' --no-such-option

# Ctrl-C: the whole process group gets SIGINT; nothing may stay.
echo 'sleep 1000' >"$directory/script"
setsid --wait bash -c "trap - INT; exec scripts/guest --console $directory/console $directory/script" 2>/dev/null &
for _ in $(seq 100); do
	pid=$(pgrep --full "scripts/guest --console $directory/console" | head -n 1)
	grep --text --quiet 'Linux version' "$directory/console" 2>/dev/null && break
	sleep 0.2
done
kill -INT -- "-$pid"
wait
sleep 1
number=$((number + 1))
! pgrep --full "qemu-system.*$directory/console" >/dev/null || echo -n "not "
echo "ok $number - Ctrl-C leaves nothing running"

echo "1..$number"
