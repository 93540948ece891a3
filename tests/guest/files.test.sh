#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# The live files, and writes to the parameters.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

sysctl -q -w kernel.dmesg_restrict=1 kernel.kptr_restrict=0
modprobe xfs
insmod "$MODULE"
files=/sys/kernel/debug/rust_kallsyms
parameters=/sys/module/rust_kallsyms/parameters

# ask FILE TEXT: what one open file answers.
ask() {
	exec 3<>"$files/$1"
	printf '%s\n' "$2" >&3 || echo failed
	cat <&3
	exec 3>&-
}

equal "the modes" "$(stat -c '%a %n' $files/* | sed 's,/.*/,,' | paste -s -d ' ')" \
	"600 call 400 calls 400 events 600 functions 600 lookup 400 modules 600 symbols"

# symbols
cut -d' ' -f1,3,4 $files/symbols | sort >/tmp/ours
awk '{ module = (NF > 3) ? $4 : "[vmlinux]"; print $1, $3, module }' /proc/kallsyms | sort >/tmp/truth
equal "all symbols, and no others" "$(cmp /tmp/ours /tmp/truth && wc -l </tmp/ours)" "$(wc -l </tmp/truth)"
equal "a choice" "$(ask symbols 'module=xfs filter=xfs_trans_r*' | cut -d' ' -f1,3,4 | sort)" \
	"$(grep ' xfs_trans_r.*\[xfs\]' /proc/kallsyms | awk '{ print $1, $3, $4 }' | sort)"
equal "a limit" "$(ask symbols 'limit=3' | wc -l)" 3
equal "quotes" "$(ask symbols "module='xfs' filter=\"xfs_trans_read_buf_map\" kind='text'" | cut -d' ' -f3)" xfs_trans_read_buf_map
equal "another word for filter" "$(ask symbols 'name=int_sqrt' | cut -d' ' -f3)" int_sqrt
equal "a wrong choice" "$(ask symbols 'filter=[' 2>/dev/null)" \
	"failed
