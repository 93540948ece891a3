#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# append: hash_pointers=always
#
# Expressions, by the live file `call`: nested calls, members, casts, operators, structures.

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
strlen(find_task_by_vpid(1)->comm) => 4
strlen(strstr("needle in hay", "in")) => 6
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
kstrdup("abc", GFP_KERNEL) => "abc"
*&find_vpid(1)->numbers => x
find_task_by_vpid(1)->policy => 0
find_task_by_vpid(1)->se => x
init_uts_ns => x
*(struct uts_namespace *)&init_uts_ns => x
*find_vpid(1) => x
find_task_by_vpid(1)->sched_class => x
*find_task_by_vpid(1)->sched_class => x
*find_task_by_vpid(1)->sched_class => x
timespec64_add_safe({.tv_sec = 1}, {}) => x
set_normalized_timespec64({ .tv_sec = 1, .tv_nsec = 5 }, 7, 1000000005) => void, ts = (struct timespec64){ .tv_sec = 8, .tv_nsec = 5 }
PIDTYPE_TGID => 1
(1 => call: column 1: this parenthesis is never closed
TABLE

equal "a structure, by the kernel's own printer" \
	"$(evaluate '*find_vpid(1)' | sed 's/\.counter = (int)[0-9]*,.*/./')" \
	'(struct pid){.count = (refcount_t){.refs = (atomic_t){.'
echo 2 >/proc/sys/kernel/kptr_restrict
equal "who may not see addresses sees hashes of them" \
	"$(evaluate '*find_vpid(1)' | grep -c '(struct [a-z_]* \*)0xff[0-9a-f]\{14\}')" 0
equal "and casts no pointers" "$(evaluate '(u32)find_vpid(1)')" \
	"call: column 1: pointers can only be cast by who may read addresses in /proc/kallsyms"
check "the module goes" rmmod rust_kallsyms

tap_end
