#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# What kernel engineers ask: each question is one program, and its answer is compared with what the
# guest says of itself otherwise: /proc, /sys, ip, or what the process that is asked about knows
# (subject.c).

# shellcheck disable=SC2016 # the dollars are for the module
# shellcheck disable=SC2086,SC2231 # PIDs are words
# shellcheck disable=SC2154 # the process says what it is
# shellcheck source=tests/guest/tap.sh
. ./tap.sh

sysctl -q -w kernel.kptr_restrict=0
mount -t debugfs none /sys/kernel/debug 2>/dev/null
mount | grep -q cgroup2 || mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null
modprobe loop max_part=7
modprobe xfs
insmod "$MODULE"
ifconfig lo up

# The process that is asked about.
echo data >/tmp/data
chmod +x ./subject
setsid ./subject &
for _ in $(seq 100); do
	[ -s /tmp/truth ] && break
	sleep 0.1
done
# shellcheck disable=SC1091 # the subject writes it
. /tmp/truth
p=$pid c=$child

# ask PROGRAM: what is printed; of a single expression its value only.
ask() {
	exec 3<>"$files/call"
	printf '%s\n' "$1" >&3 2>/dev/null
	sed '/^[0-9]* ns$/d' <&3 >/tmp/answer
	exec 3>&-
	cat /tmp/answer
}

# value EXPRESSION: its value only.
value() { ask "$1" | head -n 1; }

# sorted PROGRAM: its lines, sorted.
sorted() { ask "$1" | sort; }

# is ID ANSWER TRUTH
is() {
	if [ -z "$3" ]; then
		tap 1 "$1: the guest does not say"
	else
		equal "$1" "$2" "$3"
	fi
}

tab=$(printf '\t')
quote() { sed 's/.*/"&"/'; }

# Processes.
is "T01 which program is a process" "$(value "find_task_by_vpid($p)->comm")" "\"$(cat /proc/$p/comm)\""
is "T03 which children it has" \
	"$(sorted "list_for_each_entry(struct task_struct *c, &find_task_by_vpid($p)->children, sibling) c->pid")" \
	"$(grep -l "^PPid:.$p$" /proc/[0-9]*/status | cut -d/ -f3 | sort)"
is "T04 with which arguments it was started" "$(value "kstrdup_quotable_cmdline(find_task_by_vpid($p), GFP_KERNEL)")" \
	"\"$(tr '\0' ' ' </proc/$p/cmdline | sed 's/ $//')\""
