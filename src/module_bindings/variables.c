// SPDX-License-Identifier: GPL-2.0
/*
 * The types of variables, which BTF does not have: those that the kernel's headers declare. The
 * compiler compares each with its declaration.
 */

#include "helpers.h"

#include <linux/array_size.h>
#include <linux/blkdev.h>
#include <linux/build_bug.h>
#include <linux/cgroup.h>
#include <linux/console.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/init_task.h>
#include <linux/ioport.h>
#include <linux/ipc_namespace.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/mman.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/panic.h>
#include <linux/panic_notifier.h>
#include <linux/pci.h>
#include <linux/perf_event.h>
#include <linux/pid_namespace.h>
#include <linux/platform_device.h>
#include <linux/printk.h>
#include <linux/sched/init.h>
#include <linux/sched/loadavg.h>
#include <linux/sched/mm.h>
#include <linux/sched/stat.h>
#include <linux/sched/task.h>
#include <linux/time.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#define V(type, name)                                                             \
	{                                                                         \
		#name, #type + BUILD_BUG_ON_ZERO(                                 \
			       !__builtin_types_compatible_p(type, typeof(name))) \
	}

/* An array. */
#define ARRAY(type, name, count)                                                     \
	{                                                                            \
		#name, #type + BUILD_BUG_ON_ZERO(                                    \
			       !__builtin_types_compatible_p(type, typeof(*(name)))), \
			count                                                        \
	}
#define ALL (~0u)

/* What no header declares: only the kernel's own files know these. */
#define OURS(type, name) \
	{                \
		#name, #type \
	}
#define OUR_ARRAY(type, name, count) \
	{                            \
		#name, #type, count  \
	}

const struct rust_kallsyms_variable rust_kallsyms_variables[] = {
	/* Tasks, and what they belong to. */
	V(struct task_struct, init_task), V(struct mm_struct, init_mm),
	V(struct files_struct, init_files),
	V(struct fs_struct, init_fs), V(struct nsproxy, init_nsproxy),
	V(struct net, init_net), V(struct pid_namespace, init_pid_ns),
	V(struct user_namespace, init_user_ns),
	V(struct uts_namespace, init_uts_ns),
	V(struct ipc_namespace, init_ipc_ns),
	V(struct cgroup_namespace, init_cgroup_ns),
	V(struct cgroup_root, cgrp_dfl_root), V(struct css_set, init_css_set),
	V(unsigned long, total_forks), V(int, nr_threads),

	/* Time and processors. */
	V(unsigned long, jiffies), V(u64, jiffies_64),
	V(unsigned long, loops_per_jiffy), V(struct timezone, sys_tz),
	ARRAY(unsigned long, avenrun, 3), V(atomic_t, __num_online_cpus),
	V(struct cpumask, __cpu_possible_mask),
	V(struct cpumask, __cpu_online_mask),
	V(struct cpumask, __cpu_present_mask),
	V(struct cpumask, __cpu_active_mask),
#if NR_CPUS > 1 && !defined(CONFIG_FORCE_NR_CPUS)
	V(unsigned int, nr_cpu_ids),
#endif

	/* Memory and devices. */
	V(struct resource, iomem_resource), V(struct resource, ioport_resource),
	V(atomic_long_t, _totalram_pages), V(void *, high_memory),
	V(unsigned long, max_pfn), V(unsigned long, min_low_pfn),
	V(struct bus_type, platform_bus_type), V(struct device, platform_bus),
	V(struct class, block_class),
#if MAX_NUMNODES > 1
	V(unsigned int, nr_node_ids),
#endif
#ifdef CONFIG_SPARSEMEM_EXTREME
	V(struct mem_section **, mem_section),
#endif
#ifdef CONFIG_PCI
	V(struct bus_type, pci_bus_type),
#endif
#ifdef CONFIG_X86
	V(unsigned long, page_offset_base), V(unsigned long, vmalloc_base),
	V(unsigned long, vmemmap_base), V(unsigned long, phys_base),
	V(unsigned int, tsc_khz), V(unsigned int, cpu_khz),
	V(struct cpuinfo_x86, boot_cpu_data),
#endif
#ifdef CONFIG_ARM64
	V(s64, memstart_addr), V(u64, kimage_voffset),
#endif

	/* Networks. */
	V(struct list_head, net_namespace_list),
#ifdef CONFIG_INET
	V(struct inet_hashinfo, tcp_hashinfo),
#endif

	/* The kernel itself. */
	ARRAY(const char, linux_banner, ALL), ARRAY(const char, linux_proc_banner, ALL),
	V(enum system_states, system_state), V(char *, saved_command_line),
	V(int, root_mountflags), V(int, oops_in_progress),
	V(int, panic_timeout), V(int, panic_on_oops), V(int, panic_on_warn),
	V(struct atomic_notifier_head, panic_notifier_list),
	V(int, dmesg_restrict), V(int, kptr_restrict),
	V(int, sysctl_perf_event_paranoid), V(int, sysctl_overcommit_memory),
	V(struct hlist_head, console_list), V(struct kset *, module_kset),
	V(struct kobject *, kernel_kobj),

	OURS(struct cred, init_cred),
	OURS(struct list_head, modules), OURS(struct list_head, workqueues),
	OURS(struct list_head, slab_caches), OURS(struct list_head, super_blocks),
	OURS(struct list_head, clocksource_list), OURS(struct list_head, formats),
	OURS(struct list_head, pernet_list), OURS(struct list_head, dpm_list),
	OURS(struct list_head, bdi_list), OURS(struct list_head, input_dev_list),
	OURS(struct idr, prog_idr), OURS(struct idr, map_idr),
	OURS(struct idr, link_idr), OURS(struct maple_tree, sparse_irqs),
	OURS(struct hlist_head, file_systems),
	OURS(struct printk_ringbuffer *, prb), OURS(struct kset *, bus_kset),
	OURS(struct kset *, devices_kset), OURS(struct kset *, class_kset),
	OUR_ARRAY(struct tk_data, timekeeper_data, ALL),
	OURS(struct tick_device, tick_broadcast_device),
#ifdef CONFIG_CPUMASK_OFFSTACK
	OURS(struct cpumask *, tick_broadcast_mask),
	OURS(struct cpumask *, tick_broadcast_oneshot_mask),
#endif
	OURS(struct list_head, bpf_kallsyms), OURS(struct list_head, gpd_list),
	OURS(struct hlist_head, clk_root_list), OURS(struct hlist_head, clk_orphan_list),
#ifdef CONFIG_X86
	OURS(atomic_t, irq_err_count),
#endif
#ifdef CONFIG_ARM64
	OURS(unsigned long, irq_err_count),
#endif
	OURS(unsigned int, total_nr_irqs), OURS(struct irqaction, chained_action),
	OURS(struct vmap_node *, vmap_nodes), OURS(unsigned int, nr_vmap_nodes),
	OURS(bool, stack_depot_disabled), OURS(void **, stack_pools), OURS(int, pools_num),
	OURS(unsigned long, tainted_mask), OURS(struct task_group, root_task_group),
};

const unsigned int rust_kallsyms_variable_count = ARRAY_SIZE(rust_kallsyms_variables);
