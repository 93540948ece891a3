#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# append: hash_pointers=always
#
# Expressions, by the live file `call`: nested calls, members, casts, operators, structures.

# shellcheck disable=SC2016 # what stands in single quotes is for the module
# shellcheck source=tests/guest/tap.sh
. ./tap.sh

file=/sys/kernel/debug/rust_kallsyms/call
insmod "$MODULE"

# evaluate EXPRESSION: its value, or the line of its error.
evaluate() {
	exec 3<>$file
	if printf '%s\n' "$1" >&3 2>/dev/null; then
		head -n 1 <&3
	else
		last_error
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
strim("ab", 1) => call: column 13: one argument too many for `char *strim(char *s)`
*(int *)16 => call: column 9: an address as a number needs unsafe
unsafe *(int *)16 => call: column 8: the memory of this cannot be read
kstrtoint("42", 10, out) => 0, res = 42
sha256("abc", 3, out[32]) => void, out = ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 96177a9c b410ff61 f20015ad
snprintf(out[32], 32, "x=%d", 5) => 3, buf = "x=5"
time64_to_tm(86400, 0, out) => void, result = (struct tm){ .tm_sec = 0, .tm_min = 0, .tm_hour = 0, .tm_mday = 2, .tm_mon = 0, .tm_year = 70, .tm_wday = 5, .tm_yday = 1 }
mktime64(1970, 1, 2, 0, 0, 0) => 86400
*&find_vpid(1)->numbers => call: column 1: a `struct upid[0]` has 0 bytes; what is shown has 1 to 65536
find_task_by_vpid(1)->files->fd_array[64] => call: column 38: the array has 64 elements, numbered from 0
init_task.pid => 0
hex_asc.x => call: column 1: the kernel's types do not have hex_asc; a cast gives a symbol one: (*(struct name *)&hex_asc)
set_normalized_timespec64({ .tv_sec = 1, .tv_nsec = 5 }, 7, 1000000005) => void, ts = (struct timespec64){ .tv_sec = 8, .tv_nsec = 5 }
PIDTYPE_TGID => 1
snprintf(out[32], 4096, "%d", 5) => call: column 19: `size_t size`: what is before it has room for 32 bytes; unsafe passes any number
find_task_by_vpid(1)->sched_reset_on_fork - 1 => -1
find_task_by_vpid(1)->sched_reset_on_fork - 1 < 0 => 1
~find_task_by_vpid(1)->in_execve => -1
can_nice((struct task_struct *)&init_task, 0) => 1
(1 => call: column 1: this parenthesis is never closed
kstrtoint("42", 10, find_task_by_vpid(1)->cred->uid) => call: column 21: `int *res`: wants a pointer, such as the value of a call, out or &symbol
snprintf(NULL, 0, "%s", find_task_by_vpid(1)->comm) => 4
snprintf(out[8], 8, "%s", find_task_by_vpid(1)->comm) => 4, buf = "init"
ucs2_strnlen(out[4], 4) => 0, s = { 0, 0, 0, 0 }
bpf_fentry_test7({ .a = { .a = { .a = {} } } }) * 0 => 0
bpf_fentry_test7({ .a = { .a = { .a = { .a = { .a = {} } } } } }) => call: column 41: `struct bpf_fentry_test_t *`: these braces are nested too deeply
bpf_fentry_test8(NULL) => call: column 18: `struct bpf_fentry_test_t *arg`: it is not known to take NULL; out is a temporary, and unsafe passes NULL
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
		last_error
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
equal "there are no further ones" "$(next '$9')" \
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
equal "the type of an expression without a call" "$(printf 'find_vpid(1)->level\n' >&3; sed -n 2p <&3)" "unsigned int"
exec 3<&-

# Readers who may not see addresses.
echo 2 >/proc/sys/kernel/kptr_restrict
for object in '*find_vpid(1)' '*find_task_by_vpid(1)' '*find_task_by_vpid(1)->files' '*(struct uts_namespace *)&init_uts_ns'; do
	evaluate "$object" >/tmp/object
	# -1 to -4095 are numbers of errors, and not addresses; nor are random numbers, such as arm64's
	# keys for signing pointers, that do not begin as the kernel's addresses do (0xfff0000000000000,
	# which is 1844… in decimal).
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
((struct task_struct *)&init_task)->parent->pid => 0
find_task_by_vpid(1) == find_task_by_vpid(1) => 1
(unsigned long)find_vpid(1) => ?
(long)find_vpid(1) => ?
(unsigned long)find_vpid(1) > 5 => 1
find_vpid(1) - find_vpid(1) => 0
*(long *)&find_task_by_vpid(1)->parent => ?
*(unsigned long *)&find_task_by_vpid(1)->parent + 1 => ?
*(uuid_t *)&find_task_by_vpid(1)->parent => (uuid_t){ .b = { ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? } }
*(enum perf_callchain_context *)&saved_command_line => ?
(char *)&find_task_by_vpid(1)->parent => ?
(char *)&((struct mm_struct *)(void *)&init_mm)->pgd => ?
0xffffffff81000000 => ?
0xffffffff81000000 + 1 => ?
-5 => -5
copy_from_kernel_nofault(out[8], &find_task_by_vpid(1)->parent, 8) => 0, dst = ?
copy_from_kernel_nofault(out[8], &find_task_by_vpid(1)->comm, 8) => 0, dst = 696e6974 00000000
snprintf(out[32], 32, "%s", find_task_by_vpid(1)->comm) => 4, buf = "init"
TABLE
# A page table begins at a page, so the lowest byte of its address is zero, which ends a string.
evaluate '*(struct pnp_id *)&((struct mm_struct *)(void *)&init_mm)->pgd' >/tmp/object
equal "restricted: nor is an address a string that ends at once" "$(cut -c1-30 /tmp/object)" \
	"(struct pnp_id){ .id = ?, .nex"
for pointer in 'find_vpid(1)' 'find_vpid(1) + 1' '&find_vpid(1)->level' '(void *)&init_task' \
	'*(void **)&find_task_by_vpid(1)->parent'; do
	check "restricted: hashed: $pointer" expr "$(evaluate "$pointer")" : '0x00000000[0-9a-f]\{8\}$'
done
evaluate '*(struct callback_head *)kasprintf(GFP_KERNEL, "AAAAAAAA\020\022\101\201\377\377\377\377")' >/tmp/object
check "restricted: hashed: a function in an object" \
	grep -q '^(struct callback_head){ .next = (struct callback_head \*)0x[0-9a-f]*, .func = 0x00000000[0-9a-f]\{8\}' /tmp/object
check "the module goes" rmmod rust_kallsyms

tap_end
