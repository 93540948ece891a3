#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
#
# The functions that the library calls: imported, found at run time, and refused; and how they hold
# their modules.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh

# removable YES|NO MODULE: test that the module can be removed, or that it is in use.
removable() {
	if rmmod "$2" 2>/tmp/rmmod; then
		tap_removed=YES
	else
		tap_removed=NO
		grep -q 'in use' /tmp/rmmod || tap_removed=$(cat /tmp/rmmod)
	fi
	equal "$2 can be removed: $1" "$tap_removed" "$1"
}

refcnt() {
	cat "/sys/module/$1/refcnt"
}

modprobe dummy
insmod ./callee.ko
check "the test module loads" insmod ./kallsyms_test.ko || tap_end

tests imports
equal "no reference is left" "$(refcnt callee)" 0
insmod ./impostor.ko
# A module can have the kernel's name: here the same module, renamed.
if grep -q ' klp_module_coming$' /proc/kallsyms; then
	skip "a module called vmlinux" "live patching refuses it"
else
	cp impostor.ko vmlinux.ko
	grep -abo impostor vmlinux.ko | while IFS=: read -r offset _; do
		printf 'vmlinux\0' | dd of=vmlinux.ko bs=1 seek="$offset" conv=notrunc 2>/dev/null
	done
	check "a module called vmlinux" insmod ./vmlinux.ko
fi
dmesg -c >/dev/null
tests declarations
equal "printk() has printed" "$(dmesg | sed 's/^\[[^]]*\] //')" "kallsyms_test: a text -1 18446744073709551615"
for module in callee impostor; do
	equal "$module has no reference" "$(refcnt $module)" 0
done
rmmod impostor
rmmod vmlinux 2>/dev/null
dmesg -c >/dev/null
tests functions
equal "printk() has printed" "$(dmesg | sed 's/^\[[^]]*\] //')" "kallsyms_test: a text -1 18446744073709551615"
equal "no reference is left" "$(refcnt callee)" 0

# refused NAME ERROR: test that the library refuses a function with ERROR.
refused() {
	equal "$1 is refused" "$(ask hold "$1" 1)" "$2"
}

insmod ./slow.ko
for module in callee slow; do
	equal "$module has no reference" "$(refcnt $module)" 0
done
refused init_task "NotText(Data): it is data, not a function"
refused linux_banner "NotText(Rodata): it is rodata, not a function"
refused module_mutex "NotText(Bss): it is bss, not a function"
refused start_kernel "NotText(InitText): it is inittext, not a function"
refused boot_command_line "NotText(InitData): it is initdata, not a function"
refused "$entry" "Refused(EntryText): it is entry text, which must not be called"
refused arch_cpu_idle "Refused(NoinstrText): it is noinstr text, which must not be called"
refused do_exit "NoReturn: it never returns"
refused panic "NoReturn: it never returns"
refused callee:callee_data "NotText(Data): it is data, not a function"
refused callee:callee_bss "NotText(Data): it is data, not a function"
refused callee:callee_rodata "NotText(Rodata): it is rodata, not a function"
if [ "$(uname -m)" = x86_64 ]; then
	refused __pfx_tcp_sendmsg "Padding: it is the padding before a function"
	refused callee:__pfx_callee_sum "Padding: it is the padding before a function"
else
	skip "the padding before a function" "for x86_64 only"
fi
# A part that the compiler has moved out of a function. (Where there is none, there is nothing to
# refuse.)
cold=$(awk '$3 ~ /^[a-z_]*\.cold$/ && !seen[$3]++ { print $3; exit }' /proc/kallsyms)
if [ -n "$cold" ]; then
	refused "$cold" "Part: it is a part of a function, not its entry"
	equal "$cold is no function, ${cold%.cold} is" "$(ask functions "${cold%.cold}*" | grep -x -e "$cold" -e "${cold%.cold}")" "${cold%.cold}"
else
	skip "a part of a function" "there is none"
fi
# Variables: unique, and of the size that is asked for.
panic_timeout=$(awk '$3 == "panic_timeout" { print $1; exit }' /proc/kallsyms)
equal "a variable" "$(ask variable panic_timeout 4)" "$panic_timeout"
equal "one that is too small" "$(ask variable init_pid_ns 4096 | cut -d : -f 1 | tr -d '0-9')" "WrongSize()"
equal "one that is too large" "$(ask variable init_task 64 | cut -d : -f 1 | tr -d '0-9')" "WrongSize()"
equal "a function" "$(ask variable tcp_sendmsg 4)" "NotData(Text): it is text, not a variable"
equal "one of each CPU's own" "$(ask variable runqueues 4 | cut -d : -f 1)" "NotData(Percpu)"
equal "one that is there several times" "$(ask variable __func__.0 4 | cut -d '(' -f 1)" "Ambiguous"
equal "one of a module" "$(ask variable callee:callee_data 4)" "$(awk '$3 == "callee_data" { print $1; exit }' /proc/kallsyms)"
refused callee:callee_init "NotFound: no such symbol"
refused callee:no_such_function "NotFound: no such symbol"
for module in callee slow; do
	equal "$module has no reference after refusals" "$(refcnt $module)" 0
done

# A held function holds its module.
check "a function of callee is held" ask hold callee:callee_sum 0
equal "its module has a reference" "$(refcnt callee)" 1
removable NO callee
check "a second one is held" ask hold callee_0 0
equal "each has a reference" "$(refcnt callee)" 2
removable NO callee
check "both are dropped" ask drop
equal "and their references" "$(refcnt callee)" 0
removable YES callee
refused callee:callee_sum "NotFound: no such symbol"

# A module that is coming or going.
rmmod slow
insmod ./slow.ko coming=5000 going=5000 &
check "a module is coming" soon grep -q '^slow .* Loading ' /proc/modules
refused slow:slow_function "ModuleNotLive: its module is coming or going"
refused slow_function "ModuleNotLive: its module is coming or going"
check "its symbols are found" sh -c "echo named slow:slow_function >$do && grep -q slow_function $do"
wait
check "when it is live, its function is held" ask hold slow_function 0
removable NO slow
ask drop
rmmod slow &
check "a module is going" soon grep -q '^slow .* Unloading ' /proc/modules
refused slow:slow_function "ModuleNotLive: its module is coming or going"
wait
refused slow:slow_function "NotFound: no such symbol"

equal "dummy has no reference" "$(refcnt dummy)" 0
check "the test module can be removed" rmmod kallsyms_test
check "it can be removed while it holds a function" sh -c "insmod ./callee.ko && insmod ./kallsyms_test.ko &&
	echo hold callee_0 0 >$do && rmmod kallsyms_test && rmmod callee"

tap_end
