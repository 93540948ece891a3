// SPDX-License-Identifier: GPL-2.0

#include "helpers.h"

#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/ftrace.h>
#include <linux/ioport.h>
#include <linux/irqflags.h>
#include <linux/kdebug.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mmu_context.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nsproxy.h>
#include <linux/path.h>
#include <linux/percpu-rwsem.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

#include <asm/fixmap.h>

#ifdef CONFIG_X86
#include <asm/special_insns.h>
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
 * Whether this thread's oops is about an address that could not be accessed; which one, and whether
 * it was to be written to. Only for a die notifier that is told of the oops.
 */
bool rust_kallsyms_fault(const struct die_args *args, unsigned long *address, bool *is_write)
{
#if defined(CONFIG_X86)
	/* Only a page fault is called so. It does not set what the thread keeps of its last trap. */
	if (strcmp(args->str, "Oops"))
		return false;
	*address = read_cr2();
	*is_write = args->err & X86_PF_WRITE;
	return true;
#elif defined(CONFIG_ARM64)
	if (ESR_ELx_EC(args->err) != ESR_ELx_EC_DABT_CUR)
		return false;
	/* Of this fault still, unless another one was reported meanwhile: then it lies elsewhere. */
	*address = read_sysreg(far_el1);
	*is_write = args->err & ESR_ELx_WNR;
	return true;
#else
	return false;
#endif
}

static void rust_kallsyms_set_path(struct fs_struct *fs, struct path *place, struct path path)
{
	struct path old;

	write_seqlock(&fs->seq);
	old = *place;
	*place = path;
	write_sequnlock(&fs->seq);
	path_put(&old);
}

/*
 * Gives this kernel thread the credentials of a process, without its keyrings, and its root,
 * working directory and umask; all by references of its own. The process must not change them
 * meanwhile.
 */
int rust_kallsyms_adopt(struct task_struct *asker)
{
	struct cred *cred = prepare_kernel_cred(asker);
	struct path root, pwd;
	int error;

	if (!cred)
		return -ENOMEM;
	commit_creds(cred);
	error = unshare_fs_struct();
	if (error)
		return error;
	get_fs_root(asker->fs, &root);
	get_fs_pwd(asker->fs, &pwd);
	rust_kallsyms_set_path(current->fs, &current->fs->root, root);
	rust_kallsyms_set_path(current->fs, &current->fs->pwd, pwd);
	current->fs->umask = asker->fs->umask;
	return 0;
}

/* The namespaces of a process that does not change them meanwhile, with a reference. */
struct nsproxy *rust_kallsyms_namespaces(struct task_struct *asker)
{
	get_nsproxy(asker->nsproxy);
	return asker->nsproxy;
}

/* Flags that a function may set for itself, and must take back. */
#define RUST_KALLSYMS_PF                                                             \
	(PF_KTHREAD | PF_EXITING | PF_IDLE | PF_WQ_WORKER | PF_IO_WORKER | PF_NOFREEZE | \
	 PF_MEMALLOC | PF_MEMALLOC_NOFS | PF_MEMALLOC_NOIO | PF_MEMALLOC_PIN | PF_LOCAL_THROTTLE)

void rust_kallsyms_thread_get(struct rust_kallsyms_thread *thread)
{
	thread->cred = current->real_cred;
	thread->fs = current->fs;
	thread->namespaces = current->nsproxy;
	thread->flags = current->flags & RUST_KALLSYMS_PF;
}

/* Overriding credentials takes no reference, but a thread that ends gives one back. */
static void rust_kallsyms_revert_creds(void)
{
	if (rcu_access_pointer(current->cred) != rcu_access_pointer(current->real_cred))
		rcu_assign_pointer(current->cred, rcu_access_pointer(current->real_cred));
}

/*
 * Puts right what a function has changed, and says what that was. Who gives a thread credentials or
 * namespaces gives it the reference, too; but whether the function had one to give is not known. So
 * one more is taken, and never given back.
 */
unsigned int rust_kallsyms_thread_restore(const struct rust_kallsyms_thread *thread)
{
	unsigned int changed = 0;

	if (READ_ONCE(current->__state) != TASK_RUNNING) {
		changed |= RUST_KALLSYMS_STATE;
		__set_current_state(TASK_RUNNING);
	}
	if (current->mm) {
		changed |= RUST_KALLSYMS_MM;
		kthread_unuse_mm(current->mm);
	}
	if (rcu_access_pointer(current->cred) != thread->cred) {
		changed |= RUST_KALLSYMS_CRED;
		rust_kallsyms_revert_creds();
		if (rcu_access_pointer(current->real_cred) != thread->cred)
			get_cred(rcu_access_pointer(current->real_cred));
	}
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
	if (current->fs != current->real_fs) {
		changed |= RUST_KALLSYMS_FS;
		WRITE_ONCE(current->fs, current->real_fs);
	}
#endif
	if (current->fs != thread->fs)
		changed |= RUST_KALLSYMS_FS;
	if (current->nsproxy != thread->namespaces) {
		changed |= RUST_KALLSYMS_NAMESPACES;
		if (current->nsproxy)
			get_nsproxy(current->nsproxy);
	}
	if ((current->flags & RUST_KALLSYMS_PF) != thread->flags) {
		changed |= RUST_KALLSYMS_FLAGS;
		current->flags = (current->flags & ~RUST_KALLSYMS_PF) | thread->flags;
	}
	return changed;
}

/*
 * The thread will end, with what a function gave it and holds a reference to: so that this is not
 * given back.
 */
void rust_kallsyms_thread_crashed(void)
{
	if (current->mm)
		mmget(current->mm);
	rust_kallsyms_revert_creds();
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
	WRITE_ONCE(current->fs, current->real_fs);
#endif
}

/*
 * Whether an address is in the code or data of this module, its struct module included.
 *
 * It is what within_module() says; but that would bring the path of its header into the module, for
 * the reports of UBSAN.
 */
bool rust_kallsyms_is_of_module(unsigned long address)
{
	for_each_mod_mem_type(type) {
		const struct module_memory *memory = &THIS_MODULE->mem[type];

		if (address - (unsigned long)memory->base < memory->size)
			return true;
	}
	return false;
}

/* Whether somebody has this per-CPU semaphore for writing, or waits for the readers to go. */
bool rust_kallsyms_is_write_locked(unsigned long lock)
{
	return atomic_read(&((struct percpu_rw_semaphore *)lock)->block);
}

void rust_kallsyms_write_unlock(unsigned long lock)
{
	percpu_up_write((struct percpu_rw_semaphore *)lock);
}

/* How many RCU read-side critical sections the thread is in; 0 where the kernel counts none. */
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
 * Whether what is at an address is memory, or nothing: to read what belongs to a device may change
 * the device. Devices are mapped where vmalloc() maps memory, in the fixed map, and where PCI's
 * ports are.
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
 * The users of ftrace: the one to which there is a pointer at `place`; where the pointer to the
 * next one is; and what is called when a function is entered that it traces. All addresses; only
 * with ftrace's lock held.
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
