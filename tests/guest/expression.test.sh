#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# append: hash_pointers=always
#
# Expressions, by the live file `call`: nested calls, members, casts, operators, structures.

# shellcheck disable=SC2016 # what stands in single quotes is for the module
# shellcheck source=tests/guest/tap.sh
. ./tap.sh

mount -t debugfs none /sys/kernel/debug 2>/dev/null
file=/sys/kernel/debug/rust_kallsyms/call
insmod "$MODULE"

# evaluate EXPRESSION: its value, or the line of its error.
evaluate() {
	exec 3<>$file
	if printf '%s\n' "$1" >&3 2>/dev/null; then
		head -n 1 <&3
	else
		dmesg | tail -n 1 | sed 's/^\[[^]]*\] rust_kallsyms: //'
	fi
	exec 3<&-
}

while IFS= read -r line; do
	expression=${line%% => *}
	equal "$expression" "$(evaluate "$expression")" "${line##* => }"
done <<'TABLE'
pid_vnr(find_vpid(1)) => 1
find_task_by_vpid(1)->comm => "init"
find_task_by_vpid(1)->parent->comm => "swapper/0"
__dev_get_by_name(&init_net, "lo")->mtu => 65536
(*(struct task_struct *)&init_task).pid => 0
((struct task_struct *)&init_task)->comm => "swapper/0"
find_task_by_vpid(1)->thread_pid->numbers[0].nr => 1
find_task_by_vpid(1)->real_cred->uid.val => 0
strcspn(find_task_by_vpid(1)->comm, "t") => 3
strcspn(strstr("needle in hay", "in"), "h") => 3
*&find_vpid(1)->level => 0
gcd(1071, 460 + 2) => 21
gcd(gcd(1071, 462), 6) => 3
find_task_by_vpid(1)->parent == find_task_by_vpid(1)->real_parent => 1
find_task_by_vpid(1)->sched_reset_on_fork => 0
1 ? 2 : 3 => 2
0 ? no_such_function() : 3 => 3
0 && no_such_function() => 0
2 || no_such_function() => 1
-7 / 2 => -3
-7 % 2 => -1
7 / 2 * 2 + 7 % 2 => 7
1L << 40 => 1099511627776
1 << 40 => call: column 3: an int is shifted by 0 to 31 bits; 1L is a long
2147483647 + 1 => -2147483648
4294967295U + 1 => 0
-1 < 1U => 0
-1L < 1U => 1
'a' + 1 => 98
~5 & 0xff => 250
(u8)300 => 44
(u32)-1 => 4294967295
(s8)200 => -56
sizeof(struct list_head) => 16
crc32_le(0xffffffff, "123456789", 9) => 873187033
18446744073709551615 + 1 => 0
-7 / 0 => call: column 4: a division by zero
find_task_by_vpid(999999)->comm => call: column 1: find_task_by_vpid() returned NULL
pid_vnr(find_vpid(999999)) => call: column 9: find_vpid() returned NULL
pid_vnr(find_task_by_vpid(1)) => call: column 9: `struct pid *pid`: wants a `struct pid *`, not a `struct task_struct *`
pid_vnr((struct pid *)find_task_by_vpid(1)) => call: column 9: `struct pid *pid`: only a cast says what this points to; unsafe passes a `struct pid *` on
kfree(find_task_by_vpid(1)->real_cred->user_ns->parent) => call: column 7: the member parent is NULL
find_vpid(1)->nope => call: column 13: `struct pid` has no member nope
find_vpid(1).level => call: column 13: this is a pointer, `struct pid *`: its members are after ->
strim(find_task_by_vpid(1)->nsproxy->uts_ns->name.sysname, 1) => call: column 60: one argument too many for `char *strim(char *s)`
*(int *)16 => call: column 2: an address as a number needs unsafe_call=1, or `unsafe` before the expression
unsafe *(int *)16 => call: column 8: the memory of this cannot be read
kstrtoint("42", 10, out) => 0, res = 42
sha256("abc", 3, out[32]) => void, out = ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 96177a9c b410ff61 f20015ad
snprintf(out[32], 32, "x=%d", 5) => 3, buf = "x=5"
time64_to_tm(86400, 0, out) => void, result = (struct tm){ .tm_sec = 0, .tm_min = 0, .tm_hour = 0, .tm_mday = 2, .tm_mon = 0, .tm_year = 70, .tm_wday = 5, .tm_yday = 1 }
mktime64(1970, 1, 2, 0, 0, 0) => 86400
*&find_vpid(1)->numbers => call: column 1: a `struct upid[0]` has 0 bytes; what is shown has 1 to 65536
find_task_by_vpid(1)->files->fd_array[64] => call: column 38: the array has 64 elements, the first of which is number 0
init_task.pid => call: column 1: the kernel's types do not have init_task; a cast gives a symbol one: (*(struct name *)&init_task)
set_normalized_timespec64({ .tv_sec = 1, .tv_nsec = 5 }, 7, 1000000005) => void, ts = (struct timespec64){ .tv_sec = 8, .tv_nsec = 5 }
PIDTYPE_TGID => 1
snprintf(out[32], 4096, "%d", 5) => 1, buf = "5"
find_task_by_vpid(1)->sched_reset_on_fork - 1 => -1
find_task_by_vpid(1)->sched_reset_on_fork - 1 < 0 => 1
~find_task_by_vpid(1)->in_execve => -1
can_nice((struct task_struct *)&init_task, 0) => 1
(1 => call: column 1: this parenthesis is never closed
kstrtoint("42", 10, find_task_by_vpid(1)->cred->uid) => call: column 21: `int *res`: wants a pointer, such as the value of a call, out or &symbol
snprintf(NULL, 0, "%s", find_task_by_vpid(1)->comm) => 4
snprintf(out[8], 8, "%s", find_task_by_vpid(1)->comm) => 4, buf = "init"
ucs2_strnlen(out[4], 2048) => 0, s = { 0, 0, 0, 0 }
bpf_fentry_test7({ .a = { .a = { .a = {} } } }) * 0 => 0
bpf_fentry_test7({ .a = { .a = { .a = { .a = { .a = {} } } } } }) => call: column 41: `struct bpf_fentry_test_t *`: these braces are nested too deeply
bpf_fentry_test8(NULL) => call: column 18: `struct bpf_fentry_test_t *arg`: it is not known to take NULL; out is a temporary, and unsafe_call=1 passes NULL
strsep((char **)&__dev_get_by_name(&init_net, "lo")->dev.kobj.name, "o") => call: column 8: `char **s`: only a cast says what this points to; unsafe passes a `char **` on
NF_IP_PRI_FIRST > 5U => 1
TABLE

# In one open file.
exec 3<>$file
# next EXPRESSION: its value, or the line of its error, in the same file.
next() {
	if printf '%s\n' "$1" >&3 2>/dev/null; then
		head -n 1 <&3
	else
		dmesg | tail -n 1 | sed 's/^\[[^]]*\] rust_kallsyms: //'
	fi
}
next 'find_vpid(1)' >/dev/null
equal "an earlier pointer is read" "$(next '$1->level')" 0
equal "so is what it points to" "$(next '(*$1).count.refs.counter > 0')" 1
equal "the last value" "$(next '$ + 41')" 42
equal "an earlier number" "$(next '$3 + $4')" 43
equal "an earlier pointer is not passed on" "$(next 'pid_vnr($1)')" \
	"call: column 9: \`struct pid *pid\`: this is of an earlier value, whose object may be gone; unsafe passes a \`struct pid *\` on"
equal "nor is one that is read through it" "$(next 'strcspn(find_task_by_vpid(1)->comm, "t") + pid_vnr($1->tasks[0].first)')" \
	"call: column 52: \`struct pid *pid\`: wants a \`struct pid *\`, not a \`struct hlist_node *\`"
tainted=$(cat /proc/sys/kernel/tainted)
equal "unsafe passes it on" "$(next 'unsafe pid_vnr($1)')" 1
equal "which sets a taint" "$(($(cat /proc/sys/kernel/tainted) & ~tainted))" 64
equal "what failed has no number" "$(next '$6')" 1
equal "there are no others" "$(next '$9')" \
	"call: column 1: there is no such earlier value; 7 were computed since the file was opened"
next '*find_vpid(1)' >/tmp/pid
equal "a structure" "$(sed 's/\.counter = [0-9]*/.counter = N/' /tmp/pid | cut -c1-64)" \
	"(struct pid){ .count = { .refs = { .counter = N } }, .level = 0,"
next 'find_task_by_vpid(1)->files->fdtab' >/tmp/object
equal "its members by name" "$(grep -c '^(struct fdtable){ .max_fds = 64, .fd = (struct file \*\*)0x[0-9a-f]*, ' /tmp/object)" 1
next '*find_task_by_vpid(1)->files' >/tmp/object
equal "an array: its elements where they are" \
	"$(sed 's/.*\.fd_array = { //; s/ }.*//; s/(struct file \*)0x[0-9a-f]*/FILE/g' /tmp/object | cut -c1-30)" \
	"FILE, FILE, FILE, NULL, NULL, "
next '*find_task_by_vpid(1)->sched_class' >/tmp/object
equal "a function has its name" "$(grep -c '\.enqueue_task = 0x[0-9a-f]* <enqueue_task_fair>' /tmp/object)" 1
next '*__dev_get_by_name(&init_net, "lo")' >/tmp/object
equal "a string, an enumeration" \
	"$(grep -o '\.name = "[^"]*"\|\.pcpu_stat_type = [A-Z_]*' /tmp/object | sort | paste -s -d' ')" \
	'.name = "lo" .pcpu_stat_type = NETDEV_PCPU_STAT_LSTATS'
equal "the prototype of a call" "$(printf 'find_vpid(1)\n' >&3; sed -n '2s/  .*//p' <&3)" "struct pid *find_vpid(int nr)"
equal "the type of what is no call" "$(printf 'find_vpid(1)->level\n' >&3; sed -n 2p <&3)" "unsigned int"
exec 3<&-

# Who may not see addresses.
echo 2 >/proc/sys/kernel/kptr_restrict
for object in '*find_vpid(1)' '*find_task_by_vpid(1)' '*find_task_by_vpid(1)->files' '*(struct uts_namespace *)&init_uts_ns'; do
	evaluate "$object" >/tmp/object
	# 4095 and less below zero is an error's number, and no address; nor is a random number, such as arm64's keys to sign
	# pointers with, that does not begin as those of the kernel do (0xfff0000000000000, which is 1844… in decimal).
	equal "no address in $object" "$(grep -o '\<0xff[0-9a-f]\{14\}\>\|\<1844[0-9]\{16\}\>' /tmp/object |
		grep -v '^1844674407370955' | head -n 1) $(grep -c '=' /tmp/object)" " 1"
done
while IFS= read -r line; do
	expression=${line%% => *}
	equal "restricted: $expression" "$(evaluate "$expression")" "${line##* => }"
done <<'TABLE'
find_vpid(1)->level => 0
find_task_by_vpid(1)->comm => "init"
(*(struct task_struct *)&init_task).pid => 0
find_task_by_vpid(1) == find_task_by_vpid(1) => 1
(u32)find_vpid(1) => call: column 1: pointers can only be cast to numbers by users who may read addresses in /proc/kallsyms
(unsigned long)find_vpid(1) => call: column 1: pointers can only be cast to numbers by users who may read addresses in /proc/kallsyms
find_vpid(1) + 1 => call: column 14: pointers can only be computed with by users who may read addresses in /proc/kallsyms
find_vpid(1) < find_vpid(1) => call: column 14: pointers can only be computed with by users who may read addresses in /proc/kallsyms
find_vpid(1)[1].level => call: column 13: pointers can only be computed by users who may read addresses in /proc/kallsyms
unsafe *(int *)0xffffffff81000000 => call: column 9: pointers can only be made of numbers by users who may read addresses in /proc/kallsyms
*(u32 *)&find_task_by_vpid(1)->parent => call: column 1: this may be a part of an address, which you may not see
((u8 *)&find_task_by_vpid(1)->parent)[0] => call: column 38: this may be a part of an address, which you may not see
snprintf(out[32], 32, "%lx", *(long *)&find_task_by_vpid(1)->parent) => call: column 30: this may be an address, which you may not see; nothing is computed with it
int_sqrt(*(unsigned long *)&find_task_by_vpid(1)->parent) => call: column 10: this may be an address, which you may not see; nothing is computed with it
*(uuid_t *)&find_task_by_vpid(1)->parent => (uuid_t){ .b = { ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? } }
*(unsigned long *)&find_task_by_vpid(1)->parent + 1 => call: column 49: this may be an address, which you may not see; nothing is computed with it
**(struct pid ***)&find_task_by_vpid(1)->thread_pid => call: column 2: pointers can only be read from where only a cast says that there is one by users who may read addresses in /proc/kallsyms
(char *)&find_task_by_vpid(1)->parent => (it may hold addresses, which you may not see)
(char *)&((struct mm_struct *)&init_mm)->pgd => (it may hold addresses, which you may not see)
can_nice((struct task_struct *)&init_task, 0) => 1
**(u8 **)&sysctl_admin_reserve_kbytes => call: column 2: pointers can only be read from where only a cast says that there is one by users who may read addresses in /proc/kallsyms
*(void **)&sysctl_admin_reserve_kbytes == (void *)&init_task => call: column 1: pointers can only be read from where only a cast says that there is one by users who may read addresses in /proc/kallsyms
((struct task_struct *)&init_task)->parent->pid => call: column 35: pointers can only be read from where only a cast says that there is one by users who may read addresses in /proc/kallsyms
bin2hex(out[17], &find_task_by_vpid(1)->parent, 8) => call: column 18: `const void *src`: its memory can only be given by users who may read addresses in /proc/kallsyms; out and strings can be given by all
unsafe bin2hex(out[17], &jiffies, 8) => call: column 25: `const void *src`: its memory can only be given by users who may read addresses in /proc/kallsyms; out and strings can be given by all
strspn(find_task_by_vpid(1)->comm, "a") => call: column 8: `const char *s`: its memory can only be given by users who may read addresses in /proc/kallsyms; out and strings can be given by all
__bitmap_weight((unsigned long *)&find_task_by_vpid(1)->flags, 64) => call: column 17: `const unsigned long *bitmap`: its memory can only be given by users who may read addresses in /proc/kallsyms; out and strings can be given by all
unsafe snprintf(out[32], 32, "%px", find_task_by_vpid(1)) => call: column 30: only %p of the format's pointers is supported
bin2hex(out[17], "abcdefgh", 8) => "", dst = "6162636465666768"
*(atomic_t *)&cpuinfo_op => (atomic_t){ .counter = ? }
*(atomic_t *)&find_task_by_vpid(1)->parent => (atomic_t){ .counter = ? }
unsafe bin2hex(out[33], 0xfffffe0000000000, 16) => call: column 25: `const void *src`: pointers can only be made of numbers by users who may read addresses in /proc/kallsyms
rust_helper_atomic_read(&cpuinfo_op) => call: column 25: `const atomic_t *v`: its memory can only be given by users who may read addresses in /proc/kallsyms; out and strings can be given by all
rust_helper_atomic_read((atomic_t *)&cpuinfo_op) => call: column 25: `const atomic_t *v`: its memory can only be given by users who may read addresses in /proc/kallsyms; out and strings can be given by all
make_kuid(&init_user_ns, 5) => (kuid_t){ .val = 5 }
*(u64 *)kasprintf(GFP_KERNEL, "xxxx%.8s", (char *)&ftrace_ops_list) => call: column 43: the format wants a string here
*(enum perf_callchain_context *)&saved_command_line => (it may hold addresses, which you may not see)
*(long *)&find_task_by_vpid(1)->parent => (it may hold addresses, which you may not see)
0xffffffff81000000 => (it may hold addresses, which you may not see)
0xffffffff81000000 + 1 => (it may hold addresses, which you may not see)
*(struct callback_head *)kasprintf(GFP_KERNEL, "AAAAAAAA\020\022\101\201\377\377\377\377") => (struct callback_head){ .next = ?, .func = ? }
unsafe find_task_by_vpid(1)->parent->pid => call: column 28: pointers can only be read from where only a cast says that there is one by users who may read addresses in /proc/kallsyms
unsafe find_task_by_vpid(1)->pid => 1
kernel_text_address(0xffffffff81000000) => call: column 21: `unsigned long addr`: this may be an address, which only users who may read those in /proc/kallsyms can give
*(u8 *)rust_helper_ERR_PTR(-2130706432) => call: column 28: `long err`: this may be an address, which only users who may read those in /proc/kallsyms can give
TABLE
# A page table begins where a page does, so the lowest byte of its address is zero, which ends a string.
evaluate '*(struct pnp_id *)&((struct mm_struct *)&init_mm)->pgd' >/tmp/object
equal "restricted: nor is an address a string that ends at once" "$(cut -c1-54 /tmp/object)" \
	"(struct pnp_id){ .id = { ?, ?, ?, ?, ?, ?, ?, ? }, .ne"
evaluate '*(struct xa_node *)&((struct mm_struct *)&init_mm)->pgd' >/tmp/object
equal "restricted: nor is a part of one left out since it is zero" "$(cut -c1-47 /tmp/object)" \
	"(struct xa_node){ .shift = ?, .offset = ?, .cou"
exec 3<>$file
next 'kasprintf(GFP_KERNEL, "\001\001\001\201\377\377\377\377")' >/dev/null
equal "restricted: nor by a cast of an earlier value" "$(next '**(u8 **)$1')" \
	"call: column 2: pointers can only be read from where only a cast says that there is one by users who may read addresses in /proc/kallsyms"
exec 3<&-
exec 3<>$file
next '(u8 **)&find_task_by_vpid(1)->mm->total_vm' >/dev/null
equal "restricted: nor from an earlier value of which only a cast says so" "$(next '**$1')" \
	"call: column 2: pointers can only be read from where only a cast says that there is one by users who may read addresses in /proc/kallsyms"
exec 3<&-
check "the module goes" rmmod rust_kallsyms

tap_end
