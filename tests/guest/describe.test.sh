#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# What the live file lookup says about symbols and types. (tests/oracle/functions.sh checks
# prototypes, sizes and offsets.)

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

sysctl -q -w kernel.kptr_restrict=0
modprobe xfs
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
insmod "$MODULE"
tracing=/sys/kernel/tracing

# ask TEXT: print the answer, or the error that the module logs.
ask() { answer lookup "$1" || last_error; }
# described NAME: print the first line's part after the two spaces: prototype and attributes.
described() { ask "$1" | sed -n '1{s/^[^;]*  \(.*;\)/\1/;p}'; }
# section NAME: print the section that the first line names.
section() { ask "$1" | sed -n '1s/.* section=\([^ ]*\).*/\1/p'; }

equal "a function" "$(ask int_sqrt | sed 's/^[0-9a-f]* //; s/0x[0-9a-f]*/SIZE/')" \
	"t int_sqrt [vmlinux] SIZE section=.text stack=0 sympos=1  unsigned long int_sqrt(unsigned long x);  exported, traceable"
equal "data" "$(ask jiffies_64 | sed 's/.*sympos=1//')" "  exported"
equal "data that is not exported" "$(ask module_mutex | sed 's/.*sympos=1//')" ""
equal "a kfunc" "$(described bpf_task_release)" "void bpf_task_release(struct task_struct *p);  kfunc release, traceable"
equal "one that never returns" "$(described do_exit)" "void do_exit(long code);  exported, traceable, unsafe (it never returns)"
case $(uname -m) in
x86_64) prototype="void start_kernel(void);  " ;;
# Nothing shows that it was compiled, so the module does not believe BTF's \`void f(void)\`.
*) prototype= ;;
esac
equal "one that only the boot needs" "$(ask start_kernel | sed -n '1s/.*sympos=1  //p')" "${prototype}no call (it is inittext, not a function)"
equal "one that must not be instrumented" "$(described $noinstr | sed 's/.*;  //')" \
	"unsafe (it is noinstr text, which must not be called)"
equal "one without a prototype" "$(ask memcmp | sed -n '1s/.*sympos=1  //p')" "exported, unsafe (the kernel has no prototype of it)"
equal "one that calls back" "$(described call_rcu | sed 's/.*;  //')" "exported GPL-only, traceable"
equal "one with a large structure by value" "$(described rtc_tm_to_ktime | sed 's/.*;  //')" \
	"exported GPL-only, traceable, no call (it takes a value that does not travel in registers)"
equal "all symbols with a name" "$(ask init_once | grep -c '  .*traceable')" \
	"$(grep -c '^init_once\( \|$\)' $tracing/available_filter_functions)"

# Sections: by the source, and for a module by sysfs.
equal ".text" "$(section vfs_read)" .text
equal ".init.text" "$(section start_kernel)" .init.text
equal ".noinstr.text" "$(section $noinstr)" .noinstr.text
equal ".entry.text" "$(section $entry)" .entry.text
equal ".sched.text" "$(section schedule)" .sched.text
equal ".spinlock.text" "$(section _raw_spin_lock)" .spinlock.text
equal ".rodata" "$(section linux_banner)" .rodata
equal ".bss" "$(section __bss_start)" .bss
for file in /sys/module/xfs/sections/* /sys/module/xfs/sections/.[!.]*; do
	# (A read from the file gives the whole address or nothing.)
	[ -f "$file" ] && echo "$(sed 's/^0x//' "$file") ${file##*/}"
done | sort >/tmp/sections
wrong='' count=0
for name in $(grep '\[xfs\]$' /proc/kallsyms | awk 'NR % 2000 == 0 { print $3 }') cleanup_module; do
	got=$(ask "xfs:$name" | sed -n '1s/ .* section=\([^ ]*\).*/ \1/p')
	expected=$(awk -v address="${got% *}" '$1 <= address { name = $2 } END { print name }' /tmp/sections)
	[ "${got#* }" = "$expected" ] || wrong="$wrong $name:$got:$expected"
	count=$((count + 1))
done
equal "sections of $count symbols of a module" "$wrong" ""
check "there are more than 10" test $count -gt 10