is "T06 which files it has open" \
	"$(sorted "f = find_task_by_vpid($p)->files->fdt; for (i = 0; i < f->max_fds; i++) if (f->fd[i]) i, unsafe d_path(&f->fd[i]->f_path, out[256], 256)")" \
	"$(for fd in /proc/$p/fd/*; do echo "${fd##*/}${tab}\"$(readlink $fd)\""; done | sort)"
is "T07 which file a descriptor is" "$(value "d_path(&fget_task(find_task_by_vpid($p), 40)->f_path, out[256], 256)" | cut -d, -f1)" \
	"\"$(readlink /proc/$p/fd/40)\""
is "T09 what is at an address of its memory" \
	"$(value "access_process_vm(find_task_by_vpid($p), $secret, out[24], 24, 0)" | sed 's/.* = //; s/ //g')" \
	"$(printf 'the secret word is xyzzy' | od -An -tx1 | tr -d ' \n')"
is "T10 how much memory is resident" \
	"$(value "__percpu_counter_sum(&find_task_by_vpid($p)->mm->rss_stat[MM_ANONPAGES]) * 4")" \
	"$(awk '/RssAnon/ { print $2 }' /proc/$p/status)"
is "T12 its cgroup" "$(value "cgroup_path_ns(find_task_by_vpid($p)->cgroups->dfl_cgrp, out[256], 256, &init_cgroup_ns)" | sed 's/.* = //')" \
	"\"$(sed -n 's/^0:://p' /proc/$p/cgroup)\""
is "T13 its signals" \
	"$(ask "/x t = find_task_by_vpid($p); /x t->blocked.sig[0], t->signal->shared_pending.signal.sig[0], (unsigned long)t->sighand->action[SIGUSR2 - 1].sa.sa_handler")" \
	"$(printf '0x%x\t0x%x\t0x%x' "0x$(awk '/SigBlk/ { print $2 }' /proc/$p/status)" "0x$(awk '/ShdPnd/ { print $2 }' /proc/$p/status)" "$handler")"
is "T15 its network namespace" "$(value "find_task_by_vpid($p)->nsproxy->net_ns->ns.inum")" \
	"$(readlink /proc/$p/ns/net | tr -dc '0-9')"

# The scheduler.
for _ in $(seq 20); do
	queues=$(ask 'n = 0; for_each_online_cpu(cpu) n += per_cpu(runqueues, cpu).nr_running; n')
	running=$(awk '/procs_running/ { print $2 }' /proc/stat)
	[ "$queues" != "$running" ] || break
done
is "S01 how long the run queues are" "$queues" "$running"
taskset 1 sh -c 'while :; do :; done' &
busy=$!
taskset 1 sh -c 'while :; do :; done' &
busy="$busy $!"
sleep 0.5
for _ in $(seq 20); do
	waiting=$(sorted 'list_for_each_entry(struct task_struct *t, &per_cpu(runqueues, 0).cfs_tasks, se.group_node) t->pid' |
		grep -w -e "${busy% *}" -e "${busy#* }" | sort -u)
	[ "$(echo "$waiting" | wc -l)" -lt 2 ] || break
done
is "S03 which tasks wait on a run queue" "$waiting" "$(printf '%s\n' $busy | sort)"
kill $busy
load() { cut -d' ' -f1 /proc/loadavg; }
for _ in 1 2 3 4 5; do
	average=$(ask 'unsigned long a[3]; get_avenrun(a, 10, 0); a[0] >> 11, (a[0] & 2047) * 100 >> 11')
	before=$(load)
	average=$(printf '%d.%02d' $average)
	[ "$average" != "$before" ] || break
done
is "S04 the load average" "$average" "$before"
# Timers come and go; some time nothing does between the two.
for _ in $(seq 20); do
	timers=$(ask 'for_each_online_cpu(cpu) for (b = 0; b < 4; b++) rb_for_each_entry(struct hrtimer *t, &per_cpu(hrtimer_bases, cpu).clock_base[b].active.rb_root.rb_root, node.node) /a t->function' |
		sed 's/.*<//; s/>//' | sort -u)
	truth=$(sed -n 's/^ #[0-9]*: <[^>]*>, \([^,]*\), S:01/\1/p' /proc/timer_list | sort -u)
	[ "$timers" != "$truth" ] || break
done
is "S06 which hrtimers are pending" "$timers" "$truth"
is "S07 the workqueues with a rescuer" \
	"$(sorted 'list_for_each_entry(struct workqueue_struct *w, &workqueues, list) if (w->rescuer) w->rescuer->task->pid')" \
	"$(grep -l '^kworker/R-' /proc/[0-9]*/comm | cut -d/ -f3 | sort)"

# Modules and code.
is "M01 the loaded modules" \
	"$(sorted 'list_for_each_entry(struct module *m, &modules, list) { s = 0; for (i = 0; i < 7; i++) s += m->mem[i].size; m->name, s, m->refcnt.counter - 1 }' | grep -v '"rust_kallsyms"')" \
	"$(awk -v OFS='\t' '$1 != "rust_kallsyms" { print "\"" $1 "\"", $2, $3 }' /proc/modules | sort)"
is "M03 what a function pointer points to" \
	"$(value '__dev_get_by_name(&init_net, "lo")->netdev_ops->ndo_start_xmit')" \
	"0x$(awk '$3 == "loopback_xmit" { print $1 }' /proc/kallsyms) <loopback_xmit>"
case $(uname -m) in
x86_64) call=__x64_sys_getpid number=39 ;;
*) call=__arm64_sys_getpid number=172 ;;
esac
is "M04 which function a system call is" "$(value "((void **)&sys_call_table)[$number]" | sed 's/ <.*_getpid>//')" \
	"0x$(awk -v name="$call" '$3 == name { print $1 }' /proc/kallsyms)"
is "M06 the value of a module's function" "$(value 'xfs:xfs_mode_to_ftype(S_IFDIR)')" 2
is "M07 a static variable of a module" "$(value '*(int *)&loop:max_part')" "$(cat /sys/module/loop/parameters/max_part)"
is "M09 a constant of an enumeration" "$(value '(enum zone_type)2' | sed 's/.*(//')" "2)"
is "M12 the BPF programs" "$(ask 'idr_for_each_entry(&prog_idr, b, id) id, ((struct bpf_prog *)b)->aux->name')" \
	"$(awk '/prog_id/ { print $2 }' /proc/$p/fdinfo/46)${tab}\"ask_me\""

# Memory.
is "K01 how much memory there is" "$(ask 'struct sysinfo i; si_meminfo(&i); i.totalram * 4')" \
	"$(awk '/MemTotal/ { print $2 }' /proc/meminfo)"
