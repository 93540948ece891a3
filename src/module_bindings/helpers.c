// SPDX-License-Identifier: GPL-2.0

#include "helpers.h"

#include <linux/cpumask.h>
#include <linux/ftrace.h>
#include <linux/ioport.h>
#include <linux/irqflags.h>
#include <linux/kdebug.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#include <asm/fixmap.h>

#ifdef CONFIG_X86
#include <asm/trapnr.h>
#include <asm/trap_pf.h>
#endif
#ifdef CONFIG_ARM64
#include <asm/esr.h>
#include <asm/sysreg.h>
#endif

int rust_kallsyms_preempt_count(void)
{
	return preempt_count();
}

void rust_kallsyms_preempt_count_set(int count)
{
	preempt_count_set(count);
}

bool rust_kallsyms_irqs_disabled(void)
{
	return irqs_disabled();
}

void rust_kallsyms_irq_enable(void)
{
	local_irq_enable();
}

/*
 * Whether this thread's oops is about an address that could not be accessed; which one, and whether it was to be written
 * to. Only for a die notifier that is told of the oops.
 */
bool rust_kallsyms_fault(const struct die_args *args, unsigned long *address, bool *is_write)
{
#if defined(CONFIG_X86)
	if (args->trapnr != X86_TRAP_PF)
		return false;
	*address = current->thread.cr2;
	*is_write = args->err & X86_PF_WRITE;
	return true;
#elif defined(CONFIG_ARM64)
	if (ESR_ELx_EC(args->err) != ESR_ELx_EC_DABT_CUR)
		return false;
	/* Of this fault still, unless there was another one while it was reported: then it is somewhere else. */
	*address = read_sysreg(far_el1);
	*is_write = args->err & ESR_ELx_WNR;
	return true;
#else
	return false;
#endif
}

/* How many RCU read-side critical sections the thread is in; 0 where the kernel does not count them. */
int rust_kallsyms_rcu_depth(void)
{
	return rcu_preempt_depth();
}

/* Leaves, or enters, as many of them as it takes. */
void rust_kallsyms_rcu_depth_set(int depth)
{
#ifdef CONFIG_PREEMPT_RCU
	while (rcu_preempt_depth() > depth)
		__rcu_read_unlock();
	while (rcu_preempt_depth() < depth)
		__rcu_read_lock();
#endif
}

/* How many locks the thread holds; 0 where the kernel does not count them. */
int rust_kallsyms_lock_depth(void)
{
#ifdef CONFIG_LOCKDEP
	return current->lockdep_depth;
#else
	return 0;
#endif
}

/* Where a CPU has its own of a per-CPU variable of the kernel itself; 0 if there is no such CPU. */
unsigned long rust_kallsyms_per_cpu(unsigned long variable, unsigned int cpu)
{
	if (cpu >= nr_cpu_ids || !cpu_possible(cpu))
		return 0;
	return (unsigned long)per_cpu_ptr((void __percpu *)variable, cpu);
}

/* The function that a kernel thread runs; 0 for other tasks. */
unsigned long rust_kallsyms_thread_function(unsigned long task)
{
	return (unsigned long)kthread_func((struct task_struct *)task);
}

/*
 * Whether what is at an address is memory, or nothing: to read what belongs to a device may change the device. Devices
 * are mapped where vmalloc() maps memory, in the fixed map, and where PCI's ports are.
 */
bool rust_kallsyms_is_memory(unsigned long address)
{
	unsigned long pfn;

	if (address >= FIXADDR_START && address < FIXADDR_TOP)
		return false;
#ifdef CONFIG_ARM64
	if (address >= PCI_IO_START && address < PCI_IO_END)
		return false;
#endif
	if (is_vmalloc_or_module_addr((void *)address)) {
		struct page *page = vmalloc_to_page((void *)address);

		if (!page)
			return true;
		pfn = page_to_pfn(page);
	} else if (virt_addr_valid((void *)address)) {
		pfn = PHYS_PFN(__pa(address));
	} else {
		return true;
	}
	return pfn_valid(pfn) && page_is_ram(pfn);
}

bool rust_kallsyms_mutex_trylock(unsigned long lock)
{
	return mutex_trylock((struct mutex *)lock);
}

void rust_kallsyms_mutex_unlock(unsigned long lock)
{
	mutex_unlock((struct mutex *)lock);
}

/*
 * The users of ftrace: the one to which there is a pointer at `place`; where the pointer to the next one is; and what
 * is called when a function is entered that it traces. All addresses; only with ftrace's lock held.
 */
#ifdef CONFIG_FUNCTION_TRACER
unsigned long rust_kallsyms_ftrace_user(unsigned long place)
{
	return (unsigned long)rcu_dereference_raw(*(struct ftrace_ops __rcu **)place);
}

unsigned long rust_kallsyms_ftrace_next(unsigned long user)
{
	return (unsigned long)&((struct ftrace_ops *)user)->next;
}

unsigned long rust_kallsyms_ftrace_handler(unsigned long user)
{
	return (unsigned long)((struct ftrace_ops *)user)->func;
}
#else
unsigned long rust_kallsyms_ftrace_user(unsigned long place) { return 0; }
unsigned long rust_kallsyms_ftrace_next(unsigned long user) { return 0; }
unsigned long rust_kallsyms_ftrace_handler(unsigned long user) { return 0; }
#endif