# What traces or probes a function at the moment.
followers() { ask "$1" | sed -n '1s/.*traceable//p'; }
equal "nobody" "$(followers vfs_open)" ""
echo vfs_open >$tracing/set_ftrace_filter
echo function >$tracing/current_tracer
check "the kernel says it is traced" grep -q '^vfs_open ' $tracing/enabled_functions
equal "a tracer" "$(followers vfs_open)" ", traced by function_trace_call"
equal "another function is not traced" "$(followers vfs_statx)" ""
echo nop >$tracing/current_tracer
echo >$tracing/set_ftrace_filter
equal "the tracer is gone" "$(followers vfs_open)" ""
echo 'p:entry vfs_open' >$tracing/kprobe_events
echo 1 >$tracing/events/kprobes/entry/enable
case $(uname -m) in
x86_64) by=", traced by kprobe_ftrace_handler" ;;
# Here kprobes do not use ftrace.
*) by= ;;
esac
equal "a kprobe at the entry" "$(followers vfs_open)" "$by, kprobed"
echo 0 >$tracing/events/kprobes/entry/enable
echo >$tracing/kprobe_events
equal "the kprobe is gone" "$(followers vfs_open)" ""
# A kprobe in a function has to be at the start of an instruction, such as one of these.
for offset in 5 6 7 8 9 10 11 12 13 14; do
	echo "p:within vfs_statx+$offset" >$tracing/kprobe_events 2>/dev/null && break
done
check "a kprobe can be put into a function" grep -q within $tracing/kprobe_events
echo 1 >$tracing/events/kprobes/within/enable
equal "a kprobe in the function" "$(followers vfs_statx)" ", kprobed"
echo 0 >$tracing/events/kprobes/within/enable
echo >$tracing/kprobe_events

# The module does not wait for ftrace's lock.
if grep -q ' T mutex_lock$' /proc/kallsyms; then
	echo 'unsafe mutex_lock(&ftrace_lock)' >/sys/kernel/debug/rust_kallsyms/call
	equal "ftrace is busy" "$(followers vfs_open)" ", perhaps traced"
	echo 'unsafe mutex_unlock(&ftrace_lock)' >/sys/kernel/debug/rust_kallsyms/call
	equal "ftrace is busy no more" "$(followers vfs_open)" ""
else
	skip "ftrace is busy" "this kernel has no mutex_lock() to call"
	skip "ftrace is busy no more" "this kernel has no mutex_lock() to call"
fi

# Types.
equal "a structure" "$(ask 'struct list_head')" "struct list_head {
	struct list_head *next;	/*     0     8 */
	struct list_head *prev;	/*     8     8 */
	/* size: 16, members: 2 */
};"
equal "an enumeration" "$(ask 'enum pid_type' | tr '\n' ' ')" \
	"enum pid_type { 	PIDTYPE_PID = 0, 	PIDTYPE_TGID = 1, 	PIDTYPE_PGID = 2, 	PIDTYPE_SID = 3, 	PIDTYPE_MAX = 4, 	/* size: 4 */ }; "
equal "a typedef" "$(ask pid_t)" "typedef __kernel_pid_t pid_t;	/* size: 4 */"
equal "a typedef of a structure without a tag" "$(ask atomic_t | tr '\n' ' ')" \
	"typedef struct { 	int counter;	/*     0     4 */ 	/* size: 4, members: 1 */ } atomic_t; "
equal "a typedef of a function" "$(ask work_func_t)" "typedef void (*work_func_t)(struct work_struct *);	/* size: 8 */"
equal "a number" "$(ask 'unsigned long')" "unsigned long;	/* size: 8 */"
equal "a pointer" "$(ask 'struct pid *')" "struct pid *;	/* size: 8 */"
equal "a type of a module" "$(ask 'struct xfs_mount' | head -n 1)" "struct xfs_mount {"
equal "a member" "$(ask 'struct list_head.prev')" "struct list_head *prev;	/*     8     8 */"
equal "a member through a pointer" "$(ask 'struct list_head.prev->prev')" "struct list_head *prev;	/*     8     8 */"
equal "an element" "$(ask 'struct new_utsname.nodename[2]')" "char nodename;	/*    67     1 */"
equal "a member of a typedef" "$(ask atomic_t.counter)" "int counter;	/*     0     4 */"
equal "a bit-field" "$(ask 'struct task_struct.in_execve' | sed 's/[0-9][0-9][0-9]*:/N:/')" "unsigned int in_execve:1;	/*  N: 2     4 */"
equal "a symbol comes before a type" "$(ask schedule | grep -c ' t schedule ')" 1

equal "an unknown type" "$(ask 'struct no_such')" "lookup: column 1: the kernel has no type \`struct no_such\`"
equal "an unknown name" "$(ask no_such_name)" \
	"no_such_name: no such symbol; macros, inline functions and modules that are not loaded have none in /proc/kallsyms"

# Names that are nearly right.
for pair in vfs_raed:vfs_read find_vpi:find_vpid find_task_by_pid:find_task_by_vpid INT_SQRT:int_sqrt kmalloc:__kmalloc_noprof \
	vsf_read:vfs_read xfs_igett:xfs_iget; do
	check "what ${pair%:*} was meant for" sh -c "echo '$(ask "${pair%:*}")' | grep -q '${pair%:*}: no such symbol; nearest: .*\<${pair#*:}\>'"