dmesg -c >/dev/null
value "unsafe mem_dump_obj(find_task_by_vpid($p))" >/dev/null
is "K03 what an address in slab memory is" "$(dmesg | grep -o 'slab task_struct')" "slab task_struct"
# The frame of the secret, by /proc/PID/pagemap, whose entries have 8 bytes.
entry=$(dd if=/proc/$p/pagemap bs=8 count=1 skip=$((secret / 4096)) 2>/dev/null | od -An -tx8 | tr -d ' ')
frame=$((0x${entry#???}))
flags=0x$(dd if=/proc/kpageflags bs=8 count=1 skip=$frame 2>/dev/null | od -An -tx8 | tr -d ' ')
# Where the structures of pages are is a variable, or a constant.
page="(*(struct page **)&vmemmap_base)[$frame]"
[ "$(uname -m)" != aarch64 ] || page="(unsafe (struct page *)VMEMMAP_START)[$frame - (memstart_addr >> PAGE_SHIFT)]"
is "K04 the flags of a page frame" \
	"$(ask "f = $page.flags.f; f >> PG_uptodate & 1, f >> PG_dirty & 1, f >> PG_lru & 1, f >> PG_swapbacked & 1")" \
	"$(printf '%d\t%d\t%d\t%d' $((flags >> 3 & 1)) $((flags >> 4 & 1)) $((flags >> 5 & 1)) $((flags >> 14 & 1)))"
stack=$(value "find_task_by_vpid($p)->stack" | sed 's/^0x//')
is "K06 which vmalloc area an address is in" \
	"$(ask "v = find_vm_area(find_task_by_vpid($p)->stack); /a v->size, v->caller" | sed 's/\t.*</\t/; s/>//')" \
	"$(sed -n "s/^0x$stack-[^ ]* *\([0-9]*\) \([^/]*\)\/.*/\1\t\2/p" /proc/vmallocinfo)"
dd if=/dev/zero of=/tmp/swap bs=1M count=8 2>/dev/null && losetup /dev/loop2 /tmp/swap && mkswap /dev/loop2 >/dev/null && swapon /dev/loop2
is "K07 swap devices" "$(value '((struct swap_info_struct **)&swap_info)[0]->pages * 4')" \
	"$(awk 'NR == 2 { print $3 }' /proc/swaps)"
is "K09 the bytes at an address" "$(value '*((char *)&linux_banner)@64')" "\"$(head -c 64 /proc/version)\""
is "K10 where in memory a value is" \
	"$(ask "t = find_task_by_vpid($p); w = (pid_t *)t; for (i = 0; i < sizeof(*t) / 4; i++) if (w[i] == $p) i * 4" | head -n 2)" \
	"$(value 'offsetof(struct task_struct, pid)')
$(value 'offsetof(struct task_struct, tgid)')"

# Files.
is "F01 what is mounted" \
	"$(sorted "rb_for_each_entry(struct mount *m, &find_task_by_vpid($p)->nsproxy->mnt_ns->mounts, mnt_node) if (m->mnt_parent != m) m->mnt_id, m->mnt_devname")" \
	"$(awk -v OFS='\t' '{ for (i = 7; $i != "-"; i++); print $1, "\"" $(i + 2) "\"" }' /proc/$p/mountinfo | sort)"
is "F03 the path of an inode" "$(value "dentry_path_raw(d_find_any_alias(fget_task(find_task_by_vpid($p), 40)->f_inode), out[64], 64)" | cut -d, -f1)" \
	"\"$(awk '$5 == "/tmp" { found = 1 } END { print found ? "/data" : "/tmp/data" }' /proc/$p/mountinfo)\""
modprobe vfat
# A FAT16 filesystem of 16 MiB: its boot sector, and where its two tables begin.
dd if=/dev/zero of=/tmp/fat bs=1M count=16 2>/dev/null
put() { printf '%b' "$2" | dd of=/tmp/fat bs=1 seek="$1" conv=notrunc 2>/dev/null; }
put 0 '\0353\0074\0220rustkall\0000\0002\0004\0001\0000\0002\0000\0002\0000\0200\0370\0040\0000\0077\0000\0377\0000'
put 36 '\0200\0000\0051'
put 510 '\0125\0252'
put 512 '\0370\0377\0377\0377'
put 16896 '\0370\0377\0377\0377'
losetup /dev/loop1 /tmp/fat
mkdir -p /tmp/mounted && mount -t vfat /dev/loop1 /tmp/mounted
is "F04 the private structure of a filesystem" \
	"$(ask 'f = filp_open("/tmp/mounted", O_RDONLY, 0); s = (struct msdos_sb_info *)f->f_inode->i_sb->s_fs_info; s->max_cluster - 2, s->cluster_size; fput(f)')" \
	"$(stat -f -c "%b${tab}%S" /tmp/mounted)"
is "F06 the file of a loop device" \
	"$(ask 'f = filp_open("/dev/loop1", O_RDONLY, 0); l = (struct loop_device *)file_bdev(f)->bd_disk->private_data; unsafe d_path(&l->lo_backing_file->f_path, out[64], 64), 1; fput(f)' | cut -f1)" \
	"\"$(losetup /dev/loop1 | sed 's/.* //')\""
is "F07 all block devices" \
	"$(sorted 'list_for_each_entry(struct subsys_private *s, &class_kset->list, subsys.kobj.entry) if (s->class == &block_class) list_for_each_entry(struct device_private *d, &s->klist_devices.k_list, knode_class.n_node) d->device->kobj.name')" \
	"$(basename -a /sys/class/block/* | quote | sort)"

# Networks.
is "N01 all network devices" "$(sorted 'for_each_netdev(&init_net, d) d->name, d->mtu')" \
	"$(for device in /sys/class/net/*; do echo "\"${device##*/}\"${tab}$(cat "$device/mtu")"; done | sort)"
is "N03 the state of a socket" "$(value "sock_from_file(fget_task(find_task_by_vpid($p), 41))->sk->__sk_common.skc_state")" 10
is "N04 all TCP sockets" \
	"$(sorted 'for (i = 0; i <= tcp_hashinfo.ehash_mask; i++) hlist_nulls_for_each_entry(struct sock *s, n, &tcp_hashinfo.ehash[i].chain, __sk_common.skc_nulls_node) s->__sk_common.skc_num, s->__sk_common.skc_state;
for (i = 0; i <= tcp_hashinfo.lhash2_mask; i++) hlist_nulls_for_each_entry(struct sock *s, m, &tcp_hashinfo.lhash2[i].nulls_head, __sk_common.skc_nulls_node) s->__sk_common.skc_num, s->__sk_common.skc_state')" \
	"$(awk 'NR > 1 { split($2, local, ":"); print local[2], $4 }' /proc/net/tcp | while read -r port state; do printf '%d\t%d\n' "0x$port" "0x$state"; done | sort)"
is "N05 an address" "$(ask 'a = in_aton("127.0.0.1"); scnprintf(out[32], 32, "%pI4", &a)' | sed 's/.* = //')" '"127.0.0.1"'

# Devices.
is "D01 the interrupts" \
	"$(sorted 'for (i = 0; i < 1024; i++) { d = irq_to_desc(i); if (d && d->action && d->action != &chained_action && !(d->status_use_accessors & IRQ_HIDDEN)) i, d->action->name }')" \
	"$(sed -n 's/^ *\([0-9]*\):.* \([^ ]*\)$/\1\t"\2"/p' /proc/interrupts | sort)"
is "D03 the devices on a bus" \
	"$(sorted 'list_for_each_entry(struct subsys_private *s, &bus_kset->list, subsys.kobj.entry) if (s->bus == &pci_bus_type) list_for_each_entry(struct device_private *d, &s->klist_devices.k_list, knode_bus.n_node) d->device->kobj.name')" \
	"$(basename -a /sys/bus/pci/devices/* | quote | sort)"
is "D04 the character devices" \
	"$(ask 'for (i = 0; i < 255; i++) for (c = ((struct char_device_struct **)&chrdevs)[i]; c; c = c->next) c->major, c->name' | sort -u)" \
	"$(awk '/^$/ { exit } NR > 1 { print $1 "\t\"" $2 "\"" }' /proc/devices | sort -u)"

