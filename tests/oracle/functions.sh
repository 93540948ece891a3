#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The files `functions` and `lookup` say the same about functions and types as bpftool, pahole, the
# kernel's own lists and the kernel's source; and which functions need `unsafe` is counted
# (classes.py).
#
# Usage: tests/oracle/functions.sh DIRECTORY

set -euo pipefail
# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

build=$1
kernel=$(scripts/kernel)/build
out=$directory
export LC_ALL=C
scripts/enter bpftool btf dump file "$kernel/vmlinux" format raw >"$out/btf"

# A sample of the structures and unions whose names are unique, and some that are known to be
# difficult.
types="task_struct pid sk_buff net_device mm_struct inode file super_block page dentry request_queue cred"
types+=" $(sed -n "s/^\[[0-9]*\] STRUCT '\([a-z_0-9]*\)' size=[1-9].*/\1/p" "$out/btf" | sort | uniq --unique | awk 'NR % 160 == 0' | tr '\n' ' ')"
unions=$(sed -n "s/^\[[0-9]*\] UNION '\([a-z_0-9]*\)' size=[1-9].*/\1/p" "$out/btf" | sort | uniq --unique | awk 'NR % 30 == 0' | tr '\n' ' ')
# Functions with many arguments.
names=$(awk -F"'" '
	$1 ~ /FUNC_PROTO $/ { proto = $1; sub(/\].*/, "", proto); sub(/.*\[/, "", proto); many[proto] = / vlen=([7-9]|1[0-9])$/ }
	$1 ~ / FUNC $/ { type = $3; sub(/.* type_id=/, "", type); sub(/ .*/, "", type); by[$2] = type }
	END { for (name in by) if (many[by[name]]) print name }' "$out/btf" | sort | awk 'NR % 8 == 0' | tr '\n' ' ')
names+=" int_sqrt vfs_read find_vpid"

cat >"$out/script" <<GUEST
sysctl -q -w kernel.kptr_restrict=0
modprobe nf_tables
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
insmod "\$MODULE" || exit
cd /sys/kernel/debug/rust_kallsyms
# ask FILE WORD TEXT
ask() {
	echo "@@\$2 \$3"
	exec 3<>\$1
	echo "\$3" >&3 && cat <&3
	exec 3>&-
}
echo @@release
uname -r
echo @@symbols
awk '\$4 == "" { print \$1, \$3 }' /proc/kallsyms
echo @@traceable
cat /sys/kernel/tracing/available_filter_functions
echo "@@functions vmlinux"
exec 3<>functions
echo module=vmlinux >&3
cat <&3
echo "@@functions nf_tables"
echo module=nf_tables >&3
cat <&3
exec 3>&-
while read -r query; do
	ask functions search "\$query" | sed '1!{/^vmlinux/!d}'
done <<'QUERIES'
takes=struct pid *
takes=struct pid * takes=enum pid_type
takes=const struct task_struct * takes=struct task_struct *
returns=struct net_device *
returns=__u32 args=1
returns=u32 takes=u32 takes=unsigned int
returns=bool takes=atomic_t *
takes=char * takes=size_t args=2
takes=struct pid **
takes=work_func_t
returns=void * takes=unsigned long
takes=union bpf_attr *
returns=void args=0
returns=enum hrtimer_restart
takes=short
takes=struct bpf_prog_aux *
takes=kuid_t
QUERIES
for name in $names; do ask lookup name \$name; done
for type in $types; do ask lookup type "struct \$type"; done
for type in $unions; do ask lookup type "union \$type"; done
GUEST

scripts/enter pahole -F btf -C "$(echo "$types $unions" | tr -s ' ' ',')" "$kernel/vmlinux" >"$out/pahole" 2>/dev/null
status=0
scripts/guest --timeout 900 --module "$build/rust_kallsyms.ko" --console "$out/console" "$out/script" >"$out/guest" || status=$?
tap $status "the guest answers"
WRITABLE=$out scripts/enter python3 "$PWD/tests/oracle/functions.py" "$ARCH" "$out/guest" "$out/btf" "$kernel/Module.symvers" \
	"$kernel" "$out/pahole" >"$out/judged"
if [ "$ARCH" = amd64 ]; then
	WRITABLE=$out scripts/enter python3 "$PWD/tests/oracle/classes.py" "$ARCH" "$PWD/src/call/rules" "$kernel" "$out/btf" \
		"$out/guest" "$PWD/docs/reference.md" >>"$out/judged"
else
	skip "the classes of functions that need unsafe" "the machine code is read on amd64 only"
fi
while IFS=$'\t' read -r status what wrong; do
	tap "$status" "$what"
	[ "$status" -eq 0 ] || echo "# $wrong"
done <"$out/judged"
tap_end
