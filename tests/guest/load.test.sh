#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Loading the module: its version, what it finds, calls, shows and refuses.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

# The kernel says once for each boot that the module is not its own.
insmod "$MODULE"
version=$(sed -n 's/^MODULE_VERSION("\(.*\)");$/\1/p' version.c)
check "src/version.c has a version" [ -n "$version" ]
equal "modinfo shows it" "$(modinfo -F version "$MODULE")" "$version"
equal "so does sysfs" "$(cat /sys/module/rust_kallsyms/version)" "$version"
rmmod rust_kallsyms

symbols=$(grep -c -v '\[' /proc/kallsyms)
loads "it counts as many symbols as /proc/kallsyms has" \
	"rust_kallsyms: vmlinux: $symbols symbols, .*"
loads "it says what to try" "rust_kallsyms: try: .*"

loads "printk() prints" "rust_kallsyms: hello, this line was printed by printk() itself" sym_name=printk
loads "its value is the length of what the log stores" \
	"rust_kallsyms: _printk(.*) = $(printf 'rust_kallsyms: hello, this line was printed by printk() itself' | wc -c)" \
	sym_name=printk
loads "printk is said to be _printk" "rust_kallsyms: printk is _printk in this kernel" sym_name=printk
loads "_printk is _printk" "rust_kallsyms: _printk(.*) = .*" sym_name=_printk

log insmod "$MODULE" sym_name=printk
equal "the parameter is in sysfs" "$(cat /sys/module/rust_kallsyms/parameters/sym_name)" printk
check "the module can be removed" rmmod rust_kallsyms
check "modinfo shows the parameter" sh -c "modinfo $MODULE | grep '^parm: *sym_name:.*(charp)'"

refuses "a name that is not there" ENOENT \
	"rust_kallsyms: no_such_function: no such symbol.*" sym_name=no_such_function
refuses "an empty name" EINVAL "rust_kallsyms: sym_name: column 1: .*" sym_name=
long=$(head -c 512 /dev/zero | tr '\0' a)
refuses "a name of KSYM_NAME_LEN characters" EINVAL \
	"rust_kallsyms: sym_name: column 1: a symbol's name has at most 511 characters" "sym_name=$long"
refuses "a name one shorter is only not there" ENOENT \
	"rust_kallsyms: aaaa*: no such symbol.*" "sym_name=${long#a}"
longer=$(head -c 3000 /dev/zero | tr '\0' a)
refuses "a value that no parameter takes" EINVAL \
	"rust_kallsyms: sym_name: 3000 bytes are too long.*" "sym_name=$longer"
refuses "a name that is not printable" EINVAL \
	"rust_kallsyms: sym_name: column 2: .*" "sym_name=$(printf 'a\001b')"
refuses "a name that is not ASCII" EINVAL \
	"rust_kallsyms: sym_name: column 2: .*" "sym_name=$(printf 'a\303\244b')"
refuses "rodata" EFAULT "rust_kallsyms: linux_banner: it is rodata, not a function.*" \
	sym_name=linux_banner
refuses "data" EFAULT "rust_kallsyms: init_task: it is data, not a function.*" \
	sym_name=init_task
refuses "bss" EFAULT "rust_kallsyms: module_mutex: it is bss, not a function.*" \
	sym_name=module_mutex
refuses "freed init text" EFAULT "rust_kallsyms: start_kernel: it is inittext, not a function.*" \
	sym_name=start_kernel
refuses "entry text" EPERM \
	"rust_kallsyms: $entry: it is entry text, which must not be called" \
	sym_name="$entry"
refuses "noinstr text" EPERM \
	"rust_kallsyms: arch_cpu_idle: it is noinstr text, which must not be called.*" \
	sym_name=arch_cpu_idle

# While the module starts, its parameters are not locked; it stays, and does not take what it would not do.
parameters=/sys/module/rust_kallsyms/parameters
insmod "$MODULE" sym_name=msleep args=10000 &
loader=$!
soon [ -e $parameters/args ]
sleep 2
equal "a parameter can be read while the module starts" "$(timeout 5 cat $parameters/args)" 10000
check "a module that starts cannot be removed" sh -c "! timeout 5 rmmod rust_kallsyms"
check "a write to sym_name is refused then" sh -c "! echo int_sqrt >$parameters/sym_name"
equal "and says so in the log" "$(dmesg | tail -n 1 | sed 's/.*] //')" \
	"rust_kallsyms: the module is being loaded or removed and takes no requests; try again when it is loaded"
check "all this was while it started" kill -0 $loader
check "the module starts" wait $loader
equal "it has made the call that it was loaded for" "$(dmesg | tail -n 1 | sed 's/.*] //')" \
	"rust_kallsyms: msleep(10000) = void"
check "it can be removed after that" rmmod rust_kallsyms

tap_end
