#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
# timeout: 900
#
# However long a request to a live file takes, SIGKILL ends it, and modules can be loaded meanwhile.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

for module in xfs btrfs nfsd ext4; do
	modprobe $module 2>/dev/null
done
insmod "$MODULE"
files=/sys/kernel/debug/rust_kallsyms

# now: print the time, in hundredths of a second.
now() { cut -d' ' -f1 /proc/uptime | tr -d .; }

# killed WHAT COMMAND...: start it, and send SIGKILL a second later: it is gone soon after that, and
# a module that is loaded meanwhile does not wait long.
killed() {
	killed_what=$1
	shift
	"$@" >/dev/null 2>&1 &
	killed_pid=$!
	sleep 0.5
	killed_begin=$(now)
	insmod ./callee.ko
	rmmod callee
	killed_load=$(($(now) - killed_begin))
	sleep 0.5
	kill -9 $killed_pid 2>/dev/null
	killed_begin=$(now)
	wait $killed_pid
	killed_end=$(($(now) - killed_begin))
	tap $((killed_end > 200 || killed_load > 400)) \
		"$killed_what: gone within 2 s, and a module is loaded within 4 s"
	echo "# gone after $killed_end, loaded in $killed_load hundredths of a second"
}

# /tmp/ask FILE: writes the text in /tmp/text at once, and reads the whole answer.
cat >/tmp/ask <<'END'
exec 3<>"$1"
dd if=/tmp/text bs=65536 count=1 2>/dev/null >&3
exec cat <&3
END

# repeat COUNT TEXT
repeat() { awk -v count="$1" -v text="$2" 'BEGIN { while (count-- > 0) printf "%s", text }'; }

# Different patterns, which match late or never.
{
	printf 'filter='
	for letter in a b c d e f g h i j k l m n o p q r s t u v w x y z 0 1 2 3 4 5 6 7 8 9; do
		printf '*%s%s*,' "$(repeat 12 '*e')" "$letter"
	done
	echo '*zzz*'
} >/tmp/text
killed "symbols: slow patterns" sh /tmp/ask $files/symbols
killed "functions: slow patterns" sh /tmp/ask $files/functions
{
	printf 'filter='
	seq 1300 | sed 's/.*/*&*/' | paste -s -d ,
} | head -c 4096 >/tmp/text
killed "symbols: many patterns" sh /tmp/ask $files/symbols
killed "functions: many patterns" sh /tmp/ask $files/functions
echo "takes='struct pid *' takes='struct pid *' takes='struct pid *' takes='struct pid *' takes='struct pid *' takes=int" >/tmp/text
killed "functions: nothing matches" sh /tmp/ask $files/functions
printf 'a%s\n' "$(repeat 500 a)" >/tmp/text
killed "lookup: a long name" sh /tmp/ask $files/lookup
printf 'struct pid%s\n' "$(repeat 2000 .x)" >/tmp/text
killed "lookup: a long path" sh /tmp/ask $files/lookup
echo "__pfx_s" >/tmp/text
killed "lookup: a name with many neighbours" sh /tmp/ask $files/lookup
repeat 4096 '(' >/tmp/text
killed "call: parentheses" sh /tmp/ask $files/call
repeat 2000 '1+' >/tmp/text
killed "call: operators" sh /tmp/ask $files/call
{
	repeat 100 'nosuch_name_of_any_constant +'
	echo 1
} >/tmp/text
killed "call: unknown names" sh /tmp/ask $files/call
{
	seq 100 | sed 's/.*/0 ? nosuch&() :/' | tr '\n' ' '
	echo 1
} >/tmp/text
killed "call: unknown functions" sh /tmp/ask $files/call
repeat 1000 '&&x' >/tmp/text
killed "call: labels" sh /tmp/ask $files/call
{
	printf 'call '
	repeat 8000 '-(~'
} >/tmp/text
killed "the device" sh /tmp/ask /dev/rust_kallsyms
killed "functions: far into the text" dd if=$files/functions bs=1 skip=1000000000 count=1
killed "symbols: far into the text" dd if=$files/symbols bs=1 skip=1000000000 count=1
for file in symbols functions modules calls; do
	killed "$file: all, byte by byte" dd if=$files/$file bs=1
done
check "the module can be removed" rmmod rust_kallsyms

tap_end
