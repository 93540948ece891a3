#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What `make shell` starts: a prompt that a crash does not end, less, bash that completes words; and
# the end is no error. guest/typist.c types.
#
# Usage: tests/scripts/shell.sh DIRECTORY

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

check "what types is built" env WRITABLE="$directory" scripts/enter \
	gcc -O2 -static -o "$directory/typist" "$PWD/tests/guest/typist.c"
cat >"$directory/keys" <<'KEYS'
see \n>\x20
type unsafe sprintf(out[8], "%d bytes are too many", 22)\r
see wrote beyond
see \n>\x20
type find_task_by_vpid(1)->comm\r
see "init"
see \n>\x20
KEYS
# The tool root's programs are for amd64.
if [ "$ARCH" = amd64 ]; then
	cat >>"$directory/keys" <<-'KEYS'
		type *find_task_by_vpid(1)\r
		see (struct task_struct){
		see \n:
		type q
		see >\x20
		type \x04
		see bash-
		type rust-kallsyms describe find_task_by_v\t
		see find_task_by_vpid
		type \r
		see struct task_struct *find_task_by_vpid(
	KEYS
else
	printf '%s\n' 'type \x04' >>"$directory/keys"
fi
cat >>"$directory/keys" <<'KEYS'
see #\x20
type cd /proc/sys/kernel; cat panic_on_oops panic_on_warn\r
see \n0\n0\n
see #\x20
type false\r
see #\x20
type exit\r
see status 0
end 0
KEYS
RECORD=$directory/record "$directory/typist" "$directory/keys" scripts/shell --module "$1/rust_kallsyms.ko" \
	--console "$directory/console" >"$directory/typed" 2>&1
while IFS= read -r line; do
	case $line in
	'ok '*) tap 0 "${line#ok * - }" ;;
	'not ok '*) tap 1 "${line#not ok * - }" ;;
	1..*) ;;
	*) echo "$line" ;;
	esac
done <"$directory/typed"
check "all of it was typed" grep '^1\.\.' "$directory/typed"
check "the kernel did report a crash" grep --text 'Oops: ' "$directory/console"
! grep --text --quiet 'not fully functional' "$directory/record"
tap $? "less knows the terminal"

tap_end
