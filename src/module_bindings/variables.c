// SPDX-License-Identifier: GPL-2.0
/*
 * The types of variables, which BTF does not have: those that the kernel's headers declare. The
 * compiler compares each with its declaration.
 */

#include "helpers.h"

#include <linux/array_size.h>
#include <linux/build_bug.h>
#include <linux/delay.h>
#include <linux/ioport.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm_types.h>
#include <linux/nsproxy.h>
#include <linux/panic.h>
#include <linux/pid_namespace.h>
#include <linux/printk.h>
#include <linux/sched/init.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>

#define V(type, name)                                                             \
	{                                                                         \
		#name, #type + BUILD_BUG_ON_ZERO(                                 \
			       !__builtin_types_compatible_p(type, typeof(name))) \
	}

const struct rust_kallsyms_variable rust_kallsyms_variables[] = {
	V(struct task_struct, init_task),
	V(struct mm_struct, init_mm),
	V(struct net, init_net),
	V(struct pid_namespace, init_pid_ns),
	V(struct user_namespace, init_user_ns),
	V(struct uts_namespace, init_uts_ns),
	V(struct nsproxy, init_nsproxy),
	V(struct resource, iomem_resource),
	V(struct resource, ioport_resource),
	V(unsigned long, jiffies),
	V(u64, jiffies_64),
	V(unsigned long, loops_per_jiffy),
	V(int, oops_in_progress),
	V(int, panic_timeout),
	V(int, panic_on_oops),
	V(int, dmesg_restrict),
	V(int, kptr_restrict),
	V(char *, saved_command_line),
};

const unsigned int rust_kallsyms_variable_count = ARRAY_SIZE(rust_kallsyms_variables);