error EINVAL column 8: this \`[\` is never closed; a plain one is written \\["
equal "a wrong key" "$(ask symbols 'limit=1 kinds=text' 2>/dev/null)" \
	"failed
error EINVAL column 9: write module=, filter=, kind= or limit="
printf 'a,' >$parameters/filter
equal "the parameters do not change it" "$(head -n 2 $files/symbols | wc -l)" 2
echo >$parameters/filter
equal "a module's name may be written as its file's" "$(ask symbols 'module=rust-kallsyms limit=1' | cut -d' ' -f4)" "[rust_kallsyms]"
equal "a long list of patterns, each twice" "$(ask symbols "filter=$(seq 64 | paste -s -d ,),$(seq 64 | paste -s -d ,)")" ""
equal "a list that is too long" "$(ask symbols "filter=$(seq 65 | paste -s -d ,)" 2>/dev/null)" "failed
error E2BIG column 191: at most 64 patterns can be asked for"

# Symbols that come and go without a module. A traced function makes a trampoline.
tracing=/sys/kernel/debug/tracing
mount -t tracefs tracefs $tracing 2>/dev/null
echo int_sqrt >$tracing/set_ftrace_filter
echo function >$tracing/current_tracer
grep '__builtin__ftrace\]$' /proc/kallsyms | awk '{ print $1, $3, $4 }' | sort >/tmp/truth
check "there are some: $(wc -l </tmp/truth)" test -s /tmp/truth
equal "they are listed" "$(ask symbols 'module=__builtin__ftrace' | cut -d' ' -f1,3,4 | sort)" "$(cat /tmp/truth)"
equal "by name, too" "$(ask symbols 'filter=ftrace_trampoline' | cut -d' ' -f1,3,4 | sort)" "$(grep ' ftrace_trampoline ' /tmp/truth)"
equal "and found by an address in them" "$(ask lookup "$(inside "$(head -n 1 /tmp/truth | cut -d' ' -f1)")" | cut -d' ' -f1,3,4,6)" \
	"$(head -n 1 /tmp/truth) offset=0x5"
cut -d' ' -f1,3,4 $files/symbols | sort >/tmp/ours
awk '{ module = (NF > 3) ? $4 : "[vmlinux]"; print $1, $3, module }' /proc/kallsyms | sort >/tmp/truth
equal "again all symbols" "$(cmp /tmp/ours /tmp/truth && wc -l </tmp/ours)" "$(wc -l </tmp/truth)"
echo nop >$tracing/current_tracer
echo >$tracing/set_ftrace_filter

# Reads of any size see the same bytes.
exec 3<>$files/symbols
printf 'module=vmlinux filter=tcp_*' >&3
cat <&3 >/tmp/whole
exec 3>&-
wrong=0
# pieces REQUEST DD-OPERAND...: what dd reads of the answer.
pieces() {
	exec 3<>$files/symbols
	echo "$1" >&3
	shift
	dd "$@" <&3 2>/dev/null
	exec 3>&-
}
for size in 1 7 64 299 4096; do
	pieces 'module=vmlinux filter=tcp_*' bs=$size | cmp -s /tmp/whole - || wrong=$((wrong + 1))
done
equal "partial reads of a long text give the same bytes" "$wrong" 0
ask symbols 'module=rust_kallsyms limit=9' >/tmp/short
size=1
while [ $size -le 300 ]; do
	pieces 'module=rust_kallsyms limit=9' bs=$size | cmp -s /tmp/short - || wrong=$((wrong + 1))
	size=$((size + 1))
done
equal "partial reads of every size up to 300 give the same bytes" "$wrong $(wc -l </tmp/short)" "0 9"
equal "a seek" "$(pieces 'module=vmlinux filter=tcp_*' bs=1 skip=1000 count=200)" \
	"$(dd if=/tmp/whole bs=1 skip=1000 count=200 2>/dev/null)"
check "a seek far into the whole" sh -c \
	"dd if=$files/symbols of=/tmp/far bs=1000 skip=9000 count=3 && cat $files/symbols | tail -c +9000001 | head -c 3000 | cmp - /tmp/far"

# call
equal "a call" "$(ask call 'int_sqrt(144)' | head -n 1)" 12
equal "its prototype" "$(ask call 'int_sqrt(144)' | sed -n 2p | sed 's/  .*//')" "unsigned long int_sqrt(unsigned long x)"
check "the time it took" sh -c "exec 3<>$files/call; echo 'nr_processes()' >&3; sed -n 3p <&3 | grep -x '[0-9]* ns'"
equal "a string" "$(ask call 'errname(22)' | head -n 1)" '"EINVAL"'
equal "a wrong call" "$(ask call 'int_sqrt(1, 2)' 2>/dev/null)" \
	"failed
error E2BIG column 13: one argument too many for \`unsigned long int_sqrt(unsigned long x)\`"
equal "and says so in the log" "$(dmesg | tail -n 1 | sed 's/.*] //')" \
	"rust_kallsyms: call: column 13: one argument too many for \`unsigned long int_sqrt(unsigned long x)\`; in \`int_sqrt(1, 2)\`"
equal "each open file has a result of its own" "$(
	exec 3<>$files/call 4<>$files/call
	echo 'int_sqrt(16)' >&3
	echo 'int_sqrt(25)' >&4
	head -n 1 <&3
	head -n 1 <&4
)" "4
5"
equal "before anything is asked" "$(cat $files/call)" ""
equal "an error and the next answer are read from their beginning, in pieces" "$(
	exec 3<>$files/call
	echo '1000000 + 1' >&3
	head -c 3 <&3
	echo '1 +' >&3 2>/dev/null
	head -c 7 <&3
	cat <&3
	echo '2 + 2' >&3
	head -n 1 <&3
)" "100error EINVAL column 4: a value is missing here
4"

equal "columns count the options, too" "$(ask call ' timeout=20  timeout=0 no_such_function()' 2>/dev/null)" "failed
error ENOENT column 24: no_such_function: no such symbol; macros, inline functions and modules that are not loaded have none in /proc/kallsyms"
equal "a wrong option" "$(ask call 'timeout=x 1' 2>/dev/null)" "failed
error EINVAL column 9: a time limit is a number of seconds: timeout=5"
printf 1 >$parameters/timeout
equal "the parameter timeout does not count" "$(ask call 'msleep(2000)' | head -n 1)" void
equal "the option does" "$(ask call 'timeout=1 msleep(2500)' 2>/dev/null | cut -d' ' -f-4)" "failed
error ETIMEDOUT column 11:"
echo >$parameters/timeout
printf '%5000s1 + 1' '' >/tmp/program
equal "more than a page" "$(exec 3<>$files/call; cat /tmp/program >&3; head -n 1 <&3)" 2
printf '%65536s1' '' >/tmp/program
equal "too much" "$(exec 3<>$files/call; dd if=/tmp/program bs=70000 count=1 2>/dev/null >&3; cat <&3)" \
	"error E2BIG at most 65536 bytes can be written at once"

# calls
equal "no call runs" "$(sleep 2; cat $files/calls)" ""
echo 'msleep(6000)' >$files/call &
soon grep -q msleep $files/calls
equal "a call that runs" "$(sed 's/[0-9][0-9]*/N/g' $files/calls)" "msleep  N s  pid N  runs"
pid=$(sed 's/.*pid \([0-9]*\) .*/\1/' $files/calls)
equal "its thread" "$(cat "/proc/$pid/comm")" rust_kallsyms
kill $!
soon grep -q abandoned $files/calls
equal "one that was abandoned" "$(sed 's/[0-9][0-9]*/N/g' $files/calls)" "msleep  N s  pid N  abandoned"
soon sh -c "! grep -q msleep $files/calls"
equal "one that returned" "$(cat $files/calls)" ""

# lookup
cat /proc/kallsyms >/tmp/proc
equal "every symbol of a name" "$(ask lookup init_once | cut -d' ' -f1 | sort)" \
	"$(awk '$3 == "init_once" { print $1 }' /tmp/proc | sort)"
address=$(awk '$3 == "int_sqrt" { print $1 }' /tmp/proc)
equal "an address within a symbol" "$(ask lookup "$(inside "$address")" | cut -d' ' -f1,3,6)" \
	"$address int_sqrt offset=0x5"
# Addresses with several names, of the kernel and of a module: all of them, as /proc/kallsyms has
# them. The kernel's own lookup, which ours begins with, does not name mapping symbols ($x).
awk '$3 !~ /^\$/' /tmp/proc >/tmp/named
awk '$1 == last { if (!seen[$1]++ && n++ % 50 == 0) print $1 } { last = $1 }' /tmp/named >/tmp/aliases
awk '$4 == "[xfs]" && !seen[$1]++ { print $1 }' /tmp/named | head -n 3 >>/tmp/aliases
# The beginning, which is not in the section of the code everywhere.
awk '$3 == "_text" { print $1 }' /tmp/proc >>/tmp/aliases
sort -u -o /tmp/aliases /tmp/aliases
check "there are such addresses" test "$(wc -l </tmp/aliases)" -gt 10
while read -r address; do
	ask lookup "0x$address" | grep 'offset=0x0$' | cut -d' ' -f1,3
done </tmp/aliases | sort >/tmp/got
awk 'NR == FNR { wanted[$1] = 1; next } $1 in wanted { print $1, $3 }' /tmp/aliases /tmp/proc | sort >/tmp/expected
equal "every name of an address" "$(cat /tmp/got)" "$(cat /tmp/expected)"
equal "a name that is not there" "$(ask lookup no_such_name 2>/dev/null)" \
	"failed
error ENOENT column 1: no_such_name: no such symbol; macros, inline functions and modules that are not loaded have none in /proc/kallsyms"
equal "an address that is not there" "$(ask lookup 0x10 2>/dev/null)" \
	"failed
error ENOENT no symbol has this address"

# modules
check "each module and the kernel itself" sh -c \
	"tail -n +2 $files/modules | cut -d' ' -f1 | sort >/tmp/ours; { echo vmlinux; cut -d' ' -f1 /proc/modules; } | sort | cmp - /tmp/ours"
equal "the symbols of a module" "$(awk '$1 == "xfs" { print $4 }' $files/modules)" "$(grep -c '\[xfs\]$' /proc/kallsyms)"
equal "the symbols of the kernel itself" "$(awk '$1 == "vmlinux" { print $4 }' $files/modules)" \
	"$(grep -c -v '\[' /proc/kallsyms)"
rmmod xfs
equal "a module that went is not there" "$(grep -c '^xfs ' $files/modules)" 0

# Parameters at run time.
printf '81' >$parameters/args
check "a write to sym_name makes the call" sh -c "echo int_sqrt >$parameters/sym_name"
equal "and logs it" "$(dmesg | tail -n 1 | sed 's/.*] //')" "rust_kallsyms: int_sqrt(81) = 9"
# A process without capabilities that has inherited a descriptor from root.
printf '#!/bin/sh\nprintf 1 | cat 2>/tmp/answer >&3\n' >/tmp/nobody
chmod 755 /tmp/nobody
touch /tmp/answer
chmod 666 /tmp/answer
(start-stop-daemon -S -q -c 65534:65534 -x /tmp/nobody) 3>$parameters/unsafe_call
equal "a write takes CAP_SYS_MODULE" "$(sed 's/.*: //' /tmp/answer)" "Operation not permitted"
equal "and says so" "$(dmesg | tail -n 1 | sed 's/.*] //')" \
	"rust_kallsyms: unsafe_call: only processes with the capability CAP_SYS_MODULE can write it"
equal "and has no effect" "$(cat $parameters/unsafe_call)" ""
printf '"a' >$parameters/args
check "the write fails with the call's error" sh -c "! echo int_sqrt >$parameters/sym_name"
printf '"%%s\\n", "written"' >$parameters/args
check "a string with escapes" sh -c "echo printk >$parameters/sym_name"
equal "and printed" "$(dmesg | tail -n 4 | sed 's/.*] //' | head -n 1)" "written"

# The parameters are not locked while a call runs, and the module is held.
printf 10000 >$parameters/args
echo msleep >$parameters/sym_name &
writer=$!
sleep 1
equal "a parameter can be read while a call runs" "$(timeout 5 cat $parameters/sym_name)" msleep
check "and written" timeout 5 sh -c "printf 81 >$parameters/args"
check "and the file symbols opened" timeout 5 head -n 1 $files/symbols
check "the module cannot be removed while a call runs" sh -c "! timeout 5 rmmod rust_kallsyms"
check "another call can be made" timeout 5 sh -c "echo int_sqrt >$parameters/sym_name"
check "all this was while the call ran" kill -0 $writer
check "the call ends" wait $writer

# A file that stays open.
exec 5<$files/symbols
check "an open file keeps the module" sh -c "! rmmod rust_kallsyms"
head -c 100 <&5 >/dev/null
exec 5<&-
check "a closed one does not" rmmod rust_kallsyms
check "the files are gone" sh -c "! ls $files"

# A call that opens one of our own files, which nobody closes: last, since the module stays.
insmod "$MODULE"
printf '"%s",0,0' $files/symbols >$parameters/args
check "a call that opens the file symbols does not hang" timeout 10 sh -c "echo filp_open >$parameters/sym_name"
check "and the module is held by the file" sh -c "! rmmod rust_kallsyms"

tap_end