# The system.
is "Y01 the kernel's command line" "$(value saved_command_line)" "$(quote </proc/cmdline)"
is "Y03 why the kernel is tainted" "$(value tainted_mask)" "$(cat /proc/sys/kernel/tainted)"
is "Y04 shared memory" \
	"$(ask 'idr_for_each_entry(&init_ipc_ns.ids[2].ipcs_idr, s, id) { m = (struct shmid_kernel *)s; m->shm_perm.key, m->shm_segsz }')" \
	"$(awk 'NR == 2 { print $1 "\t" $4 }' /proc/sysvipc/shm)"
is "Y06 which task holds a mutex" \
	"$(ask "t = ((struct tty_file_private *)fget_task(find_task_by_vpid($p), 47)->private_data)->tty; o = ((struct n_tty_data *)t->disc_data)->atomic_read_lock.owner.counter; unsafe ((struct task_struct *)(o & ~7))->pid")" \
	"$reader"
old=$(cat /proc/sys/kernel/panic)
value 'kstrtoint("77", 10, &panic_timeout)' >/dev/null
is "Y07 a variable of the kernel is changed" "$(cat /proc/sys/kernel/panic)" 77
echo "$old" >/proc/sys/kernel/panic

kill "$p" "$c" "$reader"
rmmod rust_kallsyms
tap_end