done
equal "a macro of today's headers" "$(ask printk)" "printk: no such symbol; in this kernel it is _printk"
changed=$(awk '$3 ~ /^[a-z_]+[.](isra|constprop)[.][0-9]+$/ { print $3 }' /proc/kallsyms | sort | uniq -u | while read -r name; do
	grep -q " ${name%%.*}\$" /proc/kallsyms || { echo "$name"; break; }
done)
check "a function that the compiler has changed: $changed" sh -c "echo '$(ask "${changed%%.*}")' | grep -q 'nearest: $changed'"
begin=$(cut -d' ' -f1 /proc/uptime | tr -d .)
for name in s_no_such_name_at_all xsprintff kmemx_cache_x; do
	ask $name >/dev/null
done
check "near names are found fast" test $(($(cut -d' ' -f1 /proc/uptime | tr -d .) - begin)) -lt 300
equal "a module that is not loaded" "$(ask nosuch:vfs_read)" "no module nosuch is loaded; /proc/modules has those which are"
equal "a glob" "$(ask 'vfs_*')" "vfs_*: no such symbol; globs are for filter="
equal "a function's parentheses" "$(ask 'int_sqrt()')" "$(ask int_sqrt)"

# One of several symbols.
equal "the third of a name" "$(ask init_once@3)" "$(ask init_once | sed -n 3p)"
equal "one that is not there" "$(ask init_once@1000)" \
	"init_once: there is no @1000; symbols of this name: $(ask init_once | wc -l)"

# As oopses and /proc/kallsyms write it.
address=$(awk '$3 == "vfs_read" { print $1 }' /proc/kallsyms)
size=$(ask vfs_read | sed 's/.*\[vmlinux\] \(0x[0-9a-f]*\) .*/\1/')
place="$address t vfs_read [vmlinux] $size offset=0x5"
equal "an address without 0x" "$(ask "$address")" "${place%5}0"
equal "a place in a function" "$(ask vfs_read+0x5)" "$place"
equal "in decimal" "$(ask vfs_read+5)" "$place"
equal "with its size" "$(ask "vfs_read+0x5/$size")" "$place"
equal "in a module" "$(ask 'xfs_iget+0x5 [xfs]' | sed 's/.* xfs_iget/xfs_iget/; s/0x[0-9a-f]* /N /')" "xfs_iget [xfs] N offset=0x5"
equal "a size that is wrong" "$(ask vfs_read+0x5/0x1)" "vfs_read has $size bytes"
equal "beyond the end" "$(ask vfs_read+0x100000)" "vfs_read has $size bytes"
equal "no number" "$(ask vfs_read+x)" \
	"lookup: column 1: a place in a function is written name+0x5, name+0x5/0x90 or name+0x5/0x90 [module]"

# Tags without \`struct\`.
equal "a structure" "$(ask upid)" "$(ask 'struct upid')"
equal "a member of one" "$(ask task_struct.comm)" "$(ask 'struct task_struct.comm')"
equal "an enumeration" "$(ask pid_type)" "$(ask 'enum pid_type')"
equal "an unknown member" "$(ask 'struct pid.no_such')" "lookup: column 11: \`struct pid\` has no member no_such"
equal "a pointer has no members" "$(ask 'struct task_struct.signal.nr_threads')" \
	"lookup: column 26: \`struct signal_struct *\` is a pointer: write ->nr_threads"
equal "an arrow after something else than a pointer" "$(ask 'struct pid.level->x')" "lookup: column 17: \`unsigned int\` is not a pointer"
equal "an element after the last" "$(ask 'struct new_utsname.nodename[65]')" "lookup: column 28: \`char[65]\` has no element 65"
equal "a wrong path" "$(ask 'struct pid..level')" "lookup: column 12: a member's name is missing here"
equal "a wrong name" "$(ask 'a b')" "lookup: column 2: a space cannot be in a symbol's name"

# Reads of any size see the same bytes.
ask 'struct task_struct' >/tmp/whole
wrong=0
for size in 100 1000 5000; do
	exec 3<>$files/lookup
	echo 'struct task_struct' >&3
	dd bs=$size <&3 2>/dev/null | cmp -s - /tmp/whole || wrong=$((wrong + 1))
	exec 3>&-
done
equal "reads of any size see the same bytes of $(wc -l </tmp/whole) lines" $wrong 0
rmmod xfs
equal "a module's types are gone when it is" "$(ask 'struct xfs_mount')" "lookup: column 1: the kernel has no type \`struct xfs_mount\`"
check "nothing holds the module" rmmod rust_kallsyms

tap_end
