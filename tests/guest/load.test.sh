#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Loading the module: its version, what it finds and calls, and what it refuses.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

# Only the first load in each boot makes the kernel say that the module is out of tree.
insmod "$MODULE"
version=$(sed -n 's/^MODULE_VERSION("\(.*\)");$/\1/p' version.c)
check "src/version.c has a version" [ -n "$version" ]
equal "modinfo shows the version" "$(modinfo -F version "$MODULE")" "$version"
equal "so does sysfs" "$(cat /sys/module/rust_kallsyms/version)" "$version"
rmmod rust_kallsyms

symbols=$(grep -c -v '\[' /proc/kallsyms)
loads "it counts as many symbols as /proc/kallsyms has" \
	"rust_kallsyms: vmlinux: $symbols symbols, .*"
loads "it suggests what to try" "rust_kallsyms: try: .*"

loads "printk() prints" "rust_kallsyms: hello, this line was printed by printk() itself" sym_name=printk
loads "printk() returns the length of what the log stores" \
	"rust_kallsyms: _printk(.*) = $(printf 'rust_kallsyms: hello, this line was printed by printk() itself' | wc -c)" \
	sym_name=printk
loads "the log says that printk is _printk" "rust_kallsyms: printk is _printk in this kernel" sym_name=printk
loads "_printk works, too" "rust_kallsyms: _printk(.*) = .*" sym_name=_printk

log insmod "$MODULE" sym_name=printk
equal "the parameter is in sysfs" "$(cat /sys/module/rust_kallsyms/parameters/sym_name)" printk
check "the module can be removed" rmmod rust_kallsyms
check "modinfo shows the parameter" sh -c "modinfo $MODULE | grep '^parm: *sym_name:.*(charp)'"

refuses "a name that does not exist" ENOENT \
	"rust_kallsyms: no_such_function: no such symbol.*" sym_name=no_such_function
refuses "an empty name" EINVAL "rust_kallsyms: sym_name: column 1: .*" sym_name=
long=$(head -c 512 /dev/zero | tr '\0' a)
refuses "a name of KSYM_NAME_LEN characters" EINVAL \
	"rust_kallsyms: sym_name: column 1: a symbol's name has at most 511 characters" "sym_name=$long"
refuses "a name that is one character shorter just does not exist" ENOENT \
	"rust_kallsyms: aaaa*\.\.\.: no such symbol.*" "sym_name=${long#a}"
longer=$(head -c 3000 /dev/zero | tr '\0' a)
refuses "a value that is too long for any parameter" EINVAL \
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

# While the module starts, its parameters are not locked. It cannot be removed, and refuses
# requests.
parameters=/sys/module/rust_kallsyms/parameters
insmod "$MODULE" sym_name=msleep args=10000 &
loader=$!
soon [ -e $parameters/args ]
sleep 2
equal "a parameter can be read while the module starts" "$(timeout 5 cat $parameters/args)" 10000
check "a starting module cannot be removed" sh -c "! timeout 5 rmmod rust_kallsyms"
check "it refuses a write to sym_name" sh -c "! echo int_sqrt >$parameters/sym_name"
equal "and says why in the log" "$(dmesg | tail -n 1 | sed 's/.*] //')" \
	"rust_kallsyms: the module is being loaded or removed and takes no requests; try again when it is loaded"
check "it is still starting" kill -0 $loader
check "it starts" wait $loader
equal "it has made its call" "$(dmesg | tail -n 1 | sed 's/.*] //')" \
	"rust_kallsyms: msleep(10000) = void"
check "now it can be removed" rmmod rust_kallsyms

tap_end
